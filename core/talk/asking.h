/* SPDX-License-Identifier: Apache-2.0
 *
 * Which field a reply of ours asked for. A model is told which one comes next, and may
 * well ask for another (in an emergency the phone number before the name): the answer
 * belongs to what was asked, not to what was planned.
 */
#ifndef SB_TALK_ASKING_H
#define SB_TALK_ASKING_H

#include "talk/intake.h"

/* The field that the last question of `reply` is about, by the template's own words or
 * by what such a question speaks of; NULL when it asks for none. Scratch on `mem`. */
struct sb_intake_field *
sb_intake_asked_in(TALLOC_CTX *mem, const struct sb_intake *intake, const char *reply);

#endif
