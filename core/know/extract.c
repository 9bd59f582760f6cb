/* SPDX-License-Identifier: Apache-2.0 */
#include "know/extract.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "base/text.h"
#include "know/extract_impl.h"
#include "know/facts_text.h"
#include "know/markup.h"

const struct sb_extract_limits sb_extract_limits_default = {
    .max_input = 4 * 1024 * 1024,
    .max_text = 1024 * 1024,
    .max_nodes = 400000,
    .max_blocks = 20000,
    .max_links = 5000,
    .max_facts = 500,
    .max_depth = 200,
};

enum kind { HTML, TEXT, OTHER };

static bool begins(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

/* Without a type, or with one that says nothing: a '<' early on is markup. */
static enum kind sniff(const char *body, size_t len)
{
    size_t look = len < 512 ? len : 512;
    size_t nuls = 0;
    bool is_utf16 = look > 1 && (memcmp(body, "\xff\xfe", 2) == 0 ||
                                 memcmp(body, "\xfe\xff", 2) == 0);

    for (size_t i = 0; i < look; i++)
        nuls += !body[i];
    if (nuls * 4 > look && !is_utf16)
        return OTHER;
    return look && memchr(body, '<', look) ? HTML : TEXT;
}

static enum kind kind_of(const char *type, const char *body, size_t len)
{
    if (!type || !*type || begins(type, "application/octet-stream"))
        return sniff(body, len);
    if (begins(type, "text/html") || begins(type, "application/xhtml"))
        return HTML;
    if (begins(type, "text/plain") || begins(type, "text/markdown"))
        return TEXT;
    return OTHER;
}

/* ---- facts of the text ---- */

/* A heading that asks, and what stands below it. */
static void asked_headings(struct sb_extracting *x)
{
    enum { MAX_ANSWER = 900 };

    for (size_t i = 0; i + 1 < x->block_count; i++) {
        const struct sb_block *asked = &x->blocks[i];
        size_t len = strlen(asked->text);
        char *answer;

        if (asked->kind != SB_BLOCK_HEADING || asked->text[len - 1] != '?')
            continue;
        answer = talloc_strdup(x->page, "");
        for (size_t j = i + 1; j < x->block_count; j++) {
            const struct sb_block *block = &x->blocks[j];

            if (block->kind == SB_BLOCK_HEADING ||
                strlen(answer) + strlen(block->text) > MAX_ANSWER)
                break;
            answer =
                talloc_asprintf_append(answer, "%s%s", *answer ? " " : "", block->text);
        }
        sb_facts_add(x->page, &x->facts, &x->fact_count, x->limits->max_facts,
                     &(struct sb_fact){.kind = SB_FACT_FAQ,
                                       .origin = SB_FACT_FROM_TEXT,
                                       .subject = asked->text,
                                       .value = "",
                                       .text = answer,
                                       .heading = asked->heading,
                                       .url = x->page->url});
        talloc_free(answer);
    }
}

static void text_facts(struct sb_extracting *x)
{
    for (size_t i = 0; i < x->block_count; i++) {
        const struct sb_block *block = &x->blocks[i];
        /* A heading is a subject, seldom a statement. */
        unsigned wanted = block->kind == SB_BLOCK_HEADING
                              ? SB_HOLDS_PHONE | SB_HOLDS_EMAIL | SB_HOLDS_HOURS
                              : ~0u;

        if (block->kind == SB_BLOCK_ROW) {
            sb_facts_from_row(x->page, block->text, block->columns, block->heading,
                              x->page->url, &x->facts, &x->fact_count,
                              x->limits->max_facts);
            wanted = ~(unsigned)SB_HOLDS_PRICE;
        }
        sb_facts_see(x->page, block->text, "", block->heading, x->page->url, wanted,
                     &x->facts, &x->fact_count, x->limits->max_facts);
    }
    asked_headings(x);
}

/* ---- "Last updated March 3, 2026" ---- */

static int month_of(const char *word)
{
    static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};

    for (int i = 0; i < 12; i++)
        if (strncasecmp(word, months[i], 3) == 0)
            return i + 1;
    return 0;
}

/* "March 3, 2026", "3 March 2026", "2026-03-03", "March 2026" at `at`. */
static bool read_date(const char *at, char out[11])
{
    int day = 1, month = 0, year = 0, n = 0;
    char word[16] = "";

    while (*at == ' ' || *at == ':')
        at++;
    if (sscanf(at, "%4d-%2d-%2d", &year, &month, &day) == 3 && year > 1990)
        n = 1;
    else if (sscanf(at, "%15[A-Za-z]%*[. ]%2d%*[a-z, ]%4d", word, &day, &year) == 3 ||
             sscanf(at, "%2d%*[a-z. ]%15[A-Za-z]%*[., ]%4d", &day, word, &year) == 3)
        month = month_of(word);
    else if (sscanf(at, "%15[A-Za-z]%*[., ]%4d", word, &year) == 2 && year > 1990) {
        day = 1;
        month = month_of(word);
    }
    (void)n;
    if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1990 || year > 2100)
        return false;
    (void)snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000,
                   (unsigned)month % 100, (unsigned)day % 100);
    return true;
}

/* A date alone, right below the title, is when an article was written. */
static void find_dateline(struct sb_extracting *x)
{
    char date[11];

    for (size_t i = 0; i < x->block_count && i < 4 && !*x->page->modified; i++)
        if (strlen(x->blocks[i].text) < 24 && read_date(x->blocks[i].text, date) &&
            !isdigit((unsigned char)x->blocks[i].text[0]) &&
            strpbrk(x->blocks[i].text, "0123456789"))
            x->page->modified = talloc_strdup(x->page, date);
}

static void find_modified(struct sb_extracting *x)
{
    static const char *const words[] = {"updated on", "updated",         "last revised",
                                        "revised",    "effective as of", "effective",
                                        NULL};

    for (size_t i = 0; i < x->block_count && !*x->page->modified; i++) {
        char *text = talloc_strdup(x->page, x->blocks[i].text);
        char date[11];

        for (char *c = text; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        for (size_t w = 0; words[w] && strlen(text) < 300; w++) {
            const char *at = strstr(text, words[w]);

            if (at && read_date(at + strlen(words[w]), date)) {
                x->page->modified = talloc_strdup(x->page, date);
                break;
            }
        }
        talloc_free(text);
    }
}

/* ---- soft 404 ---- */

static bool has_phrase(const char *text, const char *const *phrases)
{
    char *folded = sb_text_fold(NULL, text);
    bool found = false;

    for (size_t i = 0; phrases[i] && !found; i++)
        found = sb_text_has_phrase(folded, phrases[i]);
    talloc_free(folded);
    return found;
}

/* In a title or a heading even "not found" is plain; in a text it may be about balls
 * in a pond. */
static const char *const in_title[] = {"not found",
                                       "error 404",
                                       "404 error",
                                       "nothing found",
                                       "no longer available",
                                       "page is missing",
                                       "page missing",
                                       "seite nicht gefunden",
                                       "page introuvable",
                                       "pagina no encontrada",
                                       "404",
                                       NULL};
static const char *const in_text[] = {
    "page not found",           "404 not found",
    "page cannot be found",     "page can't be found",
    "page could not be found",  "page isn't available",
    "page does not exist",      "page doesn't exist",
    "page you are looking for", "page you were looking for",
    "page you requested",       "page you're looking for",
    "couldn't find that page",  "could not find that page",
    "can't find that page",     NULL};

bool sb_extract_is_soft_404(const struct sb_extract *page, int status)
{
    if (status != 200 || page->text_bytes > 3000)
        return false; /* long pages talk about other things */
    if (has_phrase(page->full_title, in_title) || has_phrase(page->full_title, in_text))
        return true;
    for (size_t i = 0; i < page->block_count && i < 3; i++) {
        const struct sb_block *block = &page->blocks[i];

        if (block->kind == SB_BLOCK_HEADING && strlen(block->text) < 80 &&
            (has_phrase(block->text, in_title) || has_phrase(block->text, in_text)))
            return true;
        if (page->text_bytes < 600 && has_phrase(block->text, in_text))
            return true;
    }
    return false;
}

/* ---- all of it ---- */

static void hash_add(uint64_t *hash, const char *text)
{
    for (; *text; text++)
        *hash = (*hash ^ (unsigned char)*text) * 1099511628211u;
    *hash = (*hash ^ 31u) * 1099511628211u;
}

static uint64_t content_hash(const struct sb_extract *page)
{
    uint64_t hash = 14695981039346656037u;

    hash_add(&hash, page->title);
    for (size_t i = 0; i < page->block_count; i++) {
        hash = (hash ^ page->blocks[i].hash) * 1099511628211u;
        hash_add(&hash, page->blocks[i].heading);
        hash_add(&hash, page->blocks[i].columns);
    }
    for (size_t i = 0; i < page->fact_count; i++) {
        hash_add(&hash, page->facts[i].subject);
        hash_add(&hash, page->facts[i].value);
        hash_add(&hash, page->facts[i].text);
    }
    return hash;
}

static void read_html(struct sb_extracting *x, const char *text, size_t len)
{
    struct sb_markup *markup =
        sb_markup_tame(x->page, text, len, x->limits->max_depth, x->limits->max_nodes);
    GumboOptions options = kGumboDefaultOptions;
    GumboOutput *tree;

    x->page->truncated = x->page->truncated || markup->truncated;
    for (size_t i = 0; i < markup->script_count; i++)
        sb_facts_from_jsonld(x->page, markup->scripts[i].text, markup->scripts[i].len,
                             x->page->url, &x->facts, &x->fact_count,
                             x->limits->max_facts);
    options.max_errors = 0;
    tree = gumbo_parse_with_options(&options, markup->html, markup->len);
    sb_tree_measure(tree->document);
    sb_extract_meta(x, tree->document);
    sb_extract_microdata(x, tree->document);
    sb_extract_body(x, tree->document);
    gumbo_destroy_output(&options, tree);
    talloc_free(markup);
}

static struct sb_extract *page_new(TALLOC_CTX *mem, const char *url)
{
    struct sb_extract *page = talloc_zero(mem, struct sb_extract);

    page->url = talloc_strdup(page, url);
    page->title = page->full_title = page->site_name = page->description = "";
    page->language = page->canonical = page->modified = "";
    return page;
}

static void finish(struct sb_extracting *x)
{
    struct sb_extract *page = x->page;

    sb_extract_title(x);
    text_facts(x);
    find_modified(x);
    find_dateline(x);
    page->blocks = x->blocks;
    page->block_count = x->block_count;
    page->links = x->links;
    page->link_count = x->link_count;
    page->facts = x->facts;
    page->fact_count = x->fact_count;
    page->soft_404 = sb_extract_is_soft_404(page, 200);
    page->content_hash = content_hash(page);
}

int sb_extract(TALLOC_CTX *mem, const char *url, const char *content_type,
               const void *body, size_t len, const struct sb_extract_limits *limits,
               struct sb_extract **out_r, struct sb_err *err)
{
    struct sb_extracting x = {.limits = limits ? limits : &sb_extract_limits_default};
    enum kind kind = kind_of(content_type, body, len);
    char *text;

    if (kind == OTHER)
        return sb_fail(err, SB_EINVAL, "\"%.60s\" is no type of text that we read",
                       content_type ? content_type : "binary");
    x.page = page_new(mem, url);
    x.base = x.page->url;
    if (len > x.limits->max_input) {
        len = x.limits->max_input;
        x.page->truncated = true;
    }
    text = sb_extract_decode(x.page, content_type, body, len, &len, &x.page->charset);
    if (kind == HTML)
        read_html(&x, text, len);
    else
        sb_extract_text(&x, text);
    talloc_free(text);
    finish(&x);
    *out_r = x.page;
    return 0;
}
