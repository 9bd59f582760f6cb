/* SPDX-License-Identifier: Apache-2.0
 *
 * From readings to fields: what was heard in a message is fitted to the intake's
 * fields (proposed, not stored), and a value that somebody wants to store in a field
 * is checked and normalised.
 */
#ifndef SB_TALK_HEARD_H
#define SB_TALK_HEARD_H

#include <stddef.h>
#include <talloc.h>
#include <switchboard/err.h>
#include <switchboard/turn.h>
#include "host/agent.h"
#include "talk/intake.h"
#include "talk/read.h"

/* What holds for every reader: the business's country and clock. */
void sb_hint_init(struct sb_read_hint *hint, const struct sb_business *business,
                  int64_t wall_ms);

/* Reads all that `message` holds for this intake. At most `max` facts, in the order of
 * the template; `*plain_r` (may be NULL) says that nothing but facts was said. */
size_t sb_heard_read(TALLOC_CTX *mem, const char *message,
                     const struct sb_intake *intake, const struct sb_read_hint *base,
                     struct sb_heard *out, size_t max, bool *plain_r);

/* Does it ask something: a question mark, or how it begins? */
bool sb_heard_is_question(TALLOC_CTX *mem, const char *message);
/* May this field's date lie in the past ("when did it start?")? */
bool sb_heard_past_ok(const struct sb_template_field *field);

/* Checks `value` (and `said`, the person's words, or "") for a field. 0 with the
 * normalised value and how to say it, on `mem`; SB_EINVAL with a sentence that can be
 * said to the person. */
int sb_heard_check(TALLOC_CTX *mem, struct sb_intake_field *field, const char *value,
                   const char *said, const struct sb_read_hint *base,
                   const char **value_r, const char **spoken_r, struct sb_err *err);

#endif
