/* SPDX-License-Identifier: Apache-2.0
 *
 * Listening and accepting. Several workers may share one descriptor: each takes a
 * few connections at a time, so that they come out about even.
 */
#define _GNU_SOURCE /* accept4() */
#include "net/http_conn.h"

#include <errno.h>
#include <event2/event.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPT_BATCH = 16,
    RESUME_MS = 200, /* pause after the descriptors ran out */
};

const struct sb_http_limits sb_http_limits_default = {
    .max_line = 8 * 1024,
    .max_headers = 32 * 1024,
    .max_count = 100,
    .handshake_ms = 10 * 1000,
    .header_ms = 10 * 1000,
    .idle_ms = 75 * 1000,
    .max_connections = 20000,
    .max_pipeline = 10000,
    .heartbeat_ms = 15 * 1000,
};

/* Zeroes in a configuration mean the default. */
static void fill_limits(struct sb_http_limits *limits)
{
    const struct sb_http_limits *preset = &sb_http_limits_default;

#define FILL(member)                                                                   \
    limits->member = limits->member > 0 ? limits->member : preset->member
    FILL(max_line);
    FILL(max_headers);
    FILL(max_count);
    FILL(handshake_ms);
    FILL(header_ms);
    FILL(idle_ms);
    FILL(max_connections);
    FILL(max_pipeline);
    FILL(heartbeat_ms);
#undef FILL
}

/* ---- accepting ---- */

/* Makes room by closing the connection that has waited longest for a request. */
static bool make_room(struct sb_http_server *server)
{
    struct sb_conn *oldest = TAILQ_FIRST(&server->idle);

    if (oldest)
        sb_conn_kill(oldest);
    return oldest != NULL;
}

static void turn_away(struct sb_http_server *server, int fd)
{
    static const char body[] = "{\"error\":{\"code\":\"overloaded\",\"message\":"
                               "\"too many connections, please try again\","
                               "\"request_id\":\"\"}}";
    char answer[400];
    int len = snprintf(answer, sizeof(answer),
                       "HTTP/1.1 503 Service Unavailable\r\n"
                       "Content-Type: application/json; charset=utf-8\r\n"
                       "Content-Length: %zu\r\nRetry-After: 5\r\n"
                       "Connection: close\r\n\r\n%s",
                       sizeof(body) - 1, body);

    if (!server->tls)
        (void)send(fd, answer, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)close(fd);
}

static void pause_accepting(struct sb_http_server *server, int error)
{
    const struct timeval tv = {0, RESUME_MS * 1000};

    if (error == EMFILE || error == ENFILE)
        (void)make_room(server);
    sb_log(SB_LOG_WARN, "net", "connections cannot be accepted for a moment",
           sb_str("why", strerror(error)));
    (void)event_del(server->accept_event);
    (void)evtimer_add(server->resume_event, &tv);
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
    struct sb_http_server *server = arg;

    (void)fd;
    (void)what;
    (void)event_add(server->accept_event, NULL);
}

static void on_accept(evutil_socket_t listener, short what, void *arg)
{
    struct sb_http_server *server = arg;

    (void)what;
    for (int i = 0; i < ACCEPT_BATCH; i++) {
        struct sockaddr_storage address;
        socklen_t len = sizeof(address);
        int fd = accept4(listener, (struct sockaddr *)&address, &len,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
                errno == ENOMEM)
                pause_accepting(server, errno);
            return;
        }
        if (server->count >= (size_t)server->limits.max_connections &&
            !make_room(server))
            turn_away(server, fd);
        else
            sb_conn_accept(server, fd, (struct sockaddr *)&address);
    }
}

/* ---- the server ---- */

static int start_accepting(struct sb_http_server *server, struct sb_err *err)
{
    struct event_base *base = sb_loop_base(server->loop);

    server->accept_event =
        event_new(base, server->fd, EV_READ | EV_PERSIST, on_accept, server);
    server->resume_event = evtimer_new(base, on_resume, server);
    if (!server->accept_event || !server->resume_event ||
        event_add(server->accept_event, NULL) != 0)
        return sb_fail(err, SB_EIO, "the listening socket cannot be watched");
    return 0;
}

static void stop_accepting(struct sb_http_server *server)
{
    if (server->accept_event)
        event_free(server->accept_event);
    if (server->resume_event)
        event_free(server->resume_event);
    server->accept_event = server->resume_event = NULL;
    if (server->fd >= 0)
        (void)close(server->fd);
    server->fd = -1;
}

static char *trim_slashes(TALLOC_CTX *mem, const char *url)
{
    size_t len = url ? strlen(url) : 0;

    while (len > 0 && url[len - 1] == '/')
        len--;
    return talloc_strndup(mem, url ? url : "", len);
}

int sb_http_server_new(struct sb_loop *loop, int fd,
                       const struct sb_http_server_conf *conf,
                       struct sb_http_server **server_r, struct sb_err *err)
{
    struct sb_http_server *server = talloc_zero(NULL, struct sb_http_server);
    int code;

    (void)signal(SIGPIPE, SIG_IGN); /* a client that leaves must not end the process */
    server->loop = loop;
    server->fd = -1;
    server->limits = conf->limits;
    fill_limits(&server->limits);
    server->router = conf->router;
    server->public_url = trim_slashes(server, conf->public_url);
    server->tls = conf->tls;
    server->on_done = conf->on_done;
    TAILQ_INIT(&server->idle);
    TAILQ_INIT(&server->live);
    code = sb_proxies_new(server, conf->trusted_proxies, &server->proxies, err);
    if (code == 0) {
        server->fd = fd;
        code = start_accepting(server, err);
    }
    if (code != 0) {
        server->fd = -1; /* still the caller's */
        stop_accepting(server);
        talloc_free(server);
        return code;
    }
    if (server->tls)
        (void)SSL_CTX_up_ref(server->tls);
    *server_r = server;
    return 0;
}

void sb_http_server_drain(struct sb_http_server *server)
{
    server->draining = true;
    stop_accepting(server);
    while (make_room(server))
        continue;
}

size_t sb_http_server_busy(const struct sb_http_server *server)
{
    return server->busy;
}

size_t sb_http_server_connections(const struct sb_http_server *server)
{
    return server->count;
}

static void release(struct sb_http_server *server)
{
    if (server->tls)
        SSL_CTX_free(server->tls);
    talloc_free(server);
}

void sb_server_forget(struct sb_http_server *server)
{
    server->objects--;
    if (server->freed && server->objects == 0)
        release(server);
}

void sb_http_server_free(struct sb_http_server *server)
{
    struct sb_conn *conn, *next;

    if (!server)
        return;
    sb_http_server_drain(server);
    for (conn = TAILQ_FIRST(&server->live); conn; conn = next) {
        next = TAILQ_NEXT(conn, link);
        sb_conn_abandon(conn);
    }
    server->freed = true;
    if (server->objects == 0)
        release(server);
}
