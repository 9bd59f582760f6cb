/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON in, through jansson with our limits, and a few helpers for reading it.
 * Writing is done with sb_buf (see sb_buf_json) or jansson's json_pack.
 */
#ifndef SB_BASE_JSON_H
#define SB_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>
#include <switchboard/err.h>

/* Parses one value: at most 64 levels, duplicate keys and trailing bytes refused,
 * invalid UTF-8 refused. The error names line and column. Free with json_decref. */
int sb_json_parse(const char *text, size_t len, json_t **out_r, struct sb_err *err);
/* Writes `text` as a JSON string literal, quotes included, NUL-terminated; returns the
 * length that it has or would need, as snprintf does. A text that does not fit is cut
 * (and then is no JSON). Invalid UTF-8 becomes U+FFFD. */
size_t sb_json_quote(const char *text, size_t len, char *out, size_t out_size);
/* Reads as a member of an object; "" / fallback on absence or another type. */
const char *sb_json_str(const json_t *object, const char *key);
int64_t sb_json_i64(const json_t *object, const char *key, int64_t fallback);
double sb_json_num(const json_t *object, const char *key, double fallback);
bool sb_json_flag(const json_t *object, const char *key, bool fallback);
/* Compact text on `mem`; sorted keys when `sorted`. */
char *sb_json_text(TALLOC_CTX *mem, const json_t *value, bool sorted);

/* One row a member of a request body: type-checked before use, unknown refused. */
enum sb_json_want {
    SB_WANT_STRING,
    SB_WANT_INT,
    SB_WANT_NUMBER,
    SB_WANT_BOOL,
    SB_WANT_OBJECT,
    SB_WANT_ARRAY
};
struct sb_json_rule {
    const char *name;
    enum sb_json_want want;
    bool required;
    size_t
        max; /* bytes of a string, elements of an array; 0 = no limit but the body's */
};
/* On failure `*field_r` (may be NULL) names the member at fault. null counts as
 * absent. `rules` ends with a NULL name. */
int sb_json_check(const json_t *object, const struct sb_json_rule *rules,
                  const char **field_r, struct sb_err *err);

#endif
