/* SPDX-License-Identifier: Apache-2.0
 *
 * See descriptor.h. The option rows have a file of their own.
 */
#include "host/descriptor.h"

#include <string.h>

#include "base/text.h"
#include "host/find.h"
#include "host/options.h"

#define END_OF(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))
#define SIZE_1_0 END_OF(struct sb_plugin, hook)
#define SIZE_MAX_SANE 65536
#define LIST_MAX 100

/* The head is the same in every ABI, past and future. */
static int check_head(const char *name, const struct sb_plugin *raw, struct sb_err *err)
{
    if (raw->magic != SB_PLUGIN_MAGIC)
        return sb_fail(
            err, SB_EINVAL,
            "plugin \"%s\": its descriptor begins with %08x instead of %08x: it "
            "was not made with SB_PLUGIN(), or for another kind of machine; "
            "rebuild it against switchboard/plugin.h",
            name, raw->magic, SB_PLUGIN_MAGIC);
    if (raw->abi_major != SB_ABI_MAJOR)
        return sb_fail(err, SB_EINVAL,
                       "plugin \"%s\" was built for plugin ABI %u.%u, this host speaks "
                       "%d.%d: rebuild it against this host's headers, or use the host "
                       "that it was built for",
                       name, raw->abi_major, raw->abi_minor, SB_ABI_MAJOR,
                       SB_ABI_MINOR);
    if (raw->abi_minor > SB_ABI_MINOR)
        return sb_fail(
            err, SB_EINVAL,
            "plugin \"%s\" needs plugin ABI %u.%u, this host has %d.%d: upgrade "
            "the host, or rebuild the plugin against its headers",
            name, raw->abi_major, raw->abi_minor, SB_ABI_MAJOR, SB_ABI_MINOR);
    if (raw->size < SIZE_1_0 || raw->size > SIZE_MAX_SANE)
        return sb_fail(err, SB_EINVAL,
                       "plugin \"%s\": its descriptor says %u bytes, ABI %d.0 has %zu: "
                       "rebuild it with SB_PLUGIN() from this host's headers (%d.%d)",
                       name, raw->size, SB_ABI_MAJOR, (size_t)SIZE_1_0, SB_ABI_MAJOR,
                       SB_ABI_MINOR);
    return 0;
}

/* One line of UTF-8 within bounds. */
static int check_text(const char *name, const char *member, const char *text,
                      size_t max, struct sb_err *err)
{
    size_t len = text ? strnlen(text, max + 1) : 0;

    if (len == 0 || len > max)
        return sb_fail(err, SB_EINVAL,
                       "plugin \"%s\": .%s must be a text of 1 to %zu bytes", name,
                       member, max);
    if (!sb_utf8_valid(text, len))
        return sb_fail(err, SB_EINVAL, "plugin \"%s\": .%s is not UTF-8", name, member);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return sb_fail(err, SB_EINVAL,
                           "plugin \"%s\": .%s holds a control character", name,
                           member);
    return 0;
}

static int check_texts(const char *name, const struct sb_plugin *plugin,
                       struct sb_err *err)
{
    int rc = check_text(name, "name", plugin->name, 40, err);

    if (rc == 0 && strcmp(plugin->name, name) != 0)
        rc = sb_fail(err, SB_EINVAL,
                     "plugin \"%s\" calls itself \"%s\": file and plugin must have the "
                     "same name; rename one of them",
                     name, plugin->name);
    if (rc == 0)
        rc = check_text(name, "version", plugin->version, 40, err);
    if (rc == 0)
        rc = check_text(name, "summary", plugin->summary, 200, err);
    if (rc == 0)
        rc = check_text(name, "licence", plugin->licence, 100, err);
    return rc;
}

static int check_list(const char *name, const char *member, const char *const *list,
                      struct sb_err *err)
{
    size_t count = 0;
    int rc = 0;

    for (; rc == 0 && list && list[count]; count++) {
        if (count == LIST_MAX)
            return sb_fail(
                err, SB_EINVAL,
                "plugin \"%s\": .%s has more than %d entries; end it with NULL", name,
                member, LIST_MAX);
        rc = check_text(name, member, list[count], 253, err);
    }
    return rc;
}

static int check_needs(const char *name, const struct sb_plugin *plugin,
                       struct sb_err *err)
{
    int rc = check_list(name, "needs", plugin->needs, err);

    for (size_t i = 0; rc == 0 && plugin->needs && plugin->needs[i]; i++)
        if (sb_role_find(plugin->needs[i]) < 0)
            rc = sb_fail(
                err, SB_EINVAL,
                "plugin \"%s\" needs the role \"%s\", which this host (ABI %d.%d) "
                "does not know",
                name, plugin->needs[i], SB_ABI_MAJOR, SB_ABI_MINOR);
    return rc;
}

static int copy_role(struct sb_descriptor *out, const char *name,
                     const struct sb_role *role, struct sb_err *err)
{
    int kind, rc = check_text(name, "roles", role->name, 40, err);

    if (rc != 0)
        return rc;
    kind = sb_role_find(role->name);
    if (kind < 0) {
        const char *near = sb_text_nearest(role->name, sb_role_names());

        return sb_fail(err, SB_EINVAL,
                       "plugin \"%s\" provides the role \"%s\", which this host (ABI "
                       "%d.%d) does not know%s%s%s",
                       name, role->name, SB_ABI_MAJOR, SB_ABI_MINOR,
                       near ? "; did you mean \"" : "", near ? near : "",
                       near ? "\"?" : "");
    }
    if (out->ops[kind])
        return sb_fail(err, SB_EINVAL, "plugin \"%s\" names the role %s twice", name,
                       role->name);
    return sb_role_copy(out, name, (enum sb_role_kind)kind, role->ops, &out->ops[kind],
                        err);
}

/* The copied list names our copies of the tables, so that nobody reads past an older
 * plugin's shorter ones by accident. */
static int copy_roles(struct sb_descriptor *out, const char *name, struct sb_err *err)
{
    struct sb_role *roles = talloc_zero_array(out, struct sb_role, SB_KIND_COUNT + 1);
    const struct sb_role *raw = out->plugin.roles;
    size_t count = 0;
    int rc = 0;

    for (; rc == 0 && raw && raw[count].name; count++) {
        if (count == SB_KIND_COUNT)
            return sb_fail(err, SB_EINVAL,
                           "plugin \"%s\": .roles does not end with a NULL name", name);
        rc = copy_role(out, name, &raw[count], err);
        if (rc != 0)
            return rc;
        roles[count].name = raw[count].name;
        roles[count].ops = out->ops[sb_role_find(raw[count].name)];
    }
    out->plugin.roles = roles;
    return 0;
}

int sb_descriptor_read(TALLOC_CTX *mem, const char *name, const struct sb_plugin *raw,
                       const struct sb_descriptor **descriptor_r, struct sb_err *err)
{
    struct sb_descriptor *out;
    int rc = check_head(name, raw, err);

    if (rc != 0)
        return rc;
    out = talloc_zero(mem, struct sb_descriptor);
    memcpy(&out->plugin, raw,
           raw->size < sizeof(out->plugin) ? raw->size : sizeof(out->plugin));
    rc = check_texts(name, &out->plugin, err);
    if (rc == 0)
        rc = check_list(name, "hosts", out->plugin.hosts, err);
    if (rc == 0)
        rc = check_needs(name, &out->plugin, err);
    if (rc == 0)
        rc = sb_options_check(name, &out->plugin, err);
    if (rc == 0)
        rc = copy_roles(out, name, err);
    if (rc != 0) {
        talloc_free(out);
        return rc;
    }
    *descriptor_r = out;
    return 0;
}
