/* SPDX-License-Identifier: Apache-2.0
 *
 * A bounded map from text to small values, the least recently used forgotten first.
 */
#ifndef SB_HOST_CACHE_H
#define SB_HOST_CACHE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <talloc.h>

struct sb_cache;

/* `max_bytes` over keys and values; one value may take a quarter of it at most. */
struct sb_cache *sb_cache_new(TALLOC_CTX *mem, size_t max_bytes);
/* The value's length, with as much of it as fits in `out`; -1 when there is none. */
ssize_t sb_cache_get(struct sb_cache *cache, const char *key, int64_t now_ms, void *out,
                     size_t out_size);
/* Replaces. `ttl_ms` <= 0 forgets the key. */
void sb_cache_put(struct sb_cache *cache, const char *key, int64_t now_ms,
                  const void *value, size_t len, int64_t ttl_ms);
size_t sb_cache_bytes(const struct sb_cache *cache);

#endif
