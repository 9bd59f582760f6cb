/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP client against a server that does exactly what each test tells it to.
 */
#define _GNU_SOURCE /* accept4, strcasestr */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>
#include "base/buf.h"
#include "base/task.h"
#include "net/client.h"
#include "net/http.h"
#include "support/intask.h"

/* ---- the other side ---- */

struct conn {
    int fd;
    char head[8192]; /* the request up to the blank line */
    char *body;
    size_t body_len;
    struct sb_buf in;
};

struct server {
    int fd, port;
    void (*script)(struct conn *conn);
    struct sb_task *task, *tasks[200];
    size_t task_count;
    int open, most_open, accepted;
    TALLOC_CTX *mem;
};

static struct server server;
static struct sb_client *client;

static bool more(struct conn *c)
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
static bool hear(struct conn *c)
{
    const char *end, *length;
    size_t head, have, want;

    while (!(end = strstr(sb_buf_str(&c->in), "\r\n\r\n")))
        if (!more(c))
            return false;
    head = (size_t)(end - c->in.data) + 4;
    cr_assert_lt(head, sizeof(c->head));
    memcpy(c->head, c->in.data, head);
    c->head[head] = '\0';
    length = strcasestr(c->head, "content-length:");
    want = length ? strtoul(length + 15, NULL, 10) : 0;
    while (c->in.len < head + want)
        if (!more(c))
            return false;
    c->body = talloc_strndup(server.mem, c->in.data + head, want);
    c->body_len = want;
    have = c->in.len - head - want;
    memmove(c->in.data, c->in.data + head + want, have);
    c->in.len = have;
    c->in.data[have] = '\0';
    return true;
}

/* Writes what the socket takes; false when it takes no more for `ms`. */
static bool say_bytes(struct conn *c, const void *data, size_t len, int ms)
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

static void say(struct conn *c, const char *text)
{
    (void)say_bytes(c, text, strlen(text), 20000);
}

static void answer(struct conn *c, const char *head, const char *body)
{
    char text[4096];

    (void)snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s",
                   head, strlen(body), body);
    say(c, text);
}

static void run_conn(void *arg)
{
    struct conn *c = arg;

    server.open++;
    if (server.open > server.most_open)
        server.most_open = server.open;
    server.script(c);
    server.open--;
    (void)close(c->fd);
    talloc_free(c->in.data);
    talloc_free(c);
}

static void accept_all(void *arg)
{
    (void)arg;
    while (sb_wait_fd(server.fd, EV_READ, -1) > 0) {
        int fd = accept4(server.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        struct conn *c;

        if (fd < 0)
            continue;
        server.accepted++;
        c = talloc_zero(NULL, struct conn);
        c->fd = fd;
        sb_buf_init(&c->in, NULL);
        cr_assert_lt(server.task_count, 200);
        server.tasks[server.task_count++] =
            sb_task_ref(sb_task_spawn(sb_loop_current(), "connection", run_conn, c));
    }
}

static void begin_with(void (*script)(struct conn *conn),
                       const struct sb_client_conf *conf)
{
    struct sockaddr_in address;
    socklen_t len = sizeof(address);
    struct sb_err err = {0};

    memset(&server, 0, sizeof(server));
    server.mem = talloc_new(NULL);
    server.script = script;
    server.fd = sb_http_listen("127.0.0.1:0", &err);
    cr_assert_geq(server.fd, 0, "%s", err.msg);
    (void)getsockname(server.fd, (struct sockaddr *)&address, &len);
    server.port = ntohs(address.sin_port);
    server.task =
        sb_task_ref(sb_task_spawn(sb_loop_current(), "server", accept_all, NULL));
    cr_assert_eq(sb_client_new(sb_loop_current(), conf, &client, &err), 0);
}

static void begin(void (*script)(struct conn *conn))
{
    static const struct sb_client_conf conf = {.user_agent = "test"};

    begin_with(script, &conf);
}

static void stop_task(struct sb_task *task)
{
    sb_task_cancel(task);
    (void)sb_task_join(task, 5000);
    sb_task_unref(task);
}

static void end(void)
{
    if (client)
        sb_client_free(client);
    client = NULL;
    stop_task(server.task);
    for (size_t i = 0; i < server.task_count; i++)
        stop_task(server.tasks[i]);
    (void)close(server.fd);
    talloc_free(server.mem);
}

/* ---- this side ---- */

static struct sb_http_request get(const char *path)
{
    return (struct sb_http_request){
        .size = sizeof(struct sb_http_request),
        .method = "GET",
        .url = talloc_asprintf(server.mem, "http://127.0.0.1:%d%s", server.port, path)};
}

static struct sb_http *open_ok(const struct sb_http_request *request)
{
    struct sb_http *http = NULL;
    struct sb_err err = {0};

    cr_assert_eq(sb_client_open(client, request, &http, &err), 0, "%s", err.msg);
    return http;
}

static int open_fails(const struct sb_http_request *request)
{
    struct sb_http *http = NULL;
    struct sb_err err = {0};
    int rc = sb_client_open(client, request, &http, &err);

    cr_assert_null(http);
    cr_assert_neq(rc, 0);
    cr_assert_eq(err.code, rc);
    cr_assert(*err.msg);
    return rc;
}

static void body_is(struct sb_http *http, const char *expected)
{
    const char *body;
    size_t len;
    struct sb_err err = {0};

    cr_assert_eq(sb_http_body(http, &body, &len, &err), 0, "%s", err.msg);
    cr_assert_str_eq(body, expected);
    cr_assert_eq(len, strlen(expected));
}

static int body_fails(struct sb_http *http)
{
    const char *body;
    size_t len;
    struct sb_err err = {0};
    int rc = sb_http_body(http, &body, &len, &err);

    cr_assert_neq(rc, 0);
    return rc;
}

#define CLIENT_TEST(name)                                                              \
    static void body_##name(void *arg);                                                \
    Test(client, name, .timeout = 60)                                                  \
    {                                                                                  \
        sb_test_run(body_##name, NULL);                                                \
    }                                                                                  \
    static void body_##name(void *arg __attribute__((unused)))

/* ---- plain answers ---- */

static void greet(struct conn *c)
{
    while (hear(c))
        answer(c, "200 OK\r\nX-One: 1\r\nx-two:  two \r\nContent-Type: text/plain",
               "hello");
}

CLIENT_TEST(answers_are_read_and_connections_kept)
{
    struct sb_http_request request;

    begin(greet);
    request = get("/a?b=c#d");
    for (int i = 0; i < 3; i++) {
        struct sb_http *http = open_ok(&request);

        cr_assert_eq(sb_http_status(http), 200);
        cr_assert_str_eq(sb_http_header(http, "x-ONE"), "1");
        cr_assert_str_eq(sb_http_header(http, "X-Two"), "two");
        cr_assert_null(sb_http_header(http, "X-Three"));
        body_is(http, "hello");
        sb_http_close(http);
    }
    cr_assert_eq(server.accepted, 1);
    end();
}

static void echo(struct conn *c)
{
    while (hear(c)) {
        char *line = talloc_strndup(server.mem, c->head, strcspn(c->head, "\r"));
        const char *type = strcasestr(c->head, "content-type:") ? "typed" : "untyped";
        const char *secret = strcasestr(c->head, "authorization:") ? "secret" : "plain";

        answer(c, "200 OK",
               talloc_asprintf(server.mem, "%s %s %s %s", line, type, secret, c->body));
    }
}

CLIENT_TEST(methods_and_bodies_go_out_as_given)
{
    struct sb_http_request request;
    struct sb_http *http;

    begin(echo);
    request = get("/x");
    request.method = "PUT";
    request.body = "data";
    request.body_len = 4;
    http = open_ok(&request);
    body_is(http, "PUT /x HTTP/1.1 untyped plain data");
    sb_http_close(http);
    request.method = "DELETE";
    request.body = NULL;
    http = open_ok(&request);
    body_is(http, "DELETE /x HTTP/1.1 untyped plain ");
    sb_http_close(http);
    request.method = "POST";
    request.headers = (const struct sb_http_header[]){{"Content-Type", "x/y"}};
    request.header_count = 1;
    http = open_ok(&request);
    body_is(http, "POST /x HTTP/1.1 typed plain ");
    sb_http_close(http);
    end();
}

static void drip(struct conn *c)
{
    static const char text[] = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3\r\nabc\r\n1\r\nd\r\n0\r\nX-Trailer: 1\r\n\r\n";

    while (hear(c))
        for (size_t i = 0; i + 1 < sizeof(text); i++) {
            (void)say_bytes(c, text + i, 1, 20000);
            (void)sb_yield();
        }
}

CLIENT_TEST(an_answer_in_single_bytes_is_put_together)
{
    struct sb_http_request request;
    struct sb_http *http;

    begin(drip);
    request = get("/");
    http = open_ok(&request);
    cr_assert_eq(sb_http_status(http), 200);
    body_is(http, "abcd");
    sb_http_close(http);
    end();
}

static void answer_early(struct conn *c)
{
    if (sb_wait_fd(c->fd, EV_READ, 20000) < 0)
        return;
    answer(c, "413 Content Too Large\r\nConnection: close", "no");
    while (more(c))
        sb_buf_reset(&c->in);
}

CLIENT_TEST(an_answer_may_come_before_the_body_is_sent)
{
    struct sb_http_request request;
    struct sb_http *http;
    char *body;

    begin(answer_early);
    body = talloc_zero_size(NULL, 8 << 20);
    request = get("/");
    request.method = "POST";
    request.body = body;
    request.body_len = 8 << 20;
    http = open_ok(&request);
    talloc_free(body); /* lent only until the answer began */
    cr_assert_eq(sb_http_status(http), 413);
    sb_http_close(http);
    end();
}

/* ---- streams ---- */

static bool was_stalled;
static size_t flooded;
enum { FLOOD = 64 << 20 };

static void flood(struct conn *c)
{
    static char piece[65536];

    if (!hear(c))
        return;
    was_stalled = false;
    flooded = 0;
    say(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while (flooded < FLOOD) {
        memset(piece, 'a' + (int)(flooded >> 16) % 26, sizeof(piece));
        if (!say_bytes(c, piece, sizeof(piece), 300)) {
            was_stalled = true;
            if (!say_bytes(c, piece, 0, 20000))
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

    begin(flood);
    buf = talloc_size(server.mem, 65536);
    request = get("/");
    request.max_body = FLOOD * 2ll;
    http = open_ok(&request);
    while (!was_stalled && flooded < FLOOD)
        (void)sb_sleep(20);
    cr_assert(was_stalled, "%zu bytes went out unread", flooded);
    cr_assert_lt(flooded, (size_t)FLOOD / 2);
    while ((n = sb_http_read(http, buf, 65536, NULL)) > 0)
        total += (size_t)n;
    cr_assert_eq(n, 0);
    cr_assert_geq(total, flooded);
    sb_http_close(http);
    end();
}

static void endless(struct conn *c)
{
    if (!hear(c))
        return;
    say(c, "HTTP/1.1 200 OK\r\n\r\nbegin");
    while (more(c))
        ; /* until the client has gone */
}

static void read_for_ever(void *arg)
{
    struct sb_http_request request = get("/");
    struct sb_http *http = open_ok(&request);
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

    begin(endless);
    task = sb_task_ref(sb_task_spawn(sb_loop_current(), "reader", read_for_ever, &rc));
    while (!server.open)
        (void)sb_sleep(5);
    (void)sb_sleep(50);
    sb_task_cancel(task);
    cr_assert_eq(sb_task_join(task, 5000), 0);
    sb_task_unref(task);
    cr_assert_eq(rc, SB_ECANCELED);
    while (server.open)
        (void)sb_sleep(5);
    end();
}

CLIENT_TEST(closing_the_client_ends_what_is_open)
{
    struct sb_http_request request;
    struct sb_http *http;
    char buf[100];

    begin(endless);
    request = get("/");
    http = open_ok(&request);
    cr_assert_eq(sb_http_read(http, buf, sizeof(buf), NULL), 5);
    sb_client_free(client);
    client = NULL;
    cr_assert_eq(sb_http_read(http, buf, sizeof(buf), NULL), SB_ECANCELED);
    sb_http_close(http);
    end();
}

static void events(struct conn *c)
{
    if (!hear(c))
        return;
    say(c,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: "
        "close\r\n\r\n"
        ": hello\n\ndata: one\n\nevent: done\r\nid: 7\r\ndata: a\r\ndata:b\r\n\r\nda");
    (void)sb_yield();
    say(c, "ta: last\n\ndata: cut");
}

CLIENT_TEST(server_sent_events_are_read)
{
    struct sb_http_request request;
    struct sb_sse_event event;
    struct sb_http *http;

    begin(events);
    request = get("/");
    http = open_ok(&request);
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
    end();
}

/* ---- limits ---- */

static void cut_off(struct conn *c)
{
    if (hear(c))
        say(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning");
}

CLIENT_TEST(an_answer_cut_off_is_an_error_after_its_beginning)
{
    struct sb_http_request request;
    struct sb_http *http;
    char buf[100];

    begin(cut_off);
    request = get("/");
    http = open_ok(&request);
    cr_assert_eq(sb_http_read(http, buf, sizeof(buf), NULL), 9);
    cr_assert_eq(sb_http_read(http, buf, sizeof(buf), NULL), SB_EUNAVAILABLE);
    sb_http_close(http);
    end();
}

static void silent(struct conn *c)
{
    if (hear(c))
        while (more(c))
            ;
}

CLIENT_TEST(a_server_that_never_answers_is_given_up)
{
    struct sb_http_request request;

    begin(silent);
    request = get("/");
    request.first_byte_ms = 60;
    cr_assert_eq(open_fails(&request), SB_ETIMEDOUT);
    request.first_byte_ms = 0;
    request.total_ms = 80;
    cr_assert_eq(open_fails(&request), SB_ETIMEDOUT);
    end();
}

CLIENT_TEST(a_stream_that_falls_silent_is_given_up)
{
    struct sb_http_request request;
    struct sb_http *http;

    begin(endless);
    request = get("/");
    request.idle_ms = 60;
    http = open_ok(&request);
    cr_assert_eq(body_fails(http), SB_ETIMEDOUT);
    sb_http_close(http);
    end();
}

CLIENT_TEST(a_task_deadline_holds_too)
{
    struct sb_http_request request;
    int64_t before;

    begin(silent);
    request = get("/");
    before = sb_task_deadline_push(60);
    cr_assert_eq(open_fails(&request), SB_ETIMEDOUT);
    sb_task_deadline_pop(before);
    end();
}

CLIENT_TEST(a_body_over_the_limit_is_refused)
{
    struct sb_http_request request;
    struct sb_http *http;

    begin(greet);
    request = get("/");
    request.max_body = 4;
    http = open_ok(&request);
    cr_assert_eq(body_fails(http), SB_ELIMIT);
    sb_http_close(http);
    request.max_body = 5;
    http = open_ok(&request);
    body_is(http, "hello");
    sb_http_close(http);
    end();
}

static void huge_head(struct conn *c)
{
    if (!hear(c))
        return;
    say(c, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 20000; i++)
        say(c, "X-More: and more of the same, line after line\r\n");
}

CLIENT_TEST(endless_headers_are_refused)
{
    struct sb_http_request request;

    begin(huge_head);
    request = get("/");
    cr_assert_eq(open_fails(&request), SB_ELIMIT);
    end();
}

static unsigned char *pack(size_t size, size_t *len)
{
    z_stream z = {0};
    unsigned char *zeros = talloc_zero_size(server.mem, size);
    unsigned char *out = talloc_size(server.mem, size / 100 + 1024);

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

static void gzipped(struct conn *c)
{
    while (hear(c)) {
        size_t len;
        unsigned char *body = pack(packed_size, &len);

        say(c, talloc_asprintf(server.mem,
                               "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                               "Content-Length: %zu\r\n\r\n",
                               len));
        (void)say_bytes(c, body, len, 20000);
    }
}

CLIENT_TEST(compressed_answers_are_unpacked)
{
    struct sb_http_request request;
    struct sb_http *http;
    const char *body;
    size_t len;

    begin(gzipped);
    request = get("/");
    http = open_ok(&request);
    cr_assert_eq(sb_http_body(http, &body, &len, NULL), 0);
    cr_assert_eq(len, 1000);
    cr_assert_eq(body[999], 'x');
    sb_http_close(http);
    end();
}

CLIENT_TEST(a_compressed_bomb_ends_at_the_limit)
{
    struct sb_http_request request;
    struct sb_http *http;
    char buf[4096];
    ssize_t n;
    size_t total = 0;

    packed_size = 64 << 20;
    begin(gzipped);
    request = get("/");
    request.max_body = 1 << 20;
    http = open_ok(&request);
    while ((n = sb_http_read(http, buf, sizeof(buf), NULL)) > 0)
        total += (size_t)n;
    cr_assert_eq(n, SB_ELIMIT);
    cr_assert_leq(total, (size_t)1 << 20);
    sb_http_close(http);
    packed_size = 1000;
    end();
}

static void many_answers(struct conn *c)
{
    while (hear(c)) {
        (void)sb_sleep(5);
        answer(c, "200 OK", "ok");
    }
}

static int fetch_one(void *arg, size_t index)
{
    struct sb_http_request request = get("/");
    struct sb_http *http = open_ok(&request);

    (void)arg;
    (void)index;
    body_is(http, "ok");
    sb_http_close(http);
    return 0;
}

CLIENT_TEST(a_host_sees_at_most_ten_connections)
{
    begin(many_answers);
    cr_assert_eq(sb_each("fetch", fetch_one, NULL, 60, 60), 0);
    cr_assert_leq(server.most_open, 10);
    end();
}

/* ---- redirects ---- */

static void redirecting(struct conn *c)
{
    while (hear(c)) {
        char *path = strchr(c->head, ' ') + 1;

        if (strncmp(path, "/rel ", 5) == 0)
            answer(c, "302 Found\r\nLocation: sub/../end?x=1#frag", "moved");
        else if (strncmp(path, "/303 ", 5) == 0)
            answer(c, "303 See Other\r\nLocation: /end", "");
        else if (strncmp(path, "/307 ", 5) == 0)
            answer(c, "307 Temporary\r\nLocation: /end", "");
        else if (strncmp(path, "/loop ", 6) == 0)
            answer(c, "301 Moved\r\nLocation: /loop", "");
        else if (strncmp(path, "/file ", 6) == 0)
            answer(c, "301 Moved\r\nLocation: file:///etc/passwd", "");
        else if (strncmp(path, "/other ", 7) == 0)
            answer(c,
                   talloc_asprintf(server.mem,
                                   "302 Found\r\nLocation: http://localhost:%d/end",
                                   server.port),
                   "");
        else
            answer(c, "200 OK",
                   talloc_asprintf(
                       server.mem, "%.*s%s%s", (int)strcspn(c->head, "\r"), c->head,
                       strcasestr(c->head, "authorization:") ? " secret" : "",
                       c->body));
    }
}

static void follows(const char *path, const char *method, const char *body,
                    const char *expected)
{
    static const struct sb_http_header headers[] = {{"Authorization", "Bearer x"}};
    struct sb_http_request request = get(path);
    struct sb_http *http;

    request.method = method;
    request.body = body;
    request.body_len = strlen(body);
    request.redirects = 3;
    request.headers = headers;
    request.header_count = 1;
    http = open_ok(&request);
    body_is(http, expected);
    sb_http_close(http);
}

CLIENT_TEST(redirects_are_followed_hop_by_hop)
{
    struct sb_http_request request;
    struct sb_http *http;

    begin(redirecting);
    follows("/rel", "GET", "", "GET /end?x=1 HTTP/1.1 secret");
    follows("/303", "POST", "data", "GET /end HTTP/1.1 secret");
    follows("/307", "POST", "data", "POST /end HTTP/1.1 secretdata");
    /* Another origin gets no secrets. */
    follows("/other", "GET", "", "GET /end HTTP/1.1");
    request = get("/rel");
    http = open_ok(&request);
    cr_assert_eq(sb_http_status(http), 302, "nobody asked to follow");
    sb_http_close(http);
    request.redirects = 2;
    http = open_ok(&request);
    cr_assert(strstr(sb_http_url(http), "/end?x=1"));
    cr_assert_null(strchr(sb_http_url(http), '#'));
    sb_http_close(http);
    request = get("/loop");
    request.redirects = 4;
    cr_assert_eq(open_fails(&request), SB_EPROTO);
    request = get("/file");
    request.redirects = 4;
    cr_assert_eq(open_fails(&request), SB_EPROTO);
    end();
}

/* ---- what must not be reached ---- */

static int open_untrusted(const char *url)
{
    struct sb_http_request request = get("/");

    request.untrusted = true;
    request.redirects = 3;
    request.url = url;
    return open_fails(&request);
}

CLIENT_TEST(untrusted_requests_stay_away_from_private_addresses)
{
    struct sb_http_request request;
    struct sb_http *http;

    begin(greet);
    /* A pooled connection that a trusted request made is not lent. */
    request = get("/");
    http = open_ok(&request);
    body_is(http, "hello");
    sb_http_close(http);
    request.untrusted = true;
    cr_assert_eq(open_fails(&request), SB_EREFUSED);
    cr_assert_eq(open_untrusted(
                     talloc_asprintf(server.mem, "http://localhost:%d/", server.port)),
                 SB_EREFUSED, "a name that resolves to loopback");
    cr_assert_eq(open_untrusted(
                     talloc_asprintf(server.mem, "http://2130706433:%d/", server.port)),
                 SB_EREFUSED, "an address written as one number");
    cr_assert_eq(
        open_untrusted(talloc_asprintf(server.mem, "http://0x7f.1:%d/", server.port)),
        SB_EREFUSED);
    cr_assert_eq(
        open_untrusted(talloc_asprintf(server.mem, "http://[::1]:%d/", server.port)),
        SB_EREFUSED);
    cr_assert_eq(open_untrusted(talloc_asprintf(
                     server.mem, "http://[::ffff:127.0.0.1]:%d/", server.port)),
                 SB_EREFUSED);
    cr_assert_eq(open_untrusted("http://169.254.169.254/latest/meta-data/"),
                 SB_EREFUSED);
    cr_assert_eq(open_untrusted("http://10.0.0.1/"), SB_EREFUSED);
    cr_assert_eq(server.accepted, 1);
    end();
}

CLIENT_TEST(an_exemption_does_not_reach_further_than_its_host)
{
    const char *hosts[2] = {NULL, NULL};
    struct sb_client_conf conf = {.user_agent = "test", .allow_hosts = hosts};
    struct sb_http_request request;
    struct sb_http *http;
    struct sb_err err = {0};

    begin(redirecting);
    hosts[0] = talloc_asprintf(server.mem, "127.0.0.1:%d", server.port);
    sb_client_free(client);
    cr_assert_eq(sb_client_new(sb_loop_current(), &conf, &client, &err), 0);
    request = get("/rel");
    request.untrusted = true;
    request.redirects = 3;
    http = open_ok(&request);
    body_is(http, "GET /end?x=1 HTTP/1.1");
    sb_http_close(http);
    request = get("/other"); /* leads to localhost, which is not exempt */
    request.untrusted = true;
    request.redirects = 3;
    cr_assert_eq(open_fails(&request), SB_EREFUSED);
    end();
}

CLIENT_TEST(the_operator_may_allow_private_addresses)
{
    static const struct sb_client_conf conf = {.user_agent = "test",
                                               .allow_private = true};
    struct sb_http_request request;
    struct sb_http *http;

    begin_with(greet, &conf);
    request = get("/");
    request.untrusted = true;
    http = open_ok(&request);
    body_is(http, "hello");
    sb_http_close(http);
    end();
}

/* ---- what cannot be asked or answered ---- */

CLIENT_TEST(requests_that_make_no_sense_are_refused)
{
    static const char *const urls[] = {"ftp://127.0.0.1/", "file:///etc/passwd",
                                       "nonsense", "http://", "gopher://x/"};
    struct sb_http_request request;

    begin(greet);
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        request = get("/");
        request.url = urls[i];
        cr_assert_eq(open_fails(&request), SB_EINVAL, "%s", urls[i]);
    }
    request = get("/");
    request.method = "GET / HTTP/1.1\r\nX:";
    cr_assert_eq(open_fails(&request), SB_EINVAL);
    request = get("/");
    request.headers = (const struct sb_http_header[]){{"X", "a\r\nHost: evil"}};
    request.header_count = 1;
    cr_assert_eq(open_fails(&request), SB_EINVAL);
    cr_assert_eq(server.accepted, 0);
    end();
}

static void no_http(struct conn *c)
{
    if (hear(c))
        say(c, "220 mail.example ESMTP\r\n");
}

static void hang_up(struct conn *c)
{
    (void)hear(c);
}

CLIENT_TEST(servers_that_are_none_give_clear_errors)
{
    struct sb_http_request request;

    begin(no_http);
    request = get("/");
    cr_assert_eq(open_fails(&request), SB_EPROTO);
    server.script = hang_up;
    cr_assert_eq(open_fails(&request), SB_EUNAVAILABLE);
    request.url = "http://127.0.0.1:1/";
    cr_assert_eq(open_fails(&request), SB_EUNAVAILABLE);
    request.url = "http://no-such-host.invalid/";
    cr_assert_eq(open_fails(&request), SB_EUNAVAILABLE);
    end();
}

/* ---- the table of addresses ---- */

static bool is_private(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        return sb_address_is_private((struct sockaddr *)&in);
    cr_assert_eq(inet_pton(AF_INET6, text, &in6.sin6_addr), 1, "%s", text);
    return sb_address_is_private((struct sockaddr *)&in6);
}

Test(address, special_ranges_are_private_to_their_edges)
{
    static const char *const inside[] = {"0.0.0.0",
                                         "0.255.255.255",
                                         "10.0.0.0",
                                         "10.255.255.255",
                                         "100.64.0.0",
                                         "100.127.255.255",
                                         "127.0.0.1",
                                         "127.255.255.255",
                                         "169.254.0.1",
                                         "169.254.169.254",
                                         "172.16.0.0",
                                         "172.31.255.255",
                                         "192.0.0.8",
                                         "192.0.2.1",
                                         "192.88.99.1",
                                         "192.168.0.0",
                                         "192.168.255.255",
                                         "198.18.0.0",
                                         "198.19.255.255",
                                         "198.51.100.7",
                                         "203.0.113.7",
                                         "224.0.0.1",
                                         "239.255.255.255",
                                         "240.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::7f00:1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:8.8.8.8",
                                         "fc00::1",
                                         "fdff::1",
                                         "fe80::1",
                                         "febf::1",
                                         "fec0::1",
                                         "ff02::1",
                                         "64:ff9b::10.0.0.1",
                                         "64:ff9b::7f00:1",
                                         "64:ff9b:1::1",
                                         "2002:7f00:1::",
                                         "2002:a00:1::",
                                         "2002:c0a8:101::",
                                         "100::1",
                                         "2001::1",
                                         "2001:2::1",
                                         "2001:10::1",
                                         "2001:db8::1",
                                         "3fff::1",
                                         "5f00::1"};

    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++)
        cr_assert(is_private(inside[i]), "%s", inside[i]);
}

Test(address, ordinary_addresses_are_public)
{
    static const char *const outside[] = {
        "1.1.1.1",          "9.255.255.255",   "11.0.0.0",       "100.63.255.255",
        "100.128.0.0",      "126.255.255.255", "128.0.0.1",      "169.253.255.255",
        "169.255.0.0",      "172.15.255.255",  "172.32.0.0",     "192.0.1.1",
        "192.167.255.255",  "192.169.0.0",     "198.17.255.255", "198.20.0.0",
        "223.255.255.255",  "2606:4700::1111", "2a00:1450::1",   "2001:4860:4860::8888",
        "64:ff9b::8.8.8.8", "2002:808:808::1", "2001:200::1"};

    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
        cr_assert(!is_private(outside[i]), "%s", outside[i]);
}

Test(address, other_families_are_private)
{
    struct sockaddr address = {.sa_family = AF_UNIX};

    cr_assert(sb_address_is_private(&address));
}
