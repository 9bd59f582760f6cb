/* SPDX-License-Identifier: Apache-2.0
 *
 * The longest matching rule wins, Allow wins a tie. Patterns are cut at their stars
 * and the pieces searched for from left to right, which is linear: a hostile file
 * cannot make the matching slow.
 */
#define _GNU_SOURCE /* memmem, strcasestr */
#include "robots.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MAX_BYTES = 500 * 1024,
    MAX_RULES = 1000,
    MAX_PATTERN = 1024,
    MAX_SITEMAPS = 50,
    MAX_DELAY_MS = 30000,
};

struct rule {
    char *pattern;
    size_t len; /* of the pattern as written: its rank */
    bool allow;
};

struct robots {
    struct rule *rules;
    size_t count;
    const char **sitemaps;
    size_t sitemap_count;
    int delay_ms;
};

/* What one reading of the file knows while it goes along. */
struct reading {
    struct robots *own, *any; /* rules of our group, rules of "*" */
    bool in_own, in_any;      /* the group being read names us, or "*" */
    bool has_own, names_open; /* names_open: still in a group's user-agent lines */
    const char *agent;
    size_t agent_len;
};

static struct robots *robots_new(TALLOC_CTX *mem)
{
    struct robots *r = talloc_zero(mem, struct robots);

    r->sitemaps = talloc_zero_array(r, const char *, MAX_SITEMAPS + 1);
    return r;
}

static void add_rule(struct robots *r, const char *pattern, size_t len, bool allow)
{
    if (r->count >= MAX_RULES)
        return;
    if (r->count % 32 == 0)
        r->rules = talloc_realloc(r, r->rules, struct rule, (unsigned)r->count + 32);
    r->rules[r->count].pattern = talloc_strndup(r, pattern, len);
    r->rules[r->count].len = len;
    r->rules[r->count].allow = allow;
    r->count++;
}

struct robots *robots_all(TALLOC_CTX *mem, bool allowed)
{
    struct robots *r = robots_new(mem);

    if (!allowed)
        add_rule(r, "/", 1, false);
    return r;
}

/* ---- reading ---- */

static int hex(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                        : -1;
}

/* Percent-encoding as URLs have it here, so that the two compare byte by byte; '*'
 * and '$' stay what they are. */
static size_t uniform(const char *in, size_t len, char *out, size_t room)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;

    for (size_t i = 0; i < len && n + 4 < room; i++) {
        unsigned char c = (unsigned char)in[i];
        bool was_coded = false;

        if (c == '%' && i + 2 < len && hex(in[i + 1]) >= 0 && hex(in[i + 2]) >= 0) {
            c = (unsigned char)(hex(in[i + 1]) << 4 | hex(in[i + 2]));
            i += 2;
            was_coded = true;
        }
        if (was_coded ? (isalnum(c) || strchr("-._~", c)) && c
                      : c > 0x20 && c < 0x7f && !strchr("\"<>`{}|^%", c)) {
            out[n++] = (char)c;
        } else {
            out[n++] = '%';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        }
    }
    return n;
}

static void take_rule(struct reading *in, const char *value, size_t len, bool allow)
{
    char pattern[MAX_PATTERN];
    size_t n;

    in->names_open = false;
    if (!len)
        return; /* "Disallow:" alone forbids nothing */
    n = uniform(value, len, pattern, sizeof(pattern));
    if (in->in_own)
        add_rule(in->own, pattern, n, allow);
    if (in->in_any)
        add_rule(in->any, pattern, n, allow);
}

static void take_agent(struct reading *in, const char *value, size_t len)
{
    size_t token = 0;
    bool is_own;

    if (!in->names_open)
        in->in_own = in->in_any = false;
    in->names_open = true;
    if (len && *value == '*') {
        in->in_any = true;
        return;
    }
    while (token < len && (isalnum((unsigned char)value[token]) ||
                           value[token] == '-' || value[token] == '_'))
        token++;
    is_own =
        token && token == in->agent_len && strncasecmp(value, in->agent, token) == 0;
    in->in_own = in->in_own || is_own;
    in->has_own = in->has_own || is_own;
}

static void take_delay(struct reading *in, const char *value, size_t len)
{
    char number[16];
    double seconds;
    int ms;

    in->names_open = false;
    if (!len || len >= sizeof(number))
        return;
    memcpy(number, value, len);
    number[len] = '\0';
    seconds = strtod(number, NULL);
    if (!(seconds > 0))
        return;
    ms = seconds * 1000 > MAX_DELAY_MS ? MAX_DELAY_MS : (int)(seconds * 1000);
    if (in->in_own)
        in->own->delay_ms = ms;
    if (in->in_any)
        in->any->delay_ms = ms;
}

static void take_sitemap(struct reading *in, const char *value, size_t len)
{
    /* Sitemap lines belong to no group: both get them. */
    if (!len || in->own->sitemap_count >= MAX_SITEMAPS)
        return;
    in->own->sitemaps[in->own->sitemap_count++] = talloc_strndup(in->own, value, len);
    in->any->sitemaps[in->any->sitemap_count++] = talloc_strndup(in->any, value, len);
}

static bool is_key(const char *key, size_t len, const char *name)
{
    return strlen(name) == len && strncasecmp(key, name, len) == 0;
}

static void trim(const char **text, size_t *len)
{
    while (*len && isspace((unsigned char)**text))
        (*text)++, (*len)--;
    while (*len && isspace((unsigned char)(*text)[*len - 1]))
        (*len)--;
}

static void take_line(struct reading *in, const char *line, size_t len)
{
    const char *hash = memchr(line, '#', len), *colon, *key = line, *value;
    size_t key_len, value_len;

    if (hash)
        len = (size_t)(hash - line);
    colon = memchr(line, ':', len);
    if (!colon)
        return;
    key_len = (size_t)(colon - line);
    value = colon + 1;
    value_len = (size_t)(line + len - value);
    trim(&key, &key_len);
    trim(&value, &value_len);
    if (is_key(key, key_len, "user-agent"))
        take_agent(in, value, value_len);
    else if (is_key(key, key_len, "disallow"))
        take_rule(in, value, value_len, false);
    else if (is_key(key, key_len, "allow"))
        take_rule(in, value, value_len, true);
    else if (is_key(key, key_len, "crawl-delay"))
        take_delay(in, value, value_len);
    else if (is_key(key, key_len, "sitemap"))
        take_sitemap(in, value, value_len);
}

struct robots *robots_parse(TALLOC_CTX *mem, const char *text, size_t len,
                            const char *agent)
{
    struct reading in = {
        .own = robots_new(mem), .any = robots_new(mem), .agent = agent};
    size_t at = 0;

    in.agent_len = strcspn(agent, "/ ");
    if (len > MAX_BYTES)
        len = MAX_BYTES;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    while (at < len) {
        size_t end = at;

        while (end < len && text[end] != '\n' && text[end] != '\r')
            end++;
        take_line(&in, text + at, end - at);
        at = end + 1;
    }
    talloc_free(in.has_own ? in.any : in.own);
    return in.has_own ? in.own : in.any;
}

/* ---- matching ---- */

static bool matches(const struct rule *rule, const char *path, size_t path_len)
{
    const char *p = rule->pattern, *end = p + strlen(p);
    const char *at = path, *path_end = path + path_len;
    bool to_end = end > p && end[-1] == '$';
    bool is_first = true;

    if (to_end)
        end--;
    while (p <= end) {
        const char *star = memchr(p, '*', (size_t)(end - p));
        size_t len = (size_t)((star ? star : end) - p);
        bool is_last = !star;
        const char *found;

        if (is_first)
            found = len <= path_len && memcmp(at, p, len) == 0 ? at : NULL;
        else if (is_last && to_end)
            found =
                (size_t)(path_end - at) >= len && memcmp(path_end - len, p, len) == 0
                    ? path_end - len
                    : NULL;
        else
            found = len ? memmem(at, (size_t)(path_end - at), p, len) : at;
        if (!found)
            return false;
        at = found + len;
        if (is_last)
            return !to_end || at == path_end;
        p = star + 1;
        is_first = false;
    }
    return true;
}

bool robots_allows(const struct robots *robots, const char *path)
{
    size_t best = 0, path_len = strlen(path);
    bool allow = true;

    if (strcmp(path, "/robots.txt") == 0)
        return true;
    for (size_t i = 0; i < robots->count; i++) {
        const struct rule *rule = &robots->rules[i];

        if (rule->len < best || (rule->len == best && (allow || !rule->allow)))
            continue;
        if (matches(rule, path, path_len)) {
            best = rule->len;
            allow = rule->allow;
        }
    }
    return allow;
}

int robots_delay_ms(const struct robots *robots)
{
    return robots->delay_ms;
}

const char *const *robots_sitemaps(const struct robots *robots)
{
    return robots->sitemaps;
}
