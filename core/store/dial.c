/* SPDX-License-Identifier: Apache-2.0
 *
 * See dial.h. libpq looks names up with getaddrinfo() in PQconnectStart, which
 * blocks, so that runs on the thread pool.
 */
#include "store/dial.h"

#include <event2/event.h>
#include <string.h>
#include "base/task.h"
#include "store/pgerr.h"

int sb_pg_url_check(const char *url, struct sb_err *err)
{
    char *said = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &said);
    int rc = 0;

    if (!options)
        rc = sb_fail(err, SB_EINVAL, "the database's url is not valid");
    PQconninfoFree(options);
    PQfreemem(said); /* it may quote the password */
    return rc;
}

/* Libpq prints notices, and the server's last words, to standard error. */
static void ignore_notice(void *arg, const PGresult *notice)
{
    (void)arg;
    (void)notice;
}

struct start {
    const char *url;
    PGconn *conn;
};

static void start_connect(void *arg)
{
    struct start *start = arg;
    /* What stands before dbname is a preset that the url overrides. */
    static const char *const KEYS[] = {"application_name", "tcp_user_timeout",
                                       "keepalives_idle", "dbname", NULL};
    const char *values[] = {"switchboard", "15000", "30", start->url, NULL};

    start->conn = PQconnectStartParams(KEYS, values, 1);
}

static int poll_connect(PGconn *conn, struct sb_err *err)
{
    static const char *const WHAT = "cannot connect to the database";
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    int rc;

    if (!conn || PQstatus(conn) == CONNECTION_BAD)
        return sb_pg_fail_conn(err, conn, WHAT);
    (void)PQsetNoticeReceiver(conn, ignore_notice, NULL);
    while (status != PGRES_POLLING_OK) {
        rc = sb_wait_fd(PQsocket(conn),
                        status == PGRES_POLLING_READING ? EV_READ : EV_WRITE, -1);
        if (rc < 0)
            return sb_fail(err, rc, "%s: %s", WHAT, sb_code_name(rc));
        status = PQconnectPoll(conn);
        if (status == PGRES_POLLING_FAILED)
            return sb_pg_fail_conn(err, conn, WHAT);
    }
    return 0;
}

static int wait_result(PGconn *conn, struct sb_err *err)
{
    int rc;

    while (PQisBusy(conn)) {
        rc = sb_wait_fd(PQsocket(conn), EV_READ, -1);
        if (rc < 0)
            return sb_fail(err, rc, "cannot set a connection up: %s", sb_code_name(rc));
        if (!PQconsumeInput(conn))
            return sb_pg_fail_conn(err, conn, "cannot set a connection up");
    }
    return 0;
}

/* A few hundred bytes into an empty socket: PQflush has nothing to wait for. */
static int set_up(PGconn *conn, const char *setup, struct sb_err *err)
{
    PGresult *result;
    int rc = 0;

    if (!setup)
        return 0;
    if (!PQsendQuery(conn, setup) || PQflush(conn) != 0)
        return sb_pg_fail_conn(err, conn, "cannot set a connection up");
    for (;;) {
        int waited = wait_result(conn, err);

        if (waited)
            return waited;
        result = PQgetResult(conn);
        if (!result)
            return rc;
        if (!rc && PQresultStatus(result) == PGRES_FATAL_ERROR)
            rc = sb_pg_fail(err, result, "cannot set a connection up");
        PQclear(result);
    }
}

int sb_pg_dial(const char *url, const char *setup, int64_t timeout_ms, PGconn **conn_r,
               struct sb_err *err)
{
    struct start start = {.url = url};
    int64_t before = sb_task_deadline_push(timeout_ms);
    int rc = sb_offload(start_connect, &start);

    if (rc)
        (void)sb_fail(err, rc, "cannot connect to the database: %s", sb_code_name(rc));
    else
        rc = poll_connect(start.conn, err);
    if (!rc && PQsetnonblocking(start.conn, 1) != 0)
        rc = sb_pg_fail_conn(err, start.conn, "cannot set a connection up");
    if (!rc)
        rc = set_up(start.conn, setup, err);
    sb_task_deadline_pop(before);
    if (rc) {
        PQfinish(start.conn);
        return rc;
    }
    *conn_r = start.conn;
    return 0;
}
