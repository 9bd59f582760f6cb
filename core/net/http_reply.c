/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers: whole ones, errors as JSON, and streams that wait for a slow reader. What
 * a handler does after its client has gone is accepted and thrown away.
 */
#include "net/http_conn.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"

enum {
    WRITE_HIGH = 64 * 1024, /* unsent bytes above which a writer waits */
    WRITE_SLICE = 32 * 1024,
    WRITE_STALL_MS = 30 * 1000,
};

/* ---- the head ---- */

static const struct {
    int status;
    const char *text, *code;
} statuses[] = {
    {101, "Switching Protocols", ""},
    {200, "OK", ""},
    {201, "Created", ""},
    {202, "Accepted", ""},
    {204, "No Content", ""},
    {206, "Partial Content", ""},
    {301, "Moved Permanently", ""},
    {302, "Found", ""},
    {303, "See Other", ""},
    {304, "Not Modified", ""},
    {307, "Temporary Redirect", ""},
    {308, "Permanent Redirect", ""},
    {400, "Bad Request", "bad_request"},
    {401, "Unauthorized", "auth"},
    {402, "Payment Required", "limit"},
    {403, "Forbidden", "refused"},
    {404, "Not Found", "not_found"},
    {405, "Method Not Allowed", "method_not_allowed"},
    {406, "Not Acceptable", "not_acceptable"},
    {408, "Request Timeout", "timed_out"},
    {409, "Conflict", "conflict"},
    {410, "Gone", "gone"},
    {411, "Length Required", "length_required"},
    {412, "Precondition Failed", "precondition_failed"},
    {413, "Content Too Large", "too_large"},
    {414, "URI Too Long", "uri_too_long"},
    {415, "Unsupported Media Type", "unsupported_type"},
    {416, "Range Not Satisfiable", "bad_range"},
    {417, "Expectation Failed", "bad_expectation"},
    {422, "Unprocessable Content", "invalid"},
    {426, "Upgrade Required", "upgrade_required"},
    {429, "Too Many Requests", "limit"},
    {431, "Request Header Fields Too Large", "headers_too_large"},
    {500, "Internal Server Error", "internal"},
    {501, "Not Implemented", "unsupported"},
    {502, "Bad Gateway", "bad_gateway"},
    {503, "Service Unavailable", "unavailable"},
    {504, "Gateway Timeout", "timed_out"},
    {505, "HTTP Version Not Supported", "bad_version"},
};

const char *sb_status_text(int status)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i].status == status)
            return statuses[i].text;
    return "Status";
}

const char *sb_status_code(int status)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i].status == status)
            return statuses[i].code;
    return "error";
}

/* "Sat, 21 Nov 2026 03:05:00 GMT", made once a second. strftime() would do the names
 * in the locale. */
static const char *http_date(void)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static __thread char text[40];
    static __thread time_t made = -1;
    time_t now = (time_t)(sb_clock_wall_ms() / 1000);
    struct tm tm;

    if (now == made)
        return text;
    (void)gmtime_r(&now, &tm);
    (void)snprintf(text, sizeof(text), "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                   days + tm.tm_wday * 3, tm.tm_mday, months + tm.tm_mon * 3,
                   tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    made = now;
    return text;
}

static void put_connection(struct sb_conn *conn, int status, struct sb_buf *out)
{
    if (status == 101)
        return;
    /* A body that nobody has read stands in the way of a next request. */
    if (sb_message_has_body(&conn->message))
        conn->closing = conn->lingers = true;
    if (conn->closing || conn->server->draining) {
        conn->closing = true;
        sb_buf_puts(out, "Connection: close\r\n");
    } else if (conn->message.head.minor == 0) {
        sb_buf_puts(out, "Connection: keep-alive\r\n");
    }
}

void sb_reply_head(struct sb_request *request, int status, const char *type,
                   int64_t length, struct sb_buf *out)
{
    struct sb_conn *conn = request->pub.conn;

    request->status = status;
    sb_buf_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\nX-Request-Id: %s\r\n", status,
                  sb_status_text(status), http_date(), request->pub.id);
    if (type)
        sb_buf_printf(out, "Content-Type: %s\r\n", type);
    if (length >= 0 && status != 204 && status >= 200)
        sb_buf_printf(out, "Content-Length: %lld\r\n", (long long)length);
    if (request->chunked)
        sb_buf_puts(out, "Transfer-Encoding: chunked\r\n");
    put_connection(conn, status, out);
    sb_buf_add(out, sb_buf_str(&request->headers), request->headers.len);
    sb_buf_puts(out, "\r\n");
}

void sb_reply_header(struct sb_req *req, const char *name, const char *value)
{
    struct sb_request *request = (struct sb_request *)req;

    if (request->status != 0 || !value || strpbrk(name, "\r\n:") ||
        strpbrk(value, "\r\n"))
        return;
    sb_buf_printf(&request->headers, "%s: %s\r\n", name, value);
}

bool sb_req_answered(const struct sb_req *req)
{
    return ((const struct sb_request *)req)->status != 0;
}

/* ---- whole answers ---- */

/* One answer only: a second one is a bug of the handler's. */
static bool may_answer(const struct sb_request *request)
{
    if (request->status == 0)
        return true;
    sb_log(SB_LOG_ERROR, "net", "a request was answered twice",
           sb_str("path", request->match.route ? request->match.route->pattern : ""));
    return false;
}

static bool has_body(const struct sb_request *request, int status)
{
    return !request->head_only && status != 204 && status != 304;
}

void sb_reply(struct sb_req *req, int status, const char *type, const void *body,
              size_t len)
{
    struct sb_request *request = (struct sb_request *)req;
    struct sb_buf out;

    if (!may_answer(request))
        return;
    sb_buf_init(&out, req->mem);
    sb_reply_head(request, status, type, status == 304 ? -1 : (int64_t)len, &out);
    if (req->conn->gone)
        return;
    (void)bufferevent_write(req->conn->bev, out.data, out.len);
    if (len > 0 && has_body(request, status))
        (void)bufferevent_write(req->conn->bev, body, len);
    sb_conn_write_now(req->conn);
}

void sb_reply_static(struct sb_req *req, int status, const char *type, const void *body,
                     size_t len)
{
    struct sb_request *request = (struct sb_request *)req;
    struct sb_buf out;

    if (!may_answer(request))
        return;
    sb_buf_init(&out, req->mem);
    sb_reply_head(request, status, type, (int64_t)len, &out);
    if (req->conn->gone)
        return;
    (void)bufferevent_write(req->conn->bev, out.data, out.len);
    if (len > 0 && has_body(request, status))
        (void)evbuffer_add_reference(bufferevent_get_output(req->conn->bev), body, len,
                                     NULL, NULL);
    sb_conn_write_now(req->conn);
}

void sb_reply_json(struct sb_req *req, int status, const char *json)
{
    sb_reply(req, status, "application/json; charset=utf-8", json, strlen(json));
}

void sb_reply_error(struct sb_req *req, int status, const char *code, const char *field,
                    const char *fmt, ...)
{
    struct sb_buf out;
    char *message;
    va_list ap;

    va_start(ap, fmt);
    message = talloc_vasprintf(req->mem, fmt, ap);
    va_end(ap);
    sb_buf_init(&out, req->mem);
    sb_buf_puts(&out, "{\"error\":{\"code\":");
    sb_buf_json(&out, code, strlen(code));
    sb_buf_puts(&out, ",\"message\":");
    sb_buf_json(&out, message, strlen(message));
    if (field) {
        sb_buf_puts(&out, ",\"field\":");
        sb_buf_json(&out, field, strlen(field));
    }
    sb_buf_puts(&out, ",\"request_id\":");
    sb_buf_json(&out, req->id, strlen(req->id));
    sb_buf_puts(&out, "}}");
    sb_reply_json(req, status, sb_buf_str(&out));
}

static int status_of(int code)
{
    switch ((enum sb_code)code) {
    case SB_EINVAL: return 400;
    case SB_ENOTFOUND: return 404;
    case SB_ETIMEDOUT: return 504;
    case SB_ELIMIT: return 429;
    case SB_EAUTH: return 401;
    case SB_ECONFLICT: return 409;
    case SB_EPROTO: return 502;
    case SB_EREFUSED: return 403;
    case SB_ECANCELED:
    case SB_EUNAVAILABLE:
    case SB_EDECLINED: return 503;
    case SB_OK:
    case SB_EIO:
    case SB_ENOMEM:
    case SB_EINTERNAL: return 500;
    }
    return 500;
}

void sb_reply_fail(struct sb_req *req, const struct sb_err *err)
{
    int status = status_of(err->code);

    if (err->retry_after_ms > 0)
        sb_reply_header(
            req, "Retry-After",
            talloc_asprintf(req->mem, "%d", (err->retry_after_ms + 999) / 1000));
    if (status < 500) {
        sb_reply_error(req, status, sb_code_name(err->code), NULL, "%s", err->msg);
        return;
    }
    /* What broke inside is for the operator, not for the client. */
    if (err->code != SB_ECANCELED)
        sb_log(SB_LOG_WARN, "net", "a request failed", sb_str("why", err->msg),
               sb_str("code", sb_code_name(err->code)));
    sb_reply_error(req, status, sb_code_name(err->code), NULL, "%s",
                   status == 500 ? "something went wrong on our side"
                   : status == 504
                       ? "the answer took too long to make"
                       : "this does not work at the moment, please try again");
}

/* ---- streams ---- */

int sb_reply_start(struct sb_req *req, int status, const char *type)
{
    struct sb_request *request = (struct sb_request *)req;
    struct sb_buf out;

    if (!may_answer(request))
        return SB_EINTERNAL;
    request->streaming = true;
    if (req->conn->message.head.minor > 0)
        request->chunked = true;
    else
        req->conn->closing = true;
    sb_buf_init(&out, req->mem);
    sb_reply_head(request, status, type, -1, &out);
    if (req->conn->gone)
        return SB_ECANCELED;
    (void)bufferevent_write(req->conn->bev, out.data, out.len);
    (void)bufferevent_enable(req->conn->bev, EV_WRITE);
    talloc_free(out.data);
    return 0;
}

/* [suspends] Until the client has read enough of what it was sent. */
static int wait_for_reader(struct sb_conn *conn)
{
    while (!conn->gone && sb_conn_unsent(conn) > WRITE_HIGH) {
        size_t before = sb_conn_unsent(conn);
        int code = sb_wait_for(&conn->writable, WRITE_STALL_MS);

        if (code == SB_ETIMEDOUT && sb_task_deadline_left() > 0 &&
            sb_conn_unsent(conn) < before)
            continue;
        if (code != 0)
            return code;
    }
    return conn->gone ? SB_ECANCELED : 0;
}

static void write_slice(struct sb_request *request, const char *data, size_t len)
{
    struct evbuffer *out = bufferevent_get_output(request->pub.conn->bev);

    if (request->chunked)
        (void)evbuffer_add_printf(out, "%zx\r\n", len);
    (void)evbuffer_add(out, data, len);
    if (request->chunked)
        (void)evbuffer_add(out, "\r\n", 2);
}

int sb_reply_write(struct sb_req *req, const void *data, size_t len)
{
    struct sb_request *request = (struct sb_request *)req;
    const char *at = data;

    if (!request->streaming || request->ended)
        return SB_EINTERNAL;
    while (len > 0 && !request->head_only) {
        size_t slice = len < WRITE_SLICE ? len : WRITE_SLICE;
        int code = wait_for_reader(req->conn);

        if (code != 0)
            return code;
        write_slice(request, at, slice);
        at += slice;
        len -= slice;
    }
    return req->conn->gone ? SB_ECANCELED : 0;
}

int sb_reply_end(struct sb_req *req)
{
    struct sb_request *request = (struct sb_request *)req;

    if (!request->streaming || request->ended)
        return SB_EINTERNAL;
    request->ended = true;
    if (req->conn->gone)
        return SB_ECANCELED;
    if (request->chunked && !request->head_only)
        (void)bufferevent_write(req->conn->bev, "0\r\n\r\n", 5);
    return 0;
}

/* ---- upgrades ---- */

struct bufferevent *sb_conn_upgrade(struct sb_req *req)
{
    struct sb_request *request = (struct sb_request *)req;
    struct sb_buf out;

    request->upgraded = true;
    sb_buf_init(&out, req->mem);
    sb_reply_head(request, 101, NULL, -1, &out);
    (void)bufferevent_write(req->conn->bev, out.data, out.len);
    (void)bufferevent_enable(req->conn->bev, EV_WRITE);
    talloc_free(out.data);
    return req->conn->bev;
}
