/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection of the pool: messages of a pipeline out, answers in, in the order in
 * which they are expected. Runs in callbacks of the loop; only the request to cancel
 * is a task, because libpq makes it with blocking calls.
 */
#include "store/pool.h"

#include <event2/event.h>
#include <string.h>
#include "base/array.h"
#include "base/log.h"
#include "store/pgerr.h"

#define SETTLE_MS 3000

static void on_readable(evutil_socket_t fd, short what, void *arg);

/* ---- opening and closing ---- */

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct sb_conn *conn = arg;

    (void)fd;
    (void)what;
    if (conn->pg && PQflush(conn->pg) == 1)
        (void)event_add(conn->writable, NULL);
}

/* It has not come to rest in time: the server or the network hangs. */
static void on_impatient(evutil_socket_t fd, short what, void *arg)
{
    struct sb_conn *conn = arg;

    (void)fd;
    (void)what;
    if (conn->state != SB_CONN_SETTLING)
        return;
    sb_log(SB_LOG_WARN, "store", "a database connection does not settle, closing it");
    sb_conn_close(conn);
}

int sb_conn_open(struct sb_conn *conn, PGconn *pg, struct sb_err *err)
{
    struct event_base *base = sb_loop_base(conn->db->loop);
    int fd = PQsocket(pg);

    if (!PQenterPipelineMode(pg)) {
        PQfinish(pg);
        return sb_fail(err, SB_EINTERNAL, "libpq refuses pipeline mode");
    }
    conn->pg = pg;
    conn->generation++;
    conn->state = SB_CONN_BUSY;
    conn->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, conn);
    conn->writable = event_new(base, fd, EV_WRITE, on_writable, conn);
    conn->patience = event_new(base, -1, 0, on_impatient, conn);
    if (event_add(conn->readable, NULL) != 0) {
        sb_conn_close(conn);
        return sb_fail(err, SB_EIO, "cannot watch a database connection");
    }
    return 0;
}

static void drop_event(struct event **event)
{
    if (*event)
        event_free(*event);
    *event = NULL;
}

void sb_conn_close(struct sb_conn *conn)
{
    struct sb_tx *tx = conn->tx;
    char why[300] = "the connection was closed";

    if (conn->state == SB_CONN_DOWN)
        return;
    if (*PQerrorMessage(conn->pg))
        sb_pg_first_line(PQerrorMessage(conn->pg), why, sizeof(why));
    drop_event(&conn->readable);
    drop_event(&conn->writable);
    drop_event(&conn->patience);
    PQfinish(conn->pg);
    conn->pg = NULL;
    conn->tx = NULL;
    conn->state = SB_CONN_DOWN;
    conn->expect_count = conn->expect_at = 0;
    conn->canceling = conn->stale = false;
    if (conn->prepared)
        memset(conn->prepared, 0, conn->prepared_room);
    sb_db_lost(conn->db);
    if (tx)
        sb_tx_conn_lost(tx, why);
}

/* ---- out ---- */

static void expect(struct sb_conn *conn, const struct sb_expect *entry)
{
    if (conn->expect_count == conn->expect_room) {
        conn->expect_room = conn->expect_room ? conn->expect_room * 2 : 16;
        conn->expects = talloc_realloc(conn->db, conn->expects, struct sb_expect,
                                       sb_array_count(conn->expect_room));
    }
    conn->expects[conn->expect_count++] = *entry;
}

static void make_prepared_room(struct sb_conn *conn, size_t id)
{
    size_t before = conn->prepared_room;

    if (id < before)
        return;
    conn->prepared_room = (id + 1) * 2;
    conn->prepared = talloc_realloc(conn->db, conn->prepared, uint8_t,
                                    sb_array_count(conn->prepared_room));
    memset(conn->prepared + before, 0, conn->prepared_room - before);
}

int sb_conn_prepare(struct sb_conn *conn, const struct sb_known *known)
{
    struct sb_expect entry = {
        .kind = SB_EXPECT_PREPARE, .known = known, .what = known->name};

    make_prepared_room(conn, known->id);
    if (conn->prepared[known->id])
        return 0;
    if (!PQsendPrepare(conn->pg, known->server_name, known->sql, 0, NULL))
        return SB_EUNAVAILABLE;
    conn->prepared[known->id] = SB_SENT;
    expect(conn, &entry);
    return 0;
}

int sb_conn_execute(struct sb_conn *conn, const struct sb_known *known,
                    const struct sb_expect *entry, int count, const char *const *values,
                    const int *lengths, const int *formats)
{
    int rc = sb_conn_prepare(conn, known);

    if (rc)
        return rc;
    if (!PQsendQueryPrepared(conn->pg, known->server_name, count, values, lengths,
                             formats, 0))
        return SB_EUNAVAILABLE;
    expect(conn, entry);
    return 0;
}

int sb_conn_sync(struct sb_conn *conn)
{
    struct sb_expect entry = {.kind = SB_EXPECT_SYNC, .what = "commit"};

    if (!PQpipelineSync(conn->pg))
        return SB_EUNAVAILABLE;
    expect(conn, &entry);
    return 0;
}

int sb_conn_push(struct sb_conn *conn)
{
    int left = PQflush(conn->pg);

    if (left == 1)
        (void)event_add(conn->writable, NULL);
    return left < 0 ? SB_EUNAVAILABLE : 0;
}

bool sb_conn_is_quiet(const struct sb_conn *conn)
{
    return conn->expect_at == conn->expect_count;
}

/* ---- in ---- */

static void note_prepare(struct sb_conn *conn, const struct sb_expect *entry,
                         const PGresult *result)
{
    bool ready = PQresultStatus(result) == PGRES_COMMAND_OK;

    conn->prepared[entry->known->id] = ready ? SB_READY : 0;
}

/* Plans made before a migration, or statements that a pooler dropped: the next
 * transaction had better start on a fresh connection. */
static void note_error(struct sb_conn *conn, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    if (state && (strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0 ||
                  strcmp(state, "42P05") == 0))
        conn->stale = true;
}

/* Takes `result`; NULL ends the answers to one statement. */
static void take_answer(struct sb_conn *conn, PGresult *result)
{
    struct sb_expect *entry = &conn->expects[conn->expect_at];
    ExecStatusType status = result ? PQresultStatus(result) : PGRES_EMPTY_QUERY;

    if (!result) {
        if (entry->answered)
            conn->expect_at++;
        return;
    }
    if (entry->kind == SB_EXPECT_SYNC && status == PGRES_PIPELINE_SYNC)
        conn->expect_at++;
    else if (entry->kind != SB_EXPECT_SYNC)
        entry->answered = true;
    if (entry->kind == SB_EXPECT_PREPARE)
        note_prepare(conn, entry, result);
    if (status == PGRES_FATAL_ERROR)
        note_error(conn, result);
    if (conn->tx)
        sb_tx_answer(conn->tx, entry, result);
    else
        PQclear(result);
}

static void rest(struct sb_conn *conn);

/* Reads what has come; false when the connection is of no use any more. */
static bool take_answers(struct sb_conn *conn)
{
    int silent = 0;

    while (!sb_conn_is_quiet(conn) && !PQisBusy(conn->pg)) {
        PGresult *result = PQgetResult(conn->pg);

        silent = result ? 0 : silent + 1;
        if (silent > 2) /* libpq expects less than we do */
            return false;
        take_answer(conn, result);
        if (PQstatus(conn->pg) == CONNECTION_BAD)
            return false;
    }
    return PQstatus(conn->pg) != CONNECTION_BAD;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct sb_conn *conn = arg;
    bool alive = PQconsumeInput(conn->pg);

    (void)fd;
    (void)what;
    if (!take_answers(conn) || !alive) {
        sb_conn_close(conn);
        return;
    }
    if (PQisBusy(conn->pg) || !sb_conn_is_quiet(conn)) {
        (void)sb_conn_push(conn);
        return;
    }
    conn->expect_at = conn->expect_count = 0;
    if (conn->tx)
        sb_tx_answered(conn->tx);
    else if (conn->state == SB_CONN_SETTLING)
        rest(conn);
}

/* ---- settling ---- */

static int send_rollback(struct sb_conn *conn)
{
    static const struct sb_stmt ROLLBACK = {"rollback", "ROLLBACK"};
    static const struct sb_expect QUIET = {.kind = SB_EXPECT_QUIET, .what = "rollback"};
    int rc = sb_conn_execute(conn, sb_db_known(conn->db, &ROLLBACK), &QUIET, 0, NULL,
                             NULL, NULL);

    if (!rc)
        rc = sb_conn_sync(conn);
    return rc ? rc : sb_conn_push(conn);
}

/* All answers are in: end a transaction that is open, then back to the pool. */
static void rest(struct sb_conn *conn)
{
    if (conn->canceling)
        return; /* it must not hit whoever has the connection next */
    if (conn->stale) {
        sb_conn_close(conn);
        return;
    }
    if (PQtransactionStatus(conn->pg) != PQTRANS_IDLE) {
        if (send_rollback(conn))
            sb_conn_close(conn);
        return;
    }
    (void)event_del(conn->patience);
    sb_db_give(conn);
}

struct cancel {
    struct sb_db *db;
    struct sb_conn *conn;
    PGcancel *token;
    unsigned generation; /* which of the slot's connections it was */
};

static void send_cancel(void *arg)
{
    struct cancel *cancel = arg;
    char said[256];

    (void)PQcancel(cancel->token, said, sizeof(said));
}

static void run_cancel(void *arg)
{
    struct cancel *cancel = arg;
    struct sb_db *db = cancel->db;
    struct sb_conn *conn = cancel->conn;

    (void)sb_offload(send_cancel, cancel);
    PQfreeCancel(cancel->token);
    if (conn->generation == cancel->generation && conn->state == SB_CONN_SETTLING) {
        conn->canceling = false;
        if (sb_conn_is_quiet(conn))
            rest(conn);
    }
    talloc_free(cancel);
    sb_db_unref(db);
}

static void start_cancel(struct sb_conn *conn)
{
    struct cancel *cancel = talloc_zero(NULL, struct cancel);

    cancel->db = conn->db;
    cancel->conn = conn;
    cancel->generation = conn->generation;
    cancel->token = PQgetCancel(conn->pg);
    sb_db_ref(conn->db);
    if (cancel->token &&
        sb_task_spawn(conn->db->loop, "database cancel", run_cancel, cancel)) {
        conn->canceling = true;
        return;
    }
    PQfreeCancel(cancel->token);
    talloc_free(cancel);
    sb_db_unref(conn->db);
}

void sb_conn_settle(struct sb_conn *conn, bool running)
{
    struct timeval most = {SETTLE_MS / 1000, 0};
    bool synced = conn->expect_count > 0 &&
                  conn->expects[conn->expect_count - 1].kind == SB_EXPECT_SYNC;

    conn->tx = NULL;
    conn->state = SB_CONN_SETTLING;
    (void)event_add(conn->patience, &most);
    if (running)
        start_cancel(conn);
    if (synced && sb_conn_is_quiet(conn)) {
        rest(conn);
        return;
    }
    if ((!synced && sb_conn_sync(conn)) || sb_conn_push(conn))
        sb_conn_close(conn);
}
