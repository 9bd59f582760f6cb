/* SPDX-License-Identifier: Apache-2.0
 *
 * The policy of a chain: who is asked, how often, for how long, and what a failure
 * means. Nobody is told of a failure while there is somebody left to ask.
 */
#include "host/chain_impl.h"

#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/task.h"

#define BACKOFF_FIRST_MS 100
#define BACKOFF_LONGEST_MS 2000
#define PATIENCE_MS 500 /* for a Retry-After while others could answer meanwhile */
#define ATTEMPTS 2
#define ATTEMPTS_LAST 3 /* of the last member: there is nobody else */

static double chance(void)
{
    uint32_t bits;

    sb_random(&bits, sizeof(bits));
    return (double)bits / (double)UINT32_MAX;
}

/* ---- failures ---- */

/* A wrong request or a refusal by policy says nothing about the provider's health. */
bool sb_chain_is_sick(int code)
{
    return code != SB_EINVAL && code != SB_ENOTFOUND && code != SB_EREFUSED &&
           code != SB_ECANCELED && code != SB_ECONFLICT;
}

static bool may_recover_soon(int code)
{
    return code == SB_EUNAVAILABLE || code == SB_EIO || code == SB_ELIMIT ||
           code == SB_EPROTO;
}

void sb_chain_note(struct sb_chain_trace *trace, const char *name, const char *text)
{
    size_t len = strlen(trace->failures);

    (void)snprintf(trace->failures + len, sizeof(trace->failures) - len, "%s%s: %s",
                   len ? "; " : "", name, text);
}

void sb_chain_report(struct sb_instance *instance, enum sb_role_kind kind, int rc,
                     const struct sb_err *err)
{
    struct sb_breaker *breaker = &instance->breakers[kind];

    if (rc == 0) {
        if (breaker->state != SB_BREAKER_CLOSED)
            sb_log(SB_LOG_INFO, "host", "a provider is back",
                   sb_str("plugin", instance->plugin->name),
                   sb_str("role", sb_role_name(kind)));
        sb_breaker_success(breaker);
        return;
    }
    if (!sb_chain_is_sick(rc))
        return;
    if (sb_breaker_failure(breaker, sb_clock_mono_ms(), rc, err->retry_after_ms,
                           chance()))
        sb_log(SB_LOG_WARN, "host", "a provider is left alone for a while",
               sb_str("plugin", instance->plugin->name),
               sb_str("role", sb_role_name(kind)),
               sb_int("for_ms", sb_breaker_wait_ms(breaker, sb_clock_mono_ms())));
}

static void record_failure(struct sb_chain_call *call, struct sb_instance *instance,
                           int rc, const struct sb_err *err)
{
    const char *name = instance->plugin->name, *role = sb_role_name(call->chain->kind);
    char text[160], metric[160];

    (void)snprintf(text, sizeof(text), "%s%s%.100s%s", sb_code_name(rc),
                   err->msg[0] ? " (" : "", err->msg, err->msg[0] ? ")" : "");
    sb_chain_note(call->trace, name, text);
    (void)snprintf(
        metric, sizeof(metric),
        "switchboard_provider_failures_total{plugin=\"%s\",role=\"%s\",code=\"%s\"}",
        name, role, sb_code_name(rc));
    sb_count(metric, 1);
    sb_log(SB_LOG_WARN, "host", "a provider failed", sb_str("plugin", name),
           sb_str("role", role), sb_str("code", sb_code_name(rc)),
           sb_str("why", err->msg));
    sb_chain_report(instance, call->chain->kind, rc, err);
}

/* ---- one attempt ---- */

void sb_chain_enter(struct sb_chain_call *call, struct sb_instance *instance)
{
    sb_guard_enter(&call->guard, instance, sb_role_name(call->chain->kind));
}

int sb_chain_leave(struct sb_chain_call *call, int rc, struct sb_err *err)
{
    struct sb_instance *instance = call->guard.instance;
    char text[80];

    sb_guard_leave(&call->guard);
    if (call->guard.strikes > 0) {
        (void)snprintf(text, sizeof(text), "kept the loop busy for %d ms (strike %d)",
                       (int)(call->guard.worst_us / 1000), instance->strikes);
        sb_chain_note(call->trace, instance->plugin->name, text);
    }
    if (rc == 0)
        return 0;
    err->msg[sizeof(err->msg) - 1] = '\0';
    sb_services_redact(&instance->services, err->msg);
    return rc;
}

void sb_chain_alive(struct sb_chain_call *call)
{
    if (call->limited)
        sb_task_deadline_pop(call->outer_deadline);
    call->limited = false;
}

static int attempt(struct sb_chain_call *call, struct sb_instance *instance,
                   const void *ops, bool last, struct sb_err *err)
{
    int64_t left = sb_task_deadline_left(), limit = call->first_ms;
    /* What needs nobody can still answer when all the time has been used up. */
    bool shield = left <= 0 && instance->resident && call->chain->kind != SB_KIND_CRAWL;
    int rc;

    *err = (struct sb_err){0};
    call->trace->attempts++;
    if (limit > 0 && !last) {
        /* Half of what is left at most: the others need their time too. */
        if (left / 2 < limit)
            limit = left / 2;
        call->outer_deadline = sb_task_deadline_push(limit);
        call->limited = true;
    }
    if (shield)
        sb_task_shield_push();
    if (instance->faults[call->chain->kind] > 0) {
        instance->faults[call->chain->kind]--;
        rc = sb_fail(err, SB_EUNAVAILABLE, "a fault that was asked for");
    } else {
        rc = call->attempt(call, instance, ops, err);
    }
    if (shield)
        sb_task_shield_pop();
    sb_chain_alive(call);
    return rc;
}

/* How long to wait before asking the same member again; -1: do not. */
static int64_t backoff_ms(int code, int tries, bool last, int retry_after_ms)
{
    int64_t ms = (int64_t)BACKOFF_FIRST_MS << tries;

    if (!may_recover_soon(code) || (code == SB_ELIMIT && retry_after_ms <= 0))
        return -1;
    if (retry_after_ms > (last ? BACKOFF_LONGEST_MS : PATIENCE_MS))
        return -1;
    if (ms > BACKOFF_LONGEST_MS)
        ms = BACKOFF_LONGEST_MS;
    ms = ms / 2 + (int64_t)((double)ms / 2 * chance());
    return retry_after_ms > ms ? retry_after_ms : ms;
}

static bool is_over(const struct sb_chain_call *call)
{
    return call->stopped || sb_task_is_canceled(sb_task_self());
}

static int ask(struct sb_chain_call *call, struct sb_instance *instance,
               const void *ops, bool last, struct sb_err *err)
{
    int most = !call->retry ? 1 : last ? ATTEMPTS_LAST : ATTEMPTS, rc = 0;
    int64_t wait;

    for (int tries = 0; tries < most; tries++) {
        rc = attempt(call, instance, ops, last, err);
        if (rc == 0 || is_over(call))
            return rc;
        if (rc > 0 || rc == SB_ECANCELED)
            rc = sb_fail(err, SB_EINTERNAL, "it returned %d though nobody cancelled it",
                         rc);
        if (!err->msg[0])
            (void)sb_fail(err, rc,
                          rc == SB_ETIMEDOUT ? "no answer in time" : "no reason");
        record_failure(call, instance, rc, err);
        wait = tries + 1 < most ? backoff_ms(rc, tries, last, err->retry_after_ms) : -1;
        /* Its breaker may have opened just now: the others are asked first. */
        if (!last && instance->breakers[call->chain->kind].state != SB_BREAKER_CLOSED)
            return rc;
        if (wait < 0 || instance->quarantined || sb_task_deadline_left() <= wait)
            return rc;
        if (sb_sleep(wait) == SB_ECANCELED)
            return SB_ECANCELED;
    }
    return rc;
}

/* ---- who is next ---- */

static bool fits(struct sb_chain_call *call, const struct sb_loaded *loaded)
{
    const void *ops = sb_loaded_ops(loaded, call->chain->kind);

    if (!ops || !sb_instance_is_on(loaded->current))
        return false;
    return !call->fits || call->fits(call, loaded->current, ops);
}

/* Is nobody behind `index` ready to answer? */
static bool is_last(struct sb_chain_call *call, size_t index)
{
    struct sb_chain *chain = call->chain;

    for (size_t i = index + 1; i < chain->count; i++)
        if (fits(call, chain->members[i]) &&
            chain->members[i]->current->breakers[chain->kind].state ==
                SB_BREAKER_CLOSED)
            return false;
    return true;
}

/* The breaker's advice, with the thing that it cannot know: whether others are left. */
static bool should_ask(struct sb_chain_call *call, struct sb_instance *instance,
                       bool last)
{
    struct sb_chain *chain = call->chain;
    struct sb_breaker *breaker = &instance->breakers[chain->kind];

    if (breaker->state == SB_BREAKER_CLOSED)
        return last || sb_task_deadline_left() > 0;
    switch (sb_breaker_ask(breaker, sb_clock_mono_ms())) {
    case SB_BREAKER_PASS: return true;
    case SB_BREAKER_SKIP: return last;
    case SB_BREAKER_PROBE: break;
    }
    if (last || !sb_chain_can_probe(chain->kind))
        return true; /* the caller's own request is the trial */
    sb_chain_probe(chain, instance);
    return false;
}

static void settle(struct sb_chain_call *call, struct sb_instance *instance, int rc)
{
    enum sb_role_kind kind = call->chain->kind;

    if (rc == 0)
        sb_chain_report(instance, kind, 0, NULL);
    else if (is_over(call) || !sb_chain_is_sick(rc))
        sb_breaker_undecided(&instance->breakers[kind], sb_clock_mono_ms());
}

int sb_chain_run(struct sb_chain_call *call, struct sb_err *err)
{
    struct sb_chain *chain = call->chain;
    struct sb_err scratch = {0}, *why = err ? err : &scratch;
    int rc = SB_EUNAVAILABLE;
    bool asked = false;

    for (size_t i = 0; i < chain->count; i++) {
        struct sb_loaded *loaded = chain->members[i];
        struct sb_instance *instance;
        bool last;

        if (!fits(call, loaded))
            continue;
        last = is_last(call, i);
        if (!should_ask(call, loaded->current, last))
            continue;
        instance = sb_instance_ref(loaded->current);
        asked = true;
        rc = ask(call, instance, sb_loaded_ops(loaded, chain->kind), last, why);
        settle(call, instance, rc);
        sb_instance_unref(instance);
        if (rc == 0)
            call->trace->plugin = loaded->info.name;
        if (rc == 0 || is_over(call) || rc == SB_ECANCELED)
            return rc;
    }
    if (!asked)
        return sb_fail(err, SB_EUNAVAILABLE, "nobody is there for the role %s",
                       sb_role_name(chain->kind));
    return rc;
}
