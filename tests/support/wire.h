/* SPDX-License-Identifier: Apache-2.0
 *
 * Both ends of a loopback connection inside one test: a server of ours with the
 * test's routes, and a client that says exactly the bytes it is told to. Everything
 * here runs in a task (see intask.h) and fails the test when it cannot go on.
 */
#ifndef SB_TESTS_WIRE_H
#define SB_TESTS_WIRE_H

#include "net/http.h"

struct sb_wire_server {
    struct sb_router *router;
    struct sb_http_server *server;
    int port;
};

/* `conf` may be NULL; its router is set here. */
void sb_wire_serve(struct sb_wire_server *wire, const struct sb_route *rows,
                   const struct sb_http_server_conf *conf);
void sb_wire_stop(struct sb_wire_server *wire);

struct sb_wire {
    int fd;
    char *in; /* read and not yet taken */
    size_t len;
    bool eof;
    TALLOC_CTX *mem;
};
struct sb_wire *sb_wire_dial(TALLOC_CTX *mem, int port);
void sb_wire_close(struct sb_wire *wire);
void sb_wire_send(struct sb_wire *wire, const void *data, size_t len);
void sb_wire_puts(struct sb_wire *wire, const char *text);
/* Reads more bytes; false at the end, or after `ms` without one. */
bool sb_wire_read(struct sb_wire *wire, int ms);
/* Takes exactly `len` bytes, or fewer when the other end closes. */
char *sb_wire_take(struct sb_wire *wire, size_t len, size_t *len_r);
/* Waits for the other end to close; what came before is in `in`. */
bool sb_wire_closes(struct sb_wire *wire, int ms);

struct sb_wire_answer {
    int status;
    char *head; /* status line and headers */
    char *body; /* decoded */
    size_t body_len;
};
/* Reads one whole answer; status 0 when the connection ended instead. `is_head`: the
 * request was HEAD. */
struct sb_wire_answer sb_wire_answer(struct sb_wire *wire, bool is_head);
/* A header's value on the wire's context, or NULL. */
const char *sb_wire_header(struct sb_wire *wire, const struct sb_wire_answer *answer,
                           const char *name);
/* One request on one connection, "Connection: close". `more` are header lines. */
struct sb_wire_answer sb_wire_ask(TALLOC_CTX *mem, int port, const char *method,
                                  const char *target, const char *more,
                                  const char *body);

#endif
