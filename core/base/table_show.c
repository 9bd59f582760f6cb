/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rows of table.h say to people: the effective values, an example file, a
 * reference table. Secrets are never printed.
 */
#include "base/table.h"

#include <inttypes.h>
#include <string.h>
#include "base/value.h"

/* Plain when YAML would read it back as the same text, quoted otherwise. */
static void put_text(struct sb_buf *out, const char *text)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789_-./";
    struct sb_yaml plain = {.kind = SB_YAML_SCALAR, .text = text};
    json_t *typed = sb_yaml_to_json(&plain);
    bool quote = !json_is_string(typed) || text[strspn(text, safe)] != '\0' ||
                 text[0] == '-' || text[0] == '.';

    if (quote)
        sb_buf_json(out, text, strlen(text));
    else
        sb_buf_puts(out, text);
    json_decref(typed);
}

static void put_list(struct sb_buf *out, const char *const *list)
{
    sb_buf_putc(out, '[');
    for (size_t i = 0; list && list[i]; i++) {
        if (i)
            sb_buf_puts(out, ", ");
        put_text(out, list[i]);
    }
    sb_buf_putc(out, ']');
}

static void put_whole(struct sb_buf *out, const struct sb_option *row, int64_t value)
{
    char text[32];

    if (row->type == SB_OPTION_DURATION) {
        sb_value_duration(value, text);
        sb_buf_puts(out, text);
    } else if (row->type == SB_OPTION_SIZE) {
        sb_value_size(value, text);
        sb_buf_puts(out, text);
    } else {
        sb_buf_printf(out, "%" PRId64, value);
    }
}

static void put_value(struct sb_buf *out, const struct sb_option *row, const void *at)
{
    union {
        const char *text;
        const char *const *list;
        int64_t whole;
        double number;
        bool flag;
    } value = {0};

    memcpy(&value, at, sb_row_width(row));
    switch (row->type) {
    case SB_OPTION_STRING:
    case SB_OPTION_CHOICE:
        if (value.text)
            put_text(out, value.text);
        return;
    case SB_OPTION_INT:
    case SB_OPTION_DURATION:
    case SB_OPTION_SIZE: put_whole(out, row, value.whole); return;
    case SB_OPTION_NUMBER: sb_buf_printf(out, "%.15g", value.number); return;
    case SB_OPTION_BOOL: sb_buf_puts(out, value.flag ? "true" : "false"); return;
    case SB_OPTION_LIST: put_list(out, value.list); return;
    case SB_OPTION_END: return;
    }
}

/* Texts are what secrets are in practice; a number counts as set when it is not 0. */
static bool is_set(const struct sb_option *row, const void *at)
{
    static const char zero[sizeof(double)];
    const char *text = NULL;

    if (row->type != SB_OPTION_STRING)
        return memcmp(at, zero, sb_row_width(row)) != 0;
    memcpy(&text, at, sizeof(text));
    return text && *text;
}

void sb_table_show(struct sb_table table, const void *values, const char *indent,
                   struct sb_buf *out)
{
    for (size_t i = 0;; i++) {
        struct sb_option row = sb_row_at(table, i);
        const char *at = (const char *)values + row.offset;

        if (row.type == SB_OPTION_END)
            return;
        sb_buf_printf(out, "%s%s: ", indent, row.name);
        if (row.flags & SB_OPTION_SECRET)
            sb_buf_puts(out, is_set(&row, at) ? "(set)" : "(not set)");
        else
            put_value(out, &row, at);
        sb_buf_putc(out, '\n');
    }
}

static const char *type_name(const struct sb_option *row)
{
    switch (row->type) {
    case SB_OPTION_STRING: return "text";
    case SB_OPTION_INT: return "whole number";
    case SB_OPTION_NUMBER: return "number";
    case SB_OPTION_BOOL: return "true or false";
    case SB_OPTION_CHOICE: return "choice";
    case SB_OPTION_DURATION: return "duration";
    case SB_OPTION_SIZE: return "size";
    case SB_OPTION_LIST: return "list of texts";
    case SB_OPTION_END: break;
    }
    return "";
}

/* "a|b|c" as "a, b, c". */
static void put_choices(struct sb_buf *out, const char *choices)
{
    for (; choices && *choices; choices++) {
        if (*choices == '|')
            sb_buf_puts(out, ", ");
        else
            sb_buf_putc(out, *choices);
    }
}

/* "a,b" as "[a, b]", each quoted where YAML wants it. */
static void put_preset_list(struct sb_buf *out, const char *preset)
{
    char *copy = talloc_strdup(NULL, preset), *save = NULL, *part;
    bool first = true;

    sb_buf_putc(out, '[');
    for (part = strtok_r(copy, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
        if (!first)
            sb_buf_puts(out, ", ");
        put_text(out, part + strspn(part, " "));
        first = false;
    }
    sb_buf_putc(out, ']');
    talloc_free(copy);
}

/* The preset as it would stand in a file. */
static void put_preset(struct sb_buf *out, const struct sb_option *row)
{
    if (!row->preset)
        return;
    if (row->type == SB_OPTION_LIST)
        put_preset_list(out, row->preset);
    else if (row->type == SB_OPTION_STRING)
        put_text(out, row->preset);
    else
        sb_buf_puts(out, row->preset);
}

void sb_table_example(struct sb_table table, const char *indent, struct sb_buf *out)
{
    for (size_t i = 0;; i++) {
        struct sb_option row = sb_row_at(table, i);
        bool required = (row.flags & SB_OPTION_REQUIRED) != 0;
        char range[80];

        if (row.type == SB_OPTION_END)
            return;
        sb_value_range(&row, range);
        sb_buf_printf(out, "%s# %s", indent, row.help ? row.help : "");
        if (*range)
            sb_buf_printf(out, " (%s)", range);
        if (row.choices) {
            sb_buf_puts(out, " (one of ");
            put_choices(out, row.choices);
            sb_buf_putc(out, ')');
        }
        if (row.flags & SB_OPTION_SECRET)
            sb_buf_puts(out, " (a secret: write ${VARIABLE} or file:/path)");
        sb_buf_printf(out, "%s\n%s%s%s: ", required ? " (required)" : "", indent,
                      required ? "" : "#", row.name);
        put_preset(out, &row);
        sb_buf_putc(out, '\n');
    }
}

/* A pipe would end the cell. */
static void put_cell(struct sb_buf *out, const char *text)
{
    for (; text && *text; text++) {
        if (*text == '|')
            sb_buf_putc(out, '\\');
        sb_buf_putc(out, *text == '\n' ? ' ' : *text);
    }
}

void sb_table_markdown(struct sb_table table, struct sb_buf *out)
{
    sb_buf_puts(out, "| Key | Type | Default | Meaning |\n|---|---|---|---|\n");
    for (size_t i = 0;; i++) {
        struct sb_option row = sb_row_at(table, i);
        char range[80];

        if (row.type == SB_OPTION_END)
            return;
        sb_value_range(&row, range);
        sb_buf_printf(out, "| `%s` | %s%s%s", row.name, type_name(&row),
                      *range || row.choices ? ": " : "", range);
        put_choices(out, row.choices);
        sb_buf_puts(out, " | ");
        if (row.flags & SB_OPTION_REQUIRED)
            sb_buf_puts(out, "required");
        else if (row.preset && *row.preset) {
            sb_buf_putc(out, '`');
            put_cell(out, row.preset);
            sb_buf_putc(out, '`');
        }
        sb_buf_puts(out, " | ");
        put_cell(out, row.help);
        if (row.flags & SB_OPTION_SECRET)
            sb_buf_puts(out, " (secret)");
        sb_buf_puts(out, " |\n");
    }
}
