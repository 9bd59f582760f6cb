/* SPDX-License-Identifier: Apache-2.0
 *
 * What loop.c, task.c, wait.c, stack.c and offload.c share. Nobody else includes it,
 * except the log for the scopes.
 *
 *                spawn                  picked from the queue
 *     (nothing) ------> SB_TASK_READY ------------------------> SB_TASK_RUNNING
 *                            ^                                    |        |
 *                            |  woken, cancelled, timed out       | waits  | returns
 *                            +---------- SB_TASK_WAITING <--------+        v
 *                                                                   SB_TASK_DONE
 */
#ifndef SB_BASE_SCHED_H
#define SB_BASE_SCHED_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/ctx.h"
#include "base/log.h"
#include "base/task.h"

enum { SB_TASK_MAGIC = 0x7461736b };

enum sb_task_state { SB_TASK_READY, SB_TASK_RUNNING, SB_TASK_WAITING, SB_TASK_DONE };

struct sb_stack {
    char *map; /* the guard page, then the stack */
    struct sb_stack *next;
};

struct sb_joiner {
    struct sb_wait wait;
    struct sb_joiner *next;
};

struct sb_task {
    uint32_t magic;
    enum sb_task_state state;
    struct sb_loop *loop;
    const char *name;
    void (*fn)(void *arg);
    void *arg;
    struct sb_stack *stack;
    struct sb_ctx ctx;
    unsigned refs; /* one is the loop's, until the task is done */
    int shield;
    bool canceled;
    int result;           /* of the wait that has ended */
    struct sb_wait *wait; /* the one it sits in; NULL when it merely sleeps */
    int64_t deadline_us;  /* monotonic; INT64_MAX for none */
    int64_t timer_us;     /* when the pending timer is due */
    struct event timer;
    TALLOC_CTX *mem; /* made when first asked for */
    struct sb_log_scope *scope;
    struct sb_joiner *joiners;
    struct sb_task *next;          /* in a queue */
    struct sb_task *older, *newer; /* among the living */
};

struct sb_queue {
    struct sb_task *first, *last;
};

struct sb_deferred {
    void (*fn)(void *arg);
    void *arg;
    struct sb_deferred *next;
};

struct sb_offload_job;

struct sb_loop {
    struct event_base *base;
    struct event *kick; /* runs the queues */
    bool kicked, draining, stopping, closing;
    struct sb_ctx ctx; /* the loop's own */
    struct sb_task *current;
    struct sb_queue ready, later; /* `later`: those that yielded */
    struct sb_task *living;
    struct sb_task *until; /* sb_loop_run_task */
    struct sb_deferred *deferred, **deferred_end;
    struct sb_stack *stacks; /* idle ones, the warmest first */
    struct sb_task_stats stats;
    int done_fd; /* eventfd of the thread pool */
    struct event *done_event;
    pthread_mutex_t done_lock;
    struct sb_offload_job *done;
};

/* Where the running task (or else the thread) keeps its log scopes. */
struct sb_log_scope **sb_sched_scope(void);

/* Makes sure that the queues are looked at soon. */
void sb_sched_kick(struct sb_loop *loop);
/* Ends the wait of a waiting task with `result`. */
void sb_sched_ready(struct sb_task *task, int result);
/* [suspends] Leaves the running task until it is made ready, or until `until_us` has
 * come (SB_ETIMEDOUT); returns the wait's result. */
int sb_sched_suspend(struct sb_wait *wait, int64_t until_us);
/* Puts the running task behind everything else that is ready. [suspends] */
void sb_sched_requeue(void);
/* The running task; a bug of the caller's when there is none. */
struct sb_task *sb_sched_self(void);
/* SB_ECANCELED or SB_ETIMEDOUT when the running task must not wait any more, or 0. */
int sb_sched_verdict(const struct sb_task *task);
void sb_queue_push(struct sb_queue *queue, struct sb_task *task);
struct sb_task *sb_queue_pop(struct sb_queue *queue);
/* Runs a ready task until it waits or ends. */
void sb_task_resume(struct sb_task *task);

/* Stacks: NULL when the system gives no more. */
struct sb_stack *sb_stack_take(struct sb_loop *loop);
void sb_stack_give(struct sb_loop *loop, struct sb_stack *stack);
void *sb_stack_bottom(struct sb_stack *stack);
size_t sb_stack_size(void);
size_t sb_stack_used(struct sb_stack *stack);
void sb_stack_free_all(struct sb_loop *loop);

/* The loop's end of the thread pool. */
int sb_offload_attach(struct sb_loop *loop);
void sb_offload_detach(struct sb_loop *loop);

#endif
