/* SPDX-License-Identifier: Apache-2.0
 *
 * See brain_text.h.
 */
#include "brain_text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "words.h"

#define BLOCK 16384

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    max_align_t data[];
};

void *arena_new(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->blocks;
    size_t want =
        (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    char *out;

    if (!block || block->size - block->used < want) {
        size_t room = want > BLOCK ? want : BLOCK;

        block = calloc(1, sizeof(*block) + room);
        if (!block)
            abort();
        block->size = room;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    out = (char *)block->data + block->used;
    block->used += want;
    return out;
}

char *arena_copy(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_new(arena, len + 1);

    memcpy(copy, text, len);
    return copy;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list ap;
    char *out;
    int len;

    va_start(ap, fmt);
    len = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (len < 0)
        len = 0;
    out = arena_new(arena, (size_t)len + 1);
    va_start(ap, fmt);
    (void)vsnprintf(out, (size_t)len + 1, fmt, ap);
    va_end(ap);
    return out;
}

void arena_free(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *next = arena->blocks->next;

        free(arena->blocks);
        arena->blocks = next;
    }
}

void text_put(struct text *text, const char *data, size_t len)
{
    if (text->len + len + 1 > text->room) {
        size_t room = (text->len + len + 1) * 2;
        char *bigger = arena_new(text->arena, room);

        if (text->len)
            memcpy(bigger, text->data, text->len);
        text->data = bigger;
        text->room = room;
    }
    memcpy(text->data + text->len, data, len);
    text->len += len;
    text->data[text->len] = '\0';
}

void text_puts(struct text *text, const char *data)
{
    text_put(text, data, strlen(data));
}

const char *text_str(const struct text *text)
{
    return text->data ? text->data : "";
}

void text_sentence(struct text *text, const char *sentence)
{
    if (!*sentence)
        return;
    if (text->len && text->data[text->len - 1] != '\n')
        text_puts(text, " ");
    text_puts(text, sentence);
}

/* ---- plain text ---- */

/* One byte or folded letter of a plain text; '\0': it separates words, '\'': it
 * vanishes. */
static char plain_char(uint32_t cp)
{
    if (cp < 0x80)
        return isalnum((int)cp) ? (char)tolower((int)cp) : cp == '\'' ? '\'' : '\0';
    if (cp == 0x2019 || cp == 0x2018)
        return '\'';
    return local_fold_latin(cp);
}

char *plain(struct arena *arena, const char *message)
{
    size_t len = strlen(message), n = 0, used;
    char *out = arena_new(arena, 2 * len + 3), c;
    const char *p = message, *end = message + len;
    uint32_t cp;

    out[n++] = ' ';
    for (; p < end; p += used) {
        used = local_next_char(p, end, &cp);
        c = plain_char(cp);
        if (c == '\'')
            continue;
        if (c) {
            out[n++] = c;
        } else if (used > 1 && cp >= 0x370 && (cp < 0x2000 || cp >= 0x3040) &&
                   cp < 0x1f000) {
            memcpy(out + n, p, used); /* letters of other scripts stay */
            n += used;
        } else if (out[n - 1] != ' ') {
            out[n++] = ' ';
        }
    }
    if (out[n - 1] != ' ')
        out[n++] = ' ';
    out[n] = '\0';
    return out;
}

/* Is the text at `p`, which follows a space, the phrase? */
static bool phrase_at(const char *p, const char *phrase)
{
    for (; *phrase; phrase++, p++) {
        if (*phrase == '*' && !phrase[1])
            return true;
        if (*p != *phrase)
            return false;
    }
    return *p == ' ';
}

bool has(const char *text, const char *phrase)
{
    size_t len = strlen(phrase);
    char bare[80];
    const char *p = text;

    if (len == 0 || len >= sizeof(bare))
        return false;
    memcpy(bare, phrase, len + 1);
    if (bare[len - 1] == '*')
        bare[--len] = '\0';
    /* The first letters are rare enough for the library's search to be the fast way. */
    while ((p = strstr(p, bare))) {
        if (p > text && p[-1] == ' ' && (phrase[len] == '*' || p[len] == ' '))
            return true;
        p++;
    }
    return false;
}

const char *has_any(const char *text, const char *const *phrases)
{
    for (; phrases && *phrases; phrases++)
        if (has(text, *phrases))
            return *phrases;
    return NULL;
}

bool begins(const char *text, const char *phrase)
{
    return *text == ' ' && phrase_at(text + 1, phrase);
}

const char *begins_any(const char *text, const char *const *phrases)
{
    for (; phrases && *phrases; phrases++)
        if (begins(text, *phrases))
            return *phrases;
    return NULL;
}

size_t count_words(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        if (*text == ' ' && text[1] && text[1] != ' ')
            n++;
    return n;
}

bool holds(const char *text, const char *part)
{
    return strlen(part) > 2 && strstr(text, part) != NULL;
}

const char *find_nocase(const char *text, const char *part)
{
    size_t len = strlen(part);

    for (; *text; text++)
        if (strncasecmp(text, part, len) == 0)
            return text;
    return NULL;
}

void capitalise(char *text)
{
    if (islower((unsigned char)*text))
        *text = (char)toupper((unsigned char)*text);
}
