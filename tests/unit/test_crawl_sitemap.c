/* SPDX-License-Identifier: Apache-2.0
 *
 * Sitemaps: XML, indexes, text, gzip, and what only looks like one.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>
#include "plugins/local/sitemap.h"

static TALLOC_CTX *mem;

static void setup(void)
{
    mem = talloc_new(NULL);
}

static void teardown(void)
{
    talloc_free(mem);
}

TestSuite(sitemap, .init = setup, .fini = teardown);

static struct sitemap *parse(const char *text)
{
    return sitemap_parse(mem, text, strlen(text), 100);
}

Test(sitemap, entries_have_address_and_date)
{
    struct sitemap *map =
        parse("<?xml version='1.0'?><urlset "
              "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
              "<url><loc> https://e.com/a?x=1&amp;y=2 "
              "</loc><lastmod>2026-03-01</lastmod></url>"
              "<url><loc><![CDATA[https://e.com/b]]></loc></url></urlset>");

    cr_assert_not_null(map);
    cr_assert_eq(map->count, 2);
    cr_assert(!map->is_index);
    cr_assert_str_eq(map->entries[0].loc, "https://e.com/a?x=1&y=2");
    cr_assert_str_eq(map->entries[0].modified, "2026-03-01");
    cr_assert_str_eq(map->entries[1].loc, "https://e.com/b");
    cr_assert_str_eq(map->entries[1].modified, "");
}

Test(sitemap, an_index_names_others)
{
    struct sitemap *map =
        parse("<sitemapindex><sitemap><loc>https://e.com/1.xml</loc></sitemap>"
              "<sitemap><loc>https://e.com/2.xml.gz</loc></sitemap></sitemapindex>");

    cr_assert(map && map->is_index && map->count == 2);
}

Test(sitemap, images_are_not_pages)
{
    struct sitemap *map =
        parse("<urlset><url><loc>https://e.com/a</loc><image:image><image:loc>"
              "https://e.com/a.jpg</image:loc></image:image></url></urlset>");

    cr_assert_eq(map->count, 1);
    cr_assert_str_eq(map->entries[0].loc, "https://e.com/a");
}

Test(sitemap, prefixes_and_comments_do_not_matter)
{
    struct sitemap *map =
        parse("<s:urlset><!-- <url><loc>https://e.com/no</loc></url> -->"
              "<s:url><s:loc>https://e.com/a</s:loc></s:url></s:urlset>");

    cr_assert_eq(map->count, 1);
    cr_assert_str_eq(map->entries[0].loc, "https://e.com/a");
}

Test(sitemap, broken_xml_gives_what_it_has)
{
    struct sitemap *map = parse("<urlset><url><loc>https://e.com/a</loc><url><loc>"
                                "https://e.com/b</loc></url><url><loc>https://e.c");

    cr_assert_geq(map->count, 2);
    cr_assert_str_eq(map->entries[1].loc, "https://e.com/b");
}

Test(sitemap, plain_text_has_one_address_a_line)
{
    struct sitemap *map = parse(
        "\xef\xbb\xbfhttps://e.com/a\r\nhttps://e.com/b\n# no\n\nhttps://e.com/c");

    cr_assert_eq(map->count, 3);
    cr_assert_str_eq(map->entries[0].loc, "https://e.com/a");
}

Test(sitemap, a_web_page_is_no_sitemap)
{
    cr_assert_null(parse("<!doctype html><html><body>Page not found</body></html>"));
    cr_assert_null(parse(""));
}

Test(sitemap, the_number_of_entries_is_limited)
{
    const char *text = "https://e.com/a\nhttps://e.com/b\nhttps://e.com/c\n";
    struct sitemap *map = sitemap_parse(mem, text, strlen(text), 2);

    cr_assert_eq(map->count, 2);
    cr_assert(map->truncated);
}

static unsigned char *gzip(const char *text, size_t len, size_t *out_len)
{
    z_stream z = {0};
    unsigned char *out = talloc_size(mem, len + 1024);

    cr_assert_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)(len + 1024);
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    *out_len = len + 1024 - z.avail_out;
    deflateEnd(&z);
    return out;
}

Test(sitemap, gzip_is_inflated)
{
    const char *text = "<urlset><url><loc>https://e.com/a</loc></url></urlset>";
    size_t len;
    unsigned char *packed = gzip(text, strlen(text), &len);
    struct sitemap *map = sitemap_parse(mem, packed, len, 10);

    cr_assert(map && map->count == 1 && !map->truncated);
    map = sitemap_parse(mem, packed, len - 9, 10);
    cr_assert(map && map->truncated);
}

Test(sitemap, a_bomb_is_inflated_to_the_limit_only)
{
    size_t size = 64u << 20, len;
    char *zeros = talloc_size(mem, size);
    unsigned char *packed;
    struct sitemap *map;

    memset(zeros, ' ', size);
    memcpy(zeros, "https://e.com/a\n", 16);
    packed = gzip(zeros, size, &len);
    talloc_free(zeros);
    map = sitemap_parse(mem, packed, len, 10);
    cr_assert(map && map->truncated);
    cr_assert_eq(map->count, 1);
}
