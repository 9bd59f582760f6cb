/* SPDX-License-Identifier: Apache-2.0
 *
 * See probe.h. The child runs on a stack as small as a task's: what does not fit there
 * would take the server down later.
 */
#include "host/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/descriptor.h"
#include "host/find.h"
#include "host/jail.h"
#include "host/ltdl.h"
#include "host/options.h"
#include "host/services.h"

#if defined(__SANITIZE_ADDRESS__)
#define STACK_BYTES (1024u * 1024) /* its frames are several times as large */
#else
#define STACK_BYTES (256u * 1024)
#endif

/* ---- in the child ---- */

struct suspect {
    const char *path, *name;
};

static void tell(struct sb_jail *jail, const struct sb_plugin *plugin)
{
    sb_jail_say(jail, "version", plugin->version);
    sb_jail_say(jail, "summary", plugin->summary);
    sb_jail_say(jail, "licence", plugin->licence);
    for (const struct sb_role *role = plugin->roles; role->name; role++)
        sb_jail_say(jail, "role", role->name);
}

/* Only a crash, a hang or an exit counts here: whether it wants to work is asked again
 * with the real configuration. */
static void try_start(struct sb_jail *jail, const struct sb_plugin *plugin)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_services services = {.plugin = plugin};
    struct sb_host host;
    struct sb_err err = {0};
    void *config, *state = NULL;

    if (!plugin->start || sb_options_bind_sample(mem, plugin, &config, &err) != 0)
        goto out;
    services.config = config;
    sb_services_fill(&host, &services);
    sb_jail_stage(jail, "start");
    if (plugin->start(&host, config, &state, &err) == 0) {
        sb_jail_stage(jail, "stop");
        if (plugin->stop)
            plugin->stop(state);
    }
out:
    talloc_free(mem);
}

static void examine(struct sb_jail *jail, void *arg)
{
    const struct suspect *suspect = arg;
    const struct sb_descriptor *descriptor;
    const struct sb_plugin *raw;
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    int rc;

    sb_jail_stage(jail, "loading");
    rc = sb_ltdl_open(suspect->path, suspect->name, &raw, &err);
    if (rc != 0) {
        sb_jail_say(jail, rc == SB_EIO ? "broken" : "refused", err.msg);
        return;
    }
    sb_jail_stage(jail, "its descriptor");
    if (sb_descriptor_read(mem, suspect->name, raw, &descriptor, &err) != 0) {
        sb_jail_say(jail, "refused", err.msg);
        return;
    }
    tell(jail, &descriptor->plugin);
    try_start(jail, &descriptor->plugin);
    talloc_free(mem);
}

/* ---- in the parent ---- */

struct report {
    TALLOC_CTX *mem;
    struct sb_plugin_info *info;
    const char **roles;
};

static void add_role(struct report *report, const char *name)
{
    unsigned count = (unsigned)talloc_array_length(report->roles);

    if (count > SB_KIND_COUNT)
        return;
    report->roles = talloc_realloc(report->mem, report->roles, const char *, count + 1);
    report->roles[count - 1] = name;
    report->roles[count] = NULL;
}

static void take(void *arg, const char *key, const char *text)
{
    struct report *report = arg;
    struct sb_plugin_info *info = report->info;
    char *copy = talloc_strdup(report->mem, text);

    if (strcmp(key, "version") == 0) {
        info->version = copy;
    } else if (strcmp(key, "summary") == 0) {
        info->summary = copy;
    } else if (strcmp(key, "licence") == 0) {
        info->licence = copy;
    } else if (strcmp(key, "role") == 0) {
        add_role(report, copy);
    } else if (strcmp(key, "refused") == 0) {
        info->status = SB_PLUGIN_REFUSED;
        info->why = copy;
    } else if (strcmp(key, "broken") == 0) {
        info->status = SB_PLUGIN_BROKEN;
        info->why = copy;
    }
}

static int check_file(const char *path, struct sb_err *err)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return sb_fail(err, errno == ENOENT ? SB_ENOTFOUND : SB_EIO, "%s: %s", path,
                       strerror(errno));
    if (!S_ISREG(st.st_mode))
        return sb_fail(err, SB_EINVAL, "%s is not a file", path);
    return 0;
}

int sb_probe_file(TALLOC_CTX *mem, const char *path, int deadline_ms,
                  struct sb_plugin_info *info, struct sb_err *err)
{
    struct sb_jail_conf conf = {.deadline_ms = deadline_ms, .stack = STACK_BYTES};
    struct report report = {.mem = mem, .info = info};
    struct suspect suspect = {.path = path};
    struct sb_jail_result result;
    int rc = check_file(path, err);

    if (rc != 0)
        return rc;
    suspect.name = sb_find_name(mem, path);
    if (!suspect.name)
        return sb_fail(
            err, SB_EINVAL,
            "%s is not called as a plugin is: a-z first, then a-z, 0-9 and '_', "
            "at most 40, and .so",
            path);
    *info =
        (struct sb_plugin_info){.name = suspect.name, .path = talloc_strdup(mem, path)};
    info->version = info->summary = info->licence = info->why = "";
    report.roles = talloc_zero_array(mem, const char *, 1);
    rc = sb_jail_run(&conf, examine, &suspect, take, &report, &result, err);
    if (rc != 0)
        return rc;
    info->roles = report.roles;
    if (result.end != SB_JAIL_DONE) {
        info->status = SB_PLUGIN_BROKEN;
        info->why = sb_jail_sentence(mem, &result);
    }
    return 0;
}

int sb_plugin_probe(TALLOC_CTX *mem, const char *path, struct sb_plugin_info *info,
                    struct sb_err *err)
{
    return sb_probe_file(mem, path, SB_PROBE_DEADLINE_MS, info, err);
}
