/* SPDX-License-Identifier: Apache-2.0
 *
 * One polite visit: waits for its turn, follows redirects within the site and the
 * rules of robots.txt, tries again where that makes sense.
 */
#ifndef LOCAL_FETCH_H
#define LOCAL_FETCH_H

#include <stdbool.h>
#include <talloc.h>
#include "local.h"
#include "robots.h"

/* How a site is visited; shared by all visits of one crawl. */
struct manners {
    const struct sb_host *host;
    const char *user_agent;
    const char *site;            /* normal URL; other sites are not visited */
    const struct robots *robots; /* NULL: not asked (for robots.txt itself) */
    int delay_ms;                /* between the beginnings of two requests */
    int64_t next_ms;             /* when the next one may begin (mono_ms) */
    int64_t max_bytes;           /* of one body; the rest is left unread */
};

struct visit {
    const char *url;          /* where it ended; normal */
    int status;               /* 0: no answer */
    const char *content_type; /* "" if none */
    const char *modified;     /* Last-Modified, or "" */
    const char *x_robots;     /* or "" */
    char *body;               /* NULL unless the status is 200 */
    size_t len;
    bool is_cut;        /* the body was longer */
    bool is_elsewhere;  /* redirected to another site: `url` names it */
    int code;           /* 0, or SB_E*: nothing came */
    const char *failed; /* NULL, or one sentence for people */
};

/* [suspends] Everything on `mem`. Returns 0 also when the visit failed; only
 * SB_ECANCELED and the like are returned. `any_site`: redirects may leave the site. */
int fetch_visit(struct manners *manners, TALLOC_CTX *mem, const char *url,
                bool any_site, struct visit *visit);
/* Is this a type that we read? "" is looked at by its first bytes. */
bool fetch_is_text(const struct visit *visit);

#endif
