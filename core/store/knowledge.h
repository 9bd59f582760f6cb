/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of what a receptionist knows: sources, pages, chunks, FAQs, facts,
 * contradictions and gaps. Everything suspends, runs in a transaction of its
 * organisation, and raises the index's generation where it changes what is searched.
 */
#ifndef SB_STORE_KNOWLEDGE_H
#define SB_STORE_KNOWLEDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_db;

/* Whose rows: both are UUIDs. */
struct sb_kn_owner {
    const char *org, *agent;
};

/* ---- sources ---- */

struct sb_kn_source {
    char id[37];
    const char *url, *state, *error;
    int max_pages, found, read, unchanged, failed, chunks, contradictions;
    int64_t run;
    bool busy; /* somebody has told of its progress in the last two minutes */
};

/* Adds or re-queues; the id of the row that is there goes to `id_r`. With `queue`, a
 * job of the kind "crawl" is added in the same transaction. */
int sb_kn_source_add(struct sb_db *db, struct sb_kn_owner owner, const char *url,
                     int max_pages, bool queue, char id_r[37], struct sb_err *err);
/* SB_ENOTFOUND. Strings on `mem`. */
int sb_kn_source_get(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                     const char *id, struct sb_kn_source *source, struct sb_err *err);
/* Sets it running with zeroed counts; returns the number of this crawl. */
int sb_kn_source_begin(struct sb_db *db, struct sb_kn_owner owner, const char *id,
                       int64_t *run_r, struct sb_err *err);
/* Writes state, counts and error. */
int sb_kn_source_note(struct sb_db *db, struct sb_kn_owner owner,
                      const struct sb_kn_source *source, struct sb_err *err);
/* Ids of the agent's sources, NULL-terminated, on `mem`. */
int sb_kn_source_ids(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                     const char *const **ids_r, struct sb_err *err);
/* URLs of its pages that were read before, NULL-terminated, on `mem`. */
int sb_kn_source_urls(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                      const char *id, const char *const **urls_r, struct sb_err *err);

/* ---- pages ---- */

struct sb_kn_page {
    const char *source_id, *url, *title;
    int status;
    const char *state, *reason; /* "read" | "failed" | "skipped" */
    uint64_t content_hash;
    const uint8_t *chunk_hash; /* 32 bytes, NULL unless read */
    const char *dated;         /* ISO date from the page or server, "": the day it was
                                * first seen like this */
    int64_t run;
};

struct sb_kn_chunk {
    int kind; /* enum sb_passage_kind */
    bool asked;
    int ordinal;
    const char *key, *title, *heading, *url, *text, *also, *dated, *conflict;
    unsigned holds;
    const uint8_t *hash; /* 32 bytes */
    const void *terms;
    size_t terms_len;
    int terms_version;
};

struct sb_kn_fact {
    int64_t id, page_id;
    const char *kind, *subject, *value, *text, *heading;
    int origin;
    const char *url, *title, *dated; /* of the page; not read when putting */
};

/* Notes a page that could not be read or was skipped. What it said before stays, except
 * when `gone`. */
int sb_kn_page_fail(struct sb_db *db, struct sb_kn_owner owner,
                    const struct sb_kn_page *page, bool gone, struct sb_err *err);
/* Stores a page with its chunks and facts; chunks with the same hash keep their row and
 * their vector. `*changed_r` is false, and nothing but the visit noted, when it is as
 * it was. */
int sb_kn_page_put(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                   const struct sb_kn_page *page, const struct sb_kn_chunk *chunks,
                   size_t chunk_count, const struct sb_kn_fact *facts,
                   size_t fact_count, bool *changed_r, struct sb_err *err);
/* Removes pages of the source that the crawl `run` did not see. */
int sb_kn_pages_prune(struct sb_db *db, struct sb_kn_owner owner, const char *source_id,
                      int64_t run, int *removed_r, struct sb_err *err);

/* ---- facts ---- */

struct sb_kn_contradiction {
    const char *kind, *subject;
    int64_t page_id, other_page;
    const char *said, *value, *other_said, *other_value, *why;
    const char *title, *url, *other_title, *other_url; /* filled when listed */
};

int sb_kn_facts(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                struct sb_kn_fact **facts_r, size_t *count_r, struct sb_err *err);
/* Makes the agent's contradictions these. */
int sb_kn_contradictions_put(struct sb_db *db, struct sb_kn_owner owner,
                             const struct sb_kn_contradiction *list, size_t count,
                             struct sb_err *err);
int sb_kn_contradictions(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                         struct sb_kn_contradiction **list_r, size_t *count_r,
                         struct sb_err *err);

/* ---- chunks that belong to no page ---- */

struct sb_kn_faq {
    const char *origin, *key, *question, *answer, *also;
};

/* Makes the agent's FAQs these, each with its chunk; equal ones are not touched. */
int sb_kn_faqs_put(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                   const struct sb_kn_faq *faqs, const struct sb_kn_chunk *chunks,
                   size_t count, bool *changed_r, struct sb_err *err);
/* Makes the fact chunks whose keys begin with `prefix` these. */
int sb_kn_fact_chunks_put(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                          const char *prefix, const struct sb_kn_chunk *chunks,
                          size_t count, bool *changed_r, struct sb_err *err);

/* ---- vectors ---- */

struct sb_kn_text {
    int64_t id;
    const char *heading, *text; /* heading: title, heading and other ways to ask */
    uint8_t hash[32];
};

/* Chunks without a vector of `space`, their ids above `after`, at most `limit`. */
int sb_kn_unembedded(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                     const char *space, int64_t after, int limit,
                     struct sb_kn_text **texts_r, size_t *count_r, struct sb_err *err);
/* Stores vectors (count * dims floats) of those texts that have not changed since. */
int sb_kn_vectors_put(struct sb_db *db, struct sb_kn_owner owner, const char *space,
                      const struct sb_kn_text *texts, size_t count,
                      const float *vectors, int dims, struct sb_err *err);
/* All chunks have vectors of `space` now. */
int sb_kn_space_put(struct sb_db *db, struct sb_kn_owner owner, const char *space,
                    struct sb_err *err);

/* ---- searching ---- */

struct sb_kn_index {
    int64_t generation; /* 0 when the agent has none */
    char space[96];
};
int sb_kn_index_get(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                    struct sb_kn_index *index, struct sb_err *err);
/* Hands on the packed words of every chunk, or its texts where they were packed by
 * another version (then `terms` is NULL). */
int sb_kn_load_terms(struct sb_db *db, struct sb_kn_owner owner, int terms_version,
                     void (*fn)(void *arg, int64_t id, const void *terms, size_t len,
                                const char *head, const char *body),
                     void *arg, struct sb_err *err);
/* Hands on every vector of `space` that has `dims` floats; stops on non-zero. */
int sb_kn_load_vectors(struct sb_db *db, struct sb_kn_owner owner, const char *space,
                       int dims, int (*fn)(void *arg, int64_t id, const float *vector),
                       void *arg, struct sb_err *err);

struct sb_kn_passage {
    int64_t id, page_id;
    int kind;
    bool asked;
    unsigned holds;
    const char *title, *heading, *url, *text, *also, *dated, *conflict;
};
/* The passages with these ids, in no order, and the contradictions that their pages
 * have part in, in one round trip; on `mem`. */
int sb_kn_passages(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                   const int64_t *ids, size_t count, struct sb_kn_passage **passages_r,
                   size_t *count_r, struct sb_kn_contradiction **conflicts_r,
                   size_t *conflict_count_r, struct sb_err *err);

/* ---- gaps ---- */

struct sb_kn_gap {
    int64_t id;
    const char *question, *key;
    int count;
    const float *vector; /* or NULL */
    size_t dims;
};
/* The latest open gaps, with vectors of `space`. */
int sb_kn_gaps(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
               const char *space, int limit, struct sb_kn_gap **gaps_r, size_t *count_r,
               struct sb_err *err);
/* Counts one more time: at row `id`, or (id 0) at the row with this key, which is made
 * when there is none. */
int sb_kn_gap_count(struct sb_db *db, struct sb_kn_owner owner, int64_t id,
                    const struct sb_kn_gap *gap, const char *space,
                    const char *conversation, struct sb_err *err);

#endif
