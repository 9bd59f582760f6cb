/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading opening hours as tenants write them. What is asked of them at run time
 * is declared in host/agent.h.
 */
#ifndef SB_HOST_HOURS_H
#define SB_HOST_HOURS_H

#include "host/agent.h"

/* "07:00-19:00", "7am-12pm, 13:00-17:00", "22:00-02:00" (past midnight), "24h",
 * "closed". An end that is not after its beginning means the next day. Spans are
 * sorted and touching ones merged. */
int sb_hours_parse(const char *text, struct sb_hours_day *day_r, struct sb_err *err);
/* "2026-12-25" or "12-25" (every year) into year (0), month, day, or the key of a
 * holiday ("thanksgiving"); refuses dates that do not exist. */
int sb_hours_parse_date(const char *text, struct sb_holiday *holiday_r,
                        struct sb_err *err);
/* 0 for "sun"/"sunday" ... 6, or -1. */
int sb_hours_weekday(const char *name);

#endif
