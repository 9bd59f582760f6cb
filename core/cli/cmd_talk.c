/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "cli/app.h"
#include "cli/cmd.h"
#include "cli/flags.h"
#include "cli/terminal.h"

static int talk(struct sb_app *app, void *arg)
{
    struct sb_err err = {0};
    int changed;

    if (app->config->demo && sb_app_sync_tenants(app, &changed, &err))
        return sb_complain("%s", err.msg);
    if (sb_terminal_chat(app, arg, &err))
        return sb_complain("%s", err.msg);
    return 0;
}

int sb_cmd_talk(int argc, char **argv)
{
    static const struct sb_flag own[] = {
        {.name = "demo", .help = "load the demo tenants first"},
        {.name = NULL},
    };
    static const struct sb_usage usage = {
        .synopsis = "switchboard talk AGENT [--demo]",
        .about =
            "Talks to a receptionist in the terminal, by slug or id. Works beside a "
            "running\nserver or without one. /quit ends.",
        .flags = own,
        .min_args = 1,
        .max_args = 1,
    };
    struct sb_config_flags flags = {0};
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_config *config;
    struct sb_err err = {0};
    int status, first;

    sb_log_set_plain(1);
    sb_log_set_level(SB_LOG_WARN);
    first = sb_flags_read(argc, argv, &usage, &flags);
    if (first < 0)
        status = sb_flags_status(first);
    else if (sb_config_load(mem, &flags, &config, &err))
        status = sb_complain("%s", err.msg);
    else
        status = sb_app_run(config, talk, argv[first]);
    talloc_free(mem);
    return status;
}
