/* SPDX-License-Identifier: Apache-2.0
 *
 * The groups as one array of phrases in the order of their groups, found by the hash of
 * their stems. A phrase may stand in several groups, so equal ones are chained.
 */
#include "know/lexicon.h"

#include <string.h>
#include "base/array.h"
#include "know/lexicon_data.h"

struct sb_lexicon {
    const struct sb_lexicon *base;
    struct sb_words *words;
    struct sb_term_phrase *phrases;
    uint32_t *chain; /* the next phrase + 1 in the same slot of `slots` */
    size_t count, room;
    uint32_t *groups; /* where each group begins; one more at the end */
    size_t group_count;
    uint32_t *slots;
    size_t slot_count; /* a power of two */
};

static uint32_t hash_stems(const char (*stems)[SB_STEM_MAX], size_t count)
{
    uint32_t h = 17;

    for (size_t i = 0; i < count; i++)
        h = h * 31 + sb_stem_hash(stems[i]);
    return h ^ (h >> 16);
}

/* Reads the words of one phrase; stop words count only when there is nothing else.
 * False when it is empty or too long. */
static bool read_phrase(struct sb_words *words, const char *text, size_t len,
                        struct sb_term_phrase *phrase)
{
    struct sb_reader reader;
    struct sb_word word;

    memset(phrase, 0, sizeof(*phrase));
    sb_reader_init(&reader, words, text, len);
    while (sb_reader_next(&reader, &word)) {
        if (phrase->count == SB_PHRASE_WORDS)
            return false;
        memcpy(phrase->stems[phrase->count++], word.stem, SB_STEM_MAX);
    }
    return phrase->count > 0;
}

static void add_phrase(struct sb_lexicon *lexicon, const char *text, size_t len)
{
    struct sb_term_phrase phrase;

    if (!read_phrase(lexicon->words, text, len, &phrase))
        return;
    phrase.group = (uint16_t)lexicon->group_count;
    for (size_t i = lexicon->groups[lexicon->group_count]; i < lexicon->count; i++)
        if (memcmp(lexicon->phrases[i].stems, phrase.stems, sizeof(phrase.stems)) == 0)
            return; /* "price" and "prices" have one stem */
    if (lexicon->count == lexicon->room) {
        lexicon->room = lexicon->room ? lexicon->room * 2 : 64;
        lexicon->phrases = talloc_realloc(
            lexicon, lexicon->phrases, struct sb_term_phrase, (unsigned)lexicon->room);
    }
    lexicon->phrases[lexicon->count++] = phrase;
}

/* One group, its phrases divided by any character of `separators`. */
static void add_group(struct sb_lexicon *lexicon, const char *line,
                      const char *separators)
{
    if (lexicon->group_count == UINT16_MAX)
        return;
    lexicon->groups = talloc_realloc(lexicon, lexicon->groups, uint32_t,
                                     (unsigned)lexicon->group_count + 2);
    lexicon->groups[lexicon->group_count] = (uint32_t)lexicon->count;
    while (*line) {
        size_t len = strcspn(line, separators);

        add_phrase(lexicon, line, len);
        line += len + (line[len] != '\0');
    }
    lexicon->groups[++lexicon->group_count] = (uint32_t)lexicon->count;
}

static void build_slots(struct sb_lexicon *lexicon)
{
    lexicon->slot_count = 64;
    while (lexicon->slot_count < lexicon->count * 2)
        lexicon->slot_count *= 2;
    lexicon->slots = sb_array(lexicon, uint32_t, lexicon->slot_count);
    lexicon->chain = sb_array(lexicon, uint32_t, lexicon->count + 1);
    for (size_t i = 0; i < lexicon->count; i++) {
        const struct sb_term_phrase *p = &lexicon->phrases[i];
        size_t slot = hash_stems(p->stems, p->count) & (lexicon->slot_count - 1);

        lexicon->chain[i] = lexicon->slots[slot];
        lexicon->slots[slot] = (uint32_t)(i + 1);
    }
}

struct sb_lexicon *sb_lexicon_new(TALLOC_CTX *mem, struct sb_words *words)
{
    struct sb_lexicon *lexicon = talloc_zero(mem, struct sb_lexicon);

    lexicon->words = words;
    for (size_t i = 0; i < sizeof(lexicon_groups) / sizeof(lexicon_groups[0]); i++)
        add_group(lexicon, lexicon_groups[i], " ");
    build_slots(lexicon);
    return lexicon;
}

struct sb_lexicon *sb_lexicon_with(TALLOC_CTX *mem, struct sb_words *words,
                                   const struct sb_lexicon *base,
                                   const char *const *synonyms)
{
    struct sb_lexicon *lexicon = talloc_zero(mem, struct sb_lexicon);

    lexicon->words = words;
    lexicon->base = base;
    for (size_t i = 0; synonyms && synonyms[i]; i++)
        add_group(lexicon, synonyms[i], "=");
    build_slots(lexicon);
    return lexicon;
}

static bool same(const struct sb_term_phrase *phrase, const struct sb_word *words,
                 size_t count)
{
    if (phrase->count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(phrase->stems[i], words[i].stem) != 0)
            return false;
    return true;
}

static uint32_t find_first(const struct sb_lexicon *lexicon,
                           const struct sb_word *words, size_t count)
{
    uint32_t h = 17;

    for (size_t i = 0; i < count; i++)
        h = h * 31 + words[i].hash;
    h ^= h >> 16;
    return lexicon->slots[h & (lexicon->slot_count - 1)];
}

static bool knows(const struct sb_lexicon *lexicon, const struct sb_word *words,
                  size_t count)
{
    for (uint32_t i = find_first(lexicon, words, count); i; i = lexicon->chain[i - 1])
        if (same(&lexicon->phrases[i - 1], words, count))
            return true;
    return lexicon->base && knows(lexicon->base, words, count);
}

size_t sb_lexicon_match(const struct sb_lexicon *lexicon, const struct sb_word *words,
                        size_t count)
{
    for (size_t n = count < SB_PHRASE_WORDS ? count : SB_PHRASE_WORDS; n > 0; n--)
        if (knows(lexicon, words, n))
            return n;
    return 0;
}

void sb_lexicon_each(const struct sb_lexicon *lexicon, const struct sb_word *words,
                     size_t count, void (*fn)(void *arg, const struct sb_term_phrase *),
                     void *arg)
{
    for (uint32_t i = find_first(lexicon, words, count); i; i = lexicon->chain[i - 1]) {
        const struct sb_term_phrase *p = &lexicon->phrases[i - 1];

        if (!same(p, words, count))
            continue;
        for (uint32_t j = lexicon->groups[p->group]; j < lexicon->groups[p->group + 1];
             j++)
            fn(arg, &lexicon->phrases[j]);
    }
    if (lexicon->base)
        sb_lexicon_each(lexicon->base, words, count, fn, arg);
}
