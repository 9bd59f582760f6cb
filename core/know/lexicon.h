/* SPDX-License-Identifier: Apache-2.0
 *
 * Words and phrases that mean the same: the general ones of any small business, and on
 * top those of one template.
 */
#ifndef SB_KNOW_LEXICON_H
#define SB_KNOW_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include "know/words.h"

#define SB_PHRASE_WORDS 3

/* Up to three words side by side, stop words left out. */
struct sb_term_phrase {
    uint8_t count;
    uint16_t group;
    char stems[SB_PHRASE_WORDS][SB_STEM_MAX];
};

struct sb_lexicon;

/* The built-in groups. Keep one a worker: making it stems two thousand words. */
struct sb_lexicon *sb_lexicon_new(TALLOC_CTX *mem, struct sb_words *words);
/* Adds a template's groups ("tee time=booking=slot", NULL-terminated list or NULL)
 * before those of `base`, which must outlive the result. */
struct sb_lexicon *sb_lexicon_with(TALLOC_CTX *mem, struct sb_words *words,
                                   const struct sb_lexicon *base,
                                   const char *const *synonyms);

/* The longest phrase of any group that begins at `words[0]` of `count`: how many of
 * the words it takes, 0 for none. */
size_t sb_lexicon_match(const struct sb_lexicon *lexicon, const struct sb_word *words,
                        size_t count);
/* Calls `fn` for every phrase that shares a group with the one that `words` are,
 * itself included; a template's groups come first. */
void sb_lexicon_each(const struct sb_lexicon *lexicon, const struct sb_word *words,
                     size_t count, void (*fn)(void *arg, const struct sb_term_phrase *),
                     void *arg);

#endif
