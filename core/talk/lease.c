/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeping leases: while turns are under way, one task of the engine's extends theirs
 * every few seconds. When the worker dies, the leases run out and somebody else
 * answers.
 */
#include <stdio.h>
#include <string.h>
#include "base/task.h"
#include "store/conversation.h"
#include "talk/run.h"

#define KEEP_EVERY_MS (SB_CONV_LEASE_MS / 4)
#define MAX_KEPT 64 /* turns whose leases are extended in one round */

struct kept {
    char conversation[37], holder[37], org[37];
};

/* The list may change while a lease is being extended: it is copied first. */
static size_t copy_runs(const struct sb_engine *engine, struct kept *out)
{
    const struct sb_run *run;
    size_t n = 0;

    for (run = engine->runs; run && n < MAX_KEPT; run = run->next_run) {
        if (!run->holds)
            continue;
        snprintf(out[n].conversation, 37, "%s", run->conv.id);
        snprintf(out[n].holder, 37, "%s", run->holder);
        snprintf(out[n].org, 37, "%s", run->org);
        n++;
    }
    return n;
}

static void keep_leases(void *arg)
{
    struct sb_side *side = arg;
    struct kept *kept = talloc_zero_array(NULL, struct kept, MAX_KEPT);
    size_t n, i;

    while (side->engine && side->engine->runs && sb_sleep(KEEP_EVERY_MS) == 0 &&
           side->engine) {
        n = copy_runs(side->engine, kept);
        for (i = 0; i < n && side->engine; i++)
            if (sb_conv_keep(side->engine->db, kept[i].org, kept[i].conversation,
                             kept[i].holder, NULL) == SB_ECANCELED)
                break;
    }
    if (side->engine)
        side->engine->keeper = NULL;
    talloc_free(kept);
    talloc_free(side);
}

void sb_run_enter(struct sb_run *run)
{
    struct sb_engine *engine = run->engine;

    run->next_run = engine->runs;
    engine->runs = run;
    if (!engine->keeper)
        engine->keeper = sb_side_start(engine, "lease keeper", keep_leases);
}

void sb_run_leave(struct sb_run *run)
{
    struct sb_run **at = &run->engine->runs;

    while (*at && *at != run)
        at = &(*at)->next_run;
    if (*at)
        *at = run->next_run;
}
