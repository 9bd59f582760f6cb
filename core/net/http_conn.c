/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection: the states of http_conn.h, driven by bytes, deadlines and the
 * client's going away. Reads never stop while a handler runs, so that its client's
 * disappearance is noticed; a watermark bounds what may pile up meanwhile.
 */
#include "net/http_conn.h"

#include <arpa/inet.h>
#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"

enum {
    DRAIN_MAX = 256 * 1024,  /* unsent bytes above which no next request is read */
    WRITE_LOW = 16 * 1024,   /* unsent bytes at which a waiting writer goes on */
    INPUT_SPARE = 16 * 1024, /* read ahead beyond the largest head */
    STALL_MS = 30 * 1000,    /* a client that takes no byte for so long is given up */
    LINGER_MS = 3 * 1000,
};

size_t sb_conn_unsent(const struct sb_conn *conn)
{
    return evbuffer_get_length(bufferevent_get_output(conn->bev));
}

/* Most answers fit into the socket's buffer. Writing them here saves the two calls
 * that watch and unwatch the descriptor; only what is left over waits in the loop. */
void sb_conn_write_now(struct sb_conn *conn)
{
    struct evbuffer *out = bufferevent_get_output(conn->bev);

    if (conn->server->tls || (bufferevent_get_enabled(conn->bev) & EV_WRITE))
        return;
    (void)evbuffer_unfreeze(out, 1);
    (void)evbuffer_write(out, bufferevent_getfd(conn->bev));
    (void)evbuffer_freeze(out, 1);
    if (evbuffer_get_length(out) > 0)
        (void)bufferevent_enable(conn->bev, EV_WRITE);
}

/* ---- states ---- */

static struct sb_conns *list_of(struct sb_conn *conn)
{
    return conn->state == SB_CONN_IDLE ? &conn->server->idle : &conn->server->live;
}

static void set_state(struct sb_conn *conn, enum sb_conn_state state)
{
    TAILQ_REMOVE(list_of(conn), conn, link);
    conn->state = state;
    if (state != SB_CONN_DEAD)
        TAILQ_INSERT_TAIL(list_of(conn), conn, link);
}

void sb_conn_enter(struct sb_conn *conn, enum sb_conn_state state, int deadline_ms)
{
    const struct timeval tv = {deadline_ms / 1000, deadline_ms % 1000 * 1000};

    set_state(conn, state);
    conn->progress = sb_conn_unsent(conn);
    if (deadline_ms > 0)
        (void)evtimer_add(&conn->timer, &tv);
    else
        (void)evtimer_del(&conn->timer);
}

static void free_conn(void *arg)
{
    struct sb_conn *conn = arg;
    struct sb_http_server *server = conn->server;

    bufferevent_free(conn->bev);
    talloc_free(conn);
    sb_server_forget(server);
}

void sb_conn_kill(struct sb_conn *conn)
{
    if (conn->state == SB_CONN_DEAD)
        return;
    assert(!conn->task && !conn->request);
    sb_conn_enter(conn, SB_CONN_DEAD, 0);
    bufferevent_setcb(conn->bev, NULL, NULL, NULL, NULL);
    (void)bufferevent_disable(conn->bev, EV_READ | EV_WRITE);
    conn->server->count--;
    (void)sb_loop_defer(conn->server->loop, free_conn, conn);
}

void sb_conn_abandon(struct sb_conn *conn)
{
    struct sb_request *request = conn->request;

    if (!conn->task) {
        sb_request_drop(conn);
        sb_conn_kill(conn);
        return;
    }
    conn->gone = true;
    /* What a handler does after its answer is not the client's business any more. */
    if (request->status == 0 || request->upgraded ||
        (request->streaming && !request->ended))
        sb_task_cancel(conn->task);
}

static void enter_idle(struct sb_conn *conn)
{
    const struct sb_http_limits *limits = &conn->server->limits;

    sb_conn_enter(conn, SB_CONN_IDLE,
                  conn->requests == 0 ? limits->header_ms : limits->idle_ms);
}

static void enter_linger(struct sb_conn *conn)
{
    struct evbuffer *in = bufferevent_get_input(conn->bev);
    SSL *ssl = conn->server->tls ? bufferevent_openssl_get_ssl(conn->bev) : NULL;

    if (ssl)
        (void)SSL_shutdown(ssl);
    if (conn->eof || (!conn->lingers && evbuffer_get_length(in) == 0)) {
        sb_conn_kill(conn);
        return;
    }
    (void)shutdown(bufferevent_getfd(conn->bev), SHUT_WR);
    (void)evbuffer_drain(in, evbuffer_get_length(in));
    sb_conn_enter(conn, SB_CONN_LINGER, LINGER_MS);
}

static void enter_flush(struct sb_conn *conn)
{
    sb_conn_enter(conn, SB_CONN_FLUSH, STALL_MS);
    if (sb_conn_unsent(conn) == 0)
        enter_linger(conn);
}

void sb_conn_next(struct sb_conn *conn)
{
    if (conn->gone)
        sb_conn_kill(conn);
    else if (conn->closing || conn->eof)
        enter_flush(conn);
    else if (sb_conn_unsent(conn) > DRAIN_MAX)
        sb_conn_enter(conn, SB_CONN_DRAIN, STALL_MS);
    else
        enter_idle(conn);
}

/* ---- bytes ---- */

static void begin_message(struct sb_conn *conn)
{
    sb_message_init(&conn->message, talloc_pool(conn, 4096));
    if (conn->requests > 0)
        sb_conn_enter(conn, SB_CONN_HEAD, conn->server->limits.header_ms);
    else
        set_state(conn,
                  SB_CONN_HEAD); /* the deadline that runs since the accept stays */
}

/* Takes the bytes at hand a step further; false when there are none. */
static bool feed(struct sb_conn *conn)
{
    struct evbuffer *in = bufferevent_get_input(conn->bev);
    size_t len = evbuffer_get_contiguous_space(in), used = 0;
    enum sb_message_event event;

    if (len == 0)
        return false;
    if (conn->state == SB_CONN_IDLE)
        begin_message(conn);
    event =
        sb_message_feed(&conn->message, &conn->server->limits,
                        (const char *)evbuffer_pullup(in, (ev_ssize_t)len), len, &used);
    (void)evbuffer_drain(in, used);
    switch (event) {
    case SB_MESSAGE_MORE: break;
    case SB_MESSAGE_HEAD: sb_request_head(conn); break;
    case SB_MESSAGE_END: sb_request_run(conn); break;
    case SB_MESSAGE_BAD: sb_request_refuse(conn, &conn->message.fault); break;
    }
    return true;
}

static bool is_reading(const struct sb_conn *conn)
{
    return conn->state == SB_CONN_IDLE || conn->state == SB_CONN_HEAD ||
           conn->state == SB_CONN_BODY;
}

void sb_conn_step(struct sb_conn *conn)
{
    while (is_reading(conn) && feed(conn))
        continue;
    if (conn->state == SB_CONN_FLUSH || conn->state == SB_CONN_LINGER) {
        struct evbuffer *in = bufferevent_get_input(conn->bev);

        (void)evbuffer_drain(in, evbuffer_get_length(in));
    }
}

static void on_read(struct bufferevent *bev, void *arg)
{
    struct sb_conn *conn = arg;

    (void)bev;
    sb_conn_step(conn);
}

static void on_write(struct bufferevent *bev, void *arg)
{
    struct sb_conn *conn = arg;
    struct sb_request *request = conn->request;

    if (!conn->server->tls && sb_conn_unsent(conn) == 0 && !(request && request->streaming))
        (void)bufferevent_disable(bev, EV_WRITE); /* see sb_conn_write_now() */
    if (conn->state == SB_CONN_RUN) {
        sb_wait_wake(&conn->writable);
    } else if (conn->state == SB_CONN_DRAIN) {
        sb_conn_next(conn);
        sb_conn_step(conn);
    } else if (conn->state == SB_CONN_FLUSH && sb_conn_unsent(conn) == 0) {
        enter_linger(conn);
    }
}

/* ---- the end of the client, and of our patience ---- */

/* It sends no more. Before the answer this means that it is gone (curl, browsers and
 * proxies close both ways); after it, the rest of the answer may still be read. */
static void on_eof(struct sb_conn *conn)
{
    struct sb_request *request = conn->request;
    bool answered =
        request && request->status != 0 && (!request->streaming || request->ended);

    conn->eof = true;
    if (conn->state == SB_CONN_FLUSH || conn->state == SB_CONN_DRAIN)
        return;
    if (conn->state == SB_CONN_RUN && answered)
        return;
    sb_conn_abandon(conn);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    struct sb_conn *conn = arg;

    (void)bev;
    if (what & BEV_EVENT_CONNECTED) {
        enter_idle(conn);
        return;
    }
    if (what & BEV_EVENT_EOF)
        on_eof(conn);
    else
        sb_conn_abandon(conn);
}

static void on_stall(struct sb_conn *conn)
{
    if (sb_conn_unsent(conn) < conn->progress)
        sb_conn_enter(conn, conn->state, STALL_MS);
    else
        sb_conn_kill(conn);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    struct sb_conn *conn = arg;
    const struct sb_http_fault slow = {408, "the request took too long to arrive"};

    (void)fd;
    (void)what;
    switch (conn->state) {
    case SB_CONN_HANDSHAKE:
    case SB_CONN_IDLE:
    case SB_CONN_LINGER: sb_conn_kill(conn); break;
    case SB_CONN_HEAD:
    case SB_CONN_BODY: sb_request_refuse(conn, &slow); break;
    case SB_CONN_FLUSH:
    case SB_CONN_DRAIN: on_stall(conn); break;
    case SB_CONN_RUN: sb_sse_heartbeat(conn); break;
    case SB_CONN_DEAD: break;
    }
}

/* ---- opening ---- */

static void format_peer(const struct sockaddr *address, char *out, size_t size)
{
    const void *bytes = NULL;

    out[0] = '\0';
    if (address->sa_family == AF_INET)
        bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    else if (address->sa_family == AF_INET6)
        bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (bytes && inet_ntop(address->sa_family, bytes, out, (socklen_t)size) &&
        strncmp(out, "::ffff:", 7) == 0 && strchr(out, '.'))
        memmove(out, out + 7, strlen(out + 7) + 1);
}

static struct bufferevent *open_bufferevent(struct sb_http_server *server, int fd)
{
    struct event_base *base = sb_loop_base(server->loop);
    struct bufferevent *bev;
    SSL *ssl;

    if (!server->tls)
        return bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    ssl = SSL_new(server->tls);
    if (!ssl)
        return NULL;
    bev = bufferevent_openssl_socket_new(base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                         BEV_OPT_CLOSE_ON_FREE);
    if (!bev)
        SSL_free(ssl);
    else
        bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}

void sb_conn_accept(struct sb_http_server *server, int fd, const struct sockaddr *address)
{
    struct bufferevent *bev = open_bufferevent(server, fd);
    const struct sb_http_limits *limits = &server->limits;
    struct sb_conn *conn;

    if (!bev) {
        (void)close(fd);
        return;
    }
    conn = talloc_zero(NULL, struct sb_conn);
    conn->server = server;
    conn->bev = bev;
    conn->state = SB_CONN_HANDSHAKE;
    sb_wait_init(&conn->writable);
    (void)evtimer_assign(&conn->timer, sb_loop_base(server->loop), on_deadline, conn);
    format_peer(address, conn->peer, sizeof(conn->peer));
    server->count++;
    server->objects++;
    TAILQ_INSERT_TAIL(&server->live, conn, link);
    bufferevent_setcb(bev, on_read, on_write, on_event, conn);
    bufferevent_setwatermark(bev, EV_READ, 0,
                             limits->max_line + limits->max_headers + INPUT_SPARE);
    bufferevent_setwatermark(bev, EV_WRITE, WRITE_LOW, 0);
    if (server->tls)
        sb_conn_enter(conn, SB_CONN_HANDSHAKE, limits->handshake_ms);
    else
        enter_idle(conn);
    (void)bufferevent_disable(bev, EV_WRITE);
    (void)bufferevent_enable(bev, server->tls ? EV_READ | EV_WRITE : EV_READ);
}
