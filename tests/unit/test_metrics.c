/* SPDX-License-Identifier: Apache-2.0
 *
 * Metrics: sums over processes, Prometheus' format, limits.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/metrics.h"

static void shows(const char *want)
{
    struct sb_buf out;

    sb_buf_init(&out, NULL);
    sb_metrics_write(&out);
    cr_assert(strstr(sb_buf_str(&out), want), "\"%s\" is not in:\n%s", want, out.data);
    talloc_free(out.data);
}

static void in_worker(int worker, void (*fn)(void))
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        sb_metrics_use(worker);
        fn();
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert_eq(status, 0);
}

static void work(void)
{
    sb_count("sb_turns_total{channel=\"chat\"}", 2);
    sb_gauge("sb_open", 3);
    sb_observe_ms("sb_turn_ms{channel=\"chat\"}", 7);
    sb_observe_ms("sb_turn_ms{channel=\"chat\"}", 70000);
}

static void nothing(void)
{
}

Test(metrics, workers_add_up_and_counters_outlive_them)
{
    cr_assert_eq(sb_metrics_start(2), 0);
    sb_metrics_help("sb_turns_total", "Turns that were answered");
    in_worker(0, work);
    in_worker(1, work);
    shows("# HELP sb_turns_total Turns that were answered\n"
          "# TYPE sb_turns_total counter\n"
          "sb_turns_total{channel=\"chat\"} 4\n");
    shows("# TYPE sb_open gauge\nsb_open 6\n");
    in_worker(1, nothing); /* a restart */
    shows("sb_open 3\n");
    in_worker(1, work);
    shows("sb_turns_total{channel=\"chat\"} 6\n");
}

Test(metrics, histograms_are_cumulative)
{
    cr_assert_eq(sb_metrics_start(1), 0);
    work();
    sb_observe_ms("sb_plain_ms", 1);
    shows("sb_turn_ms_bucket{channel=\"chat\",le=\"5\"} 0\n"
          "sb_turn_ms_bucket{channel=\"chat\",le=\"10\"} 1\n");
    shows("sb_turn_ms_bucket{channel=\"chat\",le=\"60000\"} 1\n"
          "sb_turn_ms_bucket{channel=\"chat\",le=\"+Inf\"} 2\n"
          "sb_turn_ms_sum{channel=\"chat\"} 70007\n"
          "sb_turn_ms_count{channel=\"chat\"} 2\n");
    shows("sb_plain_ms_bucket{le=\"1\"} 1\n");
    shows("sb_plain_ms_sum 1\n");
}

Test(metrics, too_many_series_are_dropped_and_counted)
{
    char name[400];

    cr_assert_eq(sb_metrics_start(1), 0);
    for (int i = 0; i < 600; i++) {
        (void)snprintf(name, sizeof(name), "sb_x{n=\"%d\"}", i);
        sb_count(name, 1);
    }
    shows("switchboard_metrics_dropped_total 88\n");
    shows("sb_x{n=\"511\"} 1\n");
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    sb_count(name, 1);
    sb_gauge("sb_x{n=\"1\"}", 5);
    sb_count("sb_x{n=\"1\"}", -1);
    shows("switchboard_metrics_dropped_total 91\n");
}

Test(metrics, families_stand_together)
{
    cr_assert_eq(sb_metrics_start(1), 0);
    sb_count("sb_a{x=\"1\"}", 1);
    sb_count("sb_a_b", 1);
    sb_count("sb_a", 1);
    shows("# TYPE sb_a counter\nsb_a 1\nsb_a{x=\"1\"} 1\n# TYPE sb_a_b counter\n");
}

Test(metrics, without_a_start_nothing_is_counted)
{
    struct sb_buf out;

    sb_buf_init(&out, NULL);
    sb_count("sb_a", 1);
    sb_metrics_write(&out);
    cr_assert_eq(out.len, 0);
}
