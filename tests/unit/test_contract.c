/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <switchboard/plugin.h>

Test(contract, codes_have_names)
{
    cr_assert_str_eq(sb_code_name(SB_ETIMEDOUT), "timed_out");
    cr_assert_str_eq(sb_code_name(12345), "unknown");
}
