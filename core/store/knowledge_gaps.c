/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts of all pages with where they stand, what of them disagrees, and the questions
 * that nothing answered.
 */
#include "store/knowledge.h"

#include <string.h>
#include "base/array.h"
#include "store/knowledge_rows.h"

static const struct sb_stmt FACTS = {
    "kn_facts",
    "SELECT f.id, f.page_id, f.kind, f.origin, f.subject, f.value, f.text, f.heading,"
    " p.url, p.title, p.dated FROM facts f"
    " JOIN pages p ON p.org_id = f.org_id AND p.id = f.page_id"
    " WHERE f.org_id = $1::uuid AND f.agent_id = $2::uuid ORDER BY f.kind, f.id"};

static const struct sb_stmt CONFLICTS_CLEAR = {
    "kn_conflicts_clear",
    "DELETE FROM contradictions WHERE org_id = $1::uuid AND agent_id = $2::uuid"};

static const struct sb_stmt CONFLICT_ADD = {
    "kn_conflict_add",
    "INSERT INTO contradictions (org_id, agent_id, kind, subject, page_id, said, value,"
    " other_page, other_said, other_value, why) VALUES ($1::uuid, $2::uuid, $3, $4,"
    " $5::bigint, $6, $7, $8::bigint, $9, $10, $11)"};

static const struct sb_stmt GAPS = {
    "kn_gaps",
    "SELECT id, question, key, count, CASE WHEN space = $3 THEN vector END AS vector"
    " FROM gaps WHERE org_id = $1::uuid AND agent_id = $2::uuid AND state = 'open'"
    " ORDER BY last_at DESC LIMIT $4::int"};

static const struct sb_stmt GAP_AGAIN = {
    "kn_gap_again", "UPDATE gaps SET count = count + 1, last_at = now(),"
                    " conversation = $4 WHERE org_id = $1::uuid AND agent_id = $2::uuid"
                    " AND id = $3::bigint RETURNING id"};

static const struct sb_stmt GAP_ADD = {
    "kn_gap_add",
    "INSERT INTO gaps (org_id, agent_id, question, key, conversation, space, vector)"
    " VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7)"
    " ON CONFLICT (org_id, agent_id, key) DO UPDATE SET count = gaps.count + 1,"
    " last_at = now(), conversation = EXCLUDED.conversation, state = 'open'"};

int sb_kn_facts(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                struct sb_kn_fact **facts_r, size_t *count_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, owner.org, &FACTS, &rows, err, sb_p_str(owner.org),
                       sb_p_str(owner.agent));

    if (!rc) {
        size_t count = sb_rows_count(rows);
        struct sb_kn_fact *facts = sb_array(mem, struct sb_kn_fact, count + 1);

        for (size_t i = 0; i < count; i++) {
            facts[i].id = sb_row_int(rows, i, "id");
            facts[i].page_id = sb_row_int(rows, i, "page_id");
            facts[i].kind = sb_row_dup(mem, rows, i, "kind");
            facts[i].origin = (int)sb_row_int(rows, i, "origin");
            facts[i].subject = sb_row_dup(mem, rows, i, "subject");
            facts[i].value = sb_row_dup(mem, rows, i, "value");
            facts[i].text = sb_row_dup(mem, rows, i, "text");
            facts[i].heading = sb_row_dup(mem, rows, i, "heading");
            facts[i].url = sb_row_dup(mem, rows, i, "url");
            facts[i].title = sb_row_dup(mem, rows, i, "title");
            facts[i].dated = sb_row_dup(mem, rows, i, "dated");
        }
        *facts_r = facts;
        *count_r = count;
    }
    talloc_free(tmp);
    return rc;
}

int sb_kn_contradictions_put(struct sb_db *db, struct sb_kn_owner owner,
                             const struct sb_kn_contradiction *list, size_t count,
                             struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tx *tx = NULL;
    int rc = sb_tx_begin(db, mem, owner.org, &tx, err);

    if (rc)
        goto out;
    sb_tx_add(tx, &CONFLICTS_CLEAR, sb_p_str(owner.org), sb_p_str(owner.agent));
    for (size_t i = 0; i < count; i++)
        sb_tx_add(tx, &CONFLICT_ADD, sb_p_str(owner.org), sb_p_str(owner.agent),
                  sb_p_str(list[i].kind), sb_p_str(list[i].subject),
                  sb_p_int(list[i].page_id), sb_p_str(list[i].said),
                  sb_p_str(list[i].value), sb_p_int(list[i].other_page),
                  sb_p_str(list[i].other_said), sb_p_str(list[i].other_value),
                  sb_p_str(list[i].why));
    rc = sb_tx_commit(tx, err);
out:
    talloc_free(mem);
    return rc;
}

int sb_kn_gaps(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
               const char *space, int limit, struct sb_kn_gap **gaps_r, size_t *count_r,
               struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, owner.org, &GAPS, &rows, err, sb_p_str(owner.org),
                       sb_p_str(owner.agent), sb_p_str(space), sb_p_int(limit));

    if (!rc) {
        size_t count = sb_rows_count(rows);
        struct sb_kn_gap *gaps = sb_array(mem, struct sb_kn_gap, count + 1);

        for (size_t i = 0; i < count; i++) {
            size_t len = 0;

            gaps[i].id = sb_row_int(rows, i, "id");
            gaps[i].question = sb_row_dup(mem, rows, i, "question");
            gaps[i].key = sb_row_dup(mem, rows, i, "key");
            gaps[i].count = (int)sb_row_int(rows, i, "count");
            if (!sb_row_null(rows, i, "vector"))
                gaps[i].vector = sb_row_bytes(mem, rows, i, "vector", &len);
            gaps[i].dims = len / sizeof(float);
        }
        *gaps_r = gaps;
        *count_r = count;
    }
    talloc_free(tmp);
    return rc;
}

int sb_kn_gap_count(struct sb_db *db, struct sb_kn_owner owner, int64_t id,
                    const struct sb_kn_gap *gap, const char *space,
                    const char *conversation, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    const struct sb_rows *rows;
    size_t bytes = gap->dims * sizeof(float);
    int rc = 0;

    if (id) {
        rc = sb_db_run(db, mem, owner.org, &GAP_AGAIN, &rows, err, sb_p_str(owner.org),
                       sb_p_str(owner.agent), sb_p_int(id), sb_p_str(conversation));
        if (rc || sb_rows_count(rows) > 0)
            goto out;
    }
    rc = sb_db_run(db, mem, owner.org, &GAP_ADD, &rows, err, sb_p_str(owner.org),
                   sb_p_str(owner.agent), sb_p_str(gap->question), sb_p_str(gap->key),
                   sb_p_str(conversation), sb_p_str(gap->vector ? space : ""),
                   gap->vector ? sb_p_bytes(gap->vector, bytes) : sb_p_null());
out:
    talloc_free(mem);
    return rc;
}
