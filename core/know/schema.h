/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by what reads schema.org data: JSON-LD (jsonld.c), microdata (microdata.c) and
 * the facts made of both (schema.c).
 */
#ifndef SB_KNOW_SCHEMA_H
#define SB_KNOW_SCHEMA_H

#include <jansson.h>
#include <talloc.h>
#include "know/facts.h"

/* Text that may hold HTML (answers often do) as plain clean text; on `mem`. */
char *sb_plain_text(TALLOC_CTX *mem, const char *text);
/* A script's text as JSON, small mistakes mended (comments around it, trailing commas,
 * bare control characters); NULL when it is none. Free with json_decref. */
json_t *sb_jsonld_parse(const char *text, size_t len);

/* One reading of items under way. */
struct sb_schema {
    TALLOC_CTX *mem, *tmp;
    enum sb_fact_origin origin;
    const char *url;
    struct sb_fact **facts;
    size_t *count, max;
    const char
        *business; /* name of the first business seen, whose facts have no subject */
};

/* A property, with or without its vocabulary ("schema:name"), or NULL. */
const json_t *sb_schema_property(const json_t *item, const char *name);
/* A value may be one or a list of them. */
size_t sb_schema_count(const json_t *value);
const json_t *sb_schema_at(const json_t *value, size_t index);
/* Clean text of a value, "" when it has none; on `mem`. */
char *sb_schema_text(TALLOC_CTX *mem, const json_t *value);
char *sb_schema_text_at(TALLOC_CTX *mem, const json_t *item, const char *name);
/* The last part of "http://schema.org/Monday". */
const char *sb_schema_local_name(const char *text);
void sb_schema_add(struct sb_schema *t, enum sb_fact_kind kind, const char *subject,
                   const char *value, const char *text);

/* openingHours, openingHoursSpecification, and what joins the spans of one day in the
 * facts from `first` on. (schema_hours.c) */
void sb_schema_hours_texts(struct sb_schema *t, const json_t *value,
                           const char *subject);
void sb_schema_hours_items(struct sb_schema *t, const json_t *value,
                           const char *subject);
void sb_schema_join_spans(struct sb_schema *t, size_t first);
/* An offer; `about` is what is offered where it does not say so. (schema_price.c) */
void sb_schema_offer(struct sb_schema *t, const json_t *offer, const char *about);

#endif
