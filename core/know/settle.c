/* SPDX-License-Identifier: Apache-2.0
 *
 * What all pages together state. Facts of one kind and subject are gathered; where
 * they differ, the page that is about the matter, then the newer one, then what more
 * pages say, is preferred, and the others are listed as contradictions. The settled
 * facts become passages that are searched before pages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "base/buf.h"
#include "base/text.h"
#include "know/facts.h"
#include "know/know_impl.h"

#define MAX_CONTRADICTIONS 500
#define MAX_CHUNKS 400
#define MAX_CLAIMS 200 /* of one subject: comparing them is quadratic */

/* Kinds that become passages of their own, with a title and the words under which
 * they are asked for. Prices in running text stay with their pages. */
static const struct {
    const char *kind, *title, *words;
} kinds[] = {
    {"hours", "Opening hours", "open close opening closing hours time schedule"},
    {"special_hours", "Holiday hours", "holiday open close hours"},
    {"phone", "Phone", "phone number call telephone contact"},
    {"email", "E-mail", "email address contact"},
    {"address", "Address", "address location located directions"},
    {"price", "Prices", "price cost fee rate"},
    {"payment", "Payment", "pay payment card accepted"},
    {"area", "Service area", "area serve travel"},
    {"event", "Events", "event date"},
    {"person", "Staff", "staff team"},
};

const char *sb_know_fact_words(const char *kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].words;
    return "";
}

static const char *title_of(const char *kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].title;
    return NULL;
}

/* ---- which page to believe ---- */

/* One thing that is said, and by whom best. */
struct claim {
    const struct sb_kn_fact *fact; /* the best page that says it */
    int specific, votes;
    int64_t last_page; /* that was counted: pages vote once */
};

/* Above 0: `a` is to be believed. */
static int compare_claims(const struct claim *a, const struct claim *b,
                          const char **why)
{
    int newer;

    if (a->specific != b->specific) {
        *why = "its page is more about it";
        return a->specific - b->specific;
    }
    if ((a->fact->origin >= SB_FACT_FROM_MICRODATA) !=
        (b->fact->origin >= SB_FACT_FROM_MICRODATA)) {
        *why = "it is stated as data";
        return a->fact->origin - b->fact->origin;
    }
    newer = *a->fact->dated && *b->fact->dated
                ? strncmp(a->fact->dated, b->fact->dated, 10)
                : 0;
    if (newer) {
        *why = "its page is newer";
        return newer;
    }
    if (a->votes != b->votes) {
        *why = "more pages say so";
        return a->votes - b->votes;
    }
    *why = "it was found first";
    return b->fact->id < a->fact->id ? -1 : 1;
}

struct settling {
    struct sb_know *know;
    const struct sb_agent *agent;
    TALLOC_CTX *mem;
    struct sb_kn_fact *facts;
    size_t count, pages;
    struct sb_kn_contradiction *contradictions;
    size_t contradiction_count;
    struct sb_kn_chunk *chunks;
    size_t chunk_count;
};

static struct sb_fact as_fact(const struct sb_kn_fact *f)
{
    return (struct sb_fact){.kind = sb_fact_kind_parse(f->kind),
                            .origin = (enum sb_fact_origin)f->origin,
                            .subject = f->subject,
                            .value = f->value,
                            .text = f->text,
                            .heading = f->heading,
                            .url = f->url};
}

static bool contradict(const struct sb_kn_fact *a, const struct sb_kn_fact *b)
{
    struct sb_fact x = as_fact(a), y = as_fact(b);

    return sb_fact_contradicts(&x, &y);
}

static bool same_claim(const struct sb_kn_fact *a, const struct sb_kn_fact *b)
{
    return *a->value || *b->value ? strcmp(a->value, b->value) == 0
                                  : strcmp(a->text, b->text) == 0;
}

static int specificity(const struct sb_kn_fact *fact)
{
    return sb_know_specificity(fact->kind, fact->url, fact->title, fact->heading);
}

/* One page more says it. The page that is most to be believed stands for all. */
static void second(struct claim *claim, const struct sb_kn_fact *fact)
{
    struct claim fresh = *claim;
    const char *why;

    if (fact->page_id != claim->last_page)
        claim->votes++;
    claim->last_page = fact->page_id;
    fresh.fact = fact;
    fresh.specific = specificity(fact);
    fresh.votes = claim->votes;
    fresh.last_page = claim->last_page;
    if (compare_claims(&fresh, claim, &why) > 0)
        *claim = fresh;
}

/* Claims of the facts at `from`..`to`, which share kind and subject. What stands in the
 * frame of most pages is not specific to the one about hours or rates. */
static size_t gather_claims(const struct settling *s, size_t from, size_t to,
                            struct claim *claims)
{
    size_t count = 0;

    for (size_t i = from; i < to; i++) {
        const struct sb_kn_fact *fact = &s->facts[i];
        size_t j = 0;

        while (j < count && !same_claim(claims[j].fact, fact))
            j++;
        if (j < count)
            second(&claims[j], fact);
        else if (count < MAX_CLAIMS)
            claims[count++] = (struct claim){.fact = fact,
                                             .specific = specificity(fact),
                                             .votes = 1,
                                             .last_page = fact->page_id};
    }
    for (size_t i = 0; i < count; i++)
        if (claims[i].votes >= 4 && claims[i].votes * 10 >= (int)s->pages * 4)
            claims[i].specific = claims[i].specific > 0 ? 0 : claims[i].specific;
    return count;
}

/* Does some page give both? Then it has two phones, and nobody is wrong. */
static bool stand_together(const struct settling *s, const struct sb_kn_fact *a,
                           const struct sb_kn_fact *b)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->facts[i].kind, a->kind) != 0 || !same_claim(&s->facts[i], a))
            continue;
        for (size_t j = 0; j < s->count; j++)
            if (s->facts[j].page_id == s->facts[i].page_id &&
                strcmp(s->facts[j].kind, b->kind) == 0 && same_claim(&s->facts[j], b))
                return true;
    }
    return false;
}

static bool is_line(const struct sb_kn_fact *fact)
{
    return strcmp(fact->kind, "phone") == 0 || strcmp(fact->kind, "email") == 0;
}

static void contradiction(struct settling *s, const struct claim *best,
                          const struct claim *other, const char *why)
{
    if (s->contradiction_count == MAX_CONTRADICTIONS ||
        best->fact->page_id == other->fact->page_id)
        return;
    s->contradictions[s->contradiction_count++] =
        (struct sb_kn_contradiction){.kind = best->fact->kind,
                                     .subject = best->fact->subject,
                                     .page_id = best->fact->page_id,
                                     .said = best->fact->text,
                                     .value = best->fact->value,
                                     .other_page = other->fact->page_id,
                                     .other_said = other->fact->text,
                                     .other_value = other->fact->value,
                                     .why = why};
}

/* ---- passages ---- */

/* The tenant's own word stands over anything a page says of the same. */
static bool tenant_says(const struct settling *s, const struct sb_kn_fact *fact)
{
    const struct sb_business *b = s->agent->business;

    if (*fact->subject)
        return false;
    if (strcmp(fact->kind, "phone") == 0)
        return b->phone && *b->phone;
    if (strcmp(fact->kind, "email") == 0)
        return b->email && *b->email;
    if (strcmp(fact->kind, "address") == 0)
        return b->address && *b->address;
    if (strcmp(fact->kind, "hours") == 0)
        for (int i = 0; i < 7; i++)
            if (b->week[i].known)
                return true;
    return false;
}

static void emit(struct settling *s, const struct sb_kn_fact *first, const char *text,
                 const char *conflict)
{
    const char *title = title_of(first->kind);
    struct sb_kn_chunk *chunk;

    if (!title || s->chunk_count == MAX_CHUNKS || tenant_says(s, first))
        return;
    chunk = &s->chunks[s->chunk_count++];
    *chunk = (struct sb_kn_chunk){
        .kind = SB_PASSAGE_FACT,
        .key = talloc_asprintf(s->mem, "site|%s|%s", first->kind, first->subject),
        .title = title,
        .heading = first->subject,
        .url = first->url,
        .text = text,
        .also = sb_know_fact_words(first->kind),
        .dated = first->dated,
        .conflict = conflict};
    sb_know_chunk_seal(s->know, s->mem, chunk);
}

static bool is_price_in_text(const struct sb_kn_fact *fact)
{
    return strcmp(fact->kind, "price") == 0 && fact->origin == SB_FACT_FROM_TEXT;
}

static int best_first(const void *a, const void *b)
{
    const char *why;

    return -compare_claims(a, b, &why);
}

/* What is told of one subject, and what stands against it. */
struct telling {
    const struct claim **accepted;
    size_t count;
    struct sb_buf text, conflict;
};

/* Takes a claim in, unless a better one says otherwise. */
static void tell(struct settling *s, struct telling *t, const struct claim *claim)
{
    const struct sb_kn_fact *fact = claim->fact;
    const char *why;

    for (size_t i = 0; i < t->count; i++) {
        const struct claim *better = t->accepted[i];

        if (is_line(fact) && !*fact->subject && fact->origin == SB_FACT_FROM_TEXT &&
            better->fact->origin > SB_FACT_FROM_TEXT)
            return; /* some other desk's, which its page names */
        if (!contradict(better->fact, fact) ||
            (is_line(fact) && stand_together(s, better->fact, fact)))
            continue;
        (void)compare_claims(better, claim, &why);
        contradiction(s, better, claim, why);
        if (fact->page_id != better->fact->page_id && t->conflict.len < 1000)
            sb_buf_printf(&t->conflict, "%s\"%s\" says: %s",
                          t->conflict.len ? "; " : "", fact->title, fact->text);
        return;
    }
    t->accepted[t->count++] = claim;
    if (t->text.len + strlen(fact->text) < 2000 &&
        !strstr(sb_buf_str(&t->text), fact->text))
        sb_buf_printf(&t->text, "%s%s", t->text.len ? "\n" : "", fact->text);
}

/* Facts of one kind and subject, best first. The hours of a week come as several, which
 * belong together unless they speak of the same days. */
static void settle_group(struct settling *s, size_t from, size_t to)
{
    struct claim *claims = sb_array(s->mem, struct claim, to - from + 1);
    size_t count = gather_claims(s, from, to, claims);
    struct telling t = {.accepted = sb_array(s->mem, const struct claim *, count + 1)};

    sb_buf_init(&t.text, s->mem);
    sb_buf_init(&t.conflict, s->mem);
    qsort(claims, count, sizeof(*claims), best_first);
    for (size_t i = 0; i < count; i++)
        tell(s, &t, &claims[i]);
    if (!is_price_in_text(claims[0].fact))
        emit(s, claims[0].fact, sb_buf_str(&t.text), sb_buf_str(&t.conflict));
}

static int compare_facts(const void *a, const void *b)
{
    const struct sb_kn_fact *x = a, *y = b;
    int order = strcmp(x->kind, y->kind);

    if (!order)
        order = sb_text_ieq(x->subject, y->subject)
                    ? 0
                    : strcasecmp(x->subject, y->subject);
    if (!order)
        order = x->id < y->id ? -1 : x->id > y->id;
    return order;
}

static void settle_all(struct settling *s)
{
    size_t from = 0;

    qsort(s->facts, s->count, sizeof(*s->facts), compare_facts);
    for (size_t i = 1; i <= s->count; i++) {
        if (i < s->count && strcmp(s->facts[i].kind, s->facts[from].kind) == 0 &&
            strcasecmp(s->facts[i].subject, s->facts[from].subject) == 0)
            continue;
        settle_group(s, from, i);
        from = i;
    }
}

int sb_know_settle(struct sb_know *know, const struct sb_agent *agent,
                   int *contradictions_r, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_kn_owner owner = sb_know_owner(agent);
    struct settling s = {.know = know, .agent = agent, .mem = mem};
    bool changed;
    int rc = sb_kn_facts(know->db, mem, owner, &s.facts, &s.count, err);

    if (rc)
        goto out;
    s.contradictions = sb_array(mem, struct sb_kn_contradiction, MAX_CONTRADICTIONS);
    s.chunks = sb_array(mem, struct sb_kn_chunk, MAX_CHUNKS);
    s.pages = sb_know_prepare_facts(mem, s.facts, s.count);
    settle_all(&s);
    s.contradiction_count += sb_know_price_quarrels(
        know->words, mem, s.facts, s.count, s.contradictions + s.contradiction_count,
        MAX_CONTRADICTIONS - s.contradiction_count);
    rc = sb_kn_contradictions_put(know->db, owner, s.contradictions,
                                  s.contradiction_count, err);
    if (!rc)
        rc = sb_kn_fact_chunks_put(know->db, mem, owner, "site|", s.chunks,
                                   s.chunk_count, &changed, err);
    if (!rc && contradictions_r)
        *contradictions_r = (int)s.contradiction_count;
out:
    talloc_free(mem);
    return rc;
}
