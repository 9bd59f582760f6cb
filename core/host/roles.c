/* SPDX-License-Identifier: Apache-2.0
 *
 * See roles.h. `least` is a table's size in the first released ABI: members behind it
 * may be missing in an older plugin and are zero then.
 */
#include "host/roles.h"

#include <string.h>

#define END_OF(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))
#define OPS_MAX 65536 /* a larger table is a stray pointer, not a future */

/* What is wrong with a table of our size, or NULL. */
static const char *check_llm(const void *table)
{
    const struct sb_llm_ops *ops = table;

    return ops->turn ? NULL : "turn() is missing";
}

static const char *check_embed(const void *table)
{
    const struct sb_embed_ops *ops = table;

    if (!ops->space || !ops->dimensions || !ops->embed)
        return "space(), dimensions() and embed() must all be there";
    return ops->batch >= 1 && ops->batch <= 1000 ? NULL : "batch is not within 1..1000";
}

static const char *check_crawl(const void *table)
{
    const struct sb_crawl_ops *ops = table;

    return ops->crawl ? NULL : "crawl() is missing";
}

static const char *check_search(const void *table)
{
    const struct sb_search_ops *ops = table;

    return ops->search ? NULL : "search() is missing";
}

static const char *check_vertical(const void *table)
{
    const struct sb_vertical_ops *ops = table;

    return ops->tools && !ops->tool ? "it lists tools but has no tool()" : NULL;
}

static const struct {
    const char *name;
    size_t size, least;
    const char *(*check)(const void *table);
} rows[SB_KIND_COUNT] = {
    [SB_KIND_LLM] = {SB_ROLE_LLM, sizeof(struct sb_llm_ops),
                     END_OF(struct sb_llm_ops, turn), check_llm},
    [SB_KIND_EMBED] = {SB_ROLE_EMBED, sizeof(struct sb_embed_ops),
                       END_OF(struct sb_embed_ops, embed), check_embed},
    [SB_KIND_CRAWL] = {SB_ROLE_CRAWL, sizeof(struct sb_crawl_ops),
                       END_OF(struct sb_crawl_ops, crawl), check_crawl},
    [SB_KIND_SEARCH] = {SB_ROLE_SEARCH, sizeof(struct sb_search_ops),
                        END_OF(struct sb_search_ops, search), check_search},
    [SB_KIND_VERTICAL] = {SB_ROLE_VERTICAL, sizeof(struct sb_vertical_ops),
                          END_OF(struct sb_vertical_ops, tool), check_vertical},
};

int sb_role_find(const char *name)
{
    for (int kind = 0; kind < SB_KIND_COUNT; kind++)
        if (strcmp(rows[kind].name, name) == 0)
            return kind;
    return -1;
}

const char *sb_role_name(enum sb_role_kind kind)
{
    return rows[kind].name;
}

const char *const *sb_role_names(void)
{
    static const char *names[SB_KIND_COUNT + 1];

    for (int kind = 0; kind < SB_KIND_COUNT; kind++)
        names[kind] = rows[kind].name;
    return names;
}

int sb_role_copy(TALLOC_CTX *mem, const char *plugin, enum sb_role_kind kind,
                 const void *ops, const void **ops_r, struct sb_err *err)
{
    const char *role = rows[kind].name, *wrong;
    uint32_t size;
    void *copy;

    if (!ops)
        return sb_fail(err, SB_EINVAL,
                       "plugin \"%s\" names the role %s but gives no table for it",
                       plugin, role);
    memcpy(&size, ops, sizeof(size));
    if (size < rows[kind].least || size > OPS_MAX)
        return sb_fail(err, SB_EINVAL,
                       "plugin \"%s\": its table for the role %s says %u bytes, ABI "
                       "%d.0 has %zu: set .size = sizeof the table and rebuild",
                       plugin, role, size, SB_ABI_MAJOR, rows[kind].least);
    copy = talloc_zero_size(mem, rows[kind].size);
    memcpy(copy, ops, size < rows[kind].size ? size : rows[kind].size);
    wrong = rows[kind].check(copy);
    if (wrong)
        return sb_fail(err, SB_EINVAL,
                       "plugin \"%s\": in its table for the role %s, %s", plugin, role,
                       wrong);
    *ops_r = copy;
    return 0;
}
