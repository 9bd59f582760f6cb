/* SPDX-License-Identifier: Apache-2.0
 *
 * Postal addresses: a house number and a street, with whatever belongs to it after a
 * comma; a ZIP or postcode makes it surer. When the address was asked for, anything
 * with a number and two words is taken at its word.
 */
#include "talk/read.h"

#include <ctype.h>
#include <string.h>

static const char *const STREETS[] = {
    "street", "st",      "avenue",   "ave",     "av",        "road",     "rd",
    "lane",   "ln",      "drive",    "dr",      "boulevard", "blvd",     "court",
    "ct",     "way",     "place",    "pl",      "circle",    "cir",      "terrace",
    "ter",    "trail",   "trl",      "parkway", "pkwy",      "highway",  "hwy",
    "route",  "rte",     "square",   "sq",      "close",     "crescent", "cres",
    "grove",  "gardens", "mews",     "row",     "alley",     "loop",     "run",
    "path",   "pike",    "turnpike", "hill",    "ridge",     "point",    "pt",
    "plaza",  "walk",    "bend",     "cove",    "crossing",  NULL};
static const char *const STATES[] = {
    "al", "ak", "az", "ar", "ca", "co", "ct", "de", "fl", "ga", "hi", "id",
    "il", "ia", "ks", "ky", "la", "md", "ma", "mi", "mn", "ms", "mo", "mt",
    "ne", "nv", "nh", "nj", "nm", "ny", "nc", "nd", "oh", "pa", "ri", "sc",
    "sd", "tn", "tx", "ut", "vt", "va", "wa", "wv", "wi", "wy", "dc", NULL};
static const char *const UNITS[] = {"apt",      "apartment", "unit",  "suite", "ste",
                                    "#",        "flat",      "floor", "fl",    "lot",
                                    "building", "bldg",      NULL};
/* Words after which a new thought begins. */
static const char *const STOPS[] = {
    "and",    "but",   "my",    "is",     "i",     "i'm",     "we",   "the",
    "for",    "on",    "at",    "please", "it's",  "when",    "what", "how",
    "can",    "need",  "with",  "there",  "if",    "because", "or",   "you",
    "thanks", "thank", "phone", "call",   "email", "a",       "an",   "in",
    "per",    "to",    "of",    "day",    NULL};

static bool is_zip(const struct sb_tokens *t, size_t i)
{
    return i < t->count && t->items[i].kind == SB_TOKEN_NUMBER &&
           t->items[i].digits == 5;
}

/* "SW1A 1AA" in tokens: letters and digits in turn. Returns its length or 0. */
static size_t postcode(const struct sb_tokens *t, size_t i)
{
    size_t at = i;

    if (at + 3 >= t->count || t->items[at].kind != SB_TOKEN_WORD ||
        strlen(t->items[at].text) > 2 || t->items[at + 1].kind != SB_TOKEN_NUMBER ||
        t->items[at + 1].digits > 2 || t->items[at + 1].space)
        return 0;
    at += 2;
    if (t->items[at].kind == SB_TOKEN_WORD && !t->items[at].space &&
        strlen(t->items[at].text) == 1)
        at++;
    if (at + 1 >= t->count || t->items[at].kind != SB_TOKEN_NUMBER ||
        t->items[at].digits != 1 || t->items[at + 1].kind != SB_TOKEN_WORD ||
        t->items[at + 1].space || strlen(t->items[at + 1].text) != 2)
        return 0;
    return at + 2 - i;
}

/* The street's end when a house number stands at `i`, or 0. */
static size_t street_end(const struct sb_tokens *t, size_t i)
{
    size_t at = i + 1, words = 0;

    /* "12B Main", "12-14 Main" */
    if (at < t->count && !t->items[at].space && t->items[at].kind == SB_TOKEN_WORD &&
        strlen(t->items[at].text) == 1)
        at++;
    for (; at < t->count && words < 6; at++) {
        if (t->items[at].used)
            return 0;
        if (t->items[at].kind == SB_TOKEN_PUNCT && !sb_token_is(t, at, ".") &&
            !sb_token_is(t, at, "-"))
            return 0;
        if (t->items[at].kind != SB_TOKEN_WORD)
            continue;
        if (words > 0 && sb_token_in(t, at, STREETS) >= 0) {
            at++;
            if (sb_token_is(t, at, ".") && at + 1 < t->count)
                at++;
            /* "Highway 9", "Route 12" */
            if (at < t->count && t->items[at].kind == SB_TOKEN_NUMBER &&
                t->items[at].digits <= 3 && !t->items[at].used &&
                t->items[at - 1].text[0] != '.')
                at++;
            return at;
        }
        if (sb_token_in(t, at, STOPS) >= 0)
            return 0;
        words++;
    }
    return 0;
}

/* What follows the street and belongs to it: unit, town, state, ZIP. */
static size_t tail_end(const struct sb_tokens *t, size_t at, bool *sure)
{
    size_t end = at, n, words = 0;

    while (at < t->count && words < 7 && !t->items[at].used) {
        if (is_zip(t, at)) {
            *sure = true;
            end = at + 1;
            if (sb_token_is(t, end, "-") && end + 1 < t->count &&
                t->items[end + 1].digits == 4)
                end += 2;
            break;
        }
        if ((n = postcode(t, at))) {
            *sure = true;
            end = at + n;
            break;
        }
        if (sb_token_in(t, at, UNITS) >= 0 && at + 1 < t->count) {
            end = at = at + 2;
            continue;
        }
        if (t->items[at].kind == SB_TOKEN_PUNCT) {
            if (!sb_token_is(t, at, ",") && !sb_token_is(t, at, "-"))
                break;
            at++;
            continue;
        }
        if (t->items[at].kind != SB_TOKEN_WORD ||
            (sb_token_in(t, at, STOPS) >= 0 && !sb_token_is(t, at, "in")))
            break;
        words++;
        /* A town has a capital, stands after "in", or was written after a comma. */
        if (t->items[at].upper || sb_token_in(t, at, STATES) >= 0 ||
            sb_token_is(t, at - 1, ","))
            end = at + 1;
        else if (!sb_token_is(t, at, "in"))
            break;
        at++;
    }
    return end;
}

static void add_address(TALLOC_CTX *mem, const struct sb_tokens *t, size_t from,
                        size_t to, double confidence, struct sb_readings *out)
{
    char *text = sb_tokens_text(mem, t, from, to), *p, *q;

    /* One line, single blanks. */
    for (p = q = text; *p; p++) {
        char c = isspace((unsigned char)*p) ? ' ' : *p;

        if (c == ' ' && q > text && q[-1] == ' ')
            continue;
        *q++ = c;
    }
    *q = '\0';
    if (q > text && strlen(text) <= 200)
        sb_readings_add(out, text, text, from, to, confidence, "");
}

/* The whole answer, without the words that lead into it. */
static void answered(TALLOC_CTX *mem, const struct sb_tokens *t,
                     struct sb_readings *out)
{
    static const char *const lead_in[] = {
        "it's", "its",  "i'm",     "we're", "at", "the",  "address", "is",
        "my",   "sure", "yes",     "ok",    ",",  ":",    "i",       "live",
        "we",   "are",  "located", "it",    "in", "okay", "yeah",    NULL};
    size_t from = 0, to = t->count, i, words = 0, numbers = 0;

    while (from < to && sb_token_in(t, from, lead_in) >= 0)
        from++;
    while (to > from && (sb_token_is(t, to - 1, ".") || sb_token_is(t, to - 1, "!")))
        to--;
    for (i = from; i < to; i++) {
        if (t->items[i].used || sb_token_is(t, i, "?")) {
            to = i;
            break;
        }
        if (t->items[i].kind == SB_TOKEN_NUMBER)
            numbers++;
        else if (t->items[i].kind == SB_TOKEN_WORD)
            words++;
    }
    if (words >= 1 && words <= 14 && numbers >= 1 && (words >= 2 || numbers >= 2))
        add_address(mem, t, from, to, 0.7, out);
}

void sb_read_address(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                     const struct sb_read_hint *hint, struct sb_readings *out)
{
    size_t i, street, end;
    bool sure;

    for (i = 0; i < tokens->count; i++) {
        if (tokens->items[i].kind != SB_TOKEN_NUMBER || tokens->items[i].used ||
            tokens->items[i].digits > 6 || (i > 0 && sb_token_is(tokens, i - 1, "$")))
            continue;
        street = street_end(tokens, i);
        if (!street)
            continue;
        sure = false;
        end = tail_end(tokens, street, &sure);
        add_address(mem, tokens, i, end > street ? end : street, sure ? 0.95 : 0.8,
                    out);
        return;
    }
    if (hint->expected)
        answered(mem, tokens, out);
}
