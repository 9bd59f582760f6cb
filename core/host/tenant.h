/* SPDX-License-Identifier: Apache-2.0
 *
 * A tenant's own description: the same shape in a YAML file, in the database (as
 * JSON) and in what `switchboard tenant export` writes. This file checks it and binds
 * it; errors name file, line, column and the nearest valid key.
 *
 *     tenant: fox-hollow
 *     business: {name: ..., timezone: ..., hours: {mon: "07:00-19:00"}, ...}
 *     agents:
 *       - {slug: fox-hollow, vertical: golf, roles: {llm: [local]}}
 *     faqs:  [{q: ..., a: ..., also: [...]}]
 *     facts: [{subject: ..., value: ...}]
 *     pages: [{title: ..., text: ...}]
 */
#ifndef SB_HOST_TENANT_H
#define SB_HOST_TENANT_H

#include <jansson.h>
#include "host/agent.h"

struct sb_buf;
struct sb_yaml;

/* One receptionist as configured; names of plugins, not yet chains. */
struct sb_agent_conf {
    const char *slug, *name, *vertical, *color;
    const char **domains;
    double threshold;
    const char *const *llm, *const *embed, *const *search, *const *crawl;
    const struct sb_yaml *overrides; /* or NULL */
    const struct sb_yaml *node;      /* where it stands */
};

struct sb_tenant {
    const char *slug;
    struct sb_business business; /* without org */
    struct sb_agent_conf *agents;
    size_t agent_count;
    json_t
        *config; /* all but the agents, for the organisation's row; freed with `mem` */
};

/* Binds and checks a whole tenant. Everything lives on `mem`. */
int sb_tenant_parse(TALLOC_CTX *mem, const struct sb_yaml *root,
                    struct sb_tenant **tenant_r, struct sb_err *err);
/* The parts on their own, as the directory reads them from rows. */
int sb_business_bind(TALLOC_CTX *mem, const struct sb_yaml *map,
                     struct sb_business *business, struct sb_err *err);
/* What the tenant states itself: the sections faqs, facts and pages of `root`, checked
 * with their places. */
int sb_stated_bind(TALLOC_CTX *mem, const struct sb_yaml *root,
                   struct sb_business *business, struct sb_err *err);
int sb_agent_conf_bind(TALLOC_CTX *mem, const struct sb_yaml *map,
                       struct sb_agent_conf *conf, struct sb_err *err);
/* A tenant's keys and those of its section `business`, for the reference page. */
void sb_business_reference(struct sb_buf *out);
void sb_tenant_reference(struct sb_buf *out);

#endif
