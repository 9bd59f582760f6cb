/* SPDX-License-Identifier: Apache-2.0
 *
 * Ranking over concepts instead of words: a chunk that says "fee" where the person said
 * "cost" has the concept, a little weaker, and a concept counts once however many of
 * its words are there. A posting is 32 bits: chunk, times in the head, times in the
 * body.
 */
#include "know/index_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/array.h"

#define K1 1.2f
#define B 0.55f
#define HEAD_WEIGHT 2.5f
#define MAX_CHUNKS (1u << 24)
#define MAX_HEAD 7u
#define MAX_BODY 31u
#define MANNER 0.4f /* of the importance of a common word that stands nowhere */

/* ---- building ---- */

struct sb_index *sb_index_new(TALLOC_CTX *mem)
{
    struct sb_index *index = talloc_zero(mem, struct sb_index);

    index->slot_count = 1024;
    index->slots = sb_array(index, uint32_t, index->slot_count);
    return index;
}

static void grow_slots(struct sb_index *index)
{
    talloc_free(index->slots);
    index->slot_count *= 2;
    index->slots = sb_array(index, uint32_t, index->slot_count);
    for (size_t i = 0; i < index->term_count; i++) {
        size_t s = index->terms[i].hash & (index->slot_count - 1);

        while (index->slots[s])
            s = (s + 1) & (index->slot_count - 1);
        index->slots[s] = (uint32_t)(i + 1);
    }
}

const struct term *sb_index_term(const struct sb_index *index, const char *stem)
{
    size_t s = sb_stem_hash(stem) & (index->slot_count - 1);

    for (; index->slots[s]; s = (s + 1) & (index->slot_count - 1)) {
        const struct term *term = &index->terms[index->slots[s] - 1];

        if (strcmp(sb_term_name(index, term), stem) == 0)
            return term;
    }
    return NULL;
}

static uint32_t new_term(struct sb_index *index, const char *stem)
{
    size_t len = strlen(stem) + 1;
    uint32_t hash = sb_stem_hash(stem);

    if (index->names_len + len > index->names_room) {
        index->names_room = index->names_room ? index->names_room * 2 : 8192;
        index->names = talloc_realloc(index, index->names, char,
                                      sb_array_count(index->names_room));
    }
    if (index->term_count == index->term_room) {
        index->term_room = index->term_room ? index->term_room * 2 : 512;
        index->terms = talloc_realloc(index, index->terms, struct term,
                                      sb_array_count(index->term_room));
    }
    memcpy(index->names + index->names_len, stem, len);
    index->terms[index->term_count++] =
        (struct term){.name = (uint32_t)index->names_len, .hash = hash};
    index->names_len += len;
    if (index->term_count * 2 > index->slot_count) {
        grow_slots(index);
    } else {
        size_t s = hash & (index->slot_count - 1);

        while (index->slots[s])
            s = (s + 1) & (index->slot_count - 1);
        index->slots[s] = (uint32_t)index->term_count;
    }
    return (uint32_t)(index->term_count - 1);
}

static void add_posting(struct sb_index *index, const char *stem, unsigned head,
                        unsigned body)
{
    const struct term *known = sb_index_term(index, stem);
    uint32_t term = known ? (uint32_t)(known - index->terms) : new_term(index, stem);

    if (index->posting_count == index->pending_room) {
        index->pending_room = index->pending_room ? index->pending_room * 2 : 4096;
        index->pending = talloc_realloc(index, index->pending, struct pending,
                                        sb_array_count(index->pending_room));
    }
    head = head < MAX_HEAD ? head : MAX_HEAD;
    body = body < MAX_BODY ? body : MAX_BODY;
    index->pending[index->posting_count++] =
        (struct pending){term, (uint32_t)index->count << 8 | head << 5 | body};
    index->terms[term].count++;
}

void sb_index_add(struct sb_index *index, int64_t id, const void *terms, size_t len)
{
    const unsigned char *p = terms, *end = p + len;
    float length = 0;

    if (index->count == MAX_CHUNKS)
        return;
    if (index->count == index->room) {
        index->room = index->room ? index->room * 2 : 256;
        index->ids =
            talloc_realloc(index, index->ids, int64_t, sb_array_count(index->room));
        index->lengths =
            talloc_realloc(index, index->lengths, float, sb_array_count(index->room));
    }
    while (end - p >= 3 && *p < SB_STEM_MAX && end - p >= *p + 3) {
        char stem[SB_STEM_MAX];

        memcpy(stem, p + 1, *p);
        stem[*p] = '\0';
        add_posting(index, stem, p[*p + 1], p[*p + 2]);
        length += (float)p[*p + 2];
        p += *p + 3;
    }
    index->ids[index->count] = id;
    index->lengths[index->count] = length;
    index->average += length;
    index->count++;
}

void sb_index_finish(struct sb_index *index)
{
    uint32_t at = 0;

    index->postings = sb_array(index, uint32_t, index->posting_count + 1);
    for (size_t i = 0; i < index->term_count; i++) {
        index->terms[i].first = at;
        at += index->terms[i].count;
        index->terms[i].count = 0;
    }
    for (size_t i = 0; i < index->posting_count; i++) {
        struct term *term = &index->terms[index->pending[i].term];

        index->postings[term->first + term->count++] = index->pending[i].posting;
    }
    TALLOC_FREE(index->pending);
    index->pending_room = 0;
    index->average = index->count ? index->average / (float)index->count : 1;
    if (index->average < 1)
        index->average = 1;
}

size_t sb_index_count(const struct sb_index *index)
{
    return index->count;
}

size_t sb_index_bytes(const struct sb_index *index)
{
    return index->names_room + index->term_room * sizeof(struct term) +
           index->slot_count * sizeof(uint32_t) +
           index->posting_count * sizeof(uint32_t) +
           index->room * (sizeof(int64_t) + sizeof(float));
}

/* ---- searching ---- */

/* The frequencies of one concept in the chunks that have it. */
struct tally {
    float *tf, *best; /* by chunk: weighted times, and the best alternative's weight */
    uint32_t *touched;
    size_t count;
};

struct search {
    const struct sb_index *index;
    struct sb_question *question;
    struct tally tally;
    float *scores, *coverage;
    uint32_t *touched; /* chunks with any concept */
    size_t count;
};

static float posting_tf(const struct sb_index *index, uint32_t posting)
{
    float body = (float)(posting & MAX_BODY);
    float head = (float)((posting >> 5) & MAX_HEAD);
    float norm = 1 - B + B * index->lengths[posting >> 8] / index->average;

    return body / norm + HEAD_WEIGHT * head;
}

static void tally_add(struct tally *tally, uint32_t chunk, float tf, float weight)
{
    if (tally->best[chunk] == 0)
        tally->touched[tally->count++] = chunk;
    tally->tf[chunk] += tf * weight;
    if (weight > tally->best[chunk])
        tally->best[chunk] = weight;
}

static void tally_word(struct search *s, const struct term *term, float weight)
{
    for (uint32_t i = 0; i < term->count; i++) {
        uint32_t posting = s->index->postings[term->first + i];

        tally_add(&s->tally, posting >> 8, posting_tf(s->index, posting), weight);
    }
}

/* Postings are in the order of chunks: whether `term` has this one, moving `*at` on. */
static bool advance(const struct sb_index *index, const struct term *term, uint32_t *at,
                    uint32_t chunk, float *tf)
{
    while (*at < term->count && (index->postings[term->first + *at] >> 8) < chunk)
        (*at)++;
    if (*at == term->count || (index->postings[term->first + *at] >> 8) != chunk)
        return false;
    *tf = fminf(*tf, posting_tf(index, index->postings[term->first + *at]));
    return true;
}

/* All words of a phrase have to be there; that they stand together is seen later, when
 * the passage is read. */
static void tally_phrase(struct search *s, const struct sb_alt *alt)
{
    const struct term *terms[SB_PHRASE_WORDS];
    uint32_t at[SB_PHRASE_WORDS] = {0};

    for (size_t i = 0; i < alt->count; i++) {
        terms[i] = sb_index_term(s->index, alt->stems[i]);
        if (!terms[i])
            return;
    }
    for (uint32_t i = 0; i < terms[0]->count; i++) {
        uint32_t posting = s->index->postings[terms[0]->first + i];
        float tf = posting_tf(s->index, posting);
        bool all = true;

        for (size_t j = 1; j < alt->count && all; j++)
            all = advance(s->index, terms[j], &at[j], posting >> 8, &tf);
        if (all)
            tally_add(&s->tally, posting >> 8, tf, alt->weight);
    }
}

static void tally_concept(struct search *s, const struct sb_concept *concept)
{
    s->tally.count = 0;
    for (size_t i = 0; i < concept->alt_count; i++) {
        const struct sb_alt *alt = &concept->alts[i];

        if (alt->count > 1) {
            tally_phrase(s, alt);
        } else {
            const struct term *term = sb_index_term(s->index, alt->stems[0]);

            if (term)
                tally_word(s, term, alt->weight);
        }
    }
}

static void settle_concept(struct search *s, float weight)
{
    for (size_t i = 0; i < s->tally.count; i++) {
        uint32_t chunk = s->tally.touched[i];
        float tf = s->tally.tf[chunk];

        if (s->coverage[chunk] == 0)
            s->touched[s->count++] = chunk;
        s->scores[chunk] += weight * tf * (K1 + 1) / (tf + K1);
        s->coverage[chunk] += weight * s->tally.best[chunk];
        s->tally.tf[chunk] = 0;
        s->tally.best[chunk] = 0;
    }
}

/* Importance times rarity. What stands nowhere is as rare as can be, but a common word
 * that stands nowhere was only a manner of speaking. */
static float weigh(const struct search *s, const struct sb_concept *concept)
{
    float chunks = (float)s->index->count + 2;
    float idf = logf(chunks / ((float)s->tally.count + 0.5f)) / logf(chunks);

    if (concept->common && s->tally.count == 0)
    return concept->importance * MANNER;
    return concept->importance * fminf(fmaxf(idf, 0.12f), 1.0f);
}

/* Weights are relative to each other: makes their sum 1 and returns the factor. */
static float normalise(const struct sb_question *question, struct sb_index_view *view)
{
    float total = 0;

    for (size_t i = 0; i < question->count; i++)
        total += view->weight[i];
    if (total <= 0)
        return 0;
    for (size_t i = 0; i < question->count; i++) {
        view->weight[i] /= total;
        if (!view->known[i])
            view->unknown += view->weight[i];
    }
    return 1 / total;
}

static size_t keep_best(struct sb_index_hit *hits, size_t got, size_t k,
                        const struct sb_index_hit *hit)
{
    size_t at = got;

    if (k == 0)
        return 0;
    if (got == k) {
        if (hit->score <= hits[got - 1].score)
            return got;
        at = got - 1;
    }
    for (; at > 0 && hits[at - 1].score < hit->score; at--)
        hits[at] = hits[at - 1];
    hits[at] = *hit;
    return got < k ? got + 1 : got;
}

size_t sb_index_search(const struct sb_index *index, struct sb_question *question,
                       size_t k, struct sb_index_hit *hits, struct sb_index_view *view)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct search s = {.index = index, .question = question};
    size_t got = 0;

    sb_index_mend(index, question);
    s.scores = sb_array(tmp, float, index->count + 1);
    s.coverage = sb_array(tmp, float, index->count + 1);
    s.touched = sb_array(tmp, uint32_t, index->count + 1);
    s.tally.tf = sb_array(tmp, float, index->count + 1);
    s.tally.best = sb_array(tmp, float, index->count + 1);
    s.tally.touched = sb_array(tmp, uint32_t, index->count + 1);
    memset(view, 0, sizeof(*view));
    for (size_t i = 0; i < question->count; i++) {
        tally_concept(&s, &question->concepts[i]);
        view->weight[i] = weigh(&s, &question->concepts[i]);
        view->known[i] = s.tally.count > 0;
        settle_concept(&s, view->weight[i]);
    }
    float scale = normalise(question, view);
    for (size_t i = 0; i < s.count; i++) {
        uint32_t chunk = s.touched[i];
        struct sb_index_hit hit = {index->ids[chunk], s.scores[chunk] * scale,
                                   s.coverage[chunk] * scale};

        got = keep_best(hits, got, k, &hit);
    }
    talloc_free(tmp);
    return got;
}
