/* SPDX-License-Identifier: Apache-2.0
 *
 * The search chain. What a member returns is checked: ids and counts from it go
 * straight into queries.
 */
#include "host/chain_impl.h"

#include <math.h>

#define FIRST_MS 5000
#define K_MAX 100

struct search {
    struct sb_chain_call call; /* first */
    const struct sb_search_query *query;
    struct sb_search_hit *hits;
    int found;
};

/* The index is loaded by the host's own code, which may wait. */
static int load(void *arg, int (*add)(void *sink, int64_t id, const float *vector),
                void *sink, struct sb_err *err)
{
    const struct sb_search_loader *loader = arg;
    struct sb_guard *guard = sb_guard_pause();
    int rc = loader->load(loader->arg, add, sink, err);

    sb_guard_resume(guard);
    return rc;
}

static int check(const struct search *search, int found, struct sb_err *err)
{
    if (found > search->query->k)
        return sb_fail(err, SB_EPROTO, "it returned %d hits where %d were asked for",
                       found, search->query->k);
    for (int i = 0; i < found; i++)
        if (!isfinite(search->hits[i].score))
            return sb_fail(err, SB_EPROTO, "a hit's score is not a number");
    return 0;
}

static int attempt(struct sb_chain_call *call, struct sb_instance *instance,
                   const void *ops, struct sb_err *err)
{
    struct search *search = (struct search *)call;
    const struct sb_search_ops *own = ops;
    struct sb_search_loader loader = {.size = sizeof(loader), .load = load};
    struct sb_search_query query = *search->query;
    int rc, found;

    /* The loader is the caller's; the plugin sees ours around it. */
    union {
        const struct sb_search_loader *from;
        void *to;
    } theirs = {.from = search->query->loader};

    loader.arg = theirs.to;
    query.loader = query.loader ? &loader : NULL;
    sb_chain_enter(call, instance);
    found = own->search(instance->state, &query, search->hits, err);
    rc = sb_chain_leave(call, found < 0 ? found : 0, err);
    if (rc == 0)
        rc = check(search, found, err);
    search->found = found;
    return rc;
}

int sb_chain_search(struct sb_chain *chain, const struct sb_search_query *query,
                    struct sb_search_hit *hits, struct sb_err *err)
{
    struct sb_chain_trace trace = {.plugin = "", .model = ""};
    struct search search = {.call = {.chain = chain,
                                     .trace = &trace,
                                     .attempt = attempt,
                                     .first_ms = FIRST_MS,
                                     .retry = true},
                            .query = query,
                            .hits = hits};
    int rc;

    if (chain->kind != SB_KIND_SEARCH)
        return sb_fail(err, SB_EINTERNAL, "this chain fills the role %s",
                       sb_role_name(chain->kind));
    if (query->k < 1 || query->k > K_MAX || query->dimensions < 1)
        return sb_fail(err, SB_EINVAL, "k %d or dimensions %d are out of range",
                       query->k, query->dimensions);
    rc = sb_chain_run(&search.call, err);
    return rc ? rc : search.found;
}
