/* SPDX-License-Identifier: Apache-2.0
 *
 * `switchboard scenario FILE...`: reads all files, then runs them against a real
 * engine on a database of its own, which is gone afterwards.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#define _DEFAULT_SOURCE 1
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/array.h"
#include "base/log.h"
#include "base/task.h"
#include "cli/app.h"
#include "cli/cmd.h"
#include "cli/flags.h"
#include "cli/scenario.h"

struct work {
    TALLOC_CTX *mem;
    struct scenario_file **files;
    size_t file_count;
    bool tap, verbose;
    const char *only; /* a word that the name must hold, or NULL */
    size_t passed, failed, number;
};

/* ---- reporting ---- */

/* Every line of `text` behind `prefix`. */
static void print_lines(const char *prefix, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");

        printf("%s%.*s\n", prefix, (int)len, text);
        text += len + (text[len] == '\n');
    }
}

static void report_tap(struct work *work, const struct scenario *scenario,
                       const struct scenario_result *result)
{
    printf("%s %zu - %s: %s\n", result->passed ? "ok" : "not ok", work->number,
           scenario->file, scenario->name);
    if (result->passed)
        return;
    printf("# %s:%d: %s\n", scenario->file, result->line, result->why);
    print_lines("# ", result->transcript);
}

static void report_plain(const struct work *work, const struct scenario *scenario,
                         const struct scenario_result *result)
{
    if (result->passed) {
        printf("ok    %s\n", scenario->name);
    } else {
        printf("FAIL  %s\n", scenario->name);
        printf("  %s:%d: %s\n", scenario->file, result->line, result->why);
    }
    if (!result->passed || work->verbose)
        print_lines("  ", result->transcript);
}

/* ---- running ---- */

static bool is_wanted(const struct work *work, const struct scenario *scenario)
{
    return !work->only || strstr(scenario->name, work->only);
}

static int run_one(struct sb_app *app, struct work *work,
                   const struct scenario *scenario)
{
    TALLOC_CTX *mem = talloc_new(work->mem);
    struct scenario_result result;
    struct sb_err err = {0};
    int rc = scenario_run(app, mem, scenario, &result, &err);

    work->number++;
    if (rc) {
        talloc_free(mem);
        return rc;
    }
    if (result.passed)
        work->passed++;
    else
        work->failed++;
    if (work->tap)
        report_tap(work, scenario, &result);
    else
        report_plain(work, scenario, &result);
    (void)fflush(stdout);
    talloc_free(mem);
    return 0;
}

static int run_all(struct sb_app *app, void *arg)
{
    struct work *work = arg;
    size_t i, j;

    for (i = 0; i < work->file_count; i++) {
        const struct scenario_file *file = work->files[i];

        if (!work->tap)
            printf("%s\n", file->path);
        for (j = 0; j < file->count; j++)
            if (is_wanted(work, &file->scenarios[j]) &&
                run_one(app, work, &file->scenarios[j]))
                return 1;
    }
    return work->failed ? 1 : 0;
}

/* ---- the database ---- */

static int remove_entry(const char *path, const struct stat *info, int kind,
                        struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    (void)remove(path);
    return 0;
}

/* Runs everything in a folder of its own unless a database was named. */
static int run_in_private(struct sb_config *config, const char *database,
                          struct work *work)
{
    char dir[] = "/tmp/switchboard-scenario-XXXXXX";
    int status;

    if (database) {
        config->database.url = database;
        return sb_app_run(config, run_all, work);
    }
    if (!mkdtemp(dir))
        return sb_complain("no folder can be made below /tmp: %s", strerror(errno));
    /* An unprivileged user runs the cluster and has to get in. */
    (void)chmod(dir, 0755);
    config->server.data_dir = dir;
    config->database.url = "embedded";
    status = sb_app_run(config, run_all, work);
    (void)nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}

/* ---- the command ---- */

static int load_files(struct work *work, char **paths, size_t count, size_t *total_r)
{
    struct sb_err err = {0};
    size_t i, j;

    work->files = sb_array(work->mem, struct scenario_file *, count + 1);
    for (i = 0; i < count; i++) {
        if (scenario_load(work->mem, paths[i], &work->files[i], &err)) {
            (void)sb_complain("%s", err.msg);
            return 2;
        }
        for (j = 0; j < work->files[i]->count; j++)
            *total_r += is_wanted(work, &work->files[i]->scenarios[j]);
    }
    work->file_count = count;
    return 0;
}

static int run_files(struct sb_config *config, const char *database, struct work *work,
                     char **paths, size_t count)
{
    size_t total = 0;
    int status = load_files(work, paths, count, &total);

    if (status)
        return status;
    if (work->tap)
        printf("1..%zu\n", total);
    status = run_in_private(config, database, work);
    if (!work->tap)
        printf("%zu passed, %zu failed\n", work->passed, work->failed);
    /* Something outside of the scenarios went wrong, and was said. */
    if (work->passed + work->failed < total && !status)
        status = 1;
    return status;
}

int sb_cmd_scenario(int argc, char **argv)
{
    struct work work = {0};
    const char *database = NULL;
    const struct sb_flag own[] = {
        {.name = "tap", .help = "write TAP, for test harnesses", .given = &work.tap},
        {.name = "show",
         .help = "write what was said also when it passes",
         .given = &work.verbose},
        {.name = "only",
         .value = "WORD",
         .help = "run the scenarios with WORD in their name",
         .text = &work.only},
        {.name = "database",
         .value = "URL",
         .help = "use this database instead of a private one",
         .text = &database},
        {.name = NULL},
    };
    const struct sb_usage usage = {
        .synopsis = "switchboard scenario FILE... [--tap]",
        .about = "Runs conversations that are written down as tests (see the vertical\n"
                 "author's guide) against a real engine on a database of its own.",
        .flags = own,
        .min_args = 1,
        .max_args = -1,
    };
    struct sb_config_flags flags = {0};
    struct sb_config *config;
    struct sb_err err = {0};
    int status, first;

    sb_log_set_plain(1);
    sb_log_set_level(SB_LOG_ERROR);
    first = sb_flags_read(argc, argv, &usage, &flags);
    if (first < 0)
        return sb_flags_status(first);
    work.mem = talloc_new(NULL);
    if (sb_config_load(work.mem, &flags, &config, &err))
        status = sb_complain("%s", err.msg);
    else
        status =
            run_files(config, database, &work, argv + first, (size_t)(argc - first));
    talloc_free(work.mem);
    return status;
}
