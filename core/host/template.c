/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding and loading templates. A name becomes part of a path, so it is checked
 * before anything is opened.
 */
#include "host/template.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/array.h"
#include "base/text.h"
#include "base/yaml.h"
#include "host/template_bind.h"
#include "host/template_merge.h"

#define LONGEST_NAME 63

static bool is_name(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return len > 0 && len <= LONGEST_NAME && name[len] == '\0';
}

static char *path_of(TALLOC_CTX *mem, const char *dir, const char *name)
{
    return talloc_asprintf(mem, "%s/%s/%s.yaml", dir, name, name);
}

static char *find(TALLOC_CTX *mem, const char *const *dirs, const char *name)
{
    size_t i;

    for (i = 0; dirs && dirs[i]; i++) {
        char *path = path_of(mem, dirs[i], name);

        if (access(path, R_OK) == 0)
            return path;
        talloc_free(path);
    }
    return NULL;
}

static int fail_unknown(TALLOC_CTX *mem, const char *const *dirs, const char *name,
                        struct sb_err *err)
{
    const char *const *all = sb_template_list(mem, dirs);
    const char *near = sb_text_nearest(name, all);

    if (near)
        return sb_fail(err, SB_ENOTFOUND,
                       "there is no vertical called '%.63s'; did you mean '%s'?", name,
                       near);
    return sb_fail(err, SB_ENOTFOUND, "there is no vertical called '%.63s'%s", name,
                   all[0] ? "" : ": no vertical was found at all");
}

static int load(TALLOC_CTX *mem, TALLOC_CTX *scratch, const char *path,
                const char *name, const json_t *overrides,
                const struct sb_template **template_r, struct sb_err *err)
{
    struct sb_yaml *root, *over = NULL;
    const struct sb_template *tpl = NULL;
    int rc = sb_yaml_load(scratch, path, &root, err);

    if (rc)
        return rc;
    if (overrides && !json_is_null(overrides)) {
        over = sb_yaml_from_json(scratch, "overrides", overrides);
        if (!over || over->kind != SB_YAML_MAP)
            return sb_fail(err, SB_EINVAL, "overrides should be a map");
    }
    root = sb_template_merge(scratch, root, over);
    if (root->kind != SB_YAML_MAP)
        return sb_yaml_fail(err, SB_EINVAL, root, "a template should be a map");
    rc = sb_template_bind(mem, root, &tpl, err);
    if (rc)
        return rc;
    if (strcmp(tpl->name, name) != 0)
        return sb_yaml_fail(err, SB_EINVAL, root,
                            "the template calls itself '%s' but lies in '%s'",
                            tpl->name, name);
    *template_r = tpl;
    return 0;
}

int sb_template_load(TALLOC_CTX *mem, const char *const *dirs, const char *name,
                     const json_t *overrides, const struct sb_template **template_r,
                     struct sb_err *err)
{
    TALLOC_CTX *scratch = talloc_new(mem);
    char *path = is_name(name) ? find(scratch, dirs, name) : NULL;
    int rc;

    if (path)
        rc = load(mem, scratch, path, name, overrides, template_r, err);
    else
        rc = fail_unknown(scratch, dirs, name, err);
    talloc_free(scratch);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_listed(const char *const *list, size_t count, const char *name)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

const char *const *sb_template_list(TALLOC_CTX *mem, const char *const *dirs)
{
    const char **list = sb_array(mem, const char *, 1);
    size_t count = 0, i;

    for (i = 0; dirs && dirs[i]; i++) {
        const char *const one[] = {dirs[i], NULL};
        DIR *dir = opendir(dirs[i]);
        struct dirent *entry;

        while (dir && (entry = readdir(dir))) {
            char *path = is_name(entry->d_name) ? find(list, one, entry->d_name) : NULL;

            if (!path || is_listed(list, count, entry->d_name))
                continue;
            talloc_free(path);
            list = talloc_realloc(mem, list, const char *, (unsigned)(count + 2));
            list[count++] = talloc_strdup(list, entry->d_name);
            list[count] = NULL;
        }
        if (dir)
            closedir(dir);
    }
    qsort(list, count, sizeof(*list), by_name);
    return list;
}

const char *sb_template_phrase(const struct sb_template *tpl, const char *name)
{
    size_t i;

    for (i = 0; i < tpl->phrase_count; i++)
        if (strcmp(tpl->phrases[i].name, name) == 0)
            return tpl->phrases[i].text;
    return "";
}
