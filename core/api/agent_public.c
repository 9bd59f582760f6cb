/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /api/agents/{ref}/public: what the chat page needs to know of a receptionist.
 * Nothing here is secret.
 */
#include "api/api.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "host/agent.h"
#include "net/http.h"
#include "talk/engine.h"

const struct sb_agent *sb_api_agent(struct sb_req *req, const char *ref)
{
    struct sb_api *api = req->arg;
    const struct sb_agent *agent = NULL;
    struct sb_err err = {0};

    if (sb_directory_agent(api->directory, req->mem, ref, &agent, &err)) {
        sb_reply_fail(req, &err);
        return NULL;
    }
    return agent;
}

static void put(struct sb_buf *out, const char *key, const char *value)
{
    sb_buf_printf(out, "\"%s\":", key);
    sb_buf_json(out, value ? value : "", value ? strlen(value) : 0);
    sb_buf_putc(out, ',');
}

static void put_hours(struct sb_buf *out, TALLOC_CTX *mem,
                      const struct sb_business *business)
{
    int64_t now = sb_clock_wall_ms();
    int open = sb_hours_open_at(business, now);

    sb_buf_printf(out, "\"open_now\":%s,", open < 0 ? "null" : open ? "true" : "false");
    put(out, "next_open", sb_hours_next_open(mem, business, now));
}

static void put_list(struct sb_buf *out, const char *key, const char *const *list)
{
    sb_buf_printf(out, "\"%s\":[", key);
    for (size_t i = 0; list && list[i]; i++) {
        if (i)
            sb_buf_putc(out, ',');
        sb_buf_json(out, list[i], strlen(list[i]));
    }
    sb_buf_puts(out, "]");
}

void sb_api_agent_public(struct sb_req *req)
{
    struct sb_api *api = req->arg;
    const struct sb_agent *agent = sb_api_agent(req, sb_req_param(req, "ref"));
    const struct sb_speaker nobody = {
        .visitor = "", .name = "", .email = "", .phone = ""};
    const char *greeting = "";
    struct sb_err err = {0};
    struct sb_buf out;

    if (!agent)
        return;
    (void)sb_engine_greeting(api->engine, req->mem, agent, &nobody, &greeting, &err);
    sb_buf_init(&out, req->mem);
    sb_buf_putc(&out, '{');
    put(&out, "id", agent->id);
    put(&out, "slug", agent->slug);
    put(&out, "name", agent->name);
    put(&out, "business", agent->business->name);
    put(&out, "vertical", agent->vertical);
    put(&out, "phone", agent->business->phone);
    put(&out, "color", agent->color);
    put(&out, "greeting", greeting);
    put_hours(&out, req->mem, agent->business);
    put_list(&out, "quick_prompts", agent->tpl->quick_prompts);
    sb_buf_putc(&out, '}');
    sb_reply_header(req, "Cache-Control", "no-cache");
    sb_reply_json(req, 200, sb_buf_str(&out));
}
