/* SPDX-License-Identifier: Apache-2.0
 *
 * `switchboard plugin new`: writes a working skeleton that builds outside of the tree.
 */
#ifndef SB_CLI_PLUGIN_NEW_H
#define SB_CLI_PLUGIN_NEW_H

#include <switchboard/err.h>

/* `kind` is "provider" or "vertical". Makes `<parent>/<name>/`, which must not be there
 * yet. */
int sb_plugin_new(const char *kind, const char *name, const char *parent,
                  struct sb_err *err);

#endif
