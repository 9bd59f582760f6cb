/* SPDX-License-Identifier: Apache-2.0
 *
 * Works only with a key, which is a secret.
 */
#include <stdlib.h>
#include <string.h>
#include <switchboard/plugin.h>

struct conf {
    const char *api_key;
    const char *region;
};

struct state {
    const struct sb_host *host;
    const struct conf *conf;
};

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    const struct conf *conf = config;
    struct state *state;
    char text[200];

    if (!*conf->api_key)
        return sb_fail(err, SB_EDECLINED, "api_key is empty");
    if (strcmp(conf->region, "nowhere") == 0)
        return sb_fail(err, SB_EDECLINED, "the key %s is not for nowhere",
                       conf->api_key);
    state = calloc(1, sizeof(*state));
    if (!state)
        return sb_fail(err, SB_ENOMEM, "out of memory");
    state->host = host;
    state->conf = conf;
    (void)snprintf(text, sizeof(text), "I will use %s", conf->api_key);
    host->log(host->self, SB_LOG_INFO, text);
    *state_r = state;
    return 0;
}

static void stop(void *state)
{
    free(state);
}

static int turn(void *arg, const struct sb_llm_request *request,
                const struct sb_llm_sink *sink, struct sb_err *err)
{
    struct state *state = arg;

    (void)request;
    (void)sink;
    return sb_fail(err, SB_EAUTH, "the vendor refused the key %s",
                   state->conf->api_key);
}

static const struct sb_option options[] = {
    SB_OPT_STRING(struct conf, api_key, NULL, SB_OPTION_REQUIRED | SB_OPTION_SECRET,
                  "The vendor's key"),
    SB_OPT_STRING(struct conf, region, "here", 0, "Where the vendor is"),
    SB_OPT_END,
};

static const struct sb_llm_ops ops = {.size = sizeof(ops), .turn = turn};
static const struct sb_role roles[] = {
    {SB_ROLE_LLM, &ops},
    {NULL, NULL},
};

SB_PLUGIN(declines, .version = "0.1", .summary = "Declines without a key",
          .licence = "Apache-2.0", .options = options,
          .config_size = sizeof(struct conf), .roles = roles, .start = start,
          .stop = stop)
