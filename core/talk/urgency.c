/* SPDX-License-Identifier: Apache-2.0
 *
 * Urgency by rules, before any model: the template's, then the vertical's own, which
 * can only raise it.
 */
#include <string.h>
#include "base/text.h"
#include "talk/run.h"

static const char *case_field(const struct sb_vertical_case *vcase, const char *name)
{
    const struct sb_run *run = vcase->arg;

    return sb_intake_value(&run->intake, name);
}

void sb_run_case(struct sb_run *run, struct sb_vertical_case *vcase)
{
    *vcase = (struct sb_vertical_case){
        .size = sizeof(*vcase), .turn = &run->turn, .field = case_field, .arg = run};
}

static bool ask_vertical(struct sb_run *run)
{
    const struct sb_vertical_ops *hooks = run->agent->hooks;
    struct sb_vertical_case vcase;
    char rule[80] = "", say[400] = "";
    int level;

    if (!hooks || !hooks->urgency)
        return false;
    sb_run_case(run, &vcase);
    level = hooks->urgency(run->agent->hooks_state, &vcase, rule, sizeof(rule), say,
                           sizeof(say));
    if (level <= run->urgency.level || level > 3)
        return false;
    run->urgency.level = level;
    run->urgency.rule = talloc_strdup(run->mem, *rule ? rule : run->agent->vertical);
    run->urgency.say = sb_template_fill(
        run->mem, say,
        sb_run_pairs(run->mem, run->agent, run->now_ms, sb_run_person_name(run)));
    return level >= 2;
}

void sb_run_urgency(struct sb_run *run)
{
    const struct sb_template *tpl = run->agent->tpl;
    const struct sb_template_rule *rule;
    const char *const *pairs;
    bool page = false;

    run->urgency = (struct sb_urgency){.rule = "", .say = ""};
    rule = sb_template_match(tpl->urgency, tpl->urgency_count,
                             sb_text_fold(run->mem, run->message));
    if (rule) {
        pairs =
            sb_run_pairs(run->mem, run->agent, run->now_ms, sb_run_person_name(run));
        run->urgency.level = rule->level;
        run->urgency.rule = rule->name;
        run->urgency.say =
            rule->say && *rule->say ? sb_template_fill(run->mem, rule->say, pairs) : "";
        page = rule->page;
    }
    if (ask_vertical(run))
        page = true;
    /* Set by sb_run_escalate() once it is recorded. */
    run->urgency.paged = page;
}
