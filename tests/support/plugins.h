/* SPDX-License-Identifier: Apache-2.0
 *
 * The plugins under tests/plugins/ for tests of the host.
 */
#ifndef SB_TESTS_PLUGINS_H
#define SB_TESTS_PLUGINS_H

#include "host/host.h"

/* The folder of the built test plugins. */
#define TEST_PLUGINS SB_BUILDDIR "/tests/plugins/.libs"

/* Probes and maps the named ones ("flaky_a flaky_b"); call it outside of tasks. */
struct sb_plugins *test_load(const char *names);
/* Starts them on the running task's loop, configured by YAML text; the budget is set
 * so high that a slow machine earns nobody a strike. Fails the test on error. */
void test_start(struct sb_plugins *plugins, const char *yaml);
/* The same for a reload; returns its code. */
int test_reload(struct sb_plugins *plugins, const char *yaml, struct sb_err *err);

/* An llm sink that keeps what it is given. */
struct test_reply {
    char text[4096];
    char cites[256]; /* "a b " */
    char calls[256];
    char model[64];
    double confidence; /* -1: none */
    double cost;
    int stop_after; /* text() returns SB_ELIMIT from this many pieces on; 0: never */
    int pieces;
};
struct sb_llm_sink;
struct sb_chain;
struct sb_chain_trace;
void test_sink(struct test_reply *reply, struct sb_llm_sink *sink);
/* Asks `chain` something simple. */
int test_ask(struct sb_chain *chain, struct test_reply *reply,
             struct sb_chain_trace *trace, struct sb_err *err);

#endif
