/* SPDX-License-Identifier: Apache-2.0
 *
 * What a search reads: the generation, the packed words and vectors that are kept in
 * memory per generation, and the few passages that were found.
 */
#include "store/knowledge.h"

#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "store/knowledge_rows.h"

#define BATCH 512 /* rows of one round trip when loading */

static const struct sb_stmt INDEX_GET = {
    "kn_index_get", "SELECT generation, space FROM know_indexes"
                    " WHERE org_id = $1::uuid AND agent_id = $2::uuid"};

static const struct sb_stmt LOAD_TERMS = {
    "kn_load_terms",
    "SELECT id, terms_version = $3::smallint AS packed,"
    " CASE WHEN terms_version = $3::smallint THEN terms END AS terms,"
    " CASE WHEN terms_version <> $3::smallint"
    "  THEN title || E'\\n' || heading || E'\\n' || also END AS head,"
    " CASE WHEN terms_version <> $3::smallint THEN text END AS body"
    " FROM chunks WHERE org_id = $1::uuid AND agent_id = $2::uuid AND id > $4::bigint"
    " ORDER BY id LIMIT $5::int"};

static const struct sb_stmt LOAD_VECTORS = {
    "kn_load_vectors",
    "SELECT id, vector FROM chunks WHERE org_id = $1::uuid AND agent_id = $2::uuid"
    " AND id > $4::bigint AND space = $3 ORDER BY id LIMIT $5::int"};

/* IS NOT DISTINCT FROM keeps the agent out of the choice of an index: by (agent, id) a
 * planner without statistics walks all of the agent's chunks for a handful of ids. */
static const struct sb_stmt PASSAGES = {
    "kn_passages",
    "SELECT id, coalesce(page_id, 0) AS page_id, kind, asked, holds, title, heading,"
    " url, text, also, dated, conflict FROM chunks"
    " WHERE org_id = $1::uuid AND id = ANY($3::bigint[])"
    " AND agent_id IS NOT DISTINCT FROM $2::uuid"};

#define CONFLICT_COLUMNS                                                               \
    "SELECT k.kind, k.subject, k.page_id, k.other_page, k.said, k.value, "             \
    "k.other_said,"                                                                    \
    " k.other_value, k.why, a.title, a.url, b.title AS other_title,"                   \
    " b.url AS other_url FROM contradictions k"                                        \
    " JOIN pages a ON a.org_id = k.org_id AND a.id = k.page_id"                        \
    " JOIN pages b ON b.org_id = k.org_id AND b.id = k.other_page"                     \
    " WHERE k.org_id = $1::uuid AND k.agent_id = $2::uuid"

static const struct sb_stmt CONFLICTS_OF = {
    "kn_conflicts_of",
    CONFLICT_COLUMNS " AND (k.page_id IN (SELECT page_id FROM chunks"
                     "  WHERE org_id = $1::uuid AND id = ANY($3::bigint[]))"
                     " OR k.other_page IN (SELECT page_id FROM chunks"
                     "  WHERE org_id = $1::uuid AND id = ANY($3::bigint[])))"};

static const struct sb_stmt CONFLICTS = {"kn_conflicts",
                                         CONFLICT_COLUMNS " ORDER BY k.kind, k.id"};

int sb_kn_index_get(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                    struct sb_kn_index *index, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, owner.org, &INDEX_GET, &rows, err, sb_p_str(owner.org),
                       sb_p_str(owner.agent));

    if (!rc) {
        memset(index, 0, sizeof(*index));
        if (sb_rows_count(rows) > 0) {
            index->generation = sb_row_int(rows, 0, "generation");
            snprintf(index->space, sizeof(index->space), "%s",
                     sb_row_str(rows, 0, "space"));
        }
    }
    talloc_free(tmp);
    return rc;
}

int sb_kn_load_terms(struct sb_db *db, struct sb_kn_owner owner, int terms_version,
                     void (*fn)(void *arg, int64_t id, const void *terms, size_t len,
                                const char *head, const char *body),
                     void *arg, struct sb_err *err)
{
    int64_t last = 0;

    for (;;) {
        TALLOC_CTX *tmp = talloc_new(NULL);
        const struct sb_rows *rows;
        int rc = sb_db_run(db, tmp, owner.org, &LOAD_TERMS, &rows, err,
                           sb_p_str(owner.org), sb_p_str(owner.agent),
                           sb_p_int(terms_version), sb_p_int(last), sb_p_int(BATCH));

        if (rc) {
            talloc_free(tmp);
            return rc;
        }
        size_t count = sb_rows_count(rows);
        for (size_t i = 0; i < count; i++) {
            size_t len = 0;
            const void *terms = NULL;

            if (sb_row_bool(rows, i, "packed"))
                terms = sb_row_bytes(tmp, rows, i, "terms", &len);
            last = sb_row_int(rows, i, "id");
            fn(arg, last, terms, len, sb_row_str(rows, i, "head"),
               sb_row_str(rows, i, "body"));
        }
        talloc_free(tmp);
        if (count < BATCH)
            return 0;
    }
}

static int hand_on(TALLOC_CTX *tmp, const struct sb_rows *rows, int dims,
                   int (*fn)(void *arg, int64_t id, const float *vector), void *arg,
                   int64_t *last)
{
    for (size_t i = 0; i < sb_rows_count(rows); i++) {
        size_t len;
        const void *vector = sb_row_bytes(tmp, rows, i, "vector", &len);

        *last = sb_row_int(rows, i, "id");
        if (vector && len == (size_t)dims * sizeof(float)) {
            int rc = fn(arg, *last, vector);

            if (rc)
                return rc;
        }
    }
    return 0;
}

int sb_kn_load_vectors(struct sb_db *db, struct sb_kn_owner owner, const char *space,
                       int dims, int (*fn)(void *arg, int64_t id, const float *vector),
                       void *arg, struct sb_err *err)
{
    int64_t last = 0;

    for (;;) {
        TALLOC_CTX *tmp = talloc_new(NULL);
        const struct sb_rows *rows;
        size_t count = 0;
        int rc = sb_db_run(db, tmp, owner.org, &LOAD_VECTORS, &rows, err,
                           sb_p_str(owner.org), sb_p_str(owner.agent), sb_p_str(space),
                           sb_p_int(last), sb_p_int(BATCH));

        if (!rc) {
            count = sb_rows_count(rows);
            rc = hand_on(tmp, rows, dims, fn, arg, &last);
            if (rc)
                sb_fail(err, rc, "the index could not take the vectors");
        }
        talloc_free(tmp);
        if (rc || count < BATCH)
            return rc;
    }
}

static void read_passage(TALLOC_CTX *mem, const struct sb_rows *rows, size_t i,
                         struct sb_kn_passage *p)
{
    p->id = sb_row_int(rows, i, "id");
    p->page_id = sb_row_int(rows, i, "page_id");
    p->kind = (int)sb_row_int(rows, i, "kind");
    p->asked = sb_row_bool(rows, i, "asked");
    p->holds = (unsigned)sb_row_int(rows, i, "holds");
    p->title = sb_row_dup(mem, rows, i, "title");
    p->heading = sb_row_dup(mem, rows, i, "heading");
    p->url = sb_row_dup(mem, rows, i, "url");
    p->text = sb_row_dup(mem, rows, i, "text");
    p->also = sb_row_dup(mem, rows, i, "also");
    p->dated = sb_row_dup(mem, rows, i, "dated");
    p->conflict = sb_row_dup(mem, rows, i, "conflict");
}

static struct sb_kn_contradiction *read_conflicts(TALLOC_CTX *mem,
                                                  const struct sb_rows *rows)
{
    size_t count = sb_rows_count(rows);
    struct sb_kn_contradiction *list =
        sb_array(mem, struct sb_kn_contradiction, count + 1);

    for (size_t i = 0; i < count; i++) {
        struct sb_kn_contradiction *k = &list[i];

        k->kind = sb_row_dup(mem, rows, i, "kind");
        k->subject = sb_row_dup(mem, rows, i, "subject");
        k->page_id = sb_row_int(rows, i, "page_id");
        k->other_page = sb_row_int(rows, i, "other_page");
        k->said = sb_row_dup(mem, rows, i, "said");
        k->value = sb_row_dup(mem, rows, i, "value");
        k->other_said = sb_row_dup(mem, rows, i, "other_said");
        k->other_value = sb_row_dup(mem, rows, i, "other_value");
        k->why = sb_row_dup(mem, rows, i, "why");
        k->title = sb_row_dup(mem, rows, i, "title");
        k->url = sb_row_dup(mem, rows, i, "url");
        k->other_title = sb_row_dup(mem, rows, i, "other_title");
        k->other_url = sb_row_dup(mem, rows, i, "other_url");
    }
    return list;
}

int sb_kn_passages(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                   const int64_t *ids, size_t count, struct sb_kn_passage **passages_r,
                   size_t *count_r, struct sb_kn_contradiction **conflicts_r,
                   size_t *conflict_count_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    struct sb_tx *tx = NULL;
    const char *list = sb_kn_id_array(tmp, ids, count);
    int rc = sb_tx_begin(db, tmp, owner.org, &tx, err);

    if (rc)
        goto out;
    int found = sb_tx_add(tx, &PASSAGES, sb_p_str(owner.org), sb_p_str(owner.agent),
                          sb_p_str(list));
    int conflicts = sb_tx_add(tx, &CONFLICTS_OF, sb_p_str(owner.org),
                              sb_p_str(owner.agent), sb_p_str(list));
    rc = sb_tx_commit(tx, err);
    if (rc)
        goto out;
    const struct sb_rows *rows = sb_tx_rows(tx, found);
    *count_r = sb_rows_count(rows);
    *passages_r = sb_array(mem, struct sb_kn_passage, *count_r + 1);
    for (size_t i = 0; i < *count_r; i++)
        read_passage(mem, rows, i, &(*passages_r)[i]);
    *conflict_count_r = sb_rows_count(sb_tx_rows(tx, conflicts));
    *conflicts_r = read_conflicts(mem, sb_tx_rows(tx, conflicts));
out:
    talloc_free(tmp);
    return rc;
}

int sb_kn_contradictions(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                         struct sb_kn_contradiction **list_r, size_t *count_r,
                         struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, owner.org, &CONFLICTS, &rows, err, sb_p_str(owner.org),
                       sb_p_str(owner.agent));

    if (!rc) {
        *count_r = sb_rows_count(rows);
        *list_r = read_conflicts(mem, rows);
    }
    talloc_free(tmp);
    return rc;
}
