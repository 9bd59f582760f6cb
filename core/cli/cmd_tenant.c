/* SPDX-License-Identifier: Apache-2.0
 *
 * `switchboard tenant ...`: tenants in the database, to and from files.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/yaml.h"
#include "cli/app.h"
#include "cli/cmd.h"
#include "cli/flags.h"
#include "cli/report.h"
#include "cli/site.h"
#include "cli/tool.h"
#include "host/agent.h"
#include "store/events.h"
#include "store/tenants.h"

struct order {
    const char *verb, *what;
    struct sb_site_wish wish;
    bool yes;
};

static int fail(const struct sb_err *err)
{
    return sb_complain("%s", err->msg);
}

static int list(struct sb_app *app, TALLOC_CTX *mem, const struct order *order)
{
    struct sb_agent_row *rows;
    struct sb_err err = {0};
    size_t count;

    (void)order;
    if (sb_agent_rows(app->db, mem, &rows, &count, &err))
        return fail(&err);
    printf("%-24s %-16s %-6s %-5s %s\n", "AGENT", "VERTICAL", "FROM", "ON", "BUSINESS");
    for (size_t i = 0; i < count; i++) {
        printf("%-24s %-16s %-6s %-5s ", rows[i].slug, rows[i].vertical, rows[i].origin,
               rows[i].enabled ? "yes" : "no");
        sb_print(stdout, rows[i].org_name, strlen(rows[i].org_name));
        putchar('\n');
    }
    return 0;
}

/* The whole tenant in the form of a tenant file. */
static json_t *as_document(const struct sb_tenant_row *row, struct sb_err *err)
{
    json_t *document = NULL, *agents = json_array();

    if (sb_json_parse(row->config, strlen(row->config), &document, err)) {
        json_decref(agents);
        return NULL;
    }
    for (size_t i = 0; i < row->agent_count; i++) {
        json_t *agent = NULL;

        if (sb_json_parse(row->agents[i].config, strlen(row->agents[i].config), &agent,
                          err) == 0)
            json_array_append_new(agents, agent);
    }
    json_object_set_new(document, "agents", agents);
    return document;
}

/* Secrets leave the machine only when asked for by the file that holds them. */
static void hide_secret(json_t *document)
{
    json_t *business = json_object_get(document, "business");

    if (*sb_json_str(business, "identity_secret"))
        json_object_set_new(business, "identity_secret", json_string(""));
}

static int export(struct sb_app *app, TALLOC_CTX *mem, const struct order *order)
{
    struct sb_tenant_row row;
    struct sb_err err = {0};
    json_t *document;

    if (sb_tenant_get(app->db, mem, order->what, &row, &err))
        return fail(&err);
    document = as_document(&row, &err);
    if (!document)
        return fail(&err);
    hide_secret(document);
    fputs(sb_yaml_dump(mem, document), stdout);
    json_decref(document);
    return 0;
}

static int import(struct sb_app *app, TALLOC_CTX *mem, const struct order *order)
{
    struct sb_yaml *root;
    struct sb_err err = {0};
    const char *slug;
    bool changed;

    if (sb_yaml_load(mem, order->what, &root, &err) ||
        sb_app_put_tenant(app, mem, root, "api", &slug, &changed, &err))
        return fail(&err);
    printf("%s: %s\n", slug, changed ? "imported" : "unchanged");
    return 0;
}

static int add(struct sb_app *app, TALLOC_CTX *mem, const struct order *order)
{
    struct sb_site_wish wish = order->wish;
    const char *slug;

    wish.url = order->what;
    if (sb_site_read(app, mem, &wish, &slug))
        return 1;
    printf("%s\n", slug);
    fprintf(stderr, "Its chat page: /chat/%s\n", slug);
    return 0;
}

static int delete (struct sb_app *app, TALLOC_CTX *mem, const struct order *order)
{
    struct sb_err err = {0};

    (void)mem;
    if (!order->yes)
        return sb_complain(
            "this deletes \"%s\" with its conversations, leads and pages; "
            "say --yes if you mean it",
            order->what);
    if (sb_tenant_delete(app->db, order->what, &err))
        return fail(&err);
    sb_events_publish(app->events, "agents", "");
    printf("%s: deleted\n", order->what);
    return 0;
}

static int leads(struct sb_app *app, TALLOC_CTX *mem, const struct order *order)
{
    return sb_report_leads(app, mem, order->what);
}

static int pages(struct sb_app *app, TALLOC_CTX *mem, const struct order *order)
{
    return sb_report_pages(app, mem, order->what);
}

static int knowledge(struct sb_app *app, TALLOC_CTX *mem, const struct order *order)
{
    return sb_report_knowledge(app, mem, order->what);
}

static const struct verb {
    const char *name;
    int (*run)(struct sb_app *app, TALLOC_CTX *mem, const struct order *order);
    bool wants_what;
} verbs[] = {
    {"list", list, false},    {"export", export, true}, {"show", export, true},
    {"import", import, true}, {"add", add, true},       {"delete", delete, true},
    {"leads", leads, true},   {"pages", pages, true},   {"knowledge", knowledge, true},
};
enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static int run(struct sb_app *app, void *arg)
{
    const struct order *order = arg;
    TALLOC_CTX *mem = talloc_new(NULL);
    int status = 2;

    for (size_t i = 0; i < VERBS; i++)
        if (!strcmp(verbs[i].name, order->verb))
            status = verbs[i].run(app, mem, order);
    talloc_free(mem);
    return status;
}

static int check_order(void *arg)
{
    const struct order *order = arg;
    const char *names[VERBS + 1] = {NULL}, *near;

    for (size_t i = 0; i < VERBS; i++) {
        names[i] = verbs[i].name;
        if (strcmp(verbs[i].name, order->verb))
            continue;
        if (verbs[i].wants_what && !order->what)
            return sb_complain("tenant %s: of which? (--help tells more)", order->verb),
                   2;
        return 0;
    }
    near = sb_text_nearest(order->verb, names);
    sb_complain("tenant: there is no \"%s\"%s%s%s", order->verb,
                near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return 2;
}

int sb_cmd_tenant(int argc, char **argv)
{
    struct order order = {0};
    const struct sb_flag own[] = {
        {.name = "vertical",
         .value = "NAME",
         .help = "add: the industry",
         .text = &order.wish.vertical},
        {.name = "slug",
         .value = "NAME",
         .help = "add: the name in addresses",
         .text = &order.wish.slug},
        {.name = "timezone",
         .value = "ZONE",
         .help = "add: where the business is",
         .text = &order.wish.timezone},
        {.name = "pages",
         .value = "N",
         .help = "add: read at most so many pages",
         .text = &order.wish.pages},
        {.name = "yes", .help = "delete: I mean it", .given = &order.yes},
        {.name = NULL},
    };
    const struct sb_tool tool = {
        .usage = {.synopsis =
                      "switchboard tenant list | show T | export T | import FILE | "
                      "add URL --vertical V | delete T --yes",
                  .about =
                      "Tenants in the database. T is a tenant's slug or id. export "
                      "writes the "
                      "YAML that\nimport reads; add makes a tenant from a website.",
                  .flags = own,
                  .min_args = 1,
                  .max_args = 2},
        .args = {&order.verb, &order.what},
        .check = check_order,
        .run = run,
        .arg = &order,
    };

    return sb_tool_main(argc, argv, &tool);
}
