/* SPDX-License-Identifier: Apache-2.0
 *
 * @NAME@: a language model behind an interface like OpenAI's chat completions. It is
 * made to be changed: the request is built in write_request(), the answer is read in
 * read_stream(), and everything else can stay as it is.
 *
 * All of it runs in a task of the host: it reads from top to bottom, and wherever it
 * waits the host does other work. A service that returns SB_ECANCELED says that nobody
 * wants the answer any more: clean up and return it.
 */
#include <stdlib.h>
#include <string.h>
#include <switchboard/plugin.h>

struct conf {
    const char *base_url;
    const char *api_key;
    const char *model;
    int64_t timeout;
};

struct state {
    const struct sb_host *host;
    const struct conf *conf;
};

/* ---- a growing text ---- */

struct text {
    char *data;
    size_t len, room;
    bool failed;
};

static void add(struct text *text, const char *data, size_t len)
{
    if (text->len + len + 1 > text->room) {
        size_t room = 2 * (text->len + len + 512);
        char *larger = realloc(text->data, room);

        if (!larger) {
            text->failed = true;
            return;
        }
        text->data = larger;
        text->room = room;
    }
    memcpy(text->data + text->len, data, len);
    text->len += len;
    text->data[text->len] = '\0';
}

static void add_text(struct text *text, const char *data)
{
    add(text, data, strlen(data));
}

/* As a JSON string, quotes included; what is not UTF-8 is replaced by the host. */
static void add_quoted(const struct sb_host *host, struct text *text, const char *data)
{
    size_t len = strlen(data), size = host->json_quote(data, len, NULL, 0) + 1;
    char *quoted = malloc(size);

    if (!quoted) {
        text->failed = true;
        return;
    }
    (void)host->json_quote(data, len, quoted, size);
    add_text(text, quoted);
    free(quoted);
}

/* ---- the request ---- */

static void add_message(const struct sb_host *host, struct text *out, const char *role,
                        const char *content)
{
    add_text(out, "{\"role\":\"");
    add_text(out, role);
    add_text(out, "\",\"content\":");
    add_quoted(host, out, content);
    add_text(out, "}");
}

/* The layers of the system prompt first, then the conversation. */
static void write_request(const struct state *state, const struct sb_llm_request *request,
                          struct text *out)
{
    const struct sb_host *host = state->host;
    char number[64];

    add_text(out, "{\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                  "\"model\":");
    add_quoted(host, out, state->conf->model);
    (void)snprintf(number, sizeof(number), ",\"max_tokens\":%d", request->max_tokens);
    add_text(out, number);
    if (request->temperature >= 0) {
        (void)snprintf(number, sizeof(number), ",\"temperature\":%.2f",
                       request->temperature);
        add_text(out, number);
    }
    add_text(out, ",\"messages\":[");
    for (size_t i = 0; i < request->layer_count; i++) {
        add_message(host, out, "system", request->layers[i].text);
        add_text(out, ",");
    }
    for (size_t i = 0; i < request->message_count; i++) {
        const struct sb_llm_message *message = &request->messages[i];

        if (i > 0)
            add_text(out, ",");
        add_message(host, out, message->role == SB_LLM_ASSISTANT ? "assistant" : "user",
                    message->text);
    }
    add_text(out, "]}");
}

/* ---- the answer ---- */

/* Which failure it is decides what the host does next: it tries again, goes to the next
 * provider, or leaves this one alone for a while. */
static int refused(const struct sb_host *host, const struct sb_http *http,
                   struct sb_err *err)
{
    int status = host->http_status(http);
    const char *after = host->http_header(http, "Retry-After");
    long seconds = after ? strtol(after, NULL, 10) : 0;

    if (err && seconds > 0 && seconds < 86400)
        err->retry_after_ms = (int)(1000 * seconds);
    if (status == 401 || status == 403)
        return sb_fail(err, SB_EAUTH, "the key was refused (%d)", status);
    if (status == 429)
        return sb_fail(err, SB_ELIMIT, "too many requests (429)");
    if (status >= 500)
        return sb_fail(err, SB_EUNAVAILABLE, "the service is in trouble (%d)", status);
    return sb_fail(err, SB_EINVAL, "the request was refused (%d)", status);
}

static void give_usage(const struct sb_host *host, const struct sb_json_node *usage,
                       const struct sb_llm_sink *sink)
{
    struct sb_llm_usage sum = {
        .input_tokens = host->json_int(host->json_get(usage, "prompt_tokens")),
        .output_tokens = host->json_int(host->json_get(usage, "completion_tokens")),
    };

    if (usage)
        sink->usage(sink->arg, &sum);
}

/* One event of the stream: a piece of text, or the usage at the end. */
static int take_event(const struct sb_host *host, const struct sb_sse_event *event,
                      const struct sb_llm_sink *sink, struct sb_err *err)
{
    const struct sb_json_node *root, *choice;
    struct sb_json_doc *doc;
    const char *piece;
    int rc = host->json_parse(host->self, event->data, event->data_len, &doc, err);

    if (rc != 0)
        return sb_fail(err, SB_EPROTO, "an event of the stream is not JSON");
    root = host->json_root(doc);
    choice = host->json_at(host->json_get(root, "choices"), 0);
    piece = host->json_string(host->json_get(host->json_get(choice, "delta"), "content"));
    if (*piece)
        rc = sink->text(sink->arg, piece, strlen(piece));
    give_usage(host, host->json_get(root, "usage"), sink);
    host->json_free(doc);
    return rc;
}

/* The stream is whole only when it says so: the end of the connection is not enough. */
static int read_stream(const struct sb_host *host, struct sb_http *http,
                       const struct sb_llm_sink *sink, struct sb_err *err)
{
    struct sb_sse_event event;
    int rc;

    while ((rc = host->http_event(http, &event, err)) == 1) {
        if (strcmp(event.data, "[DONE]") == 0)
            return 0;
        rc = take_event(host, &event, sink, err);
        if (rc != 0)
            return rc;
    }
    return rc < 0 ? rc : sb_fail(err, SB_EPROTO, "the stream ended before it was done");
}

static int post(struct state *state, const struct text *body, const char *url,
                const char *authorization, const struct sb_llm_sink *sink,
                struct sb_err *err)
{
    const struct sb_host *host = state->host;
    const struct sb_http_header headers[] = {
        {"Content-Type", "application/json"},
        {"Authorization", authorization},
    };
    const struct sb_http_request request = {
        .size = sizeof(request),
        .method = "POST",
        .url = url,
        .headers = headers,
        .header_count = 2,
        .body = body->data,
        .body_len = body->len,
        .total_ms = (int)state->conf->timeout,
    };
    struct sb_http *http;
    int rc = host->http_open(host->self, &request, &http, err);

    if (rc != 0)
        return rc;
    if (host->http_status(http) != 200)
        rc = refused(host, http, err);
    else
        rc = read_stream(host, http, sink, err);
    host->http_close(http);
    return rc;
}

static int turn(void *arg, const struct sb_llm_request *request,
                const struct sb_llm_sink *sink, struct sb_err *err)
{
    struct state *state = arg;
    struct text body = {0}, url = {0}, authorization = {0};
    int rc;

    add_text(&url, state->conf->base_url);
    add_text(&url, "/v1/chat/completions");
    add_text(&authorization, "Bearer ");
    add_text(&authorization, state->conf->api_key);
    write_request(state, request, &body);
    if (body.failed || url.failed || authorization.failed) {
        rc = sb_fail(err, SB_ENOMEM, "out of memory");
    } else {
        sink->model(sink->arg, state->conf->model);
        rc = post(state, &body, url.data, authorization.data, sink, err);
    }
    free(body.data);
    free(url.data);
    free(authorization.data);
    return rc;
}

/* ---- life ---- */

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    struct state *state = calloc(1, sizeof(*state));

    if (!state)
        return sb_fail(err, SB_ENOMEM, "out of memory");
    state->host = host;
    state->conf = config;
    *state_r = state;
    return 0;
}

static void stop(void *state)
{
    free(state);
}

/* ---- what the host reads ---- */

static const struct sb_option options[] = {
    SB_OPT_STRING(struct conf, base_url, "https://api.example.com", 0,
                  "Where the service is, without the path"),
    SB_OPT_STRING(struct conf, api_key, NULL, SB_OPTION_REQUIRED | SB_OPTION_SECRET,
                  "The key, best as ${@UPPER@_API_KEY}"),
    SB_OPT_STRING(struct conf, model, "small-1", 0, "Which model answers"),
    SB_OPT_DURATION(struct conf, timeout, "60s", 1000, 600000, 0,
                    "Total time for one answer"),
    SB_OPT_END,
};

static const struct sb_llm_ops llm = {
    .size = sizeof(llm),
    .abilities = SB_LLM_STREAMS,
    .turn = turn,
};

static const struct sb_role roles[] = {
    {SB_ROLE_LLM, &llm},
    {NULL, NULL},
};

static const char *const hosts[] = {"api.example.com", NULL};

SB_PLUGIN(@NAME@, .version = "0.1", .summary = "Answers through the @NAME@ service",
          .licence = "Apache-2.0", .options = options, .config_size = sizeof(struct conf),
          .hosts = hosts, .roles = roles, .start = start, .stop = stop)
