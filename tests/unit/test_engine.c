/* SPDX-License-Identifier: Apache-2.0
 *
 * The conversation engine on a real PostgreSQL with a model that does as the message
 * says (tests/plugins/scripted.c).
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/crypto.h"
#include "base/task.h"
#include "host/agent.h"
#include "store/conversation.h"
#include "store/migrate.h"
#include "store/pg.h"
#include "store/tenants.h"
#include "support/intask.h"
#include "support/plugins.h"
#include "support/testdb.h"
#include "talk/engine.h"

/* What a test works with: a tenant of its own, named after its process. */
struct desk {
    TALLOC_CTX *mem;
    struct sb_plugins *plugins;
    struct sb_db *db;
    struct sb_directory *directory;
    struct sb_engine *engine;
    const struct sb_agent *agent;
    struct sb_err err;
    void (*body)(struct desk *desk);

    char text[16384]; /* what the sink was given of the last reply */
    int accepted;
    int stop_at; /* text() says stop after so many pieces; 0 never */
    int pieces;
};

static void open_desk(struct desk *d)
{
    static const char *const dirs[] = {SB_SRCDIR "/tests/verticals", NULL};
    struct sb_db_conf conf = {
        .url = sb_test_db_url(), .connections = 4, .role = SB_DB_ROLE};
    struct sb_agent_row agent = {
        .name = "Robin",
        .vertical = "desk",
        .config = "{\"slug\":\"x\",\"vertical\":\"desk\",\"roles\":{\"llm\":"
                  "[\"scripted\"],\"embed\":[\"flaky_a\"],\"search\":[\"flaky_a\"],"
                  "\"crawl\":[\"flaky_a\"]}}"};
    struct sb_tenant_row row = {
        .name = "Fox Hollow",
        .config = "{\"business\":{\"name\":\"Fox Hollow\",\"timezone\":"
                  "\"America/New_York\",\"phone\":\"(203) 555-0144\","
                  "\"hours\":{\"mon\":\"09:00-17:00\",\"tue\":\"09:00-17:00\","
                  "\"sun\":\"closed\"},\"service_area\":[\"Milford\",\"06460\"]}}",
        .origin = "file",
        .hash = "h",
        .enabled = true,
        .agents = &agent,
        .agent_count = 1};

    row.slug = talloc_asprintf(d->mem, "fox-%d", (int)getpid());
    agent.slug = talloc_asprintf(d->mem, "desk-%d", (int)getpid());
    test_start(d->plugins, "{}");
    cr_assert_eq(sb_db_new(sb_loop_current(), &conf, &d->db, &d->err), 0, "%s",
                 d->err.msg);
    cr_assert_eq(sb_tenant_put(d->db, d->mem, &row, NULL, &d->err), 0, "%s",
                 d->err.msg);
    d->directory = sb_directory_new(d->mem, d->db, d->plugins, dirs);
    cr_assert_eq(
        sb_directory_agent(d->directory, d->mem, agent.slug, &d->agent, &d->err), 0,
        "%s", d->err.msg);
    d->engine = sb_engine_new(d->mem, d->db, NULL, NULL);
}

static void in_desk(void *arg)
{
    struct desk *d = arg;

    d->mem = talloc_new(NULL);
    open_desk(d);
    d->body(d);
    talloc_free(d->mem);
    sb_db_free(d->db);
}

static void stage(void (*body)(struct desk *desk))
{
    struct desk d = {.plugins = test_load("scripted flaky_a"), .body = body};

    sb_test_run_loosely(in_desk, &d);
    talloc_free(d.plugins);
}

/* ---- saying things ---- */

static void on_accepted(void *arg, const char *conversation_id, const char *visitor,
                        int64_t seq_in)
{
    struct desk *d = arg;

    cr_expect(sb_uuid_valid(conversation_id));
    cr_expect_gt(strlen(visitor), 0);
    cr_expect_geq(seq_in, 1);
    d->accepted++;
}

static int on_text(void *arg, const char *text, size_t len)
{
    struct desk *d = arg;
    size_t have = strlen(d->text);

    (void)snprintf(d->text + have, sizeof(d->text) - have, "%.*s", (int)len, text);
    return d->stop_at && ++d->pieces >= d->stop_at ? SB_ECANCELED : 0;
}

static struct sb_turn_in words(struct desk *d, const struct sb_turn_out *before,
                               const char *message)
{
    return (struct sb_turn_in){
        .agent = d->agent,
        .channel = "chat",
        .message = message,
        .conversation_id = before ? before->conversation_id : "",
        .client_id = "",
        .speaker = {.visitor = before ? before->visitor : "visitor-of-the-test",
                    .name = "",
                    .email = "",
                    .phone = ""}};
}

static int say_in(struct desk *d, const struct sb_turn_in *in, struct sb_turn_out *out)
{
    struct sb_turn_sink sink = {.arg = d, .accepted = on_accepted, .text = on_text};

    d->text[0] = '\0';
    d->pieces = 0;
    memset(&d->err, 0, sizeof(d->err));
    return sb_engine_say(d->engine, d->mem, in, &sink, out, &d->err);
}

/* Says it in the conversation of `out` (a new one when that is empty). */
static void say(struct desk *d, struct sb_turn_out *out, const char *message)
{
    struct sb_turn_in in = words(d, out->conversation_id ? out : NULL, message);

    cr_assert_eq(say_in(d, &in, out), 0, "%s", d->err.msg);
    cr_expect_str_eq(d->text, out->response);
}

static char *value(struct desk *d, const char *sql)
{
    char *text = sb_test_db_value(sb_test_db_url(), sql);
    char *copy = talloc_strdup(d->mem, text);

    free(text);
    return copy;
}

/* A statement with the conversation's id wherever it says $. */
static const char *with_id(struct desk *d, const struct sb_turn_out *out,
                           const char *sql)
{
    char *text = talloc_strdup(d->mem, "");
    size_t len;

    for (; *sql; sql += len + (sql[len] == '$')) {
        len = strcspn(sql, "$");
        text = talloc_strndup_append(text, sql, len);
        if (sql[len] == '$')
            text = talloc_asprintf_append(text, "'%s'", out->conversation_id);
    }
    return text;
}

/* The first column of a query about this conversation. */
static const char *about(struct desk *d, const struct sb_turn_out *out, const char *sql)
{
    return value(d, with_id(d, out, sql));
}

/* ---- one turn ---- */

static void answers(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out, "say Hello there. ;; sure 80");
    cr_expect_str_eq(out.response, "Hello there.");
    cr_expect_eq(out.seq_in, 1);
    cr_expect_eq(out.seq_out, 2);
    cr_expect_eq(d->accepted, 1);
    cr_expect_str_eq(out.provider, "scripted");
    cr_expect_float_eq(out.confidence, 0.8, 0.001);
    cr_expect_str_eq(out.lead_id, "");
    cr_expect_str_eq(about(d, &out,
                           "SELECT model || ' ' || input_tokens || ' ' || steps"
                           " FROM turns WHERE conversation_id = $"),
                     "scripted-1 7 1");
    cr_expect_str_eq(about(d, &out,
                           "SELECT string_agg(role || ':' || text, '|' ORDER BY"
                           " seq) FROM messages WHERE conversation_id = $"),
                     "user:say Hello there. ;; sure 80|assistant:Hello there.");
    say(d, &out, "say Again.");
    cr_expect_eq(out.seq_in, 3);
    cr_expect_eq(out.seq_out, 4);
}

Test(engine, commits_the_words_and_the_answer)
{
    stage(answers);
}

static void refuses_input(struct desk *d)
{
    struct sb_turn_out out = {0};
    struct sb_turn_in in = words(d, NULL, "   ");
    char *long_text = talloc_zero_size(d->mem, 9001);

    cr_expect_eq(say_in(d, &in, &out), SB_EINVAL);
    memset(long_text, 'a', 9000);
    in.message = long_text;
    cr_expect_eq(say_in(d, &in, &out), SB_EINVAL);
    in.message = "bad \xff";
    cr_expect_eq(say_in(d, &in, &out), SB_EINVAL);
    in.message = "say Hi.";
    in.conversation_id = "not-a-uuid";
    cr_expect_eq(say_in(d, &in, &out), SB_ENOTFOUND);
    in.conversation_id = "0190a000-0000-7000-8000-000000000000";
    cr_expect_eq(say_in(d, &in, &out), SB_ENOTFOUND);
    in.conversation_id = "";
    in.client_id = "~mine";
    cr_expect_eq(say_in(d, &in, &out), SB_EINVAL);
    cr_expect_eq(d->accepted, 0);
}

Test(engine, refuses_what_it_cannot_take)
{
    stage(refuses_input);
}

static void stops(struct desk *d)
{
    struct sb_turn_in in = words(d, NULL, "say One is here. Two is here. Three is.");
    struct sb_turn_out out = {0};

    d->stop_at = 1;
    cr_assert_eq(say_in(d, &in, &out), 0, "%s", d->err.msg);
    cr_expect_str_eq(out.response, "One is here. ");
    cr_expect_str_eq(about(d, &out,
                           "SELECT text FROM messages WHERE role = 'assistant'"
                           " AND conversation_id = $"),
                     "One is here. ");
}

Test(engine, stores_what_was_handed_on_when_the_channel_stops)
{
    stage(stops);
}

/* ---- tools ---- */

static void runs_tools(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out,
        "call capture_field {\"field\":\"players\",\"value\":\"four\"} ;; call "
        "capture_field {\"field\":\"interest\",\"value\":\"tour\"}\nresults");
    cr_expect(strstr(out.response, "done {\"ok\":true,\"value\":\"4\""), "%s",
              out.response);
    cr_expect(strstr(out.response, "\"value\":\"visit\""), "%s", out.response);
    cr_expect_str_eq(
        about(d, &out, "SELECT tools FROM turns WHERE conversation_id = $"),
        "capture_field capture_field");
    cr_expect_str_eq(about(d, &out,
                           "SELECT string_agg(field || '=' || value, ' ' ORDER BY id) "
                           "FROM intake_journal WHERE conversation_id = $"),
                     "players=4 interest=visit");
}

Test(engine, runs_tools_and_asks_again_with_their_results)
{
    stage(runs_tools);
}

static void bad_calls(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out,
        "call capture_field {\"field\": ;; call capture_field [1] ;; call no_such_tool "
        "{} ;; call capture_field {\"field\":\"shoe\",\"value\":\"1\"} ;; call "
        "capture_field {\"field\":\"phone\",\"value\":\"12\"} ;; call capture_field "
        "{\"field\":\"players\",\"value\":\"99\"} ;; call confirm_intake {} ;; call "
        "escalate {\"reason\":\"x\",\"level\":9} ;; call search_knowledge {}\nresults");
    cr_expect_not(strstr(out.response, "done "), "%s", out.response);
    cr_expect(strstr(out.response, "not a JSON object"));
    cr_expect(strstr(out.response, "there is no such tool"));
    cr_expect(strstr(out.response, "there is no field"));
    cr_expect(strstr(out.response, "between 1 and 8"));
    cr_expect(strstr(out.response, "level is 1, 2 or 3"));
    cr_expect_str_eq(about(d, &out,
                           "SELECT count(*) FROM intake_journal WHERE"
                           " conversation_id = $"),
                     "0");
}

Test(engine, broken_calls_are_refused_with_a_reason)
{
    stage(bad_calls);
}

static void endless(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out, "loop business_hours {}");
    cr_expect_str_eq(
        about(d, &out, "SELECT steps FROM turns WHERE conversation_id = $"), "8");
    cr_expect(strstr(out.response, "I'm sorry"), "%s", out.response);
}

Test(engine, a_model_that_never_stops_calling_is_stopped)
{
    stage(endless);
}

static void fails(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out, "fail");
    cr_expect(strstr(out.response, "(203) 555-0144"), "%s", out.response);
    cr_expect_gt(strlen(about(d, &out,
                              "SELECT failures FROM turns WHERE"
                              " conversation_id = $")),
                 5);
    say(d, &out, "call capture_field {\"field\":\"name\",\"value\":\"Dave\"}\nfail");
    cr_expect(strstr(out.response, "I'm sorry"));
    cr_expect_str_eq(about(d, &out, "SELECT name FROM leads WHERE conversation_id = $"),
                     "Dave");
    say(d, &out, "say Partly. More ;; fail");
    cr_expect(strncmp(out.response, "Partly.", 7) == 0, "%s", out.response);
}

Test(engine, answers_even_when_every_model_fails)
{
    stage(fails);
}

static void looks_up(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out,
        "call business_hours {\"date\":\"2026-11-23\"} ;; call business_hours "
        "{\"date\":\"gibberish\"} ;; call check_service_area {\"place\":\"milford, "
        "CT\"} ;; call check_service_area {\"place\":\"Boston\"}\nresults");
    cr_expect(strstr(out.response, "9 am to 5 pm"), "%s", out.response);
    cr_expect(strstr(out.response, "could not make out"), "%s", out.response);
    cr_expect(strstr(out.response, "\"covered\":true"), "%s", out.response);
    cr_expect(strstr(out.response, "\"covered\":false"), "%s", out.response);
}

Test(engine, tells_hours_and_area)
{
    stage(looks_up);
}

/* ---- the intake ---- */

#define CAPTURE(field, value)                                                          \
    "call capture_field {\"field\":\"" field "\",\"value\":\"" value "\"}"

static void whole_intake(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out, "call start_intake {\"reason\":\"a visit\"}\ntell");
    cr_expect(strstr(out.response, "phase=1 next=interest"), "%s", out.response);
    cr_expect_str_eq(out.intake.next, "interest");
    cr_expect_eq(out.intake.progress, 0);
    say(d, &out, CAPTURE("interest", "visit") "\ntell");
    cr_expect(strstr(out.response, "next=preferred_date"), "%s", out.response);
    cr_expect_eq(out.intake.total, 5);
    say(d, &out,
        CAPTURE("preferred_date", "tomorrow at 3pm") " ;; " CAPTURE(
            "players", "4") " ;; " CAPTURE("name", "dave "
                                                   "miller") "\ntell");
    cr_expect(strstr(out.response, "next=phone"), "%s", out.response);
    cr_expect_str_eq(
        about(d, &out, "SELECT state FROM leads WHERE conversation_id = $"), "open");
    cr_expect_gt(strlen(out.lead_id), 30);
    say(d, &out,
        "call confirm_intake {} ;; " CAPTURE("phone", "212 555 0199") "\ntell");
    cr_expect(strstr(out.response, "phase=2 next= "), "%s", out.response);
    cr_expect_eq(out.intake.progress, 5);
    cr_expect_not(out.intake.complete);
    say(d, &out, "call confirm_intake {}\ntell");
    cr_expect(strstr(out.response, "phase=3"), "%s", out.response);
    cr_expect(out.intake.complete);
    cr_expect_str_eq(
        about(d, &out,
              "SELECT state || '|' || name || '|' || phone || '|' || reason ||"
              " '|' || score FROM leads WHERE conversation_id = $"),
        "complete|Dave Miller|+12125550199|a visit|50");
    cr_expect_eq(out.lead_score, 50);
    cr_expect_str_eq(out.lead_reason, "Wants a visit +20; Left a phone number +30");
    say(d, &out, CAPTURE("phone", "2125550111") "\nsay Noted.");
    cr_expect_str_eq(about(d, &out,
                           "SELECT state || phone FROM leads WHERE"
                           " conversation_id = $"),
                     "complete+12125550111");
    cr_expect_str_eq(about(d, &out,
                           "SELECT count(*) FROM intake_journal WHERE field ="
                           " 'phone' AND state = 'filled' AND"
                           " conversation_id = $"),
                     "2");
}

Test(engine, takes_a_request_from_beginning_to_end)
{
    stage(whole_intake);
}

static void unanswered(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out,
        "call start_intake {\"reason\":\"a visit\"} ;; " CAPTURE(
            "interest", "visit") "\nsay Which day?");
    cr_expect_str_eq(out.intake.next, "preferred_date");
    say(d, &out, "say Which day, please?");
    cr_expect_str_eq(out.intake.next, "preferred_date");
    say(d, &out, "call decline_field {\"field\":\"players\"}\ntell");
    cr_expect(strstr(out.response, "next=name"), "%s", out.response);
    say(d, &out,
        CAPTURE("name", "Dave") " ;; " CAPTURE("phone", "2125550199") "\ntell");
    cr_expect(strstr(out.response, "phase=1 next=preferred_date"), "%s", out.response);
    say(d, &out, "tell");
    cr_expect(strstr(out.response, "phase=2"), "%s", out.response);
}

Test(engine, asks_twice_then_goes_on_and_comes_back_once)
{
    stage(unanswered);
}

static void message_only(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out,
        "call start_intake {\"reason\":\"message\",\"message\":\"The gate is "
        "broken\"}\ntell");
    cr_expect(strstr(out.response, "phase=1 next=name"), "%s", out.response);
    say(d, &out,
        CAPTURE("name", "Dave") " ;; " CAPTURE("phone", "2125550199") "\ntell");
    cr_expect(strstr(out.response, "phase=2"), "%s", out.response);
    say(d, &out, "call confirm_intake {}");
    cr_expect_str_eq(about(d, &out,
                           "SELECT state || '|' || message FROM leads WHERE"
                           " conversation_id = $"),
                     "complete|The gate is broken");
}

Test(engine, takes_a_message_without_the_questions_of_a_request)
{
    stage(message_only);
}

static void hears(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out,
        "tell\nmy name is Dave Miller and my number is (212) 555-0199, 4 "
        "players");
    cr_expect(strstr(out.response, "players=4"), "%s", out.response);
    cr_expect(strstr(out.response, "name=Dave Miller"), "%s", out.response);
    cr_expect(strstr(out.response, "phone=+12125550199"), "%s", out.response);
    say(d, &out, CAPTURE("phone", "2125550199") "\nsay Noted.");
    say(d, &out, "no, it's 555-0111 ;; tell");
    cr_expect(strstr(out.response, "phone=+12125550111!"), "%s", out.response);
}

Test(engine, hears_several_facts_and_corrections)
{
    stage(hears);
}

/* ---- urgency and people ---- */

static void urgent(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out,
        "say Please leave the building and call 911. Where are you? ;; there is "
        "smoke");
    cr_expect_str_eq(out.response,
                     "Please leave the building and call 911. I'm alerting our staff. "
                     "Where are you?");
    cr_expect(out.escalated);
    cr_expect_str_eq(about(d, &out,
                           "SELECT rule || level || page FROM escalations WHERE"
                           " conversation_id = $"),
                     "fire3true");
    say(d, &out, "say Still here. ;; still smoke");
    cr_expect_str_eq(about(d, &out,
                           "SELECT count(*) FROM escalations WHERE"
                           " conversation_id = $"),
                     "1");
    cr_expect_str_eq(about(d, &out,
                           "SELECT count(*) FROM outbox WHERE payload->>"
                           "'conversation_id' = $"),
                     "1");
}

Test(engine, pages_a_human_before_any_model_and_only_once)
{
    stage(urgent);
}

static void urgent_without_model(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out, "fail ;; we are on fire");
    cr_expect(strncmp(out.response, "Please leave the building", 25) == 0, "%s",
              out.response);
    cr_expect(out.escalated);
}

Test(engine, says_what_saves_lives_even_without_a_model)
{
    stage(urgent_without_model);
}

static void hand_over(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out, "call hand_over {\"reason\":\"asks for a person\"}\nsay Of course.");
    cr_expect(out.handed_over);
    cr_expect(out.escalated);
    say(d, &out, "say Still here.");
    cr_expect(out.handed_over);
    sb_test_db_sql(sb_test_db_url(),
                   talloc_asprintf(d->mem,
                                   "UPDATE conversations SET status = 'human' WHERE id "
                                   "= '%s'",
                                   out.conversation_id));
    say(d, &out, "say Nothing of this.");
    cr_expect_eq(out.seq_out, 0);
    cr_expect_str_eq(out.response, "");
}

Test(engine, is_silent_once_a_human_has_the_conversation)
{
    stage(hand_over);
}

/* ---- nothing invented ---- */

static void invents(struct desk *d)
{
    struct sb_turn_out out = {0};

    say(d, &out, "say We are happy to help. A round is $45 on weekends. See you!");
    cr_expect(strstr(out.response, "We are happy to help. I don't want to give you a "
                                   "wrong number"),
              "%s", out.response);
    cr_expect_null(strstr(out.response, "45"));
    cr_expect_str_eq(about(d, &out,
                           "SELECT refused FROM turns WHERE conversation_id = "
                           "$"),
                     "t");
    say(d, &out, "say Call us on (203) 555-0144 or see you.");
    cr_expect_str_eq(out.response, "Call us on (203) 555-0144 or see you.");
}

Test(engine, never_states_a_number_that_no_source_has)
{
    stage(invents);
}

/* ---- who may see what ---- */

static void wrong_visitor(struct desk *d)
{
    struct sb_turn_out out = {0}, other = {0};
    struct sb_turn_in in;
    struct sb_message *messages;
    size_t count;

    say(d, &out, "say Hi.");
    in = words(d, &out, "say Let me in.");
    in.speaker.visitor = "somebody-else-entirely";
    cr_expect_eq(say_in(d, &in, &other), SB_EAUTH);
    in.speaker.visitor = "";
    cr_expect_eq(say_in(d, &in, &other), SB_EAUTH);
    cr_expect_eq(sb_engine_history(d->engine, d->mem, d->agent, out.conversation_id,
                                   "somebody-else-entirely", 0, &messages, &count,
                                   &d->err),
                 SB_EAUTH);
    cr_expect_eq(sb_engine_history(d->engine, d->mem, NULL, out.conversation_id,
                                   "somebody-else-entirely", 0, &messages, &count,
                                   &d->err),
                 SB_EAUTH);
    cr_expect_eq(sb_engine_history(d->engine, d->mem, NULL,
                                   "0190a000-0000-7000-8000-000000000000", "whoever", 0,
                                   &messages, &count, &d->err),
                 SB_ENOTFOUND);
    cr_assert_eq(sb_engine_history(d->engine, d->mem, NULL, out.conversation_id,
                                   out.visitor, 1, &messages, &count, &d->err),
                 0, "%s", d->err.msg);
    cr_expect_eq(count, 1);
    cr_expect_str_eq(messages[0].role, "assistant");
    cr_assert_eq(sb_engine_history(d->engine, d->mem, d->agent, out.conversation_id,
                                   out.visitor, 0, &messages, &count, &d->err),
                 0, "%s", d->err.msg);
    cr_expect_eq(count, 2);
}

Test(engine, a_conversation_belongs_to_its_visitor)
{
    stage(wrong_visitor);
}

static void returning(struct desk *d)
{
    struct sb_turn_out first = {0}, second = {0};
    struct sb_turn_in in;
    const char *greeting = "";
    struct sb_speaker who = {
        .visitor = "visitor-of-the-test", .name = "", .email = "", .phone = ""};

    cr_assert_eq(
        sb_engine_greeting(d->engine, d->mem, d->agent, &who, &greeting, &d->err), 0,
        "%s", d->err.msg);
    cr_expect_str_eq(greeting, "Welcome to Fox Hollow.");
    say(d, &first, CAPTURE("players", "4") "\nsay Do you rent clubs?");
    say(d, &second, "tell");
    cr_expect(strstr(second.response, "returning=1"), "%s", second.response);
    cr_expect(strstr(second.response, "[earlier today: Asked:"), "%s", second.response);
    cr_expect(strstr(second.response, "players: 4"), "%s", second.response);
    cr_assert_eq(
        sb_engine_greeting(d->engine, d->mem, d->agent, &who, &greeting, &d->err), 0);
    cr_expect_str_eq(greeting, "Welcome back.");
    in = words(d, NULL, "tell");
    in.speaker.visitor = "another-visitor";
    cr_assert_eq(say_in(d, &in, &second), 0);
    cr_expect(strstr(second.response, "returning=0"), "%s", second.response);
    in.speaker.visitor = "v1";
    cr_assert_eq(say_in(d, &in, &second), 0);
    cr_assert_eq(say_in(d, &in, &second), 0);
    cr_expect(strstr(second.response, "returning=0"), "a token that can be guessed");
}

Test(engine, remembers_a_visitor_by_token)
{
    stage(returning);
}

static void identity(struct desk *d)
{
    struct sb_turn_out out = {0};
    struct sb_turn_in in = words(d, NULL, "tell");

    in.speaker = (struct sb_speaker){.visitor = "device-number-one",
                                     .name = "Dave Miller",
                                     .email = "Dave@Example.com",
                                     .phone = "",
                                     .verified = true};
    cr_assert_eq(say_in(d, &in, &out), 0, "%s", d->err.msg);
    cr_expect(strstr(out.response, "name=Dave Miller"), "%s", out.response);
    cr_expect_str_eq(
        about(d, &out, "SELECT email FROM leads WHERE conversation_id = $"),
        "dave@example.com");
    cr_expect_str_eq(about(d, &out,
                           "SELECT source FROM intake_journal WHERE field ="
                           " 'email' AND conversation_id = $"),
                     "signed");
    in.speaker.visitor = "device-number-two";
    in.speaker.phone = "212-555-0199";
    cr_assert_eq(say_in(d, &in, &out), 0, "%s", d->err.msg);
    cr_expect(strstr(out.response, "returning=1"), "%s", out.response);
    in.speaker.visitor = "device-number-three";
    in.speaker.email = "";
    cr_assert_eq(say_in(d, &in, &out), 0, "%s", d->err.msg);
    cr_expect(strstr(out.response, "returning=1"), "by the phone: %s", out.response);
    cr_expect_str_eq(about(d, &out,
                           "SELECT p.email || ' ' || p.phone FROM people p JOIN"
                           " conversations c ON c.person_id = p.id WHERE"
                           " c.id = $"),
                     "dave@example.com +12125550199");
    in.speaker.visitor = "device-number-four";
    in.speaker.verified = false;
    in.speaker.email = "dave@example.com";
    cr_assert_eq(say_in(d, &in, &out), 0, "%s", d->err.msg);
    cr_expect(strstr(out.response, "returning=0"), "%s", out.response);
    cr_expect_str_eq(
        about(d, &out, "SELECT email FROM leads WHERE conversation_id = $"),
        "dave@example.com");
}

Test(engine, only_a_signed_identity_opens_memory)
{
    stage(identity);
}

static void other_identity(struct desk *d)
{
    struct sb_turn_out out = {0}, other = {0};
    struct sb_turn_in in = words(d, NULL, "say Hi.");

    in.speaker.email = "ann@example.com";
    in.speaker.verified = true;
    cr_assert_eq(say_in(d, &in, &out), 0, "%s", d->err.msg);
    in.conversation_id = out.conversation_id;
    in.speaker.email = "bob@example.com";
    cr_expect_eq(say_in(d, &in, &other), SB_EAUTH);
    in.conversation_id = "";
    in.message = "tell";
    cr_assert_eq(say_in(d, &in, &other), 0);
    cr_expect(strstr(other.response, "returning=0"), "%s", other.response);
}

Test(engine, one_device_with_two_people_keeps_them_apart)
{
    stage(other_identity);
}

/* ---- once and only once ---- */

static void twice(struct desk *d)
{
    struct sb_turn_out first = {0}, again = {0};
    struct sb_turn_in in = words(d, NULL, "say Hello. ;; sure 70");

    in.client_id = "m-1";
    cr_assert_eq(say_in(d, &in, &first), 0, "%s", d->err.msg);
    cr_assert_eq(say_in(d, &in, &again), 0, "%s", d->err.msg);
    cr_expect_str_eq(again.conversation_id, first.conversation_id);
    cr_expect_eq(again.seq_out, first.seq_out);
    cr_expect_str_eq(again.response, "Hello.");
    cr_expect_str_eq(d->text, "Hello.");
    cr_expect_float_eq(again.confidence, 0.7, 0.001);
    in.conversation_id = first.conversation_id;
    cr_assert_eq(say_in(d, &in, &again), 0, "%s", d->err.msg);
    cr_expect_eq(again.seq_in, 1);
    cr_expect_str_eq(about(d, &first,
                           "SELECT count(*) FROM messages WHERE"
                           " conversation_id = $"),
                     "2");
}

Test(engine, a_message_sent_twice_is_taken_once)
{
    stage(twice);
}

struct parallel {
    struct desk *d;
    struct sb_turn_in in;
    struct sb_turn_out out;
    int rc;
};

static void say_beside(void *arg)
{
    struct parallel *p = arg;
    struct sb_err err = {0};

    p->rc = sb_engine_say(p->d->engine, p->d->mem, &p->in, NULL, &p->out, &err);
}

static void side_by_side(struct desk *d)
{
    struct parallel p[4];
    struct sb_task *tasks[4];
    struct sb_turn_out out = {0};
    size_t i;

    say(d, &out, "say Hi.");
    for (i = 0; i < 4; i++) {
        p[i] = (struct parallel){
            .d = d,
            .in = words(d, &out,
                        talloc_asprintf(d->mem, "wait 60 ;; say Number %zu.", i))};
        p[i].in.client_id = i < 2 ? "the-same" : "";
        tasks[i] =
            sb_task_ref(sb_task_spawn(sb_loop_current(), "beside", say_beside, &p[i]));
    }
    p[1].in.message = p[0].in.message;
    for (i = 0; i < 4; i++) {
        cr_assert_eq(sb_task_join(tasks[i], 60000), 0);
        sb_task_unref(tasks[i]);
        cr_expect_eq(p[i].rc, 0);
    }
    cr_expect_eq(p[0].out.seq_out, p[1].out.seq_out);
    cr_expect_str_eq(p[0].out.response, p[1].out.response);
    for (i = 0; i < 4; i++)
        cr_expect(strstr(p[i].in.message, p[i].out.response), "%s", p[i].out.response);
    cr_expect_str_eq(about(d, &out,
                           "SELECT count(*) || ' ' || count(DISTINCT"
                           " in_reply_to) FROM messages WHERE role ="
                           " 'assistant' AND conversation_id = $"),
                     "4 4");
}

Test(engine, turns_of_one_conversation_follow_each_other)
{
    stage(side_by_side);
}

static void recovers(struct desk *d)
{
    struct parallel p = {.d = d};
    struct sb_turn_out out = {0};
    struct sb_message *messages;
    struct sb_task *task;
    size_t count;
    int recovered = -1;

    say(d, &out, "say Hi.");
    p.in = words(d, &out, "wait 700 ;; say Late, but here.");
    task = sb_task_ref(sb_task_spawn(sb_loop_current(), "beside", say_beside, &p));
    cr_assert_eq(sb_sleep(200), 0);
    sb_task_cancel(task);
    cr_assert_eq(sb_task_join(task, 10000), 0);
    sb_task_unref(task);
    cr_expect_eq(p.rc, SB_ECANCELED);
    cr_expect_str_eq(about(d, &out,
                           "SELECT count(*) FROM messages WHERE"
                           " conversation_id = $"),
                     "3");
    /* Nothing that is only a moment old is taken away from whoever works on it. */
    cr_assert_eq(sb_engine_recover(d->engine, d->directory, &recovered, &d->err), 0,
                 "%s", d->err.msg);
    cr_expect_eq(recovered, 0);
    sb_test_db_sql(
        sb_test_db_url(),
        talloc_asprintf(d->mem,
                        "UPDATE conversations SET last_at = now() - interval "
                        "'1 minute' WHERE id = '%s'",
                        out.conversation_id));
    cr_assert_eq(sb_engine_recover(d->engine, d->directory, &recovered, &d->err), 0,
                 "%s", d->err.msg);
    cr_expect_eq(recovered, 1);
    cr_assert_eq(sb_engine_recover(d->engine, d->directory, &recovered, &d->err), 0);
    cr_expect_eq(recovered, 0);
    cr_assert_eq(sb_engine_history(d->engine, d->mem, d->agent, out.conversation_id,
                                   out.visitor, 0, &messages, &count, &d->err),
                 0, "%s", d->err.msg);
    cr_assert_eq(count, 4);
    cr_expect_str_eq(messages[3].text, "Late, but here.");
    cr_expect_str_eq(about(d, &out,
                           "SELECT count(*) FROM turns WHERE recovered AND"
                           " conversation_id = $"),
                     "1");
}

Test(engine, a_turn_that_was_cut_off_is_answered_once)
{
    stage(recovers);
}

static void left_behind(struct desk *d)
{
    struct sb_turn_out out = {0};

    /* A worker committed this and died; its lease has run out. */
    say(d, &out, "say Hi.");
    sb_test_db_sql(
        sb_test_db_url(),
        talloc_asprintf(
            d->mem,
            "UPDATE conversations SET last_seq = 3, asked_seq = 3, lease_holder = "
            "'%s', lease_until = now() - interval '1 minute' WHERE id = '%s';"
            "INSERT INTO messages (org_id, conversation_id, seq, role, text, at) "
            "SELECT "
            "org_id, id, 3, 'user', 'tell', now() - interval '1 minute' FROM "
            "conversations WHERE id = '%s'",
            out.conversation_id, out.conversation_id, out.conversation_id));
    /* The next message of the same person answers for both. */
    say(d, &out, "say And this.");
    cr_expect_eq(out.seq_in, 4);
    cr_expect(strstr(out.response, "phase=0"), "%s", out.response);
    cr_expect_str_eq(about(d, &out,
                           "SELECT asked_seq - answered_seq FROM conversations"
                           " WHERE id = $"),
                     "0");
}

Test(engine, words_left_behind_are_answered_with_the_next)
{
    stage(left_behind);
}

/* Starts a turn that waits in its model, and does `sql` meanwhile. */
static void meanwhile(struct desk *d, struct parallel *p, struct sb_turn_out *out,
                      const char *sql)
{
    struct sb_task *task;

    say(d, out, "say Hi.");
    p->d = d;
    p->in = words(d, out, "wait 500 ;; say My own answer.");
    task = sb_task_ref(sb_task_spawn(sb_loop_current(), "beside", say_beside, p));
    cr_assert_eq(sb_sleep(150), 0);
    sb_test_db_sql(sb_test_db_url(), with_id(d, out, sql));
    cr_assert_eq(sb_task_join(task, 30000), 0);
    sb_task_unref(task);
    cr_expect_eq(p->rc, 0);
}

static void answered_elsewhere(struct desk *d)
{
    struct sb_turn_out out = {0};
    struct parallel p = {0};

    meanwhile(d, &p, &out,
              "UPDATE conversations SET last_seq = 4, answered_seq = 3, lease_holder ="
              " NULL, lease_until = NULL WHERE id = $; INSERT INTO messages (org_id,"
              " conversation_id, seq, role, text, in_reply_to) SELECT org_id, id, 4,"
              " 'assistant', 'Somebody else was faster.', 3 FROM conversations WHERE id"
              " = $");
    cr_expect_str_eq(p.out.response, "Somebody else was faster.");
    cr_expect_eq(p.out.seq_out, 4);
    cr_expect_str_eq(about(d, &out,
                           "SELECT count(*) FROM messages WHERE"
                           " conversation_id = $"),
                     "4");
}

Test(engine, gives_the_stored_answer_when_another_worker_was_faster)
{
    stage(answered_elsewhere);
}

static void lease_expired(struct desk *d)
{
    struct sb_turn_out out = {0};
    struct parallel p = {0};

    meanwhile(d, &p, &out,
              "UPDATE conversations SET lease_holder = $, lease_until = now() -"
              " interval '1 second' WHERE id = $");
    cr_expect_str_eq(p.out.response, "My own answer.");
    cr_expect_str_eq(about(d, &out,
                           "SELECT count(*) || ' ' || max(seq) FROM messages"
                           " WHERE conversation_id = $"),
                     "4 4");
}

Test(engine, answers_anew_when_whoever_took_the_lease_died_too)
{
    stage(lease_expired);
}
