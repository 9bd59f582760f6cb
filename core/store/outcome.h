/* SPDX-License-Identifier: Apache-2.0
 *
 * What came of a conversation, as one looks at it from outside: for tools that check
 * conversations, never part of a turn.
 */
#ifndef SB_STORE_OUTCOME_H
#define SB_STORE_OUTCOME_H

#include <stdbool.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_db;

struct sb_outcome {
    int phase;          /* enum sb_intake_phase */
    const char *status; /* "open", "waiting", "human", "ended" */
    const char *intake; /* the intake's snapshot, JSON */
    bool has_lead, lead_complete, lead_qualified;
    int lead_score;
    const char *lead_queue, *lead_reason, *lead_message;
    const char *lead_fields; /* JSON object */
    const char
        *escalations;  /* the rules, " gas hand_over " with a space at both ends */
    const char *tools; /* of the newest turn: "start_intake capture_field!" */
    const char *provider, *failures; /* of the newest turn */
};

/* [suspends] SB_ENOTFOUND when there is no such conversation. Strings on `mem`. */
int sb_outcome_read(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                    const char *conversation, struct sb_outcome *outcome,
                    struct sb_err *err);

#endif
