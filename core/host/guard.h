/* SPDX-License-Identifier: Apache-2.0
 *
 * Times a call into a plugin: how long it keeps the loop busy between two moments in
 * which the task has really waited. Every service that may wait and every callback into
 * the host pauses the guard; where it turns out that nothing had to wait, the stretch
 * goes on, less the host's own time. One longer than the budget is a strike.
 */
#ifndef SB_HOST_GUARD_H
#define SB_HOST_GUARD_H

#include <stdint.h>

struct sb_instance;

/* Lives in the caller's frame for the length of the call. */
struct sb_guard {
    struct sb_guard *outer;
    struct sb_instance *instance;
    const char *what; /* "llm", "embed" ...; static storage */
    int64_t since_us; /* where the stretch begins, had the host taken no time in it */
    int64_t paused_us;
    uint64_t switches; /* of tasks, when it was paused */
    int64_t worst_us;  /* of the stretches over budget */
    int strikes;       /* earned in this call */
};

void sb_guard_enter(struct sb_guard *guard, struct sb_instance *instance,
                    const char *what);
void sb_guard_leave(struct sb_guard *guard);
/* The running call is about to wait, or to run the host's own code: stops its clock.
 * Hand the result (which may be NULL) to resume. */
struct sb_guard *sb_guard_pause(void);
void sb_guard_resume(struct sb_guard *guard);
/* The call that runs right now, or NULL. */
struct sb_guard *sb_guard_current(void);

#endif
