/* SPDX-License-Identifier: Apache-2.0
 *
 * Every address that the server answers, in one table.
 */
#include "api/api.h"

#include "net/http.h"

enum { CHAT_BODY = 128 * 1024, HOOK_BODY = 1024 * 1024, TURN_MS = 150 * 1000 };

struct sb_router *sb_api_router(TALLOC_CTX *mem, struct sb_api *api)
{
    static const struct sb_route table[] = {
        {.method = "GET", .pattern = "/health", .handler = sb_api_health},
        {.method = "GET", .pattern = "/ready", .handler = sb_api_ready},
        {.method = "GET", .pattern = "/metrics", .handler = sb_api_metrics},
        {.method = "POST",
         .pattern = "/api/chat",
         .handler = sb_api_chat,
         .admit = sb_api_chat_admit,
         .max_body = CHAT_BODY,
         .total_ms = TURN_MS},
        {.method = "GET",
         .pattern = "/api/chat/ws",
         .handler = sb_api_chat_ws,
         .admit = sb_api_look_admit,
         .total_ms = -1},
        {.method = "GET",
         .pattern = "/api/chat/history",
         .handler = sb_api_history,
         .admit = sb_api_look_admit},
        {.method = "GET",
         .pattern = "/api/agents",
         .handler = sb_api_agent_list,
         .admit = sb_api_look_admit},
        {.method = "GET",
         .pattern = "/api/agents/{ref}/public",
         .handler = sb_api_agent_public,
         .admit = sb_api_look_admit},
        {.method = "GET", .pattern = "/", .handler = sb_api_page_index},
        {.method = "GET",
         .pattern = "/chat/{ref}",
         .handler = sb_api_page_chat,
         .admit = sb_api_look_admit},
        {.method = "POST",
         .pattern = "/hooks/{plugin}/{path*}",
         .handler = sb_api_hook,
         .max_body = HOOK_BODY},
        {.method = "GET", .pattern = "/hooks/{plugin}/{path*}", .handler = sb_api_hook},
        {.method = "GET", .pattern = "/{file}", .handler = sb_api_asset},
    };
    enum { COUNT = sizeof(table) / sizeof(table[0]) };
    struct sb_route *rows = talloc_zero_array(mem, struct sb_route, COUNT + 1);
    struct sb_router *router = sb_router_new(mem);

    for (size_t i = 0; i < COUNT; i++) {
        rows[i] = table[i];
        rows[i].arg = api;
    }
    sb_router_add(router, rows);
    sb_router_set_filter(router, sb_api_filter);
    return router;
}
