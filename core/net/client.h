/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP client: libcurl multi on the loop, answers streamed to a task. HTTP/2
 * where offered, connections pooled, at most 10 a host (curl opens one connection
 * per waiting stream without that cap).
 */
#ifndef SB_NET_CLIENT_H
#define SB_NET_CLIENT_H

#include <switchboard/err.h>
#include <switchboard/host.h> /* sb_http_request, sb_http, sb_sse_event */

struct sb_loop;
struct sb_client;

struct sb_client_conf {
    const char *user_agent;
    bool allow_private; /* let `untrusted` requests reach private addresses (development) */
    const char *const *allow_hosts; /* "host:port" entries exempt from that, or NULL */
    const char *ca_file; /* or NULL for the system's */
};
int sb_client_new(struct sb_loop *loop, const struct sb_client_conf *conf,
                  struct sb_client **client_r, struct sb_err *err);
void sb_client_free(struct sb_client *client); /* cancels what is under way */

/* As the services of the same names in switchboard/host.h. */
int sb_client_open(struct sb_client *client, const struct sb_http_request *request,
                   struct sb_http **http_r, struct sb_err *err);
int sb_http_status(const struct sb_http *http);
const char *sb_http_header(const struct sb_http *http, const char *name);
const char *sb_http_url(const struct sb_http *http);
ssize_t sb_http_read(struct sb_http *http, void *buf, size_t len, struct sb_err *err);
int sb_http_event(struct sb_http *http, struct sb_sse_event *event, struct sb_err *err);
int sb_http_body(struct sb_http *http, const char **body_r, size_t *len_r,
                 struct sb_err *err);
void sb_http_close(struct sb_http *http);

/* Is the address (struct sockaddr) one that untrusted requests must not reach:
 * loopback, private, link-local, multicast, documentation, mapped forms of those? */
struct sockaddr;
bool sb_address_is_private(const struct sockaddr *address);
/* The same for an address as text; what is not one is not private. */
bool sb_address_text_is_private(const char *text);

#endif
