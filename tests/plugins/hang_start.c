/* SPDX-License-Identifier: Apache-2.0
 *
 * Never returns from start().
 */
#include <switchboard/plugin.h>
#include <unistd.h>

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    (void)host;
    (void)config;
    (void)state_r;
    (void)err;
    while (pause())
        ;
    return 0;
}

static void stop(void *state)
{
    (void)state;
}

SB_PLUGIN(hang_start, .version = "0.1", .summary = "Hangs when started",
          .licence = "Apache-2.0", .start = start, .stop = stop)
