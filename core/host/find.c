/* SPDX-License-Identifier: Apache-2.0
 *
 * See find.h. A folder that cannot be read is like an empty one: which plugins there
 * are is shown by `plugin list`, and what is missing is named by whoever wants it.
 */
#include "host/find.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_MAX_BYTES 40
#define FILES_MAX 1000

struct list {
    TALLOC_CTX *mem;
    struct sb_file *files;
    size_t count;
};

bool sb_find_is_name(const char *name)
{
    size_t len = strnlen(name, NAME_MAX_BYTES + 1);

    if (len == 0 || len > NAME_MAX_BYTES || name[0] < 'a' || name[0] > 'z')
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

char *sb_find_name(TALLOC_CTX *mem, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    size_t len = strlen(base);
    char *name;

    if (len <= 3 || strcmp(base + len - 3, ".so") != 0)
        return NULL;
    name = talloc_strndup(mem, base, len - 3);
    if (!sb_find_is_name(name)) {
        talloc_free(name);
        return NULL;
    }
    return name;
}

static bool is_known(const struct list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->files[i].name, name) == 0)
            return true;
    return false;
}

static void add_file(struct list *list, const char *path)
{
    char *name = sb_find_name(list->mem, path);
    struct stat st;

    if (!name || list->count == FILES_MAX || is_known(list, name) ||
        stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return;
    list->files = talloc_realloc(list->mem, list->files, struct sb_file,
                                 (unsigned)list->count + 1);
    list->files[list->count++] =
        (struct sb_file){.name = name, .path = talloc_strdup(list->mem, path)};
}

static void look_in(struct list *list, const char *dir)
{
    DIR *handle = opendir(dir);
    struct dirent *entry;
    char *path;

    if (!handle)
        return;
    while ((entry = readdir(handle))) {
        if (entry->d_name[0] == '.')
            continue;
        if (sb_find_is_name(entry->d_name))
            path = talloc_asprintf(list->mem, "%s/%s/.libs/%s.so", dir, entry->d_name,
                                   entry->d_name);
        else
            path = talloc_asprintf(list->mem, "%s/%s", dir, entry->d_name);
        add_file(list, path);
        talloc_free(path);
    }
    closedir(handle);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct sb_file *)a)->name, ((const struct sb_file *)b)->name);
}

size_t sb_find_plugins(TALLOC_CTX *mem, const char *const *dirs,
                       struct sb_file **files_r)
{
    struct list list = {.mem = mem};

    for (; dirs && *dirs; dirs++)
        look_in(&list, *dirs);
    if (list.count)
        qsort(list.files, list.count, sizeof(*list.files), by_name);
    *files_r = list.files;
    return list.count;
}
