/* SPDX-License-Identifier: Apache-2.0
 *
 * Local time and instants where it hurts: gaps, overlaps, half-hour zones, both
 * hemispheres, and zones whose clocks change on different days.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/zone.h"

enum { HOUR_MS = 3600000, MINUTE_MS = 60000 };

static const struct sb_zone *zone(const char *name)
{
    const struct sb_zone *found = sb_zone_find(name);

    cr_assert_not_null(found, "%s", name);
    return found;
}

static int64_t at(const char *name, int year, int month, int day, int hour, int minute,
                  enum sb_zone_fit *fit)
{
    struct sb_local local = {year, month, day, hour, minute, 0, 0};

    return sb_zone_instant(zone(name), &local, fit);
}

static void reads(const char *name, int64_t ms, const char *want)
{
    char text[40];

    sb_zone_format(zone(name), ms, text);
    cr_assert_str_eq(text, want);
}

Test(zone, finds_zones_and_refuses_strange_names)
{
    cr_assert_str_eq(sb_zone_name(zone("America/New_York")), "America/New_York");
    cr_assert_eq(zone("Europe/London"), zone("Europe/London"));
    cr_assert_not_null(sb_zone_find("UTC"));
    cr_assert_null(sb_zone_find("America/Gotham"));
    cr_assert_null(sb_zone_find("../../etc/passwd"));
    cr_assert_null(sb_zone_find("/etc/localtime"));
    cr_assert_null(sb_zone_find(""));
    cr_assert_null(sb_zone_find(NULL));
}

Test(zone, a_time_in_a_gap_moves_forward_by_the_gap)
{
    enum sb_zone_fit fit;

    cr_assert_eq(at("America/New_York", 2026, 3, 8, 2, 30, &fit), 1772955000000);
    cr_assert_eq(fit, SB_ZONE_GAP);
    reads("America/New_York", 1772955000000, "2026-03-08T03:30:00-04:00");
    cr_assert_eq(at("America/New_York", 2026, 3, 8, 2, 0, &fit),
                 at("America/New_York", 2026, 3, 8, 3, 0, NULL));
    cr_assert_eq(fit, SB_ZONE_GAP);
    (void)at("America/New_York", 2026, 3, 8, 1, 59, &fit);
    cr_assert_eq(fit, SB_ZONE_EXACT);
    (void)at("America/New_York", 2026, 3, 8, 3, 0, &fit);
    cr_assert_eq(fit, SB_ZONE_EXACT);
}

Test(zone, the_first_of_two_is_taken_in_an_overlap)
{
    enum sb_zone_fit fit;

    cr_assert_eq(at("America/New_York", 2026, 11, 1, 1, 30, &fit), 1793511000000);
    cr_assert_eq(fit, SB_ZONE_OVERLAP);
    reads("America/New_York", 1793511000000, "2026-11-01T01:30:00-04:00");
    reads("America/New_York", 1793511000000 + HOUR_MS, "2026-11-01T01:30:00-05:00");
    (void)at("America/New_York", 2026, 11, 1, 2, 0, &fit);
    cr_assert_eq(fit, SB_ZONE_EXACT);
    (void)at("America/New_York", 2026, 11, 1, 0, 59, &fit);
    cr_assert_eq(fit, SB_ZONE_EXACT);
}

/* Half-hour slots of an opening on the day when the clocks change. */
static size_t slots(const char *name, int year, int month, int day, int from, int to,
                    int64_t out[64])
{
    size_t count = 0;

    for (int minute = from * 60; minute < to * 60; minute += 30) {
        enum sb_zone_fit fit;
        int64_t ms = at(name, year, month, day, minute / 60, minute % 60, &fit);

        if (fit != SB_ZONE_GAP)
            out[count++] = ms;
    }
    return count;
}

Test(zone, spring_forward_leaves_out_two_o_clock_and_doubles_nothing)
{
    int64_t out[64];
    size_t count = slots("America/New_York", 2026, 3, 8, 1, 4, out);

    cr_assert_eq(count, 4);
    for (size_t i = 1; i < count; i++)
        cr_assert_eq(out[i] - out[i - 1], 30 * MINUTE_MS);
}

Test(zone, fall_back_offers_each_slot_once)
{
    int64_t out[64];
    size_t count = slots("America/New_York", 2026, 11, 1, 0, 4, out);

    cr_assert_eq(count, 8);
    for (size_t i = 1; i < count; i++)
        cr_assert_gt(out[i], out[i - 1]);
}

Test(zone, notice_is_elapsed_time_across_the_change)
{
    int64_t before = at("America/New_York", 2026, 3, 7, 22, 0, NULL);

    reads("America/New_York", before + 6 * HOUR_MS, "2026-03-08T05:00:00-04:00");
}

Test(zone, nine_o_clock_stays_nine_o_clock_for_two_weeks)
{
    struct sb_local local = {2026, 3, 1, 9, 0, 0, 0};

    for (int i = 0; i < 14; i++) {
        struct sb_local back;

        sb_zone_local(zone("America/New_York"),
                      sb_zone_instant(zone("America/New_York"), &local, NULL), &back);
        cr_assert_eq(back.hour, 9);
        cr_assert_eq(back.day, local.day);
        sb_local_add_days(&local, 1);
    }
}

Test(zone, half_hour_and_quarter_hour_zones)
{
    enum sb_zone_fit fit;

    reads("Asia/Kolkata", 1795287900000, "2026-11-22T00:35:00+05:30");
    reads("Asia/Kathmandu", 1795287900000, "2026-11-22T00:50:00+05:45");
    reads("Australia/Lord_Howe", at("Australia/Lord_Howe", 2026, 1, 1, 12, 0, NULL),
          "2026-01-01T12:00:00+11:00");
    reads("Australia/Lord_Howe", at("Australia/Lord_Howe", 2026, 7, 1, 12, 0, NULL),
          "2026-07-01T12:00:00+10:30");
    /* Its clocks move by half an hour: 2 am becomes 2:30 on 4 October 2026. */
    reads("Australia/Lord_Howe", at("Australia/Lord_Howe", 2026, 10, 4, 2, 15, &fit),
          "2026-10-04T02:45:00+11:00");
    cr_assert_eq(fit, SB_ZONE_GAP);
    (void)at("Australia/Lord_Howe", 2026, 4, 5, 1, 45, &fit);
    cr_assert_eq(fit, SB_ZONE_OVERLAP);
}

Test(zone, one_instant_has_different_days_in_different_zones)
{
    int64_t ms = at("Pacific/Honolulu", 2026, 6, 30, 16, 0, NULL);

    reads("Pacific/Honolulu", ms, "2026-06-30T16:00:00-10:00");
    reads("Europe/Brussels", ms, "2026-07-01T04:00:00+02:00");
}

Test(zone, europe_and_america_change_on_different_days)
{
    int64_t ms = at("America/New_York", 2026, 3, 20, 9, 0, NULL);

    reads("Europe/Paris", ms, "2026-03-20T14:00:00+01:00");
    ms = at("America/New_York", 2026, 4, 3, 9, 0, NULL);
    reads("Europe/Paris", ms, "2026-04-03T15:00:00+02:00");
}

Test(zone, southern_hemisphere_and_a_zone_without_summer_time)
{
    reads("Australia/Sydney", at("Australia/Sydney", 2026, 1, 15, 9, 0, NULL),
          "2026-01-15T09:00:00+11:00");
    reads("Australia/Sydney", at("Australia/Sydney", 2026, 7, 15, 9, 0, NULL),
          "2026-07-15T09:00:00+10:00");
    reads("America/Santiago", at("America/Santiago", 2026, 1, 15, 9, 0, NULL),
          "2026-01-15T09:00:00-03:00");
    reads("America/Santiago", at("America/Santiago", 2026, 7, 15, 9, 0, NULL),
          "2026-07-15T09:00:00-04:00");
    reads("America/Phoenix", at("America/Phoenix", 2026, 7, 15, 9, 0, NULL),
          "2026-07-15T09:00:00-07:00");
    reads("America/Phoenix", at("America/Phoenix", 2026, 1, 15, 9, 0, NULL),
          "2026-01-15T09:00:00-07:00");
}

/* Samoa crossed the date line: 30 December 2011 does not exist there. */
Test(zone, a_day_that_never_was)
{
    enum sb_zone_fit fit;

    reads("Pacific/Apia", at("Pacific/Apia", 2011, 12, 30, 12, 0, &fit),
          "2011-12-31T12:00:00+14:00");
    cr_assert_eq(fit, SB_ZONE_GAP);
}

static const char *const many[] = {
    "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago",
    "Asia/Kathmandu",   "UTC",           "America/St_Johns",    "Africa/Casablanca",
};

/* Whatever instant one starts from: its local time leads back to it, or, in an
 * overlap, to the earlier twin that shows the same clock. */
Test(zone, local_time_leads_back_to_its_instant)
{
    srandom(7);
    for (int round = 0; round < 20000; round++) {
        const struct sb_zone *where = zone(many[(size_t)random() % 8]);
        int64_t ms = (1577836800 + random() % 946080000) * 1000; /* 2020 to 2050 */
        struct sb_local local, twin;
        enum sb_zone_fit fit;
        int64_t back;

        sb_zone_local(where, ms, &local);
        back = sb_zone_instant(where, &local, &fit);
        cr_assert_neq(fit, SB_ZONE_GAP, "%s %lld", sb_zone_name(where), (long long)ms);
        sb_zone_local(where, back, &twin);
        cr_assert_eq(memcmp(&local, &twin, sizeof(local)), 0);
        cr_assert(back == ms || (fit == SB_ZONE_OVERLAP && back < ms));
    }
}

/* Against the C library with the same tzdata, day by day, up to 2037 (see zone.h). */
Test(zone, offsets_agree_with_the_c_library)
{
    for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
        setenv("TZ", many[i], 1);
        tzset();
        for (int64_t day = 18262; day < 24837; day++) {
            time_t seconds = (time_t)(day * 86400 + 43200);
            struct tm tm;

            localtime_r(&seconds, &tm);
            cr_assert_eq(sb_zone_offset(zone(many[i]), seconds * 1000), tm.tm_gmtoff,
                         "%s, day %lld", many[i], (long long)day);
        }
    }
}

Test(zone, calendar_arithmetic)
{
    struct sb_local local = {2027, 14, 0, 25, -1, 61, 0},
                    leap = {2028, 2, 28, 12, 0, 0, 0},
                    end = {2026, 12, 31, 23, 0, 0, 0};

    sb_local_fix(&local); /* 0 February 2028 is 31 January; 24:60:01 of it */
    cr_assert_eq(local.year, 2028);
    cr_assert_eq(local.month, 2);
    cr_assert_eq(local.day, 1);
    cr_assert_eq(local.hour, 1);
    cr_assert_eq(local.minute, 0);
    cr_assert_eq(local.second, 1);
    cr_assert_eq(local.weekday, 2);
    sb_local_add_days(&leap, 1);
    cr_assert_eq(leap.day, 29);
    sb_local_add_days(&leap, 1);
    cr_assert_eq(leap.month * 100 + leap.day, 301);
    sb_local_add_days(&end, 1);
    cr_assert_eq(end.year * 10000 + end.month * 100 + end.day, 20270101);
    cr_assert_eq(end.weekday, 5);
    cr_assert_eq(sb_local_days(&(struct sb_local){1970, 1, 1, 23, 59, 59, 0}), 0);
    cr_assert_eq(sb_local_days(&(struct sb_local){2026, 11, 21, 0, 0, 0, 0}), 20778);
    sb_local_add_days(&end, -366);
    cr_assert_eq(end.year * 10000 + end.month * 100 + end.day, 20251231);
}
