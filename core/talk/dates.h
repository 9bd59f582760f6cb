/* SPDX-License-Identifier: Apache-2.0
 *
 * Days and times as people say them. Values are ISO 8601, local to the business:
 *     2026-11-24                 a day
 *     2026-11-24T14:00           a day and a time
 *     2026-11-24T13:00/17:00     a day and a part of it ("after lunch")
 *     2026-11-28/2026-11-29      a run of days ("this weekend")
 * The grammar is in dates.c (days) and times.c (times of day); read_date.c puts the two
 * together.
 */
#ifndef SB_TALK_DATES_H
#define SB_TALK_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>
#include "base/zone.h"
#include "talk/read.h"

struct sb_when {
    struct sb_local day;  /* date members only */
    struct sb_local last; /* the same day, or the last of a run */
    int from, to; /* minutes after midnight: equal for a time, -1 for none; to 1440 */
};

/* A day read at some token. */
struct sb_day_hit {
    struct sb_local day, last;
    struct sb_local other; /* the other way to read it */
    bool has_other;
    bool past; /* it was said as something past ("yesterday") */
    double confidence;
    int from, to; /* "tonight": a part of the day comes with it; else -1 */
};
/* A time of day read at some token. */
struct sb_time_hit {
    int from, to;
    bool guessed; /* am or pm was not said */
    bool part;    /* a part of the day ("morning"), rather than a time */
    bool weak;    /* a bare number: only counts next to a day */
};

/* How many tokens from `i` on are a day or a time; 0 for none. */
size_t sb_day_at(const struct sb_tokens *tokens, size_t i,
                 const struct sb_read_hint *hint, struct sb_day_hit *hit);
size_t sb_time_at(const struct sb_tokens *tokens, size_t i, struct sb_time_hit *hit);

char *sb_when_value(TALLOC_CTX *mem, const struct sb_when *when);
/* "Tuesday 24 November at 2 pm"; the year when it is not the nearest such day. */
char *sb_when_spoken(TALLOC_CTX *mem, const struct sb_when *when,
                     const struct sb_local *now);
/* Reads a value of the forms above; false for anything else. */
bool sb_when_parse(const char *value, struct sb_when *out);
/* "2 pm", "2:30 pm", "noon" */
char *sb_clock_spoken(TALLOC_CTX *mem, int minutes);

int sb_days_in_month(int year, int month);
/* Is there such a day? */
bool sb_date_valid(int year, int month, int day);

#endif
