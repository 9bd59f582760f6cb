/* SPDX-License-Identifier: Apache-2.0
 *
 * WebSocket (RFC 6455), both ends, framed by libwslay. Reading and writing from a
 * task; a callback mode exists for hot paths.
 */
#ifndef SB_NET_WS_H
#define SB_NET_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchboard/err.h>
#include <switchboard/host.h>

struct sb_loop;
struct sb_req;
struct sb_ws;

struct sb_ws_conf {
    size_t max_message;  /* 0: 64 KiB; a larger one closes with 1009 */
    size_t max_queue;    /* 0: 256 KiB of unsent output; more closes with 1013 */
    int ping_ms;         /* 0: 30 s; no pong within the same again: closed */
    const char *protocol; /* subprotocol to accept or to ask for, or NULL */
    const char *ca_file;  /* client only: certificates to trust, NULL: the system's */
};

struct sb_ws_message {
    bool binary;
    const void *data; /* NUL-terminated too; valid until the next read */
    size_t len;
};

/* Answers the upgrade (or a 4xx, and returns SB_EPROTO). The handler owns `*ws_r` and
 * closes it before it returns. From here on a client that leaves does not cancel the
 * task: sb_ws_read() says so. */
int sb_ws_accept(struct sb_req *req, const struct sb_ws_conf *conf, struct sb_ws **ws_r);

/* [suspends] Connects to ws:// or wss://, tries every resolved address, verifies the
 * host's name. `headers` may be NULL. On a refused upgrade `*status_r` (may be NULL)
 * has the HTTP status. */
int sb_ws_connect(const char *url, const struct sb_http_header *headers, size_t count,
                  const struct sb_ws_conf *conf, int timeout_ms, struct sb_ws **ws_r,
                  int *status_r, struct sb_err *err);

/* [suspends] 1 with a message, 0 when the peer closed, SB_ETIMEDOUT after
 * `timeout_ms` (< 0: no limit of its own), or another SB_E*. */
int sb_ws_read(struct sb_ws *ws, struct sb_ws_message *message, int64_t timeout_ms,
               struct sb_err *err);
/* Queues; does not suspend. SB_ELIMIT when the queue is full: the peer is too slow. */
int sb_ws_send(struct sb_ws *ws, bool binary, const void *data, size_t len);
size_t sb_ws_queued(const struct sb_ws *ws);
/* The close code that the peer sent, 1006 when it just went, 0 while open. */
int sb_ws_close_code(const struct sb_ws *ws);
/* Sends a close frame with `code` (0: none if the peer is gone, else 1000), frees.
 * [suspends] In a task it waits up to a second for the peer's close, cancelled or not;
 * in a callback it just cuts the connection. NULL is fine. */
void sb_ws_close(struct sb_ws *ws, int code, const char *reason);
/* Wakes a task that sits in sb_ws_read() on this socket, which then gets SB_ETIMEDOUT:
 * "look at your own queue". */
void sb_ws_nudge(struct sb_ws *ws);
/* Callback mode, for hot paths: `fn` gets each message from the loop instead of
 * sb_ws_read(), and NULL once when the connection has ended. It must not close `ws`,
 * but may send. */
void sb_ws_set_callback(struct sb_ws *ws,
                        void (*fn)(void *arg, const struct sb_ws_message *message),
                        void *arg);

#endif
