/* SPDX-License-Identifier: Apache-2.0
 *
 * The body of a document to blocks, in reading order. Text gathers in one buffer and
 * becomes a block wherever an element begins or ends a line. The frame around the page
 * (chrome.c) yields no blocks, but its phones, hours and addresses are facts too.
 */
#define _GNU_SOURCE /* strcasestr */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/text.h"
#include "know/chrome.h"
#include "know/extract_impl.h"
#include "know/facts_text.h"
#include "know/walk.h"

enum { MAX_HEADING = 200, PSEUDO_HEADING = 80, LEVELS = SB_WALK_LEVELS };

static void visit_children(struct sb_walk *w, const GumboNode *node)
{
    const GumboVector *children = sb_node_children(node);

    for (unsigned i = 0; i < children->length; i++)
        sb_walk_visit(w, children->data[i]);
}

/* ---- headings ---- */

void sb_walk_set_path(struct sb_walk *w)
{
    talloc_free(w->path);
    w->path = talloc_strdup(w->mem, "");
    for (int i = 0; i < LEVELS; i++)
        if (w->headings[i])
            w->path = talloc_asprintf_append(w->path, "%s%s", *w->path ? " > " : "",
                                             w->headings[i]);
}

static void set_heading(struct sb_walk *w, int level, const char *text)
{
    for (int i = level; i < LEVELS; i++)
        w->headings[i] = NULL;
    w->headings[level] = sb_utf8_clean(w->mem, text, strlen(text), MAX_HEADING);
    sb_walk_set_path(w);
}

void sb_walk_heading(struct sb_walk *w, int level, const char *text)
{
    bool is_first = level == 1 && !w->has_h1;

    if (!*text)
        return;
    if (is_first) {
        w->has_h1 = true;
        w->x->h1 = talloc_strdup(w->x->page, text);
    }
    (void)sb_extract_add_block(w->x, &(struct sb_block){.kind = SB_BLOCK_HEADING,
                                                        .level = level,
                                                        .heading = w->path,
                                                        .text = text});
    /* The first <h1> is the page's title and stands on no path. */
    set_heading(w, level, text);
    if (is_first) {
        w->headings[1] = NULL;
        sb_walk_set_path(w);
    }
}

/* A short paragraph all in bold, without a full stop, stands for a heading. */
static bool is_pseudo_heading(const struct sb_walk *w, const char *text)
{
    size_t len = strlen(text);

    return w->kind == SB_BLOCK_PARAGRAPH && w->bold && w->bold >= w->text.len &&
           len <= PSEUDO_HEADING && len > 2 && !strchr(".!,", text[len - 1]) &&
           !sb_text_holds(text);
}

/* ---- blocks ---- */

static void frame_facts(struct sb_walk *w, const char *text)
{
    struct sb_extracting *x = w->x;

    sb_facts_see(x->page, text, "", "", x->page->url,
                 SB_HOLDS_PHONE | SB_HOLDS_HOURS | SB_HOLDS_EMAIL | SB_HOLDS_ADDRESS,
                 &x->facts, &x->fact_count, x->limits->max_facts);
}

void sb_walk_text(struct sb_walk *w, enum sb_block_kind kind, const char *text)
{
    if (!*text)
        return;
    if (w->in_frame) {
        frame_facts(w, text);
        return;
    }
    (void)sb_extract_add_block(
        w->x, &(struct sb_block){
                  .kind = kind, .group = w->group, .heading = w->path, .text = text});
}

void sb_walk_flush(struct sb_walk *w)
{
    char *text;

    if (!w->text.len)
        return;
    text = sb_collapse(w->mem, sb_buf_str(&w->text), w->text.len);
    if (!w->in_frame && is_pseudo_heading(w, text)) {
        size_t len = strlen(text);

        if (text[len - 1] == ':')
            text[len - 1] = '\0';
        sb_walk_heading(w, LEVELS - 1, text);
    } else {
        sb_walk_text(w, w->kind, text);
    }
    talloc_free(text);
    sb_buf_reset(&w->text);
    w->bold = 0;
}

static void take_text(struct sb_walk *w, const char *text)
{
    size_t before = w->text.len;

    sb_buf_puts(&w->text, text);
    if (w->bold_depth || strspn(text, " \t\r\n\f") == strlen(text))
        w->bold += w->text.len - before;
}

/* ---- elements with rules of their own ---- */

static void take_heading(struct sb_walk *w, const GumboNode *node, int level)
{
    char *text;

    sb_walk_flush(w);
    if (w->in_frame) {
        visit_children(w, node);
        sb_walk_flush(w);
        return;
    }
    text = sb_node_text(w->mem, node);
    sb_walk_heading(w, level, text);
    talloc_free(text);
    /* The links inside are still links. */
    w->in_frame = true;
    visit_children(w, node);
    sb_buf_reset(&w->text);
    w->bold = 0;
    w->in_frame = false;
}

static void take_list(struct sb_walk *w, const GumboNode *node)
{
    int group = w->group;
    enum sb_block_kind kind = w->kind;

    sb_walk_flush(w);
    w->group = ++w->x->groups;
    visit_children(w, node);
    sb_walk_flush(w);
    w->group = group;
    w->kind = kind;
}

static void take_item(struct sb_walk *w, const GumboNode *node)
{
    enum sb_block_kind kind = w->kind;

    sb_walk_flush(w);
    w->kind = SB_BLOCK_ITEM;
    visit_children(w, node);
    sb_walk_flush(w);
    w->kind = kind;
}

static void take_table(struct sb_walk *w, const GumboNode *node)
{
    sb_walk_flush(w);
    if (w->in_frame || !sb_table_is_data(node)) {
        visit_children(w, node);
        sb_walk_flush(w);
        return;
    }
    sb_table_add(w->x, node, w->path);
    sb_walk_links(w, node);
}

/* ---- every element ---- */

static bool is_skipped(const GumboNode *node)
{
    static const char *const names[] = {
        "head",   "script", "style", "template", "noscript", "del", "label",
        "button", "legend", "svg",   "object",   "title",    NULL};

    for (size_t i = 0; names[i]; i++)
        if (sb_node_is(node, names[i]))
            return true;
    return false;
}

static bool is_inline(const GumboNode *node)
{
    static const char *const names[] = {
        "a",   "span",    "x-b",  "abbr", "cite", "dfn",    "kbd",  "mark",
        "q",   "ins",     "bdi",  "bdo",  "time", "var",    "samp", "data",
        "img", "acronym", "ruby", "rt",   "rp",   "output", NULL};

    for (size_t i = 0; names[i]; i++)
        if (sb_node_is(node, names[i]))
            return true;
    return false;
}

static int heading_level(const GumboNode *node)
{
    const char *name = sb_node_name(node), *role = sb_node_attr(node, "role");
    const char *level = sb_node_attr(node, "aria-level");

    if (name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && !name[2])
        return name[1] - '0';
    if (role && strcmp(role, "heading") == 0)
        return level && *level >= '1' && *level <= '6' ? *level - '0' : 2;
    return 0;
}

static void visit_inline(struct sb_walk *w, const GumboNode *node)
{
    bool is_bold = sb_node_is(node, "x-b");

    if (sb_node_is(node, "a"))
        sb_walk_link(w, node);
    w->bold_depth += is_bold;
    visit_children(w, node);
    w->bold_depth -= is_bold;
}

static void visit_block(struct sb_walk *w, const GumboNode *node)
{
    int level = heading_level(node);

    if (level)
        take_heading(w, node, level);
    else if (sb_node_is(node, "ul") || sb_node_is(node, "ol") ||
             sb_node_is(node, "menu"))
        take_list(w, node);
    else if (sb_node_is(node, "li"))
        take_item(w, node);
    else if (sb_node_is(node, "dl"))
        sb_walk_definitions(w, node);
    else if (sb_node_is(node, "details"))
        sb_walk_details(w, node);
    else if (sb_node_is(node, "table"))
        take_table(w, node);
    else if (sb_node_is(node, "pre"))
        sb_walk_pre(w, node);
    else {
        sb_walk_flush(w);
        visit_children(w, node);
        sb_walk_flush(w);
    }
}

/* ---- how far a heading reaches ---- */

static const GumboNode *sibling(const GumboNode *node, int step)
{
    const GumboVector *all;

    if (!node->parent)
        return NULL;
    all = sb_node_children(node->parent);
    for (size_t at = node->index_within_parent + (size_t)step; at < all->length;
         at += (size_t)step)
        if (sb_node_is_element(all->data[at]))
            return all->data[at];
    return NULL;
}

/* Cards, cells and sections keep their headings to themselves; a lone <div> may just
 * be how a page builder wraps a heading and its first paragraph. */
static bool keeps_headings(const GumboNode *node)
{
    static const char *const names[] = {"section", "article", "td", "li", NULL};
    const GumboNode *before = sibling(node, -1), *after = sibling(node, 1);
    unsigned levels = sb_node_levels(node);

    if (!levels || heading_level(node))
        return false;
    for (size_t i = 0; names[i]; i++)
        if (sb_node_is(node, names[i]))
            return true;
    return (before && !heading_level(before) && sb_node_levels(before) & levels) ||
           (after && !heading_level(after) && sb_node_levels(after) & levels);
}

static void visit_scoped(struct sb_walk *w, const GumboNode *node)
{
    char *before[LEVELS];
    size_t blocks = w->x->block_count;

    if (!keeps_headings(node)) {
        visit_block(w, node);
        return;
    }
    memcpy(before, w->headings, sizeof(before));
    visit_block(w, node);
    /* Only if something stood below the heading in there. */
    if (w->x->block_count > blocks &&
        w->x->blocks[w->x->block_count - 1].kind != SB_BLOCK_HEADING) {
        sb_walk_flush(w);
        memcpy(w->headings, before, sizeof(before));
        sb_walk_set_path(w);
    }
}

static void visit_element(struct sb_walk *w, const GumboNode *node)
{
    bool in_frame = w->in_frame, in_main = w->in_main;

    if (is_skipped(node) || sb_chrome_is_hidden(node))
        return;
    if (sb_node_is(node, "br")) {
        sb_buf_putc(&w->text, '\v');
        w->bold += 1;
        return;
    }
    w->in_main = in_main || node == w->chrome.main || sb_node_is(node, "article");
    if (is_inline(node) && !heading_level(node)) {
        if (w->in_frame || !sb_chrome_is(&w->chrome, node, w->in_main))
            visit_inline(w, node);
        else
            sb_walk_links(w, node);
    } else {
        bool enters = node == w->chrome.main && in_frame;
        bool leaves = !in_frame && sb_chrome_is(&w->chrome, node, w->in_main);

        if (enters || leaves)
            sb_walk_flush(w);
        w->in_frame = enters ? false : in_frame || leaves;
        visit_scoped(w, node);
        if (enters || leaves)
            sb_walk_flush(w);
        w->in_frame = in_frame;
    }
    w->in_main = in_main;
}

void sb_walk_visit(struct sb_walk *w, const GumboNode *node)
{
    if (++w->nodes > w->x->limits->max_nodes ||
        w->depth >= w->x->limits->max_depth * 2) {
        w->x->page->truncated = true;
        return;
    }
    w->depth++;
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_CDATA ||
        node->type == GUMBO_NODE_WHITESPACE)
        take_text(w, node->v.text.text);
    else if (node->type == GUMBO_NODE_DOCUMENT)
        visit_children(w, node);
    else if (node->type == GUMBO_NODE_ELEMENT)
        visit_element(w, node);
    w->depth--;
}

static void walk_once(struct sb_extracting *x, const GumboNode *root, bool with_main)
{
    struct sb_walk *w = talloc_zero(x->page, struct sb_walk);

    w->x = x;
    w->mem = w;
    w->kind = SB_BLOCK_PARAGRAPH;
    w->path = talloc_strdup(w, "");
    sb_buf_init(&w->text, w);
    sb_chrome_init(&w->chrome, root);
    if (!with_main)
        w->chrome.main = NULL;
    /* Where there is a <main>, everything else is frame. */
    w->in_frame = w->chrome.main != NULL;
    sb_walk_visit(w, root);
    sb_walk_flush(w);
    talloc_free(w);
}

void sb_extract_body(struct sb_extracting *x, const GumboNode *root)
{
    walk_once(x, root, true);
    if (x->page->text_bytes > 0)
        return;
    /* Nothing in <main>: perhaps it is filled by a script. */
    x->link_count = 0;
    walk_once(x, root, false);
}
