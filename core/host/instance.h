/* SPDX-License-Identifier: Apache-2.0
 *
 * One configured instance of a plugin: its option struct, its state, its services, its
 * breakers and strikes. Counted by reference: the plugin's `current` pointer holds one
 * and so does every call, so that an instance replaced by a reload is stopped when its
 * last call has returned.
 */
#ifndef SB_HOST_INSTANCE_H
#define SB_HOST_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>
#include <talloc.h>
#include "host/breaker.h"
#include "host/descriptor.h"
#include "host/host.h"
#include "host/services.h"

struct sb_task;

#define SB_STRIKES_OUT 3
#define SB_BUDGET_US 50000

/* What instances of one process share. Outlives them. */
struct sb_hub {
    struct sb_loop *loop;
    struct sb_client *client;
    struct sb_cache *cache;
    int64_t budget_us;
};

struct sb_instance {
    uint32_t magic;
    int refs;
    const struct sb_descriptor *descriptor;
    const struct sb_plugin *plugin; /* = &descriptor->plugin */
    struct sb_hub *hub;
    void *config;           /* filled from the options */
    void *state;            /* what start() made */
    bool started, resident; /* resident: never quarantined (the last resort) */
    struct sb_host host;
    struct sb_services services;
    struct sb_breaker breakers[SB_KIND_COUNT];
    struct sb_task *probes[SB_KIND_COUNT]; /* background probes under way */
    int faults[SB_KIND_COUNT]; /* calls of a role that are to fail (sb_plugins_fault) */
    int strikes;
    bool quarantined;
    char why[200]; /* of the quarantine */
};

/* Binds the options from `map` (NULL: presets) and starts. SB_EDECLINED, with a
 * sentence, when the plugin does not want to work as configured, a required option is
 * missing, or start() failed; SB_EINVAL with the place when the options are wrong.
 * The caller owns one reference. `watch` is NULL but in the conformance check. */
int sb_instance_new(struct sb_hub *hub, const struct sb_descriptor *descriptor,
                    const struct sb_yaml *map, struct sb_services_watch *watch,
                    struct sb_instance **instance_r, struct sb_err *err);
struct sb_instance *sb_instance_ref(struct sb_instance *instance);
/* The last one stops the plugin's state and frees. NULL is fine. */
void sb_instance_unref(struct sb_instance *instance);
/* May new work go to it? */
bool sb_instance_is_on(const struct sb_instance *instance);
struct sb_services *sb_instance_services(struct sb_instance *instance);

/* ---- budgets ---- */

int64_t sb_instance_budget_us(const struct sb_instance *instance);
/* It kept the loop busy for `spent_us` in a call of `what`: logs, counts, and with the
 * third strike quarantines. */
void sb_instance_strike(struct sb_instance *instance, const char *what,
                        int64_t spent_us);

#endif
