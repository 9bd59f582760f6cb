/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /api/agents: the receptionists of a demonstration server, for its start page. A
 * server with tenants of its own keeps their names to itself.
 */
#include "api/api.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "host/agent.h"
#include "net/http.h"
#include "store/tenants.h"

static void put(struct sb_buf *out, const char *key, const char *value,
                const char *after)
{
    sb_buf_printf(out, "\"%s\":", key);
    sb_buf_json(out, value, strlen(value));
    sb_buf_puts(out, after);
}

static void put_agent(struct sb_buf *out, const struct sb_agent *agent)
{
    sb_buf_puts(out, out->len > 11 ? ",{" : "{");
    put(out, "id", agent->id, ",");
    put(out, "slug", agent->slug, ",");
    put(out, "business", agent->business->name, ",");
    put(out, "vertical", agent->vertical, ",");
    put(out, "color", agent->color, "}");
}

void sb_api_agent_list(struct sb_req *req)
{
    struct sb_api *api = req->arg;
    struct sb_agent_row *rows = NULL;
    struct sb_err err = {0};
    struct sb_buf out;
    size_t count = 0;

    sb_buf_init(&out, req->mem);
    sb_buf_puts(&out, "{\"agents\":[");
    if (api->list_agents && sb_agent_rows(api->db, req->mem, &rows, &count, &err)) {
        sb_reply_fail(req, &err);
        return;
    }
    for (size_t i = 0; i < count && i < 50; i++) {
        const struct sb_agent *agent;

        if (rows[i].enabled && sb_directory_agent(api->directory, req->mem,
                                                  rows[i].slug, &agent, &err) == 0)
            put_agent(&out, agent);
    }
    sb_buf_puts(&out, "]}");
    sb_reply_json(req, 200, sb_buf_str(&out));
}
