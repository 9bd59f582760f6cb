/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of know/index.h share.
 */
#ifndef SB_KNOW_INDEX_IMPL_H
#define SB_KNOW_INDEX_IMPL_H

#include "know/index.h"

struct term {
    uint32_t name, hash;   /* where its stem is in `names` */
    uint32_t first, count; /* its postings */
};

struct pending {
    uint32_t term, posting;
};

struct sb_index {
    char *names;
    size_t names_len, names_room;
    struct term *terms;
    size_t term_count, term_room;
    uint32_t *slots; /* term + 1 by hash */
    size_t slot_count;
    struct pending *pending;
    size_t posting_count, pending_room;
    uint32_t *postings;
    int64_t *ids;
    float *lengths;
    size_t count, room;
    float average;
};

static inline const char *sb_term_name(const struct sb_index *index,
                                       const struct term *term)
{
    return index->names + term->name;
}
/* NULL when no chunk has the stem. */
const struct term *sb_index_term(const struct sb_index *index, const char *stem);
/* Gives concepts that the index does not know another word that was probably meant. */
void sb_index_mend(const struct sb_index *index, struct sb_question *question);

#endif
