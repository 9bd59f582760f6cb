/* SPDX-License-Identifier: Apache-2.0
 *
 * Saying, taking and reading a conversation: the statements of a turn's first
 * transaction. None of them looks at another's result, so that all go out in one
 * pipeline; each therefore finds the visitor and the person for itself.
 */
#include "store/conversation.h"

#include <string.h>
#include "base/task.h"
#include "store/pg.h"

static const struct sb_stmt MAKE_VISITOR = {
    "talk_make_visitor",
    "INSERT INTO visitors (org_id, id, token_hash) VALUES ($1, $2, $3)"
    " ON CONFLICT (org_id, token_hash) DO NOTHING"};

static const struct sb_stmt MAKE_CONVERSATION = {
    "talk_make_conversation",
    "INSERT INTO conversations (org_id, id, agent_id, visitor_id, channel, context,"
    " metadata) SELECT $1, $2, $3, v.id, $4, COALESCE($5::jsonb, '{}'), $6::jsonb"
    " FROM visitors v WHERE v.org_id = $1 AND v.token_hash = $7"
    " ON CONFLICT (org_id, id) DO NOTHING"};

/* The person with this verified e-mail or phone, made if need be, becomes the
 * conversation's, unless it has one already. */
static const struct sb_stmt LINK_PERSON = {
    "talk_link_person",
    "WITH found AS (SELECT id FROM people WHERE org_id = $1"
    "  AND (email = $3::text OR phone = $4::text)"
    "  ORDER BY (email = $3::text) DESC NULLS LAST LIMIT 1),"
    " made AS (INSERT INTO people (org_id, id, email, phone, name)"
    "  SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM found)"
    "  ON CONFLICT DO NOTHING RETURNING id)"
    " UPDATE conversations SET person_id = COALESCE((SELECT id FROM found),"
    "  (SELECT id FROM made)) WHERE org_id = $1 AND id = $6 AND person_id IS NULL"
    "  AND visitor_id = (SELECT id FROM visitors WHERE org_id = $1"
    "   AND token_hash = $7)"};

/* What a known person has newly had verified is added to what we know. */
static const struct sb_stmt FILL_PERSON = {
    "talk_fill_person",
    "UPDATE people p SET"
    " name = CASE WHEN $5 <> '' THEN $5 ELSE p.name END,"
    " email = COALESCE(p.email, (SELECT $3::text WHERE NOT EXISTS"
    "  (SELECT 1 FROM people o WHERE o.org_id = $1 AND o.email = $3::text))),"
    " phone = COALESCE(p.phone, (SELECT $4::text WHERE NOT EXISTS"
    "  (SELECT 1 FROM people o WHERE o.org_id = $1 AND o.phone = $4::text)))"
    " FROM conversations c WHERE c.org_id = $1 AND c.id = $2 AND p.org_id = $1"
    " AND p.id = c.person_id AND (p.email = $3::text OR p.phone = $4::text)"
    " AND (p.name <> $5 OR (p.email IS NULL AND $3::text IS NOT NULL)"
    "  OR (p.phone IS NULL AND $4::text IS NOT NULL))"};

static const struct sb_stmt SAY = {
    "talk_say",
    "WITH opened AS (UPDATE conversations SET last_seq = last_seq + 1,"
    "  asked_seq = last_seq + 1, last_at = now(),"
    "  status = CASE WHEN status = 'ended' THEN 'open' ELSE status END,"
    "  context = COALESCE($8::jsonb, context),"
    "  metadata = COALESCE($12::jsonb, metadata),"
    "  lease_holder = CASE WHEN asked_seq <= answered_seq AND (lease_until IS NULL OR"
    "   lease_until < now()) THEN $5::uuid ELSE lease_holder END,"
    "  lease_until = CASE WHEN asked_seq <= answered_seq AND (lease_until IS NULL OR"
    "   lease_until < now()) THEN now() + interval '20 seconds' ELSE lease_until END"
    " WHERE org_id = $1 AND id = $2 AND agent_id = $3"
    "  AND visitor_id = (SELECT id FROM visitors WHERE org_id = $1"
    "   AND token_hash = $4)"
    "  AND (($9::text IS NULL AND $10::text IS NULL) OR EXISTS (SELECT 1 FROM people p"
    "   WHERE p.org_id = $1 AND p.id = person_id"
    "   AND (p.email = $9::text OR p.phone = $10::text)))"
    "  AND NOT EXISTS (SELECT 1 FROM messages WHERE org_id = $1"
    "   AND conversation_id = $2 AND client_id = $6)"
    " RETURNING last_seq)"
    " INSERT INTO messages (org_id, conversation_id, seq, role, client_id, text, extra)"
    " SELECT $1, $2, last_seq, 'user', $6, $7, COALESCE($11::jsonb, '{}') FROM opened"};

static const struct sb_stmt TAKE = {
    "talk_take",
    "UPDATE conversations c SET lease_holder = $3,"
    " lease_until = now() + interval '20 seconds'"
    " WHERE org_id = $1 AND id = $2 AND answered_seq < $4"
    " AND (lease_until IS NULL OR lease_until < now())"
    " AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.org_id = $1"
    "  AND m.conversation_id = $2 AND m.seq > c.answered_seq AND m.seq < $4"
    "  AND m.role = 'user' AND m.at > now() - interval '30 seconds')"};

#define CONVERSATION_COLUMNS                                                           \
    "c.id, c.agent_id, c.channel, c.status, c.person_id, c.summary, c.intake,"         \
    " c.context, c.phase, c.urgency, c.turns, c.escalated, c.asked_seq,"               \
    " c.answered_seq, c.started_at, l.id AS lead_id,"                                  \
    " COALESCE(l.state = 'complete', false) AS lead_complete"
#define CONVERSATION_FROM                                                              \
    " FROM conversations c LEFT JOIN leads l ON l.org_id = c.org_id"                   \
    " AND l.conversation_id = c.id WHERE c.org_id = $1 AND c.id = $2"

/* How the words just said found their conversation. */
static const struct sb_stmt READ_SAID = {
    "talk_read_said",
    "SELECT " CONVERSATION_COLUMNS ", COALESCE(c.lease_holder = $3, false) AS mine,"
    " c.agent_id = $6 AND EXISTS (SELECT 1 FROM visitors v WHERE v.org_id = $1"
    "  AND v.id = c.visitor_id AND v.token_hash = $4)"
    " AND (($7::text IS NULL AND $8::text IS NULL) OR EXISTS (SELECT 1 FROM people p"
    "  WHERE p.org_id = $1 AND p.id = c.person_id"
    "  AND (p.email = $7::text OR p.phone = $8::text))) AS allowed,"
    " (SELECT m.seq FROM messages m WHERE m.org_id = $1 AND m.conversation_id = $2"
    "  AND m.client_id = $5) AS seq" CONVERSATION_FROM};

static const struct sb_stmt READ_TAKEN = {
    "talk_read_taken",
    "SELECT " CONVERSATION_COLUMNS ", COALESCE(c.lease_holder = $3, false) AS mine,"
    " true AS allowed, $4::bigint AS seq" CONVERSATION_FROM};

static const struct sb_stmt READ_HISTORY = {
    "talk_read_history",
    "SELECT seq, role, text, extra FROM messages WHERE org_id = $1"
    " AND conversation_id = $2 AND role <> 'system' ORDER BY seq DESC LIMIT $3"};

static const struct sb_stmt READ_PAST = {
    "talk_read_past",
    "WITH me AS MATERIALIZED (SELECT visitor_id, person_id, started_at"
    "  FROM conversations WHERE org_id = $1 AND id = $2)"
    " SELECT summary, last_at FROM ("
    "(SELECT p.id, p.summary, p.last_at FROM conversations p WHERE p.org_id = $1"
    "  AND p.visitor_id = (SELECT visitor_id FROM me) AND p.id <> $2"
    "  AND p.started_at <= (SELECT started_at FROM me) AND p.summary <> ''"
    "  AND (p.person_id IS NULL OR (SELECT person_id FROM me) IS NULL"
    "   OR p.person_id = (SELECT person_id FROM me))"
    "  ORDER BY p.started_at DESC LIMIT 3)"
    " UNION (SELECT p.id, p.summary, p.last_at FROM conversations p"
    "  WHERE p.org_id = $1 AND p.person_id = (SELECT person_id FROM me) AND p.id <> $2"
    "  AND p.started_at <= (SELECT started_at FROM me) AND p.summary <> ''"
    "  ORDER BY p.started_at DESC LIMIT 3)) u ORDER BY last_at DESC LIMIT 3"};

static const struct sb_stmt KEEP = {
    "talk_keep", "UPDATE conversations SET lease_until = now() + interval '20 seconds'"
                 " WHERE org_id = $1 AND id = $2 AND lease_holder = $3"};

static const struct sb_stmt RELEASE = {
    "talk_release", "UPDATE conversations SET lease_until = NULL, lease_holder = NULL"
                    " WHERE org_id = $1 AND id = $2 AND lease_holder = $3"};

const struct sb_stmt *const sb_conv_turn_statements[] = {
    &SAY, &READ_SAID, &READ_HISTORY, &READ_PAST, &sb_conv_answer_statement, NULL};

/* The newest come first from the database; a turn reads them oldest first. What is
 * not answered yet is gathered too: usually the one message, but more when a worker
 * died before it answered. */
static void read_history(TALLOC_CTX *mem, const struct sb_rows *rows,
                         struct sb_conv *conv)
{
    size_t n = sb_rows_count(rows), i, row;
    char *pending = talloc_strdup(mem, "");

    conv->history = talloc_zero_array(mem, struct sb_conv_message, (unsigned)n + 1);
    conv->history_count = 0;
    conv->pending_extra = "{}";
    for (i = 0; i < n; i++) {
        struct sb_conv_message *m = &conv->history[conv->history_count];

        row = n - 1 - i;
        m->seq = sb_row_int(rows, row, "seq");
        if (conv->seq && m->seq > conv->seq)
            break;
        m->ours = strcmp(sb_row_str(rows, row, "role"), "user") != 0;
        m->text = sb_row_dup(mem, rows, row, "text");
        conv->history_count++;
        if (!m->ours && m->seq > conv->answered_seq) {
            pending =
                talloc_asprintf_append(pending, "%s%s", *pending ? "\n" : "", m->text);
            conv->pending_extra = sb_row_dup(mem, rows, row, "extra");
        }
    }
    conv->pending = pending;
}

static void read_conversation(TALLOC_CTX *mem, struct sb_tx *tx, int row,
                              struct sb_conv *conv)
{
    const struct sb_rows *rows = sb_tx_rows(tx, row);
    size_t i;

    memset(conv, 0, sizeof(*conv));
    if (sb_rows_count(rows) == 0)
        return;
    conv->exists = true;
    conv->allowed = sb_row_bool(rows, 0, "allowed");
    conv->mine = sb_row_bool(rows, 0, "mine");
    conv->seq = sb_row_int(rows, 0, "seq");
    conv->id = sb_row_dup(mem, rows, 0, "id");
    conv->agent = sb_row_dup(mem, rows, 0, "agent_id");
    conv->channel = sb_row_dup(mem, rows, 0, "channel");
    conv->status = sb_row_dup(mem, rows, 0, "status");
    conv->person_id = sb_row_dup(mem, rows, 0, "person_id");
    conv->summary = sb_row_dup(mem, rows, 0, "summary");
    conv->intake = sb_row_dup(mem, rows, 0, "intake");
    conv->context = sb_row_dup(mem, rows, 0, "context");
    conv->phase = (int)sb_row_int(rows, 0, "phase");
    conv->urgency = (int)sb_row_int(rows, 0, "urgency");
    conv->turns = (int)sb_row_int(rows, 0, "turns");
    conv->escalated = sb_row_bool(rows, 0, "escalated");
    conv->asked_seq = sb_row_int(rows, 0, "asked_seq");
    conv->answered_seq = sb_row_int(rows, 0, "answered_seq");
    conv->started_ms = sb_row_time(rows, 0, "started_at");
    conv->lead_id = sb_row_dup(mem, rows, 0, "lead_id");
    conv->lead_complete = sb_row_bool(rows, 0, "lead_complete");
    read_history(mem, sb_tx_rows(tx, row + 1), conv);
    rows = sb_tx_rows(tx, row + 2);
    for (i = 0; i < sb_rows_count(rows) && i < 3; i++) {
        conv->past[i].at_ms = sb_row_time(rows, i, "last_at");
        conv->past[i].summary = sb_row_dup(mem, rows, i, "summary");
    }
    conv->past_count = i;
}

static void add_reads(struct sb_tx *tx, const char *org, const char *id)
{
    sb_tx_add(tx, &READ_HISTORY, sb_p_str(org), sb_p_str(id),
              sb_p_int(SB_CONV_HISTORY));
    sb_tx_add(tx, &READ_PAST, sb_p_str(org), sb_p_str(id));
}

static int add_words(struct sb_tx *tx, const struct sb_conv_words *w)
{
    struct sb_param hash = sb_p_bytes(w->token_hash, 32);
    bool signed_in = *w->email || *w->phone;
    int row;

    if (w->fresh) {
        sb_tx_add(tx, &MAKE_VISITOR, sb_p_str(w->org), sb_p_str(w->visitor_id), hash);
        sb_tx_add(tx, &MAKE_CONVERSATION, sb_p_str(w->org), sb_p_str(w->id),
                  sb_p_str(w->agent), sb_p_str(w->channel), sb_p_opt(w->context),
                  sb_p_opt(w->metadata), hash);
    }
    if (signed_in) {
        sb_tx_add(tx, &LINK_PERSON, sb_p_str(w->org), sb_p_str(w->person_id),
                  sb_p_opt(w->email), sb_p_opt(w->phone), sb_p_str(w->name),
                  sb_p_str(w->id), hash);
        sb_tx_add(tx, &FILL_PERSON, sb_p_str(w->org), sb_p_str(w->id),
                  sb_p_opt(w->email), sb_p_opt(w->phone), sb_p_str(w->name));
    }
    sb_tx_add(tx, &SAY, sb_p_str(w->org), sb_p_str(w->id), sb_p_str(w->agent), hash,
              sb_p_str(w->holder), sb_p_str(w->client_id), sb_p_str(w->text),
              sb_p_opt(w->context), sb_p_opt(w->email), sb_p_opt(w->phone),
              sb_p_opt(w->extra), sb_p_opt(w->metadata));
    row = sb_tx_add(tx, &READ_SAID, sb_p_str(w->org), sb_p_str(w->id),
                    sb_p_str(w->holder), hash, sb_p_str(w->client_id),
                    sb_p_str(w->agent), sb_p_opt(w->email), sb_p_opt(w->phone));
    add_reads(tx, w->org, w->id);
    return row;
}

static int say_once(struct sb_db *db, TALLOC_CTX *mem,
                    const struct sb_conv_words *words, struct sb_conv *conv,
                    struct sb_err *err)
{
    struct sb_tx *tx = NULL;
    int row, rc;

    rc = sb_tx_begin(db, mem, words->org, &tx, err);
    if (rc)
        return rc;
    row = add_words(tx, words);
    rc = sb_tx_commit(tx, err);
    if (rc == 0)
        read_conversation(mem, tx, row, conv);
    sb_tx_free(tx);
    return rc;
}

int sb_conv_say(struct sb_db *db, TALLOC_CTX *mem, const struct sb_conv_words *words,
                struct sb_conv *conv, struct sb_err *err)
{
    static const int pause_ms[] = {20, 100, 400, 1500};
    size_t try;
    int rc;

    /* A conflict is the same message on its way twice: the second look finds it. */
    for (try = 0;; try++) {
        rc = say_once(db, mem, words, conv, err);
        if ((rc != SB_EUNAVAILABLE && rc != SB_ECONFLICT) ||
            try == sizeof(pause_ms) / sizeof(pause_ms[0]))
            return rc;
        rc = sb_sleep(pause_ms[try]);
        if (rc)
            return rc;
    }
}

int sb_conv_take(struct sb_db *db, TALLOC_CTX *mem, const char *org, const char *id,
                 int64_t seq, const char *holder, struct sb_conv *conv,
                 struct sb_err *err)
{
    struct sb_tx *tx = NULL;
    int row, rc;

    rc = sb_tx_begin(db, mem, org, &tx, err);
    if (rc)
        return rc;
    sb_tx_add(tx, &TAKE, sb_p_str(org), sb_p_str(id), sb_p_str(holder), sb_p_int(seq));
    row = sb_tx_add(tx, &READ_TAKEN, sb_p_str(org), sb_p_str(id), sb_p_str(holder),
                    sb_p_int(seq));
    add_reads(tx, org, id);
    rc = sb_tx_commit(tx, err);
    if (rc == 0)
        read_conversation(mem, tx, row, conv);
    sb_tx_free(tx);
    return rc;
}

int sb_conv_keep(struct sb_db *db, const char *org, const char *id, const char *holder,
                 struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    const struct sb_rows *rows = NULL;
    int rc = sb_db_run(db, mem, org, &KEEP, &rows, err, sb_p_str(org), sb_p_str(id),
                       sb_p_str(holder));

    if (rc == 0 && sb_rows_affected(rows) == 0)
        rc =
            sb_fail(err, SB_ECONFLICT, "another turn has taken this conversation over");
    talloc_free(mem);
    return rc;
}

int sb_conv_release(struct sb_db *db, const char *org, const char *id,
                    const char *holder, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    const struct sb_rows *rows = NULL;
    int rc = sb_db_run(db, mem, org, &RELEASE, &rows, err, sb_p_str(org), sb_p_str(id),
                       sb_p_str(holder));

    talloc_free(mem);
    return rc;
}
