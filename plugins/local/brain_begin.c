/* SPDX-License-Identifier: Apache-2.0
 *
 * How an intake begins: as a message to be passed on, or as a request with as much of
 * it as was said already.
 */
#include "brain_acts.h"

#include <ctype.h>
#include <string.h>

/* The core asks a message for no more than whom to answer. */
void start_message(struct acts *a, const char *reason, const char *message)
{
    struct brain *b = a->b;

    act_call(a, "start_intake", LIST("reason", reason, "message", message));
    if (find_field(b, "message"))
        act_capture(a, "message", message, message);
    take_heard(a, true);
}

const char *message_words(const struct brain *b)
{
    const char *colon = strchr(b->turn->message, ':');
    static const char *const leads[] = {" that ", " about ", " saying ", NULL};
    size_t i;

    if (colon && colon[1] == ' ' && strlen(colon) > 8)
        return colon + 2;
    for (i = 0; leads[i]; i++) {
        const char *p = find_nocase(b->turn->message, leads[i]);

        if (p && count_words(b->read.plain) > 6 && strlen(p) > 12)
            return b->turn->message;
    }
    return "";
}

/* The field that asks what it is about, in free words. */
static const struct sb_field *words_field(const struct brain *b)
{
    size_t i;

    for (i = 0; i < b->turn->field_count; i++)
        if (b->turn->fields[i].kind == SB_FIELD_TEXT && b->turn->fields[i].required &&
            strcmp(b->turn->fields[i].name, "message") != 0)
            return &b->turn->fields[i];
    return NULL;
}

/* Words of a request that do not say what it is about. */
static const char *const generic[] = {
    "book",        "booking",  "schedule",  "appointment", "visit",   "service",
    "services",    "repair",   "repairs",   "technician",  "tech",    "plumber",
    "electrician", "estimate", "quote",     "call",        "someone", "somebody",
    "come",        "out",      "send",      "please",      "soon",    "asap",
    "today",       "tomorrow", "morning",   "afternoon",   "evening", "week",
    "weekend",     "day",      "time",      "looking",     "set",     "make",
    "job",         "work",     "fix",       "something",   "name",    "number",
    "phone",       "address",  "email",     "hoping",      "house",   "home",
    "possible",    "thanks",   "available", "monday",      "tuesday", "wednesday",
    "thursday",    "friday",   "saturday",  "sunday",      "id",      "im",
    "ive",         "wed",      "were",      "lets",        "hi",      "hello",
    "yes",         "sure",     "back",      "guy",         "guys",    "ok",
    "okay",        "great",    "over",      "able",        "here",    "there",
    "one",         "request",  "hey",       "id",          NULL};

static bool is_generic(const char *word)
{
    size_t i;

    for (i = 0; generic[i]; i++)
        if (strcmp(generic[i], word) == 0)
            return true;
    return false;
}

/* Is the word part of a name, a number or a date that was heard? */
static bool is_heard(struct brain *b, const char *word)
{
    size_t i;

    for (i = 0; i < b->turn->heard_count; i++)
        if (b->turn->heard[i].kind != SB_FIELD_CHOICE &&
            b->turn->heard[i].kind != SB_FIELD_TEXT && b->turn->heard[i].text &&
            has(plain(&b->arena, b->turn->heard[i].text), word))
            return true;
    return false;
}

/* Does the message say what is wrong or wanted, beyond that something is? */
static bool says_what(struct brain *b)
{
    const char *cursor = b->turn->message, *end = cursor + strlen(cursor);
    struct local_word word;

    while (local_words_next(b->words, &cursor, end, &word))
        if (word.weight > 0.5f && !isdigit((unsigned char)word.text[0]) &&
            !is_generic(word.text) && !is_heard(b, word.text))
            return true;
    return false;
}

void start_request(struct acts *a, const char *reason)
{
    struct brain *b = a->b;
    const struct sb_field *words = words_field(b);

    act_call(a, "start_intake", LIST("reason", reason, "message", b->turn->message));
    take_heard(a, true);
    take_party(a);
    take_name(a);
    if (words && words->state == SB_FIELD_EMPTY && says_what(b))
        act_capture(a, words->name, b->turn->message, b->turn->message);
}
