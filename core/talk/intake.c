/* SPDX-License-Identifier: Apache-2.0
 *
 * The intake's states. The order of the template is the order of the questions; what
 * the person volunteers is taken whenever it comes.
 */
#include "talk/intake.h"

#include <jansson.h>
#include <string.h>
#include "base/array.h"
#include "base/json.h"
#include "base/text.h"
#include "talk/asking.h"

#define ASKS_BEFORE_SKIP 2
#define ASKS_IN_ALL 3

static const char *const STATES[] = {"empty", "filled", "confirmed", "declined"};

static int state_of(const char *name)
{
    int i;

    for (i = 0; i < 4; i++)
        if (strcmp(name, STATES[i]) == 0)
            return i;
    return SB_FIELD_EMPTY;
}

static const char *dup_member(TALLOC_CTX *mem, const json_t *object, const char *key)
{
    return talloc_strdup(mem, sb_json_str(object, key));
}

static void load_field(struct sb_intake *intake, struct sb_intake_field *field,
                       const json_t *stored)
{
    field->state = state_of(sb_json_str(stored, "state"));
    field->value = dup_member(intake->mem, stored, "value");
    field->spoken = dup_member(intake->mem, stored, "spoken");
    field->said = dup_member(intake->mem, stored, "said");
    field->source = dup_member(intake->mem, stored, "source");
    field->doubted = dup_member(intake->mem, stored, "doubted");
    field->asked = (int)sb_json_i64(stored, "asked", 0);
    if (!*field->value &&
        (field->state == SB_FIELD_FILLED || field->state == SB_FIELD_CONFIRMED))
        field->state = SB_FIELD_EMPTY;
}

/* Collecting ends when nothing is left to ask; a new question begins it again. */
static void move_phase(struct sb_intake *intake)
{
    if (intake->phase == SB_INTAKE_COLLECTING && !sb_intake_next(intake)) {
        intake->phase = SB_INTAKE_READBACK;
        intake->dirty = true;
    } else if (intake->phase == SB_INTAKE_READBACK) {
        intake->phase = SB_INTAKE_COLLECTING;
        if (!sb_intake_next(intake))
            intake->phase = SB_INTAKE_READBACK;
        else
            intake->dirty = true;
    }
}

void sb_intake_load(TALLOC_CTX *mem, const struct sb_template *tpl,
                    const char *snapshot, int phase, struct sb_intake *intake)
{
    json_t *stored = NULL, *fields;
    size_t i;

    memset(intake, 0, sizeof(*intake));
    intake->mem = mem;
    intake->phase = phase;
    intake->count = tpl->field_count;
    intake->fields = sb_array(mem, struct sb_intake_field, tpl->field_count + 1);
    if (*snapshot)
        (void)sb_json_parse(snapshot, strlen(snapshot), &stored, NULL);
    fields = json_object_get(stored, "fields");
    for (i = 0; i < tpl->field_count; i++) {
        intake->fields[i].tpl = &tpl->fields[i];
        load_field(intake, &intake->fields[i],
                   json_object_get(fields, tpl->fields[i].name));
    }
    intake->reason = dup_member(mem, stored, "reason");
    intake->message = dup_member(mem, stored, "message");
    intake->message_only = sb_json_flag(stored, "message_only", false);
    json_decref(stored);
    /* The last question may have been asked as often as it will be. */
    if (phase == SB_INTAKE_COLLECTING)
        move_phase(intake);
}

static void set_text(json_t *object, const char *key, const char *value)
{
    if (value && *value)
        json_object_set_new(object, key, json_string(value));
}

char *sb_intake_snapshot(TALLOC_CTX *mem, const struct sb_intake *intake)
{
    json_t *root = json_object(), *fields = json_object(), *one;
    const struct sb_intake_field *f;
    char *text;
    size_t i;

    for (i = 0; i < intake->count; i++) {
        f = &intake->fields[i];
        if (f->state == SB_FIELD_EMPTY && !f->asked && !*f->doubted)
            continue;
        one = json_object();
        json_object_set_new(one, "state", json_string(STATES[f->state]));
        set_text(one, "value", f->value);
        set_text(one, "spoken", f->spoken);
        set_text(one, "said", f->said);
        set_text(one, "source", f->source);
        set_text(one, "doubted", f->doubted);
        if (f->asked)
            json_object_set_new(one, "asked", json_integer(f->asked));
        json_object_set_new(fields, f->tpl->name, one);
    }
    json_object_set_new(root, "fields", fields);
    set_text(root, "reason", intake->reason);
    set_text(root, "message", intake->message);
    if (intake->message_only)
        json_object_set_new(root, "message_only", json_true());
    text = sb_json_text(mem, root, false);
    json_decref(root);
    return text;
}

char *sb_intake_values(TALLOC_CTX *mem, const struct sb_intake *intake)
{
    json_t *root = json_object();
    char *text;
    size_t i;

    for (i = 0; i < intake->count; i++)
        if (*intake->fields[i].value)
            json_object_set_new(root, intake->fields[i].tpl->name,
                                json_string(intake->fields[i].value));
    text = sb_json_text(mem, root, false);
    json_decref(root);
    return text;
}

struct sb_intake_field *sb_intake_find(const struct sb_intake *intake, const char *name)
{
    size_t i;

    for (i = 0; i < intake->count; i++)
        if (strcmp(intake->fields[i].tpl->name, name) == 0)
            return &intake->fields[i];
    return NULL;
}

const char *sb_intake_by_kind(const struct sb_intake *intake, int kind)
{
    size_t i;

    for (i = 0; i < intake->count; i++)
        if ((int)intake->fields[i].tpl->kind == kind && *intake->fields[i].value)
            return intake->fields[i].value;
    return "";
}

const char *sb_intake_value(const struct sb_intake *intake, const char *name)
{
    const struct sb_intake_field *field = sb_intake_find(intake, name);

    return field ? field->value : "";
}

/* only_if reads "field=value", "field!=value" or "field" (any value). */
enum sb_applies sb_intake_applies(const struct sb_intake *intake,
                                  const struct sb_intake_field *field)
{
    const char *rule = field->tpl->only_if, *equals;
    const struct sb_intake_field *on;
    bool negated, same;
    char name[64];
    size_t len;

    if (!rule || !*rule)
        return SB_APPLIES_YES;
    equals = strchr(rule, '=');
    negated = equals && equals > rule && equals[-1] == '!';
    len = equals ? (size_t)(equals - rule) - negated : strlen(rule);
    if (len >= sizeof(name))
        return SB_APPLIES_YES;
    memcpy(name, rule, len);
    name[len] = '\0';
    on = sb_intake_find(intake, name);
    if (!on)
        return SB_APPLIES_YES;
    if (!*on->value)
        return on->state == SB_FIELD_DECLINED ? SB_APPLIES_NO : SB_APPLIES_MAYBE;
    if (!equals)
        return SB_APPLIES_YES;
    same = sb_text_ieq(on->value, equals + 1);
    return same != negated ? SB_APPLIES_YES : SB_APPLIES_NO;
}

bool sb_intake_wants(const struct sb_intake *intake,
                     const struct sb_intake_field *field)
{
    if (intake->message_only) {
        if (strcmp(field->tpl->name, "message") == 0)
            return !*intake->message;
        if (field->tpl->kind != SB_FIELD_NAME && field->tpl->kind != SB_FIELD_PHONE &&
            field->tpl->kind != SB_FIELD_EMAIL)
            return false;
    }
    return field->tpl->required && sb_intake_applies(intake, field) == SB_APPLIES_YES;
}

static bool is_open(const struct sb_intake *intake, const struct sb_intake_field *field)
{
    return field->state == SB_FIELD_EMPTY && sb_intake_wants(intake, field);
}

struct sb_intake_field *sb_intake_next(const struct sb_intake *intake)
{
    size_t i;

    if (intake->phase != SB_INTAKE_COLLECTING)
        return NULL;
    for (i = 0; i < intake->count; i++)
        if (is_open(intake, &intake->fields[i]) &&
            intake->fields[i].asked < ASKS_BEFORE_SKIP)
            return &intake->fields[i];
    for (i = 0; i < intake->count; i++)
        if (is_open(intake, &intake->fields[i]) &&
            intake->fields[i].asked < ASKS_IN_ALL)
            return &intake->fields[i];
    return NULL;
}

void sb_intake_progress(const struct sb_intake *intake, int *filled_r, int *total_r)
{
    size_t i;

    *filled_r = *total_r = 0;
    for (i = 0; i < intake->count; i++) {
        if (!sb_intake_wants(intake, &intake->fields[i]))
            continue;
        ++*total_r;
        if (intake->fields[i].state != SB_FIELD_EMPTY)
            ++*filled_r;
    }
}

static void journal(struct sb_intake *intake, const struct sb_intake_field *field)
{
    struct sb_journal_row *rows;

    rows = talloc_realloc(intake->mem, intake->journal, struct sb_journal_row,
                          sb_array_count(intake->journal_count + 1));
    rows[intake->journal_count++] =
        (struct sb_journal_row){.field = field->tpl->name,
                                .state = STATES[field->state],
                                .value = field->value,
                                .said = field->said,
                                .source = field->source};
    intake->journal = rows;
    intake->dirty = true;
}

void sb_intake_set(struct sb_intake *intake, struct sb_intake_field *field,
                   const char *value, const char *spoken, const char *said,
                   const char *source)
{
    if (strcmp(field->value, value) == 0 &&
        (field->state == SB_FIELD_FILLED || field->state == SB_FIELD_CONFIRMED))
        return;
    field->value = talloc_strdup(intake->mem, value);
    field->spoken = talloc_strdup(intake->mem, spoken);
    field->said = talloc_strdup(intake->mem, said);
    field->source = talloc_strdup(intake->mem, source);
    field->doubted = "";
    field->state = SB_FIELD_FILLED;
    if (strcmp(field->tpl->name, "message") == 0 && intake->message_only)
        intake->message = field->value;
    journal(intake, field);
    move_phase(intake);
}

void sb_intake_decline(struct sb_intake *intake, struct sb_intake_field *field)
{
    field->state = SB_FIELD_DECLINED;
    field->value = field->spoken = field->said = "";
    field->source = "said";
    journal(intake, field);
    move_phase(intake);
}

void sb_intake_reopen(struct sb_intake *intake, struct sb_intake_field *field)
{
    field->state = SB_FIELD_EMPTY;
    field->value = field->spoken = field->said = "";
    field->source = "said";
    field->asked = 0;
    journal(intake, field);
    if (intake->phase == SB_INTAKE_COMPLETE)
        intake->phase = SB_INTAKE_COLLECTING;
    move_phase(intake);
}

void sb_intake_start(struct sb_intake *intake, const char *reason, const char *message)
{
    bool to_pass_on = strcmp(reason, "message") == 0 || strcmp(reason, "callback") == 0;

    /* A request in the middle of a message is a request; a message in the middle of a
     * request is added to it. */
    if (intake->phase == SB_INTAKE_NONE || intake->phase == SB_INTAKE_COMPLETE)
        intake->message_only = to_pass_on;
    else if (!to_pass_on)
        intake->message_only = false;
    if (*reason)
        intake->reason = talloc_strdup(intake->mem, reason);
    if (*message && *intake->message && strcmp(intake->message, message) != 0)
        intake->message =
            talloc_asprintf(intake->mem, "%s\n%s", intake->message, message);
    else if (*message)
        intake->message = talloc_strdup(intake->mem, message);
    intake->phase = SB_INTAKE_COLLECTING;
    intake->dirty = true;
    move_phase(intake);
}

bool sb_intake_confirm(struct sb_intake *intake)
{
    size_t i;

    if (intake->phase != SB_INTAKE_READBACK)
        return false;
    for (i = 0; i < intake->count; i++)
        if (intake->fields[i].state == SB_FIELD_FILLED) {
            intake->fields[i].state = SB_FIELD_CONFIRMED;
            journal(intake, &intake->fields[i]);
        }
    intake->phase = SB_INTAKE_COMPLETE;
    intake->dirty = true;
    return true;
}

const struct sb_intake_field *sb_intake_asked(struct sb_intake *intake,
                                              const char *reply)
{
    struct sb_intake_field *field = sb_intake_next(intake), *asked;

    if (!field)
        return NULL;
    asked = sb_intake_asked_in(intake->mem, intake, reply);
    if (asked && asked->state == SB_FIELD_EMPTY)
        field = asked;
    field->asked++;
    return field;
}
