/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything around core/know for tests, measurements and benchmarks: the real `local`
 * plugin, a real database, an agent made by hand, and a website served from memory.
 */
#ifndef SB_TESTS_KNOWKIT_H
#define SB_TESTS_KNOWKIT_H

#include "host/agent.h"
#include "host/host.h"
#include "know/know.h"

struct sb_client;
struct sb_db;
struct sb_http_server;

struct kit_page {
    const char *path; /* "/rates" */
    const char *html; /* NULL: 404 */
    const char *type; /* NULL: text/html */
};

struct kit {
    TALLOC_CTX *mem;
    struct sb_plugins *plugins;
    struct sb_client *client;
    struct sb_db *db;
    struct sb_know *know;
    struct sb_http_server *server;
    char site[64]; /* "http://127.0.0.1:12345" */
    struct kit_page *pages;
    size_t page_count;
    int requests; /* pages asked for, robots.txt and sitemaps not counted */
};

/* Maps the local plugin; outside of tasks, once a process. NULL on failure, said on
 * standard error. */
struct sb_plugins *kit_load(void);
/* For programs without a test runner: a throw-away PostgreSQL with all migrations, or
 * the one that SB_TEST_DATABASE_URL names; then `fn(kit, arg)` in a task with the kit
 * open. Returns what `fn` returned, or 1 after saying what went wrong. */
int kit_main(int (*fn)(struct kit *kit, void *arg), void *arg);

/* In a task: a pool on `url` (the role of workers) and all the rest. 0 or an SB_E*. */
int kit_open(struct kit *kit, struct sb_plugins *plugins, const char *url,
             struct sb_err *err);
void kit_close(struct kit *kit);

/* The site's pages from now on; the array is the caller's. */
void kit_serve(struct kit *kit, struct kit_page *pages, size_t count);

/* Makes the rows of a tenant with one agent and the agent to go with them; `slug` has
 * to be new. The business is open on weekdays from 9 to 17 and has a phone. */
struct sb_agent *kit_agent(struct kit *kit, const char *slug,
                           const struct sb_template *tpl, struct sb_err *err);

#endif
