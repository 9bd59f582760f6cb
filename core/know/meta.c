/* SPDX-License-Identifier: Apache-2.0
 *
 * What the head of a page says about it, and its title: the page's own part of it,
 * without the site's name.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "base/text.h"
#include "know/extract_impl.h"
#include "know/schema.h"

enum { MAX_TITLE = 300, MAX_DESCRIPTION = 600, MAX_NAME = 80 };

static bool is_html(const GumboNode *node)
{
    return sb_node_is(node, "html");
}

static void put(struct sb_extracting *x, const char **where, const char *text,
                size_t max)
{
    char *clean;

    if (**where || !text)
        return; /* the first one holds */
    clean = sb_collapse(x->page, text, strlen(text));
    *where = sb_utf8_clean(x->page, clean, strlen(clean), max);
}

void sb_extract_robots(struct sb_extract *page, const char *directives)
{
    if (!directives)
        return;
    if (strcasestr(directives, "noindex") || strcasestr(directives, "none"))
        page->noindex = true;
    if (strcasestr(directives, "nofollow") || strcasestr(directives, "none"))
        page->nofollow = true;
}

/* "2026-03-01T10:00:00Z" to "2026-03-01"; anything else is no date. */
static void put_date(struct sb_extracting *x, const char *text)
{
    if (*x->page->modified || !text)
        return;
    for (int i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : !isdigit((unsigned char)text[i]))
            return;
    x->page->modified = talloc_strndup(x->page, text, 10);
}

static void take_meta(struct sb_extracting *x, const GumboNode *node)
{
    const char *name = sb_node_attr(node, "name"),
               *content = sb_node_attr(node, "content");
    const char *prop = sb_node_attr(node, "property");
    struct sb_extract *page = x->page;

    name = name ? name : prop ? prop : sb_node_attr(node, "itemprop");
    if (!name || !content)
        return;
    if (strcasecmp(name, "description") == 0)
        put(x, &page->description, content, MAX_DESCRIPTION);
    else if (strcasecmp(name, "robots") == 0)
        sb_extract_robots(page, content);
    else if (strcasecmp(name, "og:site_name") == 0 ||
             strcasecmp(name, "application-name") == 0)
        put(x, &page->site_name, content, MAX_TITLE);
    else if (strcasecmp(name, "article:modified_time") == 0 ||
             strcasecmp(name, "og:updated_time") == 0 ||
             strcasecmp(name, "last-modified") == 0 ||
             strcasecmp(name, "dateModified") == 0)
        put_date(x, content);
}

static void take_link(struct sb_extracting *x, const GumboNode *node)
{
    const char *rel = sb_node_attr(node, "rel"), *href = sb_node_attr(node, "href");
    static const char *const canonical[] = {"canonical", NULL};
    char *url;

    if (!rel || !href || *x->page->canonical || !sb_has_word(rel, canonical))
        return;
    url = sb_url_join(x->page, x->base, href);
    if (url)
        x->page->canonical = url;
}

static void visit(struct sb_extracting *x, const GumboNode *node, bool *has_base)
{
    const GumboVector *children = sb_node_children(node);

    if (sb_node_is(node, "meta"))
        take_meta(x, node);
    else if (sb_node_is(node, "link"))
        take_link(x, node);
    else if (sb_node_is(node, "title") && !*x->page->full_title)
        put(x, &x->page->full_title, sb_node_text(x->page, node), MAX_TITLE);
    else if (sb_node_is(node, "base") && !*has_base && sb_node_attr(node, "href")) {
        char *base = sb_url_join(x->page, x->page->url, sb_node_attr(node, "href"));

        *has_base = true;
        x->base = base ? base : x->base;
    }
    for (unsigned i = 0; i < children->length; i++)
        visit(x, children->data[i], has_base);
}

void sb_extract_meta(struct sb_extracting *x, const GumboNode *root)
{
    const GumboNode *html = sb_node_find(root, is_html);
    bool has_base = false;

    if (html)
        put(x, &x->page->language, sb_node_attr(html, "lang"), 20);
    visit(x, root, &has_base);
}

/* ---- the title ---- */

enum { MAX_PARTS = 8 };

/* Splits at " | ", " - ", " – " and the like; returns how many parts. */
static size_t split(TALLOC_CTX *mem, const char *title, char *parts[MAX_PARTS])
{
    static const char *const signs[] = {
        " | ",        " - ",        " \xe2\x80\x93 ", " \xe2\x80\x94 ",
        " \xc2\xb7 ", " \xc2\xbb ", " :: ",           " \xe2\x80\xa2 ",
        NULL};
    size_t count = 0;

    for (;;) {
        const char *first = NULL;
        size_t sign = 0;

        for (size_t i = 0; signs[i]; i++) {
            const char *at = strstr(title, signs[i]);

            if (at && (!first || at < first)) {
                first = at;
                sign = strlen(signs[i]);
            }
        }
        if (!first || count + 1 == MAX_PARTS) {
            parts[count++] = talloc_strdup(mem, title);
            return count;
        }
        parts[count++] = talloc_strndup(mem, title, (size_t)(first - title));
        title = first + sign;
    }
}

static bool same(TALLOC_CTX *mem, const char *a, const char *b)
{
    char *one = sb_text_fold(mem, a), *two = sb_text_fold(mem, b);

    return *one && strcmp(one, two) == 0;
}

/* The part that the first heading repeats, else the first that is not the site. */
static const char *own_part(struct sb_extracting *x, TALLOC_CTX *mem, char **parts,
                            size_t count)
{
    for (size_t i = 0; i < count && x->h1; i++)
        if (same(mem, parts[i], x->h1))
            return parts[i];
    for (size_t i = 0; i < count; i++)
        if (*parts[i] && !same(mem, parts[i], x->page->site_name))
            return parts[i];
    return parts[0];
}

/* The longest other part of the title is most likely the site: "Rates - Pine Ridge
 * Golf Club - Avon CT". */
static void guess_site_name(struct sb_extracting *x, char **parts, size_t count,
                            const char *own)
{
    const char *longest = "";

    for (size_t i = 0; i < count; i++)
        if (parts[i] != own && strlen(parts[i]) > strlen(longest))
            longest = parts[i];
    if (!*x->page->site_name && *longest)
        x->page->site_name = talloc_strdup(x->page, longest);
}

/* A site that does not say what the business is called in its data says it in all its
 * titles. */
static void add_name(struct sb_extracting *x, const char *name,
                     enum sb_fact_origin origin)
{
    if (*name && strlen(name) <= MAX_NAME)
        sb_facts_add(x->page, &x->facts, &x->fact_count, x->limits->max_facts,
                     &(struct sb_fact){.kind = SB_FACT_NAME,
                                       .origin = origin,
                                       .subject = "",
                                       .value = "",
                                       .text = name,
                                       .heading = "",
                                       .url = x->page->url});
}

void sb_extract_title(struct sb_extracting *x)
{
    struct sb_extract *page = x->page;
    TALLOC_CTX *tmp = talloc_new(page);
    char *parts[MAX_PARTS];
    size_t count = split(tmp, page->full_title, parts);
    const char *own = own_part(x, tmp, parts, count);

    guess_site_name(x, parts, count, own);
    if (*own)
        page->title = talloc_strdup(page, own);
    else if (x->h1)
        page->title = x->h1;
    add_name(x, page->site_name, SB_FACT_FROM_META);
    talloc_free(tmp);
}
