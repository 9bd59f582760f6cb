/* SPDX-License-Identifier: Apache-2.0
 *
 * The answer to one request: curl's callbacks fill headers and a buffer, the task
 * empties it. When much waits unread the transfer is paused, which closes TCP's (or
 * the HTTP/2 stream's) window, so a slow reader slows the sender instead of filling
 * our memory. Bytes are counted decoded: a compressed bomb ends at max_body.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/clock.h"
#include "net/client_impl.h"
#include "net/sse_parse.h"

enum {
    PAUSE_ABOVE = 256 * 1024,
    RESUME_BELOW = 64 * 1024,
    MAX_HEADER_BYTES = 256 * 1024,
    MAX_HEADERS = 200,
    MAX_DISCARD = 64 * 1024,
    MAX_EVENT = 4 * 1024 * 1024,
    MAX_WHOLE = 100 * 1024 * 1024,
};

size_t sb_http_buffered(const struct sb_http *http)
{
    return http->end - http->begin;
}

void sb_http_reset_answer(struct sb_http *http)
{
    talloc_free(http->hop);
    http->hop = talloc_new(http);
    http->got = talloc_array(http->hop, struct sb_http_header, MAX_HEADERS);
    http->got_count = http->got_bytes = 0;
    http->status = 0;
    http->has_head = http->is_done = http->is_refused = http->is_over = false;
    http->is_paused = http->is_discarding = false;
    http->begin = http->end = 0;
    http->received = 0;
    http->body_sent = 0;
    http->phase = SB_HTTP_CONNECTING;
    http->why[0] = '\0';
}

/* ---- curl's callbacks: note and return ---- */

static void begin_head(struct sb_http *http, const char *line, size_t len)
{
    const char *space = memchr(line, ' ', len);

    http->got_count = 0;
    http->status = 0;
    for (const char *c = space ? space + 1 : line + len;
         c < line + len && isdigit((unsigned char)*c) && http->status < 1000; c++)
        http->status = http->status * 10 + (*c - '0');
}

static void keep_header(struct sb_http *http, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    const char *value, *end = line + len;

    if (!colon || http->got_count >= MAX_HEADERS)
        return;
    value = colon + 1;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && isspace((unsigned char)end[-1]))
        end--;
    http->got[http->got_count].name =
        talloc_strndup(http->hop, line, (size_t)(colon - line));
    http->got[http->got_count].value =
        talloc_strndup(http->hop, value, (size_t)(end - value));
    http->got_count++;
}

static size_t on_header(char *line, size_t size, size_t count, void *arg)
{
    struct sb_http *http = arg;
    size_t len = size * count;

    http->moved_ms = sb_clock_mono_ms();
    http->got_bytes += len;
    if (http->got_bytes > MAX_HEADER_BYTES) {
        http->is_over = true;
        return 0;
    }
    if (http->has_head)
        return len; /* a trailer */
    if (len >= 5 && strncasecmp(line, "HTTP/", 5) == 0) {
        begin_head(http, line, len);
    } else if (len && (*line == '\r' || *line == '\n')) {
        http->has_head = http->status >= 200; /* 1xx: the real one follows */
        if (http->has_head)
            http->phase = SB_HTTP_ANSWERING;
        sb_http_touch(http);
    } else {
        keep_header(http, line, len);
    }
    return len;
}

static void make_room(struct sb_http *http, size_t len)
{
    if (http->begin && http->end + len > http->room) {
        memmove(http->data, http->data + http->begin, http->end - http->begin);
        http->end -= http->begin;
        http->begin = 0;
    }
    if (http->end + len > http->room) {
        http->room = (http->end + len) * 2;
        http->data = talloc_realloc_size(http, http->data, http->room);
    }
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
    struct sb_http *http = arg;
    size_t len = size * count;

    http->moved_ms = sb_clock_mono_ms();
    http->received += (int64_t)len;
    if (http->is_discarding)
        return http->received > MAX_DISCARD ? 0 : len;
    if (http->received > http->max_body) {
        http->is_over = true;
        return 0;
    }
    make_room(http, len);
    memcpy(http->data + http->end, data, len);
    http->end += len;
    sb_http_touch(http);
    return len;
}

void sb_http_watch_answer(struct sb_http *http)
{
    curl_easy_setopt(http->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(http->easy, CURLOPT_HEADERDATA, http);
    curl_easy_setopt(http->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(http->easy, CURLOPT_WRITEDATA, http);
    curl_easy_setopt(http->easy, CURLOPT_ERRORBUFFER, http->why);
}

/* ---- back-pressure and waiting ---- */

void sb_http_balance(struct sb_http *http)
{
    if (http->is_done || http->is_paused || sb_http_buffered(http) <= PAUSE_ABOVE)
        return;
    http->is_paused = true;
    (void)curl_easy_pause(http->easy, CURLPAUSE_RECV);
}

static void resume(struct sb_http *http)
{
    if (!http->is_paused || sb_http_buffered(http) > RESUME_BELOW)
        return;
    http->is_paused = false;
    http->moved_ms = sb_clock_mono_ms();
    if (!http->is_done)
        (void)curl_easy_pause(http->easy, CURLPAUSE_CONT);
}

int sb_http_await(struct sb_http *http, int64_t ms)
{
    int rc;

    sb_wait_init(&http->wait);
    http->is_waiting = true;
    rc = sb_wait_for(&http->wait, ms);
    http->is_waiting = false;
    return rc;
}

/* Curl's own sentence, else that of the code. Both may name the host, never the
 * query. */
static const char *reason(const struct sb_http *http)
{
    return http->why[0] ? http->why : curl_easy_strerror(http->result);
}

int sb_http_explain(const struct sb_http *http, struct sb_err *err)
{
    if (http->is_refused && http->phase == SB_HTTP_CONNECTING)
        return sb_fail(err, SB_EREFUSED,
                       "the address is private; network.allow_hosts or --allow-host "
                       "HOST:PORT allows one");
    if (http->is_over)
        return http->has_head
                   ? sb_fail(err, SB_ELIMIT, "the answer is larger than %lld bytes",
                             (long long)http->max_body)
                   : sb_fail(err, SB_ELIMIT, "the answer's headers are too large");
    switch ((int)http->result) {
    case CURLE_OPERATION_TIMEDOUT:
        return sb_fail(err, SB_ETIMEDOUT, "%s", reason(http));
    case CURLE_UNSUPPORTED_PROTOCOL:
        /* libcurl's word for an answer that does not begin like HTTP, too. */
        if (http->phase != SB_HTTP_CONNECTING)
            return sb_fail(err, SB_EPROTO, "%s", reason(http));
        return sb_fail(err, SB_EINVAL, "the address cannot be used: %s", reason(http));
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
        return sb_fail(err, SB_EINVAL, "the address cannot be used: %s", reason(http));
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return sb_fail(err, SB_EUNAVAILABLE, "%s", reason(http));
    case CURLE_ABORTED_BY_CALLBACK:
        return sb_fail(err, SB_ECANCELED, "the HTTP client has been closed");
    case CURLE_OUT_OF_MEMORY: return sb_fail(err, SB_ENOMEM, "%s", reason(http));
    default: return sb_fail(err, SB_EPROTO, "%s", reason(http));
    }
}

/* [suspends] Until bytes can be read or the end is known. */
static int await_body(struct sb_http *http, struct sb_err *err)
{
    while (!sb_http_buffered(http) && !http->is_done) {
        int64_t left = http->moved_ms + http->idle_ms - sb_clock_mono_ms();
        int rc;

        if (left <= 0)
            return sb_fail(err, SB_ETIMEDOUT, "nothing came for %d ms", http->idle_ms);
        rc = sb_http_await(http, left);
        if (rc == SB_ECANCELED)
            return sb_fail(err, rc, "canceled");
        if (rc && sb_task_deadline_left() <= 0)
            return sb_fail(err, rc, "the deadline passed while reading an answer");
    }
    return 0;
}

/* ---- reading ---- */

int sb_http_status(const struct sb_http *http)
{
    return http->status;
}

const char *sb_http_url(const struct sb_http *http)
{
    return http->url;
}

const char *sb_http_header(const struct sb_http *http, const char *name)
{
    for (size_t i = 0; i < http->got_count; i++)
        if (strcasecmp(http->got[i].name, name) == 0)
            return http->got[i].value;
    return NULL;
}

ssize_t sb_http_read(struct sb_http *http, void *buf, size_t len, struct sb_err *err)
{
    size_t have;
    int rc = await_body(http, err);

    if (rc)
        return rc;
    have = sb_http_buffered(http);
    if (!have)
        return http->result == CURLE_OK ? 0 : sb_http_explain(http, err);
    if (have > len)
        have = len;
    memcpy(buf, http->data + http->begin, have);
    http->begin += have;
    if (http->begin == http->end)
        http->begin = http->end = 0;
    resume(http);
    return (ssize_t)have;
}

int sb_http_event(struct sb_http *http, struct sb_sse_event *event, struct sb_err *err)
{
    if (!http->sse)
        http->sse = sb_sse_parser_new(http, MAX_EVENT);
    for (;;) {
        int rc = sb_sse_parser_next(http->sse, event, err);

        if (rc)
            return rc;
        rc = await_body(http, err);
        if (rc)
            return rc;
        if (!sb_http_buffered(http))
            return http->result == CURLE_OK ? 0 : sb_http_explain(http, err);
        sb_sse_parser_feed(http->sse, http->data + http->begin, sb_http_buffered(http));
        http->begin = http->end = 0;
        resume(http);
    }
}

/* Moves what waits to the whole body; a talloc block has its own largest size. */
static int gather(struct sb_http *http, struct sb_err *err)
{
    size_t have = sb_http_buffered(http), need = http->whole_len + have + 1;

    if (need > MAX_WHOLE)
        return sb_fail(err, SB_ELIMIT, "the answer is larger than %d bytes", MAX_WHOLE);
    if (need > http->whole_room) {
        http->whole_room = need * 2;
        http->whole = talloc_realloc_size(http, http->whole, http->whole_room);
    }
    if (have)
        memcpy(http->whole + http->whole_len, http->data + http->begin, have);
    http->whole_len += have;
    http->whole[http->whole_len] = '\0';
    http->begin = http->end = 0;
    return 0;
}

int sb_http_body(struct sb_http *http, const char **body_r, size_t *len_r,
                 struct sb_err *err)
{
    do {
        int rc = await_body(http, err);

        if (!rc)
            rc = gather(http, err);
        if (rc)
            return rc;
        resume(http);
    } while (!http->is_done || sb_http_buffered(http));
    if (http->result != CURLE_OK)
        return sb_http_explain(http, err);
    *body_r = http->whole;
    *len_r = http->whole_len;
    return 0;
}
