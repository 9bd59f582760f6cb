/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes to an address that is not there, in start().
 */
#include <stdint.h>
#include <switchboard/plugin.h>

static volatile uintptr_t nowhere = 16;

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    (void)host;
    (void)config;
    (void)state_r;
    (void)err;
    *(volatile char *)nowhere = 1;
    return 0;
}

static void stop(void *state)
{
    (void)state;
}

SB_PLUGIN(crash_start, .version = "0.1", .summary = "Crashes when started",
          .licence = "Apache-2.0", .start = start, .stop = stop)
