/* SPDX-License-Identifier: Apache-2.0
 *
 * Words that the index does not have: misspelt ones, other forms of one word, and those
 * that a prefix turns around.
 */
#include <string.h>
#include "base/text.h"
#include "know/index_impl.h"

#define SPELLING 0.75f /* weight of a word that was probably meant */
#define KIN 0.6f       /* weight of another form of the word */

/* How far two stems are apart: 0 is the same, `limit` + 1 too far. One slip in five
 * letters, two in eight; the first letter is hardly ever wrong. */
static int slips(const char *a, const char *b, int limit)
{
    size_t len = strlen(a), other = strlen(b);
    int distance;

    if (a[0] != b[0] || other + 2 < len || other > len + 2)
        return limit + 1;
    distance = sb_text_distance(a, b);
    return distance < limit ? distance : distance == limit ? limit : limit + 1;
}

/* Do they share a beginning long enough to be forms of one word ("plumber" and
 * "plumb", "vaccin" and "vaccinat")? */
static bool are_kin(const char *a, const char *b)
{
    size_t shared = 0, len = strlen(a), other = strlen(b);
    size_t longer = len > other ? len : other;

    while (a[shared] && a[shared] == b[shared])
        shared++;
    return shared >= 4 && shared + 4 >= longer && shared * 10 >= longer * 6 &&
           (shared == len || shared == other);
}

/* The word of the index that a stem it does not have is most likely to be: misspelt,
 * or another form of it. */
static const struct term *nearest(const struct sb_index *index, const char *stem,
                                  float *weight)
{
    size_t len = strlen(stem);
    int limit = len >= 8 ? 2 : len >= 5 ? 1 : 0;
    const struct term *kin = NULL, *near = NULL;

    for (size_t i = 0; i < index->term_count; i++) {
        const struct term *term = &index->terms[i];
        const char *name = sb_term_name(index, term);
        int distance = limit > 0 ? slips(stem, name, limit) : 1;

        if (limit > 0 && distance <= limit &&
            (distance < limit || !near || term->count > near->count)) {
            near = term;
            limit = distance;
        }
        if (are_kin(stem, name) && (!kin || term->count > kin->count))
            kin = term;
    }
    *weight = near ? SPELLING : KIN;
    return near ? near : kin;
}

static bool is_known(const struct sb_index *index, const struct sb_concept *concept)
{
    for (size_t i = 0; i < concept->alt_count; i++) {
        bool all = true;

        for (size_t j = 0; j < concept->alts[i].count && all; j++)
            all = sb_index_term(index, concept->alts[i].stems[j]) != NULL;
        if (all)
            return true;
    }
    return false;
}

/* "unclog" is about clogs as well. */
static const char *without_prefix(const char *stem)
{
    if (strlen(stem) >= 6 &&
        (strncmp(stem, "un", 2) == 0 || strncmp(stem, "re", 2) == 0))
        return stem + 2;
    return strlen(stem) >= 7 &&
                   (strncmp(stem, "pre", 3) == 0 || strncmp(stem, "non", 3) == 0)
               ? stem + 3
               : NULL;
}

static void mend_concept(const struct sb_index *index, struct sb_question *question,
                         struct sb_concept *concept)
{
    const char *bare = without_prefix(concept->stem);
    const struct term *near = bare ? sb_index_term(index, bare) : NULL;
    float weight = KIN;

    if (!near)
        near = nearest(index, concept->stem, &weight);
    if (!near || concept->alt_count == SB_MAX_ALTS)
        return;
    concept->alts = talloc_realloc(question, concept->alts, struct sb_alt,
                                   (unsigned)concept->alt_count + 1);
    concept->alts[concept->alt_count] = (struct sb_alt){.count = 1, .weight = weight};
    strncpy(concept->alts[concept->alt_count++].stems[0], sb_term_name(index, near),
            SB_STEM_MAX - 1);
}

void sb_index_mend(const struct sb_index *index, struct sb_question *question)
{
    for (size_t i = 0; i < question->count; i++)
        if (!question->concepts[i].number && !is_known(index, &question->concepts[i]))
            mend_concept(index, question, &question->concepts[i]);
}
