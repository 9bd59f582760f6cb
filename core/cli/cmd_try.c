/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/app.h"
#include "cli/cmd.h"
#include "cli/site.h"
#include "cli/terminal.h"
#include "cli/tool.h"

static int try_site(struct sb_app *app, void *arg)
{
    const struct sb_site_wish *wish = arg;
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    const char *slug;
    int status = sb_site_read(app, mem, wish, &slug);

    if (!status && sb_terminal_chat(app, slug, &err))
        status = sb_complain("%s", err.msg);
    talloc_free(mem);
    return status;
}

int sb_cmd_try(int argc, char **argv)
{
    struct sb_site_wish wish = {0};
    const struct sb_flag own[] = {
        {.name = "vertical",
         .value = "NAME",
         .help = "its industry: golf, home_services ...",
         .text = &wish.vertical},
        {.name = "slug",
         .value = "NAME",
         .help = "what to call the receptionist in addresses",
         .text = &wish.slug},
        {.name = "timezone",
         .value = "ZONE",
         .help = "where the business is (IANA name)",
         .text = &wish.timezone},
        {.name = "pages",
         .value = "N",
         .help = "read at most so many pages (200)",
         .text = &wish.pages},
        {.name = NULL},
    };
    const struct sb_tool tool = {
        .usage = {.synopsis = "switchboard try URL --vertical NAME",
                  .about =
                      "Reads a website, makes a receptionist that knows it, and talks "
                      "to it here.\nWorks beside a running server or without one. "
                      "/quit ends.",
                  .flags = own,
                  .min_args = 1,
                  .max_args = 1},
        .args = {&wish.url},
        .run = try_site,
        .arg = &wish,
    };

    return sb_tool_main(argc, argv, &tool);
}
