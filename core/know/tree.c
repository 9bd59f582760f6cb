/* SPDX-License-Identifier: Apache-2.0
 *
 * Small helpers over gumbo's tree, and what every stage of extraction uses: white
 * space, links, adding a block.
 */
#include <ctype.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>
#include "base/array.h"
#include "base/text.h"
#include "know/extract_impl.h"

enum { MAX_NODE_TEXT = 64 * 1024 };

/* ---- nodes ---- */

static const GumboVector no_children = {0};

bool sb_node_is_element(const GumboNode *node)
{
    return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
}

const GumboVector *sb_node_children(const GumboNode *node)
{
    if (node->type == GUMBO_NODE_ELEMENT)
        return &node->v.element.children;
    if (node->type == GUMBO_NODE_DOCUMENT)
        return &node->v.document.children;
    return &no_children; /* a <template> has none that count */
}

const char *sb_node_name(const GumboNode *node)
{
    GumboStringPiece name;

    if (!sb_node_is_element(node))
        return "";
    if (node->v.element.tag != GUMBO_TAG_UNKNOWN)
        return gumbo_normalized_tagname(node->v.element.tag);
    name = node->v.element.original_tag;
    if (name.length >= 4 && strncasecmp(name.data, "<x-b", 4) == 0)
        return "x-b";
    return "?";
}

bool sb_node_is(const GumboNode *node, const char *name)
{
    return strcmp(sb_node_name(node), name) == 0;
}

const char *sb_node_attr(const GumboNode *node, const char *name)
{
    const GumboAttribute *attribute;

    if (!sb_node_is_element(node))
        return NULL;
    attribute = gumbo_get_attribute(&node->v.element.attributes, name);
    return attribute ? attribute->value : NULL;
}

const GumboNode *sb_node_find(const GumboNode *node,
                              bool (*test)(const GumboNode *node))
{
    const GumboVector *children = sb_node_children(node);

    if (sb_node_is_element(node) && test(node))
        return node;
    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *found = sb_node_find(children->data[i], test);

        if (found)
            return found;
    }
    return NULL;
}

static bool is_text(const GumboNode *node)
{
    return node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_CDATA;
}

static bool is_unread(const GumboNode *node)
{
    return sb_node_is(node, "script") || sb_node_is(node, "style") ||
           sb_node_is(node, "noscript") || sb_node_is(node, "template") ||
           sb_node_is(node, "del") || sb_node_is(node, "head");
}

static size_t visible_bytes(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += !isspace((unsigned char)*text);
    return n;
}

/* Measures are kept where gumbo notes positions in the source, which nobody reads: one
 * pass then answers all questions about weights. */
enum { HAS_H1 = 1 << 1 };

static int level_of(const GumboNode *node)
{
    const char *name = sb_node_name(node);

    return name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && !name[2]
               ? name[1] - '0'
               : 0;
}

static size_t measure(GumboNode *node, bool in_link, size_t *in_links, unsigned *flags)
{
    const GumboVector *children = sb_node_children(node);
    size_t sum = 0, links = 0;
    unsigned below = 0;

    if (is_text(node)) {
        sum = visible_bytes(node->v.text.text);
        *in_links += in_link ? sum : 0;
        return sum;
    }
    if (is_unread(node))
        return 0;
    in_link = in_link || sb_node_is(node, "a") || sb_node_is(node, "button");
    for (unsigned i = 0; i < children->length; i++)
        sum += measure(children->data[i], in_link, &links, &below);
    below |= level_of(node) ? 1u << level_of(node) : 0;
    if (sb_node_is_element(node))
        node->v.element.start_pos = (GumboSourcePosition){
            .line = (unsigned)sum, .column = (unsigned)links, .offset = below};
    *in_links += links;
    *flags |= below;
    return sum;
}

void sb_tree_measure(GumboNode *root)
{
    size_t links = 0;
    unsigned flags = 0;

    (void)measure(root, false, &links, &flags);
}

size_t sb_node_weight(const GumboNode *node, size_t *in_links)
{
    *in_links = sb_node_is_element(node) ? node->v.element.start_pos.column : 0;
    return sb_node_is_element(node) ? node->v.element.start_pos.line : 0;
}

unsigned sb_node_levels(const GumboNode *node)
{
    return sb_node_is_element(node) ? (unsigned)node->v.element.start_pos.offset : 0;
}

bool sb_node_has_h1(const GumboNode *node)
{
    return sb_node_is_element(node) && node->v.element.start_pos.offset & HAS_H1;
}

static bool breaks_line(const GumboNode *node)
{
    static const char *const names[] = {"p",  "div", "li", "tr",    "br",      "h1",
                                        "h2", "h3",  "h4", "h5",    "h6",      "dt",
                                        "dd", "ul",  "ol", "table", "section", NULL};

    for (size_t i = 0; names[i]; i++)
        if (sb_node_is(node, names[i]))
            return true;
    return false;
}

static void gather_text(struct sb_buf *out, const GumboNode *node)
{
    const GumboVector *children = sb_node_children(node);

    if (is_text(node) || node->type == GUMBO_NODE_WHITESPACE) {
        sb_buf_puts(out, node->v.text.text);
        return;
    }
    if (is_unread(node) || out->len > MAX_NODE_TEXT)
        return;
    for (unsigned i = 0; i < children->length && out->len <= MAX_NODE_TEXT; i++)
        gather_text(out, children->data[i]);
    if (breaks_line(node))
        sb_buf_putc(out, '\v'); /* a line's end, see sb_collapse */
    else if (sb_node_is(node, "td") || sb_node_is(node, "th"))
        sb_buf_putc(out, ' ');
}

char *sb_node_text(TALLOC_CTX *mem, const GumboNode *node)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    struct sb_buf text;
    char *result;

    sb_buf_init(&text, tmp);
    gather_text(&text, node);
    result = sb_collapse(mem, sb_buf_str(&text), text.len);
    talloc_free(tmp);
    return result;
}

bool sb_has_word(const char *list, const char *const *words)
{
    while (list && *list) {
        size_t len = strcspn(list, " \t\n\r\f");

        for (size_t i = 0; words[i] && len; i++)
            if (len >= strlen(words[i]) &&
                strncasecmp(list, words[i], strlen(words[i])) == 0)
                return true;
        list += len;
        list += strspn(list, " \t\n\r\f");
    }
    return false;
}

/* ---- text ---- */

/* Zero-width and soft characters, which only get in the way of comparing. */
static bool is_ghost(uint32_t cp)
{
    return cp == 0xad || (cp >= 0x200b && cp <= 0x200f) || cp == 0x2060 ||
           cp == 0xfeff || (cp >= 0x202a && cp <= 0x202e) ||
           (cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r' && cp != '\f' &&
            cp != '\v') ||
           (cp >= 0x7f && cp < 0xa0);
}

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xa0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
           cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

/* A line's end (\v) becomes a comma where a reader would need one. */
static void put_gap(struct sb_buf *out, bool line_end)
{
    char last = out->len ? out->data[out->len - 1] : ' ';

    if (!out->len)
        return;
    if (line_end &&
        (isalnum((unsigned char)last) || last == ')' || last == '%' || (last & 0x80)))
        sb_buf_putc(out, ',');
    sb_buf_putc(out, ' ');
}

char *sb_collapse(TALLOC_CTX *mem, const char *text, size_t len)
{
    struct sb_buf out;
    bool gap = false, line_end = false;

    sb_buf_init(&out, mem);
    while (len) {
        uint32_t cp;
        size_t n = sb_utf8_next(text, len, &cp);
        char utf8[4];

        if (is_blank(cp)) {
            gap = true;
            line_end = line_end || cp == '\v';
        } else if (!is_ghost(cp)) {
            if (gap)
                put_gap(&out, line_end);
            gap = line_end = false;
            sb_buf_add(&out, utf8, sb_utf8_put(utf8, cp));
        }
        text += n;
        len -= n;
    }
    return out.data ? out.data : talloc_strdup(mem, "");
}

/* ---- links ---- */

char *sb_url_join(TALLOC_CTX *mem, const char *base, const char *ref)
{
    CURLU *url = curl_url();
    char *text = NULL, *result = NULL;

    if (curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_URL, ref, CURLU_URLENCODE) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_USER, NULL, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_PASSWORD, NULL, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK &&
        (strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0) &&
        sb_utf8_valid(text, strlen(text)))
        result = talloc_strdup(mem, text);
    curl_free(text);
    curl_url_cleanup(url);
    return result;
}

void sb_extract_add_link(struct sb_extracting *x, const char *href, const char *text,
                         bool nofollow, bool in_main)
{
    char *url;

    if (x->link_count >= x->limits->max_links) {
        x->page->truncated = true;
        return;
    }
    url = sb_url_join(x->page, x->base, href);
    if (!url)
        return;
    if (x->link_count == x->link_room) {
        x->link_room = x->link_room ? x->link_room * 2 : 64;
        x->links = talloc_realloc(x->page, x->links, struct sb_link,
                                  sb_array_count(x->link_room));
    }
    x->links[x->link_count++] = (struct sb_link){.url = url,
                                                 .text = talloc_strdup(x->page, text),
                                                 .nofollow = nofollow,
                                                 .in_main = in_main};
}

/* ---- blocks ---- */

static uint64_t hash_text(TALLOC_CTX *mem, const char *text)
{
    char *folded = sb_text_fold(mem, text);
    uint64_t hash = 14695981039346656037u;

    for (const char *c = folded; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    talloc_free(folded);
    return hash;
}

bool sb_extract_add_block(struct sb_extracting *x, const struct sb_block *block)
{
    struct sb_extract *page = x->page;
    struct sb_block *copy;
    size_t len = strlen(block->text);

    if (!len)
        return true;
    if (x->block_count >= x->limits->max_blocks ||
        page->text_bytes + len > x->limits->max_text) {
        page->truncated = true;
        return false;
    }
    if (x->block_count == x->block_room) {
        x->block_room = x->block_room ? x->block_room * 2 : 64;
        x->blocks = talloc_realloc(page, x->blocks, struct sb_block,
                                   sb_array_count(x->block_room));
    }
    copy = &x->blocks[x->block_count++];
    *copy = *block;
    copy->text = talloc_strdup(page, block->text);
    copy->heading = talloc_strdup(page, block->heading ? block->heading : "");
    copy->columns = talloc_strdup(page, block->columns ? block->columns : "");
    copy->hash = hash_text(page, block->text);
    copy->boilerplate = false;
    page->text_bytes += len;
    return true;
}
