/* SPDX-License-Identifier: Apache-2.0
 *
 * Says that its descriptor is shorter than any that was released.
 */
#include "raw.h"

RAW_PLUGIN(short_struct, .magic = SB_PLUGIN_MAGIC, .abi_major = SB_ABI_MAJOR,
           .size = 40, .option_size = sizeof(struct sb_option),
           RAW_TEXTS("short_struct"));
