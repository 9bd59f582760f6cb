/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts that stand in a message: what the core's readers recognised, weighed by what
 * the message is about, and two things that they leave alone because they cannot know
 * what the talk is of: the size of a group and a name in passing.
 */
#include "brain_acts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

void take_heard(struct acts *a, bool wanted)
{
    struct brain *b = a->b;
    size_t i;

    for (i = 0; i < b->turn->heard_count; i++) {
        const struct sb_heard *heard = &b->turn->heard[i];

        if (takes(b, heard, wanted) && !is_taken_back(b, i))
            act_capture(a, heard->field, heard->value,
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
            int n = (int)strtol(at, NULL, 10);

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

void take_party(struct acts *a)
{
    struct brain *b = a->b;
    int n = party_size(b->read.plain);
    size_t i;

    for (i = 0; n > 0 && i < b->turn->field_count; i++) {
        const struct sb_field *field = &b->turn->fields[i];

        if (field->kind == SB_FIELD_NUMBER && field->required &&
            field->state == SB_FIELD_EMPTY) {
            act_capture(a, field->name, arena_printf(&b->arena, "%d", n),
                        b->turn->message);
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
void take_name(struct acts *a)
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
    if (!field || act_is_captured(a, field->name))
        return;
    for (i = 0; leads[i]; i++) {
        p = find_nocase(message, leads[i]);
        len = p ? full_name_at(p + strlen(leads[i])) : 0;
        if (len) {
            p = arena_copy(&b->arena, p + strlen(leads[i]), len);
            act_capture(a, field->name, p, p);
            return;
        }
    }
    for (p = strchr(message, ','); p; p = strchr(p + 1, ',')) {
        const char *name = p + 1 + strspn(p + 1, " ");

        len = full_name_at(name);
        if (len && name[len] == ',' &&
            isdigit((unsigned char)name[len + 1 + strspn(name + len + 1, " ")])) {
            p = arena_copy(&b->arena, name, len);
            act_capture(a, field->name, p, p);
            return;
        }
    }
}
