/* SPDX-License-Identifier: Apache-2.0
 *
 * Background probes: when a breaker's time is up, a task of its own tries the provider
 * with the smallest request there is, so that no person waits on one that is still
 * sick.
 */
#include "host/chain_impl.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/task.h"

#define PROBE_MS 20000
#define PROBE_TOKENS 8
#define DIMENSIONS_MAX 8192

struct probe {
    struct sb_instance *instance;
    enum sb_role_kind kind;
};

static int ignore_text(void *arg, const char *text, size_t len)
{
    (void)arg;
    (void)text;
    (void)len;
    return 0;
}

static int ignore_call(void *arg, const struct sb_llm_call *call)
{
    (void)arg;
    (void)call;
    return 0;
}

static void ignore_cite(void *arg, const char *id)
{
    (void)arg;
    (void)id;
}

static void ignore_confidence(void *arg, double value)
{
    (void)arg;
    (void)value;
}

static void ignore_usage(void *arg, const struct sb_llm_usage *usage)
{
    (void)arg;
    (void)usage;
}

static int probe_llm(struct sb_instance *instance, const struct sb_llm_ops *ops,
                     struct sb_err *err)
{
    struct sb_llm_message ping = {.role = SB_LLM_USER, .text = "ping"};
    struct sb_llm_request request = {.size = sizeof(request),
                                     .messages = &ping,
                                     .message_count = 1,
                                     .max_tokens = PROBE_TOKENS,
                                     .temperature = -1};
    struct sb_llm_sink sink = {.size = sizeof(sink),
                               .text = ignore_text,
                               .call = ignore_call,
                               .cite = ignore_cite,
                               .confidence = ignore_confidence,
                               .usage = ignore_usage,
                               .model = ignore_cite};

    return ops->turn(instance->state, &request, &sink, err);
}

static int probe_embed(struct sb_instance *instance, const struct sb_embed_ops *ops,
                       struct sb_err *err)
{
    const char *text = "ping";
    int dimensions = ops->dimensions(instance->state), rc;
    float *out;

    if (dimensions < 1 || dimensions > DIMENSIONS_MAX)
        return sb_fail(err, SB_EPROTO, "%d dimensions", dimensions);
    out = talloc_zero_array(NULL, float, (unsigned)dimensions);
    rc = ops->embed(instance->state, &text, 1, out, err);
    talloc_free(out);
    return rc;
}

static int try_once(struct probe *probe, struct sb_err *err)
{
    const void *ops = probe->instance->descriptor->ops[probe->kind];
    struct sb_guard guard;
    int rc;

    sb_guard_enter(&guard, probe->instance, "probe");
    if (probe->kind == SB_KIND_LLM)
        rc = probe_llm(probe->instance, ops, err);
    else
        rc = probe_embed(probe->instance, ops, err);
    sb_guard_leave(&guard);
    return rc > 0 ? SB_EINTERNAL : rc;
}

static void run(void *arg)
{
    struct probe *probe = arg;
    struct sb_instance *instance = probe->instance;
    struct sb_err err = {0};
    int64_t outer = sb_task_deadline_push(PROBE_MS);
    int rc = try_once(probe, &err);

    sb_task_deadline_pop(outer);
    instance->probes[probe->kind] = NULL;
    if (sb_task_is_canceled(sb_task_self()))
        sb_breaker_undecided(&instance->breakers[probe->kind], sb_clock_mono_ms());
    else if (rc != 0 && !sb_chain_is_sick(rc))
        sb_chain_report(instance, probe->kind, 0,
                        &err); /* it answered, if only to refuse */
    else
        sb_chain_report(instance, probe->kind, rc, &err);
    sb_instance_unref(instance);
    talloc_free(probe);
}

bool sb_chain_can_probe(enum sb_role_kind kind)
{
    return kind == SB_KIND_LLM || kind == SB_KIND_EMBED;
}

void sb_chain_probe(struct sb_chain *chain, struct sb_instance *instance)
{
    struct probe *probe = talloc_zero(NULL, struct probe);
    struct sb_task *task;

    probe->instance = sb_instance_ref(instance);
    probe->kind = chain->kind;
    task = sb_task_spawn(instance->hub->loop, "probe", run, probe);
    if (task) {
        instance->probes[chain->kind] = task;
        return;
    }
    sb_breaker_undecided(&instance->breakers[chain->kind], sb_clock_mono_ms());
    sb_instance_unref(instance);
    talloc_free(probe);
}
