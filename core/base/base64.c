/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64 both ways (RFC 4648), declared in crypto.h. Decoding is strict: no white
 * space, no stray bits in the last character, so a value has one spelling.
 */
#include "base/crypto.h"

#include <string.h>
#include <switchboard/err.h>

static const char common[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static char letter(unsigned value, bool url)
{
    if (value < 62)
        return common[value];
    if (value == 62)
        return url ? '-' : '+';
    return url ? '_' : '/';
}

static size_t encoded_length(size_t len, bool url)
{
    size_t rest = len % 3;

    if (!url)
        return (len + 2) / 3 * 4;
    return len / 3 * 4 + (rest ? rest + 1 : 0);
}

static char letter_at(const uint8_t *bytes, size_t len, size_t at, bool url)
{
    size_t group = at / 4 * 3, bit = at % 4;
    unsigned b0 = bytes[group], b1 = group + 1 < len ? bytes[group + 1] : 0,
             b2 = group + 2 < len ? bytes[group + 2] : 0, all = b0 << 16 | b1 << 8 | b2;

    if (group + bit > len)
        return '=';
    return letter(all >> (18 - 6 * bit) & 63, url);
}

size_t sb_base64(const void *data, size_t len, char *out, size_t out_size, bool url)
{
    size_t full = encoded_length(len, url), at = 0;

    for (; at < full && at + 1 < out_size; at++)
        out[at] = letter_at(data, len, at, url);
    if (out_size)
        out[at] = '\0';
    return full;
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* The length without padding, or -1 when the padding is wrong. */
static ssize_t strip_padding(const char *text, size_t len)
{
    size_t bare = len;

    while (bare && text[bare - 1] == '=' && len - bare < 2)
        bare--;
    if (bare != len && len % 4 != 0)
        return -1;
    return bare % 4 == 1 ? -1 : (ssize_t)bare;
}

ssize_t sb_base64_decode(const char *text, size_t len, void *out, size_t out_size)
{
    ssize_t bare = strip_padding(text, len);
    uint8_t *bytes = out;
    uint32_t pending = 0;
    size_t bits = 0, count = 0;

    if (bare < 0 || (size_t)bare * 6 / 8 > out_size)
        return SB_EINVAL;
    for (ssize_t i = 0; i < bare; i++) {
        int value = value_of(text[i]);

        if (value < 0)
            return SB_EINVAL;
        pending = pending << 6 | (uint32_t)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[count++] = (uint8_t)(pending >> bits);
        }
    }
    if (pending & ((1u << bits) - 1))
        return SB_EINVAL;
    return (ssize_t)count;
}
