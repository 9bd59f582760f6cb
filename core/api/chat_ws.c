/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /api/chat/ws: the two-way chat socket. JSON text frames.
 *
 *   visitor -> us                           us -> visitor
 *   hello {agent_id, visitor_id?,           welcome {visitor_id, conversation_id,
 *          conversation_id?, after?}                 greeting, last_seq}
 *   message {message_id, message, ...}      message {seq, role, text, ...}  (replayed,
 * or new) typing {}                               accepted {message_id, seq,
 * conversation_id, ...} ping {}                                 typing {on}, delta
 * {message_id, text} done {message_id, seq, response, ...} error {message_id?, code,
 * message}, pong {}
 *
 * Nothing is lost or doubled over a dropped connection: each message has a sequence
 * number in its conversation, the client says after which it wants to go on, and a
 * message_id that is sent twice is taken once.
 */
#include "api/chat_ws.h"

#include <string.h>

#include "api/api.h"
#include "api/chat_body.h"
#include "api/cors.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "base/task.h"
#include "host/agent.h"
#include "net/http.h"
#include "net/limit.h"
#include "store/events.h"

enum {
    HELLO_MS = 15000,
    IDLE_MS = 30 * 60 * 1000,
    LATER_MS = 3000,
    MAX_SEQ = INT32_MAX /* messages of a conversation */
};

/* ---- sending ---- */

static void send_text(struct chat_socket *s, const struct sb_buf *out)
{
    if (s->ws && sb_ws_send(s->ws, false, sb_buf_str(out), out->len) == SB_ELIMIT)
        s->broken = true; /* reads too slowly: it will come back and resume */
}

void chat_ws_error(struct chat_socket *s, const char *id, const char *code,
                   const char *message, int64_t retry_ms)
{
    struct sb_buf out;

    sb_buf_init(&out, s->scratch);
    sb_buf_printf(&out, "{\"type\":\"error\",\"code\":\"%s\",\"message\":", code);
    sb_buf_json(&out, message, strlen(message));
    if (id && *id) {
        sb_buf_puts(&out, ",\"message_id\":");
        sb_buf_json(&out, id, strlen(id));
    }
    if (retry_ms)
        sb_buf_printf(&out, ",\"retry_after_ms\":%lld", (long long)retry_ms);
    sb_buf_putc(&out, '}');
    send_text(s, &out);
}

/* What can be better in a moment says so: the client keeps the words and sends them
 * again. */
void chat_ws_fail(struct chat_socket *s, const char *id, const struct sb_err *err)
{
    bool passes = err->code == SB_EUNAVAILABLE || err->code == SB_ETIMEDOUT;
    int64_t retry_ms = err->retry_after_ms ? err->retry_after_ms : LATER_MS;

    chat_ws_error(s, id, sb_code_name(err->code), sb_api_excuse(err),
                  passes || err->retry_after_ms ? retry_ms : 0);
}

/* ---- what is new in the conversation ---- */

static void on_event(void *arg, const char *topic, const char *payload)
{
    struct chat_socket *s = arg;

    (void)topic;
    (void)payload;
    s->look = true;
    if (s->ws)
        sb_ws_nudge(s->ws);
}

void chat_ws_unfollow(struct chat_socket *s)
{
    sb_events_unsubscribe(s->subscription);
    s->subscription = NULL;
}

void chat_ws_follow(struct chat_socket *s, const char *conversation_id)
{
    char topic[64];

    if (!strcmp(s->conversation, conversation_id))
        return;
    chat_ws_unfollow(s);
    snprintf(s->conversation, sizeof(s->conversation), "%s", conversation_id);
    if (!s->ws)
        return; /* closed: a turn that goes on has nobody to tell */
    snprintf(topic, sizeof(topic), "conversation:%s", conversation_id);
    s->subscription = sb_events_subscribe(s->api->events, topic, on_event, s);
}

/* Sends what was committed after the last message that this socket has seen. While a
 * turn of ours runs its answer comes as deltas, so looking waits for its end. */
static int send_new(struct chat_socket *s, struct sb_err *err)
{
    struct sb_message *messages = NULL;
    TALLOC_CTX *mem;
    size_t count = 0;
    int code;

    if (!*s->conversation || s->running)
        return 0;
    s->look = false;
    mem = talloc_new(s->scratch);
    code = sb_engine_history(s->api->engine, mem, s->agent, s->conversation, s->visitor,
                             s->seen, &messages, &count, err);
    for (size_t i = 0; !code && i < count; i++) {
        struct sb_buf out;

        if (messages[i].seq <= s->seen)
            continue;
        sb_buf_init(&out, mem);
        sb_buf_puts(&out, "{\"type\":\"message\",\"message\":");
        sb_chat_write_message(&out, &messages[i]);
        sb_buf_putc(&out, '}');
        send_text(s, &out);
        s->seen = messages[i].seq;
    }
    if (!code && count == 200)
        s->look = true;
    talloc_free(mem);
    return code;
}

/* ---- hello ---- */

static void send_welcome(struct chat_socket *s)
{
    const struct sb_speaker speaker = {
        .visitor = s->visitor, .name = "", .email = "", .phone = ""};
    const char *greeting = "";
    struct sb_err err = {0};
    struct sb_buf out;

    if (!*s->conversation)
        (void)sb_engine_greeting(s->api->engine, s->scratch, s->agent, &speaker,
                                 &greeting, &err);
    sb_buf_init(&out, s->scratch);
    sb_buf_printf(
        &out,
        "{\"type\":\"welcome\",\"visitor_id\":\"%s\",\"conversation_id\":", s->visitor);
    if (*s->conversation)
        sb_buf_printf(&out, "\"%s\"", s->conversation);
    else
        sb_buf_puts(&out, "null");
    sb_buf_puts(&out, ",\"greeting\":");
    sb_buf_json(&out, greeting, strlen(greeting));
    sb_buf_putc(&out, '}');
    send_text(s, &out);
}

static void new_visitor(struct chat_socket *s)
{
    uint8_t random[18];

    sb_random(random, sizeof(random));
    memcpy(s->visitor, "v_", 2);
    sb_base64(random, sizeof(random), s->visitor + 2, sizeof(s->visitor) - 2, true);
}

/* Takes the visitor's ids; a conversation that is not theirs is an error. */
static int take_ids(struct chat_socket *s, const json_t *hello, struct sb_err *err)
{
    const char *visitor = sb_json_str(hello, "visitor_id");
    const char *conversation = sb_json_str(hello, "conversation_id");

    if (*visitor) {
        if (strlen(visitor) < 16 || strlen(visitor) >= sizeof(s->visitor) ||
            strspn(visitor, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                            "0123456789-_.:") != strlen(visitor))
            return sb_fail(err, SB_EINVAL, "visitor_id is malformed");
        snprintf(s->visitor, sizeof(s->visitor), "%s", visitor);
    } else {
        new_visitor(s);
    }
    s->seen = sb_json_i64(hello, "after", 0);
    if (s->seen < 0 || s->seen > MAX_SEQ)
        return sb_fail(err, SB_EINVAL, "after is out of range");
    if (!*conversation)
        return 0;
    if (!sb_uuid_valid(conversation))
        return sb_fail(err, SB_EINVAL, "conversation_id is not a UUID");
    chat_ws_follow(s, conversation);
    return 0;
}

static int refuse_hello(struct chat_socket *s, const struct sb_err *err)
{
    chat_ws_fail(s, NULL, err);
    return err->code;
}

static int say_hello(struct chat_socket *s, const json_t *hello)
{
    struct sb_err err = {0};

    if (sb_directory_agent(s->api->directory, s->mem, sb_json_str(hello, "agent_id"),
                           &s->agent, &err) ||
        sb_api_check_origin(s->req, s->agent, &err) || take_ids(s, hello, &err))
        return refuse_hello(s, &err);
    if (*s->conversation && send_new(s, &err)) {
        if (err.code != SB_ENOTFOUND && err.code != SB_EAUTH)
            return refuse_hello(s, &err);
        /* Gone or somebody else's: the visitor begins anew. */
        chat_ws_unfollow(s);
        s->conversation[0] = '\0';
        s->seen = 0;
    }
    send_welcome(s);
    return 0;
}

/* ---- one frame ---- */

static int on_frame(struct chat_socket *s, const struct sb_ws_message *frame)
{
    struct sb_err err = {0};
    json_t *body = NULL;
    const char *type;
    int code = 0;

    if (frame->binary || sb_json_parse(frame->data, frame->len, &body, &err) ||
        !json_is_object(body)) {
        chat_ws_error(s, NULL, "invalid_json", "frames are JSON objects as text", 0);
        json_decref(body);
        return ++s->faults > 20 ? SB_EPROTO : 0;
    }
    type = sb_json_str(body, "type");
    if (!strcmp(type, "hello") && !s->agent)
        code = say_hello(s, body);
    else if (!s->agent)
        code = SB_EPROTO;
    else if (!strcmp(type, "message"))
        chat_ws_message(s, body);
    else if (!strcmp(type, "ping"))
        (void)sb_ws_send(s->ws, false, "{\"type\":\"pong\"}", 15);
    else if (strcmp(type, "typing") && ++s->faults > 20)
        code = SB_EPROTO;
    json_decref(body);
    return code;
}

static void serve(struct chat_socket *s)
{
    struct sb_ws_message frame;
    struct sb_err err = {0};

    for (;;) {
        int got = sb_ws_read(s->ws, &frame, s->agent ? IDLE_MS : HELLO_MS, &err);

        talloc_free_children(s->scratch);
        if (got == 1 && on_frame(s, &frame))
            break;
        if (got == SB_ETIMEDOUT && !s->look && !s->nudged)
            break; /* nobody has said anything for long */
        if (got != 1 && got != SB_ETIMEDOUT)
            break;
        s->nudged = false;
        if (s->broken || s->api->draining)
            break;
        if (s->look && send_new(s, &err))
            s->look = false;
    }
}

/* ---- life ---- */

static void enlist(struct chat_socket *s)
{
    s->next = s->api->first_socket;
    if (s->next)
        s->next->prev = s;
    s->api->first_socket = s;
    s->api->sockets++;
}

static void delist(struct chat_socket *s)
{
    if (s->next)
        s->next->prev = s->prev;
    if (s->prev)
        s->prev->next = s->next;
    else
        s->api->first_socket = s->next;
    s->api->sockets--;
}

void sb_api_drain(struct sb_api *api)
{
    api->draining = true;
    for (struct chat_socket *s = api->first_socket; s; s = s->next)
        sb_ws_nudge(s->ws);
}

static bool too_many(struct sb_api *api, const char *peer, int delta)
{
    /* Counted by address in a small table: a socket costs memory for long. */
    return chat_ws_count(peer, delta) > api->sockets_per_address &&
           api->sockets_per_address > 0;
}

void sb_api_chat_ws(struct sb_req *req)
{
    const struct sb_ws_conf conf = {.max_message = 32 * 1024};
    struct sb_api *api = req->arg;
    struct chat_socket *s = talloc_zero(NULL, struct chat_socket);

    s->api = api;
    s->req = req;
    s->mem = s;
    s->refs = 1;
    s->scratch = talloc_new(s);
    s->peer = sb_limit_key(s, req->peer);
    if (too_many(api, s->peer, 1)) {
        sb_reply_error(req, 429, "too_many_sockets", NULL,
                       "Too many chats are open from your address.");
    } else if (sb_ws_accept(req, &conf, &s->ws) == 0) {
        enlist(s);
        serve(s);
        delist(s);
        sb_ws_close(s->ws, api->draining ? 1012 : 1000, "");
        s->ws = NULL;
    }
    chat_ws_unfollow(s);
    (void)chat_ws_count(s->peer, -1);
    chat_ws_unref(s);
}
