/* SPDX-License-Identifier: Apache-2.0
 *
 * The conversation engine's front: says something in a conversation, greets, shows
 * history. The turn itself is in answer.c; a turn is
 *
 *   say: admit -> commit the words, read the conversation (one transaction)
 *   answer: lease -> hear, urgency -> search -> prompt and tools -> commit ->
 * afterwards
 */
#include "talk/engine.h"

#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/task.h"
#include "base/text.h"
#include "store/events.h"
#include "talk/run.h"

#define MAX_MESSAGE 8000
#define MAX_TOKEN 200
#define MAX_CLIENT_ID 100
#define MAX_AT_ONCE 8 /* turns of one conversation that wait in this worker */
#define GUESSABLE 8   /* visitors' tokens shorter than this */

static int on_engine_gone(struct sb_engine *engine)
{
    struct sb_side *sides[] = {engine->keeper, engine->counter};
    size_t i;

    for (i = 0; i < 2; i++)
        if (sides[i]) {
            sides[i]->engine = NULL;
            sb_task_cancel(sides[i]->task);
        }
    return 0;
}

struct sb_engine *sb_engine_new(TALLOC_CTX *mem, struct sb_db *db, struct sb_know *know,
                                struct sb_events *events)
{
    struct sb_engine *engine = talloc_zero(mem, struct sb_engine);

    engine->db = db;
    engine->know = know;
    engine->events = events;
    talloc_set_destructor(engine, on_engine_gone);
    return engine;
}

struct sb_side *sb_side_start(struct sb_engine *engine, const char *name,
                              void (*fn)(void *arg))
{
    struct sb_side *side = talloc_zero(NULL, struct sb_side);

    side->engine = engine;
    side->task = sb_task_spawn(sb_loop_current(), name, fn, side);
    if (!side->task) {
        talloc_free(side);
        return NULL;
    }
    return side;
}

struct sb_run *sb_run_new(TALLOC_CTX *mem, struct sb_engine *engine,
                          const struct sb_agent *agent)
{
    struct sb_run *run = talloc_zero(mem, struct sb_run);

    run->mem = run;
    run->engine = engine;
    run->agent = agent;
    run->org = agent->business->org;
    run->lead_reason = run->queue = run->provider = "";
    run->client_name = run->client_email = run->client_phone = "";
    sb_uuid(run->holder);
    sb_buf_init(&run->tool_texts, run);
    return run;
}

void sb_token_hash(const char *token, const char *conversation_id, uint8_t out[32])
{
    char text[MAX_TOKEN + 64];

    if (strlen(token) >= GUESSABLE) {
        sb_sha256(token, strlen(token), out);
        return;
    }
    snprintf(text, sizeof(text), "conversation %s %s", conversation_id, token);
    sb_sha256(text, strlen(text), out);
}

/* ---- saying ---- */

/* A conversation that is begun twice with the same message by the same visitor is one:
 * its id follows from them. Without a client_id, or for a new visitor, it is random. */
static void new_conversation_id(const struct sb_turn_in *in, char id[37])
{
    static const char dash[] = {8, 13, 18, 23};
    char text[MAX_TOKEN + MAX_CLIENT_ID + 100], hex[65];
    uint8_t hash[32];
    size_t i, n = 0;

    if (!*in->client_id || strlen(in->speaker.visitor) < GUESSABLE) {
        sb_uuid(id);
        return;
    }
    snprintf(text, sizeof(text), "%s %s %s", in->agent->id, in->speaker.visitor,
             in->client_id);
    sb_sha256(text, strlen(text), hash);
    hash[6] = (uint8_t)((hash[6] & 0x0f) | 0x80); /* version 8: made our own way */
    hash[8] = (uint8_t)((hash[8] & 0x3f) | 0x80);
    sb_hex(hash, 16, hex);
    for (i = 0; i < 36; i++)
        id[i] = memchr(dash, (int)i, sizeof(dash)) ? '-' : hex[n++];
    id[36] = '\0';
}

static int admit(struct sb_engine *engine, const struct sb_turn_in *in,
                 struct sb_err *err)
{
    const struct sb_run *run;
    size_t len = strlen(in->message), waiting = 0;

    if (sb_text_is_blank(in->message))
        return sb_fail(err, SB_EINVAL, "the message is empty");
    if (len > MAX_MESSAGE)
        return sb_fail(err, SB_EINVAL, "the message is longer than %d bytes",
                       MAX_MESSAGE);
    if (!sb_utf8_valid(in->message, len))
        return sb_fail(err, SB_EINVAL, "the message is not valid UTF-8");
    if (strlen(in->speaker.visitor) > MAX_TOKEN)
        return sb_fail(err, SB_EINVAL, "the visitor's token is too long");
    if (strlen(in->client_id) > MAX_CLIENT_ID || *in->client_id == '~')
        return sb_fail(err, SB_EINVAL,
                       "client_id is at most %d bytes and does not begin "
                       "with '~'",
                       MAX_CLIENT_ID);
    if (*in->conversation_id && !sb_uuid_valid(in->conversation_id))
        return sb_fail(err, SB_ENOTFOUND, "there is no such conversation");
    for (run = engine->runs; run; run = run->next_run)
        waiting += *in->conversation_id && run->conv.id &&
                   strcmp(run->conv.id, in->conversation_id) == 0;
    if (waiting >= MAX_AT_ONCE)
        return sb_fail(err, SB_ELIMIT, "too many messages at once: wait for an answer");
    return 0;
}

static char *new_token(TALLOC_CTX *mem)
{
    char *token = talloc_size(mem, 40);
    uint8_t bytes[24];

    sb_random(bytes, sizeof(bytes));
    (void)sb_base64(bytes, sizeof(bytes), token, 40, true);
    return token;
}

/* Who the client said is speaking, kept with the message: a turn that is finished by
 * another worker needs it. */
static const char *words_extra(TALLOC_CTX *mem, const struct sb_speaker *who)
{
    json_t *extra;
    char *text;

    if (!*who->name && !*who->email && !*who->phone)
        return "";
    extra = json_pack("{s:{s:s, s:s, s:s, s:b}}", "user", "name", who->name, "email",
                      who->email, "phone", who->phone, "signed", (int)who->verified);
    text = extra ? sb_json_text(mem, extra, false) : NULL;
    json_decref(extra);
    return text ? text : "";
}

/* E-mail and phone as people are known by; "" when they cannot be read. */
static void verified_identity(struct sb_run *run, const struct sb_speaker *who,
                              struct sb_conv_words *words)
{
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;
    char *id;

    words->name = words->email = words->phone = "";
    if (!who->verified)
        return;
    run->hint.expected = true;
    sb_tokens_read(run, who->email, &tokens);
    sb_read_email(run, &tokens, &run->hint, &found);
    if (found.count)
        words->email = found.items[0].value;
    found.count = 0;
    sb_tokens_read(run, who->phone, &tokens);
    sb_read_phone(run, &tokens, &run->hint, &found);
    if (found.count)
        words->phone = found.items[0].value;
    run->hint.expected = false;
    words->name = who->name;
    id = talloc_size(run, 37);
    sb_uuid(id);
    words->person_id = id;
}

static int commit_words(struct sb_run *run, const struct sb_turn_in *in,
                        const char *visitor, struct sb_err *err)
{
    char id[37], visitor_id[37], own_key[40];
    uint8_t hash[32];
    struct sb_conv_words words = {.org = run->org,
                                  .agent = run->agent->id,
                                  .fresh = !*in->conversation_id,
                                  .channel = run->channel,
                                  .text = in->message,
                                  .holder = run->holder};

    if (words.fresh)
        new_conversation_id(in, id);
    else
        snprintf(id, sizeof(id), "%s", in->conversation_id);
    sb_uuid(visitor_id);
    own_key[0] = '~';
    sb_uuid(own_key + 1);
    sb_token_hash(visitor, id, hash);
    words.id = id;
    words.visitor_id = visitor_id;
    words.token_hash = hash;
    words.client_id = *in->client_id ? in->client_id : own_key;
    words.context = in->context ? sb_json_text(run, in->context, false) : "";
    words.metadata = in->metadata ? sb_json_text(run, in->metadata, false) : "";
    words.extra = words_extra(run, &in->speaker);
    verified_identity(run, &in->speaker, &words);
    return sb_conv_say(run->engine->db, run, &words, &run->conv, err);
}

static void tell_accepted(const struct sb_run *run, const char *visitor)
{
    char topic[64], payload[64];

    if (run->engine->events) {
        snprintf(topic, sizeof(topic), "conversation:%s", run->conv.id);
        snprintf(payload, sizeof(payload), "{\"seq\":%lld}", (long long)run->conv.seq);
        sb_events_publish(run->engine->events, topic, payload);
    }
    if (run->sink && run->sink->accepted)
        run->sink->accepted(run->sink->arg, run->conv.id, visitor, run->conv.seq);
}

/* Members that are never NULL, whoever fills in the rest. */
static void clear_out(struct sb_turn_out *out)
{
    memset(out, 0, sizeof(*out));
    out->conversation_id = out->visitor = out->response = "";
    out->intake.next = out->lead_id = out->lead_reason = out->provider = "";
}

int sb_engine_say(struct sb_engine *engine, TALLOC_CTX *mem,
                  const struct sb_turn_in *in, const struct sb_turn_sink *sink,
                  struct sb_turn_out *out, struct sb_err *err)
{
    struct sb_run *run;
    const char *visitor;
    int rc = admit(engine, in, err);

    if (rc)
        return rc;
    run = sb_run_new(mem, engine, in->agent);
    run->started_us = sb_clock_mono_us();
    run->now_ms = sb_clock_wall_ms();
    run->channel = in->channel;
    run->sink = sink;
    sb_hint_init(&run->hint, in->agent->business, run->now_ms);
    clear_out(out);
    visitor =
        *in->speaker.visitor ? talloc_strdup(run, in->speaker.visitor) : new_token(run);
    rc = commit_words(run, in, visitor, err);
    if (rc)
        return rc;
    if (!run->conv.exists)
        return sb_fail(err, SB_ENOTFOUND, "there is no such conversation");
    if (!run->conv.allowed)
        return sb_fail(err, SB_EAUTH, "this conversation belongs to another visitor");
    if (!run->conv.seq)
        return sb_fail(err, SB_EINTERNAL, "the message was not stored");
    tell_accepted(run, visitor);
    out->visitor = visitor;
    return sb_run_answer(run, out, err);
}

/* ---- greeting ---- */

int sb_engine_greeting(struct sb_engine *engine, TALLOC_CTX *mem,
                       const struct sb_agent *agent, const struct sb_speaker *speaker,
                       const char **text_r, struct sb_err *err)
{
    static const char preset[] = "Welcome to {business}. How can I help you?";
    const struct sb_template *tpl = agent->tpl;
    struct sb_run *run = sb_run_new(mem, engine, agent);
    struct sb_conv_words who;
    const char *name = "", *stored = "", *text = "";
    int64_t now = sb_clock_wall_ms();
    uint8_t hash[32];
    size_t count = 0;
    int rc;

    sb_hint_init(&run->hint, agent->business, now);
    verified_identity(run, speaker, &who);
    sb_token_hash(speaker->visitor, "", hash);
    if (strlen(speaker->visitor) >= GUESSABLE || *who.email || *who.phone) {
        rc = sb_conv_past_of(engine->db, run, agent->business->org, hash, who.email,
                             who.phone, &count, &stored, err);
        if (rc)
            return rc;
    }
    if (speaker->verified)
        name = *speaker->name ? speaker->name : stored;
    if (count)
        text = sb_template_phrase(tpl, "greeting.returning");
    if (!*text && sb_hours_open_at(agent->business, now) == 0)
        text = sb_template_phrase(tpl, "greeting.closed");
    if (!*text)
        text = sb_template_phrase(
            tpl, talloc_asprintf(run, "greeting.%s", sb_daypart(&run->hint.now)));
    if (!*text)
        text = sb_template_phrase(tpl, "greeting");
    name = talloc_strndup(run, name, strcspn(name, " "));
    *text_r = sb_template_fill(mem, *text ? text : preset,
                               sb_run_pairs(run, agent, now, name));
    talloc_free(run);
    return 0;
}

/* ---- history ---- */

int sb_engine_history(struct sb_engine *engine, TALLOC_CTX *mem,
                      const struct sb_agent *agent, const char *conversation_id,
                      const char *visitor, int64_t after,
                      struct sb_message **messages_r, size_t *count_r,
                      struct sb_err *err)
{
    struct sb_conv_stored *stored = NULL;
    struct sb_message *messages;
    uint8_t hash[32];
    size_t n = 0, i;
    int rc;

    if (!sb_uuid_valid(conversation_id))
        return sb_fail(err, SB_ENOTFOUND, "there is no such conversation");
    if (!*visitor || strlen(visitor) > MAX_TOKEN)
        return sb_fail(err, SB_EAUTH, "this conversation belongs to another visitor");
    sb_token_hash(visitor, conversation_id, hash);
    rc = sb_conv_history(engine->db, mem, agent ? agent->business->org : NULL,
                         agent ? agent->id : NULL, conversation_id, hash, after,
                         &stored, &n, err);
    if (rc)
        return rc;
    messages = sb_array(mem, struct sb_message, n + 1);
    for (i = 0; i < n; i++) {
        messages[i].seq = stored[i].seq;
        messages[i].role = stored[i].role;
        messages[i].text = stored[i].text;
        messages[i].at_ms = stored[i].at_ms;
        messages[i].client_id = stored[i].client_id;
        messages[i].sources = stored[i].sources;
        /* What the page sent about the person is not for showing. */
        messages[i].extra =
            strcmp(stored[i].role, "user") == 0 ? "{}" : stored[i].extra;
    }
    *messages_r = messages;
    *count_r = n;
    return 0;
}
