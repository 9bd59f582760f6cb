/* SPDX-License-Identifier: Apache-2.0
 *
 * The room's own view of the plugins: what chains and hooks need beyond host.h.
 */
#ifndef SB_HOST_PLUGINS_H
#define SB_HOST_PLUGINS_H

#include "host/host.h"
#include "host/instance.h"

struct sb_loaded {
    struct sb_plugin_info info;
    const struct sb_descriptor *descriptor; /* NULL: not mapped */
    struct sb_instance *current;            /* NULL: off */
    char *why;                              /* why it is off, or NULL */
    struct sb_plugins *owner;
    struct sb_vertical_ops *vertical; /* the stand-in, made when first asked for */
};

struct sb_plugins {
    struct sb_hub hub;
    struct sb_loaded **items;
    size_t count;
    char **models; /* names that traces point to */
    size_t model_count;
};

/* By name, or NULL. */
struct sb_loaded *sb_plugins_lookup(const struct sb_plugins *plugins, const char *name);
/* Its table for a role, or NULL. */
const void *sb_loaded_ops(const struct sb_loaded *loaded, enum sb_role_kind kind);
/* A copy of `text` that lives as long as the plugins; "" when too many are kept. */
const char *sb_plugins_intern(struct sb_plugins *plugins, const char *text);
/* Maps one file that was probed well; for tools and tests that want no search. */
int sb_plugins_map(TALLOC_CTX *mem, const char *path, const char *name,
                   const struct sb_descriptor **descriptor_r, struct sb_err *err);
/* Milliseconds of loop time that one stretch may take (tests; the default is 50). */
void sb_plugins_set_budget(struct sb_plugins *plugins, int64_t us);

#endif
