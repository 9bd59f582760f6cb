/* SPDX-License-Identifier: Apache-2.0
 *
 * `switchboard tenant leads|pages|knowledge AGENT`: lists for the people of a business.
 */
#ifndef SB_CLI_REPORT_H
#define SB_CLI_REPORT_H

#include <talloc.h>

struct sb_app;

/* [suspends] Each prints its list of the agent `ref` and returns the exit status. */
int sb_report_leads(struct sb_app *app, TALLOC_CTX *mem, const char *ref);
int sb_report_pages(struct sb_app *app, TALLOC_CTX *mem, const char *ref);
int sb_report_knowledge(struct sb_app *app, TALLOC_CTX *mem, const char *ref);

#endif
