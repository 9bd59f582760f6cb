/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "url.h"

enum {
    CONNECT_MS = 10000,
    FIRST_BYTE_MS = 20000,
    IDLE_MS = 15000,
    TOTAL_MS = 60000,
    MAX_HOPS = 5,
    MAX_TRIES = 3,
    MAX_PAUSE_MS = 30000, /* the longest Retry-After that is waited for */
    MAX_DELAY_MS = 30000,
    PIECE = 8192,
};

/* Takes the next free slot; [suspends] until it comes. */
static int wait_for_turn(struct manners *m)
{
    int64_t now = m->host->mono_ms(m->host->self);
    int64_t at = m->next_ms > now ? m->next_ms : now;

    m->next_ms = at + m->delay_ms;
    return at > now ? m->host->sleep_ms(m->host->self, at - now) : 0;
}

static const char *copy_header(TALLOC_CTX *mem, const struct sb_host *host,
                               struct sb_http *http, const char *name)
{
    const char *value = host->http_header(http, name);

    return talloc_strdup(mem, value ? value : "");
}

/* Reads up to the limit, so that the beginning of a huge page is still of use. */
static int read_body(struct manners *m, TALLOC_CTX *mem, struct sb_http *http,
                     struct visit *visit, struct sb_err *err)
{
    size_t room = 0, limit = (size_t)m->max_bytes;

    for (;;) {
        ssize_t n;

        if (visit->len == limit) {
            visit->is_cut = true;
            return 0;
        }
        if (room - visit->len < PIECE) {
            room = room ? room * 2 : 4 * (size_t)PIECE;
            visit->body = talloc_realloc_size(mem, visit->body, room + 1);
        }
        n = m->host->http_read(http, visit->body + visit->len,
                               room - visit->len < limit - visit->len
                                   ? room - visit->len
                                   : limit - visit->len,
                               err);
        if (n < 0)
            return (int)n;
        visit->len += (size_t)n;
        visit->body[visit->len] = '\0';
        if (!n)
            return 0;
    }
}

bool fetch_is_text(const struct visit *visit)
{
    const char *type = visit->content_type;

    if (!*type)
        return visit->body &&
               memchr(visit->body, '<', visit->len < 512 ? visit->len : 512);
    return strncasecmp(type, "text/html", 9) == 0 ||
           strncasecmp(type, "application/xhtml+xml", 21) == 0 ||
           strncasecmp(type, "text/plain", 10) == 0;
}

/* robots.txt and sitemaps may come as anything; pages only as text. */
static bool wants_body(const struct manners *m, const struct visit *visit)
{
    return visit->status == 200 &&
           (!m->robots || !*visit->content_type || fetch_is_text(visit));
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 ||
           status == 308;
}

/* One request, one answer. */
static int request(struct manners *m, TALLOC_CTX *mem, const char *url,
                   struct visit *visit, char **location, int *retry_ms,
                   struct sb_err *err)
{
    const struct sb_host *host = m->host;
    const struct sb_http_header headers[] = {
        {"User-Agent", m->user_agent},
        {"Accept", "text/html,application/xhtml+xml,text/plain;q=0.8,*/*;q=0.1"},
    };
    const struct sb_http_request ask = {.size = sizeof(ask),
                                        .method = "GET",
                                        .url = url,
                                        .headers = headers,
                                        .header_count = 2,
                                        .connect_ms = CONNECT_MS,
                                        .first_byte_ms = FIRST_BYTE_MS,
                                        .idle_ms = IDLE_MS,
                                        .total_ms = TOTAL_MS,
                                        .untrusted = true,
                                        .max_body = m->max_bytes + 4 * (int64_t)PIECE};
    struct sb_http *http;
    const char *value;
    int rc = host->http_open(host->self, &ask, &http, err);

    if (rc)
        return rc;
    visit->status = host->http_status(http);
    visit->content_type = copy_header(mem, host, http, "Content-Type");
    visit->modified = copy_header(mem, host, http, "Last-Modified");
    visit->x_robots = copy_header(mem, host, http, "X-Robots-Tag");
    value = host->http_header(http, "Retry-After");
    *retry_ms = value ? atoi(value) * 1000 : 0;
    value = host->http_header(http, "Location");
    *location = is_redirect(visit->status) && value
                    ? url_resolve(mem, url, value, strlen(value))
                    : NULL;
    if (wants_body(m, visit))
        rc = read_body(m, mem, http, visit, err);
    host->http_close(http);
    return rc;
}

/* Worth another try, and after how long? Slows the whole crawl down when asked to. */
static bool is_passing(struct manners *m, const struct visit *visit, int rc, int try,
                       int retry_ms, int *pause_ms)
{
    *pause_ms = 500 << try;
    if (rc)
        return rc == SB_EUNAVAILABLE || rc == SB_ETIMEDOUT || rc == SB_EPROTO;
    if (visit->status != 429 && visit->status != 503)
        return visit->status >= 500 && visit->status != 501 && !try;
    if (m->delay_ms < MAX_DELAY_MS)
        m->delay_ms = m->delay_ms ? m->delay_ms * 2 : 100;
    if (retry_ms > MAX_PAUSE_MS)
        return false;
    if (retry_ms > *pause_ms)
        *pause_ms = retry_ms;
    return true;
}

/* One address, tried again where the failure looks like a passing one. */
static int attempt(struct manners *m, TALLOC_CTX *mem, const char *url,
                   struct visit *visit, char **location, struct sb_err *err)
{
    for (int try = 0;; try++) {
        int retry_ms = 0, pause_ms, rc = wait_for_turn(m);

        if (rc)
            return sb_fail(err, rc, "canceled");
        *visit = (struct visit){
            .url = url, .content_type = "", .modified = "", .x_robots = ""};
        rc = request(m, mem, url, visit, location, &retry_ms, err);
        if (rc == SB_ECANCELED || try + 1 >= MAX_TRIES ||
            !is_passing(m, visit, rc, try, retry_ms, &pause_ms))
            return rc;
        rc = m->host->sleep_ms(m->host->self, pause_ms);
        if (rc)
            return sb_fail(err, rc, "canceled");
    }
}

static const char *status_words(int status)
{
    switch (status) {
    case 401: return "HTTP 401: a login is needed";
    case 403: return "HTTP 403: the site does not let us read it";
    case 404: return "HTTP 404: there is no such page";
    case 410: return "HTTP 410: the page has been removed";
    case 429: return "HTTP 429: the site asks us to read more slowly";
    case 503: return "HTTP 503: the site is not available now";
    default: return NULL;
    }
}

static void explain_status(TALLOC_CTX *mem, struct visit *visit)
{
    if (visit->status == 200)
        return;
    visit->failed = status_words(visit->status);
    if (!visit->failed)
        visit->failed = talloc_asprintf(mem, "HTTP %d", visit->status);
}

static int give_up(TALLOC_CTX *mem, struct visit *visit, int rc,
                   const struct sb_err *err)
{
    if (rc == SB_ECANCELED)
        return rc;
    visit->code = rc;
    visit->body = NULL;
    visit->len = 0;
    visit->failed = talloc_strdup(mem, err->msg[0] ? err->msg : sb_code_name(rc));
    return 0;
}

int fetch_visit(struct manners *m, TALLOC_CTX *mem, const char *url, bool any_site,
                struct visit *visit)
{
    struct sb_err err = {0};

    for (int hop = 0; hop <= MAX_HOPS; hop++) {
        char *location = NULL;
        int rc;

        if (m->robots && !robots_allows(m->robots, url_path(url))) {
            *visit = (struct visit){.url = url,
                                    .content_type = "",
                                    .modified = "",
                                    .x_robots = "",
                                    .code = SB_EREFUSED,
                                    .failed = "robots.txt asks us not to read it"};
            return 0;
        }
        rc = attempt(m, mem, url, visit, &location, &err);
        if (rc)
            return give_up(mem, visit, rc, &err);
        if (!location) {
            explain_status(mem, visit);
            return 0;
        }
        if (!any_site && !url_same_site(location, m->site)) {
            visit->url = location;
            visit->is_elsewhere = true;
            visit->failed = "it leads to another site";
            return 0;
        }
        url = location;
    }
    visit->failed = "it is redirected in a circle";
    return 0;
}
