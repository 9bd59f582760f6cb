/* SPDX-License-Identifier: Apache-2.0
 *
 * See cache.h. A fixed table of chains, and one list in order of use.
 */
#include "host/cache.h"

#include <string.h>

#define BUCKETS 4096u /* a power of two */
#define ENTRY_COST 128u

struct entry {
    struct entry *chain;
    struct entry *newer, *older;
    uint32_t hash;
    int64_t expires;
    char *key;
    void *value;
    size_t len, cost;
};

struct sb_cache {
    struct entry *buckets[BUCKETS];
    struct entry *newest, *oldest;
    size_t bytes, max_bytes;
};

struct sb_cache *sb_cache_new(TALLOC_CTX *mem, size_t max_bytes)
{
    struct sb_cache *cache = talloc_zero(mem, struct sb_cache);

    cache->max_bytes = max_bytes;
    return cache;
}

/* FNV-1a, 32 bits. Keys come from plugins, who gain nothing from colliding. */
static uint32_t hash_of(const char *key)
{
    uint32_t hash = 2166136261u;

    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 16777619u;
    return hash;
}

static struct entry **find(struct sb_cache *cache, const char *key, uint32_t hash)
{
    struct entry **at = &cache->buckets[hash & (BUCKETS - 1)];

    while (*at && ((*at)->hash != hash || strcmp((*at)->key, key) != 0))
        at = &(*at)->chain;
    return at;
}

static void list_remove(struct sb_cache *cache, struct entry *entry)
{
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        cache->newest = entry->older;
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        cache->oldest = entry->newer;
}

static void list_put_first(struct sb_cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = entry;
    else
        cache->oldest = entry;
    cache->newest = entry;
}

static void forget(struct sb_cache *cache, struct entry *entry)
{
    struct entry **at = find(cache, entry->key, entry->hash);

    *at = entry->chain;
    list_remove(cache, entry);
    cache->bytes -= entry->cost;
    talloc_free(entry);
}

ssize_t sb_cache_get(struct sb_cache *cache, const char *key, int64_t now_ms, void *out,
                     size_t out_size)
{
    struct entry *entry = *find(cache, key, hash_of(key));

    if (!entry)
        return -1;
    if (entry->expires <= now_ms) {
        forget(cache, entry);
        return -1;
    }
    list_remove(cache, entry);
    list_put_first(cache, entry);
    if (out_size && entry->len)
        memcpy(out, entry->value, entry->len < out_size ? entry->len : out_size);
    return (ssize_t)entry->len;
}

void sb_cache_put(struct sb_cache *cache, const char *key, int64_t now_ms,
                  const void *value, size_t len, int64_t ttl_ms)
{
    uint32_t hash = hash_of(key);
    struct entry *entry = *find(cache, key, hash);
    size_t cost = len + strlen(key) + ENTRY_COST;

    if (entry)
        forget(cache, entry);
    if (ttl_ms <= 0 || cost > cache->max_bytes / 4)
        return;
    while (cache->oldest && cache->bytes + cost > cache->max_bytes)
        forget(cache, cache->oldest);
    entry = talloc_zero(cache, struct entry);
    *entry = (struct entry){
        .hash = hash, .expires = now_ms + ttl_ms, .len = len, .cost = cost};
    entry->key = talloc_strdup(entry, key);
    entry->value = len ? talloc_memdup(entry, value, len) : NULL;
    entry->chain = cache->buckets[hash & (BUCKETS - 1)];
    cache->buckets[hash & (BUCKETS - 1)] = entry;
    list_put_first(cache, entry);
    cache->bytes += cost;
}

size_t sb_cache_bytes(const struct sb_cache *cache)
{
    return cache->bytes;
}
