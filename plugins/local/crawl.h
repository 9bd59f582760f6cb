/* SPDX-License-Identifier: Apache-2.0
 *
 * One crawl under way; shared by crawl.c (the rounds) and site.c (finding out what
 * the site is: its start page, robots.txt and sitemaps).
 */
#ifndef LOCAL_CRAWL_H
#define LOCAL_CRAWL_H

#include "fetch.h"
#include "frontier.h"
#include "local.h"

struct crawl {
    struct local *local;
    const struct sb_crawl_request *request;
    const struct sb_crawl_sink *sink;
    struct manners manners;
    struct frontier *frontier;
    struct number_set *fingerprints; /* of the texts handed on */
    const char *site;                /* normal URL of the start page */
    int64_t bytes;                   /* of all bodies */
    int handed, tried;
    int silent;  /* visits in a row that got no answer */
    int stopped; /* what the sink returned, or 0 */
};

/* [suspends] Fills site, manners and frontier; `start` is the visit of the start page.
 * Fails when the site cannot be reached or may not be read at all. */
int site_open(struct crawl *crawl, struct visit *start, struct sb_err *err);
/* [suspends] Adds what the sitemaps name to the frontier. */
int site_read_sitemaps(struct crawl *crawl, struct sb_err *err);
/* Reports something to the tenant that is no page. */
int crawl_note(struct crawl *crawl, const char *url, int status, const char *sentence);

#endif
