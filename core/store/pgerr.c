/* SPDX-License-Identifier: Apache-2.0
 *
 * See pgerr.h. SQLSTATE classes: appendix A of the PostgreSQL manual.
 */
#include "store/pgerr.h"

#include <string.h>

struct state_code {
    const char *prefix; /* of the SQLSTATE; the first that fits counts */
    int code;
};

static const struct state_code STATE_CODES[] = {
    {"23505", SB_ECONFLICT},    /* unique violation */
    {"23P01", SB_ECONFLICT},    /* exclusion violation */
    {"23", SB_EINVAL},          /* other integrity violations */
    {"22", SB_EINVAL},          /* data exceptions */
    {"P0001", SB_EINVAL},       /* RAISE in a function of ours */
    {"40", SB_EUNAVAILABLE},    /* serialisation failure, deadlock */
    {"55P03", SB_EUNAVAILABLE}, /* lock not available */
    {"57014", SB_ETIMEDOUT},    /* statement time-out */
    {"57", SB_EUNAVAILABLE},    /* shutting down, starting, crashed */
    {"53", SB_EUNAVAILABLE},    /* out of connections, disk, memory */
    {"08", SB_EUNAVAILABLE},    /* connection exceptions */
    {"25P03", SB_EUNAVAILABLE}, /* idle in transaction for too long */
    {"25006", SB_EUNAVAILABLE}, /* read only: a fail-over in progress */
    {"0A000", SB_EUNAVAILABLE}, /* a cached plan outlived a schema change */
    {"26000", SB_EUNAVAILABLE}, /* a pooler lost our prepared statement */
    {"28", SB_EAUTH},           {"3D000", SB_EAUTH}, /* no such database */
    {"42501", SB_EREFUSED},
};

int sb_pg_code(const char *sqlstate)
{
    size_t i;

    if (!sqlstate || !*sqlstate)
        return SB_EUNAVAILABLE; /* libpq's own: the connection went away */
    for (i = 0; i < sizeof(STATE_CODES) / sizeof(*STATE_CODES); i++) {
        const char *prefix = STATE_CODES[i].prefix;

        if (strncmp(sqlstate, prefix, strlen(prefix)) == 0)
            return STATE_CODES[i].code;
    }
    return SB_EINTERNAL;
}

void sb_pg_first_line(const char *message, char *out, size_t size)
{
    const char *words[] = {"ERROR:  ", "FATAL:  ", "PANIC:  "};
    size_t i, len;

    for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
        const char *found = strstr(message, words[i]);

        if (found) {
            message = found + strlen(words[i]);
            break;
        }
    }
    len = strcspn(message, "\n");
    if (len >= size)
        len = size - 1;
    memcpy(out, message, len);
    out[len] = '\0';
}

int sb_pg_fail(struct sb_err *err, const PGresult *result, const char *what)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *said = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    char line[300];

    if (state && strncmp(state, "22", 2) == 0)
        return sb_fail(err, SB_EINVAL, "%s: the database refuses a value (SQLSTATE %s)",
                       what, state);
    if (!said) {
        sb_pg_first_line(PQresultErrorMessage(result), line, sizeof(line));
        said = *line ? line : "the connection to the database was lost";
    }
    return sb_fail(err, sb_pg_code(state), "%s: %.300s", what, said);
}

int sb_pg_fail_conn(struct sb_err *err, const PGconn *conn, const char *what)
{
    const char *said = conn ? PQerrorMessage(conn) : "out of memory";
    char line[300];
    int code = SB_EUNAVAILABLE;

    sb_pg_first_line(said, line, sizeof(line));
    if (strstr(said, "password authentication failed") ||
        strstr(said, "no pg_hba.conf entry") || strstr(said, "does not exist"))
        code = SB_EAUTH;
    return sb_fail(err, code, "%s: %s", what, *line ? line : "no answer");
}
