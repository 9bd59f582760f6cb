/* SPDX-License-Identifier: Apache-2.0
 *
 * See app.h.
 */
#include "cli/app.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/task.h"
#include "base/yaml.h"
#include "cli/config.h"
#include "cli/flags.h"
#include "host/agent.h"
#include "host/host.h"
#include "know/know.h"
#include "net/client.h"
#include "store/cluster.h"
#include "store/events.h"
#include "store/jobs.h"
#include "store/migrate.h"
#include "store/pg.h"
#include "talk/engine.h"

/* ---- making and ending ---- */

static int open_client(struct sb_app *app, struct sb_err *err)
{
    const struct sb_client_conf conf = {
        .user_agent = "Switchboard/" SB_VERSION,
        .allow_private = app->config->network.allow_private,
        .allow_hosts = (const char *const *)app->config->network.allow_hosts,
    };

    return sb_client_new(app->loop, &conf, &app->client, err);
}

static int open_database(struct sb_app *app, struct sb_err *err)
{
    const struct sb_database_conf *database = &app->config->database;
    const struct sb_db_conf conf = {
        .url = app->database_url,
        .connections = (int)database->connections,
        .statement_ms = (int)database->statement_timeout,
        .connect_ms = 5000,
        .role = SB_DB_ROLE,
    };

    return sb_db_new(app->loop, &conf, &app->db, err);
}

int sb_app_new(TALLOC_CTX *mem, const struct sb_config *config,
               const char *database_url, struct sb_plugins *plugins,
               struct sb_app **app_r, struct sb_err *err)
{
    struct sb_app *app = talloc_zero(mem, struct sb_app);
    int code;

    app->config = config;
    app->database_url = talloc_strdup(app, database_url);
    app->plugins = plugins;
    app->vertical_dirs = sb_path_verticals(app);
    app->loop = sb_loop_new();
    code = app->loop ? open_client(app, err) : sb_fail(err, SB_EIO, "no event loop");
    if (!code)
        code = open_database(app, err);
    if (!code)
        code =
            sb_plugins_start(plugins, app->loop, app->client, config->providers, err);
    if (code) {
        sb_app_free(app);
        return code;
    }
    app->events = sb_events_new(app->loop, app->database_url);
    app->jobs = sb_jobs_new(app->loop, app->db);
    sb_jobs_use_events(app->jobs, app->events);
    app->directory = sb_directory_new(app, app->db, plugins, app->vertical_dirs);
    app->know = sb_know_new(app, app->db, app->directory, app->events, app->jobs);
    app->engine = sb_engine_new(app, app->db, app->know, app->events);
    *app_r = app;
    return 0;
}

void sb_app_free(struct sb_app *app)
{
    if (!app)
        return;
    sb_jobs_free(app->jobs);
    if (app->loop)
        sb_loop_unwind(app->loop);
    talloc_free(app->engine);
    talloc_free(app->know);
    talloc_free(app->directory);
    sb_plugins_stop(app->plugins);
    sb_events_free(app->events);
    sb_db_free(app->db);
    sb_client_free(app->client);
    sb_loop_free(app->loop);
    talloc_free(app);
}

/* ---- the database of a tool ---- */

int sb_app_database(TALLOC_CTX *mem, const struct sb_config *config,
                    void (*say)(const char *step), const char **url_r,
                    struct sb_cluster **cluster_r, struct sb_err *err)
{
    const char *url = config->database.url;
    int code = 0;

    *cluster_r = NULL;
    if (!strcmp(url, "embedded")) {
        code = sb_cluster_start(config->server.data_dir, 60000, say, cluster_r, err);
        if (code)
            return code;
        url = sb_cluster_url(*cluster_r);
    }
    *url_r = talloc_strdup(mem, url);
    return sb_migrate(url, sb_path_sql(mem), NULL, err);
}

struct tool {
    struct sb_app *app;
    int (*fn)(struct sb_app *app, void *arg);
    void *arg;
    int status;
};

static void tool_task(void *arg)
{
    struct tool *tool = arg;

    tool->status = tool->fn(tool->app, tool->arg);
    /* Running workers should hear of what was changed. */
    sb_events_flush(tool->app->events, 2000);
}

int sb_app_run(const struct sb_config *config, int (*fn)(struct sb_app *app, void *arg),
               void *arg)
{
    struct tool tool = {.fn = fn, .arg = arg, .status = 1};
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_plugins *plugins =
        sb_plugins_load(mem, sb_config_plugin_dirs(mem, config), NULL);
    struct sb_cluster *cluster = NULL;
    struct sb_err err = {0};
    const char *url;

    if (sb_app_database(mem, config, NULL, &url, &cluster, &err) ||
        sb_app_new(mem, config, url, plugins, &tool.app, &err)) {
        sb_complain("%s", err.msg);
    } else {
        struct sb_task *task = sb_task_spawn(tool.app->loop, "tool", tool_task, &tool);

        if (task)
            (void)sb_loop_run_task(tool.app->loop, task);
        sb_app_free(tool.app);
    }
    sb_cluster_stop(cluster);
    sb_cluster_free(cluster);
    talloc_free(mem);
    return tool.status;
}
