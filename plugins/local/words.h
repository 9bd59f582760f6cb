/* SPDX-License-Identifier: Apache-2.0
 *
 * Words of a text for the hashed embeddings: folded, stemmed, weighed, and mapped to
 * the concepts that any small business is asked about.
 */
#ifndef LOCAL_WORDS_H
#define LOCAL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOCAL_WORD_MAX 40

struct local_words; /* the stemmer and the concept table */

struct local_word {
    char text[LOCAL_WORD_MAX]; /* folded, cut to what fits */
    char stem[LOCAL_WORD_MAX];
    uint64_t stem_hash;
    float weight;     /* 1, less for words that carry little */
    uint16_t concept; /* 1.., or 0 */
};

/* NULL when memory ran out. */
struct local_words *local_words_new(void);
void local_words_free(struct local_words *words);

/* Reads the next word from `*cursor` up to `end`; false at the end. */
bool local_words_next(struct local_words *words, const char **cursor, const char *end,
                      struct local_word *word);
/* The concept of two words that follow each other ("how much"), or 0. */
uint16_t local_words_pair(const struct local_words *words, const struct local_word *a,
                          const struct local_word *b);

/* Latin letters with accents to their plain ones, U+00C0..U+017F; 0 for none. */
char local_fold_latin(uint32_t cp);
/* Decodes one code point and returns its bytes; malformed ones count singly. */
size_t local_next_char(const char *p, const char *end, uint32_t *cp);

uint64_t local_hash(uint64_t seed, const void *data, size_t len);

#endif
