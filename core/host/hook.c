/* SPDX-License-Identifier: Apache-2.0
 *
 * Routes /hooks/<plugin>/... to the plugin's hook(), and checks what it answers: the
 * reply goes out to the internet.
 */
#include <string.h>

#include "host/guard.h"
#include "host/plugins.h"

static int check_reply(const struct sb_hook_reply *reply, const char *name,
                       struct sb_err *err)
{
    if (reply->status < 100 || reply->status > 599)
        return sb_fail(err, SB_EPROTO, "plugin %s answered with the status %d", name,
                       reply->status);
    if (reply->body_len > reply->body_size)
        return sb_fail(err, SB_EPROTO,
                       "plugin %s says its answer has %zu bytes, its buffer has %zu",
                       name, reply->body_len, reply->body_size);
    if (reply->content_type && strpbrk(reply->content_type, "\r\n"))
        return sb_fail(err, SB_EPROTO,
                       "plugin %s answered with a content type of several lines", name);
    return 0;
}

static int call(struct sb_instance *instance, const struct sb_hook_request *request,
                struct sb_hook_reply *reply, struct sb_err *err)
{
    struct sb_guard guard;
    int rc;

    sb_guard_enter(&guard, instance, "hook");
    rc = instance->plugin->hook(instance->state, request, reply, err);
    sb_guard_leave(&guard);
    if (err) {
        err->msg[sizeof(err->msg) - 1] = '\0';
        sb_services_redact(&instance->services, err->msg);
    }
    return rc;
}

int sb_plugins_hook(struct sb_plugins *plugins, const char *name,
                    const struct sb_hook_request *request, struct sb_hook_reply *reply,
                    struct sb_err *err)
{
    struct sb_instance *instance = sb_plugins_instance(plugins, name);
    int rc;

    if (!instance || !instance->plugin->hook)
        return sb_fail(err, SB_ENOTFOUND, "nothing answers under /hooks/%.40s/", name);
    sb_instance_ref(instance);
    reply->status = 0;
    reply->body_len = 0;
    rc = call(instance, request, reply, err);
    if (rc == 0 && reply->status == 0)
        reply->status = 204;
    if (rc == 0)
        rc = check_reply(reply, name, err);
    sb_instance_unref(instance);
    return rc > 0 ? sb_fail(err, SB_EINTERNAL, "plugin %s returned %d", name, rc) : rc;
}
