/* SPDX-License-Identifier: Apache-2.0
 *
 * Needs a newer minor version than this host has.
 */
#include "raw.h"

RAW_PLUGIN(newer_minor, .magic = SB_PLUGIN_MAGIC, .abi_major = SB_ABI_MAJOR,
           .abi_minor = SB_ABI_MINOR + 1, .size = sizeof(struct sb_plugin),
           .option_size = sizeof(struct sb_option), RAW_TEXTS("newer_minor"));
