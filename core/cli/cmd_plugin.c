/* SPDX-License-Identifier: Apache-2.0
 *
 * `switchboard plugin list | show NAME | check FILE | new provider|vertical NAME`.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/table.h"
#include "base/text.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/flags.h"
#include "cli/kit.h"
#include "cli/plugin_new.h"
#include "host/find.h"
#include "host/host.h"
#include "host/options.h"

static const char *status_word(enum sb_plugin_status status)
{
    switch (status) {
    case SB_PLUGIN_OK: return "ok";
    case SB_PLUGIN_REFUSED: return "refused";
    case SB_PLUGIN_BROKEN: return "broken";
    case SB_PLUGIN_DECLINED: return "off";
    case SB_PLUGIN_QUARANTINED: return "quarantined";
    }
    return "?";
}

/* Loads, and starts without network or loop, so that what declines is seen to. */
static int load(TALLOC_CTX *mem, const struct sb_config_flags *flags,
                struct sb_plugins **plugins_r, struct sb_err *err)
{
    struct sb_config *config;
    int rc;

    sb_log_set_level(SB_LOG_ERROR);
    rc = sb_config_load(mem, flags, &config, err);
    if (rc != 0)
        return rc;
    *plugins_r = sb_plugins_load(mem, sb_config_plugin_dirs(mem, config), NULL);
    return sb_plugins_start(*plugins_r, NULL, NULL, config->providers, err);
}

/* ---- list ---- */

static char *join(TALLOC_CTX *mem, const char *const *words)
{
    char *text = talloc_strdup(mem, "");

    for (size_t i = 0; words && words[i]; i++)
        text = talloc_asprintf_append(text, "%s%s", i ? " " : "", words[i]);
    return text;
}

static void list(TALLOC_CTX *mem, const struct sb_plugins *plugins)
{
    for (size_t i = 0; i < sb_plugins_count(plugins); i++) {
        const struct sb_plugin_info *info = sb_plugins_info(plugins, i);

        printf("%-16s %-8s %-11s %s\n", info->name, info->version,
               status_word(info->status),
               info->status == SB_PLUGIN_OK ? join(mem, info->roles) : info->why);
    }
    if (sb_plugins_count(plugins) == 0)
        puts("no plugins were found");
}

static int cmd_list(int argc, char **argv)
{
    const struct sb_usage usage = {
        .synopsis = "switchboard plugin list",
        .about =
            "Lists every plugin that was found, the roles it fills, or why it is off."};
    struct sb_config_flags flags = {0};
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_plugins *plugins;
    struct sb_err err = {0};
    int status = 0, first = sb_flags_read(argc, argv, &usage, &flags);

    if (first < 0)
        status = sb_flags_status(first);
    else if (load(mem, &flags, &plugins, &err) != 0)
        status = sb_complain("%s", err.msg);
    else
        list(mem, plugins);
    talloc_free(mem);
    return status;
}

/* ---- show ---- */

static void show_options(TALLOC_CTX *mem, const struct sb_plugin *plugin)
{
    struct sb_option row;
    struct sb_buf out;

    if (!sb_options_at(plugin, 0, &row)) {
        puts("\nIt has no options.");
        return;
    }
    sb_buf_init(&out, mem);
    sb_table_example(sb_options_table(plugin), "    ", &out);
    printf("\nOptions, as they stand in switchboard.yaml:\n\nproviders:\n  %s:\n%s",
           plugin->name, sb_buf_str(&out));
}

static void show(TALLOC_CTX *mem, const struct sb_plugin_info *info)
{
    printf("%s %s: %s\n\n", info->name, info->version, info->summary);
    printf("  file      %s\n  licence   %s\n  status    %s%s%s\n  roles     %s\n",
           info->path, info->licence, status_word(info->status), *info->why ? ": " : "",
           info->why, join(mem, info->roles));
    if (!info->descriptor)
        return;
    printf("  ABI       %u.%u (the host has %d.%d)\n  network   %s\n",
           info->descriptor->abi_major, info->descriptor->abi_minor, SB_ABI_MAJOR,
           SB_ABI_MINOR,
           info->descriptor->hosts ? join(mem, info->descriptor->hosts) : "none");
    if (info->descriptor->needs)
        printf("  needs     %s\n", join(mem, info->descriptor->needs));
    show_options(mem, info->descriptor);
}

static int complain_unknown(TALLOC_CTX *mem, const struct sb_plugins *plugins,
                            const char *name)
{
    size_t count = sb_plugins_count(plugins);
    const char **names = talloc_zero_array(mem, const char *, (unsigned)count + 1),
               *near;

    for (size_t i = 0; i < count; i++)
        names[i] = sb_plugins_info(plugins, i)->name;
    near = sb_text_nearest(name, names);
    return sb_complain("there is no plugin \"%s\"%s%s%s", name,
                       near ? "; did you mean \"" : "", near ? near : "",
                       near ? "\"?" : "");
}

static int cmd_show(int argc, char **argv)
{
    const struct sb_usage usage = {
        .synopsis = "switchboard plugin show NAME",
        .about = "Shows one plugin: where it is from, what it fills, its options.",
        .min_args = 1,
        .max_args = 1};
    struct sb_config_flags flags = {0};
    TALLOC_CTX *mem = talloc_new(NULL);
    const struct sb_plugin_info *info;
    struct sb_plugins *plugins;
    struct sb_err err = {0};
    int status = 0, first = sb_flags_read(argc, argv, &usage, &flags);

    if (first < 0)
        status = sb_flags_status(first);
    else if (load(mem, &flags, &plugins, &err) != 0)
        status = sb_complain("%s", err.msg);
    else if (!(info = sb_plugins_find(plugins, argv[first])))
        status = complain_unknown(mem, plugins, argv[first]);
    else
        show(mem, info);
    talloc_free(mem);
    return status;
}

/* ---- check ---- */

static int check(TALLOC_CTX *mem, const char *file, const char *answer)
{
    struct sb_kit_conf conf = {
        .path = file, .answer = answer, .name = sb_find_name(mem, file)};
    struct sb_err err = {0};
    int failed;

    /* dlopen() would look for a bare name among the system's libraries. */
    if (!strchr(file, '/'))
        conf.path = talloc_asprintf(mem, "./%s", file);
    failed = sb_kit_check(&conf, &err);
    if (failed < 0)
        return sb_complain("%s", err.msg);
    return failed ? 1 : 0;
}

static int cmd_check(int argc, char **argv)
{
    const char *answer = NULL;
    const struct sb_flag own[] = {
        {.name = "answer",
         .value = "FILE",
         .help = "what the vendor's server answers when all is well",
         .text = &answer},
        {.name = NULL}};
    const struct sb_usage usage = {
        .synopsis = "switchboard plugin check FILE [--answer FILE]",
        .about =
            "Runs the conformance check on a plugin's .so file, without keys and\n"
            "without network: descriptor and options, starting and stopping, every\n"
            "function with good and bad input, cancelled at each point where it\n"
            "waits, and, for a plugin with a base_url, a scripted vendor in many\n"
            "moods. Prints a line a check; the exit status is 1 when one fails.",
        .flags = own,
        .min_args = 1,
        .max_args = 1};
    struct sb_config_flags flags = {0};
    TALLOC_CTX *mem = talloc_new(NULL);
    int first = sb_flags_read(argc, argv, &usage, &flags);
    int status = first < 0 ? sb_flags_status(first) : check(mem, argv[first], answer);

    talloc_free(mem);
    return status;
}

/* ---- new ---- */

static int cmd_new(int argc, char **argv)
{
    const char *parent = ".";
    const struct sb_flag own[] = {{.name = "in",
                                   .value = "DIR",
                                   .help = "where to make the folder (default: here)",
                                   .text = &parent},
                                  {.name = NULL}};
    const struct sb_usage usage = {
        .synopsis = "switchboard plugin new provider|vertical NAME [--in DIR]",
        .about =
            "Writes a working plugin to start from, in a folder of its own. It builds\n"
            "with `make` from the installed headers and passes `plugin check`.",
        .flags = own,
        .min_args = 2,
        .max_args = 2};
    struct sb_config_flags flags = {0};
    struct sb_err err = {0};
    int first = sb_flags_read(argc, argv, &usage, &flags);

    if (first < 0)
        return sb_flags_status(first);
    if (sb_plugin_new(argv[first], argv[first + 1], parent, &err) != 0)
        return sb_complain("%s", err.msg);
    printf("%s/%s is made. Next: cd %s/%s && make check\n", parent, argv[first + 1],
           parent, argv[first + 1]);
    return 0;
}

/* ---- which ---- */

static const struct command {
    const char *name, *synopsis, *help;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"list", "list", "every plugin that was found, and what became of it", cmd_list},
    {"show", "show NAME", "one plugin: its roles, its options", cmd_show},
    {"check", "check FILE", "run the conformance check on a .so file", cmd_check},
    {"new", "new provider|vertical NAME", "write a plugin to start from", cmd_new},
};
enum { COUNT = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *out)
{
    (void)fputs("Usage: switchboard plugin COMMAND [options]\n\nCommands:\n", out);
    for (size_t i = 0; i < COUNT; i++)
        (void)fprintf(out, "  %-28s %s\n", commands[i].synopsis, commands[i].help);
    (void)fputs("\n`switchboard plugin COMMAND --help` tells more of each.\n", out);
}

int sb_cmd_plugin(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
        print_help(stdout);
        return 0;
    }
    for (size_t i = 0; i < COUNT; i++)
        if (!strcmp(name, commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    print_help(stderr);
    return 2;
}
