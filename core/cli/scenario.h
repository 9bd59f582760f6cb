/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios: conversations written down as tests. A file is read into steps first, so
 * that a mistake is named before anything runs; docs/vertical-guide.md has the
 * language.
 */
#ifndef SB_CLI_SCENARIO_H
#define SB_CLI_SCENARIO_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>
#include <switchboard/err.h>

enum scenario_verb {
    SCENARIO_TENANT, /* a tenant file */
    SCENARIO_AGENT,  /* which of its receptionists */
    SCENARIO_CLOCK,
    SCENARIO_AS,  /* who speaks from here on */
    SCENARIO_NEW, /* a new conversation */
    SCENARIO_GREET,
    SCENARIO_SAY,
    SCENARIO_HEAR,
    SCENARIO_EXPECT,
    SCENARIO_FAULT,
};

#define SCENARIO_WORDS 16

/* A text to look for: a substring whatever the case, or a regular expression. */
struct scenario_pattern {
    const char *text; /* as written */
    bool negated, is_regex;
    regex_t regex;
};

struct scenario_step {
    enum scenario_verb verb;
    int line;
    const char *text;                      /* the rest of the line */
    const char *words[SCENARIO_WORDS + 1]; /* the same, split; NULL-terminated */
    size_t word_count;
    struct scenario_pattern pattern; /* hear, expect reply, expect source */
};

struct scenario {
    const char *file, *name;
    int line;
    struct scenario_step *steps;
    size_t count;
};

struct scenario_file {
    const char *path;
    struct scenario *scenarios;
    size_t count;
};

/* Reads a file; everything lives on `mem`. Errors read "file:line: why". */
int scenario_load(TALLOC_CTX *mem, const char *path, struct scenario_file **file_r,
                  struct sb_err *err);
bool scenario_matches(TALLOC_CTX *mem, const struct scenario_pattern *pattern,
                      const char *text);

struct sb_app;

struct scenario_result {
    bool passed;
    int line;        /* of the step that failed */
    const char *why; /* one sentence */
    const char *transcript;
};

/* [suspends] Runs one from a clean slate: new visitor, new conversation, real time. */
int scenario_run(struct sb_app *app, TALLOC_CTX *mem, const struct scenario *scenario,
                 struct scenario_result *result, struct sb_err *err);

#endif
