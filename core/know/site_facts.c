/* SPDX-License-Identifier: Apache-2.0
 *
 * What a site says of the business itself, in the shape of a tenant's `business`
 * section: for making a tenant from a website.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "base/holiday.h"
#include "base/json.h"
#include "base/zone.h"
#include "know/facts.h"
#include "know/know_impl.h"

#define MAX_AREAS 100
#define MAX_HOLIDAYS 60
#define MAX_SPAN_DAYS 14

/* The value that most pages give; structured data counts for three, and for more than
 * any guess where it is a name. */
static const struct sb_kn_fact *favourite(const struct sb_kn_fact *facts, size_t count,
                                          const char *kind)
{
    const struct sb_kn_fact *best = NULL;
    int best_votes = 0, sure = strcmp(kind, "name") == 0 ? 10000 : 3;

    for (size_t i = 0; i < count; i++) {
        int votes = 0;

        if (strcmp(facts[i].kind, kind) != 0 || *facts[i].subject)
            continue;
        for (size_t j = 0; j < count; j++) {
            const char *a = *facts[i].value ? facts[i].value : facts[i].text;
            const char *b = *facts[j].value ? facts[j].value : facts[j].text;

            if (strcmp(facts[j].kind, kind) == 0 && !*facts[j].subject &&
                strcmp(a, b) == 0)
                votes += facts[j].origin >= SB_FACT_FROM_MICRODATA ? sure : 1;
        }
        if (votes > best_votes) {
            best = &facts[i];
            best_votes = votes;
        }
    }
    return best;
}

static json_t *day_text(const struct sb_fact_week *week, int day)
{
    char text[128] = "";
    size_t len = 0;

    if (week->days[day].count == 0)
        return json_string("closed");
    for (int i = 0; i < week->days[day].count && len < sizeof(text) - 16; i++) {
        int from = week->days[day].spans[i].from;
        int to = week->days[day].spans[i].to % 1440;

        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%02d:%02d-%02d:%02d",
                                i ? ", " : "", from / 60 % 24, from % 60, to / 60,
                                to % 60);
    }
    return json_string(text);
}

/* The hours of one page: pages that disagree are not mixed. The page is the one whose
 * structured data speaks of most days, or else whose text does. */
static json_t *hours_json(TALLOC_CTX *mem, const struct sb_kn_fact *facts, size_t count)
{
    static const char *const names[] = {"sun", "mon", "tue", "wed",
                                        "thu", "fri", "sat"};
    struct sb_fact_week best = {0};
    int best_score = 0;
    json_t *hours = json_object();

    for (size_t i = 0; i < count; i++) {
        struct sb_fact *of_page = sb_array(mem, struct sb_fact, count + 1);
        struct sb_fact_week week = {0};
        size_t n = 0;
        int score = 0;

        if (strcmp(facts[i].kind, "hours") != 0 || *facts[i].subject ||
            (i > 0 && facts[i - 1].page_id == facts[i].page_id &&
             strcmp(facts[i - 1].kind, "hours") == 0 && !*facts[i - 1].subject))
            continue;
        for (size_t j = 0; j < count; j++)
            if (facts[j].page_id == facts[i].page_id && !*facts[j].subject &&
                facts[j].origin == facts[i].origin &&
                strcmp(facts[j].kind, "hours") == 0)
                of_page[n++] =
                    (struct sb_fact){.kind = SB_FACT_HOURS,
                                     .origin = (enum sb_fact_origin)facts[j].origin,
                                     .subject = "",
                                     .value = facts[j].value,
                                     .text = facts[j].text,
                                     .heading = "",
                                     .url = facts[j].url};
        if (!sb_fact_week(of_page, n, &week))
            continue;
        for (int d = 0; d < 7; d++)
            score += week.days[d].known ? 2 : 0;
        score += facts[i].origin >= SB_FACT_FROM_MICRODATA;
        if (score > best_score) {
            best = week;
            best_score = score;
        }
    }
    for (int d = 0; d < 7; d++)
        if (best.days[d].known)
            json_object_set_new(hours, names[d], day_text(&best, d));
    return hours;
}

static json_t *area_json(const struct sb_kn_fact *facts, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count && json_array_size(list) < MAX_AREAS; i++) {
        bool again = false;
        size_t at;
        json_t *one;

        if (strcmp(facts[i].kind, "area") != 0)
            continue;
        json_array_foreach(list, at, one) again =
            again || strcasecmp(json_string_value(one), facts[i].text) == 0;
        if (!again)
            json_array_append_new(list, json_string(facts[i].text));
    }
    return list;
}

/* ---- days of their own: "2026-12-24/2026-12-26 08:00-12:00" ---- */

static bool read_date(const char *text, struct sb_local *date)
{
    memset(date, 0, sizeof(*date));
    if (sscanf(text, "%4d-%2d-%2d", &date->year, &date->month, &date->day) != 3 ||
        date->month < 1 || date->month > 12 || date->day < 1 || date->day > 31)
        return false;
    sb_local_fix(date); /* February 30 is March 2: never a date that nobody can read */
    return true;
}

/* One day or named holiday; the first that says it holds. */
static void add_holiday(json_t *list, const char *date, const char *name,
                        const char *hours)
{
    size_t at;
    json_t *one;

    json_array_foreach(list, at,
                       one) if (strcmp(sb_json_str(one, "date"), date) == 0) return;
    if (json_array_size(list) >= MAX_HOLIDAYS)
        return;
    one = json_pack("{s:s, s:s}", "date", date, "hours", hours);
    if (*name)
        json_object_set_new(one, "name", json_string(name));
    json_array_append_new(list, one);
}

static void add_date(json_t *list, const struct sb_local *date, const char *hours)
{
    int feast = sb_holiday_on(date->year, date->month, date->day);
    char text[48];

    (void)snprintf(text, sizeof(text), "%04d-%02d-%02d", date->year, date->month,
                   date->day);
    add_holiday(list, text, feast ? sb_holiday_name(feast) : "", hours);
}

/* "thanksgiving closed" */
static bool add_named(json_t *list, const struct sb_kn_fact *fact)
{
    size_t len = strcspn(fact->value, " ");
    char key[32];

    if (len >= sizeof(key) || !fact->value[len])
        return false;
    memcpy(key, fact->value, len);
    key[len] = '\0';
    if (!sb_holiday_of_key(key))
        return false;
    add_holiday(list, key, "", fact->value + len + 1);
    return true;
}

static void add_holidays(json_t *list, const struct sb_kn_fact *fact)
{
    const char *hours = strchr(fact->value, ' '), *slash = strchr(fact->value, '/');
    struct sb_local first, last;

    /* "Mo,Tu 08:00-12:00" within a span of dates has no place in a list of days. */
    if (!hours || (hours[1] != 'c' && (hours[1] < '0' || hours[1] > '9')) ||
        !read_date(fact->value, &first))
        return;
    if (!slash || slash > hours || !read_date(slash + 1, &last))
        last = first;
    if (sb_local_days(&last) - sb_local_days(&first) > MAX_SPAN_DAYS)
        return; /* a season is no holiday */
    while (sb_local_days(&first) <= sb_local_days(&last)) {
        add_date(list, &first, hours + 1);
        sb_local_add_days(&first, 1);
    }
}

static json_t *holidays_json(const struct sb_kn_fact *facts, size_t count)
{
    json_t *list = json_array();

    /* A date that structured data gives goes before what the text says every year. */
    for (int origin = SB_FACT_FROM_JSONLD; origin >= SB_FACT_FROM_TEXT; origin--)
        for (size_t i = 0; i < count; i++)
            if (strcmp(facts[i].kind, "special_hours") == 0 && !*facts[i].subject &&
                facts[i].origin == origin)
                if (!add_named(list, &facts[i]))
                    add_holidays(list, &facts[i]);
    return list;
}

int sb_know_facts(struct sb_know *know, TALLOC_CTX *mem, const struct sb_agent *agent,
                  char **json_r, struct sb_err *err)
{
    static const char *const plain[] = {"name", "phone", "email", "address"};
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct sb_kn_fact *facts;
    size_t count;
    json_t *out;
    int rc = sb_kn_facts(know->db, tmp, sb_know_owner(agent), &facts, &count, err);

    if (rc) {
        talloc_free(tmp);
        return rc;
    }
    out = json_object();
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        const struct sb_kn_fact *fact = favourite(facts, count, plain[i]);

        if (fact)
            json_object_set_new(out, plain[i], json_string(fact->text));
    }
    json_object_set_new(out, "hours", hours_json(tmp, facts, count));
    json_object_set_new(out, "holidays", holidays_json(facts, count));
    json_object_set_new(out, "service_area", area_json(facts, count));
    *json_r = sb_json_text(mem, out, true);
    json_decref(out);
    talloc_free(tmp);
    return 0;
}
