/* SPDX-License-Identifier: Apache-2.0
 *
 * Recognising facts in running text, for the other files of extraction.
 */
#ifndef SB_KNOW_FACTS_TEXT_H
#define SB_KNOW_FACTS_TEXT_H

#include "know/facts.h"

/* As sb_facts_from_text, but only the kinds in `wanted` (SB_HOLDS_* bits). */
void sb_facts_see(TALLOC_CTX *mem, const char *text, const char *subject,
                  const char *heading, const char *url, unsigned wanted,
                  struct sb_fact **facts, size_t *count, size_t max);
/* Prices of a table's row, by its column names ("Day | Price"). */
void sb_facts_from_row(TALLOC_CTX *mem, const char *row, const char *columns,
                       const char *heading, const char *url, struct sb_fact **facts,
                       size_t *count, size_t max);
/* "+12035550123" from a telephone number as people write it, or NULL. */
char *sb_phone_normal(TALLOC_CTX *mem, const char *text);
/* What a heading says a fact is about: its last part without "hours", "our" ...; on
 * `mem`, "" when nothing is left. */
char *sb_fact_subject(TALLOC_CTX *mem, const char *heading);

#endif
