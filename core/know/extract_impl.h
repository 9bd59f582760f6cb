/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the files of extraction and by nothing else. One document goes through
 * charset.c, markup.c, gumbo, meta.c (the head), walk.c with table.c (the body) and
 * schema.c (microdata), and comes out as a struct sb_extract.
 */
#ifndef SB_KNOW_EXTRACT_IMPL_H
#define SB_KNOW_EXTRACT_IMPL_H

#include <gumbo.h>
#include <jansson.h>
#include "base/buf.h"
#include "know/extract.h"
#include "know/facts.h"

/* The result while it grows; `page` owns the memory. */
struct sb_extracting {
    struct sb_extract *page;
    const struct sb_extract_limits *limits;
    struct sb_block *blocks;
    size_t block_count, block_room;
    struct sb_link *links;
    size_t link_count, link_room;
    struct sb_fact *facts;
    size_t fact_count;
    const char *base; /* for relative links */
    int groups;       /* numbers handed out to lists and tables */
    const char *h1;   /* the first one's text */
};

/* ---- the tree: small helpers (tree.c) ---- */
const char *sb_node_name(const GumboNode *node); /* lower case, "" for text */
const char *sb_node_attr(const GumboNode *node, const char *name); /* NULL: none */
bool sb_node_is(const GumboNode *node, const char *name);
bool sb_node_is_element(const GumboNode *node);
const GumboVector *sb_node_children(const GumboNode *node);
/* All text below (64 KiB of it), white space collapsed, <br> and blocks as ", " or
 * space; on `mem`. */
char *sb_node_text(TALLOC_CTX *mem, const GumboNode *node);
/* Once for a tree, before the two below. */
void sb_tree_measure(GumboNode *root);
/* Bytes of text below, and how many of them are in links. */
size_t sb_node_weight(const GumboNode *node, size_t *in_links);
bool sb_node_has_h1(const GumboNode *node);
/* Which headings are below: bit 1 for <h1> to bit 6. */
unsigned sb_node_levels(const GumboNode *node);
/* The first element below for which the test holds, depth first; or NULL. */
const GumboNode *sb_node_find(const GumboNode *node,
                              bool (*test)(const GumboNode *node));
/* Has `list` (a class attribute, say) a word that begins with one of `words`? */
bool sb_has_word(const char *list, const char *const *words);

/* ---- adding ---- */
/* `heading` and `columns` may be ""; text is collapsed and copied. False at a limit. */
bool sb_extract_add_block(struct sb_extracting *x, const struct sb_block *block);
void sb_extract_add_link(struct sb_extracting *x, const char *href, const char *text,
                         bool nofollow, bool in_main);
/* Collapses white space, trims, drops zero-width characters; on `mem`. */
char *sb_collapse(TALLOC_CTX *mem, const char *text, size_t len);
/* An absolute http(s) URL without fragment, or NULL. */
char *sb_url_join(TALLOC_CTX *mem, const char *base, const char *ref);

/* ---- the stages ---- */
void sb_extract_meta(struct sb_extracting *x, const GumboNode *root);
void sb_extract_body(struct sb_extracting *x, const GumboNode *root);
bool sb_table_is_data(const GumboNode *table);
void sb_table_add(struct sb_extracting *x, const GumboNode *table, const char *heading);
void sb_extract_microdata(struct sb_extracting *x, const GumboNode *root);
void sb_extract_text(struct sb_extracting *x, char *text);
void sb_extract_title(struct sb_extracting *x);

/* ---- facts ---- */
void sb_facts_add(TALLOC_CTX *mem, struct sb_fact **facts, size_t *count, size_t max,
                  const struct sb_fact *fact);
/* From one schema.org item, whatever it was written in. */
void sb_facts_from_schema(TALLOC_CTX *mem, const json_t *item,
                          enum sb_fact_origin origin, const char *url,
                          struct sb_fact **facts, size_t *count, size_t max);

/* ---- hours (hours_text.c) ---- */
struct sb_hours_read {
    unsigned days; /* bit 0: Sunday */
    int count;     /* 0: closed */
    int from[4], to[4];
};
/* Reads "Mo-Fr 08:00-17:00", "Mon - Fri: 8am to 5pm", "Sat, Sun closed" at `text`;
 * returns the bytes used, 0 when there are no hours at its start. */
size_t sb_hours_read(const char *text, struct sb_hours_read *out);
/* A weekday's number by any of its English names or schema.org's; -1. */
int sb_hours_day(const char *word, size_t len, size_t *used);
/* "07:30", "7:30 am", "7pm", "noon"; minutes or -1. `*used` bytes. `*had_half`: it said
 * am or pm (or noon, midnight). */
int sb_hours_time(const char *text, size_t *used, bool *had_half);
/* "Mo,Tu 08:00-12:00,13:00-17:00" and "Monday and Tuesday: 8 am to 12 noon, ..." */
char *sb_hours_value(TALLOC_CTX *mem, const struct sb_hours_read *hours);
char *sb_hours_words(TALLOC_CTX *mem, const struct sb_hours_read *hours);

/* ---- recognisers (recognise.c): each finds the next one at or after `text` ---- */
struct sb_seen {
    const char *start, *end; /* in the text searched */
    char value[96];          /* normalised */
};
bool sb_see_phone(const char *text, struct sb_seen *seen);
bool sb_see_price(const char *text, struct sb_seen *seen);
bool sb_see_email(const char *text, struct sb_seen *seen);
bool sb_see_address(const char *text, struct sb_seen *seen);

#endif
