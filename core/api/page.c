/* SPDX-License-Identifier: Apache-2.0
 *
 * The pages and the files they need, from memory. Pages hold no inline script or
 * style, so the policy can forbid both.
 */
#include "api/api.h"

#include <string.h>

#include "api/assets.h"
#include "api/cors.h"
#include "host/agent.h"
#include "net/http.h"

#define PAGE_POLICY                                                                    \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "  \
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "

void sb_api_asset(struct sb_req *req)
{
    const struct sb_asset *asset = sb_asset_find(req->path);

    if (!asset) {
        sb_reply_error(req, 404, "not_found", NULL, "there is no %s here", req->path);
        return;
    }
    /* Scripts and styles are asked for by other websites too. */
    sb_reply_header(req, "Cross-Origin-Resource-Policy", "cross-origin");
    sb_reply_asset(req, asset);
}

static void reply_page(struct sb_req *req, const char *asset_path,
                       const char *ancestors)
{
    sb_reply_header(req, "Content-Security-Policy",
                    talloc_asprintf(req->mem, "%s%s", PAGE_POLICY, ancestors));
    sb_reply_asset(req, sb_asset_find(asset_path));
}

void sb_api_page_chat(struct sb_req *req)
{
    struct sb_api *api = req->arg;
    const struct sb_agent *agent = NULL;
    struct sb_err err = {0};

    if (sb_directory_agent(api->directory, req->mem, sb_req_param(req, "ref"), &agent,
                           &err) &&
        err.code == SB_ENOTFOUND) {
        sb_reply_header(req, "Content-Security-Policy",
                        PAGE_POLICY "frame-ancestors 'none'");
        sb_reply(req, 404, "text/html; charset=utf-8", sb_asset_find("/404.html")->data,
                 sb_asset_find("/404.html")->len);
        return;
    }
    /* With the database away the page still comes; it says so and tries again. */
    reply_page(req, "/chat.html",
               agent ? sb_api_frame_ancestors(req->mem, agent)
                     : "frame-ancestors 'self'");
}

void sb_api_page_index(struct sb_req *req)
{
    reply_page(req, "/index.html", "frame-ancestors 'none'");
}
