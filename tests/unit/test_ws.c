/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <event2/event.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/task.h"
#include "net/http.h"
#include "net/ws.h"
#include "support/cert.h"
#include "support/intask.h"
#include "support/wire.h"

/* ---- the server's handlers ---- */

static int last_result, last_code;
static bool handler_done;

static void echo(struct sb_req *req)
{
    const struct sb_ws_conf conf = {.max_message = 4096, .protocol = "chat"};
    struct sb_ws_message message;
    struct sb_ws *ws;

    if (sb_ws_accept(req, &conf, &ws) != 0)
        return;
    while ((last_result = sb_ws_read(ws, &message, -1, NULL)) == 1)
        (void)sb_ws_send(ws, message.binary, message.data, message.len);
    last_code = sb_ws_close_code(ws);
    sb_ws_close(ws, 1000, NULL);
    handler_done = true;
}

/* Says good-bye at once. */
static void farewell(struct sb_req *req)
{
    struct sb_ws *ws;

    if (sb_ws_accept(req, NULL, &ws) != 0)
        return;
    (void)sb_ws_send(ws, false, "bye", 3);
    sb_ws_close(ws, 4001, "enough");
    handler_done = true;
}

static void pinging(struct sb_req *req)
{
    const struct sb_ws_conf conf = {.ping_ms = 20};
    struct sb_ws_message message;
    struct sb_ws *ws;

    if (sb_ws_accept(req, &conf, &ws) != 0)
        return;
    while ((last_result = sb_ws_read(ws, &message, -1, NULL)) == 1)
        continue;
    last_code = sb_ws_close_code(ws);
    sb_ws_close(ws, 0, NULL);
    handler_done = true;
}

/* Sends to somebody who does not read. */
static void firehose(struct sb_req *req)
{
    static char block[8192];
    const struct sb_ws_conf conf = {.max_queue = 100000};
    struct sb_ws *ws;

    if (sb_ws_accept(req, &conf, &ws) != 0)
        return;
    do {
        last_result = sb_ws_send(ws, true, block, sizeof(block));
        cr_assert_leq(sb_ws_queued(ws), 110000);
        (void)sb_yield();
    } while (last_result == 0);
    sb_ws_close(ws, 1013, NULL);
    handler_done = true;
}

static struct sb_ws *nudged;

static void nudgeable(struct sb_req *req)
{
    struct sb_ws_message message;

    if (sb_ws_accept(req, NULL, &nudged) != 0)
        return;
    last_result = sb_ws_read(nudged, &message, -1, NULL);
    sb_ws_close(nudged, 1000, NULL);
    handler_done = true;
}

static void count_call(void *arg, const struct sb_ws_message *message)
{
    int *calls = arg;

    *calls += message ? 1 : 1000;
}

static void by_callback(struct sb_req *req)
{
    struct sb_ws *ws;
    int calls = 0;

    if (sb_ws_accept(req, NULL, &ws) != 0)
        return;
    sb_ws_set_callback(ws, count_call, &calls);
    while (calls < 1000)
        (void)sb_sleep(1);
    last_result = calls;
    sb_ws_close(ws, 1000, NULL);
    handler_done = true;
}

static void unwilling(struct sb_req *req)
{
    sb_reply_header(req, "Retry-After", "7");
    sb_reply_error(req, sb_req_query(req, "auth") ? 401 : 503, "x", NULL, "no");
}

static const struct sb_route rows[] = {
    {.method = "GET", .pattern = "/echo", .handler = echo, .total_ms = -1},
    {.method = "POST", .pattern = "/echo", .handler = echo, .max_body = 10},
    {.method = "GET", .pattern = "/bye", .handler = farewell, .total_ms = -1},
    {.method = "GET", .pattern = "/ping", .handler = pinging, .total_ms = -1},
    {.method = "GET", .pattern = "/hose", .handler = firehose, .total_ms = -1},
    {.method = "GET", .pattern = "/nudge", .handler = nudgeable, .total_ms = -1},
    {.method = "GET", .pattern = "/callback", .handler = by_callback, .total_ms = -1},
    {.method = "GET", .pattern = "/no", .handler = unwilling},
    {.method = NULL},
};

static struct sb_wire_server wire;
static TALLOC_CTX *mem;

static void served(void *arg)
{
    void (*body)(void) = *(void (**)(void))arg;

    mem = talloc_new(NULL);
    handler_done = false;
    sb_wire_serve(&wire, rows, NULL);
    body();
    sb_wire_stop(&wire);
    talloc_free(mem);
}

#define SERVED(name)                                                                   \
    static void name(void);                                                            \
    Test(ws, name)                                                                     \
    {                                                                                  \
        void (*body)(void) = name;                                                     \
        sb_test_run(served, (void *)&body);                                            \
    }                                                                                  \
    static void name(void)

static void await_handler(void)
{
    for (int i = 0; i < 10000 && !handler_done; i++)
        (void)sb_sleep(1);
    cr_assert(handler_done);
}

static struct sb_ws *connect_to(const char *path, const struct sb_ws_conf *conf)
{
    char *url = talloc_asprintf(mem, "ws://127.0.0.1:%d%s", wire.port, path);
    struct sb_err err = {0};
    struct sb_ws *ws = NULL;
    int status = 0;

    cr_assert_eq(sb_ws_connect(url, NULL, 0, conf, 10000, &ws, &status, &err), 0, "%s",
                 err.msg);
    cr_assert_eq(status, 101);
    return ws;
}

/* ---- client and server ---- */

SERVED(carries_text_and_bytes_both_ways)
{
    struct sb_ws *ws = connect_to("/echo", NULL);
    struct sb_ws_message message;
    char big[4096];

    memset(big, 'x', sizeof(big));
    cr_assert_eq(sb_ws_send(ws, false, "grüß dich", strlen("grüß dich")), 0);
    cr_assert_eq(sb_ws_send(ws, true, "\0\1\2", 3), 0);
    cr_assert_eq(sb_ws_send(ws, false, "", 0), 0);
    cr_assert_eq(sb_ws_send(ws, true, big, sizeof(big)), 0);
    cr_assert_eq(sb_ws_read(ws, &message, 10000, NULL), 1);
    cr_assert(!message.binary);
    cr_assert_str_eq(message.data, "grüß dich");
    cr_assert_eq(sb_ws_read(ws, &message, 10000, NULL), 1);
    cr_assert(message.binary);
    cr_assert_eq(message.len, 3);
    cr_assert_eq(memcmp(message.data, "\0\1\2", 4), 0);
    cr_assert_eq(sb_ws_read(ws, &message, 10000, NULL), 1);
    cr_assert_eq(message.len, 0);
    cr_assert_str_eq(message.data, "");
    cr_assert_eq(sb_ws_read(ws, &message, 10000, NULL), 1);
    cr_assert_eq(message.len, sizeof(big));
    sb_ws_close(ws, 1000, "done");
    await_handler();
    cr_assert_eq(last_result, 0);
    cr_assert_eq(last_code, 1000);
}

SERVED(hands_over_everything_before_the_close)
{
    struct sb_ws *ws = connect_to("/bye", NULL);
    struct sb_ws_message message;

    cr_assert_eq(sb_ws_read(ws, &message, 10000, NULL), 1);
    cr_assert_str_eq(message.data, "bye");
    cr_assert_eq(sb_ws_read(ws, &message, 10000, NULL), 0);
    cr_assert_eq(sb_ws_close_code(ws), 4001);
    cr_assert_eq(sb_ws_send(ws, false, "x", 1), SB_EUNAVAILABLE);
    sb_ws_close(ws, 1000, NULL);
    await_handler();
}

SERVED(many_messages_come_in_order)
{
    struct sb_ws *ws = connect_to("/echo", NULL);
    struct sb_ws_message message;
    char text[20];

    for (int i = 0; i < 3000; i++) {
        (void)snprintf(text, sizeof(text), "%d", i);
        cr_assert_eq(sb_ws_send(ws, false, text, strlen(text)), 0);
    }
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(text, sizeof(text), "%d", i);
        cr_assert_eq(sb_ws_read(ws, &message, 10000, NULL), 1);
        cr_assert_str_eq(message.data, text);
    }
    sb_ws_close(ws, 1000, NULL);
    await_handler();
}

SERVED(read_times_out)
{
    struct sb_ws *ws = connect_to("/echo", NULL);
    struct sb_ws_message message;

    cr_assert_eq(sb_ws_read(ws, &message, 5, NULL), SB_ETIMEDOUT);
    cr_assert_eq(sb_ws_send(ws, false, "later", 5), 0);
    cr_assert_eq(sb_ws_read(ws, &message, 10000, NULL), 1);
    sb_ws_close(ws, 1000, NULL);
    await_handler();
}

SERVED(a_nudge_wakes_the_reader)
{
    struct sb_ws *ws = connect_to("/nudge", NULL);

    sb_ws_nudge(nudged);
    await_handler();
    cr_assert_eq(last_result, SB_ETIMEDOUT);
    sb_ws_close(ws, 1000, NULL);
}

SERVED(callback_mode_gets_each_message_and_the_end)
{
    struct sb_ws *ws = connect_to("/callback", NULL);

    for (int i = 0; i < 700; i++)
        cr_assert_eq(sb_ws_send(ws, false, "x", 1), 0);
    sb_ws_close(ws, 1000, NULL);
    await_handler();
    cr_assert_eq(last_result, 1700);
}

SERVED(a_vanished_peer_is_1006)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);

    sb_wire_puts(client,
                 "GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                 "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
    cr_assert_eq(sb_wire_answer(client, false).status, 101);
    sb_wire_close(client);
    await_handler();
    cr_assert_eq(last_result, 0);
    cr_assert_eq(last_code, 1006);
}

SERVED(a_slow_reader_is_cut_off)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);

    sb_wire_puts(client, "GET /hose HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                         "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
    await_handler();
    cr_assert_eq(last_result, SB_ELIMIT);
    sb_wire_close(client);
}

SERVED(freeing_the_server_ends_open_sockets)
{
    struct sb_ws *ws = connect_to("/echo", NULL);
    struct sb_ws_message message;

    sb_http_server_free(wire.server);
    wire.server = NULL;
    cr_assert_eq(sb_ws_read(ws, &message, 10000, NULL), 0);
    cr_assert_eq(sb_ws_close_code(ws), 1000);
    sb_ws_close(ws, 1000, NULL);
    await_handler();
    cr_assert_eq(last_result, SB_ECANCELED);
}

/* ---- raw frames ---- */

static struct sb_wire *upgrade(const char *path)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);
    struct sb_wire_answer answer;

    sb_wire_puts(client,
                 talloc_asprintf(mem,
                                 "GET %s HTTP/1.1\r\nHost: a\r\n"
                                 "Upgrade: WebSocket\r\nConnection: upgrade\r\n"
                                 "Sec-WebSocket-Version: 13\r\n"
                                 "Sec-WebSocket-Protocol: other, chat\r\n"
                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                                 path));
    answer = sb_wire_answer(client, false);
    cr_assert_eq(answer.status, 101);
    /* The example of RFC 6455 section 1.3 */
    cr_assert_str_eq(sb_wire_header(client, &answer, "Sec-WebSocket-Accept"),
                     "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    return client;
}

/* Reads one unmasked frame with a short payload; -1 at the end. */
static int read_frame(struct sb_wire *client, char *payload, size_t *len_r)
{
    size_t got;
    unsigned char *head = (unsigned char *)sb_wire_take(client, 2, &got);
    size_t len;
    int opcode;
    char *data;

    if (got < 2)
        return -1;
    opcode = head[0] & 0x0f;
    len = head[1] & 0x7f;
    data = sb_wire_take(client, len, &got);
    if (payload)
        memcpy(payload, data, got);
    if (len_r)
        *len_r = got;
    return opcode;
}

/* Skips to the close frame; its code, 1005 without one, 0 when there was none. */
static int read_close(struct sb_wire *client)
{
    unsigned char payload[130];
    size_t len = 0;
    int opcode;

    do
        opcode = read_frame(client, (char *)payload, &len);
    while (opcode >= 0 && opcode != 8);
    if (opcode < 0)
        return 0;
    return len < 2 ? 1005 : payload[0] << 8 | payload[1];
}

#define MASK "\0\0\0\0"
#define BYTES(text) text, sizeof(text) - 1

/* A frame that is malformed in itself is answered with a close that has no code. */
static const struct {
    const char *name, *bytes;
    size_t len;
    int code;
} hostile[] = {
    {"unmasked", BYTES("\x81\x02hi"), 1002},
    {"reserved bit 1", BYTES("\xc1\x82" MASK "hi"), 1002},
    {"reserved bit 2", BYTES("\xa1\x82" MASK "hi"), 1002},
    {"reserved bit 3", BYTES("\x91\x82" MASK "hi"), 1002},
    {"reserved data opcode", BYTES("\x83\x80" MASK), 1002},
    {"reserved control opcode", BYTES("\x8b\x80" MASK), 1002},
    {"fragmented ping", BYTES("\x09\x80" MASK), 1005},
    {"ping of 126 bytes", BYTES("\x89\xfe\x00\x7e" MASK), 1005},
    {"continuation of nothing", BYTES("\x80\x82" MASK "hi"), 1002},
    {"a new message inside of another", BYTES("\x01\x81" MASK "a\x81\x81" MASK "b"),
     1002},
    {"not UTF-8", BYTES("\x81\x82" MASK "\xc3\x28"), 1007},
    {"cut UTF-8", BYTES("\x81\x81" MASK "\xc3"), 1007},
    {"surrogate", BYTES("\x81\x83" MASK "\xed\xa0\x80"), 1007},
    {"not UTF-8 across fragments", BYTES("\x01\x81" MASK "\xc3\x80\x81" MASK "("),
     1007},
    {"announces 1 GiB", BYTES("\x82\xff\0\0\0\0\x40\0\0\0" MASK "a"), 1009},
    {"announces 2^63", BYTES("\x82\xff\x80\0\0\0\0\0\0\0" MASK), 1005},
    {"16-bit length for a short one", BYTES("\x82\xfe\x00\x01" MASK "a"), 1005},
    {"one byte too many", BYTES("\x82\xfe\x10\x01" MASK "a"), 1009},
    {"grows too large in fragments",
     BYTES("\x02\x81" MASK "a\x00\xfe\x10\x00" MASK "b"), 1009},
    {"close with one byte", BYTES("\x88\x81" MASK "a"), 1005},
    {"close with code 999", BYTES("\x88\x82" MASK "\x03\xe7"), 1002},
    {"close with code 1005", BYTES("\x88\x82" MASK "\x03\xed"), 1002},
    {"close with code 1006", BYTES("\x88\x82" MASK "\x03\xee"), 1002},
    {"close with a bad reason", BYTES("\x88\x83" MASK "\x03\xe8\xff"), 1007},
};

static void send_hostile(size_t i, bool bytewise)
{
    struct sb_wire *client = upgrade("/echo");
    int code;

    handler_done = false;
    for (size_t at = 0; at < hostile[i].len && bytewise; at++) {
        sb_wire_send(client, hostile[i].bytes + at, 1);
        (void)sb_yield();
    }
    if (!bytewise)
        sb_wire_send(client, hostile[i].bytes, hostile[i].len);
    code = read_close(client);
    cr_assert_eq(code, hostile[i].code, "%s: %d", hostile[i].name, code);
    /* The client echoes the close, as a polite one does. */
    sb_wire_send(client, BYTES("\x88\x80" MASK));
    (void)shutdown(client->fd, SHUT_WR);
    cr_assert(sb_wire_closes(client, 10000), "%s", hostile[i].name);
    await_handler();
    cr_assert_leq(last_result, 0);
    sb_wire_close(client);
}

SERVED(refuses_hostile_frames)
{
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        send_hostile(i, false);
        send_hostile(i, true);
    }
}

SERVED(puts_fragments_together_with_a_ping_between)
{
    struct sb_wire *client = upgrade("/echo");
    char payload[200];
    size_t len;

    sb_wire_send(client, BYTES("\x01\x82" MASK "he\x89\x83" MASK "abc\x00\x80" MASK
                               "\x80\x83" MASK "llo"));
    cr_assert_eq(read_frame(client, payload, &len), 10);
    cr_assert_eq(memcmp(payload, "abc", 3), 0);
    cr_assert_eq(read_frame(client, payload, &len), 1);
    cr_assert_eq(len, 5);
    cr_assert_eq(memcmp(payload, "hello", 5), 0);
    sb_wire_send(client, BYTES("\x88\x82" MASK "\x03\xe9"));
    cr_assert_eq(read_close(client), 1001);
    cr_assert(sb_wire_closes(client, 10000));
    await_handler();
    cr_assert_eq(last_code, 1001);
    sb_wire_close(client);
}

SERVED(reads_frames_sent_right_behind_the_upgrade)
{
    struct sb_wire *client = sb_wire_dial(mem, wire.port);
    static const char bytes[] =
        "GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x85" MASK "early";
    char payload[200];
    size_t len;

    sb_wire_send(client, BYTES(bytes));
    cr_assert_eq(sb_wire_answer(client, false).status, 101);
    cr_assert_eq(read_frame(client, payload, &len), 1);
    cr_assert_eq(memcmp(payload, "early", 5), 0);
    sb_wire_close(client);
    await_handler();
}

SERVED(a_flood_of_pings_is_bounded)
{
    struct sb_wire *client = upgrade("/echo");
    char *pings = talloc_size(mem, 131 * 4000);

    for (size_t i = 0; i < 4000; i++) {
        memset(pings + i * 131, 'x', 131);
        memcpy(pings + i * 131, "\x89\xfd" MASK, 6);
    }
    for (int i = 0; i < 4; i++)
        sb_wire_send(client, pings, 131 * 4000);
    /* All pongs come once we read. */
    for (int i = 0; i < 16000; i++)
        cr_assert_eq(read_frame(client, NULL, NULL), 10);
    sb_wire_close(client);
    await_handler();
}

SERVED(pings_and_gives_up_on_the_silent)
{
    struct sb_wire *client = upgrade("/ping");

    cr_assert_eq(read_frame(client, NULL, NULL), 9);
    cr_assert(sb_wire_closes(client, 10000)); /* no pong from us */
    await_handler();
    cr_assert_eq(last_code, 1006);
    sb_wire_close(client);
}

SERVED(our_client_answers_pings)
{
    struct sb_ws *ws = connect_to("/ping", NULL);
    struct sb_ws_message message;

    cr_assert_eq(sb_ws_read(ws, &message, 150, NULL), SB_ETIMEDOUT);
    cr_assert_eq(sb_ws_close_code(ws), 0);
    sb_ws_close(ws, 1000, NULL);
    await_handler();
    cr_assert_eq(last_code, 1000);
}

/* ---- the handshake, from the server's side ---- */

SERVED(refuses_upgrades_that_are_none)
{
    static const struct {
        const char *method, *headers;
        int status;
    } cases[] = {
        {"GET", "", 426},
        {"GET", "Upgrade: websocket\r\n", 426},
        {"GET", "Connection: Upgrade\r\nUpgrade: h2c\r\n", 426},
        {"POST", "Connection: Upgrade\r\nUpgrade: websocket\r\n", 426},
        {"GET",
         "Connection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 8\r\n",
         426},
        {"GET",
         "Connection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\n",
         400},
        {"GET",
         "Connection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n",
         400},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sb_wire_answer answer = sb_wire_ask(mem, wire.port, cases[i].method,
                                                   "/echo", cases[i].headers, NULL);

        cr_assert_eq(answer.status, cases[i].status, "%zu: %d", i, answer.status);
    }
}

SERVED(agrees_on_a_subprotocol)
{
    const struct sb_ws_conf conf = {.protocol = "chat"}, other = {.protocol = "other"};
    struct sb_wire *client = sb_wire_dial(mem, wire.port);
    struct sb_ws *ws = connect_to("/echo", &conf);

    sb_ws_close(ws, 1000, NULL);
    ws = connect_to("/echo", &other); /* not taken up, and that is allowed */
    sb_ws_close(ws, 1000, NULL);
    sb_wire_close(client);
}

/* ---- the handshake, from the client's side ---- */

static int try_url(const char *url, const struct sb_ws_conf *conf, int *status_r,
                   struct sb_err *err)
{
    struct sb_ws *ws = NULL;
    int code = sb_ws_connect(url, NULL, 0, conf, 10000, &ws, status_r, err);

    sb_ws_close(ws, 1000, NULL);
    return code;
}

SERVED(reports_a_refused_upgrade)
{
    struct sb_err err = {0};
    int status = 0;

    cr_assert_eq(try_url(talloc_asprintf(mem, "ws://127.0.0.1:%d/no?auth=1", wire.port),
                         NULL, &status, &err),
                 SB_EAUTH);
    cr_assert_eq(status, 401);
    cr_assert_eq(try_url(talloc_asprintf(mem, "ws://127.0.0.1:%d/no", wire.port), NULL,
                         &status, &err),
                 SB_EUNAVAILABLE);
    cr_assert_eq(status, 503);
    cr_assert_eq(err.retry_after_ms, 7000);
    cr_assert_eq(try_url(talloc_asprintf(mem, "ws://127.0.0.1:%d/none", wire.port),
                         NULL, &status, &err),
                 SB_ENOTFOUND);
}

SERVED(refuses_bad_addresses_and_headers)
{
    static const char *const bad[] = {"http://x/", "ws://",      "ws://u:p@x/",
                                      "ws://x/#a", "ws://x/a b", "ws://x/\r\nX: y",
                                      "ws://[::1/"};
    const struct sb_http_header header = {"X", "a\r\nY: b"};
    struct sb_err err = {0};
    struct sb_ws *ws = NULL;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_assert_eq(try_url(bad[i], NULL, NULL, &err), SB_EINVAL, "%s", bad[i]);
    cr_assert_eq(
        sb_ws_connect("ws://127.0.0.1:1/", &header, 1, NULL, 1000, &ws, NULL, &err),
        SB_EINVAL);
    cr_assert_eq(try_url("ws://127.0.0.1:1/", NULL, NULL, &err), SB_EUNAVAILABLE);
    cr_assert_not_null(strstr(err.msg, "127.0.0.1:1"));
    cr_assert_eq(try_url("ws://no-such-host.invalid/", NULL, NULL, &err),
                 SB_EUNAVAILABLE);
}

SERVED(tries_every_address_of_a_name)
{
    /* Where the name has an IPv6 address too, nobody listens on that one. */
    char *url = talloc_asprintf(mem, "ws://localhost:%d/bye", wire.port);
    struct sb_err err = {0};

    cr_assert_eq(try_url(url, NULL, NULL, &err), 0, "%s", err.msg);
}

/* A server that answers every connection with fixed bytes, or with silence. */
struct script {
    int fd, port;
    const char *answer;
};

static void run_script(void *arg)
{
    struct script *script = arg;
    char buf[2000];
    int fd;

    (void)sb_wait_fd(script->fd, EV_READ, 10000);
    fd = accept(script->fd, NULL, NULL);
    (void)sb_wait_fd(fd, EV_READ, 10000);
    (void)recv(fd, buf, sizeof(buf), 0);
    if (script->answer)
        (void)send(fd, script->answer, strlen(script->answer), MSG_NOSIGNAL);
    else
        (void)sb_sleep(300);
    (void)close(fd);
}

static int try_script(const char *answer, int timeout_ms, struct sb_err *err)
{
    const struct sb_ws_conf conf = {.protocol = "chat"};
    struct script script = {.answer = answer};
    struct sockaddr_in address;
    socklen_t len = sizeof(address);
    struct sb_ws *ws = NULL;
    struct sb_task *task;
    int code;

    script.fd = sb_http_listen("127.0.0.1:0", err);
    cr_assert_eq(getsockname(script.fd, (struct sockaddr *)&address, &len), 0);
    task = sb_task_ref(sb_task_spawn(sb_loop_current(), "script", run_script, &script));
    code = sb_ws_connect(
        talloc_asprintf(mem, "ws://127.0.0.1:%d/", ntohs(address.sin_port)), NULL, 0,
        &conf, timeout_ms, &ws, NULL, err);
    sb_ws_close(ws, 1000, NULL);
    (void)sb_task_join(task, -1);
    sb_task_unref(task);
    (void)close(script.fd);
    return code;
}

SERVED(refuses_servers_that_do_not_mean_it)
{
    static const char *const answers[] = {
        "",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching\r\n\r\n",
        "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    };
    struct sb_err err = {0};

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        int code = try_script(answers[i], 10000, &err);

        cr_assert(code == SB_EPROTO || code == SB_EUNAVAILABLE, "%zu: %d", i, code);
        cr_assert(strlen(err.msg) > 0);
    }
}

SERVED(gives_up_on_a_silent_server)
{
    struct sb_err err = {0};

    cr_assert_eq(try_script(NULL, 30, &err), SB_ETIMEDOUT);
}

/* ---- TLS ---- */

static void tls_task(void *arg)
{
    struct sb_test_cert cert;
    struct sb_http_server_conf conf = {0};
    struct sb_ws_conf trusting = {.ca_file = cert.cert};
    struct sb_err err = {0};
    char *named, *numbered;

    (void)arg;
    mem = talloc_new(NULL);
    handler_done = false;
    sb_test_cert_make(&cert, "DNS:localhost");
    cr_assert_eq(sb_http_tls(cert.cert, cert.key, &conf.tls, &err), 0, "%s", err.msg);
    sb_wire_serve(&wire, rows, &conf);
    named = talloc_asprintf(mem, "wss://localhost:%d/bye", wire.port);
    numbered = talloc_asprintf(mem, "wss://127.0.0.1:%d/bye", wire.port);
    cr_assert_eq(try_url(named, &trusting, NULL, &err), 0, "%s", err.msg);
    await_handler();
    cr_assert_eq(try_url(numbered, &trusting, NULL, &err), SB_EUNAVAILABLE);
    cr_assert_not_null(strstr(err.msg, "mismatch"), "%s", err.msg);
    cr_assert_eq(try_url(named, NULL, NULL, &err), SB_EUNAVAILABLE);
    cr_assert_not_null(strstr(err.msg, "cannot be trusted"), "%s", err.msg);
    sb_wire_stop(&wire);
    SSL_CTX_free(conf.tls);
    sb_test_cert_remove(&cert);
    talloc_free(mem);
}

Test(ws, tls_checks_chain_and_name)
{
    sb_test_run(tls_task, NULL);
}
