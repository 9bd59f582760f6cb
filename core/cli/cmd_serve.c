/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "cli/cmd.h"
#include "cli/flags.h"
#include "cli/supervisor.h"

int sb_cmd_serve(int argc, char **argv)
{
    static const struct sb_flag own[] = {
        {.name = "listen", .value = "A:P", .help = "address and port to serve on"},
        {.name = "demo", .help = "load the demo tenants fox-hollow and harbor-home"},
        {.name = NULL},
    };
    static const struct sb_usage usage = {
        .synopsis =
            "switchboard serve [--config F] [--data DIR] [--listen A:P] [--demo]",
        .about =
            "Runs the server until SIGTERM or Ctrl-C; SIGHUP reads the configuration "
            "again.\nWithout a configuration file the built-in values serve, with a "
            "private PostgreSQL\nunder the data folder.",
        .flags = own,
    };
    struct sb_config_flags flags = {0};
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_config *config;
    struct sb_err err = {0};
    int status, first = sb_flags_read(argc, argv, &usage, &flags);

    if (first < 0) {
        status = sb_flags_status(first);
    } else if (sb_config_load(mem, &flags, &config, &err)) {
        status = sb_complain("%s", err.msg);
    } else {
        sb_log_set_level(
            (enum sb_log_level)sb_log_level_parse(config->server.log_level));
        status = sb_supervise(config, &flags);
    }
    talloc_free(mem);
    return status;
}
