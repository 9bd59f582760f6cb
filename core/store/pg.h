/* SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL: a small pool of asynchronous connections in pipeline mode. A
 * transaction is one pipeline with one Sync; its first statement scopes it to one
 * organisation, and row-level security does the rest. Statements are named constants
 * and are prepared once a connection.
 *
 *     struct sb_tx *tx;
 *     if (sb_tx_begin(db, mem, org, &tx, err)) return err->code;
 *     sb_tx_add(tx, &INSERT_MESSAGE, sb_p_str(id), sb_p_str(text));
 *     sb_tx_add(tx, &SELECT_LAST, sb_p_str(conversation));
 *     if (sb_tx_commit(tx, err)) goto out;           // one round trip; suspends
 *     rows = sb_tx_rows(tx, 1);
 *
 * A transaction that must look before it writes calls sb_tx_flush() in between: it
 * reads what has been asked so far and leaves the transaction open.
 */
#ifndef SB_STORE_PG_H
#define SB_STORE_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_loop;
struct sb_db;
struct sb_tx;
struct sb_rows;

struct sb_db_conf {
    const char *url;      /* libpq connection string or URI */
    int connections;      /* a worker; 8 is right for most machines */
    int statement_ms;     /* statement_timeout, default 10 s */
    int connect_ms;       /* default 5 s */
    const char *role;     /* SET ROLE after connecting (no BYPASSRLS), or NULL */
};

int sb_db_new(struct sb_loop *loop, const struct sb_db_conf *conf, struct sb_db **db_r,
              struct sb_err *err);
void sb_db_free(struct sb_db *db);
/* Is a connection up? For /health. */
bool sb_db_is_up(const struct sb_db *db);
/* [suspends] Until one is, or the time-out. */
int sb_db_wait_up(struct sb_db *db, int64_t timeout_ms, struct sb_err *err);

/* A named statement: `sql` uses $1... It is prepared on first use per connection. */
struct sb_stmt {
    const char *name;
    const char *sql;
};

enum sb_param_type { SB_P_NULL, SB_P_TEXT, SB_P_BYTES };
struct sb_param {
    enum sb_param_type type;
    const char *data;
    size_t len;
    char digits[32];
};
struct sb_param sb_p_null(void);
struct sb_param sb_p_str(const char *text);        /* NULL becomes NULL */
struct sb_param sb_p_opt(const char *text);        /* NULL and "" become NULL */
struct sb_param sb_p_int(int64_t value);
struct sb_param sb_p_num(double value);
struct sb_param sb_p_bool(bool value);
struct sb_param sb_p_time(int64_t wall_ms);        /* timestamptz; 0 becomes NULL */
struct sb_param sb_p_bytes(const void *data, size_t len); /* bytea, binary */

/* `org` is the organisation's UUID; NULL for the few tables that belong to none, and
 * "system" for maintenance across all (a role that may). Waits for a free connection
 * only at the first flush or commit. */
int sb_tx_begin(struct sb_db *db, TALLOC_CTX *mem, const char *org, struct sb_tx **tx_r,
                struct sb_err *err);
/* Queues a statement; returns its index for sb_tx_rows(). Parameters are copied. */
#define sb_tx_add(tx, stmt, ...)                                                       \
    sb_tx_add_n((tx), (stmt), (const struct sb_param[]){__VA_ARGS__ __VA_OPT__(, )     \
                                                            sb_p_null()},              \
                sizeof((const struct sb_param[]){__VA_ARGS__ __VA_OPT__(, )            \
                                                     sb_p_null()}) /                   \
                        sizeof(struct sb_param) -                                      \
                    1)
int sb_tx_add_n(struct sb_tx *tx, const struct sb_stmt *stmt,
                const struct sb_param *params, size_t count);
/* [suspends] Runs what is queued, keeps the transaction open. On failure the
 * transaction is over (rolled back). */
int sb_tx_flush(struct sb_tx *tx, struct sb_err *err);
/* [suspends] Runs what is queued and commits. 0 means durable. A lost connection
 * gives SB_EUNAVAILABLE: it may or may not have been committed, so writes that are
 * tried again carry a key. A unique violation is SB_ECONFLICT, a failed check or a
 * bad value SB_EINVAL, serialisation failure and deadlock SB_EUNAVAILABLE. */
int sb_tx_commit(struct sb_tx *tx, struct sb_err *err);
/* Rolls back if still open; frees. NULL is fine. Freeing `mem` does the same. */
void sb_tx_free(struct sb_tx *tx);
/* The SQLSTATE of the failure ("23505"), or "". */
const char *sb_tx_sqlstate(const struct sb_tx *tx);

/* The result of statement `index`; lives as long as the transaction. */
const struct sb_rows *sb_tx_rows(const struct sb_tx *tx, int index);
size_t sb_rows_count(const struct sb_rows *rows);
int64_t sb_rows_affected(const struct sb_rows *rows);
/* Columns by name; a name that is not there is a bug and aborts. NULL reads as
 * NULL, 0, false. Strings live as long as the rows; copy what must live longer. */
const char *sb_row_str(const struct sb_rows *rows, size_t row, const char *column);
const char *sb_row_dup(TALLOC_CTX *mem, const struct sb_rows *rows, size_t row,
                       const char *column); /* "" for NULL */
int64_t sb_row_int(const struct sb_rows *rows, size_t row, const char *column);
double sb_row_num(const struct sb_rows *rows, size_t row, const char *column);
bool sb_row_bool(const struct sb_rows *rows, size_t row, const char *column);
int64_t sb_row_time(const struct sb_rows *rows, size_t row, const char *column); /* ms */
bool sb_row_null(const struct sb_rows *rows, size_t row, const char *column);
/* bytea, decoded onto `mem`. */
const void *sb_row_bytes(TALLOC_CTX *mem, const struct sb_rows *rows, size_t row,
                         const char *column, size_t *len_r);

/* [suspends] One statement in a transaction of its own; rows live on `mem`. */
#define sb_db_run(db, mem, org, stmt, rows_r, err, ...)                                \
    sb_db_run_n((db), (mem), (org), (stmt),                                            \
                (const struct sb_param[]){__VA_ARGS__ __VA_OPT__(, ) sb_p_null()},     \
                sizeof((const struct sb_param[]){__VA_ARGS__ __VA_OPT__(, )            \
                                                     sb_p_null()}) /                   \
                        sizeof(struct sb_param) -                                      \
                    1,                                                                 \
                (rows_r), (err))
int sb_db_run_n(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                const struct sb_stmt *stmt, const struct sb_param *params, size_t count,
                const struct sb_rows **rows_r, struct sb_err *err);

#endif
