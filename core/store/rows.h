/* SPDX-License-Identifier: Apache-2.0
 *
 * A result as the transaction keeps it; read through pg.h.
 */
#ifndef SB_STORE_ROWS_H
#define SB_STORE_ROWS_H

#include <libpq-fe.h>
#include <talloc.h>

struct sb_rows;

/* Takes `result`. */
struct sb_rows *sb_rows_new(TALLOC_CTX *mem, PGresult *result);

#endif
