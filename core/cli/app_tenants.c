/* SPDX-License-Identifier: Apache-2.0
 *
 * Tenants from files into rows. A file that has not changed since it was last put
 * costs one look at its hash.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/yaml.h"
#include "cli/app.h"
#include "cli/config.h"
#include "host/agent.h"
#include "host/tenant.h"
#include "know/know.h"
#include "store/events.h"
#include "store/tenants.h"

enum { MAX_FILES = 10000 };

static char *hash_of(TALLOC_CTX *mem, const char *text)
{
    uint8_t digest[32];
    char *hex = sb_array(mem, char, 65);

    sb_sha256(text, strlen(text), digest);
    sb_hex(digest, sizeof(digest), hex);
    return hex;
}

static void fill_agents(TALLOC_CTX *mem, const struct sb_tenant *tenant,
                        struct sb_tenant_row *row)
{
    struct sb_agent_row *agents =
        sb_array(mem, struct sb_agent_row, tenant->agent_count);

    for (size_t i = 0; i < tenant->agent_count; i++) {
        json_t *config = sb_yaml_to_json(tenant->agents[i].node);

        agents[i].slug = tenant->agents[i].slug;
        agents[i].name = tenant->agents[i].name;
        agents[i].vertical = tenant->agents[i].vertical;
        agents[i].config = sb_json_text(mem, config, true);
        json_decref(config);
    }
    row->agents = agents;
    row->agent_count = tenant->agent_count;
}

/* Reads the template too, so that a bad override is refused with its place. */
static int check_templates(const struct sb_app *app, TALLOC_CTX *mem,
                           const struct sb_tenant *tenant, struct sb_err *err)
{
    for (size_t i = 0; i < tenant->agent_count; i++) {
        const struct sb_yaml *node = tenant->agents[i].overrides;
        json_t *overrides = node ? sb_yaml_to_json(node) : NULL;
        const struct sb_template *tpl;
        int code = sb_template_load(mem, app->vertical_dirs, tenant->agents[i].vertical,
                                    overrides, &tpl, err);

        json_decref(overrides);
        if (code)
            return code;
    }
    return 0;
}

/* FAQs and facts become searchable, and running workers hear of it. */
static int after_change(struct sb_app *app, TALLOC_CTX *mem,
                        const struct sb_tenant_change *change, struct sb_err *err)
{
    int code = 0;

    for (size_t i = 0; !code && i < change->agent_count; i++) {
        const struct sb_agent *agent;

        sb_directory_forget(app->directory, change->agents[i]);
        code = sb_directory_agent(app->directory, mem, change->agents[i], &agent, err);
        if (!code)
            code = sb_know_sync_faqs(app->know, agent, err);
        else if (code == SB_ENOTFOUND)
            code = 0; /* it was switched off */
        sb_events_publish(app->events, "agents", change->agents[i]);
    }
    return code;
}

int sb_app_put_tenant(struct sb_app *app, TALLOC_CTX *mem, const struct sb_yaml *root,
                      const char *origin, const char **slug_r, bool *changed_r,
                      struct sb_err *err)
{
    struct sb_tenant_row row = {.origin = origin, .enabled = true};
    struct sb_tenant_change change = {0};
    struct sb_tenant *tenant;
    int code = sb_tenant_parse(mem, root, &tenant, err);

    if (!code)
        code = check_templates(app, mem, tenant, err);
    if (code)
        return code;
    row.slug = tenant->slug;
    row.name = tenant->business.name;
    row.config = sb_json_text(mem, tenant->config, true);
    row.hash = hash_of(mem, row.config);
    fill_agents(mem, tenant, &row);
    code = sb_tenant_put(app->db, mem, &row, &change, err);
    if (!code)
        code = after_change(app, mem, &change, err);
    if (code)
        return code;
    if (slug_r)
        *slug_r = tenant->agents[0].slug;
    *changed_r = change.changed;
    return 0;
}

int sb_app_put_tenant_file(struct sb_app *app, TALLOC_CTX *mem, const char *path,
                           const char **slug_r, bool *changed_r, struct sb_err *err)
{
    struct sb_yaml *root;
    int code = sb_yaml_load(mem, path, &root, err);

    return code ? code
                : sb_app_put_tenant(app, mem, root, "file", slug_r, changed_r, err);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The .yaml files of a folder, sorted, on `mem`. */
static int list_files(TALLOC_CTX *mem, const char *dir, char ***files_r,
                      size_t *count_r, struct sb_err *err)
{
    DIR *folder = opendir(dir);
    char **files = sb_array(mem, char *, MAX_FILES);
    struct dirent *entry;
    size_t count = 0;

    if (!folder)
        return sb_fail(err, SB_EINVAL, "the tenants' folder %s cannot be read", dir);
    while (count < MAX_FILES && (entry = readdir(folder))) {
        size_t len = strlen(entry->d_name);

        if (len > 5 && !strcmp(entry->d_name + len - 5, ".yaml"))
            files[count++] = talloc_asprintf(mem, "%s/%s", dir, entry->d_name);
    }
    closedir(folder);
    qsort(files, count, sizeof(files[0]), compare);
    *files_r = files;
    *count_r = count;
    return 0;
}

static int put_folder(struct sb_app *app, TALLOC_CTX *mem, const char *dir,
                      int *changed_r, struct sb_err *err)
{
    size_t count = 0;
    char **files;
    int code = list_files(mem, dir, &files, &count, err);

    for (size_t i = 0; !code && i < count; i++) {
        TALLOC_CTX *scratch = talloc_new(mem);
        bool changed = false;

        code = sb_app_put_tenant_file(app, scratch, files[i], NULL, &changed, err);
        *changed_r += changed;
        talloc_free(scratch);
    }
    return code;
}

int sb_app_sync_tenants(struct sb_app *app, int *changed_r, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    int code = 0;

    *changed_r = 0;
    if (app->config->demo)
        code = put_folder(app, mem, sb_path_demo(mem), changed_r, err);
    if (!code && *app->config->tenants_dir)
        code = put_folder(app, mem, app->config->tenants_dir, changed_r, err);
    talloc_free(mem);
    return code;
}
