/* SPDX-License-Identifier: Apache-2.0
 *
 * Tool calls in the making, shared by the files that decide on them.
 */
#ifndef LOCAL_BRAIN_ACTS_H
#define LOCAL_BRAIN_ACTS_H

#include "brain.h"

struct acts {
    struct brain *b;
    int emitted, failed;
    const char *captured[16]; /* fields captured in this batch */
    size_t captured_count;
};

/* ---- brain_acts ---- */
/* Calls a tool. Pairs of key and value, NULL-terminated; those with an empty value are
 * left out. */
void act_call(struct acts *a, const char *tool, const char *const *pairs);
bool act_is_captured(const struct acts *a, const char *field);
/* capture_field, once a field and batch. */
void act_capture(struct acts *a, const char *field, const char *value,
                 const char *said);

/* ---- brain_capture ---- */
/* What the core's readers heard and what fits; `wanted`: an intake is running or begins
 * with this message. */
void take_heard(struct acts *a, bool wanted);
/* "for 4", "a foursome": the size of a group. */
void take_party(struct acts *a);
/* A name that nobody asked for. */
void take_name(struct acts *a);

/* ---- brain_begin ---- */
void start_message(struct acts *a, const char *reason, const char *message);
void start_request(struct acts *a, const char *reason);
/* What is worth passing on of a message that asks to take one. */
const char *message_words(const struct brain *b);

/* ---- brain_given ---- */
/* The field that our last reply asked for, which after a question of the person's need
 * not be the next one any more. */
const struct sb_field *asked_field(struct brain *b);
/* Takes the message itself as the value of a field that we asked for. */
void take_raw(struct acts *a, const struct sb_field *field);
void take_decline(struct acts *a);
/* "I already told you": looks for it in what was said before. */
void look_back(struct acts *a);

#endif
