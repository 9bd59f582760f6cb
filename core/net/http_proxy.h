/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is asking: X-Forwarded-For, believed only as far as the proxies that wrote it
 * are trusted.
 */
#ifndef SB_NET_HTTP_PROXY_H
#define SB_NET_HTTP_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_proxies; /* a list of networks */

/* `list` ends with NULL and may be NULL: nobody is trusted. */
int sb_proxies_new(TALLOC_CTX *mem, const char *const *list,
                   struct sb_proxies **proxies_r, struct sb_err *err);
bool sb_proxies_trust(const struct sb_proxies *proxies, const char *address);
/* Walks `forwarded` (one X-Forwarded-For value, may be NULL) from the right: the
 * first address that is no trusted proxy is the client. On `mem`. */
const char *sb_proxies_client(TALLOC_CTX *mem, const struct sb_proxies *proxies,
                              const char *peer, const char *forwarded);

#endif
