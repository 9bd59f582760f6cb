/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows to struct: the one binder behind every configuration file, plugin options
 * and tenant sections. See switchboard/option.h for the rows.
 */
#ifndef SB_BASE_TABLE_H
#define SB_BASE_TABLE_H

#include <switchboard/err.h>
#include <switchboard/option.h>
#include <talloc.h>
#include "base/buf.h"
#include "base/yaml.h"

/* How to read rows whose struct may be older or newer than ours. */
struct sb_table {
    const struct sb_option *rows;
    size_t stride; /* sizeof(struct sb_option) of whoever made the rows */
};
#define SB_TABLE(rows_) ((struct sb_table){(rows_), sizeof(struct sb_option)})

/* Fills `out` (zeroed by the caller, `out_size` bytes) from a YAML map; `map` may be
 * NULL: presets only. Strings are copied onto `mem`. Unknown key, wrong type, out of
 * range, missing required key: an error with file, line, column and, for unknown
 * keys, the nearest valid name; a null value counts as absent. Keys listed in `others`
 * (NULL-terminated, may be NULL) are left for somebody else. In a SB_OPTION_SECRET, and
 * only there, a value that is "${NAME}" reads the environment (unset is empty) and
 * "file:/path" reads a file. A list may be given as one text. */
int sb_table_bind(TALLOC_CTX *mem, struct sb_table table, const struct sb_yaml *map,
                  const char *const *others, void *out, size_t out_size,
                  struct sb_err *err);
/* Sets one member from text (command-line flags). */
int sb_table_set(TALLOC_CTX *mem, struct sb_table table, const char *name,
                 const char *text, void *out, size_t out_size, struct sb_err *err);
/* The effective values as "key: value" lines, secrets as "(set)" or "(not set)". */
void sb_table_show(struct sb_table table, const void *values, const char *indent,
                   struct sb_buf *out);
/* Commented example YAML, and a Markdown table, from the rows. */
void sb_table_example(struct sb_table table, const char *indent, struct sb_buf *out);
void sb_table_markdown(struct sb_table table, struct sb_buf *out);
/* Text to milliseconds or bytes ("5m" is minutes or mebibytes by the type). */
int sb_table_duration(const char *text, int64_t *ms_r);
int sb_table_size(const char *text, int64_t *bytes_r);

#endif
