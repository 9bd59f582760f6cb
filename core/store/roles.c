/* SPDX-License-Identifier: Apache-2.0
 *
 * See roles.h. Roles belong to the whole server, the migration lock to one database:
 * another database's runner may be making the same role this moment.
 */
#include "store/roles.h"

#include <stdio.h>
#include <string.h>
#include "store/migrate.h"
#include "store/pgerr.h"

/* From 16 on a member may be one without being allowed to SET ROLE. */
static const char LOOK[] =
    "SELECT rolsuper OR rolbypassrls, pg_has_role(current_user, oid, $2)"
    " FROM pg_roles WHERE rolname = $1";

enum look { LOOK_FAILED, LOOK_MISSING, LOOK_MIGHTY, LOOK_NOT_MEMBER, LOOK_FINE };

static enum look look(PGconn *conn, const char *role, struct sb_err *err)
{
    const char *values[] = {role, PQserverVersion(conn) >= 160000 ? "SET" : "MEMBER"};
    PGresult *result = PQexecParams(conn, LOOK, 2, NULL, values, NULL, NULL, 0);
    enum look found = LOOK_FINE;

    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        sb_pg_fail(err, result, "cannot read the database's roles");
        found = LOOK_FAILED;
    } else if (PQntuples(result) == 0) {
        found = LOOK_MISSING;
    } else if (PQgetvalue(result, 0, 0)[0] == 't') {
        found = LOOK_MIGHTY;
    } else if (PQgetvalue(result, 0, 1)[0] != 't') {
        found = LOOK_NOT_MEMBER;
    }
    PQclear(result);
    return found;
}

/* Whether it worked is for the next look to find out: a rival may have been faster.
 * Keeps the reason why not. */
static void try_command(PGconn *conn, const char *before, const char *role,
                        const char *after, char *why, size_t size)
{
    char sql[200];
    PGresult *result;

    (void)snprintf(sql, sizeof(sql), "%s %s %s", before, role, after);
    result = PQexec(conn, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        sb_pg_first_line(PQresultErrorMessage(result), why, size);
    PQclear(result);
}

static int make_role(PGconn *conn, const char *role, struct sb_err *err)
{
    char why[200] = "";
    int tries;

    for (tries = 0; tries < 5; tries++) {
        switch (look(conn, role, err)) {
        case LOOK_FAILED: return err ? err->code : SB_EUNAVAILABLE;
        case LOOK_FINE: return 0;
        case LOOK_MIGHTY:
            return sb_fail(err, SB_EREFUSED,
                           "the role %s may pass by row-level security; take "
                           "SUPERUSER and BYPASSRLS away from it",
                           role);
        case LOOK_MISSING:
            try_command(conn, "CREATE ROLE", role, "NOLOGIN", why, sizeof(why));
            break;
        case LOOK_NOT_MEMBER:
            try_command(conn, "GRANT", role, "TO CURRENT_USER", why, sizeof(why));
            break;
        }
    }
    return sb_fail(err, SB_EAUTH,
                   "the database user %s cannot make or take the role %s (%s); let an "
                   "administrator run: CREATE ROLE %s NOLOGIN; GRANT %s TO \"%s\"",
                   PQuser(conn), role, why, role, role, PQuser(conn));
}

int sb_roles_make(PGconn *conn, struct sb_err *err)
{
    int rc = make_role(conn, SB_DB_ROLE, err);

    return rc ? rc : make_role(conn, SB_DB_SYSTEM_ROLE, err);
}
