/* SPDX-License-Identifier: Apache-2.0
 *
 * A conversation in the terminal: the same engine as on the website.
 */
#ifndef SB_CLI_TERMINAL_H
#define SB_CLI_TERMINAL_H

#include <switchboard/err.h>

struct sb_app;

/* [suspends] Talks as a visitor to the agent named `ref` until end of input or "/quit".
 * Plain lines when standard output is no terminal. */
int sb_terminal_chat(struct sb_app *app, const char *ref, struct sb_err *err);

#endif
