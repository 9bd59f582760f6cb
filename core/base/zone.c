/* SPDX-License-Identifier: Apache-2.0
 *
 * See zone.h. libical is asked one question only, the offset at an instant; calendar
 * arithmetic is our own (days from civil dates, after Howard Hinnant's algorithms).
 */
#include "base/zone.h"

#include <libical/ical.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"

enum { DAY = 86400, MAX_NAME = 64 };

struct sb_zone {
    char name[MAX_NAME + 1];
    icaltimezone *ical;
    struct sb_zone *next;
};

static struct sb_zone *zones;
static pthread_mutex_t zones_lock = PTHREAD_MUTEX_INITIALIZER;

/* The name becomes part of a path below /usr/share/zoneinfo. */
static bool is_safe_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_+-/";
    size_t len = strlen(name);

    return len > 0 && len <= MAX_NAME && name[0] != '/' && strspn(name, allowed) == len;
}

static struct sb_zone *load(const char *name)
{
    icaltimezone *ical = icaltimezone_get_builtin_timezone(name);
    struct sb_zone *zone;

    /* A zone that libical knows by name may still have no data. */
    if (!ical ||
        (ical != icaltimezone_get_utc_timezone() && !icaltimezone_get_component(ical)))
        return NULL;
    zone = sb_calloc(1, sizeof(*zone));
    (void)snprintf(zone->name, sizeof(zone->name), "%s", name);
    zone->ical = ical;
    zone->next = zones;
    zones = zone;
    return zone;
}

const struct sb_zone *sb_zone_find(const char *iana)
{
    static bool ready;
    struct sb_zone *zone;

    if (!iana || !is_safe_name(iana))
        return NULL;
    (void)pthread_mutex_lock(&zones_lock);
    if (!ready) {
        icalerror_set_errors_are_fatal(0);
        icaltimezone_set_builtin_tzdata(0); /* the system's tzdata, not a copy */
        ready = true;
    }
    for (zone = zones; zone && strcmp(zone->name, iana) != 0;)
        zone = zone->next;
    if (!zone)
        zone = load(iana);
    (void)pthread_mutex_unlock(&zones_lock);
    return zone;
}

const char *sb_zone_name(const struct sb_zone *zone)
{
    return zone->name;
}

/* ---- the calendar ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t days_of(int64_t year, int month, int day)
{
    int64_t era, of_era, of_year;

    year -= month <= 2;
    era = floor_div(year, 400);
    of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    of_era = (year - era * 400) * 365 + (year - era * 400) / 4 -
             (year - era * 400) / 100 + of_year;
    return era * 146097 + of_era - 719468;
}

static void date_of(int64_t days, struct sb_local *out)
{
    int64_t shifted = days + 719468, era = floor_div(shifted, 146097);
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;

    out->day = (int)(of_year - (153 * month + 2) / 5 + 1);
    out->month = (int)(month < 10 ? month + 3 : month - 9);
    out->year = (int)(year + era * 400 + (out->month <= 2));
    out->weekday = (int)(((days + 4) % 7 + 7) % 7);
}

/* Seconds since 1970 as if the wall clock showed UTC; members may be out of range. */
static int64_t as_seconds(const struct sb_local *local)
{
    int64_t months = (int64_t)local->year * 12 + local->month - 1;
    int64_t year = floor_div(months, 12);
    int64_t days = days_of(year, (int)(months - year * 12) + 1, 1) + local->day - 1;

    return days * DAY + (int64_t)local->hour * 3600 + (int64_t)local->minute * 60 +
           local->second;
}

static void from_seconds(int64_t seconds, struct sb_local *out)
{
    int64_t days = floor_div(seconds, DAY);
    int rest = (int)(seconds - days * DAY);

    date_of(days, out);
    out->hour = rest / 3600;
    out->minute = rest / 60 % 60;
    out->second = rest % 60;
}

void sb_local_fix(struct sb_local *local)
{
    from_seconds(as_seconds(local), local);
}

void sb_local_add_days(struct sb_local *local, int days)
{
    from_seconds(as_seconds(local) + (int64_t)days * DAY, local);
}

int64_t sb_local_days(const struct sb_local *local)
{
    return floor_div(as_seconds(local), DAY);
}

/* ---- instants ---- */

/* Years that libical can be asked about; outside, the nearest year's rule holds. */
static int offset_at(const struct sb_zone *zone, int64_t seconds)
{
    struct sb_local utc;
    struct icaltimetype when = icaltime_null_time();
    int is_summer;

    from_seconds(seconds, &utc);
    if (utc.year < 1902)
        utc.year = 1902;
    if (utc.year > 2200)
        utc.year = 2200;
    when.year = utc.year;
    when.month = utc.month;
    when.day = utc.day;
    when.hour = utc.hour;
    when.minute = utc.minute;
    when.second = utc.second;
    return icaltimezone_get_utc_offset_of_utc_time(zone->ical, &when, &is_summer);
}

int sb_zone_offset(const struct sb_zone *zone, int64_t wall_ms)
{
    return offset_at(zone, floor_div(wall_ms, 1000));
}

void sb_zone_local(const struct sb_zone *zone, int64_t wall_ms, struct sb_local *out)
{
    int64_t seconds = floor_div(wall_ms, 1000);

    from_seconds(seconds + offset_at(zone, seconds), out);
}

/* The true offset of a local time is one of those that hold within a day around it:
 * try each and convert back. None fits in a gap; two fit in an overlap. */
int64_t sb_zone_instant(const struct sb_zone *zone, const struct sb_local *local,
                        enum sb_zone_fit *fit)
{
    int64_t wanted = as_seconds(local), found = 0, first = 0;
    enum sb_zone_fit how = SB_ZONE_GAP;

    for (int probe = -2; probe <= 2; probe++) {
        int offset = offset_at(zone, wanted + (int64_t)probe * DAY / 2);
        int64_t instant = wanted - offset;

        if (probe == -2)
            first = instant; /* with the offset from before the gap */
        if (offset_at(zone, instant) != offset)
            continue;
        if (how == SB_ZONE_GAP) {
            how = SB_ZONE_EXACT;
            found = instant;
        } else if (instant != found) {
            how = SB_ZONE_OVERLAP;
            if (instant < found)
                found = instant;
        }
    }
    if (fit)
        *fit = how;
    return (how == SB_ZONE_GAP ? first : found) * 1000;
}

void sb_zone_format(const struct sb_zone *zone, int64_t wall_ms, char out[40])
{
    int offset = sb_zone_offset(zone, wall_ms), minutes = abs(offset) / 60;
    struct sb_local local;

    sb_zone_local(zone, wall_ms, &local);
    (void)snprintf(out, 40, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", local.year,
                   local.month, local.day, local.hour, local.minute, local.second,
                   offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}
