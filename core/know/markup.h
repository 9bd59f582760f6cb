/* SPDX-License-Identifier: Apache-2.0
 *
 * Markup made tame before the real parser sees it. Nesting, attributes and elements
 * without text are what makes HTML parsers slow or deep (gumbo walks its stack of open
 * elements for many tags, compares each attribute with all before it, and frees its
 * tree by recursion); here they are bounded in one linear pass.
 */
#ifndef SB_KNOW_MARKUP_H
#define SB_KNOW_MARKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

struct sb_markup_script {
    const char *text; /* of a JSON-LD script, as written */
    size_t len;
};

struct sb_markup {
    char *html; /* what is left, for the parser */
    size_t len;
    struct sb_markup_script *scripts;
    size_t script_count;
    bool truncated;
};

/* Drops scripts (JSON-LD is kept aside), styles, drawings, comments, form controls and
 * attributes that nobody reads; keeps at most `max_depth` open elements and
 * `max_nodes` elements in all. <b> and <strong> become <x-b>, <s> and <strike> <del>:
 * the parser has special and costly rules for them. */
struct sb_markup *sb_markup_tame(TALLOC_CTX *mem, const char *html, size_t len,
                                 int max_depth, size_t max_nodes);

#endif
