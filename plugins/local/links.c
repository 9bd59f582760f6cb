/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem, strcasestr */
#include "links.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "tags.h"
#include "url.h"

struct reading {
    struct links *links;
    const char *base;
    size_t max;
    uint64_t hash;
    bool in_word;
};

/* ---- robots directives ---- */

static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = list; (at = strcasestr(at, word)); at += len)
        if ((at == list || !isalnum((unsigned char)at[-1])) &&
            !isalnum((unsigned char)at[len]))
            return true;
    return false;
}

void links_take_robots(struct links *links, const char *directives)
{
    if (!directives)
        return;
    if (has_word(directives, "noindex") || has_word(directives, "none"))
        links->noindex = true;
    if (has_word(directives, "nofollow") || has_word(directives, "none"))
        links->nofollow = true;
}

/* ---- links ---- */

static void add_link(struct reading *in, const char *ref, size_t len, bool guessed)
{
    struct links *links = in->links;
    char *url;

    if (links->count >= in->max)
        return;
    url = url_resolve(links, in->base, ref, len);
    if (!url)
        return;
    if (links->count % 64 == 0)
        links->found = talloc_realloc(links, links->found, struct link_found,
                                      (unsigned)links->count + 64);
    links->found[links->count].url = url;
    links->found[links->count++].guessed = guessed;
}

static void take_anchor(struct reading *in, const struct tag *tag)
{
    char value[URL_MAX + 1], rel[64];

    if (tag_attribute(tag, "rel", rel, sizeof(rel)) && has_word(rel, "nofollow"))
        return;
    if (tag_attribute(tag, "href", value, sizeof(value)) && *value && *value != '#')
        add_link(in, value, strlen(value), false);
}

/* Buttons and boxes that a script turns into links. */
static void take_scripted(struct reading *in, const struct tag *tag)
{
    char value[URL_MAX + 1];
    char *at, *end;

    if (tag_attribute(tag, "data-href", value, sizeof(value)) && *value == '/')
        add_link(in, value, strlen(value), true);
    if (!tag_attribute(tag, "onclick", value, sizeof(value)))
        return;
    at = strstr(value, "location");
    at = at ? strpbrk(at, "'\"") : NULL;
    end = at ? strchr(at + 1, *at) : NULL;
    if (end && end > at + 1)
        add_link(in, at + 1, (size_t)(end - at - 1), true);
}

static void take_link(struct reading *in, const struct tag *tag)
{
    char rel[64], href[URL_MAX + 1];

    if (!tag_attribute(tag, "rel", rel, sizeof(rel)) ||
        !tag_attribute(tag, "href", href, sizeof(href)) || !*href)
        return;
    if (has_word(rel, "canonical") && !in->links->canonical)
        in->links->canonical = url_resolve(in->links, in->base, href, strlen(href));
    else if (has_word(rel, "next") || has_word(rel, "prev"))
        add_link(in, href, strlen(href), false);
}

/* "0; url=/new" */
static void take_refresh(struct reading *in, char *content)
{
    char *url = strcasestr(content, "url=");
    size_t len;

    if (!url || strtol(content, NULL, 10) > 5)
        return;
    url += 4;
    len = strlen(url);
    if (len && (*url == '\'' || *url == '"')) {
        url++;
        len = strcspn(url, "'\"");
    }
    in->links->refresh = url_resolve(in->links, in->base, url, len);
}

static void take_meta(struct reading *in, const struct tag *tag)
{
    char name[32], content[URL_MAX + 1];

    if (!tag_attribute(tag, "content", content, sizeof(content)))
        return;
    if (tag_attribute(tag, "http-equiv", name, sizeof(name)) &&
        strcasecmp(name, "refresh") == 0)
        take_refresh(in, content);
    if (tag_attribute(tag, "name", name, sizeof(name)) &&
        (strcasecmp(name, "robots") == 0 || strcasecmp(name, "switchboardbot") == 0))
        links_take_robots(in->links, content);
}

static void take_base(struct reading *in, const struct tag *tag, const char *url)
{
    char href[URL_MAX + 1];
    char *base;

    if (in->base != url || !tag_attribute(tag, "href", href, sizeof(href)))
        return; /* only the first counts */
    base = url_resolve(in->links, url, href, strlen(href));
    if (base)
        in->base = base;
}

/* ---- navigation that a script builds ---- */

static bool is_page_path(const char *text, size_t len)
{
    size_t dot = 0;

    if (len < 2 || len > 120 || text[0] != '/' || text[1] == '/' || text[1] == '*')
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr("/-_.", text[i]))
            return false;
        if (text[i] == '.')
            dot = i;
    }
    if (!dot)
        return true;
    return (len - dot == 5 && memcmp(text + dot, ".html", 5) == 0) ||
           (len - dot == 4 && memcmp(text + dot, ".htm", 4) == 0) ||
           (len - dot == 4 && memcmp(text + dot, ".php", 4) == 0);
}

/* Does what stands before the quote look like `href:`, `url =`, `"link":`? */
static bool names_a_link(const char *start, const char *quote)
{
    static const char *const keys[] = {"href", "url",  "link", "path",
                                       "to",   "slug", NULL};
    const char *at = quote;

    while (at > start && (isspace((unsigned char)at[-1]) || at[-1] == ':' ||
                          at[-1] == '=' || at[-1] == '"' || at[-1] == '\''))
        at--;
    if (at == quote)
        return false;
    for (size_t i = 0; keys[i]; i++) {
        size_t len = strlen(keys[i]);

        if ((size_t)(at - start) >= len && strncasecmp(at - len, keys[i], len) == 0)
            return true;
    }
    return false;
}

static void take_script(struct reading *in, const struct tag *tag)
{
    const char *at = tag->content, *end = at + tag->content_len;
    char type[64];

    if (tag_attribute(tag, "type", type, sizeof(type)) && strcasestr(type, "ld+json"))
        return;
    if (tag->content_len > 256 * 1024)
        return; /* a library, not a menu */
    while (at < end) {
        const char *close;

        if (*at != '"' && *at != '\'') {
            at++;
            continue;
        }
        close = memchr(at + 1, *at, (size_t)(end - at - 1));
        if (!close)
            return;
        if (is_page_path(at + 1, (size_t)(close - at - 1)) &&
            names_a_link(tag->content, at))
            add_link(in, at + 1, (size_t)(close - at - 1), true);
        at = close + 1;
    }
}

/* ---- the fingerprint ---- */

static void take_text(struct reading *in, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (!isalnum(c) && c < 0x80) {
            in->in_word = false;
            continue;
        }
        if (!in->in_word)
            in->links->words++;
        in->hash = (in->hash ^ (in->in_word ? 0u : 32u)) * 1099511628211u;
        in->hash = (in->hash ^ (unsigned char)tolower(c)) * 1099511628211u;
        in->in_word = true;
    }
}

static void take_tag(struct reading *in, const struct tag *tag, const char *url)
{
    in->in_word = false;
    if (tag->closing)
        return;
    if (strcmp(tag->name, "a") == 0 || strcmp(tag->name, "area") == 0)
        take_anchor(in, tag);
    else if (strcmp(tag->name, "link") == 0)
        take_link(in, tag);
    else if (strcmp(tag->name, "meta") == 0)
        take_meta(in, tag);
    else if (strcmp(tag->name, "base") == 0)
        take_base(in, tag, url);
    else if (strcmp(tag->name, "script") == 0)
        take_script(in, tag);
    else if (strcmp(tag->name, "button") == 0 || strcmp(tag->name, "div") == 0 ||
             strcmp(tag->name, "li") == 0 || strcmp(tag->name, "span") == 0)
        take_scripted(in, tag);
}

struct links *links_read(TALLOC_CTX *mem, const char *url, const void *html, size_t len,
                         size_t max)
{
    struct links *links = talloc_zero(mem, struct links);
    struct reading in = {
        .links = links, .base = url, .max = max, .hash = 14695981039346656037u};
    struct tags tags;
    struct tag tag;
    bool more;

    tags_init(&tags, html, len);
    do {
        more = tags_next(&tags, &tag);
        take_text(&in, tag.text, tag.text_len);
        if (more)
            take_tag(&in, &tag, url);
    } while (more);
    links->fingerprint = in.hash;
    return links;
}
