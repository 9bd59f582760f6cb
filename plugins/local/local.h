/* SPDX-License-Identifier: Apache-2.0
 *
 * The `local` plugin: every role with no key and no network. Each role lives in a
 * file of its own behind its table of functions; what they share is here. One
 * instance serves many tasks of one worker, never two threads.
 */
#ifndef LOCAL_H
#define LOCAL_H

#include <switchboard/plugin.h>

/* What the operator can set; the rows are in local.c. */
struct local_conf {
    int64_t embed_dimensions;     /* floats a text */
    int64_t search_memory;        /* bytes of vectors kept in memory */
    const char *crawl_user_agent; /* sent, and matched in robots.txt */
};

struct local_search;
struct local_embed;
struct local_words;

/* One instance: the `state` of every call. */
struct local {
    const struct sb_host *host;
    const struct local_conf *conf;
    struct local_search *search; /* made by search.c at its first call, or NULL */
    struct local_embed *embed;   /* likewise, by embed.c */
    struct local_words *llm_words; /* likewise, by llm.c */
};

extern const struct sb_llm_ops local_llm_ops;
extern const struct sb_embed_ops local_embed_ops;
extern const struct sb_crawl_ops local_crawl_ops;
extern const struct sb_search_ops local_search_ops;

/* Frees the loaded indexes; NULL is fine. (search.c) */
void local_search_free(struct local_search *search);
/* Likewise the stemmer and its tables. (embed.c) */
void local_embed_free(struct local_embed *embed);

#endif
