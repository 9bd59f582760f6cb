/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the HTTP client goes: redirects, and addresses that must not be reached.
 */
#define _GNU_SOURCE /* strcasestr */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include "base/task.h"
#include "support/script.h"

/* ---- redirects ---- */

static void redirecting(struct sb_script_conn *c)
{
    while (sb_script_hear(c)) {
        char *path = strchr(c->head, ' ') + 1;

        if (strncmp(path, "/rel ", 5) == 0)
            sb_script_answer(c, "302 Found\r\nLocation: sub/../end?x=1#frag", "moved");
        else if (strncmp(path, "/303 ", 5) == 0)
            sb_script_answer(c, "303 See Other\r\nLocation: /end", "");
        else if (strncmp(path, "/307 ", 5) == 0)
            sb_script_answer(c, "307 Temporary\r\nLocation: /end", "");
        else if (strncmp(path, "/loop ", 6) == 0)
            sb_script_answer(c, "301 Moved\r\nLocation: /loop", "");
        else if (strncmp(path, "/file ", 6) == 0)
            sb_script_answer(c, "301 Moved\r\nLocation: file:///etc/passwd", "");
        else if (strncmp(path, "/other ", 7) == 0)
            sb_script_answer(
                c,
                talloc_asprintf(sb_script_server.mem,
                                "302 Found\r\nLocation: http://localhost:%d/end",
                                sb_script_server.port),
                "");
        else
            sb_script_answer(
                c, "200 OK",
                talloc_asprintf(sb_script_server.mem, "%.*s%s%s",
                                (int)strcspn(c->head, "\r"), c->head,
                                strcasestr(c->head, "authorization:") ? " secret" : "",
                                c->body));
    }
}

static void follows(const char *path, const char *method, const char *body,
                    const char *expected)
{
    static const struct sb_http_header headers[] = {{"Authorization", "Bearer x"}};
    struct sb_http_request request = sb_script_get(path);
    struct sb_http *http;

    request.method = method;
    request.body = body;
    request.body_len = strlen(body);
    request.redirects = 3;
    request.headers = headers;
    request.header_count = 1;
    http = sb_script_open_ok(&request);
    sb_script_body_is(http, expected);
    sb_http_close(http);
}

CLIENT_TEST(redirects_are_followed_hop_by_hop)
{
    struct sb_http_request request;
    struct sb_http *http;

    sb_script_begin(redirecting);
    follows("/rel", "GET", "", "GET /end?x=1 HTTP/1.1 secret");
    follows("/303", "POST", "data", "GET /end HTTP/1.1 secret");
    follows("/307", "POST", "data", "POST /end HTTP/1.1 secretdata");
    /* Another origin gets no secrets. */
    follows("/other", "GET", "", "GET /end HTTP/1.1");
    request = sb_script_get("/rel");
    http = sb_script_open_ok(&request);
    cr_assert_eq(sb_http_status(http), 302, "nobody asked to follow");
    sb_http_close(http);
    request.redirects = 2;
    http = sb_script_open_ok(&request);
    cr_assert(strstr(sb_http_url(http), "/end?x=1"));
    cr_assert_null(strchr(sb_http_url(http), '#'));
    sb_http_close(http);
    request = sb_script_get("/loop");
    request.redirects = 4;
    cr_assert_eq(sb_script_open_fails(&request), SB_EPROTO);
    request = sb_script_get("/file");
    request.redirects = 4;
    cr_assert_eq(sb_script_open_fails(&request), SB_EPROTO);
    sb_script_end();
}

/* ---- what must not be reached ---- */

static int open_untrusted(const char *url)
{
    struct sb_http_request request = sb_script_get("/");

    request.untrusted = true;
    request.redirects = 3;
    request.url = url;
    return sb_script_open_fails(&request);
}

CLIENT_TEST(untrusted_requests_stay_away_from_private_addresses)
{
    struct sb_http_request request;
    struct sb_http *http;

    sb_script_begin(sb_script_greet);
    /* A pooled connection that a trusted request made is not lent. */
    request = sb_script_get("/");
    http = sb_script_open_ok(&request);
    sb_script_body_is(http, "hello");
    sb_http_close(http);
    request.untrusted = true;
    cr_assert_eq(sb_script_open_fails(&request), SB_EREFUSED);
    cr_assert_eq(
        open_untrusted(talloc_asprintf(sb_script_server.mem, "http://localhost:%d/",
                                       sb_script_server.port)),
        SB_EREFUSED, "a name that resolves to loopback");
    cr_assert_eq(
        open_untrusted(talloc_asprintf(sb_script_server.mem, "http://2130706433:%d/",
                                       sb_script_server.port)),
        SB_EREFUSED, "an address written as one number");
    cr_assert_eq(open_untrusted(talloc_asprintf(
                     sb_script_server.mem, "http://0x7f.1:%d/", sb_script_server.port)),
                 SB_EREFUSED);
    cr_assert_eq(open_untrusted(talloc_asprintf(
                     sb_script_server.mem, "http://[::1]:%d/", sb_script_server.port)),
                 SB_EREFUSED);
    cr_assert_eq(open_untrusted(talloc_asprintf(sb_script_server.mem,
                                                "http://[::ffff:127.0.0.1]:%d/",
                                                sb_script_server.port)),
                 SB_EREFUSED);
    cr_assert_eq(open_untrusted("http://169.254.169.254/latest/meta-data/"),
                 SB_EREFUSED);
    cr_assert_eq(open_untrusted("http://10.0.0.1/"), SB_EREFUSED);
    cr_assert_eq(sb_script_server.accepted, 1);
    sb_script_end();
}

CLIENT_TEST(an_exemption_does_not_reach_further_than_its_host)
{
    const char *hosts[2] = {NULL, NULL};
    struct sb_client_conf conf = {.user_agent = "test", .allow_hosts = hosts};
    struct sb_http_request request;
    struct sb_http *http;
    struct sb_err err = {0};

    sb_script_begin(redirecting);
    hosts[0] =
        talloc_asprintf(sb_script_server.mem, "127.0.0.1:%d", sb_script_server.port);
    sb_client_free(sb_script_client);
    cr_assert_eq(sb_client_new(sb_loop_current(), &conf, &sb_script_client, &err), 0);
    request = sb_script_get("/rel");
    request.untrusted = true;
    request.redirects = 3;
    http = sb_script_open_ok(&request);
    sb_script_body_is(http, "GET /end?x=1 HTTP/1.1");
    sb_http_close(http);
    request = sb_script_get("/other"); /* leads to localhost, which is not exempt */
    request.untrusted = true;
    request.redirects = 3;
    cr_assert_eq(sb_script_open_fails(&request), SB_EREFUSED);
    sb_script_end();
}

CLIENT_TEST(the_operator_may_allow_private_addresses)
{
    static const struct sb_client_conf conf = {.user_agent = "test",
                                               .allow_private = true};
    struct sb_http_request request;
    struct sb_http *http;

    sb_script_begin_with(sb_script_greet, &conf);
    request = sb_script_get("/");
    request.untrusted = true;
    http = sb_script_open_ok(&request);
    sb_script_body_is(http, "hello");
    sb_http_close(http);
    sb_script_end();
}

/* ---- the table of addresses ---- */

static bool is_private(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        return sb_address_is_private((struct sockaddr *)&in);
    cr_assert_eq(inet_pton(AF_INET6, text, &in6.sin6_addr), 1, "%s", text);
    return sb_address_is_private((struct sockaddr *)&in6);
}

Test(address, special_ranges_are_private_to_their_edges)
{
    static const char *const inside[] = {"0.0.0.0",
                                         "0.255.255.255",
                                         "10.0.0.0",
                                         "10.255.255.255",
                                         "100.64.0.0",
                                         "100.127.255.255",
                                         "127.0.0.1",
                                         "127.255.255.255",
                                         "169.254.0.1",
                                         "169.254.169.254",
                                         "172.16.0.0",
                                         "172.31.255.255",
                                         "192.0.0.8",
                                         "192.0.2.1",
                                         "192.88.99.1",
                                         "192.168.0.0",
                                         "192.168.255.255",
                                         "198.18.0.0",
                                         "198.19.255.255",
                                         "198.51.100.7",
                                         "203.0.113.7",
                                         "224.0.0.1",
                                         "239.255.255.255",
                                         "240.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::7f00:1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:8.8.8.8",
                                         "fc00::1",
                                         "fdff::1",
                                         "fe80::1",
                                         "febf::1",
                                         "fec0::1",
                                         "ff02::1",
                                         "64:ff9b::10.0.0.1",
                                         "64:ff9b::7f00:1",
                                         "64:ff9b:1::1",
                                         "2002:7f00:1::",
                                         "2002:a00:1::",
                                         "2002:c0a8:101::",
                                         "100::1",
                                         "2001::1",
                                         "2001:2::1",
                                         "2001:10::1",
                                         "2001:db8::1",
                                         "3fff::1",
                                         "5f00::1"};

    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++)
        cr_assert(is_private(inside[i]), "%s", inside[i]);
}

Test(address, ordinary_addresses_are_public)
{
    static const char *const outside[] = {
        "1.1.1.1",          "9.255.255.255",   "11.0.0.0",       "100.63.255.255",
        "100.128.0.0",      "126.255.255.255", "128.0.0.1",      "169.253.255.255",
        "169.255.0.0",      "172.15.255.255",  "172.32.0.0",     "192.0.1.1",
        "192.167.255.255",  "192.169.0.0",     "198.17.255.255", "198.20.0.0",
        "223.255.255.255",  "2606:4700::1111", "2a00:1450::1",   "2001:4860:4860::8888",
        "64:ff9b::8.8.8.8", "2002:808:808::1", "2001:200::1"};

    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
        cr_assert(!is_private(outside[i]), "%s", outside[i]);
}

Test(address, other_families_are_private)
{
    struct sockaddr address = {.sa_family = AF_UNIX};

    cr_assert(sb_address_is_private(&address));
}
