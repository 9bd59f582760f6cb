/* SPDX-License-Identifier: Apache-2.0
 *
 * Intake talk: thanks for what was understood, one question at a time, the read-back,
 * and the end. What is asked for next is the core's decision, except that a phone
 * number comes first when it is urgent: a line may drop.
 */
#include "brain.h"

#include <ctype.h>
#include <string.h>

static bool is_open_field(const struct sb_field *field)
{
    return field->state == SB_FIELD_EMPTY && field->required;
}

static const struct sb_field *first_open(const struct brain *b, int kind)
{
    size_t i;

    for (i = 0; i < b->turn->field_count; i++)
        if (b->turn->fields[i].kind == kind && is_open_field(&b->turn->fields[i]))
            return &b->turn->fields[i];
    return NULL;
}

bool intake_is_urgent(struct brain *b)
{
    return b->turn->urgency.level >= 2 || said_last(b, "urgent.collect");
}

const struct sb_field *intake_next(struct brain *b)
{
    const struct sb_field *field = NULL;

    if (b->turn->intake_phase != SB_INTAKE_COLLECTING)
        return NULL;
    if (intake_is_urgent(b)) {
        field = first_open(b, SB_FIELD_PHONE);
        if (!field)
            field = first_open(b, SB_FIELD_ADDRESS);
    }
    return field ? field : find_field(b, b->turn->next_field);
}

/* A request fills every field that it requires; a message is content with whom to
 * answer. */
bool intake_is_message(const struct brain *b)
{
    size_t i;

    for (i = 0; i < b->turn->field_count; i++) {
        const struct sb_field *field = &b->turn->fields[i];

        if (field->kind == SB_FIELD_CHOICE && strcmp(field->value, "other") == 0)
            return true;
        if (field->kind == SB_FIELD_CHOICE && is_open_field(field))
            return true;
    }
    return false;
}

/* ---- acknowledging ---- */

static const char *first_name(struct brain *b, const char *full)
{
    return arena_copy(&b->arena, full, strcspn(full, " "));
}

/* Is saying the value back worth the words? Numbers and dates can be misheard. */
static bool is_worth_repeating(const struct sb_field *field)
{
    return field->kind == SB_FIELD_DATE || field->kind == SB_FIELD_NUMBER;
}

static const char *counted(struct brain *b, const struct sb_field *field,
                           const char *spoken)
{
    if (field->kind == SB_FIELD_NUMBER &&
        strspn(spoken, "0123456789") == strlen(spoken))
        return arena_printf(
            &b->arena, "%s %s", spoken,
            strcmp(field->label, "number of guests") == 0 ? "guests" : field->label);
    return spoken;
}

/* Joins what was captured: "Saturday at 8 am and 4 players". */
static const char *list_captured(struct brain *b, size_t *count_r)
{
    struct text out = {.arena = &b->arena};
    const char *items[MAX_RESULTS];
    size_t n = 0, i;

    for (i = 0; i < b->result_count; i++) {
        const struct result *r = &b->results[i];
        const struct sb_field *field = find_field(b, r->field);

        if (!r->done || !r->ok || strcmp(r->tool, "capture_field") != 0 || !field ||
            !is_worth_repeating(field) || strcmp(r->spoken, "other") == 0 ||
            !*r->spoken)
            continue;
        items[n++] = counted(b, field, r->spoken);
    }
    for (i = 0; i < n; i++) {
        if (i)
            text_puts(&out, i + 1 == n ? " and " : ", ");
        text_puts(&out, items[i]);
    }
    *count_r = n;
    return text_str(&out);
}

static bool is_change(const struct brain *b, const struct result *result)
{
    size_t i;

    for (i = 0; i < b->turn->heard_count; i++)
        if (strcmp(b->turn->heard[i].field, result->field) == 0)
            return b->turn->heard[i].correction;
    return false;
}

static const char *thanks(struct brain *b, bool named, bool changed)
{
    if (changed)
        return say(b, "ack.changed");
    if (named && b->turn->person_name && *b->turn->person_name)
        return arena_printf(&b->arena, "Thanks, %s.",
                            first_name(b, b->turn->person_name));
    return say(b, "ack");
}

static void say_error(struct brain *b, const struct result *result)
{
    const struct sb_field *field = find_field(b, result->field);

    if (b->read.told_already)
        text_sentence(&b->out, say(b, "told_missing"));
    else if (*result->error && isupper((unsigned char)*result->error) &&
             strchr(result->error, ' '))
        text_sentence(&b->out, result->error);
    else if (!field || !*field->retry)
        text_sentence(&b->out, say(b, "retry"));
}

static void acknowledge_decline(struct brain *b, const struct result *result)
{
    const struct sb_field *field = find_field(b, result->field);

    if (field && field->kind == SB_FIELD_PHONE)
        text_sentence(&b->out, say(b, "decline.phone"));
    else
        text_sentence(&b->out, say(b, "decline.ok"));
}

/* "I already told you my name": so it is. */
static void recall(struct brain *b)
{
    const struct sb_field *field = named_field(b);

    if (field && *field->value)
        text_sentence(
            &b->out,
            arena_printf(&b->arena, "%s I have %s as the %s.", say(b, "told_already"),
                         *field->spoken ? field->spoken : field->value, field->label));
    else
        text_sentence(&b->out, say(b, "told_missing"));
}

void intake_acknowledge(struct brain *b)
{
    size_t good = 0, i;
    bool named = false, changed = false, fresh = find_result(b, "start_intake") != NULL;

    for (i = 0; i < b->result_count; i++) {
        const struct result *r = &b->results[i];

        if (!r->done)
            continue;
        if (strcmp(r->tool, "capture_field") == 0 && r->ok) {
            const struct sb_field *field = find_field(b, r->field);

            good++;
            named = named || (field && field->kind == SB_FIELD_NAME);
            changed = changed || is_change(b, r);
        } else if (strcmp(r->tool, "capture_field") == 0 && !fresh) {
            say_error(b, r);
        } else if (strcmp(r->tool, "decline_field") == 0) {
            acknowledge_decline(b, r);
        }
    }
    if (b->read.told_already && !b->result_count)
        recall(b);
    else if (b->read.told_already && good)
        text_sentence(&b->out, say(b, "told_already"));
    else if (good && (!fresh || named || changed))
        text_sentence(&b->out, thanks(b, named, changed));
}

void intake_repeat(struct brain *b)
{
    size_t listed = 0;
    const char *list = list_captured(b, &listed);

    if (listed && b->turn->urgency.level < 2 &&
        b->turn->intake_phase == SB_INTAKE_COLLECTING)
        text_sentence(&b->out, arena_printf(&b->arena, "I have %s.", list));
}

/* ---- asking ---- */

/* Was the last thing we said this field's question, and did it get no valid answer? */
static bool is_retry(const struct brain *b, const struct sb_field *field)
{
    size_t i;

    for (i = 0; i < b->result_count; i++)
        if (b->results[i].done && !b->results[i].ok &&
            strcmp(b->results[i].field, field->name) == 0)
            return true;
    return false;
}

/* The core's own error words already ask again? */
static bool is_asked_by_error(const struct brain *b)
{
    return b->out.len > 0 && b->out.data[b->out.len - 1] == '?';
}

/* "Back to your request: what name shall I put on it?" */
static void lower_after_colon(struct brain *b, size_t from)
{
    char *p = b->out.data + from;

    if (from >= 2 && b->out.data[from - 2] == ':' && isupper((unsigned char)*p) &&
        islower((unsigned char)p[1]))
        *p = (char)tolower((unsigned char)*p);
}

static void ask_now(struct brain *b, const struct sb_field *field)
{
    if (is_retry(b, field) && is_asked_by_error(b))
        return;
    if (intake_is_urgent(b) && field->kind == SB_FIELD_PHONE && !is_retry(b, field))
        text_sentence(&b->out, say(b, "urgent.collect"));
    else if ((is_retry(b, field) || b->salt % 2) && *field->retry)
        text_sentence(&b->out, field->retry);
    else
        text_sentence(&b->out, field->ask);
}

static void ask(struct brain *b, const struct sb_field *field)
{
    size_t from = b->out.len + 1;

    ask_now(b, field);
    if (b->out.len > from)
        lower_after_colon(b, from);
}

/* ---- reading back ---- */

static const char *readable(const struct sb_field *field)
{
    return field->spoken && *field->spoken ? field->spoken : field->value;
}

static void read_back(struct brain *b)
{
    size_t i;

    text_sentence(&b->out, say(b, "readback"));
    for (i = 0; i < b->turn->field_count; i++) {
        const struct sb_field *field = &b->turn->fields[i];
        char *label;

        if ((field->state != SB_FIELD_FILLED && field->state != SB_FIELD_CONFIRMED) ||
            strcmp(field->value, "other") == 0)
            continue;
        label = arena_copy(&b->arena, field->label, strlen(field->label));
        capitalise(label);
        text_puts(&b->out,
                  arena_printf(&b->arena, "\n- %s: %s", label, readable(field)));
    }
    text_puts(&b->out, "\n");
    text_puts(&b->out, say(b, "readback.ask"));
}

static void finish(struct brain *b)
{
    const char *name = "complete";

    if (b->turn->urgency.paged && has_phrase(b, "complete.urgent"))
        name = "complete.urgent";
    else if (intake_is_message(b))
        name = "complete.message";
    else if (b->turn->open_now == 0 && has_phrase(b, "complete.closed"))
        name = "complete.closed";
    text_sentence(&b->out, say(b, name));
}

/* In a read-back that is still open: what the person's answer calls for. */
static void continue_readback(struct brain *b, bool after_answer)
{
    if (b->result_count && find_result(b, "reopen_field"))
        return;
    if (after_answer)
        text_sentence(&b->out, say(b, "readback.ask"));
    else if (b->read.no && !b->result_count)
        text_sentence(&b->out, say(b, "readback.no"));
    else
        read_back(b);
}

void intake_continue(struct brain *b, bool after_answer)
{
    const struct sb_field *next;

    if (find_result(b, "confirm_intake") && find_result(b, "confirm_intake")->ok) {
        finish(b);
        return;
    }
    if (b->turn->intake_phase == SB_INTAKE_READBACK) {
        continue_readback(b, after_answer);
        return;
    }
    next = intake_next(b);
    if (!next)
        return;
    if (after_answer && !find_result(b, "start_intake") &&
        !find_result(b, "capture_field"))
        text_sentence(&b->out, say(b, "intake.resume"));
    ask(b, next);
}
