/* SPDX-License-Identifier: Apache-2.0
 *
 * What the chains of all roles share: who is a member, and the policy by which one
 * call goes from member to member. A role's file says how to make one attempt.
 */
#ifndef SB_HOST_CHAIN_IMPL_H
#define SB_HOST_CHAIN_IMPL_H

#include "host/chain.h"
#include "host/guard.h"
#include "host/plugins.h"

struct sb_chain {
    struct sb_plugins *plugins;
    enum sb_role_kind kind;
    struct sb_loaded **members;
    size_t count;
};

/* One call on its way along a chain. */
struct sb_chain_call {
    struct sb_chain *chain;
    struct sb_chain_trace *trace; /* never NULL */
    /* [suspends] One attempt with one member. It calls the plugin between
     * sb_chain_enter() and sb_chain_leave(). */
    int (*attempt)(struct sb_chain_call *call, struct sb_instance *instance,
                   const void *ops, struct sb_err *err);
    /* Optional: members for which this is false are passed over. */
    bool (*fits)(struct sb_chain_call *call, struct sb_instance *instance,
                 const void *ops);
    int first_ms; /* time for one attempt while others are left; 0: no such limit */
    bool retry;   /* may a member be asked twice? */
    bool
        stopped; /* set by the attempt: the caller wants no more of it, not a failure */
    bool limited; /* a deadline of the attempt's own is in force */
    int64_t outer_deadline;
    struct sb_guard guard;
};

/* [suspends] Returns 0, the stop's own code, SB_ECANCELED, or the last failure. */
int sb_chain_run(struct sb_chain_call *call, struct sb_err *err);
/* Around every call of a plugin's function. leave() returns `rc`, made sane. */
void sb_chain_enter(struct sb_chain_call *call, struct sb_instance *instance);
int sb_chain_leave(struct sb_chain_call *call, int rc, struct sb_err *err);
/* The attempt has shown life: from here only the caller's own deadline counts. */
void sb_chain_alive(struct sb_chain_call *call);
/* Adds "name: text" to the trace's failures. */
void sb_chain_note(struct sb_chain_trace *trace, const char *name, const char *text);

/* ---- background probes (chain_probe.c) ---- */

/* Can this role be probed without a user's request? */
bool sb_chain_can_probe(enum sb_role_kind kind);
/* Tries the instance in a task of its own; its breaker is half-open. */
void sb_chain_probe(struct sb_chain *chain, struct sb_instance *instance);

/* What a failure says about the member. */
bool sb_chain_is_sick(int code);
void sb_chain_report(struct sb_instance *instance, enum sb_role_kind kind, int rc,
                     const struct sb_err *err);

#endif
