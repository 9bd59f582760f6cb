/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting, reloading and stopping instances. A reload is made in two steps: all new
 * instances are built beside the old ones first, and only when every one of them is
 * there (or has declined) do they change places, so that a bad file changes nothing.
 */
#include "host/plugins.h"

#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/task.h"
#include "base/text.h"
#include "host/cache.h"
#include "host/options.h"

#define CACHE_BYTES ((size_t)16 * 1024 * 1024)

/* What a reload has ready for one plugin. */
struct plan {
    struct sb_instance *fresh; /* the new instance, or NULL */
    bool keep;                 /* nothing changed: the old one stays */
    char *declined;            /* why it is off, or NULL */
};

static const char *nearest(TALLOC_CTX *mem, const struct sb_plugins *plugins,
                           const char *name)
{
    const char **names = sb_array(mem, const char *, plugins->count + 1);

    for (size_t i = 0; i < plugins->count; i++)
        names[i] = plugins->items[i]->info.name;
    return sb_text_nearest(name, names);
}

/* Is every plugin that the configuration names there at all? */
static int check_names(const struct sb_plugins *plugins,
                       const struct sb_yaml *providers, struct sb_err *err)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    const char *near;
    int rc = 0;

    if (providers && providers->kind != SB_YAML_MAP) {
        if (providers->kind != SB_YAML_SCALAR || *providers->text)
            rc = sb_yaml_fail(
                err, SB_EINVAL, providers,
                "providers must be a map of plugin names to their options");
        goto out;
    }
    for (size_t i = 0; providers && i < providers->count && rc == 0; i++) {
        const char *name = providers->keys[i]->text;

        if (sb_plugins_lookup(plugins, name))
            continue;
        near = nearest(scratch, plugins, name);
        rc = sb_yaml_fail(
            err, SB_EINVAL, providers->keys[i], "there is no plugin \"%s\"%s%s%s", name,
            near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    }
out:
    talloc_free(scratch);
    return rc;
}

static const struct sb_yaml *options_of(const struct sb_yaml *providers,
                                        const char *name)
{
    const struct sb_yaml *map = NULL;

    if (providers && providers->kind == SB_YAML_MAP)
        map = sb_yaml_get(providers, name);
    /* `name:` with nothing behind it means the presets. */
    if (map && map->kind == SB_YAML_SCALAR && !*map->text)
        map = NULL;
    return map;
}

/* An instance that serves well and whose options read the same keeps its caches and
 * its connections. */
static bool may_stay(const struct sb_loaded *loaded, const struct sb_instance *fresh)
{
    const struct sb_instance *old = loaded->current;

    return old && !old->quarantined && old->strikes == 0 &&
           sb_options_same(fresh->plugin, old->config, fresh->config);
}

static int plan_one(struct sb_plugins *plugins, TALLOC_CTX *plan_mem,
                    struct sb_loaded *loaded, const struct sb_yaml *providers,
                    struct plan *plan, struct sb_err *err)
{
    const struct sb_yaml *map = options_of(providers, loaded->info.name);
    struct sb_err why = {0};
    int rc;

    if (!loaded->descriptor)
        return 0;
    if (loaded->info.status == SB_PLUGIN_DECLINED && loaded->info.descriptor->needs &&
        !loaded->why)
        return 0; /* its needs are not met: no configuration helps */
    rc = sb_instance_new(&plugins->hub, loaded->descriptor, map, NULL, &plan->fresh,
                         &why);
    if (rc == 0) {
        plan->keep = may_stay(loaded, plan->fresh);
        return 0;
    }
    if (rc == SB_EDECLINED) {
        plan->declined = talloc_strdup(plan_mem, why.msg);
        return 0;
    }
    return sb_fail(err, rc, "plugin %s: %s", loaded->info.name, why.msg);
}

static void take_over(struct sb_loaded *loaded, struct plan *plan)
{
    struct sb_instance *old = loaded->current;

    if (!loaded->descriptor || (!plan->fresh && !plan->declined))
        return;
    if (plan->keep) {
        sb_instance_unref(plan->fresh);
        return;
    }
    loaded->current = plan->fresh;
    TALLOC_FREE(loaded->why);
    loaded->why = talloc_steal(loaded, plan->declined);
    loaded->info.why = loaded->why ? loaded->why : "";
    loaded->info.status = plan->fresh ? SB_PLUGIN_OK : SB_PLUGIN_DECLINED;
    if (!plan->fresh)
        sb_log(SB_LOG_INFO, "host", "a plugin is off",
               sb_str("plugin", loaded->info.name), sb_str("why", loaded->info.why));
    sb_instance_unref(old);
}

int sb_plugins_reload(struct sb_plugins *plugins, const struct sb_yaml *providers,
                      struct sb_err *err)
{
    struct plan *plans = sb_array(plugins, struct plan, plugins->count + 1);
    int rc = check_names(plugins, providers, err);

    for (size_t i = 0; rc == 0 && i < plugins->count; i++)
        rc = plan_one(plugins, plans, plugins->items[i], providers, &plans[i], err);
    for (size_t i = 0; i < plugins->count; i++) {
        if (rc == 0)
            take_over(plugins->items[i], &plans[i]);
        else
            sb_instance_unref(plans[i].fresh);
    }
    talloc_free(plans);
    return rc;
}

static void tell_refused(const struct sb_plugins *plugins)
{
    for (size_t i = 0; i < plugins->count; i++) {
        const struct sb_plugin_info *info = &plugins->items[i]->info;

        if (info->status == SB_PLUGIN_REFUSED || info->status == SB_PLUGIN_BROKEN)
            sb_log(SB_LOG_WARN, "host", "a plugin file was refused",
                   sb_str("path", info->path), sb_str("why", info->why));
    }
}

static void describe_metrics(void)
{
    sb_metrics_help("switchboard_plugin_strikes_total",
                    "Times that a plugin kept the loop busy over its budget");
    sb_metrics_help("switchboard_provider_failures_total",
                    "Failed attempts by provider, role and code");
    sb_metrics_help("switchboard_llm_ms", "Time of a whole reply by who answered");
}

int sb_plugins_start(struct sb_plugins *plugins, struct sb_loop *loop,
                     struct sb_client *client, const struct sb_yaml *providers,
                     struct sb_err *err)
{
    plugins->hub.loop = loop;
    plugins->hub.client = client;
    if (!plugins->hub.cache)
        plugins->hub.cache = sb_cache_new(plugins, CACHE_BYTES);
    tell_refused(plugins);
    describe_metrics();
    return sb_plugins_reload(plugins, providers, err);
}

static void cancel_probes(struct sb_instance *instance)
{
    for (int kind = 0; kind < SB_KIND_COUNT; kind++)
        if (instance->probes[kind])
            sb_task_cancel(instance->probes[kind]);
}

void sb_plugins_stop(struct sb_plugins *plugins)
{
    for (size_t i = 0; plugins && i < plugins->count; i++) {
        struct sb_instance *old = plugins->items[i]->current;

        if (!old)
            continue;
        plugins->items[i]->current = NULL;
        cancel_probes(old);
        sb_instance_unref(old);
    }
}

struct sb_instance *sb_plugins_instance(struct sb_plugins *plugins, const char *name)
{
    struct sb_loaded *loaded = sb_plugins_lookup(plugins, name);

    return loaded && sb_instance_is_on(loaded->current) ? loaded->current : NULL;
}
