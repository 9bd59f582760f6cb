/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON lines to standard error: a fixed sentence and key-values. The running
 * task's scope (request id, tenant, conversation, plugin) is added to each line.
 * No secrets ever, no personal data at info or above.
 */
#ifndef SB_BASE_LOG_H
#define SB_BASE_LOG_H

#include <stdint.h>
#include <switchboard/host.h> /* enum sb_log_level */

struct sb_kv {
    const char *key;
    enum { SB_KV_END, SB_KV_STR, SB_KV_INT, SB_KV_NUM } type;
    union {
        const char *s;
        int64_t i;
        double d;
    } v;
};
#define sb_str(k, value) ((struct sb_kv){(k), SB_KV_STR, {.s = (value)}})
#define sb_int(k, value) ((struct sb_kv){(k), SB_KV_INT, {.i = (int64_t)(value)}})
#define sb_num(k, value) ((struct sb_kv){(k), SB_KV_NUM, {.d = (value)}})

/* sb_log(SB_LOG_WARN, "store", "connection lost", sb_str("why", msg), sb_int("in", 2));
 */
#define sb_log(level, room, sentence, ...)                                             \
    sb_log_write((level), (room), (sentence),                                          \
                 (const struct sb_kv[]){__VA_ARGS__ __VA_OPT__(, ){.key = NULL}})
void sb_log_write(enum sb_log_level level, const char *room, const char *sentence,
                  const struct sb_kv *kvs);
void sb_log_set_level(enum sb_log_level level);
/* "debug"... or -1. */
int sb_log_level_parse(const char *word);
/* Human-readable lines instead of JSON, for command-line tools. */
void sb_log_set_plain(int plain);

/* Key-values on every line that the running task logs, until the pop; the strings
 * must live as long. */
struct sb_log_scope {
    struct sb_log_scope *parent;
    const char *key, *value;
};
void sb_log_scope_push(struct sb_log_scope *scope, const char *key, const char *value);
void sb_log_scope_pop(struct sb_log_scope *scope);

#endif
