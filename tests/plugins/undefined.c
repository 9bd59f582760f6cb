/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls a function that no library has; bound lazily it would fail at the call.
 */
#include <switchboard/plugin.h>

extern int a_function_that_is_nowhere(void);

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    (void)host;
    (void)config;
    (void)state_r;
    (void)err;
    return a_function_that_is_nowhere();
}

static void stop(void *state)
{
    (void)state;
}

SB_PLUGIN(undefined, .version = "0.1", .summary = "Lacks a function",
          .licence = "Apache-2.0", .start = start, .stop = stop)
