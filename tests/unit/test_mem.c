/* SPDX-License-Identifier: Apache-2.0
 *
 * Out of memory ends the process, whichever door the allocation came through.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <signal.h>
#include <stdint.h>
#include <talloc.h>
#include "base/buf.h"
#include "base/mem.h"

/* talloc itself refuses blocks this large (256 MiB and more). */
enum { TOO_LARGE = 1 << 29 };

Test(mem, talloc_size_aborts, .signal = SIGABRT)
{
    (void)talloc_size(NULL, TOO_LARGE);
}

Test(mem, talloc_array_aborts, .signal = SIGABRT)
{
    (void)talloc_zero_array(NULL, int64_t, TOO_LARGE);
}

Test(mem, talloc_realloc_aborts, .signal = SIGABRT)
{
    char *small = talloc_size(NULL, 1);

    (void)talloc_realloc_size(NULL, small, TOO_LARGE);
}

Test(mem, a_buffer_aborts, .signal = SIGABRT)
{
    struct sb_buf buf;

    sb_buf_init(&buf, NULL);
    sb_buf_add(&buf, "x", SIZE_MAX / 2);
}

Test(mem, talloc_finding_corruption_aborts, .signal = SIGABRT)
{
    static char wild[512];

    sb_mem_init();
    talloc_free(wild + 256);
}

Test(mem, what_may_be_null_stays_null)
{
    char *text = talloc_strdup(NULL, "x");

    sb_mem_init();
    cr_assert_null(talloc_strdup(NULL, NULL));
    cr_assert_null(talloc_realloc_size(NULL, text, 0));
    json_decref(json_pack("{s:[i,i]}", "a", 1, 2));
}
