/* SPDX-License-Identifier: Apache-2.0
 *
 * Leaves a process behind that holds on to everything it inherited.
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
    if (fork() == 0)
        for (;;)
            (void)pause();
    return 0;
}

static void stop(void *state)
{
    (void)state;
}

SB_PLUGIN(fork_start, .version = "0.1", .summary = "Leaves a process behind",
          .licence = "Apache-2.0", .start = start, .stop = stop)
