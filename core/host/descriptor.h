/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a plugin's descriptor as a hostile thing: magic, ABI, sizes, names, option
 * rows and role tables are checked in that order, and no function of the plugin is
 * called. Only the probe's child does this on a file that nobody has vouched for.
 */
#ifndef SB_HOST_DESCRIPTOR_H
#define SB_HOST_DESCRIPTOR_H

#include <talloc.h>
#include <switchboard/plugin.h>
#include "host/roles.h"

/* A descriptor brought to our size. */
struct sb_descriptor {
    struct sb_plugin plugin;        /* its roles[] are copies too */
    const void *ops[SB_KIND_COUNT]; /* NULL where it does not fill the role */
};

/* `name` is the file's. The copy lives on `mem`; strings and option rows stay in the
 * mapped plugin. A refusal names the plugin, both versions and the remedy. */
int sb_descriptor_read(TALLOC_CTX *mem, const char *name, const struct sb_plugin *raw,
                       const struct sb_descriptor **descriptor_r, struct sb_err *err);
#endif
