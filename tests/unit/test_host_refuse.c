/* SPDX-License-Identifier: Apache-2.0
 *
 * Real shared objects that are broken or hostile, each with the sentence that the
 * operator gets. None may take this process with it, and none that is refused may be
 * mapped here.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "host/host.h"
#include "host/probe.h"
#include "support/plugins.h"

/* Is the file mapped into this process? */
static bool is_mapped(const char *path)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[1024];
    bool found = false;

    cr_assert_not_null(maps);
    while (fgets(line, sizeof(line), maps))
        found |= strstr(line, path) != NULL;
    (void)fclose(maps);
    return found;
}

static void refuses(const char *name, enum sb_plugin_status status,
                    const char *sentence)
{
    struct sb_plugins *plugins = test_load(name);
    const struct sb_plugin_info *info = sb_plugins_find(plugins, name);

    cr_assert_not_null(info, "%s was not found", name);
    cr_assert_eq(info->status, status, "%s: status %d, %s", name, info->status,
                 info->why);
    cr_assert_not_null(strstr(info->why, sentence), "\"%s\" lacks \"%s\"", info->why,
                       sentence);
    cr_assert_null(info->descriptor);
    cr_assert(!is_mapped(info->path), "%s is mapped", info->path);
    talloc_free(plugins);
}

#define REFUSES(name, status, sentence)                                                \
    Test(refuse, name)                                                                 \
    {                                                                                  \
        refuses(#name, status, sentence);                                              \
    }

REFUSES(
    no_symbol, SB_PLUGIN_REFUSED,
    "plugin \"no_symbol\" exports no symbol no_symbol_LTX_sb_plugin: give SB_PLUGIN()")
REFUSES(wrong_magic, SB_PLUGIN_REFUSED, "begins with 12345678 instead of 57535342")
REFUSES(other_major, SB_PLUGIN_REFUSED,
        "was built for plugin ABI 2.4, this host speaks 1.0: rebuild it")
REFUSES(newer_minor, SB_PLUGIN_REFUSED,
        "needs plugin ABI 1.1, this host has 1.0: upgrade the host")
REFUSES(short_struct, SB_PLUGIN_REFUSED, "its descriptor says 40 bytes, ABI 1.0 has")
REFUSES(wrong_name, SB_PLUGIN_REFUSED, "calls itself \"somebody_else\"")
REFUSES(bad_option, SB_PLUGIN_REFUSED,
        "option 1 (key): its place lies outside of .config_size")
REFUSES(bad_preset, SB_PLUGIN_REFUSED, "a preset does not fit")
REFUSES(bad_role, SB_PLUGIN_REFUSED, "does not know; did you mean \"embed\"?")
REFUSES(short_ops, SB_PLUGIN_REFUSED, "its table for the role llm says 8 bytes")
REFUSES(crash_load, SB_PLUGIN_BROKEN, "crashed in loading (signal 11)")
REFUSES(crash_start, SB_PLUGIN_BROKEN, "crashed in start (signal 11)")
REFUSES(huge_stack, SB_PLUGIN_BROKEN, "ran out of stack in start")
REFUSES(exit_start, SB_PLUGIN_BROKEN, "called exit() in start (status 0)")
REFUSES(undefined, SB_PLUGIN_BROKEN, "undefined symbol: a_function_that_is_nowhere")

Test(refuse, hang_start_within_the_deadline)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_plugin_info info;
    struct sb_err err = {0};

    cr_assert_eq(sb_probe_file(mem, TEST_PLUGINS "/hang_start.so", 300, &info, &err),
                 0);
    cr_assert_eq(info.status, SB_PLUGIN_BROKEN);
    cr_assert_str_eq(info.why, "hung in start");
    talloc_free(mem);
}

/* What a plugin starts in the probe ends with the probe, and does not hold it up. */
Test(refuse, leaves_no_process_behind)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_plugin_info info;
    struct sb_err err = {0};

    cr_assert_eq(sb_probe_file(mem, TEST_PLUGINS "/fork_start.so", 20000, &info, &err),
                 0);
    cr_assert_eq(info.status, SB_PLUGIN_OK, "%s", info.why);
    cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1);
    talloc_free(mem);
}

Test(refuse, a_file_that_is_not_there)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_plugin_info info;
    struct sb_err err = {0};

    cr_assert_eq(sb_plugin_probe(mem, "/nowhere/parrot.so", &info, &err), SB_ENOTFOUND);
    cr_assert_eq(sb_plugin_probe(mem, SB_SRCDIR "/Makefile.am", &info, &err),
                 SB_EINVAL);
    cr_assert_not_null(strstr(err.msg, "not called as a plugin is"), "%s", err.msg);
    talloc_free(mem);
}

Test(refuse, a_file_that_is_no_object)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    char path[] = "/tmp/sbhostXXXXXX/text.so";
    struct sb_plugin_info info;
    struct sb_err err = {0};
    FILE *file;

    path[17] = '\0';
    cr_assert_not_null(mkdtemp(path));
    path[17] = '/';
    file = fopen(path, "w");
    cr_assert_not_null(file);
    (void)fprintf(file, "%0200d", 0);
    (void)fclose(file);
    cr_assert_eq(sb_plugin_probe(mem, path, &info, &err), 0);
    cr_assert_eq(info.status, SB_PLUGIN_BROKEN);
    cr_assert_not_null(strstr(info.why, "invalid ELF header"), "%s", info.why);
    (void)remove(path);
    path[17] = '\0';
    (void)remove(path);
    talloc_free(mem);
}

Test(accept, a_good_plugin_is_mapped_and_told_of)
{
    struct sb_plugins *plugins = test_load("flaky_a");
    const struct sb_plugin_info *info = sb_plugins_find(plugins, "flaky_a");

    cr_assert_not_null(info);
    cr_assert_eq(info->status, SB_PLUGIN_OK, "%s", info->why);
    cr_assert_str_eq(info->summary, "Fails by script");
    cr_assert_str_eq(info->roles[0], "llm");
    cr_assert_not_null(info->descriptor);
    cr_assert_eq(sb_plugins_count(plugins), 1);
    talloc_free(plugins);
}

/* Members behind the ones that we know are somebody else's future. */
Test(accept, structs_that_are_longer_than_ours)
{
    struct sb_plugins *plugins = test_load("longer_struct");
    const struct sb_plugin_info *info = sb_plugins_find(plugins, "longer_struct");

    cr_assert_not_null(info);
    cr_assert_eq(info->status, SB_PLUGIN_OK, "%s", info->why);
    cr_assert_eq(info->descriptor->size, sizeof(struct sb_plugin) + 8 * sizeof(void *));
    talloc_free(plugins);
}

Test(accept, needs_that_nobody_meets_switch_it_off)
{
    struct sb_plugins *plugins = test_load("needy noop");
    const struct sb_plugin_info *info = sb_plugins_find(plugins, "needy");

    cr_assert_not_null(info);
    cr_assert_eq(info->status, SB_PLUGIN_DECLINED);
    cr_assert_not_null(strstr(info->why, "needs the role crawl"), "%s", info->why);
    talloc_free(plugins);
}

Test(accept, a_folder_that_is_not_there_is_like_an_empty_one)
{
    const char *const dirs[] = {"/nowhere/at/all", NULL};
    struct sb_plugins *plugins = sb_plugins_load(NULL, dirs, NULL);

    cr_assert_eq(sb_plugins_count(plugins), 0);
    cr_assert_null(sb_plugins_find(plugins, "local"));
    talloc_free(plugins);
}
