/* SPDX-License-Identifier: Apache-2.0 */
#include "know/facts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/array.h"
#include "base/text.h"
#include "know/extract_impl.h"
#include "know/facts_text.h"

static const char *const names[] = {
    "",    "name", "phone", "email", "address", "hours", "special_hours", "price",
    "geo", "area", "faq",   "link",  "payment", "event", "person"};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

const char *sb_fact_kind_name(enum sb_fact_kind kind)
{
    return (size_t)kind < NAMES ? names[kind] : "";
}

enum sb_fact_kind sb_fact_kind_parse(const char *word)
{
    for (size_t i = 1; i < NAMES; i++)
        if (strcmp(names[i], word) == 0)
            return (enum sb_fact_kind)i;
    return 0;
}

/* ---- adding ---- */

static bool same_folded(TALLOC_CTX *mem, const char *a, const char *b)
{
    char *fold_a = sb_text_fold(mem, a), *fold_b = sb_text_fold(mem, b);
    bool same = strcmp(fold_a, fold_b) == 0;

    talloc_free(fold_a);
    talloc_free(fold_b);
    return same;
}

/* Equal but for signs and white space: "Elm St, Avon" and "Elm St | Avon". */
static bool same_letters(const char *a, const char *b)
{
    do {
        while (*a && !isalnum((unsigned char)*a))
            a++;
        while (*b && !isalnum((unsigned char)*b))
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
    } while (*a++ && *b++);
    return true;
}

/* Does `fact` tell what is known already? A phone or e-mail is the same whatever it is
 * called; the first, from the better source, stays. */
static bool is_known(TALLOC_CTX *mem, const struct sb_fact *known,
                     const struct sb_fact *fact)
{
    if (known->kind != fact->kind)
        return false;
    if (fact->kind == SB_FACT_PHONE || fact->kind == SB_FACT_EMAIL)
        return strcmp(known->value, fact->value) == 0;
    if (fact->kind == SB_FACT_ADDRESS)
        return same_letters(known->text, fact->text);
    if (strcmp(known->value, fact->value) != 0)
        return false;
    if (!same_folded(mem, known->subject, fact->subject))
        return false;
    return *fact->value || same_folded(mem, known->text, fact->text);
}

static const char *copy(TALLOC_CTX *mem, const char *text)
{
    return talloc_strdup(mem, text ? text : "");
}

void sb_facts_add(TALLOC_CTX *mem, struct sb_fact **facts, size_t *count, size_t max,
                  const struct sb_fact *fact)
{
    struct sb_fact *added;

    if (*count >= max || !fact->text || !*fact->text)
        return;
    for (size_t i = 0; i < *count; i++)
        if (is_known(mem, &(*facts)[i], fact))
            return;
    if (*count % 16 == 0)
        *facts =
            talloc_realloc(mem, *facts, struct sb_fact, sb_array_count(*count + 16));
    added = &(*facts)[(*count)++];
    *added = *fact;
    added->subject = copy(mem, fact->subject);
    added->value = copy(mem, fact->value);
    added->text = copy(mem, fact->text);
    added->heading = copy(mem, fact->heading);
    added->url = copy(mem, fact->url);
}

/* ---- weeks ---- */

static bool add_to_week(const char *value, struct sb_fact_week *week)
{
    struct sb_hours_read hours;

    if (!sb_hours_read(value, &hours))
        return false;
    for (int day = 0; day < 7; day++) {
        if (!(hours.days & 1u << day))
            continue;
        week->days[day].known = true;
        week->days[day].count = hours.count;
        for (int i = 0; i < hours.count; i++) {
            week->days[day].spans[i].from = hours.from[i];
            week->days[day].spans[i].to = hours.to[i];
        }
    }
    return true;
}

bool sb_fact_week(const struct sb_fact *facts, size_t count, struct sb_fact_week *week)
{
    bool any = false;

    memset(week, 0, sizeof(*week));
    /* The better source is written last and so holds. */
    for (int origin = SB_FACT_FROM_TEXT; origin <= SB_FACT_FROM_JSONLD; origin++)
        for (size_t i = 0; i < count; i++)
            if (facts[i].kind == SB_FACT_HOURS && (int)facts[i].origin == origin)
                any = add_to_week(facts[i].value, week) || any;
    return any;
}

/* ---- contradictions ---- */

static bool same_day(const struct sb_fact_week *a, const struct sb_fact_week *b,
                     int day)
{
    if (a->days[day].count != b->days[day].count)
        return false;
    for (int i = 0; i < a->days[day].count; i++)
        if (a->days[day].spans[i].from != b->days[day].spans[i].from ||
            a->days[day].spans[i].to != b->days[day].spans[i].to)
            return false;
    return true;
}

static bool weeks_differ(const struct sb_fact *a, const struct sb_fact *b)
{
    struct sb_fact_week one, two;

    if (!sb_fact_week(a, 1, &one) || !sb_fact_week(b, 1, &two))
        return false;
    for (int day = 0; day < 7; day++)
        if (one.days[day].known && two.days[day].known && !same_day(&one, &two, day))
            return true;
    return false;
}

static bool dates_differ(const struct sb_fact *a, const struct sb_fact *b)
{
    size_t len = strcspn(a->value, " ");

    return len == strcspn(b->value, " ") && strncmp(a->value, b->value, len) == 0 &&
           strcmp(a->value, b->value) != 0;
}

bool sb_fact_contradicts(const struct sb_fact *a, const struct sb_fact *b)
{
    if (a->kind != b->kind || !same_folded(NULL, a->subject, b->subject))
        return false;
    switch (a->kind) {
    case SB_FACT_HOURS: return weeks_differ(a, b);
    case SB_FACT_SPECIAL_HOURS: return dates_differ(a, b);
    case SB_FACT_PRICE:
        return *a->subject && strcmp(a->value, b->value) != 0 &&
               same_folded(NULL, a->heading, b->heading);
    case SB_FACT_PHONE: return strcmp(a->value, b->value) != 0;
    case SB_FACT_NAME:
    case SB_FACT_EMAIL:
    case SB_FACT_ADDRESS:
    case SB_FACT_GEO:
    case SB_FACT_AREA:
    case SB_FACT_FAQ:
    case SB_FACT_LINK:
    case SB_FACT_PAYMENT:
    case SB_FACT_EVENT:
    case SB_FACT_PERSON: return false;
    }
    return false;
}
