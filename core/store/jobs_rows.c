/* SPDX-License-Identifier: Apache-2.0
 *
 * See jobs_rows.h. The times are the database's, so that workers on several machines
 * agree about leases.
 */
#include "store/jobs_rows.h"

#include <string.h>

#include "base/array.h"
#include "base/json.h"

#define MS(param) param " * interval '1 millisecond'"

/* ---- adding ---- */

static const struct sb_stmt ADD = {
    "job_add",
    "INSERT INTO jobs (org_id, kind, key, args, run_at)"
    " VALUES ($1, $2, $3, $4, coalesce($5::timestamptz, now()))"
    " ON CONFLICT (org_id, kind, key) WHERE key IS NOT NULL AND token IS NULL"
    " AND dead_at IS NULL DO NOTHING"};

static const char *or_none(const char *org)
{
    return org && *org ? org : SB_NO_ORG;
}

void sb_job_add(struct sb_tx *tx, const char *kind, const char *org, const char *key,
                const json_t *args, int64_t run_at)
{
    char *text = args ? sb_json_text(NULL, args, false) : NULL;

    (void)sb_tx_add(tx, &ADD, sb_p_str(or_none(org)), sb_p_str(kind), sb_p_opt(key),
                    sb_p_str(text ? text : "{}"), sb_p_time(run_at));
    talloc_free(text);
}

/* ---- taking ---- */

static const struct sb_stmt BURY = {
    "job_bury", "UPDATE jobs SET dead_at = now(), token = NULL,"
                " error = coalesce(error || '; ', '') || 'its worker died'"
                " WHERE kind = $1 AND dead_at IS NULL AND run_at <= now()"
                " AND token IS NOT NULL AND every_ms IS NULL AND attempts >= $2"};
/* Materialised: a plan that ran the inner query twice would lock more than it takes. */
static const struct sb_stmt TAKE = {
    "job_take",
    "WITH due AS MATERIALIZED (SELECT org_id, id FROM jobs WHERE kind = $1"
    " AND dead_at IS NULL AND run_at <= now() ORDER BY run_at LIMIT $3"
    " FOR UPDATE SKIP LOCKED)"
    " UPDATE jobs j SET token = $2, attempts = attempts + 1,"
    " run_at = now() + " MS(
        "$4::bigint") " FROM due WHERE j.org_id = due.org_id AND j.id = due.id"
                      " RETURNING j.org_id, j.id, j.args, j.attempts"};
static const struct sb_stmt DUE = {
    "job_due",
    "SELECT ceil(extract(epoch FROM min(run_at) - now()) * 1000)::bigint AS ms"
    " FROM jobs WHERE dead_at IS NULL AND kind IN"
    " (SELECT jsonb_array_elements_text($1::jsonb))"};
static const struct sb_stmt RENEW = {
    "job_renew",
    "UPDATE jobs j SET run_at = now() + " MS(
        "(l->>3)::bigint") " FROM jsonb_array_elements($1::jsonb) AS l"
                           " WHERE j.org_id = (l->>0)::uuid AND j.id = (l->>1)::bigint"
                           " AND j.token = (l->>2)::uuid RETURNING j.id"};

void sb_job_rows_bury(struct sb_tx *tx, const char *kind, int max_attempts)
{
    (void)sb_tx_add(tx, &BURY, sb_p_str(kind), sb_p_int(max_attempts));
}

int sb_job_rows_take(struct sb_tx *tx, const char *kind, const char *token, int limit,
                     int lease_ms)
{
    return sb_tx_add(tx, &TAKE, sb_p_str(kind), sb_p_str(token), sb_p_int(limit),
                     sb_p_int(lease_ms));
}

int sb_job_rows_due(struct sb_tx *tx, const char *kinds)
{
    return sb_tx_add(tx, &DUE, sb_p_str(kinds));
}

int sb_job_rows_renew(struct sb_tx *tx, const char *list)
{
    return sb_tx_add(tx, &RENEW, sb_p_str(list));
}

/* ---- ending ---- */

#define OURS " WHERE org_id = $1 AND id = $2 AND token = $3"
/* Another of its key waits already: that one stands for this one, too. */
#define NONE_WAITS                                                                     \
    " AND NOT EXISTS (SELECT 1 FROM jobs w WHERE w.org_id = jobs.org_id"               \
    " AND w.kind = jobs.kind AND w.key = jobs.key AND w.token IS NULL"                 \
    " AND w.dead_at IS NULL)"

/* $4 is the pause in milliseconds, $5 the error; not every statement uses them. */
#define ALL_PARAMS " AND ($4::bigint IS NULL OR true) AND ($5::text IS NULL OR true)"
static const struct sb_stmt NEXT_TURN = {
    "job_next_turn",
    "UPDATE jobs SET token = NULL, attempts = 0, error = $5,"
    " run_at = now() + " MS("every_ms") OURS " AND every_ms IS NOT NULL" ALL_PARAMS};
static const struct sb_stmt ENDS[] = {
    [SB_JOB_DONE] = {"job_done", "DELETE FROM jobs" OURS ALL_PARAMS},
    [SB_JOB_RETRY] = {"job_retry",
                      "UPDATE jobs SET token = NULL, error = $5,"
                      " run_at = now() + " MS("$4::bigint") OURS NONE_WAITS},
    [SB_JOB_DEAD] = {"job_dead", "UPDATE jobs SET token = NULL, dead_at = now(),"
                                 " error = $5" OURS ALL_PARAMS},
    [SB_JOB_RELEASE] = {"job_release",
                        "UPDATE jobs SET token = NULL, run_at = now(),"
                        " attempts = greatest(attempts - 1, 0)" OURS NONE_WAITS
                            ALL_PARAMS},
};

static void add_end(struct sb_tx *tx, const struct sb_stmt *stmt, const char *org,
                    int64_t id, const char *token, int64_t pause_ms, const char *error)
{
    (void)sb_tx_add(tx, stmt, sb_p_str(org), sb_p_int(id), sb_p_str(token),
                    sb_p_int(pause_ms), sb_p_opt(error));
}

int sb_job_rows_end(struct sb_db *db, const char *org, int64_t id, const char *token,
                    enum sb_job_end end, int64_t pause_ms, const char *error,
                    struct sb_err *err)
{
    struct sb_tx *tx;
    int rc = sb_tx_begin(db, NULL, "system", &tx, err);

    if (rc)
        return rc;
    org = or_none(org);
    if (end == SB_JOB_DONE || end == SB_JOB_DEAD)
        add_end(tx, &NEXT_TURN, org, id, token, pause_ms, error);
    add_end(tx, &ENDS[end], org, id, token, pause_ms, error);
    if (end == SB_JOB_RETRY || end == SB_JOB_RELEASE)
        add_end(tx, &ENDS[SB_JOB_DONE], org, id, token, pause_ms, error);
    rc = sb_tx_commit(tx, err);
    sb_tx_free(tx);
    return rc;
}

/* ---- schedules ---- */

static const struct sb_stmt EVERY = {
    "job_every",
    "INSERT INTO jobs (org_id, kind, every_ms) VALUES ($1, $2, $3)"
    " ON CONFLICT (org_id, kind) WHERE every_ms IS NOT NULL DO UPDATE"
    " SET every_ms = EXCLUDED.every_ms, run_at = CASE WHEN jobs.token IS NULL"
    "  THEN least(jobs.run_at, now() + " MS(
        "EXCLUDED.every_ms") ")"
                             "  ELSE jobs.run_at END"
                             " WHERE jobs.every_ms <> EXCLUDED.every_ms"};
static const struct sb_stmt NEVER = {"job_never",
                                     "DELETE FROM jobs WHERE org_id = $1 AND kind = $2"
                                     " AND every_ms IS NOT NULL AND $3::bigint = 0"};

int sb_job_rows_every(struct sb_db *db, const char *kind, const char *org,
                      int64_t every_ms, struct sb_err *err)
{
    return sb_db_run(db, NULL, "system", every_ms > 0 ? &EVERY : &NEVER, NULL, err,
                     sb_p_str(or_none(org)), sb_p_str(kind),
                     sb_p_int(every_ms > 0 ? every_ms : 0));
}

/* ---- the dead ---- */

static const struct sb_stmt DEAD_LIST = {
    "job_dead_list", "SELECT org_id, id, kind, key, args, error, attempts, dead_at"
                     " FROM jobs WHERE dead_at IS NOT NULL ORDER BY dead_at DESC"
                     " LIMIT $1"};
static const struct sb_stmt REVIVE = {
    "job_revive", "UPDATE jobs SET dead_at = NULL, attempts = 0, run_at = now()"
                  " WHERE id = $1 AND dead_at IS NOT NULL"};

static void fill_dead(TALLOC_CTX *mem, const struct sb_rows *rows, size_t row,
                      struct sb_dead_job *dead)
{
    const char *org = sb_row_str(rows, row, "org_id");

    dead->org = talloc_strdup(mem, strcmp(org, SB_NO_ORG) == 0 ? "" : org);
    dead->id = sb_row_int(rows, row, "id");
    dead->kind = sb_row_dup(mem, rows, row, "kind");
    dead->key = sb_row_dup(mem, rows, row, "key");
    dead->args = sb_row_dup(mem, rows, row, "args");
    dead->error = sb_row_dup(mem, rows, row, "error");
    dead->attempts = (int)sb_row_int(rows, row, "attempts");
    dead->dead_ms = sb_row_time(rows, row, "dead_at");
}

int sb_jobs_dead(struct sb_db *db, TALLOC_CTX *mem, const char *org, int limit,
                 struct sb_dead_job **list_r, size_t *count_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const struct sb_rows *rows;
    struct sb_dead_job *list;
    size_t count, i;
    int rc = sb_db_run(db, tmp, org, &DEAD_LIST, &rows, err,
                       sb_p_int(limit > 0 && limit < 500 ? limit : 500));

    if (!rc) {
        count = sb_rows_count(rows);
        list = sb_array(mem, struct sb_dead_job, count);
        for (i = 0; i < count; i++)
            fill_dead(list, rows, i, &list[i]);
        *list_r = list;
        *count_r = count;
    }
    talloc_free(tmp);
    return rc;
}

int sb_job_revive(struct sb_db *db, const char *org, int64_t id, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, org, &REVIVE, &rows, err, sb_p_int(id));

    if (!rc && sb_rows_affected(rows) == 0)
        rc = sb_fail(err, SB_ENOTFOUND, "there is no such dead job");
    talloc_free(tmp);
    return rc;
}
