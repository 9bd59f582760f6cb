/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of the grammar of days, shared by dates.c and days_calendar.c.
 */
#ifndef SB_TALK_DAYS_H
#define SB_TALK_DAYS_H

#include "talk/dates.h"

/* Looks at token `i` and what follows: tokens taken, 0 when the rule does not hold. */
typedef size_t sb_day_rule(const struct sb_tokens *t, size_t i,
                           const struct sb_read_hint *hint, struct sb_day_hit *hit);
sb_day_rule sb_day_rule_numbers, sb_day_rule_month, sb_day_rule_ordinal,
    sb_day_rule_run, sb_day_rule_in_month, sb_day_rule_feast;

struct sb_local sb_day_of(int year, int month, int day);
struct sb_local sb_day_plus(const struct sb_local *from, int days);
struct sb_local sb_day_plus_months(const struct sb_local *from, int months);
/* A hit on one day, with no time and no other way to read it. */
void sb_day_set(struct sb_day_hit *hit, struct sb_local day, double confidence);
void sb_day_other(struct sb_day_hit *hit, struct sb_local other);
int sb_days_until(const struct sb_local *now, int weekday);
/* Days to the Monday with which next week begins. */
int sb_days_to_next_week(const struct sb_local *now);

#endif
