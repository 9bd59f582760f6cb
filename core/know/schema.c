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
const json_t *sb_schema_property(const json_t *item, const char *name)
{
    const json_t *value = json_object_get(item, name);
    char prefixed[64];

    if (value)
        return value;
    (void)snprintf(prefixed, sizeof(prefixed), "schema:%s", name);
    return json_object_get(item, prefixed);
}

size_t sb_schema_count(const json_t *value)
{
    return !value ? 0 : json_is_array(value) ? json_array_size(value) : 1;
}

const json_t *sb_schema_at(const json_t *value, size_t index)
{
    return json_is_array(value) ? json_array_get(value, index) : value;
}

/* The value as clean text, "" when it has none; objects give their name or @id. */
char *sb_schema_text(TALLOC_CTX *mem, const json_t *value)
{
    const json_t *first = sb_schema_at(value, 0);

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
            if (json_is_string(sb_schema_property(first, keys[i])))
                return sb_schema_text(mem, sb_schema_property(first, keys[i]));
    }
    return talloc_strdup(mem, "");
}

char *sb_schema_text_at(TALLOC_CTX *mem, const json_t *item, const char *name)
{
    return sb_schema_text(mem, sb_schema_property(item, name));
}

/* The last part of "http://schema.org/Monday" or "schema:Monday". */
const char *sb_schema_local_name(const char *text)
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

    for (size_t i = 0; i < sb_schema_count(type); i++) {
        const char *text = json_string_value(sb_schema_at(type, i));

        if (text && test(sb_schema_local_name(text)))
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

void sb_schema_add(struct sb_schema *t, enum sb_fact_kind kind, const char *subject,
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

/* ---- contacts ---- */

static void take_phones(struct sb_schema *t, const json_t *value, const char *subject)
{
    for (size_t i = 0; i < sb_schema_count(value); i++) {
        char *text = sb_schema_text(t->tmp, sb_schema_at(value, i));
        char *normal = sb_phone_normal(t->tmp, text);

        if (normal)
            sb_schema_add(t, SB_FACT_PHONE, subject, normal, text);
    }
}

static void take_emails(struct sb_schema *t, const json_t *value, const char *subject)
{
    for (size_t i = 0; i < sb_schema_count(value); i++) {
        struct sb_seen seen;

        if (sb_see_email(sb_schema_text(t->tmp, sb_schema_at(value, i)), &seen))
            sb_schema_add(t, SB_FACT_EMAIL, subject, seen.value, seen.value);
    }
}

static void take_address(struct sb_schema *t, const json_t *value, const char *subject)
{
    static const char *const parts[] = {"streetAddress", "addressLocality",
                                        "addressRegion", "postalCode", NULL};
    const json_t *item = sb_schema_at(value, 0);
    char *text = talloc_strdup(t->tmp, "");

    if (!json_is_object(item)) {
        text = sb_schema_text(t->tmp, value);
        if (strlen(text) > 8)
            sb_schema_add(t, SB_FACT_ADDRESS, subject, "", text);
        return;
    }
    for (size_t i = 0; parts[i]; i++) {
        char *part = sb_schema_text_at(t->tmp, item, parts[i]);

        /* "Springfield, IL 62701": no comma before the postcode. */
        if (*part)
            text = talloc_asprintf_append(text, "%s%s",
                                          !*text   ? ""
                                          : i == 3 ? " "
                                                   : ", ",
                                          part);
    }
    if (*text)
        sb_schema_add(t, SB_FACT_ADDRESS, subject, "", text);
}

static void take_geo(struct sb_schema *t, const json_t *value, const char *subject)
{
    const json_t *item = sb_schema_at(value, 0);
    char *latitude = sb_schema_text_at(t->tmp, item, "latitude");
    char *longitude = sb_schema_text_at(t->tmp, item, "longitude");

    if (*latitude && *longitude && strlen(latitude) < 24 && strlen(longitude) < 24) {
        char *text = talloc_asprintf(t->tmp, "%s,%s", latitude, longitude);

        sb_schema_add(t, SB_FACT_GEO, subject, text, text);
    }
}

static void take_texts(struct sb_schema *t, const json_t *value, enum sb_fact_kind kind,
                       const char *subject)
{
    for (size_t i = 0; i < sb_schema_count(value); i++) {
        char *text = sb_schema_text(t->tmp, sb_schema_at(value, i));

        sb_schema_add(t, kind, subject, "", text);
    }
}

static void take_links(struct sb_schema *t, const json_t *value)
{
    for (size_t i = 0; i < sb_schema_count(value); i++) {
        char *text = sb_schema_text(t->tmp, sb_schema_at(value, i));
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
        sb_schema_add(t, SB_FACT_LINK, host, text, text);
    }
}

static void take_contact_points(struct sb_schema *t, const json_t *value,
                                const char *subject)
{
    for (size_t i = 0; i < sb_schema_count(value); i++) {
        const json_t *point = sb_schema_at(value, i);
        char *type = sb_schema_text_at(t->tmp, point, "contactType");
        const char *whose = *type ? type : subject;

        take_phones(t, sb_schema_property(point, "telephone"), whose);
        take_emails(t, sb_schema_property(point, "email"), whose);
        sb_schema_hours_items(t, sb_schema_property(point, "hoursAvailable"), whose);
    }
}

static void take_business(struct sb_schema *t, const json_t *item, const char *subject)
{
    size_t first = *t->count;

    sb_schema_add(t, SB_FACT_NAME, subject, "",
                  sb_schema_text_at(t->tmp, item, "name"));
    take_phones(t, sb_schema_property(item, "telephone"), subject);
    take_phones(t, sb_schema_property(item, "faxNumber"), "Fax");
    take_emails(t, sb_schema_property(item, "email"), subject);
    take_address(t, sb_schema_property(item, "address"), subject);
    sb_schema_hours_texts(t, sb_schema_property(item, "openingHours"), subject);
    sb_schema_hours_items(t, sb_schema_property(item, "openingHoursSpecification"),
                          subject);
    sb_schema_hours_items(
        t, sb_schema_property(item, "specialOpeningHoursSpecification"), subject);
    sb_schema_join_spans(t, first);
    take_geo(t, sb_schema_property(item, "geo"), subject);
    take_texts(t, sb_schema_property(item, "areaServed"), SB_FACT_AREA, subject);
    take_texts(t, sb_schema_property(item, "serviceArea"), SB_FACT_AREA, subject);
    take_texts(t, sb_schema_property(item, "paymentAccepted"), SB_FACT_PAYMENT,
               subject);
    take_contact_points(t, sb_schema_property(item, "contactPoint"), subject);
    take_links(t, sb_schema_property(item, "sameAs"));
}

/* ---- questions, events, people ---- */

static void take_question(struct sb_schema *t, const json_t *item)
{
    char *question = sb_schema_text_at(t->tmp, item, "name");
    const json_t *answer = sb_schema_property(item, "acceptedAnswer");
    char *text;

    if (!*question)
        question = sb_schema_text_at(t->tmp, item, "text");
    if (!answer)
        answer = sb_schema_property(item, "suggestedAnswer");
    answer = sb_schema_at(answer, 0);
    text = json_is_object(answer) ? sb_schema_text_at(t->tmp, answer, "text")
                                  : sb_schema_text(t->tmp, answer);
    if (*question && *text)
        sb_schema_add(t, SB_FACT_FAQ, question, "", text);
}

static void take_event(struct sb_schema *t, const json_t *item)
{
    char *name = sb_schema_text_at(t->tmp, item, "name");
    char *start = sb_schema_text_at(t->tmp, item, "startDate");
    char *what = sb_schema_text_at(t->tmp, item, "description");

    if (*name && *start)
        sb_schema_add(t, SB_FACT_EVENT, name, start,
                      *what && strlen(what) < 600
                          ? talloc_asprintf(t->tmp, "%s, %s: %s", name, start, what)
                          : talloc_asprintf(t->tmp, "%s, %s", name, start));
}

static void take_person(struct sb_schema *t, const json_t *item)
{
    char *name = sb_schema_text_at(t->tmp, item, "name");
    char *role = sb_schema_text_at(t->tmp, item, "jobTitle");

    if (*name && *role)
        sb_schema_add(t, SB_FACT_PERSON, name, role,
                      talloc_asprintf(t->tmp, "%s, %s", name, role));
}

/* ---- the walk over items ---- */

static void take(struct sb_schema *t, const json_t *value, const char *about,
                 int depth);

/* What a place belongs to, "" when it stands alone. */
static char *owner_name(struct sb_schema *t, const json_t *item)
{
    static const char *const links[] = {"parentOrganization", "branchOf",
                                        "containedInPlace", "isPartOf", NULL};

    for (size_t i = 0; links[i]; i++) {
        const json_t *owner = sb_schema_at(sb_schema_property(item, links[i]), 0);

        if (json_is_object(owner) && *sb_schema_text_at(t->tmp, owner, "name"))
            return sb_schema_text_at(t->tmp, owner, "name");
    }
    return talloc_strdup(t->tmp, "");
}

/* Whose facts are these? The first business's have no subject, unless it says that it
 * is part of another; a department's or another place's bear its name. */
static const char *business_subject(struct sb_schema *t, const json_t *item)
{
    char *name = sb_schema_text_at(t->tmp, item, "name");
    char *owner = owner_name(t, item);

    if (!t->business)
        t->business = *owner ? owner : name;
    return strcasecmp(t->business, name) == 0 || !*name ? "" : name;
}

static void take_members(struct sb_schema *t, const json_t *item, const char *about,
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

static void take_item(struct sb_schema *t, const json_t *item, const char *about,
                      int depth)
{
    char *name = sb_schema_text_at(t->tmp, item, "name");

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
        sb_schema_offer(t, item, about);
    take_members(t, item, *name && !has_type(item, is_business_type) ? name : about,
                 depth);
}

static void take(struct sb_schema *t, const json_t *value, const char *about, int depth)
{
    if (depth > MAX_DEPTH)
        return;
    for (size_t i = 0; i < sb_schema_count(value); i++) {
        const json_t *one = sb_schema_at(value, i);

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
    struct sb_schema t = {.mem = mem,
                          .tmp = talloc_new(mem),
                          .origin = origin,
                          .url = url,
                          .facts = facts,
                          .count = count,
                          .max = max};

    take(&t, item, "", 0);
    talloc_free(t.tmp);
}
