/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 text: checking, folding, splitting into words. Everything that came from
 * outside passes sb_utf8_clean() before it is stored.
 */
#ifndef SB_BASE_TEXT_H
#define SB_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

bool sb_utf8_valid(const char *text, size_t len);
/* A copy without NUL and other control characters (tab and newline stay), invalid
 * bytes replaced by U+FFFD; at most `max` bytes, cut between characters. */
char *sb_utf8_clean(TALLOC_CTX *mem, const char *text, size_t len, size_t max);
/* Decodes one code point; returns its length in bytes, 0 at the end. Invalid bytes
 * decode as U+FFFD of length 1. */
size_t sb_utf8_next(const char *text, size_t len, uint32_t *cp);
/* Appends; returns the length 1..4. */
size_t sb_utf8_put(char out[4], uint32_t cp);

/* Lower case with Latin accents folded away ("Café" -> "cafe"), curly quotes and
 * dashes made plain, white space collapsed. For matching, never for showing. */
char *sb_text_fold(TALLOC_CTX *mem, const char *text);
/* Is `phrase` in `text` as whole words? Both already folded. */
bool sb_text_has_phrase(const char *text, const char *phrase);
/* Trims ASCII white space in place and returns the start. */
char *sb_text_trim(char *text);
bool sb_text_is_blank(const char *text);
/* Case-insensitive compare for ASCII, NULL-safe. */
bool sb_text_ieq(const char *a, const char *b);
/* Edit distance, both at most 64 bytes: for "did you mean". */
int sb_text_distance(const char *a, const char *b);
/* The candidate nearest to `word` (NULL-terminated list), or NULL if none is near. */
const char *sb_text_nearest(const char *word, const char *const *candidates);
/* Slug: a-z 0-9 '-', at most 63 bytes. */
char *sb_text_slug(TALLOC_CTX *mem, const char *text);

#endif
