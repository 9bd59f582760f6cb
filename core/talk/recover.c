/* SPDX-License-Identifier: Apache-2.0
 *
 * Turns that were committed and never answered, because their worker died: they are
 * answered once, by whoever gets the lease.
 */
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/task.h"
#include "talk/run.h"

#define BATCH 100
#define SIDE_BY_SIDE 4

struct recovery {
    struct sb_engine *engine;
    struct sb_directory *directory;
    struct sb_conv_orphan *orphans;
    int done;
};

static int answer_orphan(struct recovery *r, const struct sb_conv_orphan *orphan,
                         TALLOC_CTX *mem, struct sb_err *err)
{
    const struct sb_agent *agent = NULL;
    struct sb_turn_out out;
    struct sb_run *run;
    int rc;

    rc = sb_directory_agent(r->directory, mem, orphan->agent, &agent, err);
    if (rc)
        return rc;
    run = sb_run_new(mem, r->engine, agent);
    run->recovered = true;
    run->started_us = sb_clock_mono_us();
    run->now_ms = sb_clock_wall_ms();
    sb_hint_init(&run->hint, agent->business, run->now_ms);
    memset(&out, 0, sizeof(out));
    rc = sb_conv_take(r->engine->db, run, run->org, orphan->id, orphan->seq,
                      run->holder, &run->conv, err);
    /* Somebody else has it, or it is answered by now. */
    if (rc || !run->conv.exists || !run->conv.mine)
        return rc;
    rc = sb_run_answer(run, &out, err);
    if (rc == 0)
        r->done++;
    return rc;
}

static int one(void *arg, size_t index)
{
    struct recovery *r = arg;
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    int rc = answer_orphan(r, &r->orphans[index], mem, &err);

    talloc_free(mem);
    if (rc && rc != SB_ECANCELED)
        sb_log(SB_LOG_WARN, "talk", "an unanswered message could not be answered",
               sb_str("conversation", r->orphans[index].id), sb_str("why", err.msg));
    /* One that fails must not keep the others waiting. */
    return rc == SB_ECANCELED ? rc : 0;
}

int sb_engine_recover(struct sb_engine *engine, struct sb_directory *directory,
                      int *recovered_r, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct recovery r = {.engine = engine, .directory = directory};
    size_t count = 0;
    int rc = sb_conv_orphans(engine->db, mem, BATCH, &r.orphans, &count, err);

    if (rc == 0 && count > 0)
        rc = sb_each("recover", one, &r, count, SIDE_BY_SIDE);
    if (rc == 0 && recovered_r)
        *recovered_r = r.done;
    if (r.done)
        sb_log(SB_LOG_INFO, "talk", "answered what was left unanswered",
               sb_int("turns", r.done));
    talloc_free(mem);
    return rc;
}
