/* SPDX-License-Identifier: Apache-2.0
 *
 * Transactions. Without a flush, everything up to the Sync is one implicit
 * transaction and needs no BEGIN; with one, BEGIN and COMMIT ride in the same
 * pipelines. The first failure is the one that is told; what follows it is skipped by
 * the server.
 */
#include "store/pool.h"

#include <assert.h>
#include <string.h>
#include "base/array.h"
#include "base/crypto.h"
#include "base/log.h"
#include "store/pgerr.h"
#include "store/roles.h"
#include "store/rows.h"

#define GRACE_MS 1000 /* beyond statement_timeout, for the server to say so itself */

enum { TX_MAGIC = 0x7478706c };
enum tx_state { TX_OPEN, TX_DONE, TX_FAILED };
enum tx_scope { SCOPE_NONE, SCOPE_ORG, SCOPE_SYSTEM };

struct item {
    const struct sb_known *known;
    int count;
    const char **values; /* these three and their data are one block */
    int *lengths, *formats;
    struct sb_rows *rows;
};

struct sb_tx {
    uint32_t magic;
    enum tx_state state;
    enum tx_scope scope;
    char org[37];
    struct sb_db *db;
    struct sb_conn *conn;
    struct item *items;
    size_t count, room, sent;
    bool begun, scoped, committing;
    struct sb_wait wait;
    struct sb_err failure;
    char sqlstate[6];
};

/* ---- making one ---- */

static int tx_destroy(struct sb_tx *tx)
{
    if (tx->conn)
        sb_conn_settle(tx->conn, !sb_conn_is_quiet(tx->conn));
    tx->magic = 0;
    sb_db_unref(tx->db);
    return 0;
}

int sb_tx_begin(struct sb_db *db, TALLOC_CTX *mem, const char *org, struct sb_tx **tx_r,
                struct sb_err *err)
{
    enum tx_scope scope = SCOPE_NONE;
    struct sb_tx *tx;

    if (org && strcmp(org, "system") == 0)
        scope = SCOPE_SYSTEM;
    else if (org && !sb_uuid_valid(org))
        return sb_fail(err, SB_EINVAL, "an organisation's id is not a UUID");
    else if (org)
        scope = SCOPE_ORG;
    tx = talloc_zero(mem, struct sb_tx);
    tx->magic = TX_MAGIC;
    tx->scope = scope;
    if (scope == SCOPE_ORG)
        memcpy(tx->org, org, sizeof(tx->org));
    tx->db = db;
    sb_db_ref(db);
    sb_wait_init(&tx->wait);
    talloc_set_destructor(tx, tx_destroy);
    *tx_r = tx;
    return 0;
}

void sb_tx_free(struct sb_tx *tx)
{
    talloc_free(tx);
}

static const char *text_of(const struct sb_param *param)
{
    return param->data ? param->data : param->digits;
}

/* One block: pointers, lengths, formats, then the bytes, each with a NUL behind. */
static void copy_params(struct sb_tx *tx, struct item *item,
                        const struct sb_param *params, size_t count)
{
    size_t size = count * (sizeof(char *) + 2 * sizeof(int)), i;
    char *block, *at;

    for (i = 0; i < count; i++)
        size += params[i].len + 1;
    block = talloc_size(tx, size ? size : 1);
    item->count = (int)count;
    item->values = (const char **)(void *)block;
    item->lengths = (int *)(void *)(block + count * sizeof(char *));
    item->formats = item->lengths + count;
    at = block + count * (sizeof(char *) + 2 * sizeof(int));
    for (i = 0; i < count; i++) {
        item->lengths[i] = (int)params[i].len;
        item->formats[i] = params[i].type == SB_P_BYTES;
        item->values[i] = params[i].type == SB_P_NULL ? NULL : at;
        if (params[i].len)
            memcpy(at, text_of(&params[i]), params[i].len);
        at[params[i].len] = '\0';
        at += params[i].len + 1;
    }
}

int sb_tx_add_n(struct sb_tx *tx, const struct sb_stmt *stmt,
                const struct sb_param *params, size_t count)
{
    struct item *item;

    assert(tx->magic == TX_MAGIC && tx->state != TX_DONE);
    if (tx->count == tx->room) {
        tx->room = tx->room ? tx->room * 2 : 8;
        tx->items =
            talloc_realloc(tx, tx->items, struct item, sb_array_count(tx->room));
    }
    item = &tx->items[tx->count];
    memset(item, 0, sizeof(*item));
    item->known = sb_db_known(tx->db, stmt);
    copy_params(tx, item, params, count);
    return (int)tx->count++;
}

/* ---- answers ---- */

static void fail_with(struct sb_tx *tx, const PGresult *result, const char *what)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    tx->state = TX_FAILED;
    (void)sb_pg_fail(&tx->failure, result, what);
    if (state)
        (void)snprintf(tx->sqlstate, sizeof(tx->sqlstate), "%s", state);
}

void sb_tx_answer(struct sb_tx *tx, const struct sb_expect *expect, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    bool fine = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
                status == PGRES_EMPTY_QUERY;

    if (fine && expect->kind == SB_EXPECT_ROWS) {
        tx->items[expect->item].rows = sb_rows_new(tx, result);
        return;
    }
    if (!fine && tx->state != TX_FAILED && status != PGRES_PIPELINE_SYNC)
        fail_with(tx, result, expect->what);
    PQclear(result);
}

void sb_tx_answered(struct sb_tx *tx)
{
    sb_wait_wake(&tx->wait);
}

void sb_tx_conn_lost(struct sb_tx *tx, const char *why)
{
    tx->conn = NULL;
    if (tx->state != TX_FAILED) {
        tx->state = TX_FAILED;
        (void)sb_fail(&tx->failure, SB_EUNAVAILABLE, "%s: %.300s",
                      tx->committing
                          ? "lost the database during a commit, which may have happened"
                          : "lost the database within a transaction",
                      why);
    }
    sb_wait_wake(&tx->wait);
}

/* ---- running ---- */

static const struct sb_stmt BEGIN = {"begin", "BEGIN"};
static const struct sb_stmt COMMIT = {"commit", "COMMIT"};
static const struct sb_stmt TAKE_ORG = {"take_org",
                                        "SELECT set_config('app.org_id', $1, true)"};
static const struct sb_stmt TAKE_SYSTEM = {
    "take_system", "SELECT set_config('role', '" SB_DB_SYSTEM_ROLE "', true)"};

static int send_quiet(struct sb_tx *tx, const struct sb_stmt *stmt, const char *param)
{
    struct sb_expect expect = {.kind = SB_EXPECT_QUIET, .what = stmt->name};

    return sb_conn_execute(tx->conn, sb_db_known(tx->db, stmt), &expect, param ? 1 : 0,
                           param ? &param : NULL, NULL, NULL);
}

static int send_scope(struct sb_tx *tx)
{
    if (tx->scoped || tx->scope == SCOPE_NONE)
        return 0;
    tx->scoped = true;
    if (tx->scope == SCOPE_SYSTEM)
        return send_quiet(tx, &TAKE_SYSTEM, NULL);
    return send_quiet(tx, &TAKE_ORG, tx->org);
}

static int send_items(struct sb_tx *tx)
{
    int rc = 0;

    for (; !rc && tx->sent < tx->count; tx->sent++) {
        struct item *item = &tx->items[tx->sent];
        struct sb_expect expect = {
            .kind = SB_EXPECT_ROWS, .item = tx->sent, .what = item->known->name};

        rc = sb_conn_execute(tx->conn, item->known, &expect, item->count, item->values,
                             item->lengths, item->formats);
    }
    return rc;
}

static int send_all(struct sb_tx *tx, bool final)
{
    int rc = 0;

    if (!final && !tx->begun) {
        tx->begun = true;
        rc = send_quiet(tx, &BEGIN, NULL);
    }
    if (!rc)
        rc = send_scope(tx);
    if (!rc)
        rc = send_items(tx);
    if (!rc && final && tx->begun)
        rc = send_quiet(tx, &COMMIT, NULL);
    if (!rc && final)
        rc = sb_conn_sync(tx->conn);
    else if (!rc && !PQsendFlushRequest(tx->conn->pg))
        rc = SB_EUNAVAILABLE;
    return rc ? rc : sb_conn_push(tx->conn);
}

/* Suspends until every answer is here or the connection is gone. */
static int await(struct sb_tx *tx)
{
    int rc = 0;

    while (!rc && tx->conn && !sb_conn_is_quiet(tx->conn))
        rc = sb_wait_for(&tx->wait, tx->db->conf.statement_ms + GRACE_MS);
    return rc;
}

/* We stopped waiting: whether it happens is no longer known. */
static void abandon(struct sb_tx *tx, int rc)
{
    tx->state = TX_FAILED;
    (void)sb_fail(&tx->failure, rc, "%s while the database was working",
                  rc == SB_ECANCELED ? "cancelled" : "timed out");
    sb_conn_settle(tx->conn, true);
    tx->conn = NULL;
}

static int report(const struct sb_tx *tx, struct sb_err *err)
{
    if (err)
        *err = tx->failure;
    return tx->failure.code;
}

static int start(struct sb_tx *tx, bool final)
{
    int rc;

    if (!tx->conn) {
        rc = sb_db_take(tx->db, tx, &tx->conn, &tx->failure);
        if (rc) {
            tx->state = TX_FAILED;
            return rc;
        }
    }
    tx->committing = final;
    if (send_all(tx, final) != 0)
        sb_conn_close(tx->conn); /* fails the transaction with the reason */
    return 0;
}

/* The last answer is in. */
static void finish(struct sb_tx *tx, bool final)
{
    struct sb_conn *conn = tx->conn;

    if (!conn || (tx->state == TX_OPEN && !final))
        return;
    tx->conn = NULL;
    if (tx->state == TX_OPEN) {
        tx->state = TX_DONE;
        sb_db_give(conn);
        return;
    }
    sb_conn_settle(conn, false);
}

static int run(struct sb_tx *tx, bool final, struct sb_err *err)
{
    int rc;

    assert(tx->magic == TX_MAGIC && tx->state != TX_DONE);
    if (tx->state == TX_FAILED)
        return report(tx, err);
    if (!tx->conn && tx->count == 0) { /* nothing was asked */
        tx->state = final ? TX_DONE : TX_OPEN;
        return 0;
    }
    rc = start(tx, final);
    if (rc)
        return report(tx, err);
    rc = await(tx);
    if (rc && tx->conn && !sb_conn_is_quiet(tx->conn))
        abandon(tx, rc);
    finish(tx, final);
    return tx->state == TX_FAILED ? report(tx, err) : 0;
}

int sb_tx_flush(struct sb_tx *tx, struct sb_err *err)
{
    return run(tx, false, err);
}

int sb_tx_commit(struct sb_tx *tx, struct sb_err *err)
{
    return run(tx, true, err);
}

const char *sb_tx_sqlstate(const struct sb_tx *tx)
{
    return tx->sqlstate;
}

const struct sb_rows *sb_tx_rows(const struct sb_tx *tx, int index)
{
    assert(tx->magic == TX_MAGIC && index >= 0 && (size_t)index < tx->count);
    return tx->items[index].rows;
}

/* ---- one statement ---- */

int sb_db_run_n(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                const struct sb_stmt *stmt, const struct sb_param *params, size_t count,
                const struct sb_rows **rows_r, struct sb_err *err)
{
    struct sb_tx *tx;
    int rc = sb_tx_begin(db, mem, org, &tx, err);

    if (rc)
        return rc;
    (void)sb_tx_add_n(tx, stmt, params, count);
    rc = sb_tx_commit(tx, err);
    if (!rc && rows_r)
        *rows_r = talloc_steal(mem, tx->items[0].rows);
    sb_tx_free(tx);
    return rc;
}
