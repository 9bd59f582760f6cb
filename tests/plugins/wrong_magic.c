/* SPDX-License-Identifier: Apache-2.0
 *
 * Its descriptor does not begin with the magic word.
 */
#include "raw.h"

RAW_PLUGIN(wrong_magic, .magic = 0x12345678u, .abi_major = SB_ABI_MAJOR,
           .size = sizeof(struct sb_plugin), .option_size = sizeof(struct sb_option),
           RAW_TEXTS("wrong_magic"));
