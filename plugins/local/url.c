/* SPDX-License-Identifier: Apache-2.0 */
#include "url.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Parameters that say where a visitor came from, never what the page shows. */
static const char *const tracking[] = {
    "gclid",      "gclsrc",    "dclid",      "gbraid", "wbraid",        "fbclid",
    "msclkid",    "yclid",     "twclid",     "ttclid", "igshid",        "mc_cid",
    "mc_eid",     "_ga",       "_gl",        "_hsenc", "_hsmi",         "mkt_tok",
    "epik",       "srsltid",   "vero_id",    "s_cid",  "hsctatracking", "phpsessid",
    "jsessionid", "sessionid", "session_id", "zenid",  "oscsid",        "cfid",
    "cftoken",    NULL,
};

/* A growing text with its end; URLs are short, so strings are simply rebuilt. */
struct text {
    char *data;
    size_t len, room;
};

static void text_add(struct text *t, const char *data, size_t len)
{
    if (t->len + len < t->room) {
        memcpy(t->data + t->len, data, len);
        t->len += len;
        t->data[t->len] = '\0';
    }
}

static struct text text_new(TALLOC_CTX *mem, size_t room)
{
    struct text t = {.data = talloc_size(mem, room), .room = room};

    t.data[0] = '\0';
    return t;
}

/* ---- pieces of a normal URL ---- */

static const char *after_scheme(const char *url)
{
    const char *at = strstr(url, "://");

    return at ? at + 3 : url;
}

const char *url_path(const char *url)
{
    const char *slash = strchr(after_scheme(url), '/');

    return slash ? slash : "/";
}

char *url_origin(TALLOC_CTX *mem, const char *url)
{
    return talloc_strndup(mem, url, (size_t)(url_path(url) - url));
}

static const char *bare_host(const char *url)
{
    const char *host = after_scheme(url);

    return strncmp(host, "www.", 4) == 0 ? host + 4 : host;
}

char *url_host(TALLOC_CTX *mem, const char *url)
{
    const char *host = after_scheme(url);
    size_t len = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");

    return talloc_strndup(mem, host, len);
}

bool url_same_site(const char *a, const char *b)
{
    const char *host_a = bare_host(a), *host_b = bare_host(b);
    size_t len_a = strcspn(host_a, "/"), len_b = strcspn(host_b, "/");

    return len_a == len_b && memcmp(host_a, host_b, len_a) == 0;
}

/* ---- percent-encoding ---- */

static bool is_unreserved(unsigned char c)
{
    return isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_encoded(struct text *t, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    char code[3] = {'%', digits[c >> 4], digits[c & 15]};

    text_add(t, code, 3);
}

/* Decodes what needs no encoding, encodes what must not stand bare. */
static void add_uniform(struct text *t, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)data[i];

        if (c == '%' && i + 2 < len + 0 && hex_value(data[i + 1]) >= 0 &&
            hex_value(data[i + 2]) >= 0) {
            c = (unsigned char)(hex_value(data[i + 1]) << 4 | hex_value(data[i + 2]));
            i += 2;
            if (is_unreserved(c))
                text_add(t, (char *)&c, 1);
            else
                add_encoded(t, c);
        } else if (c <= 0x20 || c >= 0x7f || strchr("\"<>`{}|^%", c)) {
            add_encoded(t, c);
        } else {
            text_add(t, (char *)&c, 1);
        }
    }
}

/* ---- path and query ---- */

/* RFC 3986 section 5.2.4, on a path that begins with '/'. */
static void add_path(TALLOC_CTX *mem, struct text *out, const char *path, size_t len)
{
    struct text uniform = text_new(mem, len * 3 + 2);
    size_t start = out->len;
    const char *p;

    add_uniform(&uniform, path, len);
    p = uniform.data;
    while (*p) {
        size_t seg = 1 + strcspn(p + 1, "/"); /* with its leading slash */
        bool is_last = !p[seg];

        if (seg == 3 && p[1] == '.' && p[2] == '.') {
            while (out->len > start && out->data[out->len - 1] != '/')
                out->len--;
            if (out->len > start)
                out->len--;
            out->data[out->len] = '\0';
            if (is_last)
                text_add(out, "/", 1);
        } else if (seg == 2 && p[1] == '.') {
            if (is_last)
                text_add(out, "/", 1);
        } else {
            text_add(out, p, seg);
        }
        p += seg;
    }
    if (out->len == start)
        text_add(out, "/", 1);
}

/* ";jsessionid=..." at the end of a path */
static size_t without_session(const char *path, size_t len)
{
    for (size_t i = 0; i + 12 <= len; i++)
        if (strncasecmp(path + i, ";jsessionid=", 12) == 0)
            return i;
    return len;
}

static bool is_tracking(const char *name, size_t len)
{
    if (len >= 4 && strncasecmp(name, "utm_", 4) == 0)
        return true;
    if (len >= 12 && strncasecmp(name, "aspsessionid", 12) == 0)
        return true;
    for (size_t i = 0; tracking[i]; i++)
        if (strlen(tracking[i]) == len && strncasecmp(name, tracking[i], len) == 0)
            return true;
    return false;
}

/* "sid" may be a section; a long value makes it a session. */
static bool is_session(const char *param, size_t len)
{
    if (len < 20 || strncasecmp(param, "sid=", 4) != 0)
        return false;
    for (size_t i = 4; i < len; i++)
        if (!isalnum((unsigned char)param[i]))
            return false;
    return true;
}

static void add_query(TALLOC_CTX *mem, struct text *out, const char *query, size_t len)
{
    const char *end = query + len;
    char before = '?';

    while (query < end) {
        const char *amp = memchr(query, '&', (size_t)(end - query));
        size_t one = (size_t)((amp ? amp : end) - query);
        struct text param = text_new(mem, one * 3 + 1);

        add_uniform(&param, query, one);
        if (one && !is_tracking(param.data, strcspn(param.data, "=")) &&
            !is_session(param.data, param.len)) {
            text_add(out, &before, 1);
            text_add(out, param.data, param.len);
            before = '&';
        }
        query += one + 1;
    }
}

/* ---- authority ---- */

static bool is_host_char(unsigned char c)
{
    return isalnum(c) || c == '-' || c == '.' || c == '_' || c >= 0x80;
}

static bool add_ipv6(struct text *out, const char *host, size_t len)
{
    if (len < 4 || host[len - 1] != ']')
        return false;
    for (size_t i = 1; i + 1 < len; i++)
        if (hex_value(host[i]) < 0 && host[i] != ':' && host[i] != '.')
            return false;
    for (size_t i = 0; i < len; i++) {
        char c = (char)tolower((unsigned char)host[i]);

        text_add(out, &c, 1);
    }
    return true;
}

static bool add_host(struct text *out, const char *host, size_t len)
{
    if (len && host[0] == '[')
        return add_ipv6(out, host, len);
    if (len && host[len - 1] == '.')
        len--;
    if (!len || len > 253 || host[0] == '.' || host[0] == '-' || host[len - 1] == '.')
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = (char)tolower((unsigned char)host[i]);

        if (!is_host_char((unsigned char)c) || (c == '.' && i && host[i - 1] == '.'))
            return false;
        text_add(out, &c, 1);
    }
    return true;
}

static bool add_port(struct text *out, const char *port, size_t len, bool secure)
{
    long number = 0;
    char digits[16];

    for (size_t i = 0; i < len; i++) {
        if (port[i] < '0' || port[i] > '9' || number > 65535)
            return false;
        number = number * 10 + (port[i] - '0');
    }
    if (!len || number == (secure ? 443 : 80))
        return true;
    if (number < 1 || number > 65535)
        return false;
    text_add(out, digits, (size_t)snprintf(digits, sizeof(digits), ":%ld", number));
    return true;
}

static bool add_authority(struct text *out, const char *at, size_t len, bool secure)
{
    const char *host = at, *end = at + len, *colon;
    size_t host_len;

    for (const char *c = at; c < end; c++)
        if (*c == '@')
            host = c + 1; /* a user name, which we do not send */
    if (host < end && *host == '[') {
        colon = memchr(host, ']', (size_t)(end - host));
        colon = colon ? colon + 1 : end;
    } else {
        colon = memchr(host, ':', (size_t)(end - host));
        colon = colon ? colon : end;
    }
    host_len = (size_t)(colon - host);
    if (!add_host(out, host, host_len) || (colon < end && *colon != ':'))
        return false;
    return colon == end || add_port(out, colon + 1, (size_t)(end - colon - 1), secure);
}

/* ---- resolving ---- */

/* A copy without white space around, tabs and line breaks inside, and the fragment;
 * backslashes before the query become slashes. */
static char *tidy(TALLOC_CTX *mem, const char *ref, size_t len)
{
    struct text t;
    bool in_query = false;

    while (len && (unsigned char)*ref <= 0x20)
        ref++, len--;
    while (len && (unsigned char)ref[len - 1] <= 0x20)
        len--;
    if (len > URL_MAX)
        return NULL;
    t = text_new(mem, len + 1);
    for (size_t i = 0; i < len && ref[i] != '#'; i++) {
        char c = ref[i];

        in_query = in_query || c == '?';
        if (c == '\\' && !in_query)
            c = '/';
        if (c != '\t' && c != '\n' && c != '\r' && c != '\0')
            text_add(&t, &c, 1);
    }
    return t.data;
}

/* Length of "scheme:" at the start, 0 when there is none. */
static size_t scheme_length(const char *ref)
{
    size_t i = 0;

    if (!isalpha((unsigned char)ref[0]))
        return 0;
    while (isalnum((unsigned char)ref[i]) || (ref[i] && strchr("+-.", ref[i])))
        i++;
    return ref[i] == ':' ? i + 1 : 0;
}

/* The path of `ref`, merged with the base's folder where it is relative. */
static char *merged_path(TALLOC_CTX *mem, const char *base, const char *ref, size_t len)
{
    const char *path = base ? url_path(base) : "/";
    size_t whole = strcspn(path, "?"), folder = whole;

    if (!len)
        return talloc_strndup(mem, path, whole);
    if (ref[0] == '/')
        return talloc_strndup(mem, ref, len);
    while (folder && path[folder - 1] != '/')
        folder--;
    return talloc_asprintf(mem, "%.*s%.*s", (int)folder, path, (int)len, ref);
}

/* Scheme and authority, from the reference if it has them, else from the base. Returns
 * what is left of the reference, NULL when it cannot be used. */
static const char *add_origin(struct text *out, const char *base, const char *ref)
{
    size_t scheme = scheme_length(ref);
    bool secure;

    if (scheme) {
        secure = scheme == 6 && strncasecmp(ref, "https:", 6) == 0;
        if (!secure && (scheme != 5 || strncasecmp(ref, "http:", 5) != 0))
            return NULL;
        ref += scheme;
        if (strncmp(ref, "//", 2) != 0)
            return NULL;
    } else if (!base) {
        return NULL;
    } else {
        secure = strncmp(base, "https:", 6) == 0;
    }
    if (strncmp(ref, "//", 2) == 0) {
        size_t len = strcspn(ref + 2, "/?");

        text_add(out, secure ? "https://" : "http://", secure ? 8 : 7);
        return add_authority(out, ref + 2, len, secure) ? ref + 2 + len : NULL;
    }
    text_add(out, base, (size_t)(url_path(base) - base));
    return ref;
}

char *url_resolve(TALLOC_CTX *mem, const char *base, const char *ref, size_t len)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    char *clean = tidy(tmp, ref, len), *path, *result = NULL;
    struct text out = text_new(tmp, URL_MAX * 4);
    const char *rest = clean ? add_origin(&out, base, clean) : NULL;

    if (rest) {
        size_t path_len = strcspn(rest, "?");
        bool own_origin = strncmp(clean, "//", 2) == 0 || scheme_length(clean);

        path = merged_path(tmp, own_origin ? NULL : base, rest, path_len);
        add_path(tmp, &out, path, without_session(path, strlen(path)));
        if (rest[path_len] == '?')
            add_query(tmp, &out, rest + path_len + 1, strlen(rest + path_len + 1));
        else if (!path_len && !own_origin && strchr(url_path(base), '?'))
            text_add(&out, strchr(base, '?'), strlen(strchr(base, '?')));
        if (out.len <= URL_MAX)
            result = talloc_strdup(mem, out.data);
    }
    talloc_free(tmp);
    return result;
}

/* ---- keys ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum { MAX_PARAMS = 64 };

static void add_sorted(TALLOC_CTX *mem, struct text *out, const char *query)
{
    char *copy = talloc_strdup(mem, query), *save = NULL;
    char **params = talloc_array(mem, char *, MAX_PARAMS);
    size_t count = 0;

    for (char *p = strtok_r(copy, "&", &save); p && count < MAX_PARAMS;
         p = strtok_r(NULL, "&", &save))
        params[count++] = p;
    qsort(params, count, sizeof(*params), by_text);
    for (size_t i = 0; i < count; i++) {
        text_add(out, i ? "&" : "?", 1);
        text_add(out, params[i], strlen(params[i]));
    }
}

/* "/a/index.html" and "/a/" are "/a" */
static void drop_index(struct text *out, size_t path_start)
{
    static const char *const names[] = {"index.html",   "index.htm", "index.php",
                                        "default.aspx", "index.asp", NULL};

    for (size_t i = 0; names[i]; i++) {
        size_t len = strlen(names[i]);

        if (out->len - path_start > len && out->data[out->len - len - 1] == '/' &&
            strcasecmp(out->data + out->len - len, names[i]) == 0) {
            out->len -= len;
            break;
        }
    }
    while (out->len > path_start && out->data[out->len - 1] == '/')
        out->len--;
    out->data[out->len] = '\0';
}

char *url_key(TALLOC_CTX *mem, const char *url)
{
    const char *host = bare_host(url), *path = url_path(url);
    size_t path_len = strcspn(path, "?"), start;
    TALLOC_CTX *tmp = talloc_new(mem);
    struct text out = text_new(tmp, strlen(url) + 16);
    char *key;

    text_add(&out, host, strcspn(host, "/"));
    start = out.len;
    for (size_t i = 0; i < path_len; i++)
        if (path[i] != '/' || out.len == start || out.data[out.len - 1] != '/')
            text_add(&out, path + i, 1);
    drop_index(&out, start);
    if (path[path_len] == '?')
        add_sorted(tmp, &out, path + path_len + 1);
    key = talloc_strdup(mem, out.data);
    talloc_free(tmp);
    return key;
}
