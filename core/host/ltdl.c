/* SPDX-License-Identifier: Apache-2.0
 *
 * See ltdl.h. The only file that knows libltdl, which has two habits to work around:
 * it binds lazily, so that an undefined symbol would kill the server at the first
 * call, and it answers "file not found" for a file that is there but does not link.
 * Binding at once with dlopen() first cures both: its message is the linker's own.
 */
#include "host/ltdl.h"

#include <dlfcn.h>
#include <ltdl.h>
#include <string.h>

static const char *reason(const char *text)
{
    return text ? text : "the dynamic linker gave no reason";
}

/* The handle is kept: closing it would run destructors of an object that stays. */
static int bind_now(const char *path, struct sb_err *err)
{
    (void)dlerror();
    if (dlopen(path, RTLD_NOW | RTLD_LOCAL))
        return 0;
    return sb_fail(err, SB_EIO, "%s does not load: %s", path, reason(dlerror()));
}

static lt_dlhandle open_resident(const char *path)
{
    lt_dladvise advise;
    lt_dlhandle handle = NULL;

    if (lt_dladvise_init(&advise) != 0)
        return NULL;
    if (lt_dladvise_local(&advise) == 0 && lt_dladvise_resident(&advise) == 0)
        handle = lt_dlopenadvise(path, advise);
    lt_dladvise_destroy(&advise);
    return handle;
}

int sb_ltdl_open(const char *path, const char *name, const struct sb_plugin **raw_r,
                 struct sb_err *err)
{
    static bool ready;
    char symbol[128];
    lt_dlhandle handle;
    void *raw;

    if (!ready && lt_dlinit() != 0)
        return sb_fail(err, SB_EIO, "libltdl does not start: %s", reason(lt_dlerror()));
    ready = true;
    if (bind_now(path, err) != 0)
        return SB_EIO;
    handle = open_resident(path);
    if (!handle)
        return sb_fail(err, SB_EIO, "%s does not load: %s", path, reason(lt_dlerror()));
    (void)snprintf(symbol, sizeof(symbol), "%s_LTX_sb_plugin", name);
    raw = lt_dlsym(handle, symbol);
    if (!raw)
        return sb_fail(err, SB_EINVAL,
                       "plugin \"%s\" exports no symbol %s: give SB_PLUGIN() the name "
                       "of the file, and keep the symbol visible",
                       name, symbol);
    *raw_r = raw;
    return 0;
}
