/* SPDX-License-Identifier: Apache-2.0
 *
 * WebSocket frames over two evbuffers: libwslay reads and writes frames, and messages
 * are put together here, so that their size is bounded however they are cut up. No
 * sockets: the fuzzer drives the same code.
 */
#ifndef SB_NET_WS_FRAME_H
#define SB_NET_WS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <wslay/wslay.h>

struct evbuffer;

/* One message of the peer's; `data` is its talloc child. */
struct sb_ws_text {
    bool binary;
    char *data;
    size_t len, room;
    struct sb_ws_text *next;
};

struct sb_frames {
    wslay_event_context_ptr ctx;
    struct evbuffer *in, *out;
    size_t max_message, max_out;
    struct sb_ws_text *partial;      /* the message being received */
    struct sb_ws_text *first, **end; /* received, not yet taken */
    size_t waiting, waiting_bytes;
    uint8_t opcode; /* of the frame being received */
    bool pumping, heard, full;
    int close_code; /* that the peer sent; 0 while open */
    TALLOC_CTX *mem;
};

void sb_frames_init(struct sb_frames *frames, TALLOC_CTX *mem, bool is_server,
                    struct evbuffer *in, struct evbuffer *out, size_t max_message,
                    size_t max_out);
void sb_frames_fini(struct sb_frames *frames);
/* Reads frames from `in` until it is empty or enough messages wait; puts pongs and
 * close frames out. */
void sb_frames_pump(struct sb_frames *frames);
/* The next message, now the caller's, or NULL. */
struct sb_ws_text *sb_frames_take(struct sb_frames *frames);
/* 0, or SB_EUNAVAILABLE after a close frame. Data frames only. */
int sb_frames_send(struct sb_frames *frames, bool binary, const void *data, size_t len);
void sb_frames_ping(struct sb_frames *frames);
void sb_frames_close(struct sb_frames *frames, int code, const char *reason);
/* Nothing more will be read: a close came, or the peer broke the rules. */
bool sb_frames_ended(const struct sb_frames *frames);
/* The close code that we sent, 0 if none. */
int sb_frames_sent_code(const struct sb_frames *frames);
/* Is there anything in the way of reading on? */
bool sb_frames_is_full(const struct sb_frames *frames);

#endif
