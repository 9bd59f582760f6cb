/* SPDX-License-Identifier: Apache-2.0
 *
 * From a parsed head to the end of its handler: who asks, which route, may it go on,
 * run it in a task, make sure that it was answered.
 */
#include "net/http_conn.h"

#include <event2/bufferevent.h>
#include <string.h>
#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "net/http_query.h"

enum { BODY_MS = 30 * 1000, TOTAL_MS = 60 * 1000 };

/* ---- making a request ---- */

static bool is_request_id(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789-_.");

    return len > 0 && len <= 64 && text[len] == '\0';
}

static const char *request_id(struct sb_request *request, bool trusted)
{
    const char *given = trusted ? sb_req_header(&request->pub, "X-Request-Id") : NULL;
    char *id;

    if (given && is_request_id(given))
        return given;
    id = talloc_size(request->pub.mem, 37);
    sb_uuid(id);
    return id;
}

static const char *last_of_list(const char *list)
{
    const char *comma = strrchr(list, ',');

    return comma ? comma + 1 + strspn(comma + 1, " \t") : list;
}

/* Several X-Forwarded-For lines are one list (RFC 9110 section 5.3). */
static const char *forwarded_for(const struct sb_req *req)
{
    char *list = NULL;

    for (size_t i = 0; i < req->header_count; i++)
        if (sb_text_ieq(req->headers[i].name, "X-Forwarded-For"))
            list = talloc_asprintf(req->mem, "%s%s%s", list ? list : "",
                                   list ? ", " : "", req->headers[i].value);
    return list;
}

static void find_client(struct sb_conn *conn, struct sb_request *request)
{
    struct sb_req *req = &request->pub;
    bool trusted = sb_proxies_trust(conn->server->proxies, conn->peer);
    const char *proto = trusted ? sb_req_header(req, "X-Forwarded-Proto") : NULL;

    req->id = request_id(request, trusted);
    req->peer = conn->peer;
    req->secure = conn->server->tls != NULL;
    if (trusted)
        req->peer = sb_proxies_client(req->mem, conn->server->proxies, conn->peer,
                                      forwarded_for(req));
    if (proto)
        req->secure = sb_text_ieq(last_of_list(proto), "https");
}

static struct sb_request *make_request(struct sb_conn *conn)
{
    TALLOC_CTX *mem = conn->message.mem;
    const struct sb_head *head = &conn->message.head;
    struct sb_request *request = talloc_zero(mem, struct sb_request);
    struct sb_req *req = &request->pub;

    request->started_us = sb_clock_mono_us();
    sb_buf_init(&request->headers, mem);
    req->mem = mem;
    req->method = head->method ? head->method : "";
    req->target = head->target ? head->target : "";
    req->path = req->query = req->body = "";
    req->headers = head->headers;
    req->header_count = head->count;
    req->conn = conn;
    find_client(conn, request);
    conn->request = request;
    conn->server->busy++;
    return request;
}

static bool set_path(struct sb_request *request, const char *path)
{
    struct sb_req *req = &request->pub;
    size_t len = strcspn(path, "?");

    if (path[len] == '?')
        req->query = path + len + 1;
    if (strcmp(path, "*") == 0) {
        req->path = path;
        return true;
    }
    path = sb_path_normalise(req->mem, path, len);
    if (path)
        req->path = path;
    return path != NULL;
}

/* ---- the end of it ---- */

static void end_request(struct sb_conn *conn)
{
    struct sb_http_server *server = conn->server;
    struct sb_request *request = conn->request;

    if (request->status == 0)
        request->status = 499; /* the client left */
    if (server->on_done)
        server->on_done(&request->pub, request->status,
                        sb_clock_mono_us() - request->started_us);
    server->busy--;
    conn->request = NULL;
    talloc_free(conn->message.mem);
    memset(&conn->message, 0, sizeof(conn->message));
}

void sb_request_drop(struct sb_conn *conn)
{
    if (conn->request)
        end_request(conn);
}

/* For a request that was answered without its handler. */
static void finish_early(struct sb_conn *conn)
{
    struct sb_request *request = conn->request;

    if (request->status == 0)
        sb_reply_error(&request->pub, 500, "internal", NULL,
                       "the request was turned away without an answer");
    end_request(conn);
    sb_conn_next(conn);
}

void sb_request_refuse(struct sb_conn *conn, const struct sb_http_fault *fault)
{
    struct sb_http_fault copy = *fault;
    struct sb_request *request = conn->request;

    if (!request)
        request = make_request(conn);
    conn->closing = conn->lingers = true;
    sb_reply_error(&request->pub, copy.status, sb_status_code(copy.status), NULL, "%s",
                   copy.why);
    finish_early(conn);
}

/* ---- routing ---- */

static bool is_known_method(const char *method)
{
    static const char *const known[] = {"GET",    "HEAD",  "POST",   "PUT",
                                        "DELETE", "PATCH", "OPTIONS"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(method, known[i]) == 0)
            return true;
    return false;
}

static void answer_without_route(struct sb_request *request)
{
    struct sb_req *req = &request->pub;
    const struct sb_match *match = &request->match;
    bool is_star = strcmp(req->path, "*") == 0;

    if (match->found)
        sb_reply_header(req, "Allow",
                        talloc_asprintf(req->mem, "%s, OPTIONS", match->allow));
    else if (is_star)
        sb_reply_header(req, "Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    if ((match->found || is_star) && strcmp(req->method, "OPTIONS") == 0)
        sb_reply(req, 204, NULL, NULL, 0);
    else if (!is_known_method(req->method))
        sb_reply_error(req, 501, "unknown_method", NULL,
                       "this method is not known here");
    else if (match->found)
        sb_reply_error(req, 405, "method_not_allowed", NULL,
                       "this address does not take %s", req->method);
    else
        sb_reply_error(req, 404, "not_found", NULL, "there is nothing at this address");
}

/* 0 to go on, non-zero when it has been answered. */
static int check_route(struct sb_conn *conn, struct sb_request *request)
{
    int (*filter)(struct sb_req *) = sb_router_filter(conn->server->router);
    struct sb_req *req = &request->pub;
    const struct sb_route *route;

    sb_router_find(conn->server->router, req->method, req->path, &request->match);
    route = request->match.route;
    req->route = route;
    req->arg = route ? route->arg : NULL;
    if (filter && filter(req) != 0)
        return 1;
    if (!route) {
        answer_without_route(request);
        return 1;
    }
    if (sb_message_body(&conn->message, route->max_body) == SB_MESSAGE_BAD) {
        conn->closing = conn->lingers = true;
        sb_reply_error(req, 413, "too_large", NULL, "the body is larger than %zu bytes",
                       route->max_body);
        return 1;
    }
    return route->admit ? route->admit(req) : 0;
}

static void await_body(struct sb_conn *conn)
{
    int ms = conn->request->match.route->body_ms;

    sb_conn_enter(conn, SB_CONN_BODY, ms > 0 ? ms : BODY_MS);
    if (!conn->message.head.expect_continue)
        return;
    (void)bufferevent_write(conn->bev, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    sb_conn_write_now(conn);
}

static bool stays_open(const struct sb_conn *conn)
{
    const struct sb_head *head = &conn->message.head;

    if (conn->server->draining || conn->requests >= conn->server->limits.max_pipeline)
        return false;
    return !head->close && (head->minor > 0 || head->keep_alive);
}

void sb_request_head(struct sb_conn *conn)
{
    const struct sb_http_fault bad_path = {400, "the path cannot be decoded"};
    struct sb_request *request = make_request(conn);

    conn->requests++;
    if (!stays_open(conn))
        conn->closing = true;
    request->head_only = strcmp(request->pub.method, "HEAD") == 0;
    if (!set_path(request, conn->message.head.path)) {
        sb_request_refuse(conn, &bad_path);
        return;
    }
    if (check_route(conn, request) != 0)
        finish_early(conn);
    else if (sb_message_has_body(&conn->message))
        await_body(conn);
    else
        sb_request_run(conn);
}

/* ---- running ---- */

/* Every request gets an answer, whatever its handler did. */
static void conclude(struct sb_conn *conn, struct sb_request *request, bool late)
{
    if (conn->gone)
        return;
    if (request->streaming && !request->ended) {
        conn->gone = true; /* cut off, so that it cannot pass for complete */
    } else if (request->status == 0 && late) {
        sb_reply_error(&request->pub, 504, "timed_out", NULL,
                       "the answer took too long to make");
    } else if (request->status == 0) {
        sb_log(SB_LOG_ERROR, "net", "a handler returned without an answer",
               sb_str("route", request->match.route->pattern));
        sb_reply_error(&request->pub, 500, "internal", NULL,
                       "something went wrong on our side");
    }
}

static void run(void *arg)
{
    struct sb_conn *conn = arg;
    struct sb_request *request = conn->request;
    const struct sb_route *route = request->match.route;
    int64_t before = 0;

    sb_log_scope_push(&request->scope, "request", request->pub.id);
    if (route->total_ms >= 0)
        before = sb_task_deadline_push(route->total_ms ? route->total_ms : TOTAL_MS);
    if (!conn->gone)
        route->handler(&request->pub);
    conclude(conn, request, sb_task_deadline_left() <= 0);
    if (route->total_ms >= 0)
        sb_task_deadline_pop(before);
    sb_log_scope_pop(&request->scope);
    conn->task = NULL;
    if (request->upgraded)
        conn->gone = true;
    end_request(conn);
    sb_conn_next(conn);
    sb_conn_step(conn);
}

void sb_request_run(struct sb_conn *conn)
{
    struct sb_request *request = conn->request;

    if (conn->message.body) {
        request->pub.body = conn->message.body;
        request->pub.body_len = conn->message.body_len;
    }
    sb_conn_enter(conn, SB_CONN_RUN, 0);
    conn->task = sb_task_spawn(conn->server->loop, "http", run, conn);
    if (conn->task)
        return;
    sb_reply_error(&request->pub, 503, "overloaded", NULL,
                   "the server is too busy, please try again");
    finish_early(conn);
}

/* ---- reading a request ---- */

const char *sb_req_header(const struct sb_req *req, const char *name)
{
    return sb_head_value(req->headers, req->header_count, name);
}

const char *sb_req_param(const struct sb_req *req, const char *name)
{
    const struct sb_request *request = (const struct sb_request *)req;
    const char *pattern = req->route ? req->route->pattern : "";
    size_t len = strlen(name);

    for (int part = 0; (pattern = strchr(pattern, '{')) != NULL; part++) {
        pattern++;
        if (strncmp(pattern, name, len) == 0 &&
            (pattern[len] == '}' || (pattern[len] == '*' && pattern[len + 1] == '}')))
            return talloc_strndup(req->mem, request->match.parts[part].text,
                                  request->match.parts[part].len);
    }
    return "";
}

const char *sb_req_query(const struct sb_req *req, const char *name)
{
    return sb_query_find(req->mem, req->query, name);
}

const char *sb_req_cookie(const struct sb_req *req, const char *name)
{
    for (size_t i = 0; i < req->header_count; i++)
        if (sb_text_ieq(req->headers[i].name, "Cookie")) {
            const char *value = sb_cookie_find(req->mem, req->headers[i].value, name);

            if (value)
                return value;
        }
    return NULL;
}

bool sb_req_accepts(const struct sb_req *req, const char *type)
{
    return sb_accept_prefers(sb_req_header(req, "Accept"), type);
}

const char *sb_req_origin(const struct sb_req *req)
{
    const char *public_url = req->conn->server->public_url;
    const char *host = req->conn->message.head.host;

    if (*public_url)
        return public_url;
    return talloc_asprintf(req->mem, "%s://%s", req->secure ? "https" : "http",
                           host ? host : "localhost");
}
