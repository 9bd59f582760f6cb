/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool: who may use which connection, and one task that dials. It dials one
 * connection at a time and only as many as are wanted at once, so that a quiet
 * installation has few backends, and a server that comes back is not stormed.
 */
#include "store/pool.h"

#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "store/dial.h"

#define FIRST_PAUSE_MS 50
#define LONGEST_PAUSE_MS 5000

/* ---- statements ---- */

static uint32_t hash_name(const char *name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

static void rehash(struct sb_db *db)
{
    size_t room = db->known_room ? db->known_room * 2 : 64, i, at;
    struct sb_known **table = sb_array(db, struct sb_known *, room);

    for (i = 0; i < db->known_room; i++) {
        if (!db->known[i])
            continue;
        for (at = db->known[i]->hash & (room - 1); table[at];
             at = (at + 1) & (room - 1))
            ;
        table[at] = db->known[i];
    }
    talloc_free(db->known);
    db->known = table;
    db->known_room = room;
}

const struct sb_known *sb_db_known(struct sb_db *db, const struct sb_stmt *stmt)
{
    uint32_t hash = hash_name(stmt->name);
    struct sb_known *known;
    size_t at;

    if ((db->known_count + 1) * 2 > db->known_room)
        rehash(db);
    for (at = hash & (db->known_room - 1); (known = db->known[at]);
         at = (at + 1) & (db->known_room - 1)) {
        if (known->hash == hash && strcmp(known->name, stmt->name) == 0 &&
            strcmp(known->sql, stmt->sql) == 0)
            return known;
    }
    known = talloc_zero(db, struct sb_known);
    known->name = talloc_strdup(known, stmt->name);
    known->sql = talloc_strdup(known, stmt->sql);
    known->hash = hash;
    known->id = db->known_count++;
    known->server_name = talloc_asprintf(known, "%.40s.%zu", stmt->name, known->id);
    db->known[at] = known;
    return known;
}

/* ---- life ---- */

void sb_db_ref(struct sb_db *db)
{
    db->refs++;
}

void sb_db_unref(struct sb_db *db)
{
    if (--db->refs == 0)
        talloc_free(db);
}

static size_t count_open(const struct sb_db *db)
{
    size_t open = 0;
    int i;

    for (i = 0; i < db->conf.connections; i++)
        open += db->conns[i].state != SB_CONN_DOWN;
    return open;
}

static struct sb_conn *free_slot(struct sb_db *db)
{
    int i;

    for (i = 0; i < db->conf.connections; i++) {
        if (db->conns[i].state == SB_CONN_DOWN)
            return &db->conns[i];
    }
    return NULL;
}

static bool wants_another(const struct sb_db *db)
{
    size_t open = count_open(db);

    return open == 0 || (db->first && open < (size_t)db->conf.connections);
}

static void tell_up(struct sb_db *db)
{
    size_t i;

    for (i = 0; i < sizeof(db->up_waits) / sizeof(*db->up_waits); i++) {
        if (db->up_waits[i])
            sb_wait_wake(db->up_waits[i]);
    }
}

static int dial_one(struct sb_db *db, struct sb_err *err)
{
    PGconn *pg;
    struct sb_conn *slot;
    int rc = sb_pg_dial(db->conf.url, db->setup, db->conf.connect_ms, &pg, err);

    if (rc)
        return rc;
    slot = db->closing ? NULL : free_slot(db);
    if (!slot) {
        PQfinish(pg);
        return 0;
    }
    rc = sb_conn_open(slot, pg, err);
    if (rc)
        return rc;
    sb_db_give(slot);
    tell_up(db);
    return 0;
}

static int64_t jitter(int64_t ms)
{
    uint32_t random;

    sb_random(&random, sizeof(random));
    return ms / 2 + (int64_t)(random % (uint32_t)(ms / 2 + 1));
}

/* Dials until another connection is not wanted; the pause grows while it fails. */
static void run_dialer(void *arg)
{
    struct sb_db *db = arg;
    int64_t pause = FIRST_PAUSE_MS;
    bool told = false;

    while (!db->closing && !sb_task_is_canceled(sb_task_self())) {
        struct sb_err err = {0};

        if (!wants_another(db)) {
            (void)sb_wait_for(&db->dial, -1);
            continue;
        }
        if (dial_one(db, &err) == 0) {
            if (told)
                sb_log(SB_LOG_INFO, "store", "the database is back");
            pause = FIRST_PAUSE_MS;
            told = false;
            continue;
        }
        db->down = err;
        if (!told && err.code != SB_ECANCELED)
            sb_log(SB_LOG_ERROR, "store", "no database connection can be opened",
                   sb_str("why", err.msg));
        told = true;
        (void)sb_sleep(jitter(pause));
        pause = pause * 2 > LONGEST_PAUSE_MS ? LONGEST_PAUSE_MS : pause * 2;
    }
    db->dialer = NULL;
    sb_db_unref(db);
}

static char *make_setup(TALLOC_CTX *mem, const struct sb_db_conf *conf)
{
    char *setup = talloc_asprintf(
        mem,
        "SET statement_timeout = %d; SET timezone = 'UTC'; SET datestyle = 'ISO';"
        "SET client_min_messages = error; SET bytea_output = 'hex';"
        "SET idle_in_transaction_session_timeout = '60s'",
        conf->statement_ms);

    if (conf->role)
        setup = talloc_asprintf_append(setup, "; SET ROLE \"%s\"", conf->role);
    return setup;
}

int sb_db_new(struct sb_loop *loop, const struct sb_db_conf *conf, struct sb_db **db_r,
              struct sb_err *err)
{
    struct sb_db *db;
    int rc = sb_pg_url_check(conf->url, err), i;

    if (rc)
        return rc;
    if (conf->role && strspn(conf->role, "abcdefghijklmnopqrstuvwxyz_0123456789") !=
                          strlen(conf->role))
        return sb_fail(err, SB_EINVAL, "the database role has a strange name");
    db = talloc_zero(NULL, struct sb_db);
    db->loop = loop;
    db->conf = *conf;
    db->conf.url = talloc_strdup(db, conf->url);
    db->conf.connections = conf->connections > 0 ? conf->connections : 8;
    db->conf.statement_ms = conf->statement_ms > 0 ? conf->statement_ms : 10000;
    db->conf.connect_ms = conf->connect_ms > 0 ? conf->connect_ms : 5000;
    db->setup = make_setup(db, &db->conf);
    db->conns = sb_array(db, struct sb_conn, (size_t)db->conf.connections);
    for (i = 0; i < db->conf.connections; i++)
        db->conns[i].db = db;
    sb_wait_init(&db->dial);
    db->refs = 2; /* the owner and the dialer */
    db->dialer = sb_task_spawn(loop, "database dialer", run_dialer, db);
    if (!db->dialer) {
        talloc_free(db);
        return sb_fail(err, SB_ENOMEM, "no stack for the database's dialer");
    }
    *db_r = db;
    return 0;
}

void sb_db_free(struct sb_db *db)
{
    int i;

    if (!db)
        return;
    db->closing = true;
    for (i = 0; i < db->conf.connections; i++)
        sb_conn_close(&db->conns[i]);
    while (db->first) {
        sb_wait_wake(&db->first->wait);
        db->first = db->first->next;
    }
    db->last = NULL;
    if (db->dialer)
        sb_task_cancel(db->dialer);
    sb_db_unref(db);
}

bool sb_db_is_up(const struct sb_db *db)
{
    return count_open(db) > 0;
}

static struct sb_wait **up_slot(struct sb_db *db)
{
    size_t i;

    for (i = 0; i < sizeof(db->up_waits) / sizeof(*db->up_waits); i++) {
        if (!db->up_waits[i])
            return &db->up_waits[i];
    }
    return NULL;
}

int sb_db_wait_up(struct sb_db *db, int64_t timeout_ms, struct sb_err *err)
{
    struct sb_wait wait;
    struct sb_wait **slot = up_slot(db);
    int rc = 0;

    if (sb_db_is_up(db))
        return 0;
    if (!slot)
        return sb_fail(err, SB_ELIMIT, "too many tasks wait for the database");
    sb_wait_init(&wait);
    *slot = &wait;
    sb_db_ref(db);
    rc = sb_wait_for(&wait, timeout_ms);
    *slot = NULL;
    if (rc == SB_ETIMEDOUT)
        rc = sb_fail(err, rc, "%s",
                     *db->down.msg ? db->down.msg : "the database is down");
    else if (rc)
        rc = sb_fail(err, rc, "waiting for the database was cancelled");
    sb_db_unref(db);
    return rc;
}

/* ---- taking and giving ---- */

static void enqueue(struct sb_db *db, struct sb_waiter *waiter)
{
    if (db->last)
        db->last->next = waiter;
    else
        db->first = waiter;
    db->last = waiter;
}

static void dequeue(struct sb_db *db, const struct sb_waiter *waiter)
{
    struct sb_waiter **at = &db->first, *before = NULL;

    while (*at && *at != waiter) {
        before = *at;
        at = &(*at)->next;
    }
    if (!*at)
        return;
    *at = waiter->next;
    if (db->last == waiter)
        db->last = before;
}

static int fail_take(struct sb_db *db, int rc, struct sb_err *err)
{
    if (rc == SB_ECANCELED)
        return sb_fail(err, rc, "cancelled while waiting for the database");
    if (sb_db_is_up(db))
        return sb_fail(err, SB_EUNAVAILABLE, "all %d database connections are busy",
                       db->conf.connections);
    return sb_fail(err, SB_EUNAVAILABLE, "%s",
                   *db->down.msg ? db->down.msg : "the database is down");
}

/* While the database is down nobody waits longer than for one attempt to connect. */
static int wait_turn(struct sb_db *db, struct sb_waiter *waiter)
{
    int64_t began = sb_clock_mono_ms(), waited = 0;
    int rc = 0;

    while (!rc && !waiter->conn && !db->closing) {
        int64_t most = sb_db_is_up(db) ? db->conf.statement_ms : db->conf.connect_ms;

        if (waited >= most)
            return SB_ETIMEDOUT;
        rc = sb_wait_for(&waiter->wait, most - waited);
        waited = sb_clock_mono_ms() - began;
        if (rc == SB_ETIMEDOUT && sb_task_deadline_left() > 0)
            rc = 0;
    }
    return rc;
}

int sb_db_take(struct sb_db *db, struct sb_tx *tx, struct sb_conn **conn_r,
               struct sb_err *err)
{
    struct sb_waiter waiter = {.tx = tx};
    bool ours;
    int rc;

    if (db->closing)
        return sb_fail(err, SB_EUNAVAILABLE, "the database pool is closed");
    if (db->idle && !db->first) {
        *conn_r = db->idle;
        db->idle = db->idle->next;
        (*conn_r)->state = SB_CONN_BUSY;
        (*conn_r)->tx = tx;
        return 0;
    }
    sb_wait_init(&waiter.wait);
    enqueue(db, &waiter);
    sb_wait_wake(&db->dial);
    rc = wait_turn(db, &waiter);
    dequeue(db, &waiter);
    ours = waiter.conn && waiter.conn->tx == tx; /* it may have been lost since */
    if (rc && ours)
        sb_db_give(waiter.conn);
    if (rc || !ours)
        return fail_take(db, rc, err);
    *conn_r = waiter.conn;
    return 0;
}

void sb_db_give(struct sb_conn *conn)
{
    struct sb_db *db = conn->db;
    struct sb_waiter *waiter = db->first;

    conn->tx = NULL;
    if (waiter) {
        conn->state = SB_CONN_BUSY;
        conn->tx = waiter->tx;
        waiter->conn = conn;
        dequeue(db, waiter);
        sb_wait_wake(&waiter->wait);
        return;
    }
    conn->state = SB_CONN_IDLE;
    conn->next = db->idle;
    db->idle = conn;
}

void sb_db_lost(struct sb_db *db)
{
    struct sb_conn **at = &db->idle;

    while (*at) {
        if ((*at)->state == SB_CONN_DOWN)
            *at = (*at)->next;
        else
            at = &(*at)->next;
    }
    if (!db->closing)
        sb_wait_wake(&db->dial);
}
