/* SPDX-License-Identifier: Apache-2.0
 *
 * Phone numbers, typed in any of the usual shapes or dictated digit by digit, to E.164.
 * The North American plan is checked closely; elsewhere only the length is.
 */
#include "talk/read.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const DIGIT_WORDS[] = {"zero",  "one",  "two", "three",
                                          "four",  "five", "six", "seven",
                                          "eight", "nine", NULL};

struct run {
    char digits[24];
    size_t len;
    bool plus, dictated;
    size_t pieces;
    size_t piece_len[12];
};

static bool add_digits(struct run *run, const char *digits, size_t len)
{
    if (run->len + len >= sizeof(run->digits) || run->pieces == 12)
        return false;
    memcpy(run->digits + run->len, digits, len);
    run->len += len;
    run->digits[run->len] = '\0';
    run->piece_len[run->pieces++] = len;
    return true;
}

/* "five", "oh", "double five": how many tokens, digits into the run. */
static size_t add_spoken(struct run *run, const struct sb_tokens *t, size_t i)
{
    int times = sb_token_is(t, i, "double") ? 2 : sb_token_is(t, i, "triple") ? 3 : 1;
    size_t at = i + (times > 1 ? 1 : 0), n;
    int digit = sb_token_in(t, at, DIGIT_WORDS);
    char text[4] = "";

    if (digit < 0 && (sb_token_is(t, at, "oh") || sb_token_is(t, at, "o")) &&
        (run->len || times > 1))
        digit = 0;
    if (digit < 0 && times > 1 && at < t->count && t->items[at].digits == 1)
        digit = (int)t->items[at].number;
    if (digit < 0)
        return 0;
    for (n = 0; n < (size_t)times; n++)
        text[n] = (char)('0' + digit);
    if (!add_digits(run, text, (size_t)times))
        return 0;
    run->dictated = true;
    return at + 1 - i;
}

static bool is_joint(const struct sb_tokens *t, size_t i)
{
    static const char *const joints[] = {"-", ".", "(", ")", "/", NULL};

    return sb_token_in(t, i, joints) >= 0;
}

/* Collects digits and the marks between them from token `i`; returns the end. */
static size_t collect(const struct sb_tokens *t, size_t i, struct run *run)
{
    size_t end = i, n, joints = 0;

    memset(run, 0, sizeof(*run));
    if (sb_token_is(t, i, "+")) {
        run->plus = true;
        i++;
    }
    while (i < t->count && !t->items[i].used) {
        if (t->items[i].kind == SB_TOKEN_NUMBER && t->items[i].digits <= 15) {
            if (!add_digits(run, t->items[i].text, t->items[i].digits))
                break;
            end = ++i;
            joints = 0;
        } else if ((n = add_spoken(run, t, i))) {
            end = i += n;
            joints = 0;
        } else if (is_joint(t, i) && joints < 2 &&
                   (run->len || sb_token_is(t, i, "("))) {
            i++;
            joints++;
        } else {
            break;
        }
    }
    return end;
}

static bool nanp_area(const char *d)
{
    return d[0] >= '2' && d[0] <= '9' && !(d[1] == '1' && d[2] == '1');
}

char *sb_phone_normalise(TALLOC_CTX *mem, const char *digits, bool plus,
                         const struct sb_read_hint *hint, bool *sure_r)
{
    size_t len = strlen(digits);
    bool sure = true;
    char *out = NULL;

    if (!plus && len > 4 && strncmp(digits, "00", 2) == 0 && digits[2] != '0') {
        digits += 2;
        len -= 2;
        plus = true;
    }
    if (!plus && len > 5 && strncmp(digits, "011", 3) == 0 &&
        strcmp(hint->country, "1") == 0) {
        digits += 3;
        len -= 3;
        plus = true;
    }
    if (plus) {
        sure = digits[0] != '1' || (len == 11 && nanp_area(digits + 1));
        if (len >= 8 && len <= 15 && digits[0] != '0')
            out = talloc_asprintf(mem, "+%s", digits);
    } else if (strcmp(hint->country, "1") == 0 || !*hint->country) {
        if (len == 11 && digits[0] == '1') {
            digits++;
            len--;
        }
        sure = len == 10 && digits[3] >= '2' && *hint->country;
        if (len == 10 && nanp_area(digits))
            out = talloc_asprintf(mem, "+1%s", digits);
        else if (len == 7 && digits[0] >= '2' && *hint->area)
            out = talloc_asprintf(mem, "+1%s%s", hint->area, digits);
    } else if (digits[0] == '0' && len >= 8 && len <= 12) {
        out = talloc_asprintf(mem, "+%s%s", hint->country, digits + 1);
    } else if (len >= 8 && len <= 11) {
        sure = false;
        out = talloc_asprintf(mem, "+%s%s", hint->country, digits);
    }
    if (sure_r)
        *sure_r = out && sure;
    return out ? out : talloc_strdup(mem, "");
}

char *sb_phone_spoken(TALLOC_CTX *mem, const char *e164)
{
    const char *d = e164 + (*e164 == '+');
    size_t len = strlen(d), at = 0, step;
    char *out;

    if (len == 11 && d[0] == '1')
        return talloc_asprintf(mem, "%.3s-%.3s-%.4s", d + 1, d + 4, d + 7);
    out = talloc_strdup(mem, *e164 == '+' ? "+" : "");
    while (at < len) {
        step = len - at <= 4 ? len - at : at == 0 ? 2 : 3;
        out = talloc_asprintf_append(out, "%s%.*s", at ? " " : "", (int)step, d + at);
        at += step;
    }
    return out;
}

/* Would this shape be something else: a date, a year, a price, a ZIP+4, a card? */
static bool looks_otherwise(const struct sb_tokens *t, size_t i, const struct run *run,
                            bool expected)
{
    if (run->plus || run->dictated)
        return false;
    if (i > 0 && (sb_token_is(t, i - 1, "$") || sb_token_is(t, i - 1, "#")))
        return true;
    if (run->pieces == 3 && run->piece_len[0] == 4 && run->piece_len[1] == 2)
        return true; /* 2026-11-24 */
    if (run->pieces == 3 && run->piece_len[0] <= 2 && run->piece_len[1] <= 2)
        return true; /* 24.11.2026 */
    if (run->pieces == 2 && run->piece_len[0] == 5 && run->piece_len[1] == 4)
        return true;
    return run->len < 10 && run->pieces == 1 && !expected;
}

static void add_number(TALLOC_CTX *mem, const struct sb_tokens *t, size_t i, size_t end,
                       const struct run *run, const struct sb_read_hint *hint,
                       struct sb_readings *out)
{
    bool sure;
    char *value = sb_phone_normalise(mem, run->digits, run->plus, hint, &sure);
    double confidence = sure ? 0.95 : 0.75;

    if (!*value)
        return;
    if (run->len == 7)
        confidence = 0.65; /* the area code is our guess */
    else if (!run->plus && !*hint->country)
        confidence = 0.6;
    if (hint->expected && confidence < 0.9)
        confidence += 0.1;
    if (i > 0 && sb_token_is(t, i - 1, "("))
        i--;
    sb_readings_add(out, value, sb_phone_spoken(mem, value), i, end, confidence, "");
}

void sb_read_phone(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                   const struct sb_read_hint *hint, struct sb_readings *out)
{
    struct run run;
    size_t i, end;

    for (i = 0; i < tokens->count; i++) {
        if (tokens->items[i].used)
            continue;
        if (tokens->items[i].kind == SB_TOKEN_PUNCT && !sb_token_is(tokens, i, "+") &&
            !sb_token_is(tokens, i, "("))
            continue;
        end = collect(tokens, i, &run);
        if (end <= i)
            continue;
        if (run.len >= 7 && run.len <= 15 + 2 * (size_t)run.plus &&
            !looks_otherwise(tokens, i, &run, hint->expected))
            add_number(mem, tokens, i, end, &run, hint, out);
        i = end - 1;
    }
}

void sb_phone_home(const char *printed, const char *timezone, char country[4],
                   char area[8])
{
    char digits[24] = "";
    size_t n = 0;
    bool plus = false, america;
    const char *p;

    country[0] = area[0] = '\0';
    for (p = printed; *p && n < sizeof(digits) - 1; p++) {
        if (*p == '+' && n == 0)
            plus = true;
        else if (isdigit((unsigned char)*p))
            digits[n++] = *p;
        else if (isalpha((unsigned char)*p))
            break;
    }
    digits[n] = '\0';
    america = strncmp(timezone, "America/", 8) == 0 ||
              strncmp(timezone, "US/", 3) == 0 ||
              strcmp(timezone, "Pacific/Honolulu") == 0;
    if (n == 11 && digits[0] == '1' && (plus || america)) {
        snprintf(country, 4, "1");
        snprintf(area, 8, "%.3s", digits + 1);
    } else if (n == 10 && america) {
        snprintf(country, 4, "1");
        snprintf(area, 8, "%.3s", digits);
    } else if (plus && n >= 9) {
        /* Of the two-digit codes only; three-digit ones need the '+' from callers. */
        static const char *const two[] = {
            "20", "27", "30", "31", "32", "33", "34", "36", "39", "40",
            "41", "43", "44", "45", "46", "47", "48", "49", "51", "52",
            "54", "55", "60", "61", "62", "63", "64", "65", "66", "81",
            "82", "86", "90", "91", "92", "7",  NULL};
        size_t i;

        for (i = 0; two[i]; i++)
            if (strncmp(digits, two[i], strlen(two[i])) == 0) {
                snprintf(country, 4, "%s", two[i]);
                break;
            }
    } else if (america) {
        snprintf(country, 4, "1");
    } else if (strcmp(timezone, "Europe/London") == 0) {
        snprintf(country, 4, "44");
    }
}
