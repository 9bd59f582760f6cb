/* SPDX-License-Identifier: Apache-2.0
 *
 * The chat socket's state, shared by its two files: chat_ws.c serves the connection,
 * chat_ws_turn.c runs the turns that it starts.
 */
#ifndef SB_API_CHAT_WS_H
#define SB_API_CHAT_WS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <talloc.h>
#include "net/ws.h"

struct sb_agent;
struct sb_api;
struct sb_err;
struct sb_req;
struct sb_subscription;

struct chat_socket {
    struct chat_socket *next, *prev; /* in the api's list while open */
    struct sb_api *api;
    struct sb_req *req;           /* as long as `ws` */
    TALLOC_CTX *mem, *scratch;    /* scratch is emptied at each frame */
    struct sb_ws *ws;             /* NULL once closed; turns may still run */
    const struct sb_agent *agent; /* NULL before hello */
    struct sb_subscription *subscription;
    const char *peer;
    char visitor[129], conversation[37];
    int64_t seen; /* highest sequence number sent */
    int refs;     /* the connection and every running turn */
    int running;  /* turns under way */
    int faults;   /* malformed frames */
    bool look;    /* something new may be in the tables */
    bool nudged;  /* a turn ended: look again */
    bool broken;  /* the peer reads too slowly */
};

void chat_ws_error(struct chat_socket *s, const char *id, const char *code,
                   const char *message, int64_t retry_ms);
/* The same for what a room said, in words that a visitor may read. */
void chat_ws_fail(struct chat_socket *s, const char *id, const struct sb_err *err);
/* Listens for news of this conversation, and of no other. */
void chat_ws_follow(struct chat_socket *s, const char *conversation_id);
void chat_ws_unfollow(struct chat_socket *s);
/* Starts the turn for a "message" frame, or sends an error. */
void chat_ws_message(struct chat_socket *s, const json_t *body);
void chat_ws_unref(struct chat_socket *s);
/* Adds `delta` to the sockets of an address and returns how many there are. */
int chat_ws_count(const char *peer, int delta);

#endif
