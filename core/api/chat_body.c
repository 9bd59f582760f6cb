/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows say what a chat request may hold; every string is cleaned before anybody else
 * sees it.
 */
#include "api/chat_body.h"

#include <string.h>

#include "api/api.h"
#include "api/identity.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "host/agent.h"

static const struct sb_json_rule rules[] = {
    {"agent_id", SB_WANT_STRING, false, 64},
    {"message", SB_WANT_STRING, true, 0},
    {"conversation_id", SB_WANT_STRING, false, 36},
    {"visitor_id", SB_WANT_STRING, false, 128},
    {"message_id", SB_WANT_STRING, false, 64},
    {"user_name", SB_WANT_STRING, false, 200},
    {"user_email", SB_WANT_STRING, false, 320},
    {"user_phone", SB_WANT_STRING, false, 40},
    {"user_token", SB_WANT_STRING, false, 4096},
    {"context", SB_WANT_OBJECT, false, 0},
    {"metadata", SB_WANT_OBJECT, false, 0},
    {NULL, SB_WANT_STRING, false, 0},
};

static int refuse(const char **field_r, const char *field, struct sb_err *err, int code,
                  const char *sentence)
{
    *field_r = field;
    return sb_fail(err, code, "%s", sentence);
}

static const char *clean(TALLOC_CTX *mem, const json_t *body, const char *key,
                         size_t max)
{
    const json_t *value = json_object_get(body, key);

    return json_is_string(value) ? sb_utf8_clean(mem, json_string_value(value),
                                                 json_string_length(value), max)
                                 : "";
}

/* An id that a client made up may hold letters, digits, '-', '_', '.' and ':'. */
static bool is_token(const char *text)
{
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                        "0123456789-_.:") == strlen(text);
}

/* A visitor's token opens their history: too short a one could be guessed. */
static int check_ids(const struct sb_turn_in *in, const char **field_r,
                     struct sb_err *err)
{
    const char *visitor = in->speaker.visitor;

    if (*in->conversation_id && !sb_uuid_valid(in->conversation_id))
        return refuse(field_r, "conversation_id", err, SB_EINVAL,
                      "conversation_id is not a UUID");
    if (*visitor && (strlen(visitor) < 16 || !is_token(visitor)))
        return refuse(
            field_r, "visitor_id", err, SB_EINVAL,
            "visitor_id wants 16 to 128 letters, digits, '-', '_', '.' or ':'");
    if (!is_token(in->client_id))
        return refuse(field_r, "message_id", err, SB_EINVAL,
                      "message_id wants letters, digits, '-', '_', '.' or ':'");
    return 0;
}

static int read_speaker(TALLOC_CTX *mem, const json_t *body,
                        const struct sb_agent *agent, struct sb_speaker *speaker,
                        const char **field_r, struct sb_err *err)
{
    const char *token = sb_json_str(body, "user_token");

    speaker->visitor = clean(mem, body, "visitor_id", 128);
    speaker->name = clean(mem, body, "user_name", 200);
    speaker->email = clean(mem, body, "user_email", 320);
    speaker->phone = clean(mem, body, "user_phone", 40);
    if (!*token)
        return 0;
    *field_r = "user_token";
    return sb_identity_verify(mem, token, agent->business->identity_secret,
                              sb_clock_wall_ms(), speaker, err);
}

int sb_chat_read(struct sb_api *api, TALLOC_CTX *mem, const json_t *body,
                 const struct sb_agent *agent, struct sb_turn_in *in,
                 const char **field_r, struct sb_err *err)
{
    const json_t *message = json_object_get(body, "message");
    int code = sb_json_check(body, rules, field_r, err);

    if (code)
        return code;
    if (json_string_length(message) > api->message_bytes)
        return refuse(field_r, "message", err, SB_ELIMIT,
                      "that message is too long; please send it in parts");
    *in = (struct sb_turn_in){.agent = agent, .channel = "chat"};
    in->message = clean(mem, body, "message", api->message_bytes);
    if (sb_text_is_blank(in->message))
        return refuse(field_r, "message", err, SB_EINVAL, "message is empty");
    in->conversation_id = clean(mem, body, "conversation_id", 36);
    in->client_id = clean(mem, body, "message_id", 64);
    in->context = json_object_get(body, "context");
    in->metadata = json_object_get(body, "metadata");
    code = read_speaker(mem, body, agent, &in->speaker, field_r, err);
    return code ? code : check_ids(in, field_r, err);
}

static void put(struct sb_buf *out, const char *key, const char *value)
{
    sb_buf_printf(out, "\"%s\":", key);
    if (value && *value)
        sb_buf_json(out, value, strlen(value));
    else
        sb_buf_puts(out, "null");
}

static void put_sources(struct sb_buf *out, const struct sb_turn_out *turn)
{
    sb_buf_puts(out, "\"sources\":[");
    for (size_t i = 0; i < turn->source_count; i++) {
        sb_buf_puts(out, i ? ",{" : "{");
        put(out, "title", turn->sources[i].title);
        sb_buf_putc(out, ',');
        put(out, "url", turn->sources[i].url);
        sb_buf_printf(out, ",\"score\":%.3f}", turn->sources[i].score);
    }
    sb_buf_puts(out, "]");
}

void sb_chat_write(struct sb_buf *out, const struct sb_turn_out *turn)
{
    const char *response = turn->response ? turn->response : "";

    sb_buf_puts(out, "{\"response\":");
    sb_buf_json(out, response, strlen(response));
    sb_buf_putc(out, ',');
    put(out, "conversation_id", turn->conversation_id);
    sb_buf_putc(out, ',');
    put(out, "visitor_id", turn->visitor);
    sb_buf_printf(out, ",\"seq\":%lld,", (long long)turn->seq_out);
    put_sources(out, turn);
    sb_buf_printf(out, ",\"intake\":{\"progress\":%d,\"total\":%d,\"complete\":%s,",
                  turn->intake.progress, turn->intake.total,
                  turn->intake.complete ? "true" : "false");
    put(out, "next", turn->intake.next);
    sb_buf_puts(out, "},");
    if (turn->lead_id && *turn->lead_id) {
        sb_buf_puts(out, "\"lead\":{");
        put(out, "id", turn->lead_id);
        sb_buf_printf(out, ",\"score\":%d,", turn->lead_score);
        put(out, "reason", turn->lead_reason);
        sb_buf_puts(out, "},");
    }
    sb_buf_printf(out, "\"escalated\":%s,\"handed_over\":%s,\"confidence\":%.3f,",
                  turn->escalated ? "true" : "false",
                  turn->handed_over ? "true" : "false", turn->confidence);
    put(out, "provider", turn->provider);
    sb_buf_putc(out, '}');
}

void sb_chat_write_message(struct sb_buf *out, const struct sb_message *message)
{
    char at[32];

    sb_clock_format(message->at_ms, at);
    sb_buf_printf(out, "{\"seq\":%lld,\"at\":\"%s\",", (long long)message->seq, at);
    put(out, "role", message->role);
    sb_buf_puts(out, ",\"text\":");
    sb_buf_json(out, message->text, strlen(message->text));
    sb_buf_putc(out, ',');
    put(out, "message_id", message->client_id);
    sb_buf_printf(out, ",\"sources\":%s,\"extra\":%s}",
                  message->sources && *message->sources ? message->sources : "[]",
                  message->extra && *message->extra ? message->extra : "{}");
}
