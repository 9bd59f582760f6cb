/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening hours from the turn and from the business_hours tool; never from a page, as
 * the tenant's own hours are the ones that hold. Questions about the hours of a part
 * ("the restaurant") are left to the passages.
 */
#include "brain.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday",    NULL};
static const char *const short_days[] = {"mon", "tues", "wed", "thurs",
                                         "fri", "sat",  "sun", NULL};
static const char *const named_days[] = {"christmas eve",
                                         "christmas day",
                                         "christmas",
                                         "thanksgiving day",
                                         "thanksgiving",
                                         "new years eve",
                                         "new years day",
                                         "new years",
                                         "new year",
                                         "easter sunday",
                                         "easter monday",
                                         "easter",
                                         "fourth of july",
                                         "july 4th",
                                         "july fourth",
                                         "4th of july",
                                         "july 4",
                                         "independence day",
                                         "memorial day",
                                         "labor day",
                                         "labour day",
                                         "mlk day",
                                         "martin luther king day",
                                         "presidents day",
                                         "veterans day",
                                         "columbus day",
                                         "juneteenth",
                                         "good friday",
                                         "halloween",
                                         "mothers day",
                                         "fathers day",
                                         "valentines day",
                                         "black friday",
                                         "boxing day",
                                         "bank holiday",
                                         "day after tomorrow",
                                         "tomorrow",
                                         NULL};

static const char *const triggers[] = {
    "hours",    "open",    "opens",   "close", "closes",
    "closed",   "closing", "opening", "shut",  "what time do you",
    "how late", NULL};
/* Words that leave a question about hours one about the whole business. */
static const char *const general_words[] = {
    "a",         "about",    "after",    "afternoon", "all",       "am",
    "an",        "and",      "any",      "are",       "as",        "at",
    "be",        "business", "by",       "can",       "close",     "closed",
    "closes",    "closing",  "club",     "clubhouse", "come",      "company",
    "could",     "course",   "current",  "currently", "day",       "days",
    "did",       "do",       "does",     "door",      "doors",     "early",
    "evening",   "ever",     "every",    "facility",  "for",       "from",
    "general",   "get",      "golf",     "guys",      "have",      "holiday",
    "holidays",  "hour",     "hours",    "how",       "i",         "if",
    "in",        "is",       "it",       "its",       "just",      "know",
    "late",      "later",    "location", "me",        "might",     "morning",
    "my",        "normal",   "normally", "now",       "of",        "office",
    "on",        "open",     "opening",  "opens",     "operating", "operation",
    "or",        "our",      "people",   "place",     "please",    "pm",
    "pro",       "regular",  "right",    "salon",     "schedule",  "shop",
    "should",    "shut",     "still",    "store",     "tell",      "th",
    "that",      "the",      "there",    "these",     "this",      "till",
    "time",      "times",    "to",       "today",     "tomorrow",  "tonight",
    "typical",   "u",        "until",    "up",        "us",        "usual",
    "usually",   "was",      "we",       "week",      "weekday",   "weekdays",
    "weekend",   "weekends", "what",     "whats",     "when",      "whens",
    "will",      "with",     "work",     "working",   "would",     "you",
    "your",      "youre",    "yall",     "moment",    "already",   "next",
    "year",      "line",     "phone",    "phones",    "front",     "desk",
    "wondering", "was",      "hi",       "night",     "nights",    "evenings",
    "mornings",  "also",     "over",     "during",    "january",   "february",
    "march",     "april",    "may",      "june",      "july",      "august",
    "september", "october",  "november", "december",  "nd",        "st",
    "rd",        "date",     NULL};

static bool is_in(const char *word, size_t len, const char *const *list)
{
    for (; *list; list++)
        if (strlen(*list) == len && strncmp(*list, word, len) == 0)
            return true;
    return false;
}

static bool is_day_word(const char *word, size_t len)
{
    size_t i;

    for (i = 0; i < 7; i++)
        if (strncmp(word, weekdays[i], strlen(weekdays[i])) == 0 ||
            (strlen(short_days[i]) == len && strncmp(word, short_days[i], len) == 0))
            return true;
    return false;
}

/* Is every word one that any question about opening hours may have? */
static bool is_general(struct brain *b, const char *text)
{
    const char *business = plain(&b->arena, b->turn->business ? b->turn->business : "");
    const char *named = has_any(text, named_days), *p = text;

    while (*p) {
        size_t len;

        p += strspn(p, " ");
        len = strcspn(p, " ");
        if (!len)
            break;
        if (!is_in(p, len, general_words) && !is_day_word(p, len) &&
            !isdigit((unsigned char)*p) &&
            !(named && has(plain(&b->arena, named), arena_copy(&b->arena, p, len))) &&
            !has(business, arena_copy(&b->arena, p, len)))
            return false;
        p += len;
    }
    return true;
}

/* "In January" is a season, not a day. */
static bool is_seasonal(const char *text)
{
    static const char *const seasons[] = {
        "in january",    "in february", "in march",  "in april",      "in may",
        "in june",       "in july",     "in august", "in september",  "in october",
        "in november",   "in december", "in winter", "in the winter", "in summer",
        "in the summer", "year round",  NULL};

    return has_any(text, seasons) != NULL;
}

bool hours_asked(struct brain *b, const char *question)
{
    const char *text = plain(&b->arena, question);

    if (has_any(text, LIST("an opening", "any openings", "openings", "opening for",
                           "open slot", "open slots", "open tee", "open to the public",
                           "open time", "open times", "any opening")))
        return false;
    if (is_seasonal(text))
        return false;
    if (!has_any(text, triggers) &&
        !(b->read.elliptic && has_any(plain(&b->arena, b->before), triggers)))
        return false;
    return is_general(b, text);
}

const char *hours_day(struct brain *b, const char *question)
{
    const char *text = plain(&b->arena, question), *found = has_any(text, named_days);
    size_t i;

    if (found)
        return found;
    for (i = 0; i < b->turn->heard_count; i++)
        if (b->turn->heard[i].kind == SB_FIELD_DATE && *b->turn->heard[i].value &&
            find_nocase(question, b->turn->heard[i].text))
            return b->turn->heard[i].text;
    for (i = 0; i < 7; i++)
        if (has(text, arena_printf(&b->arena, "%s*", weekdays[i])) ||
            has(text, short_days[i]))
            return weekdays[i];
    return NULL;
}

/* ---- the week ---- */

struct day_line {
    const char *day, *hours;
};

static size_t read_week(struct brain *b, struct day_line days[7])
{
    const char *p = b->turn->hours_week ? b->turn->hours_week : "";
    size_t n = 0;

    while (*p && n < 7) {
        size_t len = strcspn(p, "\n");
        const char *colon = memchr(p, ':', len);

        if (colon) {
            days[n].day = arena_copy(&b->arena, p, (size_t)(colon - p));
            colon += 1 + strspn(colon + 1, " ");
            days[n++].hours = arena_copy(&b->arena, colon, len - (size_t)(colon - p));
        }
        p += len + (p[len] == '\n');
    }
    return n;
}

/* "Monday to Friday", "Saturday and Sunday", "Monday". */
static const char *span_name(struct brain *b, const struct day_line *from,
                             const struct day_line *to)
{
    if (from == to)
        return from->day;
    return arena_printf(&b->arena, "%s %s %s", from->day, to == from + 1 ? "and" : "to",
                        to->day);
}

static bool say_week(struct brain *b, struct text *out)
{
    struct day_line days[7];
    size_t n = read_week(b, days), i, j;
    const char *closed = NULL;
    struct text open = {.arena = &b->arena};

    if (n == 0)
        return false;
    for (i = 0; i < n; i = j) {
        const char *name;

        for (j = i + 1; j < n && strcmp(days[j].hours, days[i].hours) == 0;)
            j++;
        name = span_name(b, &days[i], &days[j - 1]);
        if (strcmp(days[i].hours, "closed") == 0) {
            closed = closed ? arena_printf(&b->arena, "%s and %s", closed, name) : name;
            continue;
        }
        text_puts(&open, open.len ? ", " : "");
        text_puts(&open, arena_printf(&b->arena, "%s %s", name, days[i].hours));
    }
    if (open.len)
        text_sentence(out, arena_printf(&b->arena, "We're open %s.", text_str(&open)));
    if (closed)
        text_sentence(out, arena_printf(&b->arena, "We're closed on %s.", closed));
    return true;
}

static bool say_weekday(struct brain *b, const char *day, struct text *out)
{
    struct day_line days[7];
    size_t n = read_week(b, days), i;

    for (i = 0; i < n; i++) {
        if (!find_nocase(days[i].day, day))
            continue;
        if (strcmp(days[i].hours, "closed") == 0)
            text_sentence(out,
                          arena_printf(&b->arena, "We're closed on %s.", days[i].day));
        else
            text_sentence(out, arena_printf(&b->arena, "On %s we're open %s.",
                                            days[i].day, days[i].hours));
        return true;
    }
    return false;
}

static bool say_weekend(struct brain *b, struct text *out)
{
    bool said = say_weekday(b, "saturday", out);

    return say_weekday(b, "sunday", out) || said;
}

/* ---- now and other days ---- */

static void say_sentence(struct text *out, const char *sentence)
{
    size_t len = strlen(sentence);

    text_sentence(out, sentence);
    if (len && !strchr(".!?", sentence[len - 1]))
        text_puts(out, ".");
}

static const char *hours_today(const struct brain *b)
{
    return b->turn->hours_today ? b->turn->hours_today : "";
}

static bool say_now(struct brain *b, struct text *out)
{
    const char *next = b->turn->next_open ? b->turn->next_open : "";

    if (b->turn->open_now < 0)
        return false;
    if (b->turn->open_now) {
        text_sentence(out, "Yes, we're open now.");
        say_sentence(out, hours_today(b));
        return true;
    }
    if (*next)
        text_sentence(out, arena_printf(&b->arena,
                                        "No, we're closed at the moment and open %s.",
                                        next));
    else
        text_sentence(out, "No, we're closed at the moment.");
    return true;
}

/* "Friday 25 December (Christmas Day): closed" as one says it. */
static void say_day_line(struct brain *b, const char *line, struct text *out)
{
    const char *colon = strstr(line, ": ");
    const char *hours = colon ? colon + 2 : "";
    int len = (int)(colon ? colon - line : 0);

    if (!colon || strchr(line, '\n') || strcmp(hours, "unknown") == 0)
        say_sentence(out, line);
    else if (strcmp(hours, "closed") == 0)
        text_sentence(out, arena_printf(&b->arena, "We're closed on %.*s.", len, line));
    else
        text_sentence(
            out, arena_printf(&b->arena, "On %.*s we're open %s.", len, line, hours));
}

static bool say_looked_up(struct brain *b, const char *day, struct text *out)
{
    size_t i;

    for (i = 0; i < b->result_count; i++) {
        const struct result *r = &b->results[i];

        if (strcmp(r->tool, "business_hours") == 0 && r->done && r->ok && *r->text &&
            !find_nocase(r->text, "not known") && !find_nocase(r->text, "unknown") &&
            find_nocase(r->arguments, day)) {
            say_day_line(b, r->text, out);
            return true;
        }
    }
    return false;
}

/* What the website says of single days ("2026-12-25: closed") goes before the week. */
static bool say_special(struct brain *b, const char *day, struct text *out)
{
    const char *date = "", *line, *spoken = day;
    size_t i;

    for (i = 0; i < b->turn->heard_count; i++)
        if (b->turn->heard[i].kind == SB_FIELD_DATE &&
            strlen(b->turn->heard[i].value) >= 10) {
            date = arena_copy(&b->arena, b->turn->heard[i].value, 10);
            spoken = b->turn->heard[i].spoken;
        }
    for (i = 0; *date && i < b->turn->passage_count; i++) {
        const struct sb_passage *p = &b->turn->passages[i];

        line = p->kind == SB_PASSAGE_FACT ? strstr(p->text, date) : NULL;
        if (!line || line[10] != ':')
            continue;
        line += 11 + strspn(line + 11, " ");
        say_day_line(
            b,
            arena_printf(&b->arena, "%s: %.*s", spoken, (int)strcspn(line, "\n"), line),
            out);
        cite(b, p->id);
        return true;
    }
    return false;
}

bool hours_answer(struct brain *b, const char *question, struct text *out)
{
    const char *text = plain(&b->arena, question), *day = hours_day(b, question);

    if (day)
        return say_special(b, day, out) || say_looked_up(b, day, out) ||
               say_weekday(b, day, out);
    if (has_any(text, LIST("now", "still", "currently", "at the moment", "right now",
                           "already")))
        return say_now(b, out);
    if (has_any(text, LIST("weekend", "weekends")))
        return say_weekend(b, out);
    if (has_any(text, LIST("holiday", "holidays")))
        return false;
    if (has_any(text, LIST("today", "tonight", "this morning", "this afternoon",
                           "this evening", "close", "how late")) &&
        *hours_today(b)) {
        say_sentence(out, hours_today(b));
        if (b->turn->open_now == 0 && b->turn->next_open && *b->turn->next_open)
            text_sentence(
                out, arena_printf(&b->arena, "We next open %s.", b->turn->next_open));
        return true;
    }
    if (begins_any(text, LIST("are you open", "are you guys open", "you open",
                              "is it open", "are you closed", "are u open")) &&
        count_words(text) <= 5)
        return say_now(b, out);
    return say_week(b, out) ||
           (*hours_today(b) ? (say_sentence(out, hours_today(b)), true) : false);
}
