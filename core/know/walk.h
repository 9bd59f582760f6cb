/* SPDX-License-Identifier: Apache-2.0
 *
 * One walk over a document's body; shared by walk.c (the order of things), walk_parts.c
 * (elements with rules of their own) and walk_links.c.
 */
#ifndef SB_KNOW_WALK_H
#define SB_KNOW_WALK_H

#include "know/chrome.h"
#include "know/extract_impl.h"

enum { SB_WALK_LEVELS = 7 }; /* headings 1-6, and 0 unused */

struct sb_walk {
    struct sb_extracting *x;
    struct sb_chrome chrome;
    TALLOC_CTX *mem;
    struct sb_buf text; /* of the block being gathered */
    size_t bold;        /* bytes of it that are bold */
    int bold_depth;
    enum sb_block_kind kind;        /* what it will become */
    int group;                      /* of the list that we are in */
    char *headings[SB_WALK_LEVELS]; /* by level, NULL when none */
    char *path;
    bool in_main, in_frame, has_h1;
    int depth;
    size_t nodes;
};

void sb_walk_visit(struct sb_walk *w, const GumboNode *node);
/* Ends the block being gathered. */
void sb_walk_flush(struct sb_walk *w);
void sb_walk_text(struct sb_walk *w, enum sb_block_kind kind, const char *text);
void sb_walk_heading(struct sb_walk *w, int level, const char *text);
/* Makes the path anew after `headings` was changed. */
void sb_walk_set_path(struct sb_walk *w);

/* walk_parts.c: <dl>, <details>, <pre> */
void sb_walk_definitions(struct sb_walk *w, const GumboNode *node);
void sb_walk_details(struct sb_walk *w, const GumboNode *node);
void sb_walk_pre(struct sb_walk *w, const GumboNode *node);

/* walk_links.c: one <a>, and all of a part whose text was taken otherwise. */
void sb_walk_link(struct sb_walk *w, const GumboNode *node);
void sb_walk_links(struct sb_walk *w, const GumboNode *node);

#endif
