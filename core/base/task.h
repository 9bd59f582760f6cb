/* SPDX-License-Identifier: Apache-2.0
 *
 * Tasks: stackful coroutines on one libevent loop. Sequential work (a request
 * handler, a turn, a job) is a function read from top to bottom; whatever has to
 * wait suspends the task and lets the loop run. A loop and its tasks belong to one
 * thread. After every suspension the world may have changed.
 *
 * Everything that suspends does so through `struct sb_wait`, so cancelling and
 * deadlines work the same at every suspension point.
 */
#ifndef SB_BASE_TASK_H
#define SB_BASE_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>

struct event_base;
struct sb_loop;
struct sb_task;

/* ---- the loop ---- */

/* One loop a thread. NULL only when memory or descriptors ran out. */
struct sb_loop *sb_loop_new(void);
/* Cancels what still runs, lets it unwind, frees. Not from within a task. */
void sb_loop_free(struct sb_loop *loop);
/* The first half of that: cancels every task and lets it unwind. Afterwards what the
 * tasks used (pools, clients) can be freed, then the loop. */
void sb_loop_unwind(struct sb_loop *loop);
/* Runs until sb_loop_stop(); returns 0 or SB_EIO. */
int sb_loop_run(struct sb_loop *loop);
/* Runs until `task` has ended (for command-line tools and tests). */
int sb_loop_run_task(struct sb_loop *loop, struct sb_task *task);
void sb_loop_stop(struct sb_loop *loop);
struct event_base *sb_loop_base(struct sb_loop *loop);
/* The loop of this thread; NULL outside of one. */
struct sb_loop *sb_loop_current(void);
/* Calls `fn(arg)` from the loop, soon, outside of any task. */
int sb_loop_defer(struct sb_loop *loop, void (*fn)(void *arg), void *arg);

struct sb_task_stats {
    size_t live, spawned, pooled_stacks;
    size_t stack_high_water; /* bytes, the deepest any task has used */
};
void sb_loop_stats(struct sb_loop *loop, struct sb_task_stats *stats);

/* ---- tasks ---- */

/* Starts `fn(arg)` as a task, at the loop's next turn. `name` is static storage.
 * fn always runs, also when the task was cancelled before it started (its first wait
 * then returns SB_ECANCELED): what `arg` owns has one place where it is freed.
 * The task is freed when fn returns, unless it is held by sb_task_ref().
 * Returns NULL when no stack could be had. */
struct sb_task *sb_task_spawn(struct sb_loop *loop, const char *name,
                              void (*fn)(void *arg), void *arg);
/* The running task, or NULL in a callback. */
struct sb_task *sb_task_self(void);
const char *sb_task_name(const struct sb_task *task);
/* How often tasks of this thread have been switched to: the same before and after a
 * call tells that nothing was waited for. */
uint64_t sb_task_switches(void);
/* A talloc context freed when the task ends. */
TALLOC_CTX *sb_task_mem(struct sb_task *task);

struct sb_task *sb_task_ref(struct sb_task *task);
void sb_task_unref(struct sb_task *task);
bool sb_task_is_done(const struct sb_task *task);

/* Makes the wait that the task sits in (and every later one) return SB_ECANCELED.
 * Safe from callbacks and from other tasks of the loop; harmless when done. */
void sb_task_cancel(struct sb_task *task);
bool sb_task_is_canceled(const struct sb_task *task);
/* [suspends] Waits until `task` has ended. Hold a ref on it. */
int sb_task_join(struct sb_task *task, int64_t timeout_ms);

/* A deadline for all waits of the running task from here on, never later than one
 * set before; `ms` from now. Give the returned value to sb_task_deadline_pop(). */
int64_t sb_task_deadline_push(int64_t ms);
void sb_task_deadline_pop(int64_t previous);
/* Milliseconds left, INT64_MAX without a deadline. */
int64_t sb_task_deadline_left(void);

/* Until the pop, cancel and deadline do not disturb the running task: for the
 * short clean-ups that must finish (a commit, a closing handshake). */
void sb_task_shield_push(void);
void sb_task_shield_pop(void);

/* [suspends] 0, SB_ECANCELED or SB_ETIMEDOUT (the task's deadline). */
int sb_sleep(int64_t ms);
/* [suspends] Lets everything else that is ready run first. */
int sb_yield(void);

/* ---- waiting for something ---- */

/* A one-shot meeting point between a task and a callback. It lives in the waiter's
 * frame or object; wake it at most from the same loop's thread. Waking before the
 * wait is remembered; waking twice is harmless. */
struct sb_wait {
    struct sb_task *task;
    bool woken;
};
void sb_wait_init(struct sb_wait *wait);
/* [suspends] Until woken. `timeout_ms` < 0: only the task's own deadline counts.
 * Returns 0, SB_ECANCELED or SB_ETIMEDOUT. Re-arms itself: may be waited on again. */
int sb_wait_for(struct sb_wait *wait, int64_t timeout_ms);
void sb_wait_wake(struct sb_wait *wait);

/* [suspends] Until the descriptor is ready (EV_READ|EV_WRITE bits of libevent);
 * returns the bits that are, or a negative SB_E*. */
int sb_wait_fd(int fd, short events, int64_t timeout_ms);

/* A fair lock between tasks of one loop (not between threads). */
struct sb_lock {
    struct sb_lock_waiter *first, *last;
    bool held;
};
/* [suspends] */
int sb_lock_take(struct sb_lock *lock, int64_t timeout_ms);
void sb_lock_give(struct sb_lock *lock);

/* ---- side by side ---- */

/* [suspends] Runs fn(arg, 0..count-1) as tasks, at most `parallel` at once, and
 * waits for all. The first non-zero result cancels the rest and is returned. */
int sb_each(const char *name, int (*fn)(void *arg, size_t index), void *arg,
            size_t count, int parallel);

/* [suspends] Runs `fn(arg)` on the process's small thread pool (blocking work:
 * password hashing, big scans). It cannot be interrupted: the call returns after
 * it, with SB_ECANCELED if the task was cancelled meanwhile; `fn` did not run when the
 * task was cancelled or late before. `fn` touches neither the loop nor tasks. */
int sb_offload(void (*fn)(void *arg), void *arg);

#endif
