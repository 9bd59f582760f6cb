/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "crawl.h"
#include "links.h"
#include "sitemap.h"
#include "url.h"

enum {
    MAX_ROBOTS = 512 * 1024,
    MAX_SITEMAP = 10 * 1024 * 1024,
    MAX_SITEMAPS = 50,
    MAX_ENTRIES = 20000,
    MAX_DELAY_MS = 10000,
};

/* ---- robots.txt ---- */

/* RFC 9309 section 2.3.1: an answer 4xx means that there are no rules, 5xx or none at
 * all that nothing may be read. */
static int read_robots(struct crawl *c, const char *url, struct sb_err *err)
{
    struct manners *m = &c->manners;
    char *origin = url_origin(c, url);
    struct visit visit;
    int64_t max_bytes = m->max_bytes;
    int rc;

    m->robots = NULL;
    m->max_bytes = MAX_ROBOTS;
    rc = fetch_visit(m, c, talloc_asprintf(c, "%s/robots.txt", origin), true, &visit);
    m->max_bytes = max_bytes;
    if (rc)
        return sb_fail(err, rc, "canceled");
    if (visit.code)
        return sb_fail(err, visit.code, "%s does not answer: %s", origin, visit.failed);
    if (visit.status == 200 && visit.body)
        m->robots = robots_parse(c, visit.body, visit.len, m->user_agent);
    else
        m->robots = robots_all(c, visit.status < 500 && visit.status != 429);
    if (visit.status >= 500 || visit.status == 429)
        return sb_fail(err, SB_EUNAVAILABLE,
                       "%s/robots.txt answers HTTP %d, so nothing may be read now",
                       origin, visit.status);
    if (robots_delay_ms(m->robots) > m->delay_ms)
        m->delay_ms = robots_delay_ms(m->robots) > MAX_DELAY_MS
                          ? MAX_DELAY_MS
                          : robots_delay_ms(m->robots);
    return 0;
}

/* ---- the start page ---- */

static int visit_start(struct crawl *c, const char *url, struct visit *start,
                       struct sb_err *err)
{
    int rc = read_robots(c, url, err);

    if (rc)
        return rc;
    rc = fetch_visit(&c->manners, c, url, true, start);
    if (rc)
        return sb_fail(err, rc, "canceled");
    if (start->code && start->code != SB_EREFUSED)
        return sb_fail(err, start->code, "%s cannot be read: %s", url, start->failed);
    if (start->code && robots_allows(c->manners.robots, url_path(url)))
        return sb_fail(err, start->code, "%s cannot be read: %s", url, start->failed);
    if (start->code)
        return 0; /* forbidden by robots.txt; other pages may be allowed */
    /* Moved to another host: that one's rules hold from here on. */
    return url_same_site(start->url, url) ? 0 : read_robots(c, start->url, err);
}

/* An address typed by a person: "example.com" means https, and http where there is no
 * https. */
static int find_start(struct crawl *c, struct visit *start, struct sb_err *err)
{
    const char *typed = c->request->url;
    bool has_scheme = strstr(typed, "://") != NULL;
    char *url =
        has_scheme ? talloc_strdup(c, typed) : talloc_asprintf(c, "https://%s", typed);
    int rc;

    url = url_resolve(c, NULL, url, strlen(url));
    if (!url)
        return sb_fail(err, SB_EINVAL, "\"%.200s\" is not the address of a website",
                       typed);
    rc = visit_start(c, url, start, err);
    if (!rc || has_scheme || rc == SB_ECANCELED || rc == SB_EREFUSED)
        return rc;
    url = talloc_asprintf(c, "http://%s", url + strlen("https://"));
    return visit_start(c, url, start, err);
}

/* What the site shows for a page that does not exist, so that such pages are known
 * when they come with status 200. */
static int probe_missing(struct crawl *c, struct sb_err *err)
{
    const struct sb_host *host = c->manners.host;
    unsigned char bytes[6];
    struct visit visit;
    char *url;
    int rc;

    host->random(host->self, bytes, sizeof(bytes));
    url = talloc_asprintf(c, "%s/no-such-page-%02x%02x%02x%02x%02x%02x",
                          url_origin(c, c->site), bytes[0], bytes[1], bytes[2],
                          bytes[3], bytes[4], bytes[5]);
    rc = fetch_visit(&c->manners, c, url, false, &visit);
    if (rc)
        return sb_fail(err, rc, "canceled");
    if (visit.status == 200 && visit.body && strcmp(visit.url, url) == 0) {
        struct links *links = links_read(c, url, visit.body, visit.len, 0);

        (void)number_set_count(c->fingerprints, links->fingerprint, 1);
    }
    return 0;
}

int site_open(struct crawl *c, struct visit *start, struct sb_err *err)
{
    int rc;

    c->manners = (struct manners){
        .host = c->local->host,
        .user_agent = c->local->conf->crawl_user_agent,
        .delay_ms = c->request->delay_ms,
        .max_bytes = c->request->max_page_bytes,
        .site = "",
    };
    rc = find_start(c, start, err);
    if (rc)
        return rc;
    c->site = c->manners.site = start->url;
    c->frontier = frontier_new(c, c->site);
    c->fingerprints = number_set_new(c);
    return probe_missing(c, err);
}

/* ---- sitemaps ---- */

struct reading {
    struct crawl *crawl;
    const char *queue[MAX_SITEMAPS];
    size_t count, entries;
    bool truncated;
};

static void enqueue(struct reading *in, const char *url)
{
    for (size_t i = 0; i < in->count; i++)
        if (strcmp(in->queue[i], url) == 0)
            return;
    if (in->count < MAX_SITEMAPS)
        in->queue[in->count++] = url;
    else
        in->truncated = true;
}

/* Counts the entries of other hosts and remembers the first one's name. */
static size_t take_entries(struct reading *in, const struct sitemap *map,
                           const char *url, char **other)
{
    struct crawl *c = in->crawl;
    size_t elsewhere = 0;

    for (size_t i = 0; i < map->count; i++) {
        const struct sitemap_entry *entry = &map->entries[i];
        char *loc = url_resolve(c, url, entry->loc, strlen(entry->loc));

        if (!loc)
            continue;
        if (!url_same_site(loc, c->site)) {
            elsewhere++;
            if (!*other)
                *other = url_host(c, loc);
        } else if (map->is_index) {
            enqueue(in, loc);
        } else if (in->entries < MAX_ENTRIES) {
            in->entries++;
            (void)frontier_add(c->frontier,
                               &(struct target){.url = loc,
                                                .found_on = url,
                                                .modified = entry->modified,
                                                .depth = 1});
        } else {
            in->truncated = true;
        }
    }
    in->truncated = in->truncated || map->truncated;
    return elsewhere;
}

static int read_sitemap(struct reading *in, const char *url, bool is_named, bool *found,
                        struct sb_err *err)
{
    struct crawl *c = in->crawl;
    struct manners *m = &c->manners;
    const struct robots *robots = m->robots;
    int64_t max_bytes = m->max_bytes;
    TALLOC_CTX *tmp = talloc_new(c);
    struct sitemap *map;
    struct visit visit;
    char *other = NULL;
    size_t elsewhere;
    int rc;

    m->robots = NULL; /* a site that names its sitemap wants it read */
    m->max_bytes = MAX_SITEMAP;
    rc = fetch_visit(m, tmp, url, false, &visit);
    m->robots = robots;
    m->max_bytes = max_bytes;
    if (rc) {
        talloc_free(tmp);
        return sb_fail(err, rc, "canceled");
    }
    map = visit.body ? sitemap_parse(tmp, visit.body, visit.len, MAX_ENTRIES) : NULL;
    *found = map != NULL;
    if (map) {
        elsewhere = take_entries(in, map, url, &other);
        if (elsewhere)
            rc = crawl_note(c, url, visit.status,
                            talloc_asprintf(tmp,
                                            "this sitemap names %zu page%s of another "
                                            "host (%s), which were ignored",
                                            elsewhere, elsewhere == 1 ? "" : "s",
                                            other));
    } else if (is_named) {
        rc = crawl_note(c, url, visit.status,
                        visit.failed ? visit.failed : "this is not a sitemap");
    }
    talloc_free(tmp);
    return rc ? sb_fail(err, rc, "the crawl was stopped") : 0;
}

static int read_named(struct reading *in, struct sb_err *err)
{
    struct crawl *c = in->crawl;
    const char *const *named = robots_sitemaps(c->manners.robots);
    char *base = talloc_asprintf(c, "%s/", url_origin(c, c->site));
    int rc = 0;

    for (size_t i = 0; named[i] && !rc; i++) {
        char *url = url_resolve(c, base, named[i], strlen(named[i]));

        if (url && url_same_site(url, c->site))
            enqueue(in, url);
        else if (url)
            rc = crawl_note(c, url, 0,
                            "robots.txt names this sitemap on another host; it was "
                            "ignored");
    }
    return rc ? sb_fail(err, rc, "the crawl was stopped") : 0;
}

/* Nobody named a sitemap: the places where it usually is. */
static int read_usual(struct reading *in, struct sb_err *err)
{
    static const char *const usual[] = {"/sitemap.xml", "/sitemap_index.xml",
                                        "/wp-sitemap.xml", "/sitemap.xml.gz", NULL};
    struct crawl *c = in->crawl;
    bool found = false;
    int rc = 0;

    for (size_t i = 0; usual[i] && !found && !rc; i++)
        rc = read_sitemap(in,
                          talloc_asprintf(c, "%s%s", url_origin(c, c->site), usual[i]),
                          false, &found, err);
    return rc;
}

int site_read_sitemaps(struct crawl *c, struct sb_err *err)
{
    struct reading in = {.crawl = c};
    bool found;
    int rc = read_named(&in, err);

    if (!rc && !in.count)
        rc = read_usual(&in, err);
    for (size_t i = 0; i < in.count && !rc; i++)
        rc = read_sitemap(&in, in.queue[i], true, &found, err);
    if (!rc && in.truncated &&
        crawl_note(c, c->site, 0,
                   "the sitemaps are larger than is read; the rest was left out") != 0)
        rc = sb_fail(err, c->stopped, "the crawl was stopped");
    return rc;
}
