/* SPDX-License-Identifier: Apache-2.0
 *
 * Definition lists, things to unfold, preformatted text: elements whose text is taken
 * as a whole.
 */
#include <string.h>
#include "know/walk.h"

enum { MAX_ANSWER = 1500 };

static void visit_but(struct sb_walk *w, const GumboNode *node, const GumboNode *except)
{
    const GumboVector *children = sb_node_children(node);

    for (unsigned i = 0; i < children->length; i++)
        if (children->data[i] != except)
            sb_walk_visit(w, children->data[i]);
}

/* Terms wait for their definition; several definitions are joined. */
struct terms {
    char *term, *text;
};

static void flush_term(struct sb_walk *w, struct terms *terms)
{
    if (terms->term && terms->text)
        sb_walk_text(w, SB_BLOCK_TERM,
                     talloc_asprintf(
                         w->mem, "%s%s %s", terms->term,
                         strchr(":?", terms->term[strlen(terms->term) - 1]) ? "" : ":",
                         terms->text));
    else if (terms->term || terms->text)
        sb_walk_text(w, SB_BLOCK_TERM, terms->term ? terms->term : terms->text);
    terms->term = terms->text = NULL;
}

static char *join(struct sb_walk *w, char *before, const char *with, const char *text)
{
    if (!*text)
        return before;
    return before ? talloc_asprintf(w->mem, "%s%s%s", before, with, text)
                  : talloc_strdup(w->mem, text);
}

static void take_terms(struct sb_walk *w, const GumboNode *node, struct terms *terms)
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

void sb_walk_definitions(struct sb_walk *w, const GumboNode *node)
{
    struct terms terms = {0};
    int group = w->group;

    sb_walk_flush(w);
    w->group = ++w->x->groups;
    take_terms(w, node, &terms);
    flush_term(w, &terms);
    w->group = group;
    sb_walk_links(w, node);
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

static char *text_but(struct sb_walk *w, const GumboNode *node, const GumboNode *except)
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

static bool has_structure(const GumboNode *details, const GumboNode *summary)
{
    const GumboVector *children = sb_node_children(details);

    for (unsigned i = 0; i < children->length; i++)
        if (children->data[i] != summary &&
            sb_node_find(children->data[i], is_structured))
            return true;
    return false;
}

static void add_section(struct sb_walk *w, const GumboNode *node,
                        const GumboNode *summary, const char *heading)
{
    sb_walk_heading(w, 5, heading);
    visit_but(w, node, summary);
    sb_walk_flush(w);
    w->headings[5] = NULL;
    sb_walk_set_path(w);
}

static void add_answer(struct sb_walk *w, const char *question, const char *answer)
{
    struct sb_extracting *x = w->x;

    if (!*answer)
        return;
    sb_walk_text(w, SB_BLOCK_ASKED,
                 talloc_asprintf(w->mem, "%s\n%s", question, answer));
    sb_facts_add(x->page, &x->facts, &x->fact_count, x->limits->max_facts,
                 &(struct sb_fact){.kind = SB_FACT_FAQ,
                                   .origin = SB_FACT_FROM_TEXT,
                                   .subject = question,
                                   .value = "",
                                   .text = answer,
                                   .heading = w->path,
                                   .url = x->page->url});
}

/* A question to unfold. What is long or has structure becomes a section instead. */
void sb_walk_details(struct sb_walk *w, const GumboNode *node)
{
    const GumboNode *summary = summary_of(node);
    const char *question, *answer;
    bool is_section;

    sb_walk_flush(w);
    if (!summary || w->in_frame) {
        visit_but(w, node, NULL);
        sb_walk_flush(w);
        return;
    }
    is_section = has_structure(node, summary);
    question = sb_node_text(w->mem, summary);
    answer = is_section ? "" : text_but(w, node, summary);
    if (is_section || strlen(answer) > MAX_ANSWER || !*question) {
        add_section(w, node, summary, question);
        return;
    }
    add_answer(w, question, answer);
    sb_walk_links(w, node);
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
void sb_walk_pre(struct sb_walk *w, const GumboNode *node)
{
    struct sb_buf raw, out;
    char *save = NULL;

    sb_walk_flush(w);
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
        sb_walk_text(w, SB_BLOCK_PRE, sb_buf_str(&out));
    sb_walk_links(w, node);
}
