/* SPDX-License-Identifier: Apache-2.0
 *
 * See template_merge.h. An override that removes something which the template no
 * longer has is not an error: templates move on under tenants that stay.
 */
#include "host/template_merge.h"

#include <stdbool.h>
#include <string.h>
#include "base/array.h"
#include "base/text.h"

static struct sb_yaml *copy_shell(TALLOC_CTX *mem, const struct sb_yaml *from,
                                  size_t room)
{
    struct sb_yaml *node = talloc_zero(mem, struct sb_yaml);

    *node = *from;
    node->count = 0;
    node->items = sb_array(node, struct sb_yaml *, room + 1);
    node->keys =
        from->kind == SB_YAML_MAP ? sb_array(node, struct sb_yaml *, room + 1) : NULL;
    return node;
}

static void append(struct sb_yaml *node, struct sb_yaml *key, struct sb_yaml *value)
{
    if (node->keys)
        node->keys[node->count] = key;
    node->items[node->count++] = value;
}

/* What a list item is called, or NULL when the list is not one of named things. */
static const char *item_name(const struct sb_yaml *item)
{
    const char *name;

    if (!item || item->kind != SB_YAML_MAP)
        return NULL;
    name = sb_yaml_str(sb_yaml_get(item, "name"), NULL);
    return name ? name : sb_yaml_str(sb_yaml_get(item, "question"), NULL);
}

static bool is_named_list(const struct sb_yaml *list)
{
    size_t i;

    if (list->kind != SB_YAML_LIST || list->count == 0)
        return false;
    for (i = 0; i < list->count; i++)
        if (!item_name(list->items[i]))
            return false;
    return true;
}

static struct sb_yaml *find_named(const struct sb_yaml *list, const char *name)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        if (sb_text_ieq(item_name(list->items[i]), name))
            return list->items[i];
    return NULL;
}

static bool is_removal(const struct sb_yaml *item)
{
    return sb_text_ieq(sb_yaml_str(sb_yaml_get(item, "remove"), ""), "true");
}

static struct sb_yaml *merge_named(TALLOC_CTX *mem, struct sb_yaml *base,
                                   struct sb_yaml *over)
{
    struct sb_yaml *merged = copy_shell(mem, base, base->count + over->count);
    size_t i;

    for (i = 0; i < base->count; i++) {
        struct sb_yaml *change = find_named(over, item_name(base->items[i]));

        if (!change)
            append(merged, NULL, base->items[i]);
        else if (!is_removal(change))
            append(merged, NULL, sb_template_merge(mem, base->items[i], change));
    }
    for (i = 0; i < over->count; i++)
        if (!find_named(base, item_name(over->items[i])) && !is_removal(over->items[i]))
            append(merged, NULL, over->items[i]);
    return merged;
}

static struct sb_yaml *merge_maps(TALLOC_CTX *mem, struct sb_yaml *base,
                                  struct sb_yaml *over)
{
    struct sb_yaml *merged = copy_shell(mem, base, base->count + over->count);
    size_t i;

    for (i = 0; i < base->count; i++) {
        struct sb_yaml *change = sb_yaml_get(over, base->keys[i]->text);

        append(merged, base->keys[i],
               change ? sb_template_merge(mem, base->items[i], change)
                      : base->items[i]);
    }
    for (i = 0; i < over->count; i++)
        if (!sb_yaml_get(base, over->keys[i]->text))
            append(merged, over->keys[i], over->items[i]);
    return merged;
}

struct sb_yaml *sb_template_merge(TALLOC_CTX *mem, struct sb_yaml *base,
                                  struct sb_yaml *over)
{
    if (!over)
        return base;
    if (!base)
        return over;
    if (base->kind == SB_YAML_MAP && over->kind == SB_YAML_MAP)
        return merge_maps(mem, base, over);
    if (is_named_list(base) && is_named_list(over))
        return merge_named(mem, base, over);
    return over;
}
