/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's half of the opening handshake (RFC 6455 section 4.2).
 */
#include "net/ws_impl.h"

#include <string.h>
#include "base/crypto.h"
#include "net/http_conn.h"

void sb_ws_accept_value(const char *key, char out[32])
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char text[128];
    uint8_t hash[20];
    int len = snprintf(text, sizeof(text), "%s%s", key, guid);

    sb_sha1(text, (size_t)len, hash);
    (void)sb_base64(hash, sizeof(hash), out, 32, false);
}

static bool is_key(const char *key)
{
    uint8_t bytes[20];

    return key && strlen(key) == 24 &&
           sb_base64_decode(key, 24, bytes, sizeof(bytes)) == 16;
}

/* 0, or SB_EPROTO after the answer. */
static int check_upgrade(struct sb_req *req)
{
    const struct sb_head *head = &req->conn->message.head;
    const char *version = sb_req_header(req, "Sec-WebSocket-Version");

    if (strcmp(req->method, "GET") != 0 || head->minor == 0 || !head->upgrade ||
        !sb_list_has(sb_req_header(req, "Upgrade"), "websocket")) {
        sb_reply_header(req, "Upgrade", "websocket");
        sb_reply_error(req, 426, "upgrade_required", NULL,
                       "this address is a WebSocket");
        return SB_EPROTO;
    }
    if (!version || strcmp(version, "13") != 0) {
        sb_reply_header(req, "Sec-WebSocket-Version", "13");
        sb_reply_error(req, 426, "upgrade_required", NULL,
                       "only version 13 of WebSocket is spoken here");
        return SB_EPROTO;
    }
    if (!is_key(sb_req_header(req, "Sec-WebSocket-Key"))) {
        sb_reply_error(req, 400, "bad_request", NULL, "Sec-WebSocket-Key is not valid");
        return SB_EPROTO;
    }
    return 0;
}

static bool is_offered(const struct sb_req *req, const char *protocol)
{
    for (size_t i = 0; i < req->header_count; i++)
        if (strcasecmp(req->headers[i].name, "Sec-WebSocket-Protocol") == 0 &&
            sb_list_has(req->headers[i].value, protocol))
            return true;
    return false;
}

int sb_ws_accept(struct sb_req *req, const struct sb_ws_conf *conf, struct sb_ws **ws_r)
{
    char value[32];
    int code = check_upgrade(req);

    if (code != 0)
        return code;
    if (sb_req_answered(req) || req->conn->gone)
        return SB_EPROTO;
    sb_ws_accept_value(sb_req_header(req, "Sec-WebSocket-Key"), value);
    sb_reply_header(req, "Upgrade", "websocket");
    sb_reply_header(req, "Connection", "Upgrade");
    sb_reply_header(req, "Sec-WebSocket-Accept", value);
    if (conf && conf->protocol && is_offered(req, conf->protocol))
        sb_reply_header(req, "Sec-WebSocket-Protocol", conf->protocol);
    *ws_r =
        sb_ws_new(req->mem, req->conn->server->loop, sb_conn_upgrade(req), true, conf);
    return 0;
}
