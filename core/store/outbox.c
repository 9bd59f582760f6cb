/* SPDX-License-Identifier: Apache-2.0
 *
 * See outbox.h.
 */
#include "store/outbox.h"

#include <string.h>
#include "base/array.h"
#include "base/json.h"
#include "store/pg.h"

static const struct sb_stmt ADD = {
    "outbox_add", "INSERT INTO outbox (org_id, kind, key, payload)"
                  " VALUES ($1, $2, $3, $4) ON CONFLICT (org_id, key) DO NOTHING"};

int sb_outbox_add(struct sb_tx *tx, const char *org, const char *kind, const char *key,
                  const json_t *payload)
{
    char *text = sb_json_text(NULL, payload, false);
    int index = sb_tx_add(tx, &ADD, sb_p_str(org), sb_p_str(kind), sb_p_str(key),
                          sb_p_str(text));

    talloc_free(text);
    return index;
}

#define SELECT_ROWS                                                                    \
    "SELECT org_id, id, kind, key, payload, attempts, created_at, next_at, done_at,"   \
    " dead_at, error FROM outbox WHERE ($1::bigint = 0 OR id < $1::bigint) AND "
#define NEWEST " ORDER BY id DESC LIMIT $2"

static const struct sb_stmt LISTS[] = {
    [SB_OUTBOX_WAITING] = {"outbox_waiting",
                           SELECT_ROWS "done_at IS NULL AND dead_at IS NULL" NEWEST},
    [SB_OUTBOX_DONE] = {"outbox_done", SELECT_ROWS "done_at IS NOT NULL" NEWEST},
    [SB_OUTBOX_DEAD] = {"outbox_dead", SELECT_ROWS "dead_at IS NOT NULL" NEWEST},
};

static void fill(TALLOC_CTX *mem, const struct sb_rows *rows, size_t row,
                 struct sb_outbox_row *out)
{
    out->org = sb_row_dup(mem, rows, row, "org_id");
    out->id = sb_row_int(rows, row, "id");
    out->kind = sb_row_dup(mem, rows, row, "kind");
    out->key = sb_row_dup(mem, rows, row, "key");
    out->payload = sb_row_dup(mem, rows, row, "payload");
    out->attempts = (int)sb_row_int(rows, row, "attempts");
    out->created_ms = sb_row_time(rows, row, "created_at");
    out->next_ms = sb_row_time(rows, row, "next_at");
    out->done_ms = sb_row_time(rows, row, "done_at");
    out->dead_ms = sb_row_time(rows, row, "dead_at");
    out->error = sb_row_dup(mem, rows, row, "error");
}

int sb_outbox_list(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                   enum sb_outbox_state state, int64_t before, int limit,
                   struct sb_outbox_row **rows_r, size_t *count_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct sb_outbox_row *list;
    const struct sb_rows *rows;
    size_t count, i;
    int rc;

    if (limit < 1 || limit > 500)
        limit = limit < 1 ? 1 : 500;
    rc = sb_db_run(db, tmp, org, &LISTS[state], &rows, err, sb_p_int(before),
                   sb_p_int(limit));
    if (!rc) {
        count = sb_rows_count(rows);
        list = sb_array(mem, struct sb_outbox_row, count);
        for (i = 0; i < count; i++)
            fill(list, rows, i, &list[i]);
        *rows_r = list;
        *count_r = count;
    }
    talloc_free(tmp);
    return rc;
}

static const struct sb_stmt REVIVE = {
    "outbox_revive", "UPDATE outbox SET dead_at = NULL, attempts = 0, next_at = now()"
                     " WHERE org_id = $1 AND id = $2 AND dead_at IS NOT NULL"};

int sb_outbox_revive(struct sb_db *db, const char *org, int64_t id, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, org, &REVIVE, &rows, err, sb_p_str(org), sb_p_int(id));

    if (!rc && sb_rows_affected(rows) == 0)
        rc = sb_fail(err, SB_ENOTFOUND, "there is no such dead letter");
    talloc_free(tmp);
    return rc;
}
