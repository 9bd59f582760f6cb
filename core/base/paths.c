/* SPDX-License-Identifier: Apache-2.0
 *
 * See paths.h. The build folder is known at compile time; libtool runs uninstalled
 * programs from a .libs folder below it.
 */
#include "base/paths.h"

#include "base/array.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int sb_path_is_uninstalled(void)
{
    char exe[4096];
    ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

    if (len <= 0)
        return 0;
    exe[len] = '\0';
    return strncmp(exe, SB_BUILDDIR "/", sizeof(SB_BUILDDIR)) == 0;
}

/* Splits "a:b" into a NULL-terminated list. */
static const char *const *split(TALLOC_CTX *mem, const char *paths)
{
    char *copy = talloc_strdup(mem, paths), *save = NULL, *part;
    const char **list = sb_array(mem, const char *, strlen(paths) + 2);
    size_t count = 0;

    for (part = strtok_r(copy, ":", &save); part; part = strtok_r(NULL, ":", &save))
        list[count++] = part;
    return list;
}

static const char *const *choose(TALLOC_CTX *mem, const char *variable,
                                 const char *uninstalled, const char *installed)
{
    const char *given = getenv(variable);

    if (given && *given)
        return split(mem, given);
    return split(mem, sb_path_is_uninstalled() ? uninstalled : installed);
}

const char *sb_path_sql(TALLOC_CTX *mem)
{
    return choose(mem, "SWITCHBOARD_SQL", SB_SRCDIR "/sql", SB_PKGDATADIR "/sql")[0];
}

const char *const *sb_path_verticals(TALLOC_CTX *mem)
{
    return choose(mem, "SWITCHBOARD_VERTICALS", SB_SRCDIR "/verticals",
                  SB_PKGDATADIR "/verticals");
}

const char *const *sb_path_plugins(TALLOC_CTX *mem)
{
    /* Shared objects of an uninstalled tree lie in the .libs folders below these. */
    return choose(mem, "SWITCHBOARD_PLUGINS",
                  SB_BUILDDIR "/plugins:" SB_BUILDDIR "/verticals", SB_PLUGINDIR);
}

const char *sb_path_demo(TALLOC_CTX *mem)
{
    return choose(mem, "SWITCHBOARD_DEMO", SB_SRCDIR "/etc/tenants",
                  SB_PKGDATADIR "/demo")[0];
}
