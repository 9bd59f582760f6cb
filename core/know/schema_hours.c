/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening hours in schema.org's three ways of saying them.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "know/extract_impl.h"
#include "know/facts_text.h"
#include "know/schema.h"

static void add_hours(struct sb_schema *t, const char *subject,
                      const struct sb_hours_read *hours)
{
    if (hours->days)
        sb_schema_add(t, SB_FACT_HOURS, subject, sb_hours_value(t->tmp, hours),
                      sb_hours_words(t->tmp, hours));
}

/* openingHours: "Mo-Fr 08:00-17:00", several in one text or in a list. */
void sb_schema_hours_texts(struct sb_schema *t, const json_t *value,
                           const char *subject)
{
    for (size_t i = 0; i < sb_schema_count(value); i++) {
        char *text = sb_schema_text(t->tmp, sb_schema_at(value, i));
        struct sb_hours_read hours;

        while (*text) {
            size_t used = sb_hours_read(text, &hours);

            if (used)
                add_hours(t, subject, &hours);
            text += used ? used : 1;
        }
    }
}

static unsigned days_of(struct sb_schema *t, const json_t *value)
{
    unsigned days = 0;

    for (size_t i = 0; i < sb_schema_count(value); i++) {
        char *text = sb_schema_text(t->tmp, sb_schema_at(value, i));
        const char *name = sb_schema_local_name(text);
        struct sb_hours_read hours = {0};
        size_t used;
        int day = sb_hours_day(name, strlen(name), &used);

        if (day >= 0)
            days |= 1u << day;
        /* "Mo-Fr" where a list of days belongs. */
        if (strpbrk(name, "-,") &&
            sb_hours_read(talloc_asprintf(t->tmp, "%s closed", name), &hours))
            days |= hours.days;
    }
    return days;
}

static int time_of(struct sb_schema *t, const json_t *item, const char *name)
{
    char *text = sb_schema_text_at(t->tmp, item, name);
    size_t used;
    bool half;
    const char *zone = strchr(text, 'T');

    if (*text == 'T' || (zone && isdigit((unsigned char)zone[1])))
        text = strchr(text, 'T') + 1;
    return *text ? sb_hours_time(text, &used, &half) : -1;
}

static char *date_of(struct sb_schema *t, const json_t *item, const char *name)
{
    char *text = sb_schema_text_at(t->tmp, item, name);

    for (int i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : !isdigit((unsigned char)text[i]))
            return talloc_strdup(t->tmp, "");
    text[10] = '\0';
    return text;
}

/* "2026-12-25" as "December 25, 2026". */
static char *spoken_date(struct sb_schema *t, const char *date)
{
    static const char *const months[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    long month = strtol(date + 5, NULL, 10), day = strtol(date + 8, NULL, 10);

    if (month < 1 || month > 12)
        return talloc_strdup(t->tmp, date);
    return talloc_asprintf(t->tmp, "%s %ld, %.4s", months[month - 1], day, date);
}

static void add_special(struct sb_schema *t, const char *subject, const char *from,
                        const char *through, const struct sb_hours_read *hours)
{
    char *dates = *through && strcmp(from, through) != 0
                      ? talloc_asprintf(t->tmp, "%s/%s", from, through)
                      : talloc_strdup(t->tmp, from);
    char *value = sb_hours_value(t->tmp, hours);
    char *words = sb_hours_words(t->tmp, hours);
    char *spoken = strchr(dates, '/')
                       ? talloc_asprintf(t->tmp, "%s to %s", spoken_date(t, from),
                                         spoken_date(t, through))
                       : spoken_date(t, from);

    if (hours->days == 0x7f) {
        value = strchr(value, ' ') + 1;
        words = strstr(words, ": ") + 2;
    }
    sb_schema_add(t, SB_FACT_SPECIAL_HOURS, subject,
                  talloc_asprintf(t->tmp, "%s %s", dates, value),
                  talloc_asprintf(t->tmp, "%s: %s", spoken, words));
}

static void take_hours_item(struct sb_schema *t, const json_t *item,
                            const char *subject)
{
    int opens = time_of(t, item, "opens"), closes = time_of(t, item, "closes");
    char *from = date_of(t, item, "validFrom"),
         *through = date_of(t, item, "validThrough");
    struct sb_hours_read hours = {
        .days = days_of(t, sb_schema_property(item, "dayOfWeek"))};

    if (opens >= 0 && closes >= 0 && opens != closes) {
        hours.count = 1;
        hours.from[0] = opens;
        /* 00:00-23:59 is how the vocabulary says "all day". */
        hours.to[0] = closes == 1439 ? 1440 : closes > opens ? closes : closes + 1440;
    } else if ((opens >= 0) != (closes >= 0)) {
        return; /* half of a pair says nothing */
    }
    if (*from || *through) {
        hours.days = hours.days ? hours.days : 0x7f;
        add_special(t, subject, *from ? from : through, through, &hours);
        return;
    }
    add_hours(t, subject, &hours);
}

void sb_schema_hours_items(struct sb_schema *t, const json_t *value,
                           const char *subject)
{
    for (size_t i = 0; i < sb_schema_count(value); i++) {
        const json_t *item = sb_schema_at(value, i);

        if (json_is_object(item))
            take_hours_item(t, item, subject);
        else
            sb_schema_hours_texts(t, item, subject);
    }
}

/* Spans of one day come as items of their own ("08:00-12:00", "13:00-17:00"): hours
 * with the same days are joined to one fact. */
void sb_schema_join_spans(struct sb_schema *t, size_t first)
{
    for (size_t i = first; i < *t->count; i++) {
        struct sb_fact *a = &(*t->facts)[i];
        size_t days = strcspn(a->value, " ");

        for (size_t j = i + 1; a->kind == SB_FACT_HOURS && j < *t->count; j++) {
            struct sb_fact *b = &(*t->facts)[j];
            struct sb_hours_read hours;

            if (b->kind != SB_FACT_HOURS || strcmp(a->subject, b->subject) != 0 ||
                strcspn(b->value, " ") != days ||
                strncmp(a->value, b->value, days) != 0 || strstr(a->value, "closed") ||
                strstr(b->value, "closed"))
                continue;
            a->value = talloc_asprintf(t->mem, "%s,%s", a->value, b->value + days + 1);
            if (sb_hours_read(a->value, &hours))
                a->text = sb_hours_words(t->mem, &hours);
            memmove(b, b + 1, (*t->count - j - 1) * sizeof(*b));
            (*t->count)--;
            j--;
        }
    }
}
