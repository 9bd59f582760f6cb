/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing tenants. The organisation's row is the lock: two workers that put the same
 * tenant follow each other. What changed is read from the agents' versions, which the
 * database moves if and only if something did.
 */
#include <jansson.h>
#include <string.h>
#include "base/array.h"
#include "base/crypto.h"
#include "base/json.h"
#include "store/pg.h"
#include "store/tenants.h"

static const struct sb_stmt LOCK_TENANT = {
    "lock_tenant", "SELECT id, origin FROM organizations WHERE slug = $1 FOR UPDATE"};
static const struct sb_stmt VERSIONS_BY_SLUG = {
    "versions_by_slug",
    "SELECT a.id, a.version FROM agents a JOIN organizations o ON o.id = a.org_id"
    " WHERE o.slug = $1"};
static const struct sb_stmt PUT_TENANT = {
    "put_tenant",
    "INSERT INTO organizations AS o"
    " (id, slug, name, config, origin, source_hash, enabled)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (slug) DO UPDATE SET name = EXCLUDED.name, config = EXCLUDED.config,"
    "  source_hash = EXCLUDED.source_hash, enabled = EXCLUDED.enabled,"
    "  updated_at = now()"
    " WHERE o.origin = EXCLUDED.origin"
    "  AND (o.name, o.config, o.source_hash, o.enabled) IS DISTINCT FROM"
    "   (EXCLUDED.name, EXCLUDED.config, EXCLUDED.source_hash, EXCLUDED.enabled)"
    " RETURNING xmax = 0 AS created"};
static const struct sb_stmt PUT_AGENT = {
    "put_agent",
    "INSERT INTO agents AS a (org_id, id, slug, name, vertical, config, origin)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (slug) DO UPDATE SET name = EXCLUDED.name,"
    "  vertical = EXCLUDED.vertical, config = EXCLUDED.config, origin = "
    "EXCLUDED.origin,"
    "  enabled = true"
    " WHERE a.org_id = EXCLUDED.org_id"
    "  AND (a.name, a.vertical, a.config, a.origin, a.enabled) IS DISTINCT FROM"
    "   (EXCLUDED.name, EXCLUDED.vertical, EXCLUDED.config, EXCLUDED.origin, true)"};
static const struct sb_stmt SWITCH_OFF_OTHERS = {
    "switch_off_other_agents",
    "UPDATE agents SET enabled = false WHERE org_id = $1 AND enabled AND slug NOT IN"
    " (SELECT jsonb_array_elements_text($2::jsonb))"};
static const struct sb_stmt AGENTS_NOW = {
    "agents_now",
    "SELECT id, slug, version FROM agents WHERE org_id = $1 ORDER BY slug"};
static const struct sb_stmt RETIRE = {
    "retire_tenants",
    "WITH gone AS (UPDATE organizations SET enabled = false, updated_at = now()"
    " WHERE origin = 'file' AND enabled AND slug NOT IN"
    " (SELECT jsonb_array_elements_text($1::jsonb)) RETURNING id)"
    " SELECT gone.id AS org_id, a.id FROM gone LEFT JOIN agents a ON a.org_id = "
    "gone.id"};

struct putting {
    TALLOC_CTX *mem;
    struct sb_tx *tx;
    const struct sb_tenant_row *row;
    char org[37];
    const struct sb_rows *before, *after; /* the agents' versions */
    bool created, written;
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* The organisation: found and locked, or made. */
static int put_organization(struct putting *put, struct sb_err *err)
{
    const struct sb_tenant_row *row = put->row;
    struct sb_tx *tx = put->tx;
    const struct sb_rows *wrote, *found;
    int rc, before, wrote_at, found_at;
    char fresh[37];

    sb_uuid(fresh);
    (void)sb_tx_add(tx, &LOCK_TENANT, sb_p_str(row->slug));
    before = sb_tx_add(tx, &VERSIONS_BY_SLUG, sb_p_str(row->slug));
    wrote_at =
        sb_tx_add(tx, &PUT_TENANT, sb_p_str(fresh), sb_p_str(row->slug),
                  sb_p_str(row->name), sb_p_str(row->config), sb_p_str(row->origin),
                  sb_p_str(or_empty(row->hash)), sb_p_bool(row->enabled));
    found_at = sb_tx_add(tx, &LOCK_TENANT, sb_p_str(row->slug));
    rc = sb_tx_flush(tx, err);
    if (rc)
        return rc;
    put->before = sb_tx_rows(tx, before);
    wrote = sb_tx_rows(tx, wrote_at);
    found = sb_tx_rows(tx, found_at);
    if (strcmp(sb_row_str(found, 0, "origin"), row->origin) != 0)
        return sb_fail(
            err, SB_ECONFLICT,
            strcmp(row->origin, "file") == 0
                ? "the tenant \"%.63s\" was made in the dashboard: a file of "
                  "that name would overwrite it"
                : "the tenant \"%.63s\" is kept in a file: change it there",
            row->slug);
    (void)snprintf(put->org, sizeof(put->org), "%s", sb_row_str(found, 0, "id"));
    put->written = sb_rows_count(wrote) > 0;
    put->created = put->written && sb_row_bool(wrote, 0, "created");
    return 0;
}

static char *slugs_of(TALLOC_CTX *mem, const struct sb_tenant_row *row)
{
    json_t *list = json_array();
    char *text;
    size_t i;

    for (i = 0; i < row->agent_count; i++)
        json_array_append_new(list, json_string(row->agents[i].slug));
    text = sb_json_text(mem, list, false);
    json_decref(list);
    return text;
}

static bool has_slug(const struct sb_rows *rows, const char *slug)
{
    size_t i;

    for (i = 0; i < sb_rows_count(rows); i++) {
        if (strcmp(sb_row_str(rows, i, "slug"), slug) == 0)
            return true;
    }
    return false;
}

static int put_agents(struct putting *put, struct sb_err *err)
{
    const struct sb_tenant_row *row = put->row;
    int rc, after;
    size_t i;

    for (i = 0; i < row->agent_count; i++) {
        const struct sb_agent_row *agent = &row->agents[i];
        char fresh[37];

        sb_uuid(fresh);
        (void)sb_tx_add(put->tx, &PUT_AGENT, sb_p_str(put->org), sb_p_str(fresh),
                        sb_p_str(agent->slug), sb_p_str(or_empty(agent->name)),
                        sb_p_str(agent->vertical), sb_p_str(agent->config),
                        sb_p_str(row->origin));
    }
    (void)sb_tx_add(put->tx, &SWITCH_OFF_OTHERS, sb_p_str(put->org),
                    sb_p_str(slugs_of(put->mem, row)));
    after = sb_tx_add(put->tx, &AGENTS_NOW, sb_p_str(put->org));
    rc = sb_tx_flush(put->tx, err);
    if (rc)
        return rc;
    put->after = sb_tx_rows(put->tx, after);
    for (i = 0; i < row->agent_count; i++) {
        if (!has_slug(put->after, row->agents[i].slug))
            return sb_fail(err, SB_ECONFLICT,
                           "the receptionist \"%.63s\" belongs to another tenant",
                           row->agents[i].slug);
    }
    return 0;
}

static bool is_unchanged(const struct putting *put, size_t row)
{
    const char *id = sb_row_str(put->after, row, "id");
    size_t i;

    for (i = 0; i < sb_rows_count(put->before); i++) {
        if (strcmp(sb_row_str(put->before, i, "id"), id) == 0)
            return sb_row_int(put->before, i, "version") ==
                   sb_row_int(put->after, row, "version");
    }
    return false;
}

static void fill_change(const struct putting *put, TALLOC_CTX *mem,
                        struct sb_tenant_change *change)
{
    size_t count = sb_rows_count(put->after), i;
    const char **agents = sb_array(mem, const char *, count);

    memset(change, 0, sizeof(*change));
    memcpy(change->org, put->org, sizeof(change->org));
    for (i = 0; i < count; i++) {
        if (!is_unchanged(put, i))
            agents[change->agent_count++] = sb_row_dup(mem, put->after, i, "id");
    }
    change->agents = agents;
    change->created = put->created;
    change->changed = put->written || change->agent_count > 0;
}

int sb_tenant_put(struct sb_db *db, TALLOC_CTX *mem, const struct sb_tenant_row *row,
                  struct sb_tenant_change *change_r, struct sb_err *err)
{
    struct putting put = {.mem = talloc_new(NULL), .row = row};
    int rc = sb_tx_begin(db, put.mem, "system", &put.tx, err);

    if (!rc)
        rc = put_organization(&put, err);
    if (!rc)
        rc = put_agents(&put, err);
    if (!rc)
        rc = sb_tx_commit(put.tx, err);
    if (!rc && change_r)
        fill_change(&put, mem, change_r);
    talloc_free(put.mem);
    return rc;
}

int sb_tenant_retire(struct sb_db *db, TALLOC_CTX *mem, const char *const *slugs,
                     size_t count, struct sb_tenant_change *change_r,
                     struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    json_t *list = json_array();
    const struct sb_rows *rows;
    const char **agents;
    size_t i;
    int rc;

    for (i = 0; i < count; i++)
        json_array_append_new(list, json_string(slugs[i]));
    rc = sb_db_run(db, tmp, "system", &RETIRE, &rows, err,
                   sb_p_str(sb_json_text(tmp, list, false)));
    if (!rc && change_r) {
        memset(change_r, 0, sizeof(*change_r));
        agents = sb_array(mem, const char *, sb_rows_count(rows));
        for (i = 0; i < sb_rows_count(rows); i++) {
            if (!sb_row_null(rows, i, "id"))
                agents[change_r->agent_count++] = sb_row_dup(mem, rows, i, "id");
        }
        change_r->agents = agents;
        change_r->changed = sb_rows_count(rows) > 0;
    }
    json_decref(list);
    talloc_free(tmp);
    return rc;
}
