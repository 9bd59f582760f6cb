/* SPDX-License-Identifier: Apache-2.0
 *
 * What the receptionist knows: sources are crawled, extracted, chunked and embedded
 * here, and searched by every turn.
 */
#ifndef SB_KNOW_KNOW_H
#define SB_KNOW_KNOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>
#include <switchboard/turn.h>

struct sb_agent;
struct sb_db;
struct sb_directory;
struct sb_events;
struct sb_jobs;
struct sb_know;

/* One a worker. Registers its job kinds ("crawl", "embed", "resync") with `jobs`,
 * which may be NULL for tools that run the work themselves. */
struct sb_know *sb_know_new(TALLOC_CTX *mem, struct sb_db *db, struct sb_directory *dir,
                            struct sb_events *events, struct sb_jobs *jobs);

/* ---- searching ---- */

struct sb_found {
    struct sb_passage *passages; /* best first */
    size_t count;
    bool answerable; /* the best passed the agent's threshold */
    double best;     /* its fused score, 0..1 */
};

/* [suspends] Hybrid search: the tenant's and the template's FAQs, facts, full text and
 * vectors, fused. `history` is the person's previous message ("" for none), which
 * helps with "and on Sundays?". */
int sb_know_search(struct sb_know *know, TALLOC_CTX *mem, const struct sb_agent *agent,
                   const char *question, const char *history, int k,
                   struct sb_found *found, struct sb_err *err);
/* [suspends] Counts a question that could not be answered; near-equal ones share a
 * row. */
int sb_know_gap(struct sb_know *know, const struct sb_agent *agent,
                const char *question, const char *conversation_id, struct sb_err *err);

/* ---- learning ---- */

enum sb_crawl_state {
    SB_CRAWL_QUEUED,
    SB_CRAWL_RUNNING,
    SB_CRAWL_DONE,
    SB_CRAWL_FAILED
};
struct sb_crawl_status {
    char source_id[37];
    enum sb_crawl_state state;
    int found, read, unchanged, failed, chunks, contradictions;
    char url[512];
    char error[300];
};

/* [suspends] Adds (or re-queues) a website source; returns its id. */
int sb_know_add_site(struct sb_know *know, const struct sb_agent *agent,
                     const char *url, int max_pages, char source_id[37],
                     struct sb_err *err);
/* [suspends] Crawls it here and now, in this task; `progress` (may be NULL) is called
 * at each change. The job kind "crawl" does the same. */
int sb_know_crawl(struct sb_know *know, const struct sb_agent *agent,
                  const char *source_id,
                  void (*progress)(void *arg, const struct sb_crawl_status *status),
                  void *arg, struct sb_err *err);
/* [suspends] */
int sb_know_status(struct sb_know *know, const struct sb_agent *agent,
                   const char *source_id, struct sb_crawl_status *status,
                   struct sb_err *err);
/* [suspends] Makes the FAQs and facts of tenant file and template searchable (chunks
 * with embeddings); touches only what changed. */
int sb_know_sync_faqs(struct sb_know *know, const struct sb_agent *agent,
                      struct sb_err *err);
/* [suspends] What the site says about the business (from JSON-LD, microdata and pages)
 * as JSON on `mem`, in the form of a tenant's business section: {"name", "phone",
 * "email", "address": strings, "hours": {"mon": "07:00-12:00,13:00-19:00", "sun":
 * "closed"}, "holidays": [{"date", "name", "hours"}], "service_area": [strings]}; what
 * is unknown is left out. */
int sb_know_facts(struct sb_know *know, TALLOC_CTX *mem, const struct sb_agent *agent,
                  char **json_r, struct sb_err *err);

#endif
