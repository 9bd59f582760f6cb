/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of the jobs table, as the runner uses them. A job is ours while its token
 * is: every change names it, so a worker that lost its lease changes nothing.
 */
#ifndef SB_STORE_JOBS_ROWS_H
#define SB_STORE_JOBS_ROWS_H

#include "store/jobs.h"
#include "store/pg.h"

#define SB_NO_ORG "00000000-0000-0000-0000-000000000000"

/* Queue, into a system transaction: dead-letters those whose workers died once too
 * often; takes up to `limit` that are due (returns the statement's index). */
void sb_job_rows_bury(struct sb_tx *tx, const char *kind, int max_attempts);
int sb_job_rows_take(struct sb_tx *tx, const char *kind, const char *token, int limit,
                     int lease_ms);
/* In how many milliseconds the next of these kinds (JSON array) is due; NULL: none. */
int sb_job_rows_due(struct sb_tx *tx, const char *kinds);
/* Renews leases: [[org, id, token, lease_ms], ...]; returns the ids that are ours yet.
 */
int sb_job_rows_renew(struct sb_tx *tx, const char *list);

enum sb_job_end { SB_JOB_DONE, SB_JOB_RETRY, SB_JOB_DEAD, SB_JOB_RELEASE };
/* [suspends] Writes how a job ended. A schedule's next turn comes instead of its end.
 */
int sb_job_rows_end(struct sb_db *db, const char *org, int64_t id, const char *token,
                    enum sb_job_end end, int64_t pause_ms, const char *error,
                    struct sb_err *err);
/* [suspends] sb_job_every() without the waking. */
int sb_job_rows_every(struct sb_db *db, const char *kind, const char *org,
                      int64_t every_ms, struct sb_err *err);

#endif
