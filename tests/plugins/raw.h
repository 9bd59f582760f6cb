/* SPDX-License-Identifier: Apache-2.0
 *
 * A descriptor written out by hand, for plugins that must get a part of it wrong.
 */
#ifndef TESTS_PLUGINS_RAW_H
#define TESTS_PLUGINS_RAW_H

#include <switchboard/plugin.h>

#define RAW_TEXTS(name_)                                                               \
    .name = (name_), .version = "0.1", .summary = "A plugin that is wrong on purpose", \
    .licence = "Apache-2.0"

#define RAW_PLUGIN(name_, ...)                                                         \
    extern const struct sb_plugin name_##_LTX_sb_plugin;                               \
    __attribute__((visibility("default")))                                             \
    const struct sb_plugin name_##_LTX_sb_plugin = {__VA_ARGS__}

#endif
