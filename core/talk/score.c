/* SPDX-License-Identifier: Apache-2.0
 *
 * The template's table over the fields, the words and the urgency of one conversation.
 */
#include "talk/score.h"

#include <string.h>
#include "base/text.h"

static bool row_holds(const struct sb_template_score *row,
                      const struct sb_intake *intake, const char *folded, int urgency)
{
    bool asked = false;

    if (row->field && *row->field) {
        const char *value = sb_intake_value(intake, row->field);

        asked = true;
        if (!*value)
            return false;
        if (row->equals && *row->equals && !sb_text_ieq(value, row->equals))
            return false;
    }
    if (row->any && row->any[0]) {
        asked = true;
        if (!sb_template_any_in(folded, row->any))
            return false;
    }
    if (row->urgency_at_least > 0) {
        asked = true;
        if (urgency < row->urgency_at_least)
            return false;
    }
    return asked;
}

int sb_score_add(TALLOC_CTX *mem, int score, int points, const char *why,
                 const char **reason_r)
{
    if (points == 0)
        return score;
    *reason_r = talloc_asprintf(mem, "%s%s%s %+d", *reason_r, **reason_r ? "; " : "",
                                why, points);
    score += points;
    return score < 0 ? 0 : score > 100 ? 100 : score;
}

int sb_score_lead(TALLOC_CTX *mem, const struct sb_template *tpl,
                  const struct sb_intake *intake, const char *said, int urgency,
                  const char **reason_r)
{
    char *folded = sb_text_fold(mem, said);
    int sum = 0;
    size_t i;

    *reason_r = "";
    for (i = 0; i < tpl->scoring_count; i++) {
        const struct sb_template_score *row = &tpl->scoring[i];

        if (!row_holds(row, intake, folded, urgency) || row->points == 0)
            continue;
        *reason_r = talloc_asprintf(
            mem, "%s%s%s %+d", *reason_r, **reason_r ? "; " : "",
            row->reason && *row->reason ? row->reason : row->name, row->points);
        sum += row->points;
    }
    return sum < 0 ? 0 : sum > 100 ? 100 : sum;
}
