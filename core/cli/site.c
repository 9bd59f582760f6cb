/* SPDX-License-Identifier: Apache-2.0
 *
 * See site.h.
 */
#include "cli/site.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/app.h"
#include "cli/config.h"
#include "cli/flags.h"
#include "host/template.h"
#include "know/onboard.h"
#include "store/events.h"

/* What is shown while a site is read, and told at the end. */
struct progress {
    bool live; /* standard error is a terminal */
    struct sb_crawl_status last;
};

static void on_progress(void *arg, const struct sb_crawl_status *status)
{
    struct progress *progress = arg;

    progress->last = *status;
    if (progress->live)
        fprintf(stderr, "\r\033[K  %d pages found, %d read, %d failed", status->found,
                status->read, status->failed);
}

static void tell_result(const struct progress *progress)
{
    const struct sb_crawl_status *status = &progress->last;

    fprintf(stderr, "%s  %d pages read, %d failed, %d pieces of knowledge",
            progress->live ? "\r\033[K" : "", status->read, status->failed,
            status->chunks);
    if (status->contradictions)
        fprintf(stderr, ", %d contradiction%s between pages", status->contradictions,
                status->contradictions == 1 ? "" : "s");
    fputc('\n', stderr);
}

static int check_vertical(const struct sb_app *app, TALLOC_CTX *mem,
                          const char *vertical)
{
    const char *const *names = sb_template_list(mem, app->vertical_dirs);
    char *all = talloc_strdup(mem, "");

    for (size_t i = 0; names[i]; i++) {
        if (vertical && !strcmp(names[i], vertical))
            return 0;
        all = talloc_asprintf_append(all, "%s%s", i ? ", " : "", names[i]);
    }
    return sb_complain("%s%s%s; there are: %s",
                       vertical ? "there is no industry \"" : "",
                       vertical ? vertical : "which industry is it? --vertical NAME",
                       vertical ? "\"" : "", all);
}

int sb_site_read(struct sb_app *app, TALLOC_CTX *mem, const struct sb_site_wish *wish,
                 const char **slug_r)
{
    struct progress progress = {.live = isatty(STDERR_FILENO)};
    const struct sb_onboard onboard = {
        .url = wish->url,
        .vertical = wish->vertical,
        .slug = wish->slug,
        .timezone = wish->timezone,
        .max_pages = wish->pages ? (int)strtol(wish->pages, NULL, 10) : 0,
        .progress = on_progress,
        .arg = &progress};
    struct sb_err err = {0};

    *slug_r = NULL;
    if (check_vertical(app, mem, wish->vertical))
        return 1;
    fprintf(stderr, "Reading %s\n", wish->url);
    if (sb_onboard_site(app->know, app->db, app->directory, mem, &onboard, slug_r,
                        &err)) {
        sb_complain("%s", err.msg);
        if (!*slug_r)
            return 1;
        fprintf(stderr,
                "The receptionist \"%s\" is there all the same and takes messages.\n",
                *slug_r);
    }
    tell_result(&progress);
    sb_events_publish(app->events, "agents", *slug_r);
    return 0;
}
