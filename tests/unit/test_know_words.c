/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>
#include "know/index.h"
#include "know/lexicon.h"
#include "know/question.h"
#include "know/score.h"
#include "know/words.h"
#include <switchboard/turn.h>

struct room {
    TALLOC_CTX *mem;
    struct sb_words *words;
    struct sb_lexicon *lexicon;
};

static struct room open_room(const char *const *synonyms)
{
    struct room r = {.mem = talloc_new(NULL)};

    r.words = sb_words_new(r.mem);
    r.lexicon =
        sb_lexicon_with(r.mem, r.words, sb_lexicon_new(r.mem, r.words), synonyms);
    return r;
}

/* "stem stem ..." without stop words. */
static char *stems(struct room *r, const char *text)
{
    struct sb_reader reader;
    struct sb_word word;
    char *out = talloc_strdup(r->mem, "");

    sb_reader_init(&reader, r->words, text, strlen(text));
    while (sb_reader_next(&reader, &word))
        if (!(word.flags & SB_WORD_STOP))
            out = talloc_asprintf_append(out, "%s%s", *out ? " " : "", word.stem);
    return out;
}

static struct sb_question *ask(struct room *r, const char *text, const char *history)
{
    return sb_question_read(r->mem, r->words, r->lexicon, text, history);
}

static const struct sb_concept *concept(const struct sb_question *q, const char *word)
{
    for (size_t i = 0; i < q->count; i++)
        if (strcmp(q->concepts[i].word, word) == 0)
            return &q->concepts[i];
    return NULL;
}

static float importance(const struct sb_question *q, const char *word)
{
    const struct sb_concept *c = concept(q, word);

    return c ? c->importance : 0;
}

Test(words, forms_of_one_word_become_one_stem)
{
    struct room r = open_room(NULL);

    cr_assert_str_eq(stems(&r, "Club\xe2\x80\x99s MEMBERSHIPS"),
                     stems(&r, "club membership"));
    cr_assert_str_eq(stems(&r, "CAF\xc3\x89"), stems(&r, "cafe"));
    cr_assert_str_eq(stems(&r, "$1,250.00 at 7:00"), "1250 7");
    cr_assert_str_eq(stems(&r, "7:30pm"), "7:30 pm");
    talloc_free(r.mem);
}

Test(words, any_bytes_are_read_to_the_end)
{
    struct room r = open_room(NULL);
    char junk[512];
    uint32_t seed = 1;

    for (int round = 0; round < 200; round++) {
        struct sb_reader reader;
        struct sb_word word;
        size_t total = 0;

        for (size_t i = 0; i < sizeof(junk); i++) {
            seed = seed * 1664525u + 1013904223u;
            junk[i] = (char)(seed >> 24);
        }
        sb_reader_init(&reader, r.words, junk, sizeof(junk));
        while (sb_reader_next(&reader, &word)) {
            cr_assert(word.len > 0 && word.at + word.len <= sizeof(junk));
            total += word.len;
        }
        cr_assert_leq(total, sizeof(junk));
    }
    talloc_free(r.mem);
}

Test(question, a_phrase_is_one_concept_with_what_means_the_same)
{
    static const char *const synonyms[] = {"tee time=starting slot", NULL};
    struct room r = open_room(synonyms);
    const struct sb_question *q = ask(&r, "How much is a tee time?", "");
    const struct sb_concept *tee = concept(q, "tee");

    cr_assert_not_null(tee);
    cr_assert_eq(tee->alts[0].count, 2);
    cr_assert_eq(tee->alt_count, 2);
    cr_assert(q->wants & SB_WANTS_PRICE);
    cr_assert_not_null(concept(q, "how"), "the price is asked for in other words");
    talloc_free(r.mem);
}

Test(question, one_that_leans_on_the_last_borrows_from_it)
{
    struct room r = open_room(NULL);
    const struct sb_question *q =
        ask(&r, "and on Sundays?", "When does the pro shop open?");
    const struct sb_question *own =
        ask(&r, "Do you repair water heaters in Springfield?", "When do you open?");

    cr_assert(q->elliptic);
    cr_assert_not_null(concept(q, "sundays"));
    cr_assert_not_null(concept(q, "shop"));
    cr_assert_lt(importance(q, "shop"), importance(q, "sundays"));
    cr_assert_not(own->elliptic);
    cr_assert_null(concept(own, "open"));
    talloc_free(r.mem);
}

Test(question, hostile_length_is_bounded)
{
    struct room r = open_room(NULL);
    char *text = talloc_strdup(r.mem, "");

    for (int i = 0; i < 3000; i++)
        text = talloc_asprintf_append(text, "word%d ", i);
    cr_assert_leq(ask(&r, text, text)->count, SB_MAX_CONCEPTS);
    cr_assert_eq(ask(&r, "", "")->count, 0);
    talloc_free(r.mem);
}

/* ---- the index ---- */

static const char *const passages[] = {
    "Weekday green fees are $45 for eighteen holes.",
    "The grill serves lunch from eleven. Burgers cost $12.",
    "Our practice range is open until dusk. Buckets of balls at the shop.",
    "Dogs are not permitted on the course, service animals excepted.",
    "Annual membership includes unlimited rounds and a locker.",
};
enum { PASSAGES = sizeof(passages) / sizeof(passages[0]) };

static struct sb_index *make_index(struct room *r)
{
    struct sb_index *index = sb_index_new(r->mem);

    for (int i = 0; i < PASSAGES; i++) {
        struct sb_buf terms;

        sb_buf_init(&terms, r->mem);
        sb_terms_pack(r->words, i == 4 ? "Membership" : "", passages[i], &terms);
        sb_index_add(index, 100 + i, terms.data, terms.len);
    }
    sb_index_finish(index);
    return index;
}

static int64_t first(struct room *r, const struct sb_index *index, const char *text,
                     struct sb_index_view *view)
{
    struct sb_index_hit hits[3];
    struct sb_index_view own;

    return sb_index_search(index, ask(r, text, ""), 3, hits, view ? view : &own)
               ? hits[0].id
               : 0;
}

Test(index, finds_by_words_by_meaning_and_by_misspelt_words)
{
    struct room r = open_room(NULL);
    struct sb_index *index = make_index(&r);

    cr_assert_eq(first(&r, index, "green fees on a weekday", NULL), 100);
    cr_assert_eq(first(&r, index, "may I bring my puppy", NULL), 103);
    cr_assert_eq(first(&r, index, "somewhere to have dinner or lunch", NULL), 101);
    cr_assert_eq(first(&r, index, "anual membrship", NULL), 104);
    cr_assert_eq(first(&r, index, "xylophone", NULL), 0);
    talloc_free(r.mem);
}

Test(index, other_forms_of_an_unknown_word_are_tried)
{
    struct room r = open_room(NULL);
    struct sb_index *index = make_index(&r);

    cr_assert_eq(first(&r, index, "unpermitted puppies", NULL), 103);
    cr_assert_eq(first(&r, index, "practicable", NULL), 102);
    cr_assert_eq(first(&r, index, "pratcice ragne", NULL), 102);
    talloc_free(r.mem);
}

Test(index, a_common_word_that_stands_nowhere_weighs_little)
{
    struct room r = open_room(NULL);
    struct sb_index *index = make_index(&r);
    struct sb_index_view view;

    first(&r, index, "could we bring dogs together", &view);
    cr_assert_lt(view.unknown, 0.3);
    talloc_free(r.mem);
}

Test(index, tells_what_stands_nowhere)
{
    struct room r = open_room(NULL);
    struct sb_index *index = make_index(&r);
    struct sb_index_view view;

    first(&r, index, "weekday green fees", &view);
    cr_assert_float_eq(view.unknown, 0, 1e-6);
    first(&r, index, "helicopter landing green", &view);
    cr_assert_gt(view.unknown, 0.5);
    talloc_free(r.mem);
}

Test(index, broken_terms_are_used_up_to_the_break)
{
    static const unsigned char broken[] = {3, 'd', 'o', 'g', 0, 1, 200, 'x'};
    struct room r = open_room(NULL);
    struct sb_index *index = sb_index_new(r.mem);

    sb_index_add(index, 1, broken, sizeof(broken));
    sb_index_add(index, 2, "", 0);
    sb_index_finish(index);
    cr_assert_eq(sb_index_count(index), 2);
    cr_assert_eq(first(&r, index, "dog", NULL), 1);
    talloc_free(r.mem);
}

Test(index, an_empty_one_finds_nothing)
{
    struct room r = open_room(NULL);
    struct sb_index *index = sb_index_new(r.mem);

    sb_index_finish(index);
    cr_assert_eq(first(&r, index, "anything at all", NULL), 0);
    talloc_free(r.mem);
}

/* ---- the score ---- */

static double score(struct room *r, const struct sb_index *index, const char *text,
                    int passage, unsigned holds)
{
    struct sb_question *q = ask(r, text, "");
    struct sb_index_hit hits[5];
    struct sb_index_view view;
    struct sb_candidate candidate = {.kind = SB_PASSAGE_PAGE,
                                     .title = "Page",
                                     .heading = passage == 4 ? "Membership" : "",
                                     .text = passages[passage],
                                     .also = "",
                                     .holds = holds};
    struct sb_features features;

    sb_index_search(index, q, 5, hits, &view);
    sb_score_features(r->words, q, &view, &candidate, &features);
    return sb_score_share(sb_score(&features));
}

Test(score, the_passage_that_answers_beats_one_that_shares_a_word)
{
    struct room r = open_room(NULL);
    struct sb_index *index = make_index(&r);

    cr_assert_gt(score(&r, index, "are dogs permitted on the course", 3, 0), 0.5);
    cr_assert_gt(score(&r, index, "are dogs permitted on the course", 3, 0),
                 score(&r, index, "are dogs permitted on the course", 2, 0) + 0.3);
    talloc_free(r.mem);
}

Test(score, a_question_about_something_else_is_far_below_half)
{
    struct room r = open_room(NULL);
    struct sb_index *index = make_index(&r);

    for (int i = 0; i < PASSAGES; i++)
        cr_assert_lt(score(&r, index, "do you repair helicopters in winter", i, 0),
                     0.3);
    talloc_free(r.mem);
}

Test(score, a_price_question_wants_a_price)
{
    struct room r = open_room(NULL);
    struct sb_index *index = make_index(&r);
    const char *text = "how much does the annual membership cost";

    cr_assert_gt(score(&r, index, text, 4, 1), score(&r, index, text, 4, 0));
    talloc_free(r.mem);
}
