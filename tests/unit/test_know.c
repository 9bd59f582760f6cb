/* SPDX-License-Identifier: Apache-2.0
 *
 * Knowing, on a real PostgreSQL, with the real local plugin and a website in memory.
 */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "store/knowledge.h"
#include "store/pg.h"
#include "support/intask.h"
#include "support/knowkit.h"
#include "support/testdb.h"

static const char *const rental_also[] = {"can I hire a bicycle", NULL};
static const struct sb_template_faq faqs[] = {
    {"Do you rent bicycles?", "Yes, from $25 a day at {business}.", rental_also},
    {"Is there a lost and found?", "Ask at the front desk.", NULL},
};
static const struct sb_template_service services[] = {
    {"Brake adjustment", "Both wheels, while you wait", "$30", 20},
};
static const char *const synonyms[] = {"e-bike=pedelec", NULL};
static const struct sb_template tpl = {.name = "test",
                                       .faqs = faqs,
                                       .faq_count = 2,
                                       .services = services,
                                       .service_count = 1,
                                       .synonyms = synonyms};

#define PAGE(title, body)                                                              \
    "<!doctype html><html><head><title>" title "</title></head><body><main><h1>" title \
    "</h1>" body "</main></body></html>"

static struct kit_page site[] = {
    {"/",
     PAGE("Acme Cycles",
          "<p>We sell and mend bicycles in Eastbrook since 1987, for commuters, "
          "racers and families alike.</p><p><a href='/rates'>Rates</a> "
          "<a href='/tours'>Tours</a> <a href='/policies'>Policies</a> "
          "<a href='/gone'>Old</a> <a href='/news'>News</a></p>"),
     NULL},
    {"/rates",
     PAGE("Rates",
          "<h2>Tune-up</h2><p>A full tune-up of a pedelec costs $140 and takes "
          "two working days.</p><h2>Wheels</h2><p>Truing a wheel costs $18, "
          "and a new spoke is $4 more.</p>"),
     NULL},
    {"/tours",
     PAGE("Guided tours", "<p>Guided tours along the river start on Saturdays at 10 am "
                          "from our yard. Helmets are included.</p>"),
     NULL},
    {"/policies",
     PAGE("Policies",
          "<p>Unused parts can be returned within 30 days with the receipt. "
          "Worn tyres cannot be returned.</p>"),
     NULL},
    {"/news", PAGE("Workshop news", "<p>We have a new apprentice called Sam.</p>"),
     NULL},
};
enum { SITE = sizeof(site) / sizeof(site[0]) };

static struct sb_plugins *plugins;

/* Outside of the task: probing forks. */
static void run(void (*fn)(void *arg))
{
    plugins = kit_load();
    cr_assert_not_null(plugins);
    sb_test_run_loosely(fn, NULL);
    talloc_free(plugins);
}

static struct sb_agent *open_kit(struct kit *kit, const char *name)
{
    struct sb_err err = {0};
    struct sb_agent *agent;
    int rc = kit_open(kit, plugins, sb_test_db_url(), &err);

    cr_assert_eq(rc, 0, "%s", err.msg);
    agent = kit_agent(kit, talloc_asprintf(kit->mem, "%s-%d", name, (int)getpid()),
                      &tpl, &err);
    cr_assert_not_null(agent, "%s", err.msg);
    return agent;
}

static void sync_faqs(struct kit *kit, const struct sb_agent *agent)
{
    struct sb_err err = {0};

    cr_assert_eq(sb_know_sync_faqs(kit->know, agent, &err), 0, "%s", err.msg);
}

static struct sb_found search(struct kit *kit, const struct sb_agent *agent,
                              const char *question, const char *history)
{
    struct sb_found found = {0};
    struct sb_err err = {0};

    cr_assert_eq(
        sb_know_search(kit->know, kit->mem, agent, question, history, 5, &found, &err),
        0, "%s", err.msg);
    return found;
}

static struct sb_crawl_status crawl(struct kit *kit, const struct sb_agent *agent)
{
    struct sb_crawl_status status;
    struct sb_err err = {0};
    char id[37];

    cr_assert_eq(sb_know_add_site(kit->know, agent, kit->site, 50, id, &err), 0, "%s",
                 err.msg);
    cr_assert_eq(sb_know_crawl(kit->know, agent, id, NULL, NULL, &err), 0, "%s",
                 err.msg);
    cr_assert_eq(sb_know_status(kit->know, agent, id, &status, &err), 0, "%s", err.msg);
    return status;
}

static int64_t generation(struct kit *kit, const struct sb_agent *agent)
{
    struct sb_kn_owner owner = {agent->business->org, agent->id};
    struct sb_kn_index index;
    struct sb_err err = {0};

    cr_assert_eq(sb_kn_index_get(kit->db, kit->mem, owner, &index, &err), 0);
    return index.generation;
}

__attribute__((format(printf, 1, 2))) static char *value(const char *format, ...)
{
    char sql[500];
    va_list ap;

    va_start(ap, format);
    (void)vsnprintf(sql, sizeof(sql), format, ap);
    va_end(ap);
    return sb_test_db_value(sb_test_db_url(), sql);
}

/* ---- FAQs and facts ---- */

static void approved_first(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "faqs");
    struct sb_found found;

    (void)arg;
    sync_faqs(&kit, agent);
    found = search(&kit, agent, "do you rent bikes? I mean bicycles", "");
    cr_assert(found.answerable);
    cr_assert_eq(found.passages[0].kind, SB_PASSAGE_FAQ);
    cr_assert_str_eq(found.passages[0].title, "Do you rent bicycles?");
    cr_assert_str_eq(found.passages[0].text, "Yes, from $25 a day at Acme.");
    found = search(&kit, agent, "can I hire a bicycle", "");
    cr_assert_str_eq(found.passages[0].title, "Do you rent bicycles?");
    kit_close(&kit);
}
Test(know, an_approved_answer_comes_first_also_when_asked_in_other_words)
{
    run(approved_first);
}

static void tenant_facts(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "facts");
    struct sb_found found;

    (void)arg;
    sync_faqs(&kit, agent);
    found = search(&kit, agent, "what is your phone number?", "");
    cr_assert(found.answerable);
    cr_assert_eq(found.passages[0].kind, SB_PASSAGE_FACT);
    cr_assert_str_eq(found.passages[0].text, "(555) 010-2030");
    found = search(&kit, agent, "when do you close on Friday", "");
    cr_assert(found.answerable);
    cr_assert_not_null(strstr(found.passages[0].text, "5 pm"));
    found = search(&kit, agent, "how much is a brake adjustment", "");
    cr_assert_not_null(strstr(found.passages[0].text, "$30"));
    kit_close(&kit);
}
Test(know, facts_of_the_business_and_its_services_are_found)
{
    run(tenant_facts);
}

static void sync_twice(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "twice");
    struct sb_template other = tpl;
    int64_t before;

    (void)arg;
    sync_faqs(&kit, agent);
    before = generation(&kit, agent);
    sync_faqs(&kit, agent);
    cr_assert_eq(generation(&kit, agent), before, "nothing changed");
    other.faq_count = 1;
    agent->tpl = &other;
    sync_faqs(&kit, agent);
    cr_assert_gt(generation(&kit, agent), before);
    cr_assert_not(search(&kit, agent, "is there a lost and found?", "").answerable);
    kit_close(&kit);
}
Test(know, syncing_touches_only_what_changed)
{
    run(sync_twice);
}

static void nothing_known(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "nothing");
    struct sb_found found = search(&kit, agent, "anything?", "");

    (void)arg;
    cr_assert_eq(found.count, 0);
    cr_assert_not(found.answerable);
    sync_faqs(&kit, agent);
    cr_assert_not(search(&kit, agent, "", "").answerable);
    cr_assert_not(search(&kit, agent, "???", "").answerable);
    cr_assert_not(search(&kit, agent, "the of and", "").answerable);
    kit_close(&kit);
}
Test(know, who_knows_nothing_answers_nothing)
{
    run(nothing_known);
}

/* ---- crawling ---- */

static void crawl_and_search(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "crawl");
    struct sb_crawl_status status;
    struct sb_found found;

    (void)arg;
    kit_serve(&kit, site, SITE);
    status = crawl(&kit, agent);
    cr_assert_eq(status.state, SB_CRAWL_DONE);
    cr_assert_eq(status.read, 5);
    cr_assert_eq(status.failed, 1);
    cr_assert_geq(status.chunks, 5);
    found = search(&kit, agent, "How much is a tune-up for an e-bike?", "");
    cr_assert(found.answerable);
    cr_assert_not_null(strstr(found.passages[0].url, "/rates"));
    cr_assert_str_eq(found.passages[0].title, "Rates");
    cr_assert_not_null(strstr(found.passages[0].text, "$140"));
    found = search(&kit, agent, "can I return unused parts", "");
    cr_assert_not_null(strstr(found.passages[0].url, "/policies"));
    found = search(&kit, agent, "do you repair helicopters", "");
    cr_assert_not(found.answerable);
    kit_close(&kit);
}
Test(know, a_crawled_site_answers_with_page_and_title)
{
    run(crawl_and_search);
}

static void failure_reason(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "reason");
    struct sb_crawl_status status;
    char *state, *reason;

    (void)arg;
    kit_serve(&kit, site, SITE);
    status = crawl(&kit, agent);
    state =
        value("SELECT state FROM pages WHERE source_id = '%s' AND url LIKE '%%/gone'",
              status.source_id);
    reason = value("SELECT reason FROM pages WHERE source_id = '%s'"
                   " AND url LIKE '%%/gone'",
                   status.source_id);
    cr_assert_str_eq(state, "failed");
    cr_assert_gt(strlen(reason), 0);
    free(state);
    free(reason);
    kit_close(&kit);
}
Test(know, a_page_that_failed_is_listed_with_its_reason)
{
    run(failure_reason);
}

static void recrawl(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "recrawl");
    struct kit_page changed[SITE];
    struct sb_crawl_status status;
    char *before, *after;
    int64_t generation_before;

    (void)arg;
    kit_serve(&kit, site, SITE);
    status = crawl(&kit, agent);
    before = value("SELECT string_agg(c.id::text, ',' ORDER BY c.id) FROM chunks c"
                   " JOIN pages p ON p.id = c.page_id WHERE p.source_id = '%s'"
                   " AND p.url NOT LIKE '%%/tours'",
                   status.source_id);
    generation_before = generation(&kit, agent);
    status = crawl(&kit, agent);
    cr_assert_eq(status.unchanged, 5);
    cr_assert_eq(generation(&kit, agent), generation_before);

    memcpy(changed, site, sizeof(site));
    changed[2].html = PAGE("Guided tours", "<p>Guided tours start on Sundays at 9 am. "
                                           "Bring a sandwich and a raincoat.</p>");
    kit_serve(&kit, changed, SITE);
    status = crawl(&kit, agent);
    cr_assert_eq(status.unchanged, 4);
    after = value("SELECT string_agg(c.id::text, ',' ORDER BY c.id) FROM chunks c"
                  " JOIN pages p ON p.id = c.page_id WHERE p.source_id = '%s'"
                  " AND p.url NOT LIKE '%%/tours'",
                  status.source_id);
    cr_assert_str_eq(before, after, "the other pages' passages are the same rows");
    cr_assert_gt(generation(&kit, agent), generation_before);
    cr_assert_not_null(
        strstr(search(&kit, agent, "when do guided tours start", "").passages[0].text,
               "Sundays"));
    free(before);
    free(after);
    kit_close(&kit);
}
Test(know, a_second_crawl_touches_only_what_changed)
{
    run(recrawl);
}

static void page_vanishes(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "vanish");
    struct kit_page changed[SITE];

    (void)arg;
    kit_serve(&kit, site, SITE);
    crawl(&kit, agent);
    cr_assert(search(&kit, agent, "when do the guided tours start", "").answerable);
    memcpy(changed, site, sizeof(site));
    changed[2].html = NULL;
    kit_serve(&kit, changed, SITE);
    crawl(&kit, agent);
    cr_assert_not(search(&kit, agent, "when do the guided tours start", "").answerable);
    kit_close(&kit);
}
Test(know, a_page_that_is_gone_is_forgotten)
{
    run(page_vanishes);
}

static void site_down(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "down");
    struct sb_crawl_status status;
    struct sb_err err = {0};

    (void)arg;
    kit_serve(&kit, site, SITE);
    status = crawl(&kit, agent);
    kit_serve(&kit, NULL, 0);
    cr_assert_neq(sb_know_crawl(kit.know, agent, status.source_id, NULL, NULL, &err),
                  0);
    cr_assert_eq(sb_know_status(kit.know, agent, status.source_id, &status, &err), 0);
    cr_assert_eq(status.state, SB_CRAWL_FAILED);
    cr_assert_gt(strlen(status.error), 0);
    cr_assert(search(&kit, agent, "when do the guided tours start", "").answerable,
              "what was known stays");
    kit_close(&kit);
}
Test(know, a_site_that_is_down_is_said_and_nothing_is_forgotten)
{
    run(site_down);
}

struct seen {
    int calls, last_read;
    enum sb_crawl_state state;
};

static void on_progress(void *arg, const struct sb_crawl_status *status)
{
    struct seen *seen = arg;

    cr_assert_geq(status->read, seen->last_read);
    seen->calls++;
    seen->last_read = status->read;
    seen->state = status->state;
}

static void progress(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "progress");
    struct sb_err err = {0};
    struct seen seen = {0};
    char id[37];

    (void)arg;
    kit_serve(&kit, site, SITE);
    cr_assert_eq(sb_know_add_site(kit.know, agent, kit.site, 50, id, &err), 0);
    cr_assert_eq(sb_know_crawl(kit.know, agent, id, on_progress, &seen, &err), 0, "%s",
                 err.msg);
    cr_assert_geq(seen.calls, 6);
    cr_assert_eq(seen.last_read, 5);
    cr_assert_eq(seen.state, SB_CRAWL_DONE);
    kit_close(&kit);
}
Test(know, a_crawl_tells_how_far_it_is)
{
    run(progress);
}

static void repeated_box(void *arg)
{
#define BOX                                                                            \
    "<h2>Why choose us</h2><p>Honest prices, quick work and clean hands since "        \
    "1987.</p>"
    static struct kit_page boxed[] = {
        {"/",
         PAGE("Acme",
              "<p>Bicycles of all kinds are mended here.</p><p><a href='/a'>A</a> "
              "<a href='/b'>B</a> <a href='/c'>C</a></p>" BOX),
         NULL},
        {"/a", PAGE("Tandems", "<p>Tandems take a week longer than others.</p>" BOX),
         NULL},
        {"/b", PAGE("Unicycles", "<p>Unicycles are welcome on Fridays.</p>" BOX), NULL},
        {"/c", PAGE("Tricycles", "<p>Tricycles need an appointment.</p>" BOX), NULL},
    };
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "boxed");
    struct sb_crawl_status status;
    char *boxes;

    (void)arg;
    kit_serve(&kit, boxed, 4);
    status = crawl(&kit, agent);
    boxes = value("SELECT count(*) FROM chunks c JOIN pages p ON p.id = c.page_id"
                  " WHERE p.source_id = '%s' AND c.text LIKE '%%Honest prices%%'",
                  status.source_id);
    cr_assert_str_eq(boxes, "1");
    cr_assert_not_null(strstr(
        search(&kit, agent, "are unicycles welcome", "").passages[0].text, "Fridays"));
    free(boxes);
    kit_close(&kit);
}
Test(know, a_box_that_stands_on_many_pages_is_kept_once)
{
    run(repeated_box);
}

/* ---- contradictions ---- */

static struct kit_page quarrel[] = {
    {"/",
     PAGE("Acme Cycles",
          "<p>We mend bicycles for everybody in Eastbrook and beyond.</p>"
          "<p><a href='/contact'>Contact</a> <a href='/blog/old'>"
          "Blog</a></p>"),
     NULL},
    {"/contact",
     PAGE("Contact", "<p>Call the repair desk whenever you like.</p>"
                     "<script type='application/ld+json'>{\"@context\":"
                     "\"https://schema.org\",\"@type\":\"LocalBusiness\",\"name\":"
                     "\"Acme Cycles\",\"telephone\":\"(555) 777-1000\","
                     "\"specialOpeningHoursSpecification\":[{\"validFrom\":"
                     "\"2026-12-25\",\"validThrough\":\"2026-12-25\"},{\"validFrom\":"
                     "\"2026-12-31\",\"validThrough\":\"2027-01-01\",\"opens\":"
                     "\"09:00\",\"closes\":\"12:00\"}]}</script>"),
     NULL},
    {"/blog/old",
     PAGE("Winter news", "<p>In winter it is best to call before you come.</p>"
                         "<script type='application/ld+json'>{\"@context\":"
                         "\"https://schema.org\",\"@type\":\"LocalBusiness\",\"name\":"
                         "\"Acme Cycles\",\"telephone\":\"(555) 777-2000\"}</script>"),
     NULL},
};

static void contradiction(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "quarrel");
    struct sb_business business = *agent->business;
    struct sb_kn_contradiction *list;
    struct sb_crawl_status status;
    struct sb_err err = {0};
    struct sb_found found;
    size_t count;

    (void)arg;
    business.phone = ""; /* else the tenant's own word stands */
    agent->business = &business;
    struct sb_kn_owner owner = {business.org, agent->id};
    kit_serve(&kit, quarrel, 3);
    status = crawl(&kit, agent);
    cr_assert_eq(status.contradictions, 1);
    cr_assert_eq(sb_kn_contradictions(kit.db, kit.mem, owner, &list, &count, &err), 0);
    cr_assert_eq(count, 1);
    cr_assert_str_eq(list[0].title, "Contact");
    cr_assert_str_eq(list[0].other_title, "Winter news");
    found = search(&kit, agent, "what is your phone number", "");
    cr_assert(found.answerable);
    cr_assert_not_null(strstr(found.passages[0].text, "777-1000"));
    cr_assert_not_null(strstr(found.passages[0].conflict, "Winter news"));
    cr_assert_not_null(strstr(found.passages[0].conflict, "777-2000"));
    kit_close(&kit);
}
Test(know, pages_that_disagree_are_told_and_listed_and_the_one_about_it_wins)
{
    run(contradiction);
}

static void facts_json(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "json");
    struct sb_err err = {0};
    char *json;

    (void)arg;
    kit_serve(&kit, quarrel, 3);
    crawl(&kit, agent);
    cr_assert_eq(sb_know_facts(kit.know, kit.mem, agent, &json, &err), 0, "%s",
                 err.msg);
    cr_assert_not_null(strstr(json, "\"name\":\"Acme Cycles\""), "%s", json);
    cr_assert_not_null(strstr(json, "\"phone\":\"(555) 777-"), "%s", json);
    cr_assert_not_null(
        strstr(json, "\"holidays\":[{\"date\":\"2026-12-25\",\"hours\":\"closed\","
                     "\"name\":\"Christmas Day\"},{\"date\":\"2026-12-31\",\"hours\":"
                     "\"09:00-12:00\",\"name\":\"New Year's Eve\"},{\"date\":"
                     "\"2027-01-01\","),
        "%s", json);
    kit_close(&kit);
}
Test(know, what_the_site_says_of_the_business_is_json)
{
    run(facts_json);
}

/* ---- history, gaps, tenants ---- */

static void follow_up(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "follow");
    struct sb_found found;

    (void)arg;
    kit_serve(&kit, site, SITE);
    crawl(&kit, agent);
    found = search(&kit, agent, "and what does it cost?", "do you do tune-ups");
    cr_assert_gt(found.count, 0);
    cr_assert_not_null(strstr(found.passages[0].text, "tune-up"));
    kit_close(&kit);
}
Test(know, a_question_that_leans_on_the_last_is_understood)
{
    run(follow_up);
}

static void gap(struct kit *kit, const struct sb_agent *agent, const char *question)
{
    struct sb_err err = {0};

    cr_assert_eq(sb_know_gap(kit->know, agent, question, "c1", &err), 0, "%s", err.msg);
}

static void gaps(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "gaps");
    char *rows, *top;

    (void)arg;
    gap(&kit, agent, "Do you sell motorcycle helmets?");
    gap(&kit, agent, "do you sell helmets for motorcycles");
    gap(&kit, agent, "DO YOU SELL MOTORCYCLE HELMETS");
    gap(&kit, agent, "Is there a swimming pool nearby?");
    rows = value("SELECT count(*) FROM gaps WHERE agent_id = '%s'", agent->id);
    top = value("SELECT question || '=' || count FROM gaps WHERE agent_id = '%s'"
                " ORDER BY count DESC LIMIT 1",
                agent->id);
    cr_assert_str_eq(rows, "2");
    cr_assert_str_eq(top, "Do you sell motorcycle helmets?=3");
    free(rows);
    free(top);
    kit_close(&kit);
}
Test(know, near_equal_questions_without_answer_share_a_gap)
{
    run(gaps);
}

static void tenants_apart(void *arg)
{
    struct kit kit;
    struct sb_agent *mine = open_kit(&kit, "mine"), *theirs, mixed;
    struct sb_business thief;
    struct sb_err err = {0};
    struct sb_found found = {0};

    (void)arg;
    theirs = kit_agent(&kit, talloc_asprintf(kit.mem, "theirs-%d", (int)getpid()), &tpl,
                       &err);
    cr_assert_not_null(theirs, "%s", err.msg);
    kit_serve(&kit, site, SITE);
    crawl(&kit, mine);
    cr_assert(search(&kit, mine, "when do the guided tours start", "").answerable);
    found = search(&kit, theirs, "when do the guided tours start", "");
    cr_assert_eq(found.count, 0);

    /* The other tenant's name on a transaction opens nothing, whatever the agent. */
    mixed = *mine;
    thief = *mine->business;
    thief.org = theirs->business->org;
    mixed.business = &thief;
    found = (struct sb_found){0};
    cr_assert_eq(sb_know_search(kit.know, kit.mem, &mixed,
                                "when do the guided tours start", "", 5, &found, &err),
                 0);
    cr_assert_eq(found.count, 0);
    kit_close(&kit);
}
Test(know, tenants_never_see_each_others_passages)
{
    run(tenants_apart);
}

static void repacked(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "repack");
    char sql[300];

    (void)arg;
    kit_serve(&kit, site, SITE);
    crawl(&kit, agent);
    (void)snprintf(sql, sizeof(sql),
                   "SET row_security = off; UPDATE chunks SET terms_version = 0,"
                   " terms = 'x' WHERE agent_id = '%s';"
                   " UPDATE know_indexes SET generation = generation + 1"
                   " WHERE agent_id = '%s'",
                   agent->id, agent->id);
    sb_test_db_sql(sb_test_db_url(), sql);
    cr_assert(search(&kit, agent, "can unused parts be returned", "").answerable);
    kit_close(&kit);
}
Test(know, words_packed_by_another_version_are_packed_anew)
{
    run(repacked);
}

static void without_vectors(void *arg)
{
    struct kit kit;
    struct sb_agent *agent = open_kit(&kit, "blind");

    (void)arg;
    kit_serve(&kit, site, SITE);
    crawl(&kit, agent);
    agent->search = NULL;
    cr_assert(search(&kit, agent, "can unused parts be returned", "").answerable);
    kit_close(&kit);
}
Test(know, without_vectors_words_go_on_alone)
{
    run(without_vectors);
}
