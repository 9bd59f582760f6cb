/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts to typed values and back, for the rows of table.h. Internal to the base.
 */
#ifndef SB_BASE_VALUE_H
#define SB_BASE_VALUE_H

#include <switchboard/option.h>
#include "base/table.h"

/* Row `index` as we know it; members that the row's maker did not have are zero.
 * The type is SB_OPTION_END after the last. */
struct sb_option sb_row_at(struct sb_table table, size_t index);
/* The row of that name; false when there is none. */
bool sb_row_find(struct sb_table table, const char *name, struct sb_option *row_r);
/* Bytes that the row's member takes in the struct. */
size_t sb_row_width(const struct sb_option *row);

/* Parses `text` by the row's type and writes the member at `at`. The error is the rest
 * of a sentence that begins with the row's name ("must be ..."). Never shows the text
 * of a secret. */
int sb_value_set(TALLOC_CTX *mem, const struct sb_option *row, const char *text,
                 void *at, struct sb_err *err);
/* Lists come as texts, `count` of them. */
void sb_value_set_list(TALLOC_CTX *mem, const char *const *texts, size_t count,
                       void *at);
/* "30s", "5m", "64k": the shortest exact form. */
void sb_value_duration(int64_t ms, char out[32]);
void sb_value_size(int64_t bytes, char out[32]);
/* "at least 5", "100 to 600000 ms" or "" for a row without a range. */
void sb_value_range(const struct sb_option *row, char out[80]);

#endif
