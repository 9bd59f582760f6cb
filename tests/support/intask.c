/* SPDX-License-Identifier: Apache-2.0
 *
 * See intask.h. Tasks that the body has cancelled or that are about to end get a few
 * turns of the loop before they count as left over.
 */
#include "support/intask.h"

#include <criterion/criterion.h>
#include <event2/event.h>
#include "base/clock.h"
#include "base/sched.h"
#include "base/task.h"

enum { FINISH_MS = 5000 };

/* A task that was cancelled while a thread of the pool works for it ends only after the
 * thread, which on a busy machine takes more than a turn of the loop. */
static void let_finish(struct sb_loop *loop)
{
    const struct timeval pause = {0, 5000};
    int64_t until = sb_clock_mono_ms() + FINISH_MS;
    struct sb_task_stats stats;

    for (;;) {
        (void)event_base_loop(sb_loop_base(loop), EVLOOP_NONBLOCK);
        sb_loop_stats(loop, &stats);
        if (stats.live == 0 || sb_clock_mono_ms() > until)
            return;
        (void)event_base_loopexit(sb_loop_base(loop), &pause);
        (void)event_base_dispatch(sb_loop_base(loop));
    }
}

static void run(void (*fn)(void *arg), void *arg, bool strict)
{
    struct sb_loop *loop = sb_loop_new();
    struct sb_task *task;

    cr_assert_not_null(loop);
    task = sb_task_spawn(loop, "test", fn, arg);
    cr_assert_not_null(task);
    cr_assert_eq(sb_loop_run_task(loop, task), 0);
    let_finish(loop);
    if (strict && loop->living)
        cr_assert_fail("task \"%s\" was left behind", loop->living->name);
    sb_loop_free(loop);
}

void sb_test_run(void (*fn)(void *arg), void *arg)
{
    run(fn, arg, true);
}

void sb_test_run_loosely(void (*fn)(void *arg), void *arg)
{
    run(fn, arg, false);
}
