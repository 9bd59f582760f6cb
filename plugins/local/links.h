/* SPDX-License-Identifier: Apache-2.0
 *
 * What the crawler wants of a page: its links, what it says to robots, and a
 * fingerprint of its text. The page's meaning is not read here.
 */
#ifndef LOCAL_LINKS_H
#define LOCAL_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

struct link_found {
    const char *url; /* normal, see url.h */
    bool guessed;    /* found as a text in a script: it may lead nowhere */
};

struct links {
    struct link_found *found;
    size_t count;
    const char *canonical; /* normal URL, or NULL */
    const char *refresh;   /* where a meta refresh within 5 s leads, or NULL */
    bool noindex, nofollow;
    uint64_t fingerprint; /* of the words, whatever the markup */
    size_t words;
};

/* Reads an HTML page that was found at the normal URL `url`; at most `max` links. */
struct links *links_read(TALLOC_CTX *mem, const char *url, const void *html, size_t len,
                         size_t max);
/* "noindex, nofollow" as in a meta element or an X-Robots-Tag header (NULL is fine). */
void links_take_robots(struct links *links, const char *directives);

#endif
