/* SPDX-License-Identifier: Apache-2.0
 *
 * The conformance kit on roles: every function called with each kind of input,
 * cancelled at each point where it waits, and looked at for leaks.
 */
#include <dirent.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/kit.h"

#define CANCELS_MAX 300
#define WARM_UP 30
#define ROUNDS 100
#define WINDOWS 6
#define LEAK_BYTES 16 /* a round; less is noise */

/* gcc's and clang's sanitizers count for us; without them this is NULL. */
extern size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static void check_input(struct sb_kit *kit, enum sb_role_kind kind,
                        enum sb_kit_input input)
{
    const char *role = sb_role_name(kind), *name = sb_kit_input_name(input);
    struct sb_kit_outcome outcome;

    sb_kit_call(kit, kind, input, 0, &outcome);
    if (outcome.fault[0])
        sb_kit_fail(kit, "%s, %s: %s", role, name, outcome.fault);
    else if (outcome.rc == 0)
        sb_kit_pass(kit, "%s, %s", role, name);
    else if (input != SB_KIT_SMALL)
        sb_kit_pass(kit, "%s, %s: refused: %s", role, name, outcome.err.msg);
    else if (outcome.asked)
        sb_kit_skip(kit, "%s, %s: it needs its vendor: %s", role, name,
                    outcome.err.msg);
    else
        sb_kit_fail(kit, "%s, %s: %s: %s", role, name, sb_code_name(outcome.rc),
                    outcome.err.msg);
}

/* Cancels at the first wait, at the second, ... until a call has come through. */
static void check_cancel(struct sb_kit *kit, enum sb_role_kind kind)
{
    const char *role = sb_role_name(kind);
    struct sb_kit_outcome outcome;
    int at = 1;

    for (; at <= CANCELS_MAX; at++) {
        sb_kit_call(kit, kind, SB_KIT_SMALL, at, &outcome);
        if (outcome.waits < at)
            break;
        if (outcome.fault[0]) {
            sb_kit_fail(kit, "%s, cancelled at wait %d: %s", role, at, outcome.fault);
            return;
        }
        if (outcome.rc != SB_ECANCELED) {
            sb_kit_fail(kit,
                        "%s, cancelled at wait %d: it returned %s; when a service "
                        "returns SB_ECANCELED, clean up and return it",
                        role, at, outcome.rc ? sb_code_name(outcome.rc) : "success");
            return;
        }
    }
    if (at == 1)
        sb_kit_pass(kit, "%s never waits, so it needs no cancel", role);
    else
        sb_kit_pass(kit, "%s, cancelled at each of its %d waits", role, at - 1);
}

void sb_kit_role(struct sb_kit *kit, enum sb_role_kind kind)
{
    char stage[80];

    for (int input = 0; input < SB_KIT_INPUTS; input++) {
        (void)snprintf(stage, sizeof(stage), "%s with %s", sb_role_name(kind),
                       sb_kit_input_name((enum sb_kit_input)input));
        sb_jail_stage(kit->jail, stage);
        check_input(kit, kind, (enum sb_kit_input)input);
    }
    (void)snprintf(stage, sizeof(stage), "%s, cancelled", sb_role_name(kind));
    sb_jail_stage(kit->jail, stage);
    check_cancel(kit, kind);
}

/* ---- leaks ---- */

static size_t bytes_in_use(void)
{
    if (__sanitizer_get_current_allocated_bytes)
        return __sanitizer_get_current_allocated_bytes();
    return mallinfo2().uordblks;
}

static int open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;

    while (dir && readdir(dir))
        count++;
    if (dir)
        closedir(dir);
    return count;
}

/* One life: start, one call of each role, stop. */
static void live_once(struct sb_kit *kit)
{
    struct sb_instance *keep = kit->instance;
    struct sb_kit_outcome outcome;
    struct sb_err err = {0};

    if (sb_kit_instance(kit, &kit->instance, &err) != 0) {
        kit->instance = keep;
        return;
    }
    for (int kind = 0; kind < SB_KIND_COUNT; kind++)
        if (kind != SB_KIND_CRAWL && kit->descriptor->ops[kind])
            sb_kit_call(kit, (enum sb_role_kind)kind, SB_KIT_SMALL, 0, &outcome);
    sb_instance_unref(kit->instance);
    kit->instance = keep;
}

static size_t grown_by_rounds(struct sb_kit *kit)
{
    size_t before = bytes_in_use(), after;

    for (int i = 0; i < ROUNDS; i++)
        live_once(kit);
    after = bytes_in_use();
    return after > before ? after - before : 0;
}

/* A leak grows in every window; a buffer that finds its size, or a list of connections,
 * grows in some. */
void sb_kit_leaks(struct sb_kit *kit)
{
    size_t least = SIZE_MAX, grown;
    int files;

    sb_jail_stage(kit->jail, "many lives");
    for (int i = 0; i < WARM_UP; i++)
        live_once(kit);
    files = open_files();
    for (int window = 0; window < WINDOWS && least > 0; window++) {
        grown = grown_by_rounds(kit);
        if (grown < least)
            least = grown;
    }
    if (least > (size_t)LEAK_BYTES * ROUNDS)
        sb_kit_fail(kit, "each life of an instance leaves %zu bytes behind",
                    least / ROUNDS);
    else if (open_files() > files)
        sb_kit_fail(kit, "instances leave files open");
    else
        sb_kit_pass(kit, "hundreds of lives of an instance leave nothing behind");
}
