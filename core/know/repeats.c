/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks that stand on most pages of a site are its frame, however they are marked up.
 * Blocks are compared by the hash of their folded text and counted once a page.
 */
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "know/extract.h"
#include "know/facts.h"

enum { MAX_COUNTED = 200000, FEWEST_PAGES = 4, FEWEST_FOR_SHARE = 5, SHARE = 40 };

struct entry {
    uint64_t hash; /* 0: free */
    unsigned pages;
    unsigned last_page; /* counted once a page */
    bool kept;          /* a page shows it: its facts are known */
};

struct sb_repeats {
    struct entry *entries;
    size_t used, room; /* room: a power of two */
    unsigned pages;
};

struct sb_repeats *sb_repeats_new(TALLOC_CTX *mem)
{
    struct sb_repeats *r = talloc_zero(mem, struct sb_repeats);

    r->room = 1024;
    r->entries = sb_array(r, struct entry, r->room);
    return r;
}

static struct entry *find(const struct sb_repeats *r, uint64_t hash)
{
    size_t at = (size_t)((hash * 0x9e3779b97f4a7c15u) >> 20) & (r->room - 1);

    while (r->entries[at].hash && r->entries[at].hash != hash)
        at = (at + 1) & (r->room - 1);
    return &r->entries[at];
}

static void grow(struct sb_repeats *r)
{
    struct entry *old = r->entries;
    size_t room = r->room;

    r->room *= 2;
    r->entries = sb_array(r, struct entry, r->room);
    for (size_t i = 0; i < room; i++)
        if (old[i].hash)
            *find(r, old[i].hash) = old[i];
    talloc_free(old);
}

void sb_repeats_add(struct sb_repeats *r, const struct sb_extract *page)
{
    r->pages++;
    for (size_t i = 0; i < page->block_count; i++) {
        struct entry *entry = find(r, page->blocks[i].hash);

        if (!entry->hash) {
            if (r->used >= MAX_COUNTED)
                continue;
            if (++r->used * 2 > r->room) {
                grow(r);
                entry = find(r, page->blocks[i].hash);
            }
            entry->hash = page->blocks[i].hash;
        }
        if (entry->last_page != r->pages)
            entry->pages++;
        entry->last_page = r->pages;
    }
}

static bool is_frame(const struct sb_repeats *r, const struct entry *entry)
{
    return entry->pages >= FEWEST_PAGES && r->pages >= FEWEST_FOR_SHARE &&
           entry->pages * 100 >= r->pages * SHARE;
}

static bool says_block(const struct sb_fact *fact, const struct sb_block *block)
{
    return block->boilerplate &&
           (strcmp(fact->text, block->text) == 0 ||
            (fact->kind == SB_FACT_FAQ && strcmp(fact->subject, block->text) == 0));
}

/* What was recognised in the words of such a block is known from another page. */
static void drop_facts(struct sb_extract *page)
{
    struct sb_fact *facts =
        talloc_array(page, struct sb_fact, sb_array_count(page->fact_count + 1));
    size_t count = 0;

    for (size_t i = 0; i < page->fact_count; i++) {
        bool drop = false;

        for (size_t j = 0; j < page->block_count && !drop; j++)
            drop = page->facts[i].origin == SB_FACT_FROM_TEXT &&
                   says_block(&page->facts[i], &page->blocks[j]);
        if (!drop)
            facts[count++] = page->facts[i];
    }
    page->facts = facts;
    page->fact_count = count;
}

size_t sb_repeats_mark(struct sb_repeats *r, struct sb_extract *page)
{
    size_t marked = 0;

    for (size_t i = 0; i < page->block_count; i++) {
        struct sb_block *block = &page->blocks[i];
        struct entry *entry = find(r, block->hash);

        if (!entry->hash || !is_frame(r, entry))
            continue;
        if (!entry->kept && block->kind != SB_BLOCK_HEADING &&
            sb_text_holds(block->text)) {
            entry->kept = true;
            continue;
        }
        block->boilerplate = true;
        marked++;
    }
    if (marked && page->fact_count)
        drop_facts(page);
    return marked;
}

size_t sb_extract_drop_repeats(struct sb_extract *const *pages, size_t count)
{
    struct sb_repeats *r = sb_repeats_new(NULL);
    size_t marked = 0;

    for (size_t i = 0; i < count; i++)
        sb_repeats_add(r, pages[i]);
    for (size_t i = 0; i < count; i++)
        marked += sb_repeats_mark(r, pages[i]);
    talloc_free(r);
    return marked;
}
