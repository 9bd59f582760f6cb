/* SPDX-License-Identifier: Apache-2.0
 *
 * All the ways in which a task waits. Every one ends in sb_sched_suspend(), after the
 * same questions: cancelled? past the deadline? shielded from both?
 */
#include "base/task.h"

#include <assert.h>
#include "base/clock.h"
#include "base/sched.h"

/* Microseconds of the monotonic clock `ms` from now; INT64_MAX for "never". */
static int64_t from_now(int64_t ms)
{
    if (ms > INT64_MAX / 2000)
        return INT64_MAX;
    return sb_clock_mono_us() + (ms > 0 ? ms * 1000 : 0);
}

static int64_t deadline_of(const struct sb_task *self)
{
    return self->shield ? INT64_MAX : self->deadline_us;
}

void sb_wait_init(struct sb_wait *wait)
{
    *wait = (struct sb_wait){NULL, false};
}

void sb_wait_wake(struct sb_wait *wait)
{
    wait->woken = true;
    if (wait->task)
        sb_sched_ready(wait->task, 0);
}

int sb_wait_for(struct sb_wait *wait, int64_t timeout_ms)
{
    struct sb_task *self = sb_sched_self();
    int64_t until = timeout_ms < 0 ? INT64_MAX : from_now(timeout_ms);
    int rc = sb_sched_verdict(self);

    assert(!wait->task); /* one waiter at a time */
    if (rc == 0 && !wait->woken) {
        if (deadline_of(self) < until)
            until = deadline_of(self);
        rc = sb_sched_suspend(wait, until);
    }
    if (rc == 0)
        wait->woken = false;
    return rc;
}

int sb_sleep(int64_t ms)
{
    struct sb_task *self = sb_sched_self();
    int64_t until = from_now(ms), deadline = deadline_of(self);
    int rc = sb_sched_verdict(self);

    if (rc != 0)
        return rc;
    if (deadline <= until)
        return sb_sched_suspend(NULL, deadline);
    rc = sb_sched_suspend(NULL, until);
    return rc == SB_ETIMEDOUT ? 0 : rc;
}

int sb_yield(void)
{
    struct sb_task *self = sb_sched_self();
    int rc = sb_sched_verdict(self);

    if (rc != 0)
        return rc;
    sb_sched_requeue();
    return sb_sched_verdict(self);
}

int64_t sb_task_deadline_push(int64_t ms)
{
    struct sb_task *self = sb_sched_self();
    int64_t previous = self->deadline_us, wanted = from_now(ms);

    if (wanted < previous)
        self->deadline_us = wanted;
    return previous;
}

void sb_task_deadline_pop(int64_t previous)
{
    sb_sched_self()->deadline_us = previous;
}

int64_t sb_task_deadline_left(void)
{
    struct sb_task *self = sb_sched_self();
    int64_t left;

    if (self->deadline_us == INT64_MAX)
        return INT64_MAX;
    left = self->deadline_us - sb_clock_mono_us();
    return left > 0 ? (left + 999) / 1000 : 0;
}

void sb_task_shield_push(void)
{
    sb_sched_self()->shield++;
}

void sb_task_shield_pop(void)
{
    struct sb_task *self = sb_sched_self();

    assert(self->shield > 0);
    self->shield--;
}

static void forget_joiner(struct sb_task *task, struct sb_joiner *joiner)
{
    struct sb_joiner **at = &task->joiners;

    while (*at && *at != joiner)
        at = &(*at)->next;
    if (*at)
        *at = joiner->next;
}

int sb_task_join(struct sb_task *task, int64_t timeout_ms)
{
    struct sb_joiner joiner = {{NULL, false}, NULL};
    int rc = sb_sched_verdict(sb_sched_self());

    if (task == sb_task_self())
        return SB_EINVAL;
    if (rc != 0 || sb_task_is_done(task))
        return rc;
    joiner.next = task->joiners;
    task->joiners = &joiner;
    rc = sb_wait_for(&joiner.wait, timeout_ms);
    forget_joiner(task, &joiner);
    return rc;
}

struct fd_wait {
    struct sb_wait wait;
    short ready;
};

static void on_fd(evutil_socket_t fd, short what, void *arg)
{
    struct fd_wait *fd_wait = arg;

    (void)fd;
    fd_wait->ready = what;
    sb_wait_wake(&fd_wait->wait);
}

int sb_wait_fd(int fd, short events, int64_t timeout_ms)
{
    struct sb_task *self = sb_sched_self();
    struct fd_wait fd_wait = {{NULL, false}, 0};
    struct event event;
    int rc;

    if (event_assign(&event, self->loop->base, fd, events & (EV_READ | EV_WRITE), on_fd,
                     &fd_wait) != 0 ||
        event_add(&event, NULL) != 0)
        return SB_EIO;
    rc = sb_wait_for(&fd_wait.wait, timeout_ms);
    (void)event_del(&event);
    return rc == 0 ? fd_wait.ready : rc;
}

struct sb_lock_waiter {
    struct sb_wait wait;
    bool granted;
    struct sb_lock_waiter *next;
};

static void forget_waiter(struct sb_lock *lock, struct sb_lock_waiter *waiter)
{
    struct sb_lock_waiter **at = &lock->first, *last = NULL;

    while (*at && *at != waiter) {
        last = *at;
        at = &(*at)->next;
    }
    if (!*at)
        return;
    *at = waiter->next;
    if (lock->last == waiter)
        lock->last = last;
}

int sb_lock_take(struct sb_lock *lock, int64_t timeout_ms)
{
    struct sb_lock_waiter waiter = {{NULL, false}, false, NULL};
    int rc = sb_sched_verdict(sb_sched_self());

    if (rc != 0)
        return rc;
    if (!lock->held) {
        lock->held = true;
        return 0;
    }
    if (lock->last)
        lock->last->next = &waiter;
    else
        lock->first = &waiter;
    lock->last = &waiter;
    rc = sb_wait_for(&waiter.wait, timeout_ms);
    if (waiter.granted && rc != 0)
        sb_lock_give(lock); /* it came together with the cancel */
    forget_waiter(lock, &waiter);
    return rc;
}

/* Handed straight to the next in line, so that nobody can slip in between. */
void sb_lock_give(struct sb_lock *lock)
{
    struct sb_lock_waiter *next = lock->first;

    assert(lock->held);
    if (!next) {
        lock->held = false;
        return;
    }
    lock->first = next->next;
    if (!lock->first)
        lock->last = NULL;
    next->granted = true;
    sb_wait_wake(&next->wait);
}
