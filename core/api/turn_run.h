/* SPDX-License-Identifier: Apache-2.0
 *
 * A turn in a task of its own. A visitor who closes the page does not end the turn:
 * the words are committed and will be answered, so the task goes on and only its
 * listener is taken away.
 */
#ifndef SB_API_TURN_RUN_H
#define SB_API_TURN_RUN_H

#include "talk/engine.h"

struct sb_api;
struct sb_turn_run;

/* Called in the turn's task while the listener is attached. */
struct sb_turn_listener {
    void *arg;
    void (*accepted)(void *arg, const char *conversation_id, const char *visitor,
                     int64_t seq_in);
    int (*text)(void *arg, const char *text, size_t len); /* must not suspend */
    /* Last: `out` is NULL when it failed with `err`. */
    void (*done)(void *arg, const struct sb_turn_out *out, const struct sb_err *err);
};

/* Starts the turn; copies what it needs of `in`, whose agent must have been taken on
 * `mem`, which the run takes over (NULL: no task could be made, `mem` is freed). Hold
 * the result with one reference. */
struct sb_turn_run *sb_turn_run_start(struct sb_api *api, TALLOC_CTX *mem,
                                      const struct sb_turn_in *in,
                                      const struct sb_turn_listener *listener);
/* [suspends] Until done() was called. */
int sb_turn_run_wait(struct sb_turn_run *run);
/* No more calls to the listener; gives the reference back. NULL is fine. */
void sb_turn_run_leave(struct sb_turn_run *run);

#endif
