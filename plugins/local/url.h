/* SPDX-License-Identifier: Apache-2.0
 *
 * Web addresses as the crawler sees them: one normal form, so that the many ways to
 * write an address are fetched once. A "normal" URL is `scheme://host[:port]/path
 * [?query]`, made by url_resolve() and by nothing else.
 */
#ifndef LOCAL_URL_H
#define LOCAL_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

enum { URL_MAX = 2048 };

/* The normal form of `ref` (`len` bytes, as written in a page) relative to the normal
 * URL `base` (NULL: it must be absolute). NULL when it is no http or https address.
 * RFC 3986 section 5 with the tolerance of the WHATWG's standard: white space, tabs
 * and backslashes; fragments, user names, default ports, session ids and tracking
 * parameters are dropped; percent-encoding is made uniform. */
char *url_resolve(TALLOC_CTX *mem, const char *base, const char *ref, size_t len);

/* What two addresses of the same page share: no scheme, no "www.", no index file or
 * trailing slash, parameters sorted. For comparing, not for fetching. */
char *url_key(TALLOC_CTX *mem, const char *url);

/* The same site: host and port equal but for "www." and http against https. */
bool url_same_site(const char *a, const char *b);
/* "https://host[:port]" */
char *url_origin(TALLOC_CTX *mem, const char *url);
/* From the path on, query included. */
const char *url_path(const char *url);
/* The host alone. */
char *url_host(TALLOC_CTX *mem, const char *url);

#endif
