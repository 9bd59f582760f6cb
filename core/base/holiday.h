/* SPDX-License-Identifier: Apache-2.0
 *
 * Public holidays by name: when each falls in a year, and which one a text names.
 */
#ifndef SB_BASE_HOLIDAY_H
#define SB_BASE_HOLIDAY_H

#include <stdbool.h>
#include <stddef.h>

/* The holiday named at the start of `text`, the longest name first, in any case and
 * with or without apostrophes: its number, from 1, or 0. `used_r` gets the bytes. */
int sb_holiday_named(const char *text, size_t *used_r);
/* "Christmas Day" */
const char *sb_holiday_name(int number);
/* "christmas-day": what a tenant's file calls it. */
const char *sb_holiday_key(int number);
/* The number for a key, or 0. */
int sb_holiday_of_key(const char *key);
void sb_holiday_date(int number, int year, int *month_r, int *day_r);
/* The holiday that falls on a day, or 0. */
int sb_holiday_on(int year, int month, int day);
/* Do most businesses keep other hours on it? */
bool sb_holiday_is_kept(int number);
/* The ones that "closed on major holidays" means. */
bool sb_holiday_is_major(int number);

#endif
