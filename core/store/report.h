/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists for the people of a business: their leads, who was paged, what could not be
 * answered, which pages could not be read. Read only.
 */
#ifndef SB_STORE_REPORT_H
#define SB_STORE_REPORT_H

#include <stddef.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_db;
struct sb_rows;

enum sb_report {
    SB_REPORT_LEADS, /* created, state, score, name, phone, email, reason, message */
    SB_REPORT_ESCALATIONS, /* created, level, rule, reason, delivered */
    SB_REPORT_SOURCES,     /* url, state, read, failed, chunks, finished, error */
    SB_REPORT_FAILED,      /* url, status, reason */
    SB_REPORT_GAPS,        /* times, question, last_at */
};

/* [suspends] The newest (or most frequent) rows of an agent, at most `limit`, every
 * column as text; on `mem`. */
int sb_report(struct sb_db *db, TALLOC_CTX *mem, enum sb_report which, const char *org,
              const char *agent, int limit, const struct sb_rows **rows_r,
              struct sb_err *err);

#endif
