/* SPDX-License-Identifier: Apache-2.0
 *
 * Of what a fact speaks, where its page or sentence implies it: the shop whose page it
 * stands on, the emergency line, the camp. What is left without a subject is about the
 * business.
 */
#include <string.h>
#include "base/array.h"
#include "base/text.h"
#include "know/facts.h"
#include "know/know_impl.h"

#define BARE_LINE 60 /* bytes: "Monday to Friday: 7:30 am to 6:00 pm" */

/* What most facts call the business. */
static const char *main_name(const struct sb_kn_fact *facts, size_t count)
{
    const char *best = "";
    int best_votes = 0;

    for (size_t i = 0; i < count; i++) {
        int votes = 0;

        if (strcmp(facts[i].kind, "name") != 0)
            continue;
        for (size_t j = 0; j < count; j++)
            votes += strcmp(facts[j].kind, "name") == 0 &&
                     strcasecmp(facts[i].text, facts[j].text) == 0;
        if (votes > best_votes) {
            best = facts[i].text;
            best_votes = votes;
        }
    }
    return best;
}

/* The name that the page's own data is about, when it is not the business: its shop or
 * restaurant. NULL for none. */
static const char *other_name(const struct sb_kn_fact *facts, size_t count,
                              int64_t page_id, const char *business)
{
    for (size_t i = 0; i < count; i++)
        if (facts[i].page_id == page_id && strcmp(facts[i].kind, "name") == 0 &&
            !*facts[i].subject && strcasecmp(facts[i].text, business) != 0)
            return facts[i].text;
    return NULL;
}

static bool is_own_data(const struct sb_kn_fact *fact)
{
    return fact->origin >= SB_FACT_FROM_MICRODATA && !*fact->subject &&
           (strcmp(fact->kind, "hours") == 0 || strcmp(fact->kind, "phone") == 0 ||
            strcmp(fact->kind, "email") == 0 || strcmp(fact->kind, "address") == 0 ||
            strcmp(fact->kind, "special_hours") == 0);
}

/* "24/7 emergency service" is not when the office is open. */
static bool is_emergency(const struct sb_kn_fact *fact)
{
    char *folded;
    bool found;

    if (strcmp(fact->kind, "hours") != 0 || *fact->subject ||
        fact->origin != SB_FACT_FROM_TEXT)
        return false;
    folded = sb_text_fold(NULL, fact->text);
    found = sb_text_has_phrase(folded, "emergency") ||
            sb_text_has_phrase(folded, "emergencies") ||
            sb_text_has_phrase(folded, "on call");
    talloc_free(folded);
    return found;
}

/* "Camp is Monday to Thursday, 9 to 12" says nothing of when the business is open. */
static bool is_stray_hours(const struct sb_kn_fact *fact)
{
    char *folded;
    bool stray;

    if (strcmp(fact->kind, "hours") != 0 || *fact->subject ||
        fact->origin != SB_FACT_FROM_TEXT ||
        sb_know_specificity(fact->kind, fact->url, fact->title, fact->heading) > 0)
        return false;
    folded = sb_text_fold(NULL, fact->text);
    stray = strlen(fact->text) > BARE_LINE && !sb_text_has_phrase(folded, "open") &&
            !sb_text_has_phrase(folded, "hours") &&
            !sb_text_has_phrase(folded, "closed");
    talloc_free(folded);
    return stray;
}

/* Gives facts the subject that their page or sentence implies, and counts pages. */
size_t sb_know_prepare_facts(TALLOC_CTX *mem, struct sb_kn_fact *facts, size_t count)
{
    const char *business = main_name(facts, count);
    int64_t *pages = sb_array(mem, int64_t, count + 1);
    size_t page_count = 0;

    for (size_t i = 0; i < count; i++) {
        struct sb_kn_fact *fact = &facts[i];
        const char *name = NULL;
        size_t j = 0;

        if (is_own_data(fact))
            name = other_name(facts, count, fact->page_id, business);
        else if (is_emergency(fact))
            name = "Emergencies";
        else if (is_stray_hours(fact))
            name = *fact->heading ? fact->heading : fact->title;
        if (name)
            fact->subject = name;
        while (j < page_count && pages[j] != fact->page_id)
            j++;
        if (j == page_count)
            pages[page_count++] = fact->page_id;
    }
    return page_count;
}
