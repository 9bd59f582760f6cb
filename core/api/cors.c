/* SPDX-License-Identifier: Apache-2.0
 *
 * Which websites may talk to which receptionist. Public chat calls carry no cookies,
 * so a preflight is answered for any origin; the call itself is refused when the
 * agent has a list of domains and the page's is not on it.
 */
#include "api/cors.h"

#include <string.h>

#include "api/api.h"
#include "host/agent.h"
#include "net/http.h"

static bool is_public_call(const char *path)
{
    return !strncmp(path, "/api/chat", 9) || !strncmp(path, "/api/agents/", 12);
}

int sb_api_filter(struct sb_req *req)
{
    const char *origin = sb_req_header(req, "Origin");

    sb_reply_header(req, "X-Content-Type-Options", "nosniff");
    sb_reply_header(req, "Referrer-Policy", "strict-origin-when-cross-origin");
    if (!origin || !is_public_call(req->path))
        return 0;
    sb_reply_header(req, "Access-Control-Allow-Origin", origin);
    sb_reply_header(req, "Vary", "Origin");
    if (strcmp(req->method, "OPTIONS"))
        return 0;
    sb_reply_header(req, "Access-Control-Allow-Methods", "GET, POST");
    sb_reply_header(req, "Access-Control-Allow-Headers", "Content-Type, X-Visitor-Id");
    sb_reply_header(req, "Access-Control-Max-Age", "86400");
    sb_reply(req, 204, NULL, NULL, 0);
    return 1;
}

/* "https://www.example.com:8080" -> "www.example.com", into `host`. */
static void host_of(const char *origin, char *host, size_t size)
{
    const char *start = strstr(origin, "://");
    size_t len;

    start = start ? start + 3 : origin;
    len = strcspn(start, ":/");
    if (len >= size)
        len = 0;
    memcpy(host, start, len);
    host[len] = '\0';
}

/* A domain covers itself and what is below it. */
static bool covers(const char *domain, const char *host)
{
    size_t d = strlen(domain), h = strlen(host);

    if (!strncmp(domain, "*.", 2)) {
        domain += 2;
        d -= 2;
    }
    if (h < d || strcasecmp(host + h - d, domain))
        return false;
    return h == d || host[h - d - 1] == '.';
}

bool sb_api_origin_allowed(struct sb_req *req, const struct sb_agent *agent)
{
    const char *origin = sb_req_header(req, "Origin");
    char host[256];

    if (!origin || !agent->domains || !agent->domains[0] ||
        !strcmp(origin, sb_req_origin(req)))
        return true;
    host_of(origin, host, sizeof(host));
    for (size_t i = 0; agent->domains[i]; i++)
        if (covers(agent->domains[i], host))
            return true;
    return false;
}

char *sb_api_frame_ancestors(TALLOC_CTX *mem, const struct sb_agent *agent)
{
    char *list = talloc_strdup(mem, "frame-ancestors");

    if (!agent->domains || !agent->domains[0])
        return talloc_strdup_append(list, " *");
    list = talloc_strdup_append(list, " 'self'");
    for (size_t i = 0; agent->domains[i]; i++) {
        const char *domain = agent->domains[i];

        if (strspn(domain, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789.-*:") == strlen(domain))
            list =
                talloc_asprintf_append(list, " https://%s http://%s", domain, domain);
    }
    return list;
}
