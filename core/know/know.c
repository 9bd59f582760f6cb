/* SPDX-License-Identifier: Apache-2.0
 *
 * One a worker: the words and synonyms, and the memories of agents. A memory is loaded
 * when a question needs it and reloaded when the index's generation has risen; the
 * least recently used go when all together are too large.
 */
#include "know/know_impl.h"

#include <string.h>
#include "base/buf.h"
#include "base/crypto.h"
#include "know/facts.h"
#include "store/knowledge.h"

#define MEMORY_LIMIT ((size_t)128 << 20)
#define BREATH 256 /* chunks between two breaths of the loop */

static int destroy_know(struct sb_know *know)
{
    while (know->memories) {
        struct sb_know_memory *memory = know->memories;

        know->memories = memory->next;
        talloc_free(memory);
    }
    return 0;
}

struct sb_know *sb_know_new(TALLOC_CTX *mem, struct sb_db *db, struct sb_directory *dir,
                            struct sb_events *events, struct sb_jobs *jobs)
{
    struct sb_know *know = talloc_zero(mem, struct sb_know);

    know->db = db;
    know->dir = dir;
    know->events = events;
    know->jobs = jobs;
    know->words = sb_words_new(know);
    know->lexicon = sb_lexicon_new(know, know->words);
    talloc_set_destructor(know, destroy_know);
    if (jobs)
        sb_know_register(know);
    return know;
}

static size_t memory_size(const struct sb_know_memory *memory)
{
    return memory->index ? sb_index_bytes(memory->index) : 0;
}

static void trim(struct sb_know *know)
{
    for (;;) {
        struct sb_know_memory **oldest = NULL;
        size_t total = 0;

        for (struct sb_know_memory **at = &know->memories; *at; at = &(*at)->next) {
            total += memory_size(*at);
            if ((*at)->users == 0 && (!oldest || (*at)->used < (*oldest)->used))
                oldest = at;
        }
        if (total <= MEMORY_LIMIT || !oldest)
            return;
        struct sb_know_memory *gone = *oldest;
        *oldest = gone->next;
        talloc_free(gone);
    }
}

static struct sb_know_memory *find_memory(struct sb_know *know, const char *agent)
{
    struct sb_know_memory *memory = know->memories;

    while (memory && strcmp(memory->agent, agent) != 0)
        memory = memory->next;
    if (!memory) {
        memory = talloc_zero(know, struct sb_know_memory);
        strncpy(memory->agent, agent, sizeof(memory->agent) - 1);
        memory->version = -1;
        memory->next = know->memories;
        know->memories = memory;
    }
    memory->users++;
    memory->used = ++know->clock;
    return memory;
}

struct loading {
    struct sb_know *know;
    struct sb_index *index;
};

static void on_terms(void *arg, int64_t id, const void *terms, size_t len,
                     const char *head, const char *body)
{
    struct loading *loading = arg;
    struct sb_buf packed;

    if (terms) {
        sb_index_add(loading->index, id, terms, len);
        return;
    }
    sb_buf_init(&packed, NULL);
    sb_terms_pack(loading->know->words, head ? head : "", body ? body : "", &packed);
    sb_index_add(loading->index, id, sb_buf_str(&packed), packed.len);
    talloc_free(packed.data);
}

static int load_index(struct sb_know *know, const struct sb_agent *agent,
                      int64_t generation, struct sb_know_memory *memory,
                      struct sb_err *err)
{
    struct loading loading = {know, sb_index_new(memory)};
    int rc = sb_kn_load_terms(know->db, sb_know_owner(agent), SB_TERMS_VERSION,
                              on_terms, &loading, err);

    if (rc) {
        talloc_free(loading.index);
        return rc;
    }
    sb_index_finish(loading.index);
    talloc_free(memory->index);
    memory->index = loading.index;
    memory->generation = generation;
    return 0;
}

int sb_know_remember(struct sb_know *know, const struct sb_agent *agent,
                     int64_t generation, struct sb_know_memory **memory_r,
                     struct sb_err *err)
{
    struct sb_know_memory *memory = find_memory(know, agent->id);
    int rc = 0;

    if (memory->version != agent->version || !memory->lexicon) {
        talloc_free(memory->lexicon);
        memory->lexicon = sb_lexicon_with(memory, know->words, know->lexicon,
                                          agent->tpl ? agent->tpl->synonyms : NULL);
        memory->version = agent->version;
    }
    if (memory->generation < generation || !memory->index) {
        rc = sb_lock_take(&memory->lock, -1);
        if (!rc) {
            if (memory->generation < generation || !memory->index)
                rc = load_index(know, agent, generation, memory, err);
            sb_lock_give(&memory->lock);
        } else {
            sb_fail(err, rc, "waiting for the index was interrupted");
        }
    }
    if (rc) {
        sb_know_release(know, memory);
        return rc;
    }
    *memory_r = memory;
    trim(know);
    return 0;
}

void sb_know_release(struct sb_know *know, struct sb_know_memory *memory)
{
    (void)know;
    memory->users--;
}

void sb_know_chunk_seal(struct sb_know *know, TALLOC_CTX *mem,
                        struct sb_kn_chunk *chunk)
{
    const char *heading = chunk->heading ? chunk->heading : "";
    const char *also = chunk->also ? chunk->also : "";
    struct sb_buf all, terms;
    uint8_t *hash = talloc_size(mem, 32);
    char *head = talloc_asprintf(mem, "%s\n%s\n%s", chunk->title ? chunk->title : "",
                                 heading, also);

    sb_buf_init(&all, mem);
    sb_buf_printf(&all, "%d %d\n%s\n%s\n%s\n%s", chunk->kind, chunk->asked, head,
                  chunk->text, chunk->url ? chunk->url : "",
                  chunk->conflict ? chunk->conflict : "");
    sb_sha256(all.data, all.len, hash);
    talloc_free(all.data);
    sb_buf_init(&terms, mem);
    sb_terms_pack(know->words, head, chunk->text, &terms);
    chunk->hash = hash;
    chunk->terms = sb_buf_str(&terms);
    chunk->terms_len = terms.len;
    chunk->terms_version = SB_TERMS_VERSION;
    chunk->holds = sb_text_holds(chunk->text);
}
