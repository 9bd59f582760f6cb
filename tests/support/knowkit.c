/* SPDX-License-Identifier: Apache-2.0
 *
 * See knowkit.h.
 */
#define _GNU_SOURCE /* nftw */
#include "support/knowkit.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/paths.h"
#include "base/task.h"
#include "base/yaml.h"
#include "base/zone.h"
#include "host/plugins.h"
#include "net/client.h"
#include "net/http.h"
#include "store/cluster.h"
#include "store/migrate.h"
#include "store/pg.h"
#include "store/tenants.h"

struct sb_plugins *kit_load(void)
{
    static const char *const dirs[] = {SB_BUILDDIR "/plugins/local/.libs", NULL};
    static const char *const only[] = {"local", NULL};
    struct sb_plugins *plugins = sb_plugins_load(NULL, dirs, only);
    const struct sb_plugin_info *info = sb_plugins_find(plugins, "local");

    if (info && info->status == SB_PLUGIN_OK)
        return plugins;
    fprintf(stderr, "the local plugin cannot be used: %s\n",
            info ? info->why : "it is not in " SB_BUILDDIR "/plugins/local/.libs");
    return NULL;
}

static void answer(struct sb_req *req)
{
    struct kit *kit = req->route->arg;

    kit->requests +=
        strcmp(req->path, "/robots.txt") != 0 && !strstr(req->path, "sitemap");
    for (size_t i = 0; i < kit->page_count; i++) {
        const struct kit_page *page = &kit->pages[i];

        if (strcmp(page->path, req->path) != 0 || !page->html)
            continue;
        sb_reply(req, 200, page->type ? page->type : "text/html; charset=utf-8",
                 page->html, strlen(page->html));
        return;
    }
    sb_reply(req, 404, "text/html", "<h1>Not found</h1>", 18);
}

static int start_site(struct kit *kit, struct sb_err *err)
{
    struct sb_router *router = sb_router_new(kit->mem);
    const struct sb_route routes[] = {
        {.method = "GET", .pattern = "/{path*}", .handler = answer, .arg = kit},
        {.method = "GET", .pattern = "/", .handler = answer, .arg = kit},
        {.method = NULL},
    };
    struct sb_http_server_conf conf = {
        .limits = sb_http_limits_default, .router = router, .public_url = ""};
    struct sockaddr_in address = {0};
    socklen_t len = sizeof(address);
    int fd = sb_http_listen("127.0.0.1:0", err);

    if (fd < 0)
        return fd;
    sb_router_add(router, routes);
    if (getsockname(fd, (struct sockaddr *)&address, &len))
        return sb_fail(err, SB_EIO, "getsockname failed");
    snprintf(kit->site, sizeof(kit->site), "http://127.0.0.1:%d",
             ntohs(address.sin_port));
    return sb_http_server_new(sb_loop_current(), fd, &conf, &kit->server, err);
}

int kit_open(struct kit *kit, struct sb_plugins *plugins, const char *url,
             struct sb_err *err)
{
    const struct sb_db_conf db_conf = {
        .url = url, .connections = 4, .statement_ms = 30000, .role = SB_DB_ROLE};
    const struct sb_client_conf client_conf = {.user_agent = "test",
                                               .allow_private = true};
    int rc;

    memset(kit, 0, sizeof(*kit));
    kit->mem = talloc_new(NULL);
    kit->plugins = plugins;
    rc = sb_client_new(sb_loop_current(), &client_conf, &kit->client, err);
    if (!rc) {
        sb_plugins_set_budget(plugins, 60000000);
        rc = sb_plugins_start(plugins, sb_loop_current(), kit->client, NULL, err);
    }
    if (!rc)
        rc = sb_db_new(sb_loop_current(), &db_conf, &kit->db, err);
    if (!rc)
        rc = sb_db_wait_up(kit->db, 20000, err);
    if (!rc)
        rc = start_site(kit, err);
    if (rc)
        return rc;
    kit->know = sb_know_new(kit->mem, kit->db, NULL, NULL, NULL);
    return 0;
}

void kit_close(struct kit *kit)
{
    talloc_free(kit->know);
    if (kit->server)
        sb_http_server_free(kit->server);
    sb_plugins_stop(kit->plugins);
    if (kit->db)
        sb_db_free(kit->db);
    sb_client_free(kit->client);
    talloc_free(kit->mem);
}

void kit_serve(struct kit *kit, struct kit_page *pages, size_t count)
{
    kit->pages = pages;
    kit->page_count = count;
}

static int make_chain(struct kit *kit, const char *role, struct sb_chain **chain_r,
                      struct sb_err *err)
{
    static const char *const names[] = {"local", NULL};

    return sb_chain_new(kit->mem, kit->plugins, role, names, chain_r, err);
}

static int make_rows(struct kit *kit, const char *slug, struct sb_agent *agent,
                     struct sb_business *business, struct sb_err *err)
{
    struct sb_agent_row row = {.slug = slug,
                               .name = "Robin",
                               .vertical = "test",
                               .config = "{}"},
                        got;
    const struct sb_tenant_row tenant = {.slug = slug,
                                         .name = slug,
                                         .config = "{}",
                                         .origin = "file",
                                         .hash = "",
                                         .enabled = true,
                                         .agents = &row,
                                         .agent_count = 1};
    int rc = sb_tenant_put(kit->db, kit->mem, &tenant, NULL, err);

    if (!rc)
        rc = sb_agent_row(kit->db, kit->mem, slug, &got, err);
    if (rc)
        return rc;
    agent->id = got.id;
    agent->version = got.version;
    business->org = got.org;
    return 0;
}

struct sb_agent *kit_agent(struct kit *kit, const char *slug,
                           const struct sb_template *tpl, struct sb_err *err)
{
    struct sb_agent *agent = talloc_zero(kit->mem, struct sb_agent);
    struct sb_business *business = talloc_zero(kit->mem, struct sb_business);

    *business = (struct sb_business){.slug = slug,
                                     .name = "Acme",
                                     .phone = "(555) 010-2030",
                                     .email = "",
                                     .website = kit->site,
                                     .address = "",
                                     .timezone = "America/New_York",
                                     .identity_secret = ""};
    business->zone = sb_zone_find(business->timezone);
    for (int day = 0; day < 7; day++) {
        business->week[day].known = true;
        business->week[day].count = day >= 1 && day <= 5;
        business->week[day].spans[0] = (struct sb_hours_span){9 * 60, 17 * 60};
    }
    agent->slug = slug;
    agent->name = "Robin";
    agent->vertical = "test";
    agent->business = business;
    agent->tpl = tpl;
    agent->color = "";
    agent->threshold = 0.5;
    if (make_rows(kit, slug, agent, business, err) ||
        make_chain(kit, SB_ROLE_EMBED, &agent->embed, err) ||
        make_chain(kit, SB_ROLE_SEARCH, &agent->search, err) ||
        make_chain(kit, SB_ROLE_CRAWL, &agent->crawl, err))
        return NULL;
    return agent;
}

/* ---- programs ---- */

struct program {
    int (*fn)(struct kit *kit, void *arg);
    void *arg;
    struct sb_plugins *plugins;
    const char *url;
    int status;
};

static void run_program(void *arg)
{
    struct program *program = arg;
    struct sb_err err = {0};
    struct kit *kit = talloc_zero(NULL, struct kit);

    if (kit_open(kit, program->plugins, program->url, &err))
        fprintf(stderr, "%s\n", err.msg);
    else
        program->status = program->fn(kit, program->arg);
    kit_close(kit);
    talloc_free(kit);
}

static int run_loop(struct program *program)
{
    struct sb_loop *loop = sb_loop_new();
    struct sb_task *task =
        loop ? sb_task_spawn(loop, "main", run_program, program) : NULL;

    if (task)
        (void)sb_loop_run_task(loop, task);
    sb_loop_free(loop);
    return program->status;
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *place)
{
    (void)st;
    (void)type;
    (void)place;
    return remove(path);
}

int kit_main(int (*fn)(struct kit *kit, void *arg), void *arg)
{
    struct program program = {.fn = fn, .arg = arg, .status = 1};
    struct sb_cluster *cluster = NULL;
    struct sb_err err = {0};
    char folder[] = "/tmp/sb-kit-XXXXXX";

    sb_mem_init();
    program.url = getenv("SB_TEST_DATABASE_URL");
    program.plugins = kit_load();
    if (!program.plugins)
        return 1;
    if (!program.url) {
        if (!mkdtemp(folder) || chmod(folder, 0755) ||
            sb_cluster_start(folder, 60000, NULL, &cluster, &err)) {
            fprintf(stderr, "%s\n", err.msg);
            return 1;
        }
        program.url = sb_cluster_url(cluster);
    }
    if (sb_migrate(program.url, SB_SRCDIR "/sql", NULL, &err))
        fprintf(stderr, "%s\n", err.msg);
    else
        run_loop(&program);
    if (cluster) {
        sb_cluster_stop(cluster);
        sb_cluster_free(cluster);
        (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
    talloc_free(program.plugins);
    return program.status;
}
