/* SPDX-License-Identifier: Apache-2.0
 *
 * A plugin's option rows: read with the plugin's own row size, checked for sense, and
 * the few questions that the host asks of them.
 */
#ifndef SB_HOST_OPTIONS_H
#define SB_HOST_OPTIONS_H

#include <stdbool.h>
#include <talloc.h>
#include <switchboard/plugin.h>
#include "base/table.h"

/* The rows for the binder; an empty table when the plugin has none. */
struct sb_table sb_options_table(const struct sb_plugin *plugin);
/* The i-th row brought to our size; false at the end. */
bool sb_options_at(const struct sb_plugin *plugin, size_t i, struct sb_option *row);
/* Are all rows sane: names, types, places in the struct, presets, help? */
int sb_options_check(const char *name, const struct sb_plugin *plugin,
                     struct sb_err *err);
/* The first required option that `map` (may be NULL) does not have, or NULL. */
const char *sb_options_missing(const struct sb_plugin *plugin,
                               const struct sb_yaml *map);
/* The first required text of a filled struct that is empty, or NULL: a variable of the
 * environment that is not set, most often. */
const char *sb_options_empty(const struct sb_plugin *plugin, const void *config);
/* Do two filled structs say the same? */
bool sb_options_same(const struct sb_plugin *plugin, const void *a, const void *b);
/* A struct filled from `map` (NULL: presets) on `mem`. The error has the place. */
int sb_options_bind(TALLOC_CTX *mem, const struct sb_plugin *plugin,
                    const struct sb_yaml *map, void **config_r, struct sb_err *err);
/* YAML lines that give every required option some value of its type. */
char *sb_options_sample(TALLOC_CTX *mem, const struct sb_plugin *plugin);
/* As if the operator had given every required option some value of its type: what
 * start() is tried with before anybody has configured it. */
int sb_options_bind_sample(TALLOC_CTX *mem, const struct sb_plugin *plugin,
                           void **config_r, struct sb_err *err);

#endif
