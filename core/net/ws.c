/* SPDX-License-Identifier: Apache-2.0
 *
 * A WebSocket in use: reading and sending from a task, pings, and the end. Either
 * side's bufferevent is treated alike from here on.
 */
#include "net/ws_impl.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <string.h>
#include "base/clock.h"

enum {
    MESSAGE_MAX = 64 * 1024,
    QUEUE_MAX = 256 * 1024,
    PING_MS = 30 * 1000,
    LINGER_MS = 1000,
    INPUT_MAX = 64 * 1024,
};

/* ---- what happens to it ---- */

static void note_failure(struct sb_ws *ws)
{
    if (ws->failure != 0 || ws->frames.close_code != 0 || !sb_frames_ended(&ws->frames))
        return;
    ws->failure = sb_frames_sent_code(&ws->frames) == WSLAY_CODE_MESSAGE_TOO_BIG
                      ? SB_ELIMIT
                      : SB_EPROTO;
}

static bool is_over(const struct sb_ws *ws)
{
    return ws->dead || sb_frames_ended(&ws->frames);
}

/* Both sides have said good-bye, or one is gone. A peer whose rules were broken is not
 * cut off at once: closing with its bytes unread would take our close frame back. */
static bool is_closed(const struct sb_ws *ws)
{
    return ws->dead ||
           (ws->frames.close_code != 0 && evbuffer_get_length(ws->frames.out) == 0);
}

static void hand_out(struct sb_ws *ws)
{
    struct sb_ws_text *text;

    while ((text = sb_frames_take(&ws->frames)) != NULL) {
        const struct sb_ws_message message = {text->binary, text->data, text->len};

        ws->on_message(ws->arg, &message);
        talloc_free(text);
    }
    if (is_over(ws) && !ws->told_end) {
        ws->told_end = true;
        ws->on_message(ws->arg, NULL);
    }
}

/* Reads what there is and tells whoever waits. */
static void pump(struct sb_ws *ws)
{
    do {
        sb_frames_pump(&ws->frames);
        note_failure(ws);
        if (ws->on_message)
            hand_out(ws);
        /* In callback mode everything was taken: what was held back goes on. */
    } while (ws->on_message && ws->frames.full && !sb_frames_is_full(&ws->frames) &&
             !is_over(ws));
    if (ws->frames.heard) {
        ws->frames.heard = false;
        ws->awaits_pong = false;
    }
    if (ws->frames.waiting > 0 || is_over(ws))
        sb_wait_wake(&ws->readable);
    if (is_closed(ws))
        sb_wait_wake(&ws->closed);
}

static void end(struct sb_ws *ws)
{
    ws->dead = true;
    (void)evtimer_del(&ws->ping);
    pump(ws);
}

static void on_read(struct bufferevent *bev, void *arg)
{
    struct sb_ws *ws = arg;

    (void)bev;
    pump(ws);
}

static void on_write(struct bufferevent *bev, void *arg)
{
    struct sb_ws *ws = arg;

    (void)bev;
    pump(ws);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    struct sb_ws *ws = arg;

    (void)bev;
    if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
        end(ws);
}

/* A peer that has sent nothing since the last ping is gone, unless it is we who do
 * not read. */
static void on_ping_time(evutil_socket_t fd, short what, void *arg)
{
    struct sb_ws *ws = arg;

    (void)fd;
    (void)what;
    if (ws->awaits_pong && !ws->frames.full) {
        end(ws);
        return;
    }
    ws->awaits_pong = true;
    sb_frames_ping(&ws->frames);
}

/* ---- life ---- */

static int destroy(struct sb_ws *ws)
{
    (void)evtimer_del(&ws->ping);
    bufferevent_setcb(ws->bev, NULL, NULL, NULL, NULL);
    sb_frames_fini(&ws->frames);
    if (ws->owns_bev)
        bufferevent_free(ws->bev);
    return 0;
}

struct sb_ws *sb_ws_new(TALLOC_CTX *mem, struct sb_loop *loop, struct bufferevent *bev,
                        bool is_server, const struct sb_ws_conf *conf)
{
    struct sb_ws *ws = talloc_zero(mem, struct sb_ws);
    size_t max_message = conf && conf->max_message ? conf->max_message : MESSAGE_MAX;
    size_t max_queue = conf && conf->max_queue ? conf->max_queue : QUEUE_MAX;
    struct timeval tv;

    ws->bev = bev;
    ws->owns_bev = !is_server;
    ws->ping_ms = conf && conf->ping_ms > 0 ? conf->ping_ms : PING_MS;
    sb_wait_init(&ws->readable);
    sb_wait_init(&ws->closed);
    sb_frames_init(&ws->frames, ws, is_server, bufferevent_get_input(bev),
                   bufferevent_get_output(bev), max_message, max_queue);
    tv = (struct timeval){ws->ping_ms / 1000, ws->ping_ms % 1000 * 1000};
    (void)event_assign(&ws->ping, sb_loop_base(loop), -1, EV_PERSIST, on_ping_time, ws);
    (void)event_add(&ws->ping, &tv);
    talloc_set_destructor(ws, destroy);
    bufferevent_setcb(bev, on_read, on_write, on_event, ws);
    bufferevent_setwatermark(bev, EV_READ, 0, INPUT_MAX);
    bufferevent_setwatermark(bev, EV_WRITE, 0, 0);
    (void)bufferevent_enable(bev, EV_READ | EV_WRITE);
    pump(ws);
    return ws;
}

static void linger(struct sb_ws *ws)
{
    int64_t until = sb_clock_mono_ms() + LINGER_MS, left;

    sb_task_shield_push();
    while (!is_closed(ws) && (left = until - sb_clock_mono_ms()) > 0) {
        struct sb_ws_text *text;

        while ((text = sb_frames_take(&ws->frames)) != NULL)
            talloc_free(text); /* nobody reads any more */
        sb_frames_pump(&ws->frames);
        if (sb_wait_for(&ws->closed, left) != 0)
            break;
    }
    sb_task_shield_pop();
}

void sb_ws_close(struct sb_ws *ws, int code, const char *reason)
{
    if (!ws)
        return;
    ws->on_message = NULL;
    (void)evtimer_del(&ws->ping);
    if (!ws->dead) {
        sb_frames_close(&ws->frames, code > 0 ? code : WSLAY_CODE_NORMAL_CLOSURE,
                        reason);
        if (sb_task_self())
            linger(ws);
    }
    talloc_free(ws);
}

/* ---- use ---- */

/* Messages that were held back may be read now. */
static struct sb_ws_text *take(struct sb_ws *ws)
{
    struct sb_ws_text *text = sb_frames_take(&ws->frames);

    if (ws->frames.full && !sb_frames_is_full(&ws->frames)) {
        pump(ws);
        if (!text)
            text = sb_frames_take(&ws->frames);
    }
    return text;
}

static int fail_read(const struct sb_ws *ws, struct sb_err *err)
{
    if (ws->failure == SB_ELIMIT)
        return sb_fail(err, SB_ELIMIT,
                       "the peer sent or left unread more than is allowed");
    return sb_fail(err, SB_EPROTO, "the peer broke the WebSocket protocol");
}

int sb_ws_read(struct sb_ws *ws, struct sb_ws_message *message, int64_t timeout_ms,
               struct sb_err *err)
{
    int64_t until = sb_clock_mono_ms() + timeout_ms;

    talloc_free(ws->current);
    ws->current = NULL;
    for (;;) {
        int64_t left = until - sb_clock_mono_ms();
        int code;

        ws->current = take(ws);
        if (ws->current) {
            *message = (struct sb_ws_message){ws->current->binary, ws->current->data,
                                              ws->current->len};
            return 1;
        }
        if (ws->failure)
            return fail_read(ws, err);
        if (is_over(ws))
            return 0;
        if (ws->nudged) {
            ws->nudged = false;
            return sb_fail(err, SB_ETIMEDOUT, "the reader was nudged");
        }
        code = sb_wait_for(&ws->readable, timeout_ms < 0 ? -1 : left > 0 ? left : 0);
        if (code != 0)
            return sb_fail(err, code, "no message came in time");
    }
}

int sb_ws_send(struct sb_ws *ws, bool binary, const void *data, size_t len)
{
    if (ws->failure == SB_ELIMIT)
        return SB_ELIMIT;
    if (ws->dead)
        return SB_EUNAVAILABLE;
    if (len > ws->frames.max_out || sb_ws_queued(ws) > ws->frames.max_out - len) {
        sb_frames_close(&ws->frames, 1013, "too slow");
        ws->failure = SB_ELIMIT;
        sb_wait_wake(&ws->readable);
        return SB_ELIMIT;
    }
    return sb_frames_send(&ws->frames, binary, data, len);
}

size_t sb_ws_queued(const struct sb_ws *ws)
{
    return evbuffer_get_length(ws->frames.out);
}

int sb_ws_close_code(const struct sb_ws *ws)
{
    if (ws->frames.close_code != 0)
        return ws->frames.close_code;
    return ws->dead ? WSLAY_CODE_ABNORMAL_CLOSURE : 0;
}

void sb_ws_nudge(struct sb_ws *ws)
{
    ws->nudged = true;
    sb_wait_wake(&ws->readable);
}

void sb_ws_set_callback(struct sb_ws *ws,
                        void (*fn)(void *arg, const struct sb_ws_message *message),
                        void *arg)
{
    ws->on_message = fn;
    ws->arg = arg;
    if (fn)
        pump(ws);
}
