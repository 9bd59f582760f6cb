/* SPDX-License-Identifier: Apache-2.0
 *
 * Offers and price specifications to prices with a subject.
 */
#define _GNU_SOURCE /* strcasestr */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "know/extract_impl.h"
#include "know/facts_text.h"
#include "know/schema.h"

static const char *sign_of(const char *currency)
{
    return strcasecmp(currency, "USD") == 0   ? "$"
           : strcasecmp(currency, "GBP") == 0 ? "\xc2\xa3"
           : strcasecmp(currency, "EUR") == 0 ? "\xe2\x82\xac"
                                              : NULL;
}

/* "45" and "45.00" are "$45", "45.5" is "$45.50". */
static char *spoken_price(struct sb_schema *t, double amount, const char *currency)
{
    const char *sign = sign_of(currency);
    bool whole = fabs(amount - floor(amount)) < 0.005;

    if (whole)
        return sign ? talloc_asprintf(t->tmp, "%s%.0f", sign, amount)
                    : talloc_asprintf(t->tmp, "%.0f %s", amount, currency);
    return sign ? talloc_asprintf(t->tmp, "%s%.2f", sign, amount)
                : talloc_asprintf(t->tmp, "%.2f %s", amount, currency);
}

/* A number however it is written; -1: none. */
static double amount_of(struct sb_schema *t, const json_t *item, const char *name)
{
    char *text = sb_schema_text_at(t->tmp, item, name), *price;
    struct sb_seen seen;
    double amount;

    while (*text && !isdigit((unsigned char)*text))
        text++;
    if (*text && text[strspn(text, "0123456789.")] == '\0')
        return strtod(text, NULL);
    price = talloc_asprintf(t->tmp, "$%s", text);
    if (!*text || !sb_see_price(price, &seen) ||
        sscanf(seen.value, "USD %lf", &amount) != 1)
        return -1;
    return amount;
}

static const char *currency_of(struct sb_schema *t, const json_t *offer)
{
    char *currency = sb_schema_text_at(t->tmp, offer, "priceCurrency");

    for (char *c = currency; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return strlen(currency) == 3 ? currency : "USD";
}

static void add_price(struct sb_schema *t, const char *subject, double low, double high,
                      const char *currency, const char *unit)
{
    char *value = high > low
                      ? talloc_asprintf(t->tmp, "%s %.2f-%.2f", currency, low, high)
                      : talloc_asprintf(t->tmp, "%s %.2f", currency, low);
    char *text =
        high > low ? talloc_asprintf(t->tmp, "%s to %s", spoken_price(t, low, currency),
                                     spoken_price(t, high, currency))
                   : spoken_price(t, low, currency);

    if (*unit && strlen(unit) < 40)
        text = talloc_asprintf(t->tmp, "%s per %s", text, unit);
    sb_schema_add(t, SB_FACT_PRICE, subject, value,
                  talloc_asprintf(t->tmp, "%s: %s", subject, text));
}

/* An offer, or a price specification inside one. `about` is what is offered where the
 * offer itself does not say. */
static void take_price(struct sb_schema *t, const json_t *offer, const char *about,
                       const char *currency)
{
    char *unit = sb_schema_text_at(t->tmp, offer, "unitText");
    double low = amount_of(t, offer, "price"), high;

    if (low < 0)
        low = amount_of(t, offer, "lowPrice");
    if (low < 0)
        low = amount_of(t, offer, "minPrice");
    high = amount_of(t, offer, "highPrice");
    if (high < 0)
        high = amount_of(t, offer, "maxPrice");
    if (low >= 0 && *about)
        add_price(t, about, low, high, currency, unit);
}

void sb_schema_offer(struct sb_schema *t, const json_t *offer, const char *about)
{
    char *name = sb_schema_text_at(t->tmp, offer, "name");
    char *item =
        sb_schema_text_at(t->tmp, sb_schema_property(offer, "itemOffered"), "name");
    const char *currency = currency_of(t, offer);
    const json_t *specification = sb_schema_property(offer, "priceSpecification");

    if (*item)
        about = item;
    if (*name)
        about = *about && !strcasestr(name, about) && !*item
                    ? talloc_asprintf(t->tmp, "%s, %s", about, name)
                    : name;
    take_price(t, offer, about, currency);
    for (size_t i = 0; i < sb_schema_count(specification); i++) {
        const json_t *one = sb_schema_at(specification, i);
        char *own = sb_schema_text_at(t->tmp, one, "name");

        if (json_is_object(one))
            take_price(t, one, *own ? own : about,
                       *sb_schema_text_at(t->tmp, one, "priceCurrency")
                           ? currency_of(t, one)
                           : currency);
    }
}
