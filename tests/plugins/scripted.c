/* SPDX-License-Identifier: Apache-2.0
 *
 * A model that does what the person's message tells it: line n of the message is what
 * it does in step n of the turn, actions separated by " ;; ". It keeps no state.
 *
 *     say TEXT            hands on text
 *     call NAME JSON      calls a tool
 *     loop NAME JSON      calls it in every step from here on
 *     fail                is unavailable
 *     wait MS             sleeps first
 *     results             says what the tools of the last step returned
 *     tell                says phase, next field and what was heard
 *     sure N              confidence in hundredths
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchboard/plugin.h>

struct state {
    const struct sb_host *host;
};

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    struct state *state = calloc(1, sizeof(*state));

    (void)config;
    if (!state)
        return sb_fail(err, SB_ENOMEM, "out of memory");
    state->host = host;
    *state_r = state;
    return 0;
}

static void stop(void *state)
{
    free(state);
}

static int say(const struct sb_llm_sink *sink, const char *text)
{
    return *text ? sink->text(sink->arg, text, strlen(text)) : 0;
}

static int say_results(const struct sb_llm_request *request,
                       const struct sb_llm_sink *sink)
{
    size_t i;
    int rc = 0;

    for (i = 0; i < request->message_count && rc == 0; i++) {
        const struct sb_llm_message *m = &request->messages[i];

        if (m->role != SB_LLM_TOOL)
            continue;
        rc = say(sink, m->is_error ? "refused " : "done ");
        if (rc == 0)
            rc = say(sink, m->text);
        if (rc == 0)
            rc = say(sink, "\n");
    }
    return rc;
}

static int tell(const struct sb_turn *turn, const struct sb_llm_sink *sink)
{
    char text[4000];
    size_t i, n;

    n = (size_t)snprintf(text, sizeof(text), "phase=%d next=%s name=%s returning=%d",
                         turn->intake_phase, turn->next_field, turn->person_name,
                         (int)turn->returning);
    for (i = 0; i < turn->heard_count && n < sizeof(text) - 200; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, " %s=%.100s%s",
                              turn->heard[i].field, turn->heard[i].value,
                              turn->heard[i].correction ? "!" : "");
    for (i = 0; i < turn->memory_count && n < sizeof(text) - 400; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, " [%s: %.300s]",
                              turn->memories[i].when, turn->memories[i].summary);
    return say(sink, text);
}

/* "NAME JSON" */
static int call(const struct sb_llm_sink *sink, const char *text, size_t step)
{
    const char *space = strchr(text, ' ');
    char name[64], id[32];
    struct sb_llm_call c = {.name = name, .id = id};
    static int serial;

    (void)snprintf(name, sizeof(name), "%.*s",
                   space ? (int)(space - text) : (int)strlen(text), text);
    (void)snprintf(id, sizeof(id), "c%zu-%d", step, serial++);
    c.arguments = space ? space + 1 : "{}";
    return sink->call(sink->arg, &c);
}

static int act(struct state *state, const struct sb_llm_request *request,
               const struct sb_llm_sink *sink, const char *text, size_t step,
               struct sb_err *err)
{
    if (strncmp(text, "say ", 4) == 0)
        return say(sink, text + 4);
    if (strncmp(text, "call ", 5) == 0)
        return call(sink, text + 5, step);
    if (strncmp(text, "loop ", 5) == 0)
        return request->tool_count ? call(sink, text + 5, step) : 0;
    if (strcmp(text, "fail") == 0)
        return sb_fail(err, SB_EUNAVAILABLE, "scripted failure");
    if (strncmp(text, "wait ", 5) == 0)
        return state->host->sleep_ms(state->host->self, strtol(text + 5, NULL, 10));
    if (strcmp(text, "results") == 0)
        return say_results(request, sink);
    if (strcmp(text, "tell") == 0)
        return tell(request->turn, sink);
    if (strncmp(text, "sure ", 5) == 0)
        sink->confidence(sink->arg, (double)strtol(text + 5, NULL, 10) / 100);
    return 0;
}

/* Line `step` of the script, or its last one when that loops. */
static int find_line(const char *script, size_t step, char *out, size_t size)
{
    const char *at = script, *end;
    size_t i = 0;

    for (;; i++) {
        end = strchr(at, '\n');
        if (i == step || (!end && strstr(at, "loop ")))
            break;
        if (!end)
            return -1;
        at = end + 1;
    }
    (void)snprintf(out, size, "%.*s", end ? (int)(end - at) : (int)strlen(at), at);
    return 0;
}

static int turn(void *arg, const struct sb_llm_request *request,
                const struct sb_llm_sink *sink, struct sb_err *err)
{
    const struct sb_llm_usage usage = {
        .input_tokens = 7, .output_tokens = 3, .cost = 1};
    struct state *state = arg;
    const char *script = request->turn->message;
    char line[4096], *action, *next;
    size_t step = 0, i;
    int rc = 0;

    for (i = 0; i < request->message_count; i++) {
        if (request->messages[i].role == SB_LLM_USER)
            step = 0;
        step += request->messages[i].call_count > 0;
    }
    sink->model(sink->arg, "scripted-1");
    sink->usage(sink->arg, &usage);
    if (find_line(script, step, line, sizeof(line)))
        return 0;
    for (action = line; action && rc == 0; action = next) {
        next = strstr(action, " ;; ");
        if (next) {
            *next = '\0';
            next += 4;
        }
        rc = act(state, request, sink, action, step, err);
    }
    return rc;
}

static const struct sb_llm_ops llm_ops = {
    .size = sizeof(llm_ops), .abilities = SB_LLM_STREAMS | SB_LLM_TOOLS, .turn = turn};
static const struct sb_role roles[] = {{SB_ROLE_LLM, &llm_ops}, {NULL, NULL}};

SB_PLUGIN(scripted, .version = "0.1", .summary = "Does what the message tells it",
          .licence = "Apache-2.0", .roles = roles, .start = start, .stop = stop)
