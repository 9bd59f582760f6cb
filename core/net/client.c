/* SPDX-License-Identifier: Apache-2.0
 *
 * libcurl's multi interface on the loop. curl tells which sockets to watch and when
 * to call it again; we call it and then see to the transfers that something happened
 * to. Nothing calls back into curl or wakes a task from within one of its callbacks:
 * they only note what happened.
 */
#include "net/client.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "net/client_impl.h"

enum { MAX_HOST_CONNECTIONS = 10, MAX_IDLE_CONNECTIONS = 100 };

struct sock {
    struct sb_pool *pool;
    struct event *event;
};

void sb_http_touch(struct sb_http *http)
{
    if (http->is_touched || !http->client)
        return;
    http->is_touched = true;
    http->next_touched = http->client->touched;
    http->client->touched = http;
}

static void untouch(struct sb_http *http)
{
    if (!http->is_touched)
        return;
    for (struct sb_http **at = &http->client->touched; *at; at = &(*at)->next_touched) {
        if (*at == http) {
            *at = http->next_touched;
            break;
        }
    }
    http->is_touched = false;
}

static void take_results(struct sb_pool *pool)
{
    CURLMsg *msg;
    int left;

    while ((msg = curl_multi_info_read(pool->multi, &left))) {
        struct sb_http *http = NULL;

        if (msg->msg != CURLMSG_DONE)
            continue;
        (void)curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&http);
        http->is_done = true;
        http->result = msg->data.result;
        sb_http_touch(http);
    }
}

/* After each call into curl: what was noted is acted upon, one by one, because a
 * task that is woken may close others. */
static void settle(struct sb_pool *pool)
{
    struct sb_client *client = pool->client;
    struct sb_http *http;

    take_results(pool);
    while ((http = client->touched)) {
        client->touched = http->next_touched;
        http->is_touched = false;
        sb_http_balance(http);
        if (http->is_waiting)
            sb_wait_wake(&http->wait);
    }
}

static void on_socket_ready(evutil_socket_t fd, short what, void *arg)
{
    struct sock *sock = arg;
    struct sb_pool *pool = sock->pool;
    int bits = (what & EV_READ ? CURL_CSELECT_IN : 0) |
               (what & EV_WRITE ? CURL_CSELECT_OUT : 0);
    int running;

    (void)curl_multi_socket_action(pool->multi, fd, bits, &running);
    settle(pool);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct sb_pool *pool = arg;
    int running;

    (void)fd;
    (void)what;
    (void)curl_multi_socket_action(pool->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    settle(pool);
}

/* curl wants a socket watched, watched otherwise, or no more. */
static int on_socket_change(CURL *easy, curl_socket_t fd, int what, void *arg,
                            void *sock_arg)
{
    struct sb_pool *pool = arg;
    struct sock *sock = sock_arg;
    short events = (short)((what != CURL_POLL_OUT ? EV_READ : 0) |
                           (what != CURL_POLL_IN ? EV_WRITE : 0) | EV_PERSIST);

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (sock)
            event_free(sock->event);
        talloc_free(sock);
        (void)curl_multi_assign(pool->multi, fd, NULL);
        return 0;
    }
    if (sock) {
        event_free(sock->event);
    } else {
        sock = talloc_zero(pool->client, struct sock);
        sock->pool = pool;
        (void)curl_multi_assign(pool->multi, fd, sock);
    }
    sock->event =
        event_new(sb_loop_base(pool->client->loop), fd, events, on_socket_ready, sock);
    return event_add(sock->event, NULL);
}

static int on_timer_change(CURLM *multi, long ms, void *arg)
{
    struct sb_pool *pool = arg;
    struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};

    (void)multi;
    return ms < 0 ? event_del(pool->timer) : event_add(pool->timer, &tv);
}

static int pool_init(struct sb_pool *pool, struct sb_client *client)
{
    pool->client = client;
    pool->timer = event_new(sb_loop_base(client->loop), -1, 0, on_timer, pool);
    pool->multi = curl_multi_init();
    if (!pool->multi || !pool->timer)
        return SB_ENOMEM;
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, on_socket_change);
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, on_timer_change);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(pool->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                      (long)MAX_HOST_CONNECTIONS);
    curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, (long)MAX_IDLE_CONNECTIONS);
    return 0;
}

static void pool_fini(struct sb_pool *pool)
{
    if (pool->multi)
        (void)curl_multi_cleanup(pool->multi);
    if (pool->timer)
        event_free(pool->timer);
}

static const char **copy_list(TALLOC_CTX *mem, const char *const *list)
{
    unsigned count = 0;
    const char **copy;

    while (list && list[count])
        count++;
    copy = talloc_zero_array(mem, const char *, count + 1);
    for (unsigned i = 0; i < count; i++)
        copy[i] = talloc_strdup(copy, list[i]);
    return copy;
}

int sb_client_new(struct sb_loop *loop, const struct sb_client_conf *conf,
                  struct sb_client **client_r, struct sb_err *err)
{
    struct sb_client *client;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return sb_fail(err, SB_EIO, "the HTTP client library does not start");
    client = talloc_zero(NULL, struct sb_client);
    client->loop = loop;
    client->user_agent =
        talloc_strdup(client, conf->user_agent ? conf->user_agent : "Switchboard");
    client->ca_file = conf->ca_file ? talloc_strdup(client, conf->ca_file) : NULL;
    client->allow_private = conf->allow_private;
    client->allow_hosts = copy_list(client, conf->allow_hosts);
    if (pool_init(&client->trusted, client) || pool_init(&client->untrusted, client)) {
        sb_client_free(client);
        return sb_fail(err, SB_ENOMEM, "the HTTP client cannot be made");
    }
    *client_r = client;
    return 0;
}

void sb_client_free(struct sb_client *client)
{
    if (!client)
        return;
    while (client->live) {
        struct sb_http *http = client->live;

        sb_http_detach(http);
        http->is_done = true;
        http->result = CURLE_ABORTED_BY_CALLBACK;
        http->client = NULL;
        if (http->is_waiting)
            sb_wait_wake(&http->wait);
    }
    pool_fini(&client->trusted);
    pool_fini(&client->untrusted);
    talloc_free(client);
    curl_global_cleanup();
}

bool sb_client_exempts(const struct sb_client *client, const char *host, int port)
{
    char name[300];

    if (client->allow_private)
        return true;
    (void)snprintf(name, sizeof(name), "%s:%d", host, port);
    for (const char **allowed = client->allow_hosts; *allowed; allowed++)
        if (strcasecmp(*allowed, name) == 0)
            return true;
    return false;
}

int sb_http_attach(struct sb_http *http, struct sb_err *err)
{
    struct sb_client *client = http->client;
    CURLMcode code;

    if (!http->at) {
        http->next = client->live;
        if (http->next)
            http->next->at = &http->next;
        http->at = &client->live;
        client->live = http;
    }
    code = curl_multi_add_handle(http->pool->multi, http->easy);
    if (code != CURLM_OK)
        return sb_fail(err, SB_EIO, "the request cannot be started: %s",
                       curl_multi_strerror(code));
    http->in_multi = true;
    return 0;
}

/* Ends the transfer, wherever it stands. Never from one of curl's callbacks. */
void sb_http_detach(struct sb_http *http)
{
    if (http->in_multi)
        (void)curl_multi_remove_handle(http->pool->multi, http->easy);
    http->in_multi = false;
    if (http->easy)
        curl_easy_cleanup(http->easy);
    http->easy = NULL;
    curl_slist_free_all(http->headers);
    http->headers = NULL;
    if (!http->at)
        return;
    untouch(http);
    *http->at = http->next;
    if (http->next)
        http->next->at = http->at;
    http->at = NULL;
}
