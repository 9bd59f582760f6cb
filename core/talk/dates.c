/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar of days: "tomorrow", "next Tuesday", "the 3rd", "in two weeks", "5 Dec",
 * "12/5", "this weekend". Each rule looks at one token and what follows, and says how
 * many tokens it took. What can be meant two ways says so.
 */
#include "talk/dates.h"

#include <string.h>

typedef size_t rule_fn(const struct sb_tokens *t, size_t i,
                       const struct sb_read_hint *hint, struct sb_day_hit *hit);

static const char *const WEEKDAYS[] = {
    "sunday",   "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sun",    "mon",     "tue",       "wed",      "thu",
    "fri",      "sat",    "sundy",   "munday",    "tues",     "weds",
    "thur",     "frday",  "saturdy", "sunday",    "monday",   "tuseday",
    "wensday",  "thurs",  "friady",  "saterday",  NULL};
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

int sb_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        return 29;
    return days[month - 1];
}

bool sb_date_valid(int year, int month, int day)
{
    return year >= 1900 && year <= 2200 && month >= 1 && month <= 12 && day >= 1 &&
           day <= sb_days_in_month(year, month);
}

static struct sb_local date_of(int year, int month, int day)
{
    struct sb_local l = {.year = year, .month = month, .day = day};

    sb_local_fix(&l);
    return l;
}

static struct sb_local plus_days(const struct sb_local *from, int days)
{
    struct sb_local l = date_of(from->year, from->month, from->day);

    sb_local_add_days(&l, days);
    return l;
}

static struct sb_local plus_months(const struct sb_local *from, int months)
{
    int m = from->month - 1 + months, year = from->year + m / 12, month = m % 12 + 1;
    int last = sb_days_in_month(year, month);

    return date_of(year, month, from->day > last ? last : from->day);
}

static void set_day(struct sb_day_hit *hit, struct sb_local day, double confidence)
{
    memset(hit, 0, sizeof(*hit));
    hit->day = hit->last = day;
    hit->confidence = confidence;
    hit->from = hit->to = -1;
}

static void set_other(struct sb_day_hit *hit, struct sb_local other)
{
    hit->other = other;
    hit->has_other = true;
}

/* The month, or the day of the week, that a token names; -1 for none. */
static int month_at(const struct sb_tokens *t, size_t i)
{
    int n = sb_token_in(t, i, MONTHS);

    return n < 0 ? -1 : n % 12 + 1;
}

static int weekday_at(const struct sb_tokens *t, size_t i)
{
    int n = sb_token_in(t, i, WEEKDAYS);

    return n < 0 ? -1 : n % 7;
}

/* ---- today, tomorrow ---- */

static size_t rule_today(const struct sb_tokens *t, size_t i,
                         const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    static const char *const tomorrow[] = {"tomorrow",  "tmrw", "tmr",      "tomorow",
                                           "2moro",     "tmw",  "tommorow", "tommorrow",
                                           "tomorrows", NULL};
    static const char *const after[] = {"day", "after", "tomorrow", NULL};
    size_t n = 0, the = sb_token_is(t, i, "the");

    while (after[n] && sb_token_is(t, i + the + n, after[n]))
        n++;
    if (!after[n]) {
        set_day(hit, plus_days(&hint->now, 2), 0.95);
        return n + the;
    }
    if (sb_token_is(t, i, "today")) {
        set_day(hit, plus_days(&hint->now, 0), 0.95);
        return 1;
    }
    if (sb_token_is(t, i, "tonight") || sb_token_is(t, i, "tonite")) {
        set_day(hit, plus_days(&hint->now, 0), 0.95);
        hit->from = 17 * 60;
        hit->to = 21 * 60;
        return 1;
    }
    if (sb_token_in(t, i, tomorrow) >= 0) {
        set_day(hit, plus_days(&hint->now, 1), 0.95);
        return 1;
    }
    if (sb_token_is(t, i, "yesterday")) {
        set_day(hit, plus_days(&hint->now, -1), 0.9);
        hit->past = true;
        return 1;
    }
    /* "this morning": the day now, the part of it by the times' grammar. */
    if (sb_token_is(t, i, "this") &&
        (sb_token_is(t, i + 1, "morning") || sb_token_is(t, i + 1, "afternoon") ||
         sb_token_is(t, i + 1, "evening"))) {
        set_day(hit, plus_days(&hint->now, 0), 0.9);
        return 1;
    }
    return 0;
}

/* ---- days of the week ---- */

static int days_until(const struct sb_local *now, int weekday)
{
    return (weekday - now->weekday + 7) % 7;
}

/* Days to the Monday with which next week begins. */
static int days_to_next_week(const struct sb_local *now)
{
    return now->weekday == 0 ? 1 : 8 - now->weekday;
}

static void next_weekday(const struct sb_read_hint *hint, int weekday,
                         struct sb_day_hit *hit)
{
    int coming = days_until(&hint->now, weekday);
    int named = days_to_next_week(&hint->now) + (weekday + 6) % 7;

    if (coming == 0)
        coming = 7;
    set_day(hit, plus_days(&hint->now, named), coming == named ? 0.85 : 0.6);
    if (coming != named)
        set_other(hit, plus_days(&hint->now, coming));
}

/* "week" after a day: "Tuesday week", "Tuesday next week". */
static size_t week_after(const struct sb_tokens *t, size_t i, bool *next)
{
    *next = false;
    if (sb_token_is(t, i, "next") && sb_token_is(t, i + 1, "week")) {
        *next = true;
        return 2;
    }
    if (sb_token_is(t, i, "of") && sb_token_is(t, i + 1, "next") &&
        sb_token_is(t, i + 2, "week")) {
        *next = true;
        return 3;
    }
    return sb_token_is(t, i, "week") ? 1 : 0;
}

static size_t rule_weekday(const struct sb_tokens *t, size_t i,
                           const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    bool next = sb_token_is(t, i, "next"), in_next_week;
    bool this = sb_token_is(t, i, "this") || sb_token_is(t, i, "coming");
    bool past = sb_token_is(t, i, "last");
    size_t at = i + (next || this || past ? 1 : 0), week;
    int weekday, days;

    if (this && sb_token_is(t, at, "coming"))
        at++;
    /* "next week Tuesday", "next week on Tuesday" */
    if (next && sb_token_is(t, at, "week")) {
        at++;
        while (sb_token_is(t, at, "on") || sb_token_is(t, at, ","))
            at++;
        weekday = weekday_at(t, at);
        if (weekday < 0)
            return 0;
        days = days_to_next_week(&hint->now) + (weekday + 6) % 7;
        set_day(hit, plus_days(&hint->now, days), 0.9);
        return at + 1 - i;
    }
    weekday = weekday_at(t, at);
    if (weekday < 0)
        return 0;
    /* "sun" and "sat" are words of their own. */
    if (strlen(t->items[at].text) <= 3 && at == i && !hint->expected &&
        !(i > 0 && sb_token_is(t, i - 1, "on")))
        return 0;
    days = days_until(&hint->now, weekday);
    if (past) {
        set_day(hit, plus_days(&hint->now, days - 7), 0.85);
        hit->past = true;
        return at + 1 - i;
    }
    if (next) {
        next_weekday(hint, weekday, hit);
        return at + 1 - i;
    }
    week = week_after(t, at + 1, &in_next_week);
    if (week) {
        days = in_next_week ? days_to_next_week(&hint->now) + (weekday + 6) % 7
                            : (days ? days : 7) + 7;
        set_day(hit, plus_days(&hint->now, days), 0.9);
        return at + 1 + week - i;
    }
    if (days == 0 && !this) {
        /* Said on that very day: most mean the next one, some mean today. */
        set_day(hit, plus_days(&hint->now, 7), 0.45);
        set_other(hit, plus_days(&hint->now, 0));
    } else {
        set_day(hit, plus_days(&hint->now, days), 0.9);
    }
    return at + 1 - i;
}

/* ---- a number of days, weeks or months from somewhere ---- */

static const char *const LENGTHS[] = {"day",   "days",   "week",      "weeks",
                                      "month", "months", "fortnight", NULL};

/* "two weeks" at `i`; returns its tokens and adds it to `from`. */
static size_t length_at(const struct sb_tokens *t, size_t i,
                        const struct sb_local *from, struct sb_local *out)
{
    size_t n = 1;
    int value = 1, unit;

    if (sb_token_is(t, i, "a") && sb_token_in(t, i + 1, LENGTHS) >= 0)
        n = 1;
    else if (!(n = sb_token_count_word(t, i, &value)))
        return 0;
    unit = sb_token_in(t, i + n, LENGTHS);
    if (unit < 0 || value > 400 || value < 0)
        return 0;
    if (unit <= 1)
        *out = plus_days(from, value);
    else if (unit <= 3)
        *out = plus_days(from, 7 * value);
    else if (unit <= 5)
        *out = plus_months(from, value > 24 ? 24 : value);
    else
        *out = plus_days(from, 14 * value);
    return n + 1;
}

static size_t rule_length(const struct sb_tokens *t, size_t i,
                          const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    struct sb_day_hit base;
    struct sb_local day;
    size_t n, more;

    if (sb_token_is(t, i, "in") && (n = length_at(t, i + 1, &hint->now, &day))) {
        set_day(hit, day, sb_token_is(t, i + n, "months") ? 0.6 : 0.85);
        return n + 1;
    }
    n = length_at(t, i, &hint->now, &day);
    if (!n)
        return 0;
    if (sb_token_is(t, i + n, "from") && sb_token_is(t, i + n + 1, "now")) {
        set_day(hit, day, 0.85);
        return n + 2;
    }
    if (sb_token_is(t, i + n, "ago")) {
        /* The same length, the other way. */
        set_day(hit,
                plus_days(&hint->now,
                          (int)(sb_local_days(&hint->now) - sb_local_days(&day))),
                0.8);
        hit->past = true;
        return n + 1;
    }
    if (!sb_token_is(t, i + n, "from") && !sb_token_is(t, i + n, "after") &&
        !sb_token_is(t, i + n, "on"))
        return 0;
    /* Lengths are not piled on lengths: the depth of this call stays two. */
    if (length_at(t, i + n + 1, &hint->now, &base.day))
        return 0;
    more = sb_day_at(t, i + n + 1, hint, &base);
    if (!more || base.past)
        return 0;
    (void)length_at(t, i, &base.day, &day);
    set_day(hit, day, 0.85);
    return n + 1 + more;
}

/* ---- dates of the calendar ---- */

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
            *out = date_of(year, month, day);
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
        date = date_of(year, month, day);
    } else if (!coming_date(&hint->now, month, day, &date)) {
        return false;
    }
    set_day(hit, date, confidence);
    hit->past = sb_local_days(&date) < sb_local_days(&hint->now);
    return true;
}

/* "december 3rd, 2026", "3 december", "the 3rd of december" */
static size_t rule_month(const struct sb_tokens *t, size_t i,
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
static size_t rule_ordinal(const struct sb_tokens *t, size_t i,
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
    date = date_of(hint->now.year + month / 12, month % 12 + 1, 1);
    while (day > sb_days_in_month(date.year, date.month))
        date = plus_months(&date, 1);
    date.day = day;
    sb_local_fix(&date);
    set_day(hit, date, 0.8);
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

static size_t rule_numbers(const struct sb_tokens *t, size_t i,
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
        set_other(hit, swapped.day);
    }
    return n;
}

/* ---- runs of days ---- */

static void set_run(struct sb_day_hit *hit, struct sb_local first, struct sb_local last,
                    double confidence)
{
    set_day(hit, first, confidence);
    hit->last = last;
}

static size_t weekend(const struct sb_read_hint *hint, bool next,
                      struct sb_day_hit *hit)
{
    int saturday = hint->now.weekday == 0 ? -1 : 6 - hint->now.weekday;
    struct sb_local first = plus_days(&hint->now, saturday < 0 ? 0 : saturday);

    if (!next) {
        set_run(hit, first, plus_days(&hint->now, saturday + 1), 0.85);
        return 1;
    }
    set_run(hit, plus_days(&hint->now, saturday + 7),
            plus_days(&hint->now, saturday + 8), saturday > 0 ? 0.6 : 0.85);
    if (saturday > 0)
        set_other(hit, first);
    return 1;
}

static size_t rule_run(const struct sb_tokens *t, size_t i,
                       const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    bool next = sb_token_is(t, i, "next"), this = sb_token_is(t, i, "this");
    size_t lead = next || this || sb_token_is(t, i, "the") ? 1 : 0, at = i + lead;
    int monday = days_to_next_week(&hint->now);

    if (sb_token_is(t, at, "weekend") || sb_token_is(t, at, "week-end"))
        return lead + weekend(hint, next, hit);
    if (!next && !this)
        return 0;
    if (sb_token_is(t, at, "week")) {
        if (next)
            set_run(hit, plus_days(&hint->now, monday),
                    plus_days(&hint->now, monday + 6), 0.75);
        else
            set_run(hit, plus_days(&hint->now, 0), plus_days(&hint->now, monday - 1),
                    0.7);
        return 2;
    }
    if (sb_token_is(t, at, "month")) {
        struct sb_local first = date_of(hint->now.year, hint->now.month, 1), last;

        first = next ? plus_months(&first, 1) : plus_days(&hint->now, 0);
        last =
            date_of(first.year, first.month, sb_days_in_month(first.year, first.month));
        set_run(hit, first, last, 0.6);
        return 2;
    }
    return 0;
}

/* "in december" */
static size_t rule_in_month(const struct sb_tokens *t, size_t i,
                            const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    int month = sb_token_is(t, i, "in") ? month_at(t, i + 1) : -1;
    int year = hint->now.year;
    struct sb_local first;

    if (month < 0)
        return 0;
    if (month < hint->now.month)
        year++;
    first =
        month == hint->now.month ? plus_days(&hint->now, 0) : date_of(year, month, 1);
    set_run(hit, first, date_of(year, month, sb_days_in_month(year, month)), 0.6);
    return 2;
}

/* ---- days with a name ---- */

static size_t rule_feast(const struct sb_tokens *t, size_t i,
                         const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    static const struct {
        const char *words[4];
        int month, day;
    } table[] = {
        {{"christmas", "eve", NULL}, 12, 24},
        {{"christmas", "day", NULL}, 12, 25},
        {{"boxing", "day", NULL}, 12, 26},
        {{"new", "year's", "eve", NULL}, 12, 31},
        {{"new", "years", "eve", NULL}, 12, 31},
        {{"new", "year's", "day", NULL}, 1, 1},
        {{"new", "years", "day", NULL}, 1, 1},
        {{"valentine's", "day", NULL}, 2, 14},
        {{"valentines", "day", NULL}, 2, 14},
        {{"halloween", NULL}, 10, 31},
        {{"christmas", NULL}, 12, 25},
        {{"fourth", "of", "july", NULL}, 7, 4},
    };
    size_t row, n;
    int year;

    for (row = 0; row < sizeof(table) / sizeof(table[0]); row++) {
        for (n = 0; table[row].words[n]; n++)
            if (!sb_token_is(t, i + n, table[row].words[n]))
                break;
        if (!table[row].words[n])
            return set_date(hit, hint, 0, table[row].month, table[row].day, 0.85) ? n
                                                                                  : 0;
    }
    if (!sb_token_is(t, i, "thanksgiving"))
        return 0;
    /* The fourth Thursday of November. */
    for (year = hint->now.year;; year++) {
        struct sb_local day = date_of(year, 11, 22);

        day = plus_days(&day, days_until(&day, 4));
        if (sb_local_days(&day) >= sb_local_days(&hint->now)) {
            set_day(hit, day, 0.85);
            return 1;
        }
    }
}

size_t sb_day_at(const struct sb_tokens *tokens, size_t i,
                 const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    static rule_fn *const rules[] = {rule_today, rule_feast,    rule_numbers,
                                     rule_month, rule_weekday,  rule_length,
                                     rule_run,   rule_in_month, rule_ordinal};
    size_t r, n;

    if (i >= tokens->count || tokens->items[i].used)
        return 0;
    for (r = 0; r < sizeof(rules) / sizeof(rules[0]); r++) {
        n = rules[r](tokens, i, hint, hit);
        if (n)
            return n;
    }
    return 0;
}
