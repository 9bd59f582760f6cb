/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/app.h"
#include "cli/cmd.h"
#include "cli/terminal.h"
#include "cli/tool.h"

static int talk(struct sb_app *app, void *arg)
{
    const char *const *ref = arg;
    struct sb_err err = {0};
    int changed;

    if (app->config->demo && sb_app_sync_tenants(app, &changed, &err))
        return sb_complain("%s", err.msg);
    if (sb_terminal_chat(app, *ref, &err))
        return sb_complain("%s", err.msg);
    return 0;
}

int sb_cmd_talk(int argc, char **argv)
{
    static const struct sb_flag own[] = {
        {.name = "demo", .help = "load the demo tenants first"},
        {.name = NULL},
    };
    const char *ref = NULL;
    const struct sb_tool tool = {
        .usage = {.synopsis = "switchboard talk AGENT [--demo]",
                  .about =
                      "Talks to a receptionist in the terminal, by slug or id. Works "
                      "beside a running\nserver or without one. /quit ends.",
                  .flags = own,
                  .min_args = 1,
                  .max_args = 1},
        .args = {&ref},
        .run = talk,
        .arg = &ref,
    };

    return sb_tool_main(argc, argv, &tool);
}
