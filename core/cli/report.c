/* SPDX-License-Identifier: Apache-2.0
 *
 * See report.h.
 */
#include "cli/report.h"

#include <stdio.h>
#include <string.h>

#include "cli/app.h"
#include "cli/flags.h"
#include "host/agent.h"
#include "store/knowledge.h"
#include "store/pg.h"
#include "store/report.h"

enum { ROWS = 50 };

/* One column of a list: the row's name for it, the heading and the width. */
struct column {
    const char *name, *heading;
    int width;
};

/* One line a row, whatever is in it. */
static void print_cell(const char *text, int width)
{
    char *line = talloc_strdup(NULL, text);
    char *padded;

    for (char *at = line; *at; at++)
        if (*at == '\n' || *at == '\t')
            *at = ' ';
    padded = talloc_asprintf(line, "  %-*s", width, line);
    sb_print(stdout, padded, strlen(padded));
    talloc_free(line);
}

static void print_list(const struct sb_rows *rows, const struct column *columns,
                       const char *none)
{
    if (!sb_rows_count(rows)) {
        printf("  %s\n", none);
        return;
    }
    for (const struct column *c = columns; c->name; c++)
        printf("  %-*s", c->width, c->heading);
    putchar('\n');
    for (size_t i = 0; i < sb_rows_count(rows); i++) {
        for (const struct column *c = columns; c->name; c++) {
            const char *text = sb_row_str(rows, i, c->name);

            print_cell(text ? text : "", c->width);
        }
        putchar('\n');
    }
}

static int list(struct sb_app *app, TALLOC_CTX *mem, const struct sb_agent *agent,
                enum sb_report which, const struct column *columns, const char *none)
{
    const struct sb_rows *rows;
    struct sb_err err = {0};

    if (sb_report(app->db, mem, which, agent->business->org, agent->id, ROWS, &rows,
                  &err))
        return sb_complain("%s", err.msg);
    print_list(rows, columns, none);
    return 0;
}

static const struct sb_agent *find(struct sb_app *app, TALLOC_CTX *mem, const char *ref)
{
    const struct sb_agent *agent = NULL;
    struct sb_err err = {0};

    if (sb_directory_agent(app->directory, mem, ref, &agent, &err))
        sb_complain("%s", err.msg);
    return agent;
}

int sb_report_leads(struct sb_app *app, TALLOC_CTX *mem, const char *ref)
{
    static const struct column columns[] = {
        {"created", "WHEN", 16}, {"score", "SCORE", 5},  {"state", "STATE", 8},
        {"name", "NAME", 20},    {"phone", "PHONE", 16}, {"email", "E-MAIL", 24},
        {"reason", "WANTS", 0},  {NULL, NULL, 0},
    };
    const struct sb_agent *agent = find(app, mem, ref);

    return agent ? list(app, mem, agent, SB_REPORT_LEADS, columns, "no leads yet") : 1;
}

int sb_report_pages(struct sb_app *app, TALLOC_CTX *mem, const char *ref)
{
    static const struct column columns[] = {
        {"created", "WHEN", 16},    {"level", "LEVEL", 5}, {"rule", "RULE", 20},
        {"delivered", "STATE", 10}, {"reason", "WHY", 0},  {NULL, NULL, 0},
    };
    const struct sb_agent *agent = find(app, mem, ref);

    return agent ? list(app, mem, agent, SB_REPORT_ESCALATIONS, columns,
                        "nobody was paged yet")
                 : 1;
}

static int list_contradictions(struct sb_app *app, TALLOC_CTX *mem,
                               const struct sb_agent *agent)
{
    const struct sb_kn_owner owner = {.org = agent->business->org, .agent = agent->id};
    struct sb_kn_contradiction *found;
    struct sb_err err = {0};
    size_t count;

    if (sb_kn_contradictions(app->db, mem, owner, &found, &count, &err))
        return sb_complain("%s", err.msg);
    if (!count)
        puts("  none");
    for (size_t i = 0; i < count; i++) {
        char *text = talloc_asprintf(
            mem, "  %s %s: \"%s\" (%s)\n    but \"%s\" (%s); the first is used%s%s\n",
            found[i].kind, found[i].subject, found[i].said, found[i].url,
            found[i].other_said, found[i].other_url, *found[i].why ? ": " : "",
            found[i].why);

        sb_print(stdout, text, strlen(text));
    }
    return 0;
}

int sb_report_knowledge(struct sb_app *app, TALLOC_CTX *mem, const char *ref)
{
    static const struct column sources[] = {
        {"url", "SOURCE", 40},   {"state", "STATE", 8},   {"read", "READ", 5},
        {"failed", "FAILED", 6}, {"chunks", "PIECES", 6}, {"finished", "WHEN", 16},
        {"error", "", 0},        {NULL, NULL, 0},
    };
    static const struct column failed[] = {{"url", "PAGE", 48},
                                           {"status", "HTTP", 5},
                                           {"reason", "WHY", 0},
                                           {NULL, NULL, 0}};
    static const struct column gaps[] = {{"times", "TIMES", 5},
                                         {"last_at", "LAST", 16},
                                         {"question", "QUESTION", 0},
                                         {NULL, NULL, 0}};
    const struct sb_agent *agent = find(app, mem, ref);
    int status;

    if (!agent)
        return 1;
    puts("Sources");
    status = list(app, mem, agent, SB_REPORT_SOURCES, sources, "no website yet");
    puts("\nPages that were not read");
    status |= list(app, mem, agent, SB_REPORT_FAILED, failed, "none");
    puts("\nPages that contradict each other");
    status |= list_contradictions(app, mem, agent);
    puts("\nQuestions without an answer");
    return status | list(app, mem, agent, SB_REPORT_GAPS, gaps, "none");
}
