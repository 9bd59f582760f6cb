/* SPDX-License-Identifier: Apache-2.0
 *
 * See log.h. A line is built in a fixed buffer below PIPE_BUF and written with one
 * write(2), so that lines of several workers never mix and logging works when memory
 * has run out. What does not fit is left out, whole pairs at a time.
 */
#include "base/log.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/json.h"
#include "base/sched.h"

enum { LINE_MAX_BYTES = 4000, VALUE_MAX_BYTES = 1000 };

static enum sb_log_level lowest = SB_LOG_INFO;
static bool plain;

static const char *const level_names[] = {"debug", "info", "warn", "error"};

struct line {
    char data[LINE_MAX_BYTES + 8];
    size_t len;
};

void sb_log_set_level(enum sb_log_level level)
{
    lowest = level;
}

void sb_log_set_plain(int is_plain)
{
    plain = is_plain != 0;
}

int sb_log_level_parse(const char *word)
{
    for (int i = 0; word && i < 4; i++)
        if (strcmp(word, level_names[i]) == 0)
            return i;
    return -1;
}

static void put(struct line *line, const char *text)
{
    size_t len = strlen(text);

    if (line->len + len > LINE_MAX_BYTES)
        return;
    memcpy(line->data + line->len, text, len);
    line->len += len;
}

/* Cuts long values, at a character's border. */
static size_t clipped(const char *value)
{
    size_t len = strnlen(value, VALUE_MAX_BYTES + 1);

    if (len <= VALUE_MAX_BYTES)
        return len;
    len = VALUE_MAX_BYTES;
    while (len && ((unsigned char)value[len] & 0xc0) == 0x80)
        len--;
    return len;
}

static void put_quoted(struct line *line, const char *value)
{
    size_t room = LINE_MAX_BYTES - line->len, len;

    if (!value) {
        put(line, "null");
        return;
    }
    len = sb_json_quote(value, clipped(value), line->data + line->len, room);
    if (len < room)
        line->len += len;
    else
        put(line, "\"...\"");
}

static void put_value(struct line *line, const struct sb_kv *kv)
{
    char number[40];

    switch (kv->type) {
    case SB_KV_STR: put_quoted(line, kv->v.s); return;
    case SB_KV_INT:
        (void)snprintf(number, sizeof(number), "%lld", (long long)kv->v.i);
        break;
    case SB_KV_NUM:
        (void)snprintf(number, sizeof(number), isfinite(kv->v.d) ? "%.6g" : "null",
                       kv->v.d);
        break;
    case SB_KV_END: (void)snprintf(number, sizeof(number), "null"); break;
    }
    put(line, number);
}

/* The buffer always keeps room for what closes the line. */
static void put_pair(struct line *line, const struct sb_kv *kv)
{
    size_t start = line->len;

    if (start + strlen(kv->key) + 40 > LINE_MAX_BYTES)
        return;
    if (plain) {
        put(line, " ");
        put(line, kv->key);
        put(line, "=");
    } else {
        put(line, ",");
        put_quoted(line, kv->key);
        put(line, ":");
    }
    put_value(line, kv);
}

/* Outermost scope first; depth is bounded by the code, but do not trust it. */
static void put_scopes(struct line *line, const struct sb_log_scope *scope)
{
    const struct sb_log_scope *chain[16];
    int depth = 0;

    for (; scope && depth < 16; scope = scope->parent)
        chain[depth++] = scope;
    while (depth--)
        put_pair(line, &sb_str(chain[depth]->key, chain[depth]->value));
}

static void put_head(struct line *line, enum sb_log_level level, const char *room,
                     const char *sentence)
{
    char when[32];

    sb_clock_format(sb_clock_wall_ms(), when);
    if (plain) {
        put(line, level_names[level]);
        put(line, ": ");
        put(line, sentence);
        return;
    }
    put(line, "{\"time\":\"");
    put(line, when);
    put(line, "\",\"level\":\"");
    put(line, level_names[level]);
    put(line, "\",\"room\":");
    put_quoted(line, room);
    put(line, ",\"msg\":");
    put_quoted(line, sentence);
}

void sb_log_write(enum sb_log_level level, const char *room, const char *sentence,
                  const struct sb_kv *kvs)
{
    struct line line;
    ssize_t written;

    if (level < lowest || level > SB_LOG_ERROR)
        return;
    line.len = 0;
    put_head(&line, level, room, sentence);
    put_scopes(&line, *sb_sched_scope());
    for (; kvs && kvs->key; kvs++)
        put_pair(&line, kvs);
    if (!plain)
        line.data[line.len++] = '}';
    line.data[line.len++] = '\n';
    written = write(STDERR_FILENO, line.data, line.len);
    (void)written;
}

void sb_log_scope_push(struct sb_log_scope *scope, const char *key, const char *value)
{
    struct sb_log_scope **top = sb_sched_scope();

    *scope = (struct sb_log_scope){*top, key, value};
    *top = scope;
}

void sb_log_scope_pop(struct sb_log_scope *scope)
{
    *sb_sched_scope() = scope->parent;
}
