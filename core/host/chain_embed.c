/* SPDX-License-Identifier: Apache-2.0
 *
 * The embed chain. Vectors of different spaces are never mixed: a request for one
 * space only ever reaches members of that space.
 */
#include "host/chain_impl.h"

#include <math.h>
#include <string.h>

#include "base/array.h"

#define FIRST_MS 10000
#define DIMENSIONS_MAX 8192
#define TEXTS_MAX 100000

struct embed {
    struct sb_chain_call call; /* first */
    TALLOC_CTX *mem;
    const char *space; /* asked for, or NULL */
    const char *const *texts;
    size_t count;
    float *out;
    int dims;
};

static bool fits(struct sb_chain_call *call, struct sb_instance *instance,
                 const void *ops)
{
    const struct embed *embed = (const struct embed *)call;
    const struct sb_embed_ops *own = ops;
    const char *space;

    if (!embed->space)
        return true;
    space = own->space(instance->state);
    return space && strcmp(space, embed->space) == 0;
}

static bool are_finite(const float *out, size_t count)
{
    float sum = 0;

    /* Not a number and infinities survive being added up. */
    for (size_t i = 0; i < count; i++)
        sum += out[i] * 0.0f;
    return sum == 0;
}

/* Calls of at most `batch` texts each. */
static int batches(struct embed *embed, struct sb_instance *instance,
                   const struct sb_embed_ops *ops, struct sb_err *err)
{
    size_t done = 0, dims = (size_t)embed->dims;
    int rc = 0;

    while (rc == 0 && done < embed->count) {
        size_t count = embed->count - done;

        if (count > (size_t)ops->batch)
            count = (size_t)ops->batch;
        sb_chain_enter(&embed->call, instance);
        rc = ops->embed(instance->state, embed->texts + done, count,
                        embed->out + done * dims, err);
        rc = sb_chain_leave(&embed->call, rc, err);
        done += count;
    }
    return rc;
}

static int attempt(struct sb_chain_call *call, struct sb_instance *instance,
                   const void *ops, struct sb_err *err)
{
    struct embed *embed = (struct embed *)call;
    const struct sb_embed_ops *own = ops;
    size_t floats;
    int rc;

    embed->dims = own->dimensions(instance->state);
    if (embed->dims < 1 || embed->dims > DIMENSIONS_MAX)
        return sb_fail(err, SB_EPROTO, "its vectors have %d dimensions", embed->dims);
    floats = embed->count * (size_t)embed->dims;
    talloc_free(embed->out);
    embed->out = talloc_array(embed->mem, float, sb_array_count(floats));
    rc = batches(embed, instance, own, err);
    if (rc == 0 && !are_finite(embed->out, floats))
        rc = sb_fail(err, SB_EPROTO, "its vectors hold values that are not numbers");
    return rc;
}

int sb_chain_embed(struct sb_chain *chain, TALLOC_CTX *mem, const char *space,
                   const char *const *texts, size_t count, float **out_r, int *dims_r,
                   struct sb_err *err)
{
    struct sb_chain_trace trace;
    struct embed embed = {.call = {.chain = chain,
                                   .trace = &trace,
                                   .attempt = attempt,
                                   .fits = fits,
                                   .first_ms = FIRST_MS,
                                   .retry = true},
                          .mem = mem,
                          .space = space,
                          .texts = texts,
                          .count = count};
    int rc;

    if (chain->kind != SB_KIND_EMBED)
        return sb_fail(err, SB_EINTERNAL, "this chain fills the role %s",
                       sb_role_name(chain->kind));
    if (count > TEXTS_MAX)
        return sb_fail(err, SB_ELIMIT, "over %d texts to embed at once", TEXTS_MAX);
    trace.attempts = 0;
    trace.plugin = trace.model = "";
    trace.failures[0] = '\0';
    rc = sb_chain_run(&embed.call, err);
    if (rc != 0) {
        talloc_free(embed.out);
        return rc;
    }
    *out_r = embed.out;
    *dims_r = embed.dims;
    return 0;
}

const char *sb_chain_embed_space(struct sb_chain *chain)
{
    const struct sb_embed_ops *ops;
    struct sb_instance *instance;
    const char *space;

    for (size_t i = 0; chain->kind == SB_KIND_EMBED && i < chain->count; i++) {
        ops = sb_loaded_ops(chain->members[i], SB_KIND_EMBED);
        instance = chain->members[i]->current;
        if (!ops || !sb_instance_is_on(instance))
            continue;
        space = ops->space(instance->state);
        if (space)
            return space;
    }
    return "";
}
