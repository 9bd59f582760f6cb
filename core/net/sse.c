/* SPDX-License-Identifier: Apache-2.0
 *
 * Server-sent events (WHATWG HTML, section 9.2). An idle stream gets a comment now
 * and then, so that proxies keep it and a dead client is noticed.
 */
#include "net/http_conn.h"

#include <event2/bufferevent.h>
#include <string.h>

int sb_sse_start(struct sb_req *req)
{
    struct sb_request *request = (struct sb_request *)req;
    int code;

    sb_reply_header(req, "Cache-Control", "no-store");
    sb_reply_header(req, "X-Accel-Buffering", "no"); /* nginx would hold events back */
    code = sb_reply_start(req, 200, "text/event-stream; charset=utf-8");
    if (code != 0)
        return code;
    request->is_sse = true;
    sb_conn_enter(req->conn, SB_CONN_RUN, req->conn->server->limits.heartbeat_ms);
    return 0;
}

void sb_sse_heartbeat(struct sb_conn *conn)
{
    const struct sb_request *request = conn->request;

    if (!request || !request->is_sse || request->ended || conn->gone)
        return;
    if (sb_conn_unsent(conn) == 0 && !request->head_only) {
        if (request->chunked)
            (void)bufferevent_write(conn->bev, "3\r\n:\n\n\r\n", 8);
        else
            (void)bufferevent_write(conn->bev, ":\n\n", 3);
    }
    sb_conn_enter(conn, SB_CONN_RUN, conn->server->limits.heartbeat_ms);
}

/* A line break inside a field would start another field. */
static bool is_one_line(const char *text)
{
    return strpbrk(text, "\r\n") == NULL;
}

static void put_data(struct sb_buf *out, const char *data)
{
    for (;;) {
        size_t len = strcspn(data, "\r\n");

        sb_buf_puts(out, "data: ");
        sb_buf_add(out, data, len);
        sb_buf_putc(out, '\n');
        data += len;
        if (*data == '\0')
            return;
        data += data[0] == '\r' && data[1] == '\n' ? 2 : 1;
    }
}

int sb_sse_send(struct sb_req *req, const char *event, const char *id, const char *data)
{
    struct sb_buf out;
    int code;

    if ((event && !is_one_line(event)) || (id && !is_one_line(id)))
        return SB_EINVAL;
    sb_buf_init(&out, req->mem);
    if (event)
        sb_buf_printf(&out, "event: %s\n", event);
    if (id)
        sb_buf_printf(&out, "id: %s\n", id);
    put_data(&out, data);
    sb_buf_putc(&out, '\n');
    code = sb_reply_write(req, out.data, out.len);
    talloc_free(out.data);
    return code;
}
