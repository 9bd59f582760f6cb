/* SPDX-License-Identifier: Apache-2.0
 *
 * Text for the deterministic receptionist: an arena that lives for one reply, a growing
 * string, and messages made plain so that phrases can be found in them.
 */
#ifndef LOCAL_BRAIN_TEXT_H
#define LOCAL_BRAIN_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* A NULL-terminated list of strings. */
#define LIST(...)                                                                      \
    (const char *const[])                                                              \
    {                                                                                  \
        __VA_ARGS__, NULL                                                              \
    }

/* Memory for one reply, freed as a whole. Running out aborts, as everywhere. */
struct arena_block;
struct arena {
    struct arena_block *blocks;
};
void *arena_new(struct arena *arena, size_t size); /* zeroed */
char *arena_copy(struct arena *arena, const char *text, size_t len);
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *arena,
                                                         const char *fmt, ...);
void arena_free(struct arena *arena);

/* A growing string on an arena. */
struct text {
    struct arena *arena;
    char *data; /* NUL-terminated once something was put */
    size_t len, room;
};
void text_put(struct text *text, const char *data, size_t len);
void text_puts(struct text *text, const char *data);
const char *text_str(const struct text *text); /* "" when empty */
/* Adds a sentence, with a space between. */
void text_sentence(struct text *text, const char *sentence);

/* " lower case words only ": accents folded, apostrophes dropped ("can't" -> "cant"),
 * everything else a single space, one space at both ends. */
char *plain(struct arena *arena, const char *message);
/* Is `phrase` (plain words, '*' at its end for a prefix) in the plain text? */
bool has(const char *plain_text, const char *phrase);
/* The first of a NULL-terminated list that is, or NULL. */
const char *has_any(const char *plain_text, const char *const *phrases);
/* Does the plain text begin with it? */
bool begins(const char *plain_text, const char *phrase);
const char *begins_any(const char *plain_text, const char *const *phrases);
size_t count_words(const char *plain_text);
/* Does plain `text` hold the whole of plain `part`? */
bool holds(const char *text, const char *part);
/* ASCII, case-insensitive; where it begins or NULL. */
const char *find_nocase(const char *text, const char *part);
/* Upper-cases the first letter in place. */
void capitalise(char *text);

#endif
