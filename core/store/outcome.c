/* SPDX-License-Identifier: Apache-2.0
 *
 * See outcome.h.
 */
#include "store/outcome.h"

#include "store/pg.h"

static const struct sb_stmt READ = {
    "outcome_read",
    "SELECT c.phase, c.status, c.intake::text AS intake, l.id IS NOT NULL AS has_lead,"
    " l.state = 'complete' AS lead_complete, l.qualified, l.score, l.queue,"
    " l.reason, l.message, l.fields::text AS fields,"
    " coalesce((SELECT ' ' || string_agg(e.rule, ' ' ORDER BY e.created_at) || ' '"
    "  FROM escalations e WHERE e.org_id = c.org_id AND e.conversation_id = c.id),"
    "  '') AS escalations, t.tools, t.provider, t.failures"
    " FROM conversations c"
    " LEFT JOIN leads l ON l.org_id = c.org_id AND l.conversation_id = c.id"
    " LEFT JOIN LATERAL (SELECT tools, provider, failures FROM turns"
    "  WHERE org_id = c.org_id AND conversation_id = c.id"
    "  ORDER BY seq_in DESC LIMIT 1) t ON true"
    " WHERE c.org_id = $1 AND c.id = $2"};

int sb_outcome_read(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                    const char *conversation, struct sb_outcome *outcome,
                    struct sb_err *err)
{
    const struct sb_rows *rows;
    int rc = sb_db_run(db, mem, org, &READ, &rows, err, sb_p_str(org),
                       sb_p_str(conversation));

    if (rc)
        return rc;
    if (sb_rows_count(rows) == 0)
        return sb_fail(err, SB_ENOTFOUND, "there is no such conversation");
    *outcome =
        (struct sb_outcome){.phase = (int)sb_row_int(rows, 0, "phase"),
                            .status = sb_row_dup(mem, rows, 0, "status"),
                            .intake = sb_row_dup(mem, rows, 0, "intake"),
                            .has_lead = sb_row_bool(rows, 0, "has_lead"),
                            .lead_complete = sb_row_bool(rows, 0, "lead_complete"),
                            .lead_qualified = sb_row_bool(rows, 0, "qualified"),
                            .lead_score = (int)sb_row_int(rows, 0, "score"),
                            .lead_queue = sb_row_dup(mem, rows, 0, "queue"),
                            .lead_reason = sb_row_dup(mem, rows, 0, "reason"),
                            .lead_message = sb_row_dup(mem, rows, 0, "message"),
                            .lead_fields = sb_row_dup(mem, rows, 0, "fields"),
                            .escalations = sb_row_dup(mem, rows, 0, "escalations"),
                            .tools = sb_row_dup(mem, rows, 0, "tools"),
                            .provider = sb_row_dup(mem, rows, 0, "provider"),
                            .failures = sb_row_dup(mem, rows, 0, "failures")};
    return 0;
}
