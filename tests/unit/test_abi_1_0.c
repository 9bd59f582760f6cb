/* SPDX-License-Identifier: Apache-2.0
 *
 * The promise to plugins of ABI 1.0: today's structs still begin as those did, and a
 * plugin that was compiled then still works. When this fails, a change has broken every
 * plugin out there: undo it, or raise the major.
 */
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <string.h>
#include <switchboard/plugin.h>

#include "../abi/1.0/layout.h"
#include "base/task.h"
#include "host/chain.h"
#include "support/intask.h"
#include "support/plugins.h"

static ABI_LINES_BEGIN(today)
#include "../abi/1.0/layout.def"
    ABI_LINES_END;

Test(abi_1_0, structs_and_enumerators_are_where_they_were)
{
    void *old = dlopen(TEST_PLUGINS "/abi_1_0.so", RTLD_NOW | RTLD_LOCAL);
    const struct abi_line *then;

    cr_assert_not_null(old, "%s", dlerror());
    then = dlsym(old, "abi_1_0_lines");
    cr_assert_not_null(then);
    for (size_t i = 0; today[i].what; i++) {
        cr_assert_str_eq(then[i].what, today[i].what);
        if (today[i].may_grow)
            cr_expect_geq(today[i].value, then[i].value, "%s: %lld then, %lld today",
                          then[i].what, then[i].value, today[i].value);
        else
            cr_expect_eq(today[i].value, then[i].value, "%s: %lld then, %lld today",
                         then[i].what, then[i].value, today[i].value);
    }
    cr_assert_eq(SB_ABI_MAJOR, 1);
    (void)dlclose(old);
}

/* The first release's numbers themselves, on the machines that most people have: the
 * copied headers must not have been touched either. */
Test(abi_1_0, the_first_release_is_as_it_was)
{
#if defined(__LP64__)
    cr_expect_eq(offsetof(struct sb_plugin, size), 8);
    cr_expect_eq(offsetof(struct sb_plugin, options), 48);
    cr_expect_eq(offsetof(struct sb_plugin, start), 88);
    cr_expect_eq(offsetof(struct sb_plugin, hook), 104);
    cr_expect_eq(sizeof(struct sb_option), 72);
    cr_expect_eq(offsetof(struct sb_host, each), 288);
    cr_expect_eq(offsetof(struct sb_llm_request, said), 88);
    cr_expect_eq(offsetof(struct sb_turn, refuse), 352);
    cr_expect_eq(sizeof(struct sb_err), 508);
#else
    cr_skip_test("the numbers are those of machines with 64 bits");
#endif
    cr_expect_eq(SB_PLUGIN_MAGIC, 0x57535342u);
}

/* ---- a plugin of that day ---- */

#define IN_TASK(name)                                                                  \
    static void body_##name(void *arg);                                                \
    Test(abi_1_0, name)                                                                \
    {                                                                                  \
        struct sb_plugins *loaded = test_load("abi_1_0");                              \
        cr_assert_eq(sb_plugins_find(loaded, "abi_1_0")->status, SB_PLUGIN_OK, "%s",   \
                     sb_plugins_find(loaded, "abi_1_0")->why);                         \
        sb_test_run(body_##name, loaded);                                              \
        talloc_free(loaded);                                                           \
    }                                                                                  \
    static void body_##name(void *arg)

static struct sb_chain *chain_of(struct sb_plugins *plugins, const char *role)
{
    static const char *const names[] = {"abi_1_0", NULL};
    struct sb_chain *chain = NULL;
    struct sb_err err = {0};

    cr_assert_eq(sb_chain_new(plugins, plugins, role, names, &chain, &err), 0, "%s",
                 err.msg);
    return chain;
}

IN_TASK(an_old_model_reads_the_turn_and_uses_the_services)
{
    static const struct sb_passage passage = {
        .id = "p", .text = "passage", .conflict = "conflict"};
    static const struct sb_field field = {.name = "field", .asked = 3};
    static const struct sb_heard heard = {.value = "heard"};
    static const struct sb_phrase phrase = {"name", "phrase"};
    static const struct sb_llm_layer layer = {.text = "layer"};
    static const struct sb_llm_message message = {.role = SB_LLM_USER,
                                                  .text = "message"};
    static const struct sb_llm_tool tool = {.name = "tool"};
    const struct sb_turn turn = {.size = sizeof(turn),
                                 .channel = "chat",
                                 .message = "said",
                                 .number = 4,
                                 .passages = &passage,
                                 .passage_count = 1,
                                 .answerable = true,
                                 .fields = &field,
                                 .field_count = 1,
                                 .heard = &heard,
                                 .heard_count = 1,
                                 .urgency = {.rule = "rule"},
                                 .phrases = &phrase,
                                 .phrase_count = 1,
                                 .refuse = "refuse"};
    const struct sb_llm_request request = {.size = sizeof(request),
                                           .layers = &layer,
                                           .layer_count = 1,
                                           .messages = &message,
                                           .message_count = 1,
                                           .tools = &tool,
                                           .tool_count = 1,
                                           .max_tokens = 99,
                                           .turn = &turn};
    struct test_reply reply = {.pieces = 0};
    struct sb_chain_trace trace;
    struct sb_err err = {0};
    struct sb_llm_sink sink;

    test_start(arg, "{}");
    test_sink(&reply, &sink);
    cr_assert_eq(sb_chain_llm(chain_of(arg, "llm"), &request, &sink, &trace, &err), 0,
                 "%s", err.msg);
    cr_assert_str_eq(reply.text, "layer|message|99|tool|chat|said|4|passage|conflict|1|"
                                 "field|3|heard|rule|phrase|refuse");
    cr_assert_str_eq(reply.cites, "p ");
    cr_assert_str_eq(reply.calls, "tool");
    cr_assert_str_eq(reply.model, "old-1");
    cr_assert_eq(reply.confidence, 0.5);
    cr_assert_eq(trace.usage.cached_tokens, 3);
    cr_assert_eq(trace.usage.cost, 0.25);
}

IN_TASK(an_old_embedder_embeds)
{
    static const char *const texts[] = {"a", "b", "a"};
    struct sb_chain *chain;
    float *out;
    int dims;

    test_start(arg, "{}");
    chain = chain_of(arg, "embed");
    cr_assert_eq(sb_chain_embed(chain, chain, "old-2", texts, 3, &out, &dims, NULL), 0);
    cr_assert(out[0] == 1 && out[1] == 0 && out[2] == 0 && out[3] == 1 && out[4] == 1);
}

static int load(void *arg, int (*add)(void *sink, int64_t id, const float *vector),
                void *sink, struct sb_err *err)
{
    static const float vectors[2][2] = {{1, 0}, {0, 1}};
    int rc = add(sink, 11, vectors[0]);

    (void)arg;
    (void)err;
    return rc ? rc : add(sink, 12, vectors[1]);
}

IN_TASK(an_old_search_finds)
{
    static const float vector[2] = {0, 1};
    const struct sb_search_loader loader = {.size = sizeof(loader), .load = load};
    const struct sb_search_query query = {.size = sizeof(query),
                                          .index = "i",
                                          .dimensions = 2,
                                          .vector = vector,
                                          .k = 1,
                                          .loader = &loader};
    struct sb_search_hit hit;

    test_start(arg, "{}");
    cr_assert_eq(sb_chain_search(chain_of(arg, "search"), &query, &hit, NULL), 1);
    cr_assert_eq(hit.id, 12);
    cr_assert_eq(hit.score, 1.0);
}

static int on_found(void *arg, int total)
{
    *(int *)arg += total;
    return 0;
}

static int on_page(void *arg, const struct sb_crawl_page *page)
{
    *(int *)arg += (int)page->body_len;
    cr_assert_str_eq(page->title, "Title");
    cr_assert_null(page->failed);
    return 0;
}

IN_TASK(an_old_crawler_crawls)
{
    int sum = 0;
    const struct sb_crawl_request request = {
        .size = sizeof(request), .url = "http://x/", .max_pages = 100};
    const struct sb_crawl_sink sink = {
        .size = sizeof(sink), .arg = &sum, .found = on_found, .page = on_page};

    test_start(arg, "{}");
    cr_assert_eq(sb_chain_crawl(chain_of(arg, "crawl"), &request, &sink, NULL, NULL),
                 0);
    cr_assert_eq(sum, 104);
}

static const char *field_of(const struct sb_vertical_case *vcase, const char *name)
{
    (void)vcase;
    return strcmp(name, "name") == 0 ? "Pat" : "";
}

IN_TASK(an_old_vertical_is_asked)
{
    const struct sb_turn turn = {.size = sizeof(turn), .message = "now"};
    const struct sb_vertical_case vcase = {
        .size = sizeof(vcase), .turn = &turn, .field = field_of};
    const struct sb_vertical_ops *ops;
    struct sb_err err = {0};
    char one[64], two[64];
    void *state;

    test_start(arg, "{}");
    ops = sb_host_vertical(arg, "abi_1_0", &state);
    cr_assert_eq(ops->score(state, &vcase, one, sizeof(one)), 5);
    cr_assert_str_eq(one, "now/Pat");
    cr_assert_eq(ops->urgency(state, &vcase, one, sizeof(one), two, sizeof(two)), 2);
    cr_assert_str_eq(two, "At once.");
    cr_assert_eq(ops->validate_field(state, &vcase, "x", "v", one, sizeof(one), &err),
                 0);
    cr_assert_str_eq(one, "<v>");
    cr_assert_eq(ops->validate_field(state, &vcase, "bad", "v", one, sizeof(one), &err),
                 SB_EINVAL);
    cr_assert_str_eq(err.msg, "Not that.");
    cr_assert_eq(ops->qualify(state, &vcase, one, sizeof(one)), 1);
    cr_assert_eq(ops->route(state, &vcase, one, sizeof(one)), 0);
    cr_assert_str_eq(one, "desk");
    cr_assert_str_eq(ops->tools[0].name, "look");
    cr_assert_eq(ops->tool(state, &vcase, "look", "{}", one, sizeof(one), &err), 0);
    cr_assert_str_eq(one, "look({})");
}

IN_TASK(an_old_plugins_options_and_hook)
{
    char body[200];
    const struct sb_hook_request request = {.size = sizeof(request),
                                            .method = "POST",
                                            .path = "in",
                                            .query = "q=1",
                                            .body = "raw",
                                            .body_len = 3,
                                            .tenant = "acme"};
    struct sb_hook_reply reply = {
        .size = sizeof(reply), .body = body, .body_size = sizeof(body)};

    test_start(arg, "abi_1_0: {number: 9, choice: c}");
    cr_assert_eq(sb_plugins_hook(arg, "abi_1_0", &request, &reply, NULL), 0);
    cr_assert_str_eq(body, "POST in q=1 raw acme|Hello 9 0.50 1 c 2000 4096 one two");
}
