/* SPDX-License-Identifier: Apache-2.0
 *
 * Days and times as values and as one says them.
 */
#include <stdio.h>
#include <string.h>
#include "talk/dates.h"

static const char *const DAYS[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};
static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
/* Parts of the day that have a better name than their hours. */
static const struct {
    int from, to;
    const char *spoken;
} PARTS[] = {{8, 12, "in the morning"},
             {12, 17, "in the afternoon"},
             {17, 21, "in the evening"},
             {18, 22, "at night"},
             {13, 17, "after lunch"},
             {9, 12, "before lunch"},
             {12, 13, "around lunchtime"},
             {6, 9, "early in the morning"},
             {8, 10, "first thing in the morning"},
             {15, 18, "late in the afternoon"},
             {17, 20, "after work"}};

static bool same_day(const struct sb_local *a, const struct sb_local *b)
{
    return a->year == b->year && a->month == b->month && a->day == b->day;
}

char *sb_clock_spoken(TALLOC_CTX *mem, int minutes)
{
    int hour = minutes / 60 % 24, minute = minutes % 60, twelve = hour % 12;

    if (minutes % 1440 == 0)
        return talloc_strdup(mem, "midnight");
    if (minutes == 12 * 60)
        return talloc_strdup(mem, "noon");
    if (twelve == 0)
        twelve = 12;
    if (minute)
        return talloc_asprintf(mem, "%d:%02d %s", twelve, minute,
                               hour < 12 ? "am" : "pm");
    return talloc_asprintf(mem, "%d %s", twelve, hour < 12 ? "am" : "pm");
}

char *sb_when_value(TALLOC_CTX *mem, const struct sb_when *when)
{
    const struct sb_local *d = &when->day, *l = &when->last;
    char *text = talloc_asprintf(mem, "%04d-%02d-%02d", d->year, d->month, d->day);

    if (!same_day(d, l))
        return talloc_asprintf_append(text, "/%04d-%02d-%02d", l->year, l->month,
                                      l->day);
    if (when->from < 0)
        return text;
    text = talloc_asprintf_append(text, "T%02d:%02d", when->from / 60, when->from % 60);
    if (when->to != when->from)
        text = talloc_asprintf_append(text, "/%02d:%02d", when->to / 60, when->to % 60);
    return text;
}

static char *day_spoken(TALLOC_CTX *mem, const struct sb_local *day,
                        const struct sb_local *now)
{
    struct sb_local d = *day;
    int64_t ahead = sb_local_days(day) - sb_local_days(now);

    sb_local_fix(&d);
    if (ahead > 300 || ahead < -60)
        return talloc_asprintf(mem, "%s %d %s %d", DAYS[d.weekday], d.day,
                               MONTHS[d.month - 1], d.year);
    return talloc_asprintf(mem, "%s %d %s", DAYS[d.weekday], d.day,
                           MONTHS[d.month - 1]);
}

static char *add_time(TALLOC_CTX *mem, char *text, int from, int to)
{
    size_t i;

    if (from == to)
        return talloc_asprintf_append(text, " at %s", sb_clock_spoken(mem, from));
    for (i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++)
        if (from == PARTS[i].from * 60 && to == PARTS[i].to * 60)
            return talloc_asprintf_append(text, " %s", PARTS[i].spoken);
    if (to >= 24 * 60)
        return talloc_asprintf_append(text, " after %s", sb_clock_spoken(mem, from));
    if (from == 0)
        return talloc_asprintf_append(text, " before %s", sb_clock_spoken(mem, to));
    return talloc_asprintf_append(text, " between %s and %s",
                                  sb_clock_spoken(mem, from), sb_clock_spoken(mem, to));
}

char *sb_when_spoken(TALLOC_CTX *mem, const struct sb_when *when,
                     const struct sb_local *now)
{
    char *text = day_spoken(mem, &when->day, now);

    if (!same_day(&when->day, &when->last))
        return talloc_asprintf_append(text, " to %s",
                                      day_spoken(mem, &when->last, now));
    if (when->from < 0)
        return text;
    return add_time(mem, text, when->from, when->to);
}

/* Two digits, or -1. */
static int two(const char *s)
{
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return -1;
    return (s[0] - '0') * 10 + (s[1] - '0');
}

static const char *parse_day(const char *s, struct sb_local *out)
{
    int century, year, month, day;

    if (strlen(s) < 10)
        return NULL;
    century = two(s);
    year = two(s + 2);
    month = two(s + 5);
    day = two(s + 8);
    if (century < 0 || year < 0 || s[4] != '-' || s[7] != '-' ||
        !sb_date_valid(century * 100 + year, month, day))
        return NULL;
    memset(out, 0, sizeof(*out));
    out->year = century * 100 + year;
    out->month = month;
    out->day = day;
    sb_local_fix(out);
    return s + 10;
}

static const char *parse_clock(const char *s, int *out)
{
    int hour, minute;

    if (strlen(s) < 5)
        return NULL;
    hour = two(s);
    minute = two(s + 3);
    if (hour < 0 || minute < 0 || minute > 59 || s[2] != ':' ||
        hour * 60 + minute > 1440)
        return NULL;
    *out = hour * 60 + minute;
    return s + 5;
}

bool sb_when_parse(const char *value, struct sb_when *out)
{
    struct sb_when when = {.from = -1, .to = -1};
    const char *p = parse_day(value, &when.day);

    if (!p)
        return false;
    when.last = when.day;
    if (*p == '/') {
        p = parse_day(p + 1, &when.last);
        if (!p || *p || sb_local_days(&when.last) < sb_local_days(&when.day))
            return false;
    } else if (*p == 'T') {
        p = parse_clock(p + 1, &when.from);
        if (!p || when.from >= 1440)
            return false;
        when.to = when.from;
        if (*p == '/') {
            p = parse_clock(p + 1, &when.to);
            if (!p || when.to <= when.from)
                return false;
        }
        /* Models like to add seconds; they say nothing. */
        if (strncmp(p, ":00", 3) == 0)
            p += 3;
        if (*p)
            return false;
    } else if (*p) {
        return false;
    }
    *out = when;
    return true;
}
