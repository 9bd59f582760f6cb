/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of a crawl: sources, and pages with their chunks and facts. A page's rows are
 * compared by hashes, so that a crawl that finds nothing new writes nothing that a
 * search would have to load again.
 */
#include "store/knowledge.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "store/jobs.h"
#include "store/knowledge_rows.h"
#include "store/pg.h"

/* Whoever adds a source may want to crawl it at once, in front of the person waiting:
 * the job gives way to that. */
#define HEAD_START_MS 2000

/* ---- sources ---- */

static const struct sb_stmt SOURCE_ADD = {
    "kn_source_add",
    "INSERT INTO sources (org_id, id, agent_id, url, max_pages)"
    " VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5::int)"
    " ON CONFLICT (org_id, agent_id, url) DO UPDATE SET max_pages = EXCLUDED.max_pages,"
    " state = CASE WHEN sources.state = 'running' THEN 'running' ELSE 'queued' END,"
    " error = '' RETURNING id::text AS id, run"};

static const struct sb_stmt SOURCE_GET = {
    "kn_source_get",
    "SELECT id::text AS id, url, state, error, max_pages, found, read, unchanged, "
    "failed,"
    " chunks, contradictions, run,"
    " state = 'running' AND noted_at > now() - interval '2 minutes' AS busy FROM "
    "sources"
    " WHERE org_id = $1::uuid AND agent_id = $2::uuid AND id = $3::uuid"};

static const struct sb_stmt SOURCE_BEGIN = {
    "kn_source_begin",
    "UPDATE sources SET state = 'running', run = run + 1, found = 0, read = 0,"
    " unchanged = 0, failed = 0, error = '', started_at = now(), noted_at = now(),"
    " finished_at = NULL"
    " WHERE org_id = $1::uuid AND agent_id = $2::uuid AND id = $3::uuid RETURNING run"};

static const struct sb_stmt SOURCE_NOTE = {
    "kn_source_note",
    "UPDATE sources SET state = $4, found = $5::int, read = $6::int,"
    " unchanged = $7::int, failed = $8::int, error = $9, contradictions = $10::int,"
    " noted_at = now(),"
    " chunks = (SELECT count(*) FROM chunks c JOIN pages p ON p.org_id = c.org_id"
    "  AND p.id = c.page_id WHERE c.org_id = $1::uuid AND p.source_id = $3::uuid),"
    " finished_at = CASE WHEN $4 IN ('done', 'failed') THEN now() END"
    " WHERE org_id = $1::uuid AND agent_id = $2::uuid AND id = $3::uuid"
    " RETURNING chunks"};

static const struct sb_stmt SOURCE_IDS = {
    "kn_source_ids", "SELECT id::text AS id FROM sources WHERE org_id = $1::uuid"
                     " AND agent_id = $2::uuid ORDER BY created_at, id"};

static const struct sb_stmt SOURCE_URLS = {
    "kn_source_urls", "SELECT url FROM pages WHERE org_id = $1::uuid"
                      " AND source_id = $2::uuid AND state = 'read' ORDER BY id"};

int sb_kn_source_add(struct sb_db *db, struct sb_kn_owner owner, const char *url,
                     int max_pages, bool queue, char id_r[37], struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tx *tx = NULL;
    char id[37];
    json_t *args = NULL;
    int rc;

    sb_uuid(id);
    rc = sb_tx_begin(db, mem, owner.org, &tx, err);
    if (rc)
        goto out;
    int at = sb_tx_add(tx, &SOURCE_ADD, sb_p_str(owner.org), sb_p_str(id),
                       sb_p_str(owner.agent), sb_p_str(url), sb_p_int(max_pages));
    rc = sb_tx_flush(tx, err);
    if (rc)
        goto out;
    snprintf(id, sizeof(id), "%s", sb_row_str(sb_tx_rows(tx, at), 0, "id"));
    if (queue) {
        args = json_pack("{s:s, s:s, s:I}", "agent", owner.agent, "source", id, "run",
                         (json_int_t)sb_row_int(sb_tx_rows(tx, at), 0, "run"));
        sb_job_add(tx, "crawl", owner.org, id, args,
                   sb_clock_wall_ms() + HEAD_START_MS);
    }
    rc = sb_tx_commit(tx, err);
    if (!rc)
        memcpy(id_r, id, sizeof(id));
out:
    json_decref(args);
    talloc_free(mem);
    return rc;
}

int sb_kn_source_get(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                     const char *id, struct sb_kn_source *source, struct sb_err *err)
{
    const struct sb_rows *rows;
    int rc = sb_db_run(db, mem, owner.org, &SOURCE_GET, &rows, err, sb_p_str(owner.org),
                       sb_p_str(owner.agent), sb_p_str(id));

    if (rc)
        return rc;
    if (sb_rows_count(rows) == 0)
        return sb_fail(err, SB_ENOTFOUND, "there is no source %.36s", id);
    memset(source, 0, sizeof(*source));
    snprintf(source->id, sizeof(source->id), "%s", sb_row_str(rows, 0, "id"));
    source->url = sb_row_dup(mem, rows, 0, "url");
    source->state = sb_row_dup(mem, rows, 0, "state");
    source->error = sb_row_dup(mem, rows, 0, "error");
    source->max_pages = (int)sb_row_int(rows, 0, "max_pages");
    source->found = (int)sb_row_int(rows, 0, "found");
    source->read = (int)sb_row_int(rows, 0, "read");
    source->unchanged = (int)sb_row_int(rows, 0, "unchanged");
    source->failed = (int)sb_row_int(rows, 0, "failed");
    source->chunks = (int)sb_row_int(rows, 0, "chunks");
    source->contradictions = (int)sb_row_int(rows, 0, "contradictions");
    source->run = sb_row_int(rows, 0, "run");
    source->busy = sb_row_bool(rows, 0, "busy");
    return 0;
}

int sb_kn_source_begin(struct sb_db *db, struct sb_kn_owner owner, const char *id,
                       int64_t *run_r, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, mem, owner.org, &SOURCE_BEGIN, &rows, err,
                       sb_p_str(owner.org), sb_p_str(owner.agent), sb_p_str(id));

    if (!rc && sb_rows_count(rows) == 0)
        rc = sb_fail(err, SB_ENOTFOUND, "there is no source %.36s", id);
    if (!rc)
        *run_r = sb_row_int(rows, 0, "run");
    talloc_free(mem);
    return rc;
}

int sb_kn_source_note(struct sb_db *db, struct sb_kn_owner owner,
                      const struct sb_kn_source *source, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    const struct sb_rows *rows;
    int rc =
        sb_db_run(db, mem, owner.org, &SOURCE_NOTE, &rows, err, sb_p_str(owner.org),
                  sb_p_str(owner.agent), sb_p_str(source->id), sb_p_str(source->state),
                  sb_p_int(source->found), sb_p_int(source->read),
                  sb_p_int(source->unchanged), sb_p_int(source->failed),
                  sb_p_str(source->error), sb_p_int(source->contradictions));

    if (!rc && sb_rows_count(rows) == 0)
        rc = sb_fail(err, SB_ENOTFOUND, "the source was deleted meanwhile");
    talloc_free(mem);
    return rc;
}

/* One column of all rows as a NULL-terminated list. */
static const char *const *read_list(TALLOC_CTX *mem, const struct sb_rows *rows,
                                    const char *column)
{
    size_t count = sb_rows_count(rows);
    const char **list = sb_array(mem, const char *, count + 1);

    for (size_t i = 0; i < count; i++)
        list[i] = sb_row_dup(mem, rows, i, column);
    return list;
}

int sb_kn_source_ids(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                     const char *const **ids_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, owner.org, &SOURCE_IDS, &rows, err, sb_p_str(owner.org),
                       sb_p_str(owner.agent));

    if (!rc)
        *ids_r = read_list(mem, rows, "id");
    talloc_free(tmp);
    return rc;
}

int sb_kn_source_urls(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                      const char *id, const char *const **urls_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const struct sb_rows *rows;
    int rc = sb_db_run(db, tmp, owner.org, &SOURCE_URLS, &rows, err,
                       sb_p_str(owner.org), sb_p_str(id));

    if (!rc)
        *urls_r = read_list(mem, rows, "url");
    talloc_free(tmp);
    return rc;
}

/* ---- pages ---- */

static const struct sb_stmt PAGE_FAIL = {
    "kn_page_fail",
    "INSERT INTO pages (org_id, agent_id, source_id, url, title, status, state, reason,"
    " run) VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6::int, $7, $8, $9::bigint)"
    " ON CONFLICT (org_id, source_id, url) DO UPDATE SET status = EXCLUDED.status,"
    " state = CASE WHEN $10::bool OR pages.state <> 'read' THEN EXCLUDED.state"
    "  ELSE 'read' END,"
    " chunk_hash = CASE WHEN $10::bool THEN NULL ELSE pages.chunk_hash END,"
    " reason = EXCLUDED.reason, run = EXCLUDED.run, fetched_at = now() RETURNING id"};

static const struct sb_stmt PAGE_FORGET = {
    "kn_page_forget",
    "WITH page AS (SELECT id FROM pages WHERE org_id = $1::uuid AND source_id = "
    "$2::uuid"
    "  AND url = $3), f AS (DELETE FROM facts WHERE org_id = $1::uuid"
    "  AND page_id IN (SELECT id FROM page))"
    " DELETE FROM chunks WHERE org_id = $1::uuid AND page_id IN (SELECT id FROM page)"
    " RETURNING id"};

static const struct sb_stmt PAGE_SEEN = {
    "kn_page_seen",
    "UPDATE pages SET run = $4::bigint, status = $5::int, state = 'read', reason = '',"
    " fetched_at = now() WHERE org_id = $1::uuid AND source_id = $2::uuid AND url = $3"
    " AND chunk_hash = $6 RETURNING id"};

static const struct sb_stmt PAGE_PUT = {
    "kn_page_put",
    "INSERT INTO pages (org_id, agent_id, source_id, url, title, status, state,"
    " content_hash, chunk_hash, dated, run)"
    " VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6::int, 'read', $7::bigint, $8,"
    " coalesce($9, to_char(now(), 'YYYY-MM-DD')), $10::bigint)"
    " ON CONFLICT (org_id, source_id, url) DO UPDATE SET title = EXCLUDED.title,"
    " status = EXCLUDED.status, state = 'read', reason = '',"
    " content_hash = EXCLUDED.content_hash, chunk_hash = EXCLUDED.chunk_hash,"
    " dated = EXCLUDED.dated, run = EXCLUDED.run, fetched_at = now()"
    " RETURNING id, dated"};

static const struct sb_stmt PAGE_CHUNKS = {
    "kn_page_chunks", "SELECT id, hash FROM chunks WHERE org_id = $1::uuid"
                      " AND page_id = $2::bigint ORDER BY ordinal, id"};

static const struct sb_stmt CHUNK_KEEP = {
    "kn_chunk_keep",
    "UPDATE chunks SET ordinal = $3::int, title = $4, dated = $5, url = $6"
    " WHERE org_id = $1::uuid AND id = $2::bigint"
    " AND (ordinal, title, dated, url) IS DISTINCT FROM ($3::int, $4, $5, $6)"};

static const struct sb_stmt CHUNK_DELETE = {
    "kn_chunk_delete",
    "DELETE FROM chunks WHERE org_id = $1::uuid AND id = $2::bigint"};

static const struct sb_stmt FACTS_DELETE = {
    "kn_facts_delete",
    "DELETE FROM facts WHERE org_id = $1::uuid AND page_id = $2::bigint"};

static const struct sb_stmt FACT_ADD = {
    "kn_fact_add",
    "INSERT INTO facts (org_id, agent_id, page_id, kind, origin, subject, value, text,"
    " heading) VALUES ($1::uuid, $2::uuid, $3::bigint, $4, $5::smallint, $6, $7, $8,"
    " $9)"};

static const struct sb_stmt PRUNE = {
    "kn_pages_prune",
    "DELETE FROM pages WHERE org_id = $1::uuid AND source_id = $2::uuid"
    " AND run < $3::bigint RETURNING id"};

int sb_kn_page_fail(struct sb_db *db, struct sb_kn_owner owner,
                    const struct sb_kn_page *page, bool gone, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tx *tx = NULL;
    int forget = -1, rc;

    rc = sb_tx_begin(db, mem, owner.org, &tx, err);
    if (rc)
        goto out;
    if (gone)
        forget = sb_tx_add(tx, &PAGE_FORGET, sb_p_str(owner.org),
                           sb_p_str(page->source_id), sb_p_str(page->url));
    sb_tx_add(tx, &PAGE_FAIL, sb_p_str(owner.org), sb_p_str(owner.agent),
              sb_p_str(page->source_id), sb_p_str(page->url), sb_p_str(page->title),
              sb_p_int(page->status), sb_p_str(page->state), sb_p_str(page->reason),
              sb_p_int(page->run), sb_p_bool(gone));
    rc = sb_tx_flush(tx, err);
    if (rc)
        goto out;
    if (forget >= 0 && sb_rows_count(sb_tx_rows(tx, forget)) > 0)
        sb_kn_raise(tx, owner);
    rc = sb_tx_commit(tx, err);
out:
    talloc_free(mem);
    return rc;
}

/* What one page_put works with. */
struct putting {
    struct sb_tx *tx;
    struct sb_kn_owner owner;
    const struct sb_kn_page *page;
    int64_t id;
    const char *dated;
};

static void put_facts(const struct putting *p, const struct sb_kn_fact *facts,
                      size_t count)
{
    sb_tx_add(p->tx, &FACTS_DELETE, sb_p_str(p->owner.org), sb_p_int(p->id));
    for (size_t i = 0; i < count; i++)
        sb_tx_add(p->tx, &FACT_ADD, sb_p_str(p->owner.org), sb_p_str(p->owner.agent),
                  sb_p_int(p->id), sb_p_str(facts[i].kind), sb_p_int(facts[i].origin),
                  sb_p_str(facts[i].subject), sb_p_str(facts[i].value),
                  sb_p_str(facts[i].text), sb_p_str(facts[i].heading));
}

/* Pairs old rows with new chunks by hash; the rest is deleted and added. */
static void put_chunks(TALLOC_CTX *mem, const struct putting *p,
                       const struct sb_rows *old, const struct sb_kn_chunk *chunks,
                       size_t count)
{
    bool *taken = sb_array(mem, bool, sb_rows_count(old) + 1);

    for (size_t i = 0; i < count; i++) {
        size_t at = sb_kn_find_hash(mem, old, taken, chunks[i].hash);

        if (at < sb_rows_count(old)) {
            taken[at] = true;
            sb_tx_add(p->tx, &CHUNK_KEEP, sb_p_str(p->owner.org),
                      sb_p_int(sb_row_int(old, at, "id")), sb_p_int(chunks[i].ordinal),
                      sb_p_str(chunks[i].title), sb_p_str(p->dated),
                      sb_p_str(chunks[i].url));
        } else {
            struct sb_kn_chunk fresh = chunks[i];

            fresh.dated = p->dated;
            sb_kn_chunk_add(p->tx, p->owner, p->id, 0, &fresh);
        }
    }
    for (size_t i = 0; i < sb_rows_count(old); i++)
        if (!taken[i])
            sb_tx_add(p->tx, &CHUNK_DELETE, sb_p_str(p->owner.org),
                      sb_p_int(sb_row_int(old, i, "id")));
}

static int put_changed(TALLOC_CTX *mem, struct putting *p,
                       const struct sb_kn_chunk *chunks, size_t chunk_count,
                       const struct sb_kn_fact *facts, size_t fact_count,
                       struct sb_err *err)
{
    const struct sb_kn_page *page = p->page;
    int rc;
    int at = sb_tx_add(
        p->tx, &PAGE_PUT, sb_p_str(p->owner.org), sb_p_str(p->owner.agent),
        sb_p_str(page->source_id), sb_p_str(page->url), sb_p_str(page->title),
        sb_p_int(page->status), sb_p_int((int64_t)page->content_hash),
        sb_p_bytes(page->chunk_hash, 32), sb_p_opt(page->dated), sb_p_int(page->run));

    rc = sb_tx_flush(p->tx, err);
    if (rc)
        return rc;
    p->id = sb_row_int(sb_tx_rows(p->tx, at), 0, "id");
    p->dated = sb_row_dup(mem, sb_tx_rows(p->tx, at), 0, "dated");
    at = sb_tx_add(p->tx, &PAGE_CHUNKS, sb_p_str(p->owner.org), sb_p_int(p->id));
    rc = sb_tx_flush(p->tx, err);
    if (rc)
        return rc;
    put_chunks(mem, p, sb_tx_rows(p->tx, at), chunks, chunk_count);
    put_facts(p, facts, fact_count);
    sb_kn_raise(p->tx, p->owner);
    return 0;
}

int sb_kn_page_put(struct sb_db *db, TALLOC_CTX *mem, struct sb_kn_owner owner,
                   const struct sb_kn_page *page, const struct sb_kn_chunk *chunks,
                   size_t chunk_count, const struct sb_kn_fact *facts,
                   size_t fact_count, bool *changed_r, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    struct putting p = {.owner = owner, .page = page};
    bool same = false;
    int rc;

    rc = sb_tx_begin(db, tmp, owner.org, &p.tx, err);
    if (rc)
        goto out;
    int at = sb_tx_add(p.tx, &PAGE_SEEN, sb_p_str(owner.org), sb_p_str(page->source_id),
                       sb_p_str(page->url), sb_p_int(page->run), sb_p_int(page->status),
                       sb_p_bytes(page->chunk_hash, 32));
    rc = sb_tx_flush(p.tx, err);
    if (rc)
        goto out;
    same = sb_rows_count(sb_tx_rows(p.tx, at)) > 0;
    if (!same)
        rc = put_changed(tmp, &p, chunks, chunk_count, facts, fact_count, err);
    if (!rc)
        rc = sb_tx_commit(p.tx, err);
    if (!rc)
        *changed_r = !same;
out:
    talloc_free(tmp);
    return rc;
}

int sb_kn_pages_prune(struct sb_db *db, struct sb_kn_owner owner, const char *source_id,
                      int64_t run, int *removed_r, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tx *tx = NULL;
    int rc = sb_tx_begin(db, mem, owner.org, &tx, err);

    if (rc)
        goto out;
    int at =
        sb_tx_add(tx, &PRUNE, sb_p_str(owner.org), sb_p_str(source_id), sb_p_int(run));
    rc = sb_tx_flush(tx, err);
    if (rc)
        goto out;
    int removed = (int)sb_rows_count(sb_tx_rows(tx, at));
    if (removed > 0)
        sb_kn_raise(tx, owner);
    rc = sb_tx_commit(tx, err);
    if (!rc)
        *removed_r = removed;
out:
    talloc_free(mem);
    return rc;
}
