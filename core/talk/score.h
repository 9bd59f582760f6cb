/* SPDX-License-Identifier: Apache-2.0
 *
 * A lead's score, with the reasons that make it up, and the vertical's word on whether
 * and to whom it goes.
 */
#ifndef SB_TALK_SCORE_H
#define SB_TALK_SCORE_H

#include <talloc.h>
#include "host/template.h"
#include "talk/intake.h"

/* 0..100 by the template's table; `*reason_r` names each row that counted:
 * "Left a phone number +20; Wants lessons +20". `said`: all that the person said. */
int sb_score_lead(TALLOC_CTX *mem, const struct sb_template *tpl,
                  const struct sb_intake *intake, const char *said, int urgency,
                  const char **reason_r);

/* Adds one more reason with its points; the sum stays within 0..100. */
int sb_score_add(TALLOC_CTX *mem, int score, int points, const char *why,
                 const char **reason_r);

#endif
