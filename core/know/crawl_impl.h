/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of a crawl share.
 */
#ifndef SB_KNOW_CRAWL_IMPL_H
#define SB_KNOW_CRAWL_IMPL_H

#include "know/extract.h"
#include "know/know_impl.h"

struct got {
    struct sb_extract *extract;
    const char *url, *dated;
    int status;
};

/* A block of text, and on how many pages it stands. */
struct seen {
    uint64_t hash;
    int pages; /* 0: the slot is free */
    bool kept; /* one page has it already */
};

struct crawl {
    struct sb_know *know;
    const struct sb_agent *agent;
    struct sb_kn_owner owner;
    TALLOC_CTX *mem;
    struct sb_kn_source source;
    void (*progress)(void *arg, const struct sb_crawl_status *status);
    void *arg;
    struct got *pages;
    size_t count, room, text_bytes;
    struct sb_kn_page *gone; /* to be forgotten at the end */
    size_t gone_count;
    struct sb_repeats *repeats;
    struct seen *seen; /* blocks by hash, counted over all pages */
    size_t seen_slots;
    int64_t noted_ms;
    struct sb_err *err;
};

/* [suspends] Notes a page that is not read, and why; `gone`: what it said before is to
 * be forgotten at the end. */
int sb_crawl_skip(struct crawl *c, const char *url, int status, const char *state,
                  const char *reason, bool gone);
/* [suspends] Tells how far it is: into the row at most twice a second unless `now`. */
int sb_crawl_note(struct crawl *c, bool now);
/* [suspends] Stores all that was read, forgets what is gone, settles facts and embeds.
 */
int sb_crawl_store(struct crawl *c);

#endif
