/* SPDX-License-Identifier: Apache-2.0
 *
 * Text to words for searching: folded, stemmed, and marked as carrying nothing, little
 * or much. A small cache makes the second reading of a word cheap, so that candidate
 * passages can be read again for every question.
 */
#ifndef SB_KNOW_WORDS_H
#define SB_KNOW_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#define SB_STEM_MAX 28 /* with the NUL; longer stems are cut */

enum sb_word_flag {
    SB_WORD_STOP = 1 << 0,   /* never looked for */
    SB_WORD_COMMON = 1 << 1, /* its absence says little */
    SB_WORD_NUMBER = 1 << 2,
    SB_WORD_MONEY = 1 << 3,   /* a number right after a currency sign */
    SB_WORD_CAPITAL = 1 << 4, /* began with a capital letter */
};

struct sb_word {
    char text[SB_STEM_MAX]; /* folded */
    char stem[SB_STEM_MAX];
    uint32_t hash;  /* of the stem */
    unsigned flags; /* SB_WORD_* */
    size_t at, len; /* bytes in the text that was read */
};

struct sb_words;

/* One a worker; not for two threads. */
struct sb_words *sb_words_new(TALLOC_CTX *mem);

struct sb_reader {
    struct sb_words *words;
    const char *start, *p, *end;
};
void sb_reader_init(struct sb_reader *reader, struct sb_words *words, const char *text,
                    size_t len);
/* The next word; false at the end. */
bool sb_reader_next(struct sb_reader *reader, struct sb_word *word);

uint32_t sb_stem_hash(const char *stem);

#endif
