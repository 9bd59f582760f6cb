/* SPDX-License-Identifier: Apache-2.0
 *
 * See script.h.
 */
#define _GNU_SOURCE /* accept4, strcasestr */
#include "support/script.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/task.h"
#include "net/http.h"

struct sb_script_server sb_script_server;
struct sb_client *sb_script_client;

bool sb_script_more(struct sb_script_conn *c)
{
    char piece[16384];
    ssize_t n;

    if (sb_wait_fd(c->fd, EV_READ, 20000) < 0)
        return false;
    n = read(c->fd, piece, sizeof(piece));
    if (n > 0)
        sb_buf_add(&c->in, piece, (size_t)n);
    return n > 0;
}

/* Reads one request with its body; false when the client has gone. */
bool sb_script_hear(struct sb_script_conn *c)
{
    const char *end, *length;
    size_t head, have, want;

    while (!(end = strstr(sb_buf_str(&c->in), "\r\n\r\n")))
        if (!sb_script_more(c))
            return false;
    head = (size_t)(end - c->in.data) + 4;
    cr_assert_lt(head, sizeof(c->head));
    memcpy(c->head, c->in.data, head);
    c->head[head] = '\0';
    length = strcasestr(c->head, "content-length:");
    want = length ? strtoul(length + 15, NULL, 10) : 0;
    while (c->in.len < head + want)
        if (!sb_script_more(c))
            return false;
    c->body = talloc_strndup(sb_script_server.mem, c->in.data + head, want);
    c->body_len = want;
    have = c->in.len - head - want;
    memmove(c->in.data, c->in.data + head + want, have);
    c->in.len = have;
    c->in.data[have] = '\0';
    return true;
}

/* Writes what the socket takes; false when it takes no more for `ms`. */
bool sb_script_say_bytes(struct sb_script_conn *c, const void *data, size_t len, int ms)
{
    const char *at = data;

    while (len) {
        ssize_t n = send(c->fd, at, len, MSG_NOSIGNAL);

        if (n < 0 && errno != EAGAIN)
            return false;
        if (n < 0) {
            if (sb_wait_fd(c->fd, EV_WRITE, ms) < 0)
                return false;
            continue;
        }
        at += n;
        len -= (size_t)n;
    }
    return true;
}

void sb_script_say(struct sb_script_conn *c, const char *text)
{
    (void)sb_script_say_bytes(c, text, strlen(text), 20000);
}

void sb_script_answer(struct sb_script_conn *c, const char *head, const char *body)
{
    char text[4096];

    (void)snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s",
                   head, strlen(body), body);
    sb_script_say(c, text);
}

static void run_conn(void *arg)
{
    struct sb_script_conn *c = arg;

    sb_script_server.open++;
    if (sb_script_server.open > sb_script_server.most_open)
        sb_script_server.most_open = sb_script_server.open;
    sb_script_server.script(c);
    sb_script_server.open--;
    (void)close(c->fd);
    talloc_free(c->in.data);
    talloc_free(c);
}

static void accept_all(void *arg)
{
    (void)arg;
    while (sb_wait_fd(sb_script_server.fd, EV_READ, -1) > 0) {
        int fd = accept4(sb_script_server.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        struct sb_script_conn *c;

        if (fd < 0)
            continue;
        sb_script_server.accepted++;
        c = talloc_zero(NULL, struct sb_script_conn);
        c->fd = fd;
        sb_buf_init(&c->in, NULL);
        cr_assert_lt(sb_script_server.task_count, 200);
        sb_script_server.tasks[sb_script_server.task_count++] =
            sb_task_ref(sb_task_spawn(sb_loop_current(), "connection", run_conn, c));
    }
}

void sb_script_begin_with(void (*script)(struct sb_script_conn *conn),
                          const struct sb_client_conf *conf)
{
    struct sockaddr_in address;
    socklen_t len = sizeof(address);
    struct sb_err err = {0};

    memset(&sb_script_server, 0, sizeof(sb_script_server));
    sb_script_server.mem = talloc_new(NULL);
    sb_script_server.script = script;
    sb_script_server.fd = sb_http_listen("127.0.0.1:0", &err);
    cr_assert_geq(sb_script_server.fd, 0, "%s", err.msg);
    (void)getsockname(sb_script_server.fd, (struct sockaddr *)&address, &len);
    sb_script_server.port = ntohs(address.sin_port);
    sb_script_server.task =
        sb_task_ref(sb_task_spawn(sb_loop_current(), "server", accept_all, NULL));
    cr_assert_eq(sb_client_new(sb_loop_current(), conf, &sb_script_client, &err), 0);
}

void sb_script_begin(void (*script)(struct sb_script_conn *conn))
{
    static const struct sb_client_conf conf = {.user_agent = "test"};

    sb_script_begin_with(script, &conf);
}

static void stop_task(struct sb_task *task)
{
    sb_task_cancel(task);
    (void)sb_task_join(task, 5000);
    sb_task_unref(task);
}

void sb_script_end(void)
{
    if (sb_script_client)
        sb_client_free(sb_script_client);
    sb_script_client = NULL;
    stop_task(sb_script_server.task);
    for (size_t i = 0; i < sb_script_server.task_count; i++)
        stop_task(sb_script_server.tasks[i]);
    (void)close(sb_script_server.fd);
    talloc_free(sb_script_server.mem);
}

void sb_script_greet(struct sb_script_conn *c)
{
    while (sb_script_hear(c))
        sb_script_answer(
            c, "200 OK\r\nX-One: 1\r\nx-two:  two \r\nContent-Type: text/plain",
            "hello");
}

/* ---- this side ---- */

struct sb_http_request sb_script_get(const char *path)
{
    return (struct sb_http_request){
        .size = sizeof(struct sb_http_request),
        .method = "GET",
        .url = talloc_asprintf(sb_script_server.mem, "http://127.0.0.1:%d%s",
                               sb_script_server.port, path)};
}

struct sb_http *sb_script_open_ok(const struct sb_http_request *request)
{
    struct sb_http *http = NULL;
    struct sb_err err = {0};

    cr_assert_eq(sb_client_open(sb_script_client, request, &http, &err), 0, "%s",
                 err.msg);
    return http;
}

int sb_script_open_fails(const struct sb_http_request *request)
{
    struct sb_http *http = NULL;
    struct sb_err err = {0};
    int rc = sb_client_open(sb_script_client, request, &http, &err);

    cr_assert_null(http);
    cr_assert_neq(rc, 0);
    cr_assert_eq(err.code, rc);
    cr_assert(*err.msg);
    return rc;
}

void sb_script_body_is(struct sb_http *http, const char *expected)
{
    const char *body;
    size_t len;
    struct sb_err err = {0};

    cr_assert_eq(sb_http_body(http, &body, &len, &err), 0, "%s", err.msg);
    cr_assert_str_eq(body, expected);
    cr_assert_eq(len, strlen(expected));
}

int sb_script_body_fails(struct sb_http *http)
{
    const char *body;
    size_t len;
    struct sb_err err = {0};
    int rc = sb_http_body(http, &body, &len, &err);

    cr_assert_neq(rc, 0);
    return rc;
}
