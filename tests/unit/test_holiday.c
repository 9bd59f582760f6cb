/* SPDX-License-Identifier: Apache-2.0
 *
 * Public holidays: their names and when they fall.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/holiday.h"

static bool falls(const char *key, int year, int month, int day)
{
    int m = 0, d = 0;

    cr_assert(sb_holiday_of_key(key), "%s", key);
    sb_holiday_date(sb_holiday_of_key(key), year, &m, &d);
    return m == month && d == day;
}

static const char *named(const char *text)
{
    int number = sb_holiday_named(text, NULL);

    return number ? sb_holiday_key(number) : "";
}

Test(holiday, falls_on_the_day_of_the_year)
{
    cr_assert(falls("christmas-day", 2026, 12, 25));
    cr_assert(falls("thanksgiving", 2026, 11, 26));
    cr_assert(falls("day-after-thanksgiving", 2024, 11, 29));
    cr_assert(falls("memorial-day", 2026, 5, 25));
    cr_assert(falls("memorial-day", 2027, 5, 31));
    cr_assert(falls("labor-day", 2026, 9, 7));
    cr_assert(falls("mlk-day", 2026, 1, 19));
    cr_assert(falls("easter", 2026, 4, 5));
    cr_assert(falls("easter", 2024, 3, 31));
    cr_assert(falls("easter-monday", 2024, 4, 1));
    cr_assert(falls("good-friday", 2026, 4, 3));
}

Test(holiday, is_known_by_any_name_the_longest_first)
{
    size_t used = 0;

    cr_assert_str_eq(named("Christmas Eve"), "christmas-eve");
    cr_assert_str_eq(named("christmas and"), "christmas-day");
    cr_assert_str_eq(named("New Year's Day"), "new-years-day");
    cr_assert_str_eq(named("New Year\xe2\x80\x99s Eve"), "new-years-eve");
    cr_assert_str_eq(named("July 4, Labor Day"), "independence-day");
    cr_assert_str_eq(named("July 45"), "");
    cr_assert_str_eq(named("Christmassy"), "");
    cr_assert_eq(sb_holiday_named("Labor Day, Thanksgiving", &used),
                 sb_holiday_of_key("labor-day"));
    cr_assert_eq(used, 9);
}

Test(holiday, a_day_knows_its_holiday)
{
    cr_assert_str_eq(sb_holiday_name(sb_holiday_on(2026, 11, 26)), "Thanksgiving");
    cr_assert_eq(sb_holiday_on(2026, 11, 25), 0);
    cr_assert(sb_holiday_is_kept(sb_holiday_on(2026, 7, 4)));
    cr_assert_not(sb_holiday_is_kept(sb_holiday_on(2026, 10, 31)));
    cr_assert_not(sb_holiday_is_major(sb_holiday_of_key("christmas-eve")));
}
