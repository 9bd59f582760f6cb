/* SPDX-License-Identifier: Apache-2.0
 *
 * What the readers make of phone numbers, e-mail addresses, names, addresses, choices
 * and numbers, each by itself.
 */
#include <criterion/criterion.h>
#include <string.h>
#include "talk/read.h"

typedef void reader_fn(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                       const struct sb_read_hint *hint, struct sb_readings *out);

static TALLOC_CTX *mem;

static void begin(void)
{
    mem = talloc_new(NULL);
}
static void end(void)
{
    talloc_free(mem);
}
TestSuite(readers, .init = begin, .fini = end);

static const struct sb_read_hint american = {
    .country = "1", .area = "203", .earlier = "", .month_first = true};
static const struct sb_read_hint asked = {.expected = true,
                                          .country = "1",
                                          .area = "203",
                                          .earlier = "",
                                          .month_first = true};

/* The value of the first reading, or "". */
static const char *value(reader_fn *read, const struct sb_read_hint *hint,
                         const char *said)
{
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;

    sb_tokens_read(mem, said, &tokens);
    read(mem, &tokens, hint, &found);
    return found.count ? found.items[0].value : "";
}

Test(readers, phones_in_all_their_shapes)
{
    cr_expect_str_eq(value(sb_read_phone, &american, "555-010-2233"), "+15550102233");
    cr_expect_str_eq(value(sb_read_phone, &american, "(212) 555-0199"), "+12125550199");
    cr_expect_str_eq(value(sb_read_phone, &american, "212.555.0199"), "+12125550199");
    cr_expect_str_eq(value(sb_read_phone, &american, "2125550199"), "+12125550199");
    cr_expect_str_eq(value(sb_read_phone, &american, "1-212-555-0199"), "+12125550199");
    cr_expect_str_eq(value(sb_read_phone, &american, "+1 212 555 0199"),
                     "+12125550199");
    cr_expect_str_eq(value(sb_read_phone, &american, "+44 20 7946 0958"),
                     "+442079460958");
    cr_expect_str_eq(value(sb_read_phone, &american, "call me at 212 555 0199 please"),
                     "+12125550199");
    cr_expect_str_eq(value(sb_read_phone, &american, "no, it's 555-0199"),
                     "+12035550199");
    cr_expect_str_eq(
        value(sb_read_phone, &american, "two one two five five five oh one nine nine"),
        "+12125550199");
    cr_expect_str_eq(
        value(sb_read_phone, &american, "two one two triple five oh one double nine"),
        "+12125550199");
}

Test(readers, other_numbers_are_no_phones)
{
    cr_expect_str_eq(value(sb_read_phone, &american, "2026-11-24"), "");
    cr_expect_str_eq(value(sb_read_phone, &american, "12/05/2026"), "");
    cr_expect_str_eq(value(sb_read_phone, &american, "at 10:30 for 4 players"), "");
    cr_expect_str_eq(value(sb_read_phone, &american, "06460-1234"), "");
    cr_expect_str_eq(value(sb_read_phone, &american, "order 1234567"), "");
    cr_expect_str_eq(value(sb_read_phone, &american, "$1250000"), "");
    cr_expect_str_eq(value(sb_read_phone, &american, "4111 1111 1111 1111"), "");
    cr_expect_str_eq(value(sb_read_phone, &american, "12345"), "");
    cr_expect_str_eq(value(sb_read_phone, &american, ""), "");
}

Test(readers, phones_are_said_in_groups)
{
    cr_expect_str_eq(sb_phone_spoken(mem, "+12125550199"), "212-555-0199");
    cr_expect_str_eq(sb_phone_spoken(mem, "+442079460958"), "+44 207 946 0958");
}

Test(readers, the_business_number_tells_country_and_area)
{
    char country[4], area[8];

    sb_phone_home("(203) 555-0144", "America/New_York", country, area);
    cr_expect_str_eq(country, "1");
    cr_expect_str_eq(area, "203");
    sb_phone_home("+44 20 7946 0000", "Europe/London", country, area);
    cr_expect_str_eq(country, "44");
    sb_phone_home("", "America/Chicago", country, area);
    cr_expect_str_eq(country, "1");
    cr_expect_str_eq(area, "");
}

Test(readers, emails_typed_and_dictated)
{
    cr_expect_str_eq(
        value(sb_read_email, &american, "it's Dave.Miller+golf@Example.com."),
        "dave.miller+golf@example.com");
    cr_expect_str_eq(value(sb_read_email, &american, "(dave@mail.example.co.uk)"),
                     "dave@mail.example.co.uk");
    cr_expect_str_eq(value(sb_read_email, &american, "dave at example dot com"),
                     "dave@example.com");
    cr_expect_str_eq(value(sb_read_email, &american,
                           "my email is dave dot miller at example dot org"),
                     "dave.miller@example.org");
    cr_expect_str_eq(
        value(sb_read_email, &american, "dave underscore m at my dash club dot com"),
        "dave_m@my-club.com");
    cr_expect_str_eq(value(sb_read_email, &american, "meet me at noon"), "");
    cr_expect_str_eq(value(sb_read_email, &american, "dave@localhost"), "");
    cr_expect_str_eq(value(sb_read_email, &american, "@dave"), "");
    cr_expect_str_eq(value(sb_read_email, &american, "a..b@example.com"), "");
    cr_expect_str_eq(value(sb_read_email, &american, "see you at 3. dot"), "");
}

Test(readers, a_slip_in_a_mail_domain_is_pointed_out)
{
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;

    sb_tokens_read(mem, "dave@gmial.com", &tokens);
    sb_read_email(mem, &tokens, &american, &found);
    cr_assert_eq(found.count, 1);
    cr_expect_str_eq(found.items[0].other, "dave@gmail.com");
    cr_expect_lt(found.items[0].confidence, 0.5);
}

Test(readers, names_that_are_introduced)
{
    cr_expect_str_eq(value(sb_read_name, &american, "my name is dave miller"),
                     "Dave Miller");
    cr_expect_str_eq(
        value(sb_read_name, &american, "My name is Ann O'Brien and my number is"),
        "Ann O'Brien");
    cr_expect_str_eq(value(sb_read_name, &american, "Hi, I'm Dave"), "Dave");
    cr_expect_str_eq(value(sb_read_name, &american, "This is Mary-Jane Watson."),
                     "Mary-Jane Watson");
    cr_expect_str_eq(value(sb_read_name, &american, "it's Dr. Ludwig van Beethoven"),
                     "");
    cr_expect_str_eq(value(sb_read_name, &american, "I am Ludwig van Beethoven"),
                     "Ludwig van Beethoven");
    cr_expect_str_eq(value(sb_read_name, &american, "Dave Miller here"), "Dave Miller");
    cr_expect_str_eq(value(sb_read_name, &american, "the name's Ronald McDonald"),
                     "Ronald McDonald");
    cr_expect_str_eq(value(sb_read_name, &american, "My name is José Núñez"),
                     "José Núñez");
    cr_expect_str_eq(value(sb_read_name, &american, "MY NAME IS DAVE MILLER"),
                     "Dave Miller");
}

Test(readers, sentences_are_no_names)
{
    cr_expect_str_eq(value(sb_read_name, &american, "I'm looking for a tee time"), "");
    cr_expect_str_eq(value(sb_read_name, &american, "I'm locked out"), "");
    cr_expect_str_eq(value(sb_read_name, &american, "this is urgent"), "");
    cr_expect_str_eq(value(sb_read_name, &american, "Dave Miller"), "");
    cr_expect_str_eq(value(sb_read_name, &asked, "what do you need it for?"), "");
    cr_expect_str_eq(value(sb_read_name, &asked, "no"), "");
    cr_expect_str_eq(value(sb_read_name, &asked, "I'd rather not say"), "");
    cr_expect_str_eq(value(sb_read_name, &asked, "how much is it"), "");
}

Test(readers, names_that_were_asked_for)
{
    cr_expect_str_eq(value(sb_read_name, &asked, "Dave Miller"), "Dave Miller");
    cr_expect_str_eq(value(sb_read_name, &asked, "dave miller"), "Dave Miller");
    cr_expect_str_eq(value(sb_read_name, &asked, "sure, it's dave"), "Dave");
    cr_expect_str_eq(value(sb_read_name, &asked, "Dave, 2125550199"), "Dave");
    cr_expect_str_eq(value(sb_read_name, &asked, "J. R. Smith"), "J. R. Smith");
}

Test(readers, addresses)
{
    cr_expect_str_eq(
        value(sb_read_address, &american, "I live at 12 Oak Street, Milford"),
        "12 Oak Street, Milford");
    cr_expect_str_eq(value(sb_read_address, &american,
                           "come to 4410 Old Mill Rd Apt 3, Milford, CT "
                           "06460 please"),
                     "4410 Old Mill Rd Apt 3, Milford, CT 06460");
    cr_expect_str_eq(
        value(sb_read_address, &american, "12B Main St. and my phone is 5550199"),
        "12B Main St.");
    cr_expect_str_eq(
        value(sb_read_address, &american, "10 Downing Street, London SW1A 2AA"),
        "10 Downing Street, London SW1A 2AA");
    cr_expect_str_eq(value(sb_read_address, &american, "4 players on saturday"), "");
    cr_expect_str_eq(value(sb_read_address, &american, "2 lessons a day in a row"), "");
    cr_expect_str_eq(value(sb_read_address, &asked, "77 Broadway, Floor 2"),
                     "77 Broadway, Floor 2");
}

static const char *choice(const struct sb_read_hint *hint, const char *said)
{
    static const char *const choices[] = {"tee time",   "lesson", "outing",
                                          "membership", "other",  NULL};
    static const char *const synonyms[] = {"tee time=play golf", "outing=tournament",
                                           "membership=join", NULL};
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;

    sb_tokens_read(mem, said, &tokens);
    sb_read_choice(mem, &tokens, hint, choices, synonyms, &found);
    if (found.count && *found.items[0].other)
        return "unsure";
    return found.count ? found.items[0].value : "";
}

Test(readers, choices_and_their_synonyms)
{
    cr_expect_str_eq(choice(&american, "I'd like a tee time"), "tee time");
    cr_expect_str_eq(choice(&american, "tee-times for us"), "tee time");
    cr_expect_str_eq(choice(&american, "we want to host a tournament"), "outing");
    cr_expect_str_eq(choice(&american, "how do I join"), "membership");
    cr_expect_str_eq(choice(&asked, "the second one"), "lesson");
    cr_expect_str_eq(choice(&asked, "option 3"), "outing");
    cr_expect_str_eq(choice(&asked, "a lesson or an outing"), "unsure");
    cr_expect_str_eq(choice(&asked, "not a lesson, a membership"), "membership");
    cr_expect_str_eq(choice(&american, "what are your rates"), "");
}

static const char *number(const struct sb_read_hint *hint, const char *unit,
                          const char *said)
{
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;

    sb_tokens_read(mem, said, &tokens);
    sb_read_number(mem, &tokens, hint, unit, &found);
    return found.count ? found.items[0].value : "";
}

Test(readers, numbers_with_their_unit)
{
    cr_expect_str_eq(number(&american, "players", "4 players"), "4");
    cr_expect_str_eq(number(&american, "players", "four of us on saturday"), "4");
    cr_expect_str_eq(number(&american, "players", "a foursome"), "4");
    cr_expect_str_eq(number(&american, "players", "just me"), "1");
    cr_expect_str_eq(number(&american, "number of guests", "party of twenty-five"),
                     "25");
    cr_expect_str_eq(number(&american, "number of guests", "about 80 guests"), "80");
    cr_expect_str_eq(number(&american, "players", "at 8 on the 4th"), "");
    cr_expect_str_eq(number(&asked, "players", "3"), "3");
    cr_expect_str_eq(number(&asked, "age of the heater", "about twelve"), "12");
}

Test(readers, yes_and_no_only_when_asked)
{
    cr_expect_str_eq(value(sb_read_yesno, &asked, "yeah that works"), "yes");
    cr_expect_str_eq(value(sb_read_yesno, &asked, "no thanks"), "no");
    cr_expect_str_eq(value(sb_read_yesno, &american, "yes"), "");
}

Test(readers, tokens_keep_their_place)
{
    struct sb_tokens t;

    sb_tokens_read(mem, "It\xe2\x80\x99s 3pm\xe2\x80\x94ok", &t);
    cr_assert_eq(t.count, 5);
    cr_expect_str_eq(t.items[0].text, "it's");
    cr_expect_str_eq(t.items[1].text, "3");
    cr_expect_str_eq(t.items[2].text, "pm");
    cr_expect_not(t.items[2].space);
    cr_expect_str_eq(t.items[3].text, "-");
    cr_expect_str_eq(sb_tokens_text(mem, &t, 1, 3), "3pm");
}
