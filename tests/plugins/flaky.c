/* SPDX-License-Identifier: Apache-2.0
 *
 * A provider that fails by script, built under several names (-DFLAKY=name). The option
 * `script` lists what each call does, in order; the last entry goes on for good. A word
 * may have a number: "busy 30" keeps the loop busy for 30 ms.
 */
#include <stdlib.h>
#include <string.h>
#include <switchboard/plugin.h>

#define QUOTE_(x) #x
#define QUOTE(x) QUOTE_(x)
#define PLUGIN_(name, ...) SB_PLUGIN(name, __VA_ARGS__)

struct conf {
    const char **script;
    const char *reply;
    const char *space;
    const char *url;
    const char *journal;
};

struct state {
    const struct sb_host *host;
    const struct conf *conf;
    int calls;
};

/* Notes the instance's life in a file, for tests that count lives. */
static void note(const struct conf *conf, const char *word)
{
    FILE *file = *conf->journal ? fopen(conf->journal, "a") : NULL;

    if (!file)
        return;
    (void)fprintf(file, "%s %s\n", word, conf->reply);
    (void)fclose(file);
}

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    struct state *state = calloc(1, sizeof(*state));

    if (!state)
        return sb_fail(err, SB_ENOMEM, "out of memory");
    state->host = host;
    state->conf = config;
    note(config, "start");
    *state_r = state;
    return 0;
}

static void stop(void *arg)
{
    struct state *state = arg;

    note(state->conf, "stop");
    free(state);
}

/* The word of this call; its number goes to `*number`. */
static const char *next(struct state *state, char word[32], int *number)
{
    const char **at = state->conf->script, *space;
    int index = state->calls++;

    if (!at || !*at)
        return memcpy(word, "ok", sizeof("ok"));
    while (index-- > 0 && at[1])
        at++;
    space = strchr(*at, ' ');
    *number = space ? atoi(space + 1) : 0;
    (void)snprintf(word, 32, "%.*s", space ? (int)(space - *at) : 31, *at);
    return word;
}

static void keep_busy(struct state *state, int ms)
{
    int64_t end = state->host->mono_ms(state->host->self) + ms;

    while (state->host->mono_ms(state->host->self) <= end)
        ;
}

/* The failures that all roles have; 1 when the word is none of them. */
static int misbehave(struct state *state, const char *word, int number,
                     struct sb_err *err)
{
    static const struct {
        const char *word;
        int code;
        const char *sentence;
    } failures[] = {
        {"unavailable", SB_EUNAVAILABLE, "529 overloaded"},
        {"io", SB_EIO, "the line is dead"},
        {"proto", SB_EPROTO, "that was no JSON"},
        {"auth", SB_EAUTH, "401 wrong key"},
        {"invalid", SB_EINVAL, "the prompt is too long"},
        {"timeout", SB_ETIMEDOUT, "no first byte"},
        {"limit", SB_ELIMIT, "429 slow down"},
        {"canceled", SB_ECANCELED, "nobody did that"},
        {"positive", 7, ""},
    };

    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        if (strcmp(word, failures[i].word) != 0)
            continue;
        err->retry_after_ms = number;
        return sb_fail(err, failures[i].code, "%s", failures[i].sentence);
    }
    if (strcmp(word, "hang") == 0)
        return state->host->sleep_ms(state->host->self, 3600000);
    if (strcmp(word, "sleep") == 0) {
        int rc = state->host->sleep_ms(state->host->self, number);

        return rc ? rc : 1;
    }
    if (strcmp(word, "busy") == 0)
        keep_busy(state, number);
    if (strcmp(word, "chatter") == 0) {
        for (int i = 0; i < 10; i++) {
            keep_busy(state, number);
            (void)state->host->each(state->host->self, NULL, NULL, 0, 1);
        }
    }
    if (strcmp(word, "busy_twice") == 0) {
        keep_busy(state, number);
        (void)state->host->sleep_ms(state->host->self, 0);
        keep_busy(state, number);
    }
    return 1;
}

static int say(const struct sb_llm_sink *sink, const char *text)
{
    return sink->text(sink->arg, text, strlen(text));
}

static int say_reply(struct state *state, const struct sb_llm_request *request,
                     const struct sb_llm_sink *sink)
{
    const struct sb_llm_usage usage = {
        .input_tokens = 10, .output_tokens = 5, .cost = 0.5};
    int rc;

    sink->model(sink->arg, QUOTE(FLAKY) "-1");
    sink->cite(sink->arg, "cited");
    sink->confidence(sink->arg, 0.75);
    rc = request->said ? say(sink, "[on] ") : 0;
    if (rc == 0)
        rc = say(sink, state->conf->reply);
    sink->usage(sink->arg, &usage);
    return rc;
}

static int turn(void *arg, const struct sb_llm_request *request,
                const struct sb_llm_sink *sink, struct sb_err *err)
{
    const struct sb_llm_call call = {.id = "c1", .name = "look", .arguments = "{}"};
    struct state *state = arg;
    char word[32];
    int number = 0, rc;

    (void)next(state, word, &number);
    rc = misbehave(state, word, number, err);
    if (rc != 1)
        return rc;
    if (strcmp(word, "empty") == 0)
        return 0;
    if (strcmp(word, "garbage") == 0)
        return say(sink, "ab\xff\xc3");
    if (strcmp(word, "cut") == 0) {
        sink->cite(sink->arg, "cut");
        rc = say(sink, "Half a ");
        return rc ? rc : sb_fail(err, SB_EUNAVAILABLE, "cut off");
    }
    if (strcmp(word, "cite_and_fail") == 0) {
        sink->cite(sink->arg, "never");
        (void)sink->call(sink->arg, &call);
        return sb_fail(err, SB_EPROTO, "changed its mind");
    }
    if (strcmp(word, "call") == 0)
        return sink->call(sink->arg, &call);
    if (strcmp(word, "repeat") == 0) {
        rc = say(sink, "Half ");
        rc = rc ? rc : say(sink, "a ");
        return rc ? rc : say(sink, state->conf->reply);
    }
    if (strcmp(word, "deaf") == 0) {
        (void)say(sink, "one ");
        (void)say(sink, "two ");
        return 0;
    }
    return say_reply(state, request, sink);
}

static const char *space(void *arg)
{
    struct state *state = arg;

    return state->conf->space;
}

static int dimensions(void *arg)
{
    (void)arg;
    return 4;
}

static int embed(void *arg, const char *const *texts, size_t count, float *out,
                 struct sb_err *err)
{
    struct state *state = arg;
    char word[32];
    int number = 0, rc;

    (void)next(state, word, &number);
    rc = misbehave(state, word, number, err);
    if (rc != 1)
        return rc;
    for (size_t i = 0; i < count; i++) {
        memset(out + 4 * i, 0, 4 * sizeof(*out));
        out[4 * i + strlen(texts[i]) % 4] = 1;
    }
    if (strcmp(word, "nan") == 0)
        out[0] = __builtin_nanf("");
    return 0;
}

static int load_one(void *sink, int64_t id, const float *vector)
{
    int64_t *sum = sink;

    *sum += id + (int64_t)vector[0];
    return 0;
}

static int search(void *arg, const struct sb_search_query *query,
                  struct sb_search_hit *hits, struct sb_err *err)
{
    struct state *state = arg;
    char word[32];
    int64_t sum = 0;
    int number = 0, rc;

    (void)next(state, word, &number);
    rc = misbehave(state, word, number, err);
    if (rc != 1)
        return rc;
    rc = query->loader->load(query->loader->arg, load_one, &sum, err);
    if (rc != 0)
        return rc;
    hits[0] = (struct sb_search_hit){.id = sum, .score = 0.5};
    return strcmp(word, "too_many") == 0 ? query->k + 1 : 1;
}

static int crawl(void *arg, const struct sb_crawl_request *request,
                 const struct sb_crawl_sink *sink, struct sb_err *err)
{
    struct sb_crawl_page page = {.url = request->url,
                                 .found_on = "",
                                 .status = 200,
                                 .content_type = "text/html",
                                 .modified = "",
                                 .body = "x",
                                 .body_len = 1};
    struct state *state = arg;
    char word[32];
    int number = 0, rc;

    (void)next(state, word, &number);
    rc = misbehave(state, word, number, err);
    if (rc != 1)
        return rc;
    rc = sink->page(sink->arg, &page);
    if (rc == 0 && strcmp(word, "page_and_fail") == 0)
        rc = sb_fail(err, SB_EIO, "lost its way");
    return rc;
}

static int score(void *arg, const struct sb_vertical_case *vcase, char *reason,
                 size_t size)
{
    struct state *state = arg;
    struct sb_err err = {0};
    char word[32];
    int number = 0;

    (void)vcase;
    (void)next(state, word, &number);
    (void)misbehave(state, word, number, &err);
    (void)snprintf(reason, size, "%s", state->conf->reply);
    return 3;
}

static int hook(void *arg, const struct sb_hook_request *request,
                struct sb_hook_reply *reply, struct sb_err *err)
{
    struct state *state = arg;
    struct sb_http *http;
    int rc;

    if (strcmp(request->path, "fetch") == 0) {
        struct sb_http_request out = {
            .size = sizeof(out), .method = "GET", .url = request->query};

        rc = state->host->http_open(state->host->self, &out, &http, err);
        if (rc == 0)
            state->host->http_close(http);
        return rc;
    }
    if (strcmp(request->path, "lie") == 0) {
        reply->body_len = reply->body_size + 1;
        return 0;
    }
    reply->status = 200;
    reply->content_type = "text/plain";
    reply->body_len = (size_t)snprintf(reply->body, reply->body_size, "%s %s for %s",
                                       request->method, request->path, request->tenant);
    return 0;
}

static const struct sb_option options[] = {
    SB_OPT_LIST(struct conf, script, NULL, 0, "What each call does"),
    SB_OPT_STRING(struct conf, reply, "Hello from " QUOTE(FLAKY), 0, "What it says"),
    SB_OPT_STRING(struct conf, space, "flaky-4", 0, "Name of its vector space"),
    SB_OPT_STRING(struct conf, journal, "", 0, "Where to note starts and stops"),
    SB_OPT_STRING(struct conf, url, "", 0, "An address that the operator allows"),
    SB_OPT_END,
};

#ifndef FLAKY_ABILITIES
#define FLAKY_ABILITIES (SB_LLM_STREAMS | SB_LLM_TOOLS)
#endif

static const struct sb_llm_ops llm_ops = {
    .size = sizeof(llm_ops), .abilities = FLAKY_ABILITIES, .turn = turn};
static const struct sb_embed_ops embed_ops = {.size = sizeof(embed_ops),
                                              .space = space,
                                              .dimensions = dimensions,
                                              .batch = 3,
                                              .embed = embed};
static const struct sb_search_ops search_ops = {.size = sizeof(search_ops),
                                                .search = search};
static const struct sb_crawl_ops crawl_ops = {.size = sizeof(crawl_ops),
                                              .crawl = crawl};
static const struct sb_vertical_ops vertical_ops = {.size = sizeof(vertical_ops),
                                                    .score = score};

static const struct sb_role roles[] = {
    {SB_ROLE_LLM, &llm_ops},           {SB_ROLE_EMBED, &embed_ops},
    {SB_ROLE_SEARCH, &search_ops},     {SB_ROLE_CRAWL, &crawl_ops},
    {SB_ROLE_VERTICAL, &vertical_ops}, {NULL, NULL},
};

static const char *const hosts[] = {"api.flaky.example", "*.cdn.example", NULL};

PLUGIN_(FLAKY, .version = "0.1", .summary = "Fails by script", .licence = "Apache-2.0",
        .options = options, .config_size = sizeof(struct conf), .hosts = hosts,
        .roles = roles, .start = start, .stop = stop, .hook = hook)
