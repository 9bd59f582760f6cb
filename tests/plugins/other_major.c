/* SPDX-License-Identifier: Apache-2.0
 *
 * Built for an ABI that does not exist yet; its functions must never run.
 */
#include <stdlib.h>

#include "raw.h"

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    (void)host;
    (void)config;
    (void)state_r;
    (void)err;
    abort();
}

static void stop(void *state)
{
    (void)state;
}

RAW_PLUGIN(other_major, .magic = SB_PLUGIN_MAGIC, .abi_major = SB_ABI_MAJOR + 1,
           .abi_minor = 4, .size = sizeof(struct sb_plugin),
           .option_size = sizeof(struct sb_option), RAW_TEXTS("other_major"),
           .start = start, .stop = stop);
