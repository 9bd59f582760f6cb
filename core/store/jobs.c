/* SPDX-License-Identifier: Apache-2.0
 *
 * See jobs.h. One task takes what is due while there is room; what it takes is run by
 * jobs_run.c.
 */
#include "store/jobs.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "base/task.h"
#include "store/events.h"
#include "store/jobs_rows.h"
#include "store/jobs_run.h"
#include "store/pg.h"

#define TOPIC "jobs"
#define POLL_MS 5000     /* for wake-ups that were lost, and other workers' leases */
#define LEAST_WAIT_MS 20 /* another worker may be taking what is due */

/* ---- taking ---- */

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
    struct sb_jobs_kind *kind;
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
    struct sb_jobs_kind *kind;
    size_t started = 0, row;
    int i = 0;

    for (kind = jobs->kinds; kind && i < taking->kinds; kind = kind->next, i++) {
        const struct sb_rows *rows =
            indexes[i] < 0 ? NULL : sb_tx_rows(taking->tx, indexes[i]);

        for (row = 0; row < sb_rows_count(rows); row++, started++)
            sb_jobs_run(jobs, kind, rows, row, taking->token, taking->asked_ms);
    }
    return started;
}

static int count_kinds(const struct sb_jobs *jobs)
{
    const struct sb_jobs_kind *kind;
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
    sb_jobs_unref(jobs);
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
    struct sb_jobs_kind *kind = talloc_zero(jobs, struct sb_jobs_kind),
                        **at = &jobs->kinds;

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
    jobs->renewer = sb_task_spawn(jobs->loop, "job leases", sb_jobs_renew, jobs);
    if (!jobs->taker)
        sb_jobs_unref(jobs);
    if (!jobs->renewer)
        sb_jobs_unref(jobs);
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
    struct sb_runner *runner;

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
    sb_jobs_unref(jobs);
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
