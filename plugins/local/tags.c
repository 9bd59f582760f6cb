/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem, strcasestr */
#include "tags.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void tags_init(struct tags *tags, const void *html, size_t len)
{
    tags->at = html;
    tags->end = tags->at + len;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\0';
}

static const char *find(const char *at, const char *end, const char *what)
{
    return memmem(at, (size_t)(end - at), what, strlen(what));
}

/* From after "<": past the comment, doctype or processing instruction. */
static const char *skip_markup(const char *at, const char *end)
{
    const char *close;

    if (end - at >= 3 && memcmp(at, "!--", 3) == 0) {
        if (end - at >= 4 && at[3] == '>')
            return at + 4;
        close = find(at + 3, end, "-->");
        return close ? close + 3 : end;
    }
    close = memchr(at, '>', (size_t)(end - at));
    return close ? close + 1 : end;
}

/* The end of a tag: '>' outside of quotes. */
static const char *find_close(const char *at, const char *end)
{
    bool after_equals = false;
    char quote = 0;

    for (; at < end; at++) {
        if (quote) {
            if (*at == quote)
                quote = 0;
        } else if (*at == '>') {
            return at;
        } else if ((*at == '"' || *at == '\'') && after_equals) {
            quote = *at;
            after_equals = false;
        } else if (!is_space(*at)) {
            after_equals = *at == '=';
        }
    }
    return end;
}

static bool hides_content(const char *name)
{
    static const char *const names[] = {"script",    "style",  "template", "textarea",
                                        "noembed",   "iframe", "noframes", "xmp",
                                        "plaintext", NULL};

    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Past "</name>", or to the end. */
static void skip_content(struct tags *tags, struct tag *tag)
{
    size_t len = strlen(tag->name);
    const char *at = tags->at, *end = tags->end;

    tag->content = at;
    tags->at = end;
    tag->content_len = (size_t)(end - at);
    while ((at = find(at, end, "</"))) {
        at += 2;
        if ((size_t)(end - at) > len && strncasecmp(at, tag->name, len) == 0 &&
            (is_space(at[len]) || at[len] == '>' || at[len] == '/')) {
            tag->content_len = (size_t)(at - 2 - tag->content);
            tags->at = skip_markup(at, end);
            return;
        }
    }
}

static void take_name(struct tag *tag, const char *at, const char *end)
{
    size_t n = 0;

    while (at < end && !is_space(*at) && *at != '/' && *at != '>') {
        if (n + 1 < sizeof(tag->name))
            tag->name[n++] = (char)tolower((unsigned char)*at);
        at++;
    }
    tag->name[n] = '\0';
    tag->attributes = at;
}

bool tags_next(struct tags *tags, struct tag *tag)
{
    const char *start = tags->at, *at = tags->at, *end = tags->end;

    while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
        const char *name = at + 1;

        tag->text = start;
        tag->text_len = (size_t)(at - start);
        tag->content = NULL;
        tag->content_len = 0;
        tag->closing = name < end && *name == '/';
        name += tag->closing;
        if (name < end && isalpha((unsigned char)*name)) {
            take_name(tag, name, end);
            tag->attributes_end = find_close(tag->attributes, end);
            tags->at = tag->attributes_end < end ? tag->attributes_end + 1 : end;
            if (!tag->closing && hides_content(tag->name))
                skip_content(tags, tag);
            return true;
        }
        if (name < end && (*name == '!' || *name == '?' || tag->closing)) {
            tags->at = skip_markup(name, end);
            memcpy(tag->name, "!", 2);
            tag->attributes = tag->attributes_end = tags->at;
            return true;
        }
        at++; /* a bare "<" */
    }
    tags->at = end;
    tag->text = start;
    tag->text_len = (size_t)(end - start);
    tag->name[0] = '\0';
    return false;
}

/* ---- attributes ---- */

struct named {
    const char *name, *text;
};

/* The entities that occur in addresses and meta elements. */
static const struct named entities[] = {
    {"amp", "&"},   {"lt", "<"},     {"gt", ">"},     {"quot", "\""}, {"apos", "'"},
    {"num", "#"},   {"nbsp", " "},   {"sol", "/"},    {"colon", ":"}, {"period", "."},
    {"quest", "?"}, {"equals", "="}, {"commat", "@"},
};

static size_t put_utf8(char out[4], unsigned long cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 63));
        return 2;
    }
    if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
        cp = 0xfffd;
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 63));
        out[2] = (char)(0x80 | (cp & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 63));
    out[2] = (char)(0x80 | (cp >> 6 & 63));
    out[3] = (char)(0x80 | (cp & 63));
    return 4;
}

/* Decodes the entity at "&"; returns its length, 0 when it is none. */
static size_t decode_entity(const char *at, size_t len, char out[4], size_t *out_len)
{
    char number[12];
    size_t n = 0;

    if (len > 3 && at[1] == '#') {
        bool is_hex = (at[2] | 0x20) == 'x';
        size_t start = is_hex ? 3 : 2;

        while (start + n < len && n < 9 &&
               (is_hex ? isxdigit((unsigned char)at[start + n])
                       : isdigit((unsigned char)at[start + n]))) {
            number[n] = at[start + n];
            n++;
        }
        number[n] = '\0';
        if (!n)
            return 0;
        *out_len = put_utf8(out, strtoul(number, NULL, is_hex ? 16 : 10));
        return start + n + (start + n < len && at[start + n] == ';');
    }
    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        n = strlen(entities[i].name);
        if (len > n + 1 && at[n + 1] == ';' &&
            memcmp(at + 1, entities[i].name, n) == 0) {
            *out_len = 1;
            out[0] = entities[i].text[0];
            return n + 2;
        }
    }
    return 0;
}

static void copy_value(const char *value, size_t len, char *out, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < len;) {
        char utf8[4];
        size_t out_len = 1, used = 0;

        utf8[0] = value[i];
        if (value[i] == '&')
            used = decode_entity(value + i, len - i, utf8, &out_len);
        if (n + out_len >= size)
            break;
        memcpy(out + n, utf8, out_len);
        n += out_len;
        i += used ? used : 1;
    }
    out[n] = '\0';
}

/* Reads one attribute at `*at`; false at the end of the tag. */
static bool next_attribute(const char **at, const char *end, const char **name,
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
            *value_len = (size_t)((close ? close : end) - *value);
            c = close ? close + 1 : end;
        } else {
            while (c < end && !is_space(*c))
                c++;
            *value_len = (size_t)(c - *value);
        }
    }
    *at = c;
    return true;
}

bool tag_attribute(const struct tag *tag, const char *name, char *out, size_t size)
{
    const char *at = tag->attributes, *found, *value;
    size_t found_len, value_len;

    if (tag->closing)
        return false;
    while (next_attribute(&at, tag->attributes_end, &found, &found_len, &value,
                          &value_len)) {
        if (found_len == strlen(name) && strncasecmp(found, name, found_len) == 0) {
            copy_value(value, value_len, out, size);
            return true;
        }
    }
    return false;
}
