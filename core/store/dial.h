/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening a connection without blocking the loop.
 */
#ifndef SB_STORE_DIAL_H
#define SB_STORE_DIAL_H

#include <libpq-fe.h>
#include <stdint.h>
#include <switchboard/err.h>

/* [suspends] Connects and runs `setup` (SET statements; may be NULL), all within
 * `timeout_ms`. The connection is non-blocking; close it with PQfinish(). */
int sb_pg_dial(const char *url, const char *setup, int64_t timeout_ms, PGconn **conn_r,
               struct sb_err *err);
/* Is it a connection string at all? */
int sb_pg_url_check(const char *url, struct sb_err *err);

#endif
