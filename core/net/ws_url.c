/* SPDX-License-Identifier: Apache-2.0
 *
 * RFC 6455 section 3. The address goes into a request line, so nothing that could
 * end it gets through.
 */
#define _GNU_SOURCE /* memrchr() */
#include "net/ws_url.h"

#include <string.h>
#include <strings.h>
#include "net/http_parse.h"

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= 0x20 || (unsigned char)*text >= 0x7f ||
            *text == '#')
            return false;
    return true;
}

int sb_ws_url_parse(TALLOC_CTX *mem, const char *url, struct sb_ws_url *out,
                    struct sb_err *err)
{
    bool is_tls = strncasecmp(url, "wss://", 6) == 0;
    const char *start, *end, *colon;
    size_t len;

    if ((!is_tls && strncasecmp(url, "ws://", 5) != 0) || !is_plain(url))
        return sb_fail(err, SB_EINVAL, "this is no ws:// or wss:// address");
    start = url + (is_tls ? 6 : 5);
    len = strcspn(start, "/?");
    end = start + len;
    if (!sb_is_authority(start, len))
        return sb_fail(err, SB_EINVAL, "the WebSocket address names no host");
    colon = memrchr(start, ':', len);
    if (colon && memchr(colon, ']', (size_t)(end - colon)))
        colon = NULL; /* inside an IPv6 address */
    out->is_tls = is_tls;
    out->authority = talloc_strndup(mem, start, len);
    out->port = colon ? talloc_strndup(mem, colon + 1, (size_t)(end - colon - 1))
                      : (is_tls ? "443" : "80");
    len = (size_t)((colon ? colon : end) - start);
    out->host = *start == '[' ? talloc_strndup(mem, start + 1, len - 2)
                              : talloc_strndup(mem, start, len);
    out->path = *end == '/'   ? talloc_strdup(mem, end)
                : *end == '?' ? talloc_asprintf(mem, "/%s", end)
                              : "/";
    return 0;
}
