/* SPDX-License-Identifier: Apache-2.0
 *
 * Choices, numbers and yes or no: answers to a question that offered them, or a choice
 * that is named in passing.
 */
#include "talk/read.h"

#include <stdio.h>
#include <string.h>

/* Does `word` at token `i` mean the same as `want`: equal but for a plural 's'? */
static bool same_word(const char *word, const char *want)
{
    size_t a = strlen(word), b = strlen(want), n;

    if (a == b)
        return strcmp(word, want) == 0;
    n = a < b ? a : b;
    if (n < 3 || strncmp(word, want, n) != 0)
        return false;
    return strcmp(a > b ? word + n : want + n, "s") == 0 ||
           strcmp(a > b ? word + n : want + n, "es") == 0;
}

/* The phrase's words at token `i`; returns how many tokens they take, 0 for no. */
static size_t phrase_at(const struct sb_tokens *t, size_t i,
                        const struct sb_tokens *phrase)
{
    size_t n, at = i;

    for (n = 0; n < phrase->count; n++) {
        if (phrase->items[n].kind == SB_TOKEN_PUNCT) {
            if (at < t->count && sb_token_is(t, at, phrase->items[n].text))
                at++;
            continue;
        }
        while (at > i && at < t->count && sb_token_is(t, at, "-"))
            at++;
        if (at >= t->count || !same_word(t->items[at].text, phrase->items[n].text))
            return 0;
        at++;
    }
    return at - i;
}

static bool negated(const struct sb_tokens *t, size_t i)
{
    static const char *const nots[] = {"not", "no", "isn't", "don't", "without", NULL};
    static const char *const fill[] = {"the", "a", "an", "want", "need", NULL};

    while (i > 0 && sb_token_in(t, i - 1, fill) >= 0)
        i--;
    return i > 0 && sb_token_in(t, i - 1, nots) >= 0;
}

struct match {
    const char *choice;
    size_t from, to;
};

static void look_for(TALLOC_CTX *mem, const struct sb_tokens *t, const char *choice,
                     const char *words, struct match *best, struct match *second)
{
    struct sb_tokens phrase;
    struct match m = {.choice = choice};
    size_t i, n;

    sb_tokens_read(mem, words, &phrase);
    if (phrase.count == 0)
        return;
    for (i = 0; i < t->count; i++) {
        n = phrase_at(t, i, &phrase);
        if (!n || negated(t, i))
            continue;
        m.from = i;
        m.to = i + n;
        if (!best->choice || m.to - m.from > best->to - best->from) {
            if (best->choice && strcmp(best->choice, choice) != 0)
                *second = *best;
            *best = m;
        } else if (strcmp(best->choice, choice) != 0 &&
                   (m.from >= best->to || m.to <= best->from)) {
            *second = m;
        }
        return;
    }
}

/* "the second one", "option 2", "number 2", "2" */
static const char *by_place(const struct sb_tokens *t, const char *const *choices)
{
    static const char *const places[] = {"first",  "second", "third",
                                         "fourth", "fifth",  NULL};
    static const char *const option[] = {"option", "number", "choice", "#", NULL};
    size_t i, n, count = 0;
    int value;

    while (choices[count])
        count++;
    for (i = 0; i < t->count && t->count <= 6; i++) {
        value = sb_token_in(t, i, places);
        if (value >= 0 && (size_t)value < count)
            return choices[value];
        if (sb_token_is(t, i, "last") && count)
            return choices[count - 1];
        n = sb_token_in(t, i, option) >= 0 ? sb_token_count_word(t, i + 1, &value) : 0;
        if (n && value >= 1 && (size_t)value <= count)
            return choices[value - 1];
    }
    return NULL;
}

void sb_read_choice(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                    const struct sb_read_hint *hint, const char *const *choices,
                    const char *const *synonyms, struct sb_readings *out)
{
    struct match best = {0}, second = {0};
    const char *equals, *choice, *other = "";
    size_t i, n;
    double confidence;

    for (i = 0; choices[i]; i++)
        look_for(mem, tokens, choices[i], choices[i], &best, &second);
    for (i = 0; synonyms && synonyms[i]; i++) {
        equals = strchr(synonyms[i], '=');
        if (!equals)
            continue;
        for (n = 0; choices[n]; n++)
            if (strlen(choices[n]) == (size_t)(equals - synonyms[i]) &&
                strncmp(choices[n], synonyms[i], strlen(choices[n])) == 0)
                look_for(mem, tokens, choices[n], equals + 1, &best, &second);
    }
    choice = best.choice;
    confidence = hint->expected ? 0.9 : 0.6;
    if (!choice && hint->expected) {
        choice = by_place(tokens, choices);
        best.to = tokens->count;
    }
    if (!choice)
        return;
    if (second.choice) {
        confidence = 0.45;
        other = second.choice;
    }
    sb_readings_add(out, choice, choice, best.from, best.to, confidence, other);
}

/* Is the word at `i` of the unit ("players" for "number of players")? */
static bool of_unit(const struct sb_tokens *t, size_t i, const struct sb_tokens *unit)
{
    static const char *const empty[] = {"number", "of",    "the", "how", "many", "size",
                                        "count",  "total", "a",   "in",  NULL};
    size_t n;

    for (n = 0; i < t->count && n < unit->count; n++)
        if (unit->items[n].kind == SB_TOKEN_WORD && sb_token_in(unit, n, empty) < 0 &&
            same_word(t->items[i].text, unit->items[n].text))
            return true;
    return false;
}

static bool about_people(const struct sb_tokens *unit)
{
    static const char *const people[] = {"players", "player",    "people",  "guests",
                                         "guest",   "party",     "persons", "golfers",
                                         "seats",   "attendees", "group",   NULL};
    size_t i;

    for (i = 0; i < unit->count; i++)
        if (sb_token_in(unit, i, people) >= 0)
            return true;
    return false;
}

/* Numbers of people without a number: "just me", "a foursome", "me and my wife". */
static bool people_words(TALLOC_CTX *mem, const struct sb_tokens *t,
                         struct sb_readings *out)
{
    static const struct {
        const char *words[4];
        int value;
    } table[] = {{{"just", "me", NULL}, 1},     {{"only", "me", NULL}, 1},
                 {{"by", "myself", NULL}, 1},   {{"just", "myself", NULL}, 1},
                 {{"single", NULL}, 1},         {{"twosome", NULL}, 2},
                 {{"threesome", NULL}, 3},      {{"foursome", NULL}, 4},
                 {{"fivesome", NULL}, 5},       {{"both", "of", "us", NULL}, 2},
                 {{"me", "and", "my", NULL}, 2}};
    size_t i, row, n;
    char *value;

    for (i = 0; i < t->count; i++)
        for (row = 0; row < sizeof(table) / sizeof(table[0]); row++) {
            for (n = 0; table[row].words[n]; n++)
                if (!sb_token_is(t, i + n, table[row].words[n]))
                    break;
            if (table[row].words[n])
                continue;
            value = talloc_asprintf(mem, "%d", table[row].value);
            sb_readings_add(out, value, value, i, i + n, 0.8, "");
            return true;
        }
    return false;
}

void sb_read_number(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                    const struct sb_read_hint *hint, const char *unit,
                    struct sb_readings *out)
{
    static const char *const us[] = {"us",     "people",  "persons", "guests",
                                     "adults", "golfers", "players", NULL};
    struct sb_tokens words;
    size_t i, n, after;
    double confidence;
    char *value_text;
    bool people;
    int value;

    sb_tokens_read(mem, unit, &words);
    people = about_people(&words);
    for (i = 0; i < tokens->count; i++) {
        if (tokens->items[i].used || !(n = sb_token_count_word(tokens, i, &value)))
            continue;
        after = i + n + (sb_token_is(tokens, i + n, "of") ? 1 : 0);
        confidence = 0;
        if (of_unit(tokens, after, &words) ||
            (i > 0 && of_unit(tokens, i - 1, &words)) ||
            (i > 1 && sb_token_is(tokens, i - 1, "of") &&
             of_unit(tokens, i - 2, &words)))
            confidence = 0.9;
        else if (people && (sb_token_in(tokens, after, us) >= 0 ||
                            (i > 1 && sb_token_is(tokens, i - 1, "of") &&
                             sb_token_is(tokens, i - 2, "party"))))
            confidence = 0.85;
        else if (hint->expected)
            confidence = tokens->count <= 4 ? 0.85 : 0.5;
        if (confidence <= 0)
            continue;
        value_text = talloc_asprintf(mem, "%d", value);
        /* Decimals stay as they were written. */
        if (sb_token_is(tokens, i + 1, ".") && i + 2 < tokens->count &&
            tokens->items[i].kind == SB_TOKEN_NUMBER && !tokens->items[i + 1].space &&
            tokens->items[i + 2].kind == SB_TOKEN_NUMBER &&
            !tokens->items[i + 2].space) {
            value_text = sb_tokens_text(mem, tokens, i, i + 3);
            n = 3;
        }
        sb_readings_add(out, value_text, value_text, i, i + n, confidence, "");
        return;
    }
    if (people)
        (void)people_words(mem, tokens, out);
}

void sb_read_yesno(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                   const struct sb_read_hint *hint, struct sb_readings *out)
{
    static const char *const yes[] = {
        "yes",  "yeah", "yep",        "yup",        "sure",   "correct", "right", "ok",
        "okay", "y",    "absolutely", "definitely", "please", "yea",     "true",  NULL};
    static const char *const no[] = {"no",       "nope", "nah",   "n",     "never",
                                     "negative", "not",  "don't", "false", NULL};
    size_t i;

    (void)mem;
    if (!hint->expected)
        return;
    for (i = 0; i < tokens->count && i < 3; i++) {
        if (sb_token_in(tokens, i, no) >= 0) {
            sb_readings_add(out, "no", "no", i, i + 1, i == 0 ? 0.9 : 0.7, "");
            return;
        }
        if (sb_token_in(tokens, i, yes) >= 0) {
            bool no_follows = sb_token_in(tokens, i + 1, no) >= 0;

            sb_readings_add(out, no_follows ? "no" : "yes", no_follows ? "no" : "yes",
                            i, i + 1,
                            no_follows ? 0.5
                            : i == 0   ? 0.9
                                       : 0.7,
                            "");
            return;
        }
    }
}
