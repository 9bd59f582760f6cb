/* SPDX-License-Identifier: Apache-2.0
 *
 * Days and times as people say them. "Now" is Saturday 21 November 2026, 2:05 pm in
 * New York unless a row says otherwise.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "talk/dates.h"

static struct sb_read_hint hint_at(int year, int month, int day, int hour, int minute)
{
    struct sb_read_hint hint = {.expected = true, .earlier = "", .month_first = true};

    hint.now = (struct sb_local){
        .year = year, .month = month, .day = day, .hour = hour, .minute = minute};
    sb_local_fix(&hint.now);
    return hint;
}

struct row {
    const char *said, *value;
};

static TALLOC_CTX *mem;

static void begin(void)
{
    mem = talloc_new(NULL);
}
static void end(void)
{
    talloc_free(mem);
}
TestSuite(dates, .init = begin, .fini = end);

static void check(const struct sb_read_hint *hint, const char *said, const char *value)
{
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;

    sb_tokens_read(mem, said, &tokens);
    sb_read_date(mem, &tokens, hint, &found);
    if (!*value)
        cr_expect_eq(found.count, 0, "\"%s\" read as %s", said, found.items[0].value);
    else
        cr_expect(found.count > 0 && strcmp(found.items[0].value, value) == 0,
                  "\"%s\" read as %s, not %s", said,
                  found.count ? found.items[0].value : "nothing", value);
}

static void check_rows(const struct sb_read_hint *hint, const struct row *rows,
                       size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        check(hint, rows[i].said, rows[i].value);
}
#define CHECK_ROWS(hint, rows)                                                         \
    check_rows((hint), (rows), sizeof(rows) / sizeof(rows[0]))

Test(dates, takes_no_group_for_an_hour)
{
    struct sb_read_hint hint = hint_at(2026, 11, 21, 14, 5);

    check(&hint, "for 2 on Tuesday at 8 am", "2026-11-24T08:00");
    check(&hint, "a table for 3 on Tuesday at 2pm", "2026-11-24T14:00");
    check(&hint, "at 3 on Tuesday", "2026-11-24T15:00");
}

Test(dates, reads_days)
{
    static const struct row rows[] = {
        {"today", "2026-11-21"},
        {"tomorrow", "2026-11-22"},
        {"tmrw pls", "2026-11-22"},
        {"the day after tomorrow", "2026-11-23"},
        {"day after tomorrow", "2026-11-23"},
        {"Tuesday", "2026-11-24"},
        {"on Tuesday please", "2026-11-24"},
        {"this Tuesday", "2026-11-24"},
        {"next Tuesday", "2026-11-24"},
        {"next friday", "2026-11-27"},
        {"thurs", "2026-11-26"},
        {"next week Wednesday", "2026-11-25"},
        {"Wednesday next week", "2026-11-25"},
        {"tuesday week", "2026-12-01"},
        {"the 3rd", "2026-12-03"},
        {"on the 25th", "2026-11-25"},
        {"the 31st", "2026-12-31"},
        {"the 21st", "2026-11-21"},
        {"the twenty-third", "2026-11-23"},
        {"december 3rd", "2026-12-03"},
        {"Dec 3", "2026-12-03"},
        {"Dec. 3", "2026-12-03"},
        {"3 December", "2026-12-03"},
        {"3rd of December", "2026-12-03"},
        {"the 3rd of december 2027", "2027-12-03"},
        {"January 5", "2027-01-05"},
        {"november 20", "2027-11-20"},
        {"march 5th, 2027", "2027-03-05"},
        {"12/5", "2026-12-05"},
        {"12/5/27", "2027-12-05"},
        {"25/12", "2026-12-25"},
        {"12/25", "2026-12-25"},
        {"5.12.2026", "2026-12-05"},
        {"2026-12-05", "2026-12-05"},
        {"in two weeks", "2026-12-05"},
        {"in 3 days", "2026-11-24"},
        {"in a week", "2026-11-28"},
        {"in a couple of days", "2026-11-23"},
        {"in a month", "2026-12-21"},
        {"10 days from now", "2026-12-01"},
        {"a week from Tuesday", "2026-12-01"},
        {"two weeks from tomorrow", "2026-12-06"},
        {"in a fortnight", "2026-12-05"},
        {"this weekend", "2026-11-21/2026-11-22"},
        {"next weekend", "2026-11-28/2026-11-29"},
        {"sometime next week", "2026-11-23/2026-11-29"},
        {"christmas eve", "2026-12-24"},
        {"new year's day", "2027-01-01"},
        {"thanksgiving", "2026-11-26"},
        {"halloween", "2027-10-31"},
        {"in february", "2027-02-01/2027-02-28"},
        {"feb 29", "2028-02-29"},
    };
    struct sb_read_hint hint = hint_at(2026, 11, 21, 14, 5);

    CHECK_ROWS(&hint, rows);
}

Test(dates, reads_days_with_times)
{
    static const struct row rows[] = {
        {"tomorrow morning", "2026-11-22T08:00/12:00"},
        {"tomorrow at 3", "2026-11-22T15:00"},
        {"tomorrow at 3pm", "2026-11-22T15:00"},
        {"3pm tomorrow", "2026-11-22T15:00"},
        {"3 p.m. tomorrow", "2026-11-22T15:00"},
        {"at 9 tomorrow", "2026-11-22T09:00"},
        {"tomorrow, 10:30", "2026-11-22T10:30"},
        {"15:30 on monday", "2026-11-23T15:30"},
        {"monday 8am", "2026-11-23T08:00"},
        {"next Tuesday after lunch", "2026-11-24T13:00/17:00"},
        {"tuesday afternoon", "2026-11-24T12:00/17:00"},
        {"Friday late afternoon", "2026-11-27T15:00/18:00"},
        {"saturday morning around 8", "2026-11-28T08:00"},
        {"saturday evening at 8", "2026-11-28T20:00"},
        {"saturday morning, 4 players", "2026-11-28T08:00/12:00"},
        {"monday afternoon 2 people", "2026-11-23T12:00/17:00"},
        {"8 in the evening on friday", "2026-11-27T20:00"},
        {"tomorrow morning at 11", "2026-11-22T11:00"},
        {"noon-ish tomorrow", "2026-11-22T12:00"},
        {"tomorrow at noon", "2026-11-22T12:00"},
        {"monday between 2 and 4", "2026-11-23T14:00/16:00"},
        {"monday 2-4pm", "2026-11-23T14:00/16:00"},
        {"monday from 9 to noon", "2026-11-23T09:00/12:00"},
        {"monday 9am-5pm", "2026-11-23T09:00/17:00"},
        {"monday after 3", "2026-11-23T15:00/24:00"},
        {"monday before 10", "2026-11-23T00:00/10:00"},
        {"the 3rd at half past two", "2026-12-03T14:30"},
        {"monday at quarter to nine", "2026-11-23T08:45"},
        {"monday at three o'clock", "2026-11-23T15:00"},
        {"monday at three thirty", "2026-11-23T15:30"},
        {"first thing monday", "2026-11-23T08:00/10:00"},
        {"monday first thing", "2026-11-23T08:00/10:00"},
        {"tonight", "2026-11-21T17:00/21:00"},
        {"tonight at 7", "2026-11-21T19:00"},
        {"this evening", "2026-11-21T17:00/21:00"},
        {"in two weeks in the afternoon", "2026-12-05T12:00/17:00"},
        {"12/5 at 8:30 am", "2026-12-05T08:30"},
        {"how about monday, maybe around 10am?", "2026-11-23T10:00"},
        {"4 of us saturday at 8:10 am", "2026-11-28T08:10"},
    };
    struct sb_read_hint hint = hint_at(2026, 11, 21, 14, 5);

    CHECK_ROWS(&hint, rows);
}

Test(dates, leaves_other_words_alone)
{
    static const struct row rows[] = {
        {"what are your green fees?", ""},
        {"how is the 18th hole", ""},
        {"I may come", ""},
        {"march on", ""},
        {"we are 4 people", ""},
        {"it costs 12.50", ""},
        {"is the sun out", ""},
        {"my number is 555-0199", ""},
        {"1/2 inch pipe", ""},
        {"are you open 24/7", ""},
        {"the second floor", ""},
        {"the first one", ""},
        {"are you open on Sundays", ""},
        {"", ""},
    };
    struct sb_read_hint hint = hint_at(2026, 11, 21, 14, 5);

    hint.expected = false;
    CHECK_ROWS(&hint, rows);
}

/* The one reading of `said`; its strings live until the test's end. */
static struct sb_reading read_one(const struct sb_read_hint *hint, const char *said)
{
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;

    sb_tokens_read(mem, said, &tokens);
    sb_read_date(mem, &tokens, hint, &found);
    cr_assert_geq(found.count, 1, "\"%s\"", said);
    return found.items[0];
}

Test(dates, next_weekday_means_next_week_and_reports_the_doubt)
{
    struct sb_read_hint monday = hint_at(2026, 11, 23, 9, 0);
    struct sb_reading r = read_one(&monday, "next friday");

    cr_expect_str_eq(r.value, "2026-12-04");
    cr_expect_str_eq(r.other, "Friday 27 November");
    r = read_one(&monday, "this friday");
    cr_expect_str_eq(r.value, "2026-11-27");
    cr_expect_str_eq(r.other, "");
    cr_expect_gt(r.confidence, 0.8);
}

Test(dates, a_weekday_said_on_that_day_is_doubtful)
{
    struct sb_read_hint hint = hint_at(2026, 11, 21, 9, 0);
    struct sb_reading r = read_one(&hint, "saturday at 4pm");

    cr_expect_str_eq(r.value, "2026-11-28T16:00");
    cr_expect_lt(r.confidence, 0.5);
    cr_expect_str_eq(r.other, "Saturday 21 November at 4 pm");
}

Test(dates, numbers_that_could_be_swapped_report_the_other_way)
{
    struct sb_read_hint hint = hint_at(2026, 11, 21, 9, 0);
    struct sb_reading r = read_one(&hint, "12/5");

    cr_expect_str_eq(r.value, "2026-12-05");
    cr_expect_str_eq(r.other, "Wednesday 12 May");
    hint.month_first = false;
    r = read_one(&hint, "12/5");
    cr_expect_str_eq(r.value, "2027-05-12");
    cr_expect_str_eq(read_one(&hint, "5/5").other, "");
    cr_expect_str_eq(read_one(&hint, "5/13").value, "2027-05-13");
}

Test(dates, past_days_are_hardly_believed)
{
    struct sb_read_hint hint = hint_at(2026, 11, 21, 14, 5);

    cr_expect_leq(read_one(&hint, "12/5/2020").confidence, 0.3);
    cr_expect_leq(read_one(&hint, "yesterday").confidence, 0.3);
    cr_expect_leq(read_one(&hint, "today at 9 am").confidence, 0.3);
    hint.past_ok = true;
    cr_expect_gt(read_one(&hint, "yesterday").confidence, 0.8);
    cr_expect_str_eq(read_one(&hint, "last tuesday").value, "2026-11-17");
    cr_expect_str_eq(read_one(&hint, "two weeks ago").value, "2026-11-07");
}

Test(dates, a_correction_keeps_what_it_does_not_name)
{
    struct sb_read_hint hint = hint_at(2026, 11, 21, 14, 5);

    hint.earlier = "2026-11-24T14:00";
    cr_expect_str_eq(read_one(&hint, "actually make it Friday").value,
                     "2026-11-27T14:00");
    cr_expect_str_eq(read_one(&hint, "can we do 4 pm instead").value,
                     "2026-11-24T16:00");
    cr_expect_str_eq(read_one(&hint, "friday at 10 am").value, "2026-11-27T10:00");
}

Test(dates, a_time_alone_is_the_next_time_the_clock_shows_it)
{
    struct sb_read_hint hint = hint_at(2026, 11, 21, 14, 5);
    struct sb_reading r = read_one(&hint, "around 4 pm");

    cr_expect_str_eq(r.value, "2026-11-21T16:00");
    cr_expect_lt(r.confidence, 0.5);
    cr_expect_str_eq(read_one(&hint, "9 am").value, "2026-11-22T09:00");
}

Test(dates, alternatives_are_no_answer)
{
    struct sb_read_hint hint = hint_at(2026, 11, 21, 14, 5);
    struct sb_reading r = read_one(&hint, "Tuesday or Thursday");

    cr_expect_lt(r.confidence, 0.5);
    cr_expect_str_eq(r.other, "Thursday 26 November");
}

Test(dates, crosses_years_and_leap_days)
{
    struct sb_read_hint hint = hint_at(2027, 12, 31, 23, 0);

    cr_expect_str_eq(read_one(&hint, "tomorrow").value, "2028-01-01");
    cr_expect_str_eq(read_one(&hint, "the 1st").value, "2028-01-01");
    cr_expect_str_eq(read_one(&hint, "in a month").value, "2028-01-31");
    hint = hint_at(2028, 1, 31, 9, 0);
    cr_expect_str_eq(read_one(&hint, "in a month").value, "2028-02-29");
    cr_expect_str_eq(read_one(&hint, "the 30th").value, "2028-03-30");
}

Test(dates, a_time_the_clocks_skip_is_moved_forward)
{
    struct sb_read_hint hint = hint_at(2026, 3, 1, 9, 0);

    hint.zone = sb_zone_find("America/New_York");
    cr_assert_not_null(hint.zone);
    cr_expect_str_eq(read_one(&hint, "march 8 at 2:30 am").value, "2026-03-08T03:30");
}

Test(dates, says_days_and_times_as_people_do)
{
    struct sb_read_hint hint = hint_at(2026, 11, 21, 14, 5);

    cr_expect_str_eq(read_one(&hint, "tomorrow at 2:30pm").spoken,
                     "Sunday 22 November at 2:30 pm");
    cr_expect_str_eq(read_one(&hint, "next tuesday after lunch").spoken,
                     "Tuesday 24 November after lunch");
    cr_expect_str_eq(read_one(&hint, "monday between 2 and 4").spoken,
                     "Monday 23 November between 2 pm and 4 pm");
    cr_expect_str_eq(read_one(&hint, "december 3 2027").spoken,
                     "Friday 3 December 2027");
    cr_expect_str_eq(read_one(&hint, "next weekend").spoken,
                     "Saturday 28 November to Sunday 29 November");
    cr_expect_str_eq(read_one(&hint, "monday after 3").spoken,
                     "Monday 23 November after 3 pm");
}

Test(dates, values_are_read_back)
{
    static const char *const good[] = {"2026-11-24",
                                       "2026-11-24T14:00",
                                       "2026-11-24T13:00/17:00",
                                       "2026-11-24T15:00/24:00",
                                       "2026-11-28/2026-11-29",
                                       NULL};
    static const char *const bad[] = {"",
                                      "tomorrow",
                                      "2026-13-01",
                                      "2026-02-30",
                                      "2026-11-24T25:00",
                                      "2026-11-24T14:00/13:00",
                                      "2026-11-29/2026-11-28",
                                      "2026-11-24x",
                                      "2026-11-24T",
                                      "20261124",
                                      NULL};
    struct sb_when when;
    size_t i;

    for (i = 0; good[i]; i++) {
        cr_expect(sb_when_parse(good[i], &when), "%s", good[i]);
        cr_expect_str_eq(sb_when_value(mem, &when), good[i]);
    }
    for (i = 0; bad[i]; i++)
        cr_expect_not(sb_when_parse(bad[i], &when), "%s", bad[i]);
}
