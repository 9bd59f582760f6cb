/* SPDX-License-Identifier: Apache-2.0
 *
 * The two database roles: SB_DB_ROLE (migrate.h) for workers, SB_DB_SYSTEM_ROLE for
 * transactions across organisations. Neither logs in, bypasses row-level security or
 * owns anything; whoever connects must be able to take them with SET ROLE.
 */
#ifndef SB_STORE_ROLES_H
#define SB_STORE_ROLES_H

#include <libpq-fe.h>
#include <switchboard/err.h>

#define SB_DB_SYSTEM_ROLE "switchboard_system"

/* Blocking. Makes what is missing; a role with too much power is refused. */
int sb_roles_make(PGconn *conn, struct sb_err *err);

#endif
