/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the rows of organisations and agents. Who asks does not know the
 * organisation yet, so all of this runs as the system. Writing is in tenants_put.c.
 */
#include "store/tenants.h"

#include "base/array.h"
#include "base/crypto.h"
#include "store/pg.h"

/* ---- agents ---- */

#define AGENT_COLUMNS                                                                  \
    "a.id, a.org_id, a.slug, a.name, a.vertical, a.origin, a.version,"                 \
    " a.enabled AND o.enabled AS enabled, o.slug AS org_slug, o.name AS org_name"
#define AGENT_TABLES " FROM agents a JOIN organizations o ON o.id = a.org_id"

static const struct sb_stmt AGENT_BY_ID = {
    "agent_by_id",
    "SELECT " AGENT_COLUMNS ", a.config, o.config AS org_config" AGENT_TABLES
    " WHERE a.id = $1"};
static const struct sb_stmt AGENT_BY_SLUG = {
    "agent_by_slug",
    "SELECT " AGENT_COLUMNS ", a.config, o.config AS org_config" AGENT_TABLES
    " WHERE a.slug = $1"};
static const struct sb_stmt ALL_AGENTS = {
    "all_agents", "SELECT " AGENT_COLUMNS
                  ", '' AS config, '' AS org_config" AGENT_TABLES " ORDER BY a.slug"};
static const struct sb_stmt AGENTS_OF = {
    "agents_of", "SELECT " AGENT_COLUMNS ", a.config, '' AS org_config" AGENT_TABLES
                 " WHERE a.org_id = $1 ORDER BY a.slug"};

static void fill_agent(TALLOC_CTX *mem, const struct sb_rows *rows, size_t row,
                       struct sb_agent_row *agent)
{
    agent->id = sb_row_dup(mem, rows, row, "id");
    agent->org = sb_row_dup(mem, rows, row, "org_id");
    agent->slug = sb_row_dup(mem, rows, row, "slug");
    agent->name = sb_row_dup(mem, rows, row, "name");
    agent->vertical = sb_row_dup(mem, rows, row, "vertical");
    agent->config = sb_row_dup(mem, rows, row, "config");
    agent->origin = sb_row_dup(mem, rows, row, "origin");
    agent->enabled = sb_row_bool(rows, row, "enabled");
    agent->version = sb_row_int(rows, row, "version");
    agent->org_slug = sb_row_dup(mem, rows, row, "org_slug");
    agent->org_name = sb_row_dup(mem, rows, row, "org_name");
    agent->org_config = sb_row_dup(mem, rows, row, "org_config");
}

static struct sb_agent_row *fill_agents(TALLOC_CTX *mem, const struct sb_rows *rows)
{
    size_t count = sb_rows_count(rows), i;
    struct sb_agent_row *agents = sb_array(mem, struct sb_agent_row, count);

    for (i = 0; i < count; i++)
        fill_agent(agents, rows, i, &agents[i]);
    return agents;
}

int sb_agent_row(struct sb_db *db, TALLOC_CTX *mem, const char *ref,
                 struct sb_agent_row *row, struct sb_err *err)
{
    const struct sb_stmt *stmt = sb_uuid_valid(ref) ? &AGENT_BY_ID : &AGENT_BY_SLUG;
    TALLOC_CTX *tmp = talloc_new(NULL);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, "system", stmt, &rows, err, sb_p_str(ref));

    if (!rc && sb_rows_count(rows) == 0)
        rc = sb_fail(err, SB_ENOTFOUND, "there is no receptionist \"%.64s\"", ref);
    if (!rc)
        fill_agent(mem, rows, 0, row);
    talloc_free(tmp);
    return rc;
}

int sb_agent_rows(struct sb_db *db, TALLOC_CTX *mem, struct sb_agent_row **rows_r,
                  size_t *count_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, "system", &ALL_AGENTS, &rows, err);

    if (!rc) {
        *rows_r = fill_agents(mem, rows);
        *count_r = sb_rows_count(rows);
    }
    talloc_free(tmp);
    return rc;
}

/* ---- organisations ---- */

#define TENANT_COLUMNS                                                                 \
    "id, slug, name, origin, source_hash, enabled, created_at, updated_at"

static const struct sb_stmt TENANT_BY_ID = {
    "tenant_by_id",
    "SELECT " TENANT_COLUMNS ", config FROM organizations WHERE id = $1"};
static const struct sb_stmt TENANT_BY_SLUG = {
    "tenant_by_slug",
    "SELECT " TENANT_COLUMNS ", config FROM organizations WHERE slug = $1"};
static const struct sb_stmt ALL_TENANTS = {
    "all_tenants", "SELECT " TENANT_COLUMNS ", '' AS config FROM organizations"
                   " ORDER BY slug"};
static const struct sb_stmt DELETE_BY_ID = {"delete_tenant_by_id",
                                            "DELETE FROM organizations WHERE id = $1"};
static const struct sb_stmt DELETE_BY_SLUG = {
    "delete_tenant_by_slug", "DELETE FROM organizations WHERE slug = $1"};

static void fill_tenant(TALLOC_CTX *mem, const struct sb_rows *rows, size_t row,
                        struct sb_tenant_row *tenant)
{
    tenant->id = sb_row_dup(mem, rows, row, "id");
    tenant->slug = sb_row_dup(mem, rows, row, "slug");
    tenant->name = sb_row_dup(mem, rows, row, "name");
    tenant->config = sb_row_dup(mem, rows, row, "config");
    tenant->origin = sb_row_dup(mem, rows, row, "origin");
    tenant->hash = sb_row_dup(mem, rows, row, "source_hash");
    tenant->enabled = sb_row_bool(rows, row, "enabled");
    tenant->created_ms = sb_row_time(rows, row, "created_at");
    tenant->updated_ms = sb_row_time(rows, row, "updated_at");
    tenant->agents = NULL;
    tenant->agent_count = 0;
}

int sb_tenant_get(struct sb_db *db, TALLOC_CTX *mem, const char *ref,
                  struct sb_tenant_row *row, struct sb_err *err)
{
    const struct sb_stmt *stmt = sb_uuid_valid(ref) ? &TENANT_BY_ID : &TENANT_BY_SLUG;
    TALLOC_CTX *tmp = talloc_new(NULL);
    const struct sb_rows *rows, *agents;
    struct sb_tx *tx;
    int index, rc = sb_tx_begin(db, tmp, "system", &tx, err);

    if (rc)
        goto out;
    index = sb_tx_add(tx, stmt, sb_p_str(ref));
    rc = sb_tx_flush(tx, err);
    if (rc)
        goto out;
    rows = sb_tx_rows(tx, index);
    if (sb_rows_count(rows) == 0) {
        rc = sb_fail(err, SB_ENOTFOUND, "there is no tenant \"%.64s\"", ref);
        goto out;
    }
    index = sb_tx_add(tx, &AGENTS_OF, sb_p_str(sb_row_str(rows, 0, "id")));
    rc = sb_tx_commit(tx, err);
    if (rc)
        goto out;
    agents = sb_tx_rows(tx, index);
    fill_tenant(mem, rows, 0, row);
    row->agents = fill_agents(mem, agents);
    row->agent_count = sb_rows_count(agents);
out:
    talloc_free(tmp);
    return rc;
}

int sb_tenant_list(struct sb_db *db, TALLOC_CTX *mem, struct sb_tenant_row **rows_r,
                   size_t *count_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct sb_tenant_row *tenants;
    const struct sb_rows *rows;
    size_t i, count;
    int rc = sb_db_run(db, tmp, "system", &ALL_TENANTS, &rows, err);

    if (!rc) {
        count = sb_rows_count(rows);
        tenants = sb_array(mem, struct sb_tenant_row, count);
        for (i = 0; i < count; i++)
            fill_tenant(tenants, rows, i, &tenants[i]);
        *rows_r = tenants;
        *count_r = count;
    }
    talloc_free(tmp);
    return rc;
}

int sb_tenant_delete(struct sb_db *db, const char *ref, struct sb_err *err)
{
    const struct sb_stmt *stmt = sb_uuid_valid(ref) ? &DELETE_BY_ID : &DELETE_BY_SLUG;
    TALLOC_CTX *tmp = talloc_new(NULL);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, "system", stmt, &rows, err, sb_p_str(ref));

    if (!rc && sb_rows_affected(rows) == 0)
        rc = sb_fail(err, SB_ENOTFOUND, "there is no tenant \"%.64s\"", ref);
    talloc_free(tmp);
    return rc;
}
