/* SPDX-License-Identifier: Apache-2.0
 *
 * Works, and does one thing after another that the conformance check must find.
 */
#include <stdlib.h>
#include <string.h>
#include <switchboard/plugin.h>

struct conf {
    const char *base_url;
    const char *api_key;
};

struct state {
    const struct sb_host *host;
    const struct conf *conf;
    char *lost;
};

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    struct state *state = calloc(1, sizeof(*state));

    if (!state)
        return sb_fail(err, SB_ENOMEM, "out of memory");
    state->host = host;
    state->conf = config;
    state->lost = strdup("a text that nobody frees, long enough to be noticed");
    *state_r = state;
    return 0;
}

static void stop(void *state)
{
    free(state);
}

/* Takes every answer for a good one, and knows no cancel. */
static int turn(void *arg, const struct sb_llm_request *request,
                const struct sb_llm_sink *sink, struct sb_err *err)
{
    struct state *state = arg;
    const struct sb_http_request get = {
        .size = sizeof(get), .method = "GET", .url = state->conf->base_url};
    struct sb_http *http;

    (void)request;
    if (state->host->http_open(state->host->self, &get, &http, err) == 0)
        state->host->http_close(http);
    return sink->text(sink->arg, "fine", 4);
}

static const char *space(void *state)
{
    (void)state;
    return "careless-4";
}

static int dimensions(void *state)
{
    (void)state;
    return 4;
}

/* Vectors that are too long, and one float more than there is room for. */
static int embed(void *state, const char *const *texts, size_t count, float *out,
                 struct sb_err *err)
{
    (void)state;
    (void)texts;
    (void)err;
    for (size_t i = 0; i < 4 * count + 1; i++)
        out[i] = 3;
    return 0;
}

/* Finds what is not there, and forgets a document. */
static int search(void *arg, const struct sb_search_query *query,
                  struct sb_search_hit *hits, struct sb_err *err)
{
    struct state *state = arg;
    struct sb_json_doc *doc;

    (void)query;
    (void)state->host->json_parse(state->host->self, "[]", 2, &doc, err);
    hits[0] = (struct sb_search_hit){.id = 99, .score = 0.5};
    return 1;
}

static const struct sb_option options[] = {
    SB_OPT_STRING(struct conf, base_url, "https://api.example.com", 0,
                  "Where the service is"),
    SB_OPT_STRING(struct conf, api_key, "", 0, "The key"),
    SB_OPT_END,
};

static const struct sb_llm_ops llm_ops = {.size = sizeof(llm_ops), .turn = turn};
static const struct sb_embed_ops embed_ops = {.size = sizeof(embed_ops),
                                              .space = space,
                                              .dimensions = dimensions,
                                              .batch = 3,
                                              .embed = embed};
static const struct sb_search_ops search_ops = {.size = sizeof(search_ops),
                                                .search = search};
static const struct sb_role roles[] = {
    {SB_ROLE_LLM, &llm_ops},
    {SB_ROLE_EMBED, &embed_ops},
    {SB_ROLE_SEARCH, &search_ops},
    {NULL, NULL},
};

static const char *const hosts[] = {"api.example.com", NULL};

SB_PLUGIN(careless, .version = "0.1", .summary = "Works, mostly",
          .licence = "Apache-2.0", .options = options,
          .config_size = sizeof(struct conf), .hosts = hosts, .roles = roles,
          .start = start, .stop = stop)
