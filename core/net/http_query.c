/* SPDX-License-Identifier: Apache-2.0
 *
 * Percent-decoding and the little grammars of Cookie and Accept.
 */
#include "net/http_query.h"

#include <string.h>
#include <strings.h>
#include "base/text.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte that the escape at `text` stands for, or -1. */
static int escape_value(const char *text, size_t len)
{
    int high, low;

    if (len < 3 || text[0] != '%')
        return -1;
    high = hex_value(text[1]);
    low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* ---- paths ---- */

static char *decode_path(TALLOC_CTX *mem, const char *path, size_t len)
{
    char *out = talloc_size(mem, len + 1);
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        int byte = (unsigned char)path[i];

        if (path[i] == '%') {
            byte = escape_value(path + i, len - i);
            if (byte < 0x20 || byte == 0x7f || byte == '/' || byte == '\\')
                return NULL;
            i += 2;
        }
        out[n++] = (char)byte;
    }
    out[n] = '\0';
    return sb_utf8_valid(out, n) ? out : NULL;
}

/* Takes the last segment of `out` off; false at the root. */
static bool climb(const char *out, size_t *len)
{
    if (*len == 0)
        return false;
    do
        (*len)--;
    while (*len > 0 && out[*len] != '/');
    return true;
}

char *sb_path_normalise(TALLOC_CTX *mem, const char *path, size_t len)
{
    char *text = decode_path(mem, path, len);
    char *out;
    size_t n = 0;
    bool slash = true; /* does the path end with one? */

    if (!text || text[0] != '/')
        return NULL;
    out = talloc_size(mem, strlen(text) + 2);
    while (*text) {
        size_t part;

        text += strspn(text, "/");
        part = strcspn(text, "/");
        slash = part == 0 || (part <= 2 && strncmp(text, "..", part) == 0);
        if (part == 2 && slash && !climb(out, &n))
            return NULL;
        if (!slash) {
            out[n++] = '/';
            memcpy(out + n, text, part);
            n += part;
        }
        text += part;
    }
    if (slash)
        out[n++] = '/';
    out[n] = '\0';
    return out;
}

/* ---- queries ---- */

static char *decode_form(TALLOC_CTX *mem, const char *text, size_t len)
{
    char *out = talloc_size(mem, len + 1);
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        int byte = escape_value(text + i, len - i);

        if (byte >= 0)
            i += 2;
        else
            byte = text[i] == '+' ? ' ' : (unsigned char)text[i];
        out[n++] = (char)byte;
    }
    out[n] = '\0';
    if (memchr(out, '\0', n) || !sb_utf8_valid(out, n)) {
        talloc_free(out);
        return NULL;
    }
    return out;
}

char *sb_query_find(TALLOC_CTX *mem, const char *query, const char *name)
{
    while (*query) {
        size_t len = strcspn(query, "&");
        const char *equals = memchr(query, '=', len);
        size_t key_len = equals ? (size_t)(equals - query) : len;
        char *key = decode_form(mem, query, key_len);
        bool found = key && strcmp(key, name) == 0;

        talloc_free(key);
        if (found)
            return decode_form(mem, equals ? equals + 1 : "",
                               equals ? len - key_len - 1 : 0);
        query += len;
        query += *query == '&';
    }
    return NULL;
}

/* ---- cookies ---- */

char *sb_cookie_find(TALLOC_CTX *mem, const char *cookies, const char *name)
{
    size_t name_len = strlen(name);

    while (*cookies) {
        size_t len;

        cookies += strspn(cookies, "; \t");
        len = strcspn(cookies, ";");
        if (len > name_len && cookies[name_len] == '=' &&
            strncmp(cookies, name, name_len) == 0) {
            const char *value = cookies + name_len + 1;

            len -= name_len + 1;
            while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
                len--;
            if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
                value++;
                len -= 2;
            }
            return talloc_strndup(mem, value, len);
        }
        cookies += len;
    }
    return NULL;
}

/* ---- Accept ---- */

struct choice {
    const char *name;
    size_t len;
    int quality; /* thousandths */
};

/* "0.85" is 850; what is not a number is 1. */
static int parse_quality(const char *text)
{
    int value, scale = 100;

    if (*text != '0' && *text != '1')
        return 1000;
    value = (*text - '0') * 1000;
    if (text[1] != '.')
        return value;
    for (text += 2; *text >= '0' && *text <= '9' && scale > 0; text++, scale /= 10)
        value += (*text - '0') * scale;
    return value > 1000 ? 1000 : value;
}

/* Reads the next "name;q=0.5" of a list and moves on; false at its end. */
static bool next_choice(const char **list, struct choice *choice)
{
    const char *text = *list + strspn(*list, " \t,");
    size_t len = strcspn(text, ",");

    if (*text == '\0')
        return false;
    choice->name = text;
    choice->len = strcspn(text, ";, \t");
    choice->quality = 1000;
    for (size_t i = choice->len; i + 3 < len; i++)
        if (text[i] == ';') {
            size_t skip = i + 1 + strspn(text + i + 1, " \t");

            if (strncasecmp(text + skip, "q=", 2) == 0)
                choice->quality = parse_quality(text + skip + 2);
        }
    *list = text + len;
    return true;
}

static bool names(const struct choice *choice, const char *type)
{
    size_t family = strcspn(type, "/");

    if (choice->len == strlen(type) &&
        strncasecmp(choice->name, type, choice->len) == 0)
        return true;
    return choice->len == family + 2 &&
           strncasecmp(choice->name, type, family + 1) == 0 &&
           choice->name[family + 1] == '*';
}

bool sb_accept_prefers(const char *accept, const char *type)
{
    struct choice choice;
    int before = 0, own = 0, after = 0;

    if (!accept)
        return false;
    while (next_choice(&accept, &choice)) {
        if (names(&choice, type))
            own = choice.quality > own ? choice.quality : own;
        else if (own == 0 && choice.quality > before)
            before = choice.quality;
        else if (own > 0 && choice.quality > after)
            after = choice.quality;
    }
    return own > before && own >= after;
}

int sb_accept_coding(const char *accept, const char *coding)
{
    struct choice choice;
    int star = 0;

    if (!accept)
        return 0;
    while (next_choice(&accept, &choice)) {
        if (choice.len == strlen(coding) &&
            strncasecmp(choice.name, coding, choice.len) == 0)
            return choice.quality;
        if (choice.len == 1 && choice.name[0] == '*')
            star = choice.quality;
    }
    return star;
}
