/* SPDX-License-Identifier: Apache-2.0
 *
 * The plugin host: finds, checks, configures and calls plugins. The supervisor (or
 * any tool) probes each file in a child process first; a file that fails, hangs or
 * crashes there is refused with a sentence and never mapped.
 */
#ifndef SB_HOST_HOST_H
#define SB_HOST_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>
#include <switchboard/plugin.h>
#include "base/yaml.h"

struct sb_loop;
struct sb_client;
struct sb_plugins;
struct sb_loaded;   /* one mapped plugin: its descriptor, normalised to our size */
struct sb_instance; /* one configured instance of it */

/* What became of one file. */
enum sb_plugin_status {
    SB_PLUGIN_OK = 0,
    SB_PLUGIN_REFUSED,     /* descriptor wrong; `why` names both versions and a remedy */
    SB_PLUGIN_BROKEN,      /* did not load, crashed or hung in the probe */
    SB_PLUGIN_DECLINED,    /* start() declined (a missing key): off, not an error */
    SB_PLUGIN_QUARANTINED, /* three strikes */
};

struct sb_plugin_info {
    const char *name, *path, *version, *summary, *licence, *why;
    enum sb_plugin_status status;
    const char *const *roles; /* NULL-terminated names */
    const struct sb_plugin *descriptor; /* NULL unless loaded */
};

/* Looks through `dirs` (NULL-terminated) for *.so (and libtool's build folders), checks
 * every one in a child and maps the good ones. Never fails as a whole: look at the
 * infos. `only` (or NULL): load just these names. */
struct sb_plugins *sb_plugins_load(TALLOC_CTX *mem, const char *const *dirs,
                                   const char *const *only);
size_t sb_plugins_count(const struct sb_plugins *plugins);
const struct sb_plugin_info *sb_plugins_info(const struct sb_plugins *plugins, size_t i);
const struct sb_plugin_info *sb_plugins_find(const struct sb_plugins *plugins,
                                             const char *name);
/* Checks one file as the conformance check does, in a child; fills `info` on `mem`. */
int sb_plugin_probe(TALLOC_CTX *mem, const char *path, struct sb_plugin_info *info,
                    struct sb_err *err);

/* Starts instances in this worker: `providers` is the config's map NAME -> options
 * (NULL: presets). A plugin named in `providers` that was not found is an error with
 * place; one that declines is switched off and reported. */
int sb_plugins_start(struct sb_plugins *plugins, struct sb_loop *loop,
                     struct sb_client *client, const struct sb_yaml *providers,
                     struct sb_err *err);
/* Builds new instances beside the old from a new configuration; chains made later use
 * the new ones, the old are stopped when their last call has returned. On error
 * nothing has changed. */
int sb_plugins_reload(struct sb_plugins *plugins, const struct sb_yaml *providers,
                      struct sb_err *err);
void sb_plugins_stop(struct sb_plugins *plugins);

/* For scenarios and tests: the next `times` calls of a plugin's role fail as if the
 * vendor were down, before they reach it. SB_EINVAL for a plugin that is off or lacks
 * the role. */
int sb_plugins_fault(struct sb_plugins *plugins, const char *name, const char *role,
                     int times, struct sb_err *err);
/* Forgets all such faults, and what they taught the breakers. */
void sb_plugins_heal(struct sb_plugins *plugins);

/* The current instance of a plugin, or NULL when it is off. */
struct sb_instance *sb_plugins_instance(struct sb_plugins *plugins, const char *name);

/* For plugins that mount /hooks/<name>/: [suspends]. */
int sb_plugins_hook(struct sb_plugins *plugins, const char *name,
                    const struct sb_hook_request *request, struct sb_hook_reply *reply,
                    struct sb_err *err);

#endif
