/* SPDX-License-Identifier: Apache-2.0
 *
 * Chat turns a second beside pgbench running the same SQL. The embedded PostgreSQL sits
 * on one core; the engine, and after it pgbench, on another. The engine runs whole
 * turns (hearing, urgency rules, prompt, a model that answers at once, verbatim check),
 * without search; pgbench only sends the statements, prepared, each in its round trip.
 *
 *     make tests/bench/bench_turn && tests/bench/bench_turn [seconds] [clients]
 */
#define _GNU_SOURCE /* sched_setaffinity */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/array.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/task.h"
#include "base/yaml.h"
#include "host/agent.h"
#include "host/host.h"
#include "store/cluster.h"
#include "store/conversation.h"
#include "store/migrate.h"
#include "store/pg.h"
#include "store/tenants.h"
#include "talk/engine.h"

enum { MAX_CLIENTS = 64, MAX_TURNS = 2000000, HISTORY_TURNS = 40 };

struct bench {
    TALLOC_CTX *mem;
    struct sb_plugins *plugins;
    struct sb_db *db;
    struct sb_engine *engine;
    const struct sb_agent *agent;
    const char *url;
    int seconds, clients;
    int64_t until_us;
    int32_t *micros; /* of each turn */
    size_t turns;
    int left;
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

/* ---- the tenant ---- */

static void open_desk(struct bench *b)
{
    static const char *const dirs[] = {SB_SRCDIR "/tests/verticals", NULL};
    struct sb_db_conf conf = {.url = b->url, .connections = 8, .role = SB_DB_ROLE};
    struct sb_agent_row agent = {
        .slug = "desk",
        .name = "Robin",
        .vertical = "desk",
        .config = "{\"slug\":\"desk\",\"vertical\":\"desk\",\"roles\":{\"llm\":"
                  "[\"scripted\"],\"embed\":[\"flaky_a\"],\"search\":[\"flaky_a\"],"
                  "\"crawl\":[\"flaky_a\"]}}"};
    struct sb_tenant_row row = {
        .slug = "fox",
        .name = "Fox Hollow",
        .config = "{\"business\":{\"name\":\"Fox Hollow\",\"timezone\":"
                  "\"America/New_York\",\"phone\":\"(203) 555-0144\","
                  "\"hours\":{\"mon\":\"09:00-17:00\"}}}",
        .origin = "file",
        .hash = "h",
        .enabled = true,
        .agents = &agent,
        .agent_count = 1};
    struct sb_directory *directory;
    struct sb_yaml *none = NULL;
    struct sb_err err = {0};

    check(sb_yaml_parse(b->mem, "bench", "{}", 2, &none, &err), &err);
    check(sb_plugins_start(b->plugins, sb_loop_current(), NULL, none, &err), &err);
    check(sb_db_new(sb_loop_current(), &conf, &b->db, &err), &err);
    check(sb_tenant_put(b->db, b->mem, &row, NULL, &err), &err);
    directory = sb_directory_new(b->mem, b->db, b->plugins, dirs);
    check(sb_directory_agent(directory, b->mem, "desk", &b->agent, &err), &err);
    b->engine = sb_engine_new(b->mem, b->db, NULL, NULL);
}

/* ---- the engine ---- */

static void client(void *arg)
{
    struct bench *b = arg;
    char conversation[37] = "", visitor[80];
    struct sb_err err = {0};
    int turn = 0;

    (void)snprintf(visitor, sizeof(visitor), "visitor-%p", (void *)&turn);
    while (sb_clock_mono_us() < b->until_us && b->turns < MAX_TURNS) {
        TALLOC_CTX *mem = talloc_new(b->mem);
        struct sb_turn_in in = {
            .agent = b->agent,
            .channel = "chat",
            .message = "say We look forward to seeing you, thank you.",
            .conversation_id = conversation,
            .client_id = "",
            .speaker = {.visitor = visitor, .name = "", .email = "", .phone = ""}};
        struct sb_turn_out out;
        int64_t start = sb_clock_mono_us();

        check(sb_engine_say(b->engine, mem, &in, NULL, &out, &err), &err);
        b->micros[b->turns++] = (int32_t)(sb_clock_mono_us() - start);
        /* Conversations are as long as pgbench's. */
        if (++turn % HISTORY_TURNS == 0)
            conversation[0] = '\0';
        else
            (void)snprintf(conversation, sizeof(conversation), "%s",
                           out.conversation_id);
        talloc_free(mem);
    }
    if (--b->left == 0)
        sb_wait_wake(&b->done);
}

static void run_clients(struct bench *b, int seconds)
{
    b->turns = 0;
    b->left = b->clients;
    b->until_us = sb_clock_mono_us() + (int64_t)seconds * 1000000;
    sb_wait_init(&b->done);
    for (int i = 0; i < b->clients; i++)
        if (!sb_task_spawn(sb_loop_current(), "client", client, b))
            abort();
    (void)sb_wait_for(&b->done, -1);
}

static int by_value(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static void bench_engine(void *arg)
{
    struct bench *b = arg;
    int64_t start, cpu;
    double seconds;

    open_desk(b);
    run_clients(b, 1); /* prepared statements, caches */
    start = sb_clock_mono_us();
    cpu = cpu_us();
    run_clients(b, b->seconds);
    seconds = (double)(sb_clock_mono_us() - start) / 1e6;
    cpu = cpu_us() - cpu;
    qsort(b->micros, b->turns, sizeof(*b->micros), by_value);
    printf("engine   %8.0f turns/s   p50 %6.2f ms   p99 %6.2f ms   %6.3f ms of CPU a "
           "turn\n",
           (double)b->turns / seconds, b->micros[b->turns / 2] / 1000.0,
           b->micros[b->turns * 99 / 100] / 1000.0,
           (double)cpu / 1000.0 / (double)b->turns);
    b->turns = (size_t)((double)b->turns / seconds);
    talloc_free(b->engine);
    sb_db_free(b->db);
}

/* ---- pgbench ---- */

/* A statement with its $n replaced by SQL or by pgbench's variables. */
static void write_statement(FILE *out, const struct sb_stmt *stmt,
                            const char *const *params, const char *end)
{
    const char *p = stmt->sql;
    char *rest;
    long n;

    while (*p) {
        if (*p != '$') {
            (void)fputc(*p++, out);
            continue;
        }
        n = strtol(p + 1, &rest, 10);
        (void)fputs(params[n - 1], out);
        p = rest;
    }
    (void)fprintf(out, "%s\n", end);
}

#define CONVERSATION                                                                   \
    "('00000000-0000-4000-8000-' || lpad(((:client_id * 100000) + :k)::text, 12,"      \
    " '0'))::uuid"
#define HOLDER "'00000000-0000-4000-8000-00000000000f'::uuid"
#define CLIENT_ID "('~' || :r || '-' || :r2)"
#define HASH "sha256(('visitor-' || :client_id)::bytea)"

static void write_script(const struct bench *b, const char *path)
{
    const struct sb_stmt *const *s = sb_conv_turn_statements;
    char org[64], agent[64];
    FILE *out = fopen(path, "w");

    if (!out)
        abort();
    (void)snprintf(org, sizeof(org), "'%s'::uuid", b->agent->business->org);
    (void)snprintf(agent, sizeof(agent), "'%s'::uuid", b->agent->id);
    const char *const say[] = {org,  CONVERSATION, agent,  HASH,   HOLDER, CLIENT_ID,
                               ":m", "NULL",       "NULL", "NULL", "NULL", "NULL"};
    const char *const said[] = {org,       CONVERSATION, HOLDER, HASH,
                                CLIENT_ID, agent,        "NULL", "NULL"};
    const char *const history[] = {org, CONVERSATION, "24"};
    const char *const answer[] = {org,    CONVERSATION, HOLDER,       ":p_seq",
                                  agent,  ":m",         "'[]'",       ":x",
                                  "0",    "0",          "false",      "'open'",
                                  "'{}'", "'s'",        "'scripted'", "'scripted-1'",
                                  "''",   "''",         "7",          "3",
                                  "0",    "1",          "0.5",        "1",
                                  "1",    "0",          "100",        "100",
                                  "200",  "false",      "false"};

    (void)fprintf(out,
                  "\\set r random(1, 2000000000)\n\\set r2 random(1, 2000000000)\n"
                  "\\set k random(0, 499)\n"
                  "BEGIN;\nSELECT set_config('app.org_id', %s::text, true);\n",
                  org);
    write_statement(out, s[0], say, ";");
    write_statement(out, s[1], said, " \\gset p_");
    write_statement(out, s[2], history, ";");
    write_statement(out, s[3], history, ";");
    (void)fprintf(out,
                  "COMMIT;\nBEGIN;\nSELECT set_config('app.org_id', %s::text, "
                  "true);\n",
                  org);
    write_statement(out, s[4], answer, ";");
    (void)fprintf(out, "COMMIT;\n");
    (void)fclose(out);
}

/* Conversations for pgbench's clients, each with a visitor's. */
static void make_conversations(const struct bench *b)
{
    char *sql = talloc_asprintf(
        b->mem,
        "INSERT INTO visitors (org_id, id, token_hash) SELECT '%s', gen_random_uuid(),"
        " sha256(('visitor-' || c)::bytea) FROM generate_series(0, %d) c;"
        "INSERT INTO conversations (org_id, id, agent_id, visitor_id, channel) SELECT"
        " v.org_id, ('00000000-0000-4000-8000-' || lpad((c * 100000 + k)::text, 12,"
        " '0'))::uuid, '%s', v.id, 'chat' FROM generate_series(0, %d) c,"
        " generate_series(0, 499) k, visitors v WHERE v.token_hash ="
        " sha256(('visitor-' || c)::bytea); ANALYZE",
        b->agent->business->org, b->clients, b->agent->id, b->clients);
    char *command = talloc_asprintf(
        b->mem, "psql -q -v ON_ERROR_STOP=1 \"%s\" -c \"%s\"", b->url, sql);

    if (system(command) != 0) /* NOLINT: our own words, in a bench */
        exit(1);
}

/* Runs pgbench and returns its transactions a second. */
static double run_pgbench(const struct bench *b, const char *script)
{
    char *command = talloc_asprintf(
        b->mem,
        "PGOPTIONS='-c role=%s' pgbench -n -M prepared -c %d -j 1 -T %d"
        " -D m='say We look forward to seeing you, thank you.'"
        " -D x='{\"intake\": {\"progress\": 0, \"total\": 3, \"complete\": false,"
        " \"next\": \"\"}, \"escalated\": false, \"provider\": \"scripted\"}'"
        " -f %s '%s' 2>&1",
        SB_DB_ROLE, b->clients, b->seconds, script, b->url);
    FILE *in = popen(command, "r"); /* NOLINT: our own words, in a bench */
    double tps = 0, latency = 0;
    char line[500];

    if (!in)
        abort();
    while (fgets(line, sizeof(line), in)) {
        (void)sscanf(line, "tps = %lf", &tps);
        (void)sscanf(line, "latency average = %lf", &latency);
        if (strstr(line, "error") || strstr(line, "ERROR"))
            (void)fputs(line, stderr);
    }
    if (pclose(in) != 0 || tps <= 0) {
        (void)fprintf(stderr, "pgbench failed\n");
        exit(1);
    }
    printf("pgbench  %8.0f turns/s   mean %5.2f ms\n", tps, latency);
    return tps;
}

static void bench_pgbench(struct bench *b)
{
    char script[] = "/tmp/sb-bench-turn-XXXXXX";
    int fd = mkstemp(script);
    double tps;

    if (fd < 0)
        abort();
    (void)close(fd);
    write_script(b, script);
    make_conversations(b);
    tps = run_pgbench(b, script);
    (void)unlink(script);
    printf("ratio    %8.2f\n", (double)b->turns / tps);
}

int main(int argc, char **argv)
{
    static const char *const dirs[] = {SB_BUILDDIR "/tests/plugins/.libs", NULL};
    static const char *const only[] = {"scripted", "flaky_a", NULL};
    char folder[] = "/tmp/sb-bench-XXXXXX";
    struct bench b = {.seconds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 5,
                      .clients = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 8};
    struct sb_cluster *cluster = NULL;
    struct sb_err err = {0};
    struct sb_loop *loop;
    struct sb_task *task;

    sb_mem_init();
    if (b.clients < 1 || b.clients > MAX_CLIENTS || b.seconds < 1 || !mkdtemp(folder) ||
        chmod(folder, 0711) != 0) /* its user has to get there */
        return 1;
    b.mem = talloc_new(NULL);
    b.micros = sb_array(b.mem, int32_t, MAX_TURNS);
    b.plugins = sb_plugins_load(b.mem, dirs, only);
    pin(0); /* the database inherits it */
    check(sb_cluster_start(folder, 60000, NULL, &cluster, &err), &err);
    b.url = sb_cluster_url(cluster);
    check(sb_migrate(b.url, sb_path_sql(b.mem), NULL, &err), &err);
    pin(1);
    loop = sb_loop_new();
    task = sb_task_ref(sb_task_spawn(loop, "bench", bench_engine, &b));
    (void)sb_loop_run_task(loop, task);
    sb_task_unref(task);
    bench_pgbench(&b);
    sb_loop_free(loop);
    sb_cluster_stop(cluster);
    sb_cluster_free(cluster);
    talloc_free(b.mem);
    return 0;
}
