/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the jobs: what jobs.c (which takes them) and jobs_run.c (which runs
 * them and renews their leases) share.
 */
#ifndef SB_STORE_JOBS_RUN_H
#define SB_STORE_JOBS_RUN_H

#include <stdbool.h>
#include "base/task.h"
#include "store/jobs.h"

struct event;
struct sb_events;
struct sb_rows;
struct sb_subscription;

struct sb_jobs_kind {
    struct sb_job_kind conf;
    int running;
    struct sb_jobs_kind *next;
};

struct sb_runner {
    struct sb_jobs *jobs;
    struct sb_jobs_kind *kind;
    struct sb_job job;
    json_t *args;
    char token[37];
    struct sb_task *task;
    struct event *lease; /* when it will have run out */
    int64_t renewed_ms;  /* monotonic, before the renewal was asked for */
    unsigned asked;      /* the last round of renewals it was in */
    bool lost;
    struct sb_runner *next;
};

struct sb_jobs {
    struct sb_loop *loop;
    struct sb_db *db;
    struct sb_events *events;
    struct sb_subscription *subscription;
    unsigned refs; /* the owner and our tasks */
    bool started, draining, closing;
    struct sb_jobs_kind *kinds;
    struct sb_runner *runners;
    int busy;
    struct sb_task *taker, *renewer;
    struct sb_wait take, renew;
    unsigned round;
};

/* Starts the job of row `row`; its lease counts from `asked_ms`. */
void sb_jobs_run(struct sb_jobs *jobs, struct sb_jobs_kind *kind,
                 const struct sb_rows *rows, size_t row, const char *token,
                 int64_t asked_ms);
/* The task that renews leases; holds a reference on the jobs. */
void sb_jobs_renew(void *arg);
void sb_jobs_unref(struct sb_jobs *jobs);

#endif
