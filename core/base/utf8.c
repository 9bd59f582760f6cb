/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 by the letter (RFC 3629): no overlong forms, no surrogates, nothing above
 * U+10FFFF. Declared in text.h.
 */
#include "base/text.h"

#include <string.h>

/* How many bytes a sequence has by its first byte, with that byte's share of the
 * code point and the range that the second byte must lie in; 0: not a first byte. */
static size_t lead(unsigned char c, uint32_t *bits, unsigned char *low,
                   unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (c >= 0xc2 && c <= 0xdf) {
        *bits = c & 0x1f;
        return 2;
    }
    if (c >= 0xe0 && c <= 0xef) {
        *bits = c & 0x0f;
        if (c == 0xe0)
            *low = 0xa0;
        if (c == 0xed)
            *high = 0x9f;
        return 3;
    }
    if (c >= 0xf0 && c <= 0xf4) {
        *bits = c & 0x07;
        if (c == 0xf0)
            *low = 0x90;
        if (c == 0xf4)
            *high = 0x8f;
        return 4;
    }
    return 0;
}

/* Length of the valid sequence at `text`, 0 when it is not one. */
static size_t decode(const unsigned char *text, size_t len, uint32_t *cp)
{
    unsigned char low, high;
    uint32_t value;
    size_t size;

    if (text[0] < 0x80) {
        *cp = text[0];
        return 1;
    }
    size = lead(text[0], &value, &low, &high);
    if (size == 0 || size > len || text[1] < low || text[1] > high)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (text[i] & 0x3f);
    }
    *cp = value;
    return size;
}

size_t sb_utf8_next(const char *text, size_t len, uint32_t *cp)
{
    size_t size;

    if (len == 0)
        return 0;
    size = decode((const unsigned char *)text, len, cp);
    if (size == 0) {
        *cp = 0xfffd;
        return 1;
    }
    return size;
}

bool sb_utf8_valid(const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t cp;

    while (len) {
        size_t size = decode(at, len, &cp);

        if (size == 0)
            return false;
        at += size;
        len -= size;
    }
    return true;
}

size_t sb_utf8_put(char out[4], uint32_t cp)
{
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        cp = 0xfffd;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

/* Control characters of C0 and C1, DEL, and the code points that are no characters;
 * directional overrides stay: right-to-left text needs them. */
static bool is_dropped(uint32_t cp)
{
    if (cp < 0x20)
        return cp != '\t' && cp != '\n';
    return (cp >= 0x7f && cp < 0xa0) || (cp & 0xfffe) == 0xfffe ||
           (cp >= 0xfdd0 && cp <= 0xfdef);
}

char *sb_utf8_clean(TALLOC_CTX *mem, const char *text, size_t len, size_t max)
{
    /* A replaced byte grows to three. */
    size_t room = len < max / 3 ? len * 3 : max, used = 0;
    char *out = talloc_size(mem, room + 1);
    uint32_t cp;

    for (size_t at = 0, step; at < len; at += step) {
        char bytes[4];
        size_t size;

        step = sb_utf8_next(text + at, len - at, &cp);
        if (is_dropped(cp))
            continue;
        size = sb_utf8_put(bytes, cp);
        if (used + size > room)
            break;
        memcpy(out + used, bytes, size);
        used += size;
    }
    out[used] = '\0';
    return talloc_realloc_size(mem, out, used + 1);
}
