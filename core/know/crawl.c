/* SPDX-License-Identifier: Apache-2.0
 *
 * Crawling a source. First all pages are fetched and read, because what repeats on
 * most of them can only be told then; after that each page is stored in a transaction
 * of its own, unchanged ones not at all. A run that breaks off is begun again and goes
 * quickly over what is stored already.
 */
#define _GNU_SOURCE /* strptime */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "base/array.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "know/crawl_impl.h"
#include "store/events.h"
#include "store/jobs.h"

#define NOTE_EVERY_MS 500
#define MAX_PAGE_BYTES (4 << 20)
#define MAX_TOTAL_BYTES ((int64_t)512 << 20)
#define MAX_TEXT_BYTES ((size_t)96 << 20) /* of all extracts in memory */
#define OFFLOAD_BYTES 200000              /* markup read on a thread beyond it */
#define DELAY_MS 100
#define PARALLEL 4
#define MAX_REASON 300

static enum sb_crawl_state state_of(const char *word)
{
    if (strcmp(word, "running") == 0)
        return SB_CRAWL_RUNNING;
    if (strcmp(word, "done") == 0)
        return SB_CRAWL_DONE;
    return strcmp(word, "failed") == 0 ? SB_CRAWL_FAILED : SB_CRAWL_QUEUED;
}

static void to_status(const struct sb_kn_source *source, struct sb_crawl_status *status)
{
    memset(status, 0, sizeof(*status));
    memcpy(status->source_id, source->id, sizeof(status->source_id));
    status->state = state_of(source->state);
    status->found = source->found;
    status->read = source->read;
    status->unchanged = source->unchanged;
    status->failed = source->failed;
    status->chunks = source->chunks;
    status->contradictions = source->contradictions;
    snprintf(status->url, sizeof(status->url), "%s", source->url);
    snprintf(status->error, sizeof(status->error), "%s", source->error);
}

/* ---- progress ---- */

static void announce(struct crawl *c)
{
    char topic[64];
    struct sb_buf json;

    if (!c->know->events)
        return;
    snprintf(topic, sizeof(topic), "source:%s", c->source.id);
    sb_buf_init(&json, NULL);
    sb_buf_printf(&json,
                  "{\"state\":\"%s\",\"found\":%d,\"read\":%d,\"unchanged\":%d,"
                  "\"failed\":%d,\"chunks\":%d,\"contradictions\":%d}",
                  c->source.state, c->source.found, c->source.read, c->source.unchanged,
                  c->source.failed, c->source.chunks, c->source.contradictions);
    sb_events_publish(c->know->events, topic, json.data);
    talloc_free(json.data);
}

/* Into the row at most twice a second, unless it is the end of something. */
int sb_crawl_note(struct crawl *c, bool now)
{
    struct sb_crawl_status status;
    int64_t ms = sb_clock_mono_ms();
    int rc;

    if (c->progress) {
        to_status(&c->source, &status);
        c->progress(c->arg, &status);
    }
    if (!now && ms - c->noted_ms < NOTE_EVERY_MS)
        return 0;
    c->noted_ms = ms;
    rc = sb_kn_source_note(c->know->db, c->owner, &c->source, c->err);
    if (!rc)
        announce(c);
    return rc;
}

/* ---- reading ---- */

struct extracting {
    TALLOC_CTX *mem;
    const struct sb_crawl_page *page;
    const char *type;
    const void *body;
    size_t len;
    struct sb_extract *out;
    int rc;
    struct sb_err err;
};

static void run_extract(void *arg)
{
    struct extracting *e = arg;

    e->rc = sb_extract(e->mem, e->page->url, e->type, e->body, e->len, NULL, &e->out,
                       &e->err);
}

/* On a context of its own: a thread of the pool may be the one that fills it. */
static struct sb_extract *extract(struct crawl *c, const struct sb_crawl_page *page,
                                  struct sb_err *err)
{
    struct extracting e = {.mem = talloc_new(NULL),
                           .page = page,
                           .type = page->content_type,
                           .body = page->body,
                           .len = page->body_len};

    if (page->markdown) {
        e.type = "text/markdown";
        e.body = page->markdown;
        e.len = strlen(page->markdown);
    }
    if (e.len < OFFLOAD_BYTES) {
        run_extract(&e);
    } else {
        int rc = sb_offload(run_extract, &e);

        if (rc)
            e.rc = sb_fail(&e.err, rc, "reading a page was interrupted");
    }
    if (e.rc) {
        sb_fail(err, e.rc, "%s", e.err.msg);
        talloc_free(e.mem);
        return NULL;
    }
    talloc_steal(c->mem, e.mem);
    return e.out;
}

/* What a page said before is only forgotten when the crawl has gone well: a site that
 * answers 404 to everything is broken, not empty. */
int sb_crawl_skip(struct crawl *c, const char *url, int status, const char *state,
                  const char *reason, bool gone)
{
    const struct sb_kn_page row = {
        .source_id = c->source.id,
        .url = talloc_strdup(c->mem, url),
        .title = "",
        .status = status,
        .state = state,
        .reason = sb_utf8_clean(c->mem, reason, strlen(reason), MAX_REASON),
        .run = c->source.run};

    if (gone) {
        if (c->gone_count % 64 == 0)
            c->gone = talloc_realloc(c->mem, c->gone, struct sb_kn_page,
                                     sb_array_count(c->gone_count + 64));
        c->gone[c->gone_count++] = row;
    }
    return sb_kn_page_fail(c->know->db, c->owner, &row, false, c->err);
}

/* Why a page that was fetched is not to be known, or NULL. */
static const char *unwanted(const struct sb_extract *extract)
{
    if (extract->soft_404)
        return "it says that there is no such page";
    if (extract->noindex)
        return "it asks not to be indexed";
    if (extract->block_count == 0 && extract->fact_count == 0)
        return "it has no text";
    return NULL;
}

/* "2026-05-20" of an ISO date and time, or of what HTTP sends as Last-Modified
 * ("Wed, 20 May 2026 09:00:00 GMT"); "" of anything else. */
static const char *iso_date(TALLOC_CTX *mem, const char *from)
{
    struct tm date = {0};
    char out[16];

    if (!from || (!strptime(from, "%Y-%m-%d", &date) &&
                  !strptime(from, "%a, %d %b %Y %H:%M:%S", &date)))
        return "";
    if (strftime(out, sizeof(out), "%Y-%m-%d", &date) == 0)
        return "";
    return talloc_strdup(mem, out);
}

static void keep_page(struct crawl *c, const struct sb_crawl_page *page,
                      struct sb_extract *extract)
{
    struct got *got;

    if (c->count == c->room) {
        c->room = c->room ? c->room * 2 : 64;
        c->pages =
            talloc_realloc(c->mem, c->pages, struct got, sb_array_count(c->room));
    }
    got = &c->pages[c->count++];
    *got = (struct got){.extract = extract,
                        .url = talloc_strdup(c->mem, page->url),
                        .dated = iso_date(c->mem, *extract->modified ? extract->modified
                                                                     : page->modified),
                        .status = page->status};
    c->text_bytes += extract->text_bytes;
    sb_repeats_add(c->repeats, extract);
    c->source.read++;
}

static int on_found(void *arg, int total)
{
    struct crawl *c = arg;

    c->source.found = total;
    return sb_crawl_note(c, false);
}

static int fail_page(struct crawl *c, const struct sb_crawl_page *page,
                     const char *reason)
{
    bool gone = page->status == 404 || page->status == 410;
    int rc = sb_crawl_skip(c, page->url, page->status, "failed", reason, gone);

    c->source.failed++;
    return rc ? rc : sb_crawl_note(c, false);
}

static int on_page(void *arg, const struct sb_crawl_page *page)
{
    struct crawl *c = arg;
    struct sb_extract *out;
    struct sb_err why = {0};
    const char *reason;
    int rc;

    if (page->failed || (!page->body && !page->markdown))
        return fail_page(c, page, page->failed ? page->failed : "it has no body");
    if (c->text_bytes > MAX_TEXT_BYTES)
        return fail_page(c, page, "the site has more text than can be read at once");
    out = extract(c, page, &why);
    if (why.code == SB_ECANCELED || why.code == SB_ETIMEDOUT)
        return sb_fail(c->err, why.code, "%s", why.msg);
    if (!out)
        return fail_page(c, page, why.msg);
    reason = unwanted(out);
    if (reason) {
        rc = sb_crawl_skip(c, page->url, page->status, "skipped", reason, true);
        return rc ? rc : sb_crawl_note(c, false);
    }
    keep_page(c, page, out);
    return sb_crawl_note(c, false);
}

/* ---- the way through ---- */

static int fetch_all(struct crawl *c)
{
    const char *const *known = NULL;
    struct sb_crawl_request request = {.size = sizeof(request),
                                       .url = c->source.url,
                                       .max_pages = c->source.max_pages,
                                       .max_page_bytes = MAX_PAGE_BYTES,
                                       .max_total_bytes = MAX_TOTAL_BYTES,
                                       .delay_ms = DELAY_MS,
                                       .parallel = PARALLEL};
    struct sb_crawl_sink sink = {
        .size = sizeof(sink), .arg = c, .found = on_found, .page = on_page};
    struct sb_chain_trace trace = {0};
    int rc =
        sb_kn_source_urls(c->know->db, c->mem, c->owner, c->source.id, &known, c->err);

    if (rc)
        return rc;
    request.known = known;
    return sb_chain_crawl(c->agent->crawl, &request, &sink, &trace, c->err);
}

/* A crawl that read nothing leaves what was known, and says why. */
static int run_crawl(struct crawl *c)
{
    int rc = fetch_all(c);

    if (!rc && c->count == 0)
        rc = sb_fail(c->err, SB_EUNAVAILABLE,
                     c->source.failed ? "none of the site's pages could be read"
                                      : "the site has no page that can be read");
    return rc ? rc : sb_crawl_store(c);
}

/* The row has to say how it ended also when the task was cancelled. */
static int finish(struct crawl *c, int rc)
{
    struct sb_err why = {0}, *err = c->err;
    int noted;

    if (rc == SB_ECANCELED)
        return rc; /* a drain: the row stays as it is and the job is taken again */
    c->source.state = rc ? "failed" : "done";
    c->source.error = rc && err ? err->msg : "";
    c->err = &why;
    sb_task_shield_push();
    noted = sb_crawl_note(c, true);
    if (!noted &&
        !sb_kn_source_get(c->know->db, c->mem, c->owner, c->source.id, &c->source,
                          &why) &&
        c->progress) {
        struct sb_crawl_status status;

        to_status(&c->source, &status);
        c->progress(c->arg, &status);
    }
    sb_task_shield_pop();
    return !rc && noted ? sb_fail(err, noted, "%s", why.msg) : rc;
}

int sb_know_crawl(struct sb_know *know, const struct sb_agent *agent,
                  const char *source_id,
                  void (*progress)(void *arg, const struct sb_crawl_status *status),
                  void *arg, struct sb_err *err)
{
    struct sb_err local = {0};
    struct crawl c = {.know = know,
                      .agent = agent,
                      .owner = sb_know_owner(agent),
                      .mem = talloc_new(NULL),
                      .progress = progress,
                      .arg = arg,
                      .err = err ? err : &local};
    int rc = sb_kn_source_get(know->db, c.mem, c.owner, source_id, &c.source, c.err);

    if (!rc)
        rc = sb_kn_source_begin(know->db, c.owner, source_id, &c.source.run, c.err);
    if (!rc) {
        c.source.state = "running";
        c.source.error = "";
        c.source.found = c.source.read = c.source.unchanged = c.source.failed = 0;
        c.repeats = sb_repeats_new(c.mem);
        rc = finish(&c, run_crawl(&c));
    }
    talloc_free(c.mem);
    return rc;
}

int sb_know_add_site(struct sb_know *know, const struct sb_agent *agent,
                     const char *url, int max_pages, char source_id[37],
                     struct sb_err *err)
{
    int rc = sb_kn_source_add(know->db, sb_know_owner(agent), url,
                              max_pages > 0 ? max_pages : 500, know->jobs != NULL,
                              source_id, err);

    if (!rc && know->jobs)
        sb_jobs_wake(know->jobs);
    return rc;
}

int sb_know_status(struct sb_know *know, const struct sb_agent *agent,
                   const char *source_id, struct sb_crawl_status *status,
                   struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_kn_source source;
    int rc =
        sb_kn_source_get(know->db, mem, sb_know_owner(agent), source_id, &source, err);

    if (!rc)
        to_status(&source, status);
    talloc_free(mem);
    return rc;
}
