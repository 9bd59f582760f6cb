/* SPDX-License-Identifier: Apache-2.0
 *
 * See instance.h.
 */
#include "host/instance.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/task.h"
#include "host/options.h"

#define MAGIC 0x494e5354u

/* The brain that is always there gets strikes, but is never taken away. */
#define LAST_RESORT "local"

static int bind(struct sb_instance *instance, const struct sb_yaml *map,
                struct sb_err *err)
{
    const char *missing = sb_options_missing(instance->plugin, map);
    int rc;

    if (missing)
        return sb_fail(err, SB_EDECLINED, "option \"%s\" is not set", missing);
    rc = sb_options_bind(instance, instance->plugin, map, &instance->config, err);
    if (rc != 0)
        return rc;
    missing = sb_options_empty(instance->plugin, instance->config);
    if (missing)
        return sb_fail(err, SB_EDECLINED, "option \"%s\" is empty", missing);
    return 0;
}

static int start(struct sb_instance *instance, struct sb_err *err)
{
    const struct sb_plugin *plugin = instance->plugin;
    struct sb_err why = {0};
    int64_t before = sb_clock_mono_us(), spent;
    int rc = 0;

    if (plugin->start)
        rc = plugin->start(&instance->host, instance->config, &instance->state, &why);
    spent = sb_clock_mono_us() - before;
    if (spent > instance->hub->budget_us)
        sb_log(SB_LOG_WARN, "host", "a plugin was slow to start",
               sb_str("plugin", plugin->name), sb_int("ms", spent / 1000));
    if (rc == 0) {
        instance->started = true;
        return 0;
    }
    why.msg[sizeof(why.msg) - 1] = '\0';
    sb_services_redact(&instance->services, why.msg);
    return sb_fail(err, SB_EDECLINED, "%s",
                   why.msg[0] ? why.msg : "start() failed and gave no reason");
}

int sb_instance_new(struct sb_hub *hub, const struct sb_descriptor *descriptor,
                    const struct sb_yaml *map, struct sb_services_watch *watch,
                    struct sb_instance **instance_r, struct sb_err *err)
{
    struct sb_instance *instance = talloc_zero(NULL, struct sb_instance);
    int rc;

    instance->magic = MAGIC;
    instance->refs = 1;
    instance->descriptor = descriptor;
    instance->plugin = &descriptor->plugin;
    instance->hub = hub;
    instance->resident = strcmp(descriptor->plugin.name, LAST_RESORT) == 0;
    rc = bind(instance, map, err);
    if (rc == 0) {
        instance->services = (struct sb_services){.plugin = instance->plugin,
                                                  .config = instance->config,
                                                  .client = hub->client,
                                                  .cache = hub->cache,
                                                  .watch = watch};
        sb_services_fill(&instance->host, &instance->services);
        rc = start(instance, err);
    }
    if (rc != 0) {
        sb_instance_unref(instance);
        return rc;
    }
    *instance_r = instance;
    return 0;
}

struct sb_instance *sb_instance_ref(struct sb_instance *instance)
{
    assert(instance->magic == MAGIC);
    instance->refs++;
    return instance;
}

void sb_instance_unref(struct sb_instance *instance)
{
    if (!instance)
        return;
    assert(instance->magic == MAGIC && instance->refs > 0);
    if (--instance->refs > 0)
        return;
    if (instance->started && instance->plugin->stop)
        instance->plugin->stop(instance->state);
    instance->magic = 0;
    talloc_free(instance);
}

bool sb_instance_is_on(const struct sb_instance *instance)
{
    return instance && !instance->quarantined;
}

struct sb_services *sb_instance_services(struct sb_instance *instance)
{
    return &instance->services;
}

int64_t sb_instance_budget_us(const struct sb_instance *instance)
{
    return instance->hub->budget_us;
}

static void quarantine(struct sb_instance *instance, const char *what)
{
    const char *name = instance->plugin->name;

    instance->quarantined = true;
    (void)snprintf(instance->why, sizeof(instance->why),
                   "quarantined: kept the loop busy over its budget of %d ms %d times, "
                   "last in %s; a reload gives it another chance",
                   (int)(instance->hub->budget_us / 1000), instance->strikes, what);
    sb_log(SB_LOG_ERROR, "host", "a plugin is quarantined until the next reload",
           sb_str("plugin", name), sb_int("strikes", instance->strikes));
}

void sb_instance_strike(struct sb_instance *instance, const char *what,
                        int64_t spent_us)
{
    const char *name = instance->plugin->name;
    char metric[128];

    instance->strikes++;
    sb_log(SB_LOG_WARN, "host", "a plugin kept the loop busy longer than its budget",
           sb_str("plugin", name), sb_str("call", what), sb_int("ms", spent_us / 1000),
           sb_int("budget_ms", instance->hub->budget_us / 1000),
           sb_int("strike", instance->strikes));
    (void)snprintf(metric, sizeof(metric),
                   "switchboard_plugin_strikes_total{plugin=\"%s\"}", name);
    sb_count(metric, 1);
    if (instance->strikes >= SB_STRIKES_OUT && !instance->quarantined &&
        !instance->resident)
        quarantine(instance, what);
}
