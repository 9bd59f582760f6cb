/* SPDX-License-Identifier: Apache-2.0
 *
 * See services.h. HTTP and JSON have files of their own. A service that waits pauses
 * the guard that times the plugin, so that waiting is never held against it.
 */
#include "host/services.h"

#include <limits.h>
#include <string.h>
#include <talloc.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/task.h"
#include "base/text.h"
#include "host/cache.h"
#include "host/guard.h"
#include "host/options.h"

#define SENTENCE_MAX 2000
#define PARALLEL_MAX 64
#define SECRET_LEAST 6 /* a shorter one would blot out innocent text */

/* ---- waiting ---- */

int sb_services_wait_begin(struct sb_services *services, const char *service,
                           struct sb_guard **guard_r, struct sb_err *err)
{
    if (!sb_task_self())
        return sb_fail(
            err, SB_EINVAL,
            "%s() waits and was called outside of a task: start() and stop() "
            "must not wait",
            service);
    if (services && services->watch && services->watch->before_wait)
        services->watch->before_wait(services->watch->arg);
    /* Also where the answer is there already and nothing would have to wait. */
    if (sb_task_is_canceled(sb_task_self()))
        return sb_fail(err, SB_ECANCELED, "cancelled");
    *guard_r = sb_guard_pause();
    return 0;
}

void sb_services_wait_end(struct sb_guard *guard)
{
    sb_guard_resume(guard);
}

/* ---- log, metrics ---- */

static void redact_one(char *text, const char *secret)
{
    size_t len = secret ? strlen(secret) : 0;

    if (len < SECRET_LEAST)
        return;
    for (char *at = text; (at = strstr(at, secret)); at += len)
        memset(at, '*', len);
}

void sb_services_redact(const struct sb_services *services, char *text)
{
    struct sb_option row;
    const char *value;

    for (size_t i = 0; sb_options_at(services->plugin, i, &row); i++) {
        if (!(row.flags & SB_OPTION_SECRET) || row.type != SB_OPTION_STRING)
            continue;
        memcpy(&value, (const char *)services->config + row.offset, sizeof(value));
        redact_one(text, value);
    }
}

static void service_log(void *self, int level, const char *sentence)
{
    struct sb_services *services = self;
    char *text =
        sb_utf8_clean(NULL, sentence, strnlen(sentence, SENTENCE_MAX), SENTENCE_MAX);

    if (level < SB_LOG_DEBUG || level > SB_LOG_ERROR)
        level = SB_LOG_INFO;
    sb_services_redact(services, text);
    sb_log((enum sb_log_level)level, "plugin", text,
           sb_str("plugin", services->plugin->name));
    talloc_free(text);
}

static void service_count(void *self, const char *name, double by)
{
    struct sb_services *services = self;
    char metric[160];
    int len = snprintf(metric, sizeof(metric), "switchboard_plugin_%s_%.64s",
                       services->plugin->name, name);

    for (int i = 0; i < len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_", metric[i]))
            metric[i] = '_';
    sb_count(metric, by);
}

/* ---- clocks, sleeping, tasks ---- */

static int64_t service_wall_ms(void *self)
{
    struct sb_services *services = self;

    return services->watch ? services->watch->now_ms : sb_clock_wall_ms();
}

static int64_t service_mono_ms(void *self)
{
    struct sb_services *services = self;

    return services->watch ? services->watch->now_ms : sb_clock_mono_ms();
}

static int service_sleep_ms(void *self, int64_t ms)
{
    struct sb_services *services = self;
    struct sb_guard *guard;
    int rc = sb_services_wait_begin(services, "sleep_ms", &guard, NULL);

    if (rc != 0)
        return rc;
    if (services->watch) {
        services->watch->now_ms += ms > 0 ? ms : 0;
        rc = sb_yield();
    } else {
        rc = sb_sleep(ms > 0 ? ms : 0);
    }
    sb_services_wait_end(guard);
    return rc;
}

static int service_offload(void *self, void (*fn)(void *arg), void *arg)
{
    struct sb_guard *guard;
    int rc = sb_services_wait_begin(self, "offload", &guard, NULL);

    if (rc != 0)
        return rc;
    rc = sb_offload(fn, arg);
    sb_services_wait_end(guard);
    return rc;
}

struct each {
    int (*fn)(void *arg, size_t index);
    void *arg;
    struct sb_instance *instance;
    const char *what;
};

static int each_one(void *arg, size_t index)
{
    struct each *each = arg;
    struct sb_guard guard;
    int rc;

    if (!each->instance)
        return each->fn(each->arg, index);
    sb_guard_enter(&guard, each->instance, each->what);
    rc = each->fn(each->arg, index);
    sb_guard_leave(&guard);
    return rc;
}

static int service_each(void *self, int (*fn)(void *arg, size_t index), void *arg,
                        size_t count, int parallel)
{
    struct each each = {.fn = fn, .arg = arg};
    struct sb_guard *guard;
    int rc = sb_services_wait_begin(self, "each", &guard, NULL);

    if (rc != 0)
        return rc;
    if (guard) {
        each.instance = guard->instance;
        each.what = guard->what;
    }
    if (parallel < 1)
        parallel = 1;
    rc = sb_each("plugin", each_one, &each, count,
                 parallel > PARALLEL_MAX ? PARALLEL_MAX : parallel);
    sb_services_wait_end(guard);
    return rc;
}

/* ---- cache ---- */

/* "<plugin>:<key>": one plugin's keys never meet another's. */
static char *own_key(const struct sb_services *services, const char *key)
{
    return talloc_asprintf(NULL, "%s:%.1000s", services->plugin->name, key);
}

static ssize_t service_cache_get(void *self, const char *key, void *out,
                                 size_t out_size)
{
    struct sb_services *services = self;
    char *own;
    ssize_t len;

    if (!services->cache)
        return -1;
    own = own_key(services, key);
    len = sb_cache_get(services->cache, own, service_mono_ms(self), out, out_size);
    talloc_free(own);
    return len;
}

static void service_cache_put(void *self, const char *key, const void *value,
                              size_t len, int ttl_ms)
{
    struct sb_services *services = self;
    char *own;

    if (!services->cache)
        return;
    own = own_key(services, key);
    sb_cache_put(services->cache, own, service_mono_ms(self), value, len, ttl_ms);
    talloc_free(own);
}

/* ---- random, digests, encodings ---- */

static void service_random(void *self, void *out, size_t len)
{
    (void)self;
    sb_random(out, len);
}

static size_t service_base64(const void *data, size_t len, char *out, size_t out_size)
{
    return sb_base64(data, len, out, out_size, false);
}

void sb_services_fill(struct sb_host *host, struct sb_services *services)
{
    *host = (struct sb_host){
        .size = sizeof(*host),
        .abi_major = SB_ABI_MAJOR,
        .abi_minor = SB_ABI_MINOR,
        .self = services,
        .log = service_log,
        .wall_ms = service_wall_ms,
        .mono_ms = service_mono_ms,
        .sleep_ms = service_sleep_ms,
        .random = service_random,
        .sha256 = sb_sha256,
        .hmac_sha256 = sb_hmac_sha256,
        .equal = sb_equal,
        .base64 = service_base64,
        .base64_decode = sb_base64_decode,
        .offload = service_offload,
        .cache_get = service_cache_get,
        .cache_put = service_cache_put,
        .count = service_count,
        .each = service_each,
    };
    sb_services_fill_http(host);
    sb_services_fill_json(host);
}
