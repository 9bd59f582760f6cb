/* SPDX-License-Identifier: Apache-2.0
 *
 * The flags that every command shares, over getopt_long.
 */
#ifndef SB_CLI_FLAGS_H
#define SB_CLI_FLAGS_H

#include <stdbool.h>
#include <stdio.h>
#include <talloc.h>
#include "cli/config.h"

/* One flag of a command's own. */
struct sb_flag {
    const char *name;  /* "vertical" for --vertical; NULL ends the list */
    const char *value; /* what the help calls its value, or NULL for a switch */
    const char *help;
    const char **text; /* where the value goes */
    bool *given;       /* or a switch */
};

struct sb_usage {
    const char *synopsis; /* "switchboard try URL [--vertical V]" */
    const char *about;    /* a paragraph */
    const struct sb_flag *flags;
    int min_args, max_args; /* of what is left after the flags; max < 0: any */
};

/* Reads shared flags (--config --data --listen --demo --allow-host --verbose --help)
 * and the command's own. Returns the index of the first argument that is no flag, or,
 * having printed help or a complaint, -1 (exit 0) or -2 (exit 2). */
int sb_flags_read(int argc, char **argv, const struct sb_usage *usage,
                  struct sb_config_flags *flags);
/* The exit status for a negative result of sb_flags_read(). */
#define sb_flags_status(result) ((result) == -1 ? 0 : 2)
/* Prints text that came from outside: a website's title, a visitor's words. Without its
 * control characters, which a terminal would obey. */
void sb_print(FILE *out, const char *text, size_t len);
/* "switchboard: <sentence>" on standard error; returns 1. */
__attribute__((format(printf, 1, 2))) int sb_complain(const char *fmt, ...);

#endif
