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
#define CLOSE 14  /* likewise */
#define AROUND 60 /* bytes on both sides of a window where an answer may stand */
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
    uint32_t from, to; /* in bytes */
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

static void note(struct reading *r, uint32_t at, const struct sb_word *word,
                 const struct entry *entry)
{
    if (entry->alt->weight > r->best[entry->concept])
        r->best[entry->concept] = entry->alt->weight;
    if (r->count < r->room)
        r->matches[r->count++] = (struct match){.at = at,
                                                .span = entry->alt->count,
                                                .from = (uint32_t)word->at,
                                                .to = (uint32_t)(word->at + word->len),
                                                .concept = entry->concept,
                                                .weight = entry->alt->weight};
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
                note(r, at, &word, entry);
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

/* A stretch of the body and what it covers. */
struct window {
    float coverage;
    float best[SB_MAX_CONCEPTS];
    uint32_t from, to; /* in bytes; equal when nothing matched */
};

/* The best stretch of `size` words, given what the head covers already (or NULL). */
static void best_window(const struct sb_question *question,
                        const struct sb_index_view *view, const struct reading *body,
                        const float *head, uint32_t size, struct window *window)
{
    window->coverage = -1;
    for (size_t i = 0; i <= body->count; i++) {
        struct window here = {0};

        for (size_t c = 0; c < question->count; c++)
            here.best[c] = head ? head[c] * HEAD_SHARE : 0;
        for (size_t j = i;
             j < body->count && body->matches[j].at < body->matches[i].at + size; j++) {
            const struct match *match = &body->matches[j];

            if (j == i)
                here.from = match->from;
            here.to = match->to;
            if (match->weight > here.best[match->concept])
                here.best[match->concept] = match->weight;
        }
        here.coverage = covered(question, view, here.best);
        if (here.coverage > window->coverage)
            *window = here;
    }
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

/* Is one of the kinds of answer that are wanted in the text? */
static float fits(unsigned wants, unsigned holds, const char *text)
{
    static const struct {
        unsigned wants, holds;
        const char *signs; /* or any of these letters */
    } pairs[] = {
        {SB_WANTS_PRICE, SB_HOLDS_PRICE, ""},
        {SB_WANTS_HOURS, SB_HOLDS_HOURS, ""},
        {SB_WANTS_PHONE, SB_HOLDS_PHONE, ""},
        {SB_WANTS_EMAIL, SB_HOLDS_EMAIL, ""},
        {SB_WANTS_ADDRESS, SB_HOLDS_ADDRESS, ""},
        {SB_WANTS_DISCOUNT, SB_HOLDS_PRICE, "%"},
    };
    float value = 0;

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (!(wants & pairs[i].wants))
            continue;
        if ((holds & pairs[i].holds) ||
            (*pairs[i].signs && strpbrk(text, pairs[i].signs)))
            return 1;
        value = -1;
    }
    return value;
}

/* The text around a window, whole words, on `mem`. */
static char *text_near(TALLOC_CTX *mem, const char *text, const struct window *window)
{
    size_t len = strlen(text);
    size_t from = window->from > AROUND ? window->from - AROUND : 0;
    size_t to = window->to + AROUND < len ? window->to + AROUND : len;

    while (from > 0 && text[from] != ' ' && text[from] != '\n')
        from--;
    while (to < len && text[to] != ' ' && text[to] != '\n')
        to++;
    return talloc_strndup(mem, text + from, to - from);
}

/* Whether the answer stands near what was asked, not only somewhere in the passage. */
static float fits_near(TALLOC_CTX *mem, unsigned wants, const char *text,
                       const struct window *window)
{
    const char *part = text;

    if (window->to > window->from)
        part = text_near(mem, text, window);
    if (!(wants & ~(unsigned)SB_WANTS_NUMBER))
        return wants ? (strpbrk(part, "0123456789") ? 1 : -1) : 0;
    return fits(wants, sb_text_holds(part), part);
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
    struct window *w = talloc(tmp, struct window);
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
    best_window(question, view, &body, NULL, WINDOW, w);
    features->body = w->coverage;
    best_window(question, view, &body, head.best, CLOSE, w);
    features->close = w->coverage;
    best_window(question, view, &body, head.best, WINDOW, w);
    features->window = w->coverage;
    for (size_t c = 0; c < question->count; c++) {
        body.best[c] = fmaxf(body.best[c], head.best[c]);
        if (view->weight[c] > view->weight[heaviest])
            heaviest = c;
    }
    features->whole = covered(question, view, body.best);
    features->heaviest = question->count ? w->best[heaviest] : 0;
    features->unknown = view->unknown;
    features->found =
        view->unknown < 0.99f ? features->window / (1 - view->unknown) : 0;
    features->cosine = fmaxf(candidate->cosine, 0);
    if (candidate->kind == SB_PASSAGE_FAQ || candidate->asked)
        features->asked = best_likeness(words, question, view, table, candidate);
    features->fits = fits(question->wants, candidate->holds, candidate->text);
    features->near = fits_near(tmp, question->wants, candidate->text, w);
    features->size = fminf((float)question->count / 4.0f, 1.0f);
    talloc_free(tmp);
}

/* Fitted with tests/eval/fit.mjs on three sites; `heaviest`, `near` and `size` told
 * nothing that the others did not. */
double sb_score(const struct sb_features *f)
{
    return -4.92 + 1.67 * (double)f->window + 1.95 * (double)f->close +
           0.77 * (double)f->body + 2.72 * (double)f->head + 1.78 * (double)f->whole +
           1.24 * (double)f->found - 2.23 * (double)f->unknown +
           2.93 * (double)f->cosine + 0.54 * (double)f->asked + 1.29 * (double)f->fits;
}

double sb_score_share(double score)
{
    return 1 / (1 + exp(-score));
}
