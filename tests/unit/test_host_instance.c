/* SPDX-License-Identifier: Apache-2.0
 *
 * Configuring, declining, reloading, strikes and quarantine; and what plugins may log.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/task.h"
#include "host/chain_impl.h"
#include "support/intask.h"
#include "support/plugins.h"

#define IN_TASK(suite, name, plugins_)                                                 \
    static void suite##_##name(void *arg);                                             \
    Test(suite, name)                                                                  \
    {                                                                                  \
        struct sb_plugins *loaded = test_load(plugins_);                               \
        sb_test_run(suite##_##name, loaded);                                           \
        talloc_free(loaded);                                                           \
    }                                                                                  \
    static void suite##_##name(void *arg)

/* ---- declining ---- */

IN_TASK(decline, a_missing_key_switches_off_that_plugin_alone, "declines flaky_a")
{
    struct sb_plugins *plugins = arg;
    const struct sb_plugin_info *info;

    test_start(plugins, "{}");
    info = sb_plugins_find(plugins, "declines");
    cr_assert_eq(info->status, SB_PLUGIN_DECLINED);
    cr_assert_str_eq(info->why, "option \"api_key\" is not set");
    cr_assert_null(sb_plugins_instance(plugins, "declines"));
    cr_assert_not_null(sb_plugins_instance(plugins, "flaky_a"));
}

IN_TASK(decline, an_unset_variable_is_a_missing_key, "declines")
{
    struct sb_plugins *plugins = arg;

    (void)unsetenv("SB_TEST_KEY");
    test_start(plugins, "declines: {api_key: '${SB_TEST_KEY}'}");
    cr_assert_str_eq(sb_plugins_find(plugins, "declines")->why,
                     "option \"api_key\" is empty");
    cr_assert_eq(setenv("SB_TEST_KEY", "k-1234567890", 1), 0);
    cr_assert_eq(test_reload(plugins, "declines: {api_key: '${SB_TEST_KEY}'}", NULL),
                 0);
    cr_assert_eq(sb_plugins_find(plugins, "declines")->status, SB_PLUGIN_OK);
}

IN_TASK(decline, its_sentence_shows_no_secret, "declines")
{
    struct sb_plugins *plugins = arg;

    test_start(plugins, "declines: {api_key: k-1234567890, region: nowhere}");
    cr_assert_str_eq(sb_plugins_find(plugins, "declines")->why,
                     "the key ************ is not for nowhere");
}

IN_TASK(secrets, neither_errors_nor_traces_show_them, "declines flaky_a")
{
    static const char *const names[] = {"declines", NULL};
    struct sb_plugins *plugins = arg;
    struct test_reply reply = {.pieces = 0};
    struct sb_chain_trace trace;
    struct sb_err err = {0};
    struct sb_chain *chain;

    test_start(plugins, "declines: {api_key: k-1234567890}");
    cr_assert_eq(sb_chain_new(plugins, plugins, "llm", names, &chain, &err), 0);
    cr_assert_eq(test_ask(chain, &reply, &trace, &err), SB_EAUTH);
    cr_assert_str_eq(err.msg, "the vendor refused the key ************");
    cr_assert_null(strstr(trace.failures, "k-1234567890"));
}

static void log_the_key(void *arg)
{
    test_start(arg, "declines: {api_key: k-1234567890}");
}

Test(secrets, the_log_does_not_show_them)
{
    struct sb_plugins *plugins = test_load("declines");
    char text[4096] = "";
    FILE *capture = tmpfile();
    int saved = dup(2);

    cr_assert_not_null(capture);
    (void)dup2(fileno(capture), 2);
    sb_test_run(log_the_key, plugins);
    (void)dup2(saved, 2);
    rewind(capture);
    cr_assert_gt(fread(text, 1, sizeof(text) - 1, capture), 0);
    cr_assert_not_null(strstr(text, "I will use ************"), "%s", text);
    cr_assert_null(strstr(text, "k-1234567890"), "%s", text);
    (void)fclose(capture);
    talloc_free(plugins);
}

/* ---- configuration errors ---- */

static void start_wrongly(struct sb_plugins *plugins, const char *yaml,
                          const char *sentence)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_yaml *map = NULL;
    struct sb_err err = {0};

    cr_assert_eq(sb_yaml_parse(mem, "conf.yaml", yaml, strlen(yaml), &map, &err), 0);
    cr_assert_eq(sb_plugins_start(plugins, sb_loop_current(), NULL, map, &err),
                 SB_EINVAL);
    cr_assert_not_null(strstr(err.msg, sentence), "%s", err.msg);
    cr_assert_null(sb_plugins_instance(plugins, "flaky_a"));
    talloc_free(mem);
}

IN_TASK(configure, names_place_and_nearest_for_an_unknown_plugin, "flaky_a")
{
    start_wrongly(
        arg, "\nflaky_x: {}",
        "conf.yaml:2:1: there is no plugin \"flaky_x\"; did you mean \"flaky_a\"?");
}

IN_TASK(configure, names_place_and_nearest_for_an_unknown_option, "flaky_a")
{
    start_wrongly(arg, "flaky_a:\n  replly: x", "conf.yaml:2:3: ");
    start_wrongly(arg, "flaky_a:\n  replly: x", "\"reply\"");
}

/* ---- reload ---- */

static char *journal_text(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    size_t len;

    cr_assert_not_null(file);
    len = fread(text, 1, size - 1, file);
    text[len] = '\0';
    (void)fclose(file);
    return text;
}

struct ongoing {
    struct sb_chain *chain;
    struct test_reply reply;
    int rc;
};

static void ask(void *arg)
{
    struct ongoing *ongoing = arg;

    ongoing->rc = test_ask(ongoing->chain, &ongoing->reply, NULL, NULL);
}

/* A call that is under way keeps the old instance; everything new gets the new one. */
IN_TASK(reload, builds_the_new_beside_the_old, "flaky_a")
{
    static const char *const names[] = {"flaky_a", NULL};
    char path[] = "/tmp/sbjournalXXXXXX", yaml[256], text[256];
    struct ongoing old = {.rc = 1}, fresh = {.rc = 1};
    struct sb_plugins *plugins = arg;
    struct sb_task *task;
    int fd = mkstemp(path);

    cr_assert_geq(fd, 0);
    (void)close(fd);
    (void)snprintf(yaml, sizeof(yaml),
                   "flaky_a: {reply: old, journal: %s, script: [sleep 50]}", path);
    test_start(plugins, yaml);
    cr_assert_eq(sb_chain_new(plugins, plugins, "llm", names, &old.chain, NULL), 0);
    fresh.chain = old.chain;
    task = sb_task_ref(sb_task_spawn(sb_loop_current(), "ask", ask, &old));
    cr_assert_eq(sb_yield(), 0);

    (void)snprintf(yaml, sizeof(yaml), "flaky_a: {reply: new, journal: %s}", path);
    cr_assert_eq(test_reload(plugins, yaml, NULL), 0);
    cr_assert_str_eq(journal_text(path, text, sizeof(text)), "start old\nstart new\n");
    ask(&fresh);
    cr_assert_str_eq(fresh.reply.text, "new");
    cr_assert_str_eq(journal_text(path, text, sizeof(text)), "start old\nstart new\n");

    cr_assert_eq(sb_task_join(task, -1), 0);
    sb_task_unref(task);
    cr_assert_eq(old.rc, 0);
    cr_assert_str_eq(old.reply.text, "old");
    cr_assert_str_eq(journal_text(path, text, sizeof(text)),
                     "start old\nstart new\nstop old\n");
    sb_plugins_stop(plugins);
    cr_assert_str_eq(journal_text(path, text, sizeof(text)),
                     "start old\nstart new\nstop old\nstop new\n");
    (void)unlink(path);
}

IN_TASK(reload, a_bad_file_changes_nothing, "flaky_a flaky_b")
{
    struct sb_plugins *plugins = arg;
    struct sb_instance *before;
    struct sb_err err = {0};

    test_start(plugins, "flaky_a: {reply: old}");
    before = sb_plugins_instance(plugins, "flaky_a");
    cr_assert_eq(
        test_reload(plugins, "flaky_a: {reply: new}\nflaky_b: {oops: 1}", &err),
        SB_EINVAL);
    cr_assert_not_null(strstr(err.msg, "oops"), "%s", err.msg);
    cr_assert_eq(sb_plugins_instance(plugins, "flaky_a"), before);
    cr_assert_eq(before->refs, 1);
}

IN_TASK(reload, an_unchanged_instance_keeps_its_state, "flaky_a flaky_b")
{
    struct sb_plugins *plugins = arg;
    struct sb_instance *a, *b;

    test_start(plugins, "flaky_a: {script: [ok, auth]}\nflaky_b: {reply: old}");
    a = sb_plugins_instance(plugins, "flaky_a");
    b = sb_instance_ref(sb_plugins_instance(plugins, "flaky_b"));
    cr_assert_eq(test_reload(plugins,
                             "flaky_a: {script: [ok, auth]}\nflaky_b: {reply: new}",
                             NULL),
                 0);
    cr_assert_eq(sb_plugins_instance(plugins, "flaky_a"), a);
    cr_assert_neq(sb_plugins_instance(plugins, "flaky_b"), b);
    sb_instance_unref(b);
}

/* ---- strikes ---- */

IN_TASK(strikes, three_quarantine_until_a_reload, "flaky_a flaky_b")
{
    static const char *const names[] = {"flaky_a", "flaky_b", NULL};
    struct sb_plugins *plugins = arg;
    struct sb_chain_trace trace;
    struct sb_chain *chain;

    test_start(plugins, "flaky_a: {script: [busy 30]}");
    sb_plugins_set_budget(plugins, 20000);
    cr_assert_eq(sb_chain_new(plugins, plugins, "llm", names, &chain, NULL), 0);
    for (int strike = 1; strike <= SB_STRIKES_OUT; strike++) {
        struct test_reply reply = {.pieces = 0};

        cr_assert_eq(test_ask(chain, &reply, &trace, NULL), 0);
        cr_assert_str_eq(trace.plugin, "flaky_a");
        cr_assert_not_null(strstr(trace.failures, "flaky_a: kept the loop busy for "),
                           "%s", trace.failures);
        cr_assert_eq(sb_plugins_find(plugins, "flaky_a")->status,
                     strike < SB_STRIKES_OUT ? SB_PLUGIN_OK : SB_PLUGIN_QUARANTINED);
    }
    cr_assert_not_null(strstr(sb_plugins_find(plugins, "flaky_a")->why, "last in llm"));
    cr_assert_str_eq(sb_chain_describe(chain, chain), "flaky_a (quarantined), flaky_b");
    sb_plugins_set_budget(plugins, 60000000);

    struct test_reply past = {.pieces = 0}, again = {.pieces = 0};

    cr_assert_eq(test_ask(chain, &past, &trace, NULL), 0);
    cr_assert_str_eq(trace.plugin, "flaky_b");
    cr_assert_eq(test_reload(plugins, "flaky_a: {script: [busy 30]}", NULL), 0);
    cr_assert_eq(sb_plugins_find(plugins, "flaky_a")->status, SB_PLUGIN_OK);
    cr_assert_eq(test_ask(chain, &again, &trace, NULL), 0);
    cr_assert_str_eq(trace.plugin, "flaky_a");
}

/* Waiting in a service is not the plugin's doing: each stretch counts by itself. */
IN_TASK(strikes, waiting_is_not_held_against_it, "flaky_a")
{
    static const char *const names[] = {"flaky_a", NULL};
    struct sb_plugins *plugins = arg;
    struct test_reply reply = {.pieces = 0};
    struct sb_chain *chain;

    test_start(plugins, "flaky_a: {script: [sleep 600]}");
    sb_plugins_set_budget(plugins, 500000);
    cr_assert_eq(sb_chain_new(plugins, plugins, "llm", names, &chain, NULL), 0);
    cr_assert_eq(test_ask(chain, &reply, NULL, NULL), 0);
    cr_assert_eq(sb_plugins_instance(plugins, "flaky_a")->strikes, 0);
}

/* Calling a service that has nothing to wait for does not let go of the loop. */
IN_TASK(strikes, a_service_that_does_not_wait_ends_no_stretch, "flaky_a")
{
    static const char *const names[] = {"flaky_a", NULL};
    struct sb_plugins *plugins = arg;
    struct test_reply reply = {.pieces = 0};
    struct sb_chain *chain;

    test_start(plugins, "flaky_a: {script: [chatter 10]}");
    sb_plugins_set_budget(plugins, 60000);
    cr_assert_eq(sb_chain_new(plugins, plugins, "llm", names, &chain, NULL), 0);
    cr_assert_eq(test_ask(chain, &reply, NULL, NULL), 0);
    cr_assert_geq(sb_plugins_instance(plugins, "flaky_a")->strikes, 1);
}

IN_TASK(strikes, each_stretch_between_two_waits_counts, "flaky_a")
{
    static const char *const names[] = {"flaky_a", NULL};
    struct sb_plugins *plugins = arg;
    struct test_reply reply = {.pieces = 0};
    struct sb_chain *chain;

    test_start(plugins, "flaky_a: {script: [busy_twice 30]}");
    sb_plugins_set_budget(plugins, 20000);
    cr_assert_eq(sb_chain_new(plugins, plugins, "llm", names, &chain, NULL), 0);
    cr_assert_eq(test_ask(chain, &reply, NULL, NULL), 0);
    cr_assert_geq(sb_plugins_instance(plugins, "flaky_a")->strikes, 2);
}
