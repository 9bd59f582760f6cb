/* SPDX-License-Identifier: Apache-2.0
 *
 * A question made comparable, and the pieces of passages that it is compared with.
 */
#ifndef LOCAL_BRAIN_QUESTION_H
#define LOCAL_BRAIN_QUESTION_H

#include "brain.h"

#define MAX_ASKED 24
#define MAX_ALTS 12
#define MAX_UNITS 400
#define MAX_UNIT_WORDS 60
#define LEAST_RELEVANT 0.35 /* a passage that scores less is about something else */

/* What an answer must hold; also what a unit holds. */
enum wants {
    WANTS_PRICE = 1 << 0,
    WANTS_TIME = 1 << 1,
    WANTS_PHONE = 1 << 2,
    WANTS_EMAIL = 1 << 3,
    WANTS_PLACE = 1 << 4,
    WANTS_DAY = 1 << 5,
    WANTS_DURATION = 1 << 6,
    WANTS_COUNT = 1 << 7,
    WANTS_WHO = 1 << 8,
    WANTS_YESNO = 1 << 9,
};
/* Without these there is no answer, however well the words fit. */
#define WANTS_STRICT                                                                   \
    (WANTS_PRICE | WANTS_TIME | WANTS_PHONE | WANTS_EMAIL | WANTS_DURATION |           \
     WANTS_COUNT)

struct asked_word {
    struct local_word word;
    float weight;
    int month;  /* 0..11 when it is the name of one, else -1 */
    bool type;  /* says what kind of answer is wanted ("cost"), not about what */
    bool found; /* stands in some unit, heading or title */
    const char *alts[MAX_ALTS]; /* other plain phrases for it, NULL-terminated */
};

struct question {
    const char *text, *plain;
    struct asked_word words[MAX_ASKED];
    size_t count;
    unsigned wants;
    bool general; /* no word says what it is about */
};

struct unit_word {
    uint64_t stem;
    uint16_t concept;
};

/* A sentence or a table row, with what stands around it. */
struct unit {
    const struct sb_passage *passage;
    const char *text; /* as written */
    const char *plain;
    const char *heading; /* the nearest heading above it, as written, or "" */
    size_t line;         /* of the passage: sentences of one line belong together */
    bool row;            /* "Weekend: 18 holes $65; 9 holes $40" or a list item */
    unsigned holds;      /* enum wants bits that it could satisfy */
    const struct unit_word *words;
    size_t word_count;
    double score, coverage;
};

/* A question, all units, and how well each word matches each of them. */
struct table {
    struct question q;
    struct unit units[MAX_UNITS];
    size_t count;
    float (*matches)[MAX_ASKED];
};

/* ---- brain_question ---- */
void question_read(struct brain *b, const char *text, struct question *q);
/* The kinds of answer that a plain question wants, as enum wants bits. */
unsigned question_wants(const char *plain_text);
/* Which of the wanted kinds of answer a text holds; `words` is its plain form. */
unsigned text_holds(const char *text, const char *words, unsigned wants);

/* ---- brain_units ---- */
/* Cuts the passages worth reading; returns how many. */
size_t units_cut(struct brain *b, unsigned wants, struct unit *units);
size_t words_of(struct brain *b, const char *text, struct unit_word *out, size_t max);

/* A sum of money or a percentage. */
bool text_has_amount(const char *text);

/* ---- brain_score ---- */
/* 0..11, or -1. */
int month_of(const char *word);
/* 0..1: does the word, or one that means the same, stand in a text? */
double word_match(const struct asked_word *asked, const struct unit_word *words,
                  size_t count, const char *plain_text);
void fill_matches(struct brain *b, struct table *t);
/* The unit that answers best, or NULL when none does. */
const struct unit *best_unit(struct brain *b, struct table *t);
/* Is the unit itself a question? */
bool is_asking(const struct unit *unit);

#endif
