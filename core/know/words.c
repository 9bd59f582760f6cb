/* SPDX-License-Identifier: Apache-2.0
 *
 * Folding and stemming (libstemmer, English). "club's" is "club", "$1,250.00" is the
 * number 1250, "7:00am" is 7 and am: what people type and what pages print should
 * become the same words.
 */
#include "know/words.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "know/lexicon_data.h"

#define CACHE_SIZE 8192 /* a power of two */
#define CLASS_SIZE 4096 /* likewise, well above the number of listed words */

struct cached {
    char text[SB_STEM_MAX], stem[SB_STEM_MAX];
    uint32_t hash;
    unsigned flags;
};

struct listed {
    char text[SB_STEM_MAX];
    unsigned flag;
    const char *form; /* what it is read as, or NULL */
};

struct sb_words {
    struct sb_stemmer *stemmer;
    struct cached *cache;
    struct listed classes[CLASS_SIZE];
};

uint32_t sb_stem_hash(const char *stem)
{
    uint32_t h = 2166136261u;

    for (; *stem; stem++)
        h = (h ^ (unsigned char)*stem) * 16777619u;
    h ^= h >> 15;
    h *= 0x2c1b3c6du;
    return h ^ (h >> 13);
}

static struct listed *class_slot(struct sb_words *words, const char *text)
{
    size_t i = sb_stem_hash(text) % CLASS_SIZE;

    while (words->classes[i].text[0] && strcmp(words->classes[i].text, text) != 0)
        i = (i + 1) % CLASS_SIZE;
    return &words->classes[i];
}

static void list_words(struct sb_words *words, const char *list, unsigned flag)
{
    while (*list) {
        size_t len = strcspn(list, " ");
        char text[SB_STEM_MAX];

        if (len > 0 && len < sizeof(text)) {
            memcpy(text, list, len);
            text[len] = '\0';
            struct listed *slot = class_slot(words, text);
            if (!slot->text[0])
                memcpy(slot->text, text, len + 1);
            slot->flag |= flag;
        }
        list += len + (list[len] == ' ');
    }
}

static void list_forms(struct sb_words *words)
{
    for (size_t i = 0; i < sizeof(lexicon_forms) / sizeof(lexicon_forms[0]); i++) {
        struct listed *slot = class_slot(words, lexicon_forms[i][0]);

        if (!slot->text[0])
            strncpy(slot->text, lexicon_forms[i][0], sizeof(slot->text) - 1);
        slot->form = lexicon_forms[i][1];
    }
}

static int destroy_words(struct sb_words *words)
{
    sb_stemmer_delete(words->stemmer);
    return 0;
}

struct sb_words *sb_words_new(TALLOC_CTX *mem)
{
    struct sb_words *words = talloc_zero(mem, struct sb_words);

    words->stemmer = sb_stemmer_new("english", NULL);
    if (!words->stemmer)
        abort(); /* only when memory ran out: the language is built in */
    words->cache = talloc_zero_array(words, struct cached, CACHE_SIZE);
    talloc_set_destructor(words, destroy_words);
    list_words(words, SB_STOP_WORDS, SB_WORD_STOP);
    list_words(words, SB_COMMON_WORDS, SB_WORD_COMMON);
    list_forms(words);
    return words;
}

void sb_reader_init(struct sb_reader *reader, struct sb_words *words, const char *text,
                    size_t len)
{
    *reader = (struct sb_reader){words, text, text, text + len};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

/* U+2018/2019 as pages print apostrophes. */
static size_t apostrophe(const char *p, const char *end)
{
    if (p < end && *p == '\'')
        return 1;
    if (end - p >= 3 && (unsigned char)p[0] == 0xe2 && (unsigned char)p[1] == 0x80 &&
        ((unsigned char)p[2] == 0x99 || (unsigned char)p[2] == 0x98))
        return 3;
    return 0;
}

/* General punctuation and signs (U+2000-U+2BFF) and no-break space end a word. */
static size_t symbol(const char *p, const char *end)
{
    unsigned char c = (unsigned char)*p;

    if (c == 0xe2 && end - p >= 3 && (unsigned char)p[1] <= 0xaf)
        return 3;
    if (c == 0xc2 && end - p >= 2)
        return 2;
    return 0;
}

static void stem_into(struct sb_words *words, struct cached *entry)
{
    const struct listed *listed = class_slot(words, entry->text);
    const char *text = listed->form ? listed->form : entry->text;
    size_t len = strlen(text);
    const sb_symbol *out =
        is_digit(text[0])
            ? NULL
            : sb_stemmer_stem(words->stemmer, (const sb_symbol *)text, (int)len);
    const char *stem = out ? (const char *)out : text;

    if (out)
        len = (size_t)sb_stemmer_length(words->stemmer);
    if (len >= SB_STEM_MAX)
        len = SB_STEM_MAX - 1;
    memmove(entry->stem, stem, len);
    entry->stem[len] = '\0';
    entry->hash = sb_stem_hash(entry->stem);
    entry->flags = class_slot(words, text)->flag;
}

static void look_up(struct sb_words *words, struct sb_word *word)
{
    struct cached *entry = &words->cache[sb_stem_hash(word->text) % CACHE_SIZE];

    if (strcmp(entry->text, word->text) != 0 || !entry->text[0]) {
        memcpy(entry->text, word->text, sizeof(entry->text));
        stem_into(words, entry);
    }
    memcpy(word->stem, entry->stem, sizeof(word->stem));
    word->hash = entry->hash;
    word->flags |= entry->flags;
}

/* "1,250.00" to "1250", "7:30" as it is, "7:00" to "7". */
static void read_number(struct sb_reader *reader, struct sb_word *word)
{
    const char *p = reader->p;
    size_t len = 0;

    for (; p < reader->end; p++) {
        bool joins = (*p == ',' || *p == '.' || *p == ':' || *p == '/') &&
                     p + 1 < reader->end && is_digit(p[1]);

        if (!is_digit(*p) && !joins)
            break;
        if (*p != ',' && len + 1 < SB_STEM_MAX)
            word->text[len++] = *p;
    }
    word->text[len] = '\0';
    if (len > 3 && (strcmp(word->text + len - 3, ".00") == 0 ||
                    strcmp(word->text + len - 3, ":00") == 0))
        word->text[len - 3] = '\0';
    reader->p = p;
    word->flags |= SB_WORD_NUMBER;
}

static size_t fold_char(const char *p, const char *end, char *out)
{
    char raw[8], *folded;
    uint32_t cp;
    size_t n = sb_utf8_next(p, (size_t)(end - p), &cp);

    if (n == 0 || n > 4)
        n = 1;
    memcpy(raw, p, n);
    raw[n] = '\0';
    folded = sb_text_fold(NULL, raw);
    size_t len = strlen(folded);
    if (len > 4)
        len = 4;
    memcpy(out, folded, len);
    out[len] = '\0';
    talloc_free(folded);
    return n;
}

/* Letters, and digits that follow them; the rest after an apostrophe is dropped,
 * except that "n't" goes with its verb. */
static void read_letters(struct sb_reader *reader, struct sb_word *word)
{
    const char *p = reader->p;
    size_t len = 0, skip;
    bool cut = false;

    while (p < reader->end) {
        char piece[8] = {0};
        size_t n = 1;

        skip = apostrophe(p, reader->end);
        if (skip && p + skip < reader->end && is_letter(p[skip])) {
            cut = true;
            p += skip;
            continue;
        }
        if (skip || symbol(p, reader->end) || !(is_letter(*p) || is_digit(*p)))
            break;
        if (*p & 0x80)
            n = fold_char(p, reader->end, piece);
        else
            piece[0] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
        p += n;
        for (char *c = piece; *c && !cut && len + 1 < SB_STEM_MAX; c++)
            word->text[len++] = *c;
    }
    word->text[len] = '\0';
    reader->p = p;
}

/* Moves to where a word begins; notes a currency sign right before a number. */
static bool skip_to_word(struct sb_reader *reader, struct sb_word *word)
{
    const char *p = reader->p;
    bool money = false;

    while (p < reader->end) {
        size_t n = symbol(p, reader->end);

        if (n == 0) {
            if (is_digit(*p) || is_letter(*p))
                break;
            n = 1;
            if (*p != ' ')
                money = *p == '$';
        } else { /* pound and euro signs */
            money =
                (n == 2 && (unsigned char)p[1] == 0xa3) ||
                (n == 3 && (unsigned char)p[1] == 0x82 && (unsigned char)p[2] == 0xac);
        }
        p += n;
    }
    reader->p = p;
    if (p < reader->end && money && is_digit(*p))
        word->flags |= SB_WORD_MONEY;
    return p < reader->end;
}

bool sb_reader_next(struct sb_reader *reader, struct sb_word *word)
{
    for (;;) {
        word->flags = 0;
        if (!skip_to_word(reader, word))
            return false;
        const char *from = reader->p;
        if (is_digit(*from))
            read_number(reader, word);
        else
            read_letters(reader, word);
        if (*from >= 'A' && *from <= 'Z')
            word->flags |= SB_WORD_CAPITAL;
        word->at = (size_t)(from - reader->start);
        word->len = (size_t)(reader->p - from);
        if (word->text[0])
            break;
    }
    look_up(reader->words, word);
    return true;
}
