/* SPDX-License-Identifier: Apache-2.0
 *
 * The embedded PostgreSQL: a private cluster under the data directory, over a unix
 * socket, run as an unprivileged user from Debian's binaries. Blocking calls, made by
 * the supervisor before it forks.
 */
#ifndef SB_STORE_CLUSTER_H
#define SB_STORE_CLUSTER_H

#include <stdbool.h>
#include <sys/types.h>
#include <switchboard/err.h>

struct sb_cluster;

/* Finds the binaries, creates the cluster when there is none, starts it unless it
 * runs already, and waits until it answers (at most `timeout_ms`). `say` (may be NULL)
 * is told each step for the terminal. */
int sb_cluster_start(const char *data_dir, int timeout_ms,
                     void (*say)(const char *step), struct sb_cluster **cluster_r,
                     struct sb_err *err);
/* The libpq connection string. */
const char *sb_cluster_url(const struct sb_cluster *cluster);
pid_t sb_cluster_pid(const struct sb_cluster *cluster);
/* Looks whether it still runs and starts it again if not; for the supervisor's tick. */
int sb_cluster_check(struct sb_cluster *cluster, struct sb_err *err);
/* Fast shutdown, waits. */
void sb_cluster_stop(struct sb_cluster *cluster);
void sb_cluster_free(struct sb_cluster *cluster);

#endif
