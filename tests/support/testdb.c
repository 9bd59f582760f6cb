/* SPDX-License-Identifier: Apache-2.0
 *
 * See testdb.h. Criterion runs each test in a process of its own: what they share
 * goes through the environment, and every other database begins with the program's
 * own database's name, so that the end finds them all.
 */
#define _GNU_SOURCE /* asprintf, pipe2 */
#include "support/testdb.h"

#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "store/cluster.h"
#include "store/migrate.h"

#define OURS "SB_TEST_DB_URL" /* this program's database */
#define NAME "SB_TEST_DB_NAME"
#define SERVER "SB_TEST_DB_SERVER"

static struct sb_cluster *cluster;
static char folder[] = "/tmp/sb-test-XXXXXX";

static _Noreturn void give_up(const char *what, const char *why)
{
    (void)fprintf(stderr, "# testdb: %s: %s\n", what, why);
    exit(1);
}

/* `url` with another database. Later words of a connection string win; a URI has its
 * path replaced. */
static char *with_database(const char *url, const char *name)
{
    const char *host = strstr(url, "://"), *path, *query;
    char *out = NULL;
    int len;

    if (!host) {
        len = asprintf(&out, "%s dbname=%s", url, name);
    } else {
        path = host + 3 + strcspn(host + 3, "/?");
        query = strchr(path, '?');
        len = asprintf(&out, "%.*s/%s%s", (int)(path - url), url, name,
                       query ? query : "");
    }
    if (len < 0)
        abort();
    return out;
}

static void ignore_notice(void *arg, const PGresult *notice)
{
    (void)arg;
    (void)notice;
}

static PGconn *open_db(const char *url)
{
    PGconn *conn = PQconnectdb(url);

    if (PQstatus(conn) != CONNECTION_OK)
        give_up("cannot connect", PQerrorMessage(conn));
    (void)PQsetNoticeReceiver(conn, ignore_notice, NULL);
    return conn;
}

static char *ask(const char *url, const char *sql)
{
    PGconn *conn = open_db(url);
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    char *value;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        give_up(sql, PQerrorMessage(conn));
    value = strdup(PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(conn);
    return value;
}

static void run_sql(const char *url, const char *sql)
{
    free(ask(url, sql));
}

/* No test loses power: without fsync the suite is several times as fast. */
static void make_fast(const char *url)
{
    run_sql(url, "ALTER SYSTEM SET fsync = off");
    run_sql(url, "ALTER SYSTEM SET full_page_writes = off");
    run_sql(url, "SELECT pg_reload_conf()");
}

/* Cleans up when this program ends, however it ends: a grandchild waits for the pipe
 * to break. It holds none of our descriptors, least of all the TAP output. */
static void start_cleaner(pid_t postmaster)
{
    char command[128];
    int ends[2];
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) != 0)
        give_up("no pipe", "for the cleaner");
    (void)snprintf(command, sizeof(command),
                   "read -r never; kill -QUIT %d 2>&-; sleep 0.2; rm -rf '%s'",
                   (int)postmaster, folder);
    pid = fork();
    if (pid == 0) {
        if (setsid() < 0 || fork() != 0 || dup2(ends[0], 0) < 0 || close(1) != 0 ||
            close(2) != 0)
            _exit(0);
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(1);
    }
    (void)waitpid(pid, NULL, 0);
    (void)close(ends[0]);
}

static const char *start_cluster(void)
{
    struct sb_err err = {0};

    if (!mkdtemp(folder) || chmod(folder, 0711) != 0)
        give_up("cannot make a folder", folder);
    if (sb_cluster_start(folder, 60000, NULL, &cluster, &err) != 0)
        give_up("cannot start PostgreSQL", err.msg);
    start_cleaner(sb_cluster_pid(cluster));
    make_fast(sb_cluster_url(cluster));
    return sb_cluster_url(cluster);
}

ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
    const char *server = getenv("SB_TEST_DATABASE_URL");
    char name[64], sql[128];
    struct sb_err err = {0};
    char *url;

    (void)tests;
    if (!server || !*server)
        server = start_cluster();
    (void)snprintf(name, sizeof(name), "sbt_%d", (int)getpid());
    (void)snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    run_sql(server, sql);
    (void)snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE template0", name);
    run_sql(server, sql);
    url = with_database(server, name);
    if (sb_migrate(url, SB_SRCDIR "/sql", NULL, &err) != 0)
        give_up("cannot migrate", err.msg);
    (void)setenv(SERVER, server, 1);
    (void)setenv(NAME, name, 1);
    (void)setenv(OURS, url, 1);
    free(url);
}

/* One by one: DROP DATABASE is refused within a function. */
static void drop_databases(const char *server, const char *name)
{
    char sql[256], *other;

    for (;;) {
        (void)snprintf(
            sql, sizeof(sql),
            "SELECT datname FROM pg_database WHERE datname = '%s' OR datname "
            "LIKE '%s\\_%%' LIMIT 1",
            name, name);
        other = ask(server, sql);
        if (!*other)
            break;
        (void)snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS %s WITH (FORCE)",
                       other);
        run_sql(server, sql);
        free(other);
    }
    free(other);
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
    (void)stats;
    if (cluster)
        sb_cluster_stop(cluster);
    else
        drop_databases(getenv(SERVER), getenv(NAME));
    sb_cluster_free(cluster);
}

const char *sb_test_db_url(void)
{
    const char *url = getenv(OURS);

    if (!url)
        give_up("no database", "testdb.c is not linked in");
    return url;
}

char *sb_test_db_empty(void)
{
    char name[96], sql[160];
    const char *server = getenv(SERVER);
    static int count;

    (void)snprintf(name, sizeof(name), "%s_%d_%d", getenv(NAME), (int)getpid(),
                   ++count);
    (void)snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE template0", name);
    run_sql(server, sql);
    return with_database(server, name);
}

void sb_test_db_sql(const char *url, const char *sql)
{
    run_sql(url, sql);
}

char *sb_test_db_value(const char *url, const char *sql)
{
    return ask(url, sql);
}
