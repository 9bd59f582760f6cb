/* SPDX-License-Identifier: Apache-2.0
 *
 * A role table that lacks its function.
 */
#include <switchboard/plugin.h>

static const struct sb_llm_ops ops = {.size = 8};
static const struct sb_role roles[] = {
    {SB_ROLE_LLM, &ops},
    {NULL, NULL},
};

SB_PLUGIN(short_ops, .version = "0.1", .summary = "Its table ends too early",
          .licence = "Apache-2.0", .roles = roles)
