/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults on request: how a scenario finds out what a visitor hears when a provider is
 * down. The chain does everything else as it always does.
 */
#include <string.h>

#include "host/plugins.h"
#include "host/roles.h"

int sb_plugins_fault(struct sb_plugins *plugins, const char *name, const char *role,
                     int times, struct sb_err *err)
{
    struct sb_loaded *loaded = sb_plugins_lookup(plugins, name);
    int kind = sb_role_find(role);

    if (kind < 0)
        return sb_fail(err, SB_EINVAL, "there is no role \"%.40s\"", role);
    if (!loaded || !loaded->current || !sb_loaded_ops(loaded, (enum sb_role_kind)kind))
        return sb_fail(err, SB_EINVAL,
                       "no plugin \"%.40s\" that is on fills the role %s", name, role);
    loaded->current->faults[kind] = times;
    return 0;
}

void sb_plugins_heal(struct sb_plugins *plugins)
{
    size_t i, kind;

    for (i = 0; i < plugins->count; i++) {
        struct sb_instance *instance = plugins->items[i]->current;

        for (kind = 0; instance && kind < SB_KIND_COUNT; kind++) {
            instance->faults[kind] = 0;
            sb_breaker_success(&instance->breakers[kind]);
        }
    }
}
