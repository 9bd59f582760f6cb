/* SPDX-License-Identifier: Apache-2.0
 *
 * Fills the structured turn that every model gets, whatever it makes of it.
 */
#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "base/text.h"
#include "base/holiday.h"
#include "talk/dates.h"
#include "talk/run.h"

static const char *const WEEKDAYS[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

const char *sb_daypart(const struct sb_local *now)
{
    return now->hour < 12 ? "morning" : now->hour < 17 ? "afternoon" : "evening";
}

static char *now_spoken(TALLOC_CTX *mem, const struct sb_local *now)
{
    return talloc_asprintf(mem, "%s %d %s, %s", WEEKDAYS[now->weekday % 7], now->day,
                           MONTHS[(now->month + 11) % 12],
                           sb_clock_spoken(mem, now->hour * 60 + now->minute));
}

/* The public holiday on which nobody told us whether the business keeps its hours, or
 * 0. */
static int unsure_holiday(const struct sb_business *business,
                          const struct sb_local *now)
{
    const char *holiday = NULL;
    const struct sb_hours_day *day =
        sb_hours_on(business, now->year, now->month, now->day, &holiday);
    int feast = sb_holiday_on(now->year, now->month, now->day);

    return !holiday && day && day->known && day->count && sb_holiday_is_kept(feast)
               ? feast
               : 0;
}

static char *hours_today(TALLOC_CTX *mem, const struct sb_business *business,
                         const struct sb_local *now)
{
    const char *holiday = NULL, *spoken;
    const struct sb_hours_day *day =
        sb_hours_on(business, now->year, now->month, now->day, &holiday);
    int feast = unsure_holiday(business, now);

    spoken = day ? sb_hours_spoken(mem, day) : "";
    if (!*spoken)
        return talloc_strdup(mem, "");
    if (feast)
        return talloc_asprintf(mem, SB_HOLIDAY_UNSURE, "Today", sb_holiday_name(feast));
    if (strcmp(spoken, "closed") == 0)
        return holiday ? talloc_asprintf(mem, "Today we are closed for %s", holiday)
                       : talloc_strdup(mem, "Today we are closed");
    return holiday ? talloc_asprintf(mem, "Today, %s, we are open %s", holiday, spoken)
                   : talloc_asprintf(mem, "Today we are open %s", spoken);
}

const char *const *sb_run_pairs(TALLOC_CTX *mem, const struct sb_agent *agent,
                                int64_t wall_ms, const char *person_name)
{
    const struct sb_business *b = agent->business;
    const char **pairs = sb_array(mem, const char *, 24);
    struct sb_local now = {.year = 1970, .month = 1, .day = 1};
    size_t n = 0;

    if (b->zone)
        sb_zone_local(b->zone, wall_ms, &now);
    pairs[n++] = "business";
    pairs[n++] = or_empty(b->name);
    pairs[n++] = "agent";
    pairs[n++] = or_empty(agent->name);
    pairs[n++] = "name";
    pairs[n++] = or_empty(person_name);
    pairs[n++] = "phone";
    pairs[n++] = or_empty(b->phone);
    pairs[n++] = "email";
    pairs[n++] = or_empty(b->email);
    pairs[n++] = "website";
    pairs[n++] = or_empty(b->website);
    pairs[n++] = "address";
    pairs[n++] = or_empty(b->address);
    pairs[n++] = "daypart";
    pairs[n++] = sb_daypart(&now);
    pairs[n++] = "hours_today";
    pairs[n++] = hours_today(mem, b, &now);
    pairs[n++] = "next_open";
    pairs[n++] = or_empty(sb_hours_next_open(mem, b, wall_ms));
    pairs[n++] = "now";
    pairs[n++] = now_spoken(mem, &now);
    return pairs;
}

/* The first word of a name: how one is addressed. */
const char *sb_run_person_name(const struct sb_run *run)
{
    const char *name = sb_intake_by_kind(&run->intake, SB_FIELD_NAME);

    return *name ? name : or_empty(run->client_name);
}

static const char *first_name(TALLOC_CTX *mem, const char *name)
{
    return talloc_strndup(mem, name, strcspn(name, " "));
}

static const char *fill(TALLOC_CTX *mem, const char *text, const char *const *pairs)
{
    return strpbrk(text, "{[") ? sb_template_fill(mem, text, pairs) : text;
}

const char *sb_run_phrase(const struct sb_run *run, const char *name,
                          const char *preset)
{
    const char *text = sb_template_phrase(run->agent->tpl, name);

    return fill(run->mem, *text ? text : preset,
                sb_run_pairs(run->mem, run->agent, run->now_ms,
                             first_name(run->mem, sb_run_person_name(run))));
}

static void fill_business(struct sb_run *run, struct sb_turn *t)
{
    const struct sb_business *b = run->agent->business;
    char *now = talloc_size(run->mem, 40);

    t->business = or_empty(b->name);
    t->vertical = or_empty(run->agent->vertical);
    t->agent = or_empty(run->agent->name);
    t->phone = or_empty(b->phone);
    t->address = or_empty(b->address);
    t->email = or_empty(b->email);
    t->website = or_empty(b->website);
    t->timezone = or_empty(b->timezone);
    now[0] = '\0';
    if (b->zone)
        sb_zone_format(b->zone, run->now_ms, now);
    t->now = now;
    t->now_spoken = now_spoken(run->mem, &run->hint.now);
    t->daypart = sb_daypart(&run->hint.now);
    t->open_now =
        unsure_holiday(b, &run->hint.now) ? -1 : sb_hours_open_at(b, run->now_ms);
    t->hours_today = hours_today(run->mem, b, &run->hint.now);
    t->hours_week = or_empty(sb_hours_week(run->mem, b));
    t->next_open = or_empty(sb_hours_next_open(run->mem, b, run->now_ms));
}

static void fill_template(struct sb_run *run, struct sb_turn *t)
{
    const struct sb_template *tpl = run->agent->tpl;
    const char *const *pairs;
    const struct sb_template_rule *rule;
    const char **topics = sb_array(run->mem, const char *, tpl->out_of_scope_count + 1);
    struct sb_phrase *phrases =
        sb_array(run->mem, struct sb_phrase, tpl->phrase_count + 1);
    const char *folded = sb_text_fold(run->mem, run->message);
    size_t i;

    pairs = sb_run_pairs(run->mem, run->agent, run->now_ms,
                         first_name(run->mem, sb_run_person_name(run)));
    for (i = 0; i < tpl->phrase_count; i++) {
        phrases[i].name = tpl->phrases[i].name;
        phrases[i].text = fill(run->mem, tpl->phrases[i].text, pairs);
    }
    t->phrases = phrases;
    t->phrase_count = tpl->phrase_count;
    for (i = 0; i < tpl->out_of_scope_count; i++)
        topics[i] = tpl->out_of_scope[i].name;
    t->out_of_scope = topics;
    t->compliance = tpl->compliance;
    t->synonyms = tpl->synonyms;
    t->intake_when = tpl->intake_when;
    t->refuse = "";
    rule = sb_template_match(tpl->out_of_scope, tpl->out_of_scope_count, folded);
    if (rule)
        t->refuse =
            fill(run->mem,
                 rule->say && *rule->say ? rule->say
                                         : sb_template_phrase(tpl, "out_of_scope"),
                 pairs);
}

/* The intake's fields as models see them: those that cannot apply are left out. */
static void fill_fields(struct sb_run *run, struct sb_turn *t)
{
    struct sb_field *fields =
        sb_array(run->mem, struct sb_field, run->intake.count + 1);
    const struct sb_intake_field *f, *next = sb_intake_next(&run->intake);
    size_t i, n = 0;

    for (i = 0; i < run->intake.count; i++) {
        f = &run->intake.fields[i];
        if (sb_intake_applies(&run->intake, f) == SB_APPLIES_NO)
            continue;
        fields[n++] = (struct sb_field){
            .name = f->tpl->name,
            .label = or_empty(f->tpl->label),
            .kind = (int)f->tpl->kind,
            .required = f->tpl->required,
            .ask = or_empty(f->tpl->ask),
            .retry = or_empty(f->tpl->retry),
            .choices = f->tpl->kind == SB_FIELD_CHOICE ? f->tpl->choices : NULL,
            .state = f->state,
            .value = f->value,
            .spoken = f->spoken,
            .asked = f->asked};
    }
    t->fields = fields;
    t->field_count = n;
    t->intake_phase = run->intake.phase;
    t->next_field = next ? next->tpl->name : "";
}

const char *sb_run_last_reply(const struct sb_conv *conv)
{
    size_t i = conv->history_count;

    while (i > 0)
        if (conv->history[--i].ours)
            return conv->history[i].text;
    return "";
}

void sb_run_fill_turn(struct sb_run *run)
{
    struct sb_turn *t = &run->turn;
    bool first = t->size == 0;

    if (first) {
        t->size = sizeof(*t);
        t->channel = run->channel;
        t->message = run->message;
        t->number = run->conv.turns + 1;
        fill_business(run, t);
        fill_template(run, t);
        t->memories = sb_run_memories(run->mem, &run->conv, &run->hint.now,
                                      run->agent->business->zone, &t->memory_count);
        t->returning = t->memory_count > 0;
        t->last_reply = sb_run_last_reply(&run->conv);
    }
    fill_fields(run, t);
    t->person_name = sb_run_person_name(run);
    t->passages = run->found.passages;
    t->passage_count = run->found.count;
    t->answerable = run->found.answerable;
    t->heard = run->heard;
    t->heard_count = run->heard_count;
    t->urgency = run->urgency;
    t->handed_over = run->handed_over;
}
