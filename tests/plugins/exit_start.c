/* SPDX-License-Identifier: Apache-2.0
 *
 * Ends the process in start(), and politely.
 */
#include <stdlib.h>
#include <switchboard/plugin.h>

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    (void)host;
    (void)config;
    (void)state_r;
    (void)err;
    exit(0);
}

static void stop(void *state)
{
    (void)state;
}

SB_PLUGIN(exit_start, .version = "0.1", .summary = "Ends the process when started",
          .licence = "Apache-2.0", .start = start, .stop = stop)
