/* SPDX-License-Identifier: Apache-2.0
 *
 * See plugins.h.
 */
#include "support/plugins.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/task.h"
#include "host/chain.h"
#include "host/plugins.h"

struct sb_plugins *test_load(const char *names)
{
    static const char *const dirs[] = {TEST_PLUGINS, NULL};
    char copy[256], *save = NULL;
    const char *only[16] = {NULL};
    size_t count = 0;

    (void)snprintf(copy, sizeof(copy), "%s", names);
    for (char *name = strtok_r(copy, " ", &save); name;
         name = strtok_r(NULL, " ", &save))
        only[count++] = name;
    return sb_plugins_load(NULL, dirs, only);
}

void test_start(struct sb_plugins *plugins, const char *yaml)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_yaml *map = NULL;
    struct sb_err err = {0};

    sb_plugins_set_budget(plugins, 60000000);
    cr_assert_eq(sb_yaml_parse(mem, "test", yaml, strlen(yaml), &map, &err), 0, "%s",
                 err.msg);
    cr_assert_eq(sb_plugins_start(plugins, sb_loop_current(), NULL, map, &err), 0, "%s",
                 err.msg);
    talloc_free(mem);
}

int test_reload(struct sb_plugins *plugins, const char *yaml, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_yaml *map = NULL;
    int rc = sb_yaml_parse(mem, "test", yaml, strlen(yaml), &map, err);

    if (rc == 0)
        rc = sb_plugins_reload(plugins, map, err);
    talloc_free(mem);
    return rc;
}

static void append(char *out, size_t size, const char *text, size_t len)
{
    size_t used = strlen(out);

    (void)snprintf(out + used, size - used, "%.*s", (int)len, text);
}

static int on_text(void *arg, const char *text, size_t len)
{
    struct test_reply *reply = arg;

    append(reply->text, sizeof(reply->text), text, len);
    reply->pieces++;
    return reply->stop_after && reply->pieces >= reply->stop_after ? SB_ELIMIT : 0;
}

static int on_call(void *arg, const struct sb_llm_call *call)
{
    struct test_reply *reply = arg;

    append(reply->calls, sizeof(reply->calls), call->name, strlen(call->name));
    return 0;
}

static void on_cite(void *arg, const char *id)
{
    struct test_reply *reply = arg;

    append(reply->cites, sizeof(reply->cites), id, strlen(id));
    append(reply->cites, sizeof(reply->cites), " ", 1);
}

static void on_confidence(void *arg, double value)
{
    struct test_reply *reply = arg;

    reply->confidence = value;
}

static void on_usage(void *arg, const struct sb_llm_usage *usage)
{
    struct test_reply *reply = arg;

    reply->cost += usage->cost;
}

static void on_model(void *arg, const char *model)
{
    struct test_reply *reply = arg;

    (void)snprintf(reply->model, sizeof(reply->model), "%s", model);
}

void test_sink(struct test_reply *reply, struct sb_llm_sink *sink)
{
    reply->confidence = -1;
    *sink = (struct sb_llm_sink){.size = sizeof(*sink),
                                 .arg = reply,
                                 .text = on_text,
                                 .call = on_call,
                                 .cite = on_cite,
                                 .confidence = on_confidence,
                                 .usage = on_usage,
                                 .model = on_model};
}

int test_ask(struct sb_chain *chain, struct test_reply *reply,
             struct sb_chain_trace *trace, struct sb_err *err)
{
    const struct sb_llm_message question = {.role = SB_LLM_USER, .text = "Well?"};
    const struct sb_llm_request request = {.size = sizeof(request),
                                           .messages = &question,
                                           .message_count = 1,
                                           .max_tokens = 100};
    struct sb_llm_sink sink;

    test_sink(reply, &sink);
    return sb_chain_llm(chain, &request, &sink, trace, err);
}
