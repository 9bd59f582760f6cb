/* SPDX-License-Identifier: Apache-2.0
 *
 * A fetched document to what it says: pure functions from bytes and a content type to
 * titles, blocks of main text under their headings, links and facts. Nothing here
 * fetches, stores or suspends. Input is hostile: sizes, depth and counts are bounded,
 * and what was cut is said in `truncated`.
 */
#ifndef SB_KNOW_EXTRACT_H
#define SB_KNOW_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_fact;

enum sb_block_kind {
    SB_BLOCK_HEADING = 1,
    SB_BLOCK_PARAGRAPH,
    SB_BLOCK_ITEM, /* of a list; one block an item, without its bullet */
    SB_BLOCK_ROW,  /* of a table: "Weekday | $45", with the column names in `columns` */
    SB_BLOCK_TERM, /* of a definition list: "Deposit: $20 a person" */
    SB_BLOCK_ASKED, /* a question with its answer: "Question?\nAnswer" (FAQ, details) */
    SB_BLOCK_PRE,   /* preformatted; its line breaks are kept */
};

/* A piece of main text in reading order. Text is clean UTF-8 with white space
 * collapsed, never empty. */
struct sb_block {
    enum sb_block_kind kind;
    int level;           /* headings: 1-6, else 0 */
    int group;           /* blocks of one list or table share a number > 0, else 0 */
    const char *heading; /* path of the headings above, "Rates > Weekend", or "" */
    const char *columns; /* rows: "Day | 18 holes | 9 holes", or "" without a header */
    const char *text;
    uint64_t hash;    /* of the folded text, for counting repetition */
    bool boilerplate; /* found to repeat across the site: not for indexing */
};

struct sb_link {
    const char *url;  /* absolute, http or https, without fragment */
    const char *text; /* "" when it had none */
    bool nofollow;
    bool in_main; /* in the main text, not in navigation */
};

struct sb_extract {
    const char *url;         /* as given */
    const char *title;       /* the page's own, the site's name cut off; "" if none */
    const char *full_title;  /* <title> as it stands */
    const char *site_name;   /* og:site_name or what all titles end in, or "" */
    const char *description; /* meta description, or "" */
    const char *language;    /* "en-US", or "" */
    const char *canonical;   /* absolute, or "" */
    const char *charset;     /* what the bytes were decoded from: "utf-8" ... */
    const char *modified;    /* ISO date the page itself gives for it, or "" */
    bool noindex, nofollow;  /* meta robots or X-Robots-Tag (sb_extract_robots) */
    bool soft_404;           /* status 200, but the text says that there is no page */
    bool truncated;          /* a limit was hit; what is here is the beginning */
    struct sb_block *blocks;
    size_t block_count;
    const struct sb_link *links;
    size_t link_count;
    const struct sb_fact *facts; /* see know/facts.h */
    size_t fact_count;
    size_t text_bytes;     /* of all blocks */
    uint64_t content_hash; /* of title, blocks and facts: equal when nothing a reader
                            * would notice has changed */
};

struct sb_extract_limits {
    size_t max_input;  /* bytes of the document looked at, 4 MiB */
    size_t max_text;   /* bytes of text kept, 1 MiB */
    size_t max_nodes;  /* elements and texts walked, 400,000 */
    size_t max_blocks; /* 20,000 */
    size_t max_links;  /* 5,000 */
    size_t max_facts;  /* 500 */
    int max_depth;     /* nesting walked, 256 */
};
extern const struct sb_extract_limits sb_extract_limits_default;

/* Reads a document that `url` answered with `content_type` ("" or NULL: look at the
 * bytes). HTML, XHTML and plain text (also Markdown); anything else is SB_EINVAL.
 * `limits` may be NULL. The result is one talloc tree on `mem`. CPU-bound: a megabyte
 * of markup takes tens of milliseconds, so large documents belong in sb_offload(),
 * with a `mem` that the loop's thread does not touch meanwhile. */
int sb_extract(TALLOC_CTX *mem, const char *url, const char *content_type,
               const void *body, size_t len, const struct sb_extract_limits *limits,
               struct sb_extract **out_r, struct sb_err *err);

/* What an X-Robots-Tag header (or NULL) adds to noindex and nofollow. */
void sb_extract_robots(struct sb_extract *page, const char *x_robots_tag);

/* Does the page look like "no such page" in spite of its status 200? Already in
 * `soft_404`; `status` other than 200 is always false. */
bool sb_extract_is_soft_404(const struct sb_extract *page, int status);

/* The decoder alone: any bytes to clean UTF-8 on `mem` (BOM, then the header's
 * charset, then <meta>, then UTF-8 if valid, else windows-1252). NUL bytes vanish. */
char *sb_extract_decode(TALLOC_CTX *mem, const char *content_type, const void *body,
                        size_t len, size_t *len_r, const char **charset_r);

/* ---- repetition across a site ---- */

/* Counts on how many pages each block stands. Add every page of the site once, then
 * mark. Bounded: the first 200,000 different blocks are counted. */
struct sb_repeats;
struct sb_repeats *sb_repeats_new(TALLOC_CTX *mem);
void sb_repeats_add(struct sb_repeats *repeats, const struct sb_extract *page);
/* Sets `boilerplate` on the blocks that stand on most pages (at least 4 pages, and at
 * least 40 % of five or more), but leaves a block that says hours, prices, a phone or
 * an address on the first page that has it, so that a fact which only the footer tells
 * is known once. Facts recognised in the words of marked blocks go. Returns how many
 * blocks were marked. */
size_t sb_repeats_mark(struct sb_repeats *repeats, struct sb_extract *page);
/* Both over an array of pages, in its order. */
size_t sb_extract_drop_repeats(struct sb_extract *const *pages, size_t count);

#endif
