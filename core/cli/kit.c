/* SPDX-License-Identifier: Apache-2.0
 *
 * See kit.h. The parent prints; the children check.
 */
#include "cli/kit.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/task.h"
#include "base/yaml.h"
#include "cli/kit_vendor.h"
#include "host/cache.h"
#include "host/options.h"
#include "host/plugins.h"
#include "net/client.h"

#define PART_MS 120000
#define WAIT_MS 300          /* a vendor's silence costs this much real time */
#define NOW_MS 1795276800000 /* where the virtual clock begins: 2026-11-21 */
#define CACHE_BYTES (1024 * 1024)
#define ANSWER_MAX ((size_t)1024 * 1024)

/* ---- the report, child's side ---- */

#define SAY(key)                                                                       \
    do {                                                                               \
        char text[600];                                                                \
        va_list ap;                                                                    \
        va_start(ap, fmt);                                                             \
        (void)vsnprintf(text, sizeof(text), fmt, ap);                                  \
        va_end(ap);                                                                    \
        sb_jail_say(kit->jail, key, text);                                             \
    } while (0)

void sb_kit_pass(struct sb_kit *kit, const char *fmt, ...)
{
    SAY("ok");
}

void sb_kit_fail(struct sb_kit *kit, const char *fmt, ...)
{
    SAY("FAIL");
}

void sb_kit_skip(struct sb_kit *kit, const char *fmt, ...)
{
    SAY("skip");
}

/* ---- the stage ---- */

static void before_wait(void *arg)
{
    struct sb_kit *kit = arg;

    kit->waits++;
    if (kit->cancel_at && kit->waits == kit->cancel_at)
        sb_task_cancel(kit->task);
}

static bool has_option(const struct sb_plugin *plugin, const char *name)
{
    struct sb_option row;

    for (size_t i = 0; sb_options_at(plugin, i, &row); i++)
        if (strcmp(row.name, name) == 0 && row.type == SB_OPTION_STRING)
            return true;
    return false;
}

int sb_kit_instance(struct sb_kit *kit, struct sb_instance **instance_r,
                    struct sb_err *err)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    char *text = sb_options_sample(scratch, kit->plugin);
    struct sb_yaml *map = NULL;
    int rc = 0;

    if (kit->talks_to_vendor)
        text = talloc_asprintf_append(text, "base_url: %s\n",
                                      sb_kit_vendor_url(kit->vendor));
    if (*text)
        rc = sb_yaml_parse(scratch, "check", text, strlen(text), &map, err);
    if (rc == 0)
        rc = sb_instance_new(&kit->hub, kit->descriptor, map, &kit->watch, instance_r,
                             err);
    talloc_free(scratch);
    return rc;
}

static char *read_answer(struct sb_kit *kit, size_t *len)
{
    FILE *file = kit->conf->answer ? fopen(kit->conf->answer, "r") : NULL;
    char *text = NULL;

    if (!file)
        return NULL;
    text = talloc_size(kit->mem, ANSWER_MAX);
    *len = fread(text, 1, ANSWER_MAX, file);
    (void)fclose(file);
    return text;
}

int sb_kit_begin(struct sb_kit *kit, struct sb_err *err)
{
    static const struct sb_client_conf client = {.user_agent = "switchboard-check",
                                                 .allow_private = true};
    size_t len = 0;
    char *answer = read_answer(kit, &len);
    int rc = sb_kit_vendor_start(answer, len, &kit->vendor, err);

    if (rc == 0)
        rc = sb_client_new(sb_loop_current(), &client, &kit->hub.client, err);
    if (rc != 0)
        return rc;
    kit->hub.loop = sb_loop_current();
    kit->hub.cache = sb_cache_new(kit->mem, CACHE_BYTES);
    /* Four times what a server allows: the machine that checks may be busy. */
    kit->hub.budget_us = (int64_t)4 * SB_BUDGET_US;
    kit->watch = (struct sb_services_watch){.now_ms = NOW_MS,
                                            .max_wait_ms = WAIT_MS,
                                            .before_wait = before_wait,
                                            .arg = kit};
    kit->talks_to_vendor = kit->plugin->hosts && has_option(kit->plugin, "base_url");
    return sb_kit_instance(kit, &kit->instance, err);
}

void sb_kit_end(struct sb_kit *kit)
{
    sb_instance_unref(kit->instance);
    if (kit->hub.client)
        sb_client_free(kit->hub.client);
    if (kit->vendor)
        sb_kit_vendor_stop(kit->vendor);
    kit->instance = NULL;
    kit->hub.client = NULL;
    kit->vendor = NULL;
}

/* ---- a part, in its child ---- */

struct part {
    const struct sb_kit_conf *conf;
    const char *name;
    enum { OPTIONS, STARTS, ROLE, HTTP, LEAKS } what;
    enum sb_role_kind kind;
    struct sb_kit kit;
};

static void in_task(void *arg)
{
    struct part *part = arg;
    struct sb_kit *kit = &part->kit;
    struct sb_err err = {0};
    int rc = sb_kit_begin(kit, &err);

    if (rc == SB_EDECLINED) {
        sb_kit_skip(kit, "%s: it declines with sample options: %s", part->name,
                    err.msg);
    } else if (rc != 0) {
        sb_kit_fail(kit, "%s: no instance: %s", part->name, err.msg);
    } else {
        switch (part->what) {
        case ROLE: sb_kit_role(kit, part->kind); break;
        case HTTP: sb_kit_http(kit); break;
        case LEAKS: sb_kit_leaks(kit); break;
        case OPTIONS:
        case STARTS: break;
        }
    }
    sb_kit_end(kit);
}

static void run_part(struct sb_jail *jail, void *arg)
{
    struct part *part = arg;
    struct sb_kit *kit = &part->kit;
    struct sb_err err = {0};
    struct sb_loop *loop;

    sb_jail_stage(jail, part->name);
    kit->jail = jail;
    kit->conf = part->conf;
    kit->mem = talloc_new(NULL);
    if (sb_plugins_map(kit->mem, part->conf->path, part->conf->name, &kit->descriptor,
                       &err) != 0) {
        sb_kit_fail(kit, "%s", err.msg);
        return;
    }
    kit->plugin = &kit->descriptor->plugin;
    if (part->what == OPTIONS) {
        sb_kit_options(kit);
    } else if (part->what == STARTS) {
        sb_kit_starts(kit);
    } else {
        loop = sb_loop_new();
        (void)sb_loop_run_task(loop, sb_task_spawn(loop, "check", in_task, part));
        sb_loop_free(loop);
    }
    talloc_free(kit->mem);
}

/* ---- the parent ---- */

struct tally {
    int failed, passed, skipped;
};

static void take(void *arg, const char *key, const char *text)
{
    struct tally *tally = arg;

    tally->failed += strcmp(key, "FAIL") == 0;
    tally->passed += strcmp(key, "ok") == 0;
    tally->skipped += strcmp(key, "skip") == 0;
    printf("%-5s %s\n", key, text);
}

static int run(const struct sb_kit_conf *conf, struct part *part, struct tally *tally,
               struct sb_err *err)
{
    static const struct sb_jail_conf jail = {.deadline_ms = PART_MS};
    struct sb_jail_result result;
    char *sentence;
    int rc;

    part->conf = conf;
    rc = sb_jail_run(&jail, run_part, part, take, tally, &result, err);
    if (rc != 0)
        return rc;
    sentence = sb_jail_sentence(NULL, &result);
    if (sentence)
        take(tally, "FAIL", sentence);
    talloc_free(sentence);
    return 0;
}

/* Does the plugin, as its probe has told, fill the role? */
static bool fills(const struct sb_plugin_info *info, const char *role)
{
    for (size_t i = 0; info->roles && info->roles[i]; i++)
        if (strcmp(info->roles[i], role) == 0)
            return true;
    return false;
}

static int run_parts(const struct sb_kit_conf *conf, const struct sb_plugin_info *info,
                     struct tally *tally, struct sb_err *err)
{
    struct part options = {.name = "its options", .what = OPTIONS},
                starts = {.name = "starting and stopping", .what = STARTS},
                http = {.name = "talking to a vendor", .what = HTTP},
                leaks = {.name = "looking for leaks", .what = LEAKS};
    int rc = run(conf, &options, tally, err);

    if (rc == 0)
        rc = run(conf, &starts, tally, err);
    for (int kind = 0; rc == 0 && kind < SB_KIND_COUNT; kind++) {
        struct part role = {.name = sb_role_name((enum sb_role_kind)kind),
                            .what = ROLE,
                            .kind = (enum sb_role_kind)kind};

        if (fills(info, role.name))
            rc = run(conf, &role, tally, err);
    }
    if (rc == 0)
        rc = run(conf, &http, tally, err);
    return rc ? rc : run(conf, &leaks, tally, err);
}

int sb_kit_check(const struct sb_kit_conf *conf, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_plugin_info info;
    struct tally tally = {0};
    int rc = sb_plugin_probe(mem, conf->path, &info, err);

    sb_log_set_level(SB_LOG_ERROR);
    if (rc != 0)
        goto out;
    if (info.status != SB_PLUGIN_OK) {
        take(&tally, "FAIL", info.why);
    } else {
        take(&tally, "ok", "it loads, its descriptor is right, and start() comes back");
        rc = run_parts(conf, &info, &tally, err);
    }
    printf("%s %s: %d passed, %d failed, %d skipped\n", info.name, info.version,
           tally.passed, tally.failed, tally.skipped);
    rc = rc ? rc : tally.failed;
out:
    talloc_free(mem);
    return rc;
}
