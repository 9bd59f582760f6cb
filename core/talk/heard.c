/* SPDX-License-Identifier: Apache-2.0
 *
 * Several facts in one sentence. The readers run from the most particular (an e-mail
 * address) to the vaguest (a name); each marks the words that it has understood, so
 * that the next does not read them again.
 */
#include "talk/heard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "base/text.h"
#include "talk/dates.h"

struct listen {
    TALLOC_CTX *mem;
    struct sb_tokens tokens;
    const struct sb_intake *intake;
    const struct sb_read_hint *base;
    const struct sb_intake_field *next;
    bool corrects, asks_hours;
    struct sb_heard *out;
    const struct sb_intake_field **fields; /* of each of `out`, or NULL */
    size_t count, max;
};

void sb_hint_init(struct sb_read_hint *hint, const struct sb_business *business,
                  int64_t wall_ms)
{
    memset(hint, 0, sizeof(*hint));
    sb_phone_home(business->phone ? business->phone : "",
                  business->timezone ? business->timezone : "", hint->country,
                  hint->area);
    hint->earlier = "";
    hint->zone = business->zone;
    if (business->zone)
        sb_zone_local(business->zone, wall_ms, &hint->now);
    hint->month_first = business->timezone &&
                        (strncmp(business->timezone, "America/", 8) == 0 ||
                         strncmp(business->timezone, "US/", 3) == 0 ||
                         strncmp(business->timezone, "Pacific/Honolulu", 16) == 0);
}

/* Words that take something back. */
static bool is_correction(TALLOC_CTX *mem, const char *message)
{
    static const char *const cues[] = {
        "actually",     "i meant", "i mean",     "make it",   "make that", "change",
        "instead",      "wrong",   "correction", "not right", "should be", "sorry",
        "scratch that", "typo",    "mistake",    "rather",    "wait",      NULL};
    char *folded = sb_text_fold(mem, message);
    size_t i;

    if (strncmp(folded, "no,", 3) == 0 || strncmp(folded, "no ", 3) == 0 ||
        strncmp(folded, "nope", 4) == 0)
        return true;
    for (i = 0; cues[i]; i++)
        if (sb_text_has_phrase(folded, cues[i]))
            return true;
    return false;
}

/* "are you open on Friday": a day, but not one to come. */
static bool asks_for_hours(TALLOC_CTX *mem, const char *message)
{
    static const char *const words[] = {"open",    "close",   "closed", "hours",
                                        "closing", "opening", NULL};
    char *folded = sb_text_fold(mem, message);
    size_t i;

    for (i = 0; words[i]; i++)
        if (sb_text_has_phrase(folded, words[i]))
            return true;
    return false;
}

bool sb_heard_past_ok(const struct sb_template_field *field)
{
    static const char *const words[] = {"birth", "born",    "since",    "start",
                                        "began", "noticed", "happened", NULL};
    size_t i;

    for (i = 0; words[i]; i++)
        if (strstr(field->name, words[i]) || strstr(field->label, words[i]))
            return true;
    return false;
}

/* Which field of a kind a fact is for: the one being asked for, an open one, one that
 * may come to apply, and last one that has a value already. */
static const struct sb_intake_field *fit(const struct listen *l, int kind)
{
    const struct sb_intake_field *maybe = NULL, *filled = NULL, *f;
    enum sb_applies applies;
    size_t i;

    if (l->next && (int)l->next->tpl->kind == kind)
        return l->next;
    for (i = 0; i < l->intake->count; i++) {
        f = &l->intake->fields[i];
        applies = sb_intake_applies(l->intake, f);
        if ((int)f->tpl->kind != kind || applies == SB_APPLIES_NO)
            continue;
        if (applies == SB_APPLIES_YES && f->state == SB_FIELD_EMPTY && !l->corrects)
            return f;
        if (applies == SB_APPLIES_YES && *f->value && !filled)
            filled = f;
        else if (f->state != SB_FIELD_DECLINED && !maybe)
            maybe = f;
    }
    return filled ? filled : maybe;
}

static void add(struct listen *l, const struct sb_intake_field *field, int kind,
                const struct sb_reading *r)
{
    struct sb_heard *h;
    bool has = field && *field->value;

    if (l->count == l->max)
        return;
    /* What is known already is no news. */
    if (has && strcmp(field->value, r->value) == 0)
        return;
    h = &l->out[l->count];
    l->fields[l->count++] = field;
    h->field = field ? field->tpl->name : "";
    h->kind = kind;
    h->value = r->value;
    h->spoken = r->spoken;
    h->text = sb_tokens_text(l->mem, &l->tokens, r->from, r->to);
    h->confidence = r->confidence;
    h->correction = has && (l->corrects || l->intake->phase == SB_INTAKE_READBACK);
    if (*r->other)
        h->spoken = talloc_asprintf(l->mem, "%s, or %s", r->spoken, r->other);
}

static struct sb_read_hint hint_for(const struct listen *l,
                                    const struct sb_intake_field *field, int kind)
{
    struct sb_read_hint hint = *l->base;

    hint.expected = l->next && (int)l->next->tpl->kind == kind;
    if (field && *field->value)
        hint.earlier = field->value;
    /* A short number that corrects another is in the same place. */
    if (kind == SB_FIELD_PHONE && strncmp(hint.earlier, "+1", 2) == 0 &&
        strlen(hint.earlier) == 12)
        snprintf(hint.area, sizeof(hint.area), "%.3s", hint.earlier + 2);
    if (field && kind == SB_FIELD_DATE)
        hint.past_ok = sb_heard_past_ok(field->tpl);
    return hint;
}

typedef void reader_fn(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                       const struct sb_read_hint *hint, struct sb_readings *out);

static void run_reader(struct listen *l, int kind, reader_fn *read)
{
    const struct sb_intake_field *field = fit(l, kind);
    struct sb_read_hint hint = hint_for(l, field, kind);
    struct sb_readings found = {.count = 0};
    size_t i;

    /* In "no, it's 555-0199" the number may be short of what it corrects. */
    if (field && (l->corrects || l->intake->phase == SB_INTAKE_READBACK) &&
        *field->value)
        hint.expected =
            hint.expected || kind == SB_FIELD_PHONE || kind == SB_FIELD_DATE;
    read(l->mem, &l->tokens, &hint, &found);
    for (i = 0; i < found.count; i++) {
        struct sb_reading *r = &found.items[i];

        if (kind == SB_FIELD_DATE && l->asks_hours && !hint.expected &&
            r->confidence > 0.3)
            r->confidence = 0.3;
        sb_tokens_use(&l->tokens, r->from, r->to);
        /* Of two numbers the second is for nobody, unless it corrects the first. */
        add(l, i == 0 || l->corrects ? field : NULL, kind, r);
    }
}

static void run_choices(struct listen *l)
{
    const struct sb_intake_field *f;
    struct sb_read_hint hint;
    struct sb_readings found;
    size_t i;

    for (i = 0; i < l->intake->count; i++) {
        f = &l->intake->fields[i];
        if (f->tpl->kind != SB_FIELD_CHOICE || !f->tpl->choices ||
            sb_intake_applies(l->intake, f) == SB_APPLIES_NO)
            continue;
        hint = *l->base;
        hint.expected = l->next == f;
        found.count = 0;
        sb_read_choice(l->mem, &l->tokens, &hint, f->tpl->choices, f->tpl->synonyms,
                       &found);
        if (found.count)
            add(l, f, SB_FIELD_CHOICE, &found.items[0]);
        if (found.count && hint.expected && found.items[0].to - found.items[0].from < 4)
            sb_tokens_use(&l->tokens, found.items[0].from, found.items[0].to);
    }
}

static void run_numbers(struct listen *l)
{
    const struct sb_intake_field *f;
    struct sb_read_hint hint;
    struct sb_readings found;
    double value;
    size_t i;

    for (i = 0; i < l->intake->count; i++) {
        f = &l->intake->fields[i];
        if (f->tpl->kind != SB_FIELD_NUMBER ||
            sb_intake_applies(l->intake, f) == SB_APPLIES_NO)
            continue;
        hint = *l->base;
        hint.expected = l->next == f;
        found.count = 0;
        sb_read_number(l->mem, &l->tokens, &hint,
                       talloc_asprintf(l->mem, "%s %s", f->tpl->label, f->tpl->name),
                       &found);
        if (!found.count)
            continue;
        value = strtod(found.items[0].value, NULL);
        if (f->tpl->min < f->tpl->max && (value < f->tpl->min || value > f->tpl->max))
            found.items[0].confidence = 0.4;
        add(l, f, SB_FIELD_NUMBER, &found.items[0]);
        sb_tokens_use(&l->tokens, found.items[0].from, found.items[0].to);
    }
}

/* How many words nobody has understood. */
static size_t words_left(const struct sb_tokens *t)
{
    static const char *const empty[] = {
        "my",     "is",     "it's",    "its", "the",  "a",     "and",    "number",
        "name",   "phone",  "email",   "yes", "sure", "ok",    "okay",   "please",
        "thanks", "thank",  "you",     "at",  "on",   "for",   "i'm",    "it",
        "cell",   "mobile", "address", "to",  "of",   "would", "be",     "great",
        "no",     "in",     "just",    "um",  "well", "so",    "that's", NULL};
    size_t i, n = 0;

    for (i = 0; i < t->count; i++)
        if (!t->items[i].used && t->items[i].kind == SB_TOKEN_WORD &&
            sb_token_in(t, i, empty) < 0)
            n++;
    return n;
}

static bool is_question(const struct sb_tokens *t)
{
    static const char *const opens[] = {
        "what",  "when", "where", "why",   "who",    "how",  "do",    "does", "can",
        "could", "is",   "are",   "which", "what's", "will", "would", "did",  NULL};

    return (t->count && sb_token_is(t, t->count - 1, "?")) ||
           sb_token_in(t, 0, opens) >= 0;
}

bool sb_heard_is_question(TALLOC_CTX *mem, const char *message)
{
    struct sb_tokens tokens;
    size_t i;

    sb_tokens_read(mem, message, &tokens);
    for (i = 0; i < tokens.count; i++)
        if (sb_token_is(&tokens, i, "?"))
            return true;
    return is_question(&tokens);
}

/* The answer to an open question is the message itself. */
static void run_text(struct listen *l)
{
    struct sb_reading r = {.from = 0, .to = l->tokens.count, .other = ""};
    char *text;

    if (!l->next || l->next->tpl->kind != SB_FIELD_TEXT || l->tokens.count == 0)
        return;
    /* A name and a number are no description of anything. */
    if (l->count > 0 && words_left(&l->tokens) == 0)
        return;
    text = sb_text_trim(talloc_strdup(l->mem, l->tokens.message));
    r.value = r.spoken = text;
    r.confidence = is_question(&l->tokens) ? 0.3 : words_left(&l->tokens) ? 0.7 : 0.4;
    add(l, l->next, SB_FIELD_TEXT, &r);
}

/* Into the template's order, so that a choice comes before what hangs on it. */
static void sort_by_template(struct listen *l)
{
    size_t i, j;

    for (i = 1; i < l->count; i++)
        for (j = i; j > 0 && l->fields[j] &&
                    (!l->fields[j - 1] || l->fields[j] < l->fields[j - 1]);
             j--) {
            struct sb_heard h = l->out[j];
            const struct sb_intake_field *f = l->fields[j];

            l->out[j] = l->out[j - 1];
            l->fields[j] = l->fields[j - 1];
            l->out[j - 1] = h;
            l->fields[j - 1] = f;
        }
}

size_t sb_heard_read(TALLOC_CTX *mem, const char *message,
                     const struct sb_intake *intake, const struct sb_read_hint *base,
                     struct sb_heard *out, size_t max, bool *plain_r)
{
    struct listen l = {.mem = mem,
                       .intake = intake,
                       .base = base,
                       .out = out,
                       .max = max,
                       .next =
                           intake->asking ? intake->asking : sb_intake_next(intake)};

    sb_tokens_read(mem, message, &l.tokens);
    l.fields = sb_array(mem, const struct sb_intake_field *, max);
    l.corrects = is_correction(mem, message);
    l.asks_hours = asks_for_hours(mem, message);
    run_reader(&l, SB_FIELD_EMAIL, sb_read_email);
    run_reader(&l, SB_FIELD_PHONE, sb_read_phone);
    run_reader(&l, SB_FIELD_ADDRESS, sb_read_address);
    run_reader(&l, SB_FIELD_DATE, sb_read_date);
    run_numbers(&l);
    run_choices(&l);
    run_reader(&l, SB_FIELD_YESNO, sb_read_yesno);
    run_reader(&l, SB_FIELD_NAME, sb_read_name);
    if (plain_r)
        *plain_r = l.count > 0 && words_left(&l.tokens) == 0 && !is_question(&l.tokens);
    run_text(&l);
    sort_by_template(&l);
    return l.count;
}
