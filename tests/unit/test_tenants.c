/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of tenants, and the outbox.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/task.h"
#include "store/migrate.h"
#include "store/outbox.h"
#include "store/pg.h"
#include "store/tenants.h"
#include "support/intask.h"
#include "support/testdb.h"

static struct sb_db *open_pool(void)
{
    struct sb_db_conf conf = {
        .url = sb_test_db_url(), .connections = 4, .role = SB_DB_ROLE};
    struct sb_err err = {0};
    struct sb_db *db;

    cr_assert_eq(sb_db_new(sb_loop_current(), &conf, &db, &err), 0, "%s", err.msg);
    return db;
}

/* Slugs of this test's own. */
static const char *slug(TALLOC_CTX *mem, const char *word)
{
    return talloc_asprintf(mem, "%s-%d", word, (int)getpid());
}

static struct sb_tenant_row two_agents(TALLOC_CTX *mem)
{
    struct sb_agent_row *agents = talloc_zero_array(mem, struct sb_agent_row, 2);
    struct sb_tenant_row row = {.slug = slug(mem, "fox"),
                                .name = "Fox Hollow",
                                .config = "{\"a\": 1}",
                                .origin = "file",
                                .hash = "h1",
                                .enabled = true,
                                .agents = agents,
                                .agent_count = 2};

    agents[0].slug = slug(mem, "front");
    agents[0].name = "Robin";
    agents[0].vertical = "golf";
    agents[0].config = "{\"x\": [1, 2]}";
    agents[1] = agents[0];
    agents[1].slug = slug(mem, "night");
    return row;
}

static struct sb_tenant_change put(struct sb_db *db, TALLOC_CTX *mem,
                                   const struct sb_tenant_row *row)
{
    struct sb_tenant_change change;
    struct sb_err err = {0};

    cr_assert_eq(sb_tenant_put(db, mem, row, &change, &err), 0, "%s", err.msg);
    return change;
}

static struct sb_agent_row agent(struct sb_db *db, TALLOC_CTX *mem, const char *ref)
{
    struct sb_agent_row row;
    struct sb_err err = {0};

    cr_assert_eq(sb_agent_row(db, mem, ref, &row, &err), 0, "%s", err.msg);
    return row;
}

static void put_twice(void *arg)
{
    struct sb_db *db = open_pool();
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tenant_row row = two_agents(mem), got;
    struct sb_tenant_change change = put(db, mem, &row);
    struct sb_agent_row first = agent(db, mem, row.agents[0].slug), again;
    struct sb_err err = {0};

    (void)arg;
    cr_expect(change.created && change.changed);
    cr_expect_eq(change.agent_count, 2);
    cr_expect_str_eq(first.org, change.org);
    cr_expect_str_eq(first.config, "{\"x\": [1, 2]}");
    cr_expect_str_eq(first.org_config, "{\"a\": 1}");
    cr_expect_str_eq(first.org_slug, row.slug);
    cr_expect(first.enabled);
    again = agent(db, mem, first.id);
    cr_expect_str_eq(again.slug, first.slug, "found by UUID as well");

    row.config = "{  \"a\":1}"; /* the same, written otherwise */
    change = put(db, mem, &row);
    cr_expect(!change.created && !change.changed && change.agent_count == 0);
    row.hash = "h2"; /* a comment in the file */
    change = put(db, mem, &row);
    cr_expect(change.changed && change.agent_count == 0);
    cr_expect_eq(agent(db, mem, first.id).version, first.version);
    cr_assert_eq(sb_tenant_get(db, mem, row.slug, &got, &err), 0);
    cr_expect_str_eq(got.hash, "h2");
    cr_expect_eq(got.agent_count, 2);
    talloc_free(mem);
    sb_db_free(db);
}

Test(tenants, putting_the_same_again_moves_no_version)
{
    sb_test_run(put_twice, NULL);
}

static void change_parts(void *arg)
{
    struct sb_db *db = open_pool();
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tenant_row row = two_agents(mem);
    struct sb_agent_row *agents =
        talloc_memdup(mem, row.agents, sizeof(struct sb_agent_row) * row.agent_count);
    struct sb_agent_row front, night;
    struct sb_tenant_change change;

    (void)arg;
    row.agents = agents;
    (void)put(db, mem, &row);
    front = agent(db, mem, agents[0].slug);
    night = agent(db, mem, agents[1].slug);

    agents[1].config = "{\"x\": [3]}";
    change = put(db, mem, &row);
    cr_assert_eq(change.agent_count, 1);
    cr_expect_str_eq(change.agents[0], night.id);
    cr_expect_gt(agent(db, mem, night.id).version, night.version);
    cr_expect_eq(agent(db, mem, front.id).version, front.version);

    row.config = "{\"a\": 2}"; /* the business: both agents are new */
    change = put(db, mem, &row);
    cr_expect_eq(change.agent_count, 2);
    cr_expect_gt(agent(db, mem, front.id).version, front.version);

    row.agent_count = 1; /* night goes from the file: off, not deleted */
    change = put(db, mem, &row);
    cr_expect_eq(change.agent_count, 1);
    cr_expect_not(agent(db, mem, night.id).enabled);
    cr_expect(agent(db, mem, front.id).enabled);
    row.agent_count = 2;
    (void)put(db, mem, &row);
    cr_expect(agent(db, mem, night.id).enabled);
    cr_expect_str_eq(agent(db, mem, night.slug).id, night.id);
    talloc_free(mem);
    sb_db_free(db);
}

Test(tenants, a_version_rises_with_each_change_of_its_own_or_its_business)
{
    sb_test_run(change_parts, NULL);
}

static void quarrel(void *arg)
{
    struct sb_db *db = open_pool();
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tenant_row row = two_agents(mem), other = row;
    struct sb_err err = {0};

    (void)arg;
    (void)put(db, mem, &row);
    other.slug = slug(mem, "badger");
    cr_expect_eq(sb_tenant_put(db, mem, &other, NULL, &err), SB_ECONFLICT);
    cr_expect_not_null(strstr(err.msg, row.agents[0].slug), "%s", err.msg);
    cr_expect_eq(sb_tenant_get(db, mem, other.slug, &other, &err), SB_ENOTFOUND,
                 "nothing of it may stay");
    row.origin = "api";
    cr_expect_eq(sb_tenant_put(db, mem, &row, NULL, &err), SB_ECONFLICT);
    row.origin = "file";
    row.slug = "Not A Slug";
    cr_expect_eq(sb_tenant_put(db, mem, &row, NULL, &err), SB_EINVAL);
    talloc_free(mem);
    sb_db_free(db);
}

Test(tenants, a_slug_that_is_somebody_else_s_is_refused)
{
    sb_test_run(quarrel, NULL);
}

static void come_and_go(void *arg)
{
    struct sb_db *db = open_pool();
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tenant_row row = two_agents(mem), *all;
    struct sb_tenant_change change;
    struct sb_agent_row missing, *rows;
    struct sb_err err = {0};
    const char *keep[] = {"nobody", row.slug};
    size_t count = 0;

    (void)arg;
    /* Other tests' file tenants live beside ours; they put theirs again as needed. */
    row.origin = "api";
    (void)put(db, mem, &row);
    cr_assert_eq(sb_tenant_list(db, mem, &all, &count, &err), 0);
    cr_expect_geq(count, 1);
    cr_assert_eq(sb_agent_rows(db, mem, &rows, &count, &err), 0);
    cr_expect_geq(count, 2);
    cr_assert_eq(sb_tenant_retire(db, mem, keep, 2, &change, &err), 0, "%s", err.msg);
    cr_expect(agent(db, mem, row.agents[0].slug).enabled, "only files are retired");
    cr_assert_eq(sb_tenant_delete(db, row.slug, &err), 0);
    cr_expect_eq(sb_agent_row(db, mem, row.agents[0].slug, &missing, &err),
                 SB_ENOTFOUND);
    cr_expect_eq(sb_tenant_delete(db, row.slug, &err), SB_ENOTFOUND);
    talloc_free(mem);
    sb_db_free(db);
}

static void retired_and_back(void *arg)
{
    struct sb_db *db = open_pool();
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tenant_row row = two_agents(mem);
    struct sb_tenant_change change;
    struct sb_err err = {0};

    (void)arg;
    (void)put(db, mem, &row);
    cr_assert_eq(sb_tenant_retire(db, mem, NULL, 0, &change, &err), 0, "%s", err.msg);
    cr_expect(change.changed);
    cr_expect_not(agent(db, mem, row.agents[0].slug).enabled);
    change = put(db, mem, &row);
    cr_expect_eq(change.agent_count, 2);
    cr_expect(agent(db, mem, row.agents[0].slug).enabled);
    cr_assert_eq(sb_tenant_delete(db, row.slug, &err), 0);
    talloc_free(mem);
    sb_db_free(db);
}

static void in_a_database_of_its_own(void (*body)(void *arg))
{
    char *url = sb_test_db_empty();
    struct sb_err err = {0};

    cr_assert_eq(sb_migrate(url, SB_SRCDIR "/sql", NULL, &err), 0, "%s", err.msg);
    (void)setenv("SB_TEST_DB_URL", url, 1);
    free(url);
    sb_test_run(body, NULL);
}

Test(tenants, are_listed_and_deleted)
{
    in_a_database_of_its_own(come_and_go);
}

Test(tenants, whose_file_went_away_are_switched_off_until_it_is_back)
{
    in_a_database_of_its_own(retired_and_back);
}

static int put_as_many(void *arg, size_t index)
{
    struct sb_db *db = arg;
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tenant_row row = two_agents(mem);
    struct sb_err err = {0};
    int rc = sb_tenant_put(db, mem, &row, NULL, &err);

    (void)index;
    talloc_free(mem);
    return rc;
}

static void put_at_once(void *arg)
{
    struct sb_db *db = open_pool();
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tenant_row row = two_agents(mem), got;
    struct sb_err err = {0};

    (void)arg;
    cr_expect_eq(sb_each("put", put_as_many, db, 40, 8), 0);
    cr_assert_eq(sb_tenant_get(db, mem, row.slug, &got, &err), 0);
    cr_expect_eq(got.agent_count, 2);
    talloc_free(mem);
    sb_db_free(db);
}

Test(tenants, workers_that_put_the_same_at_once_agree)
{
    sb_test_run(put_at_once, NULL);
}

/* ---- the outbox ---- */

static int add_page(struct sb_db *db, const char *org, const char *key)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    json_t *payload = json_pack("{s:s}", "who", "owner");
    struct sb_err err = {0};
    struct sb_tx *tx;
    int index, affected;

    cr_assert_eq(sb_tx_begin(db, mem, org, &tx, &err), 0);
    index = sb_outbox_add(tx, org, "page", key, payload);
    cr_assert_eq(sb_tx_commit(tx, &err), 0, "%s", err.msg);
    affected = (int)sb_rows_affected(sb_tx_rows(tx, index));
    json_decref(payload);
    talloc_free(mem);
    return affected;
}

static void outbox(void *arg)
{
    struct sb_db *db = open_pool();
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tenant_row row = two_agents(mem);
    struct sb_tenant_change change = put(db, mem, &row);
    struct sb_outbox_row *list;
    struct sb_err err = {0};
    size_t count;
    char sql[200];

    (void)arg;
    cr_expect_eq(add_page(db, change.org, "page:1"), 1);
    cr_expect_eq(add_page(db, change.org, "page:1"), 0, "the key makes it once");
    cr_expect_eq(add_page(db, change.org, "page:2"), 1);
    cr_assert_eq(sb_outbox_list(db, mem, change.org, SB_OUTBOX_WAITING, 0, 10, &list,
                                &count, &err),
                 0, "%s", err.msg);
    cr_assert_eq(count, 2);
    cr_expect_str_eq(list[0].key, "page:2");
    cr_expect_str_eq(list[0].payload, "{\"who\": \"owner\"}");
    (void)snprintf(sql, sizeof(sql),
                   "SET ROLE switchboard_system; UPDATE outbox SET dead_at = now(),"
                   " error = 'gone' WHERE id = %lld",
                   (long long)list[1].id);
    sb_test_db_sql(sb_test_db_url(), sql);
    cr_assert_eq(sb_outbox_list(db, mem, "system", SB_OUTBOX_DEAD, list[1].id + 1, 1,
                                &list, &count, &err),
                 0, "%s", err.msg);
    cr_assert_eq(count, 1);
    cr_expect_str_eq(list[0].error, "gone");
    cr_expect_eq(sb_outbox_revive(db, change.org, list[0].id, &err), 0);
    cr_expect_eq(sb_outbox_revive(db, change.org, list[0].id, &err), SB_ENOTFOUND);
    talloc_free(mem);
    sb_db_free(db);
}

Test(outbox, keeps_each_effect_once_and_shows_the_dead)
{
    sb_test_run(outbox, NULL);
}
