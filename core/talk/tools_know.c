/* SPDX-License-Identifier: Apache-2.0
 *
 * The tools that look things up: what the business has published, when it is open,
 * where it goes.
 */
#include "talk/tools.h"

#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "base/json.h"
#include "base/text.h"
#include "base/holiday.h"
#include "talk/dates.h"

json_t *sb_tool_ok(void)
{
    return json_pack("{s:b}", "ok", 1);
}

json_t *sb_tool_refused(const char *why)
{
    return json_pack("{s:b, s:s}", "ok", 0, "error", why);
}

static json_t *passage_json(const struct sb_passage *p, size_t number)
{
    char id[24];

    snprintf(id, sizeof(id), "p%zu", number);
    return json_pack("{s:s, s:s, s:s, s:s*, s:f, s:s*}", "id", id, "title",
                     p->title ? p->title : "", "text", p->text ? p->text : "",
                     "heading", p->heading && *p->heading ? p->heading : NULL, "score",
                     p->score, "conflict",
                     p->conflict && *p->conflict ? p->conflict : NULL);
}

/* New passages are added to the turn's, so that they can be cited and count as
 * sources of facts. Returns the passage's number. */
static size_t keep_passage(struct sb_run *run, const struct sb_passage *p)
{
    struct sb_passage *all;
    size_t i;

    for (i = 0; i < run->found.count; i++)
        if (strcmp(run->found.passages[i].id, p->id) == 0) {
            /* It may answer the narrower question far better. */
            if (p->score > run->found.passages[i].score)
                run->found.passages[i].score = p->score;
            return i + 1;
        }
    all = sb_array(run->mem, struct sb_passage, run->found.count + 1);
    if (run->found.count)
        memcpy(all, run->found.passages, run->found.count * sizeof(*all));
    all[run->found.count] = *p;
    run->found.passages = all;
    return ++run->found.count;
}

json_t *sb_tool_search(struct sb_run *run, const json_t *args, int *rc,
                       struct sb_err *err)
{
    const char *query = sb_json_str(args, "query");
    struct sb_found found = {0};
    struct sb_err why = {0};
    json_t *list;
    size_t i;
    int code;

    (void)err;
    if (sb_text_is_blank(query) || strlen(query) > 2000)
        return sb_tool_refused("query is a question or a few words");
    code = sb_know_search(run->engine->know, run->mem, run->agent, query, "",
                          SB_RUN_PASSAGES, &found, &why);
    if (code == SB_ECANCELED) {
        *rc = code;
        return NULL;
    }
    if (code)
        return sb_tool_refused("the search does not work just now");
    list = json_array();
    for (i = 0; i < found.count; i++)
        json_array_append_new(
            list,
            passage_json(&found.passages[i], keep_passage(run, &found.passages[i])));
    run->found.answerable = run->found.answerable || found.answerable;
    return json_pack("{s:o, s:b}", "passages", list, "answerable", found.answerable);
}

json_t *sb_tool_hours(struct sb_run *run, const json_t *args, int *rc,
                      struct sb_err *err)
{
    const struct sb_business *b = run->agent->business;
    const char *date = sb_json_str(args, "date"), *holiday = NULL, *text, *spoken;
    struct sb_when when = {.day = run->hint.now, .from = -1, .to = -1};
    struct sb_read_hint hint = run->hint;
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;
    int feast;

    (void)rc;
    (void)err;
    if (!*date) {
        text =
            talloc_asprintf(run->mem, "%s%s%s", run->turn.hours_today,
                            *run->turn.hours_today ? ".\n" : "", run->turn.hours_week);
        return json_pack("{s:s, s:b}", "text", *text ? text : "unknown", "open_now",
                         run->turn.open_now == 1);
    }
    if (!sb_when_parse(date, &when)) {
        hint.expected = hint.past_ok = true;
        sb_tokens_read(run->mem, date, &tokens);
        sb_read_date(run->mem, &tokens, &hint, &found);
        if (!found.count || !sb_when_parse(found.items[0].value, &when))
            return sb_tool_refused("I could not make out which day that is");
    }
    spoken = sb_hours_spoken(run->mem, sb_hours_on(b, when.day.year, when.day.month,
                                                   when.day.day, &holiday));
    feast = sb_holiday_on(when.day.year, when.day.month, when.day.day);
    when.from = when.to = -1;
    when.last = when.day;
    text = sb_when_spoken(run->mem, &when, &run->hint.now);
    if (!*spoken)
        text = talloc_asprintf(run->mem, "the hours on %s are not known", text);
    else if (!holiday && sb_holiday_is_kept(feast) && strcmp(spoken, "closed") != 0)
        text =
            talloc_asprintf(run->mem, SB_HOLIDAY_UNSURE, text, sb_holiday_name(feast));
    else if (holiday)
        text = talloc_asprintf(run->mem, "%s (%s): %s", text, holiday, spoken);
    else
        text = talloc_asprintf(run->mem, "%s: %s", text, spoken);
    return json_pack("{s:s, s:b}", "text", text, "open_now", run->turn.open_now == 1);
}

/* Names and postcodes as whole words, either way round: "Milford" is in "Milford, CT",
 * and so is "06460" in an address. */
json_t *sb_tool_area(struct sb_run *run, const json_t *args, int *rc,
                     struct sb_err *err)
{
    const char *const *area = run->agent->business->service_area;
    char *place = sb_text_fold(run->mem, sb_json_str(args, "place")), *one;
    json_t *result = json_object();
    size_t i;
    bool covered = false;

    (void)rc;
    (void)err;
    if (!area || !area[0] || !*place) {
        json_object_set_new(result, "covered", json_null());
        return result;
    }
    for (i = 0; area[i] && !covered; i++) {
        one = sb_text_fold(run->mem, area[i]);
        covered = sb_text_has_phrase(place, one) || sb_text_has_phrase(one, place);
    }
    json_object_set_new(result, "covered", json_boolean(covered));
    return result;
}
