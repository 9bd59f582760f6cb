/* SPDX-License-Identifier: Apache-2.0
 *
 * Links, and what they say by where they lead: telephones, mail, maps, booking.
 */
#define _GNU_SOURCE /* strcasestr */
#include <string.h>
#include <strings.h>
#include "know/facts_text.h"
#include "know/walk.h"

static void contact_fact(struct sb_walk *w, enum sb_fact_kind kind, const char *subject,
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

static void take_phone_link(struct sb_walk *w, const char *number, const char *text)
{
    char *value = sb_phone_normal(w->mem, number);

    if (!value)
        return;
    contact_fact(w, SB_FACT_PHONE, "", value,
                 strpbrk(text, "0123456789") ? text : number);
}

static void take_mail_link(struct sb_walk *w, const char *address)
{
    char *value = talloc_strndup(w->mem, address, strcspn(address, "?"));

    if (strchr(value, '@') && strlen(value) < 200 && !strpbrk(value, " <>\""))
        contact_fact(w, SB_FACT_EMAIL, "", value, value);
}

/* Where a link leads says what it is good for. */
static void take_known_place(struct sb_walk *w, const char *href, const char *text)
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

void sb_walk_link(struct sb_walk *w, const GumboNode *node)
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
void sb_walk_links(struct sb_walk *w, const GumboNode *node)
{
    const GumboVector *children = sb_node_children(node);

    if (sb_node_is(node, "a"))
        sb_walk_link(w, node);
    for (unsigned i = 0; i < children->length; i++)
        sb_walk_links(w, children->data[i]);
}
