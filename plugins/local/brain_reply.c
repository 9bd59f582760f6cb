/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of a reply: safety, thanks for what was told, the answer to what was asked,
 * then one question of ours.
 */
#include "brain.h"

#include <stdio.h>
#include <string.h>

static bool in_intake(const struct brain *b)
{
    return b->turn->intake_phase == SB_INTAKE_COLLECTING ||
           b->turn->intake_phase == SB_INTAKE_READBACK;
}

static bool is_done(const struct brain *b, const char *tool)
{
    const struct result *result = find_result(b, tool);

    return result && result->ok;
}

/* ---- safety ---- */

/* The template's words, verbatim, unless they were just said. */
static bool say_urgency(struct brain *b)
{
    const struct sb_urgency *u = &b->turn->urgency;
    const char *last = b->turn->last_reply ? b->turn->last_reply : "";

    if (u->level == 0)
        return false;
    if (u->say && *u->say && !strstr(last, u->say))
        text_sentence(&b->out, u->say);
    else if (u->paged && b->turn->number > 1)
        text_sentence(&b->out, say(b, "urgent.paged"));
    return u->level >= 2;
}

/* ---- questions ---- */

/* Is the part a request or a remark to us that is dealt with elsewhere? */
static bool is_dealt_with(struct brain *b, const char *question)
{
    const struct reading *r = &b->read;
    const char *text = plain(&b->arena, question);

    if (r->wants_person || r->asks_identity || r->asks_name || r->asks_repeat ||
        r->asks_memory || r->asks_privacy || r->asks_help)
        return true;
    if (has_any(text, LIST("hows it going", "how are you", "whats up")))
        return true;
    if (!is_done(b, "start_intake"))
        return false;
    return has_any(
        text, LIST("can i book*", "can we book*", "could i book*", "can i get",
                   "can we get", "can i schedule", "can we schedule", "can i make",
                   "can we make", "could i make", "can i reserve", "could i get",
                   "can you come", "can someone", "can somebody", "could someone",
                   "could somebody", "could you come", "can you send", "could you send",
                   "can i leave", "could you take", "can you take a message",
                   "can you have", "could you have", "may i leave", "can you call",
                   "could you call", "may i book", "can i set up", "could i schedule",
                   "can you fit", "can you book", "can you schedule", "can you put",
                   "may i make", "would you call", "could i leave", "can you get",
                   "will you call", "could you book", "can you help"));
}

static bool say_area(struct brain *b, const char *question, struct text *out)
{
    const char *place = area_asked(b, question);
    const struct result *result = find_result(b, "check_service_area");

    if (!place || !result || result->covered < 0)
        return false;
    if (result->covered)
        text_sentence(out, arena_printf(&b->arena, "Yes, we serve %s.", place));
    else
        text_sentence(
            out, arena_printf(&b->arena, "I'm afraid that we do not serve %s.", place));
    b->confidence = 0.9;
    return true;
}

static bool asks_own_area(struct brain *b, const char *question)
{
    const char *text = plain(&b->arena, question);

    return has_any(text, LIST("my area", "my town", "my city", "my zip", "our area",
                              "where i live", "my neighborhood", "my place")) &&
           has_any(text,
                   LIST("serve", "service", "cover", "come", "work", "travel", "go"));
}

static void put_answer(struct brain *b, const struct text *part)
{
    if (part->len && !strstr(text_str(&b->out), text_str(part)))
        text_sentence(&b->out, text_str(part));
}

/* Answers the parts that ask; true when any words came of it. */
static bool say_answers(struct brain *b)
{
    size_t known = 0, unknown = 0, i;
    const char *before;

    for (i = 0; i < b->read.question_count; i++) {
        const char *question = b->read.questions[i];
        struct text part = {.arena = &b->arena};

        if (is_dealt_with(b, question))
            continue;
        before = enter_question(b, i);
        if (asks_own_area(b, question) && !in_intake(b))
            text_puts(&part, say(b, "area.ask"));
        else if (!say_area(b, question, &part))
            (void)answer(b, question, &part);
        leave_question(b, before);
        if (!part.len) {
            unknown++;
            continue;
        }
        known++;
        put_answer(b, &part);
    }
    if (!unknown)
        return known > 0;
    if (!known)
        b->confidence = 0.2;
    text_sentence(&b->out, in_intake(b) || is_done(b, "start_intake")
                               ? say(b, "unknown.instead")
                               : say(b, known ? "unknown.part" : "unknown"));
    return true;
}

/* ---- statements ---- */

/* Words without a question mark may still be one: "senior discount". */
static void say_idle(struct brain *b)
{
    struct text part = {.arena = &b->arena};
    bool asked = said_last(b, "area.ask");

    if (b->read.words <= 12 && answer(b, b->turn->message, &part))
        put_answer(b, &part);
    else if (b->turn->intake_phase == SB_INTAKE_COMPLETE && b->read.words > 1)
        text_sentence(&b->out, say(b, "complete.already"));
    else if (b->read.too_long)
        text_sentence(&b->out, say(b, "too_long"));
    else if (asked ||
             (b->read.words >= 2 && b->read.words <= 8 && !b->turn->answerable)) {
        text_sentence(&b->out, say(b, "unknown"));
        b->confidence = 0.2;
    } else {
        text_sentence(&b->out, say(b, "lost"));
        b->confidence = 0.3;
    }
}

static void say_start(struct brain *b)
{
    const struct result *start = find_result(b, "start_intake");

    if (!start || !start->ok || b->turn->urgency.level >= 2 ||
        find_result(b, "hand_over"))
        return;
    text_sentence(&b->out, strstr(start->arguments, "\"reason\":\"request\"")
                               ? say(b, "intake.start")
                               : say(b, "intake.message"));
}

static void say_handover(struct brain *b)
{
    text_sentence(&b->out,
                  say(b, b->turn->open_now == 0 && has_phrase(b, "handover.closed")
                             ? "handover.closed"
                             : "handover"));
}

static void say_added(struct brain *b)
{
    if (b->turn->intake_phase == SB_INTAKE_COMPLETE && is_done(b, "capture_field") &&
        !find_result(b, "confirm_intake"))
        text_sentence(&b->out, say(b, "added"));
}

/* After small talk in the middle of an intake: back to our question, unless the person
 * asked us to stop. */
static void resume(struct brain *b)
{
    if (in_intake(b) && !b->read.forget_it && !b->read.waits && !b->read.bye &&
        !b->read.language)
        intake_continue(b, false);
}

void brain_reply(struct brain *b)
{
    bool urgent, answered = false;

    b->confidence = 0.8;
    urgent = say_urgency(b);
    if (!urgent && small_talk(b)) {
        resume(b);
        return;
    }
    if (is_done(b, "hand_over"))
        say_handover(b);
    if (b->read.greets && !urgent && !b->out.len)
        greet(b);
    if (!is_done(b, "confirm_intake"))
        intake_acknowledge(b);
    say_added(b);
    if (!find_result(b, "start_intake"))
        intake_repeat(b);
    if (b->turn->urgency.level < 3)
        answered = say_answers(b);
    say_start(b);
    if (find_result(b, "start_intake"))
        intake_repeat(b);
    intake_continue(b, answered);
    if (!b->out.len)
        say_idle(b);
    else if (b->turn->intake_phase == SB_INTAKE_NONE && is_done(b, "capture_field") &&
             !answered)
        text_sentence(&b->out, say(b, "and_now"));
}
