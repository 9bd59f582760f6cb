/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding and mapping: every file is probed in a child, and only what came through is
 * mapped here. See host.h. Configuring is in configure.c.
 */
#include "host/plugins.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "host/find.h"
#include "host/ltdl.h"
#include "host/roles.h"

#define MODELS_MAX 200

int sb_plugins_map(TALLOC_CTX *mem, const char *path, const char *name,
                   const struct sb_descriptor **descriptor_r, struct sb_err *err)
{
    const struct sb_plugin *raw;
    int rc = sb_ltdl_open(path, name, &raw, err);

    return rc ? rc : sb_descriptor_read(mem, name, raw, descriptor_r, err);
}

static const char *const *role_names(TALLOC_CTX *mem, const struct sb_plugin *plugin)
{
    const char **names = sb_array(mem, const char *, SB_KIND_COUNT + 1);

    for (size_t i = 0; plugin->roles[i].name; i++)
        names[i] = plugin->roles[i].name;
    return names;
}

/* The descriptor in our own memory now vouches for what the probe's child has said. */
static void map(struct sb_loaded *loaded)
{
    struct sb_plugin_info *info = &loaded->info;
    struct sb_err err = {0};

    if (sb_plugins_map(loaded, info->path, info->name, &loaded->descriptor, &err) !=
        0) {
        info->status = SB_PLUGIN_BROKEN;
        info->why = talloc_strdup(loaded, err.msg);
        return;
    }
    info->descriptor = &loaded->descriptor->plugin;
    info->version = info->descriptor->version;
    info->summary = info->descriptor->summary;
    info->licence = info->descriptor->licence;
    info->roles = role_names(loaded, info->descriptor);
}

static void add(struct sb_plugins *plugins, const struct sb_file *file)
{
    static const char *const no_roles[] = {NULL};
    struct sb_loaded *loaded = talloc_zero(plugins, struct sb_loaded);
    struct sb_err err = {0};

    loaded->owner = plugins;
    if (sb_plugin_probe(loaded, file->path, &loaded->info, &err) != 0) {
        loaded->info =
            (struct sb_plugin_info){.name = talloc_strdup(loaded, file->name),
                                    .path = talloc_strdup(loaded, file->path),
                                    .version = "",
                                    .summary = "",
                                    .licence = "",
                                    .status = SB_PLUGIN_BROKEN,
                                    .roles = no_roles,
                                    .why = talloc_strdup(loaded, err.msg)};
    } else if (loaded->info.status == SB_PLUGIN_OK) {
        map(loaded);
    }
    plugins->items[plugins->count++] = loaded;
}

static bool provides(const struct sb_plugins *plugins, int kind)
{
    for (size_t i = 0; i < plugins->count; i++)
        if (plugins->items[i]->descriptor && plugins->items[i]->descriptor->ops[kind])
            return true;
    return false;
}

/* A plugin whose needs nobody meets stays off, and says so. */
static void check_needs(struct sb_plugins *plugins, struct sb_loaded *loaded)
{
    const char *const *need;

    if (!loaded->descriptor)
        return;
    for (need = loaded->descriptor->plugin.needs; need && *need; need++) {
        if (provides(plugins, sb_role_find(*need)))
            continue;
        loaded->info.status = SB_PLUGIN_DECLINED;
        loaded->info.why = talloc_asprintf(
            loaded, "it needs the role %s, and no plugin here provides it", *need);
        return;
    }
}

static bool is_wanted(const char *name, const char *const *only)
{
    if (!only)
        return true;
    for (; *only; only++)
        if (strcmp(*only, name) == 0)
            return true;
    return false;
}

static int end(struct sb_plugins *plugins)
{
    sb_plugins_stop(plugins);
    return 0;
}

struct sb_plugins *sb_plugins_load(TALLOC_CTX *mem, const char *const *dirs,
                                   const char *const *only)
{
    struct sb_plugins *plugins = talloc_zero(mem, struct sb_plugins);
    TALLOC_CTX *scratch = talloc_new(NULL);
    struct sb_file *files;
    size_t count = sb_find_plugins(scratch, dirs, &files);

    plugins->hub.budget_us = SB_BUDGET_US;
    plugins->items = sb_array(plugins, struct sb_loaded *, count + 1);
    for (size_t i = 0; i < count; i++)
        if (is_wanted(files[i].name, only))
            add(plugins, &files[i]);
    for (size_t i = 0; i < plugins->count; i++)
        check_needs(plugins, plugins->items[i]);
    talloc_free(scratch);
    talloc_set_destructor(plugins, end);
    return plugins;
}

size_t sb_plugins_count(const struct sb_plugins *plugins)
{
    return plugins->count;
}

/* Quarantine happens between two looks, so it is read from the instance. */
static void refresh(struct sb_loaded *loaded)
{
    if (!loaded->current)
        return;
    loaded->info.status =
        loaded->current->quarantined ? SB_PLUGIN_QUARANTINED : SB_PLUGIN_OK;
    loaded->info.why = loaded->current->quarantined ? loaded->current->why : "";
}

const struct sb_plugin_info *sb_plugins_info(const struct sb_plugins *plugins, size_t i)
{
    refresh(plugins->items[i]);
    return &plugins->items[i]->info;
}

struct sb_loaded *sb_plugins_lookup(const struct sb_plugins *plugins, const char *name)
{
    for (size_t i = 0; i < plugins->count; i++)
        if (strcmp(plugins->items[i]->info.name, name) == 0)
            return plugins->items[i];
    return NULL;
}

const struct sb_plugin_info *sb_plugins_find(const struct sb_plugins *plugins,
                                             const char *name)
{
    struct sb_loaded *loaded = sb_plugins_lookup(plugins, name);

    if (!loaded)
        return NULL;
    refresh(loaded);
    return &loaded->info;
}

const void *sb_loaded_ops(const struct sb_loaded *loaded, enum sb_role_kind kind)
{
    return loaded->descriptor ? loaded->descriptor->ops[kind] : NULL;
}

const char *sb_plugins_intern(struct sb_plugins *plugins, const char *text)
{
    for (size_t i = 0; i < plugins->model_count; i++)
        if (strcmp(plugins->models[i], text) == 0)
            return plugins->models[i];
    if (!plugins->models)
        plugins->models = sb_array(plugins, char *, MODELS_MAX);
    if (plugins->model_count == MODELS_MAX)
        return "";
    plugins->models[plugins->model_count] = talloc_strndup(plugins->models, text, 200);
    return plugins->models[plugins->model_count++];
}

void sb_plugins_set_budget(struct sb_plugins *plugins, int64_t us)
{
    plugins->hub.budget_us = us;
}
