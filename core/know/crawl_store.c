/* SPDX-License-Identifier: Apache-2.0
 *
 * The second half of a crawl: pages become passages and facts, each page in a
 * transaction of its own, and one that is as it was not at all.
 */
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/text.h"
#include "know/chunk.h"
#include "know/crawl_impl.h"
#include "know/facts.h"

/* From so many pages on, and this share of all, a block belongs to none of them. */
#define REPEATED 3
#define REPEATED_SHARE 12 /* one in ... */

/* ---- what repeats ---- */

static struct seen *find_seen(const struct crawl *c, uint64_t hash)
{
    size_t at = (size_t)(hash % c->seen_slots);

    while (c->seen[at].pages && c->seen[at].hash != hash)
        at = (at + 1) % c->seen_slots;
    return &c->seen[at];
}

static uint64_t question_hash(const struct sb_fact *fact)
{
    uint8_t hash[32];
    uint64_t out;

    sb_sha256(fact->subject, strlen(fact->subject), hash);
    memcpy(&out, hash, sizeof(out));
    return out;
}

static void count_one(const struct crawl *c, uint64_t hash)
{
    struct seen *seen = find_seen(c, hash);

    seen->hash = hash;
    seen->pages++;
}

/* A box that stands on a dozen pages is not on enough of them to be boilerplate, but
 * says nothing about any of them. */
static void count_blocks(struct crawl *c)
{
    size_t total = 0;

    for (size_t i = 0; i < c->count; i++)
        total += c->pages[i].extract->block_count + c->pages[i].extract->fact_count;
    c->seen_slots = total * 2 + 16;
    c->seen = sb_array(c->mem, struct seen, c->seen_slots);
    for (size_t i = 0; i < c->count; i++) {
        const struct sb_extract *extract = c->pages[i].extract;

        for (size_t j = 0; j < extract->block_count; j++)
            count_one(c, extract->blocks[j].hash);
        for (size_t j = 0; j < extract->fact_count; j++)
            if (extract->facts[j].kind == SB_FACT_FAQ)
                count_one(c, question_hash(&extract->facts[j]));
    }
}

/* What stands on many pages is told by the first of them alone. */
static bool is_told(const struct crawl *c, uint64_t hash)
{
    struct seen *seen = find_seen(c, hash);
    bool told = seen->kept && seen->pages >= REPEATED &&
                (size_t)seen->pages * REPEATED_SHARE >= c->count;

    seen->kept = true;
    return told;
}

static void drop_told(const struct crawl *c, struct sb_extract *extract)
{
    sb_repeats_mark(c->repeats, extract);
    for (size_t i = 0; i < extract->block_count; i++)
        if (!extract->blocks[i].boilerplate && is_told(c, extract->blocks[i].hash))
            extract->blocks[i].boilerplate = true;
}

/* ---- passages and facts ---- */

static bool is_asked(const struct sb_kn_chunk *chunks, size_t count,
                     const char *question)
{
    for (size_t i = 0; i < count; i++)
        if (chunks[i].asked && strcasecmp(chunks[i].heading, question) == 0)
            return true;
    return false;
}

/* Chunks of the text, then the questions that only the structured data has. */
static size_t make_chunks(struct crawl *c, TALLOC_CTX *mem, const struct got *got,
                          struct sb_kn_chunk **chunks_r)
{
    struct sb_chunk *from;
    size_t count = sb_chunk_page(mem, got->extract, NULL, &from), made = 0;
    struct sb_kn_chunk *chunks =
        sb_array(mem, struct sb_kn_chunk, count + got->extract->fact_count + 1);
    const char *title =
        *got->extract->title ? got->extract->title : got->extract->full_title;

    for (; made < count; made++)
        chunks[made] = (struct sb_kn_chunk){.asked = from[made].asked,
                                            .heading = from[made].heading,
                                            .text = from[made].text};
    for (size_t i = 0; i < got->extract->fact_count; i++) {
        const struct sb_fact *fact = &got->extract->facts[i];

        if (fact->kind == SB_FACT_FAQ && !is_asked(chunks, made, fact->subject) &&
            !is_told(c, question_hash(fact)))
            chunks[made++] = (struct sb_kn_chunk){
                .asked = true, .heading = fact->subject, .text = fact->text};
    }
    for (size_t i = 0; i < made; i++) {
        chunks[i].kind = SB_PASSAGE_PAGE;
        chunks[i].ordinal = (int)i;
        chunks[i].title = title;
        chunks[i].url = got->url;
        sb_know_chunk_seal(c->know, mem, &chunks[i]);
    }
    *chunks_r = chunks;
    return made;
}

static size_t make_facts(TALLOC_CTX *mem, const struct sb_extract *extract,
                         struct sb_kn_fact **facts_r)
{
    struct sb_kn_fact *facts =
        sb_array(mem, struct sb_kn_fact, extract->fact_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < extract->fact_count; i++) {
        const struct sb_fact *from = &extract->facts[i];

        if (from->kind == SB_FACT_FAQ)
            continue;
        facts[count++] = (struct sb_kn_fact){.kind = sb_fact_kind_name(from->kind),
                                             .origin = (int)from->origin,
                                             .subject = from->subject,
                                             .value = from->value,
                                             .text = from->text,
                                             .heading = from->heading};
    }
    *facts_r = facts;
    return count;
}

/* Equal when neither passages nor facts have changed. */
static void hash_page(TALLOC_CTX *mem, const struct sb_kn_chunk *chunks, size_t count,
                      const struct sb_kn_fact *facts, size_t fact_count,
                      uint8_t out[32])
{
    struct sb_buf all;

    sb_buf_init(&all, mem);
    for (size_t i = 0; i < count; i++)
        sb_buf_add(&all, chunks[i].hash, 32);
    for (size_t i = 0; i < fact_count; i++)
        sb_buf_printf(&all, "\n%s|%d|%s|%s|%s|%s", facts[i].kind, facts[i].origin,
                      facts[i].subject, facts[i].value, facts[i].text,
                      facts[i].heading);
    sb_buf_putc(&all, '.');
    sb_sha256(all.data, all.len, out);
}

static int store_page(struct crawl *c, const struct got *got)
{
    TALLOC_CTX *mem = talloc_new(c->mem);
    struct sb_kn_chunk *chunks;
    struct sb_kn_fact *facts;
    uint8_t hash[32];
    bool changed = false;
    int rc;

    drop_told(c, got->extract);
    size_t count = make_chunks(c, mem, got, &chunks);
    size_t fact_count = make_facts(mem, got->extract, &facts);
    hash_page(mem, chunks, count, facts, fact_count, hash);
    const struct sb_kn_page row = {
        .source_id = c->source.id,
        .url = got->url,
        .title = *got->extract->title ? got->extract->title : got->extract->full_title,
        .status = got->status,
        .state = "read",
        .content_hash = got->extract->content_hash,
        .chunk_hash = hash,
        .dated = got->dated,
        .run = c->source.run};
    rc = sb_kn_page_put(c->know->db, mem, c->owner, &row, chunks, count, facts,
                        fact_count, &changed, c->err);
    if (!rc && !changed)
        c->source.unchanged++;
    talloc_free(mem);
    return rc ? rc : sb_crawl_note(c, false);
}

/* Short addresses first: an order that does not depend on which answer came first, so
 * that the next crawl keeps the same page of two equal ones. */
static int compare_pages(const void *a, const void *b)
{
    const struct got *x = a, *y = b;
    size_t len = strlen(x->url), other = strlen(y->url);

    return len != other ? (len < other ? -1 : 1) : strcmp(x->url, y->url);
}

/* An earlier page with the same content, or NULL. */
static const struct got *twin(const struct crawl *c, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (c->pages[j].extract->content_hash == c->pages[i].extract->content_hash)
            return &c->pages[j];
    return NULL;
}

static int skip_twin(struct crawl *c, const struct got *page, const struct got *other)
{
    c->source.read--;
    return sb_crawl_skip(c, page->url, page->status, "skipped",
                         talloc_asprintf(c->mem, "it is the same as %s", other->url),
                         true);
}

int sb_crawl_store(struct crawl *c)
{
    int removed, rc = 0;

    qsort(c->pages, c->count, sizeof(*c->pages), compare_pages);
    count_blocks(c);
    for (size_t i = 0; i < c->count && !rc; i++) {
        const struct got *same = twin(c, i);

        rc = same ? skip_twin(c, &c->pages[i], same) : store_page(c, &c->pages[i]);
        if (!rc && i % 8 == 7)
            rc = sb_yield();
    }
    for (size_t i = 0; i < c->gone_count && !rc; i++)
        rc = sb_kn_page_fail(c->know->db, c->owner, &c->gone[i], true, c->err);
    if (!rc)
        rc = sb_kn_pages_prune(c->know->db, c->owner, c->source.id, c->source.run,
                               &removed, c->err);
    if (!rc)
        rc = sb_know_settle(c->know, c->agent, &c->source.contradictions, c->err);
    if (!rc)
        rc = sb_know_embed_missing(c->know, c->agent, c->err);
    return rc;
}
