/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a question. The longest known phrase wins ("tee time" before "time"); a
 * question that leans on the one before it ("and on Sundays?") borrows its concepts at
 * a lower weight.
 */
#include "know/question.h"

#include <stdlib.h>
#include <string.h>
#include "base/text.h"

#define MAX_WORDS 200 /* of one message; the rest is chatter */
#define SYNONYM 0.8f
#define COMMON 0.3f
#define CARRIED 0.45f

/* Which folded phrases ask for which kind of answer. */
static const struct {
    const char *phrase;
    unsigned wants;
} cues[] = {
    {"how much", SB_WANTS_PRICE},
    {"price", SB_WANTS_PRICE},
    {"prices", SB_WANTS_PRICE},
    {"pricing", SB_WANTS_PRICE},
    {"cost", SB_WANTS_PRICE},
    {"costs", SB_WANTS_PRICE},
    {"fee", SB_WANTS_PRICE},
    {"fees", SB_WANTS_PRICE},
    {"rates", SB_WANTS_PRICE},
    {"rate", SB_WANTS_PRICE},
    {"run me", SB_WANTS_PRICE},
    {"set me back", SB_WANTS_PRICE},
    {"what do you charge", SB_WANTS_PRICE},
    {"dollars", SB_WANTS_PRICE},
    {"what time", SB_WANTS_HOURS},
    {"when do you open", SB_WANTS_HOURS},
    {"when do you close", SB_WANTS_HOURS},
    {"hours", SB_WANTS_HOURS},
    {"are you open", SB_WANTS_HOURS},
    {"you guys open", SB_WANTS_HOURS},
    {"how late", SB_WANTS_HOURS},
    {"how early", SB_WANTS_HOURS},
    {"phone number", SB_WANTS_PHONE},
    {"telephone number", SB_WANTS_PHONE},
    {"number to call", SB_WANTS_PHONE},
    {"number can i call", SB_WANTS_PHONE},
    {"number do i call", SB_WANTS_PHONE},
    {"number should i call", SB_WANTS_PHONE},
    {"your number", SB_WANTS_PHONE},
    {"email address", SB_WANTS_EMAIL},
    {"e mail address", SB_WANTS_EMAIL},
    {"your email", SB_WANTS_EMAIL},
    {"street address", SB_WANTS_ADDRESS},
    {"your address", SB_WANTS_ADDRESS},
    {"the address", SB_WANTS_ADDRESS},
    {"where are you located", SB_WANTS_ADDRESS},
    {"where are you", SB_WANTS_ADDRESS},
    {"how do i get there", SB_WANTS_ADDRESS},
    {"discount", SB_WANTS_DISCOUNT},
    {"discounts", SB_WANTS_DISCOUNT},
    {"money off", SB_WANTS_DISCOUNT},
    {"how many", SB_WANTS_NUMBER},
    {"how far", SB_WANTS_NUMBER},
    {"how old", SB_WANTS_NUMBER},
    {"how long", SB_WANTS_NUMBER},
};

/* Beginnings of a question that needs the one before it. */
static const char *const leaning[] = {
    "and",   "what about", "how about", "also",    "same",     "is that",
    "is it", "does it",    "does that", "do they", "are they", "is there one",
    "then",  "but",        "or",        "what if", "that one", "for how long",
};

struct reading {
    struct sb_question *question;
    const struct sb_lexicon *lexicon;
    struct sb_concept *concept; /* whose alternatives are gathered */
    struct sb_words *words;
    bool carried;
};

static void add_alt(struct sb_concept *concept, TALLOC_CTX *mem,
                    const char (*stems)[SB_STEM_MAX], size_t count, float weight)
{
    struct sb_alt *alt;

    for (size_t i = 0; i < concept->alt_count; i++)
        if (concept->alts[i].count == count &&
            memcmp(concept->alts[i].stems, stems, count * SB_STEM_MAX) == 0)
            return;
    if (concept->alt_count == SB_MAX_ALTS)
        return;
    if (concept->alt_count % 8 == 0)
    concept->alts = talloc_realloc(mem, concept->alts, struct sb_alt,
                                   (unsigned)concept->alt_count + 8);
    alt = &concept->alts[concept->alt_count++];
    memset(alt, 0, sizeof(*alt));
    alt->count = (uint8_t)count;
    alt->weight = weight;
    memcpy(alt->stems, stems, count * SB_STEM_MAX);
}

/* Stop words stand in no index: "tune up" is looked for as "tune". A phrase of which
 * only common words are left ("run me") cannot be looked for. */
static size_t searchable(struct sb_words *words, const struct sb_term_phrase *phrase,
                         char (*stems)[SB_STEM_MAX])
{
    struct sb_reader reader;
    struct sb_word word;
    bool common = true;
    size_t count = 0;

    for (size_t i = 0; i < phrase->count; i++) {
        sb_reader_init(&reader, words, phrase->stems[i], strlen(phrase->stems[i]));
        if (!sb_reader_next(&reader, &word) || (word.flags & SB_WORD_STOP))
            continue;
        common = common && (word.flags & SB_WORD_COMMON);
        memcpy(stems[count++], phrase->stems[i], SB_STEM_MAX);
    }
    return count < phrase->count && common ? 0 : count;
}

static void on_phrase(void *arg, const struct sb_term_phrase *phrase)
{
    struct reading *reading = arg;
    char stems[SB_PHRASE_WORDS][SB_STEM_MAX] = {{0}};
    size_t count = searchable(reading->words, phrase, stems);

    if (count > 0)
        add_alt(reading->concept, reading->question, (const char(*)[SB_STEM_MAX])stems,
                count, SYNONYM);
}

static bool has_concept(const struct sb_question *question, const char *stem)
{
    for (size_t i = 0; i < question->count; i++)
        if (strcmp(question->concepts[i].stem, stem) == 0)
            return true;
    return false;
}

static void add_concept(struct reading *reading, const struct sb_word *words,
                        size_t count, bool first_of_sentence)
{
    struct sb_question *question = reading->question;
    struct sb_concept *concept;
    char own[SB_PHRASE_WORDS][SB_STEM_MAX] = {{0}};
    size_t own_count = 0;
    bool common = true;

    if (question->count == SB_MAX_CONCEPTS || has_concept(question, words[0].stem))
        return;
    concept = &question->concepts[question->count++];
    memset(concept, 0, sizeof(*concept));
    memcpy(concept->word, words[0].text, SB_STEM_MAX);
    memcpy(concept->stem, words[0].stem, SB_STEM_MAX);
    for (size_t i = 0; i < count; i++) {
        if (!(words[i].flags & (SB_WORD_STOP | SB_WORD_COMMON)))
            common = false;
        if (!(words[i].flags & SB_WORD_STOP))
            memcpy(own[own_count++], words[i].stem, SB_STEM_MAX);
    }
    if (own_count == count || (own_count > 0 && !common))
        add_alt(concept, question, (const char(*)[SB_STEM_MAX])own, own_count, 1.0f);
    concept->number = (words[0].flags & SB_WORD_NUMBER) != 0;
    concept->name = (words[0].flags & SB_WORD_CAPITAL) && !first_of_sentence;
    concept->common = common;
    concept->carried = reading->carried;
    concept->importance =
        (common ? COMMON : 1.0f) * (reading->carried ? CARRIED : 1.0f);
    reading->concept = concept;
    sb_lexicon_each(reading->lexicon, words, count, on_phrase, reading);
    if (concept->alt_count == 0)
        question->count--; /* "how long": nothing of it can be looked for */
}

static void read_concepts(struct reading *reading, const char *text)
{
    struct sb_word *list = talloc_array(NULL, struct sb_word, MAX_WORDS);
    struct sb_reader reader;
    size_t count = 0;

    sb_reader_init(&reader, reading->words, text, strlen(text));
    while (count < MAX_WORDS && sb_reader_next(&reader, &list[count]))
        count++;
    for (size_t i = 0; i < count;) {
        size_t n = sb_lexicon_match(reading->lexicon, list + i, count - i);

        if (n < 2 && (list[i].flags & SB_WORD_STOP)) {
            i++;
            continue;
        }
        if (n < 2)
            n = 1;
        add_concept(reading, list + i, n, i == 0);
        i += n;
    }
    talloc_free(list);
}

static unsigned find_wants(const char *folded)
{
    unsigned wants = 0;

    for (size_t i = 0; i < sizeof(cues) / sizeof(cues[0]); i++)
        if (sb_text_has_phrase(folded, cues[i].phrase))
            wants |= cues[i].wants;
    return wants;
}

static bool begins_with(const char *text, const char *phrase)
{
    size_t len = strlen(phrase);

    return strncmp(text, phrase, len) == 0 && (text[len] == ' ' || text[len] == '\0');
}

static bool is_elliptic(const struct sb_question *question, const char *folded)
{
    double weight = 0;

    for (size_t i = 0; i < question->count; i++)
        weight += (double)question->concepts[i].importance;
    if (weight < 0.9)
        return true;
    if (weight > 2.5)
        return false;
    for (size_t i = 0; i < sizeof(leaning) / sizeof(leaning[0]); i++)
        if (begins_with(folded, leaning[i]))
            return true;
    return sb_text_has_phrase(folded, "it") || sb_text_has_phrase(folded, "that one") ||
           sb_text_has_phrase(folded, "them");
}

struct sb_question *sb_question_read(TALLOC_CTX *mem, struct sb_words *words,
                                     const struct sb_lexicon *lexicon, const char *text,
                                     const char *history)
{
    struct sb_question *question = talloc_zero(mem, struct sb_question);
    struct reading reading = {.question = question, .lexicon = lexicon, .words = words};
    char *folded = sb_text_fold(question, text);

    read_concepts(&reading, text);
    question->wants = find_wants(folded);
    question->elliptic = is_elliptic(question, folded);
    if (question->elliptic && history && *history) {
        reading.carried = true;
        read_concepts(&reading, history);
        if (!question->wants)
            question->wants = find_wants(sb_text_fold(question, history));
    }
    return question;
}
