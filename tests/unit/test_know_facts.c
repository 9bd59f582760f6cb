/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts: from JSON-LD, microdata and words; hours read and compared.
 */
#include <criterion/criterion.h>
#include <string.h>
#include "know/extract.h"
#include "know/facts.h"

static TALLOC_CTX *mem;

static void setup(void)
{
    mem = talloc_new(NULL);
}

static void teardown(void)
{
    talloc_free(mem);
}

TestSuite(facts, .init = setup, .fini = teardown);

struct got {
    struct sb_fact *facts;
    size_t count;
};

/* "kind|subject|value|text" lines. */
static char *lines(const struct sb_fact *facts, size_t count)
{
    char *text = talloc_strdup(mem, "");

    for (size_t i = 0; i < count; i++)
        text = talloc_asprintf_append(text, "%s|%s|%s|%s\n",
                                      sb_fact_kind_name(facts[i].kind),
                                      facts[i].subject, facts[i].value, facts[i].text);
    return text;
}

static char *from_jsonld(const char *json)
{
    struct got got = {0};

    sb_facts_from_jsonld(mem, json, strlen(json), "https://e.com/", &got.facts,
                         &got.count, 100);
    return lines(got.facts, got.count);
}

static char *from_text(const char *text)
{
    struct got got = {0};

    sb_facts_from_text(mem, text, "", "", "https://e.com/", &got.facts, &got.count,
                       100);
    return lines(got.facts, got.count);
}

static char *from_html(const char *html)
{
    struct sb_extract *page = NULL;

    cr_assert_eq(sb_extract(mem, "https://e.com/", "text/html", html, strlen(html),
                            NULL, &page, NULL),
                 0);
    return lines(page->facts, page->fact_count);
}

static void has(const char *all, const char *line)
{
    char *whole = talloc_asprintf(mem, "%s\n", line);

    cr_assert(strstr(all, whole), "no \"%s\" in:\n%s", line, all);
}

static void lacks(const char *all, const char *part)
{
    cr_assert(!strstr(all, part), "\"%s\" in:\n%s", part, all);
}

/* ---- JSON-LD ---- */

Test(facts, a_business_in_jsonld)
{
    char *all = from_jsonld(
        "{\"@context\":\"https://schema.org\",\"@type\":\"GolfCourse\",\"name\":\"Pine "
        "Ridge\",\"telephone\":\"(203) 555-0100\",\"email\":\"mailto:Play@Pine.com\","
        "\"address\":{\"@type\":\"PostalAddress\",\"streetAddress\":\"12 Fairway Dr\","
        "\"addressLocality\":\"Avon\",\"addressRegion\":\"CT\",\"postalCode\":"
        "\"06001\"},"
        "\"geo\":{\"latitude\":41.8,\"longitude\":\"-72.8\"},"
        "\"openingHours\":[\"Mo-Fr 07:00-19:00\",\"Sa,Su 06:30-20:00\"],"
        "\"areaServed\":[\"Avon\",{\"@type\":\"City\",\"name\":\"Canton\"}],"
        "\"paymentAccepted\":\"Cash, Visa\",\"faxNumber\":\"203-555-0199\","
        "\"sameAs\":\"https://www.facebook.com/pine\"}");

    has(all, "name||"
             "|Pine Ridge");
    has(all, "phone||+12035550100|(203) 555-0100");
    has(all, "phone|Fax|+12035550199|203-555-0199");
    has(all, "email||play@pine.com|play@pine.com");
    has(all, "address|||12 Fairway Dr, Avon, CT 06001");
    has(all, "geo||41.8,-72.8|41.8,-72.8");
    has(all, "hours||Mo,Tu,We,Th,Fr 07:00-19:00|Monday to Friday: 7 am to 7 pm");
    has(all, "hours||Sa,Su 06:30-20:00|Saturday and Sunday: 6:30 am to 8 pm");
    has(all, "area|||Avon");
    has(all, "area|||Canton");
    has(all, "payment|||Cash, Visa");
    has(all,
        "link|facebook|https://www.facebook.com/pine|https://www.facebook.com/pine");
}

Test(facts, opening_hours_specifications)
{
    char *all = from_jsonld(
        "{\"@graph\":[{\"@type\":[\"Plumber\",\"LocalBusiness\"],\"name\":\"P\","
        "\"openingHoursSpecification\":["
        "{\"@type\":\"OpeningHoursSpecification\",\"dayOfWeek\":[\"http://schema.org/"
        "Monday\","
        "\"Tuesday\"],\"opens\":\"08:00:00\",\"closes\":\"17:00\"},"
        "{\"dayOfWeek\":\"https://schema.org/"
        "Saturday\",\"opens\":\"08:00\",\"closes\":\"12:00\"},"
        "{\"dayOfWeek\":\"Saturday\",\"opens\":\"13:00\",\"closes\":\"15:00\"},"
        "{\"dayOfWeek\":\"Sunday\",\"opens\":\"00:00\",\"closes\":\"00:00\"},"
        "{\"dayOfWeek\":\"Friday\",\"opens\":\"18:00\",\"closes\":\"02:00\"},"
        "{\"dayOfWeek\":\"Thursday\",\"opens\":\"00:00\",\"closes\":\"23:59\"}],"
        "\"specialOpeningHoursSpecification\":["
        "{\"validFrom\":\"2026-12-25\",\"validThrough\":\"2026-12-25\",\"opens\":\"00:"
        "00\","
        "\"closes\":\"00:00\"},{\"validFrom\":\"2026-12-24\",\"validThrough\":\"2026-"
        "12-26\","
        "\"opens\":\"08:00\",\"closes\":\"12:00\"}]}]}");

    has(all, "hours||Mo,Tu 08:00-17:00|Monday and Tuesday: 8 am to 5 pm");
    has(all,
        "hours||Sa 08:00-12:00,13:00-15:00|Saturday: 8 am to 12 noon and 1 pm to 3 pm");
    has(all, "hours||Su closed|Sunday: closed");
    has(all, "hours||Fr 18:00-02:00|Friday: 6 pm to 2 am");
    has(all, "hours||Th 00:00-24:00|Thursday: open 24 hours");
    has(all, "special_hours||2026-12-25 closed|December 25, 2026: closed");
    has(all, "special_hours||2026-12-24/2026-12-26 08:00-12:00|December 24, 2026 to "
             "December 26, 2026: 8 am to 12 noon");
}

Test(facts, departments_keep_their_names)
{
    char *all = from_jsonld(
        "{\"@type\":\"GolfCourse\",\"name\":\"Pine Ridge\",\"openingHours\":\"Mo-Su "
        "07:00-19:00\",\"department\":{\"@type\":\"Restaurant\",\"name\":\"The Grill\","
        "\"telephone\":\"203-555-0123\",\"openingHours\":\"Mo-Su 11:00-21:00\"}}");

    has(all, "hours||Mo,Tu,We,Th,Fr,Sa,Su 07:00-19:00|Every day: 7 am to 7 pm");
    has(all,
        "hours|The Grill|Mo,Tu,We,Th,Fr,Sa,Su 11:00-21:00|Every day: 11 am to 9 pm");
    has(all, "phone|The Grill|+12035550123|203-555-0123");
    all =
        from_jsonld("{\"@type\":\"Store\",\"name\":\"Pro Shop\",\"openingHours\":\"Mo "
                    "07:00-18:00\",\"parentOrganization\":{\"@type\":\"GolfCourse\","
                    "\"name\":\"Pine Ridge\",\"telephone\":\"203-555-0100\"}}");
    has(all, "hours|Pro Shop|Mo 07:00-18:00|Monday: 7 am to 6 pm");
    has(all, "phone||+12035550100|203-555-0100");
}

Test(facts, prices_in_offers)
{
    char *all = from_jsonld(
        "[{\"@type\":\"Service\",\"name\":\"Drain "
        "cleaning\",\"offers\":{\"@type\":\"Offer\","
        "\"price\":\"129.00\",\"priceCurrency\":\"USD\"}},"
        "{\"@type\":\"LocalBusiness\",\"name\":\"X\",\"hasOfferCatalog\":{\"@type\":"
        "\"OfferCatalog\",\"name\":\"Fees\",\"itemListElement\":[{\"@type\":\"Offer\","
        "\"itemOffered\":{\"@type\":\"Service\",\"name\":\"Call-out\"},\"price\":89.5},"
        "{\"@type\":\"Offer\",\"name\":\"Labour\",\"priceSpecification\":{\"@type\":"
        "\"UnitPriceSpecification\",\"price\":95,\"unitText\":\"hour\"}},"
        "{\"@type\":\"AggregateOffer\",\"name\":\"Heater\",\"lowPrice\":900,"
        "\"highPrice\":"
        "\"1,450\"}]}}]");

    has(all, "price|Drain cleaning|USD 129.00|Drain cleaning: $129");
    has(all, "price|Call-out|USD 89.50|Call-out: $89.50");
    has(all, "price|Fees, Labour|USD 95.00|Fees, Labour: $95 per hour");
    has(all, "price|Fees, Heater|USD 900.00-1450.00|Fees, Heater: $900 to $1450");
}

Test(facts, questions_events_and_people)
{
    char *all = from_jsonld(
        "{\"@type\":\"FAQPage\",\"mainEntity\":[{\"@type\":\"Question\",\"name\":"
        "\"Dogs?\","
        "\"acceptedAnswer\":{\"@type\":\"Answer\",\"text\":\"<p>No &amp; "
        "never.</p>\"}}],"
        "\"about\":[{\"@type\":\"SportsEvent\",\"name\":\"Club open\",\"startDate\":"
        "\"2026-06-01\"},{\"@type\":\"Person\",\"name\":\"Ann "
        "Lee\",\"jobTitle\":\"Head "
        "pro\"}],\"review\":{\"@type\":\"Review\",\"author\":{\"@type\":\"Person\","
        "\"name\":"
        "\"Bob\",\"jobTitle\":\"Guest\"}}}");

    has(all, "faq|Dogs?||No & never.");
    has(all, "event|Club open|2026-06-01|Club open, 2026-06-01");
    has(all, "person|Ann Lee|Head pro|Ann Lee, Head pro");
    lacks(all, "Bob");
}

Test(facts, small_mistakes_in_jsonld_are_mended)
{
    has(from_jsonld(
            "<!--\n// <![CDATA[\n{\"@type\":\"Plumber\",\"name\":\"A\nB\",}\n// "
            "]]>\n-->"),
        "name|||A B");
    has(from_jsonld(
            "/* x */ {\"@type\":\"Plumber\",\"telephone\":[\"203 555 0100\",],};"),
        "phone||+12035550100|203 555 0100");
    cr_assert_str_eq(from_jsonld("{\"@type\": Plumber"), "");
    cr_assert_str_eq(from_jsonld(""), "");
    cr_assert_str_eq(from_jsonld("\"x\""), "");
}

Test(facts, endless_nesting_in_jsonld_is_refused)
{
    char *deep = talloc_size(mem, 200001);

    memset(deep, '[', 200000);
    deep[200000] = '\0';
    cr_assert_str_eq(from_jsonld(deep), "");
}

Test(facts, odd_types_in_jsonld_do_no_harm)
{
    (void)from_jsonld("{\"@type\":7,\"name\":[[]],\"telephone\":{},\"address\":[null],"
                      "\"openingHoursSpecification\":[1,\"x\",{\"dayOfWeek\":{}}]}");
    (void)from_jsonld("{\"@type\":\"Plumber\",\"name\":{\"@value\":null},\"geo\":\"x\","
                      "\"address\":5,\"telephone\":null,\"openingHours\":{\"a\":1}}");
}

/* ---- microdata and markup ---- */

Test(facts, microdata_gives_the_same_facts)
{
    char *all = from_html(
        "<div itemscope itemtype='https://schema.org/HVACBusiness'><h1 "
        "itemprop=name>Warm "
        "Homes</h1><span itemprop='telephone'>(203) 555-0111</span>"
        "<div itemprop=address itemscope itemtype='http://schema.org/PostalAddress'>"
        "<span itemprop=streetAddress>1 Elm St</span><span "
        "itemprop=addressLocality>Avon"
        "</span></div><meta itemprop=openingHours content='Mo-Fr 08:00-17:00'>"
        "<time itemprop=openingHours datetime='Sa 09:00-12:00'>Saturday "
        "mornings</time></div>");

    has(all, "name|||Warm Homes");
    has(all, "phone||+12035550111|(203) 555-0111");
    has(all, "address|||1 Elm St, Avon");
    has(all, "hours||Mo,Tu,We,Th,Fr 08:00-17:00|Monday to Friday: 8 am to 5 pm");
    has(all, "hours||Sa 09:00-12:00|Saturday: 9 am to 12 noon");
}

Test(facts, links_that_call_and_write)
{
    char *all = from_html("<footer><a href='tel:+12035550100'>Call us</a> "
                          "<a href='mailto:Info@E.com?subject=x'>Mail</a>"
                          "<a href='https://instagram.com/e'>ig</a></footer>"
                          "<p><a href='/tee-times'>Book a tee time</a></p>");

    has(all, "phone||+12035550100|+12035550100");
    has(all, "link|booking|https://e.com/tee-times|https://e.com/tee-times");
    has(all, "link|instagram|https://instagram.com/e|https://instagram.com/e");
}

Test(facts, the_footer_tells_facts_without_being_text)
{
    char *all = from_html(
        "<main><p>Welcome to our club, which is old.</p></main><footer>"
        "<p>12 Fairway Dr, Avon, CT 06001</p><p>Mon-Fri 8am-5pm</p></footer>");

    has(all, "address|||12 Fairway Dr, Avon, CT 06001");
    has(all, "hours||Mo,Tu,We,Th,Fr 08:00-17:00|Mon-Fri 8am-5pm");
}

Test(facts, rows_of_prices_know_their_columns)
{
    char *all = from_html("<h2>Green fees</h2><table><tr><th>Day<th>18 holes<th>9 holes"
                          "<tr><td>Weekday<td>$45<td>$28</table>"
                          "<ul><li>Bucket of balls - $8</li></ul>");

    has(all, "price|Weekday, 18 holes|USD 45.00|Weekday, 18 holes: $45");
    has(all, "price|Weekday, 9 holes|USD 28.00|Weekday, 9 holes: $28");
    has(all, "price|Bucket of balls|USD 8.00|Bucket of balls - $8");
}

Test(facts, a_heading_that_asks_is_answered_below)
{
    char *all =
        from_html("<h3>Do you rent clubs?</h3><p>Yes, $30 a set.</p><h3>Next</h3>");

    has(all, "faq|Do you rent clubs?||Yes, $30 a set.");
}

/* ---- words ---- */

Test(facts, hours_in_many_spellings)
{
    static const char *const cases[][2] = {
        {"Mon-Fri 8am-5pm", "Mo,Tu,We,Th,Fr 08:00-17:00"},
        {"Monday \xe2\x80\x93 Friday: 8:00 AM \xe2\x80\x93 5:30 PM",
         "Mo,Tu,We,Th,Fr 08:00-17:30"},
        {"Monday through Friday from 7 a.m. to 6 p.m.", "Mo,Tu,We,Th,Fr 07:00-18:00"},
        {"Sat & Sun 9-4", "Sa,Su 09:00-16:00"},
        {"Saturdays and Sundays | 9:00 am - 4:00 pm", "Sa,Su 09:00-16:00"},
        {"Open daily 7am to 9pm", "Mo,Tu,We,Th,Fr,Sa,Su 07:00-21:00"},
        {"7 days a week, 6:30am-8pm", "Mo,Tu,We,Th,Fr,Sa,Su 06:30-20:00"},
        {"Sunday: Closed", "Su closed"},
        {"Closed on Mondays", "Mo closed"},
        {"Weekdays 10-6", "Mo,Tu,We,Th,Fr 10:00-18:00"},
        {"Tue-Sat 11am-2am", "Tu,We,Th,Fr,Sa 11:00-02:00"},
        {"Fri 12 noon - midnight", "Fr 12:00-24:00"},
        {"Mon 8-12, 1-5pm", "Mo 08:00-12:00,13:00-17:00"},
        {"8am - 5pm, Monday to Friday", "Mo,Tu,We,Th,Fr 08:00-17:00"},
        {"Thurs. 9am-8pm", "Th 09:00-20:00"},
        {"Every day: open 24 hours", "Mo,Tu,We,Th,Fr,Sa,Su 00:00-24:00"},
        {"Su-Th 17:00-22:30", "Mo,Tu,We,Th,Su 17:00-22:30"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *all = from_text(cases[i][0]);

        has(all, talloc_asprintf(mem, "hours||%s|%s", cases[i][1], cases[i][0]));
    }
}

Test(facts, what_is_not_hours)
{
    static const char *const texts[] = {
        "We are open for play", "Monday 12 June 2026",       "Friday 5 golfers",
        "Sun 18 holes",         "ages 9-12 on Sat",          "We 2 are here",
        "Call Monday",          "1-800-555-0199 daily deals"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        lacks(from_text(texts[i]), "hours|");
}

Test(facts, labels_tell_whose_hours_they_are)
{
    char *all =
        from_text("Pro Shop: Mon-Fri 8am-6pm, Sat 9am-5pm. The Grill Room: daily "
                  "11am-9pm");

    cr_assert(strstr(all, "hours|Pro Shop|Mo,Tu,We,Th,Fr 08:00-18:00|"), "%s", all);
    cr_assert(strstr(all, "hours|Pro Shop|Sa 09:00-17:00|"), "%s", all);
    cr_assert(strstr(all, "hours|Grill Room|Mo,Tu,We,Th,Fr,Sa,Su 11:00-21:00|"), "%s",
              all);
}

Test(facts, a_phone_answered_at_night_opens_no_door)
{
    char *all = from_text("24/7 Emergency? Call now! 603-555-0170");

    has(all,
        "hours|Emergency service|Mo,Tu,We,Th,Fr,Sa,Su 00:00-24:00|24/7 Emergency? Call "
        "now! 603-555-0170");
    lacks(from_text("We support you 24/7."), "hours|");
    has(from_text("Open 24/7"), "hours||Mo,Tu,We,Th,Fr,Sa,Su 00:00-24:00|Open 24/7");
}

Test(facts, only_labels_name_a_phone)
{
    has(from_text("Office (scheduling and billing): 603-555-0171"),
        "phone|scheduling billing|+16035550171|603-555-0171");
    has(from_text("For seven or more please call (508) 555-0152"),
        "phone||+15085550152|(508) 555-0152");
}

Test(facts, guests_and_half_sentences_name_no_price)
{
    lacks(from_text("\xe2\x80\x9cThey charged me $89, very fair.\xe2\x80\x9d"),
          "price|");
    lacks(from_text("Lesson $85 with an assistant or $110 with the director"),
          "USD 110");
}

Test(facts, phones_and_what_only_looks_like_one)
{
    has(from_text("Call (203) 555-0100 now"), "phone||+12035550100|(203) 555-0100");
    has(from_text("Pro shop: 203.555.0101"),
        "phone|Pro shop|+12035550101|203.555.0101");
    has(from_text("Fax: 203-555-0102"), "phone|Fax|+12035550102|203-555-0102");
    has(from_text("+44 20 7946 0958"), "phone||+442079460958|+44 20 7946 0958");
    has(from_text("1-800-555-0199"), "phone||+18005550199|1-800-555-0199");
    has(from_text("020 7946 0958"), "phone||02079460958|020 7946 0958");
    lacks(from_text("License 2035550100"), "phone|");
    lacks(from_text("$1,203-555-0100"), "phone|");
    lacks(from_text("01.02.2026 - 14.02.2026"), "phone|");
    lacks(from_text("#203-555-0100-77"), "phone|");
    lacks(from_text("2026-11-21 10:30"), "phone|");
}

Test(facts, prices_in_words)
{
    has(from_text("Small bucket: $8"), "price|Small bucket|USD 8.00|Small bucket: $8");
    has(from_text("Diagnostic visit from $89.50 plus tax"),
        "price|Diagnostic visit|USD 89.50|Diagnostic visit from $89.50 plus tax");
    has(from_text("Cart - 25 dollars"), "price|Cart|USD 25.00|Cart - 25 dollars");
    has(from_text("Heater $1,200 - $1,800"),
        "price|Heater|USD 1200.00-1800.00|Heater $1,200 - $1,800");
    has(from_text("Lesson \xc2\xa3"
                  "40"),
        "price|Lesson|GBP 40.00|Lesson \xc2\xa3"
        "40");
    has(from_text("Kurs 19,90 \xe2\x82\xac"),
        "price|Kurs|EUR 19.90|Kurs 19,90 \xe2\x82\xac");
    lacks(from_text("18 holes"), "price|");
}

Test(facts, sentences_know_what_they_hold)
{
    cr_assert_eq(sb_text_holds("Rates are $45"), SB_HOLDS_PRICE);
    cr_assert_eq(sb_text_holds("Call 203-555-0100"), SB_HOLDS_PHONE);
    cr_assert_eq(sb_text_holds("Mon-Fri 8-5"), SB_HOLDS_HOURS);
    cr_assert_eq(sb_text_holds("Write to a.b@c.org."), SB_HOLDS_EMAIL);
    cr_assert_eq(sb_text_holds("Find us at 12 Elm St, Avon, CT 06001"),
                 SB_HOLDS_ADDRESS);
    cr_assert_eq(sb_text_holds("We love golf"), 0);
}

/* ---- comparing ---- */

static struct sb_fact hours(const char *value)
{
    return (struct sb_fact){.kind = SB_FACT_HOURS,
                            .subject = "",
                            .value = value,
                            .text = value,
                            .heading = "",
                            .url = "",
                            .origin = 1};
}

Test(facts, contradictions_are_about_the_same_thing)
{
    struct sb_fact a = hours("Mo,Tu 08:00-17:00"), b = hours("Tu 09:00-17:00");
    struct sb_fact c = hours("We closed"), d = hours("Mo 08:00-17:00");

    cr_assert(sb_fact_contradicts(&a, &b));
    cr_assert(!sb_fact_contradicts(&a, &c));
    cr_assert(!sb_fact_contradicts(&a, &d));
    b.subject = "Pro Shop";
    cr_assert(!sb_fact_contradicts(&a, &b));
}

Test(facts, a_week_is_put_together)
{
    struct sb_fact all[] = {hours("Mo,Tu 08:00-12:00,13:00-17:00"), hours("Su closed"),
                            hours("Fr 18:00-02:00")};
    struct sb_fact_week week;

    cr_assert(sb_fact_week(all, 3, &week));
    cr_assert(week.days[1].known && week.days[1].count == 2);
    cr_assert_eq(week.days[1].spans[1].from, 13 * 60);
    cr_assert(week.days[0].known && week.days[0].count == 0);
    cr_assert_eq(week.days[5].spans[0].to, 26 * 60);
    cr_assert(!week.days[3].known);
    cr_assert(!sb_fact_week(all, 0, &week));
}

Test(facts, kinds_have_names)
{
    for (int kind = SB_FACT_NAME; kind <= SB_FACT_PERSON; kind++)
        cr_assert_eq(
            (int)sb_fact_kind_parse(sb_fact_kind_name((enum sb_fact_kind)kind)), kind);
    cr_assert_eq((int)sb_fact_kind_parse("nonsense"), 0);
}

Test(facts, holidays_that_a_site_is_closed_on)
{
    char *all = from_text("Our office is closed on New Year\xe2\x80\x99s Day, Memorial "
                          "Day and July 4; somebody is always on call.");

    has(all, "special_hours||new-years-day closed|New Year's Day: closed");
    has(all, "special_hours||memorial-day closed|Memorial Day: closed");
    has(all, "special_hours||independence-day closed|Independence Day: closed");
    all = from_text("Open every day of the year except Christmas Day.");
    has(all, "special_hours||christmas-day closed|Christmas Day: closed");
    has(from_text("Closed on all major holidays"),
        "special_hours||thanksgiving closed|Thanksgiving: closed");
    has(from_text("Thanksgiving: 7 am - noon"),
        "special_hours||thanksgiving 07:00-12:00|Thanksgiving: 7 am to 12 noon");
    has(from_text("The restaurant is closed on Easter."),
        "special_hours|restaurant|easter closed|Easter Sunday: closed");
}

Test(facts, a_holiday_that_is_only_mentioned_closes_nothing)
{
    lacks(from_text("Join us for our Thanksgiving brunch at 11 am."), "special_hours");
    lacks(from_text("We are open on Labor Day. The pool is closed in winter."),
          "special_hours");
    lacks(from_text("Closed Christmas week, open New Year's Eve."), "new-years-eve");
}

Test(facts, a_business_is_called_what_titles_and_copyright_say)
{
    has(from_html("<html><head><title>Rates | Elm Street Salon</title></head><body>"
                  "<p>Cuts start at $40 for everybody.</p></body></html>"),
        "name|||Elm Street Salon");
    has(from_text("\xc2\xa9 2019\xe2\x80\x93"
                  "2026 Elm Street Salon, Inc. All rights "
                  "reserved."),
        "name|||Elm Street Salon, Inc");
    lacks(from_text("Copyright 2026. All rights reserved."), "name|");
}
