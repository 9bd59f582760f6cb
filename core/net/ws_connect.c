/* SPDX-License-Identifier: Apache-2.0
 *
 * The client's half: resolve, try every address in turn, TLS with the host's name
 * checked, then the handshake of RFC 6455 section 4.1. One function from top to
 * bottom, in the caller's task.
 */
#include "net/ws_impl.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "base/buf.h"
#include "base/crypto.h"
#include "net/http.h"
#include "net/http_parse.h"
#include "net/ws_tls.h"
#include "net/ws_url.h"

enum { CONNECT_MS = 10 * 1000 };

/* One attempt to get through; lives in the task's frame. */
struct dial {
    const struct sb_ws_url *url;
    struct bufferevent *bev;
    struct sb_wait wait;
    bool connected, broken;
    struct sb_head_scan scan;
};

/* ---- names ---- */

struct lookup {
    const struct sb_ws_url *url;
    struct addrinfo *list;
    int code;
};

/* On the thread pool. */
static void look_up(void *arg)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV};
    struct lookup *lookup = arg;

    lookup->code =
        getaddrinfo(lookup->url->host, lookup->url->port, &hints, &lookup->list);
}

/* [suspends] */
static int resolve(const struct sb_ws_url *url, struct addrinfo **list_r,
                   struct sb_err *err)
{
    const struct addrinfo numeric = {.ai_socktype = SOCK_STREAM,
                                     .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct lookup lookup = {.url = url};
    int code;

    if (getaddrinfo(url->host, url->port, &numeric, list_r) == 0)
        return 0;
    code = sb_offload(look_up, &lookup);
    if (code == 0 && lookup.code == 0) {
        *list_r = lookup.list;
        return 0;
    }
    if (lookup.list)
        freeaddrinfo(lookup.list);
    if (code != 0)
        return sb_fail(err, code, "the look-up of %s was given up", url->host);
    return sb_fail(err, SB_EUNAVAILABLE, "the host %s cannot be found: %s", url->host,
                   gai_strerror(lookup.code));
}

/* ---- connecting ---- */

static void on_bytes(struct bufferevent *bev, void *arg)
{
    struct dial *dial = arg;

    (void)bev;
    sb_wait_wake(&dial->wait);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    struct dial *dial = arg;
    const int on = 1;

    if (what & BEV_EVENT_CONNECTED) {
        dial->connected = true;
        (void)setsockopt(bufferevent_getfd(bev), IPPROTO_TCP, TCP_NODELAY, &on,
                         sizeof(on));
    }
    if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
        dial->broken = true;
    sb_wait_wake(&dial->wait);
}

static int fail_dial(const struct dial *dial, struct sb_err *err)
{
    const char *why = sb_ws_tls_fault(dial->bev);

    if (why)
        return sb_fail(err, SB_EUNAVAILABLE, "%s cannot be trusted: %s",
                       dial->url->host, why);
    return sb_fail(err, SB_EUNAVAILABLE, "no connection to %s:%s: %s", dial->url->host,
                   dial->url->port,
                   evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
}

/* [suspends] */
static int connect_one(struct dial *dial, const struct addrinfo *address,
                       const char *ca_file, int64_t timeout_ms, struct sb_err *err)
{
    struct event_base *base = sb_loop_base(sb_loop_current());
    int code = 0;

    dial->connected = dial->broken = false;
    sb_wait_init(&dial->wait);
    if (dial->url->is_tls)
        code = sb_ws_tls_bufferevent(base, dial->url, ca_file, &dial->bev, err);
    else
        dial->bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    if (code != 0)
        return code;
    if (!dial->bev)
        return sb_fail(err, SB_ENOMEM, "there is no memory for a connection");
    bufferevent_setcb(dial->bev, on_bytes, NULL, on_event, dial);
    if (bufferevent_socket_connect(dial->bev, address->ai_addr,
                                   (int)address->ai_addrlen) != 0)
        dial->broken = true;
    while (!dial->connected && !dial->broken && code == 0)
        code = sb_wait_for(&dial->wait, timeout_ms);
    if (code == 0 && !dial->broken)
        return 0;
    code = code != 0 ? sb_fail(err, code, "%s:%s did not answer in time",
                               dial->url->host, dial->url->port)
                     : fail_dial(dial, err);
    bufferevent_free(dial->bev);
    dial->bev = NULL;
    return code;
}

/* [suspends] Each address gets its share of the time that is left. */
static int connect_any(struct dial *dial, const char *ca_file, struct sb_err *err)
{
    struct addrinfo *list = NULL;
    int code = resolve(dial->url, &list, err), left = 0;

    if (code != 0)
        return code;
    for (const struct addrinfo *at = list; at; at = at->ai_next)
        left++;
    code = SB_EUNAVAILABLE;
    for (const struct addrinfo *at = list; at; at = at->ai_next, left--) {
        code = connect_one(dial, at, ca_file, sb_task_deadline_left() / left, err);
        if (code == 0 || code == SB_ECANCELED || code == SB_EINVAL)
            break;
    }
    freeaddrinfo(list);
    return code;
}

/* ---- the handshake ---- */

static bool is_clean(const struct sb_http_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!sb_is_token(headers[i].name, strlen(headers[i].name)) ||
            strpbrk(headers[i].value, "\r\n"))
            return false;
    return true;
}

static void ask(struct dial *dial, const struct sb_http_header *headers, size_t count,
                const struct sb_ws_conf *conf, const char *key)
{
    struct evbuffer *out = bufferevent_get_output(dial->bev);

    (void)evbuffer_add_printf(out,
                              "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: %s\r\n",
                              dial->url->path, dial->url->authority, key);
    if (conf && conf->protocol)
        (void)evbuffer_add_printf(out, "Sec-WebSocket-Protocol: %s\r\n",
                                  conf->protocol);
    for (size_t i = 0; i < count; i++)
        (void)evbuffer_add_printf(out, "%s: %s\r\n", headers[i].name, headers[i].value);
    (void)evbuffer_add(out, "\r\n", 2);
    (void)bufferevent_enable(dial->bev, EV_READ | EV_WRITE);
}

/* [suspends] Collects the head of the answer; what follows it stays in the buffer. */
static int await_head(struct dial *dial, struct sb_buf *text, struct sb_err *err)
{
    struct evbuffer *in = bufferevent_get_input(dial->bev);

    for (;;) {
        size_t len = evbuffer_get_contiguous_space(in), used = 0;
        struct sb_http_fault fault;
        enum sb_parse found;
        int code;

        if (len > 0) {
            const char *data = (const char *)evbuffer_pullup(in, (ev_ssize_t)len);

            found = sb_head_scan(&dial->scan, &sb_http_limits_default, data, len, &used,
                                 &fault);
            sb_buf_add(text, data, used);
            (void)evbuffer_drain(in, used);
            if (found == SB_PARSE_BAD)
                return sb_fail(err, SB_EPROTO,
                               "%s answers with something that is no HTTP",
                               dial->url->host);
            if (found == SB_PARSE_DONE)
                return 0;
            continue;
        }
        if (dial->broken)
            return sb_fail(err, SB_EUNAVAILABLE, "%s closed during the handshake",
                           dial->url->host);
        code = sb_wait_for(&dial->wait, -1);
        if (code != 0)
            return sb_fail(err, code, "%s did not answer the handshake in time",
                           dial->url->host);
    }
}

static int code_of(int status)
{
    if (status == 401 || status == 403)
        return SB_EAUTH;
    if (status == 404)
        return SB_ENOTFOUND;
    if (status == 429)
        return SB_ELIMIT;
    return status >= 500 ? SB_EUNAVAILABLE : SB_EPROTO;
}

static int refuse_status(const struct dial *dial, const struct sb_head *head,
                         int status, struct sb_err *err)
{
    const char *after = sb_head_value(head->headers, head->count, "Retry-After");

    if (err && after && *after >= '0' && *after <= '9' && strlen(after) <= 5)
        err->retry_after_ms = (int)strtol(after, NULL, 10) * 1000;
    return sb_fail(err, code_of(status), "%s refused the WebSocket with status %d",
                   dial->url->host, status);
}

static int check_answer(const struct dial *dial, const struct sb_head *head,
                        const struct sb_ws_conf *conf, const char *key,
                        struct sb_err *err)
{
    const char *accept =
        sb_head_value(head->headers, head->count, "Sec-WebSocket-Accept");
    const char *upgrade = sb_head_value(head->headers, head->count, "Upgrade");
    const char *chosen =
        sb_head_value(head->headers, head->count, "Sec-WebSocket-Protocol");
    char wanted[32];

    sb_ws_accept_value(key, wanted);
    if (!head->upgrade || !sb_list_has(upgrade, "websocket") || !accept ||
        strcmp(accept, wanted) != 0)
        return sb_fail(err, SB_EPROTO, "%s does not complete the WebSocket handshake",
                       dial->url->host);
    if (sb_head_value(head->headers, head->count, "Sec-WebSocket-Extensions"))
        return sb_fail(err, SB_EPROTO, "%s uses an extension that nobody asked for",
                       dial->url->host);
    if (chosen && (!conf || !conf->protocol || strcmp(chosen, conf->protocol) != 0))
        return sb_fail(err, SB_EPROTO, "%s chose a subprotocol that nobody asked for",
                       dial->url->host);
    return 0;
}

/* [suspends] */
static int shake_hands(TALLOC_CTX *mem, struct dial *dial,
                       const struct sb_http_header *headers, size_t count,
                       const struct sb_ws_conf *conf, int *status_r, struct sb_err *err)
{
    uint8_t nonce[16];
    char key[28];
    struct sb_buf text;
    struct sb_head head;
    int code, status;

    (void)signal(SIGPIPE, SIG_IGN); /* a server that leaves must not end the process */
    sb_random(nonce, sizeof(nonce));
    (void)sb_base64(nonce, sizeof(nonce), key, sizeof(key), false);
    ask(dial, headers, count, conf, key);
    sb_buf_init(&text, mem);
    code = await_head(dial, &text, err);
    if (code != 0)
        return code;
    status = sb_answer_parse(mem, text.data + dial->scan.start,
                             text.len - dial->scan.start, dial->scan.count, &head);
    if (status_r && status > 0)
        *status_r = status;
    if (status < 0)
        return sb_fail(err, SB_EPROTO, "%s answers with something that is no HTTP",
                       dial->url->host);
    if (status != 101)
        return refuse_status(dial, &head, status, err);
    return check_answer(dial, &head, conf, key, err);
}

int sb_ws_connect(const char *url, const struct sb_http_header *headers, size_t count,
                  const struct sb_ws_conf *conf, int timeout_ms, struct sb_ws **ws_r,
                  int *status_r, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_ws_url parsed;
    struct dial dial = {.url = &parsed};
    int64_t before = sb_task_deadline_push(timeout_ms > 0 ? timeout_ms : CONNECT_MS);
    int code = sb_ws_url_parse(mem, url, &parsed, err);

    if (code == 0 && !is_clean(headers, count))
        code = sb_fail(err, SB_EINVAL, "a header for the WebSocket is not valid");
    if (code == 0)
        code = connect_any(&dial, conf ? conf->ca_file : NULL, err);
    if (code == 0)
        code = shake_hands(mem, &dial, headers, count, conf, status_r, err);
    if (code == 0)
        *ws_r = sb_ws_new(NULL, sb_loop_current(), dial.bev, false, conf);
    else if (dial.bev)
        bufferevent_free(dial.bev);
    sb_task_deadline_pop(before);
    talloc_free(mem);
    return code;
}
