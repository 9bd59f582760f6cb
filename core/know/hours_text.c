/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening hours as people and schema.org write them: days, then times.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "know/extract_impl.h"

enum {
    WEEKDAYS = 0x3e,
    WEEKEND = 0x41,
    ALL = 0x7f,
    DAY = 1440,
    MAX_SPANS = 4,
    MAX_DAYS = 7, /* in one list */
    LOOK = 16
};

static const char *const long_names[] = {"sunday",   "monday", "tuesday", "wednesday",
                                         "thursday", "friday", "saturday"};

/* ---- days ---- */

/* "We 9:00-12:00" and "Mo-Fr", but not "We are open". */
static bool is_short_day(const char *word, size_t len)
{
    size_t at = 2;

    while (at < len && word[at] == ' ')
        at++;
    return isupper((unsigned char)word[0]) &&
           (at == len || isdigit((unsigned char)word[at]) ||
            strchr("-,:;/", word[at]) || (word[at] & 0x80) ||
            strncasecmp(word + at, "closed", 6) == 0);
}

int sb_hours_day(const char *word, size_t len, size_t *used)
{
    for (int day = 0; day < 7; day++) {
        const char *name = long_names[day];
        size_t n = 0;

        while (n < len && name[n] && tolower((unsigned char)word[n]) == name[n])
            n++;
        if (n < 2)
            continue;
        if (name[n] && n < len && (word[n] == 's' || word[n] == 'S') && n >= 3)
            n++; /* "weds", "tues", "thurs" are read letter by letter below */
        if (!name[n] && n < len && (word[n] == 's' || word[n] == 'S'))
            n++;
        if (n < len && word[n] == '.')
            n++;
        if (n < len && isalpha((unsigned char)word[n]))
            continue;
        if (n == 2 && !is_short_day(word, len))
            continue;
        *used = n;
        return day;
    }
    return -1;
}

static size_t skip_blanks(const char *text)
{
    return strspn(text, " \t\n\v");
}

/* "-", en and em dashes, "to", "through", "thru", "until"; bytes, or 0. */
static size_t range_sign(const char *text)
{
    static const char *const signs[] = {
        "-",       "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x90", "\xe2\x80\x91", "~",
        "through", "thru",         "until",        "till",         "to",           "/",
        NULL};
    size_t blanks = skip_blanks(text);

    for (size_t i = 0; signs[i]; i++) {
        size_t len = strlen(signs[i]);

        if (strncasecmp(text + blanks, signs[i], len) != 0)
            continue;
        if (isalpha((unsigned char)signs[i][0]) &&
            isalpha((unsigned char)text[blanks + len]))
            continue;
        len += blanks;
        /* "- -" or "--" */
        while (text[len] == '-')
            len++;
        return len + skip_blanks(text + len);
    }
    return 0;
}

/* "," "&" "and" "+" between days; bytes, or 0. */
static size_t list_sign(const char *text)
{
    size_t blanks = skip_blanks(text), len = 0;

    if (text[blanks] == ',' || text[blanks] == '&' || text[blanks] == '+')
        len = 1;
    else if (strncasecmp(text + blanks, "and ", 4) == 0)
        len = 3;
    if (!len)
        return 0;
    len += blanks;
    len += skip_blanks(text + len);
    if (strncasecmp(text + len, "and ", 4) == 0)
        len += 4;
    return len + skip_blanks(text + len);
}

static size_t read_group(const char *text, unsigned *days)
{
    static const struct {
        const char *words;
        unsigned days;
    } groups[] = {
        {"seven days a week", ALL}, {"7 days a week", ALL},
        {"7 days/week", ALL},       {"7 days", ALL},
        {"every day", ALL},         {"everyday", ALL},
        {"all week", ALL},          {"daily", ALL},
        {"weekdays", WEEKDAYS},     {"weekday", WEEKDAYS},
        {"weekends", WEEKEND},      {"weekend", WEEKEND},
    };

    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        size_t len = strlen(groups[i].words);

        if (strncasecmp(text, groups[i].words, len) == 0 &&
            !isalpha((unsigned char)text[len])) {
            *days |= groups[i].days;
            return len;
        }
    }
    return 0;
}

static unsigned day_range(int from, int to)
{
    unsigned days = 0;

    for (int day = from;; day = (day + 1) % 7) {
        days |= 1u << day;
        if (day == to)
            return days;
    }
}

/* One day, a range of days, or a word for several; bytes, or 0. */
static size_t read_days_once(const char *text, unsigned *days)
{
    size_t used, at, sign;
    int from, to;

    at = read_group(text, days);
    if (at)
        return at;
    from = sb_hours_day(text, strnlen(text, LOOK), &at);
    if (from < 0)
        return 0;
    sign = range_sign(text + at);
    to = sign ? sb_hours_day(text + at + sign, strnlen(text + at + sign, LOOK), &used)
              : -1;
    if (to < 0) {
        *days |= 1u << from;
        return at;
    }
    *days |= day_range(from, to);
    return at + sign + used;
}

static size_t read_days(const char *text, unsigned *days)
{
    size_t at = read_days_once(text, days), sign, used;

    for (int i = 1; at && i < MAX_DAYS && (sign = list_sign(text + at)); i++) {
        used = read_days_once(text + at + sign, days);
        if (!used)
            break;
        at += sign + used;
    }
    return at;
}

/* ---- times ---- */

static size_t half_of_day(const char *text, int *hour, bool *found)
{
    size_t at = skip_blanks(text);
    char half = (char)tolower((unsigned char)text[at]);

    *found = false;
    if (half != 'a' && half != 'p')
        return 0;
    at++;
    if (text[at] == '.')
        at++;
    if (tolower((unsigned char)text[at]) == 'm') {
        at++;
        if (text[at] == '.' && !isalpha((unsigned char)text[at + 1]))
            at++;
    }
    if (isalpha((unsigned char)text[at]) || *hour > 12)
        return 0;
    *hour = *hour % 12 + (half == 'p' ? 12 : 0);
    *found = true;
    return at;
}

int sb_hours_time(const char *text, size_t *used, bool *had_half)
{
    int hour = 0, minute = 0;
    size_t at = 0, half;

    *had_half = true;
    if (strncasecmp(text, "noon", 4) == 0 || strncasecmp(text, "12 noon", 7) == 0) {
        *used = text[0] == '1' ? 7 : 4;
        return DAY / 2;
    }
    if (strncasecmp(text, "midnight", 8) == 0) {
        *used = 8;
        return DAY;
    }
    while (at < 2 && isdigit((unsigned char)text[at]))
        hour = hour * 10 + (text[at++] - '0');
    if (!at || hour > 24 || isdigit((unsigned char)text[at]))
        return -1;
    if ((text[at] == ':' || text[at] == '.') && isdigit((unsigned char)text[at + 1]) &&
        isdigit((unsigned char)text[at + 2]) && !isdigit((unsigned char)text[at + 3])) {
        minute = (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
        at += 3;
        if (text[at] == ':' && isdigit((unsigned char)text[at + 1]) &&
            isdigit((unsigned char)text[at + 2]))
            at += 3; /* seconds */
    }
    half = half_of_day(text + at, &hour, had_half);
    *used = at + half;
    return minute > 59 ? -1 : hour * 60 + minute;
}

/* "9-5": the closing time is in the afternoon; "8-5pm", "9am-5": so is the other. */
static void settle_halves(int *from, bool from_half, int *to, bool to_half, bool colons)
{
    if (!to_half && !from_half && colons)
        return; /* 24-hour clock */
    if (!to_half && *to <= DAY / 2 && *to <= *from)
        *to += DAY / 2;
    if (!from_half && to_half && *to >= DAY / 2 && *from < DAY / 2) {
        int later = *from + DAY / 2;

        /* "1-5pm" opens after noon; "8-5pm" in the morning. */
        if (later < *to && *from < 7 * 60)
            *from = later;
    }
}

/* "08:00-17:00", "8am to 5 pm", "9-5"; bytes, or 0. */
static size_t read_span(const char *text, int *from_r, int *to_r)
{
    bool from_half, to_half, colons;
    size_t used, at, sign;
    int from, to;

    from = sb_hours_time(text, &at, &from_half);
    if (from < 0)
        return 0;
    colons = memchr(text, ':', at) != NULL;
    sign = range_sign(text + at);
    if (!sign)
        return 0;
    to = sb_hours_time(text + at + sign, &used, &to_half);
    if (to < 0)
        return 0;
    colons = colons && memchr(text + at + sign, ':', used);
    if (!from_half && !to_half && !colons && (from > 12 * 60 || to > 12 * 60))
        return 0; /* "13-17" may be anything */
    settle_halves(&from, from_half, &to, to_half, colons);
    if (from == DAY)
        from = 0; /* from midnight */
    if (from >= DAY || to > DAY)
        return 0;
    if (to <= from)
        to += DAY;
    *from_r = from;
    *to_r = to;
    return at + sign + used;
}

static size_t read_all_day(const char *text)
{
    static const char *const words[] = {"open 24 hours", "24 hours a day", "24 hours",
                                        "24/7",          "24hrs",          NULL};

    for (size_t i = 0; words[i]; i++)
        if (strncasecmp(text, words[i], strlen(words[i])) == 0)
            return strlen(words[i]);
    return 0;
}

static size_t read_times(const char *text, struct sb_hours_read *out)
{
    size_t at = 0, used;

    if (strncasecmp(text, "closed", 6) == 0 && !isalpha((unsigned char)text[6])) {
        out->count = 0;
        return 6;
    }
    used = read_all_day(text);
    if (used) {
        out->count = 1;
        out->from[0] = 0;
        out->to[0] = DAY;
        return used;
    }
    for (out->count = 0; out->count < MAX_SPANS;) {
        size_t sign = out->count ? list_sign(text + at) : 0;

        if (out->count && !sign)
            break;
        used =
            read_span(text + at + sign, &out->from[out->count], &out->to[out->count]);
        if (!used)
            break;
        out->count++;
        at += sign + used;
    }
    return out->count ? at : 0;
}

/* What may stand between days and times: ":", "-", "|", "from", "open". */
static size_t skip_between(const char *text)
{
    size_t at = 0;

    for (;;) {
        size_t before = at;

        at += strspn(text + at, " \t:|,;\v(");
        if (strncmp(text + at, "\xe2\x80\x93", 3) == 0 ||
            strncmp(text + at, "\xe2\x80\x94", 3) == 0)
            at += 3;
        if (text[at] == '-')
            at++;
        if (strncasecmp(text + at, "from ", 5) == 0)
            at += 5;
        if (strncasecmp(text + at, "open ", 5) == 0 && !read_all_day(text + at))
            at += 5;
        if (strncasecmp(text + at, "is ", 3) == 0)
            at += 3;
        if (strncasecmp(text + at, "are ", 4) == 0)
            at += 4;
        if (strncasecmp(text + at, "we're ", 6) == 0)
            at += 6;
        if (at == before)
            return at;
    }
}

static size_t read_days_first(const char *text, struct sb_hours_read *out)
{
    size_t at, used;

    out->days = 0;
    if (strncmp(text, "24/7", 4) == 0) {
        out->days = ALL;
        return read_times(text, out);
    }
    at = read_days(text, &out->days);
    if (!at)
        return 0;
    at += skip_between(text + at);
    used = read_times(text + at, out);
    return used ? at + used : 0;
}

/* "9-12" alone may be ages or holes. */
static bool says_clock(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] == ':' || isalpha((unsigned char)text[i]))
            return true;
    return false;
}

/* "7am to 9pm daily", "Closed Mondays", "8 am - 5 pm, Monday to Friday" */
static size_t read_times_first(const char *text, struct sb_hours_read *out)
{
    size_t at = read_times(text, out), used;

    out->days = 0;
    if (!at || !says_clock(text, at))
        return 0;
    at += strspn(text + at, " \t,(");
    if (strncasecmp(text + at, "on ", 3) == 0)
        at += 3;
    used = read_days(text + at, &out->days);
    return used ? at + used : 0;
}

size_t sb_hours_read(const char *text, struct sb_hours_read *out)
{
    size_t used = read_days_first(text, out);
    struct sb_hours_read turned;

    if (used)
        return used;
    used = read_times_first(text, &turned);
    if (used)
        *out = turned;
    return used;
}
