/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole connection's bytes: heads, bodies, pipelined requests. However the bytes are
 * cut into pieces, the same requests come out, and never more than the limits allow.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include "base/buf.h"
#include "base/text.h"
#include "net/http.h"
#include "net/http_message.h"
#include "net/http_query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_MAX = 2000, REQUESTS_MAX = 50 };

static const struct sb_http_limits limits = {
    .max_line = 200, .max_headers = 500, .max_count = 10};

/* What a handler might do with a request. */
static void use(TALLOC_CTX *mem, const struct sb_head *head, struct sb_buf *seen)
{
    size_t len = strcspn(head->path, "?");
    char *path = sb_path_normalise(mem, head->path, len), *value;
    const char *query = head->path + len + (head->path[len] == '?');

    assert(head->count <= limits.max_count);
    if (path) {
        assert(path[0] == '/' && sb_utf8_valid(path, strlen(path)));
        assert(!strstr(path, "/../") && !strstr(path, "//") && !strstr(path, "/./"));
        sb_buf_puts(seen, path);
    }
    value = sb_query_find(mem, query, "q");
    assert(!value || sb_utf8_valid(value, strlen(value)));
    for (size_t i = 0; i < head->count; i++) {
        assert(sb_is_token(head->headers[i].name, strlen(head->headers[i].name)));
        assert(!strpbrk(head->headers[i].value, "\r\n"));
        (void)sb_cookie_find(mem, head->headers[i].value, "sid");
        (void)sb_accept_prefers(head->headers[i].value, "text/event-stream");
        (void)sb_accept_coding(head->headers[i].value, "gzip");
        (void)sb_list_has(head->headers[i].value, "close");
    }
    sb_buf_printf(seen, " %s %s %zu\n", head->method, head->target, head->count);
}

/* Reads one request from the bytes; false when the connection would end. */
static bool read_request(const char **data, size_t *len, size_t piece,
                         struct sb_buf *seen)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_message message;
    enum sb_message_event event = SB_MESSAGE_MORE;

    sb_message_init(&message, mem);
    while (event == SB_MESSAGE_MORE && *len > 0) {
        size_t used = 0;

        event = sb_message_feed(&message, &limits, *data, *len < piece ? *len : piece,
                                &used);
        *data += used;
        *len -= used;
        if (event == SB_MESSAGE_HEAD) {
            use(mem, &message.head, seen);
            event = sb_message_body(&message, BODY_MAX);
        }
    }
    assert(message.body_len <= BODY_MAX && message.text_len <= 2000);
    if (event == SB_MESSAGE_BAD)
        sb_buf_printf(seen, "refused %d %s\n", message.fault.status, message.fault.why);
    if (event == SB_MESSAGE_END && message.body)
        sb_buf_add(seen, message.body, message.body_len);
    talloc_free(mem);
    return event == SB_MESSAGE_END;
}

static void read_all(const uint8_t *data, size_t size, size_t piece,
                     struct sb_buf *seen)
{
    const char *at = (const char *)data;

    for (int i = 0; i < REQUESTS_MAX; i++)
        if (!read_request(&at, &size, piece, seen))
            return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_buf whole, bytewise, odd;

    sb_buf_init(&whole, mem);
    sb_buf_init(&bytewise, mem);
    sb_buf_init(&odd, mem);
    read_all(data, size, SIZE_MAX, &whole);
    read_all(data, size, 1, &bytewise);
    read_all(data, size, 7, &odd);
    assert(whole.len == bytewise.len && whole.len == odd.len);
    if (whole.len > 0)
        assert(memcmp(whole.data, bytewise.data, whole.len) == 0 &&
               memcmp(whole.data, odd.data, whole.len) == 0);
    talloc_free(mem);
    return 0;
}
