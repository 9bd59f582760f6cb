/* SPDX-License-Identifier: Apache-2.0
 *
 * See options.h. Rows come from a foreign file: the type decides how many bytes of the
 * struct a row may write, so each place is checked against the struct's size.
 */
#include "host/options.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define ROWS_MAX 500
#define STRIDE_LEAST (offsetof(struct sb_option, help) + sizeof(const char *))
#define STRIDE_MAX 4096
#define CONFIG_MAX (1024 * 1024)

static const struct sb_option no_rows[] = {SB_OPT_END};

struct sb_table sb_options_table(const struct sb_plugin *plugin)
{
    if (!plugin->options)
        return SB_TABLE(no_rows);
    return (struct sb_table){plugin->options, plugin->option_size};
}

bool sb_options_at(const struct sb_plugin *plugin, size_t i, struct sb_option *row)
{
    const char *base = (const char *)plugin->options;
    size_t stride = plugin->option_size;

    if (!base || i >= ROWS_MAX)
        return false;
    memset(row, 0, sizeof(*row));
    memcpy(row, base + i * stride, stride < sizeof(*row) ? stride : sizeof(*row));
    return row->name && row->type != SB_OPTION_END;
}

/* Bytes that a value takes in the struct; 0 for a type that we do not know. */
static size_t width(enum sb_option_type type)
{
    switch (type) {
    case SB_OPTION_STRING:
    case SB_OPTION_CHOICE: return sizeof(const char *);
    case SB_OPTION_INT:
    case SB_OPTION_DURATION:
    case SB_OPTION_SIZE: return sizeof(int64_t);
    case SB_OPTION_NUMBER: return sizeof(double);
    case SB_OPTION_BOOL: return sizeof(bool);
    case SB_OPTION_LIST: return sizeof(const char **);
    case SB_OPTION_END: return 0;
    }
    return 0;
}

static bool is_key(const char *name)
{
    size_t len = strnlen(name, 65);

    return len <= 64 && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static bool is_line(const char *text, size_t max)
{
    size_t len = text ? strnlen(text, max + 1) : 0;

    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ')
            return false;
    return len > 0 && len <= max && sb_utf8_valid(text, len);
}

/* What is wrong with the row by itself, or NULL. */
static const char *row_fault(const struct sb_plugin *plugin,
                             const struct sb_option *row)
{
    size_t wide = width(row->type);

    if (!is_key(row->name))
        return "its name must be a-z, then a-z, 0-9 and '_', at most 64";
    if (wide == 0)
        return "its type is none that this host knows";
    if (row->offset > plugin->config_size || plugin->config_size - row->offset < wide)
        return "its place lies outside of .config_size";
    if (row->offset % wide != 0)
        return "its place is not aligned for its type";
    if (!is_line(row->help, 300))
        return "its help must be one line of text";
    if (row->preset && !is_line(row->preset, 1000) && *row->preset)
        return "its preset must be one line of text";
    if ((row->flags & SB_OPTION_REQUIRED) && row->preset)
        return "it is required and has a preset too";
    if ((row->type == SB_OPTION_CHOICE) != (row->choices != NULL))
        return "choices go with the type choice, and only with it";
    if (row->min > row->max)
        return "its range is upside down";
    return NULL;
}

static bool has_twin(const struct sb_plugin *plugin, size_t index, const char *name)
{
    struct sb_option other;

    for (size_t i = 0; i < index && sb_options_at(plugin, i, &other); i++)
        if (strcmp(other.name, name) == 0)
            return true;
    return false;
}

static int check_rows(const char *name, const struct sb_plugin *plugin,
                      struct sb_err *err)
{
    struct sb_option row;
    size_t count = 0;
    const char *fault;

    for (; sb_options_at(plugin, count, &row); count++) {
        fault = has_twin(plugin, count, row.name) ? "it is there twice"
                                                  : row_fault(plugin, &row);
        if (fault)
            return sb_fail(err, SB_EINVAL, "plugin \"%s\": option %zu (%.64s): %s",
                           name, count + 1, is_line(row.name, 64) ? row.name : "?",
                           fault);
    }
    if (count == ROWS_MAX)
        return sb_fail(err, SB_EINVAL,
                       "plugin \"%s\": .options does not end with SB_OPT_END", name);
    return 0;
}

/* Binding the sample proves that each preset reads as its type and is in range. */
static int check_presets(const char *name, const struct sb_plugin *plugin,
                         struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err why = {0};
    void *config;
    int rc = sb_options_bind_sample(mem, plugin, &config, &why);

    talloc_free(mem);
    if (rc != 0)
        return sb_fail(err, SB_EINVAL, "plugin \"%s\": a preset does not fit: %s", name,
                       why.msg);
    return 0;
}

int sb_options_check(const char *name, const struct sb_plugin *plugin,
                     struct sb_err *err)
{
    int rc;

    if (!plugin->options)
        return 0;
    if (plugin->option_size < STRIDE_LEAST || plugin->option_size > STRIDE_MAX)
        return sb_fail(err, SB_EINVAL,
                       "plugin \"%s\": its option rows say %u bytes, ABI %d.0 has %zu: "
                       "rebuild it with SB_PLUGIN() from this host's headers",
                       name, plugin->option_size, SB_ABI_MAJOR, (size_t)STRIDE_LEAST);
    if (plugin->config_size > CONFIG_MAX)
        return sb_fail(err, SB_EINVAL, "plugin \"%s\": .config_size %zu is over 1 MiB",
                       name, plugin->config_size);
    rc = check_rows(name, plugin, err);
    return rc ? rc : check_presets(name, plugin, err);
}

const char *sb_options_missing(const struct sb_plugin *plugin,
                               const struct sb_yaml *map)
{
    struct sb_option row;
    const struct sb_yaml *given;

    for (size_t i = 0; sb_options_at(plugin, i, &row); i++) {
        if (!(row.flags & SB_OPTION_REQUIRED))
            continue;
        given = sb_yaml_get(map, row.name);
        if (!given ||
            (given->kind == SB_YAML_SCALAR && !given->quoted && !*given->text)) {
            /* The row is a copy; the name it points to is the plugin's. */
            return row.name;
        }
    }
    return NULL;
}

const char *sb_options_empty(const struct sb_plugin *plugin, const void *config)
{
    struct sb_option row;
    const char *text;

    for (size_t i = 0; sb_options_at(plugin, i, &row); i++) {
        if (!(row.flags & SB_OPTION_REQUIRED) || row.type != SB_OPTION_STRING)
            continue;
        memcpy(&text, (const char *)config + row.offset, sizeof(text));
        if (!text || !*text)
            return row.name;
    }
    return NULL;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_list(const char *const *a, const char *const *b)
{
    if (!a || !b)
        return a == b;
    for (; *a && *b; a++, b++)
        if (strcmp(*a, *b) != 0)
            return false;
    return !*a && !*b;
}

static bool same_value(const struct sb_option *row, const char *a, const char *b)
{
    const char *texts[2];
    const char *const *lists[2];

    if (row->type == SB_OPTION_STRING || row->type == SB_OPTION_CHOICE) {
        memcpy(&texts[0], a + row->offset, sizeof(texts[0]));
        memcpy(&texts[1], b + row->offset, sizeof(texts[1]));
        return same_text(texts[0], texts[1]);
    }
    if (row->type == SB_OPTION_LIST) {
        memcpy(&lists[0], a + row->offset, sizeof(lists[0]));
        memcpy(&lists[1], b + row->offset, sizeof(lists[1]));
        return same_list(lists[0], lists[1]);
    }
    return memcmp(a + row->offset, b + row->offset, width(row->type)) == 0;
}

bool sb_options_same(const struct sb_plugin *plugin, const void *a, const void *b)
{
    struct sb_option row;

    for (size_t i = 0; sb_options_at(plugin, i, &row); i++)
        if (!same_value(&row, a, b))
            return false;
    return true;
}

int sb_options_bind(TALLOC_CTX *mem, const struct sb_plugin *plugin,
                    const struct sb_yaml *map, void **config_r, struct sb_err *err)
{
    /* Never empty, so that a plugin without options still gets a valid address. */
    size_t size = plugin->config_size ? plugin->config_size : 1;
    void *config = talloc_zero_size(mem, size);
    int rc =
        sb_table_bind(config, sb_options_table(plugin), map, NULL, config, size, err);

    if (rc != 0) {
        talloc_free(config);
        return rc;
    }
    *config_r = config;
    return 0;
}

/* Some value that a required row accepts. */
static const char *sample(TALLOC_CTX *mem, const struct sb_option *row)
{
    const char *bar;

    switch (row->type) {
    case SB_OPTION_INT: return talloc_asprintf(mem, "%lld", (long long)row->min);
    case SB_OPTION_NUMBER: return talloc_asprintf(mem, "%g", row->min);
    case SB_OPTION_DURATION: return talloc_asprintf(mem, "%lldms", (long long)row->min);
    case SB_OPTION_SIZE: return talloc_asprintf(mem, "%lld", (long long)row->min);
    case SB_OPTION_BOOL: return "true";
    case SB_OPTION_CHOICE:
        bar = strchr(row->choices, '|');
        return bar ? talloc_strndup(mem, row->choices, (size_t)(bar - row->choices))
                   : row->choices;
    case SB_OPTION_STRING:
    case SB_OPTION_LIST:
    case SB_OPTION_END: break;
    }
    return "sample";
}

char *sb_options_sample(TALLOC_CTX *mem, const struct sb_plugin *plugin)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    char *text = talloc_strdup(mem, "");
    struct sb_option row;

    for (size_t i = 0; sb_options_at(plugin, i, &row); i++)
        if (row.flags & SB_OPTION_REQUIRED)
            text = talloc_asprintf_append(
                text, row.type == SB_OPTION_LIST ? "%s: [%s]\n" : "%s: %s\n", row.name,
                sample(scratch, &row));
    talloc_free(scratch);
    return text;
}

int sb_options_bind_sample(TALLOC_CTX *mem, const struct sb_plugin *plugin,
                           void **config_r, struct sb_err *err)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    char *text = sb_options_sample(scratch, plugin);
    struct sb_yaml *map = NULL;
    int rc = 0;

    if (*text)
        rc = sb_yaml_parse(scratch, "sample", text, strlen(text), &map, err);
    if (rc == 0)
        rc = sb_options_bind(mem, plugin, map, config_r, err);
    talloc_free(scratch);
    return rc;
}
