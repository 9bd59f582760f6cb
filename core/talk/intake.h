/* SPDX-License-Identifier: Apache-2.0
 *
 * The intake of one conversation: what is known of each of the template's fields, which
 * one is asked for next, and how far the whole has come. A snapshot of it lives in the
 * conversation's row; every change is journalled besides, in the order it happened.
 */
#ifndef SB_TALK_INTAKE_H
#define SB_TALK_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>
#include "host/template.h"
#include "store/lead.h"

struct sb_intake_field {
    const struct sb_template_field *tpl;
    int state;                                  /* enum sb_field_state */
    const char *value, *spoken, *said, *source; /* "" when empty */
    const char *doubted; /* a value that was refused as a likely slip; given again, it
                          * is meant */
    int asked;
};

struct sb_intake {
    TALLOC_CTX *mem;
    struct sb_intake_field *fields;
    size_t count;
    int phase;           /* enum sb_intake_phase */
    const char *reason;  /* what the person wants, "" */
    const char *message; /* to be passed on, "" */
    bool message_only;   /* "take a message": contact fields and the message, no more */
    bool dirty;          /* differs from what is stored */
    struct sb_intake_field *asking; /* what our last reply asked for, or NULL */
    struct sb_journal_row *journal; /* changes not stored yet */
    size_t journal_count;
};

/* Reads the stored snapshot ("{}" or nothing for a new one). Fields that the template
 * has lost are dropped, new ones are empty. */
void sb_intake_load(TALLOC_CTX *mem, const struct sb_template *tpl,
                    const char *snapshot, int phase, struct sb_intake *intake);
/* The snapshot as JSON; and only the values, for the lead. */
char *sb_intake_snapshot(TALLOC_CTX *mem, const struct sb_intake *intake);
char *sb_intake_values(TALLOC_CTX *mem, const struct sb_intake *intake);

struct sb_intake_field *sb_intake_find(const struct sb_intake *intake,
                                       const char *name);
/* The first field of a kind that has a value; its value or "". */
const char *sb_intake_by_kind(const struct sb_intake *intake, int kind);
const char *sb_intake_value(const struct sb_intake *intake, const char *name);

enum sb_applies { SB_APPLIES_NO, SB_APPLIES_MAYBE, SB_APPLIES_YES };
/* Does the field's only_if hold? MAYBE: the field that it hangs on is still open. */
enum sb_applies sb_intake_applies(const struct sb_intake *intake,
                                  const struct sb_intake_field *field);
/* Is it one of those that this intake has to fill? */
bool sb_intake_wants(const struct sb_intake *intake,
                     const struct sb_intake_field *field);
/* The field to ask for now; NULL when there is none. Two asks without an answer move
 * on to the next field; such a field is asked for once more at the end. */
struct sb_intake_field *sb_intake_next(const struct sb_intake *intake);
void sb_intake_progress(const struct sb_intake *intake, int *filled_r, int *total_r);

/* Changes; each is journalled and moves the phase where it should. */
void sb_intake_set(struct sb_intake *intake, struct sb_intake_field *field,
                   const char *value, const char *spoken, const char *said,
                   const char *source);
void sb_intake_decline(struct sb_intake *intake, struct sb_intake_field *field);
void sb_intake_reopen(struct sb_intake *intake, struct sb_intake_field *field);
void sb_intake_start(struct sb_intake *intake, const char *reason, const char *message);
/* The person agreed to what was read back; false in any other phase. */
bool sb_intake_confirm(struct sb_intake *intake);
/* A reply goes out: counts the field that it asks for and returns it, or NULL. */
const struct sb_intake_field *sb_intake_asked(struct sb_intake *intake,
                                              const char *reply);

#endif
