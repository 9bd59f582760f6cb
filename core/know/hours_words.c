/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening hours written: in the form that code compares, and in words for people.
 */
#include <ctype.h>
#include "know/extract_impl.h"

enum { ALL = 0x7f, DAY = 1440 };

static const char *const long_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday"};
static const char *const short_names[] = {"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"};

static char *add_clock(char *text, int minutes)
{
    return talloc_asprintf_append(
        text, "%02d:%02d", minutes / 60 % 24 + (minutes == DAY ? 24 : 0), minutes % 60);
}

char *sb_hours_value(TALLOC_CTX *mem, const struct sb_hours_read *hours)
{
    char *text = talloc_strdup(mem, "");

    for (int i = 1; i <= 7; i++) /* Monday first */
        if (hours->days & 1u << i % 7)
            text = talloc_asprintf_append(text, "%s%s", *text ? "," : "",
                                          short_names[i % 7]);
    if (!hours->count)
        return talloc_strdup_append(text, " closed");
    for (int i = 0; i < hours->count; i++) {
        text = talloc_strdup_append(text, i ? "," : " ");
        text = add_clock(text, hours->from[i]);
        text = talloc_strdup_append(text, "-");
        text = add_clock(text, hours->to[i]);
    }
    return text;
}

static char *add_spoken(char *text, int minutes)
{
    int hour = minutes / 60 % 24, minute = minutes % 60;

    if (minutes % DAY == 0)
        return talloc_strdup_append(text, "midnight");
    if (minutes % DAY == DAY / 2)
        return talloc_strdup_append(text, "12 noon");
    text = talloc_asprintf_append(text, "%d", hour % 12 ? hour % 12 : 12);
    if (minute)
        text = talloc_asprintf_append(text, ":%02d", minute);
    return talloc_strdup_append(text, hour < 12 ? " am" : " pm");
}

static char *add_day(char *text, int day)
{
    return talloc_asprintf_append(
        text, "%c%s", toupper((unsigned char)*long_names[day]), long_names[day] + 1);
}

/* "Monday to Friday", "Saturday and Sunday", "Monday, Wednesday" */
static char *spoken_days(TALLOC_CTX *mem, unsigned days)
{
    char *text = talloc_strdup(mem, "");

    if (days == ALL)
        return talloc_strdup_append(text, "Every day");
    for (int i = 1; i <= 7; i++) {
        int last = i;

        if (!(days & 1u << i % 7))
            continue;
        while (last < 7 && days & 1u << (last + 1) % 7)
            last++;
        if (*text)
            text = talloc_strdup_append(text, ", ");
        text = add_day(text, i % 7);
        if (last > i)
            text = add_day(talloc_strdup_append(text, last == i + 1 ? " and " : " to "),
                           last % 7);
        i = last;
    }
    return text;
}

char *sb_hours_words(TALLOC_CTX *mem, const struct sb_hours_read *hours)
{
    char *text = talloc_strdup_append(spoken_days(mem, hours->days), ": ");

    if (!hours->count)
        return talloc_strdup_append(text, "closed");
    if (hours->from[0] == 0 && hours->to[0] == DAY)
        return talloc_strdup_append(text, "open 24 hours");
    for (int i = 0; i < hours->count; i++) {
        if (i)
            text = talloc_strdup_append(text, " and ");
        text = add_spoken(text, hours->from[i]);
        text = talloc_strdup_append(text, " to ");
        text = add_spoken(text, hours->to[i]);
    }
    return text;
}
