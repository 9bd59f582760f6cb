/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading scenario files: steps and patterns, and what is said about mistakes.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/scenario.h"

static TALLOC_CTX *mem;

static void setup(void)
{
    mem = talloc_new(NULL);
}

static void teardown(void)
{
    talloc_free(mem);
}

TestSuite(scenario, .init = setup, .fini = teardown);

static int load(const char *text, struct scenario_file **file, struct sb_err *err)
{
    char path[] = "/tmp/sb-scenario-XXXXXX";
    int fd = mkstemp(path), rc;

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    rc = scenario_load(mem, path, file, err);
    unlink(path);
    return rc;
}

Test(scenario, reads_steps_and_comments)
{
    struct scenario_file *file;
    struct sb_err err = {0};

    cr_assert_eq(load("# a comment\n\nscenario one thing\n  tenant fox-hollow\n"
                      "say \"hello there\"\nsay it's 5\" wide\nscenario \"another\"\n"
                      "as dave signed name \"Dave Miller\"\n",
                      &file, &err),
                 0, "%s", err.msg);
    cr_assert_eq(file->count, 2);
    cr_assert_str_eq(file->scenarios[0].name, "one thing");
    cr_assert_eq(file->scenarios[0].count, 3);
    cr_assert_eq(file->scenarios[0].steps[0].line, 4);
    cr_assert_str_eq(file->scenarios[0].steps[1].text, "hello there");
    cr_assert_str_eq(file->scenarios[0].steps[2].text, "it's 5\" wide");
    cr_assert_str_eq(file->scenarios[1].name, "another");
    cr_assert_eq(file->scenarios[1].steps[0].word_count, 4);
    cr_assert_str_eq(file->scenarios[1].steps[0].words[3], "Dave Miller");
}

Test(scenario, matches_substrings_expressions_and_their_absence)
{
    static const struct {
        const char *step, *reply;
        bool matches;
    } rows[] = {
        {"hear Good Morning", "good morning, Dave", true},
        {"hear good  night", "Good night", true},
        {"hear evening", "good morning", false},
        {"hear not evening", "good morning", true},
        {"hear not /^good/", "good morning", false},
        {"hear /[0-9]{3}-[0-9]{4}/", "call 555-0142", true},
        {"hear \"it's\"", "it\u2019s here", true},
        {"expect reply /a.c/", "abc", true},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scenario_file *file;
        struct sb_err err = {0};
        const char *text = talloc_asprintf(mem, "scenario x\n%s\n", rows[i].step);

        cr_assert_eq(load(text, &file, &err), 0, "%s", err.msg);
        cr_expect_eq(
            scenario_matches(mem, &file->scenarios[0].steps[0].pattern, rows[i].reply),
            rows[i].matches, "%s", rows[i].step);
    }
}

Test(scenario, names_the_line_and_the_nearest_word)
{
    static const struct {
        const char *text, *expected[3];
    } rows[] = {
        {"scenario x\nsya hello\n", {":2:", "sya", "\"say\""}},
        {"say hello\n", {":1:", "scenario NAME", ""}},
        {"scenario x\n\nexpect feild a = b\n", {":3:", "feild", "\"field\""}},
        {"scenario x\nhear /(/\n", {":2:", "regular expression", ""}},
        {"scenario x\nhear\n", {":2:", "no text", ""}},
        {"scenario x\nclock\n", {":2:", "clock 2026", ""}},
        {"scenario x\nfault llm\n", {":2:", "fault ROLE PLUGIN", ""}},
        {"scenario\n", {":1:", "name", ""}},
        {"# nothing\n", {"no scenario", "", ""}},
        {"scenario x\nexpect\n", {":2:", "expect what", ""}},
    };
    size_t i, j;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scenario_file *file = NULL;
        struct sb_err err = {0};

        cr_assert_lt(load(rows[i].text, &file, &err), 0, "%s", rows[i].text);
        for (j = 0; j < 3; j++)
            cr_expect_not_null(strstr(err.msg, rows[i].expected[j]), "%s: %s",
                               rows[i].text, err.msg);
    }
    cr_assert_lt(scenario_load(mem, "/nowhere/x.scn", &(struct scenario_file *){NULL},
                               &(struct sb_err){0}),
                 0);
}
