/* SPDX-License-Identifier: Apache-2.0
 *
 * Attributes of a tag: the few that are read later are kept, each once and cut to a
 * length; a style that hides becomes a mark.
 */
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include "know/markup_attr.h"

enum { MAX_VALUE = 4096, MAX_SCANNED = 400 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool sb_markup_attribute(const char **at, const char *end, const char **name,
                         size_t *name_len, const char **value, size_t *value_len)
{
    const char *c = *at;

    while (c < end && (is_space(*c) || *c == '/'))
        c++;
    if (c >= end)
        return false;
    *name = c++;
    while (c < end && !is_space(*c) && *c != '/' && *c != '=')
        c++;
    *name_len = (size_t)(c - *name);
    while (c < end && is_space(*c))
        c++;
    *value = c;
    *value_len = 0;
    if (c < end && *c == '=') {
        c++;
        while (c < end && is_space(*c))
            c++;
        *value = c;
        if (c < end && (*c == '"' || *c == '\'')) {
            const char *close = memchr(c + 1, *c, (size_t)(end - c - 1));

            *value = c + 1;
            c = close ? close : end;
            *value_len = (size_t)(c - *value);
            c += close != NULL;
        } else {
            while (c < end && !is_space(*c))
                c++;
            *value_len = (size_t)(c - *value);
        }
    }
    *at = c;
    return true;
}

/* Index in `kept`, or -1. */
static int attribute_index(const char *name, size_t len)
{
    static const char *const kept[] = {
        "href",       "rel",        "id",         "class",    "role",
        "itemprop",   "itemscope",  "itemtype",   "itemref",  "content",
        "name",       "property",   "http-equiv", "hidden",   "aria-hidden",
        "aria-modal", "aria-label", "aria-level", "datetime", "lang",
        "colspan",    "rowspan",    "open",       "scope",    "value",
        "alt",        NULL};

    for (int i = 0; kept[i]; i++)
        if (strlen(kept[i]) == len && strncasecmp(kept[i], name, len) == 0)
            return i;
    return -1;
}

bool sb_markup_contains(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= len; i++)
        if (strncasecmp(text + i, word, n) == 0)
            return true;
    return false;
}

/* "display: none" and "visibility:hidden", however they are spaced. */
static bool hides(const char *style, size_t len)
{
    char flat[256];
    size_t n = 0;

    for (size_t i = 0; i < len && n < sizeof(flat); i++)
        if (!is_space(style[i]))
            flat[n++] = style[i];
    return sb_markup_contains(flat, n, "display:none") ||
           sb_markup_contains(flat, n, "visibility:hidden");
}

static void put_attribute(struct sb_buf *out, const char *name, size_t name_len,
                          const char *value, size_t len)
{
    if (len > MAX_VALUE)
        len = MAX_VALUE;
    sb_buf_putc(out, ' ');
    for (size_t i = 0; i < name_len; i++)
        sb_buf_putc(out, (char)tolower((unsigned char)name[i]));
    sb_buf_puts(out, "=\"");
    for (size_t i = 0; i < len; i++) {
        if (value[i] == '"')
            sb_buf_puts(out, "&quot;");
        else
            sb_buf_putc(out, value[i]);
    }
    sb_buf_putc(out, '"');
}

void sb_markup_put_attributes(struct sb_buf *out, const char *at, const char *end)
{
    const char *name, *value;
    size_t name_len, value_len;
    unsigned long seen = 0;
    bool hidden = false;

    for (int i = 0; i < MAX_SCANNED &&
                    sb_markup_attribute(&at, end, &name, &name_len, &value, &value_len);
         i++) {
        int index = attribute_index(name, name_len);

        if (index >= 0 && !(seen & 1ul << index)) {
            seen |= 1ul << index;
            put_attribute(out, name, name_len, value, value_len);
        } else if (name_len == 5 && strncasecmp(name, "style", 5) == 0) {
            hidden = hidden || hides(value, value_len);
        }
    }
    if (hidden)
        sb_buf_puts(out, " x-hidden=\"\"");
}
