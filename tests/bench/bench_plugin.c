/* SPDX-License-Identifier: Apache-2.0
 *
 * What the host adds to a call into a plugin: the same function called directly and
 * through its chain, with its budget measured. The plugin does nothing, quickly.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/task.h"
#include "host/chain.h"
#include "host/plugins.h"

#define DIRS SB_BUILDDIR "/tests/plugins/.libs"
enum { CALLS = 2000000, TEXTS = 1, RUNS = 5 };

static const char *const texts[TEXTS] = {"hello"};

struct bench {
    struct sb_plugins *plugins;
    struct sb_chain *chain;
    const struct sb_embed_ops *embed;
    const struct sb_vertical_ops *direct, *vertical;
    void *state;
};

static void die(const struct sb_err *err)
{
    (void)fprintf(stderr, "bench_plugin: %s\n", err->msg);
    exit(1);
}

/* ---- one run each; nanoseconds a call ---- */

static double embed_directly(struct bench *bench)
{
    float out[8];
    int64_t start = sb_clock_mono_us();

    for (int i = 0; i < CALLS; i++)
        (void)bench->embed->embed(NULL, texts, TEXTS, out, NULL);
    return (double)(sb_clock_mono_us() - start) * 1000 / CALLS;
}

static double embed_by_chain(struct bench *bench)
{
    struct sb_err err = {0};
    int64_t start = sb_clock_mono_us();
    float *out;
    int dims;

    for (int i = 0; i < CALLS; i++) {
        if (sb_chain_embed(bench->chain, NULL, NULL, texts, TEXTS, &out, &dims, &err) !=
            0)
            die(&err);
        talloc_free(out);
    }
    return (double)(sb_clock_mono_us() - start) * 1000 / CALLS;
}

static double allocate(struct bench *bench)
{
    int64_t start = sb_clock_mono_us();

    (void)bench;
    for (int i = 0; i < CALLS; i++)
        talloc_free(talloc_array(NULL, float, 8));
    return (double)(sb_clock_mono_us() - start) * 1000 / CALLS;
}

static double score(const struct sb_vertical_ops *ops, void *state)
{
    struct sb_vertical_case vcase = {.size = sizeof(vcase)};
    char reason[64];
    int64_t start = sb_clock_mono_us();

    for (int i = 0; i < CALLS; i++)
        (void)ops->score(state, &vcase, reason, sizeof(reason));
    return (double)(sb_clock_mono_us() - start) * 1000 / CALLS;
}

static double score_directly(struct bench *bench)
{
    return score(bench->direct, NULL);
}

static double score_by_host(struct bench *bench)
{
    return score(bench->vertical, bench->state);
}

static void measure(struct bench *bench, const char *what,
                    double (*run)(struct bench *bench))
{
    double best = run(bench), ns;

    for (int i = 1; i < RUNS; i++) {
        ns = run(bench);
        if (ns < best)
            best = ns;
    }
    printf("%-44s %8.1f ns\n", what, best);
}

static void run(void *arg)
{
    static const char *const names[] = {"noop", NULL};
    struct bench *bench = arg;
    struct sb_err err = {0};

    if (sb_plugins_start(bench->plugins, sb_loop_current(), NULL, NULL, &err) != 0 ||
        sb_chain_new(bench->plugins, bench->plugins, "embed", names, &bench->chain,
                     &err) != 0)
        die(&err);
    bench->vertical = sb_host_vertical(bench->plugins, "noop", &bench->state);
    measure(bench, "embed, called directly", embed_directly);
    measure(bench, "allocating and freeing its result", allocate);
    measure(bench, "embed, through its chain (aim: under 200)", embed_by_chain);
    measure(bench, "a vertical's hook, called directly", score_directly);
    measure(bench, "a vertical's hook, by the host (aim: under 200)", score_by_host);
    sb_plugins_stop(bench->plugins);
}

int main(void)
{
    static const char *const dirs[] = {DIRS, NULL}, *const only[] = {"noop", NULL};
    struct bench bench = {.plugins = sb_plugins_load(NULL, dirs, only)};
    struct sb_loaded *loaded = sb_plugins_lookup(bench.plugins, "noop");
    struct sb_loop *loop = sb_loop_new();
    struct sb_err err = {
        .msg = "build the test plugins first: make tests/plugins/noop.la"};

    if (!loaded || !loaded->descriptor)
        die(&err);
    sb_log_set_level(SB_LOG_ERROR);
    bench.embed = sb_loaded_ops(loaded, SB_KIND_EMBED);
    bench.direct = sb_loaded_ops(loaded, SB_KIND_VERTICAL);
    (void)sb_loop_run_task(loop, sb_task_spawn(loop, "bench", run, &bench));
    sb_loop_free(loop);
    talloc_free(bench.plugins);
    return 0;
}
