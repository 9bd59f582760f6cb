/* SPDX-License-Identifier: Apache-2.0
 *
 * Shapes of requests that two HTTP implementations might read in two ways, against the
 * real server: each whole, then one byte at a time. A refused connection must not
 * answer anything after its refusal, whatever was sent behind.
 */
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include "base/task.h"
#include "net/http.h"
#include "support/intask.h"
#include "support/wire.h"

#define HOST "Host: a\r\n"
/* What a smuggler would like to have read as a request of its own. */
#define STOWAWAY "GET /admin HTTP/1.1\r\n" HOST "\r\n"

static const struct {
    const char *name, *bytes;
    size_t len;
    int status; /* of the first answer */
    int second; /* of the next one on the connection; 0: closed */
} shapes[] = {
#define SHAPE(name, bytes, ...)                                                        \
    {                                                                                  \
        name, bytes, sizeof(bytes) - 1, __VA_ARGS__                                    \
    }
    /* Content-Length */
    SHAPE("two equal lengths",
          "POST /x HTTP/1.1\r\n" HOST
          "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
          400, 0),
    SHAPE("two lengths, the first short",
          "POST /x HTTP/1.1\r\n" HOST
          "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" STOWAWAY,
          400, 0),
    SHAPE("two lengths in other case",
          "POST /x HTTP/1.1\r\n" HOST
          "content-length: 0\r\nCONTENT-LENGTH: 44\r\n\r\n" STOWAWAY,
          400, 0),
    SHAPE("a list of lengths",
          "POST /x HTTP/1.1\r\n" HOST "Content-Length: 3, 3\r\n\r\nabc", 400, 0),
    SHAPE("length with plus",
          "POST /x HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\nabc", 400, 0),
    SHAPE("length with minus",
          "POST /x HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\nabc", 400, 0),
    SHAPE("length in hex", "POST /x HTTP/1.1\r\n" HOST "Content-Length: 0x3\r\n\r\nabc",
          400, 0),
    SHAPE("length with a space inside",
          "POST /x HTTP/1.1\r\n" HOST "Content-Length: 1 3\r\n\r\nabc", 400, 0),
    SHAPE("length with a decimal point",
          "POST /x HTTP/1.1\r\n" HOST "Content-Length: 3.0\r\n\r\nabc", 400, 0),
    SHAPE("empty length", "POST /x HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\nabc", 400,
          0),
    SHAPE("length that overflows 64 bits",
          "POST /x HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551619\r\n\r\nabc",
          400, 0),
    SHAPE("length of many digits",
          "POST /x HTTP/1.1\r\n" HOST
          "Content-Length: 99999999999999999999999999999999999999\r\n\r\nabc",
          400, 0),
    SHAPE("length just above the route's limit",
          "POST /x HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n", 413, 0),
    SHAPE("length with leading zeroes",
          "POST /x HTTP/1.1\r\n" HOST "Content-Length: 0003\r\n\r\nabc" STOWAWAY, 200,
          404),
    SHAPE("length with blanks around",
          "POST /x HTTP/1.1\r\n" HOST "Content-Length: \t 3 \t\r\n\r\nabc" STOWAWAY,
          200, 404),
    /* Transfer-Encoding */
    SHAPE("length and chunked",
          "POST /x HTTP/1.1\r\n" HOST
          "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" STOWAWAY,
          400, 0),
    SHAPE("chunked and length",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" STOWAWAY,
          400, 0),
    SHAPE("chunked twice",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunked and identity in two lines",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunked, chunked",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunked, identity",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("identity",
          "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\n" STOWAWAY,
          400, 0),
    SHAPE("identity, chunked",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("gzip, chunked",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
          501, 0),
    SHAPE("gzip alone", "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n",
          400, 0),
    SHAPE("xchunked",
          "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunked in quotes",
          "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunked with a parameter",
          "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunked behind a vertical tab",
          "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding: \x0b"
          "chunked\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("empty coding",
          "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n\r\n0\r\n\r\n", 400, 0),
    SHAPE("leading comma",
          "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunked in HTTP/1.0",
          "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" STOWAWAY,
          400, 0),
    SHAPE("chunked in capitals",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n" STOWAWAY,
          200, 404),
    SHAPE("space before the colon",
          "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("tab before the colon",
          "POST /x HTTP/1.1\r\n" HOST "Content-Length\t: 3\r\n\r\nabc", 400, 0),
    SHAPE("folded coding",
          "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
          400, 0),
    SHAPE("coding hidden behind a folded line",
          "POST /x HTTP/1.1\r\n" HOST "X: y\r\n\tTransfer-Encoding: chunked\r\n\r\n",
          400, 0),
    SHAPE("coding hidden behind a bare CR",
          "POST /x HTTP/1.1\r\n" HOST "X: y\rTransfer-Encoding: chunked\r\n\r\n", 400,
          0),
    SHAPE("coding hidden behind a bare LF",
          "POST /x HTTP/1.1\r\n" HOST "X: y\nTransfer-Encoding: chunked\r\n\r\n", 400,
          0),
    SHAPE("coding hidden behind a NUL",
          "POST /x HTTP/1.1\r\n" HOST "X: y\0Transfer-Encoding: chunked\r\n\r\n", 400,
          0),
    SHAPE("name with a high byte",
          "POST /x HTTP/1.1\r\n" HOST "Transfer\xad"
          "Encoding: chunked\r\n\r\n",
          400, 0),
    SHAPE("line without a colon", "POST /x HTTP/1.1\r\n" HOST "chunked\r\n\r\n", 400,
          0),
    SHAPE("empty name", "POST /x HTTP/1.1\r\n" HOST ": chunked\r\n\r\n", 400, 0),
    SHAPE("first header line begins with a space",
          "GET /y HTTP/1.1\r\n Host: a\r\n\r\n", 400, 0),
    /* chunks */
    SHAPE("chunk size with a sign",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunk size with 0x",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunk size behind a space",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n 3\r\nabc\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunk size before a space",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n",
          400, 0),
    SHAPE("empty chunk size",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n\r\nabc\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunk size that overflows",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunk size of many zeroes",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n00000000000000000003\r\nabc\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunk size ended by a bare LF",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
          400, 0),
    SHAPE("extension ended by a bare LF",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n3;x\nabc\r\n0\r\n\r\n" STOWAWAY,
          400, 0),
    SHAPE("extension with a bare CR",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n3;x\ry\r\nabc\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunk longer than its size",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
          400, 0),
    SHAPE("chunk ended by two other bytes",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n",
          400, 0),
    SHAPE("chunk ended by a bare LF",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n",
          400, 0),
    SHAPE("body ended by a bare LF",
          "POST /x HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\n", 400,
          0),
    SHAPE("trailer that is no header line",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n0\r\nGET /admin HTTP/1.1\r\n\r\n",
          400, 0),
    SHAPE("trailers that reframe change nothing",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nContent-Length: "
          "44\r\n\r\n" STOWAWAY,
          200, 404),
    SHAPE("chunks together above the limit",
          "POST /x HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n3e8\r\n",
          413, 0),
    /* Host and target */
    SHAPE("no host", "GET /y HTTP/1.1\r\n\r\n", 400, 0),
    SHAPE("two hosts", "GET /y HTTP/1.1\r\n" HOST HOST "\r\n", 400, 0),
    SHAPE("two different hosts", "GET /y HTTP/1.1\r\n" HOST "Host: b\r\n\r\n", 400, 0),
    SHAPE("empty host", "GET /y HTTP/1.1\r\nHost:\r\n\r\n", 400, 0),
    SHAPE("host with a path", "GET /y HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, 0),
    SHAPE("host with a user", "GET /y HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, 0),
    SHAPE("host with a list", "GET /y HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, 0),
    SHAPE("host with a bad port", "GET /y HTTP/1.1\r\nHost: a:b\r\n\r\n", 400, 0),
    SHAPE("absolute form for another host",
          "GET http://b/y HTTP/1.1\r\n" HOST "\r\n" STOWAWAY, 400, 0),
    SHAPE("absolute form with a user", "GET http://a@b/y HTTP/1.1\r\nHost: b\r\n\r\n",
          400, 0),
    SHAPE("absolute form for this host",
          "GET http://A/y HTTP/1.1\r\n" HOST "\r\n" STOWAWAY, 200, 404),
    SHAPE("a tunnel", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 400, 0),
    SHAPE("star for another method", "GET * HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("target without a slash", "GET y HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("target with a fragment", "GET /y#z HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("target with a high byte", "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("target with a NUL", "GET /y\0z HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("escaped NUL", "GET /y%00 HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("escaped slash", "GET /x%2fy HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("broken escape", "GET /y%2 HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("escape that is not UTF-8", "GET /y%ff HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("climbing above the root", "GET /../y HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("escaped dots above the root", "GET /%2e%2e/y HTTP/1.1\r\n" HOST "\r\n", 400,
          0),
    /* the request line */
    SHAPE("two spaces", "GET  /y HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("tab for a space", "GET\t/y HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("space at the end", "GET /y HTTP/1.1 \r\n" HOST "\r\n", 400, 0),
    SHAPE("space in front", " GET /y HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("no version", "GET /y\r\n" HOST "\r\n", 400, 0),
    SHAPE("version in lower case", "GET /y http/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("version with more digits", "GET /y HTTP/1.10\r\n" HOST "\r\n", 400, 0),
    SHAPE("version 2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, 0),
    SHAPE("version 0.9 by name", "GET /y HTTP/0.9\r\n" HOST "\r\n", 505, 0),
    SHAPE("method with a colon", "GET: /y HTTP/1.1\r\n" HOST "\r\n", 400, 0),
    SHAPE("lines ended by bare LFs", "GET /y HTTP/1.1\nHost: a\n\n", 400, 0),
    SHAPE("line ended by CR CR LF", "GET /y HTTP/1.1\r\r\n" HOST "\r\n", 400, 0),
    SHAPE("a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, 0),
    SHAPE("one blank line in front", "\r\nGET /y HTTP/1.1\r\n" HOST "\r\n" STOWAWAY,
          200, 404),
    SHAPE("two blank lines in front", "\r\n\r\nGET /y HTTP/1.1\r\n" HOST "\r\n", 400,
          0),
    /* others */
    SHAPE("unknown expectation", "POST /x HTTP/1.1\r\n" HOST "Expect: tea\r\n\r\n", 417,
          0),
    SHAPE("body for a GET that takes none",
          "GET /y HTTP/1.1\r\n" HOST "Content-Length: 44\r\n\r\n" STOWAWAY, 413, 0),
    SHAPE("body for an address that does not exist",
          "POST /none HTTP/1.1\r\n" HOST "Content-Length: 44\r\n\r\n" STOWAWAY, 404, 0),
    SHAPE("an upgrade that nobody takes",
          "GET /y HTTP/1.1\r\n" HOST
          "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n" STOWAWAY,
          200, 404),
    SHAPE("underscores mean nothing",
          "POST /x HTTP/1.1\r\n" HOST "Content_Length: 44\r\n\r\n" STOWAWAY, 200, 404),
};

static void take(struct sb_req *req)
{
    sb_reply(req, 200, "text/plain", req->body, req->body_len);
}

static const struct sb_route rows[] = {
    {.method = "POST", .pattern = "/x", .handler = take, .max_body = 1000},
    {.method = "GET", .pattern = "/y", .handler = take},
    {.method = NULL},
};

static struct sb_wire_server wire;

static void send_bytewise(struct sb_wire *client, const char *bytes, size_t len)
{
    const int on = 1;

    (void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    for (size_t i = 0; i < len; i++) {
        sb_wire_send(client, bytes + i, 1);
        (void)sb_yield();
    }
}

static void check(size_t i, bool bytewise)
{
    struct sb_wire *client = sb_wire_dial(NULL, wire.port);
    struct sb_wire_answer answer;

    if (bytewise)
        send_bytewise(client, shapes[i].bytes, shapes[i].len);
    else
        sb_wire_send(client, shapes[i].bytes, shapes[i].len);
    answer = sb_wire_answer(client, false);
    cr_assert_eq(answer.status, shapes[i].status, "%s: %d", shapes[i].name,
                 answer.status);
    if (answer.status >= 400) {
        cr_assert_not_null(strstr(answer.body, "{\"error\":{\"code\":\""), "%s",
                           answer.body);
        cr_assert_not_null(strstr(answer.body, "\"request_id\":\""), "%s", answer.body);
        cr_assert_str_eq(sb_wire_header(client, &answer, "Connection"), "close");
        /* No byte behind the refusal, not even when we stay. */
        (void)shutdown(client->fd, SHUT_WR);
        cr_assert(sb_wire_closes(client, 10000), "%s", shapes[i].name);
        cr_assert_eq(client->len, 0, "%s: %s", shapes[i].name, client->in);
    } else {
        answer = sb_wire_answer(client, false);
        cr_assert_eq(answer.status, shapes[i].second, "%s: then %d", shapes[i].name,
                     answer.status);
    }
    sb_wire_close(client);
}

static void try_all(void *arg)
{
    bool bytewise = arg != NULL;

    sb_wire_serve(&wire, rows, NULL);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
        check(i, bytewise);
    sb_wire_stop(&wire);
}

Test(smuggling, is_refused_whole)
{
    cr_assert_geq(sizeof(shapes) / sizeof(shapes[0]), 40);
    sb_test_run(try_all, NULL);
}

Test(smuggling, is_refused_byte_by_byte)
{
    sb_test_run(try_all, &wire);
}
