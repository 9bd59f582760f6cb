/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of organisations and their agents. Tenant files and the dashboard write
 * the same shape; a write that changes nothing leaves versions alone, so a server may
 * put all its files at every start. Configurations are JSON text, bound by host/.
 */
#ifndef SB_STORE_TENANTS_H
#define SB_STORE_TENANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_db;

/* An agent's row, with what of its organisation one needs to run it. When putting,
 * only slug, name, vertical and config are read. */
struct sb_agent_row {
    const char *id, *org; /* UUIDs */
    const char *slug, *name, *vertical;
    const char *config; /* JSON object */
    const char *origin; /* "file" | "api" */
    bool enabled;       /* the agent's and its organisation's together */
    int64_t version;    /* rises with each change of the agent or its organisation */
    const char *org_slug, *org_name, *org_config;
};

struct sb_tenant_row {
    const char *id; /* UUID; not read when putting: the slug decides */
    const char *slug, *name;
    const char *config; /* JSON object: everything but the agents */
    const char *origin; /* "file" | "api" */
    const char *hash;   /* of the tenant file as last put, or "" */
    bool enabled;
    int64_t created_ms, updated_ms;
    const struct sb_agent_row *agents; /* by slug */
    size_t agent_count;
};

struct sb_tenant_change {
    char org[37];
    bool created, changed; /* anything at all, agents included */
    const char *const
        *agents; /* UUIDs of agents new, changed or switched off, on mem */
    size_t agent_count;
};

/* [suspends] Makes or updates an organisation and its agents by their slugs, in one
 * transaction. Its agents that are not listed are switched off; nothing is deleted.
 * SB_ECONFLICT when a slug belongs to somebody else, or to another origin.
 * `change_r` (may be NULL) is filled on `mem`. */
int sb_tenant_put(struct sb_db *db, TALLOC_CTX *mem, const struct sb_tenant_row *row,
                  struct sb_tenant_change *change_r, struct sb_err *err);
/* [suspends] Switches off the file tenants whose slugs are not in `slugs` (their files
 * went away); putting one again switches it on. */
int sb_tenant_retire(struct sb_db *db, TALLOC_CTX *mem, const char *const *slugs,
                     size_t count, struct sb_tenant_change *change_r,
                     struct sb_err *err);

/* [suspends] An agent by UUID or slug, across organisations; SB_ENOTFOUND. A switched
 * off agent is found too: look at `enabled`. The strings live on `mem`. */
int sb_agent_row(struct sb_db *db, TALLOC_CTX *mem, const char *ref,
                 struct sb_agent_row *row, struct sb_err *err);
/* [suspends] All agents, by slug, without configurations (""). */
int sb_agent_rows(struct sb_db *db, TALLOC_CTX *mem, struct sb_agent_row **rows_r,
                  size_t *count_r, struct sb_err *err);

/* [suspends] One organisation with its agents, by UUID or slug (for export). */
int sb_tenant_get(struct sb_db *db, TALLOC_CTX *mem, const char *ref,
                  struct sb_tenant_row *row, struct sb_err *err);
/* [suspends] All organisations by slug, without agents and configurations ("", 0). */
int sb_tenant_list(struct sb_db *db, TALLOC_CTX *mem, struct sb_tenant_row **rows_r,
                   size_t *count_r, struct sb_err *err);
/* [suspends] Deletes an organisation and everything it owns; SB_ENOTFOUND. */
int sb_tenant_delete(struct sb_db *db, const char *ref, struct sb_err *err);

#endif
