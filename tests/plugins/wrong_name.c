/* SPDX-License-Identifier: Apache-2.0
 *
 * The file and its descriptor have different names.
 */
#include "raw.h"

RAW_PLUGIN(wrong_name, .magic = SB_PLUGIN_MAGIC, .abi_major = SB_ABI_MAJOR,
           .size = sizeof(struct sb_plugin), .option_size = sizeof(struct sb_option),
           RAW_TEXTS("somebody_else"));
