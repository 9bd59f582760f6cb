/* SPDX-License-Identifier: Apache-2.0
 *
 * The loop: libevent plus a queue of tasks that are ready. One event, the kick, runs
 * the queue; tasks that wake each other go on within one kick, up to a budget, so that
 * descriptors get their turn too.
 */
#include "base/task.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/sched.h"

enum { RESUMES_PER_KICK = 1000, LINGER_MS = 5000 };

static __thread struct sb_loop *current_loop;
static __thread struct sb_log_scope *thread_scope;

struct sb_loop *sb_loop_current(void)
{
    return current_loop;
}

struct event_base *sb_loop_base(struct sb_loop *loop)
{
    return loop->base;
}

struct sb_task *sb_task_self(void)
{
    return current_loop ? current_loop->current : NULL;
}

struct sb_log_scope **sb_sched_scope(void)
{
    struct sb_task *self = sb_task_self();

    return self ? &self->scope : &thread_scope;
}

void sb_queue_push(struct sb_queue *queue, struct sb_task *task)
{
    task->next = NULL;
    if (queue->last)
        queue->last->next = task;
    else
        queue->first = task;
    queue->last = task;
}

struct sb_task *sb_queue_pop(struct sb_queue *queue)
{
    struct sb_task *task = queue->first;

    if (!task)
        return NULL;
    queue->first = task->next;
    if (!queue->first)
        queue->last = NULL;
    task->next = NULL;
    return task;
}

void sb_sched_kick(struct sb_loop *loop)
{
    if (loop->kicked || loop->draining)
        return;
    loop->kicked = true;
    event_active(loop->kick, EV_TIMEOUT, 0);
}

static void run_deferred(struct sb_loop *loop)
{
    struct sb_deferred *list = loop->deferred, *next;

    loop->deferred = NULL;
    loop->deferred_end = &loop->deferred;
    for (; list; list = next) {
        next = list->next;
        list->fn(list->arg);
        free(list);
    }
}

/* Whoever yielded comes after all that was ready. */
static void admit_later(struct sb_loop *loop)
{
    struct sb_task *task;

    while ((task = sb_queue_pop(&loop->later)) != NULL)
        sb_queue_push(&loop->ready, task);
}

static void on_kick(evutil_socket_t fd, short what, void *arg)
{
    struct sb_loop *loop = arg;
    const struct timeval at_once = {0, 0};
    struct sb_task *task;

    (void)fd;
    (void)what;
    loop->kicked = false;
    loop->draining = true;
    run_deferred(loop);
    admit_later(loop);
    for (int i = 0; i < RESUMES_PER_KICK; i++) {
        task = sb_queue_pop(&loop->ready);
        if (!task)
            break;
        sb_task_resume(task);
    }
    loop->draining = false;
    if (!loop->ready.first && !loop->later.first && !loop->deferred)
        return;
    /* By a timer, not by event_active(): that would run before descriptors are polled.
     */
    loop->kicked = true;
    (void)event_add(loop->kick, &at_once);
}

static struct event_base *base_new(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;

    if (!config)
        return NULL;
    /* Tasks may run for a while within one callback: timers must not count from the
     * time at which it began. */
    if (event_config_set_flag(config, EVENT_BASE_FLAG_NO_CACHE_TIME) == 0)
        base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

struct sb_loop *sb_loop_new(void)
{
    struct sb_loop *loop = sb_calloc(1, sizeof(*loop));

    assert(!current_loop);
    loop->done_fd = -1;
    loop->deferred_end = &loop->deferred;
    loop->base = base_new();
    if (!loop->base)
        goto fail;
    loop->kick = event_new(loop->base, -1, 0, on_kick, loop);
    if (!loop->kick || sb_offload_attach(loop) != 0)
        goto fail;
    current_loop = loop;
    return loop;

fail:
    if (loop->kick)
        event_free(loop->kick);
    if (loop->base)
        event_base_free(loop->base);
    free(loop);
    return NULL;
}

static void cancel_living(struct sb_loop *loop)
{
    for (struct sb_task *task = loop->living; task; task = task->older)
        sb_task_cancel(task);
}

/* Lets the cancelled tasks unwind; names one that takes long, for it is a bug. */
static void wait_for_living(struct sb_loop *loop)
{
    int64_t warn_at = sb_clock_mono_ms() + LINGER_MS;

    while (loop->living || loop->deferred) {
        if (event_base_loop(loop->base, EVLOOP_ONCE) < 0)
            break;
        if (loop->living && sb_clock_mono_ms() > warn_at) {
            sb_log(SB_LOG_WARN, "base", "a cancelled task takes long to end",
                   sb_str("task", loop->living->name));
            warn_at = INT64_MAX;
        }
    }
}

void sb_loop_unwind(struct sb_loop *loop)
{
    assert(!loop->current);
    loop->closing = true;
    cancel_living(loop);
    wait_for_living(loop);
}

void sb_loop_free(struct sb_loop *loop)
{
    if (!loop)
        return;
    sb_loop_unwind(loop);
    /* bufferevents are finalised by the loop. */
    for (int i = 0; i < 4; i++)
        (void)event_base_loop(loop->base, EVLOOP_NONBLOCK);
    run_deferred(loop);
    sb_offload_detach(loop);
    sb_stack_free_all(loop);
    event_free(loop->kick);
    event_base_free(loop->base);
    if (current_loop == loop)
        current_loop = NULL;
    free(loop);
}

int sb_loop_run(struct sb_loop *loop)
{
    int rc = 0;

    while (!loop->stopping && rc >= 0)
        rc = event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
    loop->stopping = false;
    return rc < 0 ? SB_EIO : 0;
}

int sb_loop_run_task(struct sb_loop *loop, struct sb_task *task)
{
    int rc = 0;

    assert(!loop->current && !loop->until);
    sb_task_ref(task);
    loop->until = task;
    while (!sb_task_is_done(task) && !loop->stopping && rc >= 0)
        rc = event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
    loop->until = NULL;
    loop->stopping = false;
    sb_task_unref(task);
    return rc < 0 ? SB_EIO : 0;
}

void sb_loop_stop(struct sb_loop *loop)
{
    loop->stopping = true;
    (void)event_base_loopbreak(loop->base);
}

int sb_loop_defer(struct sb_loop *loop, void (*fn)(void *arg), void *arg)
{
    struct sb_deferred *item = sb_calloc(1, sizeof(*item));

    item->fn = fn;
    item->arg = arg;
    *loop->deferred_end = item;
    loop->deferred_end = &item->next;
    sb_sched_kick(loop);
    return 0;
}
