/* SPDX-License-Identifier: Apache-2.0
 *
 * See plugin_new.h. The files of plugins/skeleton/ are linked into the binary by the
 * assembler, so that an installed server can write them anywhere.
 */
#include "cli/plugin_new.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>

#include "base/buf.h"
#include "host/find.h"

#define EMBED(symbol, file)                                                            \
    extern const char sk_##symbol[];                                                   \
    __asm__(".section .rodata\n"                                                       \
            ".global sk_" #symbol "\n.hidden sk_" #symbol "\nsk_" #symbol ":\n"        \
            ".incbin \"" SB_SRCDIR "/plugins/skeleton/" file                           \
            "\"\n.byte 0\n.previous\n")

EMBED(provider_c, "provider/plugin.c");
EMBED(provider_make, "provider/Makefile");
EMBED(provider_readme, "provider/README.md");
EMBED(vertical_c, "vertical/plugin.c");
EMBED(vertical_make, "vertical/Makefile");
EMBED(vertical_readme, "vertical/README.md");
EMBED(vertical_yaml, "vertical/vertical.yaml");
EMBED(vertical_scn, "vertical/scenarios/first.scn");
EMBED(vertical_tenant, "vertical/scenarios/tenant.yaml");

struct skeleton {
    const char *path; /* "%s" is the plugin's name */
    const char *text;
};

static const struct skeleton provider[] = {
    {"%s.c", sk_provider_c},
    {"Makefile", sk_provider_make},
    {"README.md", sk_provider_readme},
    {NULL, NULL},
};

static const struct skeleton vertical[] = {
    {"%s.c", sk_vertical_c},
    {"Makefile", sk_vertical_make},
    {"README.md", sk_vertical_readme},
    {"%s.yaml", sk_vertical_yaml},
    {"scenarios/first.scn", sk_vertical_scn},
    {"scenarios/tenant.yaml", sk_vertical_tenant},
    {NULL, NULL},
};

/* "home_services" in the ways that the files want it. */
static void add_word(struct sb_buf *out, const char *word, const char *name)
{
    for (; *name; name++) {
        if (strcmp(word, "UPPER") == 0)
            sb_buf_putc(out, (char)toupper((unsigned char)*name));
        else if (strcmp(word, "SLUG") == 0)
            sb_buf_putc(out, *name == '_' ? '-' : *name);
        else if (strcmp(word, "LABEL") == 0)
            sb_buf_putc(out, *name == '_' ? ' ' : *name);
        else
            sb_buf_putc(out, *name);
    }
}

static char *filled(TALLOC_CTX *mem, const char *text, const char *name)
{
    enum { WORDS = 4 };
    static const char *const words[WORDS] = {"NAME", "UPPER", "LABEL", "SLUG"};
    struct sb_buf out;

    sb_buf_init(&out, mem);
    while (*text) {
        size_t len = strcspn(text, "@"), i = 0;

        sb_buf_add(&out, text, len);
        text += len;
        for (; *text && i < WORDS; i++) {
            size_t size = strlen(words[i]);

            if (strncmp(text + 1, words[i], size) == 0 && text[size + 1] == '@') {
                add_word(&out, words[i], name);
                text += size + 2;
                break;
            }
        }
        if (*text == '@' && i == WORDS)
            sb_buf_putc(&out, *text++);
    }
    return talloc_strdup(mem, sb_buf_str(&out));
}

/* `shared`: other files may have made it before. */
static int make_dir(const char *path, bool shared, struct sb_err *err)
{
    if (mkdir(path, 0777) == 0)
        return 0;
    if (errno == EEXIST && !shared)
        return sb_fail(err, SB_ECONFLICT, "%s is there already", path);
    if (errno == EEXIST)
        return 0;
    return sb_fail(err, SB_EIO, "cannot make %s: %s", path, strerror(errno));
}

static int write_file(const char *path, const char *text, struct sb_err *err)
{
    FILE *file = fopen(path, "wx");
    bool ok;

    if (!file)
        return sb_fail(err, SB_EIO, "cannot write %s: %s", path, strerror(errno));
    ok = fputs(text, file) >= 0;
    if (fclose(file) != 0 || !ok)
        return sb_fail(err, SB_EIO, "cannot write %s: %s", path, strerror(errno));
    return 0;
}

static int write_one(TALLOC_CTX *mem, const char *dir, const struct skeleton *file,
                     const char *name, struct sb_err *err)
{
    char *base = strncmp(file->path, "%s", 2) == 0
                     ? talloc_asprintf(mem, "%s%s", name, file->path + 2)
                     : talloc_strdup(mem, file->path);
    char *path = talloc_asprintf(mem, "%s/%s", dir, base);
    int rc = 0;

    if (strchr(base, '/'))
        rc = make_dir(talloc_asprintf(mem, "%s/scenarios", dir), true, err);
    return rc ? rc : write_file(path, filled(mem, file->text, name), err);
}

int sb_plugin_new(const char *kind, const char *name, const char *parent,
                  struct sb_err *err)
{
    const struct skeleton *file = strcmp(kind, "vertical") == 0 ? vertical : provider;
    TALLOC_CTX *mem;
    char *dir;
    int rc;

    if (strcmp(kind, "vertical") != 0 && strcmp(kind, "provider") != 0)
        return sb_fail(err, SB_EINVAL, "\"%s\" is neither provider nor vertical", kind);
    if (!sb_find_is_name(name))
        return sb_fail(err, SB_EINVAL,
                       "\"%s\" cannot be a plugin's name: a-z first, then a-z, 0-9 and "
                       "'_', at most 40",
                       name);
    mem = talloc_new(NULL);
    dir = talloc_asprintf(mem, "%s/%s", parent, name);
    rc = make_dir(dir, false, err);
    for (; rc == 0 && file->path; file++)
        rc = write_one(mem, dir, file, name, err);
    talloc_free(mem);
    return rc;
}
