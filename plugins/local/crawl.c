/* SPDX-License-Identifier: Apache-2.0
 *
 * The `crawl` role: robots.txt, then sitemaps, then links, the most promising pages
 * first. Pages are fetched in rounds of `parallel` requests whose beginnings are
 * `delay_ms` apart, and handed on one after the other, so the order of a crawl is the
 * same each time.
 */
#include "crawl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "links.h"
#include "url.h"

enum {
    MAX_PARALLEL = 8,
    MAX_LINKS = 2000, /* of one page */
    MAX_SILENT = 8,   /* visits without an answer before we give up */
    TRIES_A_PAGE = 3, /* how many visits for one page handed on, at most */
    FEW_WORDS = 20,   /* texts shorter than this may be equal by chance */
};

/* One visit of a round. */
struct job {
    const struct target *target;
    TALLOC_CTX *mem;
    struct visit visit;
};

struct round {
    struct crawl *crawl;
    struct job jobs[MAX_PARALLEL];
    size_t count;
};

/* ---- handing on ---- */

static int hand_on(struct crawl *c, const struct sb_crawl_page *page)
{
    int rc = c->sink->page(c->sink->arg, page);

    if (rc)
        c->stopped = rc;
    return rc;
}

static int say_found(struct crawl *c)
{
    if (!c->sink->found)
        return 0;
    c->stopped = c->sink->found(c->sink->arg, (int)frontier_total(c->frontier));
    return c->stopped;
}

int crawl_note(struct crawl *c, const char *url, int status, const char *sentence)
{
    return hand_on(c, &(struct sb_crawl_page){.url = url,
                                              .found_on = "",
                                              .status = status,
                                              .content_type = "",
                                              .modified = "",
                                              .failed = sentence});
}

static int report(struct crawl *c, const struct job *job, const char *failed)
{
    const struct visit *visit = &job->visit;

    if (job->target->is_guessed)
        return 0; /* nobody linked to it */
    return hand_on(c, &(struct sb_crawl_page){.url = job->target->url,
                                              .found_on = job->target->found_on,
                                              .status = visit->status,
                                              .content_type = visit->content_type,
                                              .modified = "",
                                              .failed = failed});
}

/* A page that is left out for a reason that only matters if we had it before. */
static int leave_out(struct crawl *c, const struct job *job, const char *why)
{
    return job->target->is_known ? report(c, job, why) : 0;
}

static int deliver(struct crawl *c, const struct job *job)
{
    const struct visit *visit = &job->visit;

    c->handed++;
    return hand_on(c, &(struct sb_crawl_page){
                          .url = visit->url,
                          .found_on = job->target->found_on,
                          .status = visit->status,
                          .content_type = visit->content_type,
                          .modified = *job->target->modified ? job->target->modified
                                                             : visit->modified,
                          .body = visit->body ? visit->body : "",
                          .body_len = visit->len,
                      });
}

/* ---- what a page leads to ---- */

static void add_links(struct crawl *c, const struct job *job, const struct links *links)
{
    for (size_t i = 0; i < links->count; i++)
        (void)frontier_add(c->frontier,
                           &(struct target){.url = links->found[i].url,
                                            .found_on = job->visit.url,
                                            .modified = "",
                                            .depth = job->target->depth + 1,
                                            .is_guessed = links->found[i].guessed});
}

static void add_one(struct crawl *c, const struct job *job, const char *url)
{
    (void)frontier_add(c->frontier, &(struct target){.url = url,
                                                     .found_on = job->visit.url,
                                                     .modified = "",
                                                     .depth = job->target->depth});
}

static bool same_key(TALLOC_CTX *mem, const char *a, const char *b)
{
    return strcmp(url_key(mem, a), url_key(mem, b)) == 0;
}

/* Does the canonical link say that this is another dress of a page? Believed when only
 * the query differs; sites that call every page "/" are common. */
static bool is_variant(const struct job *job, const char *canonical)
{
    char *key, *other;

    if (!canonical || same_key(job->mem, canonical, job->visit.url))
        return false;
    key = url_key(job->mem, job->visit.url);
    other = url_key(job->mem, canonical);
    key[strcspn(key, "?")] = '\0';
    other[strcspn(other, "?")] = '\0';
    return strcmp(key, other) == 0;
}

static int take_html(struct crawl *c, struct job *job)
{
    struct visit *visit = &job->visit;
    struct links *links =
        links_read(job->mem, visit->url, visit->body, visit->len, MAX_LINKS);

    links_take_robots(links, visit->x_robots);
    if (!links->nofollow)
        add_links(c, job, links);
    if (links->canonical && url_same_site(links->canonical, c->site))
        add_one(c, job, links->canonical);
    if (links->refresh) {
        add_one(c, job, links->refresh);
        if (links->words < FEW_WORDS)
            return leave_out(c, job, "it only leads on to another page");
    }
    if (links->noindex)
        return report(c, job, "the page asks not to be indexed");
    if (is_variant(job, links->canonical))
        return leave_out(c, job, "it is another form of a page that is read anyway");
    if (links->words > FEW_WORDS &&
        number_set_count(c->fingerprints, links->fingerprint, 1) > 1)
        return leave_out(c, job, "its text is the same as that of another page");
    return deliver(c, job);
}

static bool is_html(const struct visit *visit)
{
    return strncasecmp(visit->content_type, "text/plain", 10) != 0;
}

/* One finished visit: page, failure, or nothing worth a word. */
static int settle(struct crawl *c, struct job *job)
{
    struct visit *visit = &job->visit;
    bool moved = !same_key(job->mem, visit->url, job->target->url);

    c->tried++;
    c->bytes += (int64_t)visit->len;
    c->silent = visit->code && visit->code != SB_EREFUSED ? c->silent + 1 : 0;
    if (visit->is_elsewhere)
        return leave_out(c, job, visit->failed);
    if (visit->failed)
        return report(c, job, visit->failed);
    if (moved && !frontier_mark(c->frontier, visit->url))
        return leave_out(c, job, "it is redirected to a page that is read anyway");
    if (!fetch_is_text(visit))
        return leave_out(c, job, "it is no page of text");
    return is_html(visit) ? take_html(c, job) : deliver(c, job);
}

/* ---- rounds ---- */

static int run_job(void *arg, size_t index)
{
    struct round *round = arg;
    struct job *job = &round->jobs[index];

    return fetch_visit(&round->crawl->manners, job->mem, job->target->url, false,
                       &job->visit);
}

static void fill_round(struct round *round)
{
    struct crawl *c = round->crawl;
    int parallel = c->request->parallel;
    int room = c->request->max_pages - c->handed;

    parallel = parallel < 1 ? 1 : parallel > MAX_PARALLEL ? MAX_PARALLEL : parallel;
    if (parallel > room)
        parallel = room;
    for (round->count = 0; (int)round->count < parallel; round->count++) {
        struct job *job = &round->jobs[round->count];

        job->target = frontier_next(c->frontier);
        if (!job->target)
            return;
        job->mem = talloc_new(c);
    }
}

static int settle_round(struct round *round)
{
    int rc = 0;

    for (size_t i = 0; i < round->count; i++) {
        if (!rc)
            rc = settle(round->crawl, &round->jobs[i]);
        talloc_free(round->jobs[i].mem);
    }
    return rc;
}

static bool may_go_on(const struct crawl *c)
{
    const struct sb_crawl_request *request = c->request;

    return !c->stopped && c->handed < request->max_pages &&
           c->bytes < request->max_total_bytes && c->silent < MAX_SILENT &&
           c->tried < request->max_pages * TRIES_A_PAGE + MAX_PARALLEL;
}

static int run_rounds(struct crawl *c, struct sb_err *err)
{
    struct round *round = talloc_zero(c, struct round);
    const struct sb_host *host = c->local->host;

    round->crawl = c;
    while (may_go_on(c)) {
        int rc;

        fill_round(round);
        if (!round->count)
            return 0;
        rc = host->each(host->self, run_job, round, round->count, (int)round->count);
        if (rc)
            return sb_fail(err, rc, "the crawl was interrupted");
        rc = settle_round(round);
        if (!rc)
            rc = say_found(c);
        if (rc)
            return sb_fail(err, rc, "the crawl was stopped");
    }
    if (c->silent >= MAX_SILENT)
        return sb_fail(err, SB_EUNAVAILABLE, "the site has stopped answering");
    return 0;
}

/* ---- the role ---- */

/* The start page has been visited already: it takes its place as the first page. */
static int settle_start(struct crawl *c, struct visit *start)
{
    struct target *target = talloc_zero(c, struct target);
    struct job job = {.target = target, .mem = talloc_new(c), .visit = *start};
    int rc;

    target->url = start->url;
    target->found_on = target->modified = "";
    rc = settle(c, &job);
    talloc_free(job.mem);
    return rc;
}

static void add_known(struct crawl *c)
{
    const char *const *known = c->request->known;

    for (size_t i = 0; known && known[i]; i++) {
        char *url = url_resolve(c, NULL, known[i], strlen(known[i]));

        if (url)
            (void)frontier_add(c->frontier, &(struct target){.url = url,
                                                             .found_on = "",
                                                             .modified = "",
                                                             .depth = 1,
                                                             .is_known = true});
    }
}

static int check_request(const struct sb_crawl_request *request, struct sb_err *err)
{
    if (!request->url || !*request->url)
        return sb_fail(err, SB_EINVAL, "a crawl needs the address of a website");
    if (request->max_pages < 1 || request->max_page_bytes < 1 ||
        request->max_total_bytes < 1)
        return sb_fail(err, SB_EINVAL, "a crawl needs limits of pages and bytes");
    return 0;
}

static int crawl_site(struct crawl *c, struct sb_err *err)
{
    struct visit start;
    int rc = site_open(c, &start, err);

    if (rc)
        return rc;
    (void)frontier_mark(c->frontier, start.url);
    add_known(c);
    rc = site_read_sitemaps(c, err);
    if (!rc && settle_start(c, &start) != 0)
        rc = sb_fail(err, c->stopped, "the crawl was stopped");
    if (!rc && say_found(c) != 0)
        rc = sb_fail(err, c->stopped, "the crawl was stopped");
    return rc ? rc : run_rounds(c, err);
}

static int crawl(void *state, const struct sb_crawl_request *request,
                 const struct sb_crawl_sink *sink, struct sb_err *err)
{
    struct crawl *c;
    int rc = check_request(request, err);

    if (rc)
        return rc;
    c = talloc_zero(NULL, struct crawl);
    c->local = state;
    c->request = request;
    c->sink = sink;
    rc = crawl_site(c, err);
    talloc_free(c);
    return rc;
}

const struct sb_crawl_ops local_crawl_ops = {.size = sizeof(local_crawl_ops),
                                             .crawl = crawl};
