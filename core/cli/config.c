/* SPDX-License-Identifier: Apache-2.0
 *
 * One table of rows a section. The same rows check the file, show the effective
 * values (--explain), write etc/switchboard.yaml and the reference page.
 */
#include "cli/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/paths.h"
#include "base/table.h"
#include "base/text.h"
#include "base/yaml.h"
#include "host/tenant.h"

static const struct sb_option server_rows[] = {
    SB_OPT_STRING(struct sb_server_conf, listen, "127.0.0.1:8247", 0,
                  "Address and port to serve on"),
    SB_OPT_STRING(struct sb_server_conf, data_dir, "", 0,
                  "Folder of the embedded database and recordings; by default "
                  "/var/lib/switchboard for root, else ~/.local/share/switchboard"),
    SB_OPT_INT(struct sb_server_conf, workers, "0", 0, 64, "processes", 0,
               "Worker processes; 0 is one a core"),
    SB_OPT_STRING(
        struct sb_server_conf, public_url, "", 0,
        "How the world reaches this server, such as https://chat.example.com"),
    SB_OPT_LIST(struct sb_server_conf, trusted_proxies, "127.0.0.0/8,::1", 0,
                "Addresses or networks whose X-Forwarded-For is believed"),
    SB_OPT_STRING(
        struct sb_server_conf, tls_cert, "", 0,
        "Certificate chain in PEM; with tls_key the server speaks TLS itself"),
    SB_OPT_STRING(struct sb_server_conf, tls_key, "", 0, "Private key in PEM"),
    SB_OPT_CHOICE(struct sb_server_conf, metrics, "private", "private|public",
                  SB_OPTION_RELOADABLE,
                  "Who may read /metrics and the plugins in /health: private "
                  "addresses, as seen through trusted_proxies, or everybody"),
    SB_OPT_DURATION(struct sb_server_conf, drain, "1h", 0, 86400000, 0,
                    "How long live conversations may go on after SIGTERM"),
    SB_OPT_CHOICE(struct sb_server_conf, log_level, "info", "debug|info|warn|error",
                  SB_OPTION_RELOADABLE, "Least important line that is logged"),
    SB_OPT_END,
};

static const struct sb_option database_rows[] = {
    SB_OPT_STRING(struct sb_database_conf, url, "embedded", SB_OPTION_SECRET,
                  "\"embedded\" for a private cluster, or a PostgreSQL 14+ address"),
    SB_OPT_INT(struct sb_database_conf, connections, "4", 1, 64, "connections", 0,
               "Connections a worker"),
    SB_OPT_DURATION(struct sb_database_conf, statement_timeout, "10s", 100, 600000, 0,
                    "Longest time for one statement"),
    SB_OPT_END,
};

static const struct sb_option limits_rows[] = {
    SB_OPT_INT(struct sb_limits_conf, chat_per_minute, "100", 0, 1000000, "messages",
               SB_OPTION_RELOADABLE,
               "Chat messages a minute and address; 0 is no limit"),
    SB_OPT_INT(struct sb_limits_conf, sockets_per_address, "50", 0, 1000000, "sockets",
               SB_OPTION_RELOADABLE, "Open chat sockets an address; 0 is no limit"),
    SB_OPT_SIZE(struct sb_limits_conf, message_bytes, "8k", 16, 65536,
                SB_OPTION_RELOADABLE, "Longest message of a visitor"),
    SB_OPT_END,
};

static const struct sb_option network_rows[] = {
    SB_OPT_BOOL(struct sb_network_conf, allow_private, "false", 0,
                "Let the crawler read private addresses (development only)"),
    SB_OPT_LIST(struct sb_network_conf, allow_hosts, "", 0,
                "host:port entries that the crawler may read though they are private"),
    SB_OPT_END,
};

struct plugins_conf {
    const char **path;
};
static const struct sb_option plugins_rows[] = {
    SB_OPT_LIST(struct plugins_conf, path, "", 0,
                "Folders with further plugins, looked in first"),
    SB_OPT_END,
};

static const struct section {
    const char *name;
    const struct sb_option *rows;
    const char *help;
} sections[] = {
    {"server", server_rows, "The server itself"},
    {"database", database_rows, "Where everything is kept"},
    {"limits", limits_rows, "What one address may do; 0 switches a limit off"},
    {"network", network_rows, "What the crawler may reach"},
    {"plugins", plugins_rows, "Where plugins are found"},
};

static const char *const top_keys[] = {"server",  "database",  "limits",  "network",
                                       "plugins", "providers", "tenants", NULL};

static int check_top(const struct sb_yaml *root, struct sb_err *err)
{
    /* Nothing but comments is a null. */
    if (!root || (root->kind == SB_YAML_SCALAR && !sb_yaml_str(root, NULL)))
        return 0;
    if (root->kind != SB_YAML_MAP)
        return sb_yaml_fail(err, SB_EINVAL, root,
                            "the configuration wants a map of sections");
    for (size_t i = 0; i < root->count; i++) {
        const char *const *known = top_keys, *near;

        while (*known && strcmp(*known, root->keys[i]->text))
            known++;
        if (*known)
            continue;
        near = sb_text_nearest(root->keys[i]->text, top_keys);
        return sb_yaml_fail(err, SB_EINVAL, root->keys[i],
                            "unknown section \"%s\"%s%s%s", root->keys[i]->text,
                            near ? "; did you mean \"" : "", near ? near : "",
                            near ? "\"?" : "");
    }
    return 0;
}

static int bind_sections(TALLOC_CTX *mem, const struct sb_yaml *root,
                         struct sb_config *config, struct sb_err *err)
{
    struct plugins_conf plugins = {0};
    const struct {
        const char *name;
        void *out;
        size_t size;
    } targets[] = {
        {"server", &config->server, sizeof(config->server)},
        {"database", &config->database, sizeof(config->database)},
        {"limits", &config->limits, sizeof(config->limits)},
        {"network", &config->network, sizeof(config->network)},
        {"plugins", &plugins, sizeof(plugins)},
    };

    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        int code = sb_table_bind(mem, SB_TABLE(sections[i].rows),
                                 sb_yaml_get(root, targets[i].name), NULL,
                                 targets[i].out, targets[i].size, err);

        if (code)
            return code;
    }
    config->plugin_path = plugins.path;
    config->providers = sb_yaml_get(root, "providers");
    return 0;
}

static const char *default_data_dir(TALLOC_CTX *mem)
{
    const char *home = getenv("HOME"), *xdg = getenv("XDG_DATA_HOME");

    if (geteuid() == 0)
        return "/var/lib/switchboard";
    if (xdg && *xdg == '/')
        return talloc_asprintf(mem, "%s/switchboard", xdg);
    return talloc_asprintf(mem, "%s/.local/share/switchboard",
                           home ? home : "/var/tmp");
}

/* "tenants:" of the file, else the folder "tenants" beside it when there is one. */
static const char *find_tenants(TALLOC_CTX *mem, const struct sb_config *config,
                                const struct sb_yaml *root)
{
    const char *given = sb_yaml_str(sb_yaml_get(root, "tenants"), "");
    const char *slash = strrchr(config->file, '/');
    char *dir = slash
                    ? talloc_strndup(mem, config->file, (size_t)(slash - config->file))
                    : talloc_strdup(mem, ".");
    struct stat st;

    if (!*config->file)
        return "";
    if (*given == '/')
        return talloc_strdup(mem, given);
    dir = talloc_asprintf(mem, "%s/%s", dir, *given ? given : "tenants");
    return *given || stat(dir, &st) == 0 ? dir : "";
}

/* For development: a site on this machine or in this house. */
static void allow_host(struct sb_config *config, const char *host)
{
    const char **old = config->network.allow_hosts, **hosts;
    size_t count = 0;

    while (old && old[count])
        count++;
    hosts = sb_array(config, const char *, count + 2);
    for (size_t i = 0; i < count; i++)
        hosts[i] = old[i];
    hosts[count] = talloc_strdup(config, host);
    config->network.allow_hosts = hosts;
}

int sb_config_load(TALLOC_CTX *mem, const struct sb_config_flags *flags,
                   struct sb_config **config_r, struct sb_err *err)
{
    struct sb_config *config = talloc_zero(mem, struct sb_config);
    const char *env = getenv("SWITCHBOARD_CONFIG");
    struct sb_yaml *root = NULL;
    int code = 0;

    config->file = flags->config ? flags->config : env ? env : "";
    if (*config->file)
        code = sb_yaml_load(config, config->file, &root, err);
    if (!code)
        code = check_top(root, err);
    if (!code)
        code = bind_sections(config, root, config, err);
    if (code) {
        talloc_free(config);
        return code;
    }
    if (flags->listen)
        config->server.listen = talloc_strdup(config, flags->listen);
    if (flags->data_dir)
        config->server.data_dir = talloc_strdup(config, flags->data_dir);
    if (flags->allow_host)
        allow_host(config, flags->allow_host);
    if (!*config->server.data_dir)
        config->server.data_dir = default_data_dir(config);
    config->tenants_dir = find_tenants(config, config, root);
    config->demo = flags->demo;
    *config_r = config;
    return 0;
}

static void show_section(const char *name, const struct sb_option *rows,
                         const void *values, struct sb_buf *out)
{
    sb_buf_printf(out, "%s:\n", name);
    sb_table_show(SB_TABLE(rows), values, "  ", out);
}

void sb_config_show(const struct sb_config *config, struct sb_buf *out)
{
    struct plugins_conf plugins = {config->plugin_path};

    show_section("server", server_rows, &config->server, out);
    show_section("database", database_rows, &config->database, out);
    show_section("limits", limits_rows, &config->limits, out);
    show_section("network", network_rows, &config->network, out);
    show_section("plugins", plugins_rows, &plugins, out);
    sb_buf_printf(out, "tenants: %s\n",
                  *config->tenants_dir ? config->tenants_dir : "(none)");
}

static const char example_head[] =
    "# Switchboard's configuration. What is commented out is the built-in value: a\n"
    "# server without this file does the same. `switchboard check` says what is wrong\n"
    "# with it, `switchboard check --explain` what is in force. Secrets may stand as\n"
    "# ${VARIABLE} or file:/path. docs/configuration.md has every key in tables.\n\n";

static const char example_tail[] = "\n# Options of plugins, by name: `switchboard "
                                   "plugin show NAME` prints each one's.\n"
                                   "providers:\n"
                                   "  #local: {}\n"
                                   "\n# Folder of the tenants' files, beside this file "
                                   "unless it begins with a slash.\n"
                                   "#tenants: tenants\n";

void sb_config_example(struct sb_buf *out)
{
    sb_buf_puts(out, example_head);
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        sb_buf_printf(out, "%s# %s.\n%s:\n", i ? "\n" : "", sections[i].help,
                      sections[i].name);
        sb_table_example(SB_TABLE(sections[i].rows), "  ", out);
    }
    sb_buf_puts(out, example_tail);
}

static const char reference_head[] =
    "# Configuration\n\n"
    "Every key of `switchboard.yaml` and of a tenant's file. This page is what\n"
    "`switchboard check --reference` prints.\n\n"
    "Durations are written `500ms`, `10s`, `5m`, `1h`, `7d`; sizes `8k`, `2m`, `1g`. "
    "A secret may\nstand as `${VARIABLE}` or `file:/path`.\n\n"
    "## The server: `switchboard.yaml`\n\n"
    "Read from `--config FILE`, else from `$SWITCHBOARD_CONFIG`; without either the "
    "defaults serve.\nThe flags `--data`, `--listen` and `--demo` win over the "
    "file.\n\n";

static const char reference_tail[] =
    "\n### `providers`\n\n"
    "Options of plugins: a map for each plugin's name. `switchboard plugin show NAME` "
    "prints what it\nreads.\n\n"
    "### `tenants`\n\n"
    "Folder of the tenants' files, relative to the configuration. By default the "
    "folder "
    "`tenants`\nbeside it, where there is one.\n\n"
    "## A tenant: `tenants/NAME.yaml`\n\n"
    "The same shape comes from `switchboard tenant export` and goes into "
    "`switchboard tenant import`.\nThe [tenant's guide](tenant-guide.md) has a whole "
    "file.\n\n";

void sb_config_reference(struct sb_buf *out)
{
    sb_buf_puts(out, reference_head);
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        sb_buf_printf(out, "%s### `%s`\n\n%s.\n\n", i ? "\n" : "", sections[i].name,
                      sections[i].help);
        sb_table_markdown(SB_TABLE(sections[i].rows), out);
    }
    sb_buf_puts(out, reference_tail);
    sb_tenant_reference(out);
}

const char *const *sb_config_plugin_dirs(TALLOC_CTX *mem,
                                         const struct sb_config *config)
{
    const char *const *built_in = sb_path_plugins(mem);
    size_t given = 0, own = 0;
    const char **dirs;

    while (config->plugin_path && config->plugin_path[given])
        given++;
    while (built_in[own])
        own++;
    dirs = sb_array(mem, const char *, given + own + 1);
    for (size_t i = 0; i < given; i++)
        dirs[i] = config->plugin_path[i];
    for (size_t i = 0; i < own; i++)
        dirs[given + i] = built_in[i];
    return dirs;
}
