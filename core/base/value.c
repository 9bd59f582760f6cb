/* SPDX-License-Identifier: Apache-2.0
 *
 * See value.h. Every parser takes the whole text or refuses it.
 */
#include "base/value.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "base/text.h"

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit durations[] = {{"ms", 1},      {"s", 1000},    {"m", 60000},
                                        {"min", 60000}, {"h", 3600000}, {"d", 86400000},
                                        {NULL, 0}};
static const struct unit sizes[] = {
    {"", 1},          {"b", 1},        {"k", 1 << 10},   {"kb", 1 << 10},
    {"kib", 1 << 10}, {"m", 1 << 20},  {"mb", 1 << 20},  {"mib", 1 << 20},
    {"g", 1 << 30},   {"gb", 1 << 30}, {"gib", 1 << 30}, {"t", (int64_t)1 << 40},
    {NULL, 0}};

/* A decimal number (a fraction is allowed) and a unit, rounded to whole units of 1. */
static int with_unit(const char *text, const struct unit *units, int64_t *value_r)
{
    size_t whole = strspn(text, "0123456789"), len = whole;
    double number, value;

    if (whole == 0 || whole > 15)
        return SB_EINVAL;
    if (text[len] == '.') {
        size_t fraction = strspn(text + len + 1, "0123456789");

        if (fraction == 0 || fraction > 9)
            return SB_EINVAL;
        len += 1 + fraction;
    }
    number = strtod(text, NULL);
    text += len;
    while (*text == ' ')
        text++;
    while (units->name && !sb_text_ieq(units->name, text))
        units++;
    if (!units->name)
        return SB_EINVAL;
    value = number * (double)units->factor;
    if (value > 9e15)
        return SB_EINVAL;
    *value_r = (int64_t)llround(value);
    return 0;
}

int sb_table_duration(const char *text, int64_t *ms_r)
{
    if (strcmp(text, "0") == 0) {
        *ms_r = 0;
        return 0;
    }
    return with_unit(text, durations, ms_r);
}

int sb_table_size(const char *text, int64_t *bytes_r)
{
    return with_unit(text, sizes, bytes_r);
}

void sb_value_duration(int64_t ms, char out[32])
{
    static const struct unit down[] = {
        {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
    size_t i = 0;

    while (i < 4 && (ms == 0 || ms % down[i].factor != 0))
        i++;
    (void)snprintf(out, 32, ms ? "%" PRId64 "%s" : "0", ms / down[i].factor,
                   down[i].name);
}

void sb_value_size(int64_t bytes, char out[32])
{
    static const struct unit down[] = {
        {"g", 1 << 30}, {"m", 1 << 20}, {"k", 1 << 10}, {"", 1}};
    size_t i = 0;

    while (i < 3 && (bytes == 0 || bytes % down[i].factor != 0))
        i++;
    (void)snprintf(out, 32, "%" PRId64 "%s", bytes / down[i].factor, down[i].name);
}

static void show_bound(const struct sb_option *row, double bound, char out[32])
{
    if (row->type == SB_OPTION_DURATION)
        sb_value_duration((int64_t)bound, out);
    else if (row->type == SB_OPTION_SIZE)
        sb_value_size((int64_t)bound, out);
    else
        (void)snprintf(out, 32, "%.15g", bound);
}

static bool has_range(const struct sb_option *row)
{
    bool is_number = row->type == SB_OPTION_INT || row->type == SB_OPTION_NUMBER ||
                     row->type == SB_OPTION_DURATION || row->type == SB_OPTION_SIZE;

    return is_number && row->min < row->max;
}

void sb_value_range(const struct sb_option *row, char out[80])
{
    bool plain = row->type == SB_OPTION_INT || row->type == SB_OPTION_NUMBER;
    const char *unit = plain && row->unit ? row->unit : "";
    char low[32], high[32];

    out[0] = '\0';
    if (!has_range(row))
        return;
    show_bound(row, row->min, low);
    show_bound(row, row->max, high);
    (void)snprintf(out, 80, "%s to %s%s%.12s", low, high, *unit ? " " : "", unit);
}

/* ---- one parser a type ---- */

static int check_range(const struct sb_option *row, double value, struct sb_err *err)
{
    char range[80];

    if (!has_range(row) || (value >= row->min && value <= row->max))
        return 0;
    sb_value_range(row, range);
    return sb_fail(err, SB_EINVAL, "must be %s", range);
}

static int parse_int(const char *text, int64_t *value_r)
{
    const char *digits = text + (*text == '-' || *text == '+');
    long long value;

    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return SB_EINVAL;
    errno = 0;
    value = strtoll(text, NULL, 10);
    if (errno != 0)
        return SB_EINVAL;
    *value_r = value;
    return 0;
}

static int set_whole(const struct sb_option *row, const char *text, void *at,
                     struct sb_err *err)
{
    int64_t value = 0;
    int rc;

    if (row->type == SB_OPTION_DURATION) {
        if (sb_table_duration(text, &value) != 0)
            return sb_fail(
                err, SB_EINVAL,
                "must be a time with its unit, such as 250ms, 30s, 5m or 2h");
    } else if (row->type == SB_OPTION_SIZE) {
        if (sb_table_size(text, &value) != 0)
            return sb_fail(err, SB_EINVAL, "must be a size, such as 64k, 5m or 1g");
    } else if (parse_int(text, &value) != 0) {
        return sb_fail(err, SB_EINVAL, "must be a whole number");
    }
    rc = check_range(row, (double)value, err);
    if (rc == 0)
        memcpy(at, &value, sizeof(value));
    return rc;
}

static int set_number(const struct sb_option *row, const char *text, void *at,
                      struct sb_err *err)
{
    char *end;
    double value = strtod(text, &end);
    int rc;

    if (end == text || *end != '\0' || !isfinite(value) ||
        text[strspn(text, "+-.0123456789eE")] != '\0')
        return sb_fail(err, SB_EINVAL, "must be a number");
    rc = check_range(row, value, err);
    if (rc == 0)
        memcpy(at, &value, sizeof(value));
    return rc;
}

static int set_bool(const char *text, void *at, struct sb_err *err)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        bool value = i % 2 == 1;

        if (!sb_text_ieq(text, words[i]))
            continue;
        memcpy(at, &value, sizeof(value));
        return 0;
    }
    return sb_fail(err, SB_EINVAL, "must be true or false");
}

static int set_string(TALLOC_CTX *mem, const char *text, void *at)
{
    const char *copy = talloc_strdup(mem, text);

    memcpy(at, &copy, sizeof(copy));
    return 0;
}

/* Is `text` one of "a|b|c"? */
static bool is_choice(const char *choices, const char *text)
{
    size_t len = strlen(text);

    while (choices && *choices) {
        size_t word = strcspn(choices, "|");

        if (word == len && strncmp(choices, text, len) == 0)
            return true;
        choices += word + (choices[word] == '|');
    }
    return false;
}

static int set_choice(TALLOC_CTX *mem, const struct sb_option *row, const char *text,
                      void *at, struct sb_err *err)
{
    if (!is_choice(row->choices, text))
        return sb_fail(err, SB_EINVAL, "must be one of %s",
                       row->choices ? row->choices : "nothing");
    return set_string(mem, text, at);
}

void sb_value_set_list(TALLOC_CTX *mem, const char *const *texts, size_t count,
                       void *at)
{
    const char **list = sb_array(mem, const char *, count + 1);

    for (size_t i = 0; i < count; i++)
        list[i] = talloc_strdup(list, texts[i]);
    memcpy(at, &list, sizeof(list));
}

/* "a, b": the form of presets and flags. */
static int set_split(TALLOC_CTX *mem, const char *text, void *at)
{
    char *copy = talloc_strdup(NULL, text), *save = NULL, *part;
    const char **parts = sb_array(copy, const char *, strlen(text) / 2 + 2);
    size_t count = 0;

    for (part = strtok_r(copy, ",", &save); part; part = strtok_r(NULL, ",", &save))
        if (!sb_text_is_blank(part))
            parts[count++] = sb_text_trim(part);
    sb_value_set_list(mem, parts, count, at);
    talloc_free(copy);
    return 0;
}

int sb_value_set(TALLOC_CTX *mem, const struct sb_option *row, const char *text,
                 void *at, struct sb_err *err)
{
    switch (row->type) {
    case SB_OPTION_STRING: return set_string(mem, text, at);
    case SB_OPTION_INT:
    case SB_OPTION_DURATION:
    case SB_OPTION_SIZE: return set_whole(row, text, at, err);
    case SB_OPTION_NUMBER: return set_number(row, text, at, err);
    case SB_OPTION_BOOL: return set_bool(text, at, err);
    case SB_OPTION_CHOICE: return set_choice(mem, row, text, at, err);
    case SB_OPTION_LIST: return set_split(mem, text, at);
    case SB_OPTION_END: break;
    }
    return sb_fail(err, SB_EINVAL, "has a type that this version does not know");
}
