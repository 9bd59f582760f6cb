/* SPDX-License-Identifier: Apache-2.0
 *
 * E-mail addresses, typed ("Dave@Example.com") or dictated ("dave at example dot
 * com"), in lower case.
 */
#include "talk/read.h"

#include <ctype.h>
#include <string.h>

/* Domains that are one slip away from one that everybody uses. */
static const char *const SLIPS[][2] = {
    {"gmial.com", "gmail.com"},     {"gmal.com", "gmail.com"},
    {"gmai.com", "gmail.com"},      {"gamil.com", "gmail.com"},
    {"gmail.con", "gmail.com"},     {"gmail.co", "gmail.com"},
    {"hotmial.com", "hotmail.com"}, {"hotmal.com", "hotmail.com"},
    {"yaho.com", "yahoo.com"},      {"yahooo.com", "yahoo.com"},
    {"yahoo.con", "yahoo.com"},     {"outlok.com", "outlook.com"},
    {"iclod.com", "icloud.com"},    {NULL, NULL}};

static bool domain_ok(const char *domain)
{
    const char *label = domain, *dot;
    size_t len, labels = 0;

    for (;; label = dot + 1) {
        dot = strchr(label, '.');
        len = dot ? (size_t)(dot - label) : strlen(label);
        if (len == 0 || len > 63 || label[0] == '-' || label[len - 1] == '-')
            return false;
        labels++;
        if (!dot)
            break;
    }
    /* The last label: letters only, two or more. */
    if (labels < 2 || len < 2)
        return false;
    for (; *label; label++)
        if (!isalpha((unsigned char)*label))
            return false;
    return true;
}

static void add_address(TALLOC_CTX *mem, const char *local, const char *domain,
                        size_t from, size_t to, double confidence,
                        struct sb_readings *out)
{
    size_t len = strlen(local), n;
    const char *other = "";
    char *value;

    if (len == 0 || len > 64 || strlen(domain) > 190 || local[0] == '.' ||
        local[len - 1] == '.' || strstr(local, "..") || !domain_ok(domain))
        return;
    for (n = 0; SLIPS[n][0]; n++)
        if (strcmp(domain, SLIPS[n][0]) == 0) {
            other = talloc_asprintf(mem, "%s@%s", local, SLIPS[n][1]);
            confidence = 0.45;
        }
    value = talloc_asprintf(mem, "%s@%s", local, domain);
    sb_readings_add(out, value, value, from, to, confidence, other);
}

static bool local_part(const struct sb_tokens *t, size_t i)
{
    const char *s = t->items[i].text;

    if (t->items[i].kind != SB_TOKEN_PUNCT)
        return (unsigned char)s[0] < 0x80;
    return strchr("._%+-#&'*=?^{}|~!/$`", s[0]) != NULL;
}

static bool domain_part(const struct sb_tokens *t, size_t i)
{
    const char *s = t->items[i].text;

    if (t->items[i].kind == SB_TOKEN_PUNCT)
        return s[0] == '.' || s[0] == '-';
    return (unsigned char)s[0] < 0x80 && !strchr(s, '\'');
}

/* Around an '@' at token `at`, without white space. */
static void typed(TALLOC_CTX *mem, const struct sb_tokens *t, size_t at,
                  struct sb_readings *out)
{
    char *local = talloc_strdup(mem, ""), *domain = talloc_strdup(mem, "");
    size_t from = at, to = at + 1, i;

    if (t->items[at].space)
        return;
    while (from > 0 && local_part(t, from - 1)) {
        from--;
        if (t->items[from].space)
            break;
    }
    /* Punctuation that the sentence put before the address. */
    while (from < at && t->items[from].kind == SB_TOKEN_PUNCT)
        from++;
    while (to < t->count && !t->items[to].space && domain_part(t, to))
        to++;
    while (to > at + 1 && t->items[to - 1].kind == SB_TOKEN_PUNCT)
        to--;
    for (i = from; i < at; i++)
        local = talloc_strdup_append(local, t->items[i].text);
    for (i = at + 1; i < to; i++)
        domain = talloc_strdup_append(domain, t->items[i].text);
    add_address(mem, local, domain, from, to, 0.97, out);
}

static const char *const DOTS[] = {"dot", "period", "point", ".", NULL};
static const char *const JOINS[] = {"underscore", "dash", "hyphen", "minus", "plus",
                                    "-",          "_",    "+",      NULL};
static const char JOIN_CHARS[] = "_---+-_+";

/* "dot", "underscore"... as the character that they name, or 0. */
static char spoken_mark(const struct sb_tokens *t, size_t i)
{
    int n;

    if (sb_token_in(t, i, DOTS) >= 0)
        return '.';
    n = sb_token_in(t, i, JOINS);
    return n >= 0 ? JOIN_CHARS[n] : 0;
}

/* Words that stand before a dictated address and are not of it. */
static bool is_lead_in(const struct sb_tokens *t, size_t i)
{
    static const char *const words[] = {"is",      "it's", "its", "email", "mail",
                                        "address", "to",   "me",  "at",    "and",
                                        "or",      "by",   "on",  NULL};

    return sb_token_in(t, i, words) >= 0;
}

/* Around the word "at" when something with a "dot" follows. */
static void dictated(TALLOC_CTX *mem, const struct sb_tokens *t, size_t at,
                     struct sb_readings *out)
{
    char *local = talloc_strdup(mem, ""), *domain = talloc_strdup(mem, "");
    size_t from = at, to = at + 1, i;
    char mark;
    bool dotted = false;

    while (to < t->count && domain_part(t, to) && t->items[to].kind != SB_TOKEN_PUNCT) {
        domain = talloc_strdup_append(domain, t->items[to++].text);
        mark = spoken_mark(t, to);
        if (!mark || to + 1 >= t->count || t->items[to + 1].kind == SB_TOKEN_PUNCT)
            break;
        if (t->items[to].kind == SB_TOKEN_PUNCT && t->items[to + 1].space)
            break;
        dotted = dotted || mark == '.';
        domain = talloc_asprintf_append(domain, "%c", mark);
        to++;
    }
    if (!dotted)
        return;
    while (from > 0 && local_part(t, from - 1) && !is_lead_in(t, from - 1)) {
        from--;
        if (t->items[from].kind == SB_TOKEN_PUNCT)
            continue;
        /* Only a mark joins two words of a dictated name. */
        if (from == 0 || !spoken_mark(t, from - 1))
            break;
        from--;
    }
    for (i = from; i < at; i++) {
        mark = spoken_mark(t, i);
        local = mark ? talloc_asprintf_append(local, "%c", mark)
                     : talloc_strdup_append(local, t->items[i].text);
    }
    add_address(mem, local, domain, from, to, 0.75, out);
}

void sb_read_email(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                   const struct sb_read_hint *hint, struct sb_readings *out)
{
    size_t i;

    (void)hint;
    for (i = 1; i + 1 < tokens->count; i++) {
        if (tokens->items[i].used)
            continue;
        if (sb_token_is(tokens, i, "@"))
            typed(mem, tokens, i, out);
        else if (sb_token_is(tokens, i, "at"))
            dictated(mem, tokens, i, out);
    }
}
