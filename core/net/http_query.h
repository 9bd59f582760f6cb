/* SPDX-License-Identifier: Apache-2.0
 *
 * Small readings of request parts: paths, queries, cookies, Accept headers. Pure
 * functions over text.
 */
#ifndef SB_NET_HTTP_QUERY_H
#define SB_NET_HTTP_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

/* Decodes and normalises the `len` bytes of a path: dot segments and doubled slashes
 * go. NULL for broken escapes, encoded slashes, backslashes or control bytes, text
 * that is not UTF-8, and paths that climb above the root. */
char *sb_path_normalise(TALLOC_CTX *mem, const char *path, size_t len);
/* The first parameter `name` of a query, decoded ('+' is a space), or NULL. Broken
 * escapes stay as they are; invalid UTF-8 and NUL make it absent. */
char *sb_query_find(TALLOC_CTX *mem, const char *query, const char *name);
/* A cookie's value (quotes taken off) from one Cookie header, or NULL. */
char *sb_cookie_find(TALLOC_CTX *mem, const char *cookies, const char *name);
/* Does `accept` (may be NULL) name `type`, or its family, at a quality that nothing
 * named before it reaches and nothing after it exceeds? */
bool sb_accept_prefers(const char *accept, const char *type);
/* The quality, 0 to 1000, of `coding` in an Accept-Encoding header; "*" counts. */
int sb_accept_coding(const char *accept, const char *coding);

#endif
