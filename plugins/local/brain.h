/* SPDX-License-Identifier: Apache-2.0
 *
 * The deterministic receptionist behind role llm. Stateless: one struct brain per call,
 * built from the request alone. It first decides what to do (tool calls), and when the
 * host comes back with the results it writes one short reply.
 *
 *   llm.c           one call from beginning to end
 *   brain_text      arena, strings, plain words
 *   brain_read      what kind of message this is
 *   brain_parts     the parts of it that ask something
 *   brain_language  whether it is English, or language at all
 *   brain_phrases   the template's phrases, with our own as the last resort
 *   brain_acts      which tools to call
 *   brain_capture   facts that stand in the message
 *   brain_begin     how an intake begins
 *   brain_given   answers to our own questions
 *   brain_results   what the tools answered
 *   brain_reply     the order of a reply
 *   brain_small     small talk, refusals, languages
 *   brain_intake    acknowledging, asking, reading back
 *   brain_hours     opening hours
 *   brain_question  a question made comparable: words, kind, what it expects
 *   brain_units     passages cut into sentences and table rows
 *   brain_score     how well each of them answers
 *   brain_answer    picking and wording
 */
#ifndef LOCAL_BRAIN_H
#define LOCAL_BRAIN_H

#include "brain_text.h"
#include "local.h"
#include "words.h"

#define MAX_QUESTIONS 3
#define MAX_RESULTS 32

/* What a message does; several may hold at once. */
struct reading {
    const char *plain; /* the whole message */
    size_t words;
    bool empty, gibberish, too_long, profane;
    const char *language; /* "es" ... when it is not English, or NULL */
    bool greets, how_are_you, thanks, bye;
    bool yes, no; /* how it begins */
    bool wants_person, wants_intake, wants_message;
    bool asks_identity, asks_name, asks_help, asks_why, asks_repeat, asks_memory;
    bool asks_privacy;
    bool declines, told_already, corrects, forget_it, waits;
    bool injects, complains, insults;
    const char *questions[MAX_QUESTIONS]; /* the parts that ask something, as written */
    size_t question_count;
    bool elliptic; /* "and on Sundays?": needs the question before */
};

/* One tool call of this turn and what came of it. */
struct result {
    const char *tool, *arguments;
    const char *field; /* of capture, decline and reopen, else "" */
    const char *spoken, *error, *text;
    bool done; /* the host has answered it */
    bool ok;
    int covered; /* check_service_area: 1, 0, -1 unknown */
};

struct brain {
    struct local *local;
    const struct sb_host *host;
    struct local_words *words;
    const struct sb_llm_request *request;
    const struct sb_turn *turn;
    const struct sb_llm_sink *sink;
    struct arena arena;
    struct reading read;
    struct result results[MAX_RESULTS];
    size_t result_count;
    const char *before; /* the person's message before this one, or "" */
    bool same_breath;   /* ... in this very message */
    int salt;           /* rises when a reply came out the same as the last */
    double confidence;
    struct text out;
    const char *cited[8];
    size_t cited_count;
};

/* ---- brain_read ---- */
void brain_read(struct brain *b);
/* Turns to question `i` of the message: what it may lean on is set. Give the result to
 * leave_question(). */
const char *enter_question(struct brain *b, size_t i);
void leave_question(struct brain *b, const char *before);

/* ---- brain_parts ---- */
/* Fills read.questions. */
void brain_find_questions(struct brain *b);
/* Does it begin like a question that stands by itself? */
bool brain_is_sentence(const char *plain_text);

/* ---- brain_language ---- */
bool brain_is_gibberish(const char *plain_text);
/* "es", "fr" ... "other", or NULL for English and for what is too short to tell. */
const char *brain_language(const struct brain *b, const char *plain_text);

/* ---- brain_phrases ---- */
/* A wording of the phrase, from the template or ours; rotates. */
const char *say(const struct brain *b, const char *name);
/* Is there one in the template? */
bool has_phrase(const struct brain *b, const char *name);
/* Did our last reply hold the phrase, in any of its wordings? */
bool said_last(struct brain *b, const char *name);

/* ---- brain_acts ---- */
/* Decides and emits tool calls; returns how many, or a negative code of the sink. */
int brain_act(struct brain *b);
bool has_tool(const struct brain *b, const char *name);
/* The field that the message names ("the phone number is wrong"), or NULL. */
const struct sb_field *named_field(struct brain *b);

/* ---- brain_results ---- */
void brain_results(struct brain *b);
size_t own_messages(const struct sb_llm_request *request);
const struct result *find_result(const struct brain *b, const char *tool);
const struct sb_field *find_field(const struct brain *b, const char *name);

/* ---- brain_reply ---- */
void brain_reply(struct brain *b);

/* ---- brain_small ---- */
/* Answers messages that need neither knowledge nor intake; false: it is not one. */
bool small_talk(struct brain *b);
/* "Hello." and the like, or a welcome at the beginning. */
void greet(struct brain *b);

/* ---- brain_intake ---- */
/* Thanks for what was captured, and asks again for what was not understood. */
void intake_acknowledge(struct brain *b);
/* Repeats dates and numbers that were captured: they are easily misheard. */
void intake_repeat(struct brain *b);
/* Asks the next question, reads back or says that it is done. `after_answer`: a
 * question of the person's was answered just before. */
void intake_continue(struct brain *b, bool after_answer);
/* The field to ask for now, or NULL. */
const struct sb_field *intake_next(struct brain *b);
/* Is it urgent, or was it when we last asked? */
bool intake_is_urgent(struct brain *b);
/* Is this intake only a message to be passed on? */
bool intake_is_message(const struct brain *b);

/* ---- brain_hours ---- */
/* Is the question about when the business as a whole is open? */
bool hours_asked(struct brain *b, const char *question);
/* The day that it asks about as the person put it, or NULL. */
const char *hours_day(struct brain *b, const char *question);
/* Answers it; false when the hours are not known. */
bool hours_answer(struct brain *b, const char *question, struct text *out);

/* ---- brain_answer ---- */
/* Answers from the business's own data and the passages; false: not known. */
bool answer(struct brain *b, const char *question, struct text *out);
/* The place in "do you come to Milford", or NULL. */
const char *area_asked(struct brain *b, const char *question);
/* Does text read like an instruction to us rather than a fact? */
bool is_injected(const char *plain_text);
void cite(struct brain *b, const char *passage_id);

#endif
