/* SPDX-License-Identifier: Apache-2.0
 *
 * Days by the calendar: "the 3rd", "5 Dec", "12/5", "this weekend", "in March",
 * "Thanksgiving".
 */
#include "talk/days.h"

#include <string.h>

#include "base/holiday.h"

static const char *const MONTHS[] = {
    "january",   "february", "march",    "april",    "may", "june", "july", "august",
    "september", "october",  "november", "december", "jan", "feb",  "mar",  "apr",
    "may",       "jun",      "jul",      "aug",      "sep", "oct",  "nov",  "dec",
    "january",   "febuary",  "march",    "april",    "may", "june", "july", "august",
    "sept",      "october",  "november", "decembre", NULL};
static const char *const ORDINAL_ENDS[] = {"st", "nd", "rd", "th", NULL};
static const char *const ORDINALS[] = {
    "first",      "second",     "third",     "fourth",    "fifth",       "sixth",
    "seventh",    "eighth",     "ninth",     "tenth",     "eleventh",    "twelfth",
    "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",  NULL};

static int month_at(const struct sb_tokens *t, size_t i)
{
    int n = sb_token_in(t, i, MONTHS);

    return n < 0 ? -1 : n % 12 + 1;
}

/* A day of the month at `i`: "3", "3rd", "third", "twenty-third". */
static size_t day_number(const struct sb_tokens *t, size_t i, int *day_r,
                         bool *ordinal_r)
{
    size_t n;
    int word;

    *ordinal_r = true;
    if (i < t->count && t->items[i].kind == SB_TOKEN_NUMBER &&
        t->items[i].digits <= 2 && t->items[i].number >= 1 &&
        t->items[i].number <= 31) {
        *day_r = (int)t->items[i].number;
        if (sb_token_in(t, i + 1, ORDINAL_ENDS) >= 0 && !t->items[i + 1].space)
            return 2;
        *ordinal_r = false;
        return 1;
    }
    if ((word = sb_token_in(t, i, ORDINALS)) >= 0) {
        *day_r = word + 1;
        return 1;
    }
    if (sb_token_is(t, i, "thirtieth")) {
        *day_r = 30;
        return 1;
    }
    if (sb_token_is(t, i, "twenty") || sb_token_is(t, i, "thirty")) {
        n = sb_token_is(t, i + 1, "-") ? 2 : 1;
        word = sb_token_in(t, i + n, ORDINALS);
        *day_r = (sb_token_is(t, i, "twenty") ? 21 : 31) + word;
        if (word >= 0 && word < 9 && *day_r <= 31)
            return n + 1;
    }
    return 0;
}

/* A year at `i`, after an optional comma: tokens taken, 0 for none. */
static size_t year_at(const struct sb_tokens *t, size_t i, int *year_r)
{
    size_t comma = sb_token_is(t, i, ",");

    if (i + comma >= t->count || t->items[i + comma].kind != SB_TOKEN_NUMBER ||
        t->items[i + comma].digits != 4 || t->items[i + comma].number < 1900 ||
        t->items[i + comma].number > 2200)
        return 0;
    *year_r = (int)t->items[i + comma].number;
    return comma + 1;
}

/* The next day with this month and number, from today on. */
static bool coming_date(const struct sb_local *now, int month, int day,
                        struct sb_local *out)
{
    int year = now->year;

    if (month < now->month || (month == now->month && day < now->day))
        year++;
    for (; year < now->year + 9; year++)
        if (sb_date_valid(year, month, day)) {
            *out = sb_day_of(year, month, day);
            return true;
        }
    return false;
}

static bool set_date(struct sb_day_hit *hit, const struct sb_read_hint *hint, int year,
                     int month, int day, double confidence)
{
    struct sb_local date;

    if (month < 1 || month > 12 || day < 1)
        return false;
    if (year) {
        if (!sb_date_valid(year, month, day))
            return false;
        date = sb_day_of(year, month, day);
    } else if (!coming_date(&hint->now, month, day, &date)) {
        return false;
    }
    sb_day_set(hit, date, confidence);
    hit->past = sb_local_days(&date) < sb_local_days(&hint->now);
    return true;
}

/* "december 3rd, 2026", "3 december", "the 3rd of december" */
size_t sb_day_rule_month(const struct sb_tokens *t, size_t i,
                         const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    int month = month_at(t, i), day = 0, year = 0;
    size_t at = i, n;
    bool ordinal;

    if (month > 0) {
        at++;
        if (sb_token_is(t, at, ".") && !t->items[at].space)
            at++;
        if (sb_token_is(t, at, "the"))
            at++;
        if (!(n = day_number(t, at, &day, &ordinal)))
            return 0;
        at += n;
        /* "may 5:30" is no date, nor is "december 24 hours" */
        if (!ordinal && (sb_token_is(t, at, ":") || sb_token_is(t, at, "hours") ||
                         sb_token_is(t, at, "am") || sb_token_is(t, at, "pm")))
            return 0;
    } else {
        if (sb_token_is(t, at, "the"))
            at++;
        if (!(n = day_number(t, at, &day, &ordinal)))
            return 0;
        at += n;
        if (sb_token_is(t, at, "of") ||
            (sb_token_is(t, at, "-") && !t->items[at].space))
            at++;
        month = month_at(t, at);
        if (month < 0)
            return 0;
        at++;
    }
    at += year_at(t, at, &year);
    return set_date(hit, hint, year, month, day, 0.95) ? at - i : 0;
}

/* "the 3rd": this month or the next that has it. Not "the 3rd hole". */
size_t sb_day_rule_ordinal(const struct sb_tokens *t, size_t i,
                           const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    static const char *const things[] = {
        "hole",     "floor", "time",   "tee",     "one",     "person", "child",
        "street",   "st",    "avenue", "ave",     "option",  "visit",  "anniversary",
        "birthday", "grade", "green",  "fairway", "round",   "place",  "thing",
        "question", "tier",  "party",  "kid",     "dog",     "car",    "unit",
        "house",    "story", "class",  "lesson",  "opinion", "quote",  "half",
        "nine",     "and",   "choice", NULL};
    size_t the = sb_token_is(t, i, "the"), n;
    struct sb_local date;
    int day = 0, month;
    bool ordinal;

    n = day_number(t, i + the, &day, &ordinal);
    if (!n || !ordinal || sb_token_in(t, i + the + n, things) >= 0)
        return 0;
    /* "first", "second" say too little by themselves. */
    if (t->items[i + the].kind == SB_TOKEN_WORD && (!the || !hint->expected))
        return 0;
    if (!the && !hint->expected && !(i > 0 && sb_token_is(t, i - 1, "on")))
        return 0;
    month = hint->now.month - 1 + (day < hint->now.day);
    date = sb_day_of(hint->now.year + month / 12, month % 12 + 1, 1);
    while (day > sb_days_in_month(date.year, date.month))
        date = sb_day_plus_months(&date, 1);
    date.day = day;
    sb_local_fix(&date);
    sb_day_set(hit, date, 0.8);
    return the + n;
}

/* "12/5", "12/5/26", "5.12.2026", "2026-12-05" */
static bool three_numbers(const struct sb_tokens *t, size_t i, int out[3], size_t *n)
{
    const struct sb_token *items = t->items;
    const char *mark;

    if (i + 2 >= t->count || items[i].kind != SB_TOKEN_NUMBER || items[i + 1].space ||
        items[i + 2].space || items[i + 2].kind != SB_TOKEN_NUMBER ||
        items[i].digits > 4 || items[i + 2].digits > 2)
        return false;
    mark = items[i + 1].text;
    if (strcmp(mark, "/") != 0 && strcmp(mark, "-") != 0 && strcmp(mark, ".") != 0)
        return false;
    out[0] = (int)items[i].number;
    out[1] = (int)items[i + 2].number;
    out[2] = 0;
    *n = 3;
    if (i + 4 < t->count && sb_token_is(t, i + 3, mark) && !items[i + 3].space &&
        !items[i + 4].space && items[i + 4].kind == SB_TOKEN_NUMBER &&
        items[i + 4].digits <= 4) {
        out[2] = (int)items[i + 4].number + (items[i + 4].digits <= 2 ? 2000 : 0);
        *n = 5;
    }
    /* Without a year only a slash makes a date; 2-4 is a span, 3.5 a number. */
    return *n == 5 || (mark[0] == '/' && items[i].digits <= 2);
}

size_t sb_day_rule_numbers(const struct sb_tokens *t, size_t i,
                           const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    static const char *const measures[] = {"inch",   "inches", "cup", "hour", "hours",
                                           "mile",   "miles",  "in",  "bath", "baths",
                                           "gallon", "of",     "day", "\"",   NULL};
    struct sb_day_hit swapped;
    bool month_first = hint->month_first;
    int v[3];
    size_t n;

    if (!three_numbers(t, i, v, &n))
        return 0;
    if (t->items[i].digits == 4)
        return n == 5 && set_date(hit, hint, v[0], v[1], v[2] - 2000, 0.97) ? 5 : 0;
    if (n == 3 && ((v[0] == 24 && v[1] == 7) || sb_token_in(t, i + 3, measures) >= 0))
        return 0;
    if (sb_token_is(t, i + 1, "."))
        month_first = false;
    if (v[0] > 12)
        month_first = false;
    else if (v[1] > 12)
        month_first = true;
    if (!set_date(hit, hint, v[2], month_first ? v[0] : v[1], month_first ? v[1] : v[0],
                  0.9))
        return 0;
    if (v[0] <= 12 && v[1] <= 12 && v[0] != v[1] &&
        set_date(&swapped, hint, v[2], month_first ? v[1] : v[0],
                 month_first ? v[0] : v[1], 0.5)) {
        hit->confidence = 0.6;
        sb_day_other(hit, swapped.day);
    }
    return n;
}

/* ---- runs of days ---- */

static void set_run(struct sb_day_hit *hit, struct sb_local first, struct sb_local last,
                    double confidence)
{
    sb_day_set(hit, first, confidence);
    hit->last = last;
}

static size_t weekend(const struct sb_read_hint *hint, bool next,
                      struct sb_day_hit *hit)
{
    int saturday = hint->now.weekday == 0 ? -1 : 6 - hint->now.weekday;
    struct sb_local first = sb_day_plus(&hint->now, saturday < 0 ? 0 : saturday);

    if (!next) {
        set_run(hit, first, sb_day_plus(&hint->now, saturday + 1), 0.85);
        return 1;
    }
    set_run(hit, sb_day_plus(&hint->now, saturday + 7),
            sb_day_plus(&hint->now, saturday + 8), saturday > 0 ? 0.6 : 0.85);
    if (saturday > 0)
        sb_day_other(hit, first);
    return 1;
}

size_t sb_day_rule_run(const struct sb_tokens *t, size_t i,
                       const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    bool next = sb_token_is(t, i, "next"), this = sb_token_is(t, i, "this");
    size_t lead = next || this || sb_token_is(t, i, "the") ? 1 : 0, at = i + lead;
    int monday = sb_days_to_next_week(&hint->now);

    if (sb_token_is(t, at, "weekend") || sb_token_is(t, at, "week-end"))
        return lead + weekend(hint, next, hit);
    if (!next && !this)
        return 0;
    if (sb_token_is(t, at, "week")) {
        if (next)
            set_run(hit, sb_day_plus(&hint->now, monday),
                    sb_day_plus(&hint->now, monday + 6), 0.75);
        else
            set_run(hit, sb_day_plus(&hint->now, 0),
                    sb_day_plus(&hint->now, monday - 1), 0.7);
        return 2;
    }
    if (sb_token_is(t, at, "month")) {
        struct sb_local first = sb_day_of(hint->now.year, hint->now.month, 1), last;

        first = next ? sb_day_plus_months(&first, 1) : sb_day_plus(&hint->now, 0);
        last = sb_day_of(first.year, first.month,
                         sb_days_in_month(first.year, first.month));
        set_run(hit, first, last, 0.6);
        return 2;
    }
    return 0;
}

/* "in december" */
size_t sb_day_rule_in_month(const struct sb_tokens *t, size_t i,
                            const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    int month = sb_token_is(t, i, "in") ? month_at(t, i + 1) : -1;
    int year = hint->now.year;
    struct sb_local first;

    if (month < 0)
        return 0;
    if (month < hint->now.month)
        year++;
    first = month == hint->now.month ? sb_day_plus(&hint->now, 0)
                                     : sb_day_of(year, month, 1);
    set_run(hit, first, sb_day_of(year, month, sb_days_in_month(year, month)), 0.6);
    return 2;
}

/* ---- days with a name ---- */

size_t sb_day_rule_feast(const struct sb_tokens *t, size_t i,
                         const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    size_t start = t->items[i].from, used = 0, n = 0;
    int number = month_at(t, i) < 0 ? sb_holiday_named(t->message + start, &used) : 0;

    if (!number) /* "July 4, 2027" is read as a date */
        return 0;
    while (i + n < t->count && t->items[i + n].to <= start + used)
        n++;
    for (int year = hint->now.year;; year++) {
        struct sb_local day;
        int month, mday;

        sb_holiday_date(number, year, &month, &mday);
        day = sb_day_of(year, month, mday);
        if (sb_local_days(&day) >= sb_local_days(&hint->now)) {
            sb_day_set(hit, day, 0.85);
            return n;
        }
    }
}
