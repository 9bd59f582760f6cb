/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the files of the HTTP client and by nothing else: client.c drives libcurl
 * from the loop, request.c sends one request (and follows redirects), answer.c reads
 * what comes back.
 */
#ifndef SB_NET_CLIENT_IMPL_H
#define SB_NET_CLIENT_IMPL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include "base/task.h"
#include "net/client.h"

struct event;
struct sb_sse_parser;

/* A pool of connections. Untrusted requests have their own: the check of an address
 * is made when its connection opens, so a connection that a trusted request opened
 * must never be lent to an untrusted one. */
struct sb_pool {
    struct sb_client *client;
    CURLM *multi;
    struct event *timer;
};

struct sb_client {
    struct sb_loop *loop;
    struct sb_pool trusted, untrusted;
    struct sb_http *live;    /* every open one */
    struct sb_http *touched; /* something happened to them in this round */
    const char *user_agent, *ca_file;
    const char **allow_hosts;
    bool allow_private;
};

enum sb_http_phase {
    SB_HTTP_CONNECTING, /* name, connection, TLS, or waiting for a free connection */
    SB_HTTP_SENDING,    /* the request is going out */
    SB_HTTP_ANSWERING,  /* the headers have come */
};

struct sb_http {
    struct sb_client *client; /* NULL once the client has gone */
    struct sb_pool *pool;
    struct sb_http *next, **at;            /* in client->live */
    struct sb_http *next_touched;          /* in client->touched */
    bool is_touched, is_waiting, in_multi; /* in_multi: curl owns a share of it */
    struct sb_wait wait;

    /* the request */
    CURL *easy;
    struct curl_slist *headers;
    const char *method, *url;
    const struct sb_http_header *extra; /* copies of the caller's headers */
    size_t extra_count;
    const char *body;
    size_t body_len, body_sent;
    int connect_ms, first_byte_ms, idle_ms, total_ms;
    int64_t max_body;
    bool is_untrusted, is_exempt; /* is_exempt: this hop may go to private addresses */
    int64_t started_ms, moved_ms; /* moved_ms: when the last byte went or came */

    /* how it stands */
    enum sb_http_phase phase;
    bool has_head, is_done, is_refused, is_over, is_paused, is_discarding;
    CURLcode result;
    char why[CURL_ERROR_SIZE];

    /* the answer */
    int status;
    TALLOC_CTX *hop; /* memory of this hop's headers */
    struct sb_http_header *got;
    size_t got_count, got_bytes;
    char *data; /* bytes from `begin` to `end` wait to be read */
    size_t begin, end, room;
    int64_t received;
    struct sb_sse_parser *sse;
    struct sb_sse_event sse_event;
    char *whole;
    size_t whole_len, whole_room;
};

/* client.c */
int sb_http_attach(struct sb_http *http, struct sb_err *err);
void sb_http_detach(struct sb_http *http);
void sb_http_touch(struct sb_http *http);
/* Is "host:port" exempt from the check of addresses? */
bool sb_client_exempts(const struct sb_client *client, const char *host, int port);

/* answer.c */
void sb_http_reset_answer(struct sb_http *http);
void sb_http_watch_answer(struct sb_http *http); /* sets curl's callbacks */
size_t sb_http_buffered(const struct sb_http *http);
/* Stops reading from the peer while much waits unread; outside of curl's callbacks. */
void sb_http_balance(struct sb_http *http);
/* [suspends] Until something happens, at most `ms`; 0, SB_ECANCELED, SB_ETIMEDOUT. */
int sb_http_await(struct sb_http *http, int64_t ms);
/* The transfer has failed: which SB_E* and why. */
int sb_http_explain(const struct sb_http *http, struct sb_err *err);

#endif
