/* SPDX-License-Identifier: Apache-2.0
 *
 * /health says what is going on, /ready whether to send work here, /metrics what
 * happened so far.
 */
#include "api/api.h"

#include <string.h>

#include "base/buf.h"
#include "base/metrics.h"
#include "base/task.h"
#include "host/host.h"
#include "net/client.h"
#include "net/http.h"
#include "store/pg.h"

static const char *const status_names[] = {
    [SB_PLUGIN_OK] = "ok",
    [SB_PLUGIN_REFUSED] = "refused",
    [SB_PLUGIN_BROKEN] = "broken",
    [SB_PLUGIN_DECLINED] = "off",
    [SB_PLUGIN_QUARANTINED] = "quarantined",
};

static void put_plugins(struct sb_buf *out, const struct sb_plugins *plugins)
{
    for (size_t i = 0; i < sb_plugins_count(plugins); i++) {
        const struct sb_plugin_info *info = sb_plugins_info(plugins, i);

        sb_buf_puts(out, i ? ",{\"name\":" : "{\"name\":");
        sb_buf_json(out, info->name, strlen(info->name));
        sb_buf_printf(out, ",\"status\":\"%s\"", status_names[info->status]);
        if (info->version) {
            sb_buf_puts(out, ",\"version\":");
            sb_buf_json(out, info->version, strlen(info->version));
        }
        if (info->why && *info->why) {
            sb_buf_puts(out, ",\"why\":");
            sb_buf_json(out, info->why, strlen(info->why));
        }
        sb_buf_putc(out, '}');
    }
}

/* What runs here, and how much of it, is told to the neighbourhood only. */
static bool may_look_inside(const struct sb_req *req)
{
    const struct sb_api *api = req->arg;

    return api->public_metrics || sb_address_text_is_private(req->peer);
}

void sb_api_health(struct sb_req *req)
{
    struct sb_api *api = req->arg;
    bool up = sb_db_is_up(api->db);
    struct sb_buf out;

    sb_buf_init(&out, req->mem);
    sb_buf_printf(&out, "{\"status\":\"%s\",\"database\":\"%s\"",
                  up ? (api->draining ? "draining" : "ok") : "degraded",
                  up ? "up" : "down");
    if (may_look_inside(req)) {
        sb_buf_printf(&out, ",\"version\":\"%s\",\"plugins\":[", SB_VERSION);
        put_plugins(&out, api->plugins);
        sb_buf_putc(&out, ']');
    }
    sb_buf_putc(&out, '}');
    sb_reply_header(req, "Cache-Control", "no-store");
    sb_reply_json(req, 200, sb_buf_str(&out));
}

void sb_api_ready(struct sb_req *req)
{
    struct sb_api *api = req->arg;

    sb_reply_header(req, "Cache-Control", "no-store");
    if (api->draining)
        sb_reply_error(req, 503, "draining", NULL, "this server is stopping");
    else if (!sb_db_is_up(api->db))
        sb_reply_error(req, 503, "database", NULL, "the database cannot be reached");
    else
        sb_reply_json(req, 200, "{\"ready\":true}");
}

void sb_api_metrics(struct sb_req *req)
{
    struct sb_api *api = req->arg;
    struct sb_task_stats stats;
    struct sb_buf out;

    if (!may_look_inside(req)) {
        sb_reply_error(req, 403, "refused", NULL,
                       "metrics are for private addresses; see server.metrics");
        return;
    }
    sb_loop_stats(api->loop, &stats);
    sb_gauge("switchboard_tasks", (double)stats.live);
    sb_gauge("switchboard_turns_running", api->turns);
    sb_gauge("switchboard_sockets", api->sockets);
    sb_buf_init(&out, req->mem);
    sb_metrics_write(&out);
    sb_reply(req, 200, "text/plain; version=0.0.4; charset=utf-8", sb_buf_str(&out),
             out.len);
}
