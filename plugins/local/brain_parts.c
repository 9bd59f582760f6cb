/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of a message that ask something: sentences first, then what stands behind a
 * comma or an "and" and asks by itself.
 */
#include "brain.h"

#include <ctype.h>
#include <string.h>

#define MOST_LEAD_INS 5

static const char *const question_starts[] = {
    "what",      "whats",   "when",     "whens",   "where",   "wheres",    "who",
    "whos",      "whose",   "which",    "why",     "how",     "hows",      "do you",
    "do u",      "do i",    "do we",    "do they", "does",    "did",       "is",
    "isnt",      "are",     "arent",    "am i",    "can",     "cant i",    "could",
    "would",     "will",    "should",   "may i",   "may we",  "might",     "have you",
    "has",       "any",     "was",      "were",    "must",    "tell me",   "u guys",
    "you guys",  "do your", "do the",   "do dogs", "do kids", "do people", "do members",
    "do guests", "do all",  "dont you", NULL};
static const char *const question_inside[] = {"how much",
                                              "what time",
                                              "how long",
                                              "how many",
                                              "how far",
                                              "do you",
                                              "do u",
                                              "are you",
                                              "is there",
                                              "are there",
                                              "can i",
                                              "can we",
                                              "what is",
                                              "what are",
                                              "whats",
                                              "where is",
                                              "where are",
                                              "wondering",
                                              "curious",
                                              "like to know",
                                              "want to know",
                                              "need to know",
                                              "question about",
                                              "what about",
                                              "how about",
                                              "tell me about",
                                              "information about",
                                              "info about",
                                              "info on",
                                              "information on",
                                              "what do you",
                                              "which",
                                              "when do",
                                              "when does",
                                              "when is",
                                              "when are",
                                              "could you tell",
                                              "can you tell",
                                              "are dogs",
                                              "are kids",
                                              "do i need",
                                              "is it",
                                              "what kind",
                                              "details on",
                                              "looking for info*",
                                              NULL};

bool brain_is_sentence(const char *text)
{
    return begins_any(text, question_starts) != NULL;
}

static const char *const lead_ins[] = {"and",
                                       "but",
                                       "so",
                                       "also",
                                       "ok",
                                       "okay",
                                       "hi",
                                       "hello",
                                       "hey",
                                       "well",
                                       "yes",
                                       "no",
                                       "sure",
                                       "thanks",
                                       "great",
                                       "um",
                                       "oh",
                                       "then",
                                       "please",
                                       "yeah",
                                       "actually",
                                       "good morning",
                                       "good afternoon",
                                       "good evening",
                                       "by the way",
                                       "btw",
                                       "excuse me",
                                       "one more thing",
                                       "another question",
                                       NULL};

/* Skips "Hi, and also": where the part really begins. */
static const char *skip_lead_in(struct brain *b, const char *text)
{
    int i;

    for (i = 0; i < MOST_LEAD_INS; i++) {
        const char *p = text, *word;
        size_t len;

        while (*p && !isalnum((unsigned char)*p) && (unsigned char)*p < 0x80)
            p++;
        word = begins_any(plain(&b->arena, arena_copy(&b->arena, p, strnlen(p, 40))),
                          lead_ins);
        if (!word)
            return p;
        len = strlen(word);
        if (!p[len] || isalnum((unsigned char)p[len]))
            return p;
        text = p + len;
    }
    return text;
}

static void add_question(struct brain *b, const char *text, size_t len)
{
    struct reading *r = &b->read;
    const char *part = skip_lead_in(b, arena_copy(&b->arena, text, len));

    if (r->question_count < MAX_QUESTIONS && *part &&
        count_words(plain(&b->arena, part)))
        r->questions[r->question_count++] = part;
}

/* Does a part end here? Full stops inside numbers and "St. Mary" do not count. */
static bool ends_part(const char *text, const char *p)
{
    if (*p == '?' || *p == '!' || *p == ';' || *p == '\n')
        return true;
    if (*p != '.' || (p[1] && !isspace((unsigned char)p[1])))
        return false;
    return p - text < 3 || isspace((unsigned char)p[-2]) == 0;
}

/* A comma or "and" begins a new part when what follows asks something by itself. */
static bool splits_here(struct brain *b, const char *p)
{
    const char *next = NULL, *text;
    size_t len;

    if (*p == ',')
        next = p + 1;
    else if (strncmp(p, " and ", 5) == 0 || strncmp(p, " but ", 5) == 0)
        next = p + 5;
    if (!next)
        return false;
    len = strcspn(next, ".?!;\n");
    len = len < 96 ? len : 96; /* enough to see how it begins */
    text = plain(&b->arena, skip_lead_in(b, arena_copy(&b->arena, next, len)));
    return begins_any(text, question_starts) && count_words(text) > 2;
}

static void take_part(struct brain *b, const char *start, const char *end, bool marked)
{
    const char *text =
        plain(&b->arena, arena_copy(&b->arena, start, (size_t)(end - start)));
    const char *bare =
        plain(&b->arena,
              skip_lead_in(b, arena_copy(&b->arena, start, (size_t)(end - start))));

    if (!count_words(text))
        return;
    if (marked || begins_any(bare, question_starts) || has_any(bare, question_inside))
        add_question(b, start, (size_t)(end - start));
}

void brain_find_questions(struct brain *b)
{
    const char *message = b->turn->message, *start = message, *p;

    for (p = message; *p; p++) {
        if (ends_part(start, p)) {
            take_part(b, start, p, *p == '?');
            start = p + 1;
        } else if (splits_here(b, p)) {
            take_part(b, start, p, false);
            start = p + 1;
        }
    }
    take_part(b, start, p, false);
}

/* The words in front of the part, when they say something: "my son is 15, how much for
 * him?". */
static const char *words_in_front(struct brain *b, const char *question)
{
    const char *message = b->turn->message, *at = strstr(message, question), *front;

    if (!at)
        return "";
    front = arena_copy(&b->arena, message, (size_t)(at - message));
    return count_words(plain(&b->arena, front)) >= 3 ? front : "";
}

const char *enter_question(struct brain *b, size_t i)
{
    const char *before = b->before;
    const char *near =
        i ? b->read.questions[i - 1] : words_in_front(b, b->read.questions[i]);

    b->same_breath = *near != '\0';
    if (*near)
        b->before = near;
    return before;
}

void leave_question(struct brain *b, const char *before)
{
    b->before = before;
    b->same_breath = false;
}
