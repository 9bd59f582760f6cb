/* SPDX-License-Identifier: Apache-2.0
 *
 * Sitemaps (sitemaps.org): XML, an index of others, or plain text; plain or gzip. A
 * tolerant scan for <loc> and <lastmod>, because many real ones are not quite XML.
 */
#ifndef LOCAL_SITEMAP_H
#define LOCAL_SITEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

struct sitemap_entry {
    const char *loc;      /* as written, entities decoded */
    const char *modified; /* or "" */
};

struct sitemap {
    bool is_index;  /* the entries are sitemaps themselves */
    bool truncated; /* a limit was hit */
    struct sitemap_entry *entries;
    size_t count;
};

/* Reads at most `max_entries`. Gzip is inflated up to 32 MiB. NULL when the bytes are
 * no sitemap (an HTML page, say). */
struct sitemap *sitemap_parse(TALLOC_CTX *mem, const void *data, size_t len,
                              size_t max_entries);

#endif
