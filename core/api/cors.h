/* SPDX-License-Identifier: Apache-2.0
 *
 * Cross-origin rules by the tenant's domains.
 */
#ifndef SB_API_CORS_H
#define SB_API_CORS_H

#include <stdbool.h>
#include <talloc.h>

struct sb_agent;
struct sb_err;
struct sb_req;

/* May the page that sent this request talk to `agent`? No Origin header: yes. */
bool sb_api_origin_allowed(const struct sb_req *req, const struct sb_agent *agent);
/* The same as 0 or SB_EREFUSED with a sentence. */
int sb_api_check_origin(const struct sb_req *req, const struct sb_agent *agent,
                        struct sb_err *err);
/* The Content-Security-Policy directive that says who may frame the chat page. */
char *sb_api_frame_ancestors(TALLOC_CTX *mem, const struct sb_agent *agent);

#endif
