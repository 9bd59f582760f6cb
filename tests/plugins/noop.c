/* SPDX-License-Identifier: Apache-2.0
 *
 * Does nothing, quickly: what is left of a call's time is the host's.
 */
#include <switchboard/plugin.h>

static const char *space(void *state)
{
    (void)state;
    return "noop-8";
}

static int dimensions(void *state)
{
    (void)state;
    return 8;
}

static int embed(void *state, const char *const *texts, size_t count, float *out,
                 struct sb_err *err)
{
    (void)state;
    (void)texts;
    (void)err;
    for (size_t i = 0; i < 8 * count; i++)
        out[i] = i % 8 == 0;
    return 0;
}

static int score(void *state, const struct sb_vertical_case *vcase, char *reason,
                 size_t size)
{
    (void)state;
    (void)vcase;
    (void)reason;
    (void)size;
    return 1;
}

static const struct sb_embed_ops embed_ops = {.size = sizeof(embed_ops),
                                              .space = space,
                                              .dimensions = dimensions,
                                              .batch = 100,
                                              .embed = embed};
static const struct sb_vertical_ops vertical_ops = {.size = sizeof(vertical_ops),
                                                    .score = score};
static const struct sb_role roles[] = {
    {SB_ROLE_EMBED, &embed_ops},
    {SB_ROLE_VERTICAL, &vertical_ops},
    {NULL, NULL},
};

SB_PLUGIN(noop, .version = "0.1", .summary = "Does nothing", .licence = "Apache-2.0",
          .roles = roles)
