/* SPDX-License-Identifier: Apache-2.0
 *
 * Claims are read from tokens: "$45", "45 dollars", "45.50 USD"; "(555) 010-2233";
 * "7 am", "7:30", "noon", "7-9 pm". Numbers that are none of these are left alone.
 */
#include "talk/verbatim.h"

#include <string.h>
#include "base/array.h"
#include "base/text.h"
#include "talk/dates.h"
#include "talk/read.h"

#define MAX_CLAIMS 4096

void sb_claims_init(struct sb_claims *claims, TALLOC_CTX *mem)
{
    memset(claims, 0, sizeof(*claims));
    claims->mem = mem;
}

static bool has_claim(const struct sb_claims *claims, int kind, int64_t value)
{
    size_t i;

    for (i = 0; i < claims->count; i++)
        if (claims->items[i].kind == kind && claims->items[i].value == value)
            return true;
    return false;
}

static void add_guess(struct sb_claims *claims, int kind, int64_t value, bool guessed)
{
    if (claims->count == MAX_CLAIMS || has_claim(claims, kind, value))
        return;
    if (claims->count % 32 == 0)
        claims->items = talloc_realloc(claims->mem, claims->items, struct sb_claim,
                                       sb_array_count(claims->count + 32));
    claims->items[claims->count++] = (struct sb_claim){kind, value, guessed};
}

static void add_claim(struct sb_claims *claims, int kind, int64_t value)
{
    add_guess(claims, kind, value, false);
}

/* ---- prices ---- */

/* "1,250.50" at token `i` in cents; tokens taken, 0 when there is no number. */
static size_t amount_at(const struct sb_tokens *t, size_t i, int64_t *cents_r)
{
    size_t at = i + 1;
    int64_t whole;

    if (i >= t->count || t->items[i].kind != SB_TOKEN_NUMBER ||
        t->items[i].number < 0 || t->items[i].digits > 9)
        return 0;
    whole = t->items[i].number;
    while (at + 1 < t->count && sb_token_is(t, at, ",") && !t->items[at].space &&
           !t->items[at + 1].space && t->items[at + 1].kind == SB_TOKEN_NUMBER &&
           t->items[at + 1].digits == 3 && whole < 1000000000) {
        whole = whole * 1000 + t->items[at + 1].number;
        at += 2;
    }
    *cents_r = whole * 100;
    if (at + 1 < t->count && (sb_token_is(t, at, ".") || sb_token_is(t, at, ",")) &&
        !t->items[at].space && !t->items[at + 1].space &&
        t->items[at + 1].kind == SB_TOKEN_NUMBER && t->items[at + 1].digits == 2) {
        *cents_r += t->items[at + 1].number;
        at += 2;
    }
    if (at < t->count && !t->items[at].space && sb_token_is(t, at, "k")) {
        *cents_r *= 1000;
        at++;
    }
    return at - i;
}

static bool is_currency_sign(const struct sb_tokens *t, size_t i)
{
    static const char *const words[] = {"usd", "eur", "gbp", "cad", "aud", "chf", NULL};
    const char *s = i < t->count ? t->items[i].text : "";

    return sb_token_is(t, i, "$") || sb_token_in(t, i, words) >= 0 ||
           strcmp(s, "\xe2\x82\xac") == 0 || strcmp(s, "\xc2\xa3") == 0;
}

static bool is_currency_word(const struct sb_tokens *t, size_t i)
{
    static const char *const words[] = {"dollars", "dollar", "bucks",  "usd", "euros",
                                        "euro",    "eur",    "pounds", "gbp", "quid",
                                        "cad",     "aud",    "chf",    NULL};

    return sb_token_in(t, i, words) >= 0 ||
           (i < t->count && strcmp(t->items[i].text, "\xe2\x82\xac") == 0);
}

static void read_prices(const struct sb_tokens *t, struct sb_claims *claims)
{
    size_t i, n, more;
    int64_t cents, second;
    bool sign;
    int words;

    for (i = 0; i < t->count; i++) {
        sign = i > 0 && is_currency_sign(t, i - 1);
        n = amount_at(t, i, &cents);
        if (!n) {
            /* "forty-five dollars" */
            n = sb_token_count_word(t, i, &words);
            if (n && is_currency_word(t, i + n))
                add_claim(claims, SB_CLAIM_PRICE, (int64_t)words * 100);
            i += n ? n - 1 : 0;
            continue;
        }
        if (sign || is_currency_word(t, i + n))
            add_claim(claims, SB_CLAIM_PRICE, cents);
        /* "$45-60", "45 to 60 dollars" */
        more = (sb_token_is(t, i + n, "-") || sb_token_is(t, i + n, "to") ||
                sb_token_is(t, i + n, "or"))
                   ? amount_at(t, i + n + 1, &second)
                   : 0;
        if (more && is_currency_word(t, i + n + 1 + more))
            add_claim(claims, SB_CLAIM_PRICE, cents);
        else if (more && sign && !sb_token_is(t, i + n, "or"))
            add_claim(claims, SB_CLAIM_PRICE, second);
        i += n - 1;
    }
}

/* ---- phone numbers ---- */

static int64_t last_digits(const char *digits)
{
    size_t len = strlen(digits);
    int64_t value = 0;

    if (len > 10)
        digits += len - 10;
    for (; *digits; digits++)
        if (*digits >= '0' && *digits <= '9')
            value = value * 10 + (*digits - '0');
    return value;
}

/* In two passes: numbers of the North American shape, then any other. */
static void read_phones(TALLOC_CTX *mem, struct sb_tokens *t, struct sb_claims *claims)
{
    static const struct sb_read_hint hints[] = {{.earlier = "", .area = "000"},
                                                {.earlier = "", .country = "0"}};
    struct sb_readings found;
    const char *digits;
    size_t pass, i;

    for (pass = 0; pass < 2; pass++) {
        found.count = 0;
        sb_read_phone(mem, t, &hints[pass], &found);
        for (i = 0; i < found.count; i++) {
            digits = found.items[i].value + 1;
            /* A seven-digit number got a made-up area: only its own digits count. */
            if (strncmp(digits, "1000", 4) == 0)
                digits += 4;
            add_claim(claims, SB_CLAIM_PHONE, last_digits(digits));
            sb_tokens_use(t, found.items[i].from, found.items[i].to);
        }
    }
}

/* ---- times of day ---- */

static void read_times(const struct sb_tokens *t, struct sb_claims *claims)
{
    struct sb_time_hit hit;
    size_t i = 0, n;

    while (i < t->count) {
        n = sb_time_at(t, i, &hit);
        if (n && !hit.part && !hit.weak) {
            bool open_from = hit.to == 1440 && hit.from > 0;
            bool open_to = hit.from == 0 && hit.to > 0 && hit.to < 1440;

            if (!open_to)
                add_guess(claims, SB_CLAIM_TIME, hit.from % 1440, hit.guessed);
            if (!open_from && hit.to != hit.from)
                add_guess(claims, SB_CLAIM_TIME, hit.to % 1440, hit.guessed);
        }
        i += n ? n : 1;
    }
}

static void read_claims(TALLOC_CTX *mem, const char *text, struct sb_claims *claims)
{
    struct sb_tokens tokens;

    sb_tokens_read(mem, text, &tokens);
    read_phones(mem, &tokens, claims);
    read_prices(&tokens, claims);
    read_times(&tokens, claims);
}

/* Long passages are taken in slices that overlap by the length of any claim, since a
 * message's tokens are limited. */
void sb_claims_add(struct sb_claims *claims, const char *text)
{
    enum { SLICE = 1800, OVERLAP = 80 };
    TALLOC_CTX *scratch;
    size_t len = text ? strlen(text) : 0, at;

    if (!len)
        return;
    scratch = talloc_new(claims->mem);
    if (len <= SLICE) {
        read_claims(scratch, text, claims);
    } else {
        for (at = 0; at < len; at += SLICE - OVERLAP)
            read_claims(scratch, talloc_strndup(scratch, text + at, SLICE), claims);
    }
    talloc_free(scratch);
}

static bool about_opening(TALLOC_CTX *mem, const char *sentence)
{
    static const char *const words[] = {"open",    "opens",  "opening",
                                        "close",   "closes", "closed",
                                        "closing", "hours",  NULL};
    char *folded = sb_text_fold(mem, sentence);
    size_t i;

    for (i = 0; words[i]; i++)
        if (sb_text_has_phrase(folded, words[i]))
            return true;
    return false;
}

/* Where am or pm was not said, either half of the day will do. */
static bool is_known(const struct sb_claims *claims, const struct sb_claim *c)
{
    return has_claim(claims, c->kind, c->value) ||
           (c->guessed && has_claim(claims, c->kind, (c->value + 720) % 1440));
}

bool sb_verbatim_ok(TALLOC_CTX *mem, const char *sentence,
                    const struct sb_claims *facts, const struct sb_claims *agreed)
{
    TALLOC_CTX *scratch = talloc_new(mem);
    struct sb_claims said;
    bool ok = true, hours;
    size_t i;

    sb_claims_init(&said, scratch);
    sb_claims_add(&said, sentence);
    hours = said.count > 0 && about_opening(scratch, sentence);
    for (i = 0; i < said.count && ok; i++) {
        const struct sb_claim *c = &said.items[i];

        ok = is_known(facts, c) || (c->kind == SB_CLAIM_PHONE && is_known(agreed, c)) ||
             (c->kind == SB_CLAIM_TIME && !hours && is_known(agreed, c));
    }
    talloc_free(scratch);
    return ok;
}
