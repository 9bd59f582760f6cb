/* SPDX-License-Identifier: Apache-2.0
 *
 * The intake's fields of a template: kinds, choices with the words that mean them, and
 * what refers to what.
 */
#include "host/template_bind.h"

#include <string.h>
#include "base/array.h"
#include "base/table.h"
#include "base/text.h"
#include "host/template_rows.h"

static enum sb_field_kind kind_of(const char *name)
{
    static const char *const names[] = {"text", "name",   "phone",  "email", "address",
                                        "date", "choice", "number", "yesno"};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], name) == 0)
            return (enum sb_field_kind)(SB_FIELD_TEXT + i);
    return SB_FIELD_TEXT;
}

static bool is_choice(const struct sb_template_field *field, const char *choice)
{
    size_t i;

    for (i = 0; field->choices && field->choices[i]; i++)
        if (strcmp(field->choices[i], choice) == 0)
            return true;
    return false;
}

static int synonyms_of_choice(const struct sb_yaml *key, const struct sb_yaml *words,
                              const struct sb_template_field *field, const char **out,
                              size_t *count, struct sb_err *err)
{
    size_t i;

    if (words->kind != SB_YAML_LIST)
        return sb_yaml_fail(err, SB_EINVAL, words,
                            "synonyms of '%s' should be a list of words", key->text);
    if (!is_choice(field, key->text)) {
        const char *near = sb_text_nearest(key->text, field->choices);

        return sb_yaml_fail(err, SB_EINVAL, key, "'%s' is not a choice of '%s'%s%s",
                            key->text, field->name, near ? "; did you mean " : "",
                            near ? near : "");
    }
    for (i = 0; i < words->count; i++)
        out[(*count)++] =
            talloc_asprintf(out, "%s=%s", key->text,
                            sb_text_fold(out, sb_yaml_str(words->items[i], "")));
    return 0;
}

/* {choice: [word, word]} becomes "choice=word" entries. */
static int bind_field_synonyms(TALLOC_CTX *mem, const struct sb_yaml *map,
                               struct sb_template_field *field, struct sb_err *err)
{
    const char **out;
    size_t total = 0, count = 0, i;
    int rc;

    if (!map)
        return 0;
    if (map->kind != SB_YAML_MAP || !field->choices)
        return sb_yaml_fail(
            err, SB_EINVAL, map,
            "'synonyms' should be a map from choices to lists of words");
    for (i = 0; i < map->count; i++)
        total += map->items[i]->count;
    out = sb_array(mem, const char *, total + 1);
    for (i = 0; i < map->count; i++) {
        rc = synonyms_of_choice(map->keys[i], map->items[i], field, out, &count, err);
        if (rc)
            return rc;
    }
    field->synonyms = out;
    return 0;
}

static int bind_field(TALLOC_CTX *mem, const struct sb_yaml *map,
                      struct sb_template_field *field, struct sb_err *err)
{
    struct field_row row = {0};
    int rc = sb_table_bind(mem, SB_TABLE(sb_template_field_rows), map,
                           sb_template_field_others, &row, sizeof(row), err);

    if (rc)
        return rc;
    *field = (struct sb_template_field){.name = row.name,
                                        .label = row.label,
                                        .ask = row.ask,
                                        .retry = row.retry,
                                        .help = row.help,
                                        .kind = kind_of(row.kind),
                                        .required = row.required,
                                        .choices = (const char *const *)row.choices,
                                        .min = row.min,
                                        .max = row.max,
                                        .only_if = row.only_if};
    if (field->choices && !field->choices[0])
        field->choices = NULL;
    if ((field->kind == SB_FIELD_CHOICE) != (field->choices != NULL))
        return sb_yaml_fail(err, SB_EINVAL, map,
                            "'%s' needs choices exactly when its kind is choice",
                            field->name);
    if (field->min > field->max)
        return sb_yaml_fail(err, SB_EINVAL, map, "'%s' has a min above its max",
                            field->name);
    if ((rc = sb_template_check_placeholders(map, field->ask, err)) ||
        (rc = sb_template_check_placeholders(map, field->retry, err)))
        return rc;
    return bind_field_synonyms(mem, sb_yaml_get(map, "synonyms"), field, err);
}

const struct sb_template_field *sb_template_find_field(const struct sb_template *tpl,
                                                       const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < tpl->field_count; i++)
        if (strlen(tpl->fields[i].name) == len &&
            strncmp(tpl->fields[i].name, name, len) == 0)
            return &tpl->fields[i];
    return NULL;
}

/* References between fields, and names used twice. */
static int check_fields(const struct sb_yaml *list, const struct sb_template *tpl,
                        struct sb_err *err)
{
    size_t i;

    for (i = 0; i < tpl->field_count; i++) {
        const struct sb_template_field *field = &tpl->fields[i];
        size_t named = strcspn(field->only_if, "=!");

        if (sb_template_find_field(tpl, field->name, strlen(field->name)) != field)
            return sb_yaml_fail(err, SB_EINVAL, list->items[i],
                                "there are two fields called '%s'", field->name);
        if (*field->only_if && !sb_template_find_field(tpl, field->only_if, named))
            return sb_yaml_fail(err, SB_EINVAL, list->items[i],
                                "only_if '%s' should read field=value, field!=value "
                                "or field, with a field of this template",
                                field->only_if);
    }
    return 0;
}

int sb_template_bind_fields(TALLOC_CTX *mem, const struct sb_yaml *list,
                            struct sb_template *tpl, struct sb_err *err)
{
    struct sb_template_field *fields;
    size_t i;
    int rc = sb_template_check_list(list, "fields", err);

    if (rc || !list)
        return rc;
    fields = sb_array(mem, struct sb_template_field, list->count + 1);
    for (i = 0; i < list->count; i++)
        if ((rc = bind_field(fields, list->items[i], &fields[i], err)))
            return rc;
    tpl->fields = fields;
    tpl->field_count = list->count;
    return check_fields(list, tpl, err);
}
