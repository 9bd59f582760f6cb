/* SPDX-License-Identifier: Apache-2.0
 *
 * One running scenario, shared by the files that run it.
 */
#ifndef SB_CLI_SCENARIO_IMPL_H
#define SB_CLI_SCENARIO_IMPL_H

#include "base/buf.h"
#include "cli/app.h"
#include "cli/scenario.h"
#include "host/agent.h"
#include "store/outcome.h"
#include "talk/engine.h"

/* Somebody who speaks: a visitor's token of its own, perhaps an identity. */
struct scenario_person {
    const char *label, *visitor;
    const char *name, *email, *phone;
    bool signed_in;
    char conversation[37];
};

struct scenario_play {
    struct sb_app *app;
    TALLOC_CTX *mem;
    const struct scenario *scenario;
    const struct sb_agent *agent; /* NULL before the first step that needs it */
    const char *agent_ref;
    struct scenario_person people[8];
    size_t person_count;
    struct scenario_person *person; /* who speaks */
    const char *reply;              /* the last one, NULL before it */
    struct sb_turn_out out;         /* of the last say */
    bool has_outcome;
    struct sb_outcome outcome; /* read when first asked for */
    int64_t shift_ms;          /* of the wall clock */
    struct sb_buf transcript;
    const char *why; /* what a failed step found */
};

/* [suspends] 0, or SB_EINVAL with play->why when it does not hold. */
int scenario_expect(struct scenario_play *play, const struct scenario_step *step,
                    struct sb_err *err);
/* Sets play->why; returns SB_EINVAL. */
__attribute__((format(printf, 2, 3))) int scenario_miss(struct scenario_play *play,
                                                        const char *fmt, ...);

#endif
