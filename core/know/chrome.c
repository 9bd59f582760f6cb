/* SPDX-License-Identifier: Apache-2.0 */
#include "know/chrome.h"

#include <string.h>
#include <strings.h>
#include "know/extract_impl.h"

/* Beginnings of class names and ids. */
static const char *const always[] = {"cookie",
                                     "consent",
                                     "gdpr",
                                     "ccpa",
                                     "onetrust",
                                     "popup",
                                     "pop-up",
                                     "modal",
                                     "lightbox",
                                     "dialog",
                                     "booking-dialog",
                                     "booking-modal",
                                     "bookingmodal",
                                     "booking-widget",
                                     "booking-popup",
                                     "book-modal",
                                     "reserve-modal",
                                     "offcanvas",
                                     "off-canvas",
                                     "skip-link",
                                     "skip-to",
                                     "skiplink",
                                     "share",
                                     "social",
                                     "breadcrumb",
                                     "pagination",
                                     "pager",
                                     "toast",
                                     "chat-widget",
                                     "livechat",
                                     "site-footer",
                                     "page-footer",
                                     "global-footer",
                                     "footer",
                                     "announcement-bar",
                                     "sidebar",
                                     "widget-area",
                                     "topbar",
                                     "top-bar",
                                     "utility-bar",
                                     "promo-bar",
                                     "newsletter",
                                     "subscribe",
                                     "back-to-top",
                                     "screen-reader",
                                     "sr-only",
                                     "visually-hidden",
                                     "print-only",
                                     NULL};
static const char *const mostly_links[] = {
    "nav",     "menu",  "header",  "topbar",    "top-bar", "masthead",   "submenu",
    "related", "tags",  "toolbar", "site-nav",  "mega",    "quicklinks", "quick-links",
    "widget",  "links", "utility", "secondary", "toc",     NULL};
static const char *const unfolds[] = {
    "accordion", "tab",   "panel", "collapse", "faq",   "answer",  "toggle",
    "expand",    "slide", "price", "rate",     "hours", "content", NULL};

static bool is_main(const GumboNode *node)
{
    const char *role = sb_node_attr(node, "role");

    return sb_node_is(node, "main") || (role && strcasecmp(role, "main") == 0);
}

static bool is_body(const GumboNode *node)
{
    return sb_node_is(node, "body");
}

void sb_chrome_init(struct sb_chrome *chrome, const GumboNode *root)
{
    const GumboNode *body = sb_node_find(root, is_body);
    size_t links;

    chrome->weight = sb_node_weight(body ? body : root, &links);
    chrome->main = sb_node_find(root, is_main);
    /* A <main> that holds next to nothing is decoration. */
    if (chrome->main && sb_node_weight(chrome->main, &links) < 200 &&
        chrome->weight > 2000)
        chrome->main = NULL;
}

static double link_share(const GumboNode *node, size_t *weight)
{
    size_t links;

    *weight = sb_node_weight(node, &links);
    return *weight ? (double)links / (double)*weight : 1.0;
}

static bool has_role(const GumboNode *node)
{
    static const char *const roles[] = {"navigation",    "banner",      "contentinfo",
                                        "dialog",        "alertdialog", "search",
                                        "menu",          "menubar",     "toolbar",
                                        "complementary", NULL};
    const char *role = sb_node_attr(node, "role");
    const char *modal = sb_node_attr(node, "aria-modal");

    return (role && sb_has_word(role, roles)) || (modal && strcmp(modal, "true") == 0);
}

static bool is_named(const GumboNode *node, const char *const *words)
{
    return sb_has_word(sb_node_attr(node, "class"), words) ||
           sb_has_word(sb_node_attr(node, "id"), words);
}

/* <header>, <footer> and <aside> frame a page, but inside of an article they may be
 * part of what it says. */
static bool is_framing_element(const GumboNode *node, bool in_main)
{
    size_t weight;

    if (sb_node_is(node, "nav") || sb_node_is(node, "dialog"))
        return true;
    if (sb_node_is(node, "header"))
        return !in_main && !sb_node_has_h1(node);
    if (sb_node_is(node, "footer"))
        return !in_main || link_share(node, &weight) > 0.3;
    if (sb_node_is(node, "aside"))
        return !in_main || link_share(node, &weight) > 0.3;
    return false;
}

/* Names lie: a wrapper called "modal-ready" may hold the page. */
static bool is_named_frame(const struct sb_chrome *chrome, const GumboNode *node)
{
    bool by_name = is_named(node, always), by_links = is_named(node, mostly_links);
    size_t weight;
    double share;

    if (!by_name && !by_links)
        return false;
    share = link_share(node, &weight);
    if (weight * 2 > chrome->weight || sb_node_has_h1(node))
        return false;
    return by_name || share > 0.5;
}

bool sb_chrome_is(const struct sb_chrome *chrome, const GumboNode *node, bool in_main)
{
    if (is_body(node) || sb_node_is(node, "html") || sb_node_is(node, "article") ||
        is_main(node))
        return false;
    return is_framing_element(node, in_main) || has_role(node) ||
           is_named_frame(chrome, node);
}

bool sb_chrome_is_hidden(const GumboNode *node)
{
    const char *aria = sb_node_attr(node, "aria-hidden");
    const char *role = sb_node_attr(node, "role");
    bool hidden = sb_node_attr(node, "hidden") || sb_node_attr(node, "x-hidden") ||
                  (aria && strcasecmp(aria, "true") == 0);

    if (!hidden || (role && strcasecmp(role, "tabpanel") == 0))
        return false;
    return !is_named(node, unfolds);
}
