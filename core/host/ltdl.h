/* SPDX-License-Identifier: Apache-2.0
 *
 * Maps a shared object through libltdl, for good: a plugin is never unmapped while the
 * process lives.
 */
#ifndef SB_HOST_LTDL_H
#define SB_HOST_LTDL_H

#include <switchboard/plugin.h>

/* Maps `path` and finds the descriptor of the plugin called `name`. The error has the
 * dynamic linker's own reason. Runs the object's constructors. */
int sb_ltdl_open(const char *path, const char *name, const struct sb_plugin **raw_r,
                 struct sb_err *err);

#endif
