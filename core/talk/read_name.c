/* SPDX-License-Identifier: Apache-2.0
 *
 * People's names: after "my name is", "I'm", "this is" and the like, or the whole
 * answer when the name was asked for. Runs after the other readers, on the words that
 * they left over.
 */
#include "talk/read.h"

#include <ctype.h>
#include <string.h>

#define MAX_WORDS 4

/* Words that are no part of a name, wherever they stand. */
static const char *const NOT_NAMES[] = {
    "a",           "about",     "actually",  "after",    "again",     "all",
    "also",        "already",   "am",        "an",       "and",       "any",
    "anything",    "are",       "as",        "ask",      "asking",    "at",
    "available",   "back",      "be",        "because",  "before",    "book",
    "booking",     "but",       "buying",    "by",       "bye",       "call",
    "calling",     "can",       "cancel",    "check",    "closed",    "coming",
    "confused",    "could",     "curious",   "day",      "do",        "does",
    "done",        "email",     "emergency", "fine",     "first",     "for",
    "free",        "from",      "get",       "getting",  "give",      "glad",
    "going",       "gonna",     "good",      "got",      "great",     "guess",
    "happy",       "have",      "having",    "he",       "hello",     "help",
    "her",         "here",      "hey",       "hi",       "him",       "his",
    "hoping",      "how",       "i",         "i'd",      "i'll",      "i'm",
    "i've",        "if",        "ignore",    "in",       "inquiring", "instead",
    "interested",  "is",        "it",        "it's",     "its",       "just",
    "know",        "late",      "later",     "leaking",  "like",      "looking",
    "lost",        "love",      "maybe",     "me",       "member",    "mind",
    "morning",     "much",      "my",        "name",     "need",      "needing",
    "never",       "new",       "no",        "nope",     "not",       "nothing",
    "now",         "number",    "of",        "ok",       "okay",      "on",
    "one",         "only",      "open",      "or",       "our",       "out",
    "phone",       "planning",  "please",    "possible", "prefer",    "price",
    "pretty",      "question",  "quite",     "ready",    "really",    "regarding",
    "right",       "running",   "same",      "say",      "schedule",  "see",
    "she",         "should",    "sick",      "skip",     "so",        "some",
    "something",   "soon",      "sorry",     "stuck",    "sure",      "tell",
    "thank",       "thanks",    "that",      "that's",   "the",       "their",
    "them",        "then",      "there",     "these",    "they",      "thinking",
    "this",        "those",     "to",        "today",    "told",      "tomorrow",
    "too",         "trying",    "urgent",    "us",       "very",      "waiting",
    "want",        "wanted",    "wanting",   "was",      "we",        "we're",
    "welcome",     "well",      "what",      "what's",   "when",      "where",
    "which",       "who",       "why",       "will",     "with",      "wondering",
    "working",     "would",     "wrong",     "yeah",     "yep",       "yes",
    "yesterday",   "yet",       "you",       "you're",   "your",      "agent",
    "human",       "person",    "people",    "player",   "players",   "reservation",
    "appointment", "anyone",    "nobody",    "none",     "anonymous", "private",
    "stop",        "wait",      "change",    "make",     "weekend",   "week",
    "month",       "afternoon", "evening",   "tonight",  "noon",      "speak",
    "talk",        "don't",     "won't",     "can't",    "didn't",    "isn't",
    "rather",      "didnt",     "dont",      "cant",     NULL};
/* They end a name that has begun. */
static const char *const PARTICLES[] = {"van", "von", "de",  "der", "den", "la",
                                        "le",  "di",  "da",  "del", "bin", "al",
                                        "el",  "st",  "ter", "dos", "mc",  NULL};
static const char *const TITLES[] = {"mr", "mrs", "ms", "miss", "dr", "prof", NULL};

static bool is_name_word(const struct sb_tokens *t, size_t i)
{
    const struct sb_token *w = &t->items[i];

    return i < t->count && w->kind == SB_TOKEN_WORD && !w->used &&
           sb_token_in(t, i, NOT_NAMES) < 0 && w->to - w->from <= 40;
}

/* "dave" -> "Dave", "o'brien" -> "O'Brien"; what has capitals inside stays as it is. */
static void add_cased(char **out, const char *word, size_t len)
{
    bool mixed = false, start = true;
    size_t i;

    for (i = 1; i < len; i++)
        if (isupper((unsigned char)word[i]))
            mixed = true;
    for (i = 0; i < len; i++) {
        char c = word[i];

        if (!mixed)
            c = (char)(start ? toupper((unsigned char)c) : tolower((unsigned char)c));
        start = word[i] == '\'' || word[i] == '-';
        *out = talloc_asprintf_append(*out, "%c", c);
    }
}

static void add_word(char **out, const struct sb_tokens *t, size_t i)
{
    const struct sb_token *w = &t->items[i];
    const char *word = t->message + w->from;
    size_t len = w->to - w->from, n;
    bool all_upper = len > 1;

    for (n = 0; n < len; n++)
        if (islower((unsigned char)word[n]))
            all_upper = false;
    if (**out && (w->space || t->items[i - 1].kind != SB_TOKEN_PUNCT))
        *out = talloc_strdup_append(*out, " ");
    if (sb_token_in(t, i, PARTICLES) >= 0 && **out && !w->upper)
        *out = talloc_strndup_append(*out, word, len);
    else if (all_upper && len > 2)
        add_cased(out, w->text, strlen(w->text));
    else
        add_cased(out, word, len);
}

/* The name that begins at token `i`; returns its end and how many words it has. */
static size_t take_name(TALLOC_CTX *mem, const struct sb_tokens *t, size_t i,
                        char **name_r, int *words_r)
{
    char *name = talloc_strdup(mem, "");
    size_t at = i;
    int words = 0;

    while (at < t->count && words < MAX_WORDS + 1) {
        if (sb_token_in(t, at, TITLES) >= 0 && words == 0) {
            at += sb_token_is(t, at + 1, ".") ? 2 : 1;
            continue;
        }
        if (words && sb_token_is(t, at, "-") && at + 1 < t->count &&
            !t->items[at].space && !t->items[at + 1].space && is_name_word(t, at + 1)) {
            name = talloc_strdup_append(name, "-");
            at++;
            add_word(&name, t, at++);
            continue;
        }
        /* A middle initial's full stop. */
        if (words && sb_token_is(t, at, ".") && strlen(t->items[at - 1].text) == 1 &&
            is_name_word(t, at + 1)) {
            name = talloc_strdup_append(name, ".");
            at++;
            continue;
        }
        if (!is_name_word(t, at))
            break;
        add_word(&name, t, at++);
        words++;
    }
    *name_r = name;
    *words_r = words;
    return at;
}

/* How many tokens an introduction takes at `i`, 0 for none; how strong it is. */
static size_t introduction(const struct sb_tokens *t, size_t i, double *strength)
{
    static const struct {
        const char *words[4];
        double strength;
    } table[] = {
        {{"my", "name", "is", NULL}, 0.95},
        {{"my", "name's", NULL}, 0.95},
        {{"the", "name", "is", NULL}, 0.95},
        {{"the", "name's", NULL}, 0.95},
        {{"name", "is", NULL}, 0.9},
        {{"name's", NULL}, 0.9},
        {{"name", ":", NULL}, 0.9},
        {{"call", "me", NULL}, 0.75},
        {{"i", "am", NULL}, 0.6},
        {{"i'm", NULL}, 0.6},
        {{"im", NULL}, 0.5},
        {{"this", "is", NULL}, 0.6},
        {{"it", "is", NULL}, 0.4},
        {{"it's", NULL}, 0.4},
        {{"its", NULL}, 0.4},
        {{"name", NULL}, 0.5},
    };
    size_t row, n;

    for (row = 0; row < sizeof(table) / sizeof(table[0]); row++) {
        for (n = 0; table[row].words[n]; n++)
            if (!sb_token_is(t, i + n, table[row].words[n]))
                break;
        if (!table[row].words[n]) {
            *strength = table[row].strength;
            return n;
        }
    }
    return 0;
}

static bool all_upper_case(const struct sb_tokens *t, size_t from, size_t to)
{
    for (; from < to; from++)
        if (t->items[from].kind == SB_TOKEN_WORD && !t->items[from].upper &&
            sb_token_in(t, from, PARTICLES) < 0)
            return false;
    return true;
}

static bool introduced(TALLOC_CTX *mem, const struct sb_tokens *t,
                       const struct sb_read_hint *hint, struct sb_readings *out)
{
    double strength = 0;
    size_t i, n, end;
    char *name;
    int words;

    for (i = 0; i < t->count; i++) {
        n = t->items[i].used ? 0 : introduction(t, i, &strength);
        if (!n)
            continue;
        end = take_name(mem, t, i + n, &name, &words);
        if (words < 1 || words > MAX_WORDS)
            continue;
        /* "I'm locked out" is no name; "I'm Dave" and "I'm dave" when asked are. */
        if (strength < 0.9 && !all_upper_case(t, i + n, end)) {
            if (!hint->expected || words > 3)
                continue;
            strength -= 0.1;
        }
        if (strength < 0.5 && !hint->expected)
            continue;
        if (hint->expected)
            strength = strength + 0.25 > 0.95 ? 0.95 : strength + 0.25;
        sb_readings_add(out, name, name, i + n, end, strength, "");
        return true;
    }
    return false;
}

/* "Dave Miller here" */
static bool announced(TALLOC_CTX *mem, const struct sb_tokens *t,
                      struct sb_readings *out)
{
    char *name;
    int words;
    size_t end = take_name(mem, t, 0, &name, &words);

    if (words < 1 || words > 3 || !sb_token_is(t, end, "here") ||
        !all_upper_case(t, 0, end))
        return false;
    sb_readings_add(out, name, name, 0, end, 0.8, "");
    return true;
}

static const char *const OPENERS[] = {
    "sure", "yes", "yeah",  "ok",     "okay", "hi",       "hello", "well",
    "oh",   "um",  "uh",    "it's",   "yep",  "no",       ",",     "!",
    ".",    "-",   "sorry", "course", "of",   "actually", NULL};

/* The answer to "may I have your name?": the words up to the first comma or "and". */
static void answered(TALLOC_CTX *mem, const struct sb_tokens *t,
                     struct sb_readings *out)
{
    size_t i = 0, end;
    char *name;
    int words;
    bool alone;

    while (i < t->count && sb_token_in(t, i, OPENERS) >= 0)
        i++;
    end = take_name(mem, t, i, &name, &words);
    if (words < 1 || words > MAX_WORDS)
        return;
    alone = end == t->count || t->items[end].kind == SB_TOKEN_PUNCT ||
            t->items[end].used || sb_token_is(t, end, "and");
    if (sb_token_is(t, end, "?") || (!alone && !all_upper_case(t, i, end)))
        return;
    sb_readings_add(out, name, name, i, end, words > 3 || !alone ? 0.55 : 0.85, "");
}

void sb_read_name(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                  const struct sb_read_hint *hint, struct sb_readings *out)
{
    if (introduced(mem, tokens, hint, out) || announced(mem, tokens, out))
        return;
    if (hint->expected)
        answered(mem, tokens, out);
}
