/* SPDX-License-Identifier: Apache-2.0
 *
 * Needs a role that no plugin of the tests provides.
 */
#include <switchboard/plugin.h>

static const char *const needs[] = {SB_ROLE_CRAWL, NULL};
static const struct sb_vertical_ops ops = {.size = sizeof(ops)};
static const struct sb_role roles[] = {
    {SB_ROLE_VERTICAL, &ops},
    {NULL, NULL},
};

SB_PLUGIN(needy, .version = "0.1", .summary = "Needs somebody else",
          .licence = "Apache-2.0", .needs = needs, .roles = roles)
