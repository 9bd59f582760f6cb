/* SPDX-License-Identifier: Apache-2.0
 *
 * A message as tokens that remember where they stood.
 */
#include "talk/read.h"

#include <ctype.h>
#include <string.h>

static bool is_letter(unsigned char c)
{
    return isalpha(c) || c >= 0x80;
}

/* Typographic apostrophes, quotes and dashes are punctuation, not letters. Returns the
 * plain character and its length, or 0. */
static char plain_punct(const char *s, size_t *len)
{
    const unsigned char *u = (const unsigned char *)s;

    if (u[0] == 0xc2 && u[1] == 0xa0) {
        *len = 2;
        return ' ';
    }
    if (u[0] != 0xe2 || u[1] != 0x80 || !u[2])
        return 0;
    *len = 3;
    switch (u[2]) {
    case 0x98:
    case 0x99: return '\'';
    case 0x9c:
    case 0x9d: return '"';
    case 0x90:
    case 0x91:
    case 0x92:
    case 0x93:
    case 0x94: return '-';
    case 0xa6: return '.';
    case 0xaf:
    case 0x89: return ' ';
    default: return 0;
    }
}

/* All texts of a message live in one block: each takes its bytes and a NUL. */
struct scan {
    const char *s;
    size_t at;
    char *room;
};

static char peek(const struct scan *scan, size_t at, size_t *len)
{
    char c = plain_punct(scan->s + at, len);

    if (c)
        return c;
    *len = 1;
    return scan->s[at];
}

static void read_word(struct scan *scan, struct sb_token *t)
{
    char *out = scan->room, c;
    size_t len, next, end = scan->at;

    t->text = out;
    while ((c = peek(scan, end, &len)) && end - scan->at < 250) {
        if (c == '\'' && end > scan->at) {
            (void)peek(scan, end + len, &next);
            if (!is_letter((unsigned char)scan->s[end + len]) || next > 1)
                break;
        } else if (len > 1 || !is_letter((unsigned char)c)) {
            break;
        }
        *out++ = (char)tolower((unsigned char)c);
        end += len;
    }
    *out++ = '\0';
    scan->room = out;
    t->kind = SB_TOKEN_WORD;
    t->upper = isupper((unsigned char)scan->s[scan->at]) ||
               ((unsigned char)scan->s[scan->at] == 0xc3 &&
                (unsigned char)scan->s[scan->at + 1] < 0x9f);
    scan->at = end;
}

static void read_number(struct scan *scan, struct sb_token *t)
{
    size_t end = scan->at;

    t->number = 0;
    t->text = scan->room;
    while (isdigit((unsigned char)scan->s[end])) {
        if (end - scan->at < 15)
            t->number = t->number * 10 + (scan->s[end] - '0');
        *scan->room++ = scan->s[end++];
    }
    *scan->room++ = '\0';
    t->kind = SB_TOKEN_NUMBER;
    t->digits = end - scan->at;
    if (t->digits > 15)
        t->number = -1;
    scan->at = end;
}

static void read_token(struct scan *scan, struct sb_token *t)
{
    size_t len;
    char c = peek(scan, scan->at, &len);

    t->from = scan->at;
    if (len == 1 && is_letter((unsigned char)c)) {
        read_word(scan, t);
    } else if (len == 1 && isdigit((unsigned char)c)) {
        read_number(scan, t);
    } else {
        t->kind = SB_TOKEN_PUNCT;
        t->text = scan->room;
        *scan->room++ = c;
        *scan->room++ = '\0';
        scan->at += len;
    }
    if (scan->at == t->from) /* cannot happen; but never stand still */
        scan->at++;
    t->to = scan->at;
}

void sb_tokens_read(TALLOC_CTX *mem, const char *message, struct sb_tokens *out)
{
    struct scan scan = {.s = message};
    size_t room = strlen(message) + 1, len;
    bool space = true;
    char c;

    scan.room = talloc_size(mem, 2 * room);
    if (room > SB_READ_MAX_TOKENS)
        room = SB_READ_MAX_TOKENS;
    out->message = message;
    out->count = 0;
    out->items = talloc_zero_array(mem, struct sb_token, (unsigned)room);
    while (out->count < room && (c = peek(&scan, scan.at, &len))) {
        if (isspace((unsigned char)c)) {
            space = true;
            scan.at += len;
            continue;
        }
        read_token(&scan, &out->items[out->count]);
        out->items[out->count++].space = space;
        space = false;
    }
}

bool sb_token_is(const struct sb_tokens *tokens, size_t i, const char *text)
{
    return i < tokens->count && strcmp(tokens->items[i].text, text) == 0;
}

int sb_token_in(const struct sb_tokens *tokens, size_t i, const char *const *words)
{
    int n;

    if (i >= tokens->count || tokens->items[i].kind == SB_TOKEN_NUMBER)
        return -1;
    for (n = 0; words[n]; n++)
        if (strcmp(tokens->items[i].text, words[n]) == 0)
            return n;
    return -1;
}

static const char *const UNITS[] = {
    "zero",     "one",     "two",     "three",     "four",     "five",     "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", NULL};
static const char *const TENS[] = {"twenty",  "thirty", "forty",  "fifty", "sixty",
                                   "seventy", "eighty", "ninety", NULL};

static size_t count_tens(const struct sb_tokens *tokens, size_t i, int tens,
                         int *value_r)
{
    size_t n = 1;
    int unit;

    *value_r = (tens + 2) * 10;
    if (sb_token_is(tokens, i + 1, "-"))
        n = 2;
    unit = sb_token_in(tokens, i + n, UNITS);
    if (unit < 1 || unit > 9)
        return 1;
    *value_r += unit;
    return n + 1;
}

size_t sb_token_count_word(const struct sb_tokens *tokens, size_t i, int *value_r)
{
    int n;
    size_t skip = sb_token_is(tokens, i, "a");

    if (i >= tokens->count)
        return 0;
    if (tokens->items[i].kind == SB_TOKEN_NUMBER) {
        if (tokens->items[i].number < 0 || tokens->items[i].number > 1000000)
            return 0;
        *value_r = (int)tokens->items[i].number;
        return 1;
    }
    if (sb_token_is(tokens, i + skip, "couple")) {
        *value_r = 2;
        return skip + (sb_token_is(tokens, i + skip + 1, "of") ? 2 : 1);
    }
    if (skip && sb_token_is(tokens, i + 1, "few")) {
        *value_r = 3;
        return 2;
    }
    if (sb_token_is(tokens, i + skip, "dozen")) {
        *value_r = 12;
        return skip + 1;
    }
    if ((n = sb_token_in(tokens, i, UNITS)) >= 0) {
        *value_r = n;
        return 1;
    }
    if ((n = sb_token_in(tokens, i, TENS)) >= 0)
        return count_tens(tokens, i, n, value_r);
    return 0;
}

char *sb_tokens_text(TALLOC_CTX *mem, const struct sb_tokens *tokens, size_t from,
                     size_t to)
{
    if (from >= to || to > tokens->count)
        return talloc_strdup(mem, "");
    return talloc_strndup(mem, tokens->message + tokens->items[from].from,
                          tokens->items[to - 1].to - tokens->items[from].from);
}

void sb_tokens_use(struct sb_tokens *tokens, size_t from, size_t to)
{
    for (; from < to && from < tokens->count; from++)
        tokens->items[from].used = true;
}

void sb_readings_add(struct sb_readings *out, const char *value, const char *spoken,
                     size_t from, size_t to, double confidence, const char *other)
{
    if (out->count == SB_READ_MAX)
        return;
    out->items[out->count++] = (struct sb_reading){.value = value,
                                                   .spoken = spoken,
                                                   .from = from,
                                                   .to = to,
                                                   .confidence = confidence,
                                                   .other = other};
}
