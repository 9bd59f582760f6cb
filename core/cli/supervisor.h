/* SPDX-License-Identifier: Apache-2.0
 *
 * The supervisor: binds the socket, keeps the database up, forks the workers and
 * restarts what dies. It does no work of its own, so it does not crash.
 */
#ifndef SB_CLI_SUPERVISOR_H
#define SB_CLI_SUPERVISOR_H

#include "cli/config.h"

/* Serves until SIGTERM or SIGINT; a second one ends at once. SIGHUP reloads. Returns
 * the exit status. */
int sb_supervise(const struct sb_config *config, const struct sb_config_flags *flags);

#endif
