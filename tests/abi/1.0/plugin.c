/* SPDX-License-Identifier: Apache-2.0
 *
 * A plugin of the day ABI 1.0 was released: compiled against the headers of that
 * release and nothing newer. It fills every role and looks at what it is handed, so
 * that a host that moved a member hands it nonsense and is found out.
 */
#include <stdlib.h>
#include <string.h>
#include <switchboard/plugin.h>

#include "layout.h"

extern const struct abi_line abi_1_0_lines[];
__attribute__((visibility("default"))) ABI_LINES_BEGIN(abi_1_0_lines)
#include "layout.def"
    ABI_LINES_END;

struct conf {
    const char *greeting;
    int64_t number;
    double share;
    bool loud;
    const char *choice;
    int64_t wait;
    int64_t room;
    const char **words;
};

struct state {
    const struct sb_host *host;
    const struct conf *conf;
};

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    struct state *state;

    if (host->size < sizeof(*host) || host->abi_major != 1)
        return sb_fail(err, SB_EDECLINED, "the host is older than 1.0");
    state = calloc(1, sizeof(*state));
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

/* ---- services ---- */

/* Goes once through the services that need no network; what went wrong, or NULL. */
static const char *try_services(const struct sb_host *host)
{
    static const char text[] = "{\"a\":[1,{\"b\":\"c\"}],\"d\":2.5,\"e\":true}";
    const struct sb_json_node *root;
    struct sb_json_doc *doc;
    struct sb_err err = {0};
    uint8_t digest[32];
    char out[64];
    bool good;

    if (host->json_parse(host->self, text, strlen(text), &doc, &err) != 0)
        return err.msg[0] ? "json_parse" : "json_parse without a sentence";
    root = host->json_root(doc);
    good = host->json_int(host->json_at(host->json_get(root, "a"), 0)) == 1 &&
           strcmp(host->json_string(
                      host->json_get(host->json_at(host->json_get(root, "a"), 1), "b")),
                  "c") == 0 &&
           host->json_number(host->json_get(root, "d")) == 2.5 &&
           host->json_bool(host->json_get(root, "e")) && host->json_count(root) == 3 &&
           strcmp(host->json_key(root, 1), "d") == 0 && !host->json_get(NULL, "x") &&
           *host->json_string(host->json_get(root, "zz")) == '\0';
    host->json_free(doc);
    if (!good)
        return "json";
    if (host->json_quote("a\"b", 3, out, sizeof(out)) != 6 || strcmp(out, "\"a\\\"b\""))
        return "json_quote";
    host->sha256("abc", 3, digest);
    if (digest[0] != 0xba || digest[31] != 0xad)
        return "sha256";
    host->hmac_sha256("key", 3, "The quick brown fox jumps over the lazy dog", 43,
                      digest);
    if (digest[0] != 0xf7 || digest[31] != 0xd8)
        return "hmac_sha256";
    if (host->base64("hello", 5, out, sizeof(out)) != 8 || strcmp(out, "aGVsbG8=") != 0)
        return "base64";
    if (host->base64_decode("aGVsbG8=", 8, out, sizeof(out)) != 5 ||
        !host->equal(out, "hello", 5) || host->equal(out, "jello", 5))
        return "base64_decode";
    host->cache_put(host->self, "k", "value", 5, 60000);
    if (host->cache_get(host->self, "k", out, sizeof(out)) != 5)
        return "cache";
    host->random(host->self, out, 16);
    host->count(host->self, "tried", 1);
    host->log(host->self, SB_LOG_DEBUG, "went through the services");
    if (host->mono_ms(host->self) <= 0 || host->wall_ms(host->self) <= 0)
        return "clocks";
    return host->sleep_ms(host->self, 0) == 0 ? NULL : "sleep_ms";
}

static void add_one(void *arg)
{
    ++*(int *)arg;
}

static int add_index(void *arg, size_t index)
{
    *(int *)arg += (int)index;
    return 0;
}

static const char *try_tasks(const struct sb_host *host)
{
    int sum = 0;

    if (host->offload(host->self, add_one, &sum) != 0 || sum != 1)
        return "offload";
    if (host->each(host->self, add_index, &sum, 4, 2) != 0 || sum != 7)
        return "each";
    return NULL;
}

/* ---- roles ---- */

/* Answers with what it found in the request, so that the test can compare. */
static int turn(void *arg, const struct sb_llm_request *request,
                const struct sb_llm_sink *sink, struct sb_err *err)
{
    const struct sb_llm_usage usage = {
        .input_tokens = 1, .output_tokens = 2, .cached_tokens = 3, .cost = 0.25};
    const struct sb_llm_call call = {.id = "1", .name = "tool", .arguments = "{}"};
    const struct sb_turn *turn = request->turn;
    struct state *state = arg;
    const char *wrong = try_services(state->host);
    char text[1000];
    int rc;

    if (!wrong)
        wrong = try_tasks(state->host);
    if (wrong)
        return sb_fail(err, SB_EINTERNAL, "the service %s is not what it was", wrong);
    (void)snprintf(
        text, sizeof(text), "%s|%s|%d|%s|%s|%s|%d|%s|%s|%d|%s|%d|%s|%s|%s|%s",
        request->layers[0].text, request->messages[0].text, request->max_tokens,
        request->tools[0].name, turn->channel, turn->message, turn->number,
        turn->passages[0].text, turn->passages[0].conflict, turn->answerable,
        turn->fields[0].name, turn->fields[0].asked, turn->heard[0].value,
        turn->urgency.rule, turn->phrases[0].text, turn->refuse);
    sink->model(sink->arg, "old-1");
    rc = sink->text(sink->arg, text, strlen(text));
    if (rc != 0)
        return rc;
    sink->cite(sink->arg, turn->passages[0].id);
    sink->confidence(sink->arg, 0.5);
    sink->usage(sink->arg, &usage);
    return sink->call(sink->arg, &call);
}

static const char *space(void *state)
{
    (void)state;
    return "old-2";
}

static int dimensions(void *state)
{
    (void)state;
    return 2;
}

static int embed(void *state, const char *const *texts, size_t count, float *out,
                 struct sb_err *err)
{
    (void)state;
    (void)err;
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = texts[i][0] == 'a';
        out[2 * i + 1] = texts[i][0] != 'a';
    }
    return 0;
}

static int crawl(void *state, const struct sb_crawl_request *request,
                 const struct sb_crawl_sink *sink, struct sb_err *err)
{
    const struct sb_crawl_page page = {.url = request->url,
                                       .found_on = "",
                                       .status = 200,
                                       .content_type = "text/plain",
                                       .modified = "",
                                       .body = "body",
                                       .body_len = 4,
                                       .title = "Title"};
    int rc = sink->found(sink->arg, request->max_pages);

    (void)state;
    (void)err;
    return rc ? rc : sink->page(sink->arg, &page);
}

struct best {
    const float *wanted;
    int dimensions;
    struct sb_search_hit hit;
};

static int consider(void *sink, int64_t id, const float *vector)
{
    struct best *best = sink;
    double score = 0;

    for (int i = 0; i < best->dimensions; i++)
        score += (double)(best->wanted[i] * vector[i]);
    if (score > best->hit.score)
        best->hit = (struct sb_search_hit){.id = id, .score = score};
    return 0;
}

static int search(void *state, const struct sb_search_query *query,
                  struct sb_search_hit *hits, struct sb_err *err)
{
    struct best best = {
        .wanted = query->vector, .dimensions = query->dimensions, .hit = {.score = -2}};
    int rc = query->loader->load(query->loader->arg, consider, &best, err);

    (void)state;
    if (rc != 0)
        return rc;
    hits[0] = best.hit;
    return 1;
}

static int score(void *state, const struct sb_vertical_case *vcase, char *reason,
                 size_t reason_size)
{
    (void)state;
    (void)snprintf(reason, reason_size, "%s/%s", vcase->turn->message,
                   vcase->field(vcase, "name"));
    return 5;
}

static int urgency(void *state, const struct sb_vertical_case *vcase, char *rule,
                   size_t rule_size, char *say, size_t say_size)
{
    (void)state;
    (void)vcase;
    (void)snprintf(rule, rule_size, "old");
    (void)snprintf(say, say_size, "At once.");
    return 2;
}

static int validate_field(void *state, const struct sb_vertical_case *vcase,
                          const char *field, const char *value, char *normalised,
                          size_t normalised_size, struct sb_err *err)
{
    (void)state;
    (void)vcase;
    if (strcmp(field, "bad") == 0)
        return sb_fail(err, SB_EINVAL, "Not that.");
    (void)snprintf(normalised, normalised_size, "<%s>", value);
    return 0;
}

static int qualify(void *state, const struct sb_vertical_case *vcase, char *reason,
                   size_t reason_size)
{
    (void)state;
    (void)vcase;
    (void)snprintf(reason, reason_size, "yes");
    return 1;
}

static int route(void *state, const struct sb_vertical_case *vcase, char *queue,
                 size_t queue_size)
{
    (void)state;
    (void)vcase;
    (void)snprintf(queue, queue_size, "desk");
    return 0;
}

static int tool(void *state, const struct sb_vertical_case *vcase, const char *name,
                const char *arguments, char *result, size_t result_size,
                struct sb_err *err)
{
    (void)state;
    (void)vcase;
    (void)err;
    (void)snprintf(result, result_size, "%s(%s)", name, arguments);
    return 0;
}

/* Tells what its options were bound to. */
static int hook(void *arg, const struct sb_hook_request *request,
                struct sb_hook_reply *reply, struct sb_err *err)
{
    struct state *state = arg;
    const struct conf *conf = state->conf;

    (void)err;
    reply->status = 200;
    reply->content_type = "text/plain";
    reply->body_len = (size_t)snprintf(
        reply->body, reply->body_size, "%s %s %s %.*s %s|%s %d %.2f %d %s %d %d %s %s",
        request->method, request->path, request->query, (int)request->body_len,
        (const char *)request->body, request->tenant, conf->greeting, (int)conf->number,
        conf->share, conf->loud, conf->choice, (int)conf->wait, (int)conf->room,
        conf->words[0], conf->words[1]);
    return 0;
}

static const struct sb_option options[] = {
    SB_OPT_STRING(struct conf, greeting, "Hello", 0, "What it says first"),
    SB_OPT_INT(struct conf, number, "7", 0, 10, "things", 0, "How many"),
    SB_OPT_NUMBER(struct conf, share, "0.5", 0, 1, NULL, 0, "Which part"),
    SB_OPT_BOOL(struct conf, loud, "true", SB_OPTION_RELOADABLE, "Whether it shouts"),
    SB_OPT_CHOICE(struct conf, choice, "b", "a|b|c", 0, "One of three"),
    SB_OPT_DURATION(struct conf, wait, "2s", 0, 10000, 0, "How long it waits"),
    SB_OPT_SIZE(struct conf, room, "4k", 0, 1048576, 0, "How much room it takes"),
    SB_OPT_LIST(struct conf, words, "one, two", 0, "What it knows"),
    SB_OPT_END,
};

static const struct sb_llm_ops llm_ops = {
    .size = sizeof(llm_ops), .abilities = SB_LLM_STREAMS | SB_LLM_TOOLS, .turn = turn};
static const struct sb_embed_ops embed_ops = {.size = sizeof(embed_ops),
                                              .space = space,
                                              .dimensions = dimensions,
                                              .batch = 2,
                                              .embed = embed};
static const struct sb_crawl_ops crawl_ops = {.size = sizeof(crawl_ops),
                                              .crawl = crawl};
static const struct sb_search_ops search_ops = {.size = sizeof(search_ops),
                                                .search = search};
static const struct sb_llm_tool tools[] = {
    {"look", "Looks", "{\"type\":\"object\"}"},
    {NULL, NULL, NULL},
};
static const struct sb_vertical_ops vertical_ops = {.size = sizeof(vertical_ops),
                                                    .score = score,
                                                    .urgency = urgency,
                                                    .validate_field = validate_field,
                                                    .qualify = qualify,
                                                    .route = route,
                                                    .tools = tools,
                                                    .tool = tool};

static const struct sb_role roles[] = {
    {SB_ROLE_LLM, &llm_ops},           {SB_ROLE_EMBED, &embed_ops},
    {SB_ROLE_CRAWL, &crawl_ops},       {SB_ROLE_SEARCH, &search_ops},
    {SB_ROLE_VERTICAL, &vertical_ops}, {NULL, NULL},
};

static const char *const hosts[] = {"old.example", NULL};
static const char *const needs[] = {SB_ROLE_LLM, NULL};

SB_PLUGIN(abi_1_0, .version = "1.0", .summary = "As plugins were in 1.0",
          .licence = "Apache-2.0", .options = options,
          .config_size = sizeof(struct conf), .hosts = hosts, .roles = roles,
          .needs = needs, .start = start, .stop = stop, .hook = hook)
