/* SPDX-License-Identifier: Apache-2.0
 *
 * From a website's address to a receptionist: makes the tenant, reads the site, takes
 * name, phone, address and hours from what the site says of itself.
 */
#ifndef SB_KNOW_ONBOARD_H
#define SB_KNOW_ONBOARD_H

#include <talloc.h>
#include "know/know.h"

struct sb_onboard {
    const char *url;      /* of the website */
    const char *vertical; /* its industry */
    const char *slug;     /* or NULL: made from the host's name */
    const char *timezone; /* or NULL: this machine's */
    int max_pages;        /* 0: 200 */
    void (*progress)(void *arg, const struct sb_crawl_status *status); /* or NULL */
    void *arg;
};

/* [suspends] Makes or refreshes the tenant; `*slug_r` on `mem` is its agent's slug. A
 * site that cannot be read leaves a tenant that takes messages, and returns the
 * crawl's error. */
int sb_onboard_site(struct sb_know *know, struct sb_db *db,
                    struct sb_directory *directory, TALLOC_CTX *mem,
                    const struct sb_onboard *wish, const char **slug_r,
                    struct sb_err *err);

#endif
