/* SPDX-License-Identifier: Apache-2.0
 *
 * `switchboard COMMAND ...`: finds the command and runs it.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/cmd.h"
#include "cli/flags.h"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"serve", sb_cmd_serve, "run the server"},
    {"try", sb_cmd_try, "read a website and talk to its receptionist here"},
    {"talk", sb_cmd_talk, "talk to a configured receptionist in the terminal"},
    {"tenant", sb_cmd_tenant, "list, show, import, export and delete tenants"},
    {"plugin", sb_cmd_plugin, "list, show, check and make plugins"},
    {"scenario", sb_cmd_scenario, "run conversation scenarios"},
    {"check", sb_cmd_check,
     "check the configuration; --explain, --example, --reference"},
};
enum { COUNT = sizeof(commands) / sizeof(commands[0]) };

static void print_help(void)
{
    puts(
        "Usage: switchboard COMMAND [options]\n\n"
        "A front desk that answers a business's website chat, knows the business from\n"
        "its own website, takes leads, and wakes a human in an emergency.\n\n"
        "Commands:");
    for (size_t i = 0; i < COUNT; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].help);
    puts("\n`switchboard COMMAND --help` tells more of each.");
}

static int unknown(const char *name)
{
    const char *names[COUNT + 1] = {NULL}, *near;

    for (size_t i = 0; i < COUNT; i++)
        names[i] = commands[i].name;
    near = sb_text_nearest(name, names);
    sb_complain("there is no command \"%s\"%s%s%s", name,
                near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return 2;
}

int main(int argc, char **argv)
{
    sb_mem_init();
    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
        !strcmp(argv[1], "help")) {
        print_help();
        return argc < 2 ? 2 : 0;
    }
    if (!strcmp(argv[1], "--version")) {
        puts("switchboard " SB_VERSION);
        return 0;
    }
    for (size_t i = 0; i < COUNT; i++)
        if (!strcmp(argv[1], commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    return unknown(argv[1]);
}
