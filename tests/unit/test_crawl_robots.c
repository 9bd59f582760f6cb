/* SPDX-License-Identifier: Apache-2.0
 *
 * robots.txt: groups, the longest match, wildcards, and files that are none.
 */
#include <criterion/criterion.h>
#include <string.h>
#include "plugins/local/robots.h"

static bool allows(const char *text, const char *path)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct robots *robots =
        robots_parse(mem, text, strlen(text), "SwitchboardBot/1.0 (+https://e.com)");
    bool allowed = robots_allows(robots, path);

    talloc_free(mem);
    return allowed;
}

Test(robots, an_empty_file_allows_all)
{
    cr_assert(allows("", "/x"));
    cr_assert(allows("User-agent: *\nDisallow:\n", "/x"));
    cr_assert(allows("<html><body>Not found</body></html>", "/x"));
}

Test(robots, the_longest_match_wins_and_allow_wins_a_tie)
{
    const char *text = "User-agent: *\nDisallow: /p\nAllow: /page\nDisallow: /page/x\n";

    cr_assert(!allows(text, "/private"));
    cr_assert(allows(text, "/page"));
    cr_assert(!allows(text, "/page/x/y"));
    cr_assert(allows("User-agent: *\nDisallow: /a\nAllow: /a\n", "/a"));
    cr_assert(allows("User-agent: *\nAllow: /a\nDisallow: /a\n", "/a"));
}

Test(robots, our_own_group_replaces_the_general_one)
{
    const char *text = "User-agent: *\nDisallow: /\n\n"
                       "User-agent: googlebot\nUser-agent: switchboardBOT\n"
                       "Disallow: /cart\n\nUser-agent: other\nDisallow: /b\n";

    cr_assert(allows(text, "/rates"));
    cr_assert(!allows(text, "/cart"));
    cr_assert(allows(text, "/b"));
}

Test(robots, groups_for_us_are_joined)
{
    const char *text = "User-agent: SwitchboardBot\nDisallow: /a\n"
                       "User-agent: x\nDisallow: /c\n"
                       "User-agent: SwitchboardBot\nDisallow: /b\n";

    cr_assert(!allows(text, "/a"));
    cr_assert(!allows(text, "/b"));
    cr_assert(allows(text, "/c"));
}

Test(robots, a_name_that_only_contains_ours_is_another)
{
    cr_assert(allows("User-agent: SwitchboardBotNews\nDisallow: /\n", "/a"));
    cr_assert(!allows("User-agent: SwitchboardBot/2.1\nDisallow: /\n", "/a"));
}

Test(robots, wildcards_and_ends_are_understood)
{
    cr_assert(!allows("User-agent: *\nDisallow: /*.pdf$\n", "/docs/a.pdf"));
    cr_assert(allows("User-agent: *\nDisallow: /*.pdf$\n", "/docs/a.pdf?x=1"));
    cr_assert(!allows("User-agent: *\nDisallow: /*?print=\n", "/a/b?print=1"));
    cr_assert(!allows("User-agent: *\nDisallow: *\n", "/a"));
    cr_assert(!allows("User-agent: *\nDisallow: /a*b*c$\n", "/a-b-b-c-c"));
    cr_assert(allows("User-agent: *\nDisallow: /a*b*c$\n", "/a-b-b-c-d"));
    cr_assert(!allows("User-agent: *\nDisallow: /$\n", "/"));
    cr_assert(allows("User-agent: *\nDisallow: /$\n", "/a"));
    cr_assert(!allows("User-agent: *\nDisallow: /a*$\n", "/abc"));
}

Test(robots, encoding_does_not_hide_a_path)
{
    cr_assert(!allows("User-agent: *\nDisallow: /caf\xc3\xa9\n", "/caf%C3%A9"));
    cr_assert(!allows("User-agent: *\nDisallow: /%7ejoe\n", "/~joe"));
}

Test(robots, robots_txt_itself_is_always_allowed)
{
    cr_assert(allows("User-agent: *\nDisallow: /\n", "/robots.txt"));
}

Test(robots, line_ends_comments_and_a_byte_order_mark)
{
    const char *text = "\xef\xbb\xbfUser-Agent : * # everybody\r\rDISALLOW :/a # no\r"
                       "nonsense\r\nDisallow: /b\n";

    cr_assert(!allows(text, "/a"));
    cr_assert(!allows(text, "/b"));
    cr_assert(allows(text, "/c"));
}

Test(robots, delay_and_sitemaps_are_read)
{
    const char *text =
        "Sitemap: https://e.com/one.xml\nUser-agent: *\nCrawl-delay: 1.5\n"
        "Sitemap: /two.xml\n";
    TALLOC_CTX *mem = talloc_new(NULL);
    struct robots *robots = robots_parse(mem, text, strlen(text), "SwitchboardBot");

    cr_assert_eq(robots_delay_ms(robots), 1500);
    cr_assert_str_eq(robots_sitemaps(robots)[0], "https://e.com/one.xml");
    cr_assert_str_eq(robots_sitemaps(robots)[1], "/two.xml");
    cr_assert_null(robots_sitemaps(robots)[2]);
    talloc_free(mem);
}

Test(robots, delays_that_are_no_delays_are_ignored)
{
    static const char *const texts[] = {"Crawl-delay: nan", "Crawl-delay: -3",
                                        "Crawl-delay: soon", "Crawl-delay:"};

    for (size_t i = 0; i < 4; i++) {
        TALLOC_CTX *mem = talloc_new(NULL);
        char *text = talloc_asprintf(mem, "User-agent: *\n%s\n", texts[i]);
        struct robots *robots = robots_parse(mem, text, strlen(text), "SwitchboardBot");

        cr_assert_eq(robots_delay_ms(robots), 0, "%s", texts[i]);
        talloc_free(mem);
    }
}

Test(robots, nothing_allowed_when_it_cannot_be_had)
{
    TALLOC_CTX *mem = talloc_new(NULL);

    cr_assert(!robots_allows(robots_all(mem, false), "/a"));
    cr_assert(robots_allows(robots_all(mem, true), "/a"));
    talloc_free(mem);
}
