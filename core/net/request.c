/* SPDX-License-Identifier: Apache-2.0
 *
 * Sending one request. Redirects are followed here, hop by hop, so that each target
 * passes the same checks as the first and secrets do not travel to another origin.
 *
 * An untrusted target is checked at the socket, with the very address that is about
 * to be connected: what a name resolved to a moment ago does not matter (DNS
 * rebinding), nor does the way the address was written.
 */
#include <ctype.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "net/client_impl.h"

enum {
    CONNECT_MS = 10000,
    FIRST_BYTE_MS = 30000,
    IDLE_MS = 30000,
    TOTAL_MS = 120000,
    MAX_BODY = 8 * 1024 * 1024,
    MAX_URL = 8192,
    MAX_SENT_HEADERS = 100,
    KEEP_BELOW = 16 * 1024, /* a redirect's body that is read to keep the connection */
    KEEP_MS = 500,
};

/* ---- curl's callbacks ---- */

static curl_socket_t on_open_socket(void *arg, curlsocktype purpose,
                                    struct curl_sockaddr *address)
{
    struct sb_http *http = arg;

    (void)purpose;
    if (http->is_untrusted && !http->is_exempt &&
        sb_address_is_private(&address->addr)) {
        http->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                  address->protocol);
}

/* Connected (or a pooled connection was taken): the request goes out now. */
static int on_connected(void *arg, char *peer, char *local, int peer_port,
                        int local_port)
{
    struct sb_http *http = arg;

    (void)peer, (void)local, (void)peer_port, (void)local_port;
    http->phase = SB_HTTP_SENDING;
    http->moved_ms = sb_clock_mono_ms();
    sb_http_touch(http);
    return CURL_PREREQFUNC_OK;
}

static size_t on_send(char *out, size_t size, size_t count, void *arg)
{
    struct sb_http *http = arg;
    size_t left = http->body_len - http->body_sent;
    size_t len = size * count < left ? size * count : left;

    memcpy(out, http->body + http->body_sent, len);
    http->body_sent += len;
    http->moved_ms = sb_clock_mono_ms();
    return len;
}

/* A dead pooled connection is replaced: the body begins again. */
static int on_rewind(void *arg, curl_off_t offset, int origin)
{
    struct sb_http *http = arg;

    if (origin != SEEK_SET || offset < 0 || (size_t)offset > http->body_len)
        return CURL_SEEKFUNC_FAIL;
    http->body_sent = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* ---- setting one hop up ---- */

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 && *text != '\t')
            return true;
    return false;
}

static int check_request(const struct sb_http_request *request, struct sb_err *err)
{
    if (!request->method || !request->url || !request->method[0])
        return sb_fail(err, SB_EINVAL, "a request needs a method and an address");
    for (const char *c = request->method; *c; c++)
        if (!isupper((unsigned char)*c))
            return sb_fail(err, SB_EINVAL, "\"%.20s\" is not a method",
                           request->method);
    if (strlen(request->url) > MAX_URL)
        return sb_fail(err, SB_EINVAL, "the address is longer than %d bytes", MAX_URL);
    if (request->header_count > MAX_SENT_HEADERS)
        return sb_fail(err, SB_EINVAL, "more than %d headers", MAX_SENT_HEADERS);
    for (size_t i = 0; i < request->header_count; i++)
        if (has_control(request->headers[i].name) ||
            has_control(request->headers[i].value))
            return sb_fail(err, SB_EINVAL, "a header holds control characters");
    return 0;
}

static void add_header(struct sb_http *http, const char *name, const char *value)
{
    char *line = talloc_asprintf(http->hop, *value ? "%s: %s" : "%s;%s", name, value);

    http->headers = curl_slist_append(http->headers, line);
}

static void set_headers(struct sb_http *http)
{
    bool has_type = false;

    for (size_t i = 0; i < http->extra_count; i++) {
        has_type = has_type || strcasecmp(http->extra[i].name, "Content-Type") == 0;
        add_header(http, http->extra[i].name, http->extra[i].value);
    }
    http->headers = curl_slist_append(http->headers, "Expect:");
    if (!has_type)
        http->headers = curl_slist_append(http->headers, "Content-Type:");
    curl_easy_setopt(http->easy, CURLOPT_HTTPHEADER, http->headers);
}

static void set_method(struct sb_http *http)
{
    CURL *easy = http->easy;

    if (strcmp(http->method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (http->body_len || strcmp(http->method, "POST") == 0) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)http->body_len);
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_send);
        curl_easy_setopt(easy, CURLOPT_READDATA, http);
        curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_rewind);
        curl_easy_setopt(easy, CURLOPT_SEEKDATA, http);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, http->method);
    } else {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, http->method);
    }
}

static void set_reach(struct sb_http *http)
{
    CURL *easy = http->easy;

    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, http);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, http);
    if (http->is_untrusted) {
        /* A proxy would connect for us, where nothing is checked. */
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
        curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    }
    if (http->client->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, http->client->ca_file);
}

static void set_transfer(struct sb_http *http, int64_t total_left)
{
    CURL *easy = http->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, http);
    curl_easy_setopt(easy, CURLOPT_URL, http->url);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, http->client->user_agent);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)http->connect_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)total_left);
    /* Without it, cancelling waits (and the loop with it) for a slow name server. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

/* Reads host and port out of http->url; refuses what is not http or https. */
static int check_url(struct sb_http *http, struct sb_err *err)
{
    CURLU *url = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL;
    int rc = 0;

    if (curl_url_set(url, CURLUPART_URL, http->url, 0) ||
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) ||
        curl_url_get(url, CURLUPART_HOST, &host, 0) ||
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT))
        rc = sb_fail(err, SB_EINVAL, "the address is not a valid URL");
    else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
        rc = sb_fail(err, SB_EINVAL, "only http and https are fetched, not %.20s",
                     scheme);
    else
        http->is_exempt =
            sb_client_exempts(http->client, host, (int)strtol(port, NULL, 10));
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(url);
    return rc;
}

static int start_hop(struct sb_http *http, struct sb_err *err)
{
    int64_t left = http->started_ms + http->total_ms - sb_clock_mono_ms();
    int rc;

    sb_http_reset_answer(http);
    if (!http->client)
        return sb_fail(err, SB_ECANCELED, "the HTTP client has been closed");
    if (left <= 0)
        return sb_fail(err, SB_ETIMEDOUT, "no answer within %d ms", http->total_ms);
    rc = check_url(http, err);
    if (rc)
        return rc;
    http->moved_ms = sb_clock_mono_ms();
    http->easy = curl_easy_init();
    if (!http->easy)
        return sb_fail(err, SB_ENOMEM, "the request cannot be made");
    set_transfer(http, left);
    set_reach(http);
    set_method(http);
    set_headers(http);
    sb_http_watch_answer(http);
    return sb_http_attach(http, err);
}

/* ---- waiting for the headers ---- */

/* Milliseconds left in this phase. Connecting is curl's to watch (connect_ms starts
 * when a connection is free); it gets some grace here. */
static int64_t phase_left(const struct sb_http *http)
{
    int64_t limit =
        http->phase == SB_HTTP_CONNECTING ? http->total_ms : http->first_byte_ms;

    return http->moved_ms + limit - sb_clock_mono_ms();
}

static int await_head(struct sb_http *http, struct sb_err *err)
{
    while (!http->has_head && !http->is_done) {
        int64_t left = phase_left(http);
        int rc;

        if (left <= 0)
            return sb_fail(err, SB_ETIMEDOUT, "no answer began within %d ms",
                           http->first_byte_ms);
        rc = sb_http_await(http, left);
        if (rc == SB_ECANCELED)
            return sb_fail(err, rc, "canceled");
        if (rc && sb_task_deadline_left() <= 0)
            return sb_fail(err, rc, "the deadline passed before an answer began");
    }
    if (http->is_done && http->result != CURLE_OK && (!http->has_head || !http->client))
        return sb_http_explain(http, err);
    if (!http->has_head)
        return sb_fail(err, SB_EPROTO, "the answer has no headers");
    return 0;
}

/* ---- redirects ---- */

static bool is_redirect(const struct sb_http *http)
{
    int s = http->status;

    return (s == 301 || s == 302 || s == 303 || s == 307 || s == 308) &&
           sb_http_header(http, "Location");
}

/* Reads a small body to its end, so that the connection can be used again. */
static void drain(struct sb_http *http)
{
    const char *length = sb_http_header(http, "Content-Length");
    int64_t until = sb_clock_mono_ms() + KEEP_MS;

    if (!length || strtol(length, NULL, 10) > KEEP_BELOW)
        return;
    http->is_discarding = true;
    while (!http->is_done && until > sb_clock_mono_ms())
        if (sb_http_await(http, until - sb_clock_mono_ms()) != 0)
            return;
}

static char *resolve(TALLOC_CTX *mem, const char *base, const char *location)
{
    CURLU *url = curl_url();
    char *text = NULL, *copy = NULL;

    if (curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_URL, location, CURLU_URLENCODE) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK &&
        strlen(text) <= MAX_URL)
        copy = talloc_strdup(mem, text);
    curl_free(text);
    curl_url_cleanup(url);
    return copy;
}

static char *origin_of(TALLOC_CTX *mem, const char *address)
{
    CURLU *url = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL, *origin = NULL;

    if (curl_url_set(url, CURLUPART_URL, address, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK)
        origin = talloc_asprintf(mem, "%s://%s:%s", scheme, host, port);
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(url);
    return origin;
}

/* Another origin gets none of the caller's headers but the harmless ones. */
static void drop_secrets(struct sb_http *http)
{
    static const char *const harmless[] = {"Accept",     "Accept-Language",
                                           "User-Agent", "Content-Type",
                                           "Range",      "If-Modified-Since"};
    struct sb_http_header *kept =
        talloc_array(http, struct sb_http_header, (unsigned)http->extra_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < http->extra_count; i++)
        for (size_t j = 0; j < sizeof(harmless) / sizeof(harmless[0]); j++)
            if (strcasecmp(http->extra[i].name, harmless[j]) == 0)
                kept[count++] = http->extra[i];
    http->extra = kept;
    http->extra_count = count;
}

/* 303 and, as every client does it, 301 and 302 after POST become GET. (RFC 9110
 * section 15.4) */
static void change_method(struct sb_http *http)
{
    bool is_post = strcmp(http->method, "POST") == 0;

    if (http->status == 307 || http->status == 308)
        return;
    if (http->status != 303 && !is_post)
        return;
    if (strcmp(http->method, "HEAD") != 0)
        http->method = "GET";
    http->body = NULL;
    http->body_len = 0;
}

static int turn_to(struct sb_http *http, struct sb_err *err)
{
    const char *location = sb_http_header(http, "Location");
    char *url = resolve(http, http->url, location);
    char *before = origin_of(http, http->url),
         *after = url ? origin_of(http, url) : NULL;

    if (!url || !after)
        return sb_fail(err, SB_EPROTO, "redirected to an address that is not valid");
    if (!before || strcasecmp(before, after) != 0)
        drop_secrets(http);
    change_method(http);
    drain(http);
    sb_http_detach(http);
    http->url = url;
    return start_hop(http, err);
}

static int run_hops(struct sb_http *http, int redirects, struct sb_err *err)
{
    int rc = start_hop(http, err);

    for (int hop = 0; !rc; hop++) {
        rc = await_head(http, err);
        if (rc || redirects <= 0 || !is_redirect(http))
            break;
        if (hop >= redirects)
            return sb_fail(err, SB_EPROTO, "more than %d redirects", redirects);
        rc = turn_to(http, err);
    }
    return rc;
}

/* ---- the service ---- */

static void copy_headers(struct sb_http *http, const struct sb_http_request *request)
{
    struct sb_http_header *copy =
        talloc_array(http, struct sb_http_header, (unsigned)request->header_count + 1);

    for (size_t i = 0; i < request->header_count; i++) {
        copy[i].name = talloc_strdup(copy, request->headers[i].name);
        copy[i].value = talloc_strdup(copy, request->headers[i].value);
    }
    http->extra = copy;
    http->extra_count = request->header_count;
}

static struct sb_http *http_new(struct sb_client *client,
                                const struct sb_http_request *request)
{
    struct sb_http *http = talloc_zero(NULL, struct sb_http);

    http->client = client;
    http->pool = request->untrusted ? &client->untrusted : &client->trusted;
    http->method = talloc_strdup(http, request->method);
    http->url = talloc_strdup(http, request->url);
    copy_headers(http, request);
    /* A server may answer before it has all of the body, and the caller's copy is only
     * lent until then. */
    http->body_len = request->body ? request->body_len : 0;
    http->body =
        http->body_len ? talloc_memdup(http, request->body, http->body_len) : NULL;
    http->connect_ms = request->connect_ms > 0 ? request->connect_ms : CONNECT_MS;
    http->first_byte_ms =
        request->first_byte_ms > 0 ? request->first_byte_ms : FIRST_BYTE_MS;
    http->idle_ms = request->idle_ms > 0 ? request->idle_ms : IDLE_MS;
    http->total_ms = request->total_ms > 0 ? request->total_ms : TOTAL_MS;
    http->max_body = request->max_body > 0 ? request->max_body : MAX_BODY;
    http->is_untrusted = request->untrusted;
    http->started_ms = sb_clock_mono_ms();
    return http;
}

int sb_client_open(struct sb_client *client, const struct sb_http_request *request,
                   struct sb_http **http_r, struct sb_err *err)
{
    struct sb_http *http;
    int rc = check_request(request, err);

    if (rc)
        return rc;
    http = http_new(client, request);
    rc = run_hops(http, request->redirects, err);
    if (rc) {
        sb_http_close(http);
        return rc;
    }
    *http_r = http;
    return 0;
}

void sb_http_close(struct sb_http *http)
{
    if (!http)
        return;
    if (http->client)
        sb_http_detach(http);
    talloc_free(http);
}
