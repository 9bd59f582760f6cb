/* SPDX-License-Identifier: Apache-2.0
 *
 * The roles that this host knows, and how a plugin's table for one is brought to our
 * size. A new role is one row here, its table in switchboard/roles.h and its chain.
 */
#ifndef SB_HOST_ROLES_H
#define SB_HOST_ROLES_H

#include <talloc.h>
#include <switchboard/plugin.h>

enum sb_role_kind {
    SB_KIND_LLM,
    SB_KIND_EMBED,
    SB_KIND_CRAWL,
    SB_KIND_SEARCH,
    SB_KIND_VERTICAL,
    SB_KIND_COUNT,
};

/* enum sb_role_kind, or -1. */
int sb_role_find(const char *name);
const char *sb_role_name(enum sb_role_kind kind);
/* All names, NULL-terminated. */
const char *const *sb_role_names(void);
/* Copies the plugin's table onto `mem`, zero-filled to our size, and checks that what
 * must be there is. */
int sb_role_copy(TALLOC_CTX *mem, const char *plugin, enum sb_role_kind kind,
                 const void *ops, const void **ops_r, struct sb_err *err);

#endif
