/* SPDX-License-Identifier: Apache-2.0
 *
 * See kit_answer.h. The event streams are written as the vendors' references show them.
 */
#include "cli/kit_answer.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"

#define EVENTS "text/event-stream"
#define JSON "application/json"
#define HTML "text/html; charset=utf-8"
#define TEXTS_MAX 1000
#define DIMENSIONS 1536
#define DIMENSIONS_MAX 8192

static const char chat_events[] =
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"check-1\","
    "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
    "\"finish_reason\":null}]}\n\n"
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"check-1\","
    "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"We are open \"},"
    "\"finish_reason\":null}]}\n\n"
    ": a comment that keeps the connection open\n\n"
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"check-1\","
    "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"until seven. Caf\xc3\xa9 "
    "included.\"},\"finish_reason\":null}]}\n\n"
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"check-1\","
    "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"check-1\","
    "\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":8,"
    "\"total_tokens\":18}}\n\n"
    "data: [DONE]\n\n";

static const char chat_json[] =
    "{\"id\":\"c1\",\"object\":\"chat.completion\",\"model\":\"check-1\",\"choices\":["
    "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" SB_KIT_SENTENCE
    "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":10,"
    "\"completion_tokens\":8,\"total_tokens\":18}}";

static const char message_events[] =
    "event: message_start\ndata: "
    "{\"type\":\"message_start\",\"message\":{\"id\":\"m1\","
    "\"type\":\"message\",\"role\":\"assistant\",\"model\":\"check-1\",\"content\":[],"
    "\"stop_reason\":null,\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
    "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
    "event: ping\ndata: {\"type\":\"ping\"}\n\n"
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
    "\"delta\":{\"type\":\"text_delta\",\"text\":\"" SB_KIT_SENTENCE "\"}}\n\n"
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\ndata: "
    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":"
    "\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":8}}\n\n"
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

static const char message_json[] =
    "{\"id\":\"m1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"check-1\","
    "\"content\":[{\"type\":\"text\",\"text\":\"" SB_KIT_SENTENCE "\"}],"
    "\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":10,\"output_tokens\":8}}";

static const struct {
    const char *path, *html;
} site[] = {
    {"/", "<!doctype html><title>Check Garage</title><h1>Check Garage</h1><p>We mend "
          "cars in Oak Street.</p><a href=/hours>Hours</a> <a href=/prices>Prices</a>"},
    {"/hours", "<!doctype html><title>Hours</title><h1>Hours</h1><p>Monday to Friday, "
               "8 am to 5 pm.</p><a href=/>Home</a>"},
    {"/prices", "<!doctype html><title>Prices</title><h1>Prices</h1><table><tr><td>Oil "
                "change<td>$49</table><a href=/>Home</a>"},
};

static struct sb_kit_answer text(const char *type, const char *body)
{
    return (struct sb_kit_answer){.type = type, .body = body, .len = strlen(body)};
}

static bool ends_with(const char *path, const char *tail)
{
    size_t len = strlen(path), tail_len = strlen(tail);

    return len >= tail_len && strcmp(path + len - tail_len, tail) == 0;
}

/* As many unit vectors as there were texts, of the length that was asked for. */
static struct sb_kit_answer embeddings(TALLOC_CTX *mem, const json_t *request)
{
    const json_t *input = json_object_get(request, "input");
    size_t count = json_is_array(input) ? json_array_size(input) : 1;
    int64_t dimensions = sb_json_i64(request, "dimensions", DIMENSIONS);
    struct sb_buf out;

    if (count > TEXTS_MAX || dimensions < 1 || dimensions > DIMENSIONS_MAX)
        count = 0;
    sb_buf_init(&out, mem);
    sb_buf_puts(&out, "{\"object\":\"list\",\"model\":\"check-1\",\"data\":[");
    for (size_t i = 0; i < count; i++) {
        sb_buf_printf(&out, "%s{\"object\":\"embedding\",\"index\":%zu,\"embedding\":[",
                      i ? "," : "", i);
        for (int64_t at = 0; at < dimensions; at++)
            sb_buf_puts(&out, at ? ",0" : "1");
        sb_buf_puts(&out, "]}");
    }
    sb_buf_puts(&out, "],\"usage\":{\"prompt_tokens\":5,\"total_tokens\":5}}");
    return text(JSON, sb_buf_str(&out));
}

static struct sb_kit_answer posted(TALLOC_CTX *mem, const char *path,
                                   const json_t *request)
{
    bool stream = sb_json_flag(request, "stream", false);

    if (ends_with(path, "/chat/completions"))
        return stream ? text(EVENTS, chat_events) : text(JSON, chat_json);
    if (ends_with(path, "/v1/messages"))
        return stream ? text(EVENTS, message_events) : text(JSON, message_json);
    if (ends_with(path, "/embeddings"))
        return embeddings(mem, request);
    return (struct sb_kit_answer){.type = NULL};
}

struct sb_kit_answer sb_kit_answer(TALLOC_CTX *mem, const char *method,
                                   const char *path, const char *body, size_t len)
{
    struct sb_kit_answer answer = {.type = NULL};
    json_t *request = NULL;

    if (strcmp(method, "POST") == 0) {
        if (sb_json_parse(body, len, &request, NULL) == 0)
            answer = posted(mem, path, request);
        json_decref(request);
        return answer;
    }
    for (size_t i = 0; i < sizeof(site) / sizeof(site[0]); i++)
        if (strcmp(site[i].path, path) == 0)
            return text(HTML, site[i].html);
    return answer;
}
