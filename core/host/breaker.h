/* SPDX-License-Identifier: Apache-2.0
 *
 * A circuit breaker. After a few failures in a row it opens and calls go past; when
 * its time is up one probe is let through in the background, and its outcome closes
 * the breaker or opens it for twice as long. Pure: the caller brings clock and chance.
 */
#ifndef SB_HOST_BREAKER_H
#define SB_HOST_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum sb_breaker_state { SB_BREAKER_CLOSED = 0, SB_BREAKER_OPEN, SB_BREAKER_HALF_OPEN };

enum sb_breaker_advice {
    SB_BREAKER_PASS,  /* call it */
    SB_BREAKER_SKIP,  /* go past it */
    SB_BREAKER_PROBE, /* go past it, and try it in the background: it is half-open now
                       */
};

/* All zero is a closed breaker. */
struct sb_breaker {
    enum sb_breaker_state state;
    int failures;  /* in a row */
    int openings;  /* in a row, without a success between */
    int64_t until; /* open until then, in ms of the monotonic clock */
};

#define SB_BREAKER_FAILURES 3
#define SB_BREAKER_FIRST_MS 5000
#define SB_BREAKER_LONGEST_MS 300000

enum sb_breaker_advice sb_breaker_ask(struct sb_breaker *breaker, int64_t now);
void sb_breaker_success(struct sb_breaker *breaker);
/* `code` is the SB_E* (a refused key opens at once), `retry_after_ms` the peer's wish
 * or 0, `chance` in 0..1 spreads the waking of many. Returns true when this opened it.
 */
bool sb_breaker_failure(struct sb_breaker *breaker, int64_t now, int code,
                        int64_t retry_after_ms, double chance);
/* A probe that ended without a verdict (it was cancelled): open again, due at once. */
void sb_breaker_undecided(struct sb_breaker *breaker, int64_t now);
/* Milliseconds until a probe is due, 0 when closed or due. */
int64_t sb_breaker_wait_ms(const struct sb_breaker *breaker, int64_t now);

#endif
