/* SPDX-License-Identifier: Apache-2.0
 *
 * Role chains: who fills a role for an agent, in order. The chain owns retries with
 * backoff and jitter, Retry-After, circuit breakers with background probes, budgets
 * and the step to the next member; `local` is always the last member. Each call into
 * a plugin is timed: one that keeps the loop busy longer than its budget (50 ms) gets
 * a strike, and with three strikes new work goes past it until a reload.
 */
#ifndef SB_HOST_CHAIN_H
#define SB_HOST_CHAIN_H

#include <stdint.h>
#include <talloc.h>
#include <switchboard/roles.h>
#include "host/host.h"

struct sb_chain;

/* Who answered and what went wrong before; for the record of a turn. */
struct sb_chain_trace {
    const char *plugin;      /* who answered, or "" */
    const char *model;       /* llm only */
    int attempts;            /* over all members */
    char failures[512];      /* "claude: unavailable (529); openai: timed_out" */
    int64_t first_token_us, total_us;
    struct sb_llm_usage usage;
};

/* A chain for `role` from plugin names (NULL-terminated; unknown or wrong-role names
 * are SB_EINVAL naming the nearest). Members that are off are skipped at call time.
 * "local" is appended if it provides the role and is not named. */
int sb_chain_new(TALLOC_CTX *mem, struct sb_plugins *plugins, const char *role,
                 const char *const *names, struct sb_chain **chain_r,
                 struct sb_err *err);
/* Abilities of every member intersected, as SB_LLM_* bits. */
uint32_t sb_chain_abilities(const struct sb_chain *chain);
/* "claude (breaker open, probe in 12 s), local" for pages and logs; on `mem`. */
char *sb_chain_describe(TALLOC_CTX *mem, const struct sb_chain *chain);

/* All [suspend]. A member that fails before the first text is replaced silently; one
 * that fails in mid-answer is continued by the next, which is given what was said so
 * far and asked to go on without repeating. `trace` may be NULL. */
int sb_chain_llm(struct sb_chain *chain, const struct sb_llm_request *request,
                 const struct sb_llm_sink *sink, struct sb_chain_trace *trace,
                 struct sb_err *err);
/* Vectors of the space that was asked for only; the space of the first member that is
 * on when `space` is NULL. `*dims_r` floats a text, on `mem`. */
int sb_chain_embed(struct sb_chain *chain, TALLOC_CTX *mem, const char *space,
                   const char *const *texts, size_t count, float **out_r, int *dims_r,
                   struct sb_err *err);
const char *sb_chain_embed_space(struct sb_chain *chain);
int sb_chain_crawl(struct sb_chain *chain, const struct sb_crawl_request *request,
                   const struct sb_crawl_sink *sink, struct sb_chain_trace *trace,
                   struct sb_err *err);
int sb_chain_search(struct sb_chain *chain, const struct sb_search_query *query,
                    struct sb_search_hit *hits, struct sb_err *err);

/* The vertical's hooks, or NULL when it is YAML alone. `*state_r` goes with them. */
const struct sb_vertical_ops *sb_host_vertical(struct sb_plugins *plugins,
                                               const char *name, void **state_r);

#endif
