/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by what reads schema.org data: JSON-LD (jsonld.c), microdata (microdata.c) and
 * the facts made of both (schema.c).
 */
#ifndef SB_KNOW_SCHEMA_H
#define SB_KNOW_SCHEMA_H

#include <jansson.h>
#include <talloc.h>

/* Text that may hold HTML (answers often do) as plain clean text; on `mem`. */
char *sb_plain_text(TALLOC_CTX *mem, const char *text);
/* A script's text as JSON, small mistakes mended (comments around it, trailing commas,
 * bare control characters); NULL when it is none. Free with json_decref. */
json_t *sb_jsonld_parse(const char *text, size_t len);

#endif
