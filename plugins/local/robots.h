/* SPDX-License-Identifier: Apache-2.0
 *
 * robots.txt (RFC 9309): which paths we may read, and what else such files say:
 * Crawl-delay and Sitemap lines.
 */
#ifndef LOCAL_ROBOTS_H
#define LOCAL_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

struct robots;

/* Reads the rules for `agent` ("SwitchboardBot/1.0": the part before '/' counts). Reads
 * the first 500 KiB, at most 1,000 rules. Any bytes are fine. */
struct robots *robots_parse(TALLOC_CTX *mem, const char *text, size_t len,
                            const char *agent);
/* Everything allowed (there is no robots.txt) or nothing (it cannot be had). */
struct robots *robots_all(TALLOC_CTX *mem, bool allowed);

/* May `path` (with its query, percent-encoded) be read? */
bool robots_allows(const struct robots *robots, const char *path);
/* Milliseconds between two requests, 0 when not asked for. */
int robots_delay_ms(const struct robots *robots);
/* Sitemap addresses as written, NULL-terminated, at most 50. */
const char *const *robots_sitemaps(const struct robots *robots);

#endif
