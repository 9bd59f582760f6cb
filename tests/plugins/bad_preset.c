/* SPDX-License-Identifier: Apache-2.0
 *
 * A preset that is out of its own range.
 */
#include <switchboard/plugin.h>

struct conf {
    int64_t limit;
};

static const struct sb_option options[] = {
    SB_OPT_INT(struct conf, limit, "7", 10, 20, "things", 0, "How many"),
    SB_OPT_END,
};

SB_PLUGIN(bad_preset, .version = "0.1", .summary = "Its preset is out of range",
          .licence = "Apache-2.0", .options = options,
          .config_size = sizeof(struct conf))
