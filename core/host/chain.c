/* SPDX-License-Identifier: Apache-2.0
 *
 * Making and describing chains. The policy is in chain_run.c.
 */
#include "host/chain_impl.h"

#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"

#define LAST_RESORT "local"

/* Names of what could have been meant: the plugins that fill the role. */
static const char *nearest(TALLOC_CTX *mem, const struct sb_plugins *plugins,
                           enum sb_role_kind kind, const char *name)
{
    const char **names = sb_array(mem, const char *, plugins->count + 1);
    size_t count = 0;

    for (size_t i = 0; i < plugins->count; i++)
        if (sb_loaded_ops(plugins->items[i], kind))
            names[count++] = plugins->items[i]->info.name;
    return sb_text_nearest(name, names);
}

static int refuse(const struct sb_chain *chain, const struct sb_loaded *loaded,
                  const char *name, struct sb_err *err)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    const char *role = sb_role_name(chain->kind);
    const char *near = nearest(scratch, chain->plugins, chain->kind, name);

    (void)sb_fail(err, SB_EINVAL, "%s \"%s\" for the role %s%s%s%s",
                  loaded ? "there is no such role in plugin" : "there is no plugin",
                  name, role, near ? "; did you mean \"" : "", near ? near : "",
                  near ? "\"?" : "");
    talloc_free(scratch);
    return SB_EINVAL;
}

static bool is_member(const struct sb_chain *chain, const struct sb_loaded *loaded)
{
    for (size_t i = 0; i < chain->count; i++)
        if (chain->members[i] == loaded)
            return true;
    return false;
}

/* A file that is broken today stays a member that is off: the rest of the chain serves
 * while the operator repairs it. */
static int add_member(struct sb_chain *chain, const char *name, struct sb_err *err)
{
    struct sb_loaded *loaded = sb_plugins_lookup(chain->plugins, name);

    if (!loaded || (loaded->descriptor && !sb_loaded_ops(loaded, chain->kind)))
        return refuse(chain, loaded, name, err);
    if (!is_member(chain, loaded))
        chain->members[chain->count++] = loaded;
    return 0;
}

int sb_chain_new(TALLOC_CTX *mem, struct sb_plugins *plugins, const char *role,
                 const char *const *names, struct sb_chain **chain_r,
                 struct sb_err *err)
{
    int kind = sb_role_find(role), rc = 0;
    struct sb_loaded *last = sb_plugins_lookup(plugins, LAST_RESORT);
    struct sb_chain *chain;
    size_t count = 0;

    if (kind < 0)
        return sb_fail(err, SB_EINVAL, "there is no role \"%s\"", role);
    while (names && names[count])
        count++;
    chain = talloc_zero(mem, struct sb_chain);
    chain->plugins = plugins;
    chain->kind = (enum sb_role_kind)kind;
    chain->members = sb_array(chain, struct sb_loaded *, count + 1);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = add_member(chain, names[i], err);
    if (rc == 0 && last && sb_loaded_ops(last, chain->kind) && !is_member(chain, last))
        chain->members[chain->count++] = last;
    if (rc == 0 && chain->count == 0)
        rc = sb_fail(err, SB_EINVAL, "no plugin is given for the role %s", role);
    if (rc != 0) {
        talloc_free(chain);
        return rc;
    }
    *chain_r = chain;
    return 0;
}

uint32_t sb_chain_abilities(const struct sb_chain *chain)
{
    uint32_t abilities = UINT32_MAX;
    bool any = false;

    if (chain->kind != SB_KIND_LLM)
        return 0;
    for (size_t i = 0; i < chain->count; i++) {
        const struct sb_llm_ops *ops = sb_loaded_ops(chain->members[i], SB_KIND_LLM);

        if (ops) {
            abilities &= ops->abilities;
            any = true;
        }
    }
    return any ? abilities : 0;
}

static char *describe_member(TALLOC_CTX *mem, const struct sb_chain *chain,
                             const struct sb_loaded *loaded)
{
    const char *name = loaded->info.name;
    const struct sb_instance *instance = loaded->current;
    const struct sb_breaker *breaker;

    if (!instance)
        return talloc_asprintf(mem, "%s (off: %s)", name,
                               loaded->info.why && *loaded->info.why ? loaded->info.why
                                                                     : "not started");
    if (instance->quarantined)
        return talloc_asprintf(mem, "%s (quarantined)", name);
    breaker = &instance->breakers[chain->kind];
    if (breaker->state == SB_BREAKER_OPEN)
        return talloc_asprintf(
            mem, "%s (breaker open, probe in %d s)", name,
            (int)((sb_breaker_wait_ms(breaker, sb_clock_mono_ms()) + 999) / 1000));
    if (breaker->state == SB_BREAKER_HALF_OPEN)
        return talloc_asprintf(mem, "%s (breaker half-open, being probed)", name);
    return talloc_strdup(mem, name);
}

char *sb_chain_describe(TALLOC_CTX *mem, const struct sb_chain *chain)
{
    char *text = talloc_strdup(mem, "");

    for (size_t i = 0; i < chain->count; i++) {
        char *part = describe_member(mem, chain, chain->members[i]);

        text = talloc_asprintf_append(text, "%s%s", i ? ", " : "", part);
        talloc_free(part);
    }
    return text;
}
