/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening hours as tenants write them and as they are asked for.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/zone.h"
#include "host/hours.h"

static struct sb_hours_day day(const char *text)
{
    struct sb_hours_day out;
    struct sb_err err = {0};

    cr_assert_eq(sb_hours_parse(text, &out, &err), 0, "%s", err.msg);
    return out;
}

static int refused(const char *text)
{
    struct sb_hours_day out;
    struct sb_err err = {0};

    return sb_hours_parse(text, &out, &err) == SB_EINVAL && *err.msg;
}

static int64_t at(const struct sb_zone *zone, int year, int month, int mday, int hour,
                  int minute)
{
    struct sb_local local = {
        .year = year, .month = month, .day = mday, .hour = hour, .minute = minute};

    return sb_zone_instant(zone, &local, NULL);
}

/* Weekdays 9-17, Friday night 22:00-02:00, weekends closed, Christmas every year. */
static const struct sb_holiday holidays[] = {
    {.year = 0,
     .month = 12,
     .day = 25,
     .name = "Christmas Day",
     .hours = {.known = true}},
};

static struct sb_business shop(void)
{
    struct sb_business business = {.zone = sb_zone_find("America/New_York"),
                                   .holidays = holidays,
                                   .holiday_count = 1};

    for (int i = 1; i <= 5; i++)
        business.week[i] = day("09:00-17:00");
    business.week[5] = day("09:00-17:00, 22:00-02:00");
    business.week[6] = day("closed");
    business.week[0] = day("closed");
    return business;
}

Test(hours, reads_the_forms_that_people_write)
{
    cr_assert_eq(day("07:00-19:00").spans[0].from, 420);
    cr_assert_eq(day("7am-7pm").spans[0].to, 1140);
    cr_assert_eq(day("7:30 am to 12 pm").spans[0].to, 720);
    cr_assert_eq(day("closed").count, 0);
    cr_assert_eq(day("24h").spans[0].to, 1440);
    cr_assert_eq(day("09:00-12:00,13:00-17:00").count, 2);
}

Test(hours, an_end_before_the_beginning_is_the_next_day)
{
    cr_assert_eq(day("23:00-00:30").spans[0].to, 1470);
}

Test(hours, sorts_and_merges_spans)
{
    struct sb_hours_day merged = day("13:00-17:00,09:00-13:00");

    cr_assert_eq(merged.count, 1);
    cr_assert_eq(merged.spans[0].from, 540);
    cr_assert_eq(merged.spans[0].to, 1020);
    cr_assert_eq(day("06:00-10:00,08:00-10:00").count, 1);
}

Test(hours, refuses_what_it_cannot_read)
{
    cr_assert(refused("sometimes"));
    cr_assert(refused("25:00-26:00"));
    cr_assert(refused("09:00"));
    cr_assert(refused("09:00-17:00 or so"));
    cr_assert(refused("13pm-14pm"));
    cr_assert(refused("1-2,3-4,5-6,7-8,9-10"));
    cr_assert(refused(""));
}

Test(hours, dates_must_exist)
{
    struct sb_holiday holiday = {0};
    struct sb_err err = {0};

    cr_assert_eq(sb_hours_parse_date("2028-02-29", &holiday, &err), 0);
    cr_assert_eq(sb_hours_parse_date("12-25", &holiday, &err), 0);
    cr_assert_eq(holiday.year, 0);
    cr_assert_eq(sb_hours_parse_date("2027-02-29", &holiday, &err), SB_EINVAL);
    cr_assert_eq(sb_hours_parse_date("2027-13-01", &holiday, &err), SB_EINVAL);
    cr_assert_eq(sb_hours_parse_date("25.12.", &holiday, &err), SB_EINVAL);
}

Test(hours, open_now_follows_the_zone_and_runs_past_midnight)
{
    struct sb_business business = shop();

    /* 2026-11-20 is a Friday. */
    cr_assert_eq(sb_hours_open_at(&business, at(business.zone, 2026, 11, 20, 9, 0)), 1);
    cr_assert_eq(sb_hours_open_at(&business, at(business.zone, 2026, 11, 20, 17, 0)),
                 0);
    cr_assert_eq(sb_hours_open_at(&business, at(business.zone, 2026, 11, 20, 23, 30)),
                 1);
    cr_assert_eq(sb_hours_open_at(&business, at(business.zone, 2026, 11, 21, 1, 59)),
                 1);
    cr_assert_eq(sb_hours_open_at(&business, at(business.zone, 2026, 11, 21, 2, 0)), 0);
}

Test(hours, a_holiday_closes_the_day)
{
    struct sb_business business = shop();
    const char *name;

    /* 2026-12-25 is a Friday too. */
    cr_assert_eq(sb_hours_open_at(&business, at(business.zone, 2026, 12, 25, 10, 0)),
                 0);
    cr_assert_eq(sb_hours_on(&business, 2026, 12, 25, &name)->count, 0);
    cr_assert_str_eq(name, "Christmas Day");
    cr_assert_eq(sb_hours_on(&business, 2026, 12, 24, &name)->count, 1);
    cr_assert_null(name);
}

Test(hours, unknown_hours_are_neither_open_nor_closed)
{
    struct sb_business business = {.zone = sb_zone_find("Europe/Berlin")};

    cr_assert_eq(sb_hours_open_at(&business, 1800000000000), -1);
    cr_assert_str_eq(sb_hours_week(NULL, &business), "");
    cr_assert_str_eq(sb_hours_next_open(NULL, &business, 1800000000000), "");
}

Test(hours, says_them_in_words)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_hours_day lunch = day("08:30-12:00,13:00-17:00"), shut = day("closed");
    struct sb_business business = shop();

    cr_assert_str_eq(sb_hours_spoken(mem, &lunch), "8:30 am to noon and 1 pm to 5 pm");
    cr_assert_str_eq(sb_hours_spoken(mem, &shut), "closed");
    cr_assert(strstr(sb_hours_week(mem, &business), "Monday: 9 am to 5 pm\nTuesday:"));
    talloc_free(mem);
}

Test(hours, tells_the_next_opening)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_business business = shop();
    const struct sb_zone *zone = business.zone;

    cr_assert_str_eq(sb_hours_next_open(mem, &business, at(zone, 2026, 11, 19, 8, 0)),
                     "today at 9 am");
    cr_assert_str_eq(sb_hours_next_open(mem, &business, at(zone, 2026, 11, 19, 18, 0)),
                     "tomorrow at 9 am");
    cr_assert_str_eq(sb_hours_next_open(mem, &business, at(zone, 2026, 11, 21, 12, 0)),
                     "Monday at 9 am");
    talloc_free(mem);
}

Test(hours, a_holiday_may_be_given_by_its_name)
{
    struct sb_holiday moves = {.name = "Thanksgiving", .hours = {.known = true}};
    struct sb_business business = {.holidays = &moves, .holiday_count = 1};
    const char *name = NULL;
    struct sb_err err = {0};

    cr_assert_eq(sb_hours_parse_date("thanksgiving", &moves, &err), 0, "%s", err.msg);
    (void)sb_hours_on(&business, 2026, 11, 26, &name);
    cr_assert_str_eq(name, "Thanksgiving");
    (void)sb_hours_on(&business, 2027, 11, 26, &name);
    cr_assert_null(name);
    cr_assert_eq(sb_hours_parse_date("Christmas Eve", &moves, &err), 0);
    cr_assert_eq(sb_hours_parse_date("thanksgiving or so", &moves, &err), SB_EINVAL);
}
