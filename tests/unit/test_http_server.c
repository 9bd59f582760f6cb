/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include "base/task.h"
#include "net/http.h"
#include "support/intask.h"
#include "support/wire.h"

/* What became of handlers whose client left. */
static int outcome;
static bool started;

/* ---- the routes that the tests ask ---- */

static void hello(struct sb_req *req)
{
    sb_reply(req, 200, "text/plain", "hello", 5);
}

static void echo(struct sb_req *req)
{
    sb_reply(req, 200, "application/octet-stream", req->body, req->body_len);
}

static void show(struct sb_req *req)
{
    const char *q = sb_req_query(req, "q"), *cookie = sb_req_cookie(req, "sid");
    char *text = talloc_asprintf(
        req->mem, "id=%s path=%s q=%s cookie=%s peer=%s secure=%d origin=%s sse=%d",
        sb_req_param(req, "id"), req->path, q ? q : "-", cookie ? cookie : "-",
        req->peer, req->secure, sb_req_origin(req),
        sb_req_accepts(req, "text/event-stream"));

    sb_reply(req, 200, "text/plain", text, strlen(text));
}

static void rest(struct sb_req *req)
{
    const char *path = sb_req_param(req, "path");

    sb_reply(req, 200, "text/plain", path, strlen(path));
}

static void forget(struct sb_req *req)
{
    (void)req;
}

static void sleepy(struct sb_req *req)
{
    (void)sb_sleep(60000);
    if (sb_task_deadline_left() > 0)
        sb_reply_json(req, 200, "{}");
}

static void stream(struct sb_req *req)
{
    cr_assert_eq(sb_reply_start(req, 200, "text/plain"), 0);
    cr_assert_eq(sb_reply_write(req, "one ", 4), 0);
    cr_assert_eq(sb_yield(), 0);
    cr_assert_eq(sb_reply_write(req, "two", 3), 0);
    cr_assert_eq(sb_reply_end(req), 0);
}

static void break_off(struct sb_req *req)
{
    cr_assert_eq(sb_reply_start(req, 200, "text/plain"), 0);
    cr_assert_eq(sb_reply_write(req, "half", 4), 0);
}

static void events(struct sb_req *req)
{
    cr_assert_eq(sb_sse_start(req), 0);
    cr_assert_eq(sb_sse_send(req, "delta", "7", "a\nb\r\nc"), 0);
    cr_assert_eq(sb_sse_send(req, NULL, NULL, ""), 0);
    cr_assert_eq(sb_sse_send(req, "two\nlines", NULL, "x"), SB_EINVAL);
    cr_assert_eq(sb_reply_end(req), 0);
}

static bool may_speak;

static void silent(struct sb_req *req)
{
    cr_assert_eq(sb_sse_start(req), 0);
    while (!may_speak)
        (void)sb_sleep(1);
    cr_assert_eq(sb_sse_send(req, NULL, NULL, "x"), 0);
    cr_assert_eq(sb_reply_end(req), 0);
}

/* Goes on after its answer. */
static void late_worker(struct sb_req *req)
{
    sb_reply(req, 200, "text/plain", "ok", 2);
    outcome = sb_sleep(30);
}

static void failing(struct sb_req *req)
{
    struct sb_err err = {.retry_after_ms = 1500};

    (void)sb_fail(&err, (int)strtol(sb_req_query(req, "code"), NULL, 10),
                  "the sentence");
    sb_reply_fail(req, &err);
}

static void abandoned(struct sb_req *req)
{
    (void)req;
    started = true;
    outcome = sb_sleep(60000);
}

static void flood(struct sb_req *req)
{
    static char block[16384];

    if (sb_reply_start(req, 200, "text/plain") != 0)
        return;
    started = true;
    while ((outcome = sb_reply_write(req, block, sizeof(block))) == 0)
        continue;
}

static int admit_none(struct sb_req *req)
{
    sb_reply_error(req, 401, "auth", NULL, "who are you?");
    return 1;
}

static const struct sb_route rows[] = {
    {.method = "GET", .pattern = "/hello", .handler = hello},
    {.method = "POST", .pattern = "/echo", .handler = echo, .max_body = 100000},
    {.method = "PUT", .pattern = "/echo", .handler = echo, .max_body = 10},
    {.method = "POST",
     .pattern = "/private",
     .handler = echo,
     .max_body = 1000000,
     .admit = admit_none},
    {.method = "GET", .pattern = "/things/{id}/show", .handler = show},
    {.method = "GET", .pattern = "/things/mine/show", .handler = hello},
    {.method = "GET", .pattern = "/files/{path*}", .handler = rest},
    {.method = "GET", .pattern = "/forget", .handler = forget},
    {.method = "GET", .pattern = "/sleepy", .handler = sleepy, .total_ms = 20},
    {.method = "GET", .pattern = "/stream", .handler = stream},
    {.method = "GET", .pattern = "/break", .handler = break_off},
    {.method = "GET", .pattern = "/events", .handler = events, .total_ms = -1},
    {.method = "GET", .pattern = "/fail", .handler = failing},
    {.method = "GET", .pattern = "/abandoned", .handler = abandoned},
    {.method = "GET", .pattern = "/flood", .handler = flood},
    {.method = "GET", .pattern = "/silent", .handler = silent, .total_ms = -1},
    {.method = "GET", .pattern = "/late", .handler = late_worker},
    {.method = NULL},
};

static struct sb_wire_server wire;
static TALLOC_CTX *mem;

static void with_server(void (*body)(void *arg), const struct sb_http_server_conf *conf)
{
    mem = talloc_new(NULL);
    sb_wire_serve(&wire, rows, conf);
    body(NULL);
    sb_wire_stop(&wire);
    talloc_free(mem);
}

#define SERVED(name)                                                                   \
    static void name##_body(void *arg);                                                \
    static void name##_task(void *arg)                                                 \
    {                                                                                  \
        (void)arg;                                                                     \
        with_server(name##_body, NULL);                                                \
    }                                                                                  \
    Test(http_server, name)                                                            \
    {                                                                                  \
        sb_test_run(name##_task, NULL);                                                \
    }                                                                                  \
    static void name##_body(__attribute__((unused)) void *arg)

static struct sb_wire_answer ask(const char *method, const char *target,
                                 const char *more, const char *body)
{
    return sb_wire_ask(mem, wire.port, method, target, more, body);
}

/* ---- whole answers ---- */

SERVED(answers_a_get)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);
    struct sb_wire_answer answer;

    sb_wire_puts(client, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    answer = sb_wire_answer(client, false);
    cr_assert_eq(answer.status, 200);
    cr_assert_str_eq(answer.body, "hello");
    cr_assert_str_eq(sb_wire_header(client, &answer, "Content-Type"), "text/plain");
    cr_assert_eq(strlen(sb_wire_header(client, &answer, "X-Request-Id")), 36);
    cr_assert_eq(strlen(sb_wire_header(client, &answer, "Date")), 29);
    cr_assert_null(sb_wire_header(client, &answer, "Server"));
    sb_wire_close(client);
}

SERVED(keeps_the_connection_for_further_requests)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);

    for (int i = 0; i < 5; i++) {
        sb_wire_puts(client,
                     "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        cr_assert_str_eq(sb_wire_answer(client, false).body, "abc");
    }
    sb_wire_close(client);
}

SERVED(answers_pipelined_requests_in_order)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);

    sb_wire_puts(client,
                 "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
                 "GET /none HTTP/1.1\r\nHost: a\r\n\r\n"
                 "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
                 "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
                 "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    cr_assert_str_eq(sb_wire_answer(client, false).body, "one");
    cr_assert_eq(sb_wire_answer(client, false).status, 404);
    cr_assert_str_eq(sb_wire_answer(client, false).body, "hello");
    cr_assert_str_eq(sb_wire_answer(client, false).body, "one two");
    cr_assert_str_eq(sb_wire_answer(client, false).body, "hello");
    cr_assert(sb_wire_closes(client, 5000));
    sb_wire_close(client);
}

SERVED(answers_head_without_a_body)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);
    struct sb_wire_answer answer;

    sb_wire_puts(client, "HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n"
                         "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n"
                         "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    answer = sb_wire_answer(client, true);
    cr_assert_eq(answer.status, 200);
    cr_assert_str_eq(sb_wire_header(client, &answer, "Content-Length"), "5");
    cr_assert_eq(sb_wire_answer(client, true).status, 200);
    cr_assert_str_eq(sb_wire_answer(client, false).body, "hello");
    sb_wire_close(client);
}

SERVED(speaks_http_1_0)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);

    sb_wire_puts(client, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    cr_assert_str_eq(sb_wire_answer(client, false).body, "hello");
    sb_wire_puts(client, "GET /stream HTTP/1.0\r\n\r\n");
    cr_assert_str_eq(sb_wire_answer(client, false).body, "one two");
    cr_assert(sb_wire_closes(client, 5000));
    sb_wire_close(client);
}

SERVED(reads_chunked_bodies)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);

    sb_wire_puts(client,
                 "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "5\r\nhello\r\n1;x=y\r\n \r\n5\r\nthere\r\n0\r\nTrailer: x\r\n\r\n");
    cr_assert_str_eq(sb_wire_answer(client, false).body, "hello there");
    sb_wire_puts(client, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    cr_assert_str_eq(sb_wire_answer(client, false).body, "hello");
    sb_wire_close(client);
}

SERVED(says_continue_when_asked)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);
    size_t len;

    sb_wire_puts(client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                         "Expect: 100-continue\r\n\r\n");
    cr_assert_str_eq(sb_wire_take(client, 25, &len), "HTTP/1.1 100 Continue\r\n\r\n");
    sb_wire_puts(client, "ok");
    cr_assert_str_eq(sb_wire_answer(client, false).body, "ok");
    sb_wire_close(client);
}

/* ---- routing ---- */

SERVED(decodes_the_parts_of_a_path)
{
    struct sb_wire_answer answer =
        ask("GET", "/things/caf%C3%A9%20x/show?a=1&q=b+c%21&q=no",
            "Cookie: x=1; sid=\"abc\"\r\nAccept: text/event-stream\r\n", NULL);

    cr_assert_str_eq(answer.body,
                     "id=café x path=/things/café x/show q=b c! cookie=abc "
                     "peer=127.0.0.1 secure=0 origin=http://localhost sse=1");
}

SERVED(prefers_the_literal_route)
{
    cr_assert_str_eq(ask("GET", "/things/mine/show", NULL, NULL).body, "hello");
    cr_assert_str_eq(ask("GET", "//things/./x/../mine/show", NULL, NULL).body, "hello");
}

SERVED(gives_the_rest_of_a_path)
{
    cr_assert_str_eq(ask("GET", "/files/a/b.txt", NULL, NULL).body, "a/b.txt");
    cr_assert_str_eq(ask("GET", "/files/", NULL, NULL).body, "");
    cr_assert_eq(ask("GET", "/files", NULL, NULL).status, 404);
}

SERVED(refuses_what_no_route_takes)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);
    struct sb_wire_answer answer;

    cr_assert_eq(ask("GET", "/nothing", NULL, NULL).status, 404);
    cr_assert_eq(ask("BREW", "/hello", NULL, NULL).status, 501);
    sb_wire_puts(client, "DELETE /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    answer = sb_wire_answer(client, false);
    cr_assert_eq(answer.status, 405);
    cr_assert_str_eq(sb_wire_header(client, &answer, "Allow"), "POST, PUT, OPTIONS");
    cr_assert_not_null(
        strstr(answer.body, "{\"error\":{\"code\":\"method_not_allowed\""));
    cr_assert_not_null(
        strstr(answer.body, sb_wire_header(client, &answer, "X-Request-Id")));
    sb_wire_puts(client, "OPTIONS /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    cr_assert_eq(sb_wire_answer(client, false).status, 204);
    sb_wire_puts(client, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    cr_assert_eq(sb_wire_answer(client, false).status, 204);
    sb_wire_close(client);
}

static int cors(struct sb_req *req)
{
    sb_reply_header(req, "X-Filter", "seen");
    sb_reply_header(req, "X-Evil", "a\r\nSet-Cookie: x");
    if (strcmp(req->method, "OPTIONS") != 0)
        return 0;
    sb_reply(req, 204, NULL, NULL, 0);
    return 1;
}

static void filtered_task(void *arg)
{
    struct sb_wire *client;
    struct sb_wire_answer answer;

    (void)arg;
    mem = talloc_new(NULL);
    sb_wire_serve(&wire, rows, NULL);
    sb_router_set_filter(wire.router, cors);
    client = sb_wire_dial(mem, wire.port);
    sb_wire_puts(
        client,
        "OPTIONS /x HTTP/1.1\r\nHost: a\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n");
    answer = sb_wire_answer(client, false);
    cr_assert_eq(answer.status, 204);
    cr_assert_str_eq(sb_wire_header(client, &answer, "X-Filter"), "seen");
    cr_assert_null(sb_wire_header(client, &answer, "X-Evil"));
    cr_assert_null(sb_wire_header(client, &answer, "Set-Cookie"));
    answer = sb_wire_answer(client, false);
    cr_assert_eq(answer.status, 404);
    cr_assert_str_eq(sb_wire_header(client, &answer, "X-Filter"), "seen");
    sb_wire_stop(&wire);
    sb_wire_close(client);
    talloc_free(mem);
}

Test(http_server, filter_sees_every_request)
{
    sb_test_run(filtered_task, NULL);
}

/* ---- limits ---- */

SERVED(refuses_a_body_before_reading_it)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);

    sb_wire_puts(client, "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
    cr_assert_eq(sb_wire_answer(client, false).status, 413);
    cr_assert(sb_wire_closes(client, 10000));
    sb_wire_close(client);
    client = sb_wire_dial(mem, wire.port);
    sb_wire_puts(
        client,
        "PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n");
    cr_assert_eq(sb_wire_answer(client, false).status, 413);
    sb_wire_close(client);
    cr_assert_eq(ask("GET", "/hello", "Content-Length: 1\r\n", NULL).status, 413);
    cr_assert_eq(ask("PUT", "/echo", NULL, "0123456789").status, 200);
}

SERVED(admits_before_the_body_is_read)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);

    sb_wire_puts(client,
                 "POST /private HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n"
                 "Expect: 100-continue\r\n\r\n");
    cr_assert_eq(sb_wire_answer(client, false).status, 401);
    cr_assert(sb_wire_closes(client, 10000));
    sb_wire_close(client);
}

SERVED(bounds_every_part_of_a_head)
{
    char *line = talloc_zero_size(mem, 40000);
    char *many = talloc_strdup(mem, "");

    memset(line, 'a', 9000);
    cr_assert_eq(ask("GET", talloc_asprintf(mem, "/%s", line), NULL, NULL).status, 414);
    memset(line, 'a', 33000);
    cr_assert_eq(
        ask("GET", "/hello", talloc_asprintf(mem, "X: %s\r\n", line), NULL).status,
        431);
    for (int i = 0; i < 101; i++)
        many = talloc_strdup_append(many, "X: y\r\n");
    cr_assert_eq(ask("GET", "/hello", many, NULL).status, 431);
}

static void slow_task(void *arg)
{
    const struct sb_http_server_conf conf = {
        .limits = {.header_ms = 30, .idle_ms = 30}};
    struct sb_wire *client;

    (void)arg;
    mem = talloc_new(NULL);
    sb_wire_serve(&wire, rows, &conf);
    client = sb_wire_dial(mem, wire.port);
    cr_assert(sb_wire_closes(client, 10000));
    cr_assert_eq(client->len, 0); /* said nothing, is told nothing */
    sb_wire_close(client);
    client = sb_wire_dial(mem, wire.port);
    sb_wire_puts(client, "GET /hello HT");
    cr_assert_eq(sb_wire_answer(client, false).status, 408);
    sb_wire_close(client);
    client = sb_wire_dial(mem, wire.port);
    sb_wire_puts(client, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    cr_assert_eq(sb_wire_answer(client, false).status, 200);
    cr_assert(sb_wire_closes(client, 10000));
    cr_assert_eq(client->len, 0);
    sb_wire_close(client);
    sb_wire_stop(&wire);
    talloc_free(mem);
}

Test(http_server, gives_up_on_slow_heads_and_idle_connections)
{
    sb_test_run(slow_task, NULL);
}

static void slow_body_task(void *arg)
{
    static const struct sb_route slow[] = {
        {.method = "POST",
         .pattern = "/slow",
         .handler = echo,
         .max_body = 10,
         .body_ms = 30},
        {.method = NULL},
    };
    struct sb_wire *client;

    (void)arg;
    mem = talloc_new(NULL);
    sb_wire_serve(&wire, slow, NULL);
    client = sb_wire_dial(mem, wire.port);
    sb_wire_puts(client,
                 "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
    cr_assert_eq(sb_wire_answer(client, false).status, 408);
    sb_wire_close(client);
    sb_wire_stop(&wire);
    talloc_free(mem);
}

Test(http_server, gives_up_on_slow_bodies)
{
    sb_test_run(slow_body_task, NULL);
}

static void crowded_task(void *arg)
{
    const struct sb_http_server_conf conf = {.limits = {.max_connections = 2}};
    struct sb_wire *a, *b, *c, *d;

    (void)arg;
    mem = talloc_new(NULL);
    sb_wire_serve(&wire, rows, &conf);
    a = sb_wire_dial(mem, wire.port);
    sb_wire_puts(a, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    cr_assert_eq(sb_wire_answer(a, false).status, 200);
    b = sb_wire_dial(mem, wire.port);
    sb_wire_puts(b, "GET /abandoned HTTP/1.1\r\nHost: a\r\n\r\n");
    c = sb_wire_dial(mem, wire.port); /* takes the place of a, which is idle */
    sb_wire_puts(c, "GET /abandoned HTTP/1.1\r\nHost: a\r\n\r\n");
    cr_assert(sb_wire_closes(a, 10000));
    while (sb_http_server_busy(wire.server) < 2)
        (void)sb_sleep(1);
    d = sb_wire_dial(mem, wire.port);
    cr_assert_eq(sb_wire_answer(d, false).status, 503);
    cr_assert_eq(sb_http_server_connections(wire.server), 2);
    sb_wire_stop(&wire);
    sb_wire_close(a);
    sb_wire_close(b);
    sb_wire_close(c);
    sb_wire_close(d);
    talloc_free(mem);
}

Test(http_server, makes_room_among_the_idle_then_turns_away)
{
    sb_test_run(crowded_task, NULL);
}

/* ---- handlers ---- */

SERVED(answers_for_a_handler_that_did_not)
{
    cr_assert_eq(ask("GET", "/forget", NULL, NULL).status, 500);
    cr_assert_eq(ask("GET", "/sleepy", NULL, NULL).status, 504);
}

SERVED(cuts_a_stream_that_was_not_ended)
{
    cr_assert_eq(ask("GET", "/break", NULL, NULL).status, 0);
}

SERVED(streams)
{
    cr_assert_str_eq(ask("GET", "/stream", NULL, NULL).body, "one two");
}

SERVED(sends_events)
{
    struct sb_wire_answer answer = ask("GET", "/events", NULL, NULL);

    cr_assert_str_eq(answer.body,
                     "event: delta\nid: 7\ndata: a\ndata: b\ndata: c\n\ndata: \n\n");
    cr_assert_not_null(strstr(answer.head, "Content-Type: text/event-stream"));
}

SERVED(maps_failures_to_statuses)
{
    static const struct {
        int code, status;
    } cases[] = {{SB_EINVAL, 400},    {SB_ENOTFOUND, 404}, {SB_ETIMEDOUT, 504},
                 {SB_ELIMIT, 429},    {SB_EAUTH, 401},     {SB_ECONFLICT, 409},
                 {SB_EPROTO, 502},    {SB_EIO, 500},       {SB_EUNAVAILABLE, 503},
                 {SB_EINTERNAL, 500}, {SB_EREFUSED, 403}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sb_wire_answer answer = ask(
            "GET", talloc_asprintf(mem, "/fail?code=%d", cases[i].code), NULL, NULL);

        cr_assert_eq(answer.status, cases[i].status);
        cr_assert_not_null(strstr(answer.head, "Retry-After: 2"));
        /* What broke inside stays inside. */
        cr_assert_eq(strstr(answer.body, "the sentence") != NULL,
                     cases[i].status < 500);
    }
}

static void wait_for_idle(void)
{
    for (int i = 0; i < 5000 && sb_http_server_busy(wire.server) > 0; i++)
        (void)sb_sleep(1);
    cr_assert_eq(sb_http_server_busy(wire.server), 0);
}

SERVED(cancels_the_handler_when_the_client_leaves)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);

    started = false;
    sb_wire_puts(client, "GET /abandoned HTTP/1.1\r\nHost: a\r\n\r\n");
    while (!started)
        (void)sb_sleep(1);
    sb_wire_close(client);
    wait_for_idle();
    cr_assert_eq(outcome, SB_ECANCELED);
}

SERVED(makes_a_stream_wait_for_its_reader)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);

    started = false;
    sb_wire_puts(client, "GET /flood HTTP/1.1\r\nHost: a\r\n\r\n");
    while (!started)
        (void)sb_sleep(1);
    (void)sb_sleep(20);
    cr_assert_eq(outcome, 0); /* it waits: it has neither failed nor ended */
    cr_assert_eq(sb_http_server_busy(wire.server), 1);
    for (int i = 0; i < 100; i++)
        cr_assert(sb_wire_read(client, 10000)); /* and goes on as we read */
    sb_wire_close(client);
    wait_for_idle();
    cr_assert_eq(outcome, SB_ECANCELED);
}

SERVED(lets_a_handler_finish_what_follows_its_answer)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);

    outcome = 1;
    sb_wire_puts(client, "GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    cr_assert_eq(sb_wire_answer(client, false).status, 200);
    cr_assert_eq(outcome, 1); /* the answer did not wait for it */
    sb_wire_close(client);
    wait_for_idle();
    cr_assert_eq(outcome, 0);
}

static void heartbeat_task(void *arg)
{
    const struct sb_http_server_conf conf = {.limits = {.heartbeat_ms = 5}};
    struct sb_wire *client;

    (void)arg;
    mem = talloc_new(NULL);
    may_speak = false;
    sb_wire_serve(&wire, rows, &conf);
    client = sb_wire_dial(mem, wire.port);
    sb_wire_puts(client, "GET /silent HTTP/1.1\r\nHost: a\r\n\r\n");
    while (!client->in || !strstr(client->in, "3\r\n:\n\n\r\n3\r\n:\n\n\r\n"))
        cr_assert(sb_wire_read(client, 10000));
    may_speak = true;
    cr_assert(strstr(sb_wire_answer(client, false).body, ":\n\ndata: x\n\n"));
    sb_wire_close(client);
    sb_wire_stop(&wire);
    talloc_free(mem);
}

Test(http_server, keeps_silent_event_streams_alive)
{
    sb_test_run(heartbeat_task, NULL);
}

/* ---- the access log and the public address ---- */

static int done_count, done_status;
static char done_path[20];

static void on_done(const struct sb_req *req, int status, int64_t us)
{
    cr_assert_geq(us, 0);
    done_count++;
    done_status = status;
    (void)snprintf(done_path, sizeof(done_path), "%s", req->path);
}

static void reported_task(void *arg)
{
    const struct sb_http_server_conf conf = {.on_done = on_done,
                                             .public_url = "https://desk.example/"};
    struct sb_wire_answer answer;
    struct sb_wire *client;

    (void)arg;
    mem = talloc_new(NULL);
    sb_wire_serve(&wire, rows, &conf);
    answer = ask("GET", "/things/1/show", NULL, NULL);
    cr_assert_not_null(strstr(answer.body, "origin=https://desk.example sse"));
    wait_for_idle();
    cr_assert_eq(done_count, 1);
    cr_assert_eq(done_status, 200);
    cr_assert_str_eq(done_path, "/things/1/show");
    cr_assert_eq(ask("GET", "/none", NULL, NULL).status, 404);
    cr_assert_eq(ask("G ET", "/none", NULL, NULL).status, 400);
    cr_assert_eq(done_count, 3);
    cr_assert_eq(done_status, 400);
    started = false;
    client = sb_wire_dial(mem, wire.port);
    sb_wire_puts(client, "GET /abandoned HTTP/1.1\r\nHost: a\r\n\r\n");
    while (!started)
        (void)sb_sleep(1);
    sb_wire_close(client);
    wait_for_idle();
    cr_assert_eq(done_count, 4);
    cr_assert_eq(done_status, 499); /* the client left */
    sb_wire_stop(&wire);
    talloc_free(mem);
}

Test(http_server, reports_every_request_once)
{
    sb_test_run(reported_task, NULL);
}

/* ---- proxies ---- */

static void proxied_task(void *arg)
{
    const char *const trusted[] = {"127.0.0.0/8", "10.0.0.0/8", NULL};
    const struct sb_http_server_conf conf = {.trusted_proxies = trusted};
    struct sb_wire *client;
    struct sb_wire_answer answer;

    (void)arg;
    mem = talloc_new(NULL);
    sb_wire_serve(&wire, rows, &conf);
    answer = ask("GET", "/things/1/show",
                 "X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.7\r\n"
                 "X-Forwarded-Proto: https\r\n",
                 NULL);
    cr_assert_not_null(
        strstr(answer.body, "peer=203.0.113.9 secure=1 origin=https://"));
    answer =
        ask("GET", "/things/1/show", "X-Forwarded-For: 5.5.5.5, nonsense\r\n", NULL);
    cr_assert_not_null(strstr(answer.body, "peer=127.0.0.1 secure=0"));
    client = sb_wire_dial(mem, wire.port);
    sb_wire_puts(client,
                 "GET /hello HTTP/1.1\r\nHost: a\r\nX-Request-Id: edge-42\r\n\r\n");
    answer = sb_wire_answer(client, false);
    cr_assert_str_eq(sb_wire_header(client, &answer, "X-Request-Id"), "edge-42");
    sb_wire_close(client);
    sb_wire_stop(&wire);
    talloc_free(mem);
}

Test(http_server, believes_trusted_proxies_only)
{
    sb_test_run(proxied_task, NULL);
}

SERVED(ignores_forwarding_from_strangers)
{
    struct sb_wire_answer answer =
        ask("GET", "/things/1/show",
            "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: https\r\n", NULL);

    cr_assert_not_null(strstr(answer.body, "peer=127.0.0.1 secure=0"));
}

/* ---- draining ---- */

SERVED(drains)
{
    struct sb_wire *idle = sb_wire_dial(mem, wire.port);
    struct sb_wire *busy = sb_wire_dial(mem, wire.port);
    struct sb_wire_answer answer;

    sb_wire_puts(idle, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    cr_assert_eq(sb_wire_answer(idle, false).status, 200);
    sb_wire_puts(busy, "GET /sleepy HTTP/1.1\r\nHost: a\r\n\r\n");
    while (sb_http_server_busy(wire.server) == 0)
        (void)sb_sleep(1);
    sb_http_server_drain(wire.server);
    cr_assert(sb_wire_closes(idle, 10000));
    answer = sb_wire_answer(busy, false);
    cr_assert_eq(answer.status, 504);
    cr_assert_str_eq(sb_wire_header(busy, &answer, "Connection"), "close");
    sb_wire_close(idle);
    sb_wire_close(busy);
}

Test(http_listen, refuses_addresses_that_are_none)
{
    static const char *const bad[] = {
        "", "8247", "localhost:", "::1:80", "1.2.3.4:x", "127.0.0.1:123456789"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct sb_err err = {0};

        cr_assert_eq(sb_http_listen(bad[i], &err), SB_EINVAL, "%s", bad[i]);
        cr_assert(strlen(err.msg) > 0);
    }
}
