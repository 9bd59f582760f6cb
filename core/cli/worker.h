/* SPDX-License-Identifier: Apache-2.0
 *
 * A worker: one process, one thread, one loop, serving an inherited socket.
 */
#ifndef SB_CLI_WORKER_H
#define SB_CLI_WORKER_H

#include "cli/config.h"

struct sb_plugins;

struct sb_worker_conf {
    const struct sb_config *config;
    const struct sb_config_flags *flags; /* to read the file again on SIGHUP */
    const char *database_url;
    struct sb_plugins *plugins; /* mapped before the fork */
    int listen_fd;
    int index;
};

/* Runs until SIGTERM and the end of what was live. Returns the exit status. */
int sb_worker_run(const struct sb_worker_conf *conf);
/* Puts the tenants of files into the database; the supervisor runs it in a child
 * before the workers and on SIGHUP. Returns the exit status. */
int sb_setup_run(const struct sb_worker_conf *conf);

#endif
