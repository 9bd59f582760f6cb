/* SPDX-License-Identifier: Apache-2.0
 *
 * The wall between tenants: the catalogue says that every table is fenced, and one
 * organisation cannot read, change or plant anything in another.
 */
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/array.h"
#include "base/task.h"
#include "store/migrate.h"
#include "store/pg.h"
#include "support/intask.h"
#include "support/testdb.h"

/* ---- the catalogue ---- */

/* Whatever a query finds is wrong; its first column says what. */
static void expect_none(const char *sql, const char *complaint)
{
    PGconn *conn = PQconnectdb(sb_test_db_url());
    PGresult *result = PQexec(conn, sql);
    int i;

    cr_assert_eq(PQresultStatus(result), PGRES_TUPLES_OK, "%s", PQerrorMessage(conn));
    for (i = 0; i < PQntuples(result); i++)
        cr_expect_fail("%s: %s", PQgetvalue(result, i, 0), complaint);
    PQclear(result);
    PQfinish(conn);
}

#define TABLES                                                                         \
    "(SELECT c.*, EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid"       \
    " AND a.attname = 'org_id' AND NOT a.attisdropped)"                                \
    " OR c.relname = 'organizations' AS tenant"                                        \
    " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"                   \
    " AND c.relkind IN ('r', 'p')) t"

Test(catalogue, every_table_belongs_to_an_organisation_or_is_named_here)
{
    expect_none("SELECT relname FROM " TABLES " WHERE NOT tenant AND relname NOT IN"
                " ('schema_migrations', 'settings')",
                "has no org_id and is not known to belong to nobody");
}

Test(catalogue, every_tenant_table_is_fenced_and_forced)
{
    expect_none("SELECT relname FROM " TABLES
                " WHERE NOT relrowsecurity OR tenant AND NOT relforcerowsecurity",
                "row-level security is not on, or not forced (sb_tenant_table)");
    expect_none("SELECT relname FROM " TABLES " WHERE tenant AND NOT EXISTS"
                " (SELECT 1 FROM pg_policies p WHERE p.tablename = relname"
                " AND p.roles = '{switchboard_app}' AND p.cmd = 'ALL' AND p.qual LIKE"
                " '(%id = (NULLIF(current_setting(''app.org_id''::text, true),"
                " ''''::text))::uuid)' AND p.with_check IS NULL)",
                "has no policy for switchboard_app");
    expect_none("SELECT relname FROM " TABLES " WHERE NOT EXISTS"
                " (SELECT 1 FROM pg_policies p WHERE p.tablename = relname"
                " AND p.roles = '{switchboard_system}' AND p.qual = 'true')",
                "has no policy for switchboard_system");
}

Test(catalogue, nothing_else_opens_a_tenant_table)
{
    expect_none(
        "SELECT p.tablename || '.' || p.policyname FROM pg_policies p JOIN " TABLES
        " ON relname = p.tablename WHERE tenant AND p.policyname NOT IN"
        " ('one_tenant', 'whole_system')",
        "is a policy that sb_tenant_table() did not make");
    expect_none("SELECT rolname FROM pg_roles WHERE rolname LIKE 'switchboard\\_%'"
                " AND (rolsuper OR rolbypassrls OR rolcanlogin)",
                "has more power than it should");
    expect_none("SELECT relname FROM " TABLES " JOIN pg_roles r ON r.oid = relowner"
                " WHERE r.rolname IN ('switchboard_app', 'switchboard_system')",
                "is owned by a worker's role");
    expect_none("SELECT table_name FROM information_schema.role_table_grants"
                " WHERE grantee = 'PUBLIC' AND table_schema = 'public'",
                "is granted to everybody");
    expect_none("SELECT viewname FROM pg_views WHERE schemaname = 'public'",
                "is a view, which reads with its owner's rights");
    expect_none("SELECT proname FROM pg_proc WHERE prosecdef"
                " AND pronamespace = 'public'::regnamespace",
                "is SECURITY DEFINER, which reads with its owner's rights");
}

Test(catalogue, every_key_of_a_tenant_table_begins_with_the_organisation)
{
    expect_none("SELECT relname FROM " TABLES " JOIN pg_index i ON i.indrelid = t.oid"
                " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]"
                " WHERE tenant AND relname <> 'organizations' AND i.indisprimary"
                " AND a.attname <> 'org_id'",
                "has a primary key that does not begin with org_id");
    expect_none(
        "SELECT relname FROM " TABLES " WHERE tenant AND NOT EXISTS"
        " (SELECT 1 FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)",
        "has no primary key");
}

/* ---- trying to get across ---- */

struct neighbours {
    struct sb_db *db;
    TALLOC_CTX *mem;
    char *mine, *theirs;
};

static char *new_org(const char *name)
{
    char sql[400];

    (void)snprintf(sql, sizeof(sql),
                   "SET ROLE switchboard_system;"
                   "WITH o AS (INSERT INTO organizations (slug, name) VALUES"
                   " ('%s-%d', 'x') RETURNING id, slug),"
                   " a AS (INSERT INTO agents (org_id, slug, vertical) SELECT id, slug,"
                   " 'golf' FROM o), j AS (INSERT INTO jobs (org_id, kind) SELECT id,"
                   " 'wall' FROM o), x AS (INSERT INTO outbox (org_id, kind, key,"
                   " payload) SELECT id, 'page', 'k', '{}' FROM o) SELECT id FROM o",
                   name, (int)getpid());
    return sb_test_db_value(sb_test_db_url(), sql);
}

static struct neighbours move_in(void)
{
    struct sb_db_conf conf = {
        .url = sb_test_db_url(), .connections = 1, .role = SB_DB_ROLE};
    struct neighbours n = {.mem = talloc_new(NULL)};
    struct sb_err err = {0};

    cr_assert_eq(sb_db_new(sb_loop_current(), &conf, &n.db, &err), 0, "%s", err.msg);
    n.mine = new_org("mine");
    n.theirs = new_org("theirs");
    return n;
}

static void move_out(struct neighbours *n)
{
    talloc_free(n->mem);
    sb_db_free(n->db);
    free(n->mine);
    free(n->theirs);
}

/* How many rows a statement touches as `org`, or the failure's code. */
static int64_t rows_as(const struct neighbours *n, const char *org, const char *sql,
                       const char *param)
{
    struct sb_stmt stmt = {"wall", sql};
    const struct sb_rows *rows;
    struct sb_err err = {0};
    int rc = sb_db_run(n->db, n->mem, org, &stmt, &rows, &err, sb_p_str(param));

    return rc ? rc : sb_rows_affected(rows);
}

static const char *const OWNED[] = {"agents", "jobs", "outbox"};

static void stay_apart(void *arg)
{
    struct neighbours n = move_in();
    size_t i;

    (void)arg;
    for (i = 0; i < sizeof(OWNED) / sizeof(*OWNED); i++) {
        const char *table = OWNED[i];
        char *select =
            talloc_asprintf(n.mem, "SELECT 1 FROM %s WHERE org_id = $1", table);
        char *update = talloc_asprintf(
            n.mem, "UPDATE %s SET created_at = now() WHERE org_id = $1", table);
        char *delete =
            talloc_asprintf(n.mem, "DELETE FROM %s WHERE org_id = $1", table);
        char *all = talloc_asprintf(n.mem, "SELECT 1 FROM %s WHERE $1 <> ''", table);
        char *move = talloc_asprintf(n.mem, "UPDATE %s SET org_id = $1", table);

        cr_expect_eq(rows_as(&n, n.mine, select, n.mine), 1);
        cr_expect_eq(rows_as(&n, n.mine, select, n.theirs), 0);
        cr_expect_eq(rows_as(&n, n.mine, all, "x"), 1);
        cr_expect_eq(rows_as(&n, n.mine, update, n.theirs), 0);
        cr_expect_eq(rows_as(&n, n.mine, delete, n.theirs), 0);
        cr_expect_eq(rows_as(&n, n.mine, move, n.theirs), SB_EREFUSED);
        cr_expect_eq(rows_as(&n, NULL, all, "x"), 0, "no organisation: no rows");
        cr_expect_eq(rows_as(&n, "system", select, n.theirs), 1);
        cr_expect_eq(rows_as(&n, n.mine, all, "x"), 1, "the scope does not stick");
    }
    cr_expect_eq(rows_as(&n, n.mine, "SELECT 1 FROM organizations WHERE $1 <> ''", "x"),
                 1);
    cr_expect_eq(rows_as(&n, n.mine,
                         "INSERT INTO outbox (org_id, kind, key, payload)"
                         " VALUES ($1, 'page', 'planted', '{}')",
                         n.theirs),
                 SB_EREFUSED);
    cr_expect_eq(rows_as(&n, n.mine, "DELETE FROM organizations WHERE id = $1", n.mine),
                 SB_EREFUSED);
    cr_expect_eq(rows_as(&n, n.mine, "INSERT INTO settings VALUES ($1, '1')", "k"),
                 SB_EREFUSED);
    move_out(&n);
}

Test(tenancy, nobody_reads_changes_or_plants_across)
{
    sb_test_run(stay_apart, NULL);
}

static void every_table(void *arg)
{
    static const struct sb_stmt LIST = {
        "list", "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid ="
                " c.oid WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN"
                " ('r', 'p') AND a.attname = 'org_id'"};
    struct neighbours n = move_in();
    const struct sb_rows *tables;
    struct sb_err err = {0};
    size_t i;

    (void)arg;
    cr_assert_eq(sb_db_run(n.db, n.mem, NULL, &LIST, &tables, &err), 0, "%s", err.msg);
    cr_assert_geq(sb_rows_count(tables), 3);
    for (i = 0; i < sb_rows_count(tables); i++) {
        const char *table = sb_row_str(tables, i, "relname");
        char *others =
            talloc_asprintf(n.mem, "SELECT 1 FROM %s WHERE org_id <> $1", table);
        char *nobody = talloc_asprintf(n.mem, "SELECT 1 FROM %s WHERE $1 <> ''", table);

        cr_expect_eq(rows_as(&n, n.mine, others, n.mine), 0, "%s leaks", table);
        cr_expect_eq(rows_as(&n, NULL, nobody, "x"), 0, "%s leaks", table);
    }
    move_out(&n);
}

Test(tenancy, no_table_shows_rows_of_others)
{
    sb_test_run(every_table, NULL);
}
