/* SPDX-License-Identifier: Apache-2.0
 *
 * Turns that a chat socket starts. A turn outlives its socket: the answer is committed
 * and replayed when the visitor comes back.
 */
#include "api/chat_ws.h"

#include <string.h>

#include "api/api.h"
#include "api/chat_body.h"
#include "api/turn_run.h"
#include "base/buf.h"
#include "base/json.h"
#include "host/agent.h"
#include "net/limit.h"

enum { MAX_TURNS = 4, MAX_ADDRESSES = 4096 };

/* One turn of a socket. */
struct socket_turn {
    struct chat_socket *socket;
    struct sb_turn_run *run;
    char id[65];
};

void chat_ws_unref(struct chat_socket *s)
{
    if (--s->refs)
        return;
    chat_ws_unfollow(s);
    talloc_free(s);
}

static void begin(struct sb_buf *out, struct socket_turn *turn, const char *type)
{
    sb_buf_init(out, turn->socket->scratch);
    sb_buf_printf(out, "{\"type\":\"%s\",\"message_id\":", type);
    sb_buf_json(out, turn->id, strlen(turn->id));
}

static void finish(struct sb_buf *out, struct chat_socket *s)
{
    sb_buf_putc(out, '}');
    if (s->ws && sb_ws_send(s->ws, false, sb_buf_str(out), out->len) == SB_ELIMIT)
        s->broken = true;
}

static void on_accepted(void *arg, const char *conversation_id, const char *visitor,
                        int64_t seq_in)
{
    struct socket_turn *turn = arg;
    struct chat_socket *s = turn->socket;
    struct sb_buf out;

    snprintf(s->visitor, sizeof(s->visitor), "%s", visitor);
    chat_ws_follow(s, conversation_id);
    if (seq_in == s->seen + 1)
        s->seen = seq_in;
    begin(&out, turn, "accepted");
    sb_buf_printf(&out,
                  ",\"seq\":%lld,\"conversation_id\":\"%s\",\"visitor_id\":\"%s\"",
                  (long long)seq_in, conversation_id, visitor);
    finish(&out, s);
}

static int on_text(void *arg, const char *text, size_t len)
{
    struct socket_turn *turn = arg;
    struct sb_buf out;

    begin(&out, turn, "delta");
    sb_buf_puts(&out, ",\"text\":");
    sb_buf_json(&out, text, len);
    finish(&out, turn->socket);
    return 0;
}

static void send_done(struct socket_turn *turn, const struct sb_turn_out *out_turn)
{
    struct chat_socket *s = turn->socket;
    struct sb_buf out;

    begin(&out, turn, "done");
    sb_buf_puts(&out, ",\"answer\":");
    sb_chat_write(&out, out_turn);
    finish(&out, s);
    if (out_turn->seq_out == s->seen + 1)
        s->seen = out_turn->seq_out;
}

static void on_done(void *arg, const struct sb_turn_out *out, const struct sb_err *err)
{
    struct socket_turn *turn = arg;
    struct chat_socket *s = turn->socket;

    if (out)
        send_done(turn, out);
    else
        chat_ws_fail(s, turn->id, err);
    s->running--;
    s->look = s->nudged = true;
    if (s->ws)
        sb_ws_nudge(s->ws);
    sb_turn_run_leave(turn->run);
    talloc_free(turn);
    chat_ws_unref(s);
}

/* The agent is looked up again: it may have changed since hello, and the turn needs
 * it for longer than the socket may live. */
static int read_turn(struct chat_socket *s, TALLOC_CTX *mem, const json_t *body,
                     struct sb_turn_in *in, struct sb_err *err)
{
    const struct sb_agent *agent;
    const char *field = NULL;
    int code = sb_directory_agent(s->api->directory, mem, s->agent->id, &agent, err);

    if (!code)
        code = sb_chat_read(s->api, mem, body, agent, in, &field, err);
    if (code)
        return code;
    in->conversation_id = s->conversation;
    in->speaker.visitor = s->visitor;
    return 0;
}

/* Members that belong to the frame and not to the request. */
static json_t *without_frame_members(const json_t *body)
{
    json_t *copy = json_copy((json_t *)(uintptr_t)body);

    json_object_del(copy, "type");
    json_object_del(copy, "agent_id");
    json_object_del(copy, "conversation_id");
    json_object_del(copy, "visitor_id");
    return copy;
}

static void start_turn(struct chat_socket *s, const json_t *body, const char *id)
{
    const struct sb_turn_listener calls = {
        .accepted = on_accepted, .text = on_text, .done = on_done};
    struct sb_turn_listener listener = calls;
    TALLOC_CTX *mem = talloc_new(NULL);
    struct socket_turn *turn;
    struct sb_turn_in in = {0};
    struct sb_err err = {0};

    if (read_turn(s, mem, body, &in, &err)) {
        talloc_free(mem);
        chat_ws_fail(s, id, &err);
        return;
    }
    turn = talloc_zero(s, struct socket_turn);
    turn->socket = s;
    snprintf(turn->id, sizeof(turn->id), "%s", id);
    listener.arg = turn;
    turn->run = sb_turn_run_start(s->api, mem, &in, &listener);
    if (!turn->run) {
        talloc_free(turn);
        chat_ws_error(s, id, "overloaded", "We are very busy. Please try again.", 3000);
        return;
    }
    s->running++;
    s->refs++;
}

void chat_ws_message(struct chat_socket *s, const json_t *body)
{
    char id[65];
    int64_t wait = sb_limit_take(s->api->chat_limit, s->peer);
    json_t *request;

    snprintf(id, sizeof(id), "%s", sb_json_str(body, "message_id"));
    if (wait) {
        chat_ws_error(s, id, "rate_limited",
                      "That was a lot of messages at once. Please wait a moment.",
                      wait);
        return;
    }
    if (s->running >= MAX_TURNS) {
        chat_ws_error(s, id, "busy", "One moment, I am still answering.", 2000);
        return;
    }
    request = without_frame_members(body);
    start_turn(s, request, id);
    json_decref(request);
}

/* ---- sockets by address ---- */

static struct {
    char peer[64];
    int count;
} addresses[MAX_ADDRESSES];

int chat_ws_count(const char *peer, int delta)
{
    size_t free_slot = MAX_ADDRESSES;

    for (size_t i = 0; i < MAX_ADDRESSES; i++) {
        if (!addresses[i].count) {
            if (free_slot == MAX_ADDRESSES)
                free_slot = i;
        } else if (!strcmp(addresses[i].peer, peer)) {
            return addresses[i].count += delta;
        }
    }
    if (delta < 1 || free_slot == MAX_ADDRESSES)
        return 0;
    snprintf(addresses[free_slot].peer, sizeof(addresses[0].peer), "%s", peer);
    return addresses[free_slot].count = delta;
}
