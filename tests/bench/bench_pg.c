/* SPDX-License-Identifier: Apache-2.0
 *
 * 'insert, insert, select the last 10' under row-level security: our pool beside
 * pgbench with the same statements, prepared, once with a round trip each and once in
 * pgbench's own pipeline mode. The embedded PostgreSQL sits on one core, whoever asks
 * on another. The pool's figure includes copying each result's columns out.
 *
 *     make tests/bench/bench_pg && tests/bench/bench_pg [seconds] [clients]
 */
#define _GNU_SOURCE /* sched_setaffinity */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/array.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/task.h"
#include "store/cluster.h"
#include "store/migrate.h"
#include "store/pg.h"

enum { MAX_CLIENTS = 64, MAX_TURNS = 2000000 };

static const char ORG[] = "01890000-0000-7000-8000-000000000001";
static const char MAKE[] =
    "SET client_min_messages = warning;"
    "CREATE TABLE bench (org_id uuid NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY,"
    " client int NOT NULL, body text NOT NULL, created_at timestamptz NOT NULL DEFAULT"
    " now(), PRIMARY KEY (org_id, id));"
    "CREATE INDEX bench_client ON bench (org_id, client, id);"
    "SELECT sb_tenant_table('bench')";

static const struct sb_stmt INSERT = {
    "bench_insert", "INSERT INTO bench (org_id, client, body) VALUES ($1, $2, $3)"};
static const struct sb_stmt LAST = {
    "bench_last", "SELECT id, body, created_at FROM bench WHERE org_id = $1 AND"
                  " client = $2 ORDER BY id DESC LIMIT 10"};
#define BODY "What time do you open on Sundays, and is there a dress code at the club?"

struct bench {
    TALLOC_CTX *mem;
    const char *url;
    struct sb_db *db;
    int seconds, clients, left, next;
    int64_t until_us, cpu_us;
    int32_t *micros; /* of each transaction */
    size_t count;
    struct sb_wait done;
};

static void check(int rc, const struct sb_err *err)
{
    if (!rc)
        return;
    (void)fprintf(stderr, "%s\n", err->msg);
    exit(1);
}

static void pin(int core)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(core, &set);
    if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
        (void)sched_setaffinity(0, sizeof(set), &set);
}

static int64_t cpu_us(void)
{
    struct rusage use;

    (void)getrusage(RUSAGE_SELF, &use);
    return (int64_t)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000 +
           use.ru_utime.tv_usec + use.ru_stime.tv_usec;
}

static void run_sql(const struct bench *b, const char *sql)
{
    char *command = talloc_asprintf(
        b->mem, "psql -q -o /dev/null -v ON_ERROR_STOP=1 \"%s\" -c \"%s\"", b->url,
        sql);

    if (system(command) != 0) /* NOLINT: our own words, in a bench */
        exit(1);
}

/* ---- the pool ---- */

static void transact(struct bench *b, TALLOC_CTX *mem, int client)
{
    int64_t began = sb_clock_mono_us();
    const struct sb_rows *rows;
    struct sb_err err = {0};
    struct sb_tx *tx;
    int index;
    size_t i;

    check(sb_tx_begin(b->db, mem, ORG, &tx, &err), &err);
    (void)sb_tx_add(tx, &INSERT, sb_p_str(ORG), sb_p_int(client), sb_p_str(BODY));
    (void)sb_tx_add(tx, &INSERT, sb_p_str(ORG), sb_p_int(client), sb_p_str(BODY));
    index = sb_tx_add(tx, &LAST, sb_p_str(ORG), sb_p_int(client));
    check(sb_tx_commit(tx, &err), &err);
    rows = sb_tx_rows(tx, index);
    for (i = 0; i < sb_rows_count(rows); i++) {
        (void)sb_row_dup(tx, rows, i, "body");
        (void)sb_row_time(rows, i, "created_at");
    }
    sb_tx_free(tx);
    if (b->count < MAX_TURNS)
        b->micros[b->count++] = (int32_t)(sb_clock_mono_us() - began);
}

static void run_client(void *arg)
{
    struct bench *b = arg;
    TALLOC_CTX *mem = talloc_new(NULL);
    int client = b->next++;

    while (sb_clock_mono_us() < b->until_us)
        transact(b, mem, client);
    talloc_free(mem);
    if (--b->left == 0)
        sb_wait_wake(&b->done);
}

static void run_pool(void *arg)
{
    struct bench *b = arg;
    struct sb_db_conf conf = {
        .url = b->url, .connections = b->clients, .role = SB_DB_ROLE};
    struct sb_err err = {0};
    int i;

    check(sb_db_new(sb_loop_current(), &conf, &b->db, &err), &err);
    check(sb_db_wait_up(b->db, 10000, &err), &err);
    sb_wait_init(&b->done);
    b->count = 0;
    b->left = b->clients;
    b->cpu_us = cpu_us();
    b->until_us = sb_clock_mono_us() + b->seconds * 1000000LL;
    for (i = 0; i < b->clients; i++)
        (void)sb_task_spawn(sb_loop_current(), "client", run_client, b);
    (void)sb_wait_for(&b->done, -1);
    b->cpu_us = cpu_us() - b->cpu_us;
    sb_db_free(b->db);
}

static int by_size(const void *a, const void *b)
{
    return *(const int32_t *)a - *(const int32_t *)b;
}

static double bench_pool(struct bench *b)
{
    struct sb_loop *loop = sb_loop_new();
    struct sb_task *task = sb_task_ref(sb_task_spawn(loop, "bench", run_pool, b));
    double tps;

    (void)sb_loop_run_task(loop, task);
    sb_task_unref(task);
    sb_loop_free(loop);
    qsort(b->micros, b->count, sizeof(*b->micros), by_size);
    tps = (double)b->count / b->seconds;
    printf("  our pool             %8.0f tx/s   p50 %5.2f ms  p99 %5.2f ms  %4.1f us of"
           " our CPU each\n",
           tps, b->micros[b->count / 2] / 1000.0,
           b->micros[b->count * 99 / 100] / 1000.0,
           (double)b->cpu_us / (double)b->count);
    return tps;
}

/* ---- pgbench ---- */

static void write_script(const char *path, bool pipeline)
{
    FILE *out = fopen(path, "we");

    if (!out)
        abort();
    (void)fprintf(
        out,
        "\\set c :client_id\n%sBEGIN;\n"
        "SELECT set_config('app.org_id', '%s', true);\n"
        "INSERT INTO bench (org_id, client, body) VALUES ('%s', :c, '" BODY "');\n"
        "INSERT INTO bench (org_id, client, body) VALUES ('%s', :c, '" BODY "');\n"
        "SELECT id, body, created_at FROM bench WHERE org_id = '%s' AND"
        " client = :c ORDER BY id DESC LIMIT 10;\n"
        "COMMIT;\n%s",
        pipeline ? "\\startpipeline\n" : "", ORG, ORG, ORG, ORG,
        pipeline ? "\\endpipeline\n" : "");
    (void)fclose(out);
}

/* Transactions a second, or 0 where there is no pgbench. */
static double run_pgbench(const struct bench *b, const char *script)
{
    char *command = talloc_asprintf(b->mem,
                                    "PGOPTIONS='-c role=" SB_DB_ROLE
                                    "' pgbench -n -M prepared -c %d -j 1 -T %d -f %s"
                                    " \"%s\" 2>&1",
                                    b->clients, b->seconds, script, b->url);
    FILE *in = popen(command, "r"); /* NOLINT: our own words, in a bench */
    char line[500];
    double tps = 0;

    if (!in)
        return 0;
    while (fgets(line, sizeof(line), in)) {
        (void)sscanf(line, "tps = %lf", &tps);
        if (strstr(line, "rror"))
            (void)fputs(line, stderr);
    }
    return pclose(in) == 0 ? tps : 0;
}

static void bench_pgbench(const struct bench *b, double ours, bool pipeline)
{
    char script[] = "/tmp/sb-bench-pg-XXXXXX";
    int fd = mkstemp(script);
    double tps;

    if (fd < 0)
        abort();
    (void)close(fd);
    write_script(script, pipeline);
    tps = run_pgbench(b, script);
    (void)unlink(script);
    if (tps > 0)
        printf("  pgbench, %s %8.0f tx/s   ours is %.2f times that\n",
               pipeline ? "pipeline   " : "round trips", tps, ours / tps);
    else
        printf("  pgbench is not installed (package postgresql-contrib)\n");
}

static void bench_all(struct bench *b, const char *setting)
{
    double ours;

    printf("synchronous_commit %s, %d clients, %d s\n", setting, b->clients,
           b->seconds);
    run_sql(b, talloc_asprintf(b->mem,
                               "ALTER DATABASE switchboard SET synchronous_commit = %s;"
                               " TRUNCATE bench",
                               setting));
    pin(1);
    ours = bench_pool(b);
    run_sql(b, "TRUNCATE bench");
    bench_pgbench(b, ours, false);
    run_sql(b, "TRUNCATE bench");
    bench_pgbench(b, ours, true);
}

int main(int argc, char **argv)
{
    struct bench b = {.seconds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 5,
                      .clients = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 8};
    char folder[] = "/tmp/sb-bench-XXXXXX", command[64];
    struct sb_cluster *cluster = NULL;
    struct sb_err err = {0};

    sb_mem_init();
    if (b.clients < 1 || b.clients > MAX_CLIENTS || b.seconds < 1 || !mkdtemp(folder) ||
        chmod(folder, 0711) != 0)
        return 1;
    b.mem = talloc_new(NULL);
    b.micros = sb_array(b.mem, int32_t, MAX_TURNS);
    pin(0); /* the database inherits it */
    check(sb_cluster_start(folder, 60000, NULL, &cluster, &err), &err);
    b.url = sb_cluster_url(cluster);
    check(sb_migrate(b.url, sb_path_sql(b.mem), NULL, &err), &err);
    run_sql(&b, MAKE);
    bench_all(&b, "on");
    bench_all(&b, "off");
    sb_cluster_stop(cluster);
    sb_cluster_free(cluster);
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    talloc_free(b.mem);
    return system(command) == 0 ? 0 : 1; /* NOLINT: our own words, in a bench */
}
