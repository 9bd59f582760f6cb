/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading opening hours. Hours stay local wall time in minutes after midnight;
 * instants are made of them at question time, with the zone's rules of that day.
 */
#include "host/hours.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/holiday.h"

enum { DAY = 24 * 60 };

/* One clock time ("7", "7:30", "07:00", "7pm", "24:00") as minutes, or -1. */
static int read_clock(const char **text)
{
    const char *p = *text;
    char *end;
    long hour, minute = 0;

    if (!isdigit((unsigned char)*p))
        return -1;
    hour = strtol(p, &end, 10);
    p = end;
    if (*p == ':' || *p == '.') {
        if (!isdigit((unsigned char)p[1]) || !isdigit((unsigned char)p[2]))
            return -1;
        minute = (p[1] - '0') * 10 + (p[2] - '0');
        p += 3;
    }
    while (*p == ' ')
        p++;
    if ((*p == 'a' || *p == 'A' || *p == 'p' || *p == 'P') &&
        (p[1] == 'm' || p[1] == 'M')) {
        if (hour < 1 || hour > 12)
            return -1;
        hour = hour % 12 + (tolower((unsigned char)*p) == 'p' ? 12 : 0);
        p += 2;
    }
    if (hour > 24 || minute > 59 || (hour == 24 && minute))
        return -1;
    *text = p;
    return (int)(hour * 60 + minute);
}

static void skip_spaces(const char **p)
{
    while (**p == ' ' || **p == '\t')
        (*p)++;
}

/* The dash between two times: '-', an en dash, or "to". */
static bool read_dash(const char **p)
{
    skip_spaces(p);
    if (**p == '-')
        *p += 1;
    else if (!strncmp(*p, "\xe2\x80\x93", 3))
        *p += 3;
    else if (!strncmp(*p, "to", 2))
        *p += 2;
    else
        return false;
    skip_spaces(p);
    return true;
}

static int compare_spans(const void *a, const void *b)
{
    const struct sb_hours_span *x = a, *y = b;

    return x->from - y->from;
}

/* Sorts, and merges spans that touch or overlap. */
static void tidy(struct sb_hours_day *day)
{
    int kept = 0;

    qsort(day->spans, (size_t)day->count, sizeof(day->spans[0]), compare_spans);
    for (int i = 1; i < day->count; i++) {
        if (day->spans[i].from <= day->spans[kept].to) {
            if (day->spans[i].to > day->spans[kept].to)
                day->spans[kept].to = day->spans[i].to;
        } else {
            day->spans[++kept] = day->spans[i];
        }
    }
    if (day->count)
        day->count = kept + 1;
}

static int read_span(const char **p, struct sb_hours_span *span)
{
    int from = read_clock(p), to;

    if (from < 0 || from == DAY || !read_dash(p))
        return SB_EINVAL;
    to = read_clock(p);
    if (to < 0)
        return SB_EINVAL;
    if (to <= from)
        to += DAY;
    *span = (struct sb_hours_span){from, to};
    return 0;
}

int sb_hours_parse(const char *text, struct sb_hours_day *day_r, struct sb_err *err)
{
    struct sb_hours_day day = {.known = true};
    const char *p = text;

    skip_spaces(&p);
    if (sb_text_ieq(p, "closed")) {
        *day_r = day;
        return 0;
    }
    if (sb_text_ieq(p, "24h") || sb_text_ieq(p, "open 24 hours")) {
        day.spans[day.count++] = (struct sb_hours_span){0, DAY};
        *day_r = day;
        return 0;
    }
    do {
        if (day.count == 4)
            return sb_fail(err, SB_EINVAL, "more than four spans in one day: \"%s\"",
                           text);
        skip_spaces(&p);
        if (read_span(&p, &day.spans[day.count++]))
            return sb_fail(err, SB_EINVAL,
                           "\"%s\" are no opening hours; write \"09:00-17:00\", "
                           "\"09:00-12:00,13:00-17:00\", \"24h\" or \"closed\"",
                           text);
        skip_spaces(&p);
    } while (*p++ == ',');
    if (p[-1] != '\0')
        return sb_fail(err, SB_EINVAL, "unexpected \"%s\" in opening hours \"%s\"",
                       p - 1, text);
    tidy(&day);
    *day_r = day;
    return 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year == 0 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));

    return month == 2 && leap ? 29 : days[month - 1];
}

/* By its key or any of its names. */
static int holiday_of(const char *text)
{
    size_t used = 0;
    int number = sb_holiday_of_key(text);

    if (!number)
        number = sb_holiday_named(text, &used);
    return used && text[used] ? 0 : number;
}

int sb_hours_parse_date(const char *text, struct sb_holiday *holiday_r,
                        struct sb_err *err)
{
    int year = 0, month, day, used = 0;

    holiday_r->named = holiday_of(text);
    if (holiday_r->named) {
        holiday_r->year = holiday_r->month = holiday_r->day = 0;
        return 0;
    }
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || text[used]) {
        year = 0;
        used = 0;
        if (sscanf(text, "%2d-%2d%n", &month, &day, &used) != 2 || text[used])
            return sb_fail(
                err, SB_EINVAL,
                "\"%s\" is no date; write 2026-12-25, 12-25 for every year, or the "
                "name of a holiday: thanksgiving",
                text);
    }
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
        year < 0)
        return sb_fail(err, SB_EINVAL, "there is no %s in the calendar", text);
    holiday_r->year = year;
    holiday_r->month = month;
    holiday_r->day = day;
    return 0;
}

int sb_hours_weekday(const char *name)
{
    static const char *const names[] = {"sunday",   "monday", "tuesday", "wednesday",
                                        "thursday", "friday", "saturday"};
    size_t len = strlen(name);

    if (len < 3)
        return -1;
    for (int i = 0; i < 7; i++)
        if (len <= strlen(names[i]) && !strncasecmp(name, names[i], len) &&
            (len == 3 || len >= 4))
            return i;
    return -1;
}
