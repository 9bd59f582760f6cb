/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar of days: "tomorrow", "next Tuesday", "the 3rd", "in two weeks", "5 Dec",
 * "12/5", "this weekend". Each rule looks at one token and what follows, and says how
 * many tokens it took. What can be meant two ways says so.
 */
#include "talk/days.h"

#include <string.h>

static const char *const WEEKDAYS[] = {
    "sunday",   "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sun",    "mon",     "tue",       "wed",      "thu",
    "fri",      "sat",    "sundy",   "munday",    "tues",     "weds",
    "thur",     "frday",  "saturdy", "sunday",    "monday",   "tuseday",
    "wensday",  "thurs",  "friady",  "saterday",  NULL};

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

struct sb_local sb_day_of(int year, int month, int day)
{
    struct sb_local l = {.year = year, .month = month, .day = day};

    sb_local_fix(&l);
    return l;
}

struct sb_local sb_day_plus(const struct sb_local *from, int days)
{
    struct sb_local l = sb_day_of(from->year, from->month, from->day);

    sb_local_add_days(&l, days);
    return l;
}

struct sb_local sb_day_plus_months(const struct sb_local *from, int months)
{
    int m = from->month - 1 + months, year = from->year + m / 12, month = m % 12 + 1;
    int last = sb_days_in_month(year, month);

    return sb_day_of(year, month, from->day > last ? last : from->day);
}

void sb_day_set(struct sb_day_hit *hit, struct sb_local day, double confidence)
{
    memset(hit, 0, sizeof(*hit));
    hit->day = hit->last = day;
    hit->confidence = confidence;
    hit->from = hit->to = -1;
}

void sb_day_other(struct sb_day_hit *hit, struct sb_local other)
{
    hit->other = other;
    hit->has_other = true;
}

/* The day of the week that a token names; -1 for none. */
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
        sb_day_set(hit, sb_day_plus(&hint->now, 2), 0.95);
        return n + the;
    }
    if (sb_token_is(t, i, "today")) {
        sb_day_set(hit, sb_day_plus(&hint->now, 0), 0.95);
        return 1;
    }
    if (sb_token_is(t, i, "tonight") || sb_token_is(t, i, "tonite")) {
        sb_day_set(hit, sb_day_plus(&hint->now, 0), 0.95);
        hit->from = 17 * 60;
        hit->to = 21 * 60;
        return 1;
    }
    if (sb_token_in(t, i, tomorrow) >= 0) {
        sb_day_set(hit, sb_day_plus(&hint->now, 1), 0.95);
        return 1;
    }
    if (sb_token_is(t, i, "yesterday")) {
        sb_day_set(hit, sb_day_plus(&hint->now, -1), 0.9);
        hit->past = true;
        return 1;
    }
    /* "this morning": the day now, the part of it by the times' grammar. */
    if (sb_token_is(t, i, "this") &&
        (sb_token_is(t, i + 1, "morning") || sb_token_is(t, i + 1, "afternoon") ||
         sb_token_is(t, i + 1, "evening"))) {
        sb_day_set(hit, sb_day_plus(&hint->now, 0), 0.9);
        return 1;
    }
    return 0;
}

/* ---- days of the week ---- */

int sb_days_until(const struct sb_local *now, int weekday)
{
    return (weekday - now->weekday + 7) % 7;
}

/* Days to the Monday with which next week begins. */
int sb_days_to_next_week(const struct sb_local *now)
{
    return now->weekday == 0 ? 1 : 8 - now->weekday;
}

static void next_weekday(const struct sb_read_hint *hint, int weekday,
                         struct sb_day_hit *hit)
{
    int coming = sb_days_until(&hint->now, weekday);
    int named = sb_days_to_next_week(&hint->now) + (weekday + 6) % 7;

    if (coming == 0)
        coming = 7;
    sb_day_set(hit, sb_day_plus(&hint->now, named), coming == named ? 0.85 : 0.6);
    if (coming != named)
        sb_day_other(hit, sb_day_plus(&hint->now, coming));
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
        days = sb_days_to_next_week(&hint->now) + (weekday + 6) % 7;
        sb_day_set(hit, sb_day_plus(&hint->now, days), 0.9);
        return at + 1 - i;
    }
    weekday = weekday_at(t, at);
    if (weekday < 0)
        return 0;
    /* "sun" and "sat" are words of their own. */
    if (strlen(t->items[at].text) <= 3 && at == i && !hint->expected &&
        !(i > 0 && sb_token_is(t, i - 1, "on")))
        return 0;
    days = sb_days_until(&hint->now, weekday);
    if (past) {
        sb_day_set(hit, sb_day_plus(&hint->now, days - 7), 0.85);
        hit->past = true;
        return at + 1 - i;
    }
    if (next) {
        next_weekday(hint, weekday, hit);
        return at + 1 - i;
    }
    week = week_after(t, at + 1, &in_next_week);
    if (week) {
        days = in_next_week ? sb_days_to_next_week(&hint->now) + (weekday + 6) % 7
                            : (days ? days : 7) + 7;
        sb_day_set(hit, sb_day_plus(&hint->now, days), 0.9);
        return at + 1 + week - i;
    }
    if (days == 0 && !this) {
        /* Said on that very day: most mean the next one, some mean today. */
        sb_day_set(hit, sb_day_plus(&hint->now, 7), 0.45);
        sb_day_other(hit, sb_day_plus(&hint->now, 0));
    } else {
        sb_day_set(hit, sb_day_plus(&hint->now, days), 0.9);
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
        *out = sb_day_plus(from, value);
    else if (unit <= 3)
        *out = sb_day_plus(from, 7 * value);
    else if (unit <= 5)
        *out = sb_day_plus_months(from, value > 24 ? 24 : value);
    else
        *out = sb_day_plus(from, 14 * value);
    return n + 1;
}

static size_t rule_length(const struct sb_tokens *t, size_t i,
                          const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    struct sb_day_hit base;
    struct sb_local day;
    size_t n, more;

    if (sb_token_is(t, i, "in") && (n = length_at(t, i + 1, &hint->now, &day))) {
        sb_day_set(hit, day, sb_token_is(t, i + n, "months") ? 0.6 : 0.85);
        return n + 1;
    }
    n = length_at(t, i, &hint->now, &day);
    if (!n)
        return 0;
    if (sb_token_is(t, i + n, "from") && sb_token_is(t, i + n + 1, "now")) {
        sb_day_set(hit, day, 0.85);
        return n + 2;
    }
    if (sb_token_is(t, i + n, "ago")) {
        /* The same length, the other way. */
        sb_day_set(hit,
                   sb_day_plus(&hint->now,
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
    sb_day_set(hit, day, 0.85);
    return n + 1 + more;
}

size_t sb_day_at(const struct sb_tokens *tokens, size_t i,
                 const struct sb_read_hint *hint, struct sb_day_hit *hit)
{
    static sb_day_rule *const rules[] = {
        rule_today,        sb_day_rule_feast,    sb_day_rule_numbers,
        sb_day_rule_month, rule_weekday,         rule_length,
        sb_day_rule_run,   sb_day_rule_in_month, sb_day_rule_ordinal};
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
