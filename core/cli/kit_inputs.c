/* SPDX-License-Identifier: Apache-2.0
 *
 * The conformance kit's calls: small valid input for each role, the same with texts
 * that are empty, long, or not UTF-8, and a look at what comes out.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/task.h"
#include "base/text.h"
#include "cli/kit.h"
#include "cli/kit_vendor.h"
#include "host/guard.h"

#define DEADLINE_MS 20000
#define LONG_BYTES 60000
#define VECTORS 20
#define DIMS 8

struct call {
    struct sb_kit *kit;
    enum sb_role_kind kind;
    enum sb_kit_input input;
    struct sb_kit_outcome *outcome;
    TALLOC_CTX *mem;
    const char *text; /* the input's */
    const void *ops;
    void *state;
    bool spoke;
    int pages;
};

__attribute__((format(printf, 2, 3))) static void fault(struct call *call,
                                                        const char *fmt, ...)
{
    struct sb_kit_outcome *outcome = call->outcome;
    va_list ap;

    if (outcome->fault[0])
        return;
    va_start(ap, fmt);
    (void)vsnprintf(outcome->fault, sizeof(outcome->fault), fmt, ap);
    va_end(ap);
}

const char *sb_kit_input_name(enum sb_kit_input input)
{
    static const char *const names[SB_KIT_INPUTS] = {[SB_KIT_SMALL] = "a small input",
                                                     [SB_KIT_EMPTY] = "an empty text",
                                                     [SB_KIT_LONG] = "a long text",
                                                     [SB_KIT_NOT_UTF8] =
                                                         "a text that is not UTF-8"};

    return names[input];
}

static const char *input_text(TALLOC_CTX *mem, enum sb_kit_input input)
{
    char *text;

    switch (input) {
    case SB_KIT_EMPTY: return "";
    case SB_KIT_NOT_UTF8: return "caf\xc3 \xff\xfe \xed\xa0\x80 open\x01?";
    case SB_KIT_LONG:
        text = talloc_zero_size(mem, LONG_BYTES + 1);
        for (size_t i = 0; i < LONG_BYTES; i++)
            text[i] = i % 7 ? (char)('a' + i % 23) : ' ';
        return text;
    case SB_KIT_SMALL:
    case SB_KIT_INPUTS: break;
    }
    return "When are you open on Saturday?";
}

/* ---- llm ---- */

static int on_text(void *arg, const char *text, size_t len)
{
    struct call *call = arg;

    if (!sb_utf8_valid(text, len))
        fault(call, "it handed on text that is not UTF-8");
    call->spoke |= len > 0;
    return 0;
}

static int on_call(void *arg, const struct sb_llm_call *tool)
{
    struct call *call = arg;

    if (!tool->id || !tool->name || !tool->arguments)
        fault(call, "it handed on a tool call with a NULL in it");
    call->spoke = true;
    return 0;
}

static void on_string(void *arg, const char *text)
{
    if (!text || !*text)
        fault(arg, "it gave the sink an empty string");
}

static void on_confidence(void *arg, double value)
{
    if (!(value >= 0 && value <= 1))
        fault(arg, "its confidence %g is not within 0..1", value);
}

static void on_usage(void *arg, const struct sb_llm_usage *usage)
{
    if (usage->input_tokens < 0 || usage->output_tokens < 0 || !(usage->cost >= 0))
        fault(arg, "its usage is negative");
}

static int call_llm(struct call *call, struct sb_err *err)
{
    static const char *const nothing[] = {NULL};
    const struct sb_llm_ops *ops = call->ops;
    const struct sb_passage passage = {.id = "p1",
                                       .kind = SB_PASSAGE_FAQ,
                                       .title = "When are you open?",
                                       .heading = "",
                                       .url = "",
                                       .text = "Monday to Friday, 8 am to 5 pm.",
                                       .score = 0.9,
                                       .dated = "",
                                       .conflict = ""};
    const struct sb_turn turn = {.size = sizeof(turn),
                                 .channel = "chat",
                                 .message = call->text,
                                 .number = 1,
                                 .business = "Check Garage",
                                 .vertical = "garage",
                                 .agent = "Alex",
                                 .phone = "555-0100",
                                 .timezone = "America/New_York",
                                 .now = "2026-11-21T14:05:00-05:00",
                                 .now_spoken = "Saturday 21 November, 2:05 pm",
                                 .daypart = "afternoon",
                                 .open_now = -1,
                                 .hours_today = "",
                                 .hours_week = "",
                                 .next_open = "",
                                 .person_name = "",
                                 .passages = &passage,
                                 .passage_count = 1,
                                 .answerable = true,
                                 .next_field = "",
                                 .urgency = {.rule = "", .say = ""},
                                 .out_of_scope = nothing,
                                 .compliance = nothing,
                                 .last_reply = "",
                                 .address = "",
                                 .email = "",
                                 .website = "",
                                 .refuse = ""};
    const struct sb_llm_layer layer = {"identity", "You answer for Check Garage.",
                                       true};
    const struct sb_llm_message message = {.role = SB_LLM_USER, .text = call->text};
    const struct sb_llm_tool tool = {"look_up", "Looks something up",
                                     "{\"type\":\"object\",\"properties\":{}}"};
    const struct sb_llm_request request = {.size = sizeof(request),
                                           .layers = &layer,
                                           .layer_count = 1,
                                           .messages = &message,
                                           .message_count = 1,
                                           .tools = &tool,
                                           .tool_count =
                                               (ops->abilities & SB_LLM_TOOLS) ? 1 : 0,
                                           .max_tokens = 200,
                                           .temperature = -1,
                                           .turn = &turn};
    const struct sb_llm_sink sink = {.size = sizeof(sink),
                                     .arg = call,
                                     .text = on_text,
                                     .call = on_call,
                                     .cite = on_string,
                                     .confidence = on_confidence,
                                     .usage = on_usage,
                                     .model = on_string};
    int rc = ops->turn(call->state, &request, &sink, err);

    if (rc == 0 && !call->spoke)
        fault(call, "it returned 0 and said nothing");
    return rc;
}

/* ---- embed ---- */

static void look_at_vectors(struct call *call, const float *out, size_t count, int dims)
{
    for (size_t i = 0; i < count; i++) {
        double sum = 0;

        for (int at = 0; at < dims; at++)
            sum += (double)out[i * (size_t)dims + (size_t)at] *
                   (double)out[i * (size_t)dims + (size_t)at];
        if (!isfinite(sum))
            fault(call, "a vector holds a value that is not a number");
        else if (fabs(sum - 1) > 0.01 && !(sum == 0 && call->input != SB_KIT_SMALL))
            fault(call, "a vector's length is %.3f and not 1", sqrt(sum));
    }
}

static int call_embed(struct call *call, struct sb_err *err)
{
    const struct sb_embed_ops *ops = call->ops;
    const char *texts[3] = {call->text, "Monday to Friday, 8 am to 5 pm.", call->text};
    size_t count = ops->batch < 3 ? (size_t)ops->batch : 3;
    const char *space = ops->space(call->state);
    int dims = ops->dimensions(call->state), rc;
    float *out;

    if (!space || !*space || strlen(space) > 100)
        fault(call, "space() must name the vector space");
    if (dims < 1 || dims > 8192) {
        fault(call, "dimensions() returned %d", dims);
        return 0;
    }
    /* A guard value behind the end shows who writes too far. */
    out = sb_array(call->mem, float, count *(size_t)dims + 1);
    out[count * (size_t)dims] = 12345;
    rc = ops->embed(call->state, texts, count, out, err);
    if (out[count * (size_t)dims] != 12345)
        fault(call, "it wrote beyond count * dimensions");
    if (rc == 0)
        look_at_vectors(call, out, count, dims);
    return rc;
}

/* ---- crawl ---- */

static int on_found(void *arg, int total)
{
    if (total < 0)
        fault(arg, "it found %d pages", total);
    return 0;
}

static int on_page(void *arg, const struct sb_crawl_page *page)
{
    struct call *call = arg;

    call->pages++;
    if (!page->url || !*page->url || !page->found_on || !page->content_type ||
        !page->modified)
        fault(call, "a page lacks its address, or has NULL where \"\" belongs");
    else if (!page->body && !page->failed)
        fault(call, "a page has neither a body nor a reason");
    return 0;
}

static int call_crawl(struct call *call, struct sb_err *err)
{
    static const char *const known[] = {NULL};
    const struct sb_crawl_ops *ops = call->ops;
    const char *url = sb_kit_vendor_url(call->kit->vendor);
    struct sb_crawl_request request = {.size = sizeof(request),
                                       .max_pages = 5,
                                       .max_page_bytes = 1000000,
                                       .max_total_bytes = 5000000,
                                       .parallel = 2,
                                       .known = known};
    const struct sb_crawl_sink sink = {
        .size = sizeof(sink), .arg = call, .found = on_found, .page = on_page};
    int rc;

    /* Odd addresses below the site: they must be refused or fail, not crash. */
    request.url = call->input == SB_KIT_SMALL
                      ? url
                      : talloc_asprintf(call->mem, "%s/%s", url, call->text);
    rc = ops->crawl(call->state, &request, &sink, err);
    if (rc == 0 && call->pages == 0)
        fault(call, "it returned 0 and handed on no page");
    return rc;
}

/* ---- search ---- */

static int load(void *arg, int (*add)(void *sink, int64_t id, const float *vector),
                void *sink, struct sb_err *err)
{
    float vector[DIMS];
    int rc = 0;

    (void)arg;
    (void)err;
    for (int id = 1; rc == 0 && id <= VECTORS; id++) {
        double angle = id * 0.05;

        memset(vector, 0, sizeof(vector));
        vector[0] = (float)cos(angle);
        vector[1] = (float)sin(angle);
        rc = add(sink, id, vector);
    }
    return rc;
}

static void look_at_hits(struct call *call, const struct sb_search_hit *hits, int found)
{
    for (int i = 0; i < found; i++) {
        if (hits[i].id < 1 || hits[i].id > VECTORS)
            fault(call, "it found an id that is not in the index");
        if (!(hits[i].score >= -1.01 && hits[i].score <= 1.01))
            fault(call, "a score of %g is no cosine", hits[i].score);
        if (i && hits[i].score > hits[i - 1].score)
            fault(call, "hits are not ordered best first");
    }
    if (found > 0 && hits[0].id != 1)
        fault(call, "the nearest vector is 1, it found %lld first",
              (long long)hits[0].id);
}

static int call_search(struct call *call, struct sb_err *err)
{
    static const float vector[DIMS] = {1};
    const struct sb_search_ops *ops = call->ops;
    struct sb_search_loader loader = {.size = sizeof(loader), .load = load};
    struct sb_search_query query = {.size = sizeof(query),
                                    .index = call->text,
                                    .generation = 1,
                                    .dimensions = DIMS,
                                    .vector = vector,
                                    .k = 5,
                                    .loader = &loader};
    struct sb_search_hit hits[6] = {{0, 0}};
    int found = ops->search(call->state, &query, hits, err);

    if (found > 5)
        fault(call, "it returned %d hits where 5 were asked for", found);
    else if (found == 0)
        fault(call, "it found nothing in an index of %d vectors", VECTORS);
    else
        look_at_hits(call, hits, found);
    return found < 0 ? found : 0;
}

/* ---- vertical ---- */

static const char *field(const struct sb_vertical_case *vcase, const char *name)
{
    const struct call *call = vcase->arg;

    return strcmp(name, "name") == 0 ? "Pat" : call->text;
}

static void look_at_text(struct call *call, const char *what, const char *text,
                         size_t size)
{
    if (strnlen(text, size) == size)
        fault(call, "%s is not terminated within its buffer", what);
    else if (!sb_utf8_valid(text, strlen(text)))
        fault(call, "%s is not UTF-8", what);
}

static void call_tools(struct call *call, const struct sb_vertical_ops *ops,
                       const struct sb_vertical_case *vcase, struct sb_err *err)
{
    char result[2000];

    for (const struct sb_llm_tool *tool = ops->tools; tool && tool->name; tool++) {
        result[0] = '\0';
        if (!tool->description || !tool->schema)
            fault(call, "its tool %s lacks description or schema", tool->name);
        (void)ops->tool(call->state, vcase, tool->name, "{}", result, sizeof(result),
                        err);
        look_at_text(call, "a tool's result", result, sizeof(result));
    }
}

static int call_vertical(struct call *call, struct sb_err *err)
{
    const struct sb_vertical_ops *ops = call->ops;
    const struct sb_turn turn = {.size = sizeof(turn),
                                 .channel = "chat",
                                 .message = call->text,
                                 .number = 1,
                                 .business = "Check",
                                 .vertical = call->kit->plugin->name,
                                 .agent = "",
                                 .phone = "",
                                 .timezone = "America/New_York",
                                 .now = "2026-11-21T14:05:00-05:00",
                                 .now_spoken = "",
                                 .daypart = "afternoon",
                                 .hours_today = "",
                                 .hours_week = "",
                                 .next_open = "",
                                 .person_name = "",
                                 .next_field = "",
                                 .urgency = {.rule = "", .say = ""},
                                 .last_reply = "",
                                 .address = "",
                                 .email = "",
                                 .website = "",
                                 .refuse = ""};
    const struct sb_vertical_case vcase = {
        .size = sizeof(vcase), .turn = &turn, .field = field, .arg = call};
    char one[300] = "", two[300] = "";
    int level;

    if (ops->score)
        (void)ops->score(call->state, &vcase, one, sizeof(one));
    look_at_text(call, "the score's reason", one, sizeof(one));
    if (ops->urgency) {
        level = ops->urgency(call->state, &vcase, one, sizeof(one), two, sizeof(two));
        if (level < 0 || level > 3)
            fault(call, "urgency() returned %d, which is not within 0..3", level);
        look_at_text(call, "the urgency's rule", one, sizeof(one));
        look_at_text(call, "what urgency() says", two, sizeof(two));
    }
    if (ops->validate_field) {
        (void)ops->validate_field(call->state, &vcase, "phone", call->text, one,
                                  sizeof(one), err);
        look_at_text(call, "the normalised value", one, sizeof(one));
    }
    if (ops->qualify)
        (void)ops->qualify(call->state, &vcase, one, sizeof(one));
    look_at_text(call, "the qualification's reason", one, sizeof(one));
    if (ops->route)
        (void)ops->route(call->state, &vcase, one, sizeof(one));
    look_at_text(call, "the queue", one, sizeof(one));
    call_tools(call, ops, &vcase, err);
    return 0;
}

/* ---- in a task ---- */

static void run(void *arg)
{
    static int (*const calls[SB_KIND_COUNT])(struct call * call,
                                             struct sb_err * err) = {
        [SB_KIND_LLM] = call_llm,           [SB_KIND_EMBED] = call_embed,
        [SB_KIND_CRAWL] = call_crawl,       [SB_KIND_SEARCH] = call_search,
        [SB_KIND_VERTICAL] = call_vertical,
    };
    struct call *call = arg;
    struct sb_kit_outcome *outcome = call->outcome;
    struct sb_guard guard;
    int64_t outer = sb_task_deadline_push(DEADLINE_MS);

    sb_guard_enter(&guard, call->kit->instance, sb_role_name(call->kind));
    outcome->rc = calls[call->kind](call, &outcome->err);
    sb_guard_leave(&guard);
    sb_task_deadline_pop(outer);
    if (guard.strikes)
        fault(call, "it kept the loop busy for %d ms without letting go",
              (int)(guard.worst_us / 1000));
}

void sb_kit_call(struct sb_kit *kit, enum sb_role_kind kind, enum sb_kit_input input,
                 int cancel_at, struct sb_kit_outcome *outcome)
{
    struct call call = {.kit = kit, .kind = kind, .input = input, .outcome = outcome};
    int requests = kit->watch.requests, answers = kit->watch.open_answers,
        documents = kit->watch.open_documents;

    *outcome = (struct sb_kit_outcome){0};
    call.mem = talloc_new(NULL);
    call.text = input_text(call.mem, input);
    call.ops = kit->descriptor->ops[kind];
    call.state = kit->instance->state;
    kit->waits = 0;
    kit->cancel_at = cancel_at;
    kit->task = sb_task_ref(sb_task_spawn(sb_loop_current(), "call", run, &call));
    (void)sb_task_join(kit->task, -1);
    sb_task_unref(kit->task);
    kit->task = NULL;
    outcome->waits = kit->waits;
    outcome->asked = kit->watch.requests != requests;
    if (kit->watch.open_answers != answers)
        fault(&call, "it left %d answers open: http_close() is missing",
              kit->watch.open_answers - answers);
    if (kit->watch.open_documents != documents)
        fault(&call, "it left %d documents open: json_free() is missing",
              kit->watch.open_documents - documents);
    if (outcome->rc > 0)
        fault(&call, "it returned %d, which is no SB_E* code", outcome->rc);
    if (outcome->rc < 0 && outcome->rc != SB_ECANCELED && !outcome->err.msg[0])
        fault(&call, "it failed (%s) without a sentence", sb_code_name(outcome->rc));
    talloc_free(call.mem);
}
