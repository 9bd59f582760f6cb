/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem, strcasestr */
#include "frontier.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "url.h"

enum {
    MAX_TARGETS = 50000,
    MAX_VARIANTS = 10,  /* queries of one path */
    MAX_DATED = 24,     /* pages that differ in nothing but short numbers */
    MAX_NUMBERED = 200, /* pages that differ in nothing but numbers */
    MAX_SEGMENTS = 12,
    MAX_PATH = 512,
    BUCKETS = 16,
};

struct bucket {
    struct target *first, *last;
};

struct frontier {
    const char *site;
    struct number_set *seen;     /* keys */
    struct number_set *variants; /* paths, counted over their queries */
    struct number_set *shapes;   /* paths with numbers made '#' */
    struct bucket buckets[BUCKETS];
    size_t total;
};

/* ---- a hash table of counts ---- */

struct number_set {
    uint64_t *numbers; /* 0: free */
    unsigned *counts;
    size_t used, room; /* room: a power of two */
};

uint64_t text_hash(const char *text, size_t len)
{
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
    return hash ? hash : 1;
}

static void set_size(struct number_set *set, size_t room)
{
    set->room = room;
    set->numbers = talloc_zero_size(set, room * sizeof(uint64_t));
    set->counts = talloc_zero_size(set, room * sizeof(unsigned));
}

struct number_set *number_set_new(TALLOC_CTX *mem)
{
    struct number_set *set = talloc_zero(mem, struct number_set);

    set_size(set, 256);
    return set;
}

static size_t place_of(const struct number_set *set, uint64_t number)
{
    size_t at = (size_t)(number * 0x9e3779b97f4a7c15u >> 20) & (set->room - 1);

    while (set->numbers[at] && set->numbers[at] != number)
        at = (at + 1) & (set->room - 1);
    return at;
}

static void grow(struct number_set *set)
{
    struct number_set old = *set;

    set_size(set, old.room * 2);
    for (size_t i = 0; i < old.room; i++) {
        if (old.numbers[i]) {
            size_t at = place_of(set, old.numbers[i]);

            set->numbers[at] = old.numbers[i];
            set->counts[at] = old.counts[i];
        }
    }
    talloc_free(old.numbers);
    talloc_free(old.counts);
}

unsigned number_set_count(struct number_set *set, uint64_t number, unsigned by)
{
    size_t at;

    number = number ? number : 1;
    at = place_of(set, number);
    if (!set->numbers[at]) {
        if (!by)
            return 0;
        if (++set->used * 2 > set->room) {
            grow(set);
            at = place_of(set, number);
        }
        set->numbers[at] = number;
    }
    set->counts[at] += by;
    return set->counts[at];
}

/* ---- what is not worth a request ---- */

static bool ends_like_a_file(const char *path, size_t len)
{
    static const char *const types[] = {
        "jpg", "jpeg", "png", "gif",  "webp", "avif", "svg",    "ico", "bmp",  "tif",
        "css", "js",   "mjs", "json", "xml",  "rss",  "atom",   "pdf", "doc",  "docx",
        "xls", "xlsx", "ppt", "pptx", "zip",  "gz",   "rar",    "7z",  "tar",  "mp3",
        "mp4", "m4a",  "mov", "avi",  "webm", "wav",  "ics",    "vcf", "woff", "woff2",
        "ttf", "eot",  "exe", "dmg",  "apk",  "csv",  "txt.gz", NULL};
    const char *dot = memrchr(path, '.', len);

    if (!dot || memchr(dot, '/', (size_t)(path + len - dot)))
        return false;
    for (size_t i = 0; types[i]; i++)
        if (strlen(types[i]) == (size_t)(path + len - dot - 1) &&
            strncasecmp(dot + 1, types[i], strlen(types[i])) == 0)
            return true;
    return false;
}

/* Addresses that do something, or show the same page in another dress. */
static bool is_action(const char *path)
{
    static const char *const parts[] = {"/wp-login",   "/wp-admin",    "/wp-json/",
                                        "/xmlrpc.php", "/logout",      "/signout",
                                        "/cgi-bin/",   "add-to-cart",  "add_to_cart",
                                        "remove_item", "replytocom=",  "action=",
                                        "share=",      "print=",       "/feed/",
                                        "?feed=",      "preview=true", "/cart/add",
                                        "sort=",       "orderby=",     "/cdn-cgi/",
                                        NULL};

    for (size_t i = 0; parts[i]; i++)
        if (strcasestr(path, parts[i]))
            return true;
    return strlen(path) >= 5 && strcasecmp(path + strlen(path) - 5, "/feed") == 0;
}

static size_t segment_length(const char *at)
{
    return 1 + strcspn(at + 1, "/?");
}

/* "/a/b/a/b/a/b": a relative link that went wrong grows for ever. */
static bool repeats_itself(const char *path)
{
    const char *at = path;
    int segments = 0;

    for (; *at == '/'; at += segment_length(at)) {
        size_t len = segment_length(at);
        int same = 0;

        if (++segments > MAX_SEGMENTS)
            return true;
        for (const char *other = path; *other == '/'; other += segment_length(other))
            same += len > 1 && segment_length(other) == len && !memcmp(other, at, len);
        if (same > 2)
            return true;
    }
    return false;
}

/* The path with each run of digits made '#'; says whether it looks like a date. */
static size_t shape_of(const char *path, char *out, size_t size, bool *dated)
{
    size_t n = 0;
    int short_numbers = 0, numbers = 0;

    for (const char *c = path; *c && n + 1 < size;) {
        size_t digits = strspn(c, "0123456789");

        if (digits) {
            numbers++;
            short_numbers += digits <= 4;
            out[n++] = '#';
            c += digits;
        } else {
            out[n++] = *c++;
        }
    }
    *dated = numbers >= 2 && short_numbers == numbers;
    return n;
}

/* Calendars: "date=2026-11-21", "month=11". */
static bool asks_for_a_date(const char *query)
{
    static const char *const names[] = {"date=", "month=",    "year=",
                                        "day=",  "week=",     "tribe-bar",
                                        "ical=", "eventdate", NULL};

    for (size_t i = 0; names[i]; i++)
        if (strcasestr(query, names[i]))
            return true;
    return false;
}

static bool is_trap(struct frontier *f, const char *path)
{
    const char *query = strchr(path, '?');
    size_t path_len = query ? (size_t)(query - path) : strlen(path);
    char shape[MAX_PATH + 1];
    bool dated;
    size_t len;
    unsigned limit;

    if (path_len > MAX_PATH || repeats_itself(path))
        return true;
    if (query) {
        limit = asks_for_a_date(query) ? 2 : MAX_VARIANTS;
        if (number_set_count(f->variants, text_hash(path, path_len), 1) > limit)
            return true;
    }
    len = shape_of(path, shape, sizeof(shape), &dated);
    if (!memchr(shape, '#', len))
        return false;
    limit = dated ? MAX_DATED : MAX_NUMBERED;
    return number_set_count(f->shapes, text_hash(shape, len), 1) > limit;
}

/* ---- which first ---- */

/* Archives and single posts tell less about a business than its own pages. */
static int penalty(const char *path)
{
    static const char *const later[] = {"/tag/",  "/category/", "/author/", "/page/",
                                        "/blog/", "/news/",     "/events/", "/archive",
                                        "?",      NULL};

    for (size_t i = 0; later[i]; i++)
        if (strstr(path, later[i]))
            return 3;
    return 0;
}

static int bucket_of(const struct target *target)
{
    const char *path = url_path(target->url);
    int segments = 0, bucket;

    if (target->depth == 0 && !*target->found_on)
        return 0;
    for (const char *c = path; *c && *c != '?'; c++)
        segments += *c == '/' && c[1] && c[1] != '?';
    bucket = 1 + target->depth + (segments > 3 ? 3 : segments) + penalty(path) +
             (target->is_guessed ? 2 : 0) - (target->is_known ? 2 : 0);
    return bucket < 1 ? 1 : bucket >= BUCKETS ? BUCKETS - 1 : bucket;
}

/* ---- the frontier ---- */

struct frontier *frontier_new(TALLOC_CTX *mem, const char *site)
{
    struct frontier *f = talloc_zero(mem, struct frontier);

    f->site = talloc_strdup(f, site);
    f->seen = number_set_new(f);
    f->variants = number_set_new(f);
    f->shapes = number_set_new(f);
    return f;
}

bool frontier_mark(struct frontier *f, const char *url)
{
    char *key = url_key(f, url);
    bool is_new = number_set_count(f->seen, text_hash(key, strlen(key)), 1) == 1;

    talloc_free(key);
    return is_new;
}

bool frontier_add(struct frontier *f, const struct target *target)
{
    const char *path = url_path(target->url);
    struct target *copy;
    struct bucket *bucket;

    if (f->total >= MAX_TARGETS || !url_same_site(target->url, f->site))
        return false;
    if (ends_like_a_file(path, strcspn(path, "?")) || is_action(path))
        return false;
    if (!frontier_mark(f, target->url) || is_trap(f, path))
        return false;
    copy = talloc_zero(f, struct target);
    *copy = *target;
    copy->next = NULL;
    copy->url = talloc_asprintf(copy, "%s%s", url_origin(copy, f->site), path);
    copy->found_on = talloc_strdup(copy, target->found_on);
    copy->modified = talloc_strdup(copy, target->modified);
    bucket = &f->buckets[bucket_of(copy)];
    if (bucket->last)
        bucket->last->next = copy;
    else
        bucket->first = copy;
    bucket->last = copy;
    f->total++;
    return true;
}

const struct target *frontier_next(struct frontier *f)
{
    for (int i = 0; i < BUCKETS; i++) {
        struct bucket *bucket = &f->buckets[i];
        struct target *target = bucket->first;

        if (!target)
            continue;
        bucket->first = target->next;
        if (!bucket->first)
            bucket->last = NULL;
        return target;
    }
    return NULL;
}

size_t frontier_total(const struct frontier *f)
{
    return f->total;
}
