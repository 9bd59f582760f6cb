/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers to our own questions that no reader recognised: handed to the core's check as
 * they were said, declined, or found in what was said before.
 */
#include "brain_acts.h"

#include <ctype.h>
#include <string.h>

static bool is_only_manners(const struct reading *r)
{
    return (r->greets || r->thanks || r->bye || r->yes || r->no || r->waits ||
            r->how_are_you) &&
           r->words <= 4;
}

static bool is_answerish(const struct brain *b)
{
    const struct reading *r = &b->read;

    return !r->empty && !r->gibberish && !r->language && r->question_count == 0 &&
           !is_only_manners(r) && !r->asks_why && !r->asks_repeat && !r->told_already &&
           !r->forget_it && !r->complains && !r->insults;
}

static size_t count_digits(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += isdigit((unsigned char)*text) != 0;
    return n;
}

/* Is the message worth handing to the core's own check as a value of that kind? */
static bool fits_kind(const struct brain *b, int kind)
{
    const struct reading *r = &b->read;
    size_t digits = count_digits(b->turn->message);

    switch (kind) {
    case SB_FIELD_PHONE: return digits >= 3;
    case SB_FIELD_EMAIL: return strchr(b->turn->message, '@') || has(r->plain, "at");
    case SB_FIELD_ADDRESS: return r->words >= 2;
    case SB_FIELD_NAME: return r->words <= 4 && digits == 0;
    case SB_FIELD_NUMBER: return r->words <= 8;
    case SB_FIELD_CHOICE:
    case SB_FIELD_DATE:
    case SB_FIELD_TEXT:
    default: return true;
    }
}

/* "9 am then", after "Saturday at 11 pm" was not possible: the day still holds. */
static const char *with_day_before(struct brain *b)
{
    static const char *const days[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday",    "tomorrow",
                                       "today",  NULL};
    const char *before = plain(&b->arena, b->before);
    const char *day = has_any(before, days);

    if (!day || has_any(b->read.plain, days) || !count_digits(b->turn->message))
        return b->turn->message;
    return arena_printf(&b->arena, "%s %s", day, b->turn->message);
}

void take_raw(struct acts *a, const struct sb_field *field)
{
    struct brain *b = a->b;
    const char *value = b->turn->message;

    if (act_is_captured(a, field->name))
        return;
    if (field->kind == SB_FIELD_YESNO && (b->read.yes || b->read.no)) {
        act_capture(a, field->name, b->read.yes ? "yes" : "no", b->turn->message);
        return;
    }
    if (is_answerish(b) && fits_kind(b, field->kind) &&
        (a->captured_count == 0 || field->kind == SB_FIELD_TEXT)) {
        if (field->kind == SB_FIELD_DATE)
            value = with_day_before(b);
        act_capture(a, field->name, value, value);
    }
}

/* Which field the message names, or NULL. */
const struct sb_field *named_field(struct brain *b)
{
    static const struct {
        int kind;
        const char *words[6];
    } kinds[] = {{SB_FIELD_PHONE, {"phone", "number", "phone number", "cell", NULL}},
                 {SB_FIELD_EMAIL, {"email", "e mail", "mail", NULL}},
                 {SB_FIELD_NAME, {"name", NULL}},
                 {SB_FIELD_ADDRESS, {"address", "street", NULL}},
                 {SB_FIELD_DATE, {"date", "day", "time", NULL}}};
    size_t i, k;

    for (i = 0; i < b->turn->field_count; i++) {
        const struct sb_field *field = &b->turn->fields[i];
        char *label = plain(&b->arena, field->label);

        if (holds(b->read.plain, label) &&
            (field->state != SB_FIELD_EMPTY || field->required))
            return field;
    }
    for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
        for (i = 0; i < b->turn->field_count; i++)
            if (b->turn->fields[i].kind == kinds[k].kind &&
                (b->turn->fields[i].required ||
                 b->turn->fields[i].state != SB_FIELD_EMPTY) &&
                has_any(b->read.plain, kinds[k].words))
                return &b->turn->fields[i];
    return NULL;
}

void take_decline(struct acts *a)
{
    struct brain *b = a->b;
    const struct sb_field *next = find_field(b, b->turn->next_field);
    const struct sb_field *named = named_field(b);

    if (named && named->state == SB_FIELD_EMPTY)
        next = named;
    if (next)
        act_call(a, "decline_field", LIST("field", next->name));
}

/* ---- "I already told you" ---- */

static bool could_hold(const char *text, int kind)
{
    switch (kind) {
    case SB_FIELD_PHONE: return count_digits(text) >= 7;
    case SB_FIELD_EMAIL: return strchr(text, '@') != NULL;
    case SB_FIELD_NAME:
        return find_nocase(text, "name") || find_nocase(text, "i'm ") ||
               find_nocase(text, "this is");
    case SB_FIELD_ADDRESS:
    case SB_FIELD_NUMBER: return count_digits(text) >= 1;
    default: return strlen(text) > 3;
    }
}

/* The words of an earlier message that look like the value. */
static const char *earlier_value(struct brain *b, const struct sb_field *field)
{
    size_t i = own_messages(b->request);
    bool skipped = false;

    while (i-- > 0) {
        const struct sb_llm_message *message = &b->request->messages[i];

        if (message->role != SB_LLM_USER)
            continue;
        if (!skipped) {
            skipped = true; /* the message that complains */
            continue;
        }
        if (could_hold(message->text, field->kind))
            return message->text;
    }
    return NULL;
}

void look_back(struct acts *a)
{
    struct brain *b = a->b;
    const struct sb_field *field = named_field(b);
    const char *value;

    if (!field || field->state != SB_FIELD_EMPTY)
        field = find_field(b, b->turn->next_field);
    if (!field || field->state != SB_FIELD_EMPTY)
        return;
    value = earlier_value(b, field);
    if (value)
        act_capture(a, field->name, value, value);
}

/* ---- what was asked ---- */

const struct sb_field *asked_field(struct brain *b)
{
    const char *last = plain(&b->arena, b->turn->last_reply ? b->turn->last_reply : "");
    size_t i;

    for (i = 0; i < b->turn->field_count; i++) {
        const struct sb_field *field = &b->turn->fields[i];

        if (field->state == SB_FIELD_EMPTY &&
            (holds(last, plain(&b->arena, field->ask)) ||
             holds(last, plain(&b->arena, field->retry ? field->retry : ""))))
            return field;
    }
    return find_field(b, b->turn->next_field);
}
