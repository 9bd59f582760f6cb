/* SPDX-License-Identifier: Apache-2.0
 *
 * Token buckets in a hash table with a list by age. A forgotten key starts with a
 * full bucket again, so `max_keys` should exceed the clients of a minute.
 */
#include "net/limit.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/queue.h>
#include <talloc.h>
#include "base/array.h"
#include "base/clock.h"
#include "base/crypto.h"

/* One token is as many units as a minute has milliseconds: `per_minute` units come
 * back each millisecond and nothing is lost to rounding. */
enum { TOKEN = 60000, KEY_MAX = 120 };

struct bucket {
    LIST_ENTRY(bucket) chain;
    TAILQ_ENTRY(bucket) age;
    uint64_t hash;
    int64_t level, at_ms;
    char *key;
};
LIST_HEAD(chain, bucket);

struct sb_limit {
    int per_minute, max_keys, keys;
    uint64_t seed; /* so that nobody outside can aim at one chain */
    struct chain *chains;
    size_t mask;
    TAILQ_HEAD(, bucket) ages; /* the longest unused first */
};

struct sb_limit *sb_limit_new(int per_minute, int max_keys)
{
    struct sb_limit *limit = talloc_zero(NULL, struct sb_limit);
    size_t chains = 16;

    limit->per_minute = per_minute;
    limit->max_keys = max_keys > 0 ? max_keys : 1;
    while (chains < (size_t)limit->max_keys)
        chains *= 2;
    limit->chains = sb_array(limit, struct chain, chains);
    limit->mask = chains - 1;
    sb_random(&limit->seed, sizeof(limit->seed));
    TAILQ_INIT(&limit->ages);
    return limit;
}

void sb_limit_free(struct sb_limit *limit)
{
    talloc_free(limit);
}

char *sb_limit_key(TALLOC_CTX *mem, const char *address)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    char text[INET6_ADDRSTRLEN];
    struct in6_addr six;

    if (inet_pton(AF_INET6, address, &six) != 1)
        return talloc_strdup(mem, address);
    if (!memcmp(six.s6_addr, mapped, sizeof(mapped)))
        return talloc_strdup(mem,
                             inet_ntop(AF_INET, six.s6_addr + 12, text, sizeof(text)));
    memset(six.s6_addr + 8, 0, 8);
    return talloc_asprintf(mem, "%s/64", inet_ntop(AF_INET6, &six, text, sizeof(text)));
}

/* FNV-1a from a secret start, with a final mix. */
static uint64_t hash_of(const struct sb_limit *limit, const char *key, size_t len)
{
    uint64_t hash = limit->seed ^ 0xcbf29ce484222325u;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)key[i]) * 0x100000001b3u;
    return hash ^ hash >> 29;
}

static struct bucket *find(struct sb_limit *limit, uint64_t hash, const char *key,
                           size_t len)
{
    struct bucket *bucket;

    LIST_FOREACH(bucket, &limit->chains[hash & limit->mask], chain)
    if (bucket->hash == hash && strncmp(bucket->key, key, len) == 0 &&
        bucket->key[len] == '\0')
        return bucket;
    return NULL;
}

static void forget_oldest(struct sb_limit *limit)
{
    struct bucket *oldest = TAILQ_FIRST(&limit->ages);

    TAILQ_REMOVE(&limit->ages, oldest, age);
    LIST_REMOVE(oldest, chain);
    talloc_free(oldest);
    limit->keys--;
}

static struct bucket *add(struct sb_limit *limit, uint64_t hash, const char *key,
                          size_t len, int64_t now_ms)
{
    struct bucket *bucket;

    if (limit->keys >= limit->max_keys)
        forget_oldest(limit);
    bucket = talloc_zero(limit, struct bucket);
    bucket->key = talloc_strndup(bucket, key, len);
    bucket->hash = hash;
    bucket->level = (int64_t)limit->per_minute * TOKEN;
    bucket->at_ms = now_ms;
    LIST_INSERT_HEAD(&limit->chains[hash & limit->mask], bucket, chain);
    TAILQ_INSERT_TAIL(&limit->ages, bucket, age);
    limit->keys++;
    return bucket;
}

static void refill(const struct sb_limit *limit, struct bucket *bucket, int64_t now_ms)
{
    int64_t full = (int64_t)limit->per_minute * TOKEN;
    int64_t passed = now_ms > bucket->at_ms ? now_ms - bucket->at_ms : 0;

    bucket->at_ms += passed;
    if (passed >= TOKEN)
        bucket->level = full;
    else
        bucket->level += passed * limit->per_minute;
    if (bucket->level > full)
        bucket->level = full;
}

int64_t sb_limit_take_at(struct sb_limit *limit, const char *key, int64_t now_ms)
{
    size_t len = strnlen(key, KEY_MAX);
    struct bucket *bucket;
    uint64_t hash;

    if (limit->per_minute <= 0)
        return 0;
    hash = hash_of(limit, key, len);
    bucket = find(limit, hash, key, len);
    if (!bucket)
        bucket = add(limit, hash, key, len, now_ms);
    TAILQ_REMOVE(&limit->ages, bucket, age);
    TAILQ_INSERT_TAIL(&limit->ages, bucket, age);
    refill(limit, bucket, now_ms);
    if (bucket->level >= TOKEN) {
        bucket->level -= TOKEN;
        return 0;
    }
    return (TOKEN - bucket->level + limit->per_minute - 1) / limit->per_minute;
}

int64_t sb_limit_take(struct sb_limit *limit, const char *key)
{
    return sb_limit_take_at(limit, key, sb_clock_mono_ms());
}
