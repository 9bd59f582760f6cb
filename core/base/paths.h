/* SPDX-License-Identifier: Apache-2.0
 *
 * Where our own files are. A binary that runs from its build folder uses the source
 * tree; an installed one uses the installed places. Environment variables override:
 * SWITCHBOARD_SQL, SWITCHBOARD_DEMO, SWITCHBOARD_VERTICALS, SWITCHBOARD_PLUGINS (the
 * last two colon-separated).
 */
#ifndef SB_BASE_PATHS_H
#define SB_BASE_PATHS_H

#include <talloc.h>

/* The folder of the migrations. */
const char *sb_path_sql(TALLOC_CTX *mem);
/* Folders that hold `<vertical>/<vertical>.yaml`, NULL-terminated. */
const char *const *sb_path_verticals(TALLOC_CTX *mem);
/* Folders that hold plugins, NULL-terminated. */
const char *const *sb_path_plugins(TALLOC_CTX *mem);
/* The folder of the demonstration tenants' files. */
const char *sb_path_demo(TALLOC_CTX *mem);
/* Does this binary run from its build folder? */
int sb_path_is_uninstalled(void);

#endif
