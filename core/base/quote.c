/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing JSON strings: the one escaper behind sb_buf_json, the log and the host's
 * json_quote service.
 */
#include "base/json.h"

#include <stdio.h>
#include <string.h>
#include "base/text.h"

struct out {
    char *data;
    size_t size, len;
};

/* Counts on past the end, as snprintf does. */
static void put(struct out *out, const char *bytes, size_t count)
{
    if (out->len + count < out->size)
        memcpy(out->data + out->len, bytes, count);
    else if (out->len < out->size)
        memset(out->data + out->len, 0, out->size - out->len);
    out->len += count;
}

static const char *short_escape(unsigned char c)
{
    switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return NULL;
    }
}

/* One character that cannot be copied as it is; returns the bytes it took. */
static size_t put_special(struct out *out, const char *text, size_t len)
{
    unsigned char c = (unsigned char)text[0];
    const char *escape = short_escape(c);
    uint32_t cp;
    char tmp[8];
    size_t used;

    if (escape) {
        put(out, escape, 2);
        return 1;
    }
    if (c < 0x20) {
        (void)snprintf(tmp, sizeof(tmp), "\\u%04x", c);
        put(out, tmp, 6);
        return 1;
    }
    used = sb_utf8_next(text, len, &cp);
    put(out, tmp, sb_utf8_put(tmp, cp));
    return used;
}

static bool is_plain(char c)
{
    unsigned char u = (unsigned char)c;

    return u >= 0x20 && u < 0x80 && u != '"' && u != '\\';
}

size_t sb_json_quote(const char *text, size_t len, char *out_text, size_t out_size)
{
    struct out out = {out_text, out_size, 0};
    size_t at = 0;

    put(&out, "\"", 1);
    while (at < len) {
        size_t run = at;

        while (run < len && is_plain(text[run]))
            run++;
        put(&out, text + at, run - at);
        at = run;
        if (at < len)
            at += put_special(&out, text + at, len - at);
    }
    put(&out, "\"", 1);
    if (out.len < out_size)
        out_text[out.len] = '\0';
    else if (out_size)
        out_text[out_size - 1] = '\0';
    return out.len;
}
