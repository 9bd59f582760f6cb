/* SPDX-License-Identifier: Apache-2.0
 *
 * From what a message does to the tools that do it. All calls of a turn go out in one
 * batch; the core checks each one, and what it made of them is in the next request.
 */
#include "brain.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LIST(...)                                                                      \
    (const char *const[])                                                              \
    {                                                                                  \
        __VA_ARGS__, NULL                                                              \
    }

struct acts {
    struct brain *b;
    int emitted, failed;
    const char *captured[16]; /* fields captured in this batch */
    size_t captured_count;
};

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
static void call(struct acts *a, const char *tool, const char *const *pairs)
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

static bool is_captured(const struct acts *a, const char *field)
{
    size_t i;

    for (i = 0; i < a->captured_count; i++)
        if (strcmp(a->captured[i], field) == 0)
            return true;
    return false;
}

static void capture(struct acts *a, const char *field, const char *value,
                    const char *said)
{
    if (!*field || !*value || is_captured(a, field) || a->captured_count == 16)
        return;
    a->captured[a->captured_count++] = field;
    call(a, "capture_field", LIST("field", field, "value", value, "said", said));
}

/* ---- what the readers heard ---- */

static bool is_contact(int kind)
{
    return kind == SB_FIELD_NAME || kind == SB_FIELD_PHONE || kind == SB_FIELD_EMAIL ||
           kind == SB_FIELD_ADDRESS;
}

/* Do the words stand in a part that asks something? */
static bool is_in_question(struct brain *b, const struct sb_heard *heard)
{
    const char *words = plain(&b->arena, heard->text ? heard->text : "");
    size_t i;

    for (i = 0; i < b->read.question_count; i++)
        if (holds(plain(&b->arena, b->read.questions[i]), words))
            return true;
    return false;
}

static bool is_same(const struct sb_field *field, const struct sb_heard *heard)
{
    return field->state != SB_FIELD_EMPTY && strcmp(field->value, heard->value) == 0;
}

/* A number that is really a time of day or a count of holes. */
static bool is_part_of_more(const struct brain *b, const struct sb_heard *heard)
{
    const char *at =
        heard->text && *heard->text ? strstr(b->turn->message, heard->text) : NULL;
    const char *after;

    if (heard->kind != SB_FIELD_NUMBER || !at)
        return false;
    after = at + strlen(heard->text);
    after += strspn(after, " ");
    return *after == ':' || strncasecmp(after, "am", 2) == 0 ||
           strncasecmp(after, "pm", 2) == 0 || strncasecmp(after, "o'clock", 7) == 0 ||
           strncasecmp(after, "hole", 4) == 0 || strncasecmp(after, "th", 2) == 0 ||
           strncasecmp(after, "a.m", 3) == 0 || strncasecmp(after, "p.m", 3) == 0;
}

/* `wanted`: an intake is running or begins with this message. */
static bool takes(struct brain *b, const struct sb_heard *heard, bool wanted)
{
    const struct sb_field *field = find_field(b, heard->field);
    bool is_next = strcmp(heard->field, b->turn->next_field) == 0;
    bool settled;

    if (!field || heard->confidence < 0.35 || is_same(field, heard) ||
        is_part_of_more(b, heard))
        return false;
    settled = field->state == SB_FIELD_FILLED || field->state == SB_FIELD_CONFIRMED;
    if (settled)
        return heard->correction || b->read.corrects || b->read.no ||
               (b->turn->intake_phase == SB_INTAKE_READBACK &&
                !is_in_question(b, heard));
    if (is_next && b->turn->intake_phase == SB_INTAKE_COLLECTING)
        return true;
    if (!wanted)
        return is_contact(heard->kind) && heard->confidence >= 0.5 &&
               !is_in_question(b, heard);
    if (is_contact(heard->kind) || b->read.wants_intake)
        return true;
    return !is_in_question(b, heard) || b->turn->urgency.level >= 2;
}

/* In "0175, no wait, 0176" the last one counts. */
static bool is_taken_back(const struct brain *b, size_t at)
{
    size_t i;

    for (i = at + 1; b->read.corrects && i < b->turn->heard_count; i++)
        if (strcmp(b->turn->heard[i].field, b->turn->heard[at].field) == 0)
            return true;
    return false;
}

static void take_heard(struct acts *a, bool wanted)
{
    struct brain *b = a->b;
    size_t i;

    for (i = 0; i < b->turn->heard_count; i++) {
        const struct sb_heard *heard = &b->turn->heard[i];

        if (takes(b, heard, wanted) && !is_taken_back(b, i))
            capture(a, heard->field, heard->value,
                    heard->text && *heard->text ? heard->text : b->turn->message);
    }
}

/* ---- how many ---- */

/* "for 4", "four of us", "party of 12", "a foursome": a number without its unit, which
 * the core's readers leave alone. */
static int party_size(const char *text)
{
    static const char *const words[] = {"two", "three",  "four",   "five",
                                        "six", "seven",  "eight",  "nine",
                                        "ten", "eleven", "twelve", NULL};
    static const char *const some[] = {"twosome", "threesome", "foursome", NULL};
    static const char *const leads[] = {" for ",    " party of ", " group of ",
                                        " we are ", " were ",     NULL};
    const char *p;
    size_t i, w;

    for (i = 0; some[i]; i++)
        if (has(text, some[i]))
            return (int)i + 2;
    for (i = 0; leads[i]; i++)
        for (p = strstr(text, leads[i]); p; p = strstr(p + 1, leads[i])) {
            const char *at = p + strlen(leads[i]), *after;
            int n = atoi(at);

            for (w = 0; words[w] && !n; w++)
                if (strncmp(at, words[w], strlen(words[w])) == 0)
                    n = (int)w + 2;
            after = at + strcspn(at, " ");
            if (n > 0 && n < 500 && strspn(at, "0123456789") < 4 &&
                !begins_any(after,
                            LIST("am", "pm", "holes", "hole", "hours", "hour",
                                 "minutes", "days", "00", "30", "15", "45", "th",
                                 "dollars", "years", "year", "weeks", "months")) &&
                !(isdigit((unsigned char)*at) && isalpha((unsigned char)after[-1])))
                return n;
        }
    return 0;
}

static void take_party(struct acts *a)
{
    struct brain *b = a->b;
    int n = party_size(b->read.plain);
    size_t i;

    for (i = 0; n > 0 && i < b->turn->field_count; i++) {
        const struct sb_field *field = &b->turn->fields[i];

        if (field->kind == SB_FIELD_NUMBER && field->required &&
            field->state == SB_FIELD_EMPTY) {
            capture(a, field->name, arena_printf(&b->arena, "%d", n), b->turn->message);
            return;
        }
    }
}

/* ---- a name in passing ---- */

static bool is_name_word(const char *p, size_t len)
{
    size_t i;

    if (len < 2 || !isupper((unsigned char)*p))
        return false;
    for (i = 1; i < len; i++)
        if (!isalpha((unsigned char)p[i]) && !strchr("'-", p[i]) &&
            (unsigned char)p[i] < 0x80)
            return false;
    return true;
}

/* Two capitalised words at `p`; their length, or 0. */
static size_t full_name_at(const char *p)
{
    size_t first = strcspn(p, " ,.;!?\n"), second;

    if (!is_name_word(p, first) || p[first] != ' ')
        return 0;
    second = strcspn(p + first + 1, " ,.;!?\n");
    return is_name_word(p + first + 1, second) ? first + 1 + second : 0;
}

/* "it's Maria Lopez, ...", "..., Tom Reed, 203 555 0102": nobody was asked for a name,
 * so it takes the words or the number around it to know one. */
static void take_name(struct acts *a)
{
    static const char *const leads[] = {"it's ", "its ", "this is ", "name's ", NULL};
    struct brain *b = a->b;
    const struct sb_field *field = NULL;
    const char *message = b->turn->message, *p;
    size_t i, len;

    for (i = 0; i < b->turn->field_count && !field; i++)
        if (b->turn->fields[i].kind == SB_FIELD_NAME &&
            b->turn->fields[i].state == SB_FIELD_EMPTY)
            field = &b->turn->fields[i];
    if (!field || is_captured(a, field->name))
        return;
    for (i = 0; leads[i]; i++) {
        p = find_nocase(message, leads[i]);
        len = p ? full_name_at(p + strlen(leads[i])) : 0;
        if (len) {
            p = arena_copy(&b->arena, p + strlen(leads[i]), len);
            capture(a, field->name, p, p);
            return;
        }
    }
    for (p = strchr(message, ','); p; p = strchr(p + 1, ',')) {
        const char *name = p + 1 + strspn(p + 1, " ");

        len = full_name_at(name);
        if (len && name[len] == ',' &&
            isdigit((unsigned char)name[len + 1 + strspn(name + len + 1, " ")])) {
            p = arena_copy(&b->arena, name, len);
            capture(a, field->name, p, p);
            return;
        }
    }
}

/* ---- beginning ---- */

/* The core asks a message for no more than whom to answer. */
static void start_message(struct acts *a, const char *reason, const char *message)
{
    struct brain *b = a->b;

    call(a, "start_intake", LIST("reason", reason, "message", message));
    if (find_field(b, "message"))
        capture(a, "message", message, message);
    take_heard(a, true);
}

/* What is worth passing on of a message that asks to take one. */
static const char *message_words(const struct brain *b)
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

static void start_request(struct acts *a, const char *reason)
{
    struct brain *b = a->b;
    const struct sb_field *words = words_field(b);

    call(a, "start_intake", LIST("reason", reason, "message", b->turn->message));
    take_heard(a, true);
    take_party(a);
    take_name(a);
    if (words && words->state == SB_FIELD_EMPTY && says_what(b))
        capture(a, words->name, b->turn->message, b->turn->message);
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

/* ---- answers to our question ---- */

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

static void take_raw(struct acts *a, const struct sb_field *field)
{
    struct brain *b = a->b;
    const char *value = b->turn->message;

    if (is_captured(a, field->name))
        return;
    if (field->kind == SB_FIELD_YESNO && (b->read.yes || b->read.no)) {
        capture(a, field->name, b->read.yes ? "yes" : "no", b->turn->message);
        return;
    }
    if (is_answerish(b) && fits_kind(b, field->kind) &&
        (a->captured_count == 0 || field->kind == SB_FIELD_TEXT)) {
        if (field->kind == SB_FIELD_DATE)
            value = with_day_before(b);
        capture(a, field->name, value, value);
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

static void decline(struct acts *a)
{
    struct brain *b = a->b;
    const struct sb_field *next = find_field(b, b->turn->next_field);
    const struct sb_field *named = named_field(b);

    if (named && named->state == SB_FIELD_EMPTY)
        next = named;
    if (next)
        call(a, "decline_field", LIST("field", next->name));
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

static void look_back(struct acts *a)
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
        capture(a, field->name, value, value);
}

/* ---- by phase ---- */

/* The field that our last reply asked for, which after a question of the person's need
 * not be the next one any more. */
static const struct sb_field *asked_field(struct brain *b)
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
        call(a, "cancel_intake", (const char *const[]){NULL});
        return;
    }
    if (!next)
        return;
    if (b->read.declines ||
        (b->read.no && b->read.words <= 3 && next->kind != SB_FIELD_YESNO)) {
        decline(a);
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
        call(a, "confirm_intake", (const char *const[]){NULL});
        return;
    }
    named = named_field(b);
    if (named && named->state != SB_FIELD_EMPTY && b->read.question_count == 0)
        call(a, "reopen_field", LIST("field", named->name));
}

static void act_urgent(struct acts *a)
{
    struct brain *b = a->b;

    if (b->turn->urgency.level >= 3 && !b->turn->urgency.paged)
        call(a, "escalate", LIST("reason", b->turn->urgency.rule, "level", "3"));
    if (b->turn->intake_phase == SB_INTAKE_NONE) {
        start_request(a, "urgent");
        return;
    }
    take_heard(a, true);
    if (b->turn->intake_phase == SB_INTAKE_COLLECTING && !a->captured_count) {
        const struct sb_field *next = find_field(b, b->turn->next_field);

        if (next && next->kind == SB_FIELD_TEXT)
            capture(a, next->name, b->turn->message, b->turn->message);
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

    call(a, "hand_over", LIST("reason", reason));
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
            call(a, "business_hours", LIST("date", day));
        return;
    }
    place = area_asked(b, question);
    if (place)
        call(a, "check_service_area", LIST("place", place));
    else if (strlen(question) + 4 < strlen(b->turn->message) &&
             !answer(b, question, &ignored))
        call(a, "search_knowledge", LIST("query", question));
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
        const char *before = b->before;

        b->before = i ? b->read.questions[i - 1] : before;
        look_up(&a, b->read.questions[i]);
        b->before = before;
    }
    if (b->read.bye && b->read.words <= 6 && !a.emitted &&
        b->turn->intake_phase != SB_INTAKE_COLLECTING)
        call(&a, "end_conversation", (const char *const[]){NULL});
    return a.failed ? a.failed : a.emitted;
}
