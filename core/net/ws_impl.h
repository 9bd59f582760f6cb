/* SPDX-License-Identifier: Apache-2.0
 *
 * A WebSocket from the inside, for ws.c, ws_accept.c and ws_connect.c.
 */
#ifndef SB_NET_WS_IMPL_H
#define SB_NET_WS_IMPL_H

#include <event2/event_struct.h>
#include "base/task.h"
#include "net/ws.h"
#include "net/ws_frame.h"

struct bufferevent;

struct sb_ws {
    struct bufferevent *bev;
    bool owns_bev; /* a client's; a server's belongs to its connection */
    bool dead;     /* the transport is gone */
    bool nudged, awaits_pong, told_end;
    int failure; /* SB_E* after a fault of the peer's */
    struct sb_frames frames;
    struct sb_wait readable, closed;
    struct event ping;
    int ping_ms;
    struct sb_ws_text *current; /* what sb_ws_read() has handed out */
    void (*on_message)(void *arg, const struct sb_ws_message *message);
    void *arg;
};

/* Puts a WebSocket on a connection whose handshake is over. Frames that came right
 * behind it are read at once. */
struct sb_ws *sb_ws_new(TALLOC_CTX *mem, struct sb_loop *loop, struct bufferevent *bev,
                        bool is_server, const struct sb_ws_conf *conf);
/* The Sec-WebSocket-Accept that belongs to a key. */
void sb_ws_accept_value(const char *key, char out[32]);

#endif
