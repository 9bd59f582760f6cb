/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP for plugins, over the client. A plugin reaches the hosts that its descriptor
 * declares and those that the operator wrote into its options, no others.
 */
#include "host/services.h"

#include <string.h>
#include <strings.h>

#include "host/guard.h"
#include "host/instance.h"
#include "host/options.h"
#include "net/client.h"

#define HOST_MAX 255

/* The host part of an http or https URL, lower case is not needed. */
static bool host_of(const char *url, char out[HOST_MAX + 1])
{
    const char *at, *end, *user;
    size_t len;

    if (strncasecmp(url, "https://", 8) == 0)
        at = url + 8;
    else if (strncasecmp(url, "http://", 7) == 0)
        at = url + 7;
    else
        return false;
    end = at + strcspn(at, "/?#\\");
    for (user = at; (user = memchr(user, '@', (size_t)(end - user))); user++)
        at = user + 1;
    if (*at == '[')
        len = strcspn(at, "]") + 1;
    else
        len = strcspn(at, ":/?#\\");
    if (len == 0 || len > HOST_MAX || len > (size_t)(end - at))
        return false;
    memcpy(out, at, len);
    out[len] = '\0';
    return true;
}

/* "api.example.com", or "*.example.com" for what is below it. */
static bool matches(const char *pattern, const char *host)
{
    size_t host_len = strlen(host), tail;

    if (strcmp(pattern, "*") == 0 || strcasecmp(pattern, host) == 0)
        return true;
    if (strncmp(pattern, "*.", 2) != 0)
        return false;
    tail = strlen(pattern + 1);
    return host_len > tail && strcasecmp(host + host_len - tail, pattern + 1) == 0;
}

static bool is_declared(const struct sb_plugin *plugin, const char *host)
{
    for (const char *const *at = plugin->hosts; at && *at; at++)
        if (matches(*at, host))
            return true;
    return false;
}

/* An address that the operator gave in an option is as good as a declared one. */
static bool is_configured(const struct sb_services *services, const char *host)
{
    struct sb_option row;
    const char *value;
    char given[HOST_MAX + 1];

    for (size_t i = 0; sb_options_at(services->plugin, i, &row); i++) {
        if (row.type != SB_OPTION_STRING || (row.flags & SB_OPTION_SECRET))
            continue;
        memcpy(&value, (const char *)services->config + row.offset, sizeof(value));
        if (value && host_of(value, given) && strcasecmp(given, host) == 0)
            return true;
    }
    return false;
}

static int check_host(const struct sb_services *services, const char *url,
                      struct sb_err *err)
{
    char host[HOST_MAX + 1];

    if (!services->plugin->hosts)
        return sb_fail(
            err, SB_EREFUSED,
            "plugin %s declares no network hosts, so it may not make requests",
            services->plugin->name);
    if (!url || !host_of(url, host))
        return sb_fail(err, SB_EINVAL,
                       "plugin %s asked for something that is not an http "
                       "or https address",
                       services->plugin->name);
    if (is_declared(services->plugin, host) || is_configured(services, host))
        return 0;
    return sb_fail(err, SB_EREFUSED,
                   "plugin %s may not talk to %s: it is not among the hosts that it "
                   "declares, nor in its options",
                   services->plugin->name, host);
}

static bool is_loopback(const char *url)
{
    char host[HOST_MAX + 1];

    return host_of(url, host) && strcmp(host, "127.0.0.1") == 0;
}

static void cut(int *limit, int fallback, int most)
{
    if (*limit == 0)
        *limit = fallback;
    if (*limit > most)
        *limit = most;
}

static int service_http_open(void *self, const struct sb_http_request *request,
                             struct sb_http **http_r, struct sb_err *err)
{
    struct sb_services *services = self;
    struct sb_http_request ours = {0};
    struct sb_guard *guard;
    int rc;

    memcpy(&ours, request, request->size < sizeof(ours) ? request->size : sizeof(ours));
    ours.size = sizeof(ours);
    rc = check_host(services, ours.url, err);
    if (rc != 0)
        return rc;
    if (!services->client)
        return sb_fail(err, SB_EUNAVAILABLE, "there is no network here");
    if (services->watch) {
        services->watch->requests++;
        if (!is_loopback(ours.url))
            return sb_fail(err, SB_EUNAVAILABLE, "there is no network in the check");
        cut(&ours.connect_ms, 10000, services->watch->max_wait_ms);
        cut(&ours.first_byte_ms, 30000, services->watch->max_wait_ms);
        cut(&ours.idle_ms, 30000, services->watch->max_wait_ms);
        cut(&ours.total_ms, 120000, 4 * services->watch->max_wait_ms);
    }
    rc = sb_services_wait_begin(services, "http_open", &guard, err);
    if (rc != 0)
        return rc;
    rc = sb_client_open(services->client, &ours, http_r, err);
    sb_services_wait_end(guard);
    if (rc == 0 && services->watch)
        services->watch->open_answers++;
    return rc;
}

/* The reading services have no `self`: the call that runs knows its instance. */
static struct sb_services *running(void)
{
    struct sb_guard *guard = sb_guard_current();

    return guard ? sb_instance_services(guard->instance) : NULL;
}

static ssize_t service_http_read(struct sb_http *http, void *buf, size_t len,
                                 struct sb_err *err)
{
    struct sb_guard *guard;
    ssize_t n = sb_services_wait_begin(running(), "http_read", &guard, err);

    if (n != 0)
        return n;
    n = sb_http_read(http, buf, len, err);
    sb_services_wait_end(guard);
    return n;
}

static int service_http_event(struct sb_http *http, struct sb_sse_event *event,
                              struct sb_err *err)
{
    struct sb_guard *guard;
    int rc = sb_services_wait_begin(running(), "http_event", &guard, err);

    if (rc != 0)
        return rc;
    rc = sb_http_event(http, event, err);
    sb_services_wait_end(guard);
    return rc;
}

static int service_http_body(struct sb_http *http, const char **body_r, size_t *len_r,
                             struct sb_err *err)
{
    struct sb_guard *guard;
    int rc = sb_services_wait_begin(running(), "http_body", &guard, err);

    if (rc != 0)
        return rc;
    rc = sb_http_body(http, body_r, len_r, err);
    sb_services_wait_end(guard);
    return rc;
}

static void service_http_close(struct sb_http *http)
{
    struct sb_services *services = running();

    if (http && services && services->watch)
        services->watch->open_answers--;
    sb_http_close(http);
}

void sb_services_fill_http(struct sb_host *host)
{
    host->http_open = service_http_open;
    host->http_status = sb_http_status;
    host->http_header = sb_http_header;
    host->http_url = sb_http_url;
    host->http_read = service_http_read;
    host->http_event = service_http_event;
    host->http_body = service_http_body;
    host->http_close = service_http_close;
}
