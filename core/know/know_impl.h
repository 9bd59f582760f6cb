/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of know.h share.
 */
#ifndef SB_KNOW_KNOW_IMPL_H
#define SB_KNOW_KNOW_IMPL_H

#include "base/task.h"
#include "host/agent.h"
#include "know/index.h"
#include "know/know.h"
#include "know/lexicon.h"
#include "know/words.h"
#include "store/knowledge.h"

/* What is kept in memory of one agent: its words, as of one generation. */
struct sb_know_memory {
    struct sb_know_memory *next;
    char agent[37];
    int64_t version; /* of the agent, for the template's synonyms */
    struct sb_lexicon *lexicon;
    int64_t generation; /* of `index`; 0 for none */
    struct sb_index *index;
    struct sb_lock lock; /* one loads, the others wait */
    int users;
    uint64_t used;
};

struct sb_know {
    struct sb_db *db;
    struct sb_directory *dir;
    struct sb_events *events;
    struct sb_jobs *jobs;
    struct sb_words *words;
    struct sb_lexicon *lexicon;
    struct sb_know_memory *memories;
    uint64_t clock;
};

static inline struct sb_kn_owner sb_know_owner(const struct sb_agent *agent)
{
    return (struct sb_kn_owner){agent->business->org, agent->id};
}

/* [suspends] The memory of an agent as of `generation`, loaded if need be. Give it back
 * with sb_know_release(). Its index may be replaced at every suspension. */
int sb_know_remember(struct sb_know *know, const struct sb_agent *agent,
                     int64_t generation, struct sb_know_memory **memory_r,
                     struct sb_err *err);
void sb_know_release(struct sb_know *know, struct sb_know_memory *memory);

/* Fills hash, terms and what the text holds of a chunk whose words are set. */
void sb_know_chunk_seal(struct sb_know *know, TALLOC_CTX *mem,
                        struct sb_kn_chunk *chunk);
/* [suspends] Gives every chunk that has none a vector of the space that the agent's
 * chain offers first. */
int sb_know_embed_missing(struct sb_know *know, const struct sb_agent *agent,
                          struct sb_err *err);
/* [suspends] Makes fact chunks of what all pages state, and lists what disagrees.
 * `*contradictions_r` (may be NULL) gets their number. */
int sb_know_settle(struct sb_know *know, const struct sb_agent *agent,
                   int *contradictions_r, struct sb_err *err);
/* Other words under which a kind of fact is asked for; "" for an unknown one. */
const char *sb_know_fact_words(const char *kind);
/* How much a page is about a kind of fact, by its address, title and heading: above 0
 * when it is, below when it is a passing report (news, a post). */
int sb_know_specificity(const char *kind, const char *url, const char *title,
                        const char *heading);
bool sb_know_is_passing(const char *url);
/* The latest year that address, title or heading name, or 0. */
int sb_know_year_named(const char *url, const char *title, const char *heading);
/* Gives facts the subject that their page or sentence implies; returns on how many
 * pages they stand. */
size_t sb_know_prepare_facts(TALLOC_CTX *mem, struct sb_kn_fact *facts, size_t count);
/* Finds prices of one thing that differ between two pages; writes at most `max`. */
size_t sb_know_price_quarrels(struct sb_words *words, TALLOC_CTX *mem,
                              struct sb_kn_fact *facts, size_t count,
                              struct sb_kn_contradiction *out, size_t max);
/* Registers the job kinds. */
void sb_know_register(struct sb_know *know);

#endif
