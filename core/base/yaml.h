/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML as a tree that remembers file, line and column, from libyaml's events.
 * Aliases and merge keys are refused (a billion laughs), duplicate keys too; at
 * most 4 MiB, 64 levels, 200,000 nodes. Scalars stay text: rows give them types.
 */
#ifndef SB_BASE_YAML_H
#define SB_BASE_YAML_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>
#include <switchboard/err.h>

enum sb_yaml_kind { SB_YAML_SCALAR, SB_YAML_LIST, SB_YAML_MAP };

struct sb_yaml {
    enum sb_yaml_kind kind;
    const char *file;
    int line, column; /* from 1 */
    const char *text; /* scalar; "" for an empty one */
    bool quoted;      /* scalar in quotes or a block: never null, bool or number */
    size_t count;     /* of a list or a map */
    struct sb_yaml **items; /* list items or map values */
    struct sb_yaml **keys;  /* map keys, scalars */
};

/* One document. The tree lives on `mem`. Errors read "file:line:column: why". */
int sb_yaml_parse(TALLOC_CTX *mem, const char *file, const char *text, size_t len,
                  struct sb_yaml **root_r, struct sb_err *err);
int sb_yaml_load(TALLOC_CTX *mem, const char *path, struct sb_yaml **root_r,
                 struct sb_err *err);
/* A map's value or NULL; `node` may be NULL. */
struct sb_yaml *sb_yaml_get(const struct sb_yaml *node, const char *key);
/* The scalar's text, or `fallback` for NULL, null and other kinds. */
const char *sb_yaml_str(const struct sb_yaml *node, const char *fallback);
/* sb_fail with "file:line:column: " in front. */
__attribute__((format(printf, 4, 5))) int sb_yaml_fail(struct sb_err *err, int code,
                                                       const struct sb_yaml *node,
                                                       const char *fmt, ...);
/* To and from JSON: plain scalars become null, booleans or numbers by YAML 1.2's
 * core schema, quoted ones strings. */
json_t *sb_yaml_to_json(const struct sb_yaml *node);
struct sb_yaml *sb_yaml_from_json(TALLOC_CTX *mem, const char *file,
                                  const json_t *value);
/* Writes a tree as YAML text (for export). */
char *sb_yaml_dump(TALLOC_CTX *mem, const json_t *value);

#endif
