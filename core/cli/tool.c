/* SPDX-License-Identifier: Apache-2.0
 *
 * See tool.h.
 */
#include "cli/tool.h"

#include "base/log.h"
#include "cli/app.h"

static int run(TALLOC_CTX *mem, const struct sb_tool *tool,
               const struct sb_config_flags *flags)
{
    struct sb_config *config;
    struct sb_err err = {0};
    int status = tool->check ? tool->check(tool->arg) : 0;

    if (status)
        return status;
    if (sb_config_load(mem, flags, &config, &err))
        return sb_complain("%s", err.msg);
    return sb_app_run(config, tool->run, tool->arg);
}

int sb_tool_main(int argc, char **argv, const struct sb_tool *tool)
{
    struct sb_config_flags flags = {0};
    TALLOC_CTX *mem = talloc_new(NULL);
    int status, first;

    sb_log_set_plain(1);
    sb_log_set_level(SB_LOG_WARN);
    first = sb_flags_read(argc, argv, &tool->usage, &flags);
    if (first < 0) {
        status = sb_flags_status(first);
    } else {
        for (int i = 0; i < 2 && first + i < argc && tool->args[i]; i++)
            *tool->args[i] = argv[first + i];
        status = run(mem, tool, &flags);
    }
    talloc_free(mem);
    return status;
}
