/* SPDX-License-Identifier: Apache-2.0
 *
 * Which page is believed, whose a fact is, and when two prices are of one thing.
 */
#include <criterion/criterion.h>
#include <string.h>
#include "know/facts.h"
#include "know/know_impl.h"

static struct sb_kn_fact fact(int64_t page, const char *kind, int origin,
                              const char *subject, const char *value, const char *text)
{
    return (struct sb_kn_fact){.id = page * 100,
                               .page_id = page,
                               .kind = kind,
                               .origin = origin,
                               .subject = subject,
                               .value = value,
                               .text = text,
                               .heading = "",
                               .url =
                                   page == 1 ? "https://x/rates/" : "https://x/news/a",
                               .title = page == 1 ? "Rates" : "News",
                               .dated = page == 1 ? "2026-04-01" : "2023-03-15"};
}

Test(where, a_page_about_the_matter_is_specific_and_news_is_not)
{
    cr_assert_gt(sb_know_specificity("price", "https://x/rates/", "Green fees", ""), 0);
    cr_assert_eq(sb_know_specificity("price", "https://x/about/", "About us", ""), 0);
    cr_assert_lt(sb_know_specificity("price", "https://x/blog/rates-2023", "Rates", ""),
                 0);
    cr_assert(sb_know_is_passing("https://x/news/winter-hours/"));
    cr_assert_not(sb_know_is_passing("https://x/newsletter-terms/"));
}

Test(where, the_latest_year_that_a_page_names_counts)
{
    cr_assert_eq(sb_know_year_named("https://x/specials-2022.html", "Specials", ""),
                 2022);
    cr_assert_eq(sb_know_year_named("https://x/a", "2021 and 2024 prices", ""), 2024);
    cr_assert_eq(sb_know_year_named("https://x/a", "1250 gallons, 20225", ""), 0);
}

Test(facts, a_shops_own_hours_are_not_those_of_the_business)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_kn_fact facts[] = {
        fact(1, "name", SB_FACT_FROM_JSONLD, "", "", "Fox Hollow"),
        fact(2, "name", SB_FACT_FROM_JSONLD, "", "", "Pro Shop"),
        fact(3, "name", SB_FACT_FROM_JSONLD, "", "", "Fox Hollow"),
        fact(1, "hours", SB_FACT_FROM_JSONLD, "", "Mo 07:00-19:00", "Monday: 7 to 7"),
        fact(2, "hours", SB_FACT_FROM_JSONLD, "", "Mo 08:00-17:00", "Monday: 8 to 5"),
    };

    cr_assert_eq(sb_know_prepare_facts(mem, facts, 5), 3);
    cr_assert_str_eq(facts[3].subject, "");
    cr_assert_str_eq(facts[4].subject, "Pro Shop");
    talloc_free(mem);
}

Test(facts, an_emergency_line_is_not_when_the_office_is_open)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_kn_fact facts[] = {
        fact(1, "hours", SB_FACT_FROM_TEXT, "", "Mo 00:00-24:00",
             "24/7 emergency? Call now!"),
        fact(1, "hours", SB_FACT_FROM_TEXT, "", "Mo 08:00-17:00",
             "Our office is open Mondays from 8 am to 5 pm."),
    };

    sb_know_prepare_facts(mem, facts, 2);
    cr_assert_str_eq(facts[0].subject, "Emergencies");
    cr_assert_str_eq(facts[1].subject, "");
    talloc_free(mem);
}

static size_t quarrels(TALLOC_CTX *mem, struct sb_kn_fact *facts, size_t count,
                       struct sb_kn_contradiction *out)
{
    return sb_know_price_quarrels(sb_words_new(mem), mem, facts, count, out, 10);
}

Test(prices, one_thing_under_two_names_is_told_and_the_newer_specific_page_wins)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_kn_contradiction out[10];
    struct sb_kn_fact facts[] = {
        fact(2, "price", SB_FACT_FROM_TEXT, "weekday 18 holes", "USD 48.00", "$48"),
        fact(1, "price", SB_FACT_FROM_TEXT, "Adult, Weekday 18 holes", "USD 54.00",
             "$54"),
    };

    cr_assert_eq(quarrels(mem, facts, 2, out), 1);
    cr_assert_eq(out[0].page_id, 1);
    cr_assert_str_eq(out[0].said, "$54");
    cr_assert_str_eq(out[0].other_said, "$48");
    talloc_free(mem);
}

Test(prices, different_things_and_equal_prices_are_no_quarrel)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_kn_contradiction out[10];
    struct sb_kn_fact different[] = {
        fact(2, "price", SB_FACT_FROM_TEXT, "push cart", "USD 9.00", "$9"),
        fact(1, "price", SB_FACT_FROM_TEXT, "riding cart", "USD 22.00", "$22"),
    };
    struct sb_kn_fact equal[] = {
        fact(2, "price", SB_FACT_FROM_TEXT, "annual boiler cleaning", "USD 239.00",
             "a"),
        fact(1, "price", SB_FACT_FROM_TEXT, "boiler cleaning", "USD 239.00", "b"),
    };

    cr_assert_eq(quarrels(mem, different, 2, out), 0);
    cr_assert_eq(quarrels(mem, equal, 2, out), 0);
    talloc_free(mem);
}

Test(prices, a_page_that_tells_apart_does_not_contradict_one_that_does_not)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_kn_contradiction out[10];
    struct sb_kn_fact facts[] = {
        fact(2, "price", SB_FACT_FROM_TEXT, "dog neuter", "USD 200.00", "$200"),
        fact(1, "price", SB_FACT_FROM_TEXT, "small dog neuter", "USD 260.00", "$260"),
        fact(1, "price", SB_FACT_FROM_TEXT, "giant dog neuter", "USD 380.00", "$380"),
    };

    facts[2].id++;
    cr_assert_eq(quarrels(mem, facts, 3, out), 0);
    talloc_free(mem);
}
