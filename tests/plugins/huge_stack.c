/* SPDX-License-Identifier: Apache-2.0
 *
 * Wants more stack in start() than a task has.
 */
#include <string.h>
#include <switchboard/plugin.h>

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    volatile char room[16 * 1024 * 1024];

    (void)host;
    (void)config;
    (void)state_r;
    (void)err;
    for (size_t i = sizeof(room); i > 0; i -= 1024)
        room[i - 1] = (char)i;
    return room[1023] != 0;
}

static void stop(void *state)
{
    (void)state;
}

SB_PLUGIN(huge_stack, .version = "0.1", .summary = "Eats its stack",
          .licence = "Apache-2.0", .start = start, .stop = stop)
