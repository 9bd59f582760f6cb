/* SPDX-License-Identifier: Apache-2.0
 *
 * `switchboard check`: everything that can be said of the configuration without
 * starting anything.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/paths.h"
#include "base/yaml.h"
#include "cli/cmd.h"
#include "cli/flags.h"
#include "host/template.h"
#include "host/tenant.h"

static int check_agent(TALLOC_CTX *mem, const struct sb_agent_conf *conf,
                       struct sb_err *err)
{
    const struct sb_template *tpl;
    json_t *overrides = conf->overrides ? sb_yaml_to_json(conf->overrides) : NULL;
    int code = sb_template_load(mem, sb_path_verticals(mem), conf->vertical, overrides,
                                &tpl, err);

    json_decref(overrides);
    return code;
}

static int check_tenant(const char *path)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_tenant *tenant;
    struct sb_yaml *root;
    struct sb_err err = {0};
    int code = sb_yaml_load(mem, path, &root, &err);

    if (!code)
        code = sb_tenant_parse(mem, root, &tenant, &err);
    for (size_t i = 0; !code && i < tenant->agent_count; i++)
        code = check_agent(mem, &tenant->agents[i], &err);
    if (code)
        sb_complain("%s", err.msg);
    else
        printf("%s: ok (%s, %zu agent%s)\n", path, tenant->slug, tenant->agent_count,
               tenant->agent_count == 1 ? "" : "s");
    talloc_free(mem);
    return code ? 1 : 0;
}

static int check_tenants(TALLOC_CTX *mem, const char *dir)
{
    DIR *folder = opendir(dir);
    struct dirent *entry;
    int status = 0;

    if (!folder)
        return sb_complain("the tenants' folder %s cannot be read", dir);
    while ((entry = readdir(folder))) {
        size_t len = strlen(entry->d_name);

        if (len > 5 && !strcmp(entry->d_name + len - 5, ".yaml"))
            status |= check_tenant(talloc_asprintf(mem, "%s/%s", dir, entry->d_name));
    }
    closedir(folder);
    return status;
}

static void print(void (*fill)(struct sb_buf *out), TALLOC_CTX *mem)
{
    struct sb_buf out;

    sb_buf_init(&out, mem);
    fill(&out);
    fputs(sb_buf_str(&out), stdout);
}

static int check(TALLOC_CTX *mem, const struct sb_config *config, bool explain)
{
    struct sb_buf out;

    if (explain) {
        sb_buf_init(&out, mem);
        sb_config_show(config, &out);
        fputs(sb_buf_str(&out), stdout);
    }
    printf("%s: ok\n", *config->file ? config->file : "built-in configuration");
    return *config->tenants_dir ? check_tenants(mem, config->tenants_dir) : 0;
}

int sb_cmd_check(int argc, char **argv)
{
    bool explain = false, example = false, reference = false;
    const struct sb_flag own[] = {
        {.name = "explain", .help = "print the effective values", .given = &explain},
        {.name = "example",
         .help = "print a commented example file",
         .given = &example},
        {.name = "reference", .help = "print the reference page", .given = &reference},
        {.name = NULL},
    };
    const struct sb_usage usage = {
        .synopsis =
            "switchboard check [--config F] [--explain | --example | --reference]",
        .about =
            "Checks the configuration and the tenants' files; says where and what is "
            "wrong.",
        .flags = own,
    };
    struct sb_config_flags flags = {0};
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_config *config;
    struct sb_err err = {0};
    int status = 0, first = sb_flags_read(argc, argv, &usage, &flags);

    if (first < 0)
        status = sb_flags_status(first);
    else if (example)
        print(sb_config_example, mem);
    else if (reference)
        print(sb_config_reference, mem);
    else if (sb_config_load(mem, &flags, &config, &err))
        status = sb_complain("%s", err.msg);
    else
        status = check(mem, config, explain);
    talloc_free(mem);
    return status;
}
