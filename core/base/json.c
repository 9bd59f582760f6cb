/* SPDX-License-Identifier: Apache-2.0
 *
 * See json.h. The depth is counted before jansson sees the text: its own limit (2048)
 * is too deep for the stack of a task.
 */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>
#include "base/text.h"

enum { MAX_DEPTH = 64 };

/* Where the nesting goes beyond MAX_DEPTH, or `len`. Strings are skipped; a broken
 * text is jansson's to report. */
static size_t too_deep_at(const char *text, size_t len)
{
    bool in_string = false;
    int depth = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > MAX_DEPTH)
                return i;
        } else if (c == ']' || c == '}') {
            depth--;
        }
    }
    return len;
}

/* jansson quotes what it stumbled over (" near 'x'"): that may be personal data. */
static int parse_failed(struct sb_err *err, const json_error_t *why)
{
    const char *near_part = strstr(why->text, " near ");
    int len = near_part ? (int)(near_part - why->text) : (int)strlen(why->text);

    return sb_fail(err, SB_EINVAL, "JSON, line %d, column %d: %.*s", why->line,
                   why->column, len, why->text);
}

int sb_json_parse(const char *text, size_t len, json_t **out_r, struct sb_err *err)
{
    json_error_t why;
    json_t *value;

    if (too_deep_at(text, len) < len)
        return sb_fail(err, SB_EINVAL, "JSON is nested more than %d levels deep",
                       MAX_DEPTH);
    value = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (!value)
        return parse_failed(err, &why);
    *out_r = value;
    return 0;
}

const char *sb_json_str(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

int64_t sb_json_i64(const json_t *object, const char *key, int64_t fallback)
{
    const json_t *value = json_object_get(object, key);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

double sb_json_num(const json_t *object, const char *key, double fallback)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : fallback;
}

bool sb_json_flag(const json_t *object, const char *key, bool fallback)
{
    const json_t *value = json_object_get(object, key);

    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

char *sb_json_text(TALLOC_CTX *mem, const json_t *value, bool sorted)
{
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | (sorted ? JSON_SORT_KEYS : 0);
    char *raw = json_dumps(value, flags), *text;

    text = talloc_strdup(mem, raw ? raw : "null");
    free(raw);
    return text;
}

static const char *want_name(enum sb_json_want want)
{
    switch (want) {
    case SB_WANT_STRING: return "text";
    case SB_WANT_INT: return "a whole number";
    case SB_WANT_NUMBER: return "a number";
    case SB_WANT_BOOL: return "true or false";
    case SB_WANT_OBJECT: return "an object";
    case SB_WANT_ARRAY: return "a list";
    }
    return "something else";
}

static bool has_type(const json_t *value, enum sb_json_want want)
{
    switch (want) {
    case SB_WANT_STRING: return json_is_string(value);
    case SB_WANT_INT: return json_is_integer(value);
    case SB_WANT_NUMBER: return json_is_number(value);
    case SB_WANT_BOOL: return json_is_boolean(value);
    case SB_WANT_OBJECT: return json_is_object(value);
    case SB_WANT_ARRAY: return json_is_array(value);
    }
    return false;
}

static int check_member(const struct sb_json_rule *rule, const json_t *value,
                        struct sb_err *err)
{
    if (!value || json_is_null(value)) {
        if (rule->required)
            return sb_fail(err, SB_EINVAL, "%s is missing", rule->name);
        return 0;
    }
    if (!has_type(value, rule->want))
        return sb_fail(err, SB_EINVAL, "%s must be %s", rule->name,
                       want_name(rule->want));
    if (rule->max && json_is_string(value) && json_string_length(value) > rule->max)
        return sb_fail(err, SB_EINVAL, "%s is longer than %zu bytes", rule->name,
                       rule->max);
    if (rule->max && json_is_array(value) && json_array_size(value) > rule->max)
        return sb_fail(err, SB_EINVAL, "%s has more than %zu elements", rule->name,
                       rule->max);
    return 0;
}

/* The name is the sender's: show it only when it is short and plain. */
static int unknown_member(const char *key, const struct sb_json_rule *rules,
                          struct sb_err *err)
{
    const char *names[64] = {NULL}, *nearest;
    size_t count = 0;

    for (; rules->name && count < 63; rules++)
        names[count++] = rules->name;
    nearest = sb_text_nearest(key, names);
    if (strlen(key) > 64 || !sb_utf8_valid(key, strlen(key)))
        return sb_fail(err, SB_EINVAL, "there is an unknown member");
    if (nearest)
        return sb_fail(err, SB_EINVAL, "unknown member \"%s\"; did you mean \"%s\"?",
                       key, nearest);
    return sb_fail(err, SB_EINVAL, "unknown member \"%s\"", key);
}

static bool is_known(const char *key, const struct sb_json_rule *rules)
{
    for (; rules->name; rules++)
        if (strcmp(key, rules->name) == 0)
            return true;
    return false;
}

static int blame(const char **field_r, const char *field, int rc)
{
    if (field_r)
        *field_r = field;
    return rc;
}

int sb_json_check(const json_t *object, const struct sb_json_rule *rules,
                  const char **field_r, struct sb_err *err)
{
    /* jansson iterates over non-const objects only, and does not change them. */
    union {
        const json_t *in;
        json_t *out;
    } cast = {object};
    const char *key;
    json_t *value;

    if (!json_is_object(object))
        return blame(field_r, NULL, sb_fail(err, SB_EINVAL, "this must be an object"));
    json_object_foreach(cast.out, key, value) if (!is_known(key, rules)) return blame(
        field_r, key, unknown_member(key, rules, err));
    for (; rules->name; rules++) {
        int rc = check_member(rules, json_object_get(object, rules->name), err);

        if (rc != 0)
            return blame(field_r, rules->name, rc);
    }
    return 0;
}
