/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool and its transactions, on a real PostgreSQL.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/crypto.h"
#include "base/task.h"
#include "store/migrate.h"
#include "store/pg.h"
#include "store/pool.h"
#include "support/intask.h"
#include "support/testdb.h"

/* Each test has a table of its own, named after its process. */
static char table_name[32];

static struct sb_db *open_pool(int connections, int statement_ms)
{
    struct sb_db_conf conf = {.url = sb_test_db_url(),
                              .connections = connections,
                              .statement_ms = statement_ms,
                              .role = SB_DB_ROLE};
    struct sb_err err = {0};
    struct sb_db *db;

    cr_assert_eq(sb_db_new(sb_loop_current(), &conf, &db, &err), 0, "%s", err.msg);
    cr_assert_eq(sb_db_wait_up(db, 10000, &err), 0, "%s", err.msg);
    return db;
}

static void make_table(void)
{
    char sql[600];

    (void)snprintf(table_name, sizeof(table_name), "t%d", (int)getpid());
    (void)snprintf(
        sql, sizeof(sql),
        "CREATE TABLE %s (id int PRIMARY KEY, word text CHECK (word <> 'bad'),"
        " late int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
        "GRANT ALL ON %s TO " SB_DB_ROLE,
        table_name, table_name);
    sb_test_db_sql(sb_test_db_url(), sql);
}

static struct sb_stmt on_table(TALLOC_CTX *mem, const char *name, const char *format)
{
    char *sql = talloc_strdup(mem, format), *at = strstr(sql, "TABLE");

    *at = '\0';
    return (struct sb_stmt){
        name, talloc_asprintf(mem, "%s%s%s", sql, table_name, at + strlen("TABLE"))};
}

static const struct sb_stmt ECHO = {"echo", "SELECT $1::text AS said"};

/* Other tests sleep in the same database at the same time: ours says who it is. */
static const struct sb_stmt *sleep_stmt(void)
{
    static char sql[64];
    static const struct sb_stmt STMT = {"sleep", sql};

    (void)snprintf(sql, sizeof(sql), "SELECT pg_sleep(30), %d", (int)getpid());
    return &STMT;
}

static const struct sb_stmt BACKEND = {"backend", "SELECT pg_backend_pid() AS pid"};

/* The pool works: the same questions get their right answers, several at a time. */
static void assert_healthy(struct sb_db *db)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    const struct sb_rows *rows;
    int i;

    for (i = 0; i < 20; i++) {
        char *word = talloc_asprintf(mem, "word %d", i);

        cr_assert_eq(sb_db_run(db, mem, NULL, &ECHO, &rows, &err, sb_p_str(word)), 0,
                     "%s", err.msg);
        cr_assert_str_eq(sb_row_str(rows, 0, "said"), word);
    }
    talloc_free(mem);
}

static void read_every_type(void *arg)
{
    static const struct sb_stmt TYPES = {
        "types",
        "SELECT $1::text AS t, $2::bigint AS i, $3::float8 AS n, $4::bool AS b,"
        " $5::timestamptz AS at, $6::bytea AS raw, $7::text AS nothing"};
    static const uint8_t RAW[] = {0, 1, 0xff, '\\', '\'', 0};
    struct sb_db *db = open_pool(2, 0);
    TALLOC_CTX *mem = talloc_new(NULL);
    const struct sb_rows *rows;
    struct sb_err err = {0};
    size_t len;

    (void)arg;
    cr_assert_eq(sb_db_run(db, mem, NULL, &TYPES, &rows, &err,
                           sb_p_str("zo\xc3\xab 'x'"), sb_p_int(INT64_MIN),
                           sb_p_num(0.1), sb_p_bool(true), sb_p_time(1795225425123),
                           sb_p_bytes(RAW, sizeof(RAW)), sb_p_opt("")),
                 0, "%s", err.msg);
    cr_expect_eq(sb_rows_count(rows), 1);
    cr_expect_str_eq(sb_row_str(rows, 0, "t"), "zo\xc3\xab 'x'");
    cr_expect_eq(sb_row_int(rows, 0, "i"), INT64_MIN);
    cr_expect_eq(sb_row_num(rows, 0, "n"), 0.1);
    cr_expect(sb_row_bool(rows, 0, "b"));
    cr_expect_eq(sb_row_time(rows, 0, "at"), 1795225425123);
    cr_expect_eq(memcmp(sb_row_bytes(mem, rows, 0, "raw", &len), RAW, sizeof(RAW)), 0);
    cr_expect_eq(len, sizeof(RAW));
    cr_expect(sb_row_null(rows, 0, "nothing"));
    cr_expect_null(sb_row_str(rows, 0, "nothing"));
    cr_expect_eq(sb_row_int(rows, 0, "nothing"), 0);
    cr_expect_str_eq(sb_row_dup(mem, rows, 0, "nothing"), "");
    talloc_free(mem);
    sb_db_free(db);
}

Test(pg, reads_every_type_back)
{
    sb_test_run(read_every_type, NULL);
}

static void pipeline(void *arg)
{
    struct sb_db *db = open_pool(2, 0);
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_stmt insert =
        on_table(mem, "insert", "INSERT INTO TABLE (id, word) VALUES ($1, $2)");
    struct sb_stmt select =
        on_table(mem, "select", "SELECT id, word FROM TABLE ORDER BY id");
    struct sb_err err = {0};
    struct sb_tx *tx;
    int first, last, i;

    (void)arg;
    cr_assert_eq(sb_tx_begin(db, mem, NULL, &tx, &err), 0);
    first = sb_tx_add(tx, &insert, sb_p_int(1), sb_p_str("one"));
    for (i = 2; i <= 500; i++)
        (void)sb_tx_add(tx, &insert, sb_p_int(i), sb_p_null());
    last = sb_tx_add(tx, &select);
    cr_assert_eq(sb_tx_commit(tx, &err), 0, "%s", err.msg);
    cr_expect_eq(sb_rows_affected(sb_tx_rows(tx, first)), 1);
    cr_expect_eq(sb_rows_count(sb_tx_rows(tx, last)), 500);
    cr_expect_str_eq(sb_row_str(sb_tx_rows(tx, last), 0, "word"), "one");
    cr_expect(sb_row_null(sb_tx_rows(tx, last), 499, "word"));
    talloc_free(mem);
    sb_db_free(db);
}

Test(pg, runs_a_pipeline_and_keeps_each_result, .init = make_table)
{
    sb_test_run(pipeline, NULL);
}

struct failing {
    const char *insert; /* the second of three statements, after (1, 'good') */
    const char *param;
    int code;
    const char *sqlstate;
};

static void fail_in_the_middle(void *arg)
{
    const struct failing *failing = arg;
    struct sb_db *db = open_pool(1, 0);
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_stmt good =
        on_table(mem, "good", "INSERT INTO TABLE (id, word) VALUES ($1, 'good')");
    struct sb_stmt bad = on_table(mem, "bad", failing->insert);
    struct sb_stmt count = on_table(mem, "count", "SELECT count(*) AS n FROM TABLE");
    const struct sb_rows *rows;
    struct sb_err err = {0};
    struct sb_tx *tx;

    cr_assert_eq(sb_tx_begin(db, mem, NULL, &tx, &err), 0);
    (void)sb_tx_add(tx, &good, sb_p_int(1));
    (void)sb_tx_add(tx, &bad, sb_p_str(failing->param));
    (void)sb_tx_add(tx, &good, sb_p_int(3));
    cr_expect_eq(sb_tx_commit(tx, &err), failing->code, "%s", err.msg);
    cr_expect_eq(err.code, failing->code);
    cr_expect_str_eq(sb_tx_sqlstate(tx), failing->sqlstate);
    cr_expect_null(strstr(err.msg, "quoted"), "%s", err.msg);
    sb_tx_free(tx);
    memset(&err, 0, sizeof(err));
    cr_assert_eq(sb_db_run(db, mem, NULL, &count, &rows, &err), 0, "%s", err.msg);
    cr_expect_eq(sb_row_int(rows, 0, "n"), 0);
    assert_healthy(db);
    talloc_free(mem);
    sb_db_free(db);
}

Test(pg, a_failure_undoes_everything_and_has_its_code, .init = make_table)
{
    static const struct failing CASES[] = {
        {"INSERT INTO TABLE (id, word) VALUES (1, $1)", "twice", SB_ECONFLICT, "23505"},
        {"INSERT INTO TABLE (id, word) VALUES (2, $1)", "bad", SB_EINVAL, "23514"},
        {"INSERT INTO TABLE (id) VALUES ($1::text::int)", "quoted", SB_EINVAL, "22P02"},
        {"INSERT INTO TABLE (id, word) VALUES (NULL, $1)", "x", SB_EINVAL, "23502"},
        {"INSERT INTO TABLE (nonsense) VALUES ($1)", "x", SB_EINTERNAL, "42703"},
        {"INSERT INTO TABLE (id, word, late) VALUES (4, $1, 7), (5, 'x', 7)", "x",
         SB_ECONFLICT, "23505"}, /* deferred: fails at the commit itself */
        {"INSERT INTO schema_migrations SELECT 1 FROM TABLE WHERE word = $1", "x",
         SB_EREFUSED, "42501"},
    };
    size_t i;

    for (i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        struct failing failing = CASES[i];

        sb_test_run(fail_in_the_middle, &failing);
    }
}

static void read_then_write(void *arg)
{
    struct sb_db *db = open_pool(2, 0);
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_stmt insert =
        on_table(mem, "insert", "INSERT INTO TABLE (id, late) VALUES ($1, $2)");
    struct sb_stmt most =
        on_table(mem, "most", "SELECT coalesce(max(id), 0) AS most FROM TABLE");
    const struct sb_rows *rows;
    struct sb_err err = {0};
    struct sb_tx *tx;
    int index, i;

    (void)arg;
    for (i = 1; i <= 3; i++) {
        cr_assert_eq(sb_tx_begin(db, mem, NULL, &tx, &err), 0);
        (void)sb_tx_add(tx, &insert, sb_p_int(i * 10), sb_p_int(i));
        index = sb_tx_add(tx, &most);
        cr_assert_eq(sb_tx_flush(tx, &err), 0, "%s", err.msg);
        cr_expect_eq(sb_row_int(sb_tx_rows(tx, index), 0, "most"), i * 10);
        (void)sb_tx_add(tx, &insert,
                        sb_p_int(sb_row_int(sb_tx_rows(tx, index), 0, "most") + 1),
                        sb_p_null());
        cr_assert_eq(sb_tx_commit(tx, &err), 0, "%s", err.msg);
        sb_tx_free(tx);
    }
    cr_assert_eq(sb_db_run(db, mem, NULL, &most, &rows, &err), 0);
    cr_expect_eq(sb_row_int(rows, 0, "most"), 31);
    /* Left open, failed after the flush, and failed at the commit: nothing stays. */
    for (i = 0; i < 3; i++) {
        cr_assert_eq(sb_tx_begin(db, mem, NULL, &tx, &err), 0);
        (void)sb_tx_add(tx, &insert, sb_p_int(100), i == 2 ? sb_p_int(1) : sb_p_null());
        cr_assert_eq(sb_tx_flush(tx, &err), 0, "%s", err.msg);
        if (i == 1) {
            (void)sb_tx_add(tx, &insert, sb_p_int(100), sb_p_null());
            cr_expect_eq(sb_tx_flush(tx, &err), SB_ECONFLICT);
            cr_expect_eq(sb_tx_commit(tx, &err), SB_ECONFLICT);
        }
        if (i == 2)
            cr_expect_eq(sb_tx_commit(tx, &err), SB_ECONFLICT);
        sb_tx_free(tx);
        cr_assert_eq(sb_db_run(db, mem, NULL, &most, &rows, &err), 0);
        cr_expect_eq(sb_row_int(rows, 0, "most"), 31);
    }
    assert_healthy(db);
    talloc_free(mem);
    sb_db_free(db);
}

Test(pg, looks_before_it_writes_in_one_transaction, .init = make_table)
{
    sb_test_run(read_then_write, NULL);
}

static void statement_deadline(void *arg)
{
    struct sb_db *db = open_pool(1, 100);
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};

    (void)arg;
    cr_expect_eq(sb_db_run(db, mem, NULL, sleep_stmt(), NULL, &err), SB_ETIMEDOUT, "%s",
                 err.msg);
    assert_healthy(db);
    talloc_free(mem);
    sb_db_free(db);
}

Test(pg, a_statement_has_a_deadline)
{
    sb_test_run(statement_deadline, NULL);
}

static void task_deadline(void *arg)
{
    struct sb_db *db = open_pool(1, 0);
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    int64_t before = sb_task_deadline_push(50);

    (void)arg;
    cr_expect_eq(sb_db_run(db, mem, NULL, sleep_stmt(), NULL, &err), SB_ETIMEDOUT);
    sb_task_deadline_pop(before);
    assert_healthy(db);
    talloc_free(mem);
    sb_db_free(db);
}

Test(pg, a_task_s_deadline_ends_the_statement_too)
{
    sb_test_run(task_deadline, NULL);
}

struct sleeper {
    struct sb_db *db;
    bool flush;
    int rc;
};

static void run_sleeper(void *arg)
{
    struct sleeper *sleeper = arg;
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct sb_tx *tx;

    (void)sb_tx_begin(sleeper->db, mem, NULL, &tx, &err);
    (void)sb_tx_add(tx, sleep_stmt());
    sleeper->rc = sleeper->flush ? sb_tx_flush(tx, &err) : sb_tx_commit(tx, &err);
    talloc_free(mem);
}

/* Suspends until the backend of our sleeper sleeps; `what` is asked of it then. */
static void wait_asleep(const char *what)
{
    char sql[300], *asleep = strdup("");

    (void)snprintf(sql, sizeof(sql),
                   "SELECT count(%s) > 0 FROM pg_stat_activity WHERE query = '%s'"
                   " AND wait_event = 'PgSleep'",
                   what, sleep_stmt()->sql);
    while (strcmp(asleep, "t") != 0) {
        free(asleep);
        cr_assert_eq(sb_sleep(2), 0);
        asleep = sb_test_db_value(sb_test_db_url(), sql);
    }
    free(asleep);
}

static void cancel_a_sleeper(void *arg)
{
    const bool *flush = arg;
    struct sleeper sleeper = {.db = open_pool(1, 0), .flush = *flush, .rc = 1};
    struct sb_task *task =
        sb_task_ref(sb_task_spawn(sb_loop_current(), "sleeper", run_sleeper, &sleeper));
    const struct sb_rows *rows;
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    int64_t before, after;

    cr_assert_eq(sb_db_run(sleeper.db, mem, NULL, &BACKEND, &rows, &err), 0);
    before = sb_row_int(rows, 0, "pid");
    wait_asleep("*");
    sb_task_cancel(task);
    cr_assert_eq(sb_task_join(task, 5000), 0);
    cr_expect_eq(sleeper.rc, SB_ECANCELED);
    sb_task_unref(task);
    assert_healthy(sleeper.db);
    cr_assert_eq(sb_db_run(sleeper.db, mem, NULL, &BACKEND, &rows, &err), 0);
    after = sb_row_int(rows, 0, "pid");
    cr_expect_eq(before, after, "the connection was thrown away");
    talloc_free(mem);
    sb_db_free(sleeper.db);
}

Test(pg, a_cancelled_statement_leaves_its_connection_healthy)
{
    bool flush = false;

    sb_test_run(cancel_a_sleeper, &flush);
    flush = true;
    sb_test_run(cancel_a_sleeper, &flush);
}

static void killed_while_open(void *arg)
{
    struct sb_db *db = open_pool(2, 0);
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_stmt insert =
        on_table(mem, "insert", "INSERT INTO TABLE (id) VALUES ($1)");
    struct sb_stmt count = on_table(mem, "count", "SELECT count(*) AS n FROM TABLE");
    const struct sb_rows *rows;
    struct sb_err err = {0};
    struct sb_tx *tx;
    char sql[100];
    int index;

    (void)arg;
    cr_assert_eq(sb_tx_begin(db, mem, NULL, &tx, &err), 0);
    (void)sb_tx_add(tx, &insert, sb_p_int(1));
    index = sb_tx_add(tx, &BACKEND);
    cr_assert_eq(sb_tx_flush(tx, &err), 0);
    (void)snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%d, 5000)",
                   (int)sb_row_int(sb_tx_rows(tx, index), 0, "pid"));
    sb_test_db_sql(sb_test_db_url(), sql);
    (void)sb_tx_add(tx, &insert, sb_p_int(2));
    cr_expect_eq(sb_tx_commit(tx, &err), SB_EUNAVAILABLE, "%s", err.msg);
    sb_tx_free(tx);
    cr_assert_eq(sb_db_run(db, mem, NULL, &count, &rows, &err), 0, "%s", err.msg);
    cr_expect_eq(sb_row_int(rows, 0, "n"), 0);
    talloc_free(mem);
    sb_db_free(db);
}

Test(pg, a_killed_backend_fails_its_transaction_and_no_other, .init = make_table)
{
    sb_test_run(killed_while_open, NULL);
}

static void killed_in_statement(void *arg)
{
    struct sleeper sleeper = {.db = open_pool(1, 0), .rc = 1};
    struct sb_task *task =
        sb_task_ref(sb_task_spawn(sb_loop_current(), "sleeper", run_sleeper, &sleeper));

    (void)arg;
    wait_asleep("pg_terminate_backend(pid)");
    cr_assert_eq(sb_task_join(task, 5000), 0);
    cr_expect_eq(sleeper.rc, SB_EUNAVAILABLE);
    sb_task_unref(task);
    assert_healthy(sleeper.db);
    sb_db_free(sleeper.db);
}

Test(pg, a_backend_killed_in_a_statement_is_replaced)
{
    sb_test_run(killed_in_statement, NULL);
}

struct crowd {
    struct sb_db *db;
    int done;
};

static int one_of_many(void *arg, size_t index)
{
    struct crowd *crowd = arg;
    TALLOC_CTX *mem = talloc_new(NULL);
    char *word = talloc_asprintf(mem, "%zu", index);
    const struct sb_rows *rows;
    struct sb_err err = {0};
    int rc = sb_db_run(crowd->db, mem, NULL, &ECHO, &rows, &err, sb_p_str(word));

    if (!rc && strcmp(sb_row_str(rows, 0, "said"), word) == 0)
        crowd->done++;
    talloc_free(mem);
    return rc;
}

static void many_at_once(void *arg)
{
    struct crowd crowd = {.db = open_pool(3, 0)};

    (void)arg;
    cr_expect_eq(sb_each("crowd", one_of_many, &crowd, 2000, 200), 0);
    cr_expect_eq(crowd.done, 2000);
    sb_db_free(crowd.db);
}

Test(pg, many_tasks_share_few_connections)
{
    sb_test_run(many_at_once, NULL);
}

static void same_name_twice(void *arg)
{
    static const struct sb_stmt ONE = {"same", "SELECT 1 AS n"},
                                TWO = {"same", "SELECT 2 AS n"};
    struct sb_db *db = open_pool(1, 0);
    TALLOC_CTX *mem = talloc_new(NULL);
    const struct sb_rows *rows;
    struct sb_err err = {0};

    (void)arg;
    cr_assert_eq(sb_db_run(db, mem, NULL, &ONE, &rows, &err), 0, "%s", err.msg);
    cr_expect_eq(sb_row_int(rows, 0, "n"), 1);
    cr_assert_eq(sb_db_run(db, mem, NULL, &TWO, &rows, &err), 0, "%s", err.msg);
    cr_expect_eq(sb_row_int(rows, 0, "n"), 2);
    talloc_free(mem);
    sb_db_free(db);
}

Test(pg, statements_of_one_name_do_not_mix)
{
    sb_test_run(same_name_twice, NULL);
}

static void changed_table(void *arg)
{
    struct sb_db *db = open_pool(1, 0);
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_stmt all = on_table(mem, "all", "SELECT * FROM TABLE");
    struct sb_err err = {0};
    char sql[100];

    (void)arg;
    cr_assert_eq(sb_db_run(db, mem, NULL, &all, NULL, &err), 0);
    (void)snprintf(sql, sizeof(sql), "ALTER TABLE %s ADD COLUMN more int", table_name);
    sb_test_db_sql(sb_test_db_url(), sql);
    (void)sb_db_run(db, mem, NULL, &all, NULL, &err); /* this one may fail */
    memset(&err, 0, sizeof(err));
    cr_expect_eq(sb_db_run(db, mem, NULL, &all, NULL, &err), 0, "%s", err.msg);
    talloc_free(mem);
    sb_db_free(db);
}

Test(pg, a_changed_table_is_noticed_after_one_failure, .init = make_table)
{
    sb_test_run(changed_table, NULL);
}

static void nobody_answers(void *arg)
{
    struct sb_db_conf conf = {.url = "host=/nonexistent user=x", .connect_ms = 80};
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct sb_db *db;

    (void)arg;
    cr_assert_eq(sb_db_new(sb_loop_current(), &conf, &db, &err), 0);
    cr_expect_eq(sb_db_wait_up(db, 20, &err), SB_ETIMEDOUT);
    cr_expect_not(sb_db_is_up(db));
    cr_expect_eq(sb_db_run(db, mem, NULL, &ECHO, NULL, &err, sb_p_str("x")),
                 SB_EUNAVAILABLE);
    cr_expect_not_null(strstr(err.msg, "cannot connect"), "%s", err.msg);
    talloc_free(mem);
    sb_db_free(db);
}

Test(pg, a_server_that_is_not_there_is_unavailable)
{
    sb_test_run(nobody_answers, NULL);
}

static void bad_arguments(void *arg)
{
    struct sb_db_conf conf = {.url = "this is = not ' a url"};
    struct sb_db *db = open_pool(1, 0);
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct sb_db *none;
    struct sb_tx *tx;

    (void)arg;
    cr_expect_eq(sb_db_new(sb_loop_current(), &conf, &none, &err), SB_EINVAL);
    cr_expect_eq(sb_tx_begin(db, mem, "' OR 1=1", &tx, &err), SB_EINVAL);
    cr_assert_eq(sb_tx_begin(db, mem, NULL, &tx, &err), 0);
    cr_expect_eq(sb_tx_commit(tx, &err), 0, "an empty transaction is fine");
    talloc_free(mem);
    sb_db_free(db);
}

Test(pg, refuses_bad_arguments)
{
    sb_test_run(bad_arguments, NULL);
}
