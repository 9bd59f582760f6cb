/* SPDX-License-Identifier: Apache-2.0
 *
 * A page to passages: about 500 tokens each with 50 overlap where one has to be cut,
 * split on structure, with the path of headings kept. Pure.
 */
#ifndef SB_KNOW_CHUNK_H
#define SB_KNOW_CHUNK_H

#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

struct sb_extract;

struct sb_chunk {
    const char *heading; /* "Rates > Weekend", or ""; for a question with its answer
                          * the question */
    const char *text;
    int asked;        /* 1: a question with its answer */
    uint8_t hash[32]; /* of heading and text */
};

struct sb_chunk_limits {
    int tokens;  /* most in a chunk: 500 */
    int overlap; /* repeated where a section is cut: 50 */
    int least;   /* a section below it is joined with the next one: 60 */
    int chunks;  /* of one page at most: 400 */
};
extern const struct sb_chunk_limits sb_chunk_limits_default;

/* Splits the blocks of a page that are no boilerplate. `limits` may be NULL. The array
 * and its strings live on `mem`. */
size_t sb_chunk_page(TALLOC_CTX *mem, const struct sb_extract *page,
                     const struct sb_chunk_limits *limits, struct sb_chunk **chunks_r);

/* Tokens as language models count them, roughly: for sizing only. */
int sb_chunk_tokens(const char *text, size_t len);

#endif
