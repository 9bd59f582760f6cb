/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON-LD scripts. Half of those that are not valid JSON fail for one of a few
 * reasons, which are mended in one pass that also bounds the nesting (the parser is
 * recursive).
 */
#include <ctype.h>
#include <string.h>
#include "base/buf.h"
#include "base/text.h"
#include "know/extract_impl.h"
#include "know/schema.h"

enum { MAX_NESTING = 48, MAX_SCRIPT = 1024 * 1024 };

struct mending {
    struct sb_buf out;
    const char *at, *end;
    int depth;
    bool too_deep;
};

/* "//...", block comments, "<!--", "-->", CDATA marks; true when one was skipped. */
static bool skip_comment(struct mending *m)
{
    static const char *const marks[] = {"<!--", "-->", "<![CDATA[", "]]>", NULL};
    size_t left = (size_t)(m->end - m->at);

    for (size_t i = 0; marks[i]; i++)
        if (left >= strlen(marks[i]) &&
            memcmp(m->at, marks[i], strlen(marks[i])) == 0) {
            m->at += strlen(marks[i]);
            return true;
        }
    if (left >= 2 && m->at[0] == '/' && m->at[1] == '*') {
        for (m->at += 2; m->at + 1 < m->end; m->at++)
            if (m->at[0] == '*' && m->at[1] == '/')
                break;
        m->at = m->at + 2 < m->end ? m->at + 2 : m->end;
        return true;
    }
    if (left >= 2 && m->at[0] == '/' && m->at[1] == '/') {
        while (m->at < m->end && *m->at != '\n' &&
               (m->end - m->at < 3 || memcmp(m->at, "<![", 3) != 0))
            m->at++;
        return true;
    }
    return false;
}

/* A string, its control characters escaped and invalid UTF-8 replaced. */
static void copy_string(struct mending *m)
{
    sb_buf_putc(&m->out, *m->at++);
    while (m->at < m->end && *m->at != '"') {
        unsigned char c = (unsigned char)*m->at;

        if (c == '\\' && m->at + 1 < m->end) {
            static const char escapes[] = "\"\\/bfnrtu";

            if (strchr(escapes, m->at[1]) && m->at[1])
                sb_buf_add(&m->out, m->at, 2);
            else if (m->at[1] != '\n')
                sb_buf_putc(&m->out, m->at[1]);
            m->at += 2;
        } else if (c < 0x20) {
            sb_buf_putc(&m->out, ' ');
            m->at++;
        } else {
            uint32_t cp;
            char utf8[4];

            m->at += sb_utf8_next(m->at, (size_t)(m->end - m->at), &cp);
            sb_buf_add(&m->out, utf8, sb_utf8_put(utf8, cp));
        }
    }
    sb_buf_putc(&m->out, '"');
    if (m->at < m->end)
        m->at++;
}

/* A comma that is followed by the end of its list goes. */
static void close_list(struct mending *m)
{
    size_t len = m->out.len;

    while (len && isspace((unsigned char)m->out.data[len - 1]))
        len--;
    if (len && m->out.data[len - 1] == ',')
        m->out.data[len - 1] = ' ';
    m->depth--;
    sb_buf_putc(&m->out, *m->at++);
}

static void mend(struct mending *m)
{
    while (m->at < m->end && !m->too_deep) {
        char c = *m->at;

        if (c == '"') {
            copy_string(m);
        } else if (c == '{' || c == '[') {
            m->too_deep = ++m->depth > MAX_NESTING;
            sb_buf_putc(&m->out, c);
            m->at++;
        } else if (c == '}' || c == ']') {
            close_list(m);
        } else if ((c == '/' || c == '<' || c == '-' || c == ']') && skip_comment(m)) {
            continue;
        } else {
            if (!(c & 0x80) && c)
                sb_buf_putc(&m->out, c);
            m->at++;
        }
    }
}

json_t *sb_jsonld_parse(const char *text, size_t len)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct mending m = {.at = text, .end = text + len};
    json_t *json = NULL;
    const char *start;

    sb_buf_init(&m.out, mem);
    if (len <= MAX_SCRIPT)
        mend(&m);
    start = m.out.len ? strpbrk(m.out.data, "{[") : NULL;
    if (start && !m.too_deep)
        json = json_loads(start, JSON_DISABLE_EOF_CHECK, NULL);
    talloc_free(mem);
    return json;
}

/* ---- plain text out of HTML in a string ---- */

static void drop_tags(struct sb_buf *out, const char *text)
{
    while (*text) {
        const char *close =
            *text == '<' && (isalpha((unsigned char)text[1]) || text[1] == '/')
                ? strchr(text, '>')
                : NULL;

        if (close) {
            sb_buf_putc(out, ' ');
            text = close + 1;
        } else {
            sb_buf_putc(out, *text++);
        }
    }
}

static const struct {
    const char *name, *text;
} entities[] = {
    {"&amp;", "&"},   {"&lt;", "<"},
    {"&gt;", ">"},    {"&quot;", "\""},
    {"&#39;", "'"},   {"&apos;", "'"},
    {"&nbsp;", " "},  {"&#038;", "&"},
    {"&#8217;", "'"}, {"&#8211;", "-"},
    {"&ndash;", "-"}, {"&rsquo;", "'"},
    {"&#x27;", "'"},  {"&eacute;", "\xc3\xa9"},
};

static void decode_entities(struct sb_buf *out, const char *text)
{
    while (*text) {
        size_t used = 0;

        for (size_t i = 0; *text == '&' && i < sizeof(entities) / sizeof(entities[0]);
             i++)
            if (strncmp(text, entities[i].name, strlen(entities[i].name)) == 0) {
                sb_buf_puts(out, entities[i].text);
                used = strlen(entities[i].name);
                break;
            }
        if (!used)
            sb_buf_putc(out, *text);
        text += used ? used : 1;
    }
}

char *sb_plain_text(TALLOC_CTX *mem, const char *text)
{
    TALLOC_CTX *tmp = talloc_new(mem);
    struct sb_buf decoded, bare;
    char *result;

    sb_buf_init(&decoded, tmp);
    sb_buf_init(&bare, tmp);
    decode_entities(&decoded, text);
    drop_tags(&bare, sb_buf_str(&decoded));
    result = sb_collapse(mem, sb_buf_str(&bare), bare.len);
    talloc_free(tmp);
    return result;
}

void sb_facts_from_jsonld(TALLOC_CTX *mem, const char *json, size_t len,
                          const char *url, struct sb_fact **facts, size_t *count,
                          size_t max)
{
    json_t *item = sb_jsonld_parse(json, len);

    if (!item)
        return;
    sb_facts_from_schema(mem, item, SB_FACT_FROM_JSONLD, url, facts, count, max);
    json_decref(item);
}
