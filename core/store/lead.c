/* SPDX-License-Identifier: Apache-2.0
 *
 * Leads, the intake's journal, escalations and counters.
 */
#include "store/lead.h"

#include <string.h>
#include "base/buf.h"
#include "base/crypto.h"
#include "store/pg.h"

/* Every later statement of the transaction asks for the lease again, so that a turn
 * that has lost it leaves no trace. */
#define HELD                                                                           \
    " WHERE EXISTS (SELECT 1 FROM conversations WHERE org_id = $1 AND id = $2"         \
    " AND lease_holder = $3)"

static const struct sb_stmt SAVE_INTAKE = {
    "talk_save_intake", "UPDATE conversations SET intake = $4::jsonb, phase = $5,"
                        " lease_until = now() + interval '20 seconds'"
                        " WHERE org_id = $1 AND id = $2 AND lease_holder = $3"};

static const struct sb_stmt JOURNAL = {
    "talk_journal",
    "INSERT INTO intake_journal (org_id, conversation_id, seq_in, field, state, value,"
    " said, source) SELECT $1, $2, $4, $5, $6, $7, $8, $9" HELD};

static const struct sb_stmt SAVE_LEAD = {
    "talk_save_lead",
    "INSERT INTO leads AS l (org_id, conversation_id, id, agent_id, person_id, state,"
    "  name, email, phone, reason, message, fields, score, score_reason, qualified,"
    "  qualify_reason, queue, completed_at)"
    " SELECT $1, $2, $4, $5, (SELECT person_id FROM conversations WHERE org_id = $1"
    "  AND id = $2), CASE WHEN $6::boolean THEN 'complete' ELSE 'open' END, $7, $8, $9,"
    "  $10, $11, $12::jsonb, $13::integer, $14, $15::boolean, $16, $17,"
    "  CASE WHEN $6::boolean THEN now() END" HELD
    " ON CONFLICT (org_id, conversation_id) DO UPDATE SET"
    "  state = CASE WHEN l.state = 'complete' THEN l.state ELSE excluded.state END,"
    "  person_id = COALESCE(l.person_id, excluded.person_id), name = excluded.name,"
    "  email = excluded.email, phone = excluded.phone, reason = excluded.reason,"
    "  message = excluded.message, fields = excluded.fields, score = excluded.score,"
    "  score_reason = excluded.score_reason, qualified = excluded.qualified,"
    "  qualify_reason = excluded.qualify_reason, queue = excluded.queue,"
    "  completed_at = COALESCE(l.completed_at, excluded.completed_at),"
    "  updated_at = now()"
    " RETURNING id"};

static const struct sb_stmt ESCALATE = {
    "talk_escalate",
    "WITH made AS (INSERT INTO escalations (org_id, id, conversation_id, agent_id,"
    "  seq_in, level, rule, reason, page) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    "  ON CONFLICT (org_id, conversation_id, rule) DO NOTHING"
    "  RETURNING id, level, rule, page),"
    " sent AS (INSERT INTO outbox (org_id, kind, key, payload) SELECT $1, 'escalation',"
    "  'escalation:' || id, jsonb_build_object('escalation_id', id, 'conversation_id',"
    "  $3::uuid, 'agent_id', $4::uuid, 'level', level, 'rule', rule) FROM made"
    "  WHERE page)"
    " UPDATE conversations SET escalated = true, urgency = greatest(urgency, $6)"
    " WHERE org_id = $1 AND id = $3 AND EXISTS (SELECT 1 FROM made)"};

static const struct sb_stmt COUNT = {
    "talk_count",
    "INSERT INTO daily_counters AS d (org_id, agent_id, day, name, value)"
    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, agent_id, day, name)"
    " DO UPDATE SET value = d.value + excluded.value"};

static int add_step(struct sb_tx *tx, const struct sb_lead_step *s, int *lead_row)
{
    struct sb_param org = sb_p_str(s->org), conversation = sb_p_str(s->conversation),
                    holder = sb_p_str(s->holder);
    int first;
    size_t i;

    first = sb_tx_add(tx, &SAVE_INTAKE, org, conversation, holder, sb_p_str(s->intake),
                      sb_p_int(s->phase));
    for (i = 0; i < s->journal_count; i++) {
        const struct sb_journal_row *j = &s->journal[i];

        sb_tx_add(tx, &JOURNAL, org, conversation, holder, sb_p_int(s->seq_in),
                  sb_p_str(j->field), sb_p_str(j->state), sb_p_str(j->value),
                  sb_p_str(j->said), sb_p_str(j->source));
    }
    *lead_row = -1;
    if (s->lead) {
        const struct sb_lead_row *l = s->lead;

        *lead_row =
            sb_tx_add(tx, &SAVE_LEAD, org, conversation, holder, sb_p_str(l->id),
                      sb_p_str(s->agent), sb_p_bool(l->complete), sb_p_str(l->name),
                      sb_p_str(l->email), sb_p_str(l->phone), sb_p_str(l->reason),
                      sb_p_str(l->message), sb_p_str(l->fields), sb_p_int(l->score),
                      sb_p_str(l->score_reason), sb_p_bool(l->qualified),
                      sb_p_str(l->qualify_reason), sb_p_str(l->queue));
    }
    return first;
}

int sb_lead_save(struct sb_db *db, TALLOC_CTX *mem, const struct sb_lead_step *step,
                 char lead_id[37], struct sb_err *err)
{
    struct sb_tx *tx = NULL;
    const struct sb_rows *rows;
    int first, lead_row, rc;

    rc = sb_tx_begin(db, mem, step->org, &tx, err);
    if (rc)
        return rc;
    first = add_step(tx, step, &lead_row);
    rc = sb_tx_commit(tx, err);
    if (rc)
        goto out;
    if (sb_rows_affected(sb_tx_rows(tx, first)) == 0) {
        rc =
            sb_fail(err, SB_ECONFLICT, "another turn has taken this conversation over");
        goto out;
    }
    rows = lead_row < 0 ? NULL : sb_tx_rows(tx, lead_row);
    if (rows && sb_rows_count(rows) == 1)
        snprintf(lead_id, 37, "%s", sb_row_str(rows, 0, "id"));
out:
    sb_tx_free(tx);
    return rc;
}

int sb_escalation_add(struct sb_db *db, TALLOC_CTX *mem,
                      const struct sb_escalation_row *row, bool *first_r,
                      struct sb_err *err)
{
    const struct sb_rows *rows = NULL;
    char id[37];
    int rc;

    sb_uuid(id);
    rc = sb_db_run(db, mem, row->org, &ESCALATE, &rows, err, sb_p_str(row->org),
                   sb_p_str(id), sb_p_str(row->conversation), sb_p_str(row->agent),
                   sb_p_int(row->seq_in), sb_p_int(row->level), sb_p_str(row->rule),
                   sb_p_str(row->reason), sb_p_bool(row->page));
    if (rc == 0)
        *first_r = sb_rows_affected(rows) > 0;
    return rc;
}

int sb_counters_add(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                    const struct sb_counter_row *rows, size_t count, struct sb_err *err)
{
    struct sb_tx *tx = NULL;
    size_t i;
    int rc = sb_tx_begin(db, mem, org, &tx, err);

    if (rc)
        return rc;
    for (i = 0; i < count; i++)
        sb_tx_add(tx, &COUNT, sb_p_str(org), sb_p_str(rows[i].agent),
                  sb_p_str(rows[i].day), sb_p_str(rows[i].name),
                  sb_p_int(rows[i].value));
    rc = sb_tx_commit(tx, err);
    sb_tx_free(tx);
    return rc;
}
