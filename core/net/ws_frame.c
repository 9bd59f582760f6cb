/* SPDX-License-Identifier: Apache-2.0
 *
 * wslay runs without its own buffering: it would allocate one piece per fragment,
 * and a peer that cuts a message into single bytes would make us hold sixty times
 * what it sent.
 */
#include "net/ws_frame.h"

#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>
#include <switchboard/err.h>
#include "base/crypto.h"
#include "base/mem.h"

enum {
    WAITING_MAX = 256,     /* messages that may wait to be taken */
    ROUND_MAX = 16 * 1024, /* bytes read before answers are put out */
};

bool sb_frames_is_full(const struct sb_frames *frames)
{
    return frames->waiting >= WAITING_MAX ||
           frames->waiting_bytes > 2 * frames->max_message ||
           evbuffer_get_length(frames->out) > frames->max_out;
}

/* ---- wslay's callbacks ---- */

static ssize_t on_want_bytes(wslay_event_context_ptr ctx, uint8_t *buf, size_t len,
                             int flags, void *arg)
{
    struct sb_frames *frames = arg;
    int n = 0;

    (void)flags;
    frames->full = sb_frames_is_full(frames);
    if (!frames->full)
        n = evbuffer_remove(frames->in, buf, len);
    if (n > 0)
        return n;
    wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
    return -1;
}

static ssize_t on_have_bytes(wslay_event_context_ptr ctx, const uint8_t *data,
                             size_t len, int flags, void *arg)
{
    struct sb_frames *frames = arg;

    (void)flags;
    if (evbuffer_add(frames->out, data, len) == 0)
        return (ssize_t)len;
    wslay_event_set_error(ctx, WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static int on_want_mask(wslay_event_context_ptr ctx, uint8_t *buf, size_t len,
                        void *arg)
{
    (void)ctx;
    (void)arg;
    sb_random(buf, len);
    return 0;
}

static void fail(struct sb_frames *frames, uint16_t code)
{
    (void)wslay_event_queue_close(frames->ctx, code, NULL, 0);
    wslay_event_shutdown_read(frames->ctx);
}

/* The announced length is looked at before any of it is stored. */
static void on_frame(wslay_event_context_ptr ctx,
                     const struct wslay_event_on_frame_recv_start_arg *frame, void *arg)
{
    struct sb_frames *frames = arg;
    size_t have = frames->partial ? frames->partial->len : 0;

    (void)ctx;
    frames->opcode = frame->opcode;
    frames->heard = true;
    if (wslay_is_ctrl_frame(frame->opcode))
        return;
    if (frame->payload_length > frames->max_message - have) {
        fail(frames, WSLAY_CODE_MESSAGE_TOO_BIG);
        return;
    }
    if (!frames->partial) {
        frames->partial = talloc_zero(frames->mem, struct sb_ws_text);
        frames->partial->binary = frame->opcode == WSLAY_BINARY_FRAME;
    }
}

static void reserve(struct sb_ws_text *text, size_t len)
{
    size_t room = text->room ? text->room : 64;

    while (room < text->len + len + 1)
        room *= 2;
    if (room == text->room)
        return;
    text->data = talloc_realloc_size(text, text->data, room);
    text->room = room;
}

static void on_piece(wslay_event_context_ptr ctx,
                     const struct wslay_event_on_frame_recv_chunk_arg *piece, void *arg)
{
    struct sb_frames *frames = arg;
    struct sb_ws_text *text = frames->partial;

    (void)ctx;
    if (!text || wslay_is_ctrl_frame(frames->opcode) ||
        !wslay_event_get_read_enabled(ctx) ||
        piece->data_length > frames->max_message - text->len)
        return;
    reserve(text, piece->data_length);
    memcpy(text->data + text->len, piece->data, piece->data_length);
    text->len += piece->data_length;
}

static void finish_message(struct sb_frames *frames)
{
    struct sb_ws_text *text = frames->partial;

    if (!text)
        return;
    frames->partial = NULL;
    reserve(text, 0);
    text->data[text->len] = '\0';
    text->next = NULL;
    *frames->end = text;
    frames->end = &text->next;
    frames->waiting++;
    frames->waiting_bytes += text->len;
}

static void on_message(wslay_event_context_ptr ctx,
                       const struct wslay_event_on_msg_recv_arg *message, void *arg)
{
    struct sb_frames *frames = arg;

    (void)ctx;
    if (message->opcode == WSLAY_CONNECTION_CLOSE)
        frames->close_code =
            message->status_code ? message->status_code : WSLAY_CODE_NO_STATUS_RCVD;
    else if (!wslay_is_ctrl_frame(message->opcode))
        finish_message(frames);
}

/* ---- life ---- */

void sb_frames_init(struct sb_frames *frames, TALLOC_CTX *mem, bool is_server,
                    struct evbuffer *in, struct evbuffer *out, size_t max_message,
                    size_t max_out)
{
    const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_want_bytes,
        .send_callback = on_have_bytes,
        .genmask_callback = on_want_mask,
        .on_frame_recv_start_callback = on_frame,
        .on_frame_recv_chunk_callback = on_piece,
        .on_msg_recv_callback = on_message,
    };
    int rc;

    memset(frames, 0, sizeof(*frames));
    frames->mem = mem;
    frames->in = in;
    frames->out = out;
    frames->max_message = max_message;
    frames->max_out = max_out;
    frames->end = &frames->first;
    rc = is_server ? wslay_event_context_server_init(&frames->ctx, &callbacks, frames)
                   : wslay_event_context_client_init(&frames->ctx, &callbacks, frames);
    if (rc != 0)
        sb_mem_exhausted();
    wslay_event_config_set_no_buffering(frames->ctx, 1);
    wslay_event_config_set_max_recv_msg_length(frames->ctx, max_message);
}

void sb_frames_fini(struct sb_frames *frames)
{
    if (frames->ctx)
        wslay_event_context_free(frames->ctx);
    frames->ctx = NULL;
}

static void flush(struct sb_frames *frames)
{
    if (!frames->pumping && wslay_event_want_write(frames->ctx))
        (void)wslay_event_send(frames->ctx);
}

void sb_frames_pump(struct sb_frames *frames)
{
    size_t before;

    if (frames->pumping)
        return;
    do {
        before = evbuffer_get_length(frames->in);
        frames->pumping = true;
        if (wslay_event_get_read_enabled(frames->ctx))
            (void)wslay_event_recv(frames->ctx);
        frames->pumping = false;
        flush(frames);
    } while (evbuffer_get_length(frames->in) < before && !frames->full &&
             !sb_frames_ended(frames));
    if (sb_frames_ended(frames))
        (void)evbuffer_drain(frames->in, evbuffer_get_length(frames->in));
}

struct sb_ws_text *sb_frames_take(struct sb_frames *frames)
{
    struct sb_ws_text *text = frames->first;

    if (!text)
        return NULL;
    frames->first = text->next;
    if (!frames->first)
        frames->end = &frames->first;
    frames->waiting--;
    frames->waiting_bytes -= text->len;
    return text;
}

int sb_frames_send(struct sb_frames *frames, bool binary, const void *data, size_t len)
{
    const struct wslay_event_msg message = {
        .opcode = binary ? WSLAY_BINARY_FRAME : WSLAY_TEXT_FRAME,
        .msg = data,
        .msg_length = len,
    };

    if (wslay_event_queue_msg(frames->ctx, &message) != 0)
        return SB_EUNAVAILABLE;
    flush(frames);
    return 0;
}

void sb_frames_ping(struct sb_frames *frames)
{
    const struct wslay_event_msg message = {.opcode = WSLAY_PING};

    if (wslay_event_queue_msg(frames->ctx, &message) == 0)
        flush(frames);
}

void sb_frames_close(struct sb_frames *frames, int code, const char *reason)
{
    size_t len = reason ? strnlen(reason, 120) : 0;

    if (wslay_event_queue_close(frames->ctx, (uint16_t)code, (const uint8_t *)reason,
                                len) == 0)
        flush(frames);
}

bool sb_frames_ended(const struct sb_frames *frames)
{
    return !wslay_event_get_read_enabled(frames->ctx);
}

int sb_frames_sent_code(const struct sb_frames *frames)
{
    return wslay_event_get_close_sent(frames->ctx)
               ? wslay_event_get_status_code_sent(frames->ctx)
               : 0;
}
