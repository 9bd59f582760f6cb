/* SPDX-License-Identifier: Apache-2.0
 *
 * From what a message does to the tools that do it. All calls of a turn go out in one
 * batch; the core checks each one, and what it made of them is in the next request.
 */
#include "brain_acts.h"

#include <string.h>

bool has_tool(const struct brain *b, const char *name)
{
    size_t i;

    for (i = 0; i < b->request->tool_count; i++)
        if (strcmp(b->request->tools[i].name, name) == 0)
            return true;
    return false;
}

/* ---- emitting ---- */

static void put_member(struct brain *b, struct text *json, const char *key,
                       const char *value)
{
    size_t len = strlen(value);
    size_t need = b->host->json_quote(value, len, NULL, 0);
    char *quoted = arena_new(&b->arena, need + 1);

    (void)b->host->json_quote(value, len, quoted, need + 1);
    text_puts(json, json->len > 1 ? ",\"" : "\"");
    text_puts(json, key);
    text_puts(json, "\":");
    text_puts(json, quoted);
}

/* Pairs of key and value, NULL-terminated; pairs with an empty value are left out. */
void act_call(struct acts *a, const char *tool, const char *const *pairs)
{
    struct brain *b = a->b;
    struct text json = {.arena = &b->arena};
    struct sb_llm_call out;

    if (a->failed || !has_tool(b, tool) ||
        b->result_count + (size_t)a->emitted >= MAX_RESULTS)
        return;
    text_puts(&json, "{");
    for (; *pairs; pairs += 2)
        if (pairs[1] && *pairs[1])
            put_member(b, &json, pairs[0], pairs[1]);
    text_puts(&json, "}");
    out.id = arena_printf(&b->arena, "local-%zu", b->result_count + (size_t)a->emitted);
    out.name = tool;
    out.arguments = text_str(&json);
    a->failed = b->sink->call(b->sink->arg, &out);
    a->emitted++;
}

bool act_is_captured(const struct acts *a, const char *field)
{
    size_t i;

    for (i = 0; i < a->captured_count; i++)
        if (strcmp(a->captured[i], field) == 0)
            return true;
    return false;
}

void act_capture(struct acts *a, const char *field, const char *value, const char *said)
{
    if (!*field || !*value || act_is_captured(a, field) || a->captured_count == 16)
        return;
    a->captured[a->captured_count++] = field;
    act_call(a, "capture_field", LIST("field", field, "value", value, "said", said));
}

/* ---- offers of ours that were taken up ---- */

static bool offered_message(struct brain *b)
{
    const char *last = plain(&b->arena, b->turn->last_reply ? b->turn->last_reply : "");

    return has_any(last, LIST("take a message", "take your details", "pass a message",
                              "call you back", "have a person call you",
                              "take a message for*"));
}

static bool offered_request(struct brain *b)
{
    const char *last = plain(&b->arena, b->turn->last_reply ? b->turn->last_reply : "");

    return has_any(last, LIST("put in a request", "set one up",
                              "request an appointment", "like an appointment",
                              "take a few details", "shall i request", "book one"));
}

/* ---- by phase ---- */

static void act_collecting(struct acts *a)
{
    struct brain *b = a->b;
    const struct sb_field *next = asked_field(b);

    take_heard(a, true);
    if (next && next->kind == SB_FIELD_NUMBER && b->read.question_count == 0)
        take_party(a);
    if (a->captured_count && !(next && next->kind == SB_FIELD_TEXT))
        return;
    if (b->read.told_already) {
        look_back(a);
        return;
    }
    if (b->read.forget_it) {
        act_call(a, "cancel_intake", (const char *const[]){NULL});
        return;
    }
    if (!next)
        return;
    if (b->read.declines ||
        (b->read.no && b->read.words <= 3 && next->kind != SB_FIELD_YESNO)) {
        take_decline(a);
        return;
    }
    take_raw(a, next);
}

static void act_readback(struct acts *a)
{
    struct brain *b = a->b;
    const struct sb_field *named;

    take_heard(a, true);
    if (a->captured_count)
        return;
    if (b->read.yes && !b->read.corrects && !b->read.declines) {
        act_call(a, "confirm_intake", (const char *const[]){NULL});
        return;
    }
    /* "I already told you my name" finds no fault with it. */
    if (b->read.told_already)
        return;
    named = named_field(b);
    if (named && named->state != SB_FIELD_EMPTY && b->read.question_count == 0)
        act_call(a, "reopen_field", LIST("field", named->name));
}

static void act_urgent(struct acts *a)
{
    struct brain *b = a->b;

    if (b->turn->urgency.level >= 3 && !b->turn->urgency.paged)
        act_call(a, "escalate", LIST("reason", b->turn->urgency.rule, "level", "3"));
    if (b->turn->intake_phase == SB_INTAKE_NONE) {
        start_request(a, "urgent");
        return;
    }
    take_heard(a, true);
    if (b->turn->intake_phase == SB_INTAKE_COLLECTING && !a->captured_count) {
        const struct sb_field *next = find_field(b, b->turn->next_field);

        if (next && next->kind == SB_FIELD_TEXT)
            act_capture(a, next->name, b->turn->message, b->turn->message);
    }
}

static void act_idle(struct acts *a)
{
    struct brain *b = a->b;
    const struct reading *r = &b->read;
    bool accepted = r->yes && r->question_count == 0 && !r->corrects;

    if (r->wants_message)
        start_message(a, "message", message_words(b));
    else if (accepted && offered_message(b))
        start_message(a, "message", b->before);
    else if (r->wants_intake || (accepted && offered_request(b)))
        start_request(a, "request");
    else
        take_heard(a, false);
}

static void act_person(struct acts *a)
{
    struct brain *b = a->b;
    const char *reason = b->turn->message;

    act_call(a, "hand_over", LIST("reason", reason));
    /* Nobody may be there to take over: whom to call back is good to know. */
    if (b->turn->intake_phase == SB_INTAKE_NONE)
        start_message(a, "callback", "Would like to speak with a person.");
    else
        take_heard(a, true);
}

/* ---- looking things up ---- */

static void look_up(struct acts *a, const char *question)
{
    struct brain *b = a->b;
    const char *day, *place;
    struct text ignored = {.arena = &b->arena};

    if (hours_asked(b, question)) {
        day = hours_day(b, question);
        if (day)
            act_call(a, "business_hours", LIST("date", day));
        return;
    }
    place = area_asked(b, question);
    if (place)
        act_call(a, "check_service_area", LIST("place", place));
    else if (strlen(question) + 4 < strlen(b->turn->message) &&
             !answer(b, question, &ignored))
        act_call(a, "search_knowledge", LIST("query", question));
    b->cited_count = 0;
}

static bool is_refused(const struct brain *b)
{
    return b->turn->refuse && *b->turn->refuse && b->turn->urgency.level == 0;
}

int brain_act(struct brain *b)
{
    struct acts a = {.b = b};
    size_t i;

    if (b->result_count || b->read.injects || is_refused(b) || b->read.empty)
        return 0;
    if (b->turn->urgency.level >= 2)
        act_urgent(&a);
    else if (b->read.wants_person)
        act_person(&a);
    else if (b->turn->intake_phase == SB_INTAKE_COLLECTING)
        act_collecting(&a);
    else if (b->turn->intake_phase == SB_INTAKE_READBACK)
        act_readback(&a);
    else
        act_idle(&a);
    for (i = 0; i < b->read.question_count && b->turn->urgency.level < 2; i++) {
        const char *before = enter_question(b, i);

        look_up(&a, b->read.questions[i]);
        leave_question(b, before);
    }
    if (b->read.bye && b->read.words <= 6 && !a.emitted &&
        b->turn->intake_phase != SB_INTAKE_COLLECTING)
        act_call(&a, "end_conversation", (const char *const[]){NULL});
    return a.failed ? a.failed : a.emitted;
}
