/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of a turn: the answer is committed with who made it, what it rests on and
 * what went wrong on the way; then come the things that may fail without harm.
 */
#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/events.h"
#include "talk/run.h"

static void fill_intake(const struct sb_run *run, struct sb_turn_out *out)
{

    sb_intake_progress(&run->intake, &out->intake.progress, &out->intake.total);
    out->intake.complete = run->intake.phase == SB_INTAKE_COMPLETE;
    out->intake.next = "";
}

/* All that a client shows besides the text; also what a repeated message is answered
 * with. */
static char *extra_text(TALLOC_CTX *mem, const struct sb_turn_out *out)
{
    json_t *extra =
        json_pack("{s:{s:i, s:i, s:b, s:s}, s:b, s:b, s:f, s:s}", "intake", "progress",
                  out->intake.progress, "total", out->intake.total, "complete",
                  (int)out->intake.complete, "next", out->intake.next, "escalated",
                  (int)out->escalated, "handed_over", (int)out->handed_over,
                  "confidence", out->confidence, "provider", out->provider);
    char *text;

    if (*out->lead_id)
        json_object_set_new(extra, "lead",
                            json_pack("{s:s, s:i, s:s}", "id", out->lead_id, "score",
                                      out->lead_score, "reason", out->lead_reason));
    text = sb_json_text(mem, extra, false);
    json_decref(extra);
    return text;
}

static double confidence_of(const struct sb_run *run)
{
    if (run->reply.refused)
        return 0.2;
    if (run->reply.confidence >= 0)
        return run->reply.confidence;
    if (run->reply.cited_count)
        return run->found.best;
    return run->found.answerable ? 0.6 : 0.4;
}

static void fill_out(struct sb_run *run, struct sb_turn_out *out)
{
    out->conversation_id = run->conv.id;
    out->seq_in = run->conv.seq;
    out->response = sb_buf_str(&run->reply.out);
    fill_intake(run, out);
    out->lead_id = run->lead_id;
    out->lead_score = run->lead_score;
    out->lead_reason = run->lead_reason;
    out->escalated = run->escalated;
    out->handed_over = run->handed_over;
    out->confidence = confidence_of(run);
    out->provider = run->provider;
}

static const char *status_of(const struct sb_run *run)
{
    if (run->status)
        return run->status;
    if (run->ended && run->intake.phase != SB_INTAKE_COLLECTING &&
        run->intake.phase != SB_INTAKE_READBACK)
        return "ended";
    return run->conv.status;
}

int sb_run_commit(struct sb_run *run, struct sb_turn_out *out, struct sb_err *err)
{
    struct sb_conv_reply reply = {.org = run->org,
                                  .id = run->conv.id,
                                  .agent = run->agent->id,
                                  .holder = run->holder,
                                  .seq_in = run->conv.seq,
                                  .silent = strcmp(run->conv.status, "human") == 0};
    const struct sb_reply *r = &run->reply;
    const struct sb_intake_field *asked;
    int64_t seq = 0;
    int rc;

    fill_out(run, out);
    asked = sb_intake_asked(&run->intake, out->response);
    out->intake.next = asked ? asked->tpl->name : "";
    reply.text = out->response;
    reply.sources = sb_reply_sources(r, out);
    reply.extra = extra_text(run->mem, out);
    reply.intake = sb_intake_snapshot(run->mem, &run->intake);
    reply.status = status_of(run);
    reply.summary = sb_run_summary(run);
    reply.phase = run->intake.phase;
    reply.urgency = run->conv.urgency;
    reply.escalated = run->escalated;
    reply.provider = out->provider;
    reply.model = r->model;
    reply.failures = run->failures;
    reply.tools = run->tools;
    reply.input_tokens = r->usage.input_tokens;
    reply.output_tokens = r->usage.output_tokens;
    reply.cached_tokens = r->usage.cached_tokens;
    reply.cost = r->usage.cost;
    reply.confidence = out->confidence;
    reply.steps = run->steps;
    reply.attempts = run->attempts;
    reply.search_us = run->search_us;
    reply.first_text_us = r->first_us;
    reply.llm_us = run->llm_us;
    reply.total_us = sb_clock_mono_us() - run->started_us;
    reply.refused = r->refused;
    reply.recovered = run->recovered;
    rc = sb_conv_answer(run->engine->db, run->mem, &reply, &seq, err);
    if (rc == 0)
        out->seq_out = seq;
    run->lease_lost = rc == SB_ECONFLICT;
    return rc;
}

/* ---- an answer that was given before ---- */

static void read_sources(TALLOC_CTX *mem, const char *text, struct sb_turn_out *out)
{
    struct sb_source *sources;
    json_t *list = NULL;
    size_t i;

    if (sb_json_parse(text, strlen(text), &list, NULL))
        return;
    sources = sb_array(mem, struct sb_source, json_array_size(list) + 1);
    for (i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);

        sources[i].title = talloc_strdup(mem, sb_json_str(one, "title"));
        sources[i].url = talloc_strdup(mem, sb_json_str(one, "url"));
        sources[i].score = sb_json_num(one, "score", 0);
    }
    out->sources = sources;
    out->source_count = json_array_size(list);
    json_decref(list);
}

void sb_run_stored(TALLOC_CTX *mem, const struct sb_conv_stored *stored,
                   struct sb_turn_out *out)
{
    json_t *extra = NULL;
    const json_t *intake, *lead;

    out->seq_out = stored->seq;
    out->response = stored->text;
    read_sources(mem, stored->sources, out);
    (void)sb_json_parse(stored->extra, strlen(stored->extra), &extra, NULL);
    intake = json_object_get(extra, "intake");
    lead = json_object_get(extra, "lead");
    out->intake.progress = (int)sb_json_i64(intake, "progress", 0);
    out->intake.total = (int)sb_json_i64(intake, "total", 0);
    out->intake.complete = sb_json_flag(intake, "complete", false);
    out->intake.next = talloc_strdup(mem, sb_json_str(intake, "next"));
    out->lead_id = talloc_strdup(mem, sb_json_str(lead, "id"));
    out->lead_score = (int)sb_json_i64(lead, "score", 0);
    out->lead_reason = talloc_strdup(mem, sb_json_str(lead, "reason"));
    out->escalated = sb_json_flag(extra, "escalated", false);
    out->handed_over = sb_json_flag(extra, "handed_over", false);
    out->confidence = sb_json_num(extra, "confidence", 0);
    out->provider = talloc_strdup(mem, sb_json_str(extra, "provider"));
    json_decref(extra);
}

/* ---- afterwards ---- */

/* A question that our knowledge did not answer, asked in earnest. */
static bool is_gap(const struct sb_run *run, const struct sb_turn_out *out)
{
    return !run->found.answerable && out->source_count == 0 && !run->only_facts &&
           !*run->turn.refuse && run->urgency.level < 2 && strlen(run->message) > 8 &&
           sb_heard_is_question(run->mem, run->message);
}

void sb_run_after(struct sb_run *run, const struct sb_turn_out *out)
{
    struct sb_engine *engine = run->engine;
    struct sb_err err = {0};
    char topic[64], payload[64];

    if (engine->events) {
        snprintf(topic, sizeof(topic), "conversation:%s", run->conv.id);
        snprintf(payload, sizeof(payload), "{\"seq\":%lld}", (long long)out->seq_out);
        sb_events_publish(engine->events, topic, payload);
    }
    sb_count("switchboard_turns_total", 1);
    sb_observe_ms("switchboard_turn_ms",
                  (double)(sb_clock_mono_us() - run->started_us) / 1000.0);
    sb_engine_count(engine, run->agent, &run->hint.now, "turns", 1);
    if (run->conv.turns == 0)
        sb_engine_count(engine, run->agent, &run->hint.now, "conversations", 1);
    if (run->reply.refused) {
        sb_engine_count(engine, run->agent, &run->hint.now, "refused_replies", 1);
        sb_log(SB_LOG_WARN, "talk", "a reply stated a number that no source has",
               sb_str("provider", run->provider), sb_str("conversation", run->conv.id));
    }
    if (is_gap(run, out) && engine->know &&
        sb_know_gap(engine->know, run->agent, run->message, run->conv.id, &err))
        sb_log(SB_LOG_WARN, "talk", "a gap could not be recorded",
               sb_str("why", err.msg));
}
