/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's inner objects, for the files of this room only.
 *
 *                    (TLS)                          pipelined or next request
 *   accept ──▶ HANDSHAKE ──▶ IDLE ──▶ HEAD ──▶ BODY ──▶ RUN ──▶ (DRAIN) ──▶ IDLE
 *                  │          │         │        │       │
 *                  ▼          ▼         ▼        ▼       ▼
 *                 DEAD ◀── LINGER ◀── FLUSH ◀── refused, or the last answer
 *
 * RUN lasts until the handler's task has returned; an upgraded connection stays in
 * it. Only DEAD connections are freed, from the loop, never in their own callback.
 */
#ifndef SB_NET_HTTP_CONN_H
#define SB_NET_HTTP_CONN_H

#include <event2/event_struct.h>
#include <netinet/in.h>
#include <sys/queue.h>
#include "base/buf.h"
#include "base/log.h"
#include "base/task.h"
#include "net/http.h"
#include "net/http_message.h"
#include "net/http_proxy.h"
#include "net/http_router.h"

struct bufferevent;

enum sb_conn_state {
    SB_CONN_HANDSHAKE, /* TLS */
    SB_CONN_IDLE,      /* waits for the first byte of a request */
    SB_CONN_HEAD,
    SB_CONN_BODY,
    SB_CONN_RUN,    /* the handler runs, or the connection was upgraded */
    SB_CONN_DRAIN,  /* answered, but the client reads slowly: no next request yet */
    SB_CONN_FLUSH,  /* the last answer goes out */
    SB_CONN_LINGER, /* everything is sent; what still comes is thrown away */
    SB_CONN_DEAD,
};

/* A request from the inside. */
struct sb_request {
    struct sb_req pub; /* first: a struct sb_req is one of these */
    struct sb_match match;
    struct sb_buf headers; /* of the answer to come */
    struct sb_log_scope scope;
    int64_t started_us;
    int status; /* 0: nothing answered yet */
    bool streaming, ended, chunked, head_only, is_sse, upgraded;
};

struct sb_conn {
    struct sb_http_server *server;
    struct bufferevent *bev;
    struct event timer; /* the deadline of the state */
    TAILQ_ENTRY(sb_conn) link;
    enum sb_conn_state state;
    bool gone;       /* the client is, or no byte more is to go to it */
    bool eof;        /* it has stopped sending; it may still read */
    bool closing;    /* no further request on this connection */
    bool lingers;    /* it may still be sending: close only after it has read */
    size_t progress; /* unsent bytes when the deadline was set */
    int requests;
    struct sb_message message;
    struct sb_request *request;
    struct sb_task *task;
    struct sb_wait writable;
    char peer[INET6_ADDRSTRLEN];
};
TAILQ_HEAD(sb_conns, sb_conn);

struct sb_http_server {
    struct sb_loop *loop;
    struct sb_http_limits limits;
    struct sb_router *router;
    struct sb_proxies *proxies;
    const char *public_url;
    struct ssl_ctx_st *tls;
    void (*on_done)(const struct sb_req *req, int status, int64_t us);
    int fd;
    struct event *accept_event, *resume_event;
    struct sb_conns idle; /* oldest first */
    struct sb_conns live; /* the others, but not the dead */
    size_t count, busy;
    size_t objects; /* connections whose memory is still there */
    bool draining, freed;
};

/* ---- http_conn.c ---- */
void sb_conn_accept(struct sb_http_server *server, int fd,
                  const struct sockaddr *address);
/* Ends the connection without another word; freed from the loop. */
void sb_conn_kill(struct sb_conn *conn);
/* Tells a running handler that nobody listens, or ends the connection. */
void sb_conn_abandon(struct sb_conn *conn);
/* Reads on in what has come. */
void sb_conn_step(struct sb_conn *conn);
/* The request is answered and over: what next? */
void sb_conn_next(struct sb_conn *conn);
/* Sets the state and its deadline (0: none). */
void sb_conn_enter(struct sb_conn *conn, enum sb_conn_state state, int deadline_ms);
size_t sb_conn_unsent(const struct sb_conn *conn);
/* Sends what is queued at once, as far as the socket takes it. */
void sb_conn_write_now(struct sb_conn *conn);

/* ---- http_request.c ---- */
/* The head is there: filter, route, admit. */
void sb_request_head(struct sb_conn *conn);
/* The body is there as well: starts the handler. */
void sb_request_run(struct sb_conn *conn);
/* Lets go of a request (if there is one) that nobody waits for any more. */
void sb_request_drop(struct sb_conn *conn);
/* Answers a request that could not be read. */
void sb_request_refuse(struct sb_conn *conn, const struct sb_http_fault *fault);

/* ---- http_reply.c ---- */
const char *sb_status_text(int status);
/* The lower-case word for a status that we refuse with ("too_large"). */
const char *sb_status_code(int status);
/* Status line and headers; `length` < 0 leaves Content-Length out. */
void sb_reply_head(struct sb_request *request, int status, const char *type,
                   int64_t length, struct sb_buf *out);
/* A whole answer whose body stays where it is (never freed, never changed). */
void sb_reply_static(struct sb_req *req, int status, const char *type, const void *body,
                     size_t len);

/* ---- sse.c ---- */
/* The deadline of an event stream: says something, so that a dead peer is noticed. */
void sb_sse_heartbeat(struct sb_conn *conn);

/* ---- http_server.c ---- */
/* The server may be waiting for its last connection to be freed. */
void sb_server_forget(struct sb_http_server *server);

/* ---- for ws.c ---- */
/* Turns the connection of `req` over: the answer is 101 plus the headers added so
 * far. The bufferevent stays the connection's; its callbacks are the caller's until
 * the handler returns. */
struct bufferevent *sb_conn_upgrade(struct sb_req *req);

#endif
