/* SPDX-License-Identifier: Apache-2.0
 *
 * The conformance kit on options and on starting: each row documented, secrets marked,
 * each required option missed, and start() asked often.
 */
#include <string.h>

#include "base/table.h"
#include "base/yaml.h"
#include "cli/kit.h"
#include "host/options.h"
#include "host/services.h"

#define STARTS 50

/* Would somebody be sorry to see this value in a log? */
static bool looks_secret(const char *name)
{
    static const char *const words[] = {"secret",  "password",    "token",
                                        "api_key", "private_key", "credential"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const char *at = strstr(name, words[i]);

        /* "max_tokens" counts, it is no token. */
        if (at && strncmp(at, "tokens", 6) != 0)
            return true;
    }
    return false;
}

static void check_row(struct sb_kit *kit, const struct sb_option *row)
{
    const char *shouting = "";

    if (row->type == SB_OPTION_STRING && looks_secret(row->name) &&
        !(row->flags & SB_OPTION_SECRET))
        shouting = "it holds a secret by its name: add SB_OPTION_SECRET";
    else if (strlen(row->help) < 8)
        shouting = "its help says next to nothing";
    else if (row->help[strlen(row->help) - 1] == '.')
        shouting = "its help is one phrase, without a full stop";
    else if ((row->flags & SB_OPTION_SECRET) && row->preset && *row->preset)
        shouting = "a secret has no preset";
    else if (row->type == SB_OPTION_INT && row->min == row->max)
        shouting = "its range is empty";
    if (*shouting)
        sb_kit_fail(kit, "option %s: %s", row->name, shouting);
    else
        sb_kit_pass(kit, "option %s: %s", row->name, row->help);
}

/* All options but one, as YAML. */
static char *sample_without(struct sb_kit *kit, const char *name)
{
    char *text = sb_options_sample(kit->mem, kit->plugin), *line;
    char *start = talloc_asprintf(kit->mem, "%s: ", name);

    for (line = text; line && *line;) {
        char *next = strchr(line, '\n') + 1;

        if (strncmp(line, start, strlen(start)) == 0)
            memmove(line, next, strlen(next) + 1);
        else
            line = next;
    }
    return text;
}

static void check_missing(struct sb_kit *kit, const char *name)
{
    char *text = sample_without(kit, name);
    struct sb_hub hub = {.budget_us = SB_BUDGET_US};
    struct sb_instance *instance;
    struct sb_yaml *map = NULL;
    struct sb_err err = {0};
    int rc =
        *text ? sb_yaml_parse(kit->mem, "check", text, strlen(text), &map, &err) : 0;

    if (rc == 0)
        rc = sb_instance_new(&hub, kit->descriptor, map, NULL, &instance, &err);
    if (rc == SB_EDECLINED && strstr(err.msg, name)) {
        sb_kit_pass(kit, "without %s it is off, and that is said: %s", name, err.msg);
    } else {
        sb_kit_fail(kit, "without %s it should be off and name it; %s", name,
                    rc ? err.msg : "it started");
        if (rc == 0)
            sb_instance_unref(instance);
    }
}

void sb_kit_options(struct sb_kit *kit)
{
    struct sb_option row;
    size_t count = 0;

    for (; sb_options_at(kit->plugin, count, &row); count++) {
        check_row(kit, &row);
        if (row.flags & SB_OPTION_REQUIRED)
            check_missing(kit, row.name);
    }
    if (count == 0)
        sb_kit_skip(kit, "it has no options");
    if (!kit->plugin->roles[0].name && !kit->plugin->hook)
        sb_kit_fail(kit, "it fills no role and has no hook: nobody will ever call it");
}

static void stop(struct sb_kit *kit, void *state)
{
    if (kit->plugin->stop)
        kit->plugin->stop(state);
}

static int start_once(struct sb_kit *kit, const struct sb_host *host,
                      const void *config, struct sb_err *err)
{
    void *state = NULL;
    int rc = kit->plugin->start(host, config, &state, err);

    if (rc == 0)
        stop(kit, state);
    else if (state)
        (void)snprintf(err->msg, sizeof(err->msg),
                       "start() failed and yet left something in *state_r");
    return rc;
}

/* Several instances live side by side, one started before the other is stopped. */
static void check_two(struct sb_kit *kit, const struct sb_host *host,
                      const void *config)
{
    struct sb_err err = {0};
    void *first = NULL, *second = NULL;

    sb_jail_stage(kit->jail, "two instances side by side");
    if (kit->plugin->start(host, config, &first, &err) != 0)
        return;
    if (kit->plugin->start(host, config, &second, &err) != 0) {
        sb_kit_fail(kit, "a second instance beside the first: %s", err.msg);
    } else {
        stop(kit, first);
        first = NULL;
        stop(kit, second);
        sb_kit_pass(kit, "two instances live side by side, as a reload needs");
    }
    if (first)
        stop(kit, first);
}

void sb_kit_starts(struct sb_kit *kit)
{
    struct sb_services services = {.plugin = kit->plugin};
    struct sb_err err = {0};
    struct sb_host host;
    void *config;
    int rc = 0;

    if (!kit->plugin->start) {
        sb_kit_skip(kit, "it has no start()");
        return;
    }
    if (sb_options_bind_sample(kit->mem, kit->plugin, &config, &err) != 0) {
        sb_kit_fail(kit, "its presets do not bind: %s", err.msg);
        return;
    }
    services.config = config;
    sb_services_fill(&host, &services);
    sb_jail_stage(kit->jail, "start");
    for (int i = 0; i < STARTS && rc == 0; i++)
        rc = start_once(kit, &host, config, &err);
    if (rc == 0)
        sb_kit_pass(kit, "%d times started and stopped", STARTS);
    else if (rc == SB_EDECLINED && err.msg[0])
        sb_kit_pass(kit, "declines with sample options, and says why: %s", err.msg);
    else
        sb_kit_fail(kit, "start() returned %s: %s", sb_code_name(rc),
                    err.msg[0] ? err.msg : "without a sentence");
    check_two(kit, &host, config);
}
