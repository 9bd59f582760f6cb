/* SPDX-License-Identifier: Apache-2.0
 *
 * The agents of a worker, bound once and kept. An entry is asked for again after a
 * while, or at once when an event says that something changed; whoever holds an agent
 * keeps it through a talloc reference, so a change never pulls it away.
 */
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/yaml.h"
#include "host/agent.h"
#include "host/tenant.h"
#include "store/tenants.h"

enum { FRESH_MS = 30 * 1000, MAX_ENTRIES = 2000 };

struct entry {
    struct entry *next;
    struct sb_agent *agent; /* child of the entry's own context */
    int64_t loaded_ms, used_ms;
};

struct sb_directory {
    struct sb_db *db;
    struct sb_plugins *plugins;
    const char *const *vertical_dirs;
    struct entry *first;
    size_t count;
};

struct sb_directory *sb_directory_new(TALLOC_CTX *mem, struct sb_db *db,
                                      struct sb_plugins *plugins,
                                      const char *const *vertical_dirs)
{
    struct sb_directory *directory = talloc_zero(mem, struct sb_directory);

    directory->db = db;
    directory->plugins = plugins;
    directory->vertical_dirs = vertical_dirs;
    return directory;
}

/* ---- binding a row ---- */

static int parse_config(TALLOC_CTX *mem, const char *what, const char *text,
                        struct sb_yaml **node_r, struct sb_err *err)
{
    json_t *json = NULL;
    int code = sb_json_parse(text, strlen(text), &json, err);

    if (code)
        return code;
    *node_r = sb_yaml_from_json(mem, what, json);
    json_decref(json);
    return 0;
}

static int make_chains(struct sb_agent *agent, struct sb_plugins *plugins,
                       const struct sb_agent_conf *conf, struct sb_err *err)
{
    const struct {
        const char *role;
        const char *const *names;
        struct sb_chain **chain;
    } roles[] = {
        {SB_ROLE_LLM, conf->llm, &agent->llm},
        {SB_ROLE_EMBED, conf->embed, &agent->embed},
        {SB_ROLE_SEARCH, conf->search, &agent->search},
        {SB_ROLE_CRAWL, conf->crawl, &agent->crawl},
    };

    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        int code = sb_chain_new(agent, plugins, roles[i].role, roles[i].names,
                                roles[i].chain, err);

        if (code)
            return code;
    }
    return 0;
}

static int bind_business(struct sb_agent *agent, const struct sb_agent_row *row,
                         struct sb_err *err)
{
    struct sb_business *business = talloc_zero(agent, struct sb_business);
    struct sb_yaml *config;
    int code = parse_config(agent, row->org_slug, row->org_config, &config, err);

    if (!code)
        code = sb_business_bind(agent, sb_yaml_get(config, "business"), business, err);
    if (!code)
        code = sb_stated_bind(agent, config, business, err);
    business->org = talloc_strdup(agent, row->org);
    business->slug = talloc_strdup(agent, row->org_slug);
    agent->business = business;
    return code;
}

static int bind_template(struct sb_agent *agent, const struct sb_directory *directory,
                         const struct sb_agent_conf *conf, struct sb_err *err)
{
    json_t *overrides = conf->overrides ? sb_yaml_to_json(conf->overrides) : NULL;
    int code = sb_template_load(agent, directory->vertical_dirs, conf->vertical,
                                overrides, &agent->tpl, err);

    json_decref(overrides);
    return code;
}

static int bind_agent(struct sb_directory *directory, struct sb_agent *agent,
                      const struct sb_agent_row *row, struct sb_err *err)
{
    struct sb_agent_conf conf;
    struct sb_yaml *config;
    int code = parse_config(agent, row->slug, row->config, &config, err);

    if (!code)
        code = sb_agent_conf_bind(agent, config, &conf, err);
    if (!code)
        code = bind_business(agent, row, err);
    if (!code)
        code = bind_template(agent, directory, &conf, err);
    if (!code)
        code = make_chains(agent, directory->plugins, &conf, err);
    if (code)
        return code;
    agent->id = talloc_strdup(agent, row->id);
    agent->slug = talloc_strdup(agent, row->slug);
    agent->vertical = conf.vertical;
    agent->name = *conf.name ? conf.name : agent->tpl->agent_name;
    agent->domains = conf.domains;
    agent->color = conf.color;
    agent->threshold = conf.threshold;
    agent->version = row->version;
    agent->hooks =
        sb_host_vertical(directory->plugins, conf.vertical, &agent->hooks_state);
    return 0;
}

/* ---- the cache ---- */

static void drop(struct sb_directory *directory, struct entry **link)
{
    struct entry *entry = *link;

    *link = entry->next;
    directory->count--;
    talloc_unlink(directory, entry->agent);
    talloc_free(entry);
}

void sb_directory_forget(struct sb_directory *directory, const char *agent_id)
{
    struct entry **link = &directory->first;

    while (*link) {
        if (!agent_id || !strcmp((*link)->agent->id, agent_id))
            drop(directory, link);
        else
            link = &(*link)->next;
    }
}

static struct entry *find(struct sb_directory *directory, const char *ref)
{
    for (struct entry *e = directory->first; e; e = e->next)
        if (!strcmp(e->agent->slug, ref) || !strcmp(e->agent->id, ref))
            return e;
    return NULL;
}

static void drop_oldest(struct sb_directory *directory)
{
    struct entry **oldest = &directory->first;

    for (struct entry **link = &directory->first; *link; link = &(*link)->next)
        if ((*link)->used_ms < (*oldest)->used_ms)
            oldest = link;
    drop(directory, oldest);
}

static void keep(struct sb_directory *directory, struct sb_agent *agent)
{
    struct entry *entry = talloc_zero(directory, struct entry);

    sb_directory_forget(directory, agent->id); /* somebody else may have loaded it */
    if (directory->count >= MAX_ENTRIES)
        drop_oldest(directory);
    entry->agent = talloc_steal(directory, agent);
    entry->loaded_ms = entry->used_ms = sb_clock_mono_ms();
    entry->next = directory->first;
    directory->first = entry;
    directory->count++;
}

/* [suspends] */
static int load(struct sb_directory *directory, const char *ref, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_agent *agent = talloc_zero(mem, struct sb_agent);
    struct sb_agent_row row;
    int code = sb_agent_row(directory->db, mem, ref, &row, err);

    if (!code && !row.enabled)
        code =
            sb_fail(err, SB_ENOTFOUND, "the receptionist \"%s\" is switched off", ref);
    if (!code)
        code = bind_agent(directory, agent, &row, err);
    if (!code)
        keep(directory, agent);
    talloc_free(mem);
    return code;
}

int sb_directory_agent(struct sb_directory *directory, TALLOC_CTX *mem, const char *ref,
                       const struct sb_agent **agent_r, struct sb_err *err)
{
    struct entry *entry = find(directory, ref);
    int64_t now = sb_clock_mono_ms();

    if (!*ref || strlen(ref) > 63)
        return sb_fail(err, SB_ENOTFOUND, "there is no such receptionist");
    if (!entry || now - entry->loaded_ms > FRESH_MS) {
        int code = load(directory, ref, err);

        /* With the database away, what we knew still answers. */
        if (code && (code != SB_EUNAVAILABLE || !entry))
            return code;
        entry = find(directory, ref);
        if (!entry)
            return sb_fail(err, SB_EUNAVAILABLE, "the receptionist is being changed");
    }
    entry->used_ms = now;
    talloc_reference(mem, entry->agent);
    *agent_r = entry->agent;
    return 0;
}
