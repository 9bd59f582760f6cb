/* SPDX-License-Identifier: Apache-2.0
 *
 * Two references hold a run: the task's and the listener's. Whoever leaves last
 * frees it.
 */
#include "api/turn_run.h"

#include <string.h>

#include "api/api.h"
#include "base/log.h"
#include "base/task.h"

struct sb_turn_run {
    struct sb_api *api;
    TALLOC_CTX *mem; /* owned: everything of the turn, this struct too */
    struct sb_turn_in in;
    struct sb_turn_listener listener;
    bool attached, done;
    struct sb_wait finished;
    int refs;
};

static void run_unref(struct sb_turn_run *run)
{
    if (--run->refs == 0)
        talloc_free(run->mem);
}

static void on_accepted(void *arg, const char *conversation_id, const char *visitor,
                        int64_t seq_in)
{
    struct sb_turn_run *run = arg;

    if (run->attached && run->listener.accepted)
        run->listener.accepted(run->listener.arg, conversation_id, visitor, seq_in);
}

/* A listener that went away does not stop the answer. */
static int on_text(void *arg, const char *text, size_t len)
{
    struct sb_turn_run *run = arg;

    if (run->attached && run->listener.text &&
        run->listener.text(run->listener.arg, text, len))
        run->attached = false;
    return 0;
}

static void run_task(void *arg)
{
    struct sb_turn_run *run = arg;
    const struct sb_turn_sink sink = {
        .arg = run, .accepted = on_accepted, .text = on_text};
    struct sb_turn_out out = {0};
    struct sb_err err = {0};
    int code = sb_engine_say(run->api->engine, run->mem, &run->in, &sink, &out, &err);

    if (run->attached && run->listener.done)
        run->listener.done(run->listener.arg, code ? NULL : &out, &err);
    run->done = true;
    run->api->turns--;
    if (run->attached)
        sb_wait_wake(&run->finished);
    run_unref(run);
}

static const char *copy(TALLOC_CTX *mem, const char *text)
{
    return talloc_strdup(mem, text ? text : "");
}

static int drop_json(struct sb_turn_run *run)
{
    json_decref((json_t *)(uintptr_t)run->in.context);
    json_decref((json_t *)(uintptr_t)run->in.metadata);
    return 0;
}

static void copy_input(struct sb_turn_run *run, const struct sb_turn_in *in)
{
    run->in = *in;
    run->in.channel = copy(run, in->channel);
    run->in.message = copy(run, in->message);
    run->in.conversation_id = copy(run, in->conversation_id);
    run->in.client_id = copy(run, in->client_id);
    run->in.speaker.visitor = copy(run, in->speaker.visitor);
    run->in.speaker.name = copy(run, in->speaker.name);
    run->in.speaker.email = copy(run, in->speaker.email);
    run->in.speaker.phone = copy(run, in->speaker.phone);
    run->in.context = json_incref((json_t *)(uintptr_t)in->context);
    run->in.metadata = json_incref((json_t *)(uintptr_t)in->metadata);
    talloc_set_destructor(run, drop_json);
}

const char *sb_api_excuse(const struct sb_err *err)
{
    switch ((enum sb_code)err->code) {
    case SB_EINVAL:
    case SB_ENOTFOUND:
    case SB_EAUTH:
    case SB_ELIMIT:
    case SB_ECONFLICT:
    case SB_EREFUSED: return err->msg;
    case SB_ECANCELED: return "this server is stopping; please try again";
    case SB_OK:
    case SB_ETIMEDOUT:
    case SB_EPROTO:
    case SB_EUNAVAILABLE:
    case SB_EDECLINED:
    case SB_EIO:
    case SB_ENOMEM:
    case SB_EINTERNAL: break;
    }
    sb_log(SB_LOG_WARN, "chat", "a turn failed", sb_str("why", err->msg),
           sb_str("code", sb_code_name(err->code)));
    return "This does not work at the moment. Please try again in a little while.";
}

struct sb_turn_run *sb_turn_run_start(struct sb_api *api, TALLOC_CTX *mem,
                                      const struct sb_turn_in *in,
                                      const struct sb_turn_listener *listener)
{
    struct sb_turn_run *run = talloc_zero(mem, struct sb_turn_run);

    run->api = api;
    run->mem = mem;
    run->listener = *listener;
    run->attached = true;
    run->refs = 2;
    sb_wait_init(&run->finished);
    copy_input(run, in);
    if (!sb_task_spawn(api->loop, "turn", run_task, run)) {
        talloc_free(mem);
        return NULL;
    }
    api->turns++;
    return run;
}

int sb_turn_run_wait(struct sb_turn_run *run)
{
    while (!run->done) {
        int code = sb_wait_for(&run->finished, -1);

        if (code)
            return code;
    }
    return 0;
}

void sb_turn_run_leave(struct sb_turn_run *run)
{
    if (!run)
        return;
    run->attached = false;
    run_unref(run);
}
