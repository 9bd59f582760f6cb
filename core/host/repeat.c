/* SPDX-License-Identifier: Apache-2.0
 *
 * See repeat.h. What is withheld equals the beginning of what was said, so it needs no
 * copy.
 */
#include "host/repeat.h"

#include <string.h>

void sb_repeat_init(struct sb_repeat *repeat, const char *said)
{
    repeat->said = said && *said ? said : NULL;
    repeat->matched = 0;
}

void sb_repeat_feed(struct sb_repeat *repeat, const char **text, size_t *len,
                    const char **withheld_r, size_t *withheld_len_r)
{
    const char *said = repeat->said;
    size_t same = 0, left;

    *withheld_r = "";
    *withheld_len_r = 0;
    if (!said || *len == 0)
        return;
    left = strlen(said) - repeat->matched;
    while (same < *len && same < left && (*text)[same] == said[repeat->matched + same])
        same++;
    if (same == left || same == *len) {
        /* All of it was said before, or still might have been. */
        repeat->matched += same;
        *text += same;
        *len -= same;
        if (same == left)
            repeat->said = NULL;
        return;
    }
    *withheld_r = said;
    *withheld_len_r = repeat->matched;
    repeat->said = NULL;
}
