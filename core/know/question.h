/* SPDX-License-Identifier: Apache-2.0
 *
 * A question as what it asks for: concepts (a word or phrase with everything that means
 * the same) and the kind of answer that would satisfy it.
 */
#ifndef SB_KNOW_QUESTION_H
#define SB_KNOW_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>
#include "know/lexicon.h"
#include "know/words.h"

#define SB_MAX_CONCEPTS 24
#define SB_MAX_ALTS 64

/* One way a concept may stand in a text. */
struct sb_alt {
    uint8_t count; /* of its stems */
    float weight;  /* 1 for the person's own word, less for what means the same */
    char stems[SB_PHRASE_WORDS][SB_STEM_MAX];
};

struct sb_concept {
    char word[SB_STEM_MAX]; /* as said, folded; the first word of a phrase */
    char stem[SB_STEM_MAX];
    float importance; /* 1; less for common words and for what was said before */
    bool number;
    bool common;  /* its absence says little */
    bool carried; /* from the previous message */
    bool name;    /* began with a capital inside a sentence */
    struct sb_alt *alts;
    size_t alt_count;
};

/* What an answer has to hold. */
enum sb_wants {
    SB_WANTS_PRICE = 1 << 0,
    SB_WANTS_HOURS = 1 << 1,
    SB_WANTS_PHONE = 1 << 2,
    SB_WANTS_EMAIL = 1 << 3,
    SB_WANTS_ADDRESS = 1 << 4,
    SB_WANTS_NUMBER = 1 << 5, /* how many, how far, how old */
    SB_WANTS_DISCOUNT = 1 << 6,
};

struct sb_question {
    struct sb_concept concepts[SB_MAX_CONCEPTS];
    size_t count;
    unsigned wants; /* SB_WANTS_* */
    bool elliptic;  /* says little without the message before it */
};

/* Reads a question; `history` is the previous message or "". The result is one tree on
 * `mem`. */
struct sb_question *sb_question_read(TALLOC_CTX *mem, struct sb_words *words,
                                     const struct sb_lexicon *lexicon, const char *text,
                                     const char *history);

#endif
