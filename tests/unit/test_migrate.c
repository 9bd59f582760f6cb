/* SPDX-License-Identifier: Apache-2.0
 *
 * Migrations, each test on an empty database and a folder of its own.
 */
#define _GNU_SOURCE /* asprintf */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/task.h"
#include "store/migrate.h"
#include "store/pg.h"
#include "store/tenants.h"
#include "support/intask.h"
#include "support/testdb.h"

static char folder[64];
static char *url;

static void set_up(void)
{
    (void)snprintf(folder, sizeof(folder), "/tmp/sb-sql-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    url = sb_test_db_empty();
}

static void tear_down(void)
{
    char command[100];

    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    cr_assert_eq(system(command), 0);
    free(url);
}

TestSuite(migrate, .init = set_up, .fini = tear_down);

static void put_file(const char *name, const char *text)
{
    char path[200];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "we");
    cr_assert_not_null(file);
    cr_assert_geq(fputs(text, file), 0);
    cr_assert_eq(fclose(file), 0);
}

static void expect_value(const char *sql, const char *wanted)
{
    char *value = sb_test_db_value(url, sql);

    cr_expect_str_eq(value, wanted, "%s gives %s", sql, value);
    free(value);
}

static void expect_refused(int code, const char *word)
{
    struct sb_err err = {0};

    cr_expect_eq(sb_migrate(url, folder, NULL, &err), code, "%d %s", err.code, err.msg);
    cr_expect_not_null(strstr(err.msg, word), "\"%s\" is not in \"%s\"", word, err.msg);
}

static int migrate(void)
{
    struct sb_err err = {0};
    int applied = -1;

    cr_assert_eq(sb_migrate(url, folder, &applied, &err), 0, "%s", err.msg);
    return applied;
}

Test(migrate, applies_each_file_once)
{
    put_file("0001_one.sql", "CREATE TABLE a (n int); INSERT INTO a VALUES (1);");
    put_file("0002_two.sql", "INSERT INTO a VALUES (2);");
    cr_expect_eq(migrate(), 2);
    cr_expect_eq(migrate(), 0);
    put_file("0003_three.sql", "INSERT INTO a VALUES (3);");
    put_file(".hidden.sql", "not SQL");
    put_file("README", "not SQL");
    cr_expect_eq(migrate(), 1);
    expect_value("SELECT string_agg(n::text, ',' ORDER BY n) FROM a", "1,2,3");
}

Test(migrate, refuses_an_old_file_that_was_changed)
{
    put_file("0001_one.sql", "SELECT 1;");
    cr_assert_eq(migrate(), 1);
    put_file("0001_one.sql", "SELECT 2;");
    expect_refused(SB_EINVAL, "0001_one.sql was changed");
}

Test(migrate, refuses_a_database_of_a_newer_version)
{
    char path[200];

    put_file("0001_one.sql", "SELECT 1;");
    put_file("0002_new.sql", "SELECT 1;");
    cr_assert_eq(migrate(), 2);
    (void)snprintf(path, sizeof(path), "%s/0002_new.sql", folder);
    cr_assert_eq(unlink(path), 0);
    expect_refused(SB_EINVAL, "0002_new.sql");
}

Test(migrate, refuses_a_file_that_comes_too_late)
{
    put_file("0001_one.sql", "SELECT 1;");
    put_file("0003_three.sql", "SELECT 1;");
    cr_assert_eq(migrate(), 2);
    put_file("0002_two.sql", "SELECT 1;");
    expect_refused(SB_EINVAL, "0002_two.sql");
}

Test(migrate, refuses_two_files_of_one_number)
{
    put_file("0001_one.sql", "SELECT 1;");
    put_file("0001_other.sql", "SELECT 1;");
    expect_refused(SB_EINVAL, "same number");
}

Test(migrate, refuses_a_strange_name_and_an_empty_folder)
{
    expect_refused(SB_ENOTFOUND, "no migrations");
    put_file("12_short.sql", "SELECT 1;");
    expect_refused(SB_EINVAL, "12_short.sql");
}

Test(migrate, undoes_a_file_that_fails_and_names_the_line)
{
    put_file("0001_one.sql", "CREATE TABLE a (n int);");
    put_file("0002_bad.sql", "CREATE TABLE b (n int);\n-- gr\xc3\xbc\xc3\x9f\n\n"
                             "INSERT INTO a VALUES (nonsense);\n");
    expect_refused(SB_EINTERNAL, "0002_bad.sql line 4");
    expect_value("SELECT to_regclass('b')", "");
    expect_value("SELECT count(*) FROM schema_migrations", "1");
    put_file("0002_bad.sql", "CREATE TABLE b (n int);");
    cr_expect_eq(migrate(), 1);
}

Test(migrate, refuses_a_file_that_ends_its_own_transaction)
{
    put_file("0001_one.sql", "SELECT 1; COMMIT;");
    expect_refused(SB_EINVAL, "its own transaction");
}

Test(migrate, runners_at_once_take_turns)
{
    int applied[6], pipes[2], i, total = 0;

    put_file("0001_one.sql", "CREATE TABLE a (n int); SELECT pg_sleep(0.1);");
    put_file("0002_two.sql", "CREATE TABLE b (n int);");
    cr_assert_eq(pipe(pipes), 0);
    for (i = 0; i < 6; i++) {
        if (fork() == 0) {
            struct sb_err err = {0};
            int count = -100;

            if (sb_migrate(url, folder, &count, &err) != 0)
                (void)fprintf(stderr, "%s\n", err.msg);
            _exit(write(pipes[1], &count, sizeof(count)) == sizeof(count) ? 0 : 1);
        }
    }
    for (i = 0; i < 6; i++) {
        cr_assert_eq(read(pipes[0], &applied[i], sizeof(applied[i])), sizeof(int));
        total += applied[i];
    }
    while (wait(NULL) > 0)
        ;
    cr_expect_eq(total, 2, "each file by one of them: %d", total);
}

Test(migrate, says_what_is_wrong_with_the_connection)
{
    struct sb_err err = {0};

    cr_expect_eq(sb_migrate("host=/nonexistent", SB_SRCDIR "/sql", NULL, &err),
                 SB_EUNAVAILABLE);
    cr_expect_not_null(strstr(err.msg, "cannot connect"), "%s", err.msg);
}

/* ---- a hosted database: no superuser ---- */

static void put_a_tenant(void *arg)
{
    struct sb_db_conf conf = {.url = arg, .connections = 1, .role = SB_DB_ROLE};
    const struct sb_agent_row agents[] = {
        {.slug = "front", .name = "x", .vertical = "golf", .config = "{}"}};
    const struct sb_tenant_row row = {.slug = "hosted",
                                      .name = "Hosted",
                                      .config = "{}",
                                      .origin = "api",
                                      .enabled = true,
                                      .agents = agents,
                                      .agent_count = 1};
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_agent_row got;
    struct sb_err err = {0};
    struct sb_db *db;

    cr_assert_eq(sb_db_new(sb_loop_current(), &conf, &db, &err), 0);
    cr_expect_eq(sb_tenant_put(db, mem, &row, NULL, &err), 0, "%s", err.msg);
    cr_expect_eq(sb_agent_row(db, mem, "front", &got, &err), 0, "%s", err.msg);
    talloc_free(mem);
    sb_db_free(db);
}

/* The same database for another user: a further word, or a query of the URI. */
static char *as_user(const char *user)
{
    const char *before = " user=";
    char *text = NULL;

    if (strstr(url, "://"))
        before = strchr(url, '?') ? "&user=" : "?user=";
    cr_assert_gt(asprintf(&text, "%s%s%s", url, before, user), 0);
    return text;
}

Test(migrate, needs_no_superuser_but_says_which_rights_are_missing)
{
    char *hosted = NULL, sql[300], user[40];
    struct sb_err err = {0};

    (void)snprintf(user, sizeof(user), "hosted_%d", (int)getpid());
    (void)snprintf(sql, sizeof(sql),
                   "CREATE ROLE %s LOGIN; DO $$ BEGIN EXECUTE format('ALTER DATABASE"
                   " %%I OWNER TO %s', current_database()); END $$",
                   user, user);
    sb_test_db_sql(url, sql);
    hosted = as_user(user);
    cr_expect_eq(sb_migrate(hosted, SB_SRCDIR "/sql", NULL, &err), SB_EAUTH);
    cr_expect_not_null(strstr(err.msg, "let an administrator run: CREATE ROLE"), "%s",
                       err.msg);
    (void)snprintf(sql, sizeof(sql), "GRANT switchboard_app, switchboard_system TO %s",
                   user);
    sb_test_db_sql(url, sql);
    memset(&err, 0, sizeof(err));
    cr_assert_eq(sb_migrate(hosted, SB_SRCDIR "/sql", NULL, &err), 0, "%s", err.msg);
    sb_test_run(put_a_tenant, hosted);
    (void)snprintf(sql, sizeof(sql),
                   "REASSIGN OWNED BY %s TO CURRENT_USER; DROP OWNED BY %s", user,
                   user);
    sb_test_db_sql(url, sql);
    (void)snprintf(sql, sizeof(sql), "DROP ROLE %s", user);
    sb_test_db_sql(url, sql);
    free(hosted);
}
