/* SPDX-License-Identifier: Apache-2.0
 *
 * A descriptor and a role table longer than ours, as a later 1.x has them.
 */
#include "raw.h"

static int turn(void *state, const struct sb_llm_request *request,
                const struct sb_llm_sink *sink, struct sb_err *err)
{
    (void)state;
    (void)request;
    (void)err;
    return sink->text(sink->arg, "From the future", 15);
}

static const struct {
    struct sb_llm_ops ops;
    void *later[4];
} table = {.ops = {.size = sizeof(table), .abilities = SB_LLM_STREAMS, .turn = turn}};

static const struct sb_role roles[] = {
    {SB_ROLE_LLM, &table},
    {NULL, NULL},
};

struct longer {
    struct sb_plugin plugin;
    void *later[8];
};

extern const struct longer longer_struct_LTX_sb_plugin;
__attribute__((visibility("default")))
const struct longer longer_struct_LTX_sb_plugin = {
    .plugin = {.magic = SB_PLUGIN_MAGIC,
               .abi_major = SB_ABI_MAJOR,
               .abi_minor = SB_ABI_MINOR,
               .size = sizeof(struct longer),
               .option_size = sizeof(struct sb_option),
               RAW_TEXTS("longer_struct"),
               .roles = roles},
};
