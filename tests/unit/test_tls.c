/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <openssl/ssl.h>
#include <string.h>
#include "base/task.h"
#include "net/client.h"
#include "net/http.h"
#include "net/ws.h"
#include "support/cert.h"
#include "support/intask.h"
#include "support/wire.h"

enum { BIG = 1000000 };
static char big[BIG];

static void serve_big(struct sb_req *req)
{
    sb_reply(req, 200, "application/octet-stream", big, sizeof(big));
}

static void stream_big(struct sb_req *req)
{
    if (sb_reply_start(req, 200, "application/octet-stream") == 0 &&
        sb_reply_write(req, big, sizeof(big)) == 0)
        (void)sb_reply_end(req);
}

static void echo(struct sb_req *req)
{
    cr_assert(req->secure);
    sb_reply(req, 200, "application/octet-stream", req->body, req->body_len);
}

static const struct sb_route rows[] = {
    {.method = "GET", .pattern = "/big", .handler = serve_big},
    {.method = "GET", .pattern = "/stream", .handler = stream_big},
    {.method = "POST", .pattern = "/echo", .handler = echo, .max_body = BIG},
    {.method = NULL},
};

static struct sb_wire_server wire;
static struct sb_test_cert cert;
static struct sb_client *client;
static TALLOC_CTX *mem;

static void served(void *arg)
{
    void (*body)(void) = *(void (**)(void))arg;
    struct sb_http_server_conf conf = {.limits = {.handshake_ms = 50}};
    struct sb_client_conf client_conf = {.allow_private = true, .ca_file = cert.cert};
    struct sb_err err = {0};

    mem = talloc_new(NULL);
    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = (char)(i * 7 + i / 251);
    sb_test_cert_make(&cert, "DNS:localhost");
    cr_assert_eq(sb_http_tls(cert.cert, cert.key, &conf.tls, &err), 0, "%s", err.msg);
    sb_wire_serve(&wire, rows, &conf);
    SSL_CTX_free(conf.tls); /* the server holds it */
    cr_assert_eq(sb_client_new(sb_loop_current(), &client_conf, &client, &err), 0);
    body();
    sb_client_free(client);
    sb_wire_stop(&wire);
    sb_test_cert_remove(&cert);
    talloc_free(mem);
}

#define SERVED(name)                                                                   \
    static void name(void);                                                            \
    Test(tls, name)                                                                    \
    {                                                                                  \
        void (*body)(void) = name;                                                     \
        sb_test_run(served, (void *)&body);                                            \
    }                                                                                  \
    static void name(void)

static void fetch(const char *path, const char *body, size_t body_len)
{
    char *url = talloc_asprintf(mem, "https://localhost:%d%s", wire.port, path);
    struct sb_http_request request = {.size = sizeof(request),
                                      .method = body ? "POST" : "GET",
                                      .url = url,
                                      .body = body,
                                      .body_len = body_len};
    struct sb_err err = {0};
    struct sb_http *http = NULL;
    const char *got;
    size_t len;

    cr_assert_eq(sb_client_open(client, &request, &http, &err), 0, "%s", err.msg);
    cr_assert_eq(sb_http_status(http), 200);
    cr_assert_eq(sb_http_body(http, &got, &len, &err), 0, "%s", err.msg);
    cr_assert_eq(len, body ? body_len : sizeof(big));
    cr_assert_eq(memcmp(got, body ? body : big, len), 0);
    sb_http_close(http);
}

SERVED(carries_large_answers)
{
    for (int i = 0; i < 3; i++)
        fetch("/big", NULL, 0);
}

SERVED(carries_streams)
{
    fetch("/stream", NULL, 0);
}

SERVED(carries_large_bodies)
{
    fetch("/echo", big, 1);
    fetch("/echo", big, 70000);
    fetch("/echo", big, sizeof(big));
}

SERVED(gives_up_on_a_handshake_that_does_not_come)
{
    struct sb_wire *silent = sb_wire_dial(mem, wire.port);

    cr_assert(sb_wire_closes(silent, 10000));
    sb_wire_close(silent);
}

SERVED(plain_http_gets_nothing)
{
    struct sb_wire *plain = sb_wire_dial(mem, wire.port);

    sb_wire_puts(plain, "GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
    cr_assert(sb_wire_closes(plain, 10000));
    cr_assert(plain->len < 12 || memcmp(plain->in, "HTTP/1.1 200", 12) != 0);
    sb_wire_close(plain);
}

Test(tls, refuses_files_that_do_not_fit)
{
    struct sb_test_cert one, two;
    struct ssl_ctx_st *tls = NULL;
    struct sb_err err = {0};

    sb_test_cert_make(&one, "DNS:a");
    sb_test_cert_make(&two, "DNS:b");
    cr_assert_eq(sb_http_tls(one.cert, two.key, &tls, &err), SB_EINVAL);
    cr_assert(strlen(err.msg) > 0);
    cr_assert_eq(sb_http_tls("/nonexistent", one.key, &tls, &err), SB_EINVAL);
    cr_assert_not_null(strstr(err.msg, "/nonexistent"));
    cr_assert_null(tls);
    sb_test_cert_remove(&one);
    sb_test_cert_remove(&two);
}
