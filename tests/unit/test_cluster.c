/* SPDX-License-Identifier: Apache-2.0
 *
 * The embedded cluster: born, adopted, killed, recovered, refused.
 */
#define _GNU_SOURCE /* pipe2 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/task.h"
#include "store/cluster.h"
#include "store/pg.h"
#include "store/place.h"
#include "support/intask.h"
#include "support/testdb.h"

static char folder[64];

static void set_up(void)
{
    (void)snprintf(folder, sizeof(folder), "/tmp/sb-cluster-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chmod(folder, 0711), 0);
}

static void tear_down(void)
{
    char command[100];

    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(cluster, .init = set_up, .fini = tear_down);

static struct sb_cluster *start_at(const char *dir)
{
    struct sb_cluster *cluster;
    struct sb_err err = {0};

    cr_assert_eq(sb_cluster_start(dir, 60000, NULL, &cluster, &err), 0, "%s", err.msg);
    return cluster;
}

static struct sb_cluster *start(void)
{
    return start_at(folder);
}

static void end(struct sb_cluster *cluster)
{
    sb_cluster_stop(cluster);
    sb_cluster_free(cluster);
}

static bool is_up(const struct sb_cluster *cluster)
{
    return PQping(sb_cluster_url(cluster)) == PQPING_OK;
}

static void expect_rows(const struct sb_cluster *cluster, const char *wanted)
{
    char *count =
        sb_test_db_value(sb_cluster_url(cluster), "SELECT count(*) FROM kept");

    cr_expect_str_eq(count, wanted);
    free(count);
}

static char *file_in(char path[200], const char *name)
{
    (void)snprintf(path, 200, "%s/postgres/%s", folder, name);
    return path;
}

static void write_text(const char *name, const char *text)
{
    char path[200];
    FILE *file = fopen(file_in(path, name), "we");

    cr_assert_not_null(file, "%s", path);
    cr_assert_geq(fputs(text, file), 0);
    cr_assert_eq(fclose(file), 0);
}

Test(cluster, starts_stops_and_keeps_its_data)
{
    struct sb_cluster *cluster = start();
    const char *url;
    struct stat info;
    char path[200];

    cr_expect(is_up(cluster));
    sb_test_db_sql(sb_cluster_url(cluster), "CREATE TABLE kept AS SELECT 1 AS n");
    cr_assert_eq(stat(file_in(path, "data"), &info), 0);
    cr_expect_neq(info.st_uid, 0, "never as root");
    cr_expect_eq(info.st_mode & 0777, 0700);
    url = sb_cluster_url(cluster);
    cr_expect_not_null(strstr(url, folder), "%s", url);
    sb_cluster_stop(cluster);
    cr_expect_not(is_up(cluster));
    sb_cluster_free(cluster);
    cluster = start();
    expect_rows(cluster, "1");
    end(cluster);
}

Test(cluster, is_adopted_by_a_second_start_and_stopped_by_the_last)
{
    struct sb_cluster *first = start(), *second = start();

    cr_expect_eq(sb_cluster_pid(first), sb_cluster_pid(second));
    sb_cluster_stop(first);
    cr_expect(is_up(second), "the other one uses it");
    sb_cluster_stop(second);
    cr_expect_not(is_up(second));
    sb_cluster_free(first);
    sb_cluster_free(second);
}

Test(cluster, outlives_a_killed_server_and_is_adopted_by_the_next)
{
    struct sb_cluster *cluster;
    int pipes[2];
    pid_t pid, postmaster;

    cr_assert_eq(pipe(pipes), 0);
    pid = fork();
    if (pid == 0) {
        cluster = start();
        postmaster = sb_cluster_pid(cluster);
        sb_test_db_sql(sb_cluster_url(cluster), "CREATE TABLE kept AS SELECT 1 AS n");
        if (write(pipes[1], &postmaster, sizeof(postmaster)) < 0)
            _exit(1);
        (void)raise(SIGKILL);
    }
    cr_assert_eq(read(pipes[0], &postmaster, sizeof(postmaster)), sizeof(postmaster));
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    cluster = start();
    cr_expect_eq(sb_cluster_pid(cluster), postmaster);
    expect_rows(cluster, "1");
    cr_expect_eq(sb_cluster_check(cluster, NULL), 0);
    sb_cluster_stop(cluster);
    cr_expect_not(is_up(cluster), "whoever adopts it also stops it");
    sb_cluster_free(cluster);
}

Test(cluster, comes_back_when_it_was_killed_and_loses_nothing)
{
    struct sb_cluster *cluster = start();
    struct sb_err err = {0};
    char wanted[16];
    int i;

    sb_test_db_sql(sb_cluster_url(cluster), "CREATE TABLE kept (n int)");
    for (i = 1; i <= 3; i++) {
        pid_t before = sb_cluster_pid(cluster);

        sb_test_db_sql(sb_cluster_url(cluster), "INSERT INTO kept VALUES (1)");
        cr_assert_eq(kill(before, SIGKILL), 0);
        while (sb_cluster_pid(cluster) == before)
            cr_assert_eq(sb_cluster_check(cluster, &err), 0, "%s", err.msg);
        (void)snprintf(wanted, sizeof(wanted), "%d", i);
        expect_rows(cluster, wanted);
    }
    end(cluster);
}

/* Two transactions to the end, whatever it takes: the first finds the break. */
static void kill_under_a_pool(void *arg)
{
    static const struct sb_stmt ADD = {"add", "INSERT INTO kept VALUES ($1)"};
    struct sb_cluster *cluster = arg;
    struct sb_db_conf conf = {.url = sb_cluster_url(cluster), .connections = 2};
    struct sb_err err = {0};
    struct sb_db *db;
    int rc = 0;

    cr_assert_eq(sb_db_new(sb_loop_current(), &conf, &db, &err), 0);
    cr_assert_eq(sb_db_run(db, NULL, NULL, &ADD, NULL, &err, sb_p_int(1)), 0, "%s",
                 err.msg);
    cr_assert_eq(kill(sb_cluster_pid(cluster), SIGKILL), 0);
    while (sb_db_is_up(db))
        cr_assert_eq(sb_sleep(2), 0);
    cr_assert_eq(sb_sleep(300), 0); /* so that attempts fail and pauses grow */
    cr_assert_eq(sb_cluster_check(cluster, &err), 0, "%s", err.msg);
    rc = sb_db_run(db, NULL, NULL, &ADD, NULL, &err, sb_p_int(2));
    cr_expect_eq(rc, 0, "it waits for the reconnect: %s", err.msg);
    sb_db_free(db);
}

Test(cluster, is_found_again_by_a_pool_after_a_crash)
{
    struct sb_cluster *cluster = start();

    sb_test_db_sql(sb_cluster_url(cluster), "CREATE TABLE kept (n int)");
    sb_test_run(kill_under_a_pool, cluster);
    expect_rows(cluster, "2");
    end(cluster);
}

Test(cluster, starts_over_a_pid_file_that_names_somebody_else)
{
    struct sb_cluster *cluster = start();
    char text[200];

    sb_test_db_sql(sb_cluster_url(cluster), "CREATE TABLE kept AS SELECT 1 AS n");
    end(cluster);
    (void)snprintf(text, sizeof(text), "%d\n%s/postgres/data\n1\n5432\n", (int)getpid(),
                   folder);
    write_text("data/postmaster.pid", text);
    cluster = start();
    expect_rows(cluster, "1");
    end(cluster);
}

/* A process that is titled as one of our backends, and works in another folder. */
static pid_t start_stranger(void)
{
    struct sb_place place;
    struct sb_err err = {0};
    TALLOC_CTX *mem = talloc_new(NULL);
    char *title;
    int ready[2];
    pid_t pid;
    char byte;

    cr_assert_eq(sb_place_find(mem, folder, NULL, &place, &err), 0, "%s", err.msg);
    title = talloc_asprintf(mem, "postgres: %s: checkpointer", place.name);
    cr_assert_eq(pipe2(ready, O_CLOEXEC), 0);
    pid = fork();
    if (pid == 0) {
        if (chdir("/") == 0)
            (void)execl("/bin/sleep", title, "60", (char *)NULL);
        _exit(127);
    }
    (void)close(ready[1]);
    cr_assert_eq(read(ready[0], &byte, 1), 0); /* closed by its exec */
    (void)close(ready[0]);
    talloc_free(mem);
    return pid;
}

Test(cluster, leaves_a_database_of_the_same_name_elsewhere_alone)
{
    pid_t stranger;

    end(start());
    stranger = start_stranger();
    end(start());
    cr_expect_eq(waitpid(stranger, NULL, WNOHANG), 0, "it was killed");
    cr_expect_eq(kill(stranger, SIGKILL), 0);
    cr_expect_eq(waitpid(stranger, NULL, 0), stranger);
}

static void expect_refused(const char *dir, const char *word)
{
    struct sb_cluster *cluster;
    struct sb_err err = {0};
    int rc = sb_cluster_start(dir, 20000, NULL, &cluster, &err);

    cr_expect_lt(rc, 0);
    if (rc == 0)
        end(cluster);
    cr_expect_not_null(strstr(err.msg, word), "\"%s\" is not in \"%s\"", word, err.msg);
}

Test(cluster, says_why_it_does_not_start)
{
    struct sb_cluster *cluster = start();

    end(cluster);
    write_text("data/local.conf", "shared_buffers = 'a lot'\n");
    expect_refused(folder, "local.conf");
    write_text("data/local.conf", "max_connections = 50\n");
    cluster = start();
    end(cluster);
    write_text("data/PG_VERSION", "13\n");
    expect_refused(folder, "PostgreSQL 13");
    expect_refused("/dev/null/x", "/dev/null");
}

Test(cluster, says_that_the_disk_is_full)
{
    if (mount("tmpfs", folder, "tmpfs", 0, "size=20m,mode=0711") != 0)
        cr_skip_test("only root makes a small disk");
    expect_refused(folder, "the disk is full");
    cr_expect_eq(umount(folder), 0);
}

Test(cluster, begins_again_after_an_initdb_that_was_killed)
{
    struct sb_cluster *cluster;
    char path[200], half[200];

    end(start()); /* makes the folders, with their owner */
    cr_assert_eq(rename(file_in(path, "data"), file_in(half, "data.new")), 0);
    cluster = start();
    cr_expect(is_up(cluster));
    end(cluster);
}

Test(cluster, of_a_deep_folder_has_its_socket_elsewhere)
{
    char deep[400];
    struct sb_cluster *cluster;

    (void)snprintf(deep, sizeof(deep), "%s/%0100d/it's \\ deep", folder, 7);
    cluster = start_at(deep);
    cr_expect(is_up(cluster));
    cr_expect_not_null(strstr(sb_cluster_url(cluster), "/tmp/switchboard-"), "%s",
                       sb_cluster_url(cluster));
    end(cluster);
}

static char said[600];

static void note(const char *step)
{
    if (strstr(step, "may not enter"))
        (void)snprintf(said, sizeof(said), "%s", step);
}

Test(cluster, goes_elsewhere_when_its_user_cannot_reach_the_folder)
{
    struct sb_cluster *cluster;
    struct sb_err err = {0};
    char command[300], *at;

    if (geteuid() != 0)
        cr_skip_test("only root gives the database to another user");
    cr_assert_eq(chmod(folder, 0700), 0);
    cr_assert_eq(sb_cluster_start(folder, 60000, note, &cluster, &err), 0, "%s",
                 err.msg);
    cr_expect_not_null(strstr(said, "/var/lib/switchboard/"), "%s", said);
    cr_expect(is_up(cluster));
    end(cluster);
    at = strstr(said, "/var/lib/switchboard/");
    (void)snprintf(command, sizeof(command), "rm -rf '%.*s'", (int)strcspn(at, ", "),
                   at);
    cr_assert_eq(system(command), 0);
    (void)rmdir("/var/lib/switchboard");
}
