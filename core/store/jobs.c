/* SPDX-License-Identifier: Apache-2.0
 *
 * See jobs.h. One task takes what is due while there is room, one renews leases, and
 * each job is a task. A lease is kept to by the clock as well: a job whose renewal
 * does not get through is cancelled before somebody else may take it.
 */
#include "store/jobs.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "base/task.h"
#include "store/events.h"
#include "store/jobs_rows.h"
#include "store/pg.h"

#define TOPIC "jobs"
#define POLL_MS 5000     /* for wake-ups that were lost, and other workers' leases */
#define LEAST_WAIT_MS 20 /* another worker may be taking what is due */
#define LONGEST_PAUSE_MS 600000

struct kind {
    struct sb_job_kind conf;
    int running;
    struct kind *next;
};

struct runner {
    struct sb_jobs *jobs;
    struct kind *kind;
    struct sb_job job;
    json_t *args;
    char token[37];
    struct sb_task *task;
    struct event *lease; /* when it will have run out */
    int64_t renewed_ms;  /* monotonic, before the renewal was asked for */
    unsigned asked;      /* the last round of renewals it was in */
    bool lost;
    struct runner *next;
};

struct sb_jobs {
    struct sb_loop *loop;
    struct sb_db *db;
    struct sb_events *events;
    struct sb_subscription *subscription;
    unsigned refs; /* the owner and our tasks */
    bool started, draining, closing;
    struct kind *kinds;
    struct runner *runners;
    int busy;
    struct sb_task *taker, *renewer;
    struct sb_wait take, renew;
    unsigned round;
};

static void unref(struct sb_jobs *jobs)
{
    if (--jobs->refs == 0)
        talloc_free(jobs);
}

/* ---- one job ---- */

static int64_t pause_before_retry(const struct runner *runner, const struct sb_err *err)
{
    int64_t pause = runner->kind->conf.backoff_ms;
    uint32_t random;
    int i;

    for (i = 1; i < runner->job.attempt && pause < LONGEST_PAUSE_MS; i++)
        pause *= 2;
    if (pause > LONGEST_PAUSE_MS)
        pause = LONGEST_PAUSE_MS;
    sb_random(&random, sizeof(random));
    pause = pause / 2 + (int64_t)(random % (uint32_t)(pause / 2 + 1));
    return pause < err->retry_after_ms ? err->retry_after_ms : pause;
}

static enum sb_job_end judge(const struct runner *runner, int rc)
{
    if (rc == 0)
        return SB_JOB_DONE;
    if (rc == SB_ECANCELED && runner->jobs->closing)
        return SB_JOB_RELEASE;
    if (rc == SB_EINVAL || rc == SB_EREFUSED)
        return SB_JOB_DEAD;
    return runner->job.attempt >= runner->kind->conf.max_attempts ? SB_JOB_DEAD
                                                                  : SB_JOB_RETRY;
}

static void log_end(const struct runner *runner, enum sb_job_end end,
                    const struct sb_err *err)
{
    if (end != SB_JOB_DEAD && end != SB_JOB_RETRY)
        return;
    sb_log(end == SB_JOB_DEAD ? SB_LOG_ERROR : SB_LOG_WARN, "store",
           end == SB_JOB_DEAD ? "a job was given up"
                              : "a job failed, to be tried again",
           sb_str("kind", runner->job.kind), sb_int("id", runner->job.id),
           sb_int("attempt", runner->job.attempt), sb_str("why", err->msg));
}

/* [suspends] What is not written down is done again after the lease: worth some
 * patience with a database that is restarting. */
static void write_end(struct runner *runner, enum sb_job_end end, int64_t pause_ms,
                      const char *error)
{
    struct sb_err err = {0};
    int tries, rc = SB_EUNAVAILABLE;

    for (tries = 1; tries <= 5 && rc == SB_EUNAVAILABLE && !runner->lost; tries++) {
        rc = sb_job_rows_end(runner->jobs->db, runner->job.org, runner->job.id,
                             runner->token, end, pause_ms, error, &err);
        if (rc == SB_EUNAVAILABLE && sb_sleep(200 * tries) != 0)
            break;
    }
    if (rc && !runner->lost)
        sb_log(SB_LOG_ERROR, "store", "the end of a job could not be written",
               sb_str("kind", runner->job.kind), sb_int("id", runner->job.id),
               sb_str("why", err.msg));
}

static void settle(struct runner *runner, int rc, struct sb_err *err)
{
    enum sb_job_end end = judge(runner, rc);

    if (runner->lost) {
        sb_log(SB_LOG_WARN, "store", "a job lost its lease and was stopped",
               sb_str("kind", runner->job.kind), sb_int("id", runner->job.id));
        return;
    }
    if (rc && !*err->msg)
        (void)sb_fail(err, rc, "it failed: %s", sb_code_name(rc));
    log_end(runner, end, err);
    sb_task_shield_push();
    write_end(runner, end, pause_before_retry(runner, err), rc ? err->msg : "");
    sb_task_shield_pop();
}

static void drop_runner(struct runner *runner)
{
    struct sb_jobs *jobs = runner->jobs;
    struct runner **at = &jobs->runners;

    while (*at != runner)
        at = &(*at)->next;
    *at = runner->next;
    if (runner->lease)
        event_free(runner->lease);
    json_decref(runner->args);
    runner->kind->running--;
    jobs->busy--;
    sb_wait_wake(&jobs->take);
    talloc_free(runner);
    unref(jobs);
}

static void run_job(void *arg)
{
    struct runner *runner = arg;
    const struct sb_job_kind *conf = &runner->kind->conf;
    struct sb_log_scope scope;
    struct sb_err err = {0};
    TALLOC_CTX *mem = talloc_new(NULL);
    int rc;

    sb_log_scope_push(&scope, "job", conf->name);
    rc = sb_task_is_canceled(sb_task_self())
             ? SB_ECANCELED
             : conf->run(conf->arg, mem, &runner->job, &err);
    talloc_free(mem);
    settle(runner, rc, &err);
    sb_log_scope_pop(&scope);
    drop_runner(runner);
}

/* ---- leases ---- */

static void on_lease_over(evutil_socket_t fd, short what, void *arg)
{
    struct runner *runner = arg;

    (void)fd;
    (void)what;
    runner->lost = true;
    sb_task_cancel(runner->task);
}

/* Nine tenths of the lease from when it was asked for: ours ends before theirs. */
static void arm_lease(struct runner *runner, int64_t asked_ms)
{
    int64_t left =
        asked_ms + runner->kind->conf.lease_ms * 9LL / 10 - sb_clock_mono_ms();
    struct timeval until;

    if (left < 1)
        left = 1;
    until.tv_sec = left / 1000;
    until.tv_usec = left % 1000 * 1000;
    runner->renewed_ms = asked_ms;
    (void)evtimer_add(runner->lease, &until);
}

static char *list_for_renewal(struct sb_jobs *jobs, TALLOC_CTX *mem, int64_t now)
{
    json_t *list = json_array();
    struct runner *runner;
    char *text = NULL;

    jobs->round++;
    for (runner = jobs->runners; runner; runner = runner->next) {
        int lease_ms = runner->kind->conf.lease_ms;

        if (runner->lost || now - runner->renewed_ms < lease_ms / 4)
            continue;
        runner->asked = jobs->round;
        json_array_append_new(
            list,
            json_pack("[s, I, s, i]", *runner->job.org ? runner->job.org : SB_NO_ORG,
                      (json_int_t)runner->job.id, runner->token, lease_ms));
    }
    if (json_array_size(list) > 0)
        text = sb_json_text(mem, list, false);
    json_decref(list);
    return text;
}

static bool has_id(const struct sb_rows *rows, int64_t id)
{
    size_t i;

    for (i = 0; i < sb_rows_count(rows); i++) {
        if (sb_row_int(rows, i, "id") == id)
            return true;
    }
    return false;
}

/* [suspends] One round. A database that does not answer is left to the timers. */
static void renew_leases(struct sb_jobs *jobs)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    int64_t asked_ms = sb_clock_mono_ms();
    char *list = list_for_renewal(jobs, mem, asked_ms);
    struct sb_err err = {0};
    struct runner *runner;
    struct sb_tx *tx;
    int index;

    if (!list || sb_tx_begin(jobs->db, mem, "system", &tx, &err) != 0)
        goto out;
    index = sb_job_rows_renew(tx, list);
    if (sb_tx_commit(tx, &err) != 0)
        goto out;
    for (runner = jobs->runners; runner; runner = runner->next) {
        if (runner->asked != jobs->round)
            continue;
        if (has_id(sb_tx_rows(tx, index), runner->job.id)) {
            arm_lease(runner, asked_ms);
        } else {
            runner->lost = true;
            sb_task_cancel(runner->task);
        }
    }
out:
    talloc_free(mem);
}

static int64_t until_renewal(const struct sb_jobs *jobs)
{
    int64_t least = INT64_MAX, now = sb_clock_mono_ms();
    const struct runner *runner;

    for (runner = jobs->runners; runner; runner = runner->next) {
        int64_t due = runner->renewed_ms + runner->kind->conf.lease_ms / 3 - now;

        if (!runner->lost && due < least)
            least = due;
    }
    return least;
}

static void run_renewer(void *arg)
{
    struct sb_jobs *jobs = arg;

    while (!jobs->closing) {
        int64_t due = until_renewal(jobs);

        if (due <= 0) {
            renew_leases(jobs);
            due = LEAST_WAIT_MS; /* if it failed, not at once again */
        }
        if (sb_wait_for(&jobs->renew, due == INT64_MAX ? -1 : due) == SB_ECANCELED)
            break;
    }
    jobs->renewer = NULL;
    unref(jobs);
}

/* ---- taking ---- */

static struct runner *new_runner(struct sb_jobs *jobs, struct kind *kind,
                                 const struct sb_rows *rows, size_t row,
                                 const char *token)
{
    struct runner *runner = talloc_zero(NULL, struct runner);
    const char *org = sb_row_str(rows, row, "org_id");

    runner->jobs = jobs;
    runner->kind = kind;
    runner->job.id = sb_row_int(rows, row, "id");
    runner->job.kind = kind->conf.name;
    runner->job.org = talloc_strdup(runner, strcmp(org, SB_NO_ORG) == 0 ? "" : org);
    runner->job.attempt = (int)sb_row_int(rows, row, "attempts");
    runner->args = json_loads(sb_row_str(rows, row, "args"), JSON_DECODE_ANY, NULL);
    if (!runner->args)
        runner->args = json_object();
    runner->job.args = runner->args;
    (void)snprintf(runner->token, sizeof(runner->token), "%s", token);
    runner->lease = evtimer_new(sb_loop_base(jobs->loop), on_lease_over, runner);
    return runner;
}

static void start_job(struct sb_jobs *jobs, struct kind *kind,
                      const struct sb_rows *rows, size_t row, const char *token,
                      int64_t asked_ms)
{
    struct runner *runner = new_runner(jobs, kind, rows, row, token);

    runner->next = jobs->runners;
    jobs->runners = runner;
    kind->running++;
    jobs->busy++;
    jobs->refs++;
    runner->task = sb_task_spawn(jobs->loop, "job", run_job, runner);
    if (!runner->task) {
        drop_runner(runner); /* no stack: the lease will run out */
        return;
    }
    arm_lease(runner, asked_ms);
    sb_wait_wake(&jobs->renew);
}

struct taking {
    struct sb_tx *tx;
    char token[37];
    int64_t asked_ms;
    json_t *open; /* names of the kinds that have room */
    int due;      /* index of a statement */
    int kinds;    /* how many there were when we asked */
};

static void ask_for_jobs(struct sb_jobs *jobs, struct taking *taking, int *indexes)
{
    struct kind *kind;
    char *names;
    int i = 0;

    for (kind = jobs->kinds; kind; kind = kind->next, i++) {
        int room = kind->conf.parallel - kind->running;

        indexes[i] = -1;
        if (room <= 0)
            continue;
        json_array_append_new(taking->open, json_string(kind->conf.name));
        sb_job_rows_bury(taking->tx, kind->conf.name, kind->conf.max_attempts);
        indexes[i] = sb_job_rows_take(taking->tx, kind->conf.name, taking->token, room,
                                      kind->conf.lease_ms);
    }
    names = sb_json_text(NULL, taking->open, false);
    taking->due = sb_job_rows_due(taking->tx, names);
    talloc_free(names);
}

static size_t start_jobs(struct sb_jobs *jobs, const struct taking *taking,
                         const int *indexes)
{
    struct kind *kind;
    size_t started = 0, row;
    int i = 0;

    for (kind = jobs->kinds; kind && i < taking->kinds; kind = kind->next, i++) {
        const struct sb_rows *rows =
            indexes[i] < 0 ? NULL : sb_tx_rows(taking->tx, indexes[i]);

        for (row = 0; row < sb_rows_count(rows); row++, started++)
            start_job(jobs, kind, rows, row, taking->token, taking->asked_ms);
    }
    return started;
}

static int count_kinds(const struct sb_jobs *jobs)
{
    const struct kind *kind;
    int count = 0;

    for (kind = jobs->kinds; kind; kind = kind->next)
        count++;
    return count;
}

/* [suspends] Takes what is due; gives how long to wait before looking again. What was
 * taken is started even when we are closing by then: it gives itself back. */
static int64_t take_jobs(struct sb_jobs *jobs)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct taking taking = {.open = json_array(), .asked_ms = sb_clock_mono_ms()};
    int *indexes;
    int64_t wait = POLL_MS;
    struct sb_err err = {0};
    const struct sb_rows *due;

    sb_uuid(taking.token);
    taking.kinds = count_kinds(jobs);
    indexes = talloc_zero_array(mem, int, (unsigned)taking.kinds + 1);
    if (sb_tx_begin(jobs->db, mem, "system", &taking.tx, &err) != 0)
        goto out;
    ask_for_jobs(jobs, &taking, indexes);
    if (json_array_size(taking.open) == 0)
        goto out;
    if (sb_tx_commit(taking.tx, &err) != 0) {
        wait = 500;
        if (err.code != SB_EUNAVAILABLE && err.code != SB_ECANCELED)
            sb_log(SB_LOG_ERROR, "store", "jobs cannot be taken",
                   sb_str("why", err.msg));
        goto out;
    }
    if (start_jobs(jobs, &taking, indexes) > 0)
        wait = 0;
    due = sb_tx_rows(taking.tx, taking.due);
    if (wait && !sb_row_null(due, 0, "ms") && sb_row_int(due, 0, "ms") < wait)
        wait = sb_row_int(due, 0, "ms");
    if (wait && wait < LEAST_WAIT_MS)
        wait = LEAST_WAIT_MS;
out:
    json_decref(taking.open);
    talloc_free(mem);
    return wait;
}

static void run_taker(void *arg)
{
    struct sb_jobs *jobs = arg;

    while (!jobs->closing && !jobs->draining) {
        int64_t wait = take_jobs(jobs);

        if (wait > 0 && sb_wait_for(&jobs->take, wait) == SB_ECANCELED)
            break;
    }
    jobs->taker = NULL;
    unref(jobs);
}

/* ---- the public part ---- */

struct sb_jobs *sb_jobs_new(struct sb_loop *loop, struct sb_db *db)
{
    struct sb_jobs *jobs = talloc_zero(NULL, struct sb_jobs);

    jobs->loop = loop;
    jobs->db = db;
    jobs->refs = 1;
    sb_wait_init(&jobs->take);
    sb_wait_init(&jobs->renew);
    return jobs;
}

void sb_jobs_kind(struct sb_jobs *jobs, const struct sb_job_kind *conf)
{
    struct kind *kind = talloc_zero(jobs, struct kind), **at = &jobs->kinds;

    kind->conf = *conf;
    kind->conf.name = talloc_strdup(kind, conf->name);
    if (kind->conf.max_attempts < 1)
        kind->conf.max_attempts = 5;
    if (kind->conf.lease_ms < 100)
        kind->conf.lease_ms = conf->lease_ms > 0 ? 100 : 60000;
    if (kind->conf.parallel < 1)
        kind->conf.parallel = 1;
    if (kind->conf.backoff_ms < 1)
        kind->conf.backoff_ms = 1000;
    while (*at) /* behind the others: the taker may be counting them */
        at = &(*at)->next;
    *at = kind;
}

void sb_jobs_start(struct sb_jobs *jobs)
{
    if (jobs->started)
        return;
    jobs->started = true;
    jobs->refs += 2;
    jobs->taker = sb_task_spawn(jobs->loop, "jobs", run_taker, jobs);
    jobs->renewer = sb_task_spawn(jobs->loop, "job leases", run_renewer, jobs);
    if (!jobs->taker)
        unref(jobs);
    if (!jobs->renewer)
        unref(jobs);
}

void sb_jobs_drain(struct sb_jobs *jobs)
{
    jobs->draining = true;
    sb_wait_wake(&jobs->take);
}

int sb_jobs_busy(const struct sb_jobs *jobs)
{
    return jobs->busy;
}

void sb_jobs_free(struct sb_jobs *jobs)
{
    struct runner *runner;

    if (!jobs)
        return;
    jobs->closing = true;
    sb_events_unsubscribe(jobs->subscription);
    jobs->subscription = NULL;
    jobs->events = NULL;
    if (jobs->taker)
        sb_task_cancel(jobs->taker);
    if (jobs->renewer)
        sb_task_cancel(jobs->renewer);
    for (runner = jobs->runners; runner; runner = runner->next)
        sb_task_cancel(runner->task);
    unref(jobs);
}

static void on_wake(void *arg, const char *topic, const char *payload)
{
    struct sb_jobs *jobs = arg;

    (void)topic;
    (void)payload;
    sb_wait_wake(&jobs->take);
}

void sb_jobs_use_events(struct sb_jobs *jobs, struct sb_events *events)
{
    jobs->events = events;
    jobs->subscription = sb_events_subscribe(events, TOPIC, on_wake, jobs);
}

void sb_jobs_wake(struct sb_jobs *jobs)
{
    if (jobs->events)
        sb_events_publish(jobs->events, TOPIC, "");
    else
        sb_wait_wake(&jobs->take);
}

int sb_job_every(struct sb_jobs *jobs, const char *kind, const char *org,
                 int64_t every_ms, struct sb_err *err)
{
    int rc = sb_job_rows_every(jobs->db, kind, org, every_ms, err);

    if (!rc)
        sb_jobs_wake(jobs);
    return rc;
}
