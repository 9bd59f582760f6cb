/* SPDX-License-Identifier: Apache-2.0
 *
 * The verb `expect`: what has to be true of the last reply, of what was stored, and of
 * what was done.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/text.h"
#include "cli/scenario_impl.h"

int scenario_miss(struct scenario_play *play, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    play->why = talloc_vasprintf(play->mem, fmt, ap);
    va_end(ap);
    return SB_EINVAL;
}

/* ---- values ---- */

/* The words from `from` on, joined by blanks. */
static char *joined(TALLOC_CTX *mem, const struct scenario_step *step, size_t from)
{
    char *text = talloc_strdup(mem, "");
    size_t i;

    for (i = from; i < step->word_count; i++)
        text =
            talloc_asprintf_append(text, "%s%s", i > from ? " " : "", step->words[i]);
    return text;
}

/* "= 5", ">= 5", "< 0.4" or just "5". false: not of that form. */
static bool compare(const char *operator, double value, double wanted, bool *holds_r)
{
    if (strcmp(operator, "=") == 0)
        *holds_r = value == wanted;
    else if (strcmp(operator, ">=") == 0)
        *holds_r = value >= wanted;
    else if (strcmp(operator, "<=") == 0)
        *holds_r = value <= wanted;
    else if (strcmp(operator, ">") == 0)
        *holds_r = value > wanted;
    else if (strcmp(operator, "<") == 0)
        *holds_r = value < wanted;
    else
        return false;
    return true;
}

static int expect_number(struct scenario_play *play, const struct scenario_step *step,
                         size_t at, const char *what, double value)
{
    bool holds = false;

    if (step->word_count < at + 2 ||
        !compare(step->words[at], value, strtod(step->words[at + 1], NULL), &holds))
        return scenario_miss(play, "%s wants a comparison such as: %s >= 10", what,
                             what);
    return holds ? 0
                 : scenario_miss(play, "the %s is %g, not %s %s", what, value,
                                 step->words[at], step->words[at + 1]);
}

static int read_outcome(struct scenario_play *play, struct sb_err *err)
{
    int rc;

    if (play->has_outcome)
        return 0;
    if (!*play->person->conversation)
        return scenario_miss(play, "nothing has been said in this conversation");
    rc = sb_outcome_read(play->app->db, play->mem, play->agent->business->org,
                         play->person->conversation, &play->outcome, err);
    play->has_outcome = rc == 0;
    return rc;
}

/* ---- what can be expected ---- */

static int expect_reply(struct scenario_play *play, const struct scenario_step *step,
                        bool none)
{
    const struct scenario_pattern *p = &step->pattern;

    if (!play->reply)
        return scenario_miss(play, "nothing has been said yet");
    if (scenario_matches(play->mem, p, play->reply) != none)
        return 0;
    return scenario_miss(play, "the reply %s %s%s%s",
                         p->negated || none ? "should not have" : "lacks",
                         p->is_regex ? "/" : "\"", p->text, p->is_regex ? "/" : "\"");
}

static int expect_field(struct scenario_play *play, const struct scenario_step *step,
                        size_t at, bool none)
{
    json_t *intake = NULL;
    const json_t *field;
    const char *name, *value, *state, *wanted;
    int rc = 0;

    if (step->word_count < at + 2)
        return scenario_miss(play, "expect field NAME = VALUE, declined or empty");
    name = step->words[at];
    if (sb_json_parse(play->outcome.intake, strlen(play->outcome.intake), &intake,
                      NULL))
        return scenario_miss(play, "the stored intake cannot be read");
    field = json_object_get(json_object_get(intake, "fields"), name);
    value = sb_json_str(field, "value");
    state = sb_json_str(field, "state");
    if (strcmp(step->words[at + 1], "=") == 0) {
        wanted = joined(play->mem, step, at + 2);
        if ((strcmp(wanted, value) == 0) == none)
            rc = scenario_miss(play, "field %s is \"%s\", not \"%s\"", name, value,
                               wanted);
    } else if (strcmp(step->words[at + 1], "has") == 0) {
        wanted = joined(play->mem, step, at + 2);
        if ((strstr(sb_text_fold(play->mem, value), sb_text_fold(play->mem, wanted)) !=
             NULL) == none)
            rc = scenario_miss(play, "field %s is \"%s\", without \"%s\"", name, value,
                               wanted);
    } else {
        wanted = step->words[at + 1];
        if (strcmp(*state ? state : "empty", wanted) != 0)
            rc = scenario_miss(play, "field %s is %s (\"%s\"), not %s", name,
                               *state ? state : "empty", value, wanted);
    }
    json_decref(intake);
    return rc;
}

static int expect_lead_detail(struct scenario_play *play,
                              const struct scenario_step *step, size_t at)
{
    const struct sb_outcome *o = &play->outcome;
    const char *word = step->words[at];

    if (strcmp(word, "complete") == 0)
        return o->lead_complete ? 0 : scenario_miss(play, "the lead is not complete");
    if (strcmp(word, "open") == 0)
        return o->lead_complete ? scenario_miss(play, "the lead is complete") : 0;
    if (strcmp(word, "qualified") == 0)
        return o->lead_qualified ? 0 : scenario_miss(play, "the lead is not qualified");
    if (strcmp(word, "unqualified") == 0)
        return o->lead_qualified ? scenario_miss(play, "the lead is qualified") : 0;
    if (strcmp(word, "score") == 0)
        return expect_number(play, step, at + 1, "score", o->lead_score);
    if (strcmp(word, "queue") == 0)
        return strcmp(o->lead_queue, joined(play->mem, step, at + 1)) == 0
                   ? 0
                   : scenario_miss(play, "the lead's queue is \"%s\"", o->lead_queue);
    if (strcmp(word, "message") == 0)
        return strstr(sb_text_fold(play->mem, o->lead_message),
                      sb_text_fold(play->mem, joined(play->mem, step, at + 1)))
                   ? 0
                   : scenario_miss(play, "the lead's message is \"%s\"",
                                   o->lead_message);
    return scenario_miss(play, "expect lead: complete, open, qualified, unqualified, "
                               "score, queue or message");
}

static int expect_lead(struct scenario_play *play, const struct scenario_step *step,
                       size_t at, bool none)
{
    if (play->outcome.has_lead == none)
        return scenario_miss(play, none ? "there is a lead" : "there is no lead");
    return none || step->word_count <= at ? 0 : expect_lead_detail(play, step, at);
}

static int expect_escalation(struct scenario_play *play,
                             const struct scenario_step *step, size_t at, bool none)
{
    const char *all = play->outcome.escalations;
    const char *rule = step->word_count > at
                           ? talloc_asprintf(play->mem, " %s ", step->words[at])
                           : " ";
    bool found = *all && strstr(all, rule);

    if (found != none)
        return 0;
    return *all ? scenario_miss(play, "there were escalations:%s", all)
                : scenario_miss(play, "there was no escalation");
}

static int expect_source(struct scenario_play *play, const struct scenario_step *step,
                         bool none)
{
    char *all = talloc_strdup(play->mem, "");
    size_t i;

    for (i = 0; i < play->out.source_count; i++) {
        const struct sb_source *s = &play->out.sources[i];
        char *both = talloc_asprintf(play->mem, "%s %s", s->title, s->url);

        all = talloc_asprintf_append(all, " [%s]", both);
        if (!step->pattern.text || scenario_matches(play->mem, &step->pattern, both))
            return none ? scenario_miss(play, "the sources are%s", all) : 0;
    }
    if (none)
        return 0;
    return *all ? scenario_miss(play, "the sources are%s", all)
                : scenario_miss(play, "no source was given");
}

static int expect_intake(struct scenario_play *play, const struct scenario_step *step,
                         size_t at)
{
    static const char *const phases[] = {"none", "collecting", "readback", "complete"};
    const char *phase = phases[play->outcome.phase & 3];

    if (step->word_count <= at)
        return scenario_miss(play,
                             "expect intake: none, collecting, readback, complete, "
                             "next FIELD or progress >= N");
    if (strcmp(step->words[at], "next") == 0 && step->word_count > at + 1)
        return strcmp(play->out.intake.next, step->words[at + 1]) == 0
                   ? 0
                   : scenario_miss(play, "the next field is \"%s\"",
                                   play->out.intake.next);
    if (strcmp(step->words[at], "progress") == 0)
        return expect_number(play, step, at + 1, "progress", play->out.intake.progress);
    return strcmp(step->words[at], phase) == 0
               ? 0
               : scenario_miss(play, "the intake is %s", phase);
}

static int expect_word(struct scenario_play *play, const char *what, const char *all,
                       const char *wanted, bool none)
{
    char *spaced = talloc_asprintf(play->mem, " %s ", all);
    bool found = strstr(spaced, talloc_asprintf(play->mem, " %s ", wanted)) != NULL;

    return found != none ? 0
                         : scenario_miss(play, "%s: \"%s\"%s \"%s\"", what, all,
                                         none ? " has" : " lacks", wanted);
}

int scenario_expect(struct scenario_play *play, const struct scenario_step *step,
                    struct sb_err *err)
{
    bool none = strcmp(step->words[0], "no") == 0;
    size_t at = none ? 2 : 1;
    const char *subject = step->words[none];
    const char *rest = step->word_count > at ? step->words[at] : "";
    int rc;

    if (strcmp(subject, "reply") == 0)
        return expect_reply(play, step, none);
    rc = read_outcome(play, err);
    if (rc)
        return rc;
    if (strcmp(subject, "field") == 0)
        return expect_field(play, step, at, none);
    if (strcmp(subject, "lead") == 0)
        return expect_lead(play, step, at, none);
    if (strcmp(subject, "escalation") == 0)
        return expect_escalation(play, step, at, none);
    if (strcmp(subject, "source") == 0)
        return expect_source(play, step, none);
    if (strcmp(subject, "intake") == 0)
        return expect_intake(play, step, at);
    if (strcmp(subject, "handed_over") == 0)
        return play->out.handed_over != none
                   ? 0
                   : scenario_miss(play, none ? "it was handed over"
                                              : "it was not handed over");
    if (strcmp(subject, "confidence") == 0)
        return expect_number(play, step, at, "confidence", play->out.confidence);
    if (strcmp(subject, "provider") == 0)
        return expect_word(play, "provider", play->outcome.provider, rest, none);
    if (strcmp(subject, "status") == 0)
        return expect_word(play, "status", play->outcome.status, rest, none);
    return expect_word(play, "tools", play->outcome.tools, rest, none);
}
