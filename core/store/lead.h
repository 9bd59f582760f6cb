/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes of a conversation: the intake's journal, the lead, the pages to a human,
 * and the day's counters.
 */
#ifndef SB_STORE_LEAD_H
#define SB_STORE_LEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_db;

/* One change of a field. */
struct sb_journal_row {
    const char *field, *state, *value, *said, *source;
};

struct sb_lead_row {
    const char *id; /* for a new one; an older one of the conversation keeps its own */
    const char *name, *email, *phone, *reason, *message, *fields; /* fields: JSON */
    const char *score_reason, *qualify_reason, *queue;
    int score;
    bool qualified, complete;
};

/* What a step of a turn has learnt, committed before the turn goes on. */
struct sb_lead_step {
    const char *org, *conversation, *agent, *holder;
    int64_t seq_in;
    const char *intake; /* JSON, the snapshot in the conversation's row */
    int phase;
    const struct sb_journal_row *journal;
    size_t journal_count;
    const struct sb_lead_row *lead; /* or NULL */
};
/* [suspends] One transaction. `lead_id` (37 bytes) gets the lead's id when there is
 * one. SB_ECONFLICT when the turn has lost its lease. */
int sb_lead_save(struct sb_db *db, TALLOC_CTX *mem, const struct sb_lead_step *step,
                 char lead_id[37], struct sb_err *err);

struct sb_escalation_row {
    const char *org, *conversation, *agent, *rule, *reason;
    int64_t seq_in;
    int level;
    bool page;
};
/* [suspends] Records it once a rule and conversation, with an entry in the outbox that
 * wakes a human. `*first_r` says whether this was the first time. */
int sb_escalation_add(struct sb_db *db, TALLOC_CTX *mem,
                      const struct sb_escalation_row *row, bool *first_r,
                      struct sb_err *err);

struct sb_counter_row {
    const char *org, *agent, *name;
    char day[11]; /* the business's own day, "2026-11-21" */
    int64_t value;
};
/* [suspends] Adds them up; rows of one organisation only. */
int sb_counters_add(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                    const struct sb_counter_row *rows, size_t count,
                    struct sb_err *err);

#endif
