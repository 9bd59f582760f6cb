/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything a receptionist hears that is neither a question about the business nor an
 * answer to one of ours: manners, questions about itself, refusals, other languages.
 */
#include "brain.h"

#include <string.h>

static const char *first_name(struct brain *b)
{
    const char *name = b->turn->person_name ? b->turn->person_name : "";

    return arena_copy(&b->arena, name, strcspn(name, " "));
}

static void welcome(struct brain *b)
{
    const char *name = "greeting", *daypart = b->turn->daypart;

    if (b->turn->returning)
        name = "greeting.returning";
    else if (b->turn->open_now == 0 && has_phrase(b, "greeting.closed"))
        name = "greeting.closed";
    else if (daypart && *daypart)
        name = arena_printf(&b->arena, "greeting.%s", daypart);
    if (!*say(b, name))
        name = "greeting";
    text_sentence(&b->out, say(b, name));
}

/* The same words back, as people do. */
static void greet_back(struct brain *b)
{
    const char *t = b->read.plain, *name = first_name(b);
    const char *words = begins(t, "good morning")     ? "Good morning"
                        : begins(t, "good afternoon") ? "Good afternoon"
                        : begins(t, "good evening")   ? "Good evening"
                                                      : "Hello";

    if (*name && b->turn->returning)
        text_sentence(&b->out, arena_printf(&b->arena, "%s, %s.", words, name));
    else
        text_sentence(&b->out, arena_printf(&b->arena, "%s.", words));
}

void greet(struct brain *b)
{
    const struct reading *r = &b->read;
    bool alone = r->words <= 3 && !r->question_count;

    if (b->turn->number <= 1 && (alone || r->empty))
        welcome(b);
    else if (alone)
        text_sentence(&b->out, say(b, "hello"));
    else if (b->turn->number <= 1)
        greet_back(b);
}

static void say_memories(struct brain *b)
{
    size_t i;

    if (!b->turn->returning || b->turn->memory_count == 0) {
        text_sentence(&b->out, say(b, "memory.none"));
        return;
    }
    for (i = 0; i < b->turn->memory_count && i < 3; i++)
        text_sentence(&b->out, arena_printf(&b->arena, "%s%s: %s", i ? "And " : "From ",
                                            b->turn->memories[i].when,
                                            b->turn->memories[i].summary));
}

static void say_again(struct brain *b)
{
    const char *last = b->turn->last_reply;

    if (last && *last)
        text_sentence(&b->out, arena_printf(&b->arena, "I said: %s", last));
    else
        text_sentence(&b->out, say(b, "hello"));
}

static void say_why(struct brain *b)
{
    text_sentence(&b->out, say(b, "why"));
}

static void say_name(struct brain *b)
{
    text_sentence(&b->out, b->turn->agent && *b->turn->agent ? say(b, "agent_name")
                                                             : say(b, "identity"));
}

static bool about_us(struct brain *b)
{
    const struct reading *r = &b->read;

    if (r->asks_identity)
        text_sentence(&b->out, say(b, "identity"));
    else if (r->asks_name)
        say_name(b);
    else if (r->asks_memory)
        say_memories(b);
    else if (r->asks_why && b->turn->intake_phase == SB_INTAKE_COLLECTING)
        say_why(b);
    else if (r->asks_privacy)
        text_sentence(&b->out, say(b, "privacy"));
    else if (r->asks_repeat)
        say_again(b);
    else if (r->asks_help)
        text_sentence(&b->out, say(b, "capabilities"));
    else if (r->how_are_you)
        text_sentence(&b->out, say(b, "how_are_you"));
    else
        return false;
    return true;
}

static bool feelings(struct brain *b)
{
    const struct reading *r = &b->read;

    if (r->wants_intake || r->question_count)
        return false;
    if (r->complains)
        text_sentence(&b->out, say(b, "complaint"));
    else if (r->insults)
        text_sentence(&b->out, say(b, "insult"));
    else if (r->profane)
        text_sentence(&b->out, say(b, "profanity"));
    else
        return false;
    return true;
}

/* "No" and "yes" to what we said last. */
static void short_answer(struct brain *b)
{
    if (b->read.yes)
        text_sentence(&b->out, say(b, "great"));
    else if (said_last(b, "thanks") || said_last(b, "declined_offer") ||
             has_any(b->read.plain,
                     LIST("thats all", "that is all", "thats it", "im good",
                          "im all set", "nothing else", "nothing", "thatll be all")))
        text_sentence(&b->out, say(b, "no_more"));
    else
        text_sentence(&b->out, say(b, "declined_offer"));
}

static bool manners(struct brain *b)
{
    const struct reading *r = &b->read;
    bool in_intake = b->turn->intake_phase == SB_INTAKE_COLLECTING ||
                     b->turn->intake_phase == SB_INTAKE_READBACK;

    if (r->question_count || r->wants_intake || b->result_count > 1)
        return false;
    if (r->waits)
        text_sentence(&b->out, say(b, "intake.waiting"));
    else if (r->forget_it && in_intake)
        text_sentence(&b->out, say(b, "intake.dropped"));
    else if (r->bye && r->words <= 8)
        text_sentence(&b->out, say(b, "bye"));
    else if (in_intake)
        return false;
    else if (r->thanks && r->no)
        text_sentence(&b->out, say(b, "no_more"));
    else if (r->thanks && r->words <= 9)
        text_sentence(&b->out, say(b, "thanks"));
    else if ((r->yes || r->no) && r->words <= 5 && !b->result_count)
        short_answer(b);
    else if (r->greets && r->words <= 3)
        greet(b);
    else
        return false;
    return true;
}

/* What stops every other reading of the message. */
static bool odd(struct brain *b)
{
    const struct reading *r = &b->read;

    if (r->injects)
        text_sentence(&b->out, say(b, "injection"));
    else if (b->turn->refuse && *b->turn->refuse)
        text_sentence(&b->out, b->salt ? say(b, "out_of_scope") : b->turn->refuse);
    else if (r->empty && b->turn->number <= 1 && !*b->turn->message)
        welcome(b);
    else if (r->empty)
        text_sentence(&b->out, say(b, "empty"));
    else if (r->language && !b->result_count)
        text_sentence(&b->out,
                      say(b, arena_printf(&b->arena, "language.%s", r->language)));
    else if (r->gibberish && !b->result_count)
        text_sentence(&b->out, say(b, "gibberish"));
    else
        return false;
    return true;
}

bool small_talk(struct brain *b)
{
    return odd(b) || about_us(b) || feelings(b) || manners(b);
}
