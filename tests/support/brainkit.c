/* SPDX-License-Identifier: Apache-2.0
 *
 * See brainkit.h.
 */
#include "brainkit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "../../plugins/local/local.h"
#include "../../plugins/local/words.h"
#include "host/services.h"

static const struct sb_llm_tool tools[] = {
    {"capture_field", "", "{}"},    {"decline_field", "", "{}"},
    {"start_intake", "", "{}"},     {"confirm_intake", "", "{}"},
    {"reopen_field", "", "{}"},     {"escalate", "", "{}"},
    {"hand_over", "", "{}"},        {"search_knowledge", "", "{}"},
    {"business_hours", "", "{}"},   {"check_service_area", "", "{}"},
    {"end_conversation", "", "{}"},
};

static struct sb_services services;
static struct sb_host host;
static struct local_conf conf = {.embed_dimensions = 512, .search_memory = 1 << 20};

static void *own(struct kit *kit, void *memory)
{
    if (!memory || kit->owned_count == sizeof(kit->owned) / sizeof(kit->owned[0]))
        abort();
    kit->owned[kit->owned_count++] = memory;
    return memory;
}

static const char *keep(struct kit *kit, const char *text)
{
    return own(kit, strdup(text));
}

struct kit *kit_new(void)
{
    struct kit *kit = calloc(1, sizeof(*kit));

    sb_services_fill(&host, &services);
    kit->local = calloc(1, sizeof(*kit->local));
    kit->local->host = &host;
    kit->local->conf = &conf;
    kit->turn = (struct sb_turn){.size = sizeof(struct sb_turn),
                                 .channel = "chat",
                                 .number = 1,
                                 .business = "Fox Hollow Golf Club",
                                 .vertical = "golf",
                                 .agent = "Robin",
                                 .phone = "203-555-0142",
                                 .timezone = "America/New_York",
                                 .now = "2026-11-21T14:05:00-05:00",
                                 .now_spoken = "Saturday 21 November, 2:05 pm",
                                 .daypart = "afternoon",
                                 .open_now = 1,
                                 .hours_today = "Today we are open 7 am to 5 pm",
                                 .hours_week = "Monday: closed\nTuesday: 7 am to 5 pm\n"
                                               "Wednesday: 7 am to 5 pm\n"
                                               "Thursday: 7 am to 5 pm\n"
                                               "Friday: 7 am to 5 pm\n"
                                               "Saturday: 6 am to 6 pm\n"
                                               "Sunday: 6 am to 6 pm",
                                 .next_open = "",
                                 .person_name = "",
                                 .address = "12 Fox Lane, Milford, CT 06460",
                                 .email = "hello@foxhollow.example",
                                 .website = "https://foxhollow.example",
                                 .next_field = "",
                                 .urgency = {.rule = "", .say = ""},
                                 .refuse = "",
                                 .last_reply = ""};
    return kit;
}

void kit_free(struct kit *kit)
{
    local_words_free(kit->local->llm_words);
    free(kit->local);
    while (kit->owned_count)
        free(kit->owned[--kit->owned_count]);
    free(kit);
}

static struct sb_llm_message *add_message(struct kit *kit, int role, const char *text)
{
    struct sb_llm_message *message = &kit->messages[kit->message_count++];

    *message = (struct sb_llm_message){.role = role, .text = text};
    return message;
}

void kit_before(struct kit *kit, const char *person, const char *reply)
{
    add_message(kit, SB_LLM_USER, person);
    add_message(kit, SB_LLM_ASSISTANT, reply);
    kit->turn.last_reply = reply;
    kit->turn.number++;
}

static struct sb_passage *add_passage(struct kit *kit, int kind, const char *title,
                                      const char *heading, const char *text)
{
    struct sb_passage *p = &kit->passages[kit->turn.passage_count++];
    static const char *const ids[] = {"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"};

    *p = (struct sb_passage){.id = ids[kit->turn.passage_count - 1],
                             .kind = kind,
                             .title = title,
                             .heading = heading,
                             .url = "",
                             .text = text,
                             .score = 0.8,
                             .dated = "",
                             .conflict = ""};
    kit->turn.passages = kit->passages;
    kit->turn.answerable = true;
    return p;
}

struct sb_passage *kit_page(struct kit *kit, const char *heading, const char *text)
{
    return add_passage(kit, SB_PASSAGE_PAGE, "A page", heading, text);
}

struct sb_passage *kit_faq(struct kit *kit, const char *question, const char *text)
{
    return add_passage(kit, SB_PASSAGE_FAQ, question, "", text);
}

struct sb_field *kit_field(struct kit *kit, const char *name, int kind, const char *ask)
{
    struct sb_field *f = &kit->fields[kit->turn.field_count++];

    *f = (struct sb_field){.name = name,
                           .label = name,
                           .kind = kind,
                           .required = true,
                           .ask = ask,
                           .retry = "",
                           .value = "",
                           .spoken = ""};
    kit->turn.fields = kit->fields;
    return f;
}

void kit_heard(struct kit *kit, const char *field, int kind, const char *value,
               const char *text)
{
    kit->heard[kit->turn.heard_count++] = (struct sb_heard){.field = field,
                                                            .kind = kind,
                                                            .value = value,
                                                            .spoken = value,
                                                            .text = text,
                                                            .confidence = 0.9};
    kit->turn.heard = kit->heard;
}

void kit_phrase(struct kit *kit, const char *name, const char *text)
{
    kit->phrases[kit->turn.phrase_count++] = (struct sb_phrase){name, text};
    kit->turn.phrases = kit->phrases;
}

/* ---- the sink ---- */

static int on_text(void *arg, const char *text, size_t len)
{
    struct kit *kit = arg;

    kit->pieces++;
    strncat(kit->reply, text,
            len < sizeof(kit->reply) - strlen(kit->reply) - 1
                ? len
                : sizeof(kit->reply) - strlen(kit->reply) - 1);
    return 0;
}

static int on_call(void *arg, const struct sb_llm_call *call)
{
    struct kit *kit = arg;

    kit->calls[kit->call_count++] = (struct sb_llm_call){
        keep(kit, call->id), keep(kit, call->name), keep(kit, call->arguments)};
    return 0;
}

static void on_cite(void *arg, const char *id)
{
    struct kit *kit = arg;

    kit->cited[kit->cited_count++] = id;
}

static void on_confidence(void *arg, double value)
{
    struct kit *kit = arg;

    kit->confidence = value;
}

static int run(struct kit *kit)
{
    const struct sb_llm_sink sink = {.size = sizeof(sink),
                                     .arg = kit,
                                     .text = on_text,
                                     .call = on_call,
                                     .cite = on_cite,
                                     .confidence = on_confidence};
    const struct sb_llm_request request = {.size = sizeof(request),
                                           .messages = kit->messages,
                                           .message_count = kit->message_count,
                                           .tools = tools,
                                           .tool_count =
                                               sizeof(tools) / sizeof(tools[0]),
                                           .turn = &kit->turn,
                                           .said = kit->said};
    struct sb_err err = {0};

    kit->reply[0] = '\0';
    kit->call_count = kit->cited_count = kit->pieces = 0;
    return local_llm_ops.turn(kit->local, &request, &sink, &err);
}

int kit_say(struct kit *kit, const char *message)
{
    add_message(kit, SB_LLM_USER, message);
    kit->turn.message = message;
    return run(kit);
}

void kit_result(struct kit *kit, size_t i, const char *result)
{
    struct sb_llm_message *made = add_message(kit, SB_LLM_ASSISTANT, "");
    struct sb_llm_message *answer;

    kit->made[kit->message_count] = kit->calls[i];
    made->calls = &kit->made[kit->message_count];
    made->call_count = 1;
    answer = add_message(kit, SB_LLM_TOOL, result);
    answer->call_id = kit->calls[i].id;
}

int kit_again(struct kit *kit)
{
    return run(kit);
}

int kit_go_on(struct kit *kit)
{
    kit->turn.last_reply = "";
    add_message(kit, SB_LLM_USER, "(Go on exactly where it stopped.)");
    return run(kit);
}

bool kit_called(const struct kit *kit, const char *tool, const char *argument)
{
    size_t i;

    for (i = 0; i < kit->call_count; i++)
        if (strcmp(kit->calls[i].name, tool) == 0 &&
            strstr(kit->calls[i].arguments, argument))
            return true;
    return false;
}

bool kit_replied(const struct kit *kit, const char *words)
{
    const char *p;

    for (p = kit->reply; *p; p++)
        if (strncasecmp(p, words, strlen(words)) == 0)
            return true;
    return *words == '\0';
}
