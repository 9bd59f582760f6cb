/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>
#include "net/http.h"
#include "net/http_message.h"
#include "net/http_proxy.h"
#include "net/http_query.h"

static struct sb_message message;
static TALLOC_CTX *mem;

static void begin(void)
{
    mem = talloc_new(NULL);
    sb_message_init(&message, mem);
}

static void end(void)
{
    talloc_free(mem);
}

TestSuite(http_message, .init = begin, .fini = end);
TestSuite(http_query, .init = begin, .fini = end);

static enum sb_message_event feed(const char *text, size_t *used)
{
    return sb_message_feed(&message, &sb_http_limits_default, text, strlen(text), used);
}

Test(http_message, stops_at_the_end_of_a_head)
{
    const char *text = "GET /a?b HTTP/1.1\r\nHost: x\r\nA: 1\r\na: 2\r\n\r\nGET";
    size_t used;

    cr_assert_eq(feed(text, &used), SB_MESSAGE_HEAD);
    cr_assert_eq(used, strlen(text) - 3);
    cr_assert_str_eq(message.head.method, "GET");
    cr_assert_str_eq(message.head.path, "/a?b");
    cr_assert_eq(message.head.minor, 1);
    cr_assert_eq(message.head.count, 3);
    cr_assert_str_eq(sb_head_value(message.head.headers, 3, "A"), "1");
    cr_assert_str_eq(message.head.host, "x");
    cr_assert_eq(sb_message_body(&message, 100), SB_MESSAGE_END);
}

Test(http_message, takes_exactly_the_announced_body)
{
    size_t used;

    cr_assert_eq(feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n", &used),
                 SB_MESSAGE_HEAD);
    cr_assert(sb_message_has_body(&message));
    cr_assert_eq(sb_message_body(&message, 4), SB_MESSAGE_MORE);
    cr_assert_eq(feed("ab", &used), SB_MESSAGE_MORE);
    cr_assert_eq(feed("cdEXTRA", &used), SB_MESSAGE_END);
    cr_assert_eq(used, 2);
    cr_assert_str_eq(message.body, "abcd");
    cr_assert_eq(message.body_len, 4);
}

Test(http_message, memory_follows_what_came_not_what_was_announced)
{
    size_t used;

    cr_assert_eq(
        feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n", &used),
        SB_MESSAGE_HEAD);
    cr_assert_eq(sb_message_body(&message, 100000000), SB_MESSAGE_MORE);
    cr_assert_eq(feed("abc", &used), SB_MESSAGE_MORE);
    cr_assert_lt(talloc_total_size(mem), 10000);
}

Test(http_message, knows_how_the_connection_goes_on)
{
    size_t used;

    cr_assert_eq(
        feed("GET / HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive , Upgrade\r\n"
             "Connection: close\r\nExpect: 100-Continue\r\n\r\n",
             &used),
        SB_MESSAGE_HEAD);
    cr_assert(message.head.close && message.head.keep_alive && message.head.upgrade);
    cr_assert(message.head.expect_continue);
}

Test(http_message, answers_are_parsed_for_our_client)
{
    char good[] =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nA: b\r\n\r\n";
    char bad[] = "HTTP/1.1 1012\r\n\r\n";
    struct sb_head head;

    cr_assert_eq(sb_answer_parse(mem, good, strlen(good), 2, &head), 101);
    cr_assert(head.upgrade);
    cr_assert_eq(head.count, 2);
    cr_assert_eq(sb_answer_parse(mem, bad, strlen(bad), 0, &head), -1);
}

Test(http_query, normalises_paths)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"/", "/"},
        {"//", "/"},
        {"/a/b", "/a/b"},
        {"/a//b/", "/a/b/"},
        {"/a/./b/.", "/a/b/"},
        {"/a/../b", "/b"},
        {"/a/b/..", "/a/"},
        {"/a/..", "/"},
        {"/%61%2E%2e", "/a.."},
        {"/a/%2e%2E/b", "/b"},
        {"/..a/...", "/..a/..."},
        {"/%C3%BC", "/ü"},
        {"/a+b", "/a+b"},
        {"/..", NULL},
        {"/a/../..", NULL},
        {"/%", NULL},
        {"/%4", NULL},
        {"/%zz", NULL},
        {"/%00", NULL},
        {"/%0a", NULL},
        {"/a%2Fb", NULL},
        {"/a%5cb", NULL},
        {"/%ff", NULL},
        {"a", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *out = sb_path_normalise(mem, cases[i].in, strlen(cases[i].in));

        if (cases[i].out)
            cr_assert_str_eq(out ? out : "(null)", cases[i].out, "%s", cases[i].in);
        else
            cr_assert_null(out, "%s: %s", cases[i].in, out);
    }
}

Test(http_query, finds_parameters)
{
    const char *query = "a=1&b=x+y%26z&&c&d=&%65=e&a=2&bad=%ff&odd=%zz";

    cr_assert_str_eq(sb_query_find(mem, query, "a"), "1");
    cr_assert_str_eq(sb_query_find(mem, query, "b"), "x y&z");
    cr_assert_str_eq(sb_query_find(mem, query, "c"), "");
    cr_assert_str_eq(sb_query_find(mem, query, "d"), "");
    cr_assert_str_eq(sb_query_find(mem, query, "e"), "e");
    cr_assert_str_eq(sb_query_find(mem, query, "odd"), "%zz");
    cr_assert_null(sb_query_find(mem, query, "bad"));
    cr_assert_null(sb_query_find(mem, query, "z"));
    cr_assert_null(sb_query_find(mem, "", "a"));
}

Test(http_query, finds_cookies)
{
    const char *cookies = "a=1; bb=\"two\" ;c=; a=3";

    cr_assert_str_eq(sb_cookie_find(mem, cookies, "a"), "1");
    cr_assert_str_eq(sb_cookie_find(mem, cookies, "bb"), "two");
    cr_assert_str_eq(sb_cookie_find(mem, cookies, "c"), "");
    cr_assert_null(sb_cookie_find(mem, cookies, "b"));
    cr_assert_null(sb_cookie_find(mem, "", "b"));
}

Test(http_query, reads_preferences)
{
    static const char event[] = "text/event-stream", html[] = "text/html";

    cr_assert(sb_accept_prefers("text/event-stream", event));
    cr_assert(sb_accept_prefers("text/event-stream, application/json", event));
    cr_assert(!sb_accept_prefers("application/json, text/event-stream", event));
    cr_assert(!sb_accept_prefers("text/event-stream;q=0.5, application/json", event));
    cr_assert(sb_accept_prefers("application/json;q=0.5, Text/Event-Stream", event));
    cr_assert(!sb_accept_prefers("*/*", event));
    cr_assert(!sb_accept_prefers("text/event-stream;q=0", event));
    cr_assert(!sb_accept_prefers(NULL, event));
    cr_assert(!sb_accept_prefers("", event));
    cr_assert(sb_accept_prefers("text/*", html));
    cr_assert(sb_accept_prefers(
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", html));
    cr_assert_eq(sb_accept_coding("gzip;q=0.25, br", "gzip"), 250);
    cr_assert_eq(sb_accept_coding("gzip;q=0.25, *;q=0.1", "br"), 100);
    cr_assert_eq(sb_accept_coding("gzip, br;q=0", "br"), 0);
    cr_assert_eq(sb_accept_coding(NULL, "br"), 0);
}

Test(http_query, knows_a_host_when_it_sees_one)
{
    static const char *const good[] = {"a", "a.b:80", "127.0.0.1:8247", "[::1]",
                                       "[::1]:8247"};
    static const char *const bad[] = {"",         ":80",  "a:",    "a:b",   "a/b",
                                      "u@a",      "[::1", "[]:1",  "[g]:1", "a b",
                                      "a:123456", "a,b",  "[::1]x"};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        cr_assert(sb_is_authority(good[i], strlen(good[i])), "%s", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_assert(!sb_is_authority(bad[i], strlen(bad[i])), "%s", bad[i]);
}

Test(http_query, looks_through_proxies_from_the_right)
{
    static const char *const trusted[] = {"127.0.0.1", "10.0.0.0/8", "fd00::/8", NULL};
    static const struct {
        const char *peer, *forwarded, *client;
    } cases[] = {
        {"127.0.0.1", "1.2.3.4", "1.2.3.4"},
        {"127.0.0.1", NULL, "127.0.0.1"},
        {"127.0.0.1", "", "127.0.0.1"},
        {"127.0.0.1", "6.6.6.6, 1.2.3.4, 10.1.1.1", "1.2.3.4"},
        {"127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1"},
        {"127.0.0.1", "6.6.6.6, [2001:db8::1]:443, fd00::5", "2001:db8::1"},
        {"127.0.0.1", "1.2.3.4:5678", "1.2.3.4"},
        {"127.0.0.1", "1.2.3.4, unknown", "127.0.0.1"},
        {"127.0.0.1", "::ffff:1.2.3.4", "1.2.3.4"},
        {"127.0.0.1", "2001:DB8:0:0::1", "2001:db8::1"},
        {"9.9.9.9", "1.2.3.4", "9.9.9.9"},
        {"11.0.0.1", "1.2.3.4", "11.0.0.1"},
    };
    struct sb_proxies *proxies;

    cr_assert_eq(sb_proxies_new(mem, trusted, &proxies, NULL), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_assert_str_eq(
            sb_proxies_client(mem, proxies, cases[i].peer, cases[i].forwarded),
            cases[i].client, "%zu", i);
}

Test(http_query, refuses_networks_that_are_none)
{
    static const char *const bad[] = {"localhost", "10.0.0.0/33", "10.0.0.0/", "::/129",
                                      "",          "10.0.0.0/8x"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *const list[] = {bad[i], NULL};
        struct sb_proxies *proxies;
        struct sb_err err = {0};

        cr_assert_eq(sb_proxies_new(mem, list, &proxies, &err), SB_EINVAL, "%s",
                     bad[i]);
        cr_assert(strlen(err.msg) > 0);
    }
}
