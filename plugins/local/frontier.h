/* SPDX-License-Identifier: Apache-2.0
 *
 * The addresses still to read, the most promising first, each once. Guards against
 * sites without end: calendars, sessions, filters, paths that repeat themselves.
 */
#ifndef LOCAL_FRONTIER_H
#define LOCAL_FRONTIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

struct frontier;

struct target {
    const char *url;
    const char *found_on; /* or "" */
    const char *modified; /* what a sitemap said, or "" */
    int depth;            /* clicks from the start */
    bool is_known;        /* read in an earlier crawl */
    bool is_guessed;
    struct target *next;
};

/* `site` is a normal URL: addresses of the same site are moved to its scheme and host,
 * others are refused. */
struct frontier *frontier_new(TALLOC_CTX *mem, const char *site);
/* False when it was seen before, is elsewhere, or looks like no page or a trap. */
bool frontier_add(struct frontier *frontier, const struct target *target);
/* The next one, NULL when there is none. Lives as long as the frontier. */
const struct target *frontier_next(struct frontier *frontier);
/* Remembers an address that was reached by a redirect; false when it was seen. */
bool frontier_mark(struct frontier *frontier, const char *url);
/* How many were ever added. */
size_t frontier_total(const struct frontier *frontier);

/* A set of numbers, used for fingerprints too. True when newly added. */
struct number_set;
struct number_set *number_set_new(TALLOC_CTX *mem);
/* Adds `by` to the number's count (0 at first) and returns the count. */
unsigned number_set_count(struct number_set *set, uint64_t number, unsigned by);
uint64_t text_hash(const char *text, size_t len);

#endif
