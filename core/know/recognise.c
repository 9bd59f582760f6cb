/* SPDX-License-Identifier: Apache-2.0
 *
 * Telephone numbers, prices, e-mail and postal addresses in running text. Each finder
 * gives the next one at or after a place; all are linear in what they look at.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "know/extract_impl.h"
#include "know/facts_text.h"

/* ---- telephone numbers ---- */

enum { MAX_DIGITS = 15 };

struct number {
    char digits[MAX_DIGITS + 1];
    int count;
    int groups, group[4]; /* digits between signs or blanks; the first four lengths */
    bool plus, grouped;
};

/* One blank, dot, dash (also the long ones) or slash between digits; bytes, or 0. */
static size_t separator(const char *text)
{
    size_t n = 0;

    if (strncmp(text, "\xe2\x80\x91", 3) == 0 ||
        strncmp(text, "\xe2\x80\x93", 3) == 0 || strncmp(text, "\xe2\x80\x90", 3) == 0)
        return 3;
    if (strncmp(text, "\xc2\xa0", 2) == 0)
        return 2;
    while (n < 3 && text[n] && strchr(" .-/()", text[n]))
        n++;
    return n;
}

static size_t read_number(const char *text, struct number *out)
{
    size_t at = 0;

    memset(out, 0, sizeof(*out));
    if (text[at] == '+') {
        out->plus = true;
        at++;
    }
    if (text[at] == '(')
        at++;
    if (!isdigit((unsigned char)text[at]))
        return 0;
    for (;;) {
        int start = out->count;
        size_t gap;

        while (isdigit((unsigned char)text[at])) {
            if (out->count == MAX_DIGITS)
                return 0;
            out->digits[out->count++] = text[at++];
        }
        if (out->groups < 4)
            out->group[out->groups] = out->count - start;
        out->groups++;
        gap = separator(text + at);
        if (!gap || !(isdigit((unsigned char)text[at + gap])))
            break;
        out->grouped = true;
        at += gap;
    }
    return at;
}

/* The North American plan: area code and exchange begin with 2-9. */
static bool is_nanp(const char *digits)
{
    return digits[0] >= '2' && digits[3] >= '2';
}

/* 203-555-0100, 1 203 555 0100, (203) 5550100; not 2026-11-21 10. */
static bool is_nanp_grouping(const struct number *n)
{
    int first = n->count == 11 && n->groups > 1 && n->group[0] == 1;

    if (n->groups - first == 3)
        return n->group[first] == 3 && n->group[first + 1] == 3;
    return n->groups - first == 2 && n->group[first] == 3;
}

static bool normal_number(const struct number *n, bool trusted, char *out, size_t size)
{
    if (n->plus && n->count >= 8) {
        (void)snprintf(out, size, "+%s", n->digits);
        return n->digits[0] != '0';
    }
    if (n->count == 10 && is_nanp(n->digits) && (is_nanp_grouping(n) || trusted)) {
        (void)snprintf(out, size, "+1%s", n->digits);
        return true;
    }
    if (n->count == 11 && n->digits[0] == '1' && is_nanp(n->digits + 1) &&
        (is_nanp_grouping(n) || trusted)) {
        (void)snprintf(out, size, "+%s", n->digits);
        return true;
    }
    if (n->digits[0] == '0' && n->count >= 9 && n->count <= 12 &&
        (n->grouped || trusted)) {
        (void)snprintf(out, size, "%s", n->digits);
        return true;
    }
    return false;
}

/* "10.12.2026 - 14.12.2026" and "1 234 567 890 12" are no telephone numbers. */
static bool ends_cleanly(const char *end)
{
    return !isalnum((unsigned char)*end) && *end != '%' && *end != '$' &&
           !(*end == '.' && isdigit((unsigned char)end[1])) &&
           !(*end == '-' && isdigit((unsigned char)end[1]));
}

static bool starts_cleanly(const char *text, const char *at)
{
    char before = at > text ? at[-1] : ' ';

    return !isalnum((unsigned char)before) && !strchr("$.,-#/_=", before);
}

bool sb_see_phone(const char *text, struct sb_seen *seen)
{
    for (const char *at = text; *at; at++) {
        struct number number;
        size_t used;

        if ((!isdigit((unsigned char)*at) && *at != '+' && *at != '(') ||
            !starts_cleanly(text, at))
            continue;
        used = read_number(at, &number);
        if (used && ends_cleanly(at + used) &&
            normal_number(&number, false, seen->value, sizeof(seen->value))) {
            seen->start = at;
            seen->end = at + used;
            return true;
        }
        if (used > 1)
            at += used - 1;
    }
    return false;
}

char *sb_phone_normal(TALLOC_CTX *mem, const char *text)
{
    struct number number;
    char value[32];

    while (*text && !isdigit((unsigned char)*text) && *text != '+' && *text != '(')
        text++;
    if (!read_number(text, &number) ||
        !normal_number(&number, true, value, sizeof(value)))
        return NULL;
    return talloc_strdup(mem, value);
}

/* ---- prices ---- */

struct money {
    const char *code;
    size_t len; /* of the sign */
};

/* A currency's sign before the number. */
static struct money sign_before(const char *text)
{
    static const struct {
        const char *sign, *code;
    } signs[] = {
        {"US$", "USD"},          {"CA$", "CAD"}, {"C$", "CAD"},  {"A$", "AUD"},
        {"AU$", "AUD"},          {"NZ$", "NZD"}, {"$", "USD"},   {"\xc2\xa3", "GBP"},
        {"\xe2\x82\xac", "EUR"}, {"USD", "USD"}, {"EUR", "EUR"}, {"GBP", "GBP"},
        {"CAD", "CAD"},          {"AUD", "AUD"}, {"CHF", "CHF"},
    };

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (strncmp(text, signs[i].sign, strlen(signs[i].sign)) == 0)
            return (struct money){signs[i].code, strlen(signs[i].sign)};
    return (struct money){NULL, 0};
}

static struct money sign_after(const char *text)
{
    static const struct {
        const char *word, *code;
    } words[] = {
        {"dollars", "USD"},      {"bucks", "USD"},  {"usd", "USD"},
        {"euros", "EUR"},        {"euro", "EUR"},   {"eur", "EUR"},
        {"\xe2\x82\xac", "EUR"}, {"pounds", "GBP"},
    };
    size_t blanks = strspn(text, " ");

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t len = strlen(words[i].word);

        if (strncasecmp(text + blanks, words[i].word, len) == 0 &&
            !isalpha((unsigned char)text[blanks + len]))
            return (struct money){words[i].code, blanks + len};
    }
    return (struct money){NULL, 0};
}

/* "1,250.00", "45", "19,90"; bytes, or 0. */
static size_t read_amount(const char *text, double *amount)
{
    char digits[24];
    size_t at = 0, n = 0;

    while (n + 4 < sizeof(digits)) {
        if (isdigit((unsigned char)text[at])) {
            digits[n++] = text[at++];
        } else if (text[at] == ',' && n && isdigit((unsigned char)text[at + 1]) &&
                   isdigit((unsigned char)text[at + 2]) &&
                   isdigit((unsigned char)text[at + 3]) &&
                   !isdigit((unsigned char)text[at + 4])) {
            at++; /* thousands */
        } else if ((text[at] == '.' || text[at] == ',') && n &&
                   isdigit((unsigned char)text[at + 1]) &&
                   isdigit((unsigned char)text[at + 2]) &&
                   !isdigit((unsigned char)text[at + 3])) {
            digits[n++] = '.';
            digits[n++] = text[at + 1];
            digits[n++] = text[at + 2];
            at += 3;
            break;
        } else {
            break;
        }
    }
    digits[n] = '\0';
    *amount = n ? strtod(digits, NULL) : 0;
    return n ? at : 0;
}

static size_t range_between(const char *text)
{
    size_t at = strspn(text, " "), sign = 0;

    if (text[at] == '-')
        sign = 1;
    else if (strncmp(text + at, "\xe2\x80\x93", 3) == 0 ||
             strncmp(text + at, "\xe2\x80\x94", 3) == 0)
        sign = 3;
    else if (strncasecmp(text + at, "to ", 3) == 0)
        sign = 2;
    if (!sign)
        return 0;
    at += sign;
    return at + strspn(text + at, " ");
}

/* "-$65", "to 65": the upper end of a range; bytes, or 0. */
static size_t read_upper(const char *text, double lower, double *upper)
{
    size_t between = range_between(text), used;
    struct money sign;

    if (!between)
        return 0;
    sign = sign_before(text + between);
    used = read_amount(text + between + sign.len, upper);
    if (!used || *upper <= lower || (!sign.len && text[between + used] == ':'))
        return 0;
    return between + sign.len + used;
}

/* One price at the start of `text`; bytes, or 0. */
static size_t read_price(const char *text, char *value, size_t size)
{
    struct money sign = sign_before(text), after;
    double lower, upper = 0;
    size_t blanks = sign.len ? strspn(text + sign.len, " ") : 0, at, used;

    if (blanks > 1)
        return 0;
    at = sign.len + blanks;
    used = read_amount(text + at, &lower);
    if (!used)
        return 0;
    at += used;
    used = read_upper(text + at, lower, &upper);
    at += used;
    after = sign_after(text + at);
    if (!sign.code && !after.code)
        return 0;
    if (!sign.code)
        at += after.len;
    if (used)
        (void)snprintf(value, size, "%s %.2f-%.2f", sign.code ? sign.code : after.code,
                       lower, upper);
    else
        (void)snprintf(value, size, "%s %.2f", sign.code ? sign.code : after.code,
                       lower);
    return at;
}

bool sb_see_price(const char *text, struct sb_seen *seen)
{
    for (const char *at = text; *at; at++) {
        size_t used;

        if (at > text && (isalnum((unsigned char)at[-1]) || at[-1] == '.') &&
            *at != '$' && !(*at & 0x80))
            continue;
        if (!isdigit((unsigned char)*at) && !sign_before(at).len)
            continue;
        used = read_price(at, seen->value, sizeof(seen->value));
        if (!used)
            continue;
        seen->start = at;
        seen->end = at + used;
        return true;
    }
    return false;
}

/* ---- e-mail ---- */

static bool is_mail_char(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("._%+-", c));
}

bool sb_see_email(const char *text, struct sb_seen *seen)
{
    for (const char *at = text; (at = strchr(at, '@')); at++) {
        const char *start = at, *end = at + 1, *dot = NULL;

        while (start > text && is_mail_char(start[-1]) && at - start < 64)
            start--;
        while ((isalnum((unsigned char)*end) || *end == '-' || *end == '.') &&
               end - at < 100) {
            if (*end == '.' && isalpha((unsigned char)end[1]))
                dot = end;
            end++;
        }
        while (end > at && end[-1] == '.')
            end--;
        if (start == at || !dot || dot == at + 1 || end - dot < 3 ||
            (size_t)(end - start) >= sizeof(seen->value))
            continue;
        for (size_t i = 0; start + i < end; i++)
            seen->value[i] = (char)tolower((unsigned char)start[i]);
        seen->value[end - start] = '\0';
        seen->start = start;
        seen->end = end;
        return true;
    }
    return false;
}

/* ---- postal addresses (United States) ---- */

static bool is_state(const char *text)
{
    static const char states[] =
        "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT "
        "NE "
        "NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR";

    for (const char *s = states; *s; s += s[2] ? 3 : 2)
        if (s[0] == text[0] && s[1] == text[1])
            return true;
    return false;
}

static bool is_zip(const char *text)
{
    for (int i = 0; i < 5; i++)
        if (!isdigit((unsigned char)text[i]))
            return false;
    return !isdigit((unsigned char)text[5]);
}

/* The street's number before `state`: not across a sentence's end or 90 bytes. */
static const char *street_start(const char *text, const char *state)
{
    const char *found = NULL;

    for (const char *at = state; at > text && state - at < 90; at--) {
        bool is_start =
            at - 1 == text || isspace((unsigned char)at[-2]) || strchr(":,(|", at[-2]);

        if (at[-1] == '\n' || at[-1] == '|')
            break;
        if (at[-1] == '.' && isspace((unsigned char)at[0]) && at - text > 4 &&
            islower((unsigned char)at[-2]) && islower((unsigned char)at[-5]))
            break; /* a full stop, not "St." */
        if (isdigit((unsigned char)at[-1]) && is_start)
            found = at - 1;
    }
    return found;
}

bool sb_see_address(const char *text, struct sb_seen *seen)
{
    for (const char *at = text; *at; at++) {
        const char *start;

        if (!isupper((unsigned char)at[0]) || !isupper((unsigned char)at[1]) ||
            at[2] != ' ' || at == text || isalnum((unsigned char)at[-1]) ||
            !is_state(at) || !is_zip(at + 3))
            continue;
        start = street_start(text, at);
        if (!start || at - start < 8)
            continue;
        seen->start = start;
        seen->end = at + 8;
        if (seen->end[0] == '-' && isdigit((unsigned char)seen->end[1]))
            seen->end += 1 + strspn(seen->end + 1, "0123456789");
        seen->value[0] = '\0';
        return true;
    }
    return false;
}
