/* SPDX-License-Identifier: Apache-2.0
 *
 * The attributes of one tag, for markup.c.
 */
#ifndef SB_KNOW_MARKUP_ATTR_H
#define SB_KNOW_MARKUP_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

/* Reads the attribute at `*at`, which moves behind it; false at the tag's end. */
bool sb_markup_attribute(const char **at, const char *end, const char **name,
                         size_t *name_len, const char **value, size_t *value_len);
/* Writes those that are kept, each with a leading blank. */
void sb_markup_put_attributes(struct sb_buf *out, const char *at, const char *end);
/* Is `word` in the text? Case does not matter. */
bool sb_markup_contains(const char *text, size_t len, const char *word);

#endif
