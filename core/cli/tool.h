/* SPDX-License-Identifier: Apache-2.0
 *
 * A command that works on the database from the terminal, beside a running server or
 * without one: reads flags and configuration, opens the app, runs, ends everything.
 */
#ifndef SB_CLI_TOOL_H
#define SB_CLI_TOOL_H

#include "cli/flags.h"

struct sb_app;

struct sb_tool {
    struct sb_usage usage;
    const char **args[2]; /* where the first arguments go; NULL for none */
    /* Optional: looks at the arguments before anything is opened; 0 to go on, else the
     * exit status. */
    int (*check)(void *arg);
    int (*run)(struct sb_app *app, void *arg); /* [task] returns the exit status */
    void *arg;
};

/* Returns the exit status. */
int sb_tool_main(int argc, char **argv, const struct sb_tool *tool);

#endif
