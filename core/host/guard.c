/* SPDX-License-Identifier: Apache-2.0
 *
 * See guard.h. `current` is only meaningful while a plugin's code runs: it is cleared
 * whenever that code lets go of the thread, and the pointer waits on the stack of the
 * task that is suspended.
 */
#include "host/guard.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/task.h"
#include "host/instance.h"

static _Thread_local struct sb_guard *current;

static void measure(struct sb_guard *guard, int64_t now)
{
    int64_t spent = now - guard->since_us;

    if (spent <= sb_instance_budget_us(guard->instance))
        return;
    guard->since_us = now; /* one stretch is one strike */
    guard->strikes++;
    if (spent > guard->worst_us)
        guard->worst_us = spent;
    sb_instance_strike(guard->instance, guard->what, spent);
}

void sb_guard_enter(struct sb_guard *guard, struct sb_instance *instance,
                    const char *what)
{
    guard->outer = current;
    guard->instance = instance;
    guard->what = what;
    guard->worst_us = 0;
    guard->strikes = 0;
    current = guard;
    guard->since_us = sb_clock_mono_us();
}

void sb_guard_leave(struct sb_guard *guard)
{
    measure(guard, sb_clock_mono_us());
    current = guard->outer;
}

struct sb_guard *sb_guard_pause(void)
{
    struct sb_guard *guard = current;

    current = NULL;
    if (!guard)
        return NULL;
    guard->paused_us = sb_clock_mono_us();
    guard->switches = sb_task_switches();
    measure(guard, guard->paused_us);
    return guard;
}

void sb_guard_resume(struct sb_guard *guard)
{
    int64_t now;

    current = guard;
    if (!guard)
        return;
    now = sb_clock_mono_us();
    if (guard->switches != sb_task_switches())
        guard->since_us = now;
    else
        guard->since_us += now - guard->paused_us;
}

struct sb_guard *sb_guard_current(void)
{
    return current;
}
