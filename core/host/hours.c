/* SPDX-License-Identifier: Apache-2.0
 *
 * What is asked of opening hours: open now, today's hours in words, the next
 * opening. All in the business's zone; a span that runs past midnight belongs to
 * the day on which it began.
 */
#include "host/hours.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/zone.h"
#include "base/holiday.h"

enum { DAY = 24 * 60 };

static const char *const day_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};

static int weekday_of(int year, int month, int day)
{
    struct sb_local local = {.year = year, .month = month, .day = day};

    sb_local_fix(&local);
    return local.weekday;
}

static bool is_on(const struct sb_holiday *h, int year, int month, int day)
{
    int m = h->month, d = h->day;

    if (h->named)
        sb_holiday_date(h->named, year, &m, &d);
    return (h->year == 0 || h->year == year) && m == month && d == day;
}

const struct sb_hours_day *sb_hours_on(const struct sb_business *business, int year,
                                       int month, int day, const char **holiday_r)
{
    if (holiday_r)
        *holiday_r = NULL;
    for (size_t i = 0; i < business->holiday_count; i++) {
        const struct sb_holiday *h = &business->holidays[i];

        if (is_on(h, year, month, day)) {
            if (holiday_r)
                *holiday_r = h->name;
            return &h->hours;
        }
    }
    return &business->week[weekday_of(year, month, day)];
}

static bool covers(const struct sb_hours_day *day, int minute)
{
    for (int i = 0; i < day->count; i++)
        if (minute >= day->spans[i].from && minute < day->spans[i].to)
            return true;
    return false;
}

int sb_hours_open_at(const struct sb_business *business, int64_t wall_ms)
{
    const struct sb_hours_day *today, *yesterday;
    struct sb_local now, before;
    int minute;

    sb_zone_local(business->zone, wall_ms, &now);
    before = now;
    sb_local_add_days(&before, -1);
    minute = now.hour * 60 + now.minute;
    today = sb_hours_on(business, now.year, now.month, now.day, NULL);
    yesterday = sb_hours_on(business, before.year, before.month, before.day, NULL);
    if (covers(yesterday, minute + DAY) || covers(today, minute))
        return 1;
    return today->known ? 0 : -1;
}

/* "7 am", "8:30 pm", "noon", "midnight" */
static void put_clock(struct sb_buf *out, int minute)
{
    int hour = minute / 60 % 24, rest = minute % 60;

    if (rest == 0 && hour == 0)
        sb_buf_puts(out, "midnight");
    else if (rest == 0 && hour == 12)
        sb_buf_puts(out, "noon");
    else if (rest == 0)
        sb_buf_printf(out, "%d %s", hour % 12 ? hour % 12 : 12,
                      hour < 12 ? "am" : "pm");
    else
        sb_buf_printf(out, "%d:%02d %s", hour % 12 ? hour % 12 : 12, rest,
                      hour < 12 ? "am" : "pm");
}

char *sb_hours_spoken(TALLOC_CTX *mem, const struct sb_hours_day *day)
{
    struct sb_buf out;

    if (!day->known)
        return talloc_strdup(mem, "");
    if (!day->count)
        return talloc_strdup(mem, "closed");
    if (day->count == 1 && day->spans[0].from == 0 && day->spans[0].to == DAY)
        return talloc_strdup(mem, "open 24 hours");
    sb_buf_init(&out, mem);
    for (int i = 0; i < day->count; i++) {
        if (i)
            sb_buf_puts(&out, i == day->count - 1 ? " and " : ", ");
        put_clock(&out, day->spans[i].from);
        sb_buf_puts(&out, " to ");
        put_clock(&out, day->spans[i].to);
    }
    return talloc_strdup(mem, sb_buf_str(&out));
}

char *sb_hours_week(TALLOC_CTX *mem, const struct sb_business *business)
{
    struct sb_buf out;

    sb_buf_init(&out, mem);
    for (int i = 1; i <= 7; i++) {
        const struct sb_hours_day *day = &business->week[i % 7];

        if (!day->known)
            continue;
        sb_buf_printf(&out, "%s%s: %s", out.len ? "\n" : "", day_names[i % 7],
                      sb_hours_spoken(mem, day));
    }
    return talloc_strdup(mem, sb_buf_str(&out));
}

char *sb_hours_next_open(TALLOC_CTX *mem, const struct sb_business *business,
                         int64_t wall_ms)
{
    struct sb_local now, date;
    struct sb_buf out;

    sb_buf_init(&out, mem);
    sb_zone_local(business->zone, wall_ms, &now);
    for (int ahead = 0; ahead <= 14; ahead++) {
        const struct sb_hours_day *day;
        int after = ahead ? -1 : now.hour * 60 + now.minute;

        date = now;
        sb_local_add_days(&date, ahead);
        day = sb_hours_on(business, date.year, date.month, date.day, NULL);
        for (int i = 0; i < day->count; i++) {
            if (day->spans[i].from <= after)
                continue;
            if (ahead == 0)
                sb_buf_puts(&out, "today at ");
            else if (ahead == 1)
                sb_buf_puts(&out, "tomorrow at ");
            else if (ahead < 7)
                sb_buf_printf(&out, "%s at ", day_names[date.weekday]);
            else
                sb_buf_printf(&out, "%s, %04d-%02d-%02d, at ", day_names[date.weekday],
                              date.year, date.month, date.day);
            put_clock(&out, day->spans[i].from);
            return talloc_strdup(mem, sb_buf_str(&out));
        }
    }
    return talloc_strdup(mem, "");
}
