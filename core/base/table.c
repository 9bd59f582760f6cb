/* SPDX-License-Identifier: Apache-2.0
 *
 * See table.h. Rows may come from a plugin, so an offset beyond the struct is an error
 * and not an assertion.
 */
#include "base/table.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/text.h"
#include "base/value.h"

enum { MAX_ROWS = 512, SECRET_FILE_MAX = 65536 };

struct sb_option sb_row_at(struct sb_table table, size_t index)
{
    struct sb_option row = {.type = SB_OPTION_END};
    const char *at = (const char *)table.rows + index * table.stride;

    if (!table.rows || index >= MAX_ROWS)
        return row;
    memcpy(&row, at, table.stride < sizeof(row) ? table.stride : sizeof(row));
    if (!row.name)
        row.type = SB_OPTION_END;
    return row;
}

bool sb_row_find(struct sb_table table, const char *name, struct sb_option *row_r)
{
    for (size_t i = 0;; i++) {
        struct sb_option row = sb_row_at(table, i);

        if (row.type == SB_OPTION_END)
            return false;
        if (strcmp(row.name, name) == 0) {
            *row_r = row;
            return true;
        }
    }
}

size_t sb_row_width(const struct sb_option *row)
{
    switch (row->type) {
    case SB_OPTION_STRING:
    case SB_OPTION_CHOICE:
    case SB_OPTION_LIST: return sizeof(char *);
    case SB_OPTION_INT:
    case SB_OPTION_DURATION:
    case SB_OPTION_SIZE: return sizeof(int64_t);
    case SB_OPTION_NUMBER: return sizeof(double);
    case SB_OPTION_BOOL: return sizeof(bool);
    case SB_OPTION_END: break;
    }
    return 0;
}

/* What one call of bind or set works on. */
struct binding {
    TALLOC_CTX *mem;
    struct sb_table table;
    char *out;
    size_t out_size;
    struct sb_err *err;
};

static int check_fits(const struct binding *bind, const struct sb_option *row)
{
    size_t width = sb_row_width(row);

    if (width && row->offset <= bind->out_size && width <= bind->out_size - row->offset)
        return 0;
    return sb_fail(bind->err, SB_EINVAL, "option \"%s\" does not fit its struct",
                   row->name);
}

static int apply_preset(const struct binding *bind, const struct sb_option *row)
{
    struct sb_err why = {0};

    if (!row->preset ||
        sb_value_set(bind->mem, row, row->preset, bind->out + row->offset, &why) == 0)
        return 0;
    return sb_fail(bind->err, SB_EINVAL, "the default of option \"%s\" %s", row->name,
                   why.msg);
}

/* ---- secrets ---- */

/* The NAME of a text that is exactly "${NAME}", on `mem`, or NULL. */
static char *variable_of(TALLOC_CTX *mem, const char *text)
{
    size_t len = strlen(text);

    if (len < 4 || strncmp(text, "${", 2) != 0 || text[len - 1] != '}')
        return NULL;
    for (size_t i = 2; i < len - 1; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '_')
            return NULL;
    return talloc_strndup(mem, text + 2, len - 3);
}

static int read_secret_file(TALLOC_CTX *mem, const char *path, char **text_r,
                            struct sb_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char *text;
    ssize_t len;

    if (fd < 0)
        return sb_fail(err, SB_EINVAL, "cannot be read from %s: %s", path,
                       strerror(errno));
    text = talloc_zero_size(mem, SECRET_FILE_MAX + 1);
    len = read(fd, text, SECRET_FILE_MAX + 1);
    close(fd);
    if (len < 0 || len > SECRET_FILE_MAX || memchr(text, '\0', (size_t)len)) {
        talloc_free(text);
        return sb_fail(err, SB_EINVAL, "cannot be read from %s: not a small text file",
                       path);
    }
    *text_r = sb_text_trim(text);
    return 0;
}

/* Follows "${NAME}" and "file:/path". Only secrets do so: a tenant's file must not be
 * able to read the server's environment into an option that is shown. */
static int resolve(TALLOC_CTX *mem, const struct sb_option *row, const char *text,
                   const char **text_r, struct sb_err *err)
{
    char *variable = variable_of(mem, text), *content = NULL;
    int rc;

    *text_r = text;
    if (!(row->flags & SB_OPTION_SECRET)) {
        if (variable)
            return sb_fail(err, SB_EINVAL,
                           "is not a secret: only secrets may be ${VARIABLES}");
        return 0;
    }
    if (variable) {
        const char *value = getenv(variable);

        *text_r = value ? value : "";
        return 0;
    }
    if (strncmp(text, "file:/", 6) != 0)
        return 0;
    rc = read_secret_file(mem, text + 5, &content, err);
    if (rc == 0)
        *text_r = content;
    return rc;
}

/* Parses and stores; the error is the rest of a sentence after the row's name. */
static int store(const struct binding *bind, const struct sb_option *row,
                 const char *text, struct sb_err *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const char *resolved = text;
    int rc = resolve(tmp, row, text, &resolved, err);

    if (rc == 0)
        rc = sb_value_set(bind->mem, row, resolved, bind->out + row->offset, err);
    talloc_free(tmp);
    return rc;
}

/* ---- from YAML ---- */

static int store_list(const struct binding *bind, const struct sb_option *row,
                      const struct sb_yaml *node)
{
    const char **texts =
        talloc_zero_array(NULL, const char *, (unsigned)node->count + 1);
    int rc = 0;

    for (size_t i = 0; i < node->count && rc == 0; i++) {
        texts[i] = sb_yaml_str(node->items[i], NULL);
        if (!texts[i])
            rc = sb_yaml_fail(bind->err, SB_EINVAL, node->items[i],
                              "%s must be a list of texts", row->name);
    }
    if (rc == 0)
        sb_value_set_list(bind->mem, texts, node->count, bind->out + row->offset);
    talloc_free(texts);
    return rc;
}

static int store_node(const struct binding *bind, const struct sb_option *row,
                      const struct sb_yaml *node)
{
    struct sb_err why = {0};
    const char *text;
    int rc;

    if (row->type == SB_OPTION_LIST && node->kind == SB_YAML_LIST)
        return store_list(bind, row, node);
    if (node->kind != SB_YAML_SCALAR)
        return sb_yaml_fail(bind->err, SB_EINVAL, node,
                            "%s must be a single value, not a %s", row->name,
                            node->kind == SB_YAML_LIST ? "list" : "section");
    text = sb_yaml_str(node, NULL);
    if (row->type == SB_OPTION_LIST) {
        sb_value_set_list(bind->mem, &text, 1, bind->out + row->offset);
        return 0;
    }
    rc = store(bind, row, text, &why);
    return rc ? sb_yaml_fail(bind->err, rc, node, "%s %s", row->name, why.msg) : 0;
}

/* A missing key and a null one are the same: the default holds. */
static int bind_row(const struct binding *bind, const struct sb_option *row,
                    const struct sb_yaml *map)
{
    struct sb_yaml *node = sb_yaml_get(map, row->name);
    int rc = check_fits(bind, row);

    if (rc == 0)
        rc = apply_preset(bind, row);
    if (rc != 0)
        return rc;
    if (node && (node->kind != SB_YAML_SCALAR || sb_yaml_str(node, NULL)))
        return store_node(bind, row, node);
    if (row->flags & SB_OPTION_REQUIRED)
        return sb_yaml_fail(bind->err, SB_EINVAL, node ? node : map, "%s is missing",
                            row->name);
    return 0;
}

static bool is_listed(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* The valid name that is nearest to `word`, or NULL. */
static const char *nearest(struct sb_table table, const char *const *others,
                           const char *word)
{
    const char *names[MAX_ROWS + 65];
    size_t count = 0;

    for (size_t i = 0; sb_row_at(table, i).type != SB_OPTION_END; i++)
        names[count++] = sb_row_at(table, i).name;
    for (size_t i = 0; others && others[i] && i < 64; i++)
        names[count++] = others[i];
    names[count] = NULL;
    return sb_text_nearest(word, names);
}

static int check_keys(const struct binding *bind, const struct sb_yaml *map,
                      const char *const *others)
{
    struct sb_option row;

    for (size_t i = 0; i < map->count; i++) {
        const struct sb_yaml *key = map->keys[i];
        const char *name;

        if (sb_row_find(bind->table, key->text, &row) || is_listed(others, key->text))
            continue;
        name = nearest(bind->table, others, key->text);
        if (name)
            return sb_yaml_fail(bind->err, SB_EINVAL, key,
                                "unknown key \"%.100s\"; did you mean \"%s\"?",
                                key->text, name);
        return sb_yaml_fail(bind->err, SB_EINVAL, key, "unknown key \"%.100s\"",
                            key->text);
    }
    return 0;
}

int sb_table_bind(TALLOC_CTX *mem, struct sb_table table, const struct sb_yaml *map,
                  const char *const *others, void *out, size_t out_size,
                  struct sb_err *err)
{
    struct binding bind = {mem, table, out, out_size, err};
    int rc = 0;

    if (map && map->kind == SB_YAML_SCALAR && !sb_yaml_str(map, NULL))
        rc = 0; /* "section:" with nothing below it */
    else if (map && map->kind != SB_YAML_MAP)
        return sb_yaml_fail(err, SB_EINVAL, map, "this must be a section of keys");
    else if (map)
        rc = check_keys(&bind, map, others);
    for (size_t i = 0; rc == 0; i++) {
        struct sb_option row = sb_row_at(table, i);

        if (row.type == SB_OPTION_END)
            break;
        rc = bind_row(&bind, &row, map);
    }
    return rc;
}

int sb_table_set(TALLOC_CTX *mem, struct sb_table table, const char *name,
                 const char *text, void *out, size_t out_size, struct sb_err *err)
{
    struct binding bind = {mem, table, out, out_size, err};
    struct sb_err why = {0};
    struct sb_option row;
    const char *near_name;
    int rc;

    if (!sb_row_find(table, name, &row)) {
        near_name = nearest(table, NULL, name);
        return near_name ? sb_fail(err, SB_EINVAL,
                                   "unknown option \"%.100s\"; did you mean \"%s\"?",
                                   name, near_name)
                         : sb_fail(err, SB_EINVAL, "unknown option \"%.100s\"", name);
    }
    rc = check_fits(&bind, &row);
    if (rc != 0)
        return rc;
    rc = store(&bind, &row, text, &why);
    return rc ? sb_fail(err, rc, "%s %s", name, why.msg) : 0;
}
