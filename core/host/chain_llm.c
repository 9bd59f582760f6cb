/* SPDX-License-Identifier: Apache-2.0
 *
 * The llm chain. Text goes out as it comes; everything else that a member says (tool
 * calls, citations, confidence) is held back until the member has shown that it means
 * it, so that a member that fails leaves nothing behind but the text already heard.
 */
#include "host/chain_impl.h"

#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/text.h"
#include "host/repeat.h"

#define FIRST_TEXT_MS 10000
#define SAID_MAX ((size_t)256 * 1024)
#define HELD_MAX 64
#define CALL_MAX ((size_t)256 * 1024)

static const char go_on[] = "(The line broke while you were answering. Your answer so "
                            "far is above and has been "
                            "heard. Go on exactly where it stopped. Do not repeat any "
                            "of it, do not apologise.)";

struct turn {
    struct sb_chain_call call; /* first: attempt() gets a pointer to it */
    const struct sb_llm_request *request;
    const struct sb_llm_sink *sink;
    TALLOC_CTX *mem;
    struct sb_buf said; /* by all members, as it went out */
    int64_t began_us;
    int stop_code;
    struct sb_err *err; /* of the attempt under way */

    /* Of the attempt under way: */
    TALLOC_CTX *held;
    bool spoke; /* it has given text */
    struct sb_repeat repeat;
    const char *cites[HELD_MAX];
    size_t cite_count;
    struct sb_llm_call calls[HELD_MAX];
    size_t call_count;
    double confidence;
    bool has_confidence;
    const char *model;
};

/* ---- towards the caller ---- */

static int stop(struct turn *turn, int code)
{
    turn->call.stopped = true;
    turn->stop_code = code;
    return code;
}

static void give_cite(struct turn *turn, const char *id)
{
    if (turn->sink->cite)
        turn->sink->cite(turn->sink->arg, id);
}

/* The member has spoken or ended well: what it said beside the text holds. */
static void release(struct turn *turn)
{
    for (size_t i = 0; i < turn->cite_count; i++)
        give_cite(turn, turn->cites[i]);
    turn->cite_count = 0;
    if (turn->model) {
        turn->call.trace->model = turn->model;
        if (turn->sink->model)
            turn->sink->model(turn->sink->arg, turn->model);
    }
    turn->model = NULL;
}

static int give_text(struct turn *turn, const char *text, size_t len)
{
    struct sb_chain_trace *trace = turn->call.trace;
    int rc;

    if (len == 0)
        return 0;
    if (turn->said.len + len > SAID_MAX)
        return sb_fail(turn->err, SB_ELIMIT, "the reply is over %zu bytes", SAID_MAX);
    if (turn->said.len == 0)
        trace->first_token_us = sb_clock_mono_us() - turn->began_us;
    turn->spoke = true;
    sb_chain_alive(&turn->call);
    release(turn);
    sb_buf_add(&turn->said, text, len);
    rc = turn->sink->text(turn->sink->arg, text, len);
    return rc ? stop(turn, rc) : 0;
}

/* ---- the sink that a member sees ---- */

static int on_clean_text(struct turn *turn, const char *text, size_t len)
{
    const char *withheld;
    size_t withheld_len;
    int rc = 0;

    sb_repeat_feed(&turn->repeat, &text, &len, &withheld, &withheld_len);
    if (withheld_len)
        rc = give_text(turn, withheld, withheld_len);
    return rc ? rc : give_text(turn, text, len);
}

static int on_text(void *arg, const char *text, size_t len)
{
    struct turn *turn = arg;
    struct sb_guard *guard = sb_guard_pause();
    int rc;

    if (turn->call.stopped) {
        rc = turn->stop_code;
    } else if (len > SAID_MAX) {
        rc = sb_fail(turn->err, SB_ELIMIT, "the reply is over %zu bytes", SAID_MAX);
    } else if (sb_utf8_valid(text, len)) {
        rc = on_clean_text(turn, text, len);
    } else {
        char *clean = sb_utf8_clean(turn->held, text, len, 3 * len);

        rc = on_clean_text(turn, clean, strlen(clean));
        talloc_free(clean);
    }
    sb_guard_resume(guard);
    return rc;
}

/* A call is run only after the member's turn has ended well. */
static int on_call(void *arg, const struct sb_llm_call *call)
{
    struct turn *turn = arg;
    struct sb_llm_call *held;

    if (turn->call_count == HELD_MAX || !call->name || !call->arguments ||
        strnlen(call->arguments, CALL_MAX) == CALL_MAX)
        return sb_fail(turn->err, SB_ELIMIT, "too many tool calls, or too large a one");
    held = &turn->calls[turn->call_count++];
    held->id = talloc_strdup(turn->held, call->id ? call->id : "");
    held->name = talloc_strdup(turn->held, call->name);
    held->arguments = talloc_strdup(turn->held, call->arguments);
    return 0;
}

static void on_cite(void *arg, const char *id)
{
    struct turn *turn = arg;
    struct sb_guard *guard;

    if (turn->spoke) {
        guard = sb_guard_pause();
        give_cite(turn, id);
        sb_guard_resume(guard);
    } else if (turn->cite_count < HELD_MAX) {
        turn->cites[turn->cite_count++] = talloc_strdup(turn->held, id);
    }
}

static void on_confidence(void *arg, double value)
{
    struct turn *turn = arg;

    turn->has_confidence = true;
    turn->confidence = value >= 0 && value <= 1 ? value : 0;
}

/* Tokens cost money whether the member ends well or not. */
static void on_usage(void *arg, const struct sb_llm_usage *usage)
{
    struct turn *turn = arg;
    struct sb_llm_usage *sum = &turn->call.trace->usage;
    struct sb_guard *guard = sb_guard_pause();

    sum->input_tokens += usage->input_tokens;
    sum->output_tokens += usage->output_tokens;
    sum->cached_tokens += usage->cached_tokens;
    sum->cost += usage->cost;
    if (turn->sink->usage)
        turn->sink->usage(turn->sink->arg, usage);
    sb_guard_resume(guard);
}

static void on_model(void *arg, const char *model)
{
    struct turn *turn = arg;

    turn->model = sb_plugins_intern(turn->call.chain->plugins, model);
    if (!turn->spoke)
        return;
    struct sb_guard *guard = sb_guard_pause();
    release(turn);
    sb_guard_resume(guard);
}

/* ---- one attempt ---- */

/* The request of somebody who takes over in mid-answer. */
static void continued(struct turn *turn, struct sb_llm_request *request)
{
    size_t count = turn->request->message_count;
    struct sb_llm_message *messages =
        sb_array(turn->held, struct sb_llm_message, count + 2);

    if (count)
        memcpy(messages, turn->request->messages, count * sizeof(*messages));
    request->said = talloc_strdup(turn->held, sb_buf_str(&turn->said));
    messages[count] =
        (struct sb_llm_message){.role = SB_LLM_ASSISTANT, .text = request->said};
    messages[count + 1] = (struct sb_llm_message){.role = SB_LLM_USER, .text = go_on};
    request->messages = messages;
    request->message_count = count + 2;
}

static void begin(struct turn *turn, struct sb_llm_request *request, struct sb_err *err)
{
    turn->held = talloc_new(turn->mem);
    turn->err = err;
    turn->spoke = turn->has_confidence = false;
    turn->cite_count = turn->call_count = 0;
    turn->model = NULL;
    *request = *turn->request;
    request->said = NULL;
    if (turn->said.len)
        continued(turn, request);
    sb_repeat_init(&turn->repeat, request->said);
}

/* The member's turn ended well: the rest of what it said goes out, the calls last. */
static int finish(struct turn *turn, struct sb_err *err)
{
    const struct sb_llm_sink *sink = turn->sink;
    int rc;

    if (!turn->spoke && !turn->call_count && !turn->said.len)
        return sb_fail(err, SB_EPROTO, "it answered with nothing");
    release(turn);
    if (turn->has_confidence && sink->confidence)
        sink->confidence(sink->arg, turn->confidence);
    for (size_t i = 0; i < turn->call_count; i++) {
        rc = sink->call ? sink->call(sink->arg, &turn->calls[i]) : 0;
        if (rc)
            return stop(turn, rc);
    }
    return 0;
}

static int attempt(struct sb_chain_call *call, struct sb_instance *instance,
                   const void *ops, struct sb_err *err)
{
    struct turn *turn = (struct turn *)call;
    const struct sb_llm_ops *llm = ops;
    struct sb_llm_sink sink = {.size = sizeof(sink),
                               .arg = turn,
                               .text = on_text,
                               .call = on_call,
                               .cite = on_cite,
                               .confidence = on_confidence,
                               .usage = on_usage,
                               .model = on_model};
    struct sb_llm_request request;
    int rc;

    begin(turn, &request, err);
    sb_chain_enter(call, instance);
    rc = sb_chain_leave(call, llm->turn(instance->state, &request, &sink, err), err);
    if (call->stopped)
        rc = turn->stop_code;
    else if (rc == 0)
        rc = finish(turn, err);
    TALLOC_FREE(turn->held);
    return rc;
}

static void count(const struct sb_chain_trace *trace)
{
    char metric[128];

    (void)snprintf(metric, sizeof(metric), "switchboard_llm_ms{plugin=\"%s\"}",
                   trace->plugin);
    sb_observe_ms(metric, (double)trace->total_us / 1000.0);
}

int sb_chain_llm(struct sb_chain *chain, const struct sb_llm_request *request,
                 const struct sb_llm_sink *sink, struct sb_chain_trace *trace,
                 struct sb_err *err)
{
    struct sb_chain_trace own = {.plugin = "", .model = ""};
    struct turn *turn;
    int rc;

    if (chain->kind != SB_KIND_LLM)
        return sb_fail(err, SB_EINTERNAL, "this chain fills the role %s",
                       sb_role_name(chain->kind));
    if (trace)
        *trace = own;
    else
        trace = &own;
    /* Not in the frame: it is some kilobytes, and a task's stack is small. */
    turn = talloc_zero(NULL, struct turn);
    turn->call = (struct sb_chain_call){.chain = chain,
                                        .trace = trace,
                                        .attempt = attempt,
                                        .first_ms = FIRST_TEXT_MS,
                                        .retry = true};
    turn->request = request;
    turn->sink = sink;
    turn->mem = turn;
    turn->began_us = sb_clock_mono_us();
    sb_buf_init(&turn->said, turn);
    rc = sb_chain_run(&turn->call, err);
    trace->total_us = sb_clock_mono_us() - turn->began_us;
    if (rc == 0)
        count(trace);
    talloc_free(turn);
    return rc;
}
