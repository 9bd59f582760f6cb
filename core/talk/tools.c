/* SPDX-License-Identifier: Apache-2.0
 *
 * The tools that every model is offered. A model proposes through them; the core
 * checks and does. Each call ends in exactly one result, as JSON: what was refused
 * says why in words that the model can act on.
 */
#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "base/json.h"
#include "base/text.h"
#include "talk/dates.h"
#include "talk/run.h"
#include "talk/tools.h"

#define MAX_RESULT 12000

struct tool {
    struct sb_llm_tool offer;
    /* [may suspend] A new object; a refusal has ok false. NULL with an SB_E* code when
     * the turn cannot go on. */
    json_t *(*run)(struct sb_run *run, const json_t *args, int *rc, struct sb_err *err);
};

static json_t *no_field(struct sb_run *run, const char *name)
{
    char *list = talloc_strdup(run->mem, "");
    size_t i;

    for (i = 0; i < run->intake.count; i++)
        list = talloc_asprintf_append(list, "%s%s", i ? ", " : "",
                                      run->intake.fields[i].tpl->name);
    return sb_tool_refused(talloc_asprintf(
        run->mem, "there is no field \"%.60s\"; there are: %s", name, list));
}

/* ---- the intake ---- */

/* The vertical may know better than the core what a field holds. */
static int check_value(struct sb_run *run, struct sb_intake_field *field,
                       const char *value, const char *said, const char **value_r,
                       const char **spoken_r, struct sb_err *why)
{
    const struct sb_vertical_ops *hooks = run->agent->hooks;
    struct sb_vertical_case vcase;
    char normal[600] = "";
    int rc = SB_ENOTFOUND;

    if (hooks && hooks->validate_field) {
        sb_run_case(run, &vcase);
        rc = hooks->validate_field(run->agent->hooks_state, &vcase, field->tpl->name,
                                   value, normal, sizeof(normal), why);
    }
    if (rc == SB_EINVAL)
        return rc;
    return sb_heard_check(run->mem, field, rc == 0 && *normal ? normal : value, said,
                          &run->hint, value_r, spoken_r, why);
}

/* What the person should know about a day that they picked. */
static const char *closed_note(struct sb_run *run, const char *value)
{
    const struct sb_hours_day *day;
    const char *holiday = NULL;
    struct sb_when when;

    if (!sb_when_parse(value, &when) ||
        sb_local_days(&when.day) != sb_local_days(&when.last))
        return "";
    day = sb_hours_on(run->agent->business, when.day.year, when.day.month, when.day.day,
                      &holiday);
    if (!day || !day->known || day->count > 0)
        return "";
    return holiday
               ? talloc_asprintf(run->mem, "we are closed on that day for %s", holiday)
               : "we are closed on that day";
}

static json_t *run_capture(struct sb_run *run, const json_t *args, int *rc,
                           struct sb_err *err)
{
    const char *name = sb_json_str(args, "field"), *said = sb_json_str(args, "said");
    struct sb_intake_field *field = sb_intake_find(&run->intake, name);
    const json_t *given = json_object_get(args, "value");
    const char *value, *spoken, *note;
    struct sb_err why = {0};
    json_t *result;

    (void)rc;
    (void)err;
    if (!field)
        return no_field(run, name);
    /* Models like to send a number where a text was asked for. */
    value = json_is_integer(given) ? talloc_asprintf(run->mem, "%" JSON_INTEGER_FORMAT,
                                                     json_integer_value(given))
            : json_is_boolean(given) ? (json_is_true(given) ? "yes" : "no")
                                     : sb_json_str(args, "value");
    if (check_value(run, field, value, said, &value, &spoken, &why))
        return sb_tool_refused(*why.msg ? why.msg
                                        : "that value does not fit this field");
    sb_intake_set(&run->intake, field, value, spoken, said, "said");
    result = sb_tool_ok();
    json_object_set_new(result, "value", json_string(value));
    json_object_set_new(result, "spoken", json_string(spoken));
    note = field->tpl->kind == SB_FIELD_DATE ? closed_note(run, value) : "";
    if (*note)
        json_object_set_new(result, "note", json_string(note));
    return result;
}

static json_t *run_decline(struct sb_run *run, const json_t *args, int *rc,
                           struct sb_err *err)
{
    const char *name = sb_json_str(args, "field");
    struct sb_intake_field *field = sb_intake_find(&run->intake, name);

    (void)rc;
    (void)err;
    if (!field)
        return no_field(run, name);
    sb_intake_decline(&run->intake, field);
    return sb_tool_ok();
}

static json_t *run_start(struct sb_run *run, const json_t *args, int *rc,
                         struct sb_err *err)
{
    const char *message = sb_json_str(args, "message");

    (void)rc;
    (void)err;
    sb_intake_start(&run->intake, sb_json_str(args, "reason"),
                    sb_utf8_clean(run->mem, message, strlen(message), 2000));
    return sb_tool_ok();
}

static json_t *run_confirm(struct sb_run *run, const json_t *args, int *rc,
                           struct sb_err *err)
{
    const struct sb_intake_field *next = sb_intake_next(&run->intake);

    (void)args;
    if (run->intake.phase == SB_INTAKE_COMPLETE && *run->lead_id)
        return json_pack("{s:b, s:s}", "ok", 1, "lead_id", run->lead_id);
    if (next)
        return sb_tool_refused(talloc_asprintf(
            run->mem, "\"%s\" is still open; ask for it", next->tpl->name));
    if (!sb_intake_confirm(&run->intake))
        return sb_tool_refused(
            "nothing has been read back yet; start_intake begins one");
    *rc = sb_run_save(run, err);
    if (*rc)
        return NULL;
    return json_pack("{s:b, s:s}", "ok", 1, "lead_id", run->lead_id);
}

static json_t *run_reopen(struct sb_run *run, const json_t *args, int *rc,
                          struct sb_err *err)
{
    const char *name = sb_json_str(args, "field");
    struct sb_intake_field *field = sb_intake_find(&run->intake, name);

    (void)rc;
    (void)err;
    if (!field)
        return no_field(run, name);
    sb_intake_reopen(&run->intake, field);
    return sb_tool_ok();
}

/* ---- people ---- */

static json_t *run_escalate(struct sb_run *run, const json_t *args, int *rc,
                            struct sb_err *err)
{
    const char *reason = sb_json_str(args, "reason"),
               *text = sb_json_str(args, "level");
    int64_t level = sb_json_i64(
        args, "level", *text >= '1' && *text <= '3' && !text[1] ? *text - '0' : 2);

    if (level < 1 || level > 3)
        return sb_tool_refused("level is 1, 2 or 3");
    *rc = sb_run_escalate(run, "model", talloc_asprintf(run->mem, "%.400s", reason),
                          (int)level, level >= 2, err);
    return *rc ? NULL : sb_tool_ok();
}

static json_t *run_hand_over(struct sb_run *run, const json_t *args, int *rc,
                             struct sb_err *err)
{
    const char *reason = sb_json_str(args, "reason");

    *rc = sb_run_escalate(run, "hand_over", talloc_asprintf(run->mem, "%.400s", reason),
                          1, true, err);
    if (*rc)
        return NULL;
    run->handed_over = true;
    run->status = "waiting";
    return sb_tool_ok();
}

static json_t *run_end(struct sb_run *run, const json_t *args, int *rc,
                       struct sb_err *err)
{
    (void)args;
    (void)rc;
    (void)err;
    run->ended = true;
    return sb_tool_ok();
}

#define TEXT_ARG(name, what)                                                           \
    "\"" name "\":{\"type\":\"string\",\"description\":\"" what "\"}"
#define SCHEMA(required, ...)                                                          \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[" required      \
    "],\"properties\":{" __VA_ARGS__ "}}"

static const struct tool TOOLS[] = {
    {{"capture_field",
      "Stores one fact that the person gave, in a field of the intake. Returns the "
      "checked value and how to say it back, or why it does not fit.",
      SCHEMA("\"field\",\"value\"",
             TEXT_ARG("field", "The field's name") "," TEXT_ARG(
                 "value", "The value; dates as 2026-11-24 or "
                          "2026-11-24T14:00") "," TEXT_ARG("said", "The person's "
                                                                   "own words "
                                                                   "for it"))},
     run_capture},
    {{"decline_field",
      "The person would rather not give this field: it is not asked for "
      "again.",
      SCHEMA("\"field\"", TEXT_ARG("field", "The field's name"))},
     run_decline},
    {{"start_intake", "Begins to take down a request, or a message to be passed on.",
      SCHEMA(
          "\"reason\"",
          TEXT_ARG(
              "reason",
              "What it is about in a few words; just message or "
              "callback when only a message is to be taken") "," TEXT_ARG("message",
                                                                          "The message "
                                                                          "to pass on, "
                                                                          "if any"))},
     run_start},
    {{"confirm_intake",
      "The person agreed to what was read back: passes the request on.",
      SCHEMA("", "")},
     run_confirm},
    {{"reopen_field",
      "A value was wrong and the right one is not known yet: asks for the "
      "field again.",
      SCHEMA("\"field\"", TEXT_ARG("field", "The field's name"))},
     run_reopen},
    {{"escalate", "Alerts a human at the business.",
      SCHEMA(
          "\"reason\",\"level\"",
          TEXT_ARG("reason", "Why, in one sentence") ","
                                                     "\"level\":{\"type\":\"integer\","
                                                     "\"minimum\":1,\"maximum\":3,"
                                                     "\"description\":\"1 soon, 2 "
                                                     "urgent, 3 emergency\"}")},
     run_escalate},
    {{"hand_over", "The person wants to speak with a human: asks one to take over.",
      SCHEMA("\"reason\"", TEXT_ARG("reason", "Why, in one sentence"))},
     run_hand_over},
    {{"search_knowledge", "Searches what the business has published.",
      SCHEMA("\"query\"", TEXT_ARG("query", "A question or a few words"))},
     sb_tool_search},
    {{"business_hours",
      "The opening hours of a day, holidays considered, or of the week.",
      SCHEMA("", TEXT_ARG("date", "A date, or the person's words for a day; leave out "
                                  "for today and the week"))},
     sb_tool_hours},
    {{"check_service_area", "Is a town or postcode in the area served? null: unknown.",
      SCHEMA("\"place\"", TEXT_ARG("place", "The town, postcode or address"))},
     sb_tool_area},
    {{"end_conversation", "The person has said goodbye and nothing is open.",
      SCHEMA("", "")},
     run_end},
};
#define TOOL_COUNT (sizeof(TOOLS) / sizeof(TOOLS[0]))

const struct sb_llm_tool *sb_tools_list(TALLOC_CTX *mem, const struct sb_agent *agent,
                                        size_t *count_r)
{
    const struct sb_llm_tool *extra = agent->hooks ? agent->hooks->tools : NULL;
    struct sb_llm_tool *all;
    size_t n = 0, i;

    while (extra && agent->hooks->tool && extra[n].name)
        n++;
    all = sb_array(mem, struct sb_llm_tool, TOOL_COUNT + n + 1);
    for (i = 0; i < TOOL_COUNT; i++)
        all[i] = TOOLS[i].offer;
    for (i = 0; i < n; i++)
        all[TOOL_COUNT + i] = extra[i];
    *count_r = TOOL_COUNT + n;
    return all;
}

static const struct tool *find_tool(const char *name)
{
    size_t i;

    for (i = 0; i < TOOL_COUNT; i++)
        if (strcmp(TOOLS[i].offer.name, name) == 0)
            return &TOOLS[i];
    return NULL;
}

/* A vertical's own tool. It runs our process's code but returns text of its own: it is
 * parsed before a model sees it. */
static json_t *run_vertical(struct sb_run *run, const struct sb_llm_call *call)
{
    const struct sb_vertical_ops *hooks = run->agent->hooks;
    struct sb_vertical_case vcase;
    struct sb_err why = {0};
    json_t *result = NULL;
    char *text;
    size_t i;

    for (i = 0; hooks && hooks->tools && hooks->tools[i].name; i++)
        if (strcmp(hooks->tools[i].name, call->name) == 0)
            break;
    if (!hooks || !hooks->tools || !hooks->tools[i].name || !hooks->tool)
        return sb_tool_refused("there is no such tool");
    text = talloc_zero_size(run->mem, MAX_RESULT);
    sb_run_case(run, &vcase);
    if (hooks->tool(run->agent->hooks_state, &vcase, call->name, call->arguments, text,
                    MAX_RESULT, &why))
        return sb_tool_refused(*why.msg ? why.msg : "it did not work");
    text[MAX_RESULT - 1] = '\0';
    if (sb_json_parse(text, strlen(text), &result, NULL))
        return json_pack("{s:s}", "text", text);
    return result;
}

int sb_tools_run(struct sb_run *run, const struct sb_llm_call *call,
                 const char **result_r, bool *failed_r, struct sb_err *err)
{
    const struct tool *tool = find_tool(call->name);
    const char *arguments =
        call->arguments && *call->arguments ? call->arguments : "{}";
    struct sb_err why = {0};
    json_t *args = NULL, *result;
    int rc = 0;

    if (strlen(arguments) > 32768 ||
        sb_json_parse(arguments, strlen(arguments), &args, &why) ||
        !json_is_object(args))
        result = sb_tool_refused("the arguments are not a JSON object");
    else if (tool)
        result = tool->run(run, args, &rc, err);
    else
        result = run_vertical(run, call);
    json_decref(args);
    if (rc) {
        json_decref(result);
        return rc;
    }
    if (!result) /* json_pack refuses invalid UTF-8 */
        result = sb_tool_refused("the result could not be written down");
    *failed_r = json_is_false(json_object_get(result, "ok"));
    *result_r = sb_json_text(run->mem, result, false);
    json_decref(result);
    sb_buf_puts(&run->tool_texts, *result_r);
    sb_buf_putc(&run->tool_texts, '\n');
    return 0;
}
