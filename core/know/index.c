/* SPDX-License-Identifier: Apache-2.0
 *
 * Ranking over concepts instead of words: a chunk that says "fee" where the person said
 * "cost" has the concept, a little weaker, and a concept counts once however many of
 * its words are there. A posting is 32 bits: chunk, times in the head, times in the
 * body.
 */
#include "know/index.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "base/text.h"

#define K1 1.2f
#define B 0.55f
#define HEAD_WEIGHT 2.5f
#define MAX_CHUNKS (1u << 24)
#define MAX_HEAD 7u
#define MAX_BODY 31u
#define SPELLING 0.75f

struct term {
    uint32_t name, hash;   /* where its stem is in `names` */
    uint32_t first, count; /* its postings */
};

struct pending {
    uint32_t term, posting;
};

struct sb_index {
    char *names;
    size_t names_len, names_room;
    struct term *terms;
    size_t term_count, term_room;
    uint32_t *slots; /* term + 1 by hash */
    size_t slot_count;
    struct pending *pending;
    size_t posting_count, pending_room;
    uint32_t *postings;
    int64_t *ids;
    float *lengths;
    size_t count, room;
    float average;
};

/* ---- packing ---- */

struct packed {
    char stem[SB_STEM_MAX];
    unsigned head, body;
};

struct packing {
    struct packed *list;
    uint32_t *slots;
    size_t count, room, slot_count;
};

static void packing_grow(struct packing *p)
{
    p->room = p->room ? p->room * 2 : 256;
    p->list = talloc_realloc(NULL, p->list, struct packed, (unsigned)p->room);
    talloc_free(p->slots);
    p->slot_count = p->room * 2;
    p->slots = sb_array(NULL, uint32_t, p->slot_count);
    for (size_t i = 0; i < p->count; i++) {
        size_t s = sb_stem_hash(p->list[i].stem) % p->slot_count;

        while (p->slots[s])
            s = (s + 1) % p->slot_count;
        p->slots[s] = (uint32_t)(i + 1);
    }
}

static struct packed *packing_get(struct packing *p, const struct sb_word *word)
{
    if (p->count == p->room)
        packing_grow(p);
    size_t s = word->hash % p->slot_count;
    while (p->slots[s]) {
        if (strcmp(p->list[p->slots[s] - 1].stem, word->stem) == 0)
            return &p->list[p->slots[s] - 1];
        s = (s + 1) % p->slot_count;
    }
    struct packed *fresh = &p->list[p->count++];
    memset(fresh, 0, sizeof(*fresh));
    memcpy(fresh->stem, word->stem, SB_STEM_MAX);
    p->slots[s] = (uint32_t)p->count;
    return fresh;
}

static void pack_text(struct packing *p, struct sb_words *words, const char *text,
                      bool head)
{
    struct sb_reader reader;
    struct sb_word word;

    sb_reader_init(&reader, words, text, strlen(text));
    while (sb_reader_next(&reader, &word)) {
        if (word.flags & SB_WORD_STOP)
            continue;
        struct packed *one = packing_get(p, &word);
        if (head)
            one->head++;
        else
            one->body++;
    }
}

void sb_terms_pack(struct sb_words *words, const char *head, const char *body,
                   struct sb_buf *out)
{
    struct packing p = {0};

    pack_text(&p, words, head, true);
    pack_text(&p, words, body, false);
    for (size_t i = 0; i < p.count; i++) {
        const struct packed *one = &p.list[i];
        size_t len = strlen(one->stem);

        sb_buf_putc(out, (char)len);
        sb_buf_add(out, one->stem, len);
        sb_buf_putc(out, (char)(one->head < 255 ? one->head : 255));
        sb_buf_putc(out, (char)(one->body < 255 ? one->body : 255));
    }
    talloc_free(p.list);
    talloc_free(p.slots);
}

/* ---- building ---- */

struct sb_index *sb_index_new(TALLOC_CTX *mem)
{
    struct sb_index *index = talloc_zero(mem, struct sb_index);

    index->slot_count = 1024;
    index->slots = sb_array(index, uint32_t, index->slot_count);
    return index;
}

static const char *name_of(const struct sb_index *index, const struct term *term)
{
    return index->names + term->name;
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

static const struct term *find_term(const struct sb_index *index, const char *stem)
{
    size_t s = sb_stem_hash(stem) & (index->slot_count - 1);

    for (; index->slots[s]; s = (s + 1) & (index->slot_count - 1)) {
        const struct term *term = &index->terms[index->slots[s] - 1];

        if (strcmp(name_of(index, term), stem) == 0)
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
    const struct term *known = find_term(index, stem);
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
        terms[i] = find_term(s->index, alt->stems[i]);
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
            const struct term *term = find_term(s->index, alt->stems[0]);

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

        if (s->scores[chunk] == 0 && s->coverage[chunk] == 0)
            s->touched[s->count++] = chunk;
        s->scores[chunk] += weight * tf * (K1 + 1) / (tf + K1);
        s->coverage[chunk] += weight * s->tally.best[chunk];
        s->tally.tf[chunk] = 0;
        s->tally.best[chunk] = 0;
    }
}

/* The nearest word of the index to one that it does not have: one slip in five letters,
 * two in eight, and the first letter is hardly ever wrong. */
static const struct term *nearest(const struct sb_index *index, const char *stem)
{
    size_t len = strlen(stem);
    int limit = len >= 8 ? 2 : len >= 5 ? 1 : 0;
    const struct term *best = NULL;

    for (size_t i = 0; limit > 0 && i < index->term_count; i++) {
        const struct term *term = &index->terms[i];
        const char *name = name_of(index, term);
        size_t other = strlen(name);

        if (name[0] != stem[0] || other + 2 < len || other > len + 2)
            continue;
        int distance = sb_text_distance(stem, name);
        if (distance < limit ||
            (distance == limit && (!best || term->count > best->count))) {
            best = term;
            limit = distance;
        }
    }
    return best;
}

static void mend_spelling(const struct sb_index *index, struct sb_question *question)
{
    for (size_t i = 0; i < question->count; i++) {
        struct sb_concept *concept = &question->concepts[i];
        const struct term *near;

        if (concept->number || concept->alt_count != 1 || concept->alts[0].count != 1 ||
            find_term(index, concept->stem))
            continue;
        near = nearest(index, concept->stem);
        if (!near)
            continue;
        concept->alts = talloc_realloc(question, concept->alts, struct sb_alt, 2);
        concept->alts[1] = (struct sb_alt){.count = 1, .weight = SPELLING};
        strncpy(concept->alts[1].stems[0], name_of(index, near), SB_STEM_MAX - 1);
        concept->alt_count = 2;
    }
}

/* Importance times rarity. What stands nowhere is as rare as can be. */
static void weigh(struct search *s, struct sb_index_view *view)
{
    float total = 0, most = logf((float)s->index->count + 2);

    memset(view, 0, sizeof(*view));
    for (size_t i = 0; i < s->question->count; i++) {
        const struct sb_concept *concept = &s->question->concepts[i];

        tally_concept(s, concept);
        float df = (float)s->tally.count;
        float idf = logf(((float)s->index->count + 2) / (df + 0.5f)) / most;
        idf = fminf(fmaxf(idf, 0.12f), 1.0f);
        view->known[i] = df > 0;
        view->weight[i] = concept->importance * idf;
        total += view->weight[i];
        for (size_t j = 0; j < s->tally.count; j++) {
            s->tally.tf[s->tally.touched[j]] = 0;
            s->tally.best[s->tally.touched[j]] = 0;
        }
    }
    for (size_t i = 0; i < s->question->count && total > 0; i++) {
        view->weight[i] /= total;
        if (!view->known[i])
            view->unknown += view->weight[i];
    }
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

    mend_spelling(index, question);
    s.scores = sb_array(tmp, float, index->count + 1);
    s.coverage = sb_array(tmp, float, index->count + 1);
    s.touched = sb_array(tmp, uint32_t, index->count + 1);
    s.tally.tf = sb_array(tmp, float, index->count + 1);
    s.tally.best = sb_array(tmp, float, index->count + 1);
    s.tally.touched = sb_array(tmp, uint32_t, index->count + 1);
    weigh(&s, view);
    for (size_t i = 0; i < question->count; i++) {
        tally_concept(&s, &question->concepts[i]);
        settle_concept(&s, view->weight[i]);
    }
    for (size_t i = 0; i < s.count; i++) {
        uint32_t chunk = s.touched[i];
        struct sb_index_hit hit = {index->ids[chunk], s.scores[chunk],
                                   s.coverage[chunk]};

        got = keep_best(hits, got, k, &hit);
    }
    talloc_free(tmp);
    return got;
}
