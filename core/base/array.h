/* SPDX-License-Identifier: Apache-2.0
 *
 * Zeroed arrays on talloc, counted in size_t. talloc itself counts in unsigned int; a
 * count above that is a missing limit of ours, so it aborts.
 */
#ifndef SB_BASE_ARRAY_H
#define SB_BASE_ARRAY_H

#include <limits.h>
#include <stdlib.h>
#include <talloc.h>

static inline unsigned sb_array_count(size_t count)
{
    if (count > UINT_MAX)
        abort();
    return (unsigned)count;
}

#define sb_array(mem, type, count) talloc_zero_array((mem), type, sb_array_count(count))

#endif
