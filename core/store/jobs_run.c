/* SPDX-License-Identifier: Apache-2.0
 *
 * See jobs_run.h. A lease is kept to by the clock as well: a job whose renewal does
 * not get through is cancelled before somebody else may take it.
 */
#include "store/jobs_run.h"

#include <event2/event.h>
#include <string.h>
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "store/jobs_rows.h"
#include "store/pg.h"

#define RETRY_RENEWAL_MS 20
#define LONGEST_PAUSE_MS 600000

void sb_jobs_unref(struct sb_jobs *jobs)
{
    if (--jobs->refs == 0)
        talloc_free(jobs);
}

/* ---- one job ---- */

static int64_t pause_before_retry(const struct sb_runner *runner,
                                  const struct sb_err *err)
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

static enum sb_job_end judge(const struct sb_runner *runner, int rc)
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

static void log_end(const struct sb_runner *runner, enum sb_job_end end,
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
static void write_end(struct sb_runner *runner, enum sb_job_end end, int64_t pause_ms,
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

static void settle(struct sb_runner *runner, int rc, struct sb_err *err)
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

static void drop_runner(struct sb_runner *runner)
{
    struct sb_jobs *jobs = runner->jobs;
    struct sb_runner **at = &jobs->runners;

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
    sb_jobs_unref(jobs);
}

static void run_job(void *arg)
{
    struct sb_runner *runner = arg;
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
    struct sb_runner *runner = arg;

    (void)fd;
    (void)what;
    runner->lost = true;
    sb_task_cancel(runner->task);
}

/* Nine tenths of the lease from when it was asked for: ours ends before theirs. */
static void arm_lease(struct sb_runner *runner, int64_t asked_ms)
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
    struct sb_runner *runner;
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
    struct sb_runner *runner;
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
    const struct sb_runner *runner;

    for (runner = jobs->runners; runner; runner = runner->next) {
        int64_t due = runner->renewed_ms + runner->kind->conf.lease_ms / 3 - now;

        if (!runner->lost && due < least)
            least = due;
    }
    return least;
}

void sb_jobs_renew(void *arg)
{
    struct sb_jobs *jobs = arg;

    while (!jobs->closing) {
        int64_t due = until_renewal(jobs);

        if (due <= 0) {
            renew_leases(jobs);
            due = RETRY_RENEWAL_MS; /* if it failed, not at once again */
        }
        if (sb_wait_for(&jobs->renew, due == INT64_MAX ? -1 : due) == SB_ECANCELED)
            break;
    }
    jobs->renewer = NULL;
    sb_jobs_unref(jobs);
}

/* ---- starting ---- */

static struct sb_runner *new_runner(struct sb_jobs *jobs, struct sb_jobs_kind *kind,
                                    const struct sb_rows *rows, size_t row,
                                    const char *token)
{
    struct sb_runner *runner = talloc_zero(NULL, struct sb_runner);
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

void sb_jobs_run(struct sb_jobs *jobs, struct sb_jobs_kind *kind,
                 const struct sb_rows *rows, size_t row, const char *token,
                 int64_t asked_ms)
{
    struct sb_runner *runner = new_runner(jobs, kind, rows, row, token);

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
