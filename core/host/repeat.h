/* SPDX-License-Identifier: Apache-2.0
 *
 * Drops a repetition: a model that goes on in mid-answer often begins with what was
 * said already. Text is withheld for as long as it is word for word the same.
 */
#ifndef SB_HOST_REPEAT_H
#define SB_HOST_REPEAT_H

#include <stddef.h>

struct sb_repeat {
    const char *said; /* NULL: nothing to compare with any more */
    size_t matched;
};

void sb_repeat_init(struct sb_repeat *repeat, const char *said);
/* On return `*text`, `*len` is what of it may go out now, and before that
 * `*withheld_r`, `*withheld_len_r`: earlier text that turned out to be no repetition.
 */
void sb_repeat_feed(struct sb_repeat *repeat, const char **text, size_t *len,
                    const char **withheld_r, size_t *withheld_len_r);

#endif
