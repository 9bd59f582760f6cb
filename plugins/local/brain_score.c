/* SPDX-License-Identifier: Apache-2.0
 *
 * How well each unit answers a question: how much of the question it covers, with the
 * headings above it, whether it holds the kind of thing that was asked for, and how
 * well the search thinks of its passage. Weighed against what makes a sentence a poor
 * answer: banners, cross-references, pages of years gone by.
 */
#include "brain_question.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Coverage that a unit needs, by how well the search thinks of its passage. */
#define NEED 0.55
#define NEED_RELEVANT 0.46
#define RELEVANT 0.6 /* the search's score of a passage that is about it */
#define SURE_WHATEVER 0.985
#define SURE 0.9 /* score of a FAQ that is taken at its word */

struct context {
    const char *heading;
    const struct sb_passage *passage;
    struct unit_word words[MAX_UNIT_WORDS];
    size_t count;
    const char *plain;
    double worth; /* of a match in it */
};

static const char *const months[] = {
    "january", "february",  "march",   "april",    "may",      "june", "july",
    "august",  "september", "october", "november", "december", NULL};

/* "April 18" and "8 am" are no answer to "18 holes" and "8 people". */
static bool is_part_of_date(const char *text, const char *number)
{
    char spaced[LOCAL_WORD_MAX + 2] = " ";
    const char *p = text;
    bool found = false;
    size_t len = strlen(number);
    int i;

    memcpy(spaced + 1, number, len);
    memcpy(spaced + 1 + len, " ", 2);
    for (; (p = strstr(p, spaced)); p++) {
        bool dated = begins_any(p + len + 1, LIST("am", "pm"));

        for (i = 0; months[i] && !dated; i++) {
            size_t n = strlen(months[i]);

            dated = (size_t)(p - text) >= n && strncmp(p - n, months[i], n) == 0;
        }
        if (!dated)
            return false;
        found = true;
    }
    return found;
}

static double match_words(const struct asked_word *asked, const struct unit_word *words,
                          size_t count)
{
    double best = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        if (words[i].stem == asked->word.stem_hash)
            return 1;
        if (asked->word.concept && words[i].concept == asked->word.concept)
            best = 0.8;
    }
    return best;
}

int month_of(const char *word)
{
    int i;

    for (i = 0; months[i]; i++)
        if (strcmp(months[i], word) == 0)
            return i;
    return -1;
}

/* Is a month within "from December 1 to March 14" or "May through September"? */
static bool is_in_season(const char *text, int month)
{
    int from = -1, i;
    const char *p;

    if (month < 0)
        return false;
    for (p = text; (p = strchr(p, ' ')); p++)
        for (i = 0; months[i]; i++) {
            if (strncmp(p + 1, months[i], strlen(months[i])) != 0)
                continue;
            if (from >= 0 &&
                (from <= i ? month >= from && month <= i : month >= from || month <= i))
                return true;
            from = i;
        }
    return false;
}

double word_match(const struct asked_word *asked, const struct unit_word *words,
                  size_t count, const char *text)
{
    double best = match_words(asked, words, count);

    if (best >= 1 && isdigit((unsigned char)asked->word.text[0]) &&
        is_part_of_date(text, asked->word.text))
        best = 0;
    if (best < 0.9 && asked->alts[0] && has_any(text, asked->alts))
        best = 0.9;
    if (best < 0.9 && is_in_season(text, asked->month))
        best = 0.9;
    return best;
}

/* Headings, the title, and for curated things their question or subject. */
static void enter_context(struct brain *b, struct context *c, const struct unit *unit)
{
    const struct sb_passage *p = unit->passage;
    const char *text;

    if (c->passage == p && c->heading == unit->heading)
        return;
    c->passage = p;
    c->heading = unit->heading;
    text = arena_printf(&b->arena, "%s . %s . %s", unit->heading,
                        p->heading ? p->heading : "", p->title ? p->title : "");
    c->plain = plain(&b->arena, text);
    c->count = words_of(b, text, c->words, MAX_UNIT_WORDS);
    c->worth = p->kind == SB_PASSAGE_PAGE ? 0.85 : 1;
}

static double best_match(const struct asked_word *asked, const struct unit *unit,
                         const struct context *c)
{
    double own = word_match(asked, unit->words, unit->word_count, unit->plain) *
                 (unit->passage->kind == SB_PASSAGE_FAQ ? 0.7 : 1);
    double around = c->worth * word_match(asked, c->words, c->count, c->plain);

    return own > around ? own : around;
}

void fill_matches(struct brain *b, struct table *t)
{
    struct context c = {0};
    size_t i, w;

    t->matches = arena_new(&b->arena, (t->count + 1) * sizeof(*t->matches));
    for (i = 0; i < t->count; i++) {
        enter_context(b, &c, &t->units[i]);
        for (w = 0; w < t->q.count; w++) {
            t->matches[i][w] = (float)best_match(&t->q.words[w], &t->units[i], &c);
            if (t->matches[i][w] >= 0.6f)
                t->q.words[w].found = true;
        }
    }
}

/* A sentence may lean on the one before and after it in the same passage. */
static double with_neighbours(const struct table *t, size_t i, size_t w)
{
    double best = t->matches[i][w], near;

    if (i > 0 && t->units[i - 1].passage == t->units[i].passage) {
        near = t->units[i - 1].line == t->units[i].line ? 0.6 : 0.3;
        if (near * t->matches[i - 1][w] > best)
            best = near * t->matches[i - 1][w];
    }
    if (i + 1 < t->count && t->units[i + 1].passage == t->units[i].passage) {
        near = t->units[i + 1].line == t->units[i].line ? 0.5 : 0.2;
        if (near * t->matches[i + 1][w] > best)
            best = near * t->matches[i + 1][w];
    }
    return best;
}

/* A title such as "2023 season rates" says that the page is past. */
static bool is_outdated(const struct brain *b, const struct sb_passage *p)
{
    long now = b->turn->now ? strtol(b->turn->now, NULL, 10) : 0, year;
    const char *title = p->title ? p->title : "";

    for (; (title = strstr(title, "20")); title++) {
        year = strtol(title, NULL, 10);
        if (year > 2000 && year < now)
            return true;
    }
    return false;
}

/* How much of the heading above a unit the question repeats. */
static double heading_worth(struct brain *b, const struct table *t,
                            const struct unit *unit)
{
    struct unit_word words[MAX_UNIT_WORDS];
    size_t n = words_of(b, unit->heading, words, MAX_UNIT_WORDS), i, w, hits = 0;

    for (i = 0; i < n; i++)
        for (w = 0; w < t->q.count; w++)
            if (words[i].stem == t->q.words[w].word.stem_hash) {
                hits++;
                break;
            }
    return n ? (double)hits / (double)n : 0;
}

/* "How long does it last?" answers no question about replacing it today. */
static bool is_other_kind(struct brain *b, const struct table *t,
                          const struct sb_passage *p)
{
    unsigned kinds = WANTS_TIME | WANTS_DAY | WANTS_DURATION | WANTS_COUNT;
    unsigned asked = question_wants(plain(&b->arena, p->title ? p->title : "")) & kinds;

    return p->kind == SB_PASSAGE_FAQ && p->score < SURE_WHATEVER && asked &&
           !(asked & t->q.wants);
}

/* What makes a unit a worse answer than its words suggest. */
static double faults(struct brain *b, const struct table *t, const struct unit *unit)
{
    static const char *const pointers[] = {
        "see also", "see our",  "see",       "read more",  "learn more",
        "click",    "call now", "book now",  "contact us", "more about",
        "find out", "view our", "visit our", NULL};
    static const char *const rebates[] = {"rebate*", "save",     "discount*", "coupon*",
                                          "off",     "special*", "credit*",   NULL};
    size_t len = strlen(unit->text);
    double sum = 0;

    if (is_outdated(b, unit->passage))
        sum += 0.35;
    if (begins_any(unit->plain, pointers))
        sum += 0.4;
    if (begins_any(unit->plain, LIST("we also", "also")))
        sum += 0.1;
    if (!unit->row && len && !strchr(".!?:\")", unit->text[len - 1]) &&
        unit->passage->kind == SB_PASSAGE_PAGE && !strpbrk(unit->text, "0123456789"))
        sum += 0.2; /* words without a sentence: a banner, a menu */
    if ((t->q.wants & WANTS_PRICE) && has_any(unit->plain, rebates) &&
        !has_any(t->q.plain, rebates))
        sum += 0.1;
    return sum;
}

static void score_unit(struct brain *b, struct table *t, size_t i)
{
    struct unit *unit = &t->units[i];
    double got = 0, all = 0;
    unsigned strict = t->q.wants & WANTS_STRICT;
    size_t w;

    for (w = 0; w < t->q.count; w++) {
        const struct asked_word *asked = &t->q.words[w];
        double weight = asked->weight;

        if (!asked->found && !asked->type)
            weight *= 1.2;
        all += weight;
        got += weight *
               (asked->type && (unit->holds & strict) ? 1 : with_neighbours(t, i, w));
    }
    unit->coverage = all > 0 ? got / all : t->q.wants & WANTS_STRICT ? 1 : 0;
    /* The search knows every way in which a curated answer may be asked for. */
    unit->score =
        unit->coverage +
        (unit->passage->kind == SB_PASSAGE_PAGE ? 0.9 : 1.2) * unit->passage->score;
    if (unit->holds & t->q.wants & ~(unsigned)(WANTS_YESNO | WANTS_WHO))
        unit->score += 0.15;
    if ((t->q.wants & WANTS_PRICE) && text_has_amount(unit->text))
        unit->score += 0.15;
    unit->score -= 0.0005 * (double)(i < 100 ? i : 100); /* what comes first counts */
    unit->score += 0.25 * heading_worth(b, t, unit);
    unit->score -= faults(b, t, unit);
    if (strlen(unit->text) > 300)
        unit->score -= 0.05;
    if (unit->word_count < 2 && !unit->row)
        unit->score -= 0.3;
}

/* Does the unit, or for a curated answer any part of it, hold what is asked for? */
static bool is_kind(const struct table *t, const struct unit *unit)
{
    unsigned strict = t->q.wants & WANTS_STRICT;
    size_t i;

    if (!strict || (unit->holds & strict))
        return true;
    for (i = 0; unit->passage->kind != SB_PASSAGE_PAGE && i < t->count; i++)
        if (t->units[i].passage == unit->passage && (t->units[i].holds & strict))
            return true;
    return false;
}

/* "What is a scramble?" explains a word: that is an answer only to somebody who used
 * the word. */
static bool explains_another_word(struct brain *b, const struct table *t,
                                  const struct unit *unit)
{
    const char *title =
        plain(&b->arena, unit->passage->title ? unit->passage->title : "");
    struct unit_word words[MAX_UNIT_WORDS];
    size_t n, w;

    if (unit->passage->kind != SB_PASSAGE_FAQ ||
        (!begins_any(title, LIST("what is a", "what is an")) && !has(title, "mean")))
        return false;
    n = words_of(b, title, words, MAX_UNIT_WORDS);
    for (w = 0; w < t->q.count; w++)
        if (t->q.words[w].weight >= 0.5f &&
            word_match(&t->q.words[w], words, n, title) >= 0.8)
            return false;
    return true;
}

/* The search knows every way in which a FAQ may be asked; we see only its title. */
static double need_of(const struct unit *unit)
{
    const struct sb_passage *p = unit->passage;

    if (p->score < LEAST_RELEVANT)
        return 2;
    if (p->kind == SB_PASSAGE_FAQ && p->score >= SURE)
        return 0;
    return p->score >= RELEVANT ? NEED_RELEVANT : NEED;
}

bool is_asking(const struct unit *unit)
{
    size_t len = strlen(unit->text);

    return len && unit->text[len - 1] == '?';
}

const struct unit *best_unit(struct brain *b, struct table *t)
{
    const struct unit *best = NULL;
    size_t i;

    for (i = 0; i < t->count; i++) {
        struct unit *unit = &t->units[i];

        score_unit(b, t, i);
        if (unit->coverage < need_of(unit) || !is_kind(t, unit) || is_asking(unit) ||
            explains_another_word(b, t, unit) || is_other_kind(b, t, unit->passage))
            continue;
        if (!best || unit->score > best->score + 1e-9)
            best = unit;
    }
    return best;
}
