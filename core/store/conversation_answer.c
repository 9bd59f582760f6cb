/* SPDX-License-Identifier: Apache-2.0
 *
 * The second half of a conversation's life: committing an answer, giving a stored one
 * out again, history, and finding what was never answered.
 */
#include <string.h>
#include "base/task.h"
#include "store/conversation.h"
#include "store/pg.h"

/* The lease fences: a turn that lost it writes nothing at all. */
const struct sb_stmt sb_conv_answer_statement = {
    "talk_answer",
    "WITH done AS (UPDATE conversations SET last_seq = last_seq + 1,"
    "  answered_seq = $4, turns = turns + 1, last_at = now(), lease_holder = NULL,"
    "  lease_until = NULL, phase = $9, urgency = $10, escalated = $11,"
    "  status = $12, intake = $13::jsonb, summary = $14"
    "  WHERE org_id = $1 AND id = $2 AND lease_holder = $3 AND answered_seq < $4"
    "  RETURNING last_seq),"
    " record AS (INSERT INTO turns (org_id, conversation_id, seq_in, agent_id,"
    "  provider, model, failures, tools, input_tokens, output_tokens, cached_tokens,"
    "  cost, confidence, steps, attempts, search_us, first_text_us, llm_us, total_us,"
    "  refused, recovered)"
    "  SELECT $1, $2, $4, $5, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,"
    "   $26, $27, $28, $29, $30, $31 FROM done)"
    " INSERT INTO messages (org_id, conversation_id, seq, role, text, in_reply_to,"
    "  sources, extra)"
    " SELECT $1, $2, last_seq, 'assistant', $6, $4, $7::jsonb, $8::jsonb FROM done"
    " RETURNING seq"};

/* A colleague has the conversation: nothing is said, the words count as taken. */
static const struct sb_stmt PASS = {
    "talk_pass",
    "UPDATE conversations SET answered_seq = $4, lease_holder = NULL,"
    " lease_until = NULL, urgency = $5, escalated = $6, intake = $7::jsonb"
    " WHERE org_id = $1 AND id = $2 AND lease_holder = $3 AND answered_seq < $4"};

#define MESSAGE_COLUMNS                                                                \
    "SELECT m.seq, m.role, m.text, m.client_id, m.sources, m.extra, m.at"
static const struct sb_stmt ANSWERED = {
    "talk_answered",
    MESSAGE_COLUMNS " FROM messages m WHERE m.org_id = $1 AND m.conversation_id = $2"
                    " AND m.role = 'assistant' AND m.in_reply_to >= $3"
                    " ORDER BY m.in_reply_to LIMIT 1"};

static const struct sb_stmt HOLDS = {
    "talk_holds", "SELECT v.token_hash = $3 AS holds FROM conversations c"
                  " JOIN visitors v ON v.org_id = c.org_id AND v.id = c.visitor_id"
                  " WHERE c.org_id = $1 AND c.id = $2 AND c.agent_id = $4"};

static const struct sb_stmt HISTORY = {
    "talk_history",
    MESSAGE_COLUMNS " FROM messages m WHERE m.org_id = $1 AND m.conversation_id = $2"
                    " AND m.seq > $3 ORDER BY m.seq LIMIT 200"};

/* The same where only the conversation's id is known, over all organisations. */
static const struct sb_stmt HOLDS_ANYWHERE = {
    "talk_holds_anywhere",
    "SELECT v.token_hash = $2 AS holds FROM conversations c"
    " JOIN visitors v ON v.org_id = c.org_id AND v.id = c.visitor_id WHERE c.id = $1"};

static const struct sb_stmt HISTORY_ANYWHERE = {
    "talk_history_anywhere",
    MESSAGE_COLUMNS " FROM conversations c JOIN visitors v ON v.org_id = c.org_id"
                    " AND v.id = c.visitor_id AND v.token_hash = $2"
                    " JOIN messages m ON m.org_id = c.org_id AND m.conversation_id ="
                    " c.id WHERE c.id = $1 AND m.seq > $3 ORDER BY m.seq LIMIT 200"};

/* What a greeting asks: has this visitor, or this verified person, been here? */
static const struct sb_stmt BEEN_HERE = {
    "talk_been_here",
    "SELECT (SELECT count(*) FROM (SELECT 1 FROM conversations c WHERE c.org_id = $1"
    "  AND c.visitor_id = (SELECT id FROM visitors WHERE org_id = $1"
    "   AND token_hash = $2) AND c.summary <> '' LIMIT 3) a)"
    " + (SELECT count(*) FROM (SELECT 1 FROM conversations c JOIN people p"
    "  ON p.org_id = c.org_id AND p.id = c.person_id WHERE c.org_id = $1"
    "  AND p.org_id = $1 AND (p.email = $3::text OR p.phone = $4::text) LIMIT 3) b)"
    " AS conversations,"
    " (SELECT name FROM people p WHERE p.org_id = $1"
    "  AND (p.email = $3::text OR p.phone = $4::text) LIMIT 1) AS name"};

static const struct sb_stmt ORPHANS = {
    "talk_orphans",
    "SELECT c.org_id, c.id, c.agent_id, c.asked_seq FROM conversations c"
    " WHERE c.asked_seq > c.answered_seq AND c.status <> 'human'"
    " AND (c.lease_until IS NULL OR c.lease_until < now())"
    " AND c.last_at < now() - interval '5 seconds'"
    " AND c.last_at > now() - interval '1 day'"
    " AND pg_try_advisory_xact_lock(hashtext('switchboard.recover'))"
    " ORDER BY c.last_at LIMIT $1"};

static int add_answer(struct sb_tx *tx, const struct sb_conv_reply *r)
{
    if (r->silent)
        return sb_tx_add(tx, &PASS, sb_p_str(r->org), sb_p_str(r->id),
                         sb_p_str(r->holder), sb_p_int(r->seq_in), sb_p_int(r->urgency),
                         sb_p_bool(r->escalated), sb_p_str(r->intake));
    return sb_tx_add(
        tx, &sb_conv_answer_statement, sb_p_str(r->org), sb_p_str(r->id),
        sb_p_str(r->holder), sb_p_int(r->seq_in), sb_p_str(r->agent), sb_p_str(r->text),
        sb_p_str(r->sources), sb_p_str(r->extra), sb_p_int(r->phase),
        sb_p_int(r->urgency), sb_p_bool(r->escalated), sb_p_str(r->status),
        sb_p_str(r->intake), sb_p_str(r->summary), sb_p_str(r->provider),
        sb_p_str(r->model), sb_p_str(r->failures), sb_p_str(r->tools),
        sb_p_int(r->input_tokens), sb_p_int(r->output_tokens),
        sb_p_int(r->cached_tokens), sb_p_num(r->cost), sb_p_num(r->confidence),
        sb_p_int(r->steps), sb_p_int(r->attempts), sb_p_int(r->search_us),
        sb_p_int(r->first_text_us), sb_p_int(r->llm_us), sb_p_int(r->total_us),
        sb_p_bool(r->refused), sb_p_bool(r->recovered));
}

static int answer_once(struct sb_db *db, TALLOC_CTX *mem, const struct sb_conv_reply *r,
                       int64_t *seq_r, struct sb_err *err)
{
    struct sb_tx *tx = NULL;
    const struct sb_rows *rows;
    int row, rc;

    rc = sb_tx_begin(db, mem, r->org, &tx, err);
    if (rc)
        return rc;
    row = add_answer(tx, r);
    rc = sb_tx_commit(tx, err);
    if (rc)
        goto out;
    rows = sb_tx_rows(tx, row);
    if (r->silent)
        *seq_r = 0;
    else if (sb_rows_count(rows) == 1)
        *seq_r = sb_row_int(rows, 0, "seq");
    else
        rc = sb_fail(err, SB_ECONFLICT, "another turn has answered this message");
out:
    sb_tx_free(tx);
    return rc;
}

int sb_conv_answer(struct sb_db *db, TALLOC_CTX *mem, const struct sb_conv_reply *reply,
                   int64_t *seq_r, struct sb_err *err)
{
    static const int pause_ms[] = {50, 300, 1500, 4000};
    struct sb_conv_stored stored;
    size_t try;
    int rc;

    for (try = 0;; try++) {
        rc = answer_once(db, mem, reply, seq_r, err);
        if (rc != SB_EUNAVAILABLE || try == sizeof(pause_ms) / sizeof(pause_ms[0]))
            break;
        rc = sb_sleep(pause_ms[try]);
        if (rc)
            return rc;
    }
    /* A commit whose answer got lost with the connection did happen: the second try
     * finds the lease gone and its own text stored. */
    if (rc == SB_ECONFLICT && try > 0 &&
        sb_conv_answered(db, mem, reply->org, reply->id, reply->seq_in, &stored,
                         NULL) == 0 &&
        strcmp(stored.text, reply->text) == 0) {
        *seq_r = stored.seq;
        rc = 0;
    }
    return rc;
}

static void read_stored(TALLOC_CTX *mem, const struct sb_rows *rows, size_t row,
                        struct sb_conv_stored *m)
{
    m->seq = sb_row_int(rows, row, "seq");
    m->at_ms = sb_row_time(rows, row, "at");
    m->role = sb_row_dup(mem, rows, row, "role");
    m->text = sb_row_dup(mem, rows, row, "text");
    m->client_id = sb_row_dup(mem, rows, row, "client_id");
    if (*m->client_id == '~') /* made up by us: of no use to the client */
        m->client_id = "";
    m->sources = sb_row_dup(mem, rows, row, "sources");
    m->extra = sb_row_dup(mem, rows, row, "extra");
}

int sb_conv_answered(struct sb_db *db, TALLOC_CTX *mem, const char *org, const char *id,
                     int64_t seq, struct sb_conv_stored *answer, struct sb_err *err)
{
    const struct sb_rows *rows = NULL;
    int rc = sb_db_run(db, mem, org, &ANSWERED, &rows, err, sb_p_str(org), sb_p_str(id),
                       sb_p_int(seq));

    if (rc)
        return rc;
    if (sb_rows_count(rows) == 0)
        return sb_fail(err, SB_ENOTFOUND, "this message has no answer yet");
    read_stored(mem, rows, 0, answer);
    return 0;
}

int sb_conv_history(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                    const char *agent, const char *id, const uint8_t *token_hash,
                    int64_t after, struct sb_conv_stored **messages_r, size_t *count_r,
                    struct sb_err *err)
{
    struct sb_conv_stored *messages;
    const struct sb_rows *rows;
    struct sb_tx *tx = NULL;
    size_t n, i;
    int rc;

    rc = sb_tx_begin(db, mem, org ? org : "system", &tx, err);
    if (rc)
        return rc;
    if (org) {
        sb_tx_add(tx, &HOLDS, sb_p_str(org), sb_p_str(id), sb_p_bytes(token_hash, 32),
                  sb_p_str(agent));
        sb_tx_add(tx, &HISTORY, sb_p_str(org), sb_p_str(id), sb_p_int(after));
    } else {
        sb_tx_add(tx, &HOLDS_ANYWHERE, sb_p_str(id), sb_p_bytes(token_hash, 32));
        sb_tx_add(tx, &HISTORY_ANYWHERE, sb_p_str(id), sb_p_bytes(token_hash, 32),
                  sb_p_int(after));
    }
    rc = sb_tx_commit(tx, err);
    if (rc)
        goto out;
    rows = sb_tx_rows(tx, 0);
    if (sb_rows_count(rows) == 0)
        rc = sb_fail(err, SB_ENOTFOUND, "there is no such conversation");
    else if (!sb_row_bool(rows, 0, "holds"))
        rc = sb_fail(err, SB_EAUTH, "this conversation belongs to another visitor");
    if (rc)
        goto out;
    rows = sb_tx_rows(tx, 1);
    n = sb_rows_count(rows);
    messages = talloc_zero_array(mem, struct sb_conv_stored, (unsigned)n + 1);
    for (i = 0; i < n; i++)
        read_stored(messages, rows, i, &messages[i]);
    *messages_r = messages;
    *count_r = n;
out:
    sb_tx_free(tx);
    return rc;
}

int sb_conv_past_of(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                    const uint8_t *token_hash, const char *email, const char *phone,
                    size_t *count_r, const char **name_r, struct sb_err *err)
{
    const struct sb_rows *rows = NULL;
    int rc = sb_db_run(db, mem, org, &BEEN_HERE, &rows, err, sb_p_str(org),
                       sb_p_bytes(token_hash, 32), sb_p_opt(email), sb_p_opt(phone));

    if (rc)
        return rc;
    *count_r = (size_t)sb_row_int(rows, 0, "conversations");
    *name_r = sb_row_dup(mem, rows, 0, "name");
    return 0;
}

int sb_conv_orphans(struct sb_db *db, TALLOC_CTX *mem, int limit,
                    struct sb_conv_orphan **orphans_r, size_t *count_r,
                    struct sb_err *err)
{
    const struct sb_rows *rows = NULL;
    struct sb_conv_orphan *orphans;
    size_t n, i;
    int rc = sb_db_run(db, mem, "system", &ORPHANS, &rows, err, sb_p_int(limit));

    if (rc)
        return rc;
    n = sb_rows_count(rows);
    orphans = talloc_zero_array(mem, struct sb_conv_orphan, (unsigned)n + 1);
    for (i = 0; i < n; i++) {
        orphans[i].org = sb_row_dup(orphans, rows, i, "org_id");
        orphans[i].id = sb_row_dup(orphans, rows, i, "id");
        orphans[i].agent = sb_row_dup(orphans, rows, i, "agent_id");
        orphans[i].seq = sb_row_int(rows, i, "asked_seq");
    }
    *orphans_r = orphans;
    *count_r = n;
    return 0;
}
