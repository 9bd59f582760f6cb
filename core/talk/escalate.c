/* SPDX-License-Identifier: Apache-2.0
 *
 * Calling a human: recorded in the database at once, with a row in the outbox that
 * will reach somebody; never dependent on a model, and once a rule and conversation.
 */
#include "store/lead.h"
#include "talk/run.h"

int sb_run_escalate(struct sb_run *run, const char *rule, const char *reason, int level,
                    bool page, struct sb_err *err)
{
    const struct sb_escalation_row row = {.org = run->org,
                                          .conversation = run->conv.id,
                                          .agent = run->agent->id,
                                          .rule = rule,
                                          .reason = reason,
                                          .seq_in = run->conv.seq,
                                          .level = level,
                                          .page = page};
    bool first = false;
    int rc = sb_escalation_add(run->engine->db, run->mem, &row, &first, err);

    if (rc)
        return rc;
    run->escalated = true;
    if (first)
        sb_engine_count(run->engine, run->agent, &run->hint.now, "escalations", 1);
    return 0;
}
