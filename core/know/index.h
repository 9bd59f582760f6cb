/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of one agent's chunks in memory: an inverted index with frequencies, for
 * ranking by BM25 and for knowing how rare a word is. Built from the packed words that
 * are stored with every chunk.
 */
#ifndef SB_KNOW_INDEX_H
#define SB_KNOW_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include "base/buf.h"
#include "know/question.h"
#include "know/words.h"

/* Rises when packing changes: stored words of another number are packed anew. */
#define SB_TERMS_VERSION 1

/* Packs the words of a chunk: [length, stem, times in the head, times in the body]*. */
void sb_terms_pack(struct sb_words *words, const char *head, const char *body,
                   struct sb_buf *out);

struct sb_index;

struct sb_index *sb_index_new(TALLOC_CTX *mem);
/* Malformed `terms` are used up to where they break. */
void sb_index_add(struct sb_index *index, int64_t id, const void *terms, size_t len);
/* Call once when all are added. */
void sb_index_finish(struct sb_index *index);
size_t sb_index_count(const struct sb_index *index);
size_t sb_index_bytes(const struct sb_index *index);

struct sb_index_hit {
    int64_t id;
    float score;    /* BM25 over concepts */
    float coverage; /* 0..1: of the question's weight, found anywhere in the chunk */
};

/* What the index knows of each concept of a question. */
struct sb_index_view {
    float weight[SB_MAX_CONCEPTS]; /* importance times rarity; the sum is 1 */
    bool known[SB_MAX_CONCEPTS];   /* stands in some chunk */
    float unknown;                 /* weight of those that do not */
};

/* Misspelt words are first given the nearest word of the index as an alternative; so
 * `question` changes. Writes up to `k` hits, best first; returns how many. */
size_t sb_index_search(const struct sb_index *index, struct sb_question *question,
                       size_t k, struct sb_index_hit *hits, struct sb_index_view *view);

#endif
