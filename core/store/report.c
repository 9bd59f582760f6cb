/* SPDX-License-Identifier: Apache-2.0
 *
 * See report.h.
 */
#include "store/report.h"

#include "store/pg.h"

static const struct sb_stmt statements[] = {
    [SB_REPORT_LEADS] =
        {"report_leads",
         "SELECT to_char(created_at, 'YYYY-MM-DD HH24:MI') AS created, state, score, "
         "name,"
         " phone, email, reason, message FROM leads"
         " WHERE org_id = $1 AND agent_id = $2 ORDER BY created_at DESC LIMIT $3"},
    [SB_REPORT_ESCALATIONS] = {"report_escalations",
                               "SELECT to_char(created_at, 'YYYY-MM-DD HH24:MI') AS "
                               "created, level, rule, reason,"
                               " CASE WHEN delivered_at IS NULL THEN 'waiting' ELSE "
                               "'delivered' END AS delivered"
                               " FROM escalations WHERE org_id = $1 AND agent_id = $2"
                               " ORDER BY created_at DESC LIMIT $3"},
    [SB_REPORT_SOURCES] =
        {"report_sources",
         "SELECT url, state, read, failed, chunks,"
         " coalesce(to_char(finished_at, 'YYYY-MM-DD HH24:MI'), '') AS finished, error"
         " FROM sources WHERE org_id = $1 AND agent_id = $2 ORDER BY created_at LIMIT "
         "$3"},
    [SB_REPORT_FAILED] = {"report_failed", "SELECT url, status, reason FROM pages"
                                           " WHERE org_id = $1 AND agent_id = $2 AND "
                                           "state <> 'read' ORDER BY url LIMIT $3"},
    [SB_REPORT_GAPS] = {"report_gaps",
                        "SELECT count AS times, question,"
                        " to_char(last_at, 'YYYY-MM-DD HH24:MI') AS last_at FROM gaps"
                        " WHERE org_id = $1 AND agent_id = $2 ORDER BY count DESC, "
                        "last_at DESC LIMIT $3"},
};

int sb_report(struct sb_db *db, TALLOC_CTX *mem, enum sb_report which, const char *org,
              const char *agent, int limit, const struct sb_rows **rows_r,
              struct sb_err *err)
{
    return sb_db_run(db, mem, org, &statements[which], rows_r, err, sb_p_str(org),
                     sb_p_str(agent), sb_p_int(limit));
}
