/* SPDX-License-Identifier: Apache-2.0
 *
 * How well a passage answers a question, as a calibrated 0..1. Pure: it sees the
 * question's concepts, what the index knows of them, and the passage's words.
 */
#ifndef SB_KNOW_SCORE_H
#define SB_KNOW_SCORE_H

#include <stdbool.h>
#include "know/index.h"
#include "know/question.h"

struct sb_candidate {
    int kind;   /* enum sb_passage_kind */
    bool asked; /* a question with its answer on a page */
    const char *title, *heading, *text;
    const char *also; /* other ways to ask it, one a line, or "" */
    unsigned holds;   /* SB_HOLDS_* of the text */
    float cosine;     /* of the vectors, 0 when unknown */
};

/* What the score is made of, each 0..1; kept apart for calibrating it. "Coverage" is
 * the share of the question's weight that is found. */
struct sb_features {
    float window;   /* coverage by the best few lines, with title and heading */
    float close;    /* coverage by the best dozen words, with title and heading */
    float body;     /* coverage by the best few lines alone */
    float head;     /* coverage by title and heading alone */
    float whole;    /* coverage by all of the passage */
    float found;    /* of what the index knows of the question at all, in the window */
    float heaviest; /* 1 when the weightiest concept is in the window, else less */
    float unknown;  /* weight of what stands nowhere in the index */
    float cosine;
    float asked; /* likeness to the question that the passage answers, both ways */
    float fits;  /* the kind of answer that is wanted is there: 1, not: -1, else 0 */
    float near;  /* likewise, in the best few lines */
    float size;  /* concepts of the question, 4 or more is 1 */
};

void sb_score_features(struct sb_words *words, const struct sb_question *question,
                       const struct sb_index_view *view,
                       const struct sb_candidate *candidate,
                       struct sb_features *features);
/* On a scale where 0 is as likely an answer as none. */
double sb_score(const struct sb_features *features);
/* The same as 0..1. */
double sb_score_share(double score);

#endif
