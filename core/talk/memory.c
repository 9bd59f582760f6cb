/* SPDX-License-Identifier: Apache-2.0
 *
 * What is remembered of earlier conversations with this visitor or verified person.
 */
#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "talk/run.h"

static const char *const WEEKDAYS[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

/* "earlier today", "yesterday", "last Tuesday", "on 3 May", "in May 2024" */
static char *when_spoken(TALLOC_CTX *mem, const struct sb_local *then,
                         const struct sb_local *now)
{
    int64_t days = sb_local_days(now) - sb_local_days(then);

    if (days <= 0)
        return talloc_strdup(mem, "earlier today");
    if (days == 1)
        return talloc_strdup(mem, "yesterday");
    if (days < 7)
        return talloc_asprintf(mem, "last %s", WEEKDAYS[then->weekday % 7]);
    if (days < 300)
        return talloc_asprintf(mem, "on %d %s", then->day,
                               MONTHS[(then->month + 11) % 12]);
    return talloc_asprintf(mem, "in %s %d", MONTHS[(then->month + 11) % 12],
                           then->year);
}

const struct sb_memory *sb_run_memories(TALLOC_CTX *mem, const struct sb_conv *conv,
                                        const struct sb_local *now,
                                        const struct sb_zone *zone, size_t *count_r)
{
    struct sb_memory *memories = sb_array(mem, struct sb_memory, conv->past_count + 1);
    struct sb_local then = *now;
    size_t i;

    for (i = 0; i < conv->past_count; i++) {
        if (zone)
            sb_zone_local(zone, conv->past[i].at_ms, &then);
        memories[i].when = when_spoken(mem, &then, now);
        memories[i].summary = conv->past[i].summary;
    }
    *count_r = conv->past_count;
    return memories;
}
