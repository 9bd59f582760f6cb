/* SPDX-License-Identifier: Apache-2.0
 *
 * Scoring. Words that stand together say more than words scattered over a page, so the
 * best window of the text decides, with title and heading counted as near to all of it.
 * The weights come from fitting on questions about several sites (tests/eval).
 */
#include "know/score.h"

#include <math.h>
#include <string.h>
#include <switchboard/turn.h>
#include "know/facts.h"

#define WINDOW 45 /* words */
#define MAX_MATCHES 600
#define MAX_TITLE 64   /* words of a question on a page */
#define MAX_WORDS 3000 /* of one passage */
#define HEAD_SHARE 0.9f
#define TABLE 256 /* a power of two, above twice the alternatives that matter */

struct entry {
    const struct sb_alt *alt;
    uint8_t concept;
};

/* The first stems of all alternatives by hash. */
struct table {
    struct entry slots[TABLE * 4];
};

struct match {
    uint32_t at, span; /* position and length in words */
    uint8_t concept;
    float weight;
};

struct reading {
    struct table *table;
    struct match *matches;
    size_t count, room;
    float best[SB_MAX_CONCEPTS];
};

static void table_fill(struct table *table, const struct sb_question *question)
{
    size_t used = 0;

    memset(table, 0, sizeof(*table));
    for (size_t c = 0; c < question->count; c++) {
        const struct sb_concept *concept = &question->concepts[c];

        for (size_t a = 0; a < concept->alt_count && used < TABLE * 3; a++, used++) {
            size_t s = sb_stem_hash(concept->alts[a].stems[0]) % (TABLE * 4);

            while (table->slots[s].alt)
                s = (s + 1) % (TABLE * 4);
            table->slots[s] = (struct entry){&concept->alts[a], (uint8_t)c};
        }
    }
}

/* Does the phrase go on from here? The words after the first were not yet read. */
static bool goes_on(struct sb_reader ahead, const struct sb_alt *alt)
{
    struct sb_word word;

    for (size_t i = 1; i < alt->count; i++) {
        do {
            if (!sb_reader_next(&ahead, &word))
                return false;
        } while (word.flags & SB_WORD_STOP);
        if (strcmp(word.stem, alt->stems[i]) != 0)
            return false;
    }
    return true;
}

static void note(struct reading *r, uint32_t at, const struct entry *entry)
{
    if (entry->alt->weight > r->best[entry->concept])
        r->best[entry->concept] = entry->alt->weight;
    if (r->count < r->room)
        r->matches[r->count++] =
            (struct match){at, entry->alt->count, entry->concept, entry->alt->weight};
}

static void read_text(struct reading *r, struct sb_words *words, const char *text,
                      size_t len)
{
    struct sb_reader reader;
    struct sb_word word;

    sb_reader_init(&reader, words, text, len);
    for (uint32_t at = 0; at < MAX_WORDS && sb_reader_next(&reader, &word); at++) {
        if (word.flags & SB_WORD_STOP)
            continue;
        for (size_t s = word.hash % (TABLE * 4); r->table->slots[s].alt;
             s = (s + 1) % (TABLE * 4)) {
            const struct entry *entry = &r->table->slots[s];

            if (strcmp(entry->alt->stems[0], word.stem) == 0 &&
                (entry->alt->count == 1 || goes_on(reader, entry->alt)))
                note(r, at, entry);
        }
    }
}

static float covered(const struct sb_question *question,
                     const struct sb_index_view *view, const float *best)
{
    float sum = 0;

    for (size_t c = 0; c < question->count; c++)
        sum += view->weight[c] * best[c];
    return fminf(sum, 1.0f);
}

/* The best window, given what the head already covers; `best` gets its concepts. */
static float best_window(const struct sb_question *question,
                         const struct sb_index_view *view, const struct reading *body,
                         const float *head, float *best)
{
    float top = -1;

    for (size_t i = 0; i <= body->count; i++) {
        float here[SB_MAX_CONCEPTS];
        float sum;

        for (size_t c = 0; c < question->count; c++)
            here[c] = head[c] * HEAD_SHARE;
        for (size_t j = i;
             j < body->count && body->matches[j].at < body->matches[i].at + WINDOW; j++)
            if (body->matches[j].weight > here[body->matches[j].concept])
                here[body->matches[j].concept] = body->matches[j].weight;
        sum = covered(question, view, here);
        if (sum > top) {
            top = sum;
            memcpy(best, here, sizeof(here));
        }
    }
    return top;
}

/* How alike two questions are: what of ours is in the other, and of the other in ours.
 * Common words count little on both sides. */
static float likeness(struct sb_words *words, const struct sb_question *question,
                      const struct sb_index_view *view, struct table *table,
                      const char *other, size_t len)
{
    struct match matches[MAX_TITLE];
    struct reading r = {.table = table, .matches = matches, .room = MAX_TITLE};
    struct sb_reader reader;
    struct sb_word word;
    float all = 0, ours = 0;

    read_text(&r, words, other, len);
    sb_reader_init(&reader, words, other, len);
    for (uint32_t at = 0; at < MAX_TITLE && sb_reader_next(&reader, &word); at++) {
        float weight = word.flags & SB_WORD_COMMON ? 0.3f : 1.0f;

        if (word.flags & SB_WORD_STOP)
            continue;
        all += weight;
        for (size_t i = 0; i < r.count; i++)
            if (matches[i].at <= at && at < matches[i].at + matches[i].span) {
                ours += weight * matches[i].weight;
                break;
            }
    }
    if (all <= 0)
        return 0;
    float recall = covered(question, view, r.best), precision = ours / all;
    return recall + precision > 0 ? 2 * recall * precision / (recall + precision) : 0;
}

/* Of the heading and of each other way to ask. */
static float best_likeness(struct sb_words *words, const struct sb_question *question,
                           const struct sb_index_view *view, struct table *table,
                           const struct sb_candidate *candidate)
{
    const char *asked =
        candidate->kind == SB_PASSAGE_FAQ ? candidate->title : candidate->heading;
    const char *line = candidate->also;
    float best = likeness(words, question, view, table, asked, strlen(asked));

    while (*line) {
        size_t len = strcspn(line, "\n");

        best = fmaxf(best, likeness(words, question, view, table, line, len));
        line += len + (line[len] == '\n');
    }
    return best;
}

static float fits(unsigned wants, unsigned holds)
{
    static const struct {
        unsigned wants, holds;
    } pairs[] = {
        {SB_WANTS_PRICE, SB_HOLDS_PRICE},     {SB_WANTS_HOURS, SB_HOLDS_HOURS},
        {SB_WANTS_PHONE, SB_HOLDS_PHONE},     {SB_WANTS_EMAIL, SB_HOLDS_EMAIL},
        {SB_WANTS_ADDRESS, SB_HOLDS_ADDRESS},
    };
    float value = 0;

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (!(wants & pairs[i].wants))
            continue;
        if (holds & pairs[i].holds)
            return 1;
        value = -1;
    }
    return value;
}

void sb_score_features(struct sb_words *words, const struct sb_question *question,
                       const struct sb_index_view *view,
                       const struct sb_candidate *candidate,
                       struct sb_features *features)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct table *table = talloc(tmp, struct table);
    struct reading head = {.table = table, .room = MAX_MATCHES};
    struct reading body = {.table = table, .room = MAX_MATCHES};
    float best[SB_MAX_CONCEPTS] = {0};
    size_t heaviest = 0;

    memset(features, 0, sizeof(*features));
    table_fill(table, question);
    head.matches = talloc_array(tmp, struct match, MAX_MATCHES);
    body.matches = talloc_array(tmp, struct match, MAX_MATCHES);
    read_text(&head, words, candidate->title, strlen(candidate->title));
    read_text(&head, words, candidate->heading, strlen(candidate->heading));
    read_text(&head, words, candidate->also, strlen(candidate->also));
    read_text(&body, words, candidate->text, strlen(candidate->text));
    features->head = covered(question, view, head.best);
    features->window = best_window(question, view, &body, head.best, best);
    for (size_t c = 0; c < question->count; c++) {
        body.best[c] = fmaxf(body.best[c], head.best[c]);
        if (view->weight[c] > view->weight[heaviest])
            heaviest = c;
    }
    features->whole = covered(question, view, body.best);
    features->heaviest = question->count ? best[heaviest] : 0;
    features->unknown = view->unknown;
    features->cosine = fmaxf(candidate->cosine, 0);
    if (candidate->kind == SB_PASSAGE_FAQ || candidate->asked)
        features->asked = best_likeness(words, question, view, table, candidate);
    features->fits = fits(question->wants, candidate->holds);
    features->size = fminf((float)question->count / 4.0f, 1.0f);
    talloc_free(tmp);
}

double sb_score(const struct sb_features *f)
{
    double z = -4.0 + 4.2 * (double)f->window + 0.6 * (double)f->whole +
               0.8 * (double)f->head + 1.2 * (double)f->heaviest -
               2.0 * (double)f->unknown + 1.5 * (double)f->cosine +
               2.0 * (double)f->asked + 0.8 * (double)f->fits;

    return 1 / (1 + exp(-z));
}
