/* SPDX-License-Identifier: Apache-2.0
 *
 * What PostgreSQL says, as our codes and one sentence. Never the DETAIL of an error,
 * nor the text of data exceptions: they quote values.
 */
#ifndef SB_STORE_PGERR_H
#define SB_STORE_PGERR_H

#include <libpq-fe.h>
#include <switchboard/err.h>

/* The SB_E* for a SQLSTATE; SB_EINTERNAL for those that only a bug brings about. */
int sb_pg_code(const char *sqlstate);
/* Fills `err` from a failed result; `what` names the statement or the step. */
int sb_pg_fail(struct sb_err *err, const PGresult *result, const char *what);
/* The same for a connection: SB_EUNAVAILABLE, or SB_EAUTH when it was refused. */
int sb_pg_fail_conn(struct sb_err *err, const PGconn *conn, const char *what);
/* The first line of a libpq message without its "ERROR:"; cut to `size`. */
void sb_pg_first_line(const char *message, char *out, size_t size);

#endif
