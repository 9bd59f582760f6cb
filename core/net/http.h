/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP/1.1 server: strict, bounded, on bufferevents. A request whose headers
 * are complete is matched to a route first; the route's limits and its `admit`
 * check hold before a byte of the body is read. The handler then runs in a task of
 * its own and answers exactly once; a client that goes away before its answer is
 * complete cancels the task (sb_task_shield_push() protects what must be finished).
 *
 * Refused with 400: both Content-Length and Transfer-Encoding, several or signed
 * Content-Lengths, obs-fold, bare LF or CR, space before the colon, NUL, a missing
 * or repeated Host, chunk sizes that overflow, absolute-form for another host. (RFC
 * 9112 sections 2.2, 3.2, 5.1, 6.1-6.3, 7.1)
 */
#ifndef SB_NET_HTTP_H
#define SB_NET_HTTP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>
#include <switchboard/host.h> /* struct sb_http_header */

struct sb_loop;
struct sb_http_server;
struct sb_router;

/* One request being answered. Lives until the handler returns. */
struct sb_req {
    TALLOC_CTX *mem;     /* everything of this request; freed after the handler */
    const char *id;      /* request id, made by us (or a trusted proxy's) */
    const char *method;  /* "GET" ... */
    const char *path;    /* percent-decoded, normalised, begins with '/' */
    const char *target;  /* as it came */
    const char *query;   /* undecoded, without '?', "" when none */
    const struct sb_http_header *headers;
    size_t header_count;
    const void *body;    /* NUL-terminated too; "" when none */
    size_t body_len;
    const char *peer;    /* the client's address, X-Forwarded-For believed only from
                          * trusted proxies */
    bool secure;         /* over TLS, or a trusted proxy says so */
    const struct sb_route *route;
    void *arg;           /* the route's */
    struct sb_conn *conn; /* the server's own */
};

/* A header's value, or NULL. Names are case-insensitive. */
const char *sb_req_header(const struct sb_req *req, const char *name);
/* A {name} part of the route's pattern, decoded, "" when absent. */
const char *sb_req_param(const struct sb_req *req, const char *name);
/* A query parameter, decoded onto req->mem, or NULL. */
const char *sb_req_query(const struct sb_req *req, const char *name);
/* A cookie's value, or NULL. */
const char *sb_req_cookie(const struct sb_req *req, const char *name);
/* Does the Accept header prefer `type` ("text/event-stream")? */
bool sb_req_accepts(const struct sb_req *req, const char *type);
/* scheme://host of this request as the client saw it (public_url wins). */
const char *sb_req_origin(const struct sb_req *req);

struct sb_route {
    const char *method;  /* "GET" answers HEAD too */
    const char *pattern; /* "/api/agents/{id}/faqs"; a last "{path*}" takes the rest */
    void (*handler)(struct sb_req *req); /* [task] */
    size_t max_body;     /* 0: no body allowed */
    int body_ms;         /* deadline for the body, 0: 30 s */
    int total_ms;        /* deadline for the handler's waits, 0: 60 s, -1: none */
    /* Optional: runs before the body is read (auth, rate). Return 0 to go on;
     * otherwise it has answered. Must not suspend. */
    int (*admit)(struct sb_req *req);
    void *arg;
};

struct sb_router *sb_router_new(TALLOC_CTX *mem);
/* Rows end with a NULL method. Patterns of equal shape: the literal one wins. */
void sb_router_add(struct sb_router *router, const struct sb_route *rows);
/* Called for every request (also unmatched) before routing: CORS, security headers.
 * Non-zero: it has answered. */
void sb_router_set_filter(struct sb_router *router, int (*filter)(struct sb_req *req));

/* ---- answering: exactly one of these per request ---- */

/* Adds a header to the answer to come. Values with CR, LF or NUL are dropped. */
void sb_reply_header(struct sb_req *req, const char *name, const char *value);
/* A whole answer. `body` is copied. */
void sb_reply(struct sb_req *req, int status, const char *type, const void *body,
              size_t len);
void sb_reply_json(struct sb_req *req, int status, const char *json);
/* {"error":{"code","message","field"?,"request_id"}} */
__attribute__((format(printf, 5, 6))) void sb_reply_error(struct sb_req *req, int status,
                                                          const char *code,
                                                          const char *field,
                                                          const char *fmt, ...);
/* Maps SB_E* to a status and answers. */
void sb_reply_fail(struct sb_req *req, const struct sb_err *err);
/* [suspends] A streamed answer (chunked, or until close for HTTP/1.0). write()
 * waits while the client reads slowly: SB_ETIMEDOUT after 30 s without progress. */
int sb_reply_start(struct sb_req *req, int status, const char *type);
int sb_reply_write(struct sb_req *req, const void *data, size_t len);
int sb_reply_end(struct sb_req *req);
bool sb_req_answered(const struct sb_req *req);

/* ---- server-sent events (WHATWG HTML section 9.2) ---- */
int sb_sse_start(struct sb_req *req);
/* [suspends] `event` and `id` may be NULL. `data` may hold newlines. */
int sb_sse_send(struct sb_req *req, const char *event, const char *id, const char *data);

/* ---- static files ---- */
struct sb_asset {
    const char *path;  /* "/widget.js" */
    const char *type;  /* with charset */
    const char *cache; /* Cache-Control value */
    const void *data;
    size_t len;
};
/* [suspends] Serves from memory with ETag, If-None-Match, Range, and gzip/brotli made
 * once. Files are known by the address of their data, which stays where it is and as
 * it is for the process's life. */
void sb_reply_asset(struct sb_req *req, const struct sb_asset *asset);

/* ---- the server ---- */
struct sb_http_limits {
    size_t max_line;      /* request line, 8 KiB */
    size_t max_headers;   /* all headers, 32 KiB */
    size_t max_count;     /* headers, 100 */
    int handshake_ms;     /* TLS, 10 s */
    int header_ms;        /* from the first byte or accept to the blank line, 10 s */
    int idle_ms;          /* keep-alive, 75 s */
    int max_connections;  /* 20,000; above it the oldest idle one is closed, or 503 */
    int max_pipeline;     /* requests answered on one connection, 10,000 */
    int heartbeat_ms;     /* a comment on an event stream that is silent, 15 s */
};
extern const struct sb_http_limits sb_http_limits_default;

struct sb_http_server_conf {
    struct sb_http_limits limits;
    struct sb_router *router;
    const char *const *trusted_proxies; /* addresses or CIDR, NULL-terminated */
    const char *public_url;             /* or "" */
    struct ssl_ctx_st *tls;             /* NULL: plain */
    void (*on_done)(const struct sb_req *req, int status, int64_t us); /* access log */
};
/* Listening socket for "address:port" ("[::1]:80", port 0 picks one), TCP_NODELAY and
 * SO_REUSEADDR set, non-blocking, close-on-exec. Returns the descriptor or SB_E*. */
int sb_http_listen(const char *address, struct sb_err *err);
/* Serves a listening descriptor (perhaps inherited) on this loop and takes it over: it
 * is closed by drain and free. The router must live until the last handler has
 * returned, best as long as the loop. Zeroes among the limits mean the default. Sets
 * SIGPIPE to be ignored. */
int sb_http_server_new(struct sb_loop *loop, int fd, const struct sb_http_server_conf *conf,
                       struct sb_http_server **server_r, struct sb_err *err);
/* Stops accepting, closes idle connections; answers under way go on. */
void sb_http_server_drain(struct sb_http_server *server);
size_t sb_http_server_busy(const struct sb_http_server *server);
size_t sb_http_server_connections(const struct sb_http_server *server);
/* Cancels the handlers that still run; memory goes when they have returned. */
void sb_http_server_free(struct sb_http_server *server);
/* Certificate chain and key in PEM; TLS 1.2 or later, ALPN http/1.1. */
int sb_http_tls(const char *cert_file, const char *key_file, struct ssl_ctx_st **tls_r,
                struct sb_err *err);

#endif
