/* SPDX-License-Identifier: Apache-2.0
 *
 * The readers: pure functions that recognise facts in what a person said. They
 * propose; nothing is stored here. Each takes the message as words (tokens) and adds
 * what it found, with the place in the message that it was read from.
 */
#ifndef SB_TALK_READ_H
#define SB_TALK_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/turn.h>
#include "base/zone.h"

#define SB_READ_MAX 16 /* facts that one message may hold; more are ignored */
#define SB_READ_MAX_TOKENS 2048

enum sb_token_kind { SB_TOKEN_WORD, SB_TOKEN_NUMBER, SB_TOKEN_PUNCT };

/* A word (letters and inner apostrophes), a run of digits, or one other character. */
struct sb_token {
    enum sb_token_kind kind;
    const char *text; /* lower case, apostrophes plain, Latin accents kept */
    int64_t number;   /* SB_TOKEN_NUMBER: its value, -1 when longer than 15 digits */
    size_t digits;    /* SB_TOKEN_NUMBER: how many digits it was written with */
    size_t from, to;  /* bytes of the message */
    bool space;       /* white space before it */
    bool upper;       /* SB_TOKEN_WORD: begins with a capital */
    bool used;        /* a reader has understood it: others leave it alone */
};

struct sb_tokens {
    const char *message;
    struct sb_token *items;
    size_t count;
};

void sb_tokens_read(TALLOC_CTX *mem, const char *message, struct sb_tokens *out);
/* Is token `i` there and this word (or punctuation)? */
bool sb_token_is(const struct sb_tokens *tokens, size_t i, const char *text);
/* Is it one of the words, NULL-terminated? Its place in the list, or -1. */
int sb_token_in(const struct sb_tokens *tokens, size_t i, const char *const *words);
/* A small number in digits or words ("3", "three", "a couple of"): how many tokens it
 * takes, 0 when there is none. */
size_t sb_token_count_word(const struct sb_tokens *tokens, size_t i, int *value_r);
/* The message's text from token `from` up to and not including `to`. */
char *sb_tokens_text(TALLOC_CTX *mem, const struct sb_tokens *tokens, size_t from,
                     size_t to);
void sb_tokens_use(struct sb_tokens *tokens, size_t from, size_t to);

/* What the readers may know. */
struct sb_read_hint {
    bool expected;       /* the person was asked for just this kind */
    char country[4];     /* calling code of the business, "1"; "" unknown */
    char area[8];        /* area code for seven-digit numbers, "" unknown */
    const char *earlier; /* the field's value so far, "" for none */
    const struct sb_zone *zone;
    struct sb_local now; /* in the business's zone */
    bool month_first;    /* 12/5 is the 5th of December here */
    bool past_ok;        /* a date may lie in the past ("when did it start?") */
};

struct sb_reading {
    const char *value, *spoken; /* as in struct sb_heard */
    size_t from, to;            /* tokens */
    double confidence;
    const char *other; /* another way to read it, spoken; "" when there is none */
};

struct sb_readings {
    struct sb_reading items[SB_READ_MAX];
    size_t count;
};
/* Appends unless full. Strings stay where they are. */
void sb_readings_add(struct sb_readings *out, const char *value, const char *spoken,
                     size_t from, size_t to, double confidence, const char *other);

void sb_read_phone(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                   const struct sb_read_hint *hint, struct sb_readings *out);
void sb_read_email(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                   const struct sb_read_hint *hint, struct sb_readings *out);
void sb_read_name(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                  const struct sb_read_hint *hint, struct sb_readings *out);
void sb_read_address(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                     const struct sb_read_hint *hint, struct sb_readings *out);
void sb_read_yesno(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                   const struct sb_read_hint *hint, struct sb_readings *out);
/* `choices` and `synonyms` ("choice=word") as in the template. */
void sb_read_choice(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                    const struct sb_read_hint *hint, const char *const *choices,
                    const char *const *synonyms, struct sb_readings *out);
/* `unit`: the field's label or name, whose words mark a number as this one's. */
void sb_read_number(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                    const struct sb_read_hint *hint, const char *unit,
                    struct sb_readings *out);
/* See dates.h for the form of the values. */
void sb_read_date(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                  const struct sb_read_hint *hint, struct sb_readings *out);

/* "+12125550199" as one says it: "212-555-0199"; on `mem`. */
char *sb_phone_spoken(TALLOC_CTX *mem, const char *e164);
/* Digits to E.164; "" when it cannot be a phone number. `sure_r` (may be NULL): all
 * rules of the numbering plan hold. */
char *sb_phone_normalise(TALLOC_CTX *mem, const char *digits, bool plus,
                         const struct sb_read_hint *hint, bool *sure_r);
/* The calling code and area code that a business's own number (as printed) shows. */
void sb_phone_home(const char *printed, const char *timezone, char country[4],
                   char area[8]);

#endif
