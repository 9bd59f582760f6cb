/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbered migrations (sql/NNNN_name.sql), each in a transaction, under an advisory
 * lock, with the file's hash kept: a changed old file is refused by name. Blocking,
 * run by the supervisor before it forks. Also makes the role that workers use, which
 * has no BYPASSRLS.
 */
#ifndef SB_STORE_MIGRATE_H
#define SB_STORE_MIGRATE_H

#include <switchboard/err.h>

#define SB_DB_ROLE "switchboard_app"

/* Applies what is missing from `dir`; `*applied_r` (may be NULL) says how many. */
int sb_migrate(const char *url, const char *dir, int *applied_r, struct sb_err *err);

#endif
