/* SPDX-License-Identifier: Apache-2.0
 *
 * See supervisor.h. Signals are blocked and taken one by one with sigtimedwait(), so
 * there are no handlers and nothing races. Workers get SIGTERM from the kernel when
 * the supervisor dies, and a new one adopts the database that goes on running.
 */
#include "cli/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/paths.h"
#include "cli/app.h"
#include "cli/worker.h"
#include "host/host.h"
#include "net/http.h"
#include "store/cluster.h"
#include "store/migrate.h"

enum {
    MAX_WORKERS = 64,
    BIND_TRIES = 50,
    SETUP_MS = 60000,
    TICK_MS = 1000,
    CRASH_WINDOW_MS = 1000,
    MAX_DELAY_MS = 10000
};

struct child {
    pid_t pid; /* 0: not running */
    int64_t started, next_start;
    int quick_deaths; /* in a row, each within CRASH_WINDOW_MS of its start */
};

struct supervisor {
    const struct sb_config *config;
    const struct sb_config_flags *flags;
    TALLOC_CTX *mem;
    struct sb_plugins *plugins;
    struct sb_cluster *cluster;
    const char *url;
    int listen_fd;
    int count;
    struct child workers[MAX_WORKERS];
    sigset_t signals;
    bool stopping;
    int64_t stop_at;
};

/* ---- children ---- */

static struct sb_worker_conf worker_conf(const struct supervisor *s, int index)
{
    return (struct sb_worker_conf){.config = s->config,
                                   .flags = s->flags,
                                   .database_url = s->url,
                                   .plugins = s->plugins,
                                   .listen_fd = s->listen_fd,
                                   .index = index};
}

/* In the child: signals as they were, and no life without a parent. A reload that is
 * asked for before the worker listens must not end it: SIGHUP waits until then. */
static void become_child(const struct supervisor *s, pid_t parent)
{
    sigset_t signals = s->signals;

    sigdelset(&signals, SIGHUP);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

static pid_t fork_worker(const struct supervisor *s, int index)
{
    struct sb_worker_conf conf = worker_conf(s, index);
    pid_t parent = getpid(), pid = fork();

    if (pid)
        return pid;
    become_child(s, parent);
    exit(sb_worker_run(&conf));
}

static void start_worker(struct supervisor *s, int index)
{
    struct child *child = &s->workers[index];

    child->started = sb_clock_mono_ms();
    child->pid = fork_worker(s, index);
    if (child->pid < 0) {
        sb_log(SB_LOG_ERROR, "supervisor", "cannot fork",
               sb_str("why", strerror(errno)));
        child->pid = 0;
        child->next_start = child->started + TICK_MS;
    }
}

/* A worker that dies is replaced at once; one that dies at birth, again and again,
 * less and less often. */
static void schedule_restart(struct child *child)
{
    int64_t now = sb_clock_mono_ms(), delay = 0;

    if (now - child->started < CRASH_WINDOW_MS)
        child->quick_deaths++;
    else
        child->quick_deaths = 0;
    if (child->quick_deaths > 2)
        delay =
            (int64_t)250 << (child->quick_deaths < 10 ? child->quick_deaths - 3 : 6);
    child->next_start = now + (delay > MAX_DELAY_MS ? MAX_DELAY_MS : delay);
}

static void on_child_end(struct supervisor *s, pid_t pid, int status)
{
    for (int i = 0; i < s->count; i++) {
        struct child *child = &s->workers[i];

        if (child->pid != pid)
            continue;
        child->pid = 0;
        if (s->stopping)
            return;
        sb_log(SB_LOG_ERROR, "supervisor", "a worker died and is replaced",
               sb_int("worker", i), sb_int("pid", pid),
               sb_int("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
               sb_int("status", WIFEXITED(status) ? WEXITSTATUS(status) : 0));
        sb_count("switchboard_worker_deaths_total", 1);
        schedule_restart(child);
        return;
    }
}

static void reap(struct supervisor *s)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        on_child_end(s, pid, status);
}

static void start_due(struct supervisor *s)
{
    int64_t now = sb_clock_mono_ms();

    for (int i = 0; i < s->count; i++)
        if (!s->workers[i].pid && s->workers[i].next_start <= now)
            start_worker(s, i);
}

static void signal_workers(struct supervisor *s, int signal)
{
    for (int i = 0; i < s->count; i++)
        if (s->workers[i].pid)
            kill(s->workers[i].pid, signal);
}

static int living(const struct supervisor *s)
{
    int count = 0;

    for (int i = 0; i < s->count; i++)
        count += s->workers[i].pid != 0;
    return count;
}

/* ---- setting up ---- */

/* Waits for one child without taking the workers' ends. */
static int wait_for(pid_t pid, int timeout_ms)
{
    int64_t until = sb_clock_mono_ms() + timeout_ms;
    int status;

    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (sb_clock_mono_ms() > until) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return SB_ETIMEDOUT;
        }
        usleep(2000);
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : SB_EIO;
}

static int run_setup(struct supervisor *s, const struct sb_config *config)
{
    struct sb_worker_conf conf = worker_conf(s, 0);
    pid_t parent = getpid(), pid = fork();

    conf.config = config;
    if (pid < 0)
        return SB_EIO;
    if (pid == 0) {
        become_child(s, parent);
        exit(sb_setup_run(&conf));
    }
    return wait_for(pid, SETUP_MS);
}

/* A server that was killed leaves workers that are just going: wait for the port. */
static int bind_socket(struct supervisor *s, struct sb_err *err)
{
    for (int i = 0; i < BIND_TRIES; i++) {
        s->listen_fd = sb_http_listen(s->config->server.listen, err);
        if (s->listen_fd >= 0 || err->code != SB_ECONFLICT)
            break;
        usleep(100 * 1000);
    }
    return s->listen_fd < 0 ? s->listen_fd : 0;
}

static void say(const char *step)
{
    sb_log(SB_LOG_INFO, "database", step);
}

static int prepare(struct supervisor *s, struct sb_err *err)
{
    int applied = 0, code = bind_socket(s, err);

    if (code)
        return code;
    s->plugins =
        sb_plugins_load(s->mem, sb_config_plugin_dirs(s->mem, s->config), NULL);
    s->url = s->config->database.url;
    if (!strcmp(s->url, "embedded")) {
        code =
            sb_cluster_start(s->config->server.data_dir, 60000, say, &s->cluster, err);
        if (code)
            return code;
        s->url = sb_cluster_url(s->cluster);
    }
    code = sb_migrate(s->url, sb_path_sql(s->mem), &applied, err);
    if (code)
        return code;
    if (applied)
        sb_log(SB_LOG_INFO, "database", "migrated", sb_int("steps", applied));
    if (sb_metrics_start(s->count + 1))
        return sb_fail(err, SB_EIO, "no shared memory for the metrics");
    if (run_setup(s, s->config))
        return sb_fail(err, SB_EINVAL, "the tenants could not be loaded");
    return 0;
}

/* ---- running ---- */

static void reload(struct supervisor *s)
{
    struct sb_config *config;
    struct sb_err err = {0};

    if (sb_config_load(s->mem, s->flags, &config, &err)) {
        sb_log(SB_LOG_ERROR, "supervisor", "kept the old configuration",
               sb_str("why", err.msg));
        return;
    }
    if (strcmp(config->server.listen, s->config->server.listen) ||
        strcmp(config->server.data_dir, s->config->server.data_dir) ||
        strcmp(config->database.url, s->config->database.url))
        sb_log(SB_LOG_WARN, "supervisor",
               "listen, data_dir and database take effect at the next start");
    if (run_setup(s, config))
        return; /* it has said why */
    s->config = config;
    signal_workers(s, SIGHUP);
}

static void begin_stop(struct supervisor *s)
{
    if (s->stopping) {
        signal_workers(s, SIGKILL);
        return;
    }
    sb_log(SB_LOG_INFO, "supervisor", "stopping");
    s->stopping = true;
    s->stop_at = sb_clock_mono_ms() + s->config->server.drain + 2000;
    close(s->listen_fd);
    signal_workers(s, SIGTERM);
}

static void tick(struct supervisor *s)
{
    struct sb_err err = {0};

    if (s->cluster && sb_cluster_check(s->cluster, &err))
        sb_log(SB_LOG_ERROR, "supervisor", "the database is down",
               sb_str("why", err.msg));
    if (s->stopping && sb_clock_mono_ms() > s->stop_at)
        signal_workers(s, SIGKILL);
}

static void supervise(struct supervisor *s)
{
    const struct timespec wait = {0, 100 * 1000 * 1000};
    int64_t last_tick = sb_clock_mono_ms();

    while (!s->stopping || living(s)) {
        int signal = sigtimedwait(&s->signals, NULL, &wait);

        reap(s);
        if (signal == SIGTERM || signal == SIGINT)
            begin_stop(s);
        else if (signal == SIGHUP && !s->stopping)
            reload(s);
        if (!s->stopping)
            start_due(s);
        if (sb_clock_mono_ms() - last_tick >= TICK_MS) {
            last_tick = sb_clock_mono_ms();
            tick(s);
        }
    }
}

static void block_signals(struct supervisor *s)
{
    sigemptyset(&s->signals);
    sigaddset(&s->signals, SIGTERM);
    sigaddset(&s->signals, SIGINT);
    sigaddset(&s->signals, SIGHUP);
    sigaddset(&s->signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &s->signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int sb_supervise(const struct sb_config *config, const struct sb_config_flags *flags)
{
    struct supervisor s = {
        .config = config, .flags = flags, .mem = talloc_new(NULL), .listen_fd = -1};
    struct sb_err err = {0};
    int status = 0;

    s.count = config->server.workers ? (int)config->server.workers
                                     : (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (s.count > MAX_WORKERS)
        s.count = MAX_WORKERS;
    block_signals(&s);
    if (prepare(&s, &err)) {
        sb_log(SB_LOG_ERROR, "supervisor", "cannot start", sb_str("why", err.msg));
        status = 1;
    } else {
        sb_log(SB_LOG_INFO, "supervisor", "listening",
               sb_str("address", config->server.listen), sb_int("workers", s.count));
        supervise(&s);
    }
    sb_cluster_stop(s.cluster);
    sb_cluster_free(s.cluster);
    talloc_free(s.mem);
    return status;
}
