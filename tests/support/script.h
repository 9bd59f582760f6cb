/* SPDX-License-Identifier: Apache-2.0
 *
 * A server on a loopback port that does what a function of the test says, and an HTTP
 * client of ours to ask it. Everything runs in a task (see intask.h).
 */
#ifndef SB_TESTS_SCRIPT_H
#define SB_TESTS_SCRIPT_H

#include <stdbool.h>
#include "base/buf.h"
#include "net/client.h"
#include "support/intask.h"

struct sb_task;

struct sb_script_conn {
    int fd;
    char head[8192]; /* the request up to the blank line */
    char *body;
    size_t body_len;
    struct sb_buf in;
};

struct sb_script_server {
    int fd, port;
    void (*script)(struct sb_script_conn *conn);
    struct sb_task *task, *tasks[200];
    size_t task_count;
    int open, most_open, accepted;
    TALLOC_CTX *mem;
};

extern struct sb_script_server sb_script_server;
extern struct sb_client *sb_script_client;

/* Each connection runs `script` in a task of its own. */
void sb_script_begin_with(void (*script)(struct sb_script_conn *conn),
                          const struct sb_client_conf *conf);
void sb_script_begin(void (*script)(struct sb_script_conn *conn));
void sb_script_end(void);

/* ---- for scripts ---- */
bool sb_script_more(struct sb_script_conn *c);
/* Reads one request with its body; false when the client has gone. */
bool sb_script_hear(struct sb_script_conn *c);
/* Writes what the socket takes; false when it takes no more for `ms`. */
bool sb_script_say_bytes(struct sb_script_conn *c, const void *data, size_t len,
                         int ms);
void sb_script_say(struct sb_script_conn *c, const char *text);
/* `head` is the status line's end and further headers. */
void sb_script_answer(struct sb_script_conn *c, const char *head, const char *body);

/* A script of its own: answers everything with "hello" and the headers X-One: 1 and
 * X-Two: two. */
void sb_script_greet(struct sb_script_conn *c);

/* ---- for tests ---- */
struct sb_http_request sb_script_get(const char *path);
struct sb_http *sb_script_open_ok(const struct sb_http_request *request);
int sb_script_open_fails(const struct sb_http_request *request);
void sb_script_body_is(struct sb_http *http, const char *expected);
int sb_script_body_fails(struct sb_http *http);

#define CLIENT_TEST(name)                                                              \
    static void body_##name(void *arg);                                                \
    Test(client, name, .timeout = 60)                                                  \
    {                                                                                  \
        sb_test_run(body_##name, NULL);                                                \
    }                                                                                  \
    static void body_##name(void *arg __attribute__((unused)))

#endif
