/* SPDX-License-Identifier: Apache-2.0
 *
 * Looks for plugin files: `<dir>/<name>.so`, and in libtool's build folders
 * `<dir>/<name>/.libs/<name>.so`. Maps nothing.
 */
#ifndef SB_HOST_FIND_H
#define SB_HOST_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

struct sb_file {
    const char *name; /* of the plugin, from the file's name */
    const char *path;
};

/* Fills `*files_r` on `mem`, ordered by name, and returns how many. Where two folders
 * hold the same name, the folder named first wins. */
size_t sb_find_plugins(TALLOC_CTX *mem, const char *const *dirs,
                       struct sb_file **files_r);
/* The plugin's name in "/x/parrot.so", on `mem`; NULL when the file is not called as a
 * plugin is: a-z first, then a-z, 0-9 and '_', at most 40, and ".so". */
char *sb_find_name(TALLOC_CTX *mem, const char *path);
/* Is this a plugin's name? */
bool sb_find_is_name(const char *name);

#endif
