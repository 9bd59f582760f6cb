/* SPDX-License-Identifier: Apache-2.0
 *
 * Answering a message that is committed: whoever has the lease runs the turn, everybody
 * else waits for the answer and gives out the stored one.
 */
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/task.h"
#include "talk/run.h"
#include "talk/asking.h"

#define SEARCH_MS 4000
#define MODEL_MS 90000
#define WAIT_MS 150000 /* for another turn of the same conversation */

/* ---- preparing ---- */

static void take_extra(struct sb_run *run)
{
    json_t *extra = NULL;
    const json_t *user;

    if (sb_json_parse(run->conv.pending_extra, strlen(run->conv.pending_extra), &extra,
                      NULL))
        return;
    user = json_object_get(extra, "user");
    run->client_name = talloc_strdup(run, sb_json_str(user, "name"));
    run->client_email = talloc_strdup(run, sb_json_str(user, "email"));
    run->client_phone = talloc_strdup(run, sb_json_str(user, "phone"));
    run->client_signed = sb_json_flag(user, "signed", false);
    json_decref(extra);
}

static const char *all_said(struct sb_run *run)
{
    char *text = talloc_strdup(run, "");
    size_t i;

    for (i = 0; i < run->conv.history_count; i++)
        if (!run->conv.history[i].ours)
            text = talloc_asprintf_append(text, "%s\n", run->conv.history[i].text);
    return text;
}

static void prepare(struct sb_run *run)
{
    const struct sb_conv *conv = &run->conv;

    if (!run->channel)
        run->channel = conv->channel;
    run->message = conv->pending;
    run->said = all_said(run);
    run->escalated = conv->escalated;
    run->handed_over =
        strcmp(conv->status, "waiting") == 0 || strcmp(conv->status, "human") == 0;
    snprintf(run->lead_id, sizeof(run->lead_id), "%s", conv->lead_id);
    /* A second try, after the lease was lost: what went out cannot be taken back. */
    if (run->reply.out.len)
        run->sink = NULL;
    memset(&run->turn, 0, sizeof(run->turn));
    memset(&run->found, 0, sizeof(run->found));
    run->message_count = 0;
    run->steps = run->attempts = 0;
    run->failures[0] = run->tools[0] = '\0';
    run->ended = run->fatal = false;
    run->status = NULL;
    sb_reply_init(&run->reply, run);
    sb_intake_load(run, run->agent->tpl, conv->intake, conv->phase, &run->intake);
    run->intake.asking = sb_intake_asked_in(run, &run->intake, sb_run_last_reply(conv));
    take_extra(run);
    run->heard_count = sb_heard_read(run, run->message, &run->intake, &run->hint,
                                     run->heard, SB_RUN_HEARD, &run->only_facts);
    sb_run_take_client(run);
}

/* ---- the steps ---- */

/* A rule that matched pages a human and says its words before any model is asked. */
static int raise_alarm(struct sb_run *run, struct sb_err *err)
{
    bool page;
    int rc = 0;

    sb_run_fill_turn(run);
    sb_run_urgency(run);
    page = run->urgency.paged;
    run->urgency.paged = false;
    if (run->urgency.level > run->conv.urgency)
        run->conv.urgency = run->urgency.level;
    if (page || run->urgency.level >= 2)
        rc = sb_run_escalate(run, run->urgency.rule, "", run->urgency.level, page, err);
    if (rc)
        return rc;
    run->urgency.paged = page;
    if (*run->urgency.say)
        sb_reply_own(&run->reply, run->urgency.say);
    return 0;
}

static const char *question_before(const struct sb_run *run)
{
    size_t i = run->conv.history_count;

    while (i-- > 0)
        if (!run->conv.history[i].ours &&
            run->conv.history[i].seq <= run->conv.answered_seq)
            return run->conv.history[i].text;
    return "";
}

/* A search that fails is a receptionist who does not know: no reason to say nothing. */
static int look_up(struct sb_run *run, struct sb_err *err)
{
    int64_t began = sb_clock_mono_us(), deadline;
    struct sb_err why = {0};
    int rc;

    if (!run->engine->know || run->only_facts)
        return 0;
    deadline = sb_task_deadline_push(SEARCH_MS);
    rc = sb_know_search(run->engine->know, run, run->agent, run->message,
                        question_before(run), SB_RUN_PASSAGES, &run->found, &why);
    sb_task_deadline_pop(deadline);
    run->search_us = sb_clock_mono_us() - began;
    if (rc == SB_ECANCELED)
        return sb_fail(err, rc, "the turn was cancelled");
    if (rc) {
        memset(&run->found, 0, sizeof(run->found));
        snprintf(run->failures, sizeof(run->failures), "search: %.200s", why.msg);
        sb_log(SB_LOG_WARN, "talk", "the search failed", sb_str("why", why.msg));
    }
    return 0;
}

static int think(struct sb_run *run, struct sb_err *err)
{
    int64_t deadline = sb_task_deadline_push(MODEL_MS);
    int rc = sb_run_model(run, err);

    sb_task_deadline_pop(deadline);
    return rc;
}

/* The turn, its lease being ours. */
static int run_turn(struct sb_run *run, struct sb_turn_out *out, struct sb_err *err)
{
    int rc;

    prepare(run);
    if (strcmp(run->conv.status, "human") == 0) {
        /* A colleague answers; urgency still reaches whoever is on call. */
        run->sink = NULL;
        rc = raise_alarm(run, err);
        sb_reply_init(&run->reply, run);
        return rc ? rc : sb_run_commit(run, out, err);
    }
    rc = raise_alarm(run, err);
    if (rc == 0)
        rc = sb_run_save(run, err);
    if (rc == 0)
        rc = look_up(run, err);
    if (rc == 0)
        rc = think(run, err);
    if (rc == 0)
        rc = sb_run_commit(run, out, err);
    if (rc == 0)
        sb_run_after(run, out);
    return rc;
}

/* The lease goes back, so that whoever finishes the turn need not wait for its end. */
static void give_back(struct sb_run *run)
{
    struct sb_err ignored = {0};

    sb_task_shield_push();
    (void)sb_conv_release(run->engine->db, run->org, run->conv.id, run->holder,
                          &ignored);
    sb_task_shield_pop();
}

static int hold_and_run(struct sb_run *run, struct sb_turn_out *out, struct sb_err *err)
{
    int rc;

    run->holds = true;
    rc = run_turn(run, out, err);
    run->holds = false;
    if (rc && !run->lease_lost)
        give_back(run);
    return rc;
}

/* ---- waiting for somebody else ---- */

static int give_stored(struct sb_run *run, struct sb_turn_out *out, struct sb_err *err)
{
    struct sb_conv_stored stored;
    int rc = sb_conv_answered(run->engine->db, run, run->org, run->conv.id,
                              run->conv.seq, &stored, err);

    out->conversation_id = run->conv.id;
    out->seq_in = run->conv.seq;
    if (rc == SB_ENOTFOUND) {
        /* Answered without words: a human has it. */
        out->escalated = run->conv.escalated;
        out->handed_over = true;
        return 0;
    }
    if (rc)
        return rc;
    sb_run_stored(run, &stored, out);
    if (run->sink && run->sink->text && run->reply.out.len == 0)
        (void)run->sink->text(run->sink->arg, out->response, strlen(out->response));
    return 0;
}

static int answer_or_wait(struct sb_run *run, struct sb_turn_out *out,
                          struct sb_err *err)
{
    int64_t seq = run->conv.seq, give_up = sb_clock_mono_ms() + WAIT_MS, pause = 8;
    const char *id = run->conv.id;
    int rc;

    for (;;) {
        if (run->conv.answered_seq >= seq)
            return give_stored(run, out, err);
        if (run->conv.mine) {
            run->lease_lost = false;
            rc = hold_and_run(run, out, err);
            if (!run->lease_lost)
                return rc;
        }
        if (sb_clock_mono_ms() > give_up)
            return sb_fail(err, SB_ETIMEDOUT,
                           "an earlier message is still being answered");
        rc = sb_sleep(pause);
        if (rc)
            return sb_fail(err, rc, "the turn was cancelled");
        pause = pause < 200 ? pause * 2 : 250;
        rc = sb_conv_take(run->engine->db, run, run->org, id, seq, run->holder,
                          &run->conv, err);
        if (rc)
            return rc;
        if (!run->conv.exists)
            return sb_fail(err, SB_ENOTFOUND, "the conversation was deleted");
    }
}

int sb_run_answer(struct sb_run *run, struct sb_turn_out *out, struct sb_err *err)
{
    int rc;

    sb_run_enter(run);
    rc = answer_or_wait(run, out, err);
    sb_run_leave(run);
    return rc;
}
