/* SPDX-License-Identifier: Apache-2.0
 *
 * What tasks cost on this machine: a bare switch, a wake-up through the loop, a spawn,
 * an offload, and the memory of a sleeping task.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/ctx.h"
#include "base/task.h"

enum { SWITCHES = 2000000, WAKES = 1000000, SPAWNS = 300000, OFFLOADS = 50000 };
enum { SLEEPERS = 10000 };

static void print_rate(const char *what, int64_t start_us, int count)
{
    double ns = (double)(sb_clock_mono_us() - start_us) * 1000 / count;

    printf("%-34s %9.1f ns\n", what, ns);
}

/* ---- a bare switch ---- */

static struct sb_ctx here, there;

static void bounce(void *arg)
{
    (void)arg;
    sb_ctx_entered(&here);
    for (;;)
        sb_ctx_switch(&there, &here, false);
}

static void bench_switch(void)
{
    char *stack = malloc(65536);
    int64_t start;

    if (!stack)
        abort();
    sb_ctx_make(&there, stack, 65536, bounce, NULL);
    sb_ctx_switch(&here, &there, false);
    start = sb_clock_mono_us();
    for (int i = 0; i < SWITCHES / 2; i++)
        sb_ctx_switch(&here, &there, false);
    print_rate("context switch", start, SWITCHES);
    free(stack);
}

/* ---- through the loop ---- */

struct pair {
    struct sb_wait waits[2];
    int left;
};

static void play(struct pair *pair, int me)
{
    while (pair->left-- > 0) {
        sb_wait_wake(&pair->waits[!me]);
        (void)sb_wait_for(&pair->waits[me], -1);
    }
    sb_wait_wake(&pair->waits[!me]);
}

static void ping(void *arg)
{
    play(arg, 0);
}

static void pong(void *arg)
{
    play(arg, 1);
}

static void nothing(void *arg)
{
    (void)arg;
}

static void bench_loop(void *arg)
{
    struct sb_loop *loop = sb_loop_current();
    struct pair pair = {.left = WAKES};
    struct sb_task *one = sb_task_ref(sb_task_spawn(loop, "ping", ping, &pair)),
                   *two = sb_task_ref(sb_task_spawn(loop, "pong", pong, &pair));
    int64_t start = sb_clock_mono_us();

    (void)arg;
    (void)sb_task_join(one, -1);
    (void)sb_task_join(two, -1);
    print_rate("wake another task and wait", start, WAKES);
    sb_task_unref(one);
    sb_task_unref(two);
    start = sb_clock_mono_us();
    for (int i = 0; i < SPAWNS; i++) {
        struct sb_task *task = sb_task_ref(sb_task_spawn(loop, "none", nothing, NULL));

        (void)sb_task_join(task, -1);
        sb_task_unref(task);
    }
    print_rate("spawn, run, join", start, SPAWNS);
    start = sb_clock_mono_us();
    for (int i = 0; i < OFFLOADS; i++)
        (void)sb_offload(nothing, NULL);
    print_rate("offload to a thread and back", start, OFFLOADS);
}

/* ---- memory ---- */

static void sleep_long(void *arg)
{
    (void)arg;
    (void)sb_sleep(3600000);
}

static long resident_kib(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long all = 0, resident = 0;

    if (file && fscanf(file, "%ld %ld", &all, &resident) != 2)
        resident = 0;
    if (file)
        (void)fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void bench_memory(struct sb_loop *loop)
{
    struct sb_task_stats stats;
    long before = resident_kib();
    int64_t start = sb_clock_mono_us();

    for (int i = 0; i < SLEEPERS; i++)
        if (!sb_task_spawn(loop, "sleeper", sleep_long, NULL))
            abort();
    for (int i = 0; i < 100; i++)
        (void)event_base_loop(sb_loop_base(loop), EVLOOP_NONBLOCK);
    print_rate("start a sleeping task (new stack)", start, SLEEPERS);
    printf("%-34s %9.1f KiB\n", "memory of a sleeping task",
           (double)(resident_kib() - before) / SLEEPERS);
    sb_loop_stats(loop, &stats);
    printf("%-34s %9zu\n", "tasks alive", stats.live);
    printf("%-34s %9zu bytes\n", "stack high-water mark", stats.stack_high_water);
}

int main(void)
{
    struct sb_loop *loop = sb_loop_new();

    if (!loop)
        return 1;
    bench_switch();
    (void)sb_loop_run_task(loop, sb_task_spawn(loop, "bench", bench_loop, NULL));
    bench_memory(loop);
    sb_loop_free(loop);
    return 0;
}
