/* SPDX-License-Identifier: Apache-2.0
 *
 * The model calls of a turn: ask the chain, run the tools that it calls, ask again with
 * their results and a refreshed turn, until there is a reply or the steps are used up.
 */
#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/task.h"
#include "talk/run.h"

#define MAX_CALLS 16 /* of one step */

/* The calls that one step of a model made. */
struct step {
    struct sb_run *run;
    struct sb_llm_call calls[MAX_CALLS];
    size_t call_count;
    struct sb_buf text;
    bool too_many;
};

static int on_text(void *arg, const char *text, size_t len)
{
    struct step *step = arg;

    sb_buf_add(&step->text, text, len);
    return sb_reply_text(&step->run->reply, text, len);
}

static int on_call(void *arg, const struct sb_llm_call *call)
{
    struct step *step = arg;
    TALLOC_CTX *mem = step->run->mem;

    if (step->call_count == MAX_CALLS) {
        step->too_many = true;
        return 0;
    }
    step->calls[step->call_count++] = (struct sb_llm_call){
        .id = talloc_strdup(mem, call->id ? call->id : ""),
        .name = talloc_strdup(mem, call->name ? call->name : ""),
        .arguments = talloc_strdup(
            mem, call->arguments && *call->arguments ? call->arguments : "{}")};
    return 0;
}

static void on_cite(void *arg, const char *passage_id)
{
    struct step *step = arg;

    if (passage_id)
        sb_reply_cite(&step->run->reply, passage_id);
}

static void on_confidence(void *arg, double value)
{
    struct step *step = arg;

    if (value >= 0 && value <= 1)
        step->run->reply.confidence = value;
}

static void on_usage(void *arg, const struct sb_llm_usage *usage)
{
    struct step *step = arg;
    struct sb_llm_usage *sum = &step->run->reply.usage;

    sum->input_tokens += usage->input_tokens;
    sum->output_tokens += usage->output_tokens;
    sum->cached_tokens += usage->cached_tokens;
    sum->cost += usage->cost;
}

static void on_model(void *arg, const char *model)
{
    struct step *step = arg;

    snprintf(step->run->reply.model, sizeof(step->run->reply.model), "%s",
             model ? model : "");
}

static void add_message(struct sb_run *run, struct sb_llm_message message)
{
    run->messages = talloc_realloc(run->mem, run->messages, struct sb_llm_message,
                                   sb_array_count(run->message_count + 1));
    run->messages[run->message_count++] = message;
}

/* What was said before, and now. Unanswered messages are one: `run->message`. */
static void begin_messages(struct sb_run *run)
{
    const struct sb_conv *conv = &run->conv;
    size_t i;

    for (i = 0; i < conv->history_count; i++) {
        const struct sb_conv_message *m = &conv->history[i];

        if (!m->ours && m->seq > conv->answered_seq)
            continue;
        add_message(run, (struct sb_llm_message){.role = m->ours ? SB_LLM_ASSISTANT
                                                                 : SB_LLM_USER,
                                                 .text = m->text});
    }
    add_message(run,
                (struct sb_llm_message){.role = SB_LLM_USER, .text = run->message});
}

static void note_tool(struct sb_run *run, const char *name, bool failed)
{
    size_t len = strlen(run->tools);

    snprintf(run->tools + len, sizeof(run->tools) - len, "%s%s%s", len ? " " : "", name,
             failed ? "!" : "");
}

/* Runs a step's calls in order; each gets exactly one result. */
static int run_calls(struct sb_run *run, struct step *step, struct sb_err *err)
{
    struct sb_llm_call *calls =
        talloc_memdup(run->mem, step->calls, sizeof(step->calls[0]) * step->call_count);
    const char *result;
    bool failed;
    size_t i;
    int rc;

    add_message(run, (struct sb_llm_message){
                         .role = SB_LLM_ASSISTANT,
                         .text = talloc_strdup(run->mem, sb_buf_str(&step->text)),
                         .calls = calls,
                         .call_count = step->call_count});
    for (i = 0; i < step->call_count; i++) {
        failed = false;
        rc = sb_tools_run(run, &calls[i], &result, &failed, err);
        if (rc)
            return rc;
        note_tool(run, calls[i].name, failed);
        add_message(run, (struct sb_llm_message){.role = SB_LLM_TOOL,
                                                 .text = result,
                                                 .call_id = calls[i].id,
                                                 .is_error = failed});
    }
    /* Each fact is safe before the model goes on. */
    return sb_run_save(run, err);
}

static void keep_trace(struct sb_run *run, const struct sb_chain_trace *trace)
{
    size_t len = strlen(run->failures);

    run->attempts += trace->attempts;
    run->llm_us += trace->total_us;
    if (trace->plugin && *trace->plugin)
        run->provider = talloc_strdup(run->mem, trace->plugin);
    if (trace->model && *trace->model && !*run->reply.model)
        snprintf(run->reply.model, sizeof(run->reply.model), "%s", trace->model);
    if (*trace->failures && !strstr(run->failures, trace->failures))
        snprintf(run->failures + len, sizeof(run->failures) - len, "%s%s",
                 len ? "; " : "", trace->failures);
}

static int ask(struct sb_run *run, struct step *step, const json_t *context,
               struct sb_err *err)
{
    struct sb_llm_layer layers[8];
    struct sb_chain_trace trace = {0};
    size_t tool_count = 0;
    const struct sb_llm_tool *tools = sb_tools_list(run->mem, run->agent, &tool_count);
    const struct sb_llm_sink sink = {.size = sizeof(sink),
                                     .arg = step,
                                     .text = on_text,
                                     .call = on_call,
                                     .cite = on_cite,
                                     .confidence = on_confidence,
                                     .usage = on_usage,
                                     .model = on_model};
    struct sb_llm_request request = {.size = sizeof(request),
                                     .layers = layers,
                                     .messages = run->messages,
                                     .message_count = run->message_count,
                                     .tools = tools,
                                     .tool_count = tool_count,
                                     .max_tokens = 600,
                                     .temperature = -1,
                                     .turn = &run->turn};
    int rc;

    /* The last step has to be an answer. */
    if (run->steps >= SB_RUN_STEPS - 1)
        request.tool_count = 0;
    sb_run_fill_turn(run);
    request.layer_count =
        sb_prompt_layers(run->mem, run->agent, &run->turn, context, layers, 8);
    run->steps++;
    rc = sb_chain_llm(run->agent->llm, &request, &sink, &trace, err);
    keep_trace(run, &trace);
    return rc;
}

static void apologise(struct sb_run *run)
{
    const char *phone = run->agent->business->phone;
    const char *text;

    text =
        phone && *phone
            ? talloc_asprintf(run->mem,
                              "I'm sorry, I cannot answer that just now. You can reach "
                              "us on %s, or leave your name and number here and "
                              "somebody will get back to you.",
                              phone)
            : "I'm sorry, I cannot answer that just now. If you leave your name and "
              "number here, somebody will get back to you.";
    sb_reply_own(&run->reply, sb_run_phrase(run, "trouble", text));
}

/* One step; `*more_r` when there are tool results to be answered. */
static int one_step(struct sb_run *run, const json_t *context, bool *more_r,
                    struct sb_err *err)
{
    struct step step = {.run = run};
    int rc;

    sb_buf_init(&step.text, run->mem);
    *more_r = false;
    rc = ask(run, &step, context, err);
    sb_reply_flush(&run->reply);
    if (rc == SB_ECANCELED)
        return rc;
    /* A channel that hung up, or a reply that was replaced, stops the model: no error
     * of anybody's. What it had called before is still done. */
    if (rc && !run->reply.stopped && !run->reply.refused)
        return rc;
    if (step.too_many)
        sb_log(SB_LOG_WARN, "talk", "a model made too many tool calls in one step",
               sb_str("provider", run->provider));
    if (step.call_count == 0)
        return 0;
    rc = run_calls(run, &step, err);
    run->fatal = rc != 0;
    *more_r = !run->reply.stopped && !run->reply.refused;
    return rc;
}

int sb_run_model(struct sb_run *run, struct sb_err *err)
{
    struct sb_err why = {0};
    json_t *context = NULL;
    bool more = true;
    int rc = 0;

    run->provider = "";
    if (*run->conv.context)
        (void)sb_json_parse(run->conv.context, strlen(run->conv.context), &context,
                            NULL);
    begin_messages(run);
    while (more && run->steps < SB_RUN_STEPS) {
        rc = one_step(run, context, &more, &why);
        if (rc)
            break;
    }
    json_decref(context);
    /* Losing the lease or the database ends the turn; a chain that failed as a whole is
     * answered for. */
    if (rc == SB_ECANCELED || run->fatal) {
        if (err)
            *err = why;
        return rc;
    }
    if (rc) {
        sb_log(SB_LOG_ERROR, "talk", "no model could answer", sb_str("why", why.msg));
        snprintf(run->failures + strlen(run->failures),
                 sizeof(run->failures) - strlen(run->failures), "%s%s",
                 *run->failures ? "; " : "", why.msg);
    }
    if (run->reply.out.len == 0 && !run->reply.stopped)
        apologise(run);
    return 0;
}
