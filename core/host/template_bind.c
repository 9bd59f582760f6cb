/* SPDX-License-Identifier: Apache-2.0
 *
 * See template_bind.h. Each section is a list of maps bound through a row struct of
 * its own, which is turned into the public struct here.
 */
#include "host/template_bind.h"

#include <string.h>
#include "base/array.h"
#include "base/table.h"
#include "base/text.h"
#include "host/template_rows.h"

#define MOST_ITEMS 500

/* A section that must be a list; NULL is an empty one. */
int sb_template_check_list(const struct sb_yaml *list, const char *name,
                           struct sb_err *err)
{
    if (!list)
        return 0;
    if (list->kind != SB_YAML_LIST)
        return sb_yaml_fail(err, SB_EINVAL, list, "'%s' should be a list", name);
    if (list->count > MOST_ITEMS)
        return sb_yaml_fail(err, SB_ELIMIT, list, "'%s' has %zu items, at most %d fit",
                            name, list->count, MOST_ITEMS);
    return 0;
}

/* A list with every phrase folded for matching; NULL stays NULL. */
const char *const *sb_template_folded(TALLOC_CTX *mem, const char *const *list)
{
    const char **out;
    size_t n = 0, i;

    if (!list)
        return NULL;
    while (list[n])
        n++;
    out = sb_array(mem, const char *, n + 1);
    for (i = 0; i < n; i++)
        out[i] = sb_text_fold(out, list[i]);
    return out;
}

/* Refuses "{bussiness}" in a text that is filled later. */
int sb_template_check_placeholders(const struct sb_yaml *node, const char *text,
                                   struct sb_err *err)
{
    const char *p = text, *end, *near;
    char name[32];
    size_t i, len;

    for (; (p = strchr(p, '{')); p = end) {
        end = p + 1;
        len = strspn(end, "abcdefghijklmnopqrstuvwxyz0123456789_");
        if (len == 0 || len >= sizeof(name) || end[len] != '}')
            continue;
        memcpy(name, end, len);
        name[len] = '\0';
        for (i = 0; sb_template_placeholders[i]; i++)
            if (strcmp(sb_template_placeholders[i], name) == 0)
                break;
        if (sb_template_placeholders[i])
            continue;
        near = sb_text_nearest(name, sb_template_placeholders);
        return sb_yaml_fail(err, SB_EINVAL, node, "there is no placeholder {%s}%s%s%s",
                            name, near ? "; did you mean {" : "", near ? near : "",
                            near ? "}" : "");
    }
    return 0;
}

static int bind_faqs(TALLOC_CTX *mem, const struct sb_yaml *list,
                     struct sb_template *tpl, struct sb_err *err)
{
    struct sb_template_faq *faqs;
    size_t i;
    int rc = sb_template_check_list(list, "faqs", err);

    if (rc || !list)
        return rc;
    faqs = sb_array(mem, struct sb_template_faq, list->count + 1);
    for (i = 0; i < list->count; i++) {
        struct faq_row row = {0};

        rc = sb_table_bind(faqs, SB_TABLE(sb_template_faq_rows), list->items[i], NULL,
                           &row, sizeof(row), err);
        if (!rc)
            rc = sb_template_check_placeholders(list->items[i], row.answer, err);
        if (rc)
            return rc;
        faqs[i] = (struct sb_template_faq){row.question, row.answer,
                                           (const char *const *)row.also};
    }
    tpl->faqs = faqs;
    tpl->faq_count = list->count;
    return 0;
}

static int bind_rules(TALLOC_CTX *mem, const struct sb_yaml *list, const char *name,
                      const struct sb_option *rows, struct sb_template_rule **rules_r,
                      size_t *count_r, struct sb_err *err)
{
    struct sb_template_rule *rules;
    size_t i;
    int rc = sb_template_check_list(list, name, err);

    if (rc || !list)
        return rc;
    rules = sb_array(mem, struct sb_template_rule, list->count + 1);
    for (i = 0; i < list->count; i++) {
        struct rule_row row = {0};

        rc = sb_table_bind(rules, SB_TABLE(rows), list->items[i], NULL, &row,
                           sizeof(row), err);
        if (!rc)
            rc = sb_template_check_placeholders(list->items[i], row.say ? row.say : "",
                                                err);
        if (rc)
            return rc;
        rules[i] = (struct sb_template_rule){
            .name = row.name,
            .any = sb_template_folded(rules, (const char *const *)row.any),
            .with = sb_template_folded(rules, (const char *const *)row.with),
            .unless = sb_template_folded(rules, (const char *const *)row.unless),
            .level = (int)row.level,
            .say = row.say ? row.say : "",
            .page = row.page};
    }
    *rules_r = rules;
    *count_r = list->count;
    return 0;
}

/* Highest level first; within a level the file's order. */
static void sort_by_level(struct sb_template_rule *rules, size_t count)
{
    size_t i, j;

    for (i = 1; i < count; i++) {
        struct sb_template_rule moving = rules[i];

        for (j = i; j > 0 && rules[j - 1].level < moving.level; j--)
            rules[j] = rules[j - 1];
        rules[j] = moving;
    }
}

static int bind_all_rules(TALLOC_CTX *mem, const struct sb_yaml *root,
                          struct sb_template *tpl, struct sb_err *err)
{
    struct sb_template_rule *urgency = NULL, *scope = NULL;
    int rc = bind_rules(mem, sb_yaml_get(root, "urgency"), "urgency",
                        sb_template_urgency_rows, &urgency, &tpl->urgency_count, err);

    if (!rc)
        rc = bind_rules(mem, sb_yaml_get(root, "out_of_scope"), "out_of_scope",
                        sb_template_scope_rows, &scope, &tpl->out_of_scope_count, err);
    if (rc)
        return rc;
    sort_by_level(urgency, tpl->urgency_count);
    tpl->urgency = urgency;
    tpl->out_of_scope = scope;
    return 0;
}

static int bind_score(TALLOC_CTX *mem, const struct sb_yaml *map,
                      const struct sb_template *tpl, struct sb_template_score *score,
                      struct sb_err *err)
{
    struct score_row row = {0};
    int rc = sb_table_bind(mem, SB_TABLE(sb_template_score_rows), map, NULL, &row,
                           sizeof(row), err);

    if (rc)
        return rc;
    if (*row.field && !sb_template_find_field(tpl, row.field, strlen(row.field)))
        return sb_yaml_fail(err, SB_EINVAL, map, "'%s' is not a field of this template",
                            row.field);
    if (!*row.field && !(row.any && row.any[0]) && row.urgency_at_least == 0)
        return sb_yaml_fail(err, SB_EINVAL, map,
                            "'%s' needs a field, phrases or an urgency to look at",
                            row.name);
    *score = (struct sb_template_score){
        row.name,
        row.reason,
        (int)row.points,
        row.field,
        row.equals,
        sb_template_folded(mem, (const char *const *)row.any),
        (int)row.urgency_at_least};
    return 0;
}

static int bind_scoring(TALLOC_CTX *mem, const struct sb_yaml *list,
                        struct sb_template *tpl, struct sb_err *err)
{
    struct sb_template_score *scoring;
    size_t i;
    int rc = sb_template_check_list(list, "scoring", err);

    if (rc || !list)
        return rc;
    scoring = sb_array(mem, struct sb_template_score, list->count + 1);
    for (i = 0; i < list->count; i++)
        if ((rc = bind_score(scoring, list->items[i], tpl, &scoring[i], err)))
            return rc;
    tpl->scoring = scoring;
    tpl->scoring_count = list->count;
    return 0;
}

static int bind_services(TALLOC_CTX *mem, const struct sb_yaml *list,
                         struct sb_template *tpl, struct sb_err *err)
{
    struct sb_template_service *services;
    size_t i;
    int rc = sb_template_check_list(list, "services", err);

    if (rc || !list)
        return rc;
    services = sb_array(mem, struct sb_template_service, list->count + 1);
    for (i = 0; i < list->count; i++) {
        struct service_row row = {0};

        rc = sb_table_bind(services, SB_TABLE(sb_template_service_rows), list->items[i],
                           NULL, &row, sizeof(row), err);
        if (rc)
            return rc;
        services[i] = (struct sb_template_service){row.name, row.summary, row.price,
                                                   (int)row.minutes};
    }
    tpl->services = services;
    tpl->service_count = list->count;
    return 0;
}

static size_t phrases_in(const struct sb_yaml *map)
{
    size_t total = 0, i;

    for (i = 0; i < map->count; i++)
        total += map->items[i]->kind == SB_YAML_LIST ? map->items[i]->count : 1;
    return total;
}

static int add_phrase(struct sb_phrase *phrase, const char *name,
                      const struct sb_yaml *text, struct sb_err *err)
{
    if (text->kind != SB_YAML_SCALAR)
        return sb_yaml_fail(err, SB_EINVAL, text,
                            "phrase '%s' should be text or a list of texts", name);
    *phrase = (struct sb_phrase){name, talloc_strdup(name, text->text)};
    return sb_template_check_placeholders(text, text->text, err);
}

/* A list of texts becomes name, name.2, name.3: ways to say the same thing. */
static int bind_phrases(TALLOC_CTX *mem, const struct sb_yaml *map,
                        struct sb_template *tpl, struct sb_err *err)
{
    struct sb_phrase *phrases;
    size_t i, j, n = 0;
    int rc = 0;

    if (!map)
        return 0;
    if (map->kind != SB_YAML_MAP)
        return sb_yaml_fail(err, SB_EINVAL, map, "'phrases' should be a map");
    phrases = sb_array(mem, struct sb_phrase, phrases_in(map) + 1);
    for (i = 0; !rc && i < map->count; i++) {
        const struct sb_yaml *value = map->items[i];
        const char *name = talloc_strdup(phrases, map->keys[i]->text);

        if (value->kind != SB_YAML_LIST) {
            rc = add_phrase(&phrases[n++], name, value, err);
            continue;
        }
        for (j = 0; !rc && j < value->count; j++)
            rc = add_phrase(&phrases[n++],
                            j == 0 ? name
                                   : talloc_asprintf(phrases, "%s.%zu", name, j + 1),
                            value->items[j], err);
    }
    tpl->phrases = phrases;
    tpl->phrase_count = n;
    return rc;
}

static int bind_head(struct sb_template *tpl, const struct sb_yaml *root,
                     struct sb_err *err)
{
    struct head_row row = {0};
    int rc = sb_table_bind(tpl, SB_TABLE(sb_template_head_rows), root,
                           sb_template_head_others, &row, sizeof(row), err);

    if (rc)
        return rc;
    tpl->name = row.name;
    tpl->label = row.label;
    tpl->summary = row.summary;
    tpl->agent_name = row.agent_name;
    tpl->identity = row.identity;
    tpl->style = row.style;
    tpl->rules = row.rules;
    tpl->examples = row.examples;
    tpl->quick_prompts = (const char *const *)row.quick_prompts;
    tpl->intake_when = sb_template_folded(tpl, (const char *const *)row.intake_when);
    tpl->compliance = (const char *const *)row.compliance;
    tpl->synonyms = sb_template_folded(tpl, (const char *const *)row.synonyms);
    return 0;
}

int sb_template_bind(TALLOC_CTX *mem, const struct sb_yaml *root,
                     const struct sb_template **template_r, struct sb_err *err)
{
    struct sb_template *tpl = talloc_zero(mem, struct sb_template);
    int rc = bind_head(tpl, root, err);

    if (!rc)
        rc = bind_phrases(tpl, sb_yaml_get(root, "phrases"), tpl, err);
    if (!rc)
        rc = sb_template_bind_fields(tpl, sb_yaml_get(root, "fields"), tpl, err);
    if (!rc)
        rc = bind_faqs(tpl, sb_yaml_get(root, "faqs"), tpl, err);
    if (!rc)
        rc = bind_all_rules(tpl, root, tpl, err);
    if (!rc)
        rc = bind_scoring(tpl, sb_yaml_get(root, "scoring"), tpl, err);
    if (!rc)
        rc = bind_services(tpl, sb_yaml_get(root, "services"), tpl, err);
    if (rc) {
        talloc_free(tpl);
        return rc;
    }
    *template_r = tpl;
    return 0;
}
