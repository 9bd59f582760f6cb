/* SPDX-License-Identifier: Apache-2.0
 *
 * See metrics.h. The mapping holds a hash table of names, which every process may add
 * to without a lock, and behind it one block of values for each worker, which only
 * that worker writes.
 */
#include "base/metrics.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <switchboard/err.h>

enum { SERIES = 512, NAME_MAX_BYTES = 232, BUCKETS = 15, FAMILIES = 256 };
enum kind { COUNTER = 1, GAUGE, HISTOGRAM };
enum slot_state { EMPTY = 0, CLAIMED, READY };

static const int limits_ms[BUCKETS] = {1,   2,    5,    10,   20,    50,    100,  200,
                                       500, 1000, 2000, 5000, 10000, 30000, 60000};

struct slot {
    _Atomic int state;
    int kind;
    char name[NAME_MAX_BYTES];
};

/* A counter or gauge uses `sum` alone. The last bucket is "more". */
struct value {
    _Atomic double sum;
    _Atomic uint64_t buckets[BUCKETS + 1];
};

struct shared {
    _Atomic uint64_t dropped;
    _Atomic int used;
    struct slot slots[SERIES * 2]; /* twice as many, for short probes */
    struct value values[];         /* SERIES * 2 for each worker */
};

static struct shared *shared;
static int worker_count, this_worker;

static struct {
    const char *family, *help;
} helps[FAMILIES];
static int help_count;

int sb_metrics_start(int workers)
{
    size_t size =
        sizeof(struct shared) + (size_t)workers * SERIES * 2 * sizeof(struct value);
    void *map =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (map == MAP_FAILED)
        return SB_EIO;
    shared = map; /* zero-filled: an empty table */
    worker_count = workers;
    this_worker = 0;
    return 0;
}

static struct value *value_at(int worker, size_t slot)
{
    return &shared->values[(size_t)worker * SERIES * 2 + slot];
}

/* Gauges describe what lives, so those of a dead worker start anew. */
void sb_metrics_use(int worker)
{
    if (!shared || worker < 0 || worker >= worker_count)
        return;
    this_worker = worker;
    for (size_t i = 0; i < SERIES * 2; i++)
        if (atomic_load(&shared->slots[i].state) == READY &&
            shared->slots[i].kind == GAUGE)
            atomic_store(&value_at(worker, i)->sum, 0.0);
}

static size_t hash(const char *name)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */

    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

/* Another process may be writing the name just now. Should it have died in between,
 * the slot stays unused for ever. */
static bool is_ready(struct slot *slot)
{
    for (int spin = 0; spin < 1000; spin++) {
        if (atomic_load_explicit(&slot->state, memory_order_acquire) != CLAIMED)
            return true;
        (void)sched_yield();
    }
    return false;
}

static bool claim(struct slot *slot, const char *name, enum kind kind)
{
    int empty = EMPTY;

    if (atomic_load(&shared->used) >= SERIES ||
        !atomic_compare_exchange_strong(&slot->state, &empty, CLAIMED))
        return false;
    atomic_fetch_add(&shared->used, 1);
    memcpy(slot->name, name, strlen(name) + 1);
    slot->kind = (int)kind;
    atomic_store_explicit(&slot->state, READY, memory_order_release);
    return true;
}

/* This worker's value of a series, or NULL: full, too long, or of another kind. */
static struct value *series(const char *name, enum kind kind)
{
    size_t at = hash(name) % (SERIES * 2);

    if (!shared || strlen(name) >= NAME_MAX_BYTES)
        return NULL;
    for (size_t probe = 0; probe < SERIES * 2; probe++) {
        struct slot *slot = &shared->slots[at];

        if (atomic_load_explicit(&slot->state, memory_order_acquire) == EMPTY &&
            claim(slot, name, kind))
            return value_at(this_worker, at);
        if (is_ready(slot)) {
            if (atomic_load(&slot->state) == EMPTY)
                return NULL; /* the table is full */
            if (strcmp(slot->name, name) == 0)
                return slot->kind == (int)kind ? value_at(this_worker, at) : NULL;
        }
        at = (at + 1) % (SERIES * 2);
    }
    return NULL;
}

static void drop(void)
{
    if (shared)
        atomic_fetch_add(&shared->dropped, 1);
}

/* One writer only, so this need not be an atomic addition. */
static void add(_Atomic double *sum, double by)
{
    atomic_store_explicit(sum, atomic_load_explicit(sum, memory_order_relaxed) + by,
                          memory_order_relaxed);
}

void sb_count(const char *name, double by)
{
    struct value *value = series(name, COUNTER);

    if (!value || !(by >= 0))
        drop();
    else
        add(&value->sum, by);
}

void sb_gauge(const char *name, double number)
{
    struct value *value = series(name, GAUGE);

    if (!value)
        drop();
    else
        atomic_store_explicit(&value->sum, number, memory_order_relaxed);
}

void sb_observe_ms(const char *name, double ms)
{
    struct value *value = series(name, HISTOGRAM);
    int bucket = 0;

    if (!value) {
        drop();
        return;
    }
    while (bucket < BUCKETS && ms > limits_ms[bucket])
        bucket++;
    add(&value->sum, ms);
    atomic_fetch_add_explicit(&value->buckets[bucket], 1, memory_order_relaxed);
}

void sb_metrics_help(const char *family, const char *help)
{
    for (int i = 0; i < help_count; i++)
        if (strcmp(helps[i].family, family) == 0)
            return;
    if (help_count >= FAMILIES)
        return;
    helps[help_count].family = family;
    helps[help_count++].help = help;
}

/* ---- writing ---- */

static size_t family_len(const char *name)
{
    return strcspn(name, "{");
}

static int by_family(const void *a, const void *b)
{
    const struct slot *one = *(struct slot *const *)a, *two = *(struct slot *const *)b;
    size_t len1 = family_len(one->name), len2 = family_len(two->name);
    int order = strncmp(one->name, two->name, len1 < len2 ? len1 : len2);

    if (order == 0 && len1 != len2)
        return len1 < len2 ? -1 : 1;
    return order ? order : strcmp(one->name, two->name);
}

static void write_head(struct sb_buf *out, const struct slot *slot)
{
    static const char *const kinds[] = {"", "counter", "gauge", "histogram"};
    int len = (int)family_len(slot->name);

    for (int i = 0; i < help_count; i++)
        if (strlen(helps[i].family) == (size_t)len &&
            strncmp(helps[i].family, slot->name, (size_t)len) == 0)
            sb_buf_printf(out, "# HELP %.*s %s\n", len, slot->name, helps[i].help);
    sb_buf_printf(out, "# TYPE %.*s %s\n", len, slot->name, kinds[slot->kind]);
}

static double sum_of(size_t index)
{
    double sum = 0;

    for (int worker = 0; worker < worker_count; worker++)
        sum +=
            atomic_load_explicit(&value_at(worker, index)->sum, memory_order_relaxed);
    return sum;
}

static uint64_t bucket_of(size_t index, int bucket)
{
    uint64_t count = 0;

    for (int worker = 0; worker < worker_count; worker++)
        count += atomic_load_explicit(&value_at(worker, index)->buckets[bucket],
                                      memory_order_relaxed);
    return count;
}

/* `name{a="b"}` becomes `name_bucket{a="b",le="5"}`. */
static void write_histogram(struct sb_buf *out, const struct slot *slot, size_t index)
{
    int len = (int)family_len(slot->name);
    const char *labels = slot->name + len;
    int inner = *labels ? (int)strlen(labels) - 2 : 0;
    uint64_t count = 0;

    for (int i = 0; i <= BUCKETS; i++) {
        count += bucket_of(index, i);
        sb_buf_printf(out, "%.*s_bucket{%.*s%sle=\"", len, slot->name, inner,
                      inner > 0 ? labels + 1 : "", inner > 0 ? "," : "");
        if (i < BUCKETS)
            sb_buf_printf(out, "%d\"} %llu\n", limits_ms[i], (unsigned long long)count);
        else
            sb_buf_printf(out, "+Inf\"} %llu\n", (unsigned long long)count);
    }
    sb_buf_printf(out, "%.*s_sum%s %.15g\n", len, slot->name, labels, sum_of(index));
    sb_buf_printf(out, "%.*s_count%s %llu\n", len, slot->name, labels,
                  (unsigned long long)count);
}

static void write_slot(struct sb_buf *out, const struct slot *slot)
{
    size_t index = (size_t)(slot - shared->slots);

    if (slot->kind == HISTOGRAM)
        write_histogram(out, slot, index);
    else
        sb_buf_printf(out, "%s %.15g\n", slot->name, sum_of(index));
}

void sb_metrics_write(struct sb_buf *out)
{
    struct slot **sorted;
    size_t count = 0;

    if (!shared)
        return;
    sorted = talloc_array(NULL, struct slot *, SERIES * 2);
    for (size_t i = 0; i < SERIES * 2; i++)
        if (atomic_load_explicit(&shared->slots[i].state, memory_order_acquire) ==
            READY)
            sorted[count++] = &shared->slots[i];
    qsort(sorted, count, sizeof(struct slot *), by_family);
    for (size_t i = 0; i < count; i++) {
        size_t len = family_len(sorted[i]->name);

        if (i == 0 || family_len(sorted[i - 1]->name) != len ||
            strncmp(sorted[i - 1]->name, sorted[i]->name, len) != 0)
            write_head(out, sorted[i]);
        write_slot(out, sorted[i]);
    }
    sb_buf_printf(out,
                  "# TYPE switchboard_metrics_dropped_total counter\n"
                  "switchboard_metrics_dropped_total %llu\n",
                  (unsigned long long)atomic_load(&shared->dropped));
    talloc_free(sorted);
}
