/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of services that an instance is given, over the core. One of these per
 * instance: it is the `self` of every service.
 */
#ifndef SB_HOST_SERVICES_H
#define SB_HOST_SERVICES_H

#include <stdbool.h>
#include <stdint.h>
#include <switchboard/plugin.h>

struct sb_cache;
struct sb_client;

/* What the conformance check changes: a clock of its own, and a look at each moment in
 * which a plugin is about to wait. */
struct sb_services_watch {
    int64_t now_ms;  /* virtual: only sleep_ms() moves it */
    int max_wait_ms; /* limits of HTTP requests are cut down to this */
    void (*before_wait)(void *arg);
    void *arg;
    int requests;     /* http_open() so far */
    int open_answers; /* without http_close() so far */
    int open_documents;
};

struct sb_services {
    const struct sb_plugin *plugin;
    const void *config;
    struct sb_client *client;        /* NULL: no HTTP here */
    struct sb_cache *cache;          /* NULL: nothing is kept */
    struct sb_services_watch *watch; /* NULL but in the check */
};

/* Fills `host` with the services; `services` must live as long. */
void sb_services_fill(struct sb_host *host, struct sb_services *services);
/* Replaces the values of secret options in `text` by asterisks. */
void sb_services_redact(const struct sb_services *services, char *text);

/* ---- for the files that implement services ---- */

/* A service that may wait begins; SB_EINVAL outside of a task. */
struct sb_guard;
int sb_services_wait_begin(struct sb_services *services, const char *service,
                           struct sb_guard **guard_r, struct sb_err *err);
void sb_services_wait_end(struct sb_guard *guard);
void sb_services_fill_http(struct sb_host *host);
void sb_services_fill_json(struct sb_host *host);

#endif
