/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tenant and the template state outright, made searchable: approved answers,
 * and the facts of the business (hours, phone, address, services with prices).
 */
#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "base/buf.h"
#include "base/text.h"
#include "know/chunk.h"
#include "know/extract.h"
#include "know/facts.h"
#include "know/know_impl.h"

#define MAX_FACTS 3000

struct stating {
    struct sb_know *know;
    TALLOC_CTX *mem;
    struct sb_kn_chunk *chunks;
    size_t count;
};

static void state_chunk(struct stating *s, struct sb_kn_chunk chunk)
{
    if (!chunk.text || !*chunk.text || s->count == MAX_FACTS)
        return;
    chunk.key = talloc_asprintf(s->mem, "tenant|%s", chunk.key);
    s->chunks[s->count] = chunk;
    sb_know_chunk_seal(s->know, s->mem, &s->chunks[s->count++]);
}

static void state(struct stating *s, const char *key, const char *title,
                  const char *also, const char *text)
{
    state_chunk(s, (struct sb_kn_chunk){.kind = SB_PASSAGE_FACT,
                                        .key = key,
                                        .title = title,
                                        .also = also,
                                        .text = text});
}

static char *holidays_text(TALLOC_CTX *mem, const struct sb_business *business)
{
    struct sb_buf out;

    sb_buf_init(&out, mem);
    for (size_t i = 0; i < business->holiday_count; i++) {
        const struct sb_holiday *h = &business->holidays[i];
        char *hours = sb_hours_spoken(mem, &h->hours);

        if (h->named)
            sb_buf_printf(&out, "%s%s: %s", out.len ? "\n" : "", h->name, hours);
        else if (h->year)
            sb_buf_printf(&out, "%s%s (%04d-%02d-%02d): %s", out.len ? "\n" : "",
                          h->name, h->year, h->month, h->day, hours);
        else
            sb_buf_printf(&out, "%s%s (%02d-%02d): %s", out.len ? "\n" : "", h->name,
                          h->month, h->day, hours);
    }
    return out.data;
}

static char *area_text(TALLOC_CTX *mem, const struct sb_business *business)
{
    struct sb_buf out;

    sb_buf_init(&out, mem);
    for (size_t i = 0; business->service_area && business->service_area[i]; i++)
        sb_buf_printf(&out, "%s%s", i ? ", " : "We serve ", business->service_area[i]);
    return out.data;
}

/* A template lists what its industry usually does, which is no promise of this
 * business: only a service with a price, which no template has, is the tenant's own. */
static void state_services(struct stating *s, const struct sb_template *tpl)
{
    for (size_t i = 0; i < tpl->service_count; i++) {
        const struct sb_template_service *service = &tpl->services[i];
        struct sb_buf text;

        if (!service->price || !*service->price)
            continue;
        sb_buf_init(&text, s->mem);
        sb_buf_puts(&text, service->name);
        if (service->summary && *service->summary)
            sb_buf_printf(&text, ": %s", service->summary);
        sb_buf_printf(&text, "\nPrice: %s", service->price);
        if (service->minutes > 0)
            sb_buf_printf(&text, "\nTakes about %d minutes", service->minutes);
        state(s, talloc_asprintf(s->mem, "service|%s", service->name), service->name,
              "price cost", text.data);
    }
}

static void state_business(struct stating *s, const struct sb_business *b)
{
    state(s, "hours", "Opening hours", sb_know_fact_words("hours"),
          sb_hours_week(s->mem, b));
    state(s, "holidays", "Holidays", sb_know_fact_words("special_hours"),
          holidays_text(s->mem, b));
    state(s, "phone", "Phone", sb_know_fact_words("phone"), b->phone);
    state(s, "email", "E-mail", sb_know_fact_words("email"), b->email);
    state(s, "address", "Address", sb_know_fact_words("address"), b->address);
    state(s, "website", "Website", "web page site", b->website);
    state(s, "area", "Service area", sb_know_fact_words("area"), area_text(s->mem, b));
}

static char *join_lines(TALLOC_CTX *mem, const char *const *lines)
{
    struct sb_buf out;

    sb_buf_init(&out, mem);
    for (size_t i = 0; lines && lines[i]; i++)
        sb_buf_printf(&out, "%s%s", i ? "\n" : "", lines[i]);
    return out.data ? out.data : talloc_strdup(mem, "");
}

/* FAQs being gathered; the first of two with one question wins. */
struct gathered {
    struct sb_know *know;
    TALLOC_CTX *mem;
    struct sb_kn_faq *faqs;
    struct sb_kn_chunk *chunks;
    size_t count;
};

static void gather(struct gathered *g, const char *origin, const char *question,
                   const char *answer, const char *const *also)
{
    char *key = sb_text_fold(g->mem, question);

    for (size_t i = 0; i < g->count; i++)
        if (strcmp(g->faqs[i].key, key) == 0)
            return;
    g->faqs[g->count] = (struct sb_kn_faq){.key = key,
                                           .origin = origin,
                                           .question = question,
                                           .answer = answer,
                                           .also = join_lines(g->mem, also)};
    g->chunks[g->count] = (struct sb_kn_chunk){.kind = SB_PASSAGE_FAQ,
                                               .asked = true,
                                               .title = question,
                                               .also = g->faqs[g->count].also,
                                               .text = answer};
    sb_know_chunk_seal(g->know, g->mem, &g->chunks[g->count]);
    g->count++;
}

/* The tenant's own first, so that they win over the template's. */
static void read_faqs(struct gathered *g, const struct sb_agent *agent)
{
    const struct sb_business *b = agent->business;
    const char *const pairs[] = {
        "business", b->name,   "phone",    b->phone, "email",     b->email, "address",
        b->address, "website", b->website, "agent",  agent->name, NULL};

    for (size_t i = 0; i < b->faq_count; i++)
        gather(g, "tenant", b->faqs[i].title, b->faqs[i].text, b->faqs[i].also);
    for (size_t i = 0; i < agent->tpl->faq_count; i++) {
        const struct sb_template_faq *from = &agent->tpl->faqs[i];

        gather(g, "template", from->question,
               sb_template_fill(g->mem, from->answer, pairs), from->also);
    }
}

/* A pasted text, cut like a page that was crawled. */
static void state_page(struct stating *s, const struct sb_stated *page)
{
    struct sb_extract *extract;
    struct sb_chunk *chunks;
    struct sb_err err = {0};
    size_t count;

    if (sb_extract(s->mem, page->url, "text/plain; charset=utf-8", page->text,
                   strlen(page->text), NULL, &extract, &err))
        return; /* it was checked when the tenant was put: nothing but blanks */
    count = sb_chunk_page(s->mem, extract, NULL, &chunks);
    for (size_t i = 0; i < count; i++)
        state_chunk(s, (struct sb_kn_chunk){.kind = SB_PASSAGE_PAGE,
                                            .key = talloc_asprintf(
                                                s->mem, "page|%s|%zu", page->title, i),
                                            .title = page->title,
                                            .heading = chunks[i].heading,
                                            .url = page->url,
                                            .ordinal = (int)i,
                                            .text = chunks[i].text});
}

/* Facts and pasted texts that the tenant wrote. */
static void state_own(struct stating *s, const struct sb_business *b)
{
    for (size_t i = 0; i < b->fact_count; i++)
        state(s, talloc_asprintf(s->mem, "fact|%s", b->facts[i].title),
              b->facts[i].title, join_lines(s->mem, b->facts[i].also),
              b->facts[i].text);
    for (size_t i = 0; i < b->page_count; i++)
        state_page(s, &b->pages[i]);
}

int sb_know_sync_faqs(struct sb_know *know, const struct sb_agent *agent,
                      struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_kn_owner owner = sb_know_owner(agent);
    struct stating s = {.know = know, .mem = mem};
    size_t most = agent->tpl->faq_count + agent->business->faq_count;
    struct gathered g = {.know = know,
                         .mem = mem,
                         .faqs = sb_array(mem, struct sb_kn_faq, most + 1),
                         .chunks = sb_array(mem, struct sb_kn_chunk, most + 1)};
    bool changed = false;
    int rc;

    read_faqs(&g, agent);
    rc = sb_kn_faqs_put(know->db, mem, owner, g.faqs, g.chunks, g.count, &changed, err);
    if (rc)
        goto out;
    s.chunks = sb_array(mem, struct sb_kn_chunk, MAX_FACTS);
    state_business(&s, agent->business);
    state_services(&s, agent->tpl);
    state_own(&s, agent->business);
    rc = sb_kn_fact_chunks_put(know->db, mem, owner, "tenant|", s.chunks, s.count,
                               &changed, err);
    if (!rc)
        rc = sb_know_embed_missing(know, agent, err);
out:
    talloc_free(mem);
    return rc;
}
