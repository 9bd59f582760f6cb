/* SPDX-License-Identifier: Apache-2.0
 *
 * /hooks/<plugin>/...: hands a vendor's webhook, raw, to the plugin that mounted it.
 * The plugin verifies the signature: only it knows the vendor's scheme.
 */
#include "api/api.h"

#include "host/host.h"
#include "net/http.h"

enum { MAX_REPLY = 16 * 1024 };

void sb_api_hook(struct sb_req *req)
{
    struct sb_api *api = req->arg;
    const struct sb_hook_request request = {.size = sizeof(request),
                                            .method = req->method,
                                            .path = sb_req_param(req, "path"),
                                            .query = req->query,
                                            .headers = req->headers,
                                            .header_count = req->header_count,
                                            .body = req->body,
                                            .body_len = req->body_len,
                                            .tenant = ""};
    struct sb_hook_reply reply = {.size = sizeof(reply), .body_size = MAX_REPLY};
    struct sb_err err = {0};

    reply.body = talloc_size(req->mem, MAX_REPLY);
    if (sb_plugins_hook(api->plugins, sb_req_param(req, "plugin"), &request, &reply,
                        &err))
        sb_reply_fail(req, &err);
    else
        sb_reply(req, reply.status ? reply.status : 204, reply.content_type, reply.body,
                 reply.body_len);
}
