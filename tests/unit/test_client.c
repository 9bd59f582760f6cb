/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP client against a server that does exactly what each test tells it to.
 */
#define _GNU_SOURCE /* strcasestr */
#include <criterion/criterion.h>
#include <event2/event.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>
#include "base/task.h"
#include "support/script.h"

/* ---- plain answers ---- */

CLIENT_TEST(answers_are_read_and_connections_kept)
{
    struct sb_http_request request;

    sb_script_begin(sb_script_greet);
    request = sb_script_get("/a?b=c#d");
    for (int i = 0; i < 3; i++) {
        struct sb_http *http = sb_script_open_ok(&request);

        cr_assert_eq(sb_http_status(http), 200);
        cr_assert_str_eq(sb_http_header(http, "x-ONE"), "1");
        cr_assert_str_eq(sb_http_header(http, "X-Two"), "two");
        cr_assert_null(sb_http_header(http, "X-Three"));
        sb_script_body_is(http, "hello");
        sb_http_close(http);
    }
    cr_assert_eq(sb_script_server.accepted, 1);
    sb_script_end();
}

static void echo(struct sb_script_conn *c)
{
    while (sb_script_hear(c)) {
        char *line =
            talloc_strndup(sb_script_server.mem, c->head, strcspn(c->head, "\r"));
        const char *type = strcasestr(c->head, "content-type:") ? "typed" : "untyped";
        const char *secret = strcasestr(c->head, "authorization:") ? "secret" : "plain";

        sb_script_answer(c, "200 OK",
                         talloc_asprintf(sb_script_server.mem, "%s %s %s %s", line,
                                         type, secret, c->body));
    }
}

CLIENT_TEST(methods_and_bodies_go_out_as_given)
{
    struct sb_http_request request;
    struct sb_http *http;

    sb_script_begin(echo);
    request = sb_script_get("/x");
    request.method = "PUT";
    request.body = "data";
    request.body_len = 4;
    http = sb_script_open_ok(&request);
    sb_script_body_is(http, "PUT /x HTTP/1.1 untyped plain data");
    sb_http_close(http);
    request.method = "DELETE";
    request.body = NULL;
    http = sb_script_open_ok(&request);
    sb_script_body_is(http, "DELETE /x HTTP/1.1 untyped plain ");
    sb_http_close(http);
    request.method = "POST";
    request.headers = (const struct sb_http_header[]){{"Content-Type", "x/y"}};
    request.header_count = 1;
    http = sb_script_open_ok(&request);
    sb_script_body_is(http, "POST /x HTTP/1.1 typed plain ");
    sb_http_close(http);
    sb_script_end();
}

static void drip(struct sb_script_conn *c)
{
    static const char text[] = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3\r\nabc\r\n1\r\nd\r\n0\r\nX-Trailer: 1\r\n\r\n";

    while (sb_script_hear(c))
        for (size_t i = 0; i + 1 < sizeof(text); i++) {
            (void)sb_script_say_bytes(c, text + i, 1, 20000);
            (void)sb_yield();
        }
}

CLIENT_TEST(an_answer_in_single_bytes_is_put_together)
{
    struct sb_http_request request;
    struct sb_http *http;

    sb_script_begin(drip);
    request = sb_script_get("/");
    http = sb_script_open_ok(&request);
    cr_assert_eq(sb_http_status(http), 200);
    sb_script_body_is(http, "abcd");
    sb_http_close(http);
    sb_script_end();
}

static void answer_early(struct sb_script_conn *c)
{
    if (sb_wait_fd(c->fd, EV_READ, 20000) < 0)
        return;
    sb_script_answer(c, "413 Content Too Large\r\nConnection: close", "no");
    while (sb_script_more(c))
        sb_buf_reset(&c->in);
}

CLIENT_TEST(an_answer_may_come_before_the_body_is_sent)
{
    struct sb_http_request request;
    struct sb_http *http;
    char *body;

    sb_script_begin(answer_early);
    body = talloc_zero_size(NULL, 8 << 20);
    request = sb_script_get("/");
    request.method = "POST";
    request.body = body;
    request.body_len = 8 << 20;
    http = sb_script_open_ok(&request);
    talloc_free(body); /* lent only until the answer began */
    cr_assert_eq(sb_http_status(http), 413);
    sb_http_close(http);
    sb_script_end();
}

/* ---- streams ---- */

static bool was_stalled;
static size_t flooded;
enum { FLOOD = 64 << 20 };

static void flood(struct sb_script_conn *c)
{
    static char piece[65536];

    if (!sb_script_hear(c))
        return;
    was_stalled = false;
    flooded = 0;
    sb_script_say(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while (flooded < FLOOD) {
        memset(piece, 'a' + (int)(flooded >> 16) % 26, sizeof(piece));
        if (!sb_script_say_bytes(c, piece, sizeof(piece), 300)) {
            was_stalled = true;
            if (!sb_script_say_bytes(c, piece, 0, 20000))
                return;
            break;
        }
        flooded += sizeof(piece);
    }
}

CLIENT_TEST(a_reader_that_does_not_read_stops_the_sender)
{
    struct sb_http_request request;
    struct sb_http *http;
    char *buf;
    ssize_t n;
    size_t total = 0;

    sb_script_begin(flood);
    buf = talloc_size(sb_script_server.mem, 65536);
    request = sb_script_get("/");
    request.max_body = FLOOD * 2ll;
    http = sb_script_open_ok(&request);
    while (!was_stalled && flooded < FLOOD)
        (void)sb_sleep(20);
    cr_assert(was_stalled, "%zu bytes went out unread", flooded);
    cr_assert_lt(flooded, (size_t)FLOOD / 2);
    while ((n = sb_http_read(http, buf, 65536, NULL)) > 0)
        total += (size_t)n;
    cr_assert_eq(n, 0);
    cr_assert_geq(total, flooded);
    sb_http_close(http);
    sb_script_end();
}

static void endless(struct sb_script_conn *c)
{
    if (!sb_script_hear(c))
        return;
    sb_script_say(c, "HTTP/1.1 200 OK\r\n\r\nbegin");
    while (sb_script_more(c))
        ; /* until the client has gone */
}

static void read_for_ever(void *arg)
{
    struct sb_http_request request = sb_script_get("/");
    struct sb_http *http = sb_script_open_ok(&request);
    int *rc = arg;
    char buf[100];

    cr_assert_eq(sb_http_read(http, buf, sizeof(buf), NULL), 5);
    *rc = (int)sb_http_read(http, buf, sizeof(buf), NULL);
    sb_http_close(http);
}

CLIENT_TEST(a_cancel_in_mid_stream_closes_the_connection)
{
    struct sb_task *task;
    int rc = 0;

    sb_script_begin(endless);
    task = sb_task_ref(sb_task_spawn(sb_loop_current(), "reader", read_for_ever, &rc));
    while (!sb_script_server.open)
        (void)sb_sleep(5);
    (void)sb_sleep(50);
    sb_task_cancel(task);
    cr_assert_eq(sb_task_join(task, 5000), 0);
    sb_task_unref(task);
    cr_assert_eq(rc, SB_ECANCELED);
    while (sb_script_server.open)
        (void)sb_sleep(5);
    sb_script_end();
}

CLIENT_TEST(closing_the_client_ends_what_is_open)
{
    struct sb_http_request request;
    struct sb_http *http;
    char buf[100];

    sb_script_begin(endless);
    request = sb_script_get("/");
    http = sb_script_open_ok(&request);
    cr_assert_eq(sb_http_read(http, buf, sizeof(buf), NULL), 5);
    sb_client_free(sb_script_client);
    sb_script_client = NULL;
    cr_assert_eq(sb_http_read(http, buf, sizeof(buf), NULL), SB_ECANCELED);
    sb_http_close(http);
    sb_script_end();
}

static void events(struct sb_script_conn *c)
{
    if (!sb_script_hear(c))
        return;
    sb_script_say(
        c,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: "
        "close\r\n\r\n"
        ": hello\n\ndata: one\n\nevent: done\r\nid: 7\r\ndata: a\r\ndata:b\r\n\r\nda");
    (void)sb_yield();
    sb_script_say(c, "ta: last\n\ndata: cut");
}

CLIENT_TEST(server_sent_events_are_read)
{
    struct sb_http_request request;
    struct sb_sse_event event;
    struct sb_http *http;

    sb_script_begin(events);
    request = sb_script_get("/");
    http = sb_script_open_ok(&request);
    cr_assert_eq(sb_http_event(http, &event, NULL), 1);
    cr_assert_str_eq(event.event, "message");
    cr_assert_str_eq(event.data, "one");
    cr_assert_str_eq(event.id, "");
    cr_assert_eq(sb_http_event(http, &event, NULL), 1);
    cr_assert_str_eq(event.event, "done");
    cr_assert_str_eq(event.data, "a\nb");
    cr_assert_str_eq(event.id, "7");
    cr_assert_eq(sb_http_event(http, &event, NULL), 1);
    cr_assert_str_eq(event.data, "last");
    cr_assert_eq(sb_http_event(http, &event, NULL), 0);
    sb_http_close(http);
    sb_script_end();
}

/* ---- limits ---- */

static void cut_off(struct sb_script_conn *c)
{
    if (sb_script_hear(c))
        sb_script_say(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning");
}

CLIENT_TEST(an_answer_cut_off_is_an_error_after_its_beginning)
{
    struct sb_http_request request;
    struct sb_http *http;
    char buf[100];

    sb_script_begin(cut_off);
    request = sb_script_get("/");
    http = sb_script_open_ok(&request);
    cr_assert_eq(sb_http_read(http, buf, sizeof(buf), NULL), 9);
    cr_assert_eq(sb_http_read(http, buf, sizeof(buf), NULL), SB_EUNAVAILABLE);
    sb_http_close(http);
    sb_script_end();
}

static void silent(struct sb_script_conn *c)
{
    if (sb_script_hear(c))
        while (sb_script_more(c))
            ;
}

CLIENT_TEST(a_server_that_never_answers_is_given_up)
{
    struct sb_http_request request;

    sb_script_begin(silent);
    request = sb_script_get("/");
    request.first_byte_ms = 60;
    cr_assert_eq(sb_script_open_fails(&request), SB_ETIMEDOUT);
    request.first_byte_ms = 0;
    request.total_ms = 80;
    cr_assert_eq(sb_script_open_fails(&request), SB_ETIMEDOUT);
    sb_script_end();
}

CLIENT_TEST(a_stream_that_falls_silent_is_given_up)
{
    struct sb_http_request request;
    struct sb_http *http;

    sb_script_begin(endless);
    request = sb_script_get("/");
    request.idle_ms = 60;
    http = sb_script_open_ok(&request);
    cr_assert_eq(sb_script_body_fails(http), SB_ETIMEDOUT);
    sb_http_close(http);
    sb_script_end();
}

CLIENT_TEST(a_task_deadline_holds_too)
{
    struct sb_http_request request;
    int64_t before;

    sb_script_begin(silent);
    request = sb_script_get("/");
    before = sb_task_deadline_push(60);
    cr_assert_eq(sb_script_open_fails(&request), SB_ETIMEDOUT);
    sb_task_deadline_pop(before);
    sb_script_end();
}

CLIENT_TEST(a_body_over_the_limit_is_refused)
{
    struct sb_http_request request;
    struct sb_http *http;

    sb_script_begin(sb_script_greet);
    request = sb_script_get("/");
    request.max_body = 4;
    http = sb_script_open_ok(&request);
    cr_assert_eq(sb_script_body_fails(http), SB_ELIMIT);
    sb_http_close(http);
    request.max_body = 5;
    http = sb_script_open_ok(&request);
    sb_script_body_is(http, "hello");
    sb_http_close(http);
    sb_script_end();
}

static void huge_head(struct sb_script_conn *c)
{
    if (!sb_script_hear(c))
        return;
    sb_script_say(c, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 20000; i++)
        sb_script_say(c, "X-More: and more of the same, line after line\r\n");
}

CLIENT_TEST(endless_headers_are_refused)
{
    struct sb_http_request request;

    sb_script_begin(huge_head);
    request = sb_script_get("/");
    cr_assert_eq(sb_script_open_fails(&request), SB_ELIMIT);
    sb_script_end();
}

static unsigned char *pack(size_t size, size_t *len)
{
    z_stream z = {0};
    unsigned char *zeros = talloc_zero_size(sb_script_server.mem, size);
    unsigned char *out = talloc_size(sb_script_server.mem, size / 100 + 1024);

    cr_assert_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    memset(zeros, 'x', size);
    z.next_in = zeros;
    z.avail_in = (uInt)size;
    z.next_out = out;
    z.avail_out = (uInt)(size / 100 + 1024);
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    *len = size / 100 + 1024 - z.avail_out;
    deflateEnd(&z);
    return out;
}

static size_t packed_size = 1000;

static void gzipped(struct sb_script_conn *c)
{
    while (sb_script_hear(c)) {
        size_t len;
        unsigned char *body = pack(packed_size, &len);

        sb_script_say(c, talloc_asprintf(sb_script_server.mem,
                                         "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                                         "Content-Length: %zu\r\n\r\n",
                                         len));
        (void)sb_script_say_bytes(c, body, len, 20000);
    }
}

CLIENT_TEST(compressed_answers_are_unpacked)
{
    struct sb_http_request request;
    struct sb_http *http;
    const char *body;
    size_t len;

    sb_script_begin(gzipped);
    request = sb_script_get("/");
    http = sb_script_open_ok(&request);
    cr_assert_eq(sb_http_body(http, &body, &len, NULL), 0);
    cr_assert_eq(len, 1000);
    cr_assert_eq(body[999], 'x');
    sb_http_close(http);
    sb_script_end();
}

CLIENT_TEST(a_compressed_bomb_ends_at_the_limit)
{
    struct sb_http_request request;
    struct sb_http *http;
    char buf[4096];
    ssize_t n;
    size_t total = 0;

    packed_size = 64 << 20;
    sb_script_begin(gzipped);
    request = sb_script_get("/");
    request.max_body = 1 << 20;
    http = sb_script_open_ok(&request);
    while ((n = sb_http_read(http, buf, sizeof(buf), NULL)) > 0)
        total += (size_t)n;
    cr_assert_eq(n, SB_ELIMIT);
    cr_assert_leq(total, (size_t)1 << 20);
    sb_http_close(http);
    packed_size = 1000;
    sb_script_end();
}

static void many_answers(struct sb_script_conn *c)
{
    while (sb_script_hear(c)) {
        (void)sb_sleep(5);
        sb_script_answer(c, "200 OK", "ok");
    }
}

static int fetch_one(void *arg, size_t index)
{
    struct sb_http_request request = sb_script_get("/");
    struct sb_http *http = sb_script_open_ok(&request);

    (void)arg;
    (void)index;
    sb_script_body_is(http, "ok");
    sb_http_close(http);
    return 0;
}

CLIENT_TEST(a_host_sees_at_most_ten_connections)
{
    sb_script_begin(many_answers);
    cr_assert_eq(sb_each("fetch", fetch_one, NULL, 60, 60), 0);
    cr_assert_leq(sb_script_server.most_open, 10);
    sb_script_end();
}

/* ---- what cannot be asked or answered ---- */

CLIENT_TEST(requests_that_make_no_sense_are_refused)
{
    static const char *const urls[] = {"ftp://127.0.0.1/", "file:///etc/passwd",
                                       "nonsense", "http://", "gopher://x/"};
    struct sb_http_request request;

    sb_script_begin(sb_script_greet);
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        request = sb_script_get("/");
        request.url = urls[i];
        cr_assert_eq(sb_script_open_fails(&request), SB_EINVAL, "%s", urls[i]);
    }
    request = sb_script_get("/");
    request.method = "GET / HTTP/1.1\r\nX:";
    cr_assert_eq(sb_script_open_fails(&request), SB_EINVAL);
    request = sb_script_get("/");
    request.headers = (const struct sb_http_header[]){{"X", "a\r\nHost: evil"}};
    request.header_count = 1;
    cr_assert_eq(sb_script_open_fails(&request), SB_EINVAL);
    cr_assert_eq(sb_script_server.accepted, 0);
    sb_script_end();
}

static void no_http(struct sb_script_conn *c)
{
    if (sb_script_hear(c))
        sb_script_say(c, "220 mail.example ESMTP\r\n");
}

static void hang_up(struct sb_script_conn *c)
{
    (void)sb_script_hear(c);
}

CLIENT_TEST(servers_that_are_none_give_clear_errors)
{
    struct sb_http_request request;

    sb_script_begin(no_http);
    request = sb_script_get("/");
    cr_assert_eq(sb_script_open_fails(&request), SB_EPROTO);
    sb_script_server.script = hang_up;
    cr_assert_eq(sb_script_open_fails(&request), SB_EUNAVAILABLE);
    request.url = "http://127.0.0.1:1/";
    cr_assert_eq(sb_script_open_fails(&request), SB_EUNAVAILABLE);
    request.url = "http://no-such-host.invalid/";
    cr_assert_eq(sb_script_open_fails(&request), SB_EUNAVAILABLE);
    sb_script_end();
}
