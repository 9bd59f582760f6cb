/* SPDX-License-Identifier: Apache-2.0
 *
 * Token buckets by key ("chat:203.0.113.7"), a bounded number of them: the least
 * recently used is forgotten. One table a process.
 */
#ifndef SB_NET_LIMIT_H
#define SB_NET_LIMIT_H

#include <stdint.h>
#include <talloc.h>

struct sb_limit;

/* `per_minute` tokens a minute with a burst of the same size; 0 switches it off. */
struct sb_limit *sb_limit_new(int per_minute, int max_keys);
void sb_limit_free(struct sb_limit *limit);
/* What an address is counted under: an IPv6 one by its /64, which is what one customer
 * has at the least; however it is written. Anything else is its own key. */
char *sb_limit_key(TALLOC_CTX *mem, const char *address);
/* Takes a token: 0, or milliseconds until there is one. */
int64_t sb_limit_take(struct sb_limit *limit, const char *key);
/* The same at a given time of a clock that never goes back. */
int64_t sb_limit_take_at(struct sb_limit *limit, const char *key, int64_t now_ms);

#endif
