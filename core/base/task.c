/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a task: spawn, run, suspend, cancel, end. Only the loop switches to a
 * task, and a task only switches back to the loop.
 */
#include "base/task.h"

#include <assert.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/sched.h"

static void link_living(struct sb_loop *loop, struct sb_task *task)
{
    task->older = loop->living;
    if (loop->living)
        loop->living->newer = task;
    loop->living = task;
    loop->stats.live++;
    loop->stats.spawned++;
}

static void unlink_living(struct sb_loop *loop, struct sb_task *task)
{
    if (task->newer)
        task->newer->older = task->older;
    else
        loop->living = task->older;
    if (task->older)
        task->older->newer = task->newer;
    task->older = task->newer = NULL;
    loop->stats.live--;
}

/* Runs on the task's own stack, once. */
static void task_main(void *arg)
{
    struct sb_task *task = arg;

    sb_ctx_entered(&task->loop->ctx);
    task->fn(task->arg);
    talloc_free(task->mem);
    task->mem = NULL;
    task->state = SB_TASK_DONE;
    sb_ctx_switch(&task->ctx, &task->loop->ctx, true);
    abort();
}

/* Libevent's clock is coarse (4 ms): a timer that comes early is set again. */
static void arm(struct sb_task *task, int64_t now_us)
{
    int64_t left = task->timer_us > now_us ? task->timer_us - now_us : 0;
    struct timeval tv = {left / 1000000, left % 1000000};

    (void)event_add(&task->timer, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct sb_task *task = arg;
    int64_t now = sb_clock_mono_us();

    (void)fd;
    (void)what;
    if (task->state != SB_TASK_WAITING)
        return;
    if (now < task->timer_us)
        arm(task, now);
    else
        sb_sched_ready(task, SB_ETIMEDOUT);
}

struct sb_task *sb_task_spawn(struct sb_loop *loop, const char *name,
                              void (*fn)(void *arg), void *arg)
{
    struct sb_stack *stack = sb_stack_take(loop);
    struct sb_task *task;

    if (!stack)
        return NULL;
    task = sb_calloc(1, sizeof(*task));
    task->magic = SB_TASK_MAGIC;
    task->state = SB_TASK_READY;
    task->loop = loop;
    task->name = name;
    task->fn = fn;
    task->arg = arg;
    task->refs = 1;
    task->deadline_us = INT64_MAX;
    task->stack = stack;
    task->canceled = loop->closing;
    (void)evtimer_assign(&task->timer, loop->base, on_timer, task);
    sb_ctx_make(&task->ctx, sb_stack_bottom(stack), sb_stack_size(), task_main, task);
    link_living(loop, task);
    sb_queue_push(&loop->ready, task);
    sb_sched_kick(loop);
    return task;
}

static void task_ended(struct sb_task *task)
{
    struct sb_loop *loop = task->loop;
    struct sb_joiner *joiner = task->joiners, *next;

    sb_stack_give(loop, task->stack);
    task->stack = NULL;
    unlink_living(loop, task);
    task->joiners = NULL;
    for (; joiner; joiner = next) {
        next = joiner->next;
        sb_wait_wake(&joiner->wait);
    }
    if (loop->until == task)
        (void)event_base_loopbreak(loop->base);
    sb_task_unref(task);
}

static _Thread_local uint64_t switches;

uint64_t sb_task_switches(void)
{
    return switches;
}

void sb_task_resume(struct sb_task *task)
{
    struct sb_loop *loop = task->loop;

    assert(task->magic == SB_TASK_MAGIC && task->state == SB_TASK_READY);
    task->state = SB_TASK_RUNNING;
    loop->current = task;
    switches++;
    sb_ctx_switch(&loop->ctx, &task->ctx, false);
    loop->current = NULL;
    if (task->state == SB_TASK_DONE)
        task_ended(task);
}

void sb_sched_ready(struct sb_task *task, int result)
{
    assert(task->state == SB_TASK_WAITING);
    if (task->wait) {
        task->wait->task = NULL;
        task->wait = NULL;
    }
    if (task->timer_us != INT64_MAX)
        (void)event_del(&task->timer);
    task->result = result;
    task->state = SB_TASK_READY;
    sb_queue_push(&task->loop->ready, task);
    sb_sched_kick(task->loop);
}

struct sb_task *sb_sched_self(void)
{
    struct sb_task *self = sb_task_self();

    assert(self && self->state == SB_TASK_RUNNING); /* only tasks may suspend */
    return self;
}

int sb_sched_suspend(struct sb_wait *wait, int64_t until_us)
{
    struct sb_task *self = sb_sched_self();

    self->wait = wait;
    if (wait)
        wait->task = self;
    self->timer_us = until_us;
    self->state = SB_TASK_WAITING;
    if (until_us != INT64_MAX)
        arm(self, sb_clock_mono_us());
    sb_ctx_switch(&self->ctx, &self->loop->ctx, false);
    return self->result;
}

void sb_sched_requeue(void)
{
    struct sb_task *self = sb_sched_self();

    self->state = SB_TASK_READY;
    sb_queue_push(&self->loop->later, self);
    sb_sched_kick(self->loop);
    sb_ctx_switch(&self->ctx, &self->loop->ctx, false);
}

int sb_sched_verdict(const struct sb_task *task)
{
    if (task->shield)
        return 0;
    if (task->canceled)
        return SB_ECANCELED;
    if (task->deadline_us != INT64_MAX && sb_clock_mono_us() >= task->deadline_us)
        return SB_ETIMEDOUT;
    return 0;
}

void sb_task_cancel(struct sb_task *task)
{
    if (!task || task->state == SB_TASK_DONE)
        return;
    task->canceled = true;
    if (task->state == SB_TASK_WAITING && !task->shield)
        sb_sched_ready(task, SB_ECANCELED);
}

bool sb_task_is_canceled(const struct sb_task *task)
{
    return task->canceled;
}

bool sb_task_is_done(const struct sb_task *task)
{
    return task->state == SB_TASK_DONE;
}

const char *sb_task_name(const struct sb_task *task)
{
    return task->name;
}

TALLOC_CTX *sb_task_mem(struct sb_task *task)
{
    if (!task->mem)
        task->mem = talloc_named_const(NULL, 0, task->name);
    return task->mem;
}

struct sb_task *sb_task_ref(struct sb_task *task)
{
    task->refs++;
    return task;
}

void sb_task_unref(struct sb_task *task)
{
    if (!task)
        return;
    assert(task->magic == SB_TASK_MAGIC && task->refs > 0);
    if (--task->refs > 0)
        return;
    assert(task->state == SB_TASK_DONE);
    talloc_free(task->mem);
    task->magic = 0;
    free(task);
}
