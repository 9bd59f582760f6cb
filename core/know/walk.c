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

enum { MAX_ANSWER = 1500, MAX_HEADING = 200, PSEUDO_HEADING = 80, LEVELS = 7 };

struct walk {
    struct sb_extracting *x;
    struct sb_chrome chrome;
    TALLOC_CTX *mem;
    struct sb_buf text; /* of the block being gathered */
    size_t bold;        /* bytes of it that are bold */
    int bold_depth;
    enum sb_block_kind kind; /* what it will become */
    int group;               /* of the list that we are in */
    char *headings[LEVELS];  /* by level, NULL when none */
    char *path;
    bool in_main, in_frame, has_h1;
    int depth;
    size_t nodes;
};

static void visit(struct walk *w, const GumboNode *node);

static void visit_children(struct walk *w, const GumboNode *node)
{
    const GumboVector *children = sb_node_children(node);

    for (unsigned i = 0; i < children->length; i++)
        visit(w, children->data[i]);
}

/* ---- headings ---- */

static void set_path(struct walk *w)
{
    talloc_free(w->path);
    w->path = talloc_strdup(w->mem, "");
    for (int i = 0; i < LEVELS; i++)
        if (w->headings[i])
            w->path = talloc_asprintf_append(w->path, "%s%s", *w->path ? " > " : "",
                                             w->headings[i]);
}

static void set_heading(struct walk *w, int level, const char *text)
{
    for (int i = level; i < LEVELS; i++)
        w->headings[i] = NULL;
    w->headings[level] = sb_utf8_clean(w->mem, text, strlen(text), MAX_HEADING);
    set_path(w);
}

static void add_heading(struct walk *w, int level, const char *text)
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
        set_path(w);
    }
}

/* A short paragraph all in bold, without a full stop, stands for a heading. */
static bool is_pseudo_heading(const struct walk *w, const char *text)
{
    size_t len = strlen(text);

    return w->kind == SB_BLOCK_PARAGRAPH && w->bold && w->bold >= w->text.len &&
           len <= PSEUDO_HEADING && len > 2 && !strchr(".!,", text[len - 1]) &&
           !sb_text_holds(text);
}

/* ---- blocks ---- */

static void frame_facts(struct walk *w, const char *text)
{
    struct sb_extracting *x = w->x;

    sb_facts_see(x->page, text, "", "", x->page->url,
                 SB_HOLDS_PHONE | SB_HOLDS_HOURS | SB_HOLDS_EMAIL | SB_HOLDS_ADDRESS,
                 &x->facts, &x->fact_count, x->limits->max_facts);
}

static void add_text(struct walk *w, enum sb_block_kind kind, const char *text)
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

static void flush(struct walk *w)
{
    char *text;

    if (!w->text.len)
        return;
    text = sb_collapse(w->mem, sb_buf_str(&w->text), w->text.len);
    if (!w->in_frame && is_pseudo_heading(w, text)) {
        size_t len = strlen(text);

        if (text[len - 1] == ':')
            text[len - 1] = '\0';
        add_heading(w, LEVELS - 1, text);
    } else {
        add_text(w, w->kind, text);
    }
    talloc_free(text);
    sb_buf_reset(&w->text);
    w->bold = 0;
}

static void take_text(struct walk *w, const char *text)
{
    size_t before = w->text.len;

    sb_buf_puts(&w->text, text);
    if (w->bold_depth || strspn(text, " \t\r\n\f") == strlen(text))
        w->bold += w->text.len - before;
}

/* ---- elements with rules of their own ---- */

static void take_heading(struct walk *w, const GumboNode *node, int level)
{
    char *text;

    flush(w);
    if (w->in_frame) {
        visit_children(w, node);
        flush(w);
        return;
    }
    text = sb_node_text(w->mem, node);
    add_heading(w, level, text);
    talloc_free(text);
    /* The links inside are still links. */
    w->in_frame = true;
    visit_children(w, node);
    sb_buf_reset(&w->text);
    w->bold = 0;
    w->in_frame = false;
}

static void take_list(struct walk *w, const GumboNode *node)
{
    int group = w->group;
    enum sb_block_kind kind = w->kind;

    flush(w);
    w->group = ++w->x->groups;
    visit_children(w, node);
    flush(w);
    w->group = group;
    w->kind = kind;
}

static void take_item(struct walk *w, const GumboNode *node)
{
    enum sb_block_kind kind = w->kind;

    flush(w);
    w->kind = SB_BLOCK_ITEM;
    visit_children(w, node);
    flush(w);
    w->kind = kind;
}

/* Terms wait for their definition; several definitions are joined. */
struct terms {
    char *term, *text;
};

static void flush_term(struct walk *w, struct terms *terms)
{
    if (terms->term && terms->text)
        add_text(w, SB_BLOCK_TERM,
                 talloc_asprintf(
                     w->mem, "%s%s %s", terms->term,
                     strchr(":?", terms->term[strlen(terms->term) - 1]) ? "" : ":",
                     terms->text));
    else if (terms->term || terms->text)
        add_text(w, SB_BLOCK_TERM, terms->term ? terms->term : terms->text);
    terms->term = terms->text = NULL;
}

static char *join(struct walk *w, char *before, const char *with, const char *text)
{
    if (!*text)
        return before;
    return before ? talloc_asprintf(w->mem, "%s%s%s", before, with, text)
                  : talloc_strdup(w->mem, text);
}

static void take_terms(struct walk *w, const GumboNode *node, struct terms *terms)
{
    const GumboVector *children = sb_node_children(node);

    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];

        if (sb_node_is(child, "dt")) {
            if (terms->text)
                flush_term(w, terms);
            terms->term = join(w, terms->term, ", ", sb_node_text(w->mem, child));
        } else if (sb_node_is(child, "dd")) {
            terms->text = join(w, terms->text, "; ", sb_node_text(w->mem, child));
        } else if (sb_node_is(child, "div")) {
            take_terms(w, child, terms);
        }
    }
}

static void collect_links(struct walk *w, const GumboNode *node);

static void take_definitions(struct walk *w, const GumboNode *node)
{
    struct terms terms = {0};
    int group = w->group;

    flush(w);
    w->group = ++w->x->groups;
    take_terms(w, node, &terms);
    flush_term(w, &terms);
    w->group = group;
    collect_links(w, node);
}

static const GumboNode *summary_of(const GumboNode *details)
{
    const GumboVector *children = sb_node_children(details);

    for (unsigned i = 0; i < children->length; i++)
        if (sb_node_is(children->data[i], "summary"))
            return children->data[i];
    return NULL;
}

static bool is_structured(const GumboNode *node)
{
    return sb_node_is(node, "table") || sb_node_is(node, "h2") ||
           sb_node_is(node, "h3") || sb_node_is(node, "details") ||
           sb_node_is(node, "dl");
}

static char *text_but(struct walk *w, const GumboNode *node, const GumboNode *except)
{
    const GumboVector *children = sb_node_children(node);
    char *text = NULL;

    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];

        if (child == except)
            continue;
        if (child->type == GUMBO_NODE_TEXT)
            text = join(
                w, text, " ",
                sb_collapse(w->mem, child->v.text.text, strlen(child->v.text.text)));
        else if (sb_node_is_element(child))
            text = join(w, text, " ", sb_node_text(w->mem, child));
    }
    return text ? text : talloc_strdup(w->mem, "");
}

/* A question to unfold. What is long or has structure becomes a section instead. */
static void take_details(struct walk *w, const GumboNode *node)
{
    const GumboNode *summary = summary_of(node);
    const char *question, *answer;
    bool is_section = false;

    flush(w);
    if (!summary || w->in_frame) {
        visit_children(w, node);
        flush(w);
        return;
    }
    for (unsigned i = 0; i < node->v.element.children.length; i++) {
        const GumboNode *child = node->v.element.children.data[i];

        if (child != summary && sb_node_find(child, is_structured))
            is_section = true;
    }
    question = sb_node_text(w->mem, summary);
    answer = is_section ? "" : text_but(w, node, summary);
    if (is_section || strlen(answer) > MAX_ANSWER || !*question) {
        add_heading(w, 5, question);
        for (unsigned i = 0; i < node->v.element.children.length; i++)
            if (node->v.element.children.data[i] != summary)
                visit(w, node->v.element.children.data[i]);
        flush(w);
        w->headings[5] = NULL;
        set_path(w);
        return;
    }
    if (*answer) {
        add_text(w, SB_BLOCK_ASKED,
                 talloc_asprintf(w->mem, "%s\n%s", question, answer));
        sb_facts_add(w->x->page, &w->x->facts, &w->x->fact_count,
                     w->x->limits->max_facts,
                     &(struct sb_fact){.kind = SB_FACT_FAQ,
                                       .origin = SB_FACT_FROM_TEXT,
                                       .subject = question,
                                       .value = "",
                                       .text = answer,
                                       .heading = w->path,
                                       .url = w->x->page->url});
    }
    collect_links(w, node);
}

static void raw_text(struct sb_buf *out, const GumboNode *node)
{
    const GumboVector *children = sb_node_children(node);

    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE)
        sb_buf_puts(out, node->v.text.text);
    if (sb_node_is(node, "br"))
        sb_buf_putc(out, '\n');
    for (unsigned i = 0; i < children->length; i++)
        raw_text(out, children->data[i]);
}

/* Its lines stay lines, each of them collapsed. */
static void take_pre(struct walk *w, const GumboNode *node)
{
    struct sb_buf raw, out;
    char *save = NULL;

    flush(w);
    sb_buf_init(&raw, w->mem);
    sb_buf_init(&out, w->mem);
    raw_text(&raw, node);
    if (raw.len)
        for (char *line = strtok_r(raw.data, "\r\n", &save); line;
             line = strtok_r(NULL, "\r\n", &save)) {
            char *clean = sb_collapse(w->mem, line, strlen(line));

            if (*clean && out.len)
                sb_buf_putc(&out, '\n');
            sb_buf_puts(&out, clean);
        }
    if (out.len)
        add_text(w, SB_BLOCK_PRE, sb_buf_str(&out));
    collect_links(w, node);
}

static void take_table(struct walk *w, const GumboNode *node)
{
    flush(w);
    if (w->in_frame || !sb_table_is_data(node)) {
        visit_children(w, node);
        flush(w);
        return;
    }
    sb_table_add(w->x, node, w->path);
    collect_links(w, node);
}

/* ---- links ---- */

static void contact_fact(struct walk *w, enum sb_fact_kind kind, const char *subject,
                         const char *value, const char *text)
{
    struct sb_extracting *x = w->x;

    sb_facts_add(x->page, &x->facts, &x->fact_count, x->limits->max_facts,
                 &(struct sb_fact){.kind = kind,
                                   .origin = SB_FACT_FROM_META,
                                   .subject = subject,
                                   .value = value,
                                   .text = text,
                                   .heading = w->path,
                                   .url = x->page->url});
}

static void take_phone_link(struct walk *w, const char *number, const char *text)
{
    char *value = sb_phone_normal(w->mem, number);

    if (!value)
        return;
    contact_fact(w, SB_FACT_PHONE, "", value,
                 strpbrk(text, "0123456789") ? text : number);
}

static void take_mail_link(struct walk *w, const char *address)
{
    char *value = talloc_strndup(w->mem, address, strcspn(address, "?"));

    if (strchr(value, '@') && strlen(value) < 200 && !strpbrk(value, " <>\""))
        contact_fact(w, SB_FACT_EMAIL, "", value, value);
}

/* Where a link leads says what it is good for. */
static void take_known_place(struct walk *w, const char *href, const char *text)
{
    static const struct {
        const char *part, *subject;
    } places[] = {
        {"facebook.com/", "facebook"}, {"instagram.com/", "instagram"},
        {"twitter.com/", "twitter"},   {"//x.com/", "twitter"},
        {"youtube.com/", "youtube"},   {"linkedin.com/", "linkedin"},
        {"tiktok.com/", "tiktok"},     {"yelp.com/", "yelp"},
        {"google.com/maps", "map"},    {"goo.gl/maps", "map"},
        {"maps.apple.com", "map"},     {"maps.app.goo.gl", "map"},
    };
    static const char *const booking[] = {"book", "reserve", "schedule", NULL};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (strstr(href, places[i].part) && !strstr(href, "/sharer")) {
            contact_fact(w, SB_FACT_LINK, places[i].subject, href, href);
            return;
        }
    if (sb_has_word(text, booking) && strlen(text) < 40) {
        char *url = sb_url_join(w->mem, w->x->base, href);

        if (url)
            contact_fact(w, SB_FACT_LINK, "booking", url, url);
    }
}

static void take_link(struct walk *w, const GumboNode *node)
{
    const char *href = sb_node_attr(node, "href"), *rel = sb_node_attr(node, "rel");
    char *text;

    if (!href || !*href || *href == '#')
        return;
    text = sb_node_text(w->mem, node);
    if (strncasecmp(href, "tel:", 4) == 0)
        take_phone_link(w, href + 4, text);
    else if (strncasecmp(href, "mailto:", 7) == 0)
        take_mail_link(w, href + 7);
    else
        take_known_place(w, href, text);
    sb_extract_add_link(w->x, href, text, rel && strcasestr(rel, "nofollow"),
                        !w->in_frame);
    talloc_free(text);
}

/* Links of a part whose text was taken otherwise. */
static void collect_links(struct walk *w, const GumboNode *node)
{
    const GumboVector *children = sb_node_children(node);

    if (sb_node_is(node, "a"))
        take_link(w, node);
    for (unsigned i = 0; i < children->length; i++)
        collect_links(w, children->data[i]);
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

static void visit_inline(struct walk *w, const GumboNode *node)
{
    bool is_bold = sb_node_is(node, "x-b");

    if (sb_node_is(node, "a"))
        take_link(w, node);
    w->bold_depth += is_bold;
    visit_children(w, node);
    w->bold_depth -= is_bold;
}

static void visit_block(struct walk *w, const GumboNode *node)
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
        take_definitions(w, node);
    else if (sb_node_is(node, "details"))
        take_details(w, node);
    else if (sb_node_is(node, "table"))
        take_table(w, node);
    else if (sb_node_is(node, "pre"))
        take_pre(w, node);
    else {
        flush(w);
        visit_children(w, node);
        flush(w);
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

static void visit_scoped(struct walk *w, const GumboNode *node)
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
        flush(w);
        memcpy(w->headings, before, sizeof(before));
        set_path(w);
    }
}

static void visit_element(struct walk *w, const GumboNode *node)
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
            collect_links(w, node);
    } else {
        bool enters = node == w->chrome.main && in_frame;
        bool leaves = !in_frame && sb_chrome_is(&w->chrome, node, w->in_main);

        if (enters || leaves)
            flush(w);
        w->in_frame = enters ? false : in_frame || leaves;
        visit_scoped(w, node);
        if (enters || leaves)
            flush(w);
        w->in_frame = in_frame;
    }
    w->in_main = in_main;
}

static void visit(struct walk *w, const GumboNode *node)
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
    struct walk *w = talloc_zero(x->page, struct walk);

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
    visit(w, root);
    flush(w);
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
