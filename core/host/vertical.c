/* SPDX-License-Identifier: Apache-2.0
 *
 * A vertical's hooks behind a stand-in: agents keep a table and a state for long, and
 * across reloads. The stand-in finds the current instance at each call, times it, and
 * answers like a vertical without opinions when the plugin is off.
 */
#include <string.h>

#include "host/chain.h"
#include "host/guard.h"
#include "host/plugins.h"

/* One call: the instance is held for its length. */
struct hold {
    struct sb_instance *instance;
    const struct sb_vertical_ops *ops;
    struct sb_guard guard;
};

static bool take(struct hold *hold, void *state, const char *what)
{
    struct sb_loaded *loaded = state;

    if (!sb_instance_is_on(loaded->current))
        return false;
    hold->instance = sb_instance_ref(loaded->current);
    hold->ops = loaded->descriptor->ops[SB_KIND_VERTICAL];
    sb_guard_enter(&hold->guard, hold->instance, what);
    return true;
}

static int give(struct hold *hold, int rc)
{
    sb_guard_leave(&hold->guard);
    sb_instance_unref(hold->instance);
    return rc;
}

/* Texts from a plugin end within their buffer, whatever it did. */
static void end_text(char *text, size_t size)
{
    if (size > 0)
        text[size - 1] = '\0';
}

static void clear(char *text, size_t size)
{
    if (size > 0)
        text[0] = '\0';
}

static int score(void *state, const struct sb_vertical_case *vcase, char *reason,
                 size_t size)
{
    struct hold hold;
    int points;

    clear(reason, size);
    if (!take(&hold, state, "vertical.score"))
        return 0;
    points = hold.ops->score(hold.instance->state, vcase, reason, size);
    end_text(reason, size);
    return give(&hold, points);
}

static int urgency(void *state, const struct sb_vertical_case *vcase, char *rule,
                   size_t rule_size, char *say, size_t say_size)
{
    struct hold hold;
    int level;

    clear(rule, rule_size);
    clear(say, say_size);
    if (!take(&hold, state, "vertical.urgency"))
        return 0;
    level =
        hold.ops->urgency(hold.instance->state, vcase, rule, rule_size, say, say_size);
    end_text(rule, rule_size);
    end_text(say, say_size);
    return give(&hold, level < 0 ? 0 : level > 3 ? 3 : level);
}

static int validate_field(void *state, const struct sb_vertical_case *vcase,
                          const char *field, const char *value, char *normalised,
                          size_t size, struct sb_err *err)
{
    struct hold hold;
    int rc;

    clear(normalised, size);
    if (!take(&hold, state, "vertical.validate_field"))
        return SB_ENOTFOUND;
    rc = hold.ops->validate_field(hold.instance->state, vcase, field, value, normalised,
                                  size, err);
    end_text(normalised, size);
    return give(&hold, rc == 0 || rc == SB_EINVAL ? rc : SB_ENOTFOUND);
}

static int qualify(void *state, const struct sb_vertical_case *vcase, char *reason,
                   size_t size)
{
    struct hold hold;
    int rc;

    clear(reason, size);
    if (!take(&hold, state, "vertical.qualify"))
        return 1; /* a person looks at it rather than nobody */
    rc = hold.ops->qualify(hold.instance->state, vcase, reason, size);
    end_text(reason, size);
    return give(&hold, rc != 0);
}

static int route(void *state, const struct sb_vertical_case *vcase, char *queue,
                 size_t size)
{
    struct hold hold;
    int rc;

    clear(queue, size);
    if (!take(&hold, state, "vertical.route"))
        return SB_ENOTFOUND;
    rc = hold.ops->route(hold.instance->state, vcase, queue, size);
    end_text(queue, size);
    return give(&hold, rc);
}

static int tool(void *state, const struct sb_vertical_case *vcase, const char *name,
                const char *arguments, char *result, size_t size, struct sb_err *err)
{
    struct hold hold;
    int rc;

    clear(result, size);
    if (!take(&hold, state, "vertical.tool"))
        return sb_fail(err, SB_EUNAVAILABLE, "the tool %.60s is off", name);
    rc =
        hold.ops->tool(hold.instance->state, vcase, name, arguments, result, size, err);
    end_text(result, size);
    return give(&hold, rc);
}

/* Only what the plugin has is in the stand-in's table. */
static struct sb_vertical_ops *stand_in(struct sb_loaded *loaded)
{
    const struct sb_vertical_ops *own = loaded->descriptor->ops[SB_KIND_VERTICAL];
    struct sb_vertical_ops *ops = talloc_zero(loaded, struct sb_vertical_ops);

    *ops = (struct sb_vertical_ops){
        .size = sizeof(*ops),
        .score = own->score ? score : NULL,
        .urgency = own->urgency ? urgency : NULL,
        .validate_field = own->validate_field ? validate_field : NULL,
        .qualify = own->qualify ? qualify : NULL,
        .route = own->route ? route : NULL,
        .tools = own->tools,
        .tool = own->tool ? tool : NULL,
    };
    return ops;
}

const struct sb_vertical_ops *sb_host_vertical(struct sb_plugins *plugins,
                                               const char *name, void **state_r)
{
    struct sb_loaded *loaded = sb_plugins_lookup(plugins, name);

    if (!loaded || !sb_loaded_ops(loaded, SB_KIND_VERTICAL))
        return NULL;
    if (!loaded->vertical)
        loaded->vertical = stand_in(loaded);
    *state_r = loaded;
    return loaded->vertical;
}
