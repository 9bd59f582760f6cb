/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread pool for blocking work. Threads start with the first job; a finished job
 * goes on its loop's list, and an eventfd wakes the loop. The waiting task shields
 * itself, so a job may live in its frame.
 */
#include "base/task.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/sched.h"

enum { MAX_THREADS = 4 };

struct sb_offload_job {
    void (*fn)(void *arg);
    void *arg;
    struct sb_loop *loop;
    struct sb_wait wait;
    bool finished;
    struct sb_offload_job *next;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct sb_offload_job *first, *last;
    int threads, idle, queued;
    pid_t pid; /* threads do not survive a fork: the child starts its own */
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

static void report(struct sb_offload_job *job)
{
    struct sb_loop *loop = job->loop;
    uint64_t one = 1;
    ssize_t written;

    (void)pthread_mutex_lock(&loop->done_lock);
    job->next = loop->done;
    loop->done = job;
    /* Within the lock: the loop cannot be freed before this thread has let go. */
    do
        written = write(loop->done_fd, &one, sizeof(one));
    while (written < 0 && errno == EINTR);
    (void)pthread_mutex_unlock(&loop->done_lock);
}

static struct sb_offload_job *next_job(void)
{
    struct sb_offload_job *job;

    (void)pthread_mutex_lock(&pool.lock);
    pool.idle++;
    while (!pool.first)
        (void)pthread_cond_wait(&pool.more, &pool.lock);
    pool.idle--;
    job = pool.first;
    pool.first = job->next;
    pool.queued--;
    if (!pool.first)
        pool.last = NULL;
    (void)pthread_mutex_unlock(&pool.lock);
    return job;
}

static void *thread_main(void *arg)
{
    (void)arg;
    for (;;) {
        struct sb_offload_job *job = next_job();

        job->fn(job->arg);
        report(job);
    }
    return NULL;
}

static int thread_limit(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (cores < 2)
        return 2;
    return cores > MAX_THREADS ? MAX_THREADS : (int)cores;
}

/* With the pool locked. Signals stay with the main thread. */
static void start_thread(void)
{
    sigset_t all, before;
    pthread_t thread;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, NULL, thread_main, NULL) == 0) {
        (void)pthread_detach(thread);
        pool.threads++;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int enqueue(struct sb_offload_job *job)
{
    int rc = 0;

    (void)pthread_mutex_lock(&pool.lock);
    if (pool.pid != getpid()) {
        pool.pid = getpid();
        pool.threads = pool.idle = pool.queued = 0;
        pool.first = pool.last = NULL;
    }
    if (pool.queued >= pool.idle && pool.threads < thread_limit())
        start_thread();
    if (pool.threads == 0) {
        rc = SB_ELIMIT;
    } else {
        if (pool.last)
            pool.last->next = job;
        else
            pool.first = job;
        pool.last = job;
        pool.queued++;
        (void)pthread_cond_signal(&pool.more);
    }
    (void)pthread_mutex_unlock(&pool.lock);
    return rc;
}

int sb_offload(void (*fn)(void *arg), void *arg)
{
    struct sb_task *self = sb_sched_self();
    struct sb_offload_job job = {.fn = fn, .arg = arg, .loop = self->loop};
    int rc = sb_sched_verdict(self);

    if (rc == 0)
        rc = enqueue(&job);
    if (rc != 0)
        return rc;
    sb_task_shield_push();
    while (!job.finished)
        (void)sb_wait_for(&job.wait, -1);
    sb_task_shield_pop();
    return self->canceled && !self->shield ? SB_ECANCELED : 0;
}

static void on_done(evutil_socket_t fd, short what, void *arg)
{
    struct sb_loop *loop = arg;
    struct sb_offload_job *job, *next;
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof(count));

    (void)got;
    (void)what;
    (void)pthread_mutex_lock(&loop->done_lock);
    job = loop->done;
    loop->done = NULL;
    (void)pthread_mutex_unlock(&loop->done_lock);
    for (; job; job = next) {
        next = job->next;
        job->finished = true;
        sb_wait_wake(&job->wait);
    }
}

int sb_offload_attach(struct sb_loop *loop)
{
    if (pthread_mutex_init(&loop->done_lock, NULL) != 0)
        return SB_EIO;
    loop->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->done_fd < 0)
        goto fail;
    loop->done_event =
        event_new(loop->base, loop->done_fd, EV_READ | EV_PERSIST, on_done, loop);
    if (!loop->done_event || event_add(loop->done_event, NULL) != 0)
        goto fail;
    return 0;

fail:
    sb_offload_detach(loop);
    return SB_EIO;
}

void sb_offload_detach(struct sb_loop *loop)
{
    if (loop->done_event)
        event_free(loop->done_event);
    if (loop->done_fd >= 0)
        (void)close(loop->done_fd);
    (void)pthread_mutex_destroy(&loop->done_lock);
}
