/* SPDX-License-Identifier: Apache-2.0
 *
 * What a reply may state: prices, phone numbers and hours that a source has.
 */
#include <criterion/criterion.h>
#include "talk/verbatim.h"

static TALLOC_CTX *mem;
static struct sb_claims facts, agreed;

static void begin(void)
{
    mem = talloc_new(NULL);
    sb_claims_init(&facts, mem);
    sb_claims_init(&agreed, mem);
    sb_claims_add(&facts, "Weekday rounds are $45, weekends $62.50 with cart. Twilight "
                          "from 3 pm: 30 dollars. Outings cost $1,250.");
    sb_claims_add(&facts, "Monday: 7 am to 7 pm\nSunday: 08:00-18:30");
    sb_claims_add(&facts, "Call (203) 555-0144 or +44 20 7946 0958.");
    sb_claims_add(&agreed, "tomorrow at 4:15 pm, my number is 212-555-0199");
}
static void end(void)
{
    talloc_free(mem);
}
TestSuite(verbatim, .init = begin, .fini = end);

static bool states(const char *sentence)
{
    return sb_verbatim_ok(mem, sentence, &facts, &agreed);
}

Test(verbatim, what_a_source_has_may_be_said_in_other_shapes)
{
    cr_expect(states("A round is $45 during the week."));
    cr_expect(states("That is 45 dollars."));
    cr_expect(states("That is forty-five dollars."));
    cr_expect(states("With a cart it is $62.50."));
    cr_expect(states("An outing is $1250."));
    cr_expect(states("An outing is 1,250 USD."));
    cr_expect(states("Between $30 and $45."));
    cr_expect(states("We are open from 7 am to 7 pm on Mondays."));
    cr_expect(states("We are open 7-7 on Mondays.")); /* bare numbers state nothing */
    cr_expect(states("On Sunday we close at 6:30 pm."));
    cr_expect(states("Twilight starts at 15:00."));
    cr_expect(states("Call us on 203-555-0144."));
    cr_expect(states("Call us on 555-0144.") == false);
    cr_expect(states("Call us on 020 7946 0958."));
    cr_expect(states("You have 4 players and 18 holes in 2 carts."));
    cr_expect(states(""));
}

Test(verbatim, what_no_source_has_may_not)
{
    cr_expect_not(states("A round is $46."));
    cr_expect_not(states("That is fifty dollars."));
    cr_expect_not(states("It costs 62 euros."));
    cr_expect_not(states("An outing is $12,500."));
    cr_expect_not(states("Between $30 and $50."));
    cr_expect_not(states("$45-60 depending on the day."));
    cr_expect_not(states("We are open until 8 pm."));
    cr_expect_not(states("We open at 6:45."));
    cr_expect_not(states("We close at midnight."));
    cr_expect_not(states("Call us on 203-555-0145."));
    cr_expect_not(states("Ring +44 20 7946 0959."));
}

Test(verbatim, what_the_person_asked_for_is_no_opening_hour)
{
    cr_expect(states("I have you down for 4:15 pm tomorrow."));
    cr_expect_not(states("We are open until 4:15 pm."));
    cr_expect(states("Your number is 212-555-0199, is that right?"));
    cr_expect_not(states("That would be 5:15 pm."));
}

Test(verbatim, a_long_source_is_read_to_its_end)
{
    char *long_text = talloc_strdup(mem, "");
    int i;

    for (i = 0; i < 500; i++)
        long_text = talloc_strdup_append(long_text, "Nothing to see here. ");
    long_text = talloc_strdup_append(long_text, "The late fee is $17.");
    cr_expect_not(states("The late fee is $17."));
    sb_claims_add(&facts, long_text);
    cr_expect(states("The late fee is $17."));
}
