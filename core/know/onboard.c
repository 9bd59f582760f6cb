/* SPDX-License-Identifier: Apache-2.0
 *
 * See onboard.h. The tenant exists before the site is read, so whatever happens there
 * is somebody who takes messages; what the site says of itself is put in afterwards.
 */
#include "know/onboard.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "base/zone.h"
#include "host/agent.h"
#include "store/tenants.h"

enum { PAGES = 200 };

struct making {
    struct sb_know *know;
    struct sb_db *db;
    struct sb_directory *directory;
    TALLOC_CTX *mem;
    const struct sb_onboard *wish;
    const char *slug, *site;
    json_t *business; /* what is known of it so far */
};

/* "https://www.acme-plumbing.example/x" -> "acme-plumbing.example" */
static const char *host_of(TALLOC_CTX *mem, const char *url)
{
    const char *start = strstr(url, "://");
    char *host;

    start = start ? start + 3 : url;
    if (!strncasecmp(start, "www.", 4))
        start += 4;
    host = talloc_strndup(mem, start, strcspn(start, "/?#"));
    for (char *p = host; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return host;
}

/* This machine's zone: a business is usually where its server is installed, and the
 * tenant can say otherwise. */
static const char *machine_zone(TALLOC_CTX *mem)
{
    const char *tz = getenv("TZ");
    char link[256];
    ssize_t len = readlink("/etc/localtime", link, sizeof(link) - 1);

    if (tz && *tz && sb_zone_find(tz))
        return talloc_strdup(mem, tz);
    if (len > 0) {
        const char *name;

        link[len] = '\0';
        name = strstr(link, "zoneinfo/");
        if (name && sb_zone_find(name + 9))
            return talloc_strdup(mem, name + 9);
    }
    return "UTC";
}

/* ---- the rows ---- */

static int put_tenant(const struct making *m, struct sb_err *err)
{
    json_t *config =
        json_pack("{s:s, s:O}", "tenant", m->slug, "business", m->business);
    json_t *agent =
        json_pack("{s:s, s:s}", "slug", m->slug, "vertical", m->wish->vertical);
    struct sb_agent_row agents[] = {{.slug = m->slug,
                                     .name = "",
                                     .vertical = m->wish->vertical,
                                     .config = sb_json_text(m->mem, agent, true)}};
    const struct sb_tenant_row row = {.slug = m->slug,
                                      .name = sb_json_str(m->business, "name"),
                                      .config = sb_json_text(m->mem, config, true),
                                      .origin = "api",
                                      .hash = "",
                                      .enabled = true,
                                      .agents = agents,
                                      .agent_count = 1};
    int code = sb_tenant_put(m->db, m->mem, &row, NULL, err);

    json_decref(config);
    json_decref(agent);
    if (!code)
        sb_directory_forget(m->directory, NULL);
    return code;
}

/* Takes a plain text member over from what the site says. */
static void take(struct making *m, const json_t *facts, const char *key)
{
    const char *value = sb_json_str(facts, key);

    if (*value)
        json_object_set_new(m->business, key, json_string(value));
}

/* A tenant that exists keeps what its owner configured; the site fills gaps only. */
static int load_existing(struct making *m, struct sb_err *err)
{
    struct sb_tenant_row row;
    json_t *config = NULL;
    struct sb_err missing = {0};
    int code = sb_tenant_get(m->db, m->mem, m->slug, &row, &missing);

    if (code == SB_ENOTFOUND)
        return 0;
    if (code)
        return sb_fail(err, code, "%s", missing.msg);
    code = sb_json_parse(row.config, strlen(row.config), &config, err);
    if (!code) {
        json_object_update(m->business, json_object_get(config, "business"));
        json_decref(config);
    }
    return code;
}

static int take_facts(struct making *m, const struct sb_agent *agent,
                      struct sb_err *err)
{
    static const char *const texts[] = {"name", "phone", "email", "address"};
    json_t *facts = NULL, *hours, *holidays, *area;
    char *text;
    int code = sb_know_facts(m->know, m->mem, agent, &text, err);

    if (!code)
        code = sb_json_parse(text, strlen(text), &facts, err);
    if (code)
        return code;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        take(m, facts, texts[i]);
    hours = json_object_get(facts, "hours");
    if (json_is_object(hours) && json_object_size(hours))
        json_object_set(m->business, "hours", hours);
    holidays = json_object_get(facts, "holidays");
    if (json_is_array(holidays) && json_array_size(holidays) &&
        !json_object_get(m->business, "holidays"))
        json_object_set(m->business, "holidays", holidays);
    area = json_object_get(facts, "service_area");
    if (json_is_array(area) && json_array_size(area))
        json_object_set(m->business, "service_area", area);
    json_decref(facts);
    return put_tenant(m, err);
}

/* ---- the way through ---- */

static int begin(struct making *m, struct sb_err *err)
{
    const char *host = host_of(m->mem, m->wish->url);

    if (!strstr(m->wish->url, "://") || !*host)
        return sb_fail(err, SB_EINVAL, "\"%s\" is no website's address", m->wish->url);
    m->slug = m->wish->slug ? m->wish->slug : sb_text_slug(m->mem, host);
    if (!*m->slug)
        return sb_fail(err, SB_EINVAL, "give the receptionist a name with --slug");
    m->business =
        json_pack("{s:s, s:s, s:s}", "name", host, "website", m->wish->url, "timezone",
                  m->wish->timezone ? m->wish->timezone : machine_zone(m->mem));
    return load_existing(m, err);
}

static int read_site(struct making *m, const struct sb_agent *agent, struct sb_err *err)
{
    int pages = m->wish->max_pages ? m->wish->max_pages : PAGES;
    char source[37];
    int code = sb_know_add_site(m->know, agent, m->wish->url, pages, source, err);

    return code ? code
                : sb_know_crawl(m->know, agent, source, m->wish->progress, m->wish->arg,
                                err);
}

int sb_onboard_site(struct sb_know *know, struct sb_db *db,
                    struct sb_directory *directory, TALLOC_CTX *mem,
                    const struct sb_onboard *wish, const char **slug_r,
                    struct sb_err *err)
{
    struct making m = {
        .know = know, .db = db, .directory = directory, .mem = mem, .wish = wish};
    const struct sb_agent *agent = NULL;
    int code = begin(&m, err);

    if (!code)
        code = put_tenant(&m, err);
    if (!code)
        code = sb_directory_agent(directory, mem, m.slug, &agent, err);
    if (!code) {
        *slug_r = m.slug;
        code = sb_know_sync_faqs(know, agent, err);
    }
    if (!code)
        code = read_site(&m, agent, err);
    if (!code)
        code = take_facts(&m, agent, err);
    json_decref(m.business);
    return code;
}
