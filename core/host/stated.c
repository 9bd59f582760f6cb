/* SPDX-License-Identifier: Apache-2.0
 *
 * What a tenant states itself, in the sections faqs, facts and pages: checked with
 * places, bound to one struct.
 */
#include <string.h>
#include "base/array.h"
#include "base/text.h"
#include "base/yaml.h"
#include "host/tenant.h"

enum { MAX_STATED = 2000 };

/* One list of maps with known text keys; `title` and `text` are required. */
struct section {
    const char *name, *title, *text, *optional;
};

static bool is_known(const struct section *section, const char *key)
{
    return !strcmp(key, section->title) || !strcmp(key, section->text) ||
           !strcmp(key, section->optional);
}

static int check_entry(const struct section *section, const struct sb_yaml *entry,
                       struct sb_err *err)
{
    const char *const required[] = {section->title, section->text};

    if (entry->kind != SB_YAML_MAP)
        return sb_yaml_fail(err, SB_EINVAL, entry, "each of %s wants a map",
                            section->name);
    for (size_t i = 0; i < entry->count; i++)
        if (!is_known(section, entry->keys[i]->text))
            return sb_yaml_fail(err, SB_EINVAL, entry->keys[i],
                                "unknown key \"%s\" in %s", entry->keys[i]->text,
                                section->name);
    for (size_t i = 0; i < 2; i++)
        if (sb_text_is_blank(sb_yaml_str(sb_yaml_get(entry, required[i]), "")))
            return sb_yaml_fail(err, SB_EINVAL, entry, "one of %s lacks \"%s\"",
                                section->name, required[i]);
    return 0;
}

/* Other ways to ask: a list, or one alone. */
static const char *const *read_also(TALLOC_CTX *mem, const struct sb_yaml *node)
{
    size_t count = !node ? 0 : node->kind == SB_YAML_LIST ? node->count : 1;
    const char **also = sb_array(mem, const char *, count + 1);

    for (size_t i = 0; i < count; i++)
        also[i] = sb_yaml_str(node->kind == SB_YAML_LIST ? node->items[i] : node, "");
    return also;
}

static int bind_section(TALLOC_CTX *mem, const struct section *section,
                        const struct sb_yaml *list, const struct sb_stated **out_r,
                        size_t *count_r, struct sb_err *err)
{
    struct sb_stated *out;

    if (!list)
        return 0;
    if (list->kind != SB_YAML_LIST || list->count > MAX_STATED)
        return sb_yaml_fail(err, SB_EINVAL, list, "%s want a list of at most %d",
                            section->name, MAX_STATED);
    out = sb_array(mem, struct sb_stated, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        const struct sb_yaml *entry = list->items[i];
        int code = check_entry(section, entry, err);

        if (code)
            return code;
        out[i].title = sb_yaml_str(sb_yaml_get(entry, section->title), "");
        out[i].text = sb_yaml_str(sb_yaml_get(entry, section->text), "");
        out[i].url = sb_yaml_str(sb_yaml_get(entry, "url"), "");
        out[i].also = read_also(mem, sb_yaml_get(entry, "also"));
    }
    *out_r = out;
    *count_r = list->count;
    return 0;
}

int sb_stated_bind(TALLOC_CTX *mem, const struct sb_yaml *root,
                   struct sb_business *business, struct sb_err *err)
{
    const struct {
        struct section section;
        const struct sb_stated **out;
        size_t *count;
    } rows[] = {
        {{"faqs", "q", "a", "also"}, &business->faqs, &business->faq_count},
        {{"facts", "subject", "value", "also"},
         &business->facts,
         &business->fact_count},
        {{"pages", "title", "text", "url"}, &business->pages, &business->page_count},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int code =
            bind_section(mem, &rows[i].section, sb_yaml_get(root, rows[i].section.name),
                         rows[i].out, rows[i].count, err);

        if (code)
            return code;
    }
    return 0;
}
