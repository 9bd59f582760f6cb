/* SPDX-License-Identifier: Apache-2.0
 *
 * Jobs: rows taken with SKIP LOCKED under a lease, woken by NOTIFY, retried with
 * backoff and jitter, dead-lettered when tries run out. A job is added in the
 * transaction that causes it, so it exists exactly if its cause does.
 */
#ifndef SB_STORE_JOBS_H
#define SB_STORE_JOBS_H

#include <jansson.h>
#include <stdint.h>
#include <switchboard/err.h>
#include <talloc.h>

struct sb_db;
struct sb_events;
struct sb_tx;
struct sb_loop;
struct sb_jobs;

struct sb_job {
    int64_t id;
    const char *kind; /* "crawl" */
    const char *org;  /* the organisation's UUID or "" */
    const json_t *args;
    int attempt;      /* from 1 */
};

struct sb_job_kind {
    const char *name;
    int max_attempts;
    int lease_ms;  /* renewed while the handler runs */
    int parallel;  /* of this kind in this worker */
    /* [task] 0 done; SB_EINVAL and SB_EREFUSED: dead at once; else tried again. */
    int (*run)(void *arg, TALLOC_CTX *mem, const struct sb_job *job, struct sb_err *err);
    void *arg;
    int backoff_ms; /* before the second try, then twice as long each time; 0: 1 s */
};

/* Queues the insert into an open transaction. `key` (or NULL): while a job of this
 * kind and key waits, another is not added (while it runs, one is). `run_at` in wall ms, 0 is
 * now. `org` is the transaction's own, or any ("": none) in a "system" one. */
void sb_job_add(struct sb_tx *tx, const char *kind, const char *org, const char *key,
                const json_t *args, int64_t run_at);
/* [suspends] A schedule: makes sure one job of this kind is queued every `every_ms`
 * after the last one ended, the first at once; 0 ends the schedule. Its args are {}. */
int sb_job_every(struct sb_jobs *jobs, const char *kind, const char *org, int64_t every_ms,
                 struct sb_err *err);

struct sb_jobs *sb_jobs_new(struct sb_loop *loop, struct sb_db *db);
void sb_jobs_kind(struct sb_jobs *jobs, const struct sb_job_kind *kind);
void sb_jobs_start(struct sb_jobs *jobs);
/* Takes no more; what runs goes on. */
void sb_jobs_drain(struct sb_jobs *jobs);
/* How many of ours are running. */
int sb_jobs_busy(const struct sb_jobs *jobs);
void sb_jobs_free(struct sb_jobs *jobs);
/* Tells the other workers that there is work: gathered, sent on the events'
 * connection, never in a turn's own transaction. */
void sb_jobs_wake(struct sb_jobs *jobs);
/* How sb_jobs_wake() reaches other workers; without it they look every few seconds.
 * `events` must live until sb_jobs_free(). */
void sb_jobs_use_events(struct sb_jobs *jobs, struct sb_events *events);

/* ---- the dead-letter list ---- */

struct sb_dead_job {
    const char *org; /* "" for none */
    int64_t id;
    const char *kind, *key, *args, *error;
    int attempts;
    int64_t dead_ms;
};
/* [suspends] The latest first, at most `limit`; `org` "system" for all. */
int sb_jobs_dead(struct sb_db *db, TALLOC_CTX *mem, const char *org, int limit,
                 struct sb_dead_job **list_r, size_t *count_r, struct sb_err *err);
/* [suspends] Gives a dead job new tries; SB_ENOTFOUND, or SB_ECONFLICT when one of its
 * key waits already. `org` "system" and an id from the list do. */
int sb_job_revive(struct sb_db *db, const char *org, int64_t id, struct sb_err *err);

#endif
