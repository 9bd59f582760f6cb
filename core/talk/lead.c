/* SPDX-License-Identifier: Apache-2.0
 *
 * From intake to lead. A lead is there from the first contact field on, so that a
 * person who leaves in the middle is not lost; each change scores it anew.
 */
#include "store/lead.h"
#include <string.h>
#include "base/crypto.h"
#include "base/text.h"
#include "talk/run.h"
#include "talk/score.h"

static bool worth_a_lead(const struct sb_run *run)
{
    const struct sb_intake *in = &run->intake;

    return *run->lead_id || *sb_intake_by_kind(in, SB_FIELD_PHONE) ||
           *sb_intake_by_kind(in, SB_FIELD_EMAIL) ||
           *sb_intake_by_kind(in, SB_FIELD_NAME) || in->phase == SB_INTAKE_COMPLETE;
}

static void score_lead(struct sb_run *run, struct sb_lead_row *lead)
{
    const struct sb_vertical_ops *hooks = run->agent->hooks;
    struct sb_vertical_case vcase;
    char text[200] = "", queue[64] = "";
    int points;

    sb_run_case(run, &vcase);
    lead->score = sb_score_lead(run->mem, run->agent->tpl, &run->intake, run->said,
                                run->conv.urgency, &lead->score_reason);
    if (hooks && hooks->score) {
        points = hooks->score(run->agent->hooks_state, &vcase, text, sizeof(text));
        lead->score =
            sb_score_add(run->mem, lead->score, points, text, &lead->score_reason);
    }
    lead->qualified = true;
    lead->qualify_reason = lead->queue = "";
    if (hooks && hooks->qualify) {
        text[0] = '\0';
        lead->qualified =
            hooks->qualify(run->agent->hooks_state, &vcase, text, sizeof(text)) != 0;
        lead->qualify_reason = talloc_strdup(run->mem, text);
    }
    if (hooks && hooks->route &&
        hooks->route(run->agent->hooks_state, &vcase, queue, sizeof(queue)) == 0)
        lead->queue = talloc_strdup(run->mem, queue);
    run->lead_score = lead->score;
    run->lead_reason = lead->score_reason;
    run->queue = lead->queue;
}

static void fill_lead(struct sb_run *run, struct sb_lead_row *lead)
{
    struct sb_intake *in = &run->intake;
    char *id = talloc_size(run->mem, 37);

    sb_uuid(id);
    *lead = (struct sb_lead_row){.id = id,
                                 .name = sb_intake_by_kind(in, SB_FIELD_NAME),
                                 .email = sb_intake_by_kind(in, SB_FIELD_EMAIL),
                                 .phone = sb_intake_by_kind(in, SB_FIELD_PHONE),
                                 .reason = in->reason,
                                 .message = in->message,
                                 .fields = sb_intake_values(run->mem, in),
                                 .complete = in->phase == SB_INTAKE_COMPLETE};
    score_lead(run, lead);
}

int sb_run_save(struct sb_run *run, struct sb_err *err)
{
    struct sb_lead_row lead;
    struct sb_lead_step step = {.org = run->org,
                                .conversation = run->conv.id,
                                .agent = run->agent->id,
                                .holder = run->holder,
                                .seq_in = run->conv.seq,
                                .phase = run->intake.phase,
                                .journal = run->intake.journal,
                                .journal_count = run->intake.journal_count};
    bool fresh = !*run->lead_id;
    int rc;

    if (!run->intake.dirty)
        return 0;
    step.intake = sb_intake_snapshot(run->mem, &run->intake);
    if (worth_a_lead(run)) {
        fill_lead(run, &lead);
        step.lead = &lead;
    }
    rc = sb_lead_save(run->engine->db, run->mem, &step, run->lead_id, err);
    if (rc) {
        run->lease_lost = rc == SB_ECONFLICT;
        return rc;
    }
    if (fresh && *run->lead_id)
        sb_engine_count(run->engine, run->agent, &run->hint.now, "leads", 1);
    run->intake.dirty = false;
    run->intake.journal = NULL;
    run->intake.journal_count = 0;
    return 0;
}

/* ---- what the client sent along ---- */

static void take_one(struct sb_run *run, int kind, const char *value)
{
    struct sb_intake_field *field = NULL;
    const char *normal, *spoken;
    size_t i;

    for (i = 0; i < run->intake.count && !field; i++)
        if ((int)run->intake.fields[i].tpl->kind == kind)
            field = &run->intake.fields[i];
    /* What the person said themselves beats what a page sent along. */
    if (!*value || !field || field->state != SB_FIELD_EMPTY)
        return;
    if (sb_heard_check(run->mem, field, value, "", &run->hint, &normal, &spoken, NULL))
        return;
    sb_intake_set(&run->intake, field, normal, spoken, "",
                  run->client_signed ? "signed" : "client");
}

void sb_run_take_client(struct sb_run *run)
{
    take_one(run, SB_FIELD_NAME, run->client_name);
    take_one(run, SB_FIELD_EMAIL, run->client_email);
    take_one(run, SB_FIELD_PHONE, run->client_phone);
}

/* ---- remembering ---- */

static const char *first_words(const struct sb_run *run)
{
    size_t i;

    for (i = 0; i < run->conv.history_count; i++)
        if (!run->conv.history[i].ours && strlen(run->conv.history[i].text) > 12)
            return run->conv.history[i].text;
    return run->message;
}

/* Made of what is stored anyway: it needs no model and is never wrong. The beginning
 * stays as it is, what came of it is appended. */
char *sb_run_summary(const struct sb_run *run)
{
    const struct sb_intake *in = &run->intake;
    const char *first = first_words(run), *was = run->conv.summary, *cut;
    char *text, *topic;
    size_t i, n = 0;

    /* Up to the end of the quotation: the rest is made anew. */
    cut = *was == 'A' ? strstr(was, "\".") : NULL;
    if (cut) {
        text = talloc_strndup(run->mem, was, (size_t)(cut - was) + 2);
    } else {
        topic = sb_utf8_clean(run->mem, first, strlen(first), 120);
        for (i = 0; topic[i]; i++)
            if (topic[i] == '\n' || topic[i] == '"')
                topic[i] = ' ';
        text = talloc_asprintf(run->mem, "Asked: \"%s\".", topic);
    }
    for (i = 0; i < in->count && n < 6; i++) {
        const struct sb_intake_field *f = &in->fields[i];

        if (!*f->value || f->tpl->kind == SB_FIELD_PHONE ||
            f->tpl->kind == SB_FIELD_EMAIL || f->tpl->kind == SB_FIELD_NAME ||
            f->tpl->kind == SB_FIELD_ADDRESS)
            continue;
        text = talloc_asprintf_append(text, "%s%s: %.80s", n++ ? "; " : " Gave ",
                                      f->tpl->label, f->spoken);
    }
    if (n)
        text = talloc_strdup_append(text, ".");
    if (in->phase == SB_INTAKE_COMPLETE)
        text = talloc_strdup_append(text, in->message_only
                                              ? " Left a message."
                                              : " The request was passed on.");
    if (run->handed_over)
        text = talloc_strdup_append(text, " Asked for a person.");
    return text;
}
