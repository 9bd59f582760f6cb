/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the tools share.
 */
#ifndef SB_TALK_TOOLS_H
#define SB_TALK_TOOLS_H

#include <jansson.h>
#include "talk/run.h"

json_t *sb_tool_ok(void);
/* {"ok":false,"error":why} */
json_t *sb_tool_refused(const char *why);

/* The tools that look things up: [suspends] the search. As `run` of struct tool. */
json_t *sb_tool_search(struct sb_run *run, const json_t *args, int *rc,
                       struct sb_err *err);
json_t *sb_tool_hours(struct sb_run *run, const json_t *args, int *rc,
                      struct sb_err *err);
json_t *sb_tool_area(struct sb_run *run, const json_t *args, int *rc,
                     struct sb_err *err);

#endif
