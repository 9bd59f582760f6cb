/* SPDX-License-Identifier: Apache-2.0
 *
 * The crawler's addresses: one normal form, keys, sites.
 */
#include <criterion/criterion.h>
#include <string.h>
#include "plugins/local/url.h"

static void is_normal(const char *base, const char *ref, const char *expected)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    char *url = url_resolve(mem, base, ref, strlen(ref));

    if (!expected)
        cr_assert_null(url, "\"%s\" became \"%s\"", ref, url);
    else
        cr_assert(url && strcmp(url, expected) == 0, "\"%s\": \"%s\", not \"%s\"", ref,
                  url ? url : "(null)", expected);
    talloc_free(mem);
}

Test(url, absolute_addresses_get_one_form)
{
    is_normal(NULL, "HTTP://Example.COM", "http://example.com/");
    is_normal(NULL, "https://example.com:443/a", "https://example.com/a");
    is_normal(NULL, "http://example.com:443/a", "http://example.com:443/a");
    is_normal(NULL, "http://example.com:080/a", "http://example.com/a");
    is_normal(NULL, "  https://example.com/a#top ", "https://example.com/a");
    is_normal(NULL, "https://user:pw@example.com/", "https://example.com/");
    is_normal(NULL, "https://example.com./", "https://example.com/");
    is_normal(NULL, "https://[::1]:8080/x", "https://[::1]:8080/x");
    is_normal(NULL, "https:\\\\example.com\\a\\b?c\\d", "https://example.com/a/b?c\\d");
}

Test(url, what_is_no_web_address_is_refused)
{
    is_normal(NULL, "", NULL);
    is_normal(NULL, "/relative", NULL);
    is_normal(NULL, "mailto:a@b.com", NULL);
    is_normal("https://e.com/", "javascript:void(0)", NULL);
    is_normal("https://e.com/", "tel:+15551234", NULL);
    is_normal("https://e.com/", "data:text/html,x", NULL);
    is_normal(NULL, "https://", NULL);
    is_normal(NULL, "https://exa mple.com/", NULL);
    is_normal(NULL, "https://example.com:99999/", NULL);
    is_normal(NULL, "https://example.com:8o/", NULL);
    is_normal(NULL, "https://a..b/", NULL);
    is_normal(NULL, "https://[::1/", NULL);
    is_normal(NULL, "https:example.com", NULL);
}

Test(url, relative_addresses_follow_the_standard)
{
    const char *base = "https://e.com/b/c/d?q=1";

    is_normal(base, "g", "https://e.com/b/c/g");
    is_normal(base, "./g", "https://e.com/b/c/g");
    is_normal(base, "g/", "https://e.com/b/c/g/");
    is_normal(base, "/g", "https://e.com/g");
    is_normal(base, "//other.com/g", "https://other.com/g");
    is_normal(base, "?y=2", "https://e.com/b/c/d?y=2");
    is_normal(base, "", "https://e.com/b/c/d?q=1");
    is_normal(base, "#s", "https://e.com/b/c/d?q=1");
    is_normal(base, "..", "https://e.com/b/");
    is_normal(base, "../..", "https://e.com/");
    is_normal(base, "../../../g", "https://e.com/g");
    is_normal(base, "a/%2e%2e/g", "https://e.com/b/c/g");
    is_normal(base, "./", "https://e.com/b/c/");
    is_normal(base, "ra\ntes\t.html", "https://e.com/b/c/rates.html");
}

Test(url, percent_encoding_is_uniform)
{
    is_normal(NULL, "https://e.com/%7euser/a%2fb", "https://e.com/~user/a%2Fb");
    is_normal(NULL, "https://e.com/caf\xc3\xa9 menu", "https://e.com/caf%C3%A9%20menu");
    is_normal(NULL, "https://e.com/100%", "https://e.com/100%25");
    is_normal(NULL, "https://e.com/%4", "https://e.com/%254");
    is_normal(NULL, "https://e.com/%41", "https://e.com/A");
}

Test(url, tracking_and_sessions_are_dropped)
{
    is_normal(NULL, "https://e.com/a?utm_source=x&b=1&gclid=2", "https://e.com/a?b=1");
    is_normal(NULL, "https://e.com/a?fbclid=2", "https://e.com/a");
    is_normal(NULL, "https://e.com/a?", "https://e.com/a");
    is_normal(NULL, "https://e.com/a;jsessionid=0AB?x=1", "https://e.com/a?x=1");
    is_normal(NULL, "https://e.com/a?PHPSESSID=abc", "https://e.com/a");
    is_normal(NULL, "https://e.com/a?sid=golf", "https://e.com/a?sid=golf");
    is_normal(NULL, "https://e.com/a?sid=0123456789abcdef0123456789",
              "https://e.com/a");
}

Test(url, too_long_is_refused)
{
    char url[URL_MAX + 100];

    memset(url, 'a', sizeof(url));
    memcpy(url, "https://e.com/", 14);
    url[sizeof(url) - 1] = '\0';
    is_normal(NULL, url, NULL);
}

static void same_key(const char *a, const char *b, bool same)
{
    TALLOC_CTX *mem = talloc_new(NULL);

    cr_assert_eq(strcmp(url_key(mem, a), url_key(mem, b)) == 0, same, "%s and %s", a,
                 b);
    talloc_free(mem);
}

Test(url, keys_join_what_is_one_page)
{
    same_key("http://www.e.com/a", "https://e.com/a/", true);
    same_key("https://e.com/index.html", "https://e.com/", true);
    same_key("https://e.com/a?x=1&y=2", "https://e.com/a?y=2&x=1", true);
    same_key("https://e.com/a//b", "https://e.com/a/b", true);
    same_key("https://e.com/a", "https://e.com/A", false);
    same_key("https://e.com/a?x=1", "https://e.com/a?x=2", false);
    same_key("https://e.com/a", "https://e.com:8443/a", false);
}

Test(url, a_site_is_its_host_and_port)
{
    cr_assert(url_same_site("http://www.e.com/a", "https://e.com/b"));
    cr_assert(!url_same_site("https://e.com/a", "https://shop.e.com/"));
    cr_assert(!url_same_site("https://e.com/a", "https://e.com:8080/"));
    cr_assert(!url_same_site("https://e.com/", "https://e.com.evil.net/"));
}
