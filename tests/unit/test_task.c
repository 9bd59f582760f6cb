/* SPDX-License-Identifier: Apache-2.0
 *
 * Tasks: spawn, sleep, cancel, deadlines, shields, join, locks, descriptors.
 */
#include <criterion/criterion.h>
#include <event2/event.h>
#include <signal.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/sched.h"
#include "base/task.h"
#include "support/intask.h"

enum { LONG_MS = 60000 };

static void note(void *arg)
{
    int *count = arg;

    (*count)++;
}

static void test_sleep_is_never_short(void *arg)
{
    (void)arg;
    for (int ms = 0; ms < 12; ms += 3) {
        int64_t start = sb_clock_mono_us();

        cr_assert_eq(sb_sleep(ms), 0);
        cr_assert_geq(sb_clock_mono_us() - start, ms * 1000);
    }
}

Test(task, sleep_is_never_short)
{
    sb_test_run(test_sleep_is_never_short, NULL);
}

static void test_switches_tell_a_wait(void *arg)
{
    uint64_t before = sb_task_switches();

    (void)arg;
    cr_assert_eq(sb_each("none", NULL, NULL, 0, 1), 0);
    cr_assert_eq(sb_task_switches(), before);
    cr_assert_eq(sb_yield(), 0);
    cr_assert_gt(sb_task_switches(), before);
}

Test(task, switches_tell_whether_there_was_a_wait)
{
    sb_test_run(test_switches_tell_a_wait, NULL);
}

static void sleeper(void *arg)
{
    int *canceled = arg;

    if (sb_sleep(LONG_MS) == SB_ECANCELED)
        (*canceled)++;
}

Test(task, ten_thousand_sleep_and_are_canceled)
{
    struct sb_loop *loop = sb_loop_new();
    struct sb_task_stats stats;
    int canceled = 0;

    for (int i = 0; i < 10000; i++)
        cr_assert_not_null(sb_task_spawn(loop, "sleeper", sleeper, &canceled));
    for (int turn = 0; turn < 100; turn++)
        event_base_loop(sb_loop_base(loop), EVLOOP_NONBLOCK);
    sb_loop_stats(loop, &stats);
    cr_assert_eq(stats.live, 10000);
    cr_assert_eq(stats.spawned, 10000);
    sb_loop_free(loop);
    cr_assert_eq(canceled, 10000);
}

static void finish_later(void *arg)
{
    int *count = arg;

    cr_assert_eq(sb_sleep(1), 0);
    (*count)++;
}

static void spawn_many(void *arg)
{
    (void)arg;
    for (int round = 0; round < 3; round++) {
        struct sb_task_stats stats;
        int count = 0;

        for (int i = 0; i < 3000; i++)
            cr_assert_not_null(
                sb_task_spawn(sb_loop_current(), "short", finish_later, &count));
        while (count < 3000)
            cr_assert_eq(sb_sleep(1), 0);
        sb_loop_stats(sb_loop_current(), &stats);
        cr_assert_leq(stats.pooled_stacks, 1024);
    }
}

Test(task, idle_stacks_are_pooled_up_to_a_limit)
{
    sb_test_run(spawn_many, NULL);
}

static void canceled_from_birth(void *arg)
{
    int *seen = arg;

    *seen = sb_sleep(LONG_MS);
    cr_assert(sb_task_is_canceled(sb_task_self()));
}

static void test_cancel_before_start(void *arg)
{
    int seen = 1;
    struct sb_task *task =
        sb_task_spawn(sb_loop_current(), "unborn", canceled_from_birth, &seen);

    (void)arg;
    sb_task_ref(task);
    sb_task_cancel(task);
    cr_assert_eq(sb_task_join(task, LONG_MS), 0);
    cr_assert_eq(seen, SB_ECANCELED);
    cr_assert(sb_task_is_done(task));
    sb_task_cancel(task);
    sb_task_unref(task);
}

Test(task, canceled_before_its_start_runs_and_sees_it)
{
    sb_test_run(test_cancel_before_start, NULL);
}

/* ---- every kind of suspension point under cancel and under a deadline ---- */

struct place {
    const char *name;
    int (*suspend)(void);
};

static int at_sleep(void)
{
    return sb_sleep(LONG_MS);
}

static int at_wait(void)
{
    struct sb_wait wait;

    sb_wait_init(&wait);
    return sb_wait_for(&wait, -1);
}

static int at_fd(void)
{
    int fds[2], rc;

    cr_assert_eq(pipe(fds), 0);
    rc = sb_wait_fd(fds[0], EV_READ, -1);
    close(fds[0]);
    close(fds[1]);
    return rc;
}

static struct sb_lock taken = {NULL, NULL, true};

static int at_lock(void)
{
    return sb_lock_take(&taken, -1);
}

static int at_yield(void)
{
    int rc;

    while ((rc = sb_yield()) == 0)
        ;
    return rc;
}

static void sleep_on(void *arg)
{
    (void)arg;
    (void)sb_sleep(LONG_MS);
}

static int at_join(void)
{
    struct sb_task *other =
        sb_task_ref(sb_task_spawn(sb_loop_current(), "other", sleep_on, NULL));
    int rc = sb_task_join(other, -1);

    sb_task_cancel(other);
    sb_task_unref(other);
    return rc;
}

static int sleep_each(void *arg, size_t index)
{
    (void)arg;
    (void)index;
    return sb_sleep(LONG_MS);
}

static int at_each(void)
{
    return sb_each("child", sleep_each, NULL, 5, 2);
}

static void nap(void *arg)
{
    (void)arg;
    usleep(20000);
}

static int at_offload(void)
{
    int rc;

    while ((rc = sb_offload(nap, NULL)) == 0)
        ;
    return rc;
}

static const struct place places[] = {
    {"sleep", at_sleep}, {"wait", at_wait}, {"fd", at_fd},     {"lock", at_lock},
    {"yield", at_yield}, {"join", at_join}, {"each", at_each}, {"offload", at_offload},
};
enum { PLACES = sizeof(places) / sizeof(places[0]) };

struct visit {
    const struct place *place;
    int64_t deadline_ms;
    bool shielded;
    int result, again;
};

static void visitor(void *arg)
{
    struct visit *visit = arg;
    int64_t previous = 0;

    if (visit->deadline_ms)
        previous = sb_task_deadline_push(visit->deadline_ms);
    visit->result = visit->place->suspend();
    visit->again = visit->place->suspend();
    if (visit->deadline_ms)
        sb_task_deadline_pop(previous);
}

static void cancel_everywhere(void *arg)
{
    (void)arg;
    for (int i = 0; i < PLACES; i++) {
        struct visit visit = {.place = &places[i], .result = 1, .again = 1};
        struct sb_task *task =
            sb_task_ref(sb_task_spawn(sb_loop_current(), "visitor", visitor, &visit));

        cr_assert_eq(sb_sleep(3), 0);
        cr_assert(!sb_task_is_done(task), "%s did not wait", places[i].name);
        sb_task_cancel(task);
        cr_assert_eq(sb_task_join(task, LONG_MS), 0);
        cr_assert_eq(visit.result, SB_ECANCELED, "%s", places[i].name);
        cr_assert_eq(visit.again, SB_ECANCELED, "%s, later", places[i].name);
        sb_task_unref(task);
    }
}

Test(task, cancel_ends_every_kind_of_wait)
{
    sb_test_run(cancel_everywhere, NULL);
}

static void deadline_everywhere(void *arg)
{
    (void)arg;
    for (int i = 0; i < PLACES; i++) {
        struct visit visit = {.place = &places[i], .deadline_ms = 5, .result = 1};
        struct sb_task *task =
            sb_task_ref(sb_task_spawn(sb_loop_current(), "visitor", visitor, &visit));

        cr_assert_eq(sb_task_join(task, LONG_MS), 0);
        cr_assert_eq(visit.result, SB_ETIMEDOUT, "%s", places[i].name);
        cr_assert_eq(visit.again, SB_ETIMEDOUT, "%s, later", places[i].name);
        sb_task_unref(task);
    }
}

Test(task, a_deadline_ends_every_kind_of_wait)
{
    sb_test_run(deadline_everywhere, NULL);
}

/* ---- deadlines and shields ---- */

static void nested_deadlines(void *arg)
{
    int64_t outer, inner;

    (void)arg;
    cr_assert_eq(sb_task_deadline_left(), INT64_MAX);
    outer = sb_task_deadline_push(5);
    inner = sb_task_deadline_push(LONG_MS);
    cr_assert_leq(sb_task_deadline_left(), 5);
    cr_assert_eq(sb_sleep(LONG_MS), SB_ETIMEDOUT);
    sb_task_deadline_pop(inner);
    cr_assert_eq(sb_yield(), SB_ETIMEDOUT);
    sb_task_deadline_pop(outer);
    cr_assert_eq(sb_yield(), 0);
}

Test(task, an_inner_deadline_cannot_outlive_the_outer_one)
{
    sb_test_run(nested_deadlines, NULL);
}

static void shielded_cleanup(void *arg)
{
    int *log = arg;

    log[0] = sb_sleep(LONG_MS);
    sb_task_shield_push();
    log[1] = sb_sleep(2);
    sb_task_shield_push();
    log[2] = sb_yield();
    sb_task_shield_pop();
    log[3] = sb_sleep(1);
    sb_task_shield_pop();
    log[4] = sb_sleep(1);
}

static void test_shield(void *arg)
{
    int log[5] = {1, 1, 1, 1, 1};
    struct sb_task *task =
        sb_task_ref(sb_task_spawn(sb_loop_current(), "cleaner", shielded_cleanup, log));

    (void)arg;
    cr_assert_eq(sb_yield(), 0);
    cr_assert_eq(sb_yield(), 0);
    sb_task_cancel(task);
    cr_assert_eq(sb_yield(), 0);
    sb_task_cancel(task); /* lands inside of the shield */
    cr_assert_eq(sb_task_join(task, LONG_MS), 0);
    cr_assert_eq(log[0], SB_ECANCELED);
    cr_assert_eq(log[1], 0);
    cr_assert_eq(log[2], 0);
    cr_assert_eq(log[3], 0);
    cr_assert_eq(log[4], SB_ECANCELED);
    sb_task_unref(task);
}

Test(task, a_shield_lets_a_cleanup_finish)
{
    sb_test_run(test_shield, NULL);
}

/* ---- waits ---- */

static void wake_it(void *arg)
{
    sb_wait_wake(arg);
}

static void test_wait(void *arg)
{
    struct sb_wait wait;

    (void)arg;
    sb_wait_init(&wait);
    sb_wait_wake(&wait);
    sb_wait_wake(&wait);
    cr_assert_eq(sb_wait_for(&wait, -1), 0, "a wake before the wait is remembered");
    cr_assert_eq(sb_wait_for(&wait, 1), SB_ETIMEDOUT, "and used up");
    cr_assert_eq(sb_loop_defer(sb_loop_current(), wake_it, &wait), 0);
    cr_assert_eq(sb_wait_for(&wait, -1), 0, "it arms itself again");
    cr_assert_null(wait.task);
}

Test(task, a_wait_remembers_and_rearms)
{
    sb_test_run(test_wait, NULL);
}

static void write_soon(void *arg)
{
    int fd = *(int *)arg;

    cr_assert_eq(sb_sleep(1), 0);
    cr_assert_eq(write(fd, "x", 1), 1);
}

static void test_fd(void *arg)
{
    int fds[2], rc;

    (void)arg;
    cr_assert_eq(pipe(fds), 0);
    cr_assert_eq(sb_wait_fd(fds[1], EV_WRITE, -1), EV_WRITE);
    cr_assert_eq(sb_wait_fd(fds[0], EV_READ, 1), SB_ETIMEDOUT);
    sb_task_spawn(sb_loop_current(), "writer", write_soon, &fds[1]);
    rc = sb_wait_fd(fds[0], EV_READ, LONG_MS);
    cr_assert_eq(rc, EV_READ);
    close(fds[0]);
    close(fds[1]);
}

Test(task, waits_for_descriptors)
{
    sb_test_run(test_fd, NULL);
}

/* Two tasks that wake each other for ever must not keep descriptors from being read. */
struct pingpong {
    struct sb_wait a, b;
    bool stop;
};

static void ping(void *arg)
{
    struct pingpong *pair = arg;

    while (!pair->stop) {
        sb_wait_wake(&pair->b);
        cr_assert_eq(sb_wait_for(&pair->a, -1), 0);
    }
    sb_wait_wake(&pair->b);
}

static void pong(void *arg)
{
    struct pingpong *pair = arg;

    while (!pair->stop) {
        sb_wait_wake(&pair->a);
        cr_assert_eq(sb_wait_for(&pair->b, -1), 0);
    }
    sb_wait_wake(&pair->a);
}

static void test_fairness(void *arg)
{
    struct pingpong pair = {{NULL, false}, {NULL, false}, false};
    int fds[2];

    (void)arg;
    cr_assert_eq(pipe(fds), 0);
    sb_task_spawn(sb_loop_current(), "ping", ping, &pair);
    sb_task_spawn(sb_loop_current(), "pong", pong, &pair);
    cr_assert_eq(write(fds[1], "x", 1), 1);
    cr_assert_eq(sb_wait_fd(fds[0], EV_READ, LONG_MS), EV_READ);
    pair.stop = true;
    close(fds[0]);
    close(fds[1]);
    cr_assert_eq(sb_sleep(1), 0);
}

Test(task, busy_tasks_do_not_starve_descriptors)
{
    sb_test_run(test_fairness, NULL);
}

/* ---- locks ---- */

struct queue_test {
    struct sb_lock lock;
    char order[8];
    size_t len;
};

struct queue_member {
    struct queue_test *test;
    char letter;
    int result;
};

static void take_in_turn(void *arg)
{
    struct queue_member *member = arg;

    member->result = sb_lock_take(&member->test->lock, LONG_MS);
    if (member->result != 0)
        return;
    member->test->order[member->test->len++] = member->letter;
    (void)sb_yield();
    sb_lock_give(&member->test->lock);
}

static void test_lock(void *arg)
{
    struct queue_test test = {.len = 0};
    struct queue_member members[4];
    struct sb_task *tasks[4];

    (void)arg;
    cr_assert_eq(sb_lock_take(&test.lock, 0), 0);
    cr_assert_eq(sb_lock_take(&test.lock, 1), SB_ETIMEDOUT);
    for (int i = 0; i < 4; i++) {
        members[i] = (struct queue_member){&test, (char)('a' + i), 1};
        tasks[i] = sb_task_ref(
            sb_task_spawn(sb_loop_current(), "member", take_in_turn, &members[i]));
    }
    cr_assert_eq(sb_yield(), 0);
    /* b is granted the lock and cancelled in the same turn: it must hand it on. */
    sb_task_cancel(tasks[0]);
    sb_lock_give(&test.lock);
    sb_task_cancel(tasks[1]);
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(sb_task_join(tasks[i], LONG_MS), 0);
        sb_task_unref(tasks[i]);
    }
    cr_assert_eq(members[0].result, SB_ECANCELED);
    cr_assert_eq(members[2].result, 0);
    cr_assert_eq(test.order[test.len - 2], 'c');
    cr_assert_eq(test.order[test.len - 1], 'd');
    cr_assert(!test.lock.held);
}

Test(task, a_lock_is_fair_and_survives_cancels)
{
    sb_test_run(test_lock, NULL);
}

/* ---- side by side ---- */

struct crowd {
    int running, most, done, canceled;
    size_t failing;
};

static int one_of_many(void *arg, size_t index)
{
    struct crowd *crowd = arg;
    int rc;

    crowd->running++;
    if (crowd->running > crowd->most)
        crowd->most = crowd->running;
    rc = sb_sleep(index == crowd->failing ? 1 : 2);
    crowd->running--;
    if (rc == SB_ECANCELED)
        crowd->canceled++;
    if (rc == 0 && index == crowd->failing)
        return SB_EPROTO;
    crowd->done += rc == 0;
    return rc;
}

static void test_each(void *arg)
{
    struct crowd good = {.failing = SIZE_MAX}, bad = {.failing = 0};

    (void)arg;
    cr_assert_eq(sb_each("many", one_of_many, &good, 20, 3), 0);
    cr_assert_eq(good.done, 20);
    cr_assert_eq(good.most, 3);
    cr_assert_eq(sb_each("none", one_of_many, &good, 0, 3), 0);
    cr_assert_eq(sb_each("many", one_of_many, &bad, 20, 4), SB_EPROTO);
    cr_assert_eq(bad.running, 0);
    cr_assert_leq(bad.done + bad.canceled, 19);
}

Test(task, each_bounds_its_parallel_and_stops_at_a_failure)
{
    sb_test_run(test_each, NULL);
}

static void double_it(void *arg)
{
    int *value = arg;

    *value *= 2;
}

static int offload_one(void *arg, size_t index)
{
    int *values = arg;

    return sb_offload(double_it, &values[index]);
}

static void test_offload(void *arg)
{
    int values[50];

    (void)arg;
    for (int i = 0; i < 50; i++)
        values[i] = i;
    cr_assert_eq(sb_each("offload", offload_one, values, 50, 50), 0);
    for (int i = 0; i < 50; i++)
        cr_assert_eq(values[i], 2 * i);
}

Test(task, offloads_run_and_come_back)
{
    sb_test_run(test_offload, NULL);
}

/* ---- memory, defer, stop ---- */

static int count_free(int *counter)
{
    (*counter)++;
    return 0;
}

static int freed;

static void owns_memory(void *arg)
{
    int *owned = talloc(sb_task_mem(sb_task_self()), int);

    (void)arg;
    *owned = 0;
    talloc_set_destructor(owned, count_free);
    freed = 0;
    cr_assert_eq(sb_sleep(1), 0);
}

Test(task, its_memory_is_freed_with_it)
{
    struct sb_loop *loop = sb_loop_new();
    struct sb_task *task = sb_task_spawn(loop, "owner", owns_memory, NULL);

    cr_assert_eq(sb_loop_run_task(loop, task), 0);
    sb_loop_free(loop);
}

static void stop_loop(void *arg)
{
    sb_loop_stop(arg);
}

Test(task, deferred_calls_run_outside_of_tasks)
{
    struct sb_loop *loop = sb_loop_new();
    int count = 0;

    sb_loop_defer(loop, note, &count);
    sb_loop_defer(loop, note, &count);
    sb_loop_defer(loop, stop_loop, loop);
    cr_assert_eq(sb_loop_run(loop), 0);
    cr_assert_eq(count, 2);
    sb_loop_defer(loop, note, &count);
    sb_loop_free(loop);
    cr_assert_eq(count, 3, "what was promised is still done");
}

static __attribute__((noinline)) void deep(void *arg)
{
    volatile char hole[100000];

    (void)arg;
    for (size_t i = 0; i < sizeof(hole); i++)
        hole[i] = 1;
    (void)sb_yield();
}

Test(task, the_stack_high_water_mark_is_seen)
{
    struct sb_loop *loop = sb_loop_new();
    struct sb_task_stats stats;
    struct sb_task *task = sb_task_spawn(loop, "deep", deep, NULL);

    cr_assert_eq(sb_loop_run_task(loop, task), 0);
    sb_loop_stats(loop, &stats);
    cr_assert_geq(stats.stack_high_water, 100000);
    cr_assert_leq(stats.stack_high_water, 256 * 1024);
    sb_loop_free(loop);
}

/* Each frame refers to the one before, so that no compiler makes a loop of it. */
static __attribute__((noinline)) int overflow(int depth, volatile char *caller)
{
    volatile char frame[4096];

    frame[0] = caller ? caller[0] : (char)depth;
    if (depth > 100)
        return frame[0];
    return overflow(depth + 1, frame) + frame[0];
}

static void too_deep(void *arg)
{
    *(int *)arg = overflow(0, NULL);
}

Test(task, a_stack_overflow_hits_the_guard_page,
     .signal = SB_CTX_ASAN ? SIGABRT : SIGSEGV)
{
    int result = 0;

    sb_test_run(too_deep, &result);
}

static void keeps_numbers(void *arg)
{
    double *sum = arg;

    for (int i = 1; i <= 100; i++) {
        double part = 1.0 / i;

        (void)sb_yield();
        *sum += part;
    }
}

Test(task, floating_point_survives_switches)
{
    struct sb_loop *loop = sb_loop_new();
    double sums[3] = {0, 0, 0};

    for (int i = 0; i < 3; i++)
        sb_task_spawn(loop, "sum", keeps_numbers, &sums[i]);
    for (int turn = 0; turn < 200; turn++)
        event_base_loop(sb_loop_base(loop), EVLOOP_NONBLOCK);
    cr_assert_float_eq(sums[0], 5.187377517639621, 1e-12);
    cr_assert_float_eq(sums[2], sums[0], 1e-12);
    sb_loop_free(loop);
}
