/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include "net/limit.h"

Test(limit, allows_a_burst_of_a_minutes_worth)
{
    struct sb_limit *limit = sb_limit_new(3, 10);

    for (int i = 0; i < 3; i++)
        cr_assert_eq(sb_limit_take_at(limit, "a", 1000), 0);
    cr_assert_eq(sb_limit_take_at(limit, "a", 1000), 20000);
    sb_limit_free(limit);
}

Test(limit, gives_tokens_back_with_time)
{
    struct sb_limit *limit = sb_limit_new(60, 10);

    for (int i = 0; i < 60; i++)
        cr_assert_eq(sb_limit_take_at(limit, "a", 0), 0);
    cr_assert_eq(sb_limit_take_at(limit, "a", 400), 600);
    cr_assert_eq(sb_limit_take_at(limit, "a", 999), 1);
    cr_assert_eq(sb_limit_take_at(limit, "a", 1000), 0);
    cr_assert_eq(sb_limit_take_at(limit, "a", 1000), 1000);
    /* Never more than a full bucket. */
    for (int i = 0; i < 60; i++)
        cr_assert_eq(sb_limit_take_at(limit, "a", 10000000), 0);
    cr_assert_gt(sb_limit_take_at(limit, "a", 10000000), 0);
    sb_limit_free(limit);
}

Test(limit, a_refused_try_costs_nothing)
{
    struct sb_limit *limit = sb_limit_new(1, 10);

    cr_assert_eq(sb_limit_take_at(limit, "a", 0), 0);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(sb_limit_take_at(limit, "a", 30000), 30000);
    cr_assert_eq(sb_limit_take_at(limit, "a", 60000), 0);
    sb_limit_free(limit);
}

Test(limit, keeps_keys_apart)
{
    struct sb_limit *limit = sb_limit_new(1, 10);

    cr_assert_eq(sb_limit_take_at(limit, "chat:1.2.3.4", 0), 0);
    cr_assert_eq(sb_limit_take_at(limit, "chat:1.2.3.5", 0), 0);
    cr_assert_eq(sb_limit_take_at(limit, "chat:1.2.3", 0), 0);
    cr_assert_gt(sb_limit_take_at(limit, "chat:1.2.3.4", 0), 0);
    sb_limit_free(limit);
}

Test(limit, forgets_the_least_recently_used)
{
    struct sb_limit *limit = sb_limit_new(1, 3);
    char key[16];

    cr_assert_eq(sb_limit_take_at(limit, "kept", 0), 0);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(key, sizeof(key), "other%d", i);
        cr_assert_eq(sb_limit_take_at(limit, key, 0), 0);
        cr_assert_gt(sb_limit_take_at(limit, "kept", 0), 0);
    }
    cr_assert_eq(sb_limit_take_at(limit, "other0", 0), 0); /* forgotten */
    sb_limit_free(limit);
}

Test(limit, zero_switches_it_off)
{
    struct sb_limit *limit = sb_limit_new(0, 3);

    for (int i = 0; i < 100000; i++)
        cr_assert_eq(sb_limit_take(limit, "a"), 0);
    sb_limit_free(limit);
}

/* However an address is written, and whichever of its many addresses a customer uses.
 */
Test(limit, counts_ipv6_by_its_64_and_mapped_ipv4_as_ipv4)
{
    static const struct {
        const char *address, *key;
    } cases[] = {
        {"203.0.113.7", "203.0.113.7"},
        {"::ffff:203.0.113.7", "203.0.113.7"},
        {"::FFFF:cb00:7107", "203.0.113.7"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
        {"2001:DB8:1:2::1", "2001:db8:1:2::/64"},
        {"2001:db8:1:3::1", "2001:db8:1:3::/64"},
        {"", ""},
    };
    TALLOC_CTX *mem = talloc_new(NULL);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_assert_str_eq(sb_limit_key(mem, cases[i].address), cases[i].key);
    talloc_free(mem);
}
