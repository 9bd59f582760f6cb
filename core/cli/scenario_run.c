/* SPDX-License-Identifier: Apache-2.0
 *
 * Running one scenario against the real engine: what is said goes through
 * sb_engine_say() like any chat message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/clock.h"
#include "base/crypto.h"
#include "base/paths.h"
#include "base/zone.h"
#include "cli/scenario_impl.h"
#include "host/host.h"

/* ---- who and where ---- */

/* `tenant NAME` is a demonstration tenant; anything with a dot or a slash is a file,
 * looked for beside the scenario. */
static char *tenant_path(struct scenario_play *play, const char *name)
{
    const char *file = play->scenario->file, *slash = strrchr(file, '/');

    if (!strpbrk(name, "./"))
        return talloc_asprintf(play->mem, "%s/%s.yaml", sb_path_demo(play->mem), name);
    if (*name == '/' || !slash)
        return talloc_strdup(play->mem, name);
    return talloc_asprintf(play->mem, "%.*s/%s", (int)(slash - file), file, name);
}

static int do_tenant(struct scenario_play *play, const char *name, struct sb_err *err)
{
    const char *slug = NULL;
    bool changed;
    int rc = sb_app_put_tenant_file(play->app, play->mem, tenant_path(play, name),
                                    &slug, &changed, err);

    if (!rc) {
        play->agent_ref = slug;
        play->agent = NULL;
    }
    return rc;
}

static int need_agent(struct scenario_play *play, struct sb_err *err)
{
    if (play->agent)
        return 0;
    if (!play->agent_ref)
        return sb_fail(err, SB_EINVAL,
                       "a scenario begins with tenant NAME, which says whose "
                       "receptionist is meant");
    return sb_directory_agent(play->app->directory, play->mem, play->agent_ref,
                              &play->agent, err);
}

static struct scenario_person *find_person(struct scenario_play *play,
                                           const char *label)
{
    struct scenario_person *person;
    uint8_t token[16];
    char hex[33];
    size_t i;

    for (i = 0; i < play->person_count; i++)
        if (strcmp(play->people[i].label, label) == 0)
            return &play->people[i];
    if (play->person_count == sizeof(play->people) / sizeof(play->people[0]))
        return NULL;
    person = &play->people[play->person_count++];
    sb_random(token, sizeof(token));
    sb_hex(token, sizeof(token), hex);
    *person = (struct scenario_person){.label = label,
                                       .visitor = talloc_strdup(play->mem, hex),
                                       .name = "",
                                       .email = "",
                                       .phone = ""};
    return person;
}

/* as NAME [signed|typed] [name "X"] [email X] [phone X] */
static int do_as(struct scenario_play *play, const struct scenario_step *step,
                 struct sb_err *err)
{
    struct scenario_person *person = find_person(play, step->words[0]);
    size_t i;

    if (!person)
        return sb_fail(err, SB_ELIMIT, "too many people in one scenario");
    for (i = 1; i < step->word_count; i++) {
        const char *word = step->words[i];
        const char *value = i + 1 < step->word_count ? step->words[i + 1] : "";

        if (strcmp(word, "signed") == 0 || strcmp(word, "typed") == 0) {
            person->signed_in = *word == 's';
            continue;
        }
        if (strcmp(word, "name") == 0)
            person->name = value;
        else if (strcmp(word, "email") == 0)
            person->email = value;
        else if (strcmp(word, "phone") == 0)
            person->phone = value;
        else
            return sb_fail(err, SB_EINVAL,
                           "as NAME [signed|typed] [name X] [email X] "
                           "[phone X], not \"%s\"",
                           word);
        i++;
    }
    play->person = person;
    play->has_outcome = false;
    return 0;
}

/* ---- time ---- */

static void set_clock(struct scenario_play *play, int64_t shift_ms)
{
    play->shift_ms = shift_ms;
    sb_clock_shift(shift_ms);
}

static int shift_by(struct scenario_play *play, const struct scenario_step *step,
                    struct sb_err *err)
{
    long n = strtol(step->words[0], NULL, 10);
    const char *unit = step->word_count > 1 ? step->words[1] : "";
    int64_t ms = strncmp(unit, "day", 3) == 0      ? 86400000
                 : strncmp(unit, "hour", 4) == 0   ? 3600000
                 : strncmp(unit, "minute", 6) == 0 ? 60000
                                                   : 0;

    if (!ms || n <= 0 || n > 100000)
        return sb_fail(err, SB_EINVAL, "clock +N minutes, hours or days");
    set_clock(play, play->shift_ms + n * ms);
    return 0;
}

static int do_clock(struct scenario_play *play, const struct scenario_step *step,
                    struct sb_err *err)
{
    struct sb_local local = {0};
    const char *time = step->word_count > 1 ? step->words[1] : "12:00";
    int rc = need_agent(play, err);

    if (rc)
        return rc;
    if (step->words[0][0] == '+')
        return shift_by(play, step, err);
    if (sscanf(step->words[0], "%4d-%2d-%2d", &local.year, &local.month, &local.day) !=
            3 ||
        sscanf(time, "%2d:%2d", &local.hour, &local.minute) != 2)
        return sb_fail(err, SB_EINVAL,
                       "clock 2026-11-21 14:05, in the business's zone");
    if (!play->agent->business->zone)
        return sb_fail(err, SB_EINVAL, "the business has no time zone");
    set_clock(play, sb_zone_instant(play->agent->business->zone, &local, NULL) -
                        (sb_clock_wall_ms() - play->shift_ms));
    return 0;
}

/* ---- talking ---- */

static struct sb_speaker speaker_of(const struct scenario_person *person)
{
    return (struct sb_speaker){.visitor = person->visitor,
                               .name = person->name,
                               .email = person->email,
                               .phone = person->phone,
                               .verified = person->signed_in};
}

static void note_reply(struct scenario_play *play, const char *reply)
{
    play->reply = reply;
    sb_buf_printf(&play->transcript, "  %s: %s\n",
                  *play->agent->name ? play->agent->name : "receptionist", reply);
}

static int do_greet(struct scenario_play *play, struct sb_err *err)
{
    struct sb_speaker speaker = speaker_of(play->person);
    const char *text;
    int rc = need_agent(play, err);

    if (!rc)
        rc = sb_engine_greeting(play->app->engine, play->mem, play->agent, &speaker,
                                &text, err);
    if (!rc)
        note_reply(play, text);
    return rc;
}

static int do_say(struct scenario_play *play, const char *message, struct sb_err *err)
{
    struct sb_turn_in in = {.channel = "chat", .message = message, .client_id = ""};
    int rc = need_agent(play, err);

    if (rc)
        return rc;
    in.agent = play->agent;
    in.conversation_id = play->person->conversation;
    in.speaker = speaker_of(play->person);
    sb_buf_printf(&play->transcript, "  %s: %s\n", play->person->label, message);
    rc = sb_engine_say(play->app->engine, play->mem, &in, NULL, &play->out, err);
    if (rc)
        return rc;
    (void)snprintf(play->person->conversation, sizeof(play->person->conversation), "%s",
                   play->out.conversation_id);
    play->has_outcome = false;
    note_reply(play, play->out.response);
    return 0;
}

/* fault ROLE PLUGIN [once | N times] */
static int do_fault(struct scenario_play *play, const struct scenario_step *step,
                    struct sb_err *err)
{
    int times = step->word_count > 2 && strcmp(step->words[2], "once") != 0
                    ? (int)strtol(step->words[2], NULL, 10)
                    : 1;

    if (times < 1 || times > 1000)
        return sb_fail(err, SB_EINVAL, "fault ROLE PLUGIN [once | N times]");
    sb_buf_printf(&play->transcript, "  (%s of %s fails, %d times)\n", step->words[0],
                  step->words[1], times);
    return sb_plugins_fault(play->app->plugins, step->words[1], step->words[0], times,
                            err);
}

static int hear(struct scenario_play *play, const struct scenario_step *step)
{
    const struct scenario_pattern *p = &step->pattern;

    if (!play->reply)
        return scenario_miss(play, "nothing has been said yet");
    if (scenario_matches(play->mem, p, play->reply))
        return 0;
    return scenario_miss(play, "the reply %s %s%s%s",
                         p->negated ? "should not have" : "lacks",
                         p->is_regex ? "/" : "\"", p->text, p->is_regex ? "/" : "\"");
}

static int run_step(struct scenario_play *play, const struct scenario_step *step,
                    struct sb_err *err)
{
    switch (step->verb) {
    case SCENARIO_TENANT: return do_tenant(play, step->words[0], err);
    case SCENARIO_AGENT:
        play->agent_ref = step->words[0];
        play->agent = NULL;
        return 0;
    case SCENARIO_CLOCK: return do_clock(play, step, err);
    case SCENARIO_AS: return do_as(play, step, err);
    case SCENARIO_NEW:
        play->person->conversation[0] = '\0';
        play->has_outcome = false;
        sb_buf_puts(&play->transcript, "  (a new conversation)\n");
        return 0;
    case SCENARIO_GREET: return do_greet(play, err);
    case SCENARIO_SAY: return do_say(play, step->text, err);
    case SCENARIO_HEAR: return hear(play, step);
    case SCENARIO_EXPECT: return scenario_expect(play, step, err);
    case SCENARIO_FAULT: return do_fault(play, step, err);
    }
    return 0;
}

int scenario_run(struct sb_app *app, TALLOC_CTX *mem, const struct scenario *scenario,
                 struct scenario_result *result, struct sb_err *err)
{
    struct scenario_play *play = talloc_zero(mem, struct scenario_play);
    struct sb_err why = {0};
    size_t i;
    int rc = 0;

    play->app = app;
    play->mem = play;
    play->scenario = scenario;
    sb_buf_init(&play->transcript, play);
    sb_clock_shift(0);
    play->person = find_person(play, "visitor");
    *result = (struct scenario_result){.passed = true, .why = "", .transcript = ""};
    for (i = 0; i < scenario->count && !rc; i++) {
        rc = run_step(play, &scenario->steps[i], &why);
        if (rc)
            result->line = scenario->steps[i].line;
    }
    sb_plugins_heal(app->plugins);
    sb_clock_shift(0);
    if (rc == SB_ECANCELED)
        return sb_fail(err, rc, "stopped");
    result->passed = rc == 0;
    if (rc)
        result->why = talloc_strdup(mem, play->why ? play->why : why.msg);
    result->transcript = talloc_strdup(mem, sb_buf_str(&play->transcript));
    talloc_free(play);
    return 0;
}
