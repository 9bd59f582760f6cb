/* SPDX-License-Identifier: Apache-2.0
 *
 * What the crawler reads from a page, and which of it is worth a visit.
 */
#include <criterion/criterion.h>
#include <string.h>
#include "plugins/local/frontier.h"
#include "plugins/local/links.h"

static TALLOC_CTX *mem;

static void setup(void)
{
    mem = talloc_new(NULL);
}

static void teardown(void)
{
    talloc_free(mem);
}

TestSuite(links, .init = setup, .fini = teardown);
TestSuite(frontier, .init = setup, .fini = teardown);

static struct links *read_page(const char *html)
{
    return links_read(mem, "https://e.com/dir/page", html, strlen(html), 100);
}

Test(links, anchors_are_resolved)
{
    struct links *links =
        read_page("<a href='rates.html'>x</a><A HREF=/b?c=1&amp;d=2>y</A>"
                  "<area href=\"//e.com/z\"><a name=x>no</a><a href='#top'>no</a>"
                  "<a href='mailto:a@b'>no</a>");

    cr_assert_eq(links->count, 3);
    cr_assert_str_eq(links->found[0].url, "https://e.com/dir/rates.html");
    cr_assert_str_eq(links->found[1].url, "https://e.com/b?c=1&d=2");
    cr_assert_str_eq(links->found[2].url, "https://e.com/z");
}

Test(links, base_nofollow_and_hidden_places)
{
    struct links *links = read_page(
        "<base href='https://e.com/other/'><a href=a>x</a><a rel='nofollow' "
        "href=b>y</a>"
        "<!-- <a href=c>z</a> --><template><a href=d>z</a></template>"
        "<script>document.write('<a href=e>')</script><textarea><a href=f></textarea>");

    cr_assert_eq(links->count, 1);
    cr_assert_str_eq(links->found[0].url, "https://e.com/other/a");
}

Test(links, a_menu_built_by_a_script_is_guessed_at)
{
    struct links *links = read_page(
        "<script>var menu=[{label:'Rates',href:'/rates.html'},{\"url\": \"/events/\"}];"
        "var x='/not/named'; var src = '/a/b.png';</script>"
        "<div onclick=\"location.href='/lessons'\">Lessons</div>");

    cr_assert_eq(links->count, 3);
    cr_assert_str_eq(links->found[0].url, "https://e.com/rates.html");
    cr_assert_str_eq(links->found[1].url, "https://e.com/events/");
    cr_assert_str_eq(links->found[2].url, "https://e.com/lessons");
    cr_assert(links->found[0].guessed && links->found[2].guessed);
}

Test(links, robots_canonical_and_refresh)
{
    struct links *links = read_page("<meta name=ROBOTS content='NoIndex,follow'><link "
                                    "rel=canonical href='/dir/page/'>"
                                    "<meta http-equiv=refresh content='0; URL=/new'>");

    cr_assert(links->noindex && !links->nofollow);
    cr_assert_str_eq(links->canonical, "https://e.com/dir/page/");
    cr_assert_str_eq(links->refresh, "https://e.com/new");
    links_take_robots(links, "none");
    cr_assert(links->nofollow);
}

Test(links, the_fingerprint_sees_words_only)
{
    uint64_t one = read_page("<p>Weekday <b>rates</b>: $45</p>")->fingerprint;

    cr_assert_eq(
        one,
        read_page("<!-- 0.3s --><div class=x>WEEKDAY rates $45</div>")->fingerprint);
    cr_assert_neq(one, read_page("<p>Weekday rates: $46</p>")->fingerprint);
}

Test(links, unfinished_markup_ends_quietly)
{
    static const char *const pages[] = {
        "<",    "<a",         "<a href",  "<a href='x", "</",
        "<!--", "<!",         "<script>", "<script",    "<a href=\"x\" <a href=y>",
        "&#",   "<a href=&#x"};

    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        cr_assert_not_null(read_page(pages[i]));
}

static bool add(struct frontier *f, const char *url)
{
    return frontier_add(
        f, &(struct target){.url = url, .found_on = "x", .modified = "", .depth = 1});
}

Test(frontier, each_page_is_visited_once)
{
    struct frontier *f = frontier_new(mem, "https://e.com/");

    cr_assert(add(f, "http://www.e.com/a"));
    cr_assert(!add(f, "https://e.com/a/"));
    cr_assert(!add(f, "https://other.com/a"));
    cr_assert_str_eq(frontier_next(f)->url, "https://e.com/a");
    cr_assert_null(frontier_next(f));
}

Test(frontier, files_and_actions_are_left_alone)
{
    struct frontier *f = frontier_new(mem, "https://e.com/");

    cr_assert(!add(f, "https://e.com/menu.PDF"));
    cr_assert(!add(f, "https://e.com/shop?add-to-cart=7"));
    cr_assert(!add(f, "https://e.com/wp-login.php"));
    cr_assert(!add(f, "https://e.com/blog/feed"));
    cr_assert(add(f, "https://e.com/feedback"));
    cr_assert(add(f, "https://e.com/a.b/c"));
}

static size_t add_many(struct frontier *f, const char *before, const char *between)
{
    size_t added = 0;

    for (int i = 0; i < 600; i++)
        added += add(f, talloc_asprintf(mem, "https://e.com/%s%d%s%d", before,
                                        i / 12 + 2020, between, i % 12 + 1));
    return added;
}

Test(frontier, endless_spaces_end)
{
    struct frontier *f = frontier_new(mem, "https://e.com/");

    cr_assert_leq(add_many(f, "calendar/", "/"), 30);
    cr_assert_leq(add_many(f, "tee-times?year=", "&month="), 5);
    cr_assert_leq(add_many(f, "shop?color=", "&size="), 20);
    cr_assert(!add(f, "https://e.com/a/b/a/b/a/b"));
    cr_assert(!add(f, "https://e.com/1/2/3/4/5/6/7/8/9/10/11/12/13/14"));
    cr_assert(add(f, "https://e.com/rates"));
}

Test(frontier, pages_near_the_start_come_first)
{
    struct frontier *f = frontier_new(mem, "https://e.com/");

    add(f, "https://e.com/blog/2024/how-to-putt");
    add(f, "https://e.com/a/b/c");
    add(f, "https://e.com/rates");
    cr_assert_str_eq(frontier_next(f)->url, "https://e.com/rates");
    cr_assert_str_eq(frontier_next(f)->url, "https://e.com/a/b/c");
}
