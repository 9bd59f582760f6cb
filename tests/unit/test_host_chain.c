/* SPDX-License-Identifier: Apache-2.0
 *
 * Chains: who answers when somebody fails, in which way, and what nobody gets to see.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/task.h"
#include "host/chain_impl.h"
#include "support/intask.h"
#include "support/plugins.h"

/* One case: how flaky_a behaves before flaky_b is asked. */
struct scene {
    struct sb_plugins *plugins;
    const char *yaml;
    void (*check)(struct scene *scene);
    struct sb_chain *chain;
    struct test_reply reply;
    struct sb_chain_trace trace;
    struct sb_err err;
    int rc;
};

static const char *const both[] = {"flaky_a", "flaky_b", NULL};

static void play(void *arg)
{
    struct scene *scene = arg;

    test_start(scene->plugins, scene->yaml);
    cr_assert_eq(sb_chain_new(scene->plugins, scene->plugins, "llm", both,
                              &scene->chain, &scene->err),
                 0, "%s", scene->err.msg);
    scene->rc = test_ask(scene->chain, &scene->reply, &scene->trace, &scene->err);
    scene->check(scene);
}

static void stage(const char *yaml, void (*check)(struct scene *scene))
{
    struct scene scene = {
        .plugins = test_load("flaky_a flaky_b"), .yaml = yaml, .check = check};

    sb_test_run(play, &scene);
    talloc_free(scene.plugins);
}

static struct sb_breaker *breaker(struct scene *scene, const char *name)
{
    return &sb_plugins_instance(scene->plugins, name)->breakers[SB_KIND_LLM];
}

/* ---- before the first text ---- */

static void first_answers(struct scene *scene)
{
    cr_assert_eq(scene->rc, 0);
    cr_assert_str_eq(scene->reply.text, "Hello from flaky_a");
    cr_assert_str_eq(scene->trace.plugin, "flaky_a");
    cr_assert_str_eq(scene->trace.model, "flaky_a-1");
    cr_assert_str_eq(scene->reply.model, "flaky_a-1");
    cr_assert_str_eq(scene->reply.cites, "cited ");
    cr_assert_eq(scene->reply.confidence, 0.75);
    cr_assert_eq(scene->trace.attempts, 1);
    cr_assert_str_eq(scene->trace.failures, "");
    cr_assert_eq(scene->trace.usage.output_tokens, 5);
    cr_assert_leq(scene->trace.first_token_us, scene->trace.total_us);
}

Test(chain, the_first_member_answers)
{
    stage("{}", first_answers);
}

static void second_answers(struct scene *scene)
{
    cr_assert_eq(scene->rc, 0, "%s", scene->err.msg);
    cr_assert_str_eq(scene->reply.text, "Hello from flaky_b");
    cr_assert_str_eq(scene->reply.cites, "cited ");
    cr_assert_str_eq(scene->reply.calls, "");
    cr_assert_str_eq(scene->trace.plugin, "flaky_b");
    cr_assert_eq(strncmp(scene->trace.failures, "flaky_a: ", 9), 0, "%s",
                 scene->trace.failures);
}

#define STEPS_OVER(name, script)                                                       \
    Test(chain, steps_over_##name)                                                     \
    {                                                                                  \
        stage("flaky_a: {script: [" script "]}", second_answers);                      \
    }

STEPS_OVER(unavailable, "unavailable")
STEPS_OVER(io, "io")
STEPS_OVER(protocol, "proto")
STEPS_OVER(auth, "auth")
STEPS_OVER(invalid, "invalid")
STEPS_OVER(timed_out, "timeout")
STEPS_OVER(limit, "limit")
STEPS_OVER(limit_for_long, "limit 60000")
STEPS_OVER(an_empty_answer, "empty")
STEPS_OVER(a_cancel_that_nobody_gave, "canceled")
STEPS_OVER(a_code_that_is_none, "positive")
STEPS_OVER(one_that_changes_its_mind, "cite_and_fail")

static void tried_twice(struct scene *scene)
{
    cr_assert_eq(scene->rc, 0);
    cr_assert_str_eq(scene->trace.plugin, "flaky_a");
    cr_assert_eq(scene->trace.attempts, 2);
    cr_assert_str_eq(scene->trace.failures, "flaky_a: unavailable (529 overloaded)");
}

Test(chain, asks_the_same_member_again_when_it_may_recover)
{
    stage("flaky_a: {script: [unavailable, ok]}", tried_twice);
}

static void not_twice(struct scene *scene)
{
    second_answers(scene);
    cr_assert_eq(scene->trace.attempts, 2);
}

Test(chain, does_not_ask_again_after_a_refused_key)
{
    stage("flaky_a: {script: [auth, ok]}", not_twice);
}

Test(chain, does_not_wait_for_a_long_retry_after)
{
    stage("flaky_a: {script: [limit 5000, ok]}", not_twice);
}

static void all_failed(struct scene *scene)
{
    cr_assert_eq(scene->rc, SB_EAUTH);
    cr_assert_str_eq(scene->err.msg, "401 wrong key");
    cr_assert_str_eq(scene->reply.text, "");
    cr_assert_not_null(strstr(scene->trace.failures, "flaky_a: unavailable"));
    cr_assert_not_null(strstr(scene->trace.failures, "flaky_b: auth"));
    cr_assert_str_eq(scene->trace.plugin, "");
}

Test(chain, reports_the_last_failure_when_all_fail)
{
    stage("flaky_a: {script: [unavailable]}\nflaky_b: {script: [auth]}", all_failed);
}

/* ---- in mid-answer ---- */

static void continued(struct scene *scene)
{
    cr_assert_eq(scene->rc, 0);
    cr_assert_str_eq(scene->reply.text, "Half a [on] Hello from flaky_b");
    cr_assert_str_eq(scene->reply.cites, "cut cited ");
    cr_assert_str_eq(scene->trace.plugin, "flaky_b");
}

Test(chain, continues_in_mid_answer_with_what_was_said)
{
    stage("flaky_a: {script: [cut, timeout]}", continued);
}

static void unrepeated(struct scene *scene)
{
    cr_assert_eq(scene->rc, 0);
    cr_assert_str_eq(scene->reply.text, "Half a Hello from flaky_b");
}

Test(chain, drops_what_the_next_one_repeats)
{
    stage("flaky_a: {script: [cut, timeout]}\nflaky_b: {script: [repeat]}", unrepeated);
}

static void half_said(struct scene *scene)
{
    cr_assert_eq(scene->rc, SB_EAUTH);
    cr_assert_str_eq(scene->reply.text, "Half a ");
}

Test(chain, leaves_what_was_said_when_nobody_can_go_on)
{
    stage("flaky_a: {script: [cut, auth]}\nflaky_b: {script: [auth]}", half_said);
}

/* ---- calls, and text that is not text ---- */

static void called(struct scene *scene)
{
    cr_assert_eq(scene->rc, 0);
    cr_assert_str_eq(scene->reply.calls, "look");
    cr_assert_str_eq(scene->reply.text, "");
}

Test(chain, hands_on_tool_calls_at_the_end)
{
    stage("flaky_a: {script: [call]}", called);
}

static void cleaned(struct scene *scene)
{
    cr_assert_eq(scene->rc, 0);
    cr_assert_str_eq(scene->reply.text, "ab\xef\xbf\xbd\xef\xbf\xbd");
}

Test(chain, replaces_bytes_that_are_not_utf8)
{
    stage("flaky_a: {script: [garbage]}", cleaned);
}

/* ---- stopping is no failure ---- */

static void stop_early(void *arg)
{
    struct scene *scene = arg;

    test_start(scene->plugins, scene->yaml);
    cr_assert_eq(
        sb_chain_new(scene->plugins, scene->plugins, "llm", both, &scene->chain, NULL),
        0);
    for (int i = 0; i < 5; i++) {
        scene->reply = (struct test_reply){.stop_after = 1};
        cr_assert_eq(test_ask(scene->chain, &scene->reply, &scene->trace, &scene->err),
                     SB_ELIMIT);
        cr_assert_eq(scene->reply.pieces, 1);
        cr_assert_str_eq(scene->trace.failures, "");
    }
    cr_assert_eq(breaker(scene, "flaky_a")->failures, 0);
}

Test(chain, a_stop_by_the_caller_is_no_failure)
{
    struct scene scene = {.plugins = test_load("flaky_a flaky_b"),
                          .yaml = "flaky_a: {script: [deaf]}"};

    sb_test_run(stop_early, &scene);
    talloc_free(scene.plugins);
}

static void ask_in_task(void *arg)
{
    struct scene *scene = arg;

    scene->rc = test_ask(scene->chain, &scene->reply, &scene->trace, &scene->err);
}

static void cancel_midway(void *arg)
{
    struct scene *scene = arg;
    struct sb_task *task;

    test_start(scene->plugins, scene->yaml);
    cr_assert_eq(
        sb_chain_new(scene->plugins, scene->plugins, "llm", both, &scene->chain, NULL),
        0);
    for (int i = 0; i < 5; i++) {
        task = sb_task_ref(sb_task_spawn(sb_loop_current(), "ask", ask_in_task, scene));
        cr_assert_eq(sb_yield(), 0);
        sb_task_cancel(task);
        cr_assert_eq(sb_task_join(task, -1), 0);
        sb_task_unref(task);
        cr_assert_eq(scene->rc, SB_ECANCELED);
        cr_assert_str_eq(scene->trace.failures, "");
    }
    cr_assert_eq(breaker(scene, "flaky_a")->state, SB_BREAKER_CLOSED);
    cr_assert_eq(breaker(scene, "flaky_a")->failures, 0);
    cr_assert_eq(breaker(scene, "flaky_b")->failures, 0);
    cr_assert_eq(sb_plugins_instance(scene->plugins, "flaky_a")->refs, 1);
}

Test(chain, a_cancel_is_no_failure)
{
    struct scene scene = {.plugins = test_load("flaky_a flaky_b"),
                          .yaml = "flaky_a: {script: [hang]}"};

    sb_test_run(cancel_midway, &scene);
    talloc_free(scene.plugins);
}

/* ---- time ---- */

static void hang_then_next(void *arg)
{
    struct scene *scene = arg;
    int64_t outer;

    test_start(scene->plugins, scene->yaml);
    cr_assert_eq(
        sb_chain_new(scene->plugins, scene->plugins, "llm", both, &scene->chain, NULL),
        0);
    outer = sb_task_deadline_push(400);
    scene->rc = test_ask(scene->chain, &scene->reply, &scene->trace, &scene->err);
    sb_task_deadline_pop(outer);
    second_answers(scene);
    cr_assert_not_null(strstr(scene->trace.failures, "flaky_a: timed_out"));
}

Test(chain, leaves_time_for_the_next_member)
{
    struct scene scene = {.plugins = test_load("flaky_a flaky_b"),
                          .yaml = "flaky_a: {script: [hang]}"};

    sb_test_run(hang_then_next, &scene);
    talloc_free(scene.plugins);
}

/* ---- breakers ---- */

static void break_and_heal(void *arg)
{
    struct scene *scene = arg;
    char *text;

    test_start(scene->plugins, scene->yaml);
    cr_assert_eq(
        sb_chain_new(scene->plugins, scene->plugins, "llm", both, &scene->chain, NULL),
        0);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(test_ask(scene->chain, &scene->reply, &scene->trace, NULL), 0);
    cr_assert_eq(breaker(scene, "flaky_a")->state, SB_BREAKER_OPEN);
    text = sb_chain_describe(scene->chain, scene->chain);
    cr_assert_not_null(strstr(text, "flaky_a (breaker open, probe in "), "%s", text);

    /* Open: it is not even asked. */
    cr_assert_eq(test_ask(scene->chain, &scene->reply, &scene->trace, NULL), 0);
    cr_assert_eq(scene->trace.attempts, 1);

    /* Its time is up: this caller still goes past it, and it is probed meanwhile. */
    breaker(scene, "flaky_a")->until = 0;
    cr_assert_eq(test_ask(scene->chain, &scene->reply, &scene->trace, NULL), 0);
    cr_assert_str_eq(scene->trace.plugin, "flaky_b");
    cr_assert_eq(breaker(scene, "flaky_a")->state, SB_BREAKER_HALF_OPEN);
    for (int i = 0; i < 10 && breaker(scene, "flaky_a")->state; i++)
        cr_assert_eq(sb_yield(), 0);
    cr_assert_eq(breaker(scene, "flaky_a")->state, SB_BREAKER_CLOSED);
    memset(&scene->reply, 0, sizeof(scene->reply));
    cr_assert_eq(test_ask(scene->chain, &scene->reply, &scene->trace, NULL), 0);
    cr_assert_str_eq(scene->trace.plugin, "flaky_a");
}

Test(chain, a_breaker_opens_and_a_background_probe_closes_it)
{
    struct scene scene = {
        .plugins = test_load("flaky_a flaky_b"),
        .yaml = "flaky_a: {script: [unavailable, unavailable, unavailable, ok]}"};

    sb_test_run(break_and_heal, &scene);
    talloc_free(scene.plugins);
}

static void alone(void *arg)
{
    static const char *const one[] = {"flaky_a", NULL};
    struct scene *scene = arg;

    test_start(scene->plugins, scene->yaml);
    cr_assert_eq(
        sb_chain_new(scene->plugins, scene->plugins, "llm", one, &scene->chain, NULL),
        0);
    cr_assert_eq(test_ask(scene->chain, &scene->reply, &scene->trace, NULL), SB_EAUTH);
    cr_assert_eq(breaker(scene, "flaky_a")->state, SB_BREAKER_OPEN);
    cr_assert_eq(test_ask(scene->chain, &scene->reply, &scene->trace, NULL), 0);
    cr_assert_eq(breaker(scene, "flaky_a")->state, SB_BREAKER_CLOSED);
}

Test(chain, asks_the_last_member_though_its_breaker_is_open)
{
    struct scene scene = {.plugins = test_load("flaky_a"),
                          .yaml = "flaky_a: {script: [auth, ok]}"};

    sb_test_run(alone, &scene);
    talloc_free(scene.plugins);
}

static void stopped_while_probing(void *arg)
{
    struct scene *scene = arg;

    test_start(scene->plugins, scene->yaml);
    cr_assert_eq(
        sb_chain_new(scene->plugins, scene->plugins, "llm", both, &scene->chain, NULL),
        0);
    cr_assert_eq(test_ask(scene->chain, &scene->reply, &scene->trace, NULL), 0);
    breaker(scene, "flaky_a")->until = 0;
    cr_assert_eq(test_ask(scene->chain, &scene->reply, &scene->trace, NULL), 0);
    cr_assert_eq(sb_yield(), 0);
    sb_plugins_stop(scene->plugins);
}

Test(chain, stopping_ends_a_probe_that_hangs)
{
    struct scene scene = {.plugins = test_load("flaky_a flaky_b"),
                          .yaml = "flaky_a: {script: [auth, hang]}"};

    sb_test_run(stopped_while_probing, &scene);
    talloc_free(scene.plugins);
}

/* ---- making chains ---- */

static void make(void *arg)
{
    static const char *const typo[] = {"flaky_c", NULL},
                             *const wrong[] = {"noop", NULL}, *const none[] = {NULL};
    struct sb_plugins *plugins = arg;
    struct sb_chain *chain;
    struct sb_err err = {0};

    test_start(plugins, "{}");
    cr_assert_eq(sb_chain_new(plugins, plugins, "llm", typo, &chain, &err), SB_EINVAL);
    cr_assert_str_eq(err.msg,
                     "there is no plugin \"flaky_c\" for the role llm; did you "
                     "mean \"flaky_a\"?");
    cr_assert_eq(sb_chain_new(plugins, plugins, "llm", wrong, &chain, &err), SB_EINVAL);
    cr_assert_not_null(strstr(err.msg, "there is no such role in plugin \"noop\""));
    cr_assert_eq(sb_chain_new(plugins, plugins, "llm", none, &chain, &err), SB_EINVAL);
    cr_assert_eq(sb_chain_new(plugins, plugins, "llama", none, &chain, &err),
                 SB_EINVAL);
    cr_assert_eq(sb_chain_new(plugins, plugins, "llm", both, &chain, &err), 0);
    cr_assert_eq(sb_chain_abilities(chain), SB_LLM_STREAMS);
    cr_assert_str_eq(sb_chain_describe(chain, chain), "flaky_a, flaky_b");
}

Test(chain, names_the_nearest_when_a_member_is_unknown)
{
    struct sb_plugins *plugins = test_load("flaky_a flaky_b noop");

    sb_test_run(make, plugins);
    talloc_free(plugins);
}

static void broken_member(void *arg)
{
    static const char *const names[] = {"crash_start", "flaky_a", NULL};
    struct scene *scene = arg;

    test_start(scene->plugins, "{}");
    cr_assert_eq(
        sb_chain_new(scene->plugins, scene->plugins, "llm", names, &scene->chain, NULL),
        0);
    cr_assert_str_eq(sb_chain_describe(scene->chain, scene->chain),
                     "crash_start (off: crashed in start (signal 11)), flaky_a");
    cr_assert_eq(test_ask(scene->chain, &scene->reply, &scene->trace, NULL), 0);
    cr_assert_str_eq(scene->trace.plugin, "flaky_a");
}

Test(chain, serves_past_a_member_that_is_broken)
{
    struct scene scene = {.plugins = test_load("flaky_a crash_start")};

    sb_test_run(broken_member, &scene);
    talloc_free(scene.plugins);
}
