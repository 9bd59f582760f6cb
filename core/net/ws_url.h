/* SPDX-License-Identifier: Apache-2.0
 *
 * ws:// and wss:// addresses, taken apart.
 */
#ifndef SB_NET_WS_URL_H
#define SB_NET_WS_URL_H

#include <stdbool.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_ws_url {
    bool is_tls;
    const char *host; /* without brackets */
    const char *port;
    const char *authority; /* for the Host header */
    const char *path;      /* with the query, begins with '/' */
};
/* User names and fragments are refused. */
int sb_ws_url_parse(TALLOC_CTX *mem, const char *url, struct sb_ws_url *out,
                    struct sb_err *err);

#endif
