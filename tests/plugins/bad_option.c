/* SPDX-License-Identifier: Apache-2.0
 *
 * An option whose place lies outside of the struct: binding it would write there.
 */
#include <switchboard/plugin.h>

struct conf {
    const char *key;
};

static const struct sb_option options[] = {
    {.name = "key", .type = SB_OPTION_STRING, .offset = 4096, .help = "A key"},
    SB_OPT_END,
};

SB_PLUGIN(bad_option, .version = "0.1", .summary = "Writes where it must not",
          .licence = "Apache-2.0", .options = options,
          .config_size = sizeof(struct conf))
