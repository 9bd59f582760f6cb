/* SPDX-License-Identifier: Apache-2.0
 *
 * See worker.h. Signals arrive as events of the loop, so their handlers are ordinary
 * code.
 */
#include "cli/worker.h"

#include <event2/event.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/task.h"
#include "cli/app.h"
#include "host/agent.h"
#include "host/host.h"
#include "net/http.h"
#include "net/limit.h"
#include "store/events.h"
#include "store/jobs.h"
#include "talk/engine.h"

enum {
    RECOVER_MS = 10 * 1000,
    DRAIN_TICK_MS = 50,
    MAX_ADDRESSES = 20000,
    LOOKS_A_MESSAGE = 10, /* pages, greetings and history for each message allowed */
    SPARE_FILES = 128     /* descriptors that visitors leave for everything else */
};

struct worker {
    const struct sb_worker_conf *conf;
    const struct sb_config *config;
    struct sb_app *app;
    struct sb_api api;
    struct sb_http_server *server;
    struct event *on_term, *on_int, *on_hup, *drain_tick;
    int64_t drain_until;
};

/* ---- counting requests ---- */

static void on_request_done(const struct sb_req *req, int status, int64_t us)
{
    char name[64];

    snprintf(name, sizeof(name), "switchboard_http_requests_total{status=\"%dxx\"}",
             status / 100);
    sb_count(name, 1);
    sb_observe_ms("switchboard_http_request_ms", (double)us / 1000.0);
    sb_log(SB_LOG_DEBUG, "http", "answered", sb_str("method", req->method),
           sb_str("route", req->route ? req->route->pattern : "-"),
           sb_int("status", status), sb_int("us", us), sb_str("request_id", req->id));
}

/* ---- ending ---- */

static bool is_idle(const struct worker *w)
{
    return w->api.turns == 0 && w->api.sockets == 0 &&
           sb_jobs_busy(w->app->jobs) == 0 && sb_http_server_busy(w->server) == 0;
}

static void on_drain_tick(evutil_socket_t fd, short what, void *arg)
{
    struct worker *w = arg;

    (void)fd;
    (void)what;
    if (is_idle(w) || sb_clock_mono_ms() > w->drain_until)
        sb_loop_stop(w->app->loop);
}

static void on_stop(evutil_socket_t fd, short what, void *arg)
{
    const struct timeval tick = {0, DRAIN_TICK_MS * 1000};
    struct worker *w = arg;

    (void)fd;
    (void)what;
    if (w->api.draining) {
        sb_loop_stop(w->app->loop); /* asked twice: now */
        return;
    }
    sb_log(SB_LOG_INFO, "worker", "draining", sb_int("turns", w->api.turns),
           sb_int("sockets", w->api.sockets));
    w->drain_until = sb_clock_mono_ms() + w->config->server.drain;
    sb_http_server_drain(w->server);
    sb_jobs_drain(w->app->jobs);
    sb_api_drain(&w->api);
    event_add(w->drain_tick, &tick);
}

/* ---- reloading ---- */

static void apply_config(struct worker *w, const struct sb_config *config)
{
    sb_limit_free(w->api.chat_limit);
    sb_limit_free(w->api.look_limit);
    w->api.chat_limit =
        sb_limit_new((int)config->limits.chat_per_minute, MAX_ADDRESSES);
    w->api.look_limit = sb_limit_new(
        (int)config->limits.chat_per_minute * LOOKS_A_MESSAGE, MAX_ADDRESSES);
    w->api.message_bytes = (size_t)config->limits.message_bytes;
    w->api.sockets_per_address = (int)config->limits.sockets_per_address;
    w->api.public_metrics = !strcmp(config->server.metrics, "public");
    w->config = config;
}

/* The supervisor has checked the file just now; if it changed since and is bad, the
 * old configuration stays. */
static void on_reload(evutil_socket_t fd, short what, void *arg)
{
    struct worker *w = arg;
    struct sb_config *config;
    struct sb_err err = {0};

    (void)fd;
    (void)what;
    if (sb_config_load(w->app, w->conf->flags, &config, &err) ||
        sb_plugins_reload(w->app->plugins, config->providers, &err)) {
        sb_log(SB_LOG_ERROR, "worker", "kept the old configuration",
               sb_str("why", err.msg));
        return;
    }
    apply_config(w, config);
    sb_log_set_level((enum sb_log_level)sb_log_level_parse(config->server.log_level));
    sb_directory_forget(w->app->directory, NULL);
    sb_log(SB_LOG_INFO, "worker", "configuration reloaded");
}

/* ---- turns that a dead worker left behind ---- */

static void recover_task(void *arg)
{
    struct worker *w = arg;

    for (;;) {
        struct sb_err err = {0};
        int recovered = 0;

        if (sb_engine_recover(w->app->engine, w->app->directory, &recovered, &err)) {
            if (err.code == SB_ECANCELED)
                return;
            sb_log(SB_LOG_WARN, "worker", "could not look for unanswered messages",
                   sb_str("why", err.msg));
        } else if (recovered) {
            sb_log(SB_LOG_WARN, "worker", "answered messages that were left unanswered",
                   sb_int("count", recovered));
        }
        if (sb_sleep(RECOVER_MS))
            return;
    }
}

/* ---- news of tenants ---- */

/* Somebody changed a tenant (or we may have missed it): what is cached is old. */
static void on_agents_changed(void *arg, const char *topic, const char *payload)
{
    struct worker *w = arg;

    (void)topic;
    (void)payload;
    sb_directory_forget(w->app->directory, NULL);
}

/* ---- starting ---- */

/* As many connections as there are descriptors for: when visitors have them all, none
 * is left for the database. */
static int max_connections(void)
{
    int preset = sb_http_limits_default.max_connections;
    struct rlimit files;
    rlim_t most;

    if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur == RLIM_INFINITY)
        return preset;
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) || getrlimit(RLIMIT_NOFILE, &files))
        return preset;
    most = files.rlim_cur > 2 * SPARE_FILES ? files.rlim_cur - SPARE_FILES
                                            : files.rlim_cur / 2;
    return most < (rlim_t)preset ? (int)most : preset;
}

static int start_server(struct worker *w, struct sb_err *err)
{
    const struct sb_server_conf *server = &w->config->server;
    struct sb_http_server_conf conf = {
        .limits = sb_http_limits_default,
        .trusted_proxies = (const char *const *)server->trusted_proxies,
        .public_url = server->public_url,
        .on_done = on_request_done,
    };
    int code = 0;

    conf.limits.max_connections = max_connections();
    if (*server->tls_cert || *server->tls_key)
        code = sb_http_tls(server->tls_cert, server->tls_key, &conf.tls, err);
    if (code)
        return code;
    conf.router = sb_api_router(w->app, &w->api);
    code = sb_http_server_new(w->app->loop, w->conf->listen_fd, &conf, &w->server, err);
    SSL_CTX_free(conf.tls); /* the server has its own reference */
    return code;
}

static void add_signals(struct worker *w)
{
    struct event_base *base = sb_loop_base(w->app->loop);
    sigset_t hup;

    w->on_term = evsignal_new(base, SIGTERM, on_stop, w);
    w->on_int = evsignal_new(base, SIGINT, on_stop, w);
    w->on_hup = evsignal_new(base, SIGHUP, on_reload, w);
    w->drain_tick = event_new(base, -1, EV_PERSIST, on_drain_tick, w);
    event_add(w->on_term, NULL);
    event_add(w->on_int, NULL);
    event_add(w->on_hup, NULL);
    /* One that came earlier is taken now. */
    sigemptyset(&hup);
    sigaddset(&hup, SIGHUP);
    sigprocmask(SIG_UNBLOCK, &hup, NULL);
}

static void drop_signals(struct worker *w)
{
    event_free(w->on_term);
    event_free(w->on_int);
    event_free(w->on_hup);
    event_free(w->drain_tick);
}

static void fill_api(struct worker *w)
{
    w->api = (struct sb_api){
        .loop = w->app->loop,
        .db = w->app->db,
        .events = w->app->events,
        .directory = w->app->directory,
        .know = w->app->know,
        .engine = w->app->engine,
        .plugins = w->app->plugins,
        .list_agents = w->config->demo,
    };
    apply_config(w, w->config);
}

int sb_worker_run(const struct sb_worker_conf *conf)
{
    struct worker w = {.conf = conf, .config = conf->config};
    struct sb_subscription *agents;
    struct sb_err err = {0};
    int status = 1;

    sb_metrics_use(conf->index);
    if (sb_app_new(NULL, conf->config, conf->database_url, conf->plugins, &w.app,
                   &err)) {
        sb_log(SB_LOG_ERROR, "worker", "cannot start", sb_str("why", err.msg));
        return 1;
    }
    fill_api(&w);
    if (start_server(&w, &err)) {
        sb_log(SB_LOG_ERROR, "worker", "cannot serve", sb_str("why", err.msg));
        sb_app_free(w.app);
        return 1;
    }
    add_signals(&w);
    agents = sb_events_subscribe(w.app->events, "agents", on_agents_changed, &w);
    sb_jobs_start(w.app->jobs);
    sb_task_spawn(w.app->loop, "recover", recover_task, &w);
    sb_log(SB_LOG_INFO, "worker", "serving", sb_int("worker", conf->index));
    if (sb_loop_run(w.app->loop) == 0)
        status = 0;
    drop_signals(&w);
    sb_events_unsubscribe(agents);
    sb_http_server_free(w.server);
    sb_limit_free(w.api.chat_limit);
    sb_limit_free(w.api.look_limit);
    sb_app_free(w.app);
    return status;
}

/* ---- the setup child ---- */

struct setup {
    struct sb_app *app;
    int code;
};

static void setup_task(void *arg)
{
    struct setup *setup = arg;
    struct sb_err err = {0};
    int changed = 0;

    setup->code = sb_app_sync_tenants(setup->app, &changed, &err);
    if (setup->code)
        sb_log(SB_LOG_ERROR, "setup", "tenants were not loaded",
               sb_str("why", err.msg));
    else if (changed)
        sb_log(SB_LOG_INFO, "setup", "tenants loaded", sb_int("changed", changed));
    if (changed)
        sb_events_flush(setup->app->events, 2000);
}

int sb_setup_run(const struct sb_worker_conf *conf)
{
    struct setup setup = {.code = SB_EINTERNAL};
    struct sb_err err = {0};
    struct sb_task *task;

    if (sb_app_new(NULL, conf->config, conf->database_url, conf->plugins, &setup.app,
                   &err)) {
        sb_log(SB_LOG_ERROR, "setup", "cannot start", sb_str("why", err.msg));
        return 1;
    }
    task = sb_task_spawn(setup.app->loop, "setup", setup_task, &setup);
    if (task)
        (void)sb_loop_run_task(setup.app->loop, task);
    sb_app_free(setup.app);
    return setup.code ? 1 : 0;
}
