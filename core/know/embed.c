/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors for chunks that have none of the current space: new ones, changed ones, and
 * all of them when the embedding provider changes. Small batches, each committed, so
 * that an interrupted run goes on where it was.
 */
#include <string.h>
#include "base/array.h"
#include "know/know_impl.h"

#define BATCH 64

static int embed_batch(struct sb_know *know, TALLOC_CTX *mem,
                       const struct sb_agent *agent, const char *space,
                       const struct sb_kn_text *texts, size_t count, struct sb_err *err)
{
    const char **list = sb_array(mem, const char *, count + 1);
    float *vectors;
    int dims, rc;

    for (size_t i = 0; i < count; i++)
        list[i] = talloc_asprintf(mem, "%s\n%s", texts[i].heading, texts[i].text);
    rc = sb_chain_embed(agent->embed, mem, space, list, count, &vectors, &dims, err);
    if (rc)
        return rc;
    return sb_kn_vectors_put(know->db, sb_know_owner(agent), space, texts, count,
                             vectors, dims, err);
}

int sb_know_embed_missing(struct sb_know *know, const struct sb_agent *agent,
                          struct sb_err *err)
{
    struct sb_kn_owner owner = sb_know_owner(agent);
    const char *current = agent->embed ? sb_chain_embed_space(agent->embed) : "";
    int64_t last = 0;
    char *space;
    int rc = 0;

    if (!*current)
        return 0; /* nobody to embed: words alone have to do */
    space = talloc_strdup(NULL, current);
    for (;;) {
        TALLOC_CTX *tmp = talloc_new(space);
        struct sb_kn_text *texts = NULL;
        size_t count = 0;

        rc = sb_kn_unembedded(know->db, tmp, owner, space, last, BATCH, &texts, &count,
                              err);
        if (!rc && count > 0)
            rc = embed_batch(know, tmp, agent, space, texts, count, err);
        if (!rc && count > 0)
            last = texts[count - 1].id;
        talloc_free(tmp);
        if (rc || count == 0)
            break;
    }
    if (!rc)
        rc = sb_kn_space_put(know->db, owner, space, err);
    talloc_free(space);
    return rc;
}
