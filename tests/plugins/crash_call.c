/* SPDX-License-Identifier: Apache-2.0
 *
 * Starts well and crashes when it is called: the check must live to tell.
 */
#include <signal.h>
#include <switchboard/plugin.h>

static int turn(void *state, const struct sb_llm_request *request,
                const struct sb_llm_sink *sink, struct sb_err *err)
{
    (void)state;
    (void)request;
    (void)sink;
    (void)err;
    return raise(SIGSEGV);
}

static const struct sb_llm_ops ops = {.size = sizeof(ops), .turn = turn};
static const struct sb_role roles[] = {
    {SB_ROLE_LLM, &ops},
    {NULL, NULL},
};

SB_PLUGIN(crash_call, .version = "0.1", .summary = "Crashes when called",
          .licence = "Apache-2.0", .roles = roles)
