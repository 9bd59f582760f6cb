/* SPDX-License-Identifier: Apache-2.0
 *
 * See clock.h. The shift is atomic: threads of the pool may read the clock.
 */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int64_t shift_ms;

static int64_t read_us(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t sb_clock_wall_ms(void)
{
    return read_us(CLOCK_REALTIME) / 1000 +
           atomic_load_explicit(&shift_ms, memory_order_relaxed);
}

int64_t sb_clock_mono_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t sb_clock_mono_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

void sb_clock_shift(int64_t ms)
{
    atomic_store_explicit(&shift_ms, ms, memory_order_relaxed);
}

void sb_clock_format(int64_t wall_ms, char out[32])
{
    int64_t ms = wall_ms % 1000;
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm = {0};
    size_t len;

    if (ms < 0) {
        ms += 1000;
        seconds--;
    }
    (void)gmtime_r(&seconds, &tm);
    len = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
    if (len == 0 || len > 26) {
        (void)snprintf(out, 32, "invalid");
        return;
    }
    (void)snprintf(out + len, 32 - len, ".%03dZ", (int)ms);
}
