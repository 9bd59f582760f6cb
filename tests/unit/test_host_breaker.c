/* SPDX-License-Identifier: Apache-2.0
 *
 * The circuit breaker under a clock that the test holds.
 */
#include <criterion/criterion.h>
#include <switchboard/err.h>

#include "host/breaker.h"

static void fail(struct sb_breaker *breaker, int64_t now, int times)
{
    while (times-- > 0)
        (void)sb_breaker_failure(breaker, now, SB_EUNAVAILABLE, 0, 0);
}

Test(breaker, passes_until_failures_come_in_a_row)
{
    struct sb_breaker breaker = {0};

    fail(&breaker, 1000, SB_BREAKER_FAILURES - 1);
    cr_assert_eq(sb_breaker_ask(&breaker, 1000), SB_BREAKER_PASS);
    sb_breaker_success(&breaker);
    fail(&breaker, 1000, SB_BREAKER_FAILURES - 1);
    cr_assert_eq(sb_breaker_ask(&breaker, 1000), SB_BREAKER_PASS);
    fail(&breaker, 1000, 1);
    cr_assert_eq(sb_breaker_ask(&breaker, 1000), SB_BREAKER_SKIP);
}

Test(breaker, lets_one_probe_through_when_its_time_is_up)
{
    struct sb_breaker breaker = {0};

    fail(&breaker, 1000, SB_BREAKER_FAILURES);
    cr_assert_eq(sb_breaker_wait_ms(&breaker, 1000), SB_BREAKER_FIRST_MS);
    cr_assert_eq(sb_breaker_ask(&breaker, 1000 + SB_BREAKER_FIRST_MS - 1),
                 SB_BREAKER_SKIP);
    cr_assert_eq(sb_breaker_ask(&breaker, 1000 + SB_BREAKER_FIRST_MS),
                 SB_BREAKER_PROBE);
    cr_assert_eq(sb_breaker_ask(&breaker, 1000 + SB_BREAKER_FIRST_MS), SB_BREAKER_SKIP);
    sb_breaker_success(&breaker);
    cr_assert_eq(sb_breaker_ask(&breaker, 1000 + SB_BREAKER_FIRST_MS), SB_BREAKER_PASS);
}

Test(breaker, waits_twice_as_long_after_each_failed_probe)
{
    struct sb_breaker breaker = {0};
    int64_t now = 0, expected = SB_BREAKER_FIRST_MS;

    fail(&breaker, now, SB_BREAKER_FAILURES);
    for (int i = 0; i < 12; i++) {
        cr_assert_eq(sb_breaker_wait_ms(&breaker, now), expected);
        now += expected;
        cr_assert_eq(sb_breaker_ask(&breaker, now), SB_BREAKER_PROBE);
        fail(&breaker, now, 1);
        expected =
            expected * 2 > SB_BREAKER_LONGEST_MS ? SB_BREAKER_LONGEST_MS : expected * 2;
    }
}

Test(breaker, opens_at_once_for_a_refused_key_or_a_retry_after)
{
    struct sb_breaker refused = {0}, limited = {0};

    cr_assert(sb_breaker_failure(&refused, 0, SB_EAUTH, 0, 0));
    cr_assert(sb_breaker_failure(&limited, 0, SB_ELIMIT, 90000, 0));
    cr_assert_eq(sb_breaker_wait_ms(&limited, 0), 90000);
}

Test(breaker, does_not_believe_a_retry_after_of_days)
{
    struct sb_breaker breaker = {0};

    (void)sb_breaker_failure(&breaker, 0, SB_ELIMIT, 86400000, 0);
    cr_assert_eq(sb_breaker_wait_ms(&breaker, 0), 3600000);
}

Test(breaker, spreads_the_waking_by_chance)
{
    struct sb_breaker breaker = {0};

    (void)sb_breaker_failure(&breaker, 0, SB_EAUTH, 0, 1.0);
    cr_assert_eq(sb_breaker_wait_ms(&breaker, 0), SB_BREAKER_FIRST_MS * 12 / 10);
}

Test(breaker, a_failure_of_a_call_that_began_earlier_changes_nothing)
{
    struct sb_breaker breaker = {0};

    fail(&breaker, 0, SB_BREAKER_FAILURES);
    cr_assert(!sb_breaker_failure(&breaker, 100, SB_EUNAVAILABLE, 0, 0));
    cr_assert_eq(sb_breaker_wait_ms(&breaker, 100), SB_BREAKER_FIRST_MS - 100);
}

Test(breaker, a_probe_without_a_verdict_is_due_again)
{
    struct sb_breaker breaker = {0};

    fail(&breaker, 0, SB_BREAKER_FAILURES);
    cr_assert_eq(sb_breaker_ask(&breaker, 9000), SB_BREAKER_PROBE);
    sb_breaker_undecided(&breaker, 9000);
    cr_assert_eq(sb_breaker_ask(&breaker, 9000), SB_BREAKER_PROBE);
}
