/* SPDX-License-Identifier: Apache-2.0
 *
 * Two clocks: the wall and one that never jumps. Tests and scenarios replace the
 * wall clock by setting it; timers of the loop always use the real one.
 */
#ifndef SB_BASE_CLOCK_H
#define SB_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since 1970-01-01 UTC, moved by sb_clock_shift(). */
int64_t sb_clock_wall_ms(void);
/* Milliseconds of the monotonic clock; microseconds for measuring. */
int64_t sb_clock_mono_ms(void);
int64_t sb_clock_mono_us(void);
/* Moves the process's wall clock by `ms` (0 is the real time). */
void sb_clock_shift(int64_t ms);
/* "2026-11-21T19:05:00.123Z" into a buffer of at least 32 bytes. */
void sb_clock_format(int64_t wall_ms, char out[32]);

#endif
