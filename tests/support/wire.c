/* SPDX-License-Identifier: Apache-2.0
 *
 * See wire.h. Waits are bounded, so that a server that never answers fails the test
 * instead of hanging it.
 */
#define _GNU_SOURCE /* memmem() */
#include "support/wire.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/task.h"

enum { PATIENCE_MS = 20000 };

static int port_of(int fd)
{
    struct sockaddr_in address;
    socklen_t len = sizeof(address);

    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    return ntohs(address.sin_port);
}

void sb_wire_serve(struct sb_wire_server *wire, const struct sb_route *rows,
                   const struct sb_http_server_conf *conf)
{
    struct sb_http_server_conf mine = conf ? *conf : (struct sb_http_server_conf){0};
    struct sb_err err = {0};
    int fd = sb_http_listen("127.0.0.1:0", &err);

    cr_assert(fd >= 0, "%s", err.msg);
    wire->port = port_of(fd);
    if (!wire->router)
        wire->router = sb_router_new(NULL);
    sb_router_add(wire->router, rows);
    mine.router = wire->router;
    cr_assert_eq(sb_http_server_new(sb_loop_current(), fd, &mine, &wire->server, &err),
                 0, "%s", err.msg);
}

void sb_wire_stop(struct sb_wire_server *wire)
{
    sb_http_server_free(wire->server);
    wire->server = NULL;
    /* Handlers that were cancelled still look at their routes. */
    for (int i = 0; i < 3; i++)
        (void)sb_sleep(1);
    talloc_free(wire->router);
    wire->router = NULL;
}

struct sb_wire *sb_wire_dial(TALLOC_CTX *mem, int port)
{
    struct sb_wire *wire = talloc_zero(mem, struct sb_wire);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    wire->mem = wire;
    wire->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(connect(wire->fd, (struct sockaddr *)&address, sizeof(address)), 0);
    cr_assert_eq(fcntl(wire->fd, F_SETFL, O_NONBLOCK), 0);
    return wire;
}

void sb_wire_close(struct sb_wire *wire)
{
    (void)close(wire->fd);
    talloc_free(wire);
}

void sb_wire_send(struct sb_wire *wire, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t n = send(wire->fd, at, len, MSG_NOSIGNAL);

        if (n < 0 && errno == EAGAIN) {
            if (sb_wait_fd(wire->fd, EV_WRITE, PATIENCE_MS) < 0)
                return;
            continue;
        }
        if (n < 0)
            return; /* the other end has had enough: the answer tells */
        at += n;
        len -= (size_t)n;
    }
}

void sb_wire_puts(struct sb_wire *wire, const char *text)
{
    sb_wire_send(wire, text, strlen(text));
}

bool sb_wire_read(struct sb_wire *wire, int ms)
{
    char buf[8192];

    while (!wire->eof) {
        ssize_t n = recv(wire->fd, buf, sizeof(buf), 0);

        if (n > 0) {
            wire->in = talloc_realloc_size(wire, wire->in, wire->len + (size_t)n + 1);
            memcpy(wire->in + wire->len, buf, (size_t)n);
            wire->len += (size_t)n;
            wire->in[wire->len] = '\0';
            return true;
        }
        if (n == 0 || errno != EAGAIN)
            wire->eof = true;
        else if (sb_wait_fd(wire->fd, EV_READ, ms) < 0)
            return false;
    }
    return false;
}

bool sb_wire_closes(struct sb_wire *wire, int ms)
{
    while (sb_wire_read(wire, ms))
        continue;
    return wire->eof;
}

char *sb_wire_take(struct sb_wire *wire, size_t len, size_t *len_r)
{
    char *out;

    while (wire->len < len && sb_wire_read(wire, PATIENCE_MS))
        continue;
    if (wire->len < len)
        len = wire->len;
    out = talloc_size(wire, len + 1);
    if (len > 0)
        memcpy(out, wire->in, len);
    out[len] = '\0';
    wire->len -= len;
    if (wire->in)
        memmove(wire->in, wire->in + len, wire->len + 1);
    *len_r = len;
    return out;
}

/* Takes bytes up to and with `end`; NULL when the connection ends before. */
static char *take_until(struct sb_wire *wire, const char *end)
{
    size_t len;

    for (;;) {
        char *at = wire->len ? memmem(wire->in, wire->len, end, strlen(end)) : NULL;

        if (at)
            return sb_wire_take(wire, (size_t)(at - wire->in) + strlen(end), &len);
        if (!sb_wire_read(wire, PATIENCE_MS))
            return NULL;
    }
}

const char *sb_wire_header(struct sb_wire *wire, const struct sb_wire_answer *answer,
                           const char *name)
{
    const char *line = answer->head;
    size_t len = strlen(name);

    while ((line = strstr(line, "\r\n")) != NULL) {
        line += 2;
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            const char *value = line + len + 1 + strspn(line + len + 1, " ");

            return talloc_strndup(wire, value, strcspn(value, "\r"));
        }
    }
    return NULL;
}

static void take_chunks(struct sb_wire *wire, struct sb_wire_answer *answer)
{
    for (;;) {
        char *line = take_until(wire, "\r\n");
        size_t size = line ? strtoul(line, NULL, 16) : 0, got;
        char *piece;

        if (!line) {
            answer->status = 0; /* cut off */
            return;
        }
        piece = sb_wire_take(wire, size + 2, &got);
        if (size == 0)
            return;
        if (got < size + 2) {
            answer->status = 0;
            return;
        }
        answer->body =
            talloc_realloc_size(wire, answer->body, answer->body_len + size + 1);
        memcpy(answer->body + answer->body_len, piece, size);
        answer->body_len += size;
        answer->body[answer->body_len] = '\0';
    }
}

struct sb_wire_answer sb_wire_answer(struct sb_wire *wire, bool is_head)
{
    struct sb_wire_answer answer = {0};
    const char *length, *coding;

    do {
        answer.head = take_until(wire, "\r\n\r\n");
        if (!answer.head)
            return (struct sb_wire_answer){.body = talloc_strdup(wire, "")};
        answer.status = (int)strtol(answer.head + 9, NULL, 10);
    } while (answer.status == 100);
    answer.body = talloc_strdup(wire, "");
    length = sb_wire_header(wire, &answer, "Content-Length");
    coding = sb_wire_header(wire, &answer, "Transfer-Encoding");
    if (is_head || answer.status == 204 || answer.status == 304 || answer.status < 200)
        return answer;
    if (coding) {
        take_chunks(wire, &answer);
    } else if (length) {
        size_t want = strtoul(length, NULL, 10);

        answer.body = sb_wire_take(wire, want, &answer.body_len);
        if (answer.body_len < want)
            answer.status = 0;
    } else {
        (void)sb_wire_closes(wire, PATIENCE_MS);
        answer.body = sb_wire_take(wire, wire->len, &answer.body_len);
    }
    return answer;
}

struct sb_wire_answer sb_wire_ask(TALLOC_CTX *mem, int port, const char *method,
                                  const char *target, const char *more,
                                  const char *body)
{
    struct sb_wire *wire = sb_wire_dial(mem, port);
    struct sb_wire_answer answer;

    sb_wire_puts(wire, talloc_asprintf(wire,
                                       "%s %s HTTP/1.1\r\nHost: localhost\r\n"
                                       "Connection: close\r\n%s",
                                       method, target, more ? more : ""));
    if (body)
        sb_wire_puts(wire,
                     talloc_asprintf(wire, "Content-Length: %zu\r\n", strlen(body)));
    sb_wire_puts(wire, "\r\n");
    if (body)
        sb_wire_puts(wire, body);
    answer = sb_wire_answer(wire, strcmp(method, "HEAD") == 0);
    (void)close(wire->fd);
    return answer;
}
