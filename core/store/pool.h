/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the pool: what pool.c, conn.c and tx.c share.
 *
 *            dialled              taken                 answers awaited
 *     DOWN ---------> IDLE <----------------> BUSY ---------------------+
 *      ^               ^                       | abandoned or failed    |
 *      |  lost         |  all answers are in   v                        |
 *      +---------------+------------------- SETTLING <------------------+
 *
 * A connection that a transaction leaves with answers outstanding settles: it ends
 * the transaction on the server, asks it to cancel what runs, and comes back when
 * both are done. One that takes too long over it is closed.
 */
#ifndef SB_STORE_POOL_H
#define SB_STORE_POOL_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/task.h"
#include "store/pg.h"

struct event;
struct sb_conn;

/* A statement that some connection may have prepared; never forgotten. */
struct sb_known {
    char *name, *sql;
    char *server_name; /* unique, even when two of ours share a name */
    uint32_t hash;
    size_t id;
};

struct sb_waiter {
    struct sb_wait wait;
    struct sb_tx *tx;
    struct sb_conn *conn; /* granted; still ours while its tx is */
    struct sb_waiter *next;
};

struct sb_db {
    struct sb_loop *loop;
    struct sb_db_conf conf;
    const char *setup;
    unsigned refs; /* the owner, open transactions, helper tasks */
    bool closing;
    struct sb_conn *conns; /* conf.connections of them */
    struct sb_conn *idle;  /* the last used first: warm caches, few backends */
    struct sb_waiter *first, *last;
    struct sb_task *dialer;
    struct sb_wait dial;
    struct sb_wait *up_waits[16];
    struct sb_err down; /* why the last attempt failed */
    struct sb_known **known;
    size_t known_count, known_room;
};

enum sb_conn_state { SB_CONN_DOWN, SB_CONN_IDLE, SB_CONN_BUSY, SB_CONN_SETTLING };

enum sb_expect_kind {
    SB_EXPECT_PREPARE,
    SB_EXPECT_ROWS,
    SB_EXPECT_QUIET,
    SB_EXPECT_SYNC
};
struct sb_expect {
    enum sb_expect_kind kind;
    bool answered;
    const struct sb_known *known; /* of a PREPARE */
    size_t item;                  /* of ROWS: which statement of the transaction */
    const char *what;             /* for messages */
};

struct sb_conn {
    struct sb_db *db;
    enum sb_conn_state state;
    PGconn *pg;
    struct event *readable, *writable, *patience;
    struct sb_conn *next; /* idle */
    struct sb_tx *tx;     /* whose answers these are; NULL while settling */
    struct sb_expect *expects;
    size_t expect_count, expect_room, expect_at;
    uint8_t *prepared; /* by sb_known.id: 0, SB_SENT, SB_READY */
    size_t prepared_room;
    unsigned generation; /* rises with each connection in this slot */
    bool canceling;      /* a cancel request is under way */
    bool stale;          /* its plans are: close it when it comes back */
};
enum { SB_SENT = 1, SB_READY = 2 };

/* ---- pool.c ---- */

void sb_db_ref(struct sb_db *db);
void sb_db_unref(struct sb_db *db);
/* [suspends] A connection of the transaction's own, until it is given back or settles.
 */
int sb_db_take(struct sb_db *db, struct sb_tx *tx, struct sb_conn **conn_r,
               struct sb_err *err);
/* A connection that has nothing to do goes to whoever waits. */
void sb_db_give(struct sb_conn *conn);
/* A connection is down: the dialer looks whether another is wanted. */
void sb_db_lost(struct sb_db *db);
const struct sb_known *sb_db_known(struct sb_db *db, const struct sb_stmt *stmt);

/* ---- conn.c ---- */

/* Takes over a fresh PGconn. */
int sb_conn_open(struct sb_conn *conn, PGconn *pg, struct sb_err *err);
void sb_conn_close(struct sb_conn *conn);
/* Queue one message of the pipeline each; 0 or SB_EUNAVAILABLE. */
int sb_conn_prepare(struct sb_conn *conn, const struct sb_known *known);
int sb_conn_execute(struct sb_conn *conn, const struct sb_known *known,
                    const struct sb_expect *expect, int count,
                    const char *const *values, const int *lengths, const int *formats);
int sb_conn_sync(struct sb_conn *conn);
/* Sends what is queued. */
int sb_conn_push(struct sb_conn *conn);
bool sb_conn_is_quiet(const struct sb_conn *conn);
/* The transaction goes away; `running`: ask the server to cancel. */
void sb_conn_settle(struct sb_conn *conn, bool running);

/* ---- tx.c, called by conn.c ---- */

/* An answer to `expect`; takes `result`. */
void sb_tx_answer(struct sb_tx *tx, const struct sb_expect *expect, PGresult *result);
/* Everything that was expected has come. */
void sb_tx_answered(struct sb_tx *tx);
void sb_tx_conn_lost(struct sb_tx *tx, const char *why);

#endif
