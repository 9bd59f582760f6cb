/* SPDX-License-Identifier: Apache-2.0
 *
 * The rooms put together: what a worker and every command-line tool that talks or
 * learns is made of. Made in one process, ended in reverse.
 */
#ifndef SB_CLI_APP_H
#define SB_CLI_APP_H

#include <stdbool.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_client;
struct sb_cluster;
struct sb_config;
struct sb_db;
struct sb_directory;
struct sb_engine;
struct sb_events;
struct sb_jobs;
struct sb_know;
struct sb_loop;
struct sb_plugins;

struct sb_app {
    const struct sb_config *config;
    const char *database_url;
    struct sb_loop *loop;
    struct sb_db *db;
    struct sb_events *events;
    struct sb_jobs *jobs;
    struct sb_client *client;
    struct sb_plugins *plugins;
    struct sb_directory *directory;
    struct sb_know *know;
    struct sb_engine *engine;
    const char *const *vertical_dirs;
};

/* Puts the rooms together against a database that is up and migrated. Plugins must
 * have been probed before: `plugins` from sb_plugins_load(), made before any loop. */
int sb_app_new(TALLOC_CTX *mem, const struct sb_config *config,
               const char *database_url, struct sb_plugins *plugins,
               struct sb_app **app_r, struct sb_err *err);
void sb_app_free(struct sb_app *app);

/* For tools: a database that is up and migrated. With an embedded one, joins the
 * running cluster or starts it for as long as the tool runs. */
int sb_app_database(TALLOC_CTX *mem, const struct sb_config *config,
                    void (*say)(const char *step), const char **url_r,
                    struct sb_cluster **cluster_r, struct sb_err *err);

/* [suspends] Puts every tenant of files (config, demo) into the database and makes
 * their FAQs searchable. `changed_r` counts what was new or different. */
int sb_app_sync_tenants(struct sb_app *app, int *changed_r, struct sb_err *err);
/* [suspends] The same for one file. `slug_r` (may be NULL) gets the first agent's slug
 * on `mem`. */
int sb_app_put_tenant_file(struct sb_app *app, TALLOC_CTX *mem, const char *path,
                           const char **slug_r, bool *changed_r, struct sb_err *err);

struct sb_yaml;
/* [suspends] The same for a tree that was made otherwise; `origin` is "file" or "api".
 */
int sb_app_put_tenant(struct sb_app *app, TALLOC_CTX *mem, const struct sb_yaml *root,
                      const char *origin, const char **slug_r, bool *changed_r,
                      struct sb_err *err);

/* A whole tool: loads plugins, joins the database, makes the app, runs `fn(app, arg)`
 * in a task, ends everything. Returns fn's result, or prints why not and returns 1. */
int sb_app_run(const struct sb_config *config, int (*fn)(struct sb_app *app, void *arg),
               void *arg);

#endif
