/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a function in a forked child with limits, a deadline and a small stack, and
 * tells how it ended. What the child has to say comes over a pipe, line by line. For
 * code that may crash, hang, exit or eat its stack.
 *
 * Fork before threads and loops exist, or run only code in the child that does not
 * touch them: the child has the calling thread and nothing else.
 */
#ifndef SB_HOST_JAIL_H
#define SB_HOST_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_jail; /* the child's end */

struct sb_jail_conf {
    int deadline_ms;
    size_t stack; /* run on a stack of this many bytes; 0: the ordinary one */
};

enum sb_jail_end {
    SB_JAIL_DONE = 0, /* fn returned */
    SB_JAIL_CRASHED,  /* by the signal in `detail` */
    SB_JAIL_STACK,    /* ran out of its stack */
    SB_JAIL_EXITED,   /* called exit() with the status in `detail` */
    SB_JAIL_HUNG,     /* had not returned at the deadline */
};

struct sb_jail_result {
    enum sb_jail_end end;
    int detail;
    char stage[80]; /* what it was doing, from sb_jail_stage() */
};

/* `line` is called in the parent for each thing said, with text of at most 8 KiB. */
int sb_jail_run(const struct sb_jail_conf *conf,
                void (*fn)(struct sb_jail *jail, void *arg), void *arg,
                void (*line)(void *line_arg, const char *key, const char *text),
                void *line_arg, struct sb_jail_result *result, struct sb_err *err);
/* "crashed in start (signal 11)", on `mem`; NULL when it ended well. */
char *sb_jail_sentence(TALLOC_CTX *mem, const struct sb_jail_result *result);

/* ---- in the child ---- */

/* `key` is a word; control characters of `text` become spaces. */
void sb_jail_say(struct sb_jail *jail, const char *key, const char *text);
void sb_jail_stage(struct sb_jail *jail, const char *stage);

#endif
