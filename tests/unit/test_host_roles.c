/* SPDX-License-Identifier: Apache-2.0
 *
 * The chains of embed, search and crawl, verticals and hooks.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/task.h"
#include "host/chain_impl.h"
#include "support/intask.h"
#include "support/plugins.h"

static const char *const both[] = {"flaky_a", "flaky_b", NULL};

static struct sb_chain *chain_of(struct sb_plugins *plugins, const char *role)
{
    struct sb_chain *chain = NULL;
    struct sb_err err = {0};

    cr_assert_eq(sb_chain_new(plugins, plugins, role, both, &chain, &err), 0, "%s",
                 err.msg);
    return chain;
}

#define IN_TASK(suite, name)                                                           \
    static void suite##_##name(void *arg);                                             \
    Test(suite, name)                                                                  \
    {                                                                                  \
        struct sb_plugins *loaded = test_load("flaky_a flaky_b");                      \
        sb_test_run(suite##_##name, loaded);                                           \
        talloc_free(loaded);                                                           \
    }                                                                                  \
    static void suite##_##name(void *arg)

/* ---- embed ---- */

IN_TASK(embed, splits_into_the_batches_that_a_member_takes)
{
    static const char *const texts[] = {"",     "a",     "bb",    "ccc",
                                        "dddd", "eeeee", "ffffff"};
    struct sb_plugins *plugins = arg;
    struct sb_chain *chain;
    float *out;
    int dims;

    test_start(plugins, "{}");
    chain = chain_of(plugins, "embed");
    cr_assert_eq(sb_chain_embed(chain, chain, NULL, texts, 7, &out, &dims, NULL), 0);
    cr_assert_eq(dims, 4);
    for (size_t i = 0; i < 7; i++)
        cr_assert_eq(out[4 * i + i % 4], 1.0f);
}

IN_TASK(embed, never_mixes_spaces)
{
    static const char *const texts[] = {"x"};
    struct sb_plugins *plugins = arg;
    struct sb_err err = {0};
    struct sb_chain *chain;
    float *out;
    int dims;

    test_start(plugins, "flaky_a: {space: a-4, script: [auth]}\nflaky_b: {space: b-4}");
    chain = chain_of(plugins, "embed");
    cr_assert_str_eq(sb_chain_embed_space(chain), "a-4");
    cr_assert_eq(sb_chain_embed(chain, chain, "a-4", texts, 1, &out, &dims, &err),
                 SB_EAUTH);
    cr_assert_eq(sb_chain_embed(chain, chain, "b-4", texts, 1, &out, &dims, &err), 0);
    cr_assert_eq(sb_chain_embed(chain, chain, "c-4", texts, 1, &out, &dims, &err),
                 SB_EUNAVAILABLE);
}

IN_TASK(embed, steps_over_values_that_are_not_numbers)
{
    static const char *const texts[] = {"x"};
    struct sb_plugins *plugins = arg;
    struct sb_chain *chain;
    float *out;
    int dims;

    test_start(plugins, "flaky_a: {script: [nan]}");
    chain = chain_of(plugins, "embed");
    cr_assert_eq(sb_chain_embed(chain, chain, NULL, texts, 1, &out, &dims, NULL), 0);
    cr_assert_eq(out[1], 1.0f);
}

/* ---- the last resort ---- */

static struct sb_plugins *load_with_local(void)
{
    static const char *const dirs[] = {TEST_PLUGINS, SB_BUILDDIR "/plugins", NULL},
                             *const only[] = {"flaky_a", "local", NULL};

    return sb_plugins_load(NULL, dirs, only);
}

static void last_resort(void *arg)
{
    static const char *const names[] = {"flaky_a", NULL}, *const texts[] = {"hello"};
    struct sb_plugins *plugins = arg;
    struct sb_instance *local;
    struct sb_chain *chain;
    int64_t outer;
    float *out;
    int dims = 0;

    test_start(plugins, "flaky_a: {script: [hang]}");
    cr_assert_eq(sb_chain_new(plugins, plugins, "embed", names, &chain, NULL), 0);
    cr_assert_str_eq(sb_chain_describe(chain, chain), "flaky_a, local");

    /* It needs nobody, so it answers also when all the time has been used up. */
    outer = sb_task_deadline_push(0);
    cr_assert_eq(sb_chain_embed(chain, chain, NULL, texts, 1, &out, &dims, NULL), 0);
    sb_task_deadline_pop(outer);
    cr_assert_gt(dims, 4);

    /* It gets strikes like all others, but is never taken away. */
    local = sb_plugins_instance(plugins, "local");
    for (int i = 0; i < 2 * SB_STRIKES_OUT; i++)
        sb_instance_strike(local, "llm", 60000);
    cr_assert_eq(sb_plugins_instance(plugins, "local"), local);
}

Test(chain, local_is_always_the_last_and_always_there)
{
    struct sb_plugins *plugins = load_with_local();

    sb_test_run(last_resort, plugins);
    talloc_free(plugins);
}

/* ---- search ---- */

static int load(void *arg, int (*add)(void *sink, int64_t id, const float *vector),
                void *sink, struct sb_err *err)
{
    const float vector[2] = {1, 0};

    (void)err;
    cr_assert_null(sb_guard_current(),
                   "the host's own loader runs on the plugin's clock");
    cr_assert_eq(sb_yield(), 0);
    return add(sink, *(const int64_t *)arg, vector);
}

static int find(struct sb_chain *chain, struct sb_search_hit *hits, struct sb_err *err)
{
    static const float vector[2] = {1, 0};
    int64_t id = 41;
    struct sb_search_loader loader = {.size = sizeof(loader), .arg = &id, .load = load};
    struct sb_search_query query = {.size = sizeof(query),
                                    .index = "i",
                                    .dimensions = 2,
                                    .vector = vector,
                                    .k = 3,
                                    .loader = &loader};

    return sb_chain_search(chain, &query, hits, err);
}

IN_TASK(search, goes_through_the_chain)
{
    struct sb_plugins *plugins = arg;
    struct sb_search_hit hits[4];
    struct sb_chain *chain;

    test_start(plugins, "flaky_a: {script: [auth]}");
    chain = chain_of(plugins, "search");
    cr_assert_eq(find(chain, hits, NULL), 1);
    cr_assert_eq(hits[0].id, 42);
}

IN_TASK(search, does_not_believe_more_hits_than_were_asked_for)
{
    struct sb_plugins *plugins = arg;
    struct sb_err err = {0};
    struct sb_search_hit hits[4];

    test_start(plugins, "flaky_a: {script: [too_many]}\nflaky_b: {script: [too_many]}");
    cr_assert_eq(find(chain_of(plugins, "search"), hits, &err), SB_EPROTO);
    cr_assert_str_eq(err.msg, "it returned 4 hits where 3 were asked for");
}

/* ---- crawl ---- */

static int take_page(void *arg, const struct sb_crawl_page *page)
{
    cr_assert_str_eq(page->url, "http://site.example/");
    ++*(int *)arg;
    return 0;
}

static int crawl(struct sb_chain *chain, int *pages, struct sb_err *err)
{
    struct sb_crawl_request request = {
        .size = sizeof(request), .url = "http://site.example/", .max_pages = 5};
    struct sb_crawl_sink sink = {.size = sizeof(sink), .arg = pages, .page = take_page};

    return sb_chain_crawl(chain, &request, &sink, NULL, err);
}

IN_TASK(crawl, steps_over_before_the_first_page)
{
    struct sb_plugins *plugins = arg;
    int pages = 0;

    test_start(plugins, "flaky_a: {script: [unavailable]}");
    cr_assert_eq(crawl(chain_of(plugins, "crawl"), &pages, NULL), 0);
    cr_assert_eq(pages, 1);
}

IN_TASK(crawl, does_not_begin_anew_after_a_page)
{
    struct sb_plugins *plugins = arg;
    struct sb_err err = {0};
    int pages = 0;

    test_start(plugins, "flaky_a: {script: [page_and_fail]}");
    cr_assert_eq(crawl(chain_of(plugins, "crawl"), &pages, &err), SB_EIO);
    cr_assert_str_eq(err.msg, "lost its way");
    cr_assert_eq(pages, 1);
}

/* ---- verticals ---- */

IN_TASK(vertical, hooks_follow_a_reload)
{
    struct sb_plugins *plugins = arg;
    const struct sb_vertical_ops *ops;
    struct sb_vertical_case vcase = {.size = sizeof(vcase)};
    char reason[32];
    void *state = NULL;

    test_start(plugins, "flaky_a: {reply: old}");
    ops = sb_host_vertical(plugins, "flaky_a", &state);
    cr_assert_not_null(ops);
    cr_assert_null(ops->urgency);
    cr_assert_eq(ops->score(state, &vcase, reason, sizeof(reason)), 3);
    cr_assert_str_eq(reason, "old");
    cr_assert_eq(test_reload(plugins, "flaky_a: {reply: new}", NULL), 0);
    cr_assert_eq(ops->score(state, &vcase, reason, sizeof(reason)), 3);
    cr_assert_str_eq(reason, "new");
    sb_plugins_stop(plugins);
    cr_assert_eq(ops->score(state, &vcase, reason, sizeof(reason)), 0);
    cr_assert_str_eq(reason, "");
}

IN_TASK(vertical, a_template_without_code_has_no_hooks)
{
    struct sb_plugins *plugins = arg;
    void *state;

    test_start(plugins, "{}");
    cr_assert_null(sb_host_vertical(plugins, "salon", &state));
}

/* ---- hooks ---- */

static int call_hook(struct sb_plugins *plugins, const char *path, const char *query,
                     struct sb_hook_reply *reply, struct sb_err *err)
{
    struct sb_hook_request request = {.size = sizeof(request),
                                      .method = "POST",
                                      .path = path,
                                      .query = query,
                                      .tenant = "acme"};

    return sb_plugins_hook(plugins, "flaky_a", &request, reply, err);
}

IN_TASK(hook, reaches_the_plugin)
{
    char body[64];
    struct sb_hook_reply reply = {
        .size = sizeof(reply), .body = body, .body_size = sizeof(body)};
    struct sb_plugins *plugins = arg;

    test_start(plugins, "{}");
    cr_assert_eq(call_hook(plugins, "status", "", &reply, NULL), 0);
    cr_assert_eq(reply.status, 200);
    cr_assert_eq(strncmp(body, "POST status for acme", reply.body_len), 0);
}

IN_TASK(hook, is_not_believed_blindly)
{
    char body[64];
    struct sb_hook_reply reply = {
        .size = sizeof(reply), .body = body, .body_size = sizeof(body)};
    struct sb_plugins *plugins = arg;
    struct sb_err err = {0};

    test_start(plugins, "{}");
    cr_assert_eq(call_hook(plugins, "lie", "", &reply, &err), SB_EPROTO);
    sb_plugins_stop(plugins);
    cr_assert_eq(call_hook(plugins, "status", "", &reply, &err), SB_ENOTFOUND);
    cr_assert_str_eq(err.msg, "nothing answers under /hooks/flaky_a/");
}

IN_TASK(hook, may_talk_to_declared_and_configured_hosts_only)
{
    struct sb_hook_reply reply = {.size = sizeof(reply)};
    struct sb_plugins *plugins = arg;
    struct sb_err err = {0};

    test_start(plugins, "flaky_a: {url: 'http://10.0.0.1:99/v1'}");
    /* Allowed ones get as far as the missing network. */
    cr_assert_eq(
        call_hook(plugins, "fetch", "https://api.flaky.example/x", &reply, &err),
        SB_EUNAVAILABLE);
    cr_assert_eq(
        call_hook(plugins, "fetch", "https://a.cdn.example:8443", &reply, &err),
        SB_EUNAVAILABLE);
    cr_assert_eq(call_hook(plugins, "fetch", "http://10.0.0.1:99/v1/x", &reply, &err),
                 SB_EUNAVAILABLE);
    cr_assert_eq(call_hook(plugins, "fetch", "https://evil.example/", &reply, &err),
                 SB_EREFUSED);
    cr_assert_str_eq(err.msg,
                     "plugin flaky_a may not talk to evil.example: it is not among the "
                     "hosts that it declares, nor in its options");
    cr_assert_eq(call_hook(plugins, "fetch", "https://cdn.example/", &reply, &err),
                 SB_EREFUSED);
    cr_assert_eq(call_hook(plugins, "fetch", "https://api.flaky.example@evil.example/",
                           &reply, &err),
                 SB_EREFUSED);
    cr_assert_eq(call_hook(plugins, "fetch", "file:///etc/passwd", &reply, &err),
                 SB_EINVAL);
}
