/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a website from the terminal, with its progress shown: what `try` and
 * `tenant add` share.
 */
#ifndef SB_CLI_SITE_H
#define SB_CLI_SITE_H

#include <talloc.h>

struct sb_app;

struct sb_site_wish {
    const char *url, *vertical, *slug, *timezone, *pages; /* the last three may be NULL */
};

/* [suspends] Makes the receptionist and says what was learned. 0 with `*slug_r` on
 * `mem`, or 1 when there is none (a complaint has been printed). A site that could not
 * be read is told, and is no failure: the receptionist takes messages. */
int sb_site_read(struct sb_app *app, TALLOC_CTX *mem, const struct sb_site_wish *wish,
                 const char **slug_r);

#endif
