/* SPDX-License-Identifier: Apache-2.0
 *
 * See breaker.h.
 *
 *            failures in a row              time is up
 *   CLOSED ---------------------> OPEN ---------------------> HALF_OPEN
 *     ^                            ^                            |   |
 *     |                            '----------- failure --------'   |
 *     '------------------------------------------ success ----------'
 */
#include "host/breaker.h"

#include <switchboard/err.h>

enum sb_breaker_advice sb_breaker_ask(struct sb_breaker *breaker, int64_t now)
{
    switch (breaker->state) {
    case SB_BREAKER_CLOSED: return SB_BREAKER_PASS;
    case SB_BREAKER_HALF_OPEN: return SB_BREAKER_SKIP;
    case SB_BREAKER_OPEN: break;
    }
    if (now < breaker->until)
        return SB_BREAKER_SKIP;
    breaker->state = SB_BREAKER_HALF_OPEN;
    return SB_BREAKER_PROBE;
}

void sb_breaker_success(struct sb_breaker *breaker)
{
    *breaker = (struct sb_breaker){.state = SB_BREAKER_CLOSED};
}

static int64_t open_for(const struct sb_breaker *breaker, int64_t retry_after_ms,
                        double chance)
{
    int doublings = breaker->openings < 8 ? breaker->openings : 8;
    int64_t ms = (int64_t)SB_BREAKER_FIRST_MS << doublings;

    if (ms > SB_BREAKER_LONGEST_MS)
        ms = SB_BREAKER_LONGEST_MS;
    ms += (int64_t)((double)ms * 0.2 * chance);
    if (retry_after_ms > 12 * SB_BREAKER_LONGEST_MS)
        retry_after_ms = 12 * SB_BREAKER_LONGEST_MS; /* an hour: nobody means more */
    return retry_after_ms > ms ? retry_after_ms : ms;
}

bool sb_breaker_failure(struct sb_breaker *breaker, int64_t now, int code,
                        int64_t retry_after_ms, double chance)
{
    bool was_open = breaker->state == SB_BREAKER_OPEN;

    breaker->failures++;
    if (was_open)
        return false; /* a call that began before it opened */
    if (breaker->state == SB_BREAKER_CLOSED && code != SB_EAUTH &&
        retry_after_ms <= 0 && breaker->failures < SB_BREAKER_FAILURES)
        return false;
    breaker->until = now + open_for(breaker, retry_after_ms, chance);
    breaker->openings++;
    breaker->state = SB_BREAKER_OPEN;
    return true;
}

void sb_breaker_undecided(struct sb_breaker *breaker, int64_t now)
{
    if (breaker->state != SB_BREAKER_HALF_OPEN)
        return;
    breaker->state = SB_BREAKER_OPEN;
    breaker->until = now;
}

int64_t sb_breaker_wait_ms(const struct sb_breaker *breaker, int64_t now)
{
    if (breaker->state != SB_BREAKER_OPEN || breaker->until <= now)
        return 0;
    return breaker->until - now;
}
