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

/* "https://www.example.com:8080" -> "www.example.com:8080" into `host`, "" when it
 * cannot be one. */
static void host_of(const char *origin, char *host, size_t size)
{
    const char *start = strstr(origin, "://");
    size_t len;

    start = start ? start + 3 : origin;
    len = strcspn(start, "/");
    if (len >= size || strcspn(start, "@?#\\") < len)
        len = 0;
    memcpy(host, start, len);
    host[len] = '\0';
}

/* A domain covers itself and what is below it, on every port unless it names one. */
static bool covers(const char *domain, const char *host)
{
    size_t d, h = strlen(host);

    if (!strncmp(domain, "*.", 2))
        domain += 2;
    if (!strchr(domain, ':'))
        h = strcspn(host, ":");
    d = strlen(domain);
    if (!d || h < d || strncasecmp(host + h - d, domain, d))
        return false;
    return h == d || host[h - d - 1] == '.';
}

/* Our own pages: the chat, and its frame within another website. Compared without the
 * scheme, which a proxy may not have told us. */
static bool is_ours(const struct sb_req *req, const char *host)
{
    const char *asked = sb_req_header(req, "Host");
    char ours[256];

    host_of(sb_req_origin(req), ours, sizeof(ours));
    return *host && (!strcasecmp(host, ours) || (asked && !strcasecmp(host, asked)));
}

bool sb_api_origin_allowed(const struct sb_req *req, const struct sb_agent *agent)
{
    const char *origin = sb_req_header(req, "Origin");
    char host[256];

    if (!origin || !agent->domains || !agent->domains[0])
        return true;
    host_of(origin, host, sizeof(host));
    if (is_ours(req, host))
        return true;
    for (size_t i = 0; agent->domains[i]; i++)
        if (covers(agent->domains[i], host))
            return true;
    return false;
}

int sb_api_check_origin(const struct sb_req *req, const struct sb_agent *agent,
                        struct sb_err *err)
{
    if (sb_api_origin_allowed(req, agent))
        return 0;
    return sb_fail(err, SB_EREFUSED, "this receptionist does not talk on that website");
}

/* Names that a policy may hold: anything else could add to it. */
static bool is_plain(const char *domain)
{
    return domain[strspn(domain, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789.-*:")] == '\0';
}

char *sb_api_frame_ancestors(TALLOC_CTX *mem, const struct sb_agent *agent)
{
    char *list = talloc_strdup(mem, "frame-ancestors");

    if (!agent->domains || !agent->domains[0])
        return talloc_strdup_append(list, " *");
    list = talloc_strdup_append(list, " 'self'");
    for (size_t i = 0; agent->domains[i]; i++) {
        const char *domain = agent->domains[i];

        if (!strncmp(domain, "*.", 2))
            domain += 2;
        if (*domain && is_plain(domain))
            list = talloc_asprintf_append(
                list, " https://%s http://%s https://*.%s http://*.%s", domain, domain,
                domain, domain);
    }
    return list;
}
