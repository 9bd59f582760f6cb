/* SPDX-License-Identifier: Apache-2.0
 *
 * Provides a role that nobody knows, nearly called like one that is.
 */
#include <switchboard/plugin.h>

static const int nothing = 0;
static const struct sb_role roles[] = {
    {"embedd", &nothing},
    {NULL, NULL},
};

SB_PLUGIN(bad_role, .version = "0.1", .summary = "Provides what nobody knows",
          .licence = "Apache-2.0", .roles = roles)
