/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts from running text: what was recognised, whose it is, and the words around it.
 */
#define _GNU_SOURCE /* strcasestr */
#include "know/facts_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "base/holiday.h"
#include "base/text.h"
#include "know/extract_impl.h"

enum { LOOK_BACK = 120, MAX_SUBJECT = 80, MAX_VERBATIM = 400, MAX_PRICE_TEXT = 240 };

struct source {
    TALLOC_CTX *mem, *tmp;
    const char *text, *subject, *heading, *url;
    struct sb_fact **facts;
    size_t *count, max;
};

static void add(struct source *s, enum sb_fact_kind kind, const char *subject,
                const char *value, const char *text)
{
    sb_facts_add(s->mem, s->facts, s->count, s->max,
                 &(struct sb_fact){.kind = kind,
                                   .origin = SB_FACT_FROM_TEXT,
                                   .subject = subject,
                                   .value = value,
                                   .text = text,
                                   .heading = s->heading,
                                   .url = s->url});
}

/* ---- subjects ---- */

static bool is_filler(const char *word, size_t len)
{
    static const char *const words[] = {
        "hours",     "hour",       "opening",  "open",        "our",      "of",
        "operation", "business",   "regular",  "normal",      "times",    "contact",
        "contacts",  "us",         "location", "locations",   "visit",    "find",
        "the",       "store",      "phone",    "telephone",   "tel",      "call",
        "general",   "and",        "info",     "information", "details",  "get",
        "in",        "touch",      "today",    "at",          "when",     "we're",
        "we",        "are",        "home",     "footer",      "schedule", "office",
        "or",        "text",       "number",   "main",        "toll",     "free",
        "reach",     "directions", "address",  "to",          "is",       "mobile",
        "cell",      "ring",       "summer",   "winter",      NULL};

    for (size_t i = 0; words[i]; i++)
        if (strlen(words[i]) == len && strncasecmp(words[i], word, len) == 0)
            return strcmp(words[i], "summer") != 0 && strcmp(words[i], "winter") != 0;
    return false;
}

/* The words of `text` without fillers and signs. */
static char *strip_fillers(TALLOC_CTX *mem, const char *text, size_t len)
{
    char *out = talloc_strdup(mem, "");
    const char *end = text + len;

    while (text < end) {
        size_t word;

        while (text < end && !isalnum((unsigned char)*text) && !(*text & 0x80) &&
               *text != '&')
            text++;
        word = 0;
        while (text + word < end &&
               (isalnum((unsigned char)text[word]) || (text[word] & 0x80) ||
                text[word] == '\'' || text[word] == '&' || text[word] == '-'))
            word++;
        if (word && !is_filler(text, word))
            out =
                talloc_asprintf_append(out, "%s%.*s", *out ? " " : "", (int)word, text);
        text += word ? word : 1;
    }
    return out;
}

static const char *last_part(const char *heading)
{
    const char *last = heading;

    for (const char *at = heading; (at = strstr(at, " > ")); at += 3)
        last = at + 3;
    return last;
}

char *sb_fact_subject(TALLOC_CTX *mem, const char *heading)
{
    const char *part = last_part(heading);

    return strip_fillers(mem, part, strlen(part));
}

static bool ends_as_label(const char *start, const char *at)
{
    while (at > start && strchr(" \t(", at[-1]))
        at--;
    return at > start && (strchr(":-|", at[-1]) ||
                          (at - start > 3 && strncmp(at - 3, "\xe2\x80\x93", 3) == 0));
}

/* The label right before a recognised thing: "Pro shop: ", "Fax ". Only short ones,
 * back to the last sign that ends a thought. */
static char *label_before(struct source *s, const char *from, const char *at)
{
    const char *start = at;
    int words = 0;
    char *label;

    while (start > from && at - start < LOOK_BACK && !strchr(".;|!?\n,", start[-1]))
        start--;
    while (start < at && (*start & 0xc0) == 0x80)
        start++; /* not in the middle of a character */
    label = strip_fillers(s->tmp, start, (size_t)(at - start));
    for (const char *c = label; *c; c++)
        words += *c == ' ';
    /* "Pro shop and tee times: ..." is a label, "for more please call ..." is not. */
    if (words > (ends_as_label(start, at) ? 4 : 1) || strlen(label) > MAX_SUBJECT ||
        (!ends_as_label(start, at) && islower((unsigned char)*label)))
        return talloc_strdup(s->tmp, "");
    return label;
}

static const char *subject_of(struct source *s, const char *from, const char *at)
{
    char *label = label_before(s, from, at);

    if (*label)
        return label;
    return *s->subject ? s->subject : sb_fact_subject(s->tmp, s->heading);
}

/* The text itself when it is short, else the sentence around the place. */
static char *verbatim(struct source *s, const char *start, const char *end)
{
    const char *from = start, *to = end;

    if (strlen(s->text) <= MAX_VERBATIM)
        return talloc_strdup(s->tmp, s->text);
    while (from > s->text && start - from < 150 &&
           !(strchr(".!?", from[-1]) && isspace((unsigned char)*from)))
        from--;
    while (*to && to - end < 150 &&
           !(strchr(".!?", to[-1]) && isspace((unsigned char)*to)))
        to++;
    while (from < start && ((*from & 0xc0) == 0x80 || isspace((unsigned char)*from)))
        from++;
    while (to > end && (*to & 0xc0) == 0x80)
        to--;
    return talloc_strndup(s->tmp, from, (size_t)(to - from));
}

/* ---- one finder each ---- */

/* After a telephone number, a label may follow: "555-0100 (fax)". */
static bool is_fax(const char *label, const char *end)
{
    return strcasecmp(label, "fax") == 0 || strncasecmp(end, " (fax", 5) == 0 ||
           strncasecmp(end, " fax", 4) == 0;
}

static void see_phones(struct source *s)
{
    struct sb_seen seen;
    const char *from = s->text;

    while (sb_see_phone(from, &seen)) {
        char *label = label_before(s, from, seen.start);

        if (is_fax(label, seen.end))
            label = talloc_strdup(s->tmp, "Fax");
        add(s, SB_FACT_PHONE, label, seen.value,
            talloc_strndup(s->tmp, seen.start, (size_t)(seen.end - seen.start)));
        from = seen.end;
    }
}

static void see_emails(struct source *s)
{
    struct sb_seen seen;

    for (const char *from = s->text; sb_see_email(from, &seen); from = seen.end)
        add(s, SB_FACT_EMAIL, "", seen.value,
            talloc_strndup(s->tmp, seen.start, (size_t)(seen.end - seen.start)));
}

static void see_addresses(struct source *s)
{
    struct sb_seen seen;

    for (const char *from = s->text; sb_see_address(from, &seen); from = seen.end)
        add(s, SB_FACT_ADDRESS, "", "",
            talloc_strndup(s->tmp, seen.start, (size_t)(seen.end - seen.start)));
}

static bool starts_word(const char *text, const char *at)
{
    return at == text || (!isalnum((unsigned char)at[-1]) && !strchr("$.:", at[-1]));
}

/* The next opening hours at or after `*at`, which moves to their start. */
static size_t next_hours(const char *text, const char **at, struct sb_hours_read *hours)
{
    for (; **at; (*at)++) {
        size_t used;

        if (!isalnum((unsigned char)**at) || !starts_word(text, *at))
            continue;
        used = sb_hours_read(*at, hours);
        if (used && (hours->days & 0x7f))
            return used;
    }
    return 0;
}

/* Somebody answers the phone at night; the doors are closed all the same. */
static bool is_emergency(const char *text)
{
    return strcasestr(text, "emergenc") || strcasestr(text, "on call") ||
           strcasestr(text, "after hours") || strcasestr(text, "after-hours");
}

static void see_hours(struct source *s)
{
    const char *from = s->text, *at = s->text, *subject = NULL;
    struct sb_hours_read hours;
    size_t used;

    while ((used = next_hours(s->text, &at, &hours))) {
        if (is_emergency(s->text))
            subject = "Emergency service";
        /* One label holds for all that follow it: "Pro shop: Mon-Fri 8-6, Sat 9-4". */
        else if (!subject || *label_before(s, from, at))
            subject = subject_of(s, from, at);
        /* "24/7 support" opens no door. */
        if (strncmp(at, "24/7", 4) != 0 || is_emergency(s->text) ||
            strcasestr(s->text, "open"))
            add(s, SB_FACT_HOURS, subject, sb_hours_value(s->tmp, &hours),
                verbatim(s, at, at + used));
        at += used;
        from = at;
    }
}

static bool is_quotation(const char *text)
{
    return *text == '"' || strncmp(text, "\xe2\x80\x9c", 3) == 0;
}

/* ---- holidays ---- */

/* Whose closing it is: "Our office" is the business, "The restaurant" is not. */
static const char *closed_subject(struct source *s, const char *from, const char *at)
{
    char *who = strip_fillers(s->tmp, from, (size_t)(at - from));

    if (*who && at - from < LOOK_BACK)
        return who;
    if (at > from && isalpha((unsigned char)*from))
        return "";
    return *s->subject ? s->subject : sb_fact_subject(s->tmp, s->heading);
}

static void add_holiday(struct source *s, const char *subject, int number,
                        const char *hours)
{
    const char *name = sb_holiday_name(number), *words = "closed";
    struct sb_hours_read read;

    if (strcmp(hours, "closed") != 0 &&
        sb_hours_read(talloc_asprintf(s->tmp, "Mo %s", hours), &read))
        words = strstr(sb_hours_words(s->tmp, &read), ": ") + 2;
    add(s, SB_FACT_SPECIAL_HOURS, subject,
        talloc_asprintf(s->tmp, "%s %s", sb_holiday_key(number), hours),
        talloc_asprintf(s->tmp, "%s: %s", name, words));
}

static void add_majors(struct source *s, const char *subject)
{
    for (int number = 1; number <= sb_holiday_of_key("new-years-eve"); number++)
        if (sb_holiday_is_major(number))
            add_holiday(s, subject, number, "closed");
}

/* "Thanksgiving: 7 am - noon" holds its own hours; they are the words after it. */
static const char *own_hours(struct source *s, const char *after)
{
    struct sb_hours_read hours;
    char *as_day;

    after += strspn(after, " :,-(");
    as_day = talloc_asprintf(s->tmp, "Mo %.60s", after);
    if (!isdigit((unsigned char)*after) || !sb_hours_read(as_day, &hours) ||
        !hours.count)
        return NULL;
    as_day = sb_hours_value(s->tmp, &hours);
    return strchr(as_day, ' ') ? strchr(as_day, ' ') + 1 : NULL;
}

/* One clause, cut at ";", "." and "but": "We are closed on Thanksgiving and Christmas",
 * "open every day except Christmas". */
static void see_clause(struct source *s, const char *from, const char *end)
{
    char *clause = talloc_strndup(s->tmp, from, (size_t)(end - from));
    const char *closed = strcasestr(clause, "closed"), *at, *own, *subject = "";
    const char *except = strcasestr(clause, "except");
    size_t used = 1;

    if (closed && strcasestr(closed, "open") && !except)
        closed = NULL; /* which of the two is meant for what? */
    if (!closed && except && (strcasestr(clause, "open") || strcasestr(clause, "day")))
        closed = except;
    if (closed) {
        subject = closed_subject(s, clause, closed == except ? clause : closed);
        if (strcasestr(closed, "major holidays"))
            add_majors(s, subject);
    }
    for (at = clause; *at; at += used) {
        int number = starts_word(clause, at) ? sb_holiday_named(at, &used) : 0;

        if (!number) {
            used = 1;
            continue;
        }
        own = own_hours(s, at + used);
        if (own)
            add_holiday(s, subject, number, own);
        else if (closed && (at > closed || except == NULL))
            add_holiday(s, subject, number, "closed");
    }
}

static void see_holidays(struct source *s)
{
    static const char *const ends[] = {"; ", ". ", "! ", "\n", " but ", NULL};
    const char *from = s->text;

    if (strlen(s->text) > MAX_PRICE_TEXT || is_quotation(s->text))
        return;
    while (*from) {
        const char *end = from + strlen(from), *next = end;

        for (size_t i = 0; ends[i]; i++) {
            const char *cut = strcasestr(from, ends[i]);

            if (cut && cut < end) {
                end = cut;
                next = cut + strlen(ends[i]);
            }
        }
        see_clause(s, from, end);
        from = next;
    }
}

/* "Bucket of balls - $8": what stands before the price on its line says of what. */
static char *priced_thing(struct source *s, const char *from, const char *at)
{
    const char *start = at, *end = at;
    char *text;

    while (start > from && !strchr(";|!?\n", start[-1]) &&
           !(start[-1] == '.' && isspace((unsigned char)*start)))
        start--;
    while (start < end && !isalnum((unsigned char)*start) && !(*start & 0x80))
        start++;
    text = sb_collapse(s->tmp, start, (size_t)(end - start));
    for (;;) {
        static const char *const tails[] = {"from",     "for",    "is", "are",  "only",
                                            "just",     "at",     "of", "cost", "costs",
                                            "starting", "a",      "or", "and",  "pays",
                                            "charged",  "charge", NULL};
        size_t len = strlen(text);
        bool cut = false;

        while (len && strchr(" -:,.(=~", text[len - 1]))
            text[--len] = '\0';
        if (len > 3 && (strcmp(text + len - 3, "\xe2\x80\x93") == 0 ||
                        strcmp(text + len - 3, "\xe2\x80\x94") == 0)) {
            text[len - 3] = '\0';
            continue;
        }
        for (size_t i = 0; tails[i] && !cut; i++) {
            size_t n = strlen(tails[i]);

            cut = len > n && strcasecmp(text + len - n, tails[i]) == 0 &&
                  text[len - n - 1] == ' ';
            if (cut)
                text[len - n] = '\0';
        }
        if (!cut)
            return text;
    }
}

/* "$85 with an assistant or $110 with the director": the second thing cannot be named
 * without the first. */
static bool goes_on(const char *thing)
{
    static const char *const words[] = {"for ",  "with ", "and ",  "or ",
                                        "plus ", "per ",  "each ", "beyond ",
                                        "than ", "to ",   "a ",    NULL};

    for (size_t i = 0; words[i]; i++)
        if (strncmp(thing, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

static void see_prices(struct source *s)
{
    struct sb_seen seen;
    const char *from = s->text;

    if (strlen(s->text) > MAX_PRICE_TEXT || is_quotation(s->text))
        return; /* prose: the passage says it better; a guest's words bind nobody */
    while (sb_see_price(from, &seen)) {
        const char *thing = priced_thing(s, from, seen.start);

        if (from > s->text && goes_on(thing)) {
            from = seen.end;
            continue;
        }
        if (!*thing || strlen(thing) > 120)
            thing = *s->subject ? s->subject : sb_fact_subject(s->tmp, s->heading);
        add(s, SB_FACT_PRICE, thing, seen.value, s->text);
        from = seen.end;
    }
}

/* ---- who it is ---- */

static const char *after_years(const char *text)
{
    for (;;) {
        size_t sign = strncmp(text, "\xe2\x80\x93", 3) == 0 ? 3
                      : strncmp(text, "\xc2\xa9", 2) == 0   ? 2
                                                            : 0;

        sign = sign ? sign : strspn(text, " ,-0123456789");
        sign = sign ? sign : strncasecmp(text, "by ", 3) == 0 ? 3 : 0;
        if (!sign)
            return text;
        text += sign;
    }
}

/* "(c) 2026 Acme Plumbing. All rights reserved." */
static void see_copyright(struct source *s)
{
    static const char *const marks[] = {"\xc2\xa9", "copyright", "(c) ", NULL};
    static const char *const ends[] = {
        ". ",        " | ", " - ", " all rights", " \xe2\x80\xa2", " \xe2\x80\x93",
        " \xc2\xb7", "\n",  NULL};
    const char *at = NULL;
    size_t len;

    for (size_t i = 0; marks[i] && !at; i++) {
        at = strcasestr(s->text, marks[i]);
        at = at ? after_years(at + strlen(marks[i])) : NULL;
    }
    if (!at || !isupper((unsigned char)*at) || strncasecmp(at, "all rights", 10) == 0)
        return;
    len = strlen(at);
    for (size_t i = 0; ends[i]; i++) {
        const char *end = strcasestr(at, ends[i]);

        if (end && (size_t)(end - at) < len)
            len = (size_t)(end - at);
    }
    while (len && strchr(" .,", at[len - 1]))
        len--;
    if (len > 2 && len <= MAX_SUBJECT)
        add(s, SB_FACT_NAME, "", "", talloc_strndup(s->tmp, at, len));
}

void sb_facts_see(TALLOC_CTX *mem, const char *text, const char *subject,
                  const char *heading, const char *url, unsigned wanted,
                  struct sb_fact **facts, size_t *count, size_t max)
{
    struct source s = {.mem = mem,
                       .tmp = talloc_new(mem),
                       .text = text,
                       .subject = subject,
                       .heading = heading,
                       .url = url,
                       .facts = facts,
                       .count = count,
                       .max = max};

    if (wanted & SB_HOLDS_PHONE)
        see_phones(&s);
    if (wanted & SB_HOLDS_EMAIL)
        see_emails(&s);
    if (wanted & SB_HOLDS_ADDRESS)
        see_addresses(&s);
    if (wanted & SB_HOLDS_HOURS) {
        see_hours(&s);
        see_holidays(&s);
    }
    if (wanted & SB_HOLDS_PRICE)
        see_prices(&s);
    see_copyright(&s);
    talloc_free(s.tmp);
}

void sb_facts_from_text(TALLOC_CTX *mem, const char *text, const char *subject,
                        const char *heading, const char *url, struct sb_fact **facts,
                        size_t *count, size_t max)
{
    sb_facts_see(mem, text, subject, heading, url, ~0u, facts, count, max);
}

/* ---- rows ---- */

static char *cell_at(TALLOC_CTX *mem, const char *row, int index)
{
    const char *end;

    while (index-- > 0 && row) {
        row = strstr(row, " | ");
        row = row ? row + 3 : NULL;
    }
    if (!row)
        return NULL;
    end = strstr(row, " | ");
    return end ? talloc_strndup(mem, row, (size_t)(end - row))
               : talloc_strdup(mem, row);
}

/* "Weekday" under "18 holes" is "Weekday 18 holes"; "Price" says nothing. */
static char *row_subject(TALLOC_CTX *mem, const char *label, const char *column)
{
    static const char *const empty[] = {"price",  "prices", "rate",    "rates",
                                        "cost",   "fee",    "fees",    "-",
                                        "amount", "charge", "pricing", NULL};
    const char *title = column ? column : "";

    for (size_t i = 0; empty[i]; i++)
        if (strcasecmp(title, empty[i]) == 0)
            title = "";
    return *title ? talloc_asprintf(mem, "%s, %s", label, title)
                  : talloc_strdup(mem, label);
}

void sb_facts_from_row(TALLOC_CTX *mem, const char *row, const char *columns,
                       const char *heading, const char *url, struct sb_fact **facts,
                       size_t *count, size_t max)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    char *label = cell_at(tmp, row, 0), *cell;
    struct sb_seen seen;

    for (int i = 1; label && (cell = cell_at(tmp, row, i)); i++) {
        char *subject;

        if (!sb_see_price(cell, &seen)) {
            /* Further words before the first price belong to the label. */
            if (i == 1 && strlen(cell) < 40 && strcmp(cell, "-") != 0 &&
                !sb_text_holds(cell))
                label = talloc_asprintf(tmp, "%s, %s", label, cell);
            continue;
        }
        if (strlen(cell) > 80)
            continue;
        subject = row_subject(tmp, label, cell_at(tmp, columns, i));
        sb_facts_add(
            mem, facts, count, max,
            &(struct sb_fact){.kind = SB_FACT_PRICE,
                              .origin = SB_FACT_FROM_TEXT,
                              .subject = subject,
                              .value = seen.value,
                              .text = talloc_asprintf(tmp, "%s: %s", subject, cell),
                              .heading = heading,
                              .url = url});
    }
    talloc_free(tmp);
}

/* ---- what a text holds ---- */

unsigned sb_text_holds(const char *text)
{
    struct sb_hours_read hours;
    struct sb_seen seen;
    const char *at = text;
    unsigned holds = 0;

    holds |= sb_see_price(text, &seen) ? SB_HOLDS_PRICE : 0u;
    holds |= sb_see_phone(text, &seen) ? SB_HOLDS_PHONE : 0u;
    holds |= sb_see_email(text, &seen) ? SB_HOLDS_EMAIL : 0u;
    holds |= sb_see_address(text, &seen) ? SB_HOLDS_ADDRESS : 0u;
    holds |= next_hours(text, &at, &hours) ? SB_HOLDS_HOURS : 0u;
    return holds;
}
