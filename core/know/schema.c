/* SPDX-License-Identifier: Apache-2.0
 *
 * schema.org items to facts. An item is a JSON object with "@type" and properties,
 * whether it was JSON-LD or microdata; items inside of items are looked at too. Sites
 * spell these things in many ways, so everything is optional and may be a text, an
 * object or a list of either.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/array.h"
#include "base/text.h"
#include "know/extract_impl.h"
#include "know/facts_text.h"
#include "know/schema.h"

enum { MAX_DEPTH = 24, MAX_TEXT = 2000 };

/* ---- reading properties ---- */

/* A property without its vocabulary: "schema:name" is "name". */
static const json_t *property(const json_t *item, const char *name)
{
    const json_t *value = json_object_get(item, name);
    char prefixed[64];

    if (value)
        return value;
    (void)snprintf(prefixed, sizeof(prefixed), "schema:%s", name);
    return json_object_get(item, prefixed);
}

static size_t values_of(const json_t *value)
{
    return !value ? 0 : json_is_array(value) ? json_array_size(value) : 1;
}

static const json_t *value_at(const json_t *value, size_t index)
{
    return json_is_array(value) ? json_array_get(value, index) : value;
}

/* The value as clean text, "" when it has none; objects give their name or @id. */
static char *text_of(TALLOC_CTX *mem, const json_t *value)
{
    const json_t *first = value_at(value, 0);

    if (json_is_string(first))
        return sb_plain_text(mem, json_string_value(first));
    if (json_is_integer(first))
        return talloc_asprintf(mem, "%lld", (long long)json_integer_value(first));
    if (json_is_real(first))
        return talloc_asprintf(mem, "%.10g", json_real_value(first));
    if (json_is_object(first)) {
        static const char *const keys[] = {"@value", "name", "text",
                                           "@id",    "url",  NULL};

        for (size_t i = 0; keys[i]; i++)
            if (json_is_string(property(first, keys[i])))
                return text_of(mem, property(first, keys[i]));
    }
    return talloc_strdup(mem, "");
}

static char *text_prop(TALLOC_CTX *mem, const json_t *item, const char *name)
{
    return text_of(mem, property(item, name));
}

/* The last part of "http://schema.org/Monday" or "schema:Monday". */
static const char *local_name(const char *text)
{
    const char *slash = strrchr(text, '/'), *colon = strrchr(text, ':');
    const char *hash = strrchr(text, '#');
    const char *last = slash && slash > colon ? slash : colon;

    last = hash && hash > last ? hash : last;
    return last ? last + 1 : text;
}

static bool has_type(const json_t *item, bool (*test)(const char *type))
{
    const json_t *type = json_object_get(item, "@type");

    for (size_t i = 0; i < values_of(type); i++) {
        const char *text = json_string_value(value_at(type, i));

        if (text && test(local_name(text)))
            return true;
    }
    return false;
}

static bool ends_with(const char *text, const char *end)
{
    size_t a = strlen(text), b = strlen(end);

    return a >= b && strcasecmp(text + a - b, end) == 0;
}

static bool is_business_type(const char *type)
{
    static const char *const types[] = {"Organization",
                                        "Corporation",
                                        "Plumber",
                                        "Electrician",
                                        "Locksmith",
                                        "Dentist",
                                        "Physician",
                                        "Attorney",
                                        "Notary",
                                        "Restaurant",
                                        "Hotel",
                                        "Airline",
                                        "Library",
                                        "Museum",
                                        "Brewery",
                                        "Bakery",
                                        "Winery",
                                        "RoofingContractor",
                                        "GeneralContractor",
                                        "HousePainter",
                                        "MovingCompany",
                                        "GolfCourse",
                                        "HealthClub",
                                        "StadiumOrArena",
                                        "Hospital",
                                        "NGO",
                                        "TouristAttraction",
                                        "Place",
                                        "LodgingBusiness",
                                        NULL};
    static const char *const ends[] = {
        "Business", "Store",  "Shop",     "Salon",   "Service",      "Agency", "Clinic",
        "Office",   "Center", "Repair",   "Dealer",  "Spa",          "School", "Club",
        "Gym",      "Course", "Location", "Station", "Organization", NULL};

    for (size_t i = 0; types[i]; i++)
        if (strcasecmp(types[i], type) == 0)
            return true;
    for (size_t i = 0; ends[i]; i++)
        if (ends_with(type, ends[i]))
            return strcasecmp(type, "Service") != 0 && strcasecmp(type, "Course") != 0;
    return false;
}

static bool is_question(const char *type)
{
    return strcasecmp(type, "Question") == 0;
}

static bool is_event(const char *type)
{
    return ends_with(type, "Event") || strcasecmp(type, "Festival") == 0;
}

static bool is_person(const char *type)
{
    return strcasecmp(type, "Person") == 0;
}

static bool is_offer(const char *type)
{
    return ends_with(type, "Offer");
}

/* ---- state ---- */

struct taking {
    TALLOC_CTX *mem, *tmp;
    enum sb_fact_origin origin;
    const char *url;
    struct sb_fact **facts;
    size_t *count, max;
    const char
        *business; /* name of the first business seen, whose facts have no subject */
};

static void add(struct taking *t, enum sb_fact_kind kind, const char *subject,
                const char *value, const char *text)
{
    if (strlen(text) > MAX_TEXT)
        return;
    sb_facts_add(t->mem, t->facts, t->count, t->max,
                 &(struct sb_fact){.kind = kind,
                                   .origin = t->origin,
                                   .subject = subject,
                                   .value = value,
                                   .text = text,
                                   .heading = "",
                                   .url = t->url});
}

/* ---- opening hours ---- */

static void add_hours(struct taking *t, const char *subject,
                      const struct sb_hours_read *hours)
{
    if (hours->days)
        add(t, SB_FACT_HOURS, subject, sb_hours_value(t->tmp, hours),
            sb_hours_words(t->tmp, hours));
}

/* openingHours: "Mo-Fr 08:00-17:00", several in one text or in a list. */
static void take_hours_texts(struct taking *t, const json_t *value, const char *subject)
{
    for (size_t i = 0; i < values_of(value); i++) {
        char *text = text_of(t->tmp, value_at(value, i));
        struct sb_hours_read hours;

        while (*text) {
            size_t used = sb_hours_read(text, &hours);

            if (used)
                add_hours(t, subject, &hours);
            text += used ? used : 1;
        }
    }
}

static unsigned days_of(struct taking *t, const json_t *value)
{
    unsigned days = 0;

    for (size_t i = 0; i < values_of(value); i++) {
        char *text = text_of(t->tmp, value_at(value, i));
        const char *name = local_name(text);
        struct sb_hours_read hours = {0};
        size_t used;
        int day = sb_hours_day(name, strlen(name), &used);

        if (day >= 0)
            days |= 1u << day;
        /* "Mo-Fr" where a list of days belongs. */
        if (strpbrk(name, "-,") &&
            sb_hours_read(talloc_asprintf(t->tmp, "%s closed", name), &hours))
            days |= hours.days;
    }
    return days;
}

static int time_of(struct taking *t, const json_t *item, const char *name)
{
    char *text = text_prop(t->tmp, item, name);
    size_t used;
    bool half;
    const char *zone = strchr(text, 'T');

    if (*text == 'T' || (zone && isdigit((unsigned char)zone[1])))
        text = strchr(text, 'T') + 1;
    return *text ? sb_hours_time(text, &used, &half) : -1;
}

static char *date_of(struct taking *t, const json_t *item, const char *name)
{
    char *text = text_prop(t->tmp, item, name);

    for (int i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : !isdigit((unsigned char)text[i]))
            return talloc_strdup(t->tmp, "");
    text[10] = '\0';
    return text;
}

/* "2026-12-25" as "December 25, 2026". */
static char *spoken_date(struct taking *t, const char *date)
{
    static const char *const months[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    long month = strtol(date + 5, NULL, 10), day = strtol(date + 8, NULL, 10);

    if (month < 1 || month > 12)
        return talloc_strdup(t->tmp, date);
    return talloc_asprintf(t->tmp, "%s %ld, %.4s", months[month - 1], day, date);
}

static void add_special(struct taking *t, const char *subject, const char *from,
                        const char *through, const struct sb_hours_read *hours)
{
    char *dates = *through && strcmp(from, through) != 0
                      ? talloc_asprintf(t->tmp, "%s/%s", from, through)
                      : talloc_strdup(t->tmp, from);
    char *value = sb_hours_value(t->tmp, hours);
    char *words = sb_hours_words(t->tmp, hours);
    char *spoken = strchr(dates, '/')
                       ? talloc_asprintf(t->tmp, "%s to %s", spoken_date(t, from),
                                         spoken_date(t, through))
                       : spoken_date(t, from);

    if (hours->days == 0x7f) {
        value = strchr(value, ' ') + 1;
        words = strstr(words, ": ") + 2;
    }
    add(t, SB_FACT_SPECIAL_HOURS, subject,
        talloc_asprintf(t->tmp, "%s %s", dates, value),
        talloc_asprintf(t->tmp, "%s: %s", spoken, words));
}

static void take_hours_item(struct taking *t, const json_t *item, const char *subject)
{
    int opens = time_of(t, item, "opens"), closes = time_of(t, item, "closes");
    char *from = date_of(t, item, "validFrom"),
         *through = date_of(t, item, "validThrough");
    struct sb_hours_read hours = {.days = days_of(t, property(item, "dayOfWeek"))};

    if (opens >= 0 && closes >= 0 && opens != closes) {
        hours.count = 1;
        hours.from[0] = opens;
        /* 00:00-23:59 is how the vocabulary says "all day". */
        hours.to[0] = closes == 1439 ? 1440 : closes > opens ? closes : closes + 1440;
    } else if ((opens >= 0) != (closes >= 0)) {
        return; /* half of a pair says nothing */
    }
    if (*from || *through) {
        hours.days = hours.days ? hours.days : 0x7f;
        add_special(t, subject, *from ? from : through, through, &hours);
        return;
    }
    add_hours(t, subject, &hours);
}

static void take_hours_items(struct taking *t, const json_t *value, const char *subject)
{
    for (size_t i = 0; i < values_of(value); i++) {
        const json_t *item = value_at(value, i);

        if (json_is_object(item))
            take_hours_item(t, item, subject);
        else
            take_hours_texts(t, item, subject);
    }
}

/* Spans of one day come as items of their own ("08:00-12:00", "13:00-17:00"): hours
 * with the same days are joined to one fact. */
static void join_spans(struct taking *t, size_t first)
{
    for (size_t i = first; i < *t->count; i++) {
        struct sb_fact *a = &(*t->facts)[i];
        size_t days = strcspn(a->value, " ");

        for (size_t j = i + 1; a->kind == SB_FACT_HOURS && j < *t->count; j++) {
            struct sb_fact *b = &(*t->facts)[j];
            struct sb_hours_read hours;

            if (b->kind != SB_FACT_HOURS || strcmp(a->subject, b->subject) != 0 ||
                strcspn(b->value, " ") != days ||
                strncmp(a->value, b->value, days) != 0 || strstr(a->value, "closed") ||
                strstr(b->value, "closed"))
                continue;
            a->value = talloc_asprintf(t->mem, "%s,%s", a->value, b->value + days + 1);
            if (sb_hours_read(a->value, &hours))
                a->text = sb_hours_words(t->mem, &hours);
            memmove(b, b + 1, (*t->count - j - 1) * sizeof(*b));
            (*t->count)--;
            j--;
        }
    }
}

/* ---- contacts ---- */

static void take_phones(struct taking *t, const json_t *value, const char *subject)
{
    for (size_t i = 0; i < values_of(value); i++) {
        char *text = text_of(t->tmp, value_at(value, i));
        char *normal = sb_phone_normal(t->tmp, text);

        if (normal)
            add(t, SB_FACT_PHONE, subject, normal, text);
    }
}

static void take_emails(struct taking *t, const json_t *value, const char *subject)
{
    for (size_t i = 0; i < values_of(value); i++) {
        struct sb_seen seen;

        if (sb_see_email(text_of(t->tmp, value_at(value, i)), &seen))
            add(t, SB_FACT_EMAIL, subject, seen.value, seen.value);
    }
}

static void take_address(struct taking *t, const json_t *value, const char *subject)
{
    static const char *const parts[] = {"streetAddress", "addressLocality",
                                        "addressRegion", "postalCode", NULL};
    const json_t *item = value_at(value, 0);
    char *text = talloc_strdup(t->tmp, "");

    if (!json_is_object(item)) {
        text = text_of(t->tmp, value);
        if (strlen(text) > 8)
            add(t, SB_FACT_ADDRESS, subject, "", text);
        return;
    }
    for (size_t i = 0; parts[i]; i++) {
        char *part = text_prop(t->tmp, item, parts[i]);

        /* "Springfield, IL 62701": no comma before the postcode. */
        if (*part)
            text = talloc_asprintf_append(text, "%s%s",
                                          !*text   ? ""
                                          : i == 3 ? " "
                                                   : ", ",
                                          part);
    }
    if (*text)
        add(t, SB_FACT_ADDRESS, subject, "", text);
}

static void take_geo(struct taking *t, const json_t *value, const char *subject)
{
    const json_t *item = value_at(value, 0);
    char *latitude = text_prop(t->tmp, item, "latitude");
    char *longitude = text_prop(t->tmp, item, "longitude");

    if (*latitude && *longitude && strlen(latitude) < 24 && strlen(longitude) < 24) {
        char *text = talloc_asprintf(t->tmp, "%s,%s", latitude, longitude);

        add(t, SB_FACT_GEO, subject, text, text);
    }
}

static void take_texts(struct taking *t, const json_t *value, enum sb_fact_kind kind,
                       const char *subject)
{
    for (size_t i = 0; i < values_of(value); i++) {
        char *text = text_of(t->tmp, value_at(value, i));

        add(t, kind, subject, "", text);
    }
}

static void take_links(struct taking *t, const json_t *value)
{
    for (size_t i = 0; i < values_of(value); i++) {
        char *text = text_of(t->tmp, value_at(value, i));
        char *host = strstr(text, "://");
        char *dot;

        if (!host)
            continue;
        host = talloc_strndup(t->tmp, host + 3, strcspn(host + 3, "/"));
        if (strncmp(host, "www.", 4) == 0)
            host += 4;
        dot = strchr(host, '.');
        if (dot)
            *dot = '\0';
        add(t, SB_FACT_LINK, host, text, text);
    }
}

static void take_contact_points(struct taking *t, const json_t *value,
                                const char *subject)
{
    for (size_t i = 0; i < values_of(value); i++) {
        const json_t *point = value_at(value, i);
        char *type = text_prop(t->tmp, point, "contactType");
        const char *whose = *type ? type : subject;

        take_phones(t, property(point, "telephone"), whose);
        take_emails(t, property(point, "email"), whose);
        take_hours_items(t, property(point, "hoursAvailable"), whose);
    }
}

static void take_business(struct taking *t, const json_t *item, const char *subject)
{
    size_t first = *t->count;

    add(t, SB_FACT_NAME, subject, "", text_prop(t->tmp, item, "name"));
    take_phones(t, property(item, "telephone"), subject);
    take_phones(t, property(item, "faxNumber"), "Fax");
    take_emails(t, property(item, "email"), subject);
    take_address(t, property(item, "address"), subject);
    take_hours_texts(t, property(item, "openingHours"), subject);
    take_hours_items(t, property(item, "openingHoursSpecification"), subject);
    take_hours_items(t, property(item, "specialOpeningHoursSpecification"), subject);
    join_spans(t, first);
    take_geo(t, property(item, "geo"), subject);
    take_texts(t, property(item, "areaServed"), SB_FACT_AREA, subject);
    take_texts(t, property(item, "serviceArea"), SB_FACT_AREA, subject);
    take_texts(t, property(item, "paymentAccepted"), SB_FACT_PAYMENT, subject);
    take_contact_points(t, property(item, "contactPoint"), subject);
    take_links(t, property(item, "sameAs"));
}

/* ---- prices ---- */

static const char *sign_of(const char *currency)
{
    return strcasecmp(currency, "USD") == 0   ? "$"
           : strcasecmp(currency, "GBP") == 0 ? "\xc2\xa3"
           : strcasecmp(currency, "EUR") == 0 ? "\xe2\x82\xac"
                                              : NULL;
}

/* "45" and "45.00" are "$45", "45.5" is "$45.50". */
static char *spoken_price(struct taking *t, double amount, const char *currency)
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
static double amount_of(struct taking *t, const json_t *item, const char *name)
{
    char *text = text_prop(t->tmp, item, name), *price;
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

static const char *currency_of(struct taking *t, const json_t *offer)
{
    char *currency = text_prop(t->tmp, offer, "priceCurrency");

    for (char *c = currency; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return strlen(currency) == 3 ? currency : "USD";
}

static void add_price(struct taking *t, const char *subject, double low, double high,
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
    add(t, SB_FACT_PRICE, subject, value,
        talloc_asprintf(t->tmp, "%s: %s", subject, text));
}

/* An offer, or a price specification inside one. `about` is what is offered where the
 * offer itself does not say. */
static void take_price(struct taking *t, const json_t *offer, const char *about,
                       const char *currency)
{
    char *unit = text_prop(t->tmp, offer, "unitText");
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

static void take_offer(struct taking *t, const json_t *offer, const char *about)
{
    char *name = text_prop(t->tmp, offer, "name");
    char *item = text_prop(t->tmp, property(offer, "itemOffered"), "name");
    const char *currency = currency_of(t, offer);
    const json_t *specification = property(offer, "priceSpecification");

    if (*item)
        about = item;
    if (*name)
        about = *about && !strcasestr(name, about) && !*item
                    ? talloc_asprintf(t->tmp, "%s, %s", about, name)
                    : name;
    take_price(t, offer, about, currency);
    for (size_t i = 0; i < values_of(specification); i++) {
        const json_t *one = value_at(specification, i);
        char *own = text_prop(t->tmp, one, "name");

        if (json_is_object(one))
            take_price(t, one, *own ? own : about,
                       *text_prop(t->tmp, one, "priceCurrency") ? currency_of(t, one)
                                                                : currency);
    }
}

/* ---- questions, events, people ---- */

static void take_question(struct taking *t, const json_t *item)
{
    char *question = text_prop(t->tmp, item, "name");
    const json_t *answer = property(item, "acceptedAnswer");
    char *text;

    if (!*question)
        question = text_prop(t->tmp, item, "text");
    if (!answer)
        answer = property(item, "suggestedAnswer");
    answer = value_at(answer, 0);
    text = json_is_object(answer) ? text_prop(t->tmp, answer, "text")
                                  : text_of(t->tmp, answer);
    if (*question && *text)
        add(t, SB_FACT_FAQ, question, "", text);
}

static void take_event(struct taking *t, const json_t *item)
{
    char *name = text_prop(t->tmp, item, "name");
    char *start = text_prop(t->tmp, item, "startDate");
    char *what = text_prop(t->tmp, item, "description");

    if (*name && *start)
        add(t, SB_FACT_EVENT, name, start,
            *what && strlen(what) < 600
                ? talloc_asprintf(t->tmp, "%s, %s: %s", name, start, what)
                : talloc_asprintf(t->tmp, "%s, %s", name, start));
}

static void take_person(struct taking *t, const json_t *item)
{
    char *name = text_prop(t->tmp, item, "name");
    char *role = text_prop(t->tmp, item, "jobTitle");

    if (*name && *role)
        add(t, SB_FACT_PERSON, name, role,
            talloc_asprintf(t->tmp, "%s, %s", name, role));
}

/* ---- the walk over items ---- */

static void take(struct taking *t, const json_t *value, const char *about, int depth);

/* Whose facts are these? The first business's have no subject; a department's or
 * another place's bear its name. */
static const char *business_subject(struct taking *t, const json_t *item)
{
    char *name = text_prop(t->tmp, item, "name");

    if (!t->business)
        t->business = name;
    return strcasecmp(t->business, name) == 0 || !*name ? "" : name;
}

static void take_members(struct taking *t, const json_t *item, const char *about,
                         int depth)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)item, key, value)
    {
        if (json_is_object(value) || json_is_array(value))
            take(t, value, strcasecmp(key, "review") == 0 ? "" : about, depth + 1);
    }
}

static bool is_review(const char *type)
{
    return ends_with(type, "Review") || ends_with(type, "Rating");
}

static void take_item(struct taking *t, const json_t *item, const char *about,
                      int depth)
{
    char *name = text_prop(t->tmp, item, "name");

    if (has_type(item, is_review))
        return;
    if (has_type(item, is_business_type))
        take_business(t, item, business_subject(t, item));
    if (has_type(item, is_question))
        take_question(t, item);
    if (has_type(item, is_event))
        take_event(t, item);
    if (has_type(item, is_person))
        take_person(t, item);
    if (has_type(item, is_offer))
        take_offer(t, item, about);
    take_members(t, item, *name && !has_type(item, is_business_type) ? name : about,
                 depth);
}

static void take(struct taking *t, const json_t *value, const char *about, int depth)
{
    if (depth > MAX_DEPTH)
        return;
    for (size_t i = 0; i < values_of(value); i++) {
        const json_t *one = value_at(value, i);

        if (json_is_object(one))
            take_item(t, one, about, depth);
        else if (json_is_array(one))
            take(t, one, about, depth + 1);
    }
}

void sb_facts_from_schema(TALLOC_CTX *mem, const json_t *item,
                          enum sb_fact_origin origin, const char *url,
                          struct sb_fact **facts, size_t *count, size_t max)
{
    struct taking t = {.mem = mem,
                       .tmp = talloc_new(mem),
                       .origin = origin,
                       .url = url,
                       .facts = facts,
                       .count = count,
                       .max = max};

    take(&t, item, "", 0);
    talloc_free(t.tmp);
}
