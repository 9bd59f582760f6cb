/* SPDX-License-Identifier: Apache-2.0
 *
 * Local wall time and instants: the one place where they meet. Zones come from the
 * system's tzdata through libical; nothing else in the project converts. libical's
 * own local->UTC is wrong in gaps and overlaps, so we try candidates and convert
 * them back (measured, see docs/architecture.md). Offsets are exact up to 2037; later,
 * libical goes on with the last rule, and a few zones (St John's, Cairo) then differ
 * from the C library's for hours or more.
 */
#ifndef SB_BASE_ZONE_H
#define SB_BASE_ZONE_H

#include <stdint.h>
#include <switchboard/err.h>

struct sb_zone; /* shared, never freed */

/* A wall-clock time in some zone. */
struct sb_local {
    int year, month, day; /* month 1-12 */
    int hour, minute, second;
    int weekday; /* 0 = Sunday; filled by sb_zone_local and sb_local_fix */
};

enum sb_zone_fit {
    SB_ZONE_EXACT = 0,
    SB_ZONE_GAP,     /* the local time does not exist; moved forward by the gap */
    SB_ZONE_OVERLAP, /* it exists twice; the first was taken */
};

/* The zone of an IANA name ("America/New_York"), or NULL: unknown. */
const struct sb_zone *sb_zone_find(const char *iana);
const char *sb_zone_name(const struct sb_zone *zone);

/* Instant (ms since 1970) to local time. */
void sb_zone_local(const struct sb_zone *zone, int64_t wall_ms, struct sb_local *out);
/* Local time to instant; says in `fit` (may be NULL) how it fitted. */
int64_t sb_zone_instant(const struct sb_zone *zone, const struct sb_local *local,
                        enum sb_zone_fit *fit);
/* The offset from UTC in seconds at an instant. */
int sb_zone_offset(const struct sb_zone *zone, int64_t wall_ms);

/* Calendar arithmetic: adds days, normalises every member, fills weekday. */
void sb_local_add_days(struct sb_local *local, int days);
void sb_local_fix(struct sb_local *local);
/* Days since 1970-01-01 of the date, for differences. */
int64_t sb_local_days(const struct sb_local *local);
/* "2026-11-21T14:05:00-05:00" */
void sb_zone_format(const struct sb_zone *zone, int64_t wall_ms, char out[40]);

#endif
