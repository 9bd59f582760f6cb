/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /api/chat/history?conversation_id=&after=: the messages of a conversation for
 * the visitor who holds it, proved by X-Visitor-Id.
 */
#include "api/api.h"

#include <stdlib.h>
#include <string.h>

#include "api/chat_body.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "net/http.h"

/* Digits, or nothing at all for the beginning. */
static bool read_after(const char *text, int64_t *after_r)
{
    *after_r = 0;
    if (!text)
        return true;
    if (!*text || strlen(text) > 18 || text[strspn(text, "0123456789")])
        return false;
    *after_r = strtoll(text, NULL, 10);
    return true;
}

static void reply(struct sb_req *req, int64_t after, const struct sb_message *messages,
                  size_t count)
{
    struct sb_buf out;

    sb_buf_init(&out, req->mem);
    sb_buf_puts(&out, "{\"messages\":[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            sb_buf_putc(&out, ',');
        sb_chat_write_message(&out, &messages[i]);
    }
    sb_buf_printf(&out, "],\"last_seq\":%lld}",
                  (long long)(count ? messages[count - 1].seq : after));
    sb_reply_header(req, "Cache-Control", "no-store");
    sb_reply_json(req, 200, sb_buf_str(&out));
}

void sb_api_history(struct sb_req *req)
{
    struct sb_api *api = req->arg;
    const char *conversation = sb_req_query(req, "conversation_id");
    const char *visitor = sb_req_header(req, "X-Visitor-Id");
    struct sb_message *messages = NULL;
    struct sb_err err = {0};
    size_t count = 0;
    int64_t after;

    if (!conversation || !sb_uuid_valid(conversation)) {
        sb_reply_error(req, 422, "invalid", "conversation_id",
                       "conversation_id is missing or not a UUID");
        return;
    }
    if (!read_after(sb_req_query(req, "after"), &after)) {
        sb_reply_error(req, 422, "invalid", "after", "after is not a number");
        return;
    }
    if (!visitor || !*visitor) {
        sb_reply_error(req, 401, "auth", "X-Visitor-Id",
                       "the header X-Visitor-Id says whose conversation this is");
        return;
    }
    if (sb_engine_history(api->engine, req->mem, NULL, conversation, visitor, after,
                          &messages, &count, &err))
        sb_reply_fail(req, &err);
    else
        reply(req, after, messages, count);
}
