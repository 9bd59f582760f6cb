/* SPDX-License-Identifier: Apache-2.0
 *
 * Jobs on a real PostgreSQL. Every test has kinds of its own; two sb_jobs over two
 * pools are two workers.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/task.h"
#include "store/events.h"
#include "store/jobs.h"
#include "store/migrate.h"
#include "store/pg.h"
#include "support/intask.h"
#include "support/testdb.h"

enum { MAX = 400 };

struct work {
    char kind[40];
    int runs[MAX];             /* by args.n */
    int now[MAX], overlaps;    /* running at once: must never be */
    int parallel, most;        /* of all */
    int fail_times, fail_code; /* the first so many runs fail */
    int64_t take_ms;
    int canceled, last_attempt;
    struct sb_wait started;
};

static int do_work(void *arg, TALLOC_CTX *mem, const struct sb_job *job,
                   struct sb_err *err)
{
    struct work *work = arg;
    int n = (int)json_integer_value(json_object_get(job->args, "n")), rc = 0;

    (void)mem;
    work->last_attempt = job->attempt;
    work->runs[n]++;
    work->overlaps += work->now[n] > 0;
    work->now[n]++;
    work->parallel++;
    if (work->parallel > work->most)
        work->most = work->parallel;
    sb_wait_wake(&work->started);
    if (work->take_ms)
        rc = sb_sleep(work->take_ms);
    work->now[n]--;
    work->parallel--;
    work->canceled += rc == SB_ECANCELED;
    if (rc)
        return rc;
    if (work->runs[n] <= work->fail_times)
        return sb_fail(err, work->fail_code, "as it was told");
    return 0;
}

struct worker {
    struct sb_db *db;
    struct sb_events *events;
    struct sb_jobs *jobs;
};

static struct work new_work(const char *name)
{
    struct work work = {.fail_code = SB_EUNAVAILABLE};

    (void)snprintf(work.kind, sizeof(work.kind), "%s-%d", name, (int)getpid());
    sb_wait_init(&work.started);
    return work;
}

static struct worker new_worker(struct work *work, int parallel, int lease_ms)
{
    struct sb_db_conf conf = {
        .url = sb_test_db_url(), .connections = 3, .role = SB_DB_ROLE};
    struct sb_job_kind kind = {.name = work->kind,
                               .max_attempts = 3,
                               .lease_ms = lease_ms,
                               .parallel = parallel,
                               .run = do_work,
                               .arg = work,
                               .backoff_ms = 10};
    struct worker worker;
    struct sb_err err = {0};

    cr_assert_eq(sb_db_new(sb_loop_current(), &conf, &worker.db, &err), 0);
    worker.events = sb_events_new(sb_loop_current(), sb_test_db_url());
    worker.jobs = sb_jobs_new(sb_loop_current(), worker.db);
    sb_jobs_use_events(worker.jobs, worker.events);
    sb_jobs_kind(worker.jobs, &kind);
    return worker;
}

/* As a worker ends: what runs is cancelled, gives itself back, then the rest goes. */
static void end_worker(struct worker *worker)
{
    int i;

    sb_jobs_free(worker->jobs);
    for (i = 0; i < 50; i++)
        (void)sb_sleep(2);
    sb_events_free(worker->events);
    sb_db_free(worker->db);
}

static void add_jobs(struct worker *worker, const struct work *work, int first,
                     int count, const char *key)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct sb_tx *tx;
    int i;

    cr_assert_eq(sb_tx_begin(worker->db, mem, "system", &tx, &err), 0);
    for (i = first; i < first + count; i++) {
        json_t *args = json_pack("{s:i}", "n", i);

        sb_job_add(tx, work->kind, "", key, args, 0);
        json_decref(args);
    }
    cr_assert_eq(sb_tx_commit(tx, &err), 0, "%s", err.msg);
    talloc_free(mem);
    sb_jobs_wake(worker->jobs);
}

static long ask(const struct work *work, const char *what)
{
    char sql[300], *value;
    long number;

    (void)snprintf(sql, sizeof(sql),
                   "SET ROLE switchboard_system; SELECT %s FROM jobs WHERE kind = '%s'",
                   what, work->kind);
    value = sb_test_db_value(sb_test_db_url(), sql);
    number = strtol(value, NULL, 10);
    free(value);
    return number;
}

/* Suspends until the table says `wanted`. */
static void wait_until(const struct work *work, const char *what, long wanted)
{
    int64_t until = sb_clock_mono_ms() + 20000;

    while (ask(work, what) != wanted) {
        cr_assert_lt(sb_clock_mono_ms(), until, "%s is %ld, not %ld", what,
                     ask(work, what), wanted);
        cr_assert_eq(sb_sleep(5), 0);
    }
}

static void race(void *arg)
{
    struct work work = new_work("race");
    struct worker one = new_worker(&work, 5, 5000), two = new_worker(&work, 5, 5000);
    int i;

    (void)arg;
    work.take_ms = 1;
    add_jobs(&one, &work, 0, MAX, NULL);
    sb_jobs_start(one.jobs);
    sb_jobs_start(two.jobs);
    wait_until(&work, "count(*)", 0);
    for (i = 0; i < MAX; i++)
        cr_expect_eq(work.runs[i], 1, "job %d ran %d times", i, work.runs[i]);
    cr_expect_eq(work.overlaps, 0);
    cr_expect_leq(work.most, 10);
    end_worker(&one);
    end_worker(&two);
}

Test(jobs, run_once_each_with_two_workers_racing)
{
    sb_test_run(race, NULL);
}

static void parallel(void *arg)
{
    struct work work = new_work("narrow");
    struct worker worker = new_worker(&work, 2, 5000);

    (void)arg;
    work.take_ms = 5;
    sb_jobs_start(worker.jobs);
    add_jobs(&worker, &work, 0, 20, NULL);
    wait_until(&work, "count(*)", 0);
    cr_expect_eq(work.most, 2);
    end_worker(&worker);
}

Test(jobs, are_never_more_than_their_kind_allows)
{
    sb_test_run(parallel, NULL);
}

static void renewal(void *arg)
{
    struct work work = new_work("long");
    struct worker one = new_worker(&work, 1, 800), two = new_worker(&work, 1, 800);

    (void)arg;
    work.take_ms = 2000; /* far beyond its lease, which a busy machine must not miss */
    add_jobs(&one, &work, 0, 1, NULL);
    sb_jobs_start(one.jobs);
    sb_jobs_start(two.jobs);
    wait_until(&work, "count(*)", 0);
    cr_expect_eq(work.runs[0], 1, "ran %d times", work.runs[0]);
    end_worker(&one);
    end_worker(&two);
}

Test(jobs, keep_their_lease_while_they_run)
{
    sb_test_run(renewal, NULL);
}

static void retries(void *arg)
{
    struct work work = new_work("retry");
    struct worker worker = new_worker(&work, 2, 5000);

    (void)arg;
    work.fail_times = 2;
    sb_jobs_start(worker.jobs);
    add_jobs(&worker, &work, 0, 1, NULL);
    wait_until(&work, "count(*)", 0);
    cr_expect_eq(work.runs[0], 3);
    cr_expect_eq(work.last_attempt, 3);
    end_worker(&worker);
}

Test(jobs, are_tried_again_with_a_pause)
{
    sb_test_run(retries, NULL);
}

static void dead_letters(void *arg)
{
    struct work work = new_work("dead");
    struct worker worker = new_worker(&work, 2, 5000);
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_dead_job *dead;
    struct sb_err err = {0};
    size_t count, i, at = 0;

    (void)arg;
    work.fail_times = 3;
    sb_jobs_start(worker.jobs);
    add_jobs(&worker, &work, 0, 1, NULL);
    wait_until(&work, "count(dead_at)", 1);
    cr_expect_eq(work.runs[0], 3, "as often as it may");
    cr_assert_eq(sb_jobs_dead(worker.db, mem, "system", 0, &dead, &count, &err), 0);
    for (i = 0; i < count; i++) {
        if (strcmp(dead[i].kind, work.kind) == 0)
            at = i;
    }
    cr_assert_str_eq(dead[at].kind, work.kind);
    cr_expect_str_eq(dead[at].error, "as it was told");
    cr_expect_str_eq(dead[at].org, "");
    cr_assert_eq(sb_job_revive(worker.db, "system", dead[at].id, &err), 0);
    cr_expect_eq(sb_job_revive(worker.db, "system", dead[at].id, &err), SB_ENOTFOUND);
    sb_jobs_wake(worker.jobs);
    wait_until(&work, "count(*)", 0);
    cr_expect_eq(work.runs[0], 4);
    work.fail_times = 9;
    work.fail_code = SB_EINVAL;
    add_jobs(&worker, &work, 1, 1, NULL);
    wait_until(&work, "count(dead_at)", 1);
    cr_expect_eq(work.runs[1], 1, "hopeless ones are not tried again");
    talloc_free(mem);
    end_worker(&worker);
}

Test(jobs, that_cannot_be_done_are_kept_and_may_be_revived)
{
    sb_test_run(dead_letters, NULL);
}

static void keys(void *arg)
{
    struct work work = new_work("key");
    struct worker worker = new_worker(&work, 1, 5000);

    (void)arg;
    work.take_ms = 30;
    work.fail_times = 1; /* and back among the waiting ones */
    add_jobs(&worker, &work, 0, 3, "site");
    cr_expect_eq(ask(&work, "count(*)"), 1, "one waits for all");
    sb_jobs_start(worker.jobs);
    sb_jobs_wake(worker.jobs);
    while (work.runs[0] == 0)
        cr_assert_eq(sb_wait_for(&work.started, 10000), 0);
    add_jobs(&worker, &work, 5, 2, "site");
    cr_expect_eq(ask(&work, "count(*)"), 2, "while it runs, one more may wait");
    wait_until(&work, "count(*)", 0);
    cr_expect_eq(work.runs[0], 1, "the one that waits stands for the retry as well");
    cr_expect_eq(work.runs[5], 2);
    cr_expect_eq(work.runs[6], 0);
    end_worker(&worker);
}

Test(jobs, of_one_key_wait_once)
{
    sb_test_run(keys, NULL);
}

static void schedule(void *arg)
{
    struct work work = new_work("tick");
    struct worker worker = new_worker(&work, 1, 5000);
    struct sb_err err = {0};

    (void)arg;
    work.fail_times = 4; /* a schedule outlives its failures */
    sb_jobs_start(worker.jobs);
    cr_assert_eq(sb_job_every(worker.jobs, work.kind, "", 20, &err), 0, "%s", err.msg);
    cr_assert_eq(sb_job_every(worker.jobs, work.kind, "", 20, &err), 0);
    cr_expect_eq(ask(&work, "count(*)"), 1);
    while (work.runs[0] < 8) {
        sb_wait_init(&work.started);
        cr_assert_eq(sb_wait_for(&work.started, 10000), 0);
    }
    cr_expect_eq(ask(&work, "count(dead_at)"), 0);
    cr_assert_eq(sb_job_every(worker.jobs, work.kind, "", 0, &err), 0);
    wait_until(&work, "count(*)", 0);
    end_worker(&worker);
}

Test(jobs, of_a_schedule_come_again_and_again)
{
    sb_test_run(schedule, NULL);
}

static void give_back(void *arg)
{
    struct work work = new_work("back");
    struct worker worker = new_worker(&work, 1, 60000);

    (void)arg;
    work.take_ms = 60000;
    sb_jobs_start(worker.jobs);
    add_jobs(&worker, &work, 0, 1, NULL);
    while (work.runs[0] == 0)
        cr_assert_eq(sb_wait_for(&work.started, 10000), 0);
    cr_expect_eq(sb_jobs_busy(worker.jobs), 1);
    end_worker(&worker);
    cr_expect_eq(work.canceled, 1);
    cr_expect_eq(ask(&work, "count(*) FILTER (WHERE token IS NULL AND attempts = 0"
                            " AND run_at <= now())"),
                 1, "another worker may have it at once");
}

Test(jobs, of_a_worker_that_ends_are_given_back)
{
    sb_test_run(give_back, NULL);
}

static void draining(void *arg)
{
    struct work work = new_work("drain");
    struct worker worker = new_worker(&work, 1, 60000);

    (void)arg;
    work.take_ms = 50;
    sb_jobs_start(worker.jobs);
    add_jobs(&worker, &work, 0, 3, NULL);
    while (work.parallel == 0)
        cr_assert_eq(sb_wait_for(&work.started, 10000), 0);
    sb_jobs_drain(worker.jobs);
    while (sb_jobs_busy(worker.jobs) > 0)
        cr_assert_eq(sb_sleep(5), 0);
    cr_expect_eq(work.canceled, 0, "what runs goes on");
    cr_expect_eq(ask(&work, "count(*)"), 2, "and nothing more is begun");
    end_worker(&worker);
}

Test(jobs, are_finished_but_not_begun_when_draining)
{
    sb_test_run(draining, NULL);
}

/* A worker that is killed: it takes the job and never comes back. */
static void die_with_it(void *arg)
{
    struct work *work = arg;
    struct worker worker = new_worker(work, 1, 300);

    work->take_ms = 60000;
    sb_jobs_start(worker.jobs);
    while (work->runs[0] == 0)
        (void)sb_wait_for(&work->started, 10000);
    (void)raise(SIGKILL);
}

static void add_one(void *arg)
{
    struct worker worker = new_worker(arg, 1, 300);

    add_jobs(&worker, arg, 0, 1, NULL);
    end_worker(&worker);
}

static void take_over(void *arg)
{
    struct work *work = arg;
    struct worker worker = new_worker(work, 1, 300);

    cr_expect_eq(ask(work, "count(token)"), 1, "the dead worker has it still");
    sb_jobs_start(worker.jobs);
    wait_until(work, "count(*)", 0);
    cr_expect_eq(work->last_attempt, 2);
    end_worker(&worker);
}

Test(jobs, of_a_killed_worker_are_taken_again_after_the_lease)
{
    struct work work = new_work("killed");
    int status;
    pid_t pid;

    sb_test_run(add_one, &work);
    pid = fork();
    if (pid == 0)
        sb_test_run(die_with_it, &work);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    sb_test_run(take_over, &work);
}

static void poisonous(void *arg)
{
    struct work work = new_work("poison");
    struct worker worker = new_worker(&work, 1, 300);
    char sql[300];

    (void)arg;
    add_jobs(&worker, &work, 0, 1, NULL);
    (void)snprintf(sql, sizeof(sql),
                   "SET ROLE switchboard_system; UPDATE jobs SET attempts = 3,"
                   " token = gen_random_uuid() WHERE kind = '%s'",
                   work.kind);
    sb_test_db_sql(sb_test_db_url(), sql); /* three workers died of it */
    sb_jobs_start(worker.jobs);
    wait_until(&work, "count(dead_at)", 1);
    cr_expect_eq(work.runs[0], 0);
    end_worker(&worker);
}

Test(jobs, that_kill_their_workers_are_given_up)
{
    sb_test_run(poisonous, NULL);
}

static void stolen(void *arg)
{
    struct work work = new_work("stolen");
    struct worker worker = new_worker(&work, 1, 200);
    char sql[300];

    (void)arg;
    work.take_ms = 60000;
    sb_jobs_start(worker.jobs);
    add_jobs(&worker, &work, 0, 1, NULL);
    while (work.runs[0] == 0)
        cr_assert_eq(sb_wait_for(&work.started, 10000), 0);
    (void)snprintf(sql, sizeof(sql),
                   "SET ROLE switchboard_system; UPDATE jobs SET token ="
                   " gen_random_uuid(), run_at = now() + '1h' WHERE kind = '%s'",
                   work.kind);
    sb_test_db_sql(sb_test_db_url(), sql);
    while (work.canceled == 0)
        cr_assert_eq(sb_sleep(5), 0);
    end_worker(&worker);
    cr_expect_eq(ask(&work, "count(token)"), 1, "the thief's row is left alone");
}

Test(jobs, whose_lease_was_lost_are_stopped)
{
    sb_test_run(stolen, NULL);
}

static void in_a_tenant_s_transaction(void *arg)
{
    struct work work = new_work("tenant");
    struct worker worker = new_worker(&work, 1, 5000);
    char *org = sb_test_db_value(
        sb_test_db_url(), "SET ROLE switchboard_system; INSERT INTO organizations"
                          " (slug, name) VALUES ('jobs-tenant', 'x')"
                          " RETURNING id");
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct sb_tx *tx;

    (void)arg;
    cr_assert_eq(sb_tx_begin(worker.db, mem, org, &tx, &err), 0);
    sb_job_add(tx, work.kind, org, NULL, NULL, 0);
    cr_assert_eq(sb_tx_commit(tx, &err), 0, "%s", err.msg);
    sb_tx_free(tx);
    cr_assert_eq(sb_tx_begin(worker.db, mem, org, &tx, &err), 0);
    sb_job_add(tx, work.kind, "", NULL, NULL, 0);
    cr_expect_eq(sb_tx_commit(tx, &err), SB_EREFUSED, "not for somebody else");
    sb_tx_free(tx);
    cr_assert_eq(sb_tx_begin(worker.db, mem, org, &tx, &err), 0);
    sb_job_add(tx, work.kind, org, NULL, NULL, 0);
    sb_tx_free(tx); /* never committed: never there */
    cr_expect_eq(ask(&work, "count(*)"), 1);
    talloc_free(mem);
    free(org);
    end_worker(&worker);
}

Test(jobs, exist_exactly_if_their_cause_does)
{
    sb_test_run(in_a_tenant_s_transaction, NULL);
}
