/* SPDX-License-Identifier: Apache-2.0 */
#include <brotli/decode.h>
#include <criterion/criterion.h>
#include <string.h>
#include <zlib.h>
#include "base/task.h"
#include "net/http.h"
#include "support/intask.h"
#include "support/wire.h"

static char script[5000], noise[5000];

static const struct sb_asset script_asset = {"/a.js", "text/javascript; charset=utf-8",
                                             "public, max-age=60", script,
                                             sizeof(script)};
static const struct sb_asset noise_asset = {"/a.png", "image/png", NULL, noise,
                                            sizeof(noise)};
static const struct sb_asset tiny_asset = {"/t.txt", "text/plain", NULL, "0123456789",
                                           10};

static void serve(struct sb_req *req)
{
    sb_reply_asset(req, req->arg);
}

static const struct sb_route rows[] = {
    {.method = "GET",
     .pattern = "/a.js",
     .handler = serve,
     .arg = (void *)(uintptr_t)&script_asset},
    {.method = "GET",
     .pattern = "/a.png",
     .handler = serve,
     .arg = (void *)(uintptr_t)&noise_asset},
    {.method = "GET",
     .pattern = "/t.txt",
     .handler = serve,
     .arg = (void *)(uintptr_t)&tiny_asset},
    {.method = NULL},
};

static struct sb_wire_server wire;
static struct sb_wire *client;

static void served(void *arg)
{
    void (*body)(void) = *(void (**)(void))arg;
    unsigned x = 1;

    for (size_t i = 0; i < sizeof(script); i++)
        script[i] = "var answer = 42;\n"[i % 17];
    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (char)((x = x * 1103515245 + 12345) >> 16);
    sb_wire_serve(&wire, rows, NULL);
    client = sb_wire_dial(NULL, wire.port);
    body();
    sb_wire_stop(&wire);
    sb_wire_close(client);
}

#define SERVED(name)                                                                   \
    static void name(void);                                                            \
    Test(asset, name)                                                                  \
    {                                                                                  \
        void (*body)(void) = name;                                                     \
        sb_test_run(served, (void *)&body);                                            \
    }                                                                                  \
    static void name(void)

static struct sb_wire_answer get(const char *method, const char *path, const char *more)
{
    sb_wire_puts(client, talloc_asprintf(client, "%s %s HTTP/1.1\r\nHost: a\r\n%s\r\n",
                                         method, path, more));
    return sb_wire_answer(client, strcmp(method, "HEAD") == 0);
}

static const char *header(const struct sb_wire_answer *answer, const char *name)
{
    const char *value = sb_wire_header(client, answer, name);

    return value ? value : "";
}

SERVED(serves_the_plain_file)
{
    struct sb_wire_answer answer = get("GET", "/a.js", "");

    cr_assert_eq(answer.status, 200);
    cr_assert_eq(answer.body_len, sizeof(script));
    cr_assert_eq(memcmp(answer.body, script, sizeof(script)), 0);
    cr_assert_str_eq(header(&answer, "Content-Encoding"), "");
    cr_assert_str_eq(header(&answer, "Vary"), "Accept-Encoding");
    cr_assert_str_eq(header(&answer, "Cache-Control"), "public, max-age=60");
    cr_assert_str_eq(header(&answer, "Content-Type"), "text/javascript; charset=utf-8");
}

SERVED(compresses_with_gzip)
{
    struct sb_wire_answer answer =
        get("GET", "/a.js", "Accept-Encoding: gzip, br;q=0\r\n");
    static char out[sizeof(script)];
    z_stream z = {.next_in = (Bytef *)answer.body,
                  .avail_in = (uInt)answer.body_len,
                  .next_out = (Bytef *)out,
                  .avail_out = sizeof(out)};

    cr_assert_str_eq(header(&answer, "Content-Encoding"), "gzip");
    cr_assert_lt(answer.body_len, 500);
    cr_assert_eq(inflateInit2(&z, 31), Z_OK);
    cr_assert_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
    cr_assert_eq(z.total_out, sizeof(script));
    cr_assert_eq(memcmp(out, script, sizeof(script)), 0);
    (void)inflateEnd(&z);
}

SERVED(prefers_brotli)
{
    struct sb_wire_answer answer = get("GET", "/a.js", "Accept-Encoding: gzip, br\r\n");
    static uint8_t out[sizeof(script)];
    size_t len = sizeof(out);

    cr_assert_str_eq(header(&answer, "Content-Encoding"), "br");
    cr_assert_eq(BrotliDecoderDecompress(answer.body_len, (const uint8_t *)answer.body,
                                         &len, out),
                 BROTLI_DECODER_RESULT_SUCCESS);
    cr_assert_eq(len, sizeof(script));
    cr_assert_eq(memcmp(out, script, sizeof(script)), 0);
}

SERVED(leaves_alone_what_does_not_shrink)
{
    struct sb_wire_answer answer =
        get("GET", "/a.png", "Accept-Encoding: gzip, br\r\n");

    cr_assert_str_eq(header(&answer, "Content-Encoding"), "");
    cr_assert_eq(answer.body_len, sizeof(noise));
    answer = get("GET", "/t.txt", "Accept-Encoding: gzip, br\r\n");
    cr_assert_str_eq(answer.body, "0123456789");
}

SERVED(answers_head_with_the_length)
{
    struct sb_wire_answer answer = get("HEAD", "/a.js", "");

    cr_assert_str_eq(header(&answer, "Content-Length"), "5000");
}

SERVED(knows_what_the_client_has)
{
    struct sb_wire_answer plain = get("GET", "/a.js", "");
    struct sb_wire_answer packed = get("GET", "/a.js", "Accept-Encoding: br\r\n");
    const char *plain_tag = header(&plain, "ETag"),
               *packed_tag = header(&packed, "ETag");
    static const char *const forms[] = {"If-None-Match: %s\r\n",
                                        "If-None-Match: W/%s\r\n",
                                        "If-None-Match: \"x\", %s\r\n"};

    cr_assert_str_neq(plain_tag, packed_tag);
    for (size_t i = 0; i < 3; i++) {
        struct sb_wire_answer answer;
        char line[100];
        const char *at = strstr(forms[i], "%s");

        (void)snprintf(line, sizeof(line), "%.*s%s\r\n", (int)(at - forms[i]), forms[i],
                       i == 1 ? packed_tag : plain_tag);
        answer = get("GET", "/a.js", line);
        cr_assert_eq(answer.status, 304, "%s", line);
        cr_assert_str_eq(header(&answer, "ETag"), plain_tag);
    }
    cr_assert_eq(get("GET", "/a.js", "If-None-Match: *\r\n").status, 304);
    cr_assert_eq(get("GET", "/a.js", "If-None-Match: \"other\"\r\n").status, 200);
    cr_assert_eq(get("GET", "/a.js", "If-None-Match: garbage\r\n").status, 200);
}

SERVED(serves_ranges)
{
    static const struct {
        const char *range;
        int status;
        const char *body, *where;
    } cases[] = {
        {"bytes=0-3", 206, "0123", "bytes 0-3/10"},
        {"bytes=8-", 206, "89", "bytes 8-9/10"},
        {"bytes=-3", 206, "789", "bytes 7-9/10"},
        {"bytes=-100", 206, "0123456789", "bytes 0-9/10"},
        {"bytes=5-100", 206, "56789", "bytes 5-9/10"},
        {"bytes=10-", 416, NULL, "bytes */10"},
        {"bytes=-0", 416, NULL, "bytes */10"},
        {"bytes=3-2", 200, "0123456789", ""},
        {"bytes=0-1,3-4", 200, "0123456789", ""},
        {"lines=0-1", 200, "0123456789", ""},
        {"bytes=99999999999999999999-", 200, "0123456789", ""},
        {"bytes=", 200, "0123456789", ""},
        {"bytes=-", 200, "0123456789", ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sb_wire_answer answer = get(
            "GET", "/t.txt", talloc_asprintf(client, "Range: %s\r\n", cases[i].range));

        cr_assert_eq(answer.status, cases[i].status, "%s", cases[i].range);
        cr_assert_str_eq(header(&answer, "Content-Range"), cases[i].where);
        if (cases[i].body)
            cr_assert_str_eq(answer.body, cases[i].body);
    }
}

SERVED(ranges_depend_on_if_range)
{
    struct sb_wire_answer answer = get("GET", "/t.txt", "");
    const char *tag = header(&answer, "ETag");
    const char *fresh =
        talloc_asprintf(client, "Range: bytes=0-0\r\nIf-Range: %s\r\n", tag);

    cr_assert_eq(get("GET", "/t.txt", fresh).status, 206);
    cr_assert_eq(
        get("GET", "/t.txt", "Range: bytes=0-0\r\nIf-Range: \"old\"\r\n").status, 200);
}
