/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes to UTF-8, as browsers do it: a byte order mark, then the header, then <meta>,
 * then UTF-8 if it is valid, else windows-1252. Labels map to encodings by a table
 * (WHATWG Encoding standard, section 4.2, the part that occurs), so a foreign label
 * never reaches iconv.
 */
#include <ctype.h>
#include <iconv.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "base/buf.h"
#include "base/text.h"
#include "know/extract.h"
#include "know/extract_impl.h"

enum { LOOK_AT = 4096, LABEL = 40 };

static const struct {
    const char *label, *name; /* name: for people and for iconv; NULL: decoded here */
} labels[] = {
    {"utf-8", "utf-8"},
    {"utf8", "utf-8"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"windows-1252", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"x-cp1252", "windows-1252"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"l1", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"ascii", "windows-1252"},
    {"utf-16", "utf-16le"},
    {"utf-16le", "utf-16le"},
    {"utf-16be", "utf-16be"},
    {"iso-8859-2", "iso-8859-2"},
    {"latin2", "iso-8859-2"},
    {"iso-8859-5", "iso-8859-5"},
    {"iso-8859-7", "iso-8859-7"},
    {"iso-8859-9", "windows-1254"},
    {"latin5", "windows-1254"},
    {"iso-8859-15", "iso-8859-15"},
    {"latin9", "iso-8859-15"},
    {"windows-1250", "windows-1250"},
    {"windows-1251", "windows-1251"},
    {"windows-1253", "windows-1253"},
    {"windows-1254", "windows-1254"},
    {"windows-1255", "windows-1255"},
    {"windows-1256", "windows-1256"},
    {"windows-1257", "windows-1257"},
    {"koi8-r", "koi8-r"},
    {"shift_jis", "shift_jis"},
    {"shift-jis", "shift_jis"},
    {"euc-jp", "euc-jp"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"gb18030", "gb18030"},
    {"big5", "big5"},
    {"euc-kr", "euc-kr"},
};

/* The upper half of windows-1252 from 0x80 to 0x9f; the rest is Latin-1. */
static const uint16_t upper[32] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
    0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

static const char *find_name(const char *label, size_t len)
{
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
        if (strlen(labels[i].label) == len && !strncasecmp(labels[i].label, label, len))
            return labels[i].name;
    return NULL;
}

/* The encoding named by "charset=..." in `text`, or NULL. */
static const char *after_charset(const char *text, size_t len)
{
    for (size_t i = 0; i + 9 < len; i++) {
        size_t start, end;

        if (strncasecmp(text + i, "charset", 7) != 0)
            continue;
        start = i + 7;
        while (start < len &&
               (isspace((unsigned char)text[start]) || text[start] == '='))
            start++;
        if (start < len && (text[start] == '"' || text[start] == '\''))
            start++;
        for (end = start; end < len && end - start < LABEL; end++)
            if (!isalnum((unsigned char)text[end]) && !strchr("-_:.", text[end]))
                break;
        if (end > start)
            return find_name(text + start, end - start);
    }
    return NULL;
}

/* <meta charset> or <meta http-equiv=content-type>; the XML declaration. */
static const char *in_document(const char *text, size_t len)
{
    size_t look = len < LOOK_AT ? len : LOOK_AT;

    if (look > 30 && memcmp(text, "<?xml", 5) == 0) {
        for (size_t i = 5; i + 10 < look && text[i] != '>'; i++) {
            if (strncasecmp(text + i, "encoding=", 9) == 0) {
                size_t start = i + 10, end = start;

                while (end < look && text[end] != '"' && text[end] != '\'')
                    end++;
                return find_name(text + start, end - start);
            }
        }
    }
    for (size_t i = 0; i + 5 < look; i++) {
        size_t end;
        const char *name;

        if (text[i] != '<' || strncasecmp(text + i, "<meta", 5) != 0)
            continue;
        for (end = i; end < look && text[end] != '>'; end++)
            ;
        name = after_charset(text + i, end - i);
        /* A document whose bytes could say this is not in UTF-16. */
        if (name)
            return strncmp(name, "utf-16", 6) == 0 ? "utf-8" : name;
    }
    return NULL;
}

static void decode_1252(struct sb_buf *out, const unsigned char *in, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char utf8[4];
        uint32_t cp = in[i] >= 0x80 && in[i] < 0xa0 ? upper[in[i] - 0x80] : in[i];

        if (cp)
            sb_buf_add(out, utf8, sb_utf8_put(utf8, cp));
    }
}

static void decode_utf8(struct sb_buf *out, const char *in, size_t len)
{
    while (len) {
        size_t plain = 0;
        uint32_t cp;
        char utf8[4];
        size_t n;

        while (plain < len && in[plain] > 0)
            plain++;
        if (plain)
            sb_buf_add(out, in, plain);
        in += plain;
        len -= plain;
        if (!len)
            return;
        n = sb_utf8_next(in, len, &cp);
        if (!n)
            return;
        if (cp)
            sb_buf_add(out, utf8, sb_utf8_put(utf8, cp));
        in += n;
        len -= n;
    }
}

/* Everything else by iconv; what it cannot read becomes U+FFFD, a byte each. */
static void decode_other(struct sb_buf *out, const char *name, const char *in,
                         size_t len)
{
    iconv_t conv = iconv_open("UTF-8", name);
    char piece[4096];
    char *from = (char *)(uintptr_t)in;

    if (conv == (iconv_t)-1) {
        decode_1252(out, (const unsigned char *)in, len);
        return;
    }
    while (len) {
        char *to = piece;
        size_t room = sizeof(piece);
        size_t rc = iconv(conv, &from, &len, &to, &room);
        size_t had = sizeof(piece) - room;

        for (size_t i = 0; i < had; i++)
            if (piece[i])
                sb_buf_putc(out, piece[i]);
        if (rc != (size_t)-1 || errno == E2BIG)
            continue;
        sb_buf_puts(out, "\xef\xbf\xbd");
        if (errno == EINVAL)
            break; /* cut in the middle of a character */
        from++;
        len--;
    }
    iconv_close(conv);
}

/* Labelled UTF-8, but written in something else: more broken sequences than whole. */
static bool is_really_utf8(const char *text, size_t len)
{
    size_t whole = 0, broken = 0;

    while (len) {
        uint32_t cp;
        size_t n = sb_utf8_next(text, len, &cp);

        if (!n)
            break;
        whole += n > 1;
        broken += n == 1 && (*text & 0x80) != 0;
        text += n;
        len -= n;
    }
    return broken <= whole;
}

static const char *by_first_bytes(const char *text, size_t len)
{
    if (len >= 4 && memcmp(text, "<\0", 2) == 0 && !text[3])
        return "utf-16le";
    if (len >= 4 && memcmp(text, "\0<\0", 3) == 0)
        return "utf-16be";
    return NULL;
}

char *sb_extract_decode(TALLOC_CTX *mem, const char *content_type, const void *body,
                        size_t len, size_t *len_r, const char **charset_r)
{
    const char *text = body, *name = NULL;
    struct sb_buf out;

    sb_buf_init(&out, mem);
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        name = "utf-8";
        text += 3;
        len -= 3;
    } else if (len >= 2 &&
               (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
        name = text[0] == '\xff' ? "utf-16le" : "utf-16be";
        text += 2;
        len -= 2;
    }
    if (!name && content_type)
        name = after_charset(content_type, strlen(content_type));
    if (!name)
        name = by_first_bytes(text, len);
    if (!name)
        name = in_document(text, len);
    /* A label of a one-byte encoding on what is valid UTF-8 is a wrong label. */
    if (!name || strcmp(name, "windows-1252") == 0)
        name = sb_utf8_valid(text, len) ? "utf-8" : "windows-1252";
    else if (strcmp(name, "utf-8") == 0 && !is_really_utf8(text, len))
        name = "windows-1252";
    if (strcmp(name, "utf-8") == 0)
        decode_utf8(&out, text, len);
    else if (strcmp(name, "windows-1252") == 0)
        decode_1252(&out, (const unsigned char *)text, len);
    else
        decode_other(&out, name, text, len);
    *charset_r = name;
    *len_r = out.len;
    if (!out.len)
        return talloc_strdup(mem, "");
    return out.data;
}
