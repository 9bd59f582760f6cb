/* SPDX-License-Identifier: Apache-2.0
 *
 * Prices of one thing on two pages. Nobody calls a thing the same twice ("weekday 18
 * holes", "Adult, Weekday (Mon-Thu) 18 holes"), so subjects are compared by their
 * words: one has to hold all words of the other, and not many more.
 */
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "know/know_impl.h"

#define MAX_PRICES 800 /* comparing them is quadratic */
#define MAX_STEMS 10

struct price {
    const struct sb_kn_fact *fact;
    uint32_t stems[MAX_STEMS];
    size_t count;
    int specific, year;
};

static bool has_stem(const struct price *p, uint32_t stem)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->stems[i] == stem)
            return true;
    return false;
}

/* The words that name the thing; years, prices and small words left out. */
static void read_subject(struct sb_words *words, const struct sb_kn_fact *fact,
                         struct price *p)
{
    struct sb_reader reader;
    struct sb_word word;

    sb_reader_init(&reader, words, fact->subject, strlen(fact->subject));
    while (p->count < MAX_STEMS && sb_reader_next(&reader, &word)) {
        bool year = (word.flags & SB_WORD_NUMBER) && strlen(word.text) == 4;
        bool vague = strcmp(word.stem, "price") == 0 ||
                     strcmp(word.stem, "cost") == 0 || strcmp(word.stem, "fee") == 0;

        if (!year && !vague && !(word.flags & (SB_WORD_STOP | SB_WORD_COMMON)) &&
            !has_stem(p, word.hash))
            p->stems[p->count++] = word.hash;
    }
}

/* Two words at least, all of the shorter name in the longer, and half of that. */
static bool same_thing(const struct price *a, const struct price *b)
{
    const struct price *few = a->count < b->count ? a : b;
    const struct price *many = few == a ? b : a;

    if (few->count < 2 || few->count * 2 < many->count)
        return false;
    for (size_t i = 0; i < few->count; i++)
        if (!has_stem(many, few->stems[i]))
            return false;
    return true;
}

/* Above 0: `a` is to be believed. */
static int compare(const struct price *a, const struct price *b, const char **why)
{
    int newer = strncmp(a->fact->dated, b->fact->dated, 10);

    if (a->year && b->year && a->year != b->year) {
        *why = "it is for a later year";
        return a->year - b->year;
    }
    if (a->specific != b->specific) {
        *why = "its page is more about it";
        return a->specific - b->specific;
    }
    *why = *a->fact->dated && *b->fact->dated && newer ? "its page is newer"
                                                       : "it was found first";
    return *a->fact->dated && *b->fact->dated && newer ? newer : 1;
}

static size_t read_prices(struct sb_words *words, struct sb_kn_fact *facts,
                          size_t count, struct price *prices)
{
    size_t found = 0;

    for (size_t i = 0; i < count && found < MAX_PRICES; i++) {
        struct price *p = &prices[found];

        if (strcmp(facts[i].kind, "price") != 0)
            continue;
        memset(p, 0, sizeof(*p));
        p->fact = &facts[i];
        read_subject(words, &facts[i], p);
        if (p->count < 2)
            continue;
        p->specific = sb_know_specificity("price", facts[i].url, facts[i].title,
                                          facts[i].heading);
        p->year = sb_know_year_named(facts[i].url, facts[i].title, facts[i].heading);
        found++;
    }
    return found;
}

/* The one other page's price of this thing that fits best; NULL when that page lists
 * several, for then it tells apart what the first does not. */
static const struct price *rival(const struct price *prices, size_t count,
                                 const struct price *one, int64_t page)
{
    const struct price *best = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct price *p = &prices[i];

        if (p->fact->page_id != page || !same_thing(one, p))
            continue;
        if (strcmp(p->fact->value, one->fact->value) == 0)
            return NULL; /* it says the same */
        if (best)
            return NULL;
        best = p;
    }
    return best;
}

size_t sb_know_price_quarrels(struct sb_words *words, TALLOC_CTX *mem,
                              struct sb_kn_fact *facts, size_t count,
                              struct sb_kn_contradiction *out, size_t max)
{
    struct price *prices = sb_array(mem, struct price, MAX_PRICES);
    size_t found = read_prices(words, facts, count, prices), made = 0;

    for (size_t i = 0; i < found; i++)
        for (size_t j = i + 1; j < found && made < max; j++) {
            const struct price *a = &prices[i], *b = &prices[j], *better = a;
            const char *why;

            if (a->fact->page_id == b->fact->page_id || !same_thing(a, b) ||
                strcmp(a->fact->value, b->fact->value) == 0 ||
                strcasecmp(a->fact->subject, b->fact->subject) == 0 ||
                rival(prices, found, a, b->fact->page_id) != b ||
                rival(prices, found, b, a->fact->page_id) != a)
                continue;
            if (compare(a, b, &why) < 0)
                better = b;
            out[made++] = (struct sb_kn_contradiction){
                .kind = "price",
                .subject = better->fact->subject,
                .page_id = better->fact->page_id,
                .said = better->fact->text,
                .value = better->fact->value,
                .other_page = (better == a ? b : a)->fact->page_id,
                .other_said = (better == a ? b : a)->fact->text,
                .other_value = (better == a ? b : a)->fact->value,
                .why = why};
        }
    return made;
}
