/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS for outgoing WebSockets.
 */
#ifndef SB_NET_WS_TLS_H
#define SB_NET_WS_TLS_H

#include "net/ws_url.h"

struct bufferevent;
struct event_base;

/* A bufferevent that will verify the certificate's chain and the host's name. */
int sb_ws_tls_bufferevent(struct event_base *base, const struct sb_ws_url *url,
                          const char *ca_file, struct bufferevent **bev_r,
                          struct sb_err *err);
/* Why TLS failed on it, or NULL when that was not the reason. */
const char *sb_ws_tls_fault(struct bufferevent *bev);

#endif
