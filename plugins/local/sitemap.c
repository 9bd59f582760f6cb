/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem, strcasestr */
#include "sitemap.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

enum {
    MAX_INFLATED = 32 * 1024 * 1024,
    MAX_LOC = 2048,
};

/* Where the scan stands in the text. */
struct scan {
    struct sitemap *map;
    const char *at, *end;
    size_t max;
    bool in_sitemap; /* inside <sitemap>, not <url> */
};

/* ---- gzip ---- */

static bool is_gzip(const unsigned char *data, size_t len)
{
    return len > 2 && data[0] == 0x1f && data[1] == 0x8b;
}

/* What could be inflated: a file cut in the middle still gives its beginning. */
static char *inflate_all(TALLOC_CTX *mem, const void *data, size_t len, size_t *len_r,
                         bool *truncated)
{
    z_stream z = {0};
    size_t room = len * 4 + 1024, have = 0;
    char *out;
    int rc = Z_OK;

    if (inflateInit2(&z, 15 + 16) != Z_OK)
        return NULL;
    if (room > MAX_INFLATED)
        room = MAX_INFLATED;
    out = talloc_size(mem, room);
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)len;
    while (rc == Z_OK) {
        if (have == room) {
            if (room >= MAX_INFLATED)
                break;
            room = room * 2 > MAX_INFLATED ? MAX_INFLATED : room * 2;
            out = talloc_realloc_size(mem, out, room);
        }
        z.next_out = (Bytef *)out + have;
        z.avail_out = (uInt)(room - have);
        rc = inflate(&z, Z_NO_FLUSH);
        have = room - z.avail_out;
        if (!z.avail_in && z.avail_out)
            break;
    }
    *truncated = rc != Z_STREAM_END;
    inflateEnd(&z);
    *len_r = have;
    return out;
}

/* ---- XML, as far as it is needed ---- */

/* The local name of the tag at `at` ("<ns:loc ...>" is "loc"), its length, and where
 * the tag ends; NULL at the end of the text. */
static const char *next_tag(struct scan *scan, size_t *name_len, bool *closing)
{
    while (scan->at < scan->end) {
        const char *lt = memchr(scan->at, '<', (size_t)(scan->end - scan->at));
        const char *name, *c;

        if (!lt)
            break;
        name = lt + 1;
        if (scan->end - lt > 4 && memcmp(lt, "<!--", 4) == 0) {
            const char *close = memmem(lt, (size_t)(scan->end - lt), "-->", 3);

            scan->at = close ? close + 3 : scan->end;
            continue;
        }
        *closing = name < scan->end && *name == '/';
        name += *closing;
        for (c = name; c < scan->end && (isalnum((unsigned char)*c) || *c == ':' ||
                                         *c == '_' || *c == '-');
             c++)
            if (*c == ':')
                name = c + 1;
        *name_len = (size_t)(c - name);
        c = memchr(c, '>', (size_t)(scan->end - c));
        scan->at = c ? c + 1 : scan->end;
        if (*name_len)
            return name;
        if (lt + 1 < scan->end && lt[1] == '!')
            scan->at = lt + 2; /* CDATA outside of what we read, or a doctype */
    }
    scan->at = scan->end;
    return NULL;
}

static bool is_tag(const char *name, size_t len, const char *what)
{
    return strlen(what) == len && strncasecmp(name, what, len) == 0;
}

static char entity(const char **at, const char *end)
{
    static const struct {
        const char *name;
        char c;
    } known[] = {{"&amp;", '&'},   {"&lt;", '<'},  {"&gt;", '>'},  {"&quot;", '"'},
                 {"&apos;", '\''}, {"&#38;", '&'}, {"&#x26;", '&'}};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        size_t len = strlen(known[i].name);

        if ((size_t)(end - *at) >= len && strncasecmp(*at, known[i].name, len) == 0) {
            *at += len;
            return known[i].c;
        }
    }
    return *(*at)++;
}

/* The text up to the next tag, entities decoded, CDATA unwrapped, trimmed. */
static char *take_text(TALLOC_CTX *mem, struct scan *scan)
{
    const char *end, *at;
    char *out;
    size_t n = 0;

    while (scan->at < scan->end && isspace((unsigned char)*scan->at))
        scan->at++;
    if (scan->end - scan->at > 9 && memcmp(scan->at, "<![CDATA[", 9) == 0) {
        scan->at += 9;
        end = memmem(scan->at, (size_t)(scan->end - scan->at), "]]>", 3);
    } else {
        end = memchr(scan->at, '<', (size_t)(scan->end - scan->at));
    }
    if (!end)
        end = scan->end;
    at = scan->at;
    scan->at = end;
    while (end > at && isspace((unsigned char)end[-1]))
        end--;
    if (end - at > MAX_LOC)
        end = at; /* no address is that long */
    out = talloc_size(mem, (size_t)(end - at) + 1);
    while (at < end)
        out[n++] = *at == '&' ? entity(&at, end) : *at++;
    out[n] = '\0';
    return out;
}

static bool add_entry(struct scan *scan, const char *loc)
{
    struct sitemap *map = scan->map;

    if (map->count >= scan->max) {
        map->truncated = true;
        return false;
    }
    if (map->count % 256 == 0)
        map->entries = talloc_realloc(map, map->entries, struct sitemap_entry,
                                      (unsigned)map->count + 256);
    map->entries[map->count++] = (struct sitemap_entry){.loc = loc, .modified = ""};
    return true;
}

static bool take_element(struct scan *scan, const char *name, size_t len, bool *has_loc)
{
    if (is_tag(name, len, "sitemapindex")) {
        scan->map->is_index = true;
    } else if (is_tag(name, len, "url") || is_tag(name, len, "sitemap")) {
        *has_loc = false;
    } else if (is_tag(name, len, "loc") && !*has_loc) {
        /* A second <loc> inside one <url> belongs to an image or a video. */
        const char *loc = take_text(scan->map, scan);

        *has_loc = true;
        return !*loc || add_entry(scan, loc);
    } else if (is_tag(name, len, "lastmod") && *has_loc && scan->map->count) {
        scan->map->entries[scan->map->count - 1].modified = take_text(scan->map, scan);
    }
    return true;
}

static void scan_xml(struct scan *scan)
{
    const char *name;
    size_t len;
    bool closing, has_loc = false;

    while ((name = next_tag(scan, &len, &closing)))
        if (!closing && !take_element(scan, name, len, &has_loc))
            return;
}

/* One address a line. */
static void scan_text(struct scan *scan)
{
    while (scan->at < scan->end) {
        const char *nl = memchr(scan->at, '\n', (size_t)(scan->end - scan->at));
        const char *end = nl ? nl : scan->end;
        const char *at = scan->at;

        scan->at = end + 1;
        while (end > at && isspace((unsigned char)end[-1]))
            end--;
        if (end - at < 10 || end - at > MAX_LOC || strncasecmp(at, "http", 4) != 0)
            continue;
        if (!add_entry(scan, talloc_strndup(scan->map, at, (size_t)(end - at))))
            return;
    }
}

static bool has_element(const char *text, size_t len, const char *name)
{
    size_t look = len < 4096 ? len : 4096;
    size_t n = strlen(name);

    for (const char *at = text; (at = memchr(at, '<', look - (size_t)(at - text)));
         at++) {
        const char *colon = at + 1;
        size_t left = look - (size_t)(at - text) - 1;

        while (left && *colon != ':' && isalnum((unsigned char)*colon))
            colon++, left--;
        if (left && *colon == ':' && left - 1 >= n &&
            strncasecmp(colon + 1, name, n) == 0)
            return true;
        if (look - (size_t)(at - text) > n && strncasecmp(at + 1, name, n) == 0)
            return true;
    }
    return false;
}

static bool is_text_list(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len && isspace((unsigned char)text[at]))
        at++;
    return len - at > 8 && strncasecmp(text + at, "http", 4) == 0;
}

struct sitemap *sitemap_parse(TALLOC_CTX *mem, const void *data, size_t len,
                              size_t max_entries)
{
    struct sitemap *map = talloc_zero(mem, struct sitemap);
    struct scan scan = {.map = map, .max = max_entries};
    const char *text = data;

    if (is_gzip(data, len))
        text = inflate_all(map, data, len, &len, &map->truncated);
    if (text) {
        if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
            text += 3, len -= 3;
        scan.at = text;
        scan.end = text + len;
        if (has_element(text, len, "urlset") ||
            has_element(text, len, "sitemapindex")) {
            scan_xml(&scan);
            return map;
        }
        if (is_text_list(text, len)) {
            scan_text(&scan);
            return map;
        }
    }
    talloc_free(map);
    return NULL;
}
