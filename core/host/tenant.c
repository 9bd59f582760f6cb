/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole tenant: checks every section with its place, and makes the JSON that goes
 * into the rows. The rows are bound again by the same code when an agent is loaded.
 */
#include "host/tenant.h"

#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/table.h"
#include "base/text.h"
#include "base/yaml.h"

struct agent_rows {
    const char *slug, *name, *vertical, *color;
    const char **domains;
    double threshold;
};

static const struct sb_option rows[] = {
    SB_OPT_STRING(struct agent_rows, slug, NULL, SB_OPTION_REQUIRED,
                  "Name in addresses: /chat/<slug>; unique on this server"),
    SB_OPT_STRING(struct agent_rows, name, "", 0,
                  "What the receptionist is called; the vertical's own name if empty"),
    SB_OPT_STRING(struct agent_rows, vertical, NULL, SB_OPTION_REQUIRED,
                  "The industry template, such as golf"),
    SB_OPT_STRING(struct agent_rows, color, "", 0, "Brand colour as #rrggbb"),
    SB_OPT_LIST(struct agent_rows, domains, "", 0,
                "Websites that may embed the widget; none means any"),
    SB_OPT_NUMBER(struct agent_rows, threshold, "0.5", 0, 1, NULL, 0,
                  "Relevance below which the receptionist says it does not know"),
    SB_OPT_END,
};
static const char *const own_readers[] = {"roles", "overrides", NULL};
static const char *const role_names[] = {"llm", "embed", "search", "crawl", NULL};

/* A role's list of plugin names; one name alone is a list of one. */
static int bind_chain(TALLOC_CTX *mem, const struct sb_yaml *node,
                      const char *const **names_r, struct sb_err *err)
{
    size_t count = node->kind == SB_YAML_LIST ? node->count : 1;
    const char **names = sb_array(mem, const char *, count + 1);

    if (node->kind == SB_YAML_MAP || count > 8)
        return sb_yaml_fail(err, SB_EINVAL, node,
                            "a role wants a list of up to 8 plugins");
    for (size_t i = 0; i < count; i++) {
        const struct sb_yaml *item = node->kind == SB_YAML_LIST ? node->items[i] : node;

        names[i] = sb_yaml_str(item, "");
        if (!*names[i])
            return sb_yaml_fail(err, SB_EINVAL, item, "a plugin's name is missing");
    }
    *names_r = names;
    return 0;
}

static int bind_roles(TALLOC_CTX *mem, const struct sb_yaml *map,
                      struct sb_agent_conf *conf, struct sb_err *err)
{
    static const char *const local[] = {"local", NULL};
    const char *const **slots[] = {&conf->llm, &conf->embed, &conf->search,
                                   &conf->crawl};

    for (size_t i = 0; i < 4; i++)
        *slots[i] = local;
    if (!map)
        return 0;
    if (map->kind != SB_YAML_MAP)
        return sb_yaml_fail(err, SB_EINVAL, map,
                            "roles want a map such as llm: [local]");
    for (size_t i = 0; i < map->count; i++) {
        const char *name = map->keys[i]->text;
        size_t role = 0;
        int code;

        while (role_names[role] && strcmp(role_names[role], name))
            role++;
        if (!role_names[role]) {
            const char *near = sb_text_nearest(name, role_names);

            return sb_yaml_fail(
                err, SB_EINVAL, map->keys[i], "unknown role \"%s\"%s%s%s", name,
                near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        }
        code = bind_chain(mem, map->items[i], slots[role], err);
        if (code)
            return code;
    }
    return 0;
}

static bool is_color(const char *text)
{
    return strlen(text) == 7 && text[0] == '#' &&
           strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}

int sb_agent_conf_bind(TALLOC_CTX *mem, const struct sb_yaml *map,
                       struct sb_agent_conf *conf, struct sb_err *err)
{
    struct agent_rows plain = {0};
    int code = sb_table_bind(mem, SB_TABLE(rows), map, own_readers, &plain,
                             sizeof(plain), err);

    if (code)
        return code;
    *conf = (struct sb_agent_conf){.slug = plain.slug,
                                   .name = plain.name,
                                   .vertical = plain.vertical,
                                   .color = plain.color,
                                   .domains = plain.domains,
                                   .threshold = plain.threshold,
                                   .overrides = sb_yaml_get(map, "overrides"),
                                   .node = map};
    if (strcmp(plain.slug, sb_text_slug(mem, plain.slug)))
        return sb_yaml_fail(err, SB_EINVAL, sb_yaml_get(map, "slug"),
                            "a slug has only a-z, 0-9 and '-', at most 63: \"%s\"",
                            plain.slug);
    if (*plain.color && !is_color(plain.color))
        return sb_yaml_fail(err, SB_EINVAL, sb_yaml_get(map, "color"),
                            "a colour is written \"#0b6e4f\", not \"%s\"", plain.color);
    return bind_roles(mem, sb_yaml_get(map, "roles"), conf, err);
}

static bool is_in(const char *const *list, const char *word)
{
    while (*list)
        if (!strcmp(*list++, word))
            return true;
    return false;
}

static int check_top(const struct sb_yaml *root, struct sb_err *err)
{
    static const char *const keys[] = {"tenant", "business", "agents", "faqs",
                                       "facts",  "pages",    NULL};

    if (!root || root->kind != SB_YAML_MAP)
        return sb_fail(err, SB_EINVAL,
                       "a tenant file wants a map with tenant, business and agents");
    for (size_t i = 0; i < root->count; i++)
        if (!is_in(keys, root->keys[i]->text)) {
            const char *near = sb_text_nearest(root->keys[i]->text, keys);

            return sb_yaml_fail(err, SB_EINVAL, root->keys[i],
                                "unknown key \"%s\"%s%s%s", root->keys[i]->text,
                                near ? "; did you mean \"" : "", near ? near : "",
                                near ? "\"?" : "");
        }
    if (!sb_yaml_get(root, "business"))
        return sb_yaml_fail(err, SB_EINVAL, root,
                            "the section \"business\" is missing");
    return 0;
}

static int bind_agents(TALLOC_CTX *mem, const struct sb_yaml *list,
                       struct sb_tenant *tenant, const struct sb_yaml *root,
                       struct sb_err *err)
{
    if (!list || list->kind != SB_YAML_LIST || !list->count || list->count > 100)
        return sb_yaml_fail(err, SB_EINVAL, list ? list : root,
                            "agents want a list of 1 to 100");
    tenant->agents = sb_array(mem, struct sb_agent_conf, list->count);
    for (size_t i = 0; i < list->count; i++) {
        int code = sb_agent_conf_bind(mem, list->items[i], &tenant->agents[i], err);

        if (code)
            return code;
        for (size_t k = 0; k < i; k++)
            if (!strcmp(tenant->agents[k].slug, tenant->agents[i].slug))
                return sb_yaml_fail(err, SB_EINVAL, list->items[i],
                                    "two agents have the slug \"%s\"",
                                    tenant->agents[i].slug);
    }
    tenant->agent_count = list->count;
    return 0;
}

static int drop_config(struct sb_tenant *tenant)
{
    json_decref(tenant->config);
    return 0;
}

int sb_tenant_parse(TALLOC_CTX *mem, const struct sb_yaml *root,
                    struct sb_tenant **tenant_r, struct sb_err *err)
{
    struct sb_tenant *tenant;
    int code = check_top(root, err);

    if (code)
        return code;
    tenant = talloc_zero(mem, struct sb_tenant);
    talloc_set_destructor(tenant, drop_config);
    tenant->slug = sb_yaml_str(sb_yaml_get(root, "tenant"), "");
    if (!*tenant->slug || strcmp(tenant->slug, sb_text_slug(mem, tenant->slug)))
        return sb_yaml_fail(err, SB_EINVAL, root,
                            "\"tenant\" wants a short name of a-z, 0-9 and '-'");
    tenant->business.slug = tenant->slug;
    code =
        sb_business_bind(tenant, sb_yaml_get(root, "business"), &tenant->business, err);
    if (!code)
        code = sb_stated_bind(tenant, root, &tenant->business, err);
    if (!code)
        code = bind_agents(tenant, sb_yaml_get(root, "agents"), tenant, root, err);
    if (code) {
        talloc_free(tenant);
        return code;
    }
    tenant->config = sb_yaml_to_json(root);
    json_object_del(tenant->config, "agents");
    *tenant_r = tenant;
    return 0;
}

void sb_tenant_reference(struct sb_buf *out)
{
    sb_buf_puts(out, "`tenant` is its short name of `a-z`, `0-9` and `-`.\n\n"
                     "### `business`\n\n");
    sb_business_reference(out);
    sb_buf_puts(out, "\n### `agents`\n\nA list of 1 to 100 receptionists.\n\n");
    sb_table_markdown(SB_TABLE(rows), out);
    sb_buf_puts(out, "| `roles` | map of lists | `[local]` for each | Plugins in the "
                     "order in which they are tried, by role:");
    for (size_t i = 0; role_names[i]; i++)
        sb_buf_printf(out, "%s `%s`", i ? "," : "", role_names[i]);
    sb_buf_puts(out,
                " |\n"
                "| `overrides` | map |  | Any key of the vertical's template |\n"
                "\n### `faqs`, `facts`, `pages`\n\n"
                "Lists of what the business states itself; at most 2000 each.\n\n"
                "| Section | Each entry |\n|---|---|\n"
                "| `faqs` | `q` and `a`; `also` has other ways to ask |\n"
                "| `facts` | `subject` and `value`; `also` has other words for it |\n"
                "| `pages` | `title` and `text`; `url` is where it can be read |\n");
}
