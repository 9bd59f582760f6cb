/* SPDX-License-Identifier: Apache-2.0
 *
 * Role search: the exact nearest vectors. A scan over 8-bit copies picks a short list,
 * whose floats give the true order. An index is loaded when it is first asked for or
 * when its generation has risen, and the least recently used go when memory is over
 * its bound. Loading suspends, so an index in use is pinned and others wait for it.
 */
#include "local.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_LIST 20
#define MAX_K 100
#define WAIT_MS 2                        /* between looks at somebody else's loading */
#define OFFLOAD_BYTES (INT64_C(8) << 20) /* a scan beyond it leaves the loop */
#define LANES 32

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define MULTIVERSION __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define MULTIVERSION
#endif

struct index {
    struct index *next;
    char *name;
    int64_t generation;
    size_t count, room;
    int dimensions;
    int64_t *ids;
    float *scales;  /* of each 8-bit row */
    int8_t *bytes;  /* count * dimensions */
    float *vectors; /* likewise */
    uint64_t used;  /* when last, for the LRU */
    int pins;
    bool loading;
};

struct local_search {
    struct index *first;
    uint64_t clock;
};

struct candidate {
    size_t row;
    float score;
};

/* One scan: only plain memory, so that it may run on a thread of the pool. */
struct scan {
    const struct index *index;
    const float *query;
    int8_t *bytes;
    float scale;
    int want, got;
    struct candidate best[2 * MAX_K];
};

static void index_free(struct index *index)
{
    if (!index)
        return;
    free(index->name);
    free(index->ids);
    free(index->scales);
    free(index->bytes);
    free(index->vectors);
    free(index);
}

void local_search_free(struct local_search *search)
{
    if (!search)
        return;
    while (search->first) {
        struct index *index = search->first;

        search->first = index->next;
        index_free(index);
    }
    free(search);
}

static int64_t index_size(const struct index *index)
{
    size_t row = (size_t)index->dimensions * (sizeof(float) + 1) + sizeof(int64_t) +
                 sizeof(float);

    return (int64_t)(index->room * row + sizeof(*index));
}

/* ---- arithmetic ---- */

MULTIVERSION static int32_t dot_bytes(const int8_t *a, const int8_t *b, int n)
{
    int32_t sum = 0;

    for (int i = 0; i < n; i++)
        sum += (int32_t)a[i] * (int32_t)b[i];
    return sum;
}

/* Lanes of their own let the compiler use vectors without reordering a single sum. */
MULTIVERSION static float dot_floats(const float *a, const float *b, int n)
{
    float lanes[LANES] = {0};
    float sum = 0;
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            lanes[j] += a[i + j] * b[i + j];
    for (; i < n; i++)
        sum += a[i] * b[i];
    for (int j = 0; j < LANES; j++)
        sum += lanes[j];
    return sum;
}

/* To -127..127 by the largest component; returns what one step is worth. */
static float to_bytes(const float *vector, int8_t *out, int n)
{
    float peak = 0;

    for (int i = 0; i < n; i++)
        peak = fmaxf(peak, fabsf(vector[i]));
    if (!(peak > 0) || !isfinite(peak)) {
        memset(out, 0, (size_t)n);
        return 0;
    }
    for (int i = 0; i < n; i++)
        out[i] = (int8_t)lrintf(vector[i] * 127.0f / peak);
    return peak / 127.0f;
}

/* Keeps `best` sorted, best first, ties to the earlier row. */
static int keep_best(struct candidate *best, int got, int want, size_t row, float score)
{
    int at = got;

    if (got == want) {
        if (!(score > best[got - 1].score))
            return got;
        at = got - 1;
    }
    for (; at > 0 && best[at - 1].score < score; at--)
        best[at] = best[at - 1];
    best[at] = (struct candidate){row, score};
    return got < want ? got + 1 : got;
}

static void run_scan(void *arg)
{
    struct scan *scan = arg;
    const struct index *index = scan->index;
    int n = index->dimensions;
    int got = 0;

    for (size_t row = 0; row < index->count; row++) {
        int32_t dot = dot_bytes(index->bytes + row * (size_t)n, scan->bytes, n);
        float score = (float)dot * index->scales[row] * scan->scale;

        if (got < scan->want || score > scan->best[got - 1].score)
            got = keep_best(scan->best, got, scan->want, row, score);
    }
    scan->got = got;
}

/* ---- loading ---- */

static int index_grow(struct index *index)
{
    size_t room = index->room ? index->room * 2 : 64;
    size_t n = (size_t)index->dimensions;
    int64_t *ids = realloc(index->ids, room * sizeof(*ids));
    float *scales, *vectors;
    int8_t *bytes;

    if (!ids)
        return SB_ENOMEM;
    index->ids = ids;
    scales = realloc(index->scales, room * sizeof(*scales));
    if (!scales)
        return SB_ENOMEM;
    index->scales = scales;
    bytes = realloc(index->bytes, room * n);
    if (!bytes)
        return SB_ENOMEM;
    index->bytes = bytes;
    vectors = realloc(index->vectors, room * n * sizeof(*vectors));
    if (!vectors)
        return SB_ENOMEM;
    index->vectors = vectors;
    index->room = room;
    return 0;
}

static int add_vector(void *sink, int64_t id, const float *vector)
{
    struct index *index = sink;
    size_t n = (size_t)index->dimensions;

    if (index->count == index->room && index_grow(index))
        return SB_ENOMEM;
    memcpy(index->vectors + index->count * n, vector, n * sizeof(*vector));
    index->scales[index->count] =
        to_bytes(vector, index->bytes + index->count * n, index->dimensions);
    index->ids[index->count++] = id;
    return 0;
}

static void unlink_index(struct local_search *search, struct index *index)
{
    for (struct index **at = &search->first; *at; at = &(*at)->next)
        if (*at == index) {
            *at = index->next;
            return;
        }
}

/* Drops the least recently used that nobody works with, until `limit` is kept. */
static void trim(struct local_search *search, int64_t limit)
{
    for (;;) {
        struct index *oldest = NULL;
        int64_t total = 0;

        for (struct index *i = search->first; i; i = i->next) {
            total += index_size(i);
            if (!i->pins && !i->loading && (!oldest || i->used < oldest->used))
                oldest = i;
        }
        if (total <= limit || !oldest)
            return;
        unlink_index(search, oldest);
        index_free(oldest);
    }
}

static struct index *find_index(struct local_search *search,
                                const struct sb_search_query *query)
{
    for (struct index *i = search->first; i; i = i->next)
        if (strcmp(i->name, query->index) == 0 && i->dimensions == query->dimensions &&
            i->generation >= query->generation)
            return i;
    return NULL;
}

/* Older generations of the same index: nobody will ask for them again. */
static void drop_older(struct local_search *search, const struct index *fresh)
{
    struct index **at = &search->first;

    while (*at) {
        struct index *i = *at;

        if (i != fresh && !i->pins && !i->loading &&
            strcmp(i->name, fresh->name) == 0 && i->generation <= fresh->generation) {
            *at = i->next;
            index_free(i);
        } else {
            at = &i->next;
        }
    }
}

static int load_index(struct local *local, const struct sb_search_query *query,
                      struct index **index_r, struct sb_err *err)
{
    struct local_search *search = local->search;
    struct index *index = calloc(1, sizeof(*index));
    int rc;

    if (!index)
        return sb_fail(err, SB_ENOMEM, "out of memory");
    index->name = strdup(query->index);
    if (!index->name) {
        free(index);
        return sb_fail(err, SB_ENOMEM, "out of memory");
    }
    index->generation = query->generation;
    index->dimensions = query->dimensions;
    index->loading = true;
    index->next = search->first;
    search->first = index;
    rc = query->loader->load(query->loader->arg, add_vector, index, err);
    index->loading = false;
    if (rc) {
        unlink_index(search, index);
        index_free(index);
        return err && err->code == rc ? rc : sb_fail(err, rc, "cannot load the index");
    }
    index->used = ++search->clock;
    index->pins++;
    drop_older(search, index);
    trim(search, local->conf->search_memory);
    index->pins--;
    *index_r = index;
    return 0;
}

static int get_index(struct local *local, const struct sb_search_query *query,
                     struct index **index_r, struct sb_err *err)
{
    struct index *index;

    while ((index = find_index(local->search, query)) && index->loading) {
        int rc = local->host->sleep_ms(local->host->self, WAIT_MS);

        if (rc)
            return sb_fail(err, rc, "waiting for an index was interrupted");
    }
    if (!index)
        return load_index(local, query, index_r, err);
    index->used = ++local->search->clock;
    *index_r = index;
    return 0;
}

/* ---- searching ---- */

static int scan_index(struct local *local, struct scan *scan)
{
    const struct index *index = scan->index;

    if ((int64_t)index->count * index->dimensions < OFFLOAD_BYTES) {
        run_scan(scan);
        return 0;
    }
    return local->host->offload(local->host->self, run_scan, scan);
}

/* The short list by its floats. */
static int rescore(const struct scan *scan, int k, struct sb_search_hit *hits)
{
    const struct index *index = scan->index;
    struct candidate best[MAX_K];
    int got = 0;

    for (int i = 0; i < scan->got; i++) {
        size_t row = scan->best[i].row;
        const float *vector = index->vectors + row * (size_t)index->dimensions;

        got = keep_best(best, got, k, row,
                        dot_floats(vector, scan->query, index->dimensions));
    }
    for (int i = 0; i < got; i++)
        hits[i] = (struct sb_search_hit){index->ids[best[i].row], best[i].score};
    return got;
}

static int search_index(struct local *local, struct index *index,
                        const struct sb_search_query *query, struct sb_search_hit *hits,
                        struct sb_err *err)
{
    struct scan *scan = calloc(1, sizeof(*scan));
    int rc = SB_ENOMEM;

    if (!scan)
        return sb_fail(err, SB_ENOMEM, "out of memory");
    scan->bytes = malloc((size_t)query->dimensions);
    if (!scan->bytes) {
        free(scan);
        return sb_fail(err, SB_ENOMEM, "out of memory");
    }
    scan->index = index;
    scan->query = query->vector;
    scan->scale = to_bytes(query->vector, scan->bytes, query->dimensions);
    scan->want = query->k * 2 > SHORT_LIST ? query->k * 2 : SHORT_LIST;
    index->pins++;
    rc = scan_index(local, scan);
    rc = rc ? sb_fail(err, rc, "the search was interrupted")
            : rescore(scan, query->k, hits);
    index->pins--;
    free(scan->bytes);
    free(scan);
    return rc;
}

static int run_search(void *state, const struct sb_search_query *query,
                      struct sb_search_hit *hits, struct sb_err *err)
{
    struct local *local = state;
    struct index *index = NULL;
    int rc;

    if (query->k < 1 || query->k > MAX_K)
        return sb_fail(err, SB_EINVAL, "k must be 1 to %d, not %d", MAX_K, query->k);
    if (query->dimensions < 1 || query->dimensions > 65536)
        return sb_fail(err, SB_EINVAL, "%d dimensions are out of range",
                       query->dimensions);
    if (!local->search)
        local->search = calloc(1, sizeof(*local->search));
    if (!local->search)
        return sb_fail(err, SB_ENOMEM, "out of memory");
    rc = get_index(local, query, &index, err);
    return rc ? rc : search_index(local, index, query, hits, err);
}

const struct sb_search_ops local_search_ops = {
    .size = sizeof(struct sb_search_ops),
    .search = run_search,
};
