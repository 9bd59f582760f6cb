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
#include "know/facts.h"
#include "know/know_impl.h"

#define MAX_FACTS 300

struct stating {
    struct sb_know *know;
    TALLOC_CTX *mem;
    struct sb_kn_chunk *chunks;
    size_t count;
};

static void state(struct stating *s, const char *key, const char *title,
                  const char *also, const char *text)
{
    struct sb_kn_chunk *chunk;

    if (!text || !*text || s->count == MAX_FACTS)
        return;
    chunk = &s->chunks[s->count++];
    *chunk = (struct sb_kn_chunk){.kind = SB_PASSAGE_FACT,
                                  .key = talloc_asprintf(s->mem, "tenant|%s", key),
                                  .title = title,
                                  .also = also,
                                  .text = text};
    sb_know_chunk_seal(s->know, s->mem, chunk);
}

static char *holidays_text(TALLOC_CTX *mem, const struct sb_business *business)
{
    struct sb_buf out;

    sb_buf_init(&out, mem);
    for (size_t i = 0; i < business->holiday_count; i++) {
        const struct sb_holiday *h = &business->holidays[i];
        char *hours = sb_hours_spoken(mem, &h->hours);

        if (h->year)
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

static void state_services(struct stating *s, const struct sb_template *tpl)
{
    for (size_t i = 0; i < tpl->service_count; i++) {
        const struct sb_template_service *service = &tpl->services[i];
        struct sb_buf text;

        sb_buf_init(&text, s->mem);
        sb_buf_puts(&text, service->name);
        if (service->summary && *service->summary)
            sb_buf_printf(&text, ": %s", service->summary);
        if (service->price && *service->price)
            sb_buf_printf(&text, "\nPrice: %s", service->price);
        if (service->minutes > 0)
            sb_buf_printf(&text, "\nTakes about %d minutes", service->minutes);
        state(s, talloc_asprintf(s->mem, "service|%s", service->name), service->name,
              service->price && *service->price ? "price cost" : "", text.data);
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

/* The first of two with one question wins: the tenant's come before the template's
 * own only by having replaced them there. */
static size_t read_faqs(struct sb_know *know, TALLOC_CTX *mem,
                        const struct sb_agent *agent, struct sb_kn_faq *faqs,
                        struct sb_kn_chunk *chunks)
{
    const char *const pairs[] = {
        "business", agent->business->name,    "phone",   agent->business->phone,
        "email",    agent->business->email,   "address", agent->business->address,
        "website",  agent->business->website, "agent",   agent->name,
        NULL};
    size_t count = 0;

    for (size_t i = 0; i < agent->tpl->faq_count; i++) {
        const struct sb_template_faq *from = &agent->tpl->faqs[i];
        struct sb_kn_faq *faq = &faqs[count];
        bool again = false;

        faq->key = sb_text_fold(mem, from->question);
        for (size_t j = 0; j < count && !again; j++)
            again = strcmp(faqs[j].key, faq->key) == 0;
        if (again)
            continue;
        faq->origin = "template";
        faq->question = from->question;
        faq->answer = sb_template_fill(mem, from->answer, pairs);
        faq->also = join_lines(mem, from->also);
        chunks[count] = (struct sb_kn_chunk){.kind = SB_PASSAGE_FAQ,
                                             .asked = true,
                                             .title = faq->question,
                                             .also = faq->also,
                                             .text = faq->answer};
        sb_know_chunk_seal(know, mem, &chunks[count]);
        count++;
    }
    return count;
}

int sb_know_sync_faqs(struct sb_know *know, const struct sb_agent *agent,
                      struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_kn_owner owner = sb_know_owner(agent);
    struct stating s = {.know = know, .mem = mem};
    size_t most = agent->tpl->faq_count, count;
    struct sb_kn_faq *faqs = sb_array(mem, struct sb_kn_faq, most + 1);
    struct sb_kn_chunk *chunks = sb_array(mem, struct sb_kn_chunk, most + 1);
    bool changed = false;
    int rc;

    count = read_faqs(know, mem, agent, faqs, chunks);
    rc = sb_kn_faqs_put(know->db, mem, owner, faqs, chunks, count, &changed, err);
    if (rc)
        goto out;
    s.chunks = sb_array(mem, struct sb_kn_chunk, MAX_FACTS);
    state_business(&s, agent->business);
    state_services(&s, agent->tpl);
    rc = sb_kn_fact_chunks_put(know->db, mem, owner, "tenant|", s.chunks, s.count,
                               &changed, err);
    if (!rc)
        rc = sb_know_embed_missing(know, agent, err);
out:
    talloc_free(mem);
    return rc;
}
