/* SPDX-License-Identifier: Apache-2.0
 *
 * Chunks that come from no page (FAQs, facts), the vectors of all chunks, and the
 * number that tells memories of them that they are old.
 */
#include "store/knowledge.h"

#include <string.h>
#include "base/array.h"
#include "base/buf.h"
#include "store/knowledge_rows.h"

static const struct sb_stmt RAISE = {
    "kn_raise",
    "INSERT INTO know_indexes (org_id, agent_id) VALUES ($1::uuid, $2::uuid)"
    " ON CONFLICT (org_id, agent_id) DO UPDATE"
    " SET generation = know_indexes.generation + 1, updated_at = now()"};

static const struct sb_stmt CHUNK_ADD = {
    "kn_chunk_add",
    "INSERT INTO chunks (org_id, agent_id, kind, page_id, faq_id, key, ordinal, asked,"
    " title, heading, url, text, also, dated, conflict, holds, hash, terms,"
    " terms_version) VALUES ($1::uuid, $2::uuid, $3::smallint,"
    " nullif($4::bigint, 0), nullif($5::bigint, 0), $6, $7::int, $8::bool, $9, $10, "
    "$11,"
    " $12, $13, $14, $15, $16::smallint, $17, $18, $19::smallint)"};

void sb_kn_raise(struct sb_tx *tx, struct sb_kn_owner owner)
{
    sb_tx_add(tx, &RAISE, sb_p_str(owner.org), sb_p_str(owner.agent));
}

static struct sb_param text_or_empty(const char *text)
{
    return sb_p_str(text ? text : "");
}

void sb_kn_chunk_add(struct sb_tx *tx, struct sb_kn_owner owner, int64_t page_id,
                     int64_t faq_id, const struct sb_kn_chunk *chunk)
{
    sb_tx_add(tx, &CHUNK_ADD, sb_p_str(owner.org), sb_p_str(owner.agent),
              sb_p_int(chunk->kind), sb_p_int(page_id), sb_p_int(faq_id),
              text_or_empty(chunk->key), sb_p_int(chunk->ordinal),
              sb_p_bool(chunk->asked), text_or_empty(chunk->title),
              text_or_empty(chunk->heading), text_or_empty(chunk->url),
              text_or_empty(chunk->text), text_or_empty(chunk->also),
              text_or_empty(chunk->dated), text_or_empty(chunk->conflict),
              sb_p_int(chunk->holds), sb_p_bytes(chunk->hash, 32),
              sb_p_bytes(chunk->terms, chunk->terms_len),
              sb_p_int(chunk->terms_version));
}

size_t sb_kn_find_hash(TALLOC_CTX *mem, const struct sb_rows *rows, const bool *taken,
                       const uint8_t *hash)
{
    size_t count = sb_rows_count(rows);

    for (size_t i = 0; i < count; i++) {
        size_t len;
        const void *other;

        if (taken[i])
            continue;
        other = sb_row_bytes(mem, rows, i, "hash", &len);
        if (len == 32 && memcmp(other, hash, 32) == 0)
            return i;
    }
    return count;
}

char *sb_kn_id_array(TALLOC_CTX *mem, const int64_t *ids, size_t count)
{
    struct sb_buf out;

    sb_buf_init(&out, mem);
    sb_buf_putc(&out, '{');
    for (size_t i = 0; i < count; i++)
        sb_buf_printf(&out, "%s%lld", i ? "," : "", (long long)ids[i]);
    sb_buf_putc(&out, '}');
    return out.data;
}

/* ---- FAQs ---- */

static const struct sb_stmt FAQS = {
    "kn_faqs", "SELECT f.id, f.key, c.hash FROM faqs f LEFT JOIN chunks c"
               " ON c.org_id = f.org_id AND c.faq_id = f.id"
               " WHERE f.org_id = $1::uuid AND f.agent_id = $2::uuid ORDER BY f.id"};

static const struct sb_stmt FAQ_ADD = {
    "kn_faq_add",
    "INSERT INTO faqs (org_id, agent_id, origin, key, question, answer,"
    " also) VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7) RETURNING id"};

static const struct sb_stmt FAQ_DELETE = {
    "kn_faq_delete", "DELETE FROM faqs WHERE org_id = $1::uuid AND id = $2::bigint"};

/* Deletes the rows that are not wanted any more; `keep[i]` says which of the new ones
 * are there already. */
static size_t drop_faqs(TALLOC_CTX *mem, struct sb_tx *tx, struct sb_kn_owner owner,
                        const struct sb_rows *old, const struct sb_kn_faq *faqs,
                        const struct sb_kn_chunk *chunks, size_t count, bool *keep)
{
    size_t dropped = 0;

    for (size_t i = 0; i < sb_rows_count(old); i++) {
        const char *key = sb_row_str(old, i, "key");
        bool wanted = false;
        size_t len;
        const void *hash = sb_row_bytes(mem, old, i, "hash", &len);

        for (size_t j = 0; j < count && !wanted; j++)
            if (!keep[j] && strcmp(faqs[j].key, key) == 0 && hash && len == 32 &&
                memcmp(hash, chunks[j].hash, 32) == 0)
                wanted = keep[j] = true;
        if (!wanted) {
            sb_tx_add(tx, &FAQ_DELETE, sb_p_str(owner.org),
                      sb_p_int(sb_row_int(old, i, "id")));
            dropped++;
        }
    }
    return dropped;
}

static int add_faqs(TALLOC_CTX *mem, struct sb_tx *tx, struct sb_kn_owner owner,
                    const struct sb_kn_faq *faqs, const struct sb_kn_chunk *chunks,
                    size_t count, const bool *keep, size_t *added, struct sb_err *err)
{
    int *at = sb_array(mem, int, count + 1);
    int rc;

    for (size_t i = 0; i < count; i++) {
        if (keep[i])
            continue;
        at[i] = sb_tx_add(tx, &FAQ_ADD, sb_p_str(owner.org), sb_p_str(owner.agent),
                          sb_p_str(faqs[i].origin), sb_p_str(faqs[i].key),
                          sb_p_str(faqs[i].question), sb_p_str(faqs[i].answer),
                          text_or_empty(faqs[i].also));
        (*added)++;
    }
    rc = sb_tx_flush(tx, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < count; i++)
        if (!keep[i])
            sb_kn_chunk_add(tx, owner, 0, sb_row_int(sb_tx_rows(tx, at[i]), 0, "id"),
                            &chunks[i]);
    return 0;
}

int sb_kn_faqs_put(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                   const struct sb_kn_faq *faqs, const struct sb_kn_chunk *chunks,
                   size_t count, bool *changed_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    struct sb_tx *tx = NULL;
    bool *keep = sb_array(tmp, bool, count + 1);
    size_t changes = 0;
    int rc = sb_tx_begin(db, tmp, owner.org, &tx, err);

    if (rc)
        goto out;
    int at = sb_tx_add(tx, &FAQS, sb_p_str(owner.org), sb_p_str(owner.agent));
    rc = sb_tx_flush(tx, err);
    if (rc)
        goto out;
    changes = drop_faqs(tmp, tx, owner, sb_tx_rows(tx, at), faqs, chunks, count, keep);
    rc = add_faqs(tmp, tx, owner, faqs, chunks, count, keep, &changes, err);
    if (rc)
        goto out;
    if (changes > 0)
        sb_kn_raise(tx, owner);
    rc = sb_tx_commit(tx, err);
    if (!rc)
        *changed_r = changes > 0;
out:
    talloc_free(tmp);
    return rc;
}

/* ---- facts as chunks ---- */

static const struct sb_stmt FACT_CHUNKS = {
    "kn_fact_chunks",
    "SELECT id, hash FROM chunks WHERE org_id = $1::uuid AND agent_id = $2::uuid"
    " AND page_id IS NULL AND starts_with(key, $3)"};

static const struct sb_stmt FACT_CHUNK_DELETE = {
    "kn_fact_chunk_delete",
    "DELETE FROM chunks WHERE org_id = $1::uuid AND id = $2::bigint"};

int sb_kn_fact_chunks_put(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                          const char *prefix, const struct sb_kn_chunk *chunks,
                          size_t count, bool *changed_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    struct sb_tx *tx = NULL;
    const struct sb_rows *old;
    bool *taken;
    size_t changes = 0;
    int rc = sb_tx_begin(db, tmp, owner.org, &tx, err);

    if (rc)
        goto out;
    int at = sb_tx_add(tx, &FACT_CHUNKS, sb_p_str(owner.org), sb_p_str(owner.agent),
                       sb_p_str(prefix));
    rc = sb_tx_flush(tx, err);
    if (rc)
        goto out;
    old = sb_tx_rows(tx, at);
    taken = sb_array(tmp, bool, sb_rows_count(old) + 1);
    for (size_t i = 0; i < count; i++) {
        size_t same = sb_kn_find_hash(tmp, old, taken, chunks[i].hash);

        if (same < sb_rows_count(old)) {
            taken[same] = true;
            continue;
        }
        sb_kn_chunk_add(tx, owner, 0, 0, &chunks[i]);
        changes++;
    }
    for (size_t i = 0; i < sb_rows_count(old); i++) {
        if (taken[i])
            continue;
        sb_tx_add(tx, &FACT_CHUNK_DELETE, sb_p_str(owner.org),
                  sb_p_int(sb_row_int(old, i, "id")));
        changes++;
    }
    if (changes > 0)
        sb_kn_raise(tx, owner);
    rc = sb_tx_commit(tx, err);
    if (!rc)
        *changed_r = changes > 0;
out:
    talloc_free(tmp);
    return rc;
}

/* ---- vectors ---- */

static const struct sb_stmt UNEMBEDDED = {
    "kn_unembedded",
    "SELECT id, title || E'\\n' || heading || E'\\n' || also AS heading, text, hash"
    " FROM chunks WHERE org_id = $1::uuid AND agent_id = $2::uuid AND id > $5::bigint"
    " AND space <> $3 ORDER BY id LIMIT $4::int"};

static const struct sb_stmt VECTOR_PUT = {
    "kn_vector_put", "UPDATE chunks SET space = $3, vector = $4 WHERE org_id = $1::uuid"
                     " AND id = $2::bigint AND hash = $5"};

static const struct sb_stmt SPACE_PUT = {
    "kn_space_put",
    "INSERT INTO know_indexes (org_id, agent_id, space) VALUES ($1::uuid, $2::uuid, $3)"
    " ON CONFLICT (org_id, agent_id) DO UPDATE SET space = EXCLUDED.space,"
    " generation = know_indexes.generation + 1, updated_at = now()"
    " WHERE know_indexes.space <> EXCLUDED.space"};

int sb_kn_unembedded(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                     const char *space, int64_t after, int limit,
                     struct sb_kn_text **texts_r, size_t *count_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, owner.org, &UNEMBEDDED, &rows, err, sb_p_str(owner.org),
                       sb_p_str(owner.agent), sb_p_str(space), sb_p_int(limit),
                       sb_p_int(after));

    if (!rc) {
        size_t count = sb_rows_count(rows);
        struct sb_kn_text *texts = sb_array(mem, struct sb_kn_text, count + 1);

        for (size_t i = 0; i < count; i++) {
            size_t len;
            const void *hash = sb_row_bytes(tmp, rows, i, "hash", &len);

            texts[i].id = sb_row_int(rows, i, "id");
            texts[i].heading = sb_row_dup(mem, rows, i, "heading");
            texts[i].text = sb_row_dup(mem, rows, i, "text");
            if (hash && len == sizeof(texts[i].hash))
                memcpy(texts[i].hash, hash, len);
        }
        *texts_r = texts;
        *count_r = count;
    }
    talloc_free(tmp);
    return rc;
}

int sb_kn_vectors_put(struct sb_db *db, struct sb_kn_owner owner, const char *space,
                      const struct sb_kn_text *texts, size_t count,
                      const float *vectors, int dims, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tx *tx = NULL;
    int rc = sb_tx_begin(db, mem, owner.org, &tx, err);

    if (rc)
        goto out;
    for (size_t i = 0; i < count; i++)
        sb_tx_add(tx, &VECTOR_PUT, sb_p_str(owner.org), sb_p_int(texts[i].id),
                  sb_p_str(space),
                  sb_p_bytes(vectors + i * (size_t)dims, (size_t)dims * sizeof(float)),
                  sb_p_bytes(texts[i].hash, sizeof(texts[i].hash)));
    sb_kn_raise(tx, owner);
    rc = sb_tx_commit(tx, err);
out:
    talloc_free(mem);
    return rc;
}

int sb_kn_space_put(struct sb_db *db, struct sb_kn_owner owner, const char *space,
                    struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, mem, owner.org, &SPACE_PUT, &rows, err, sb_p_str(owner.org),
                       sb_p_str(owner.agent), sb_p_str(space));

    talloc_free(mem);
    return rc;
}
