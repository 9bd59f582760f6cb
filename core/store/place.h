/* SPDX-License-Identifier: Apache-2.0
 *
 * Where an embedded cluster lies and how it is made: folders, initdb, settings. One
 * place is used by one running PostgreSQL; the rest of its life is in cluster.c.
 *
 *     <data dir>/postgres/data   PGDATA           .../log   logs, a week of them
 *                        /run    the socket       .../start.lock, users.lock
 */
#ifndef SB_STORE_PLACE_H
#define SB_STORE_PLACE_H

#include <talloc.h>
#include <switchboard/err.h>
#include "store/child.h"

#define SB_CLUSTER_USER "switchboard"

struct sb_place {
    char *root, *data, *log, *run; /* absolute */
    char *start_log;               /* what PostgreSQL says before it has its log */
    char *bin;                     /* folder of its programs */
    char *name;                    /* cluster_name, in the title of its processes */
    struct sb_who who;
};

/* Resolves and makes the folders; picks the user and the programs. When that user
 * cannot reach the data folder, another place is chosen and `say` is told. */
int sb_place_find(TALLOC_CTX *mem, const char *data_dir, void (*say)(const char *step),
                  struct sb_place *place, struct sb_err *err);
/* initdb when there is no cluster yet; writes our settings. Needs the start lock. */
int sb_place_make(const struct sb_place *place, void (*say)(const char *step),
                  struct sb_err *err);

#endif
