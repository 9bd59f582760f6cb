/* SPDX-License-Identifier: Apache-2.0
 *
 * The descriptor of `local`: the embedded default of a fresh machine and the last
 * member of every chain, so the path taken when every vendor is down is the path
 * that is walked each day. It has no required option and talks to no vendor; the
 * crawler reaches the sites it is sent to, through the host.
 */
#include "local.h"
#include "words.h"

#include <stdlib.h>

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    struct local *local = calloc(1, sizeof(*local));

    if (!local)
        return sb_fail(err, SB_ENOMEM, "out of memory");
    local->host = host;
    local->conf = config;
    *state_r = local;
    return 0;
}

static void stop(void *state)
{
    struct local *local = state;

    local_search_free(local->search);
    local_embed_free(local->embed);
    local_words_free(local->llm_words);
    free(local);
}

static const struct sb_option options[] = {
    SB_OPT_INT(
        struct local_conf, embed_dimensions, "512", 64, 4096, "floats", 0,
        "Length of an embedding; changing it makes every text be embedded again"),
    SB_OPT_SIZE(struct local_conf, search_memory, "256m", 1048576, 68719476736.0,
                SB_OPTION_RELOADABLE, "Vectors kept in memory for searching"),
    SB_OPT_STRING(struct local_conf, crawl_user_agent, "SwitchboardBot/1.0",
                  SB_OPTION_RELOADABLE,
                  "How the crawler names itself to websites and in robots.txt"),
    SB_OPT_END,
};

static const struct sb_role roles[] = {
    {SB_ROLE_LLM, &local_llm_ops},
    {SB_ROLE_EMBED, &local_embed_ops},
    {SB_ROLE_SEARCH, &local_search_ops},
    {SB_ROLE_CRAWL, &local_crawl_ops},
    {NULL, NULL},
};

static const char *const hosts[] = {"*", NULL};

SB_PLUGIN(local, .version = "1.0", .summary = "Every role with no key and no network",
          .licence = "Apache-2.0", .options = options,
          .config_size = sizeof(struct local_conf), .hosts = hosts, .roles = roles,
          .start = start, .stop = stop)
