/* SPDX-License-Identifier: Apache-2.0
 *
 * The room's own view of the router: looking a path up. See net/http.h for the rest.
 */
#ifndef SB_NET_HTTP_ROUTER_H
#define SB_NET_HTTP_ROUTER_H

#include "net/http.h"

#define SB_ROUTE_PARTS 8

struct sb_match {
    const struct sb_route *route; /* NULL: none for this method */
    bool found;                   /* is there a route for the path at all? */
    char allow[64];               /* its methods, for 405 and OPTIONS */
    struct {
        const char *text;
        size_t len;
    } parts[SB_ROUTE_PARTS]; /* what the {…} of the pattern stand for, in order */
};
/* `path` is decoded and normalised. HEAD finds GET. */
void sb_router_find(const struct sb_router *router, const char *method,
                    const char *path, struct sb_match *match);
int (*sb_router_filter(const struct sb_router *router))(struct sb_req *req);

#endif
