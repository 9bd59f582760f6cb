/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /api/chat: one message in, one answer out, whole or as server-sent events:
 *   accepted {conversation_id, visitor_id, seq}   the words are safe
 *   delta    {text}                               a piece of the answer
 *   done     the same object as the whole answer gives
 *   error    {code, message}
 */
#include "api/api.h"

#include <string.h>

#include "api/chat_body.h"
#include "api/cors.h"
#include "api/turn_run.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/task.h"
#include "host/agent.h"
#include "net/http.h"
#include "net/limit.h"

/* What waits to be written by the handler; the turn's task never touches the
 * connection, which may be gone. */
struct event {
    struct event *next;
    const char *name;
    char *data;
};

struct chat {
    struct sb_req *req;
    bool streams;
    struct event *first, **last;
    struct sb_wait more;
    bool done;
    char *body; /* of the whole answer, or NULL when it failed */
    struct sb_err err;
};

static int admit(struct sb_req *req, struct sb_limit *limit, const char *what)
{
    int64_t wait = sb_limit_take(limit, sb_limit_key(req->mem, req->peer));
    char seconds[24];

    if (wait == 0)
        return 0;
    snprintf(seconds, sizeof(seconds), "%lld", (long long)(wait + 999) / 1000);
    sb_reply_header(req, "Retry-After", seconds);
    sb_reply_error(req, 429, "rate_limited", NULL,
                   "That was a lot of %s at once. Please try again in %s seconds.",
                   what, seconds);
    return -1;
}

int sb_api_chat_admit(struct sb_req *req)
{
    struct sb_api *api = req->arg;

    return admit(req, api->chat_limit, "messages");
}

/* Pages and history cost the database something as well. */
int sb_api_look_admit(struct sb_req *req)
{
    struct sb_api *api = req->arg;

    return admit(req, api->look_limit, "requests");
}

static void push(struct chat *chat, const char *name, const struct sb_buf *data)
{
    struct event *event = talloc_zero(chat->req->mem, struct event);

    event->name = name;
    event->data = talloc_strdup(event, sb_buf_str(data));
    *chat->last = event;
    chat->last = &event->next;
    sb_wait_wake(&chat->more);
}

static void on_accepted(void *arg, const char *conversation_id, const char *visitor,
                        int64_t seq_in)
{
    struct chat *chat = arg;
    struct sb_buf data;

    sb_buf_init(&data, chat->req->mem);
    sb_buf_puts(&data, "{\"conversation_id\":");
    sb_buf_json(&data, conversation_id, strlen(conversation_id));
    sb_buf_puts(&data, ",\"visitor_id\":");
    sb_buf_json(&data, visitor, strlen(visitor));
    sb_buf_printf(&data, ",\"seq\":%lld}", (long long)seq_in);
    push(chat, "accepted", &data);
}

static int on_text(void *arg, const char *text, size_t len)
{
    struct chat *chat = arg;
    struct sb_buf data;

    if (!chat->streams)
        return 0;
    sb_buf_init(&data, chat->req->mem);
    sb_buf_puts(&data, "{\"text\":");
    sb_buf_json(&data, text, len);
    sb_buf_putc(&data, '}');
    push(chat, "delta", &data);
    return 0;
}

static void on_done(void *arg, const struct sb_turn_out *out, const struct sb_err *err)
{
    struct chat *chat = arg;
    struct sb_buf data;

    if (out) {
        sb_buf_init(&data, chat->req->mem);
        sb_chat_write(&data, out);
        chat->body = talloc_strdup(chat->req->mem, sb_buf_str(&data));
    } else {
        chat->err = *err;
    }
    chat->done = true;
    sb_wait_wake(&chat->more);
}

/* A turn that fails is told kindly; what happened is in the log. */
static void send_failure(struct chat *chat)
{
    const char *excuse = sb_api_excuse(&chat->err);
    struct sb_buf data;

    sb_buf_init(&data, chat->req->mem);
    sb_buf_printf(&data, "{\"code\":\"%s\",\"message\":", sb_code_name(chat->err.code));
    sb_buf_json(&data, excuse, strlen(excuse));
    sb_buf_putc(&data, '}');
    (void)sb_sse_send(chat->req, "error", NULL, sb_buf_str(&data));
}

static int send_events(struct chat *chat)
{
    while (chat->first) {
        struct event *event = chat->first;
        int code;

        chat->first = event->next;
        if (!chat->first)
            chat->last = &chat->first;
        code = sb_sse_send(chat->req, event->name, NULL, event->data);
        talloc_free(event);
        if (code)
            return code;
    }
    return 0;
}

static void answer_stream(struct chat *chat)
{
    if (sb_sse_start(chat->req))
        return;
    for (;;) {
        if (send_events(chat))
            return;
        if (chat->done && !chat->first)
            break;
        if (!chat->first && sb_wait_for(&chat->more, -1))
            return;
    }
    if (chat->body)
        (void)sb_sse_send(chat->req, "done", NULL, chat->body);
    else
        send_failure(chat);
    (void)sb_reply_end(chat->req);
}

static void answer_whole(struct chat *chat)
{
    while (!chat->done)
        if (sb_wait_for(&chat->more, -1))
            return;
    if (chat->body)
        sb_reply_json(chat->req, 200, chat->body);
    else
        sb_reply_fail(chat->req, &chat->err);
}

static void run(struct sb_req *req, TALLOC_CTX *mem, const struct sb_turn_in *in)
{
    struct chat *chat = talloc_zero(req->mem, struct chat);
    const struct sb_turn_listener listener = {
        .arg = chat, .accepted = on_accepted, .text = on_text, .done = on_done};
    struct sb_turn_run *turn;

    chat->req = req;
    chat->streams = sb_req_accepts(req, "text/event-stream");
    chat->last = &chat->first;
    sb_wait_init(&chat->more);
    turn = sb_turn_run_start(req->arg, mem, in, &listener);
    if (!turn) {
        sb_reply_error(req, 503, "overloaded", NULL,
                       "We are very busy right now. Please try again in a moment.");
        return;
    }
    if (chat->streams)
        answer_stream(chat);
    else
        answer_whole(chat);
    sb_turn_run_leave(turn);
}

static json_t *parse_body(struct sb_req *req)
{
    struct sb_err err = {0};
    json_t *body = NULL;

    if (sb_json_parse(req->body, req->body_len, &body, &err)) {
        sb_reply_error(req, 400, "invalid_json", NULL, "%s", err.msg);
        return NULL;
    }
    if (json_is_object(body))
        return body;
    json_decref(body);
    sb_reply_error(req, 400, "invalid_json", NULL, "the body wants a JSON object");
    return NULL;
}

/* The agent is taken on `mem`, which outlives this request. */
static int prepare(struct sb_req *req, TALLOC_CTX *mem, const json_t *body,
                   struct sb_turn_in *in)
{
    struct sb_api *api = req->arg;
    const char *ref = sb_json_str(body, "agent_id"), *field = NULL;
    const struct sb_agent *agent;
    struct sb_err err = {0};

    if (!*ref) {
        sb_reply_error(req, 422, "invalid", "agent_id", "agent_id is missing");
        return SB_EINVAL;
    }
    if (sb_directory_agent(api->directory, mem, ref, &agent, &err) ||
        sb_api_check_origin(req, agent, &err)) {
        sb_reply_fail(req, &err);
        return err.code;
    }
    if (sb_chat_read(api, mem, body, agent, in, &field, &err)) {
        sb_reply_error(req, err.code == SB_EAUTH ? 401 : 422, sb_code_name(err.code),
                       field, "%s", err.msg);
        return err.code;
    }
    return 0;
}

void sb_api_chat(struct sb_req *req)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_turn_in in = {0};
    json_t *body = parse_body(req);

    if (body && prepare(req, mem, body, &in) == 0)
        run(req, mem, &in); /* takes `mem` over */
    else
        talloc_free(mem);
    json_decref(body);
}
