/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include "know/markup.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "base/array.h"
#include "base/buf.h"
#include "know/markup_attr.h"

enum { NAME = 16, MAX_SCRIPTS = 50 };

struct tame {
    struct sb_markup *out;
    struct sb_buf html;
    const char *at, *end;
    char (*open)[NAME]; /* names of the open elements */
    int depth, max_depth;
    size_t nodes, max_nodes;
    bool has_title;
};

struct tag {
    char name[NAME];
    bool closing;
    const char *attributes, *attributes_end;
};

/* ---- what happens to an element ---- */

enum fate {
    KEEP, /* with its content */
    VOID, /* kept, has no content */
    SHED, /* the tag goes, the content stays */
    DROP, /* goes with its content */
    RAW,  /* <script>: looked at, then dropped */
    TITLE,
    PLACE, /* html, head, body: start tags stay, they do not nest */
    BOLD,
    STRUCK,
};

static const struct {
    const char *name;
    enum fate fate;
} fates[] = {
    {"a", KEEP},        {"area", SHED},     {"audio", DROP},   {"b", BOLD},
    {"base", VOID},     {"basefont", SHED}, {"bgsound", SHED}, {"big", SHED},
    {"body", PLACE},    {"br", VOID},       {"canvas", DROP},  {"code", SHED},
    {"col", SHED},      {"em", SHED},       {"embed", SHED},   {"font", SHED},
    {"frame", SHED},    {"frameset", SHED}, {"head", PLACE},   {"hr", VOID},
    {"html", PLACE},    {"i", SHED},        {"iframe", DROP},  {"image", SHED},
    {"img", VOID},      {"input", SHED},    {"keygen", SHED},  {"link", VOID},
    {"math", DROP},     {"meta", VOID},     {"nobr", SHED},    {"noembed", DROP},
    {"noframes", DROP}, {"option", DROP},   {"param", SHED},   {"plaintext", SHED},
    {"s", STRUCK},      {"script", RAW},    {"select", DROP},  {"small", SHED},
    {"source", SHED},   {"strike", STRUCK}, {"strong", BOLD},  {"style", DROP},
    {"sub", SHED},      {"sup", SHED},      {"svg", DROP},     {"textarea", DROP},
    {"title", TITLE},   {"track", SHED},    {"tt", SHED},      {"u", SHED},
    {"video", DROP},    {"wbr", SHED},      {"xmp", SHED},     {"datalist", DROP},
};

static enum fate fate_of(const char *name)
{
    for (size_t i = 0; i < sizeof(fates) / sizeof(fates[0]); i++)
        if (strcmp(fates[i].name, name) == 0)
            return fates[i].fate;
    return KEEP;
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* ---- tokens ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* '>' outside of quotes, or the end. */
static const char *find_close(const char *at, const char *end)
{
    bool after_equals = false;

    for (; at < end && *at != '>'; at++) {
        if ((*at == '"' || *at == '\'') && after_equals) {
            const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));

            if (!close)
                return end;
            at = close;
            after_equals = false;
        } else if (!is_space(*at)) {
            after_equals = *at == '=';
        }
    }
    return at;
}

/* From behind "<!" or "<?": past a comment, doctype, CDATA or instruction. */
static const char *skip_other(const char *at, const char *end)
{
    const char *close;

    if (end - at >= 2 && at[0] == '-' && at[1] == '-') {
        if (end - at >= 3 && at[2] == '>')
            return at + 3;
        close = memmem(at + 2, (size_t)(end - at - 2), "-->", 3);
        return close ? close + 3 : end;
    }
    close = memchr(at, '>', (size_t)(end - at));
    return close ? close + 1 : end;
}

/* Where "</name" begins, or the end. */
static const char *find_end_tag(const char *at, const char *end, const char *name)
{
    size_t len = strlen(name);

    while (at < end && (at = memmem(at, (size_t)(end - at), "</", 2))) {
        if ((size_t)(end - at) > len + 2 && strncasecmp(at + 2, name, len) == 0 &&
            !isalnum((unsigned char)at[len + 2]))
            return at;
        at += 2;
    }
    return end;
}

static void skip_element(struct tame *t, const char *name)
{
    const char *close = find_end_tag(t->at, t->end, name);

    t->at = close < t->end ? find_close(close, t->end) : t->end;
    if (t->at < t->end)
        t->at++;
}

/* ---- the open elements ---- */

static bool is_open_at(const struct tame *t, int index, const char *name)
{
    return strcmp(t->open[index], name) == 0;
}

static const char *const marks[] = {"td",     "th",      "caption", "table", "template",
                                    "object", "marquee", "applet",  NULL};

/* Where `name` is open, -1 when it is not within reach. */
static int find_open(const struct tame *t, const char *name)
{
    static const char *const parts[] = {"td",       "th",    "tr",    "thead",
                                        "tbody",    "tfoot", "table", "caption",
                                        "template", NULL};
    bool is_part = is_one_of(name, parts);

    for (int i = t->depth - 1; i >= 0; i--) {
        if (is_open_at(t, i, name))
            return i;
        if (!is_part && is_one_of(t->open[i], marks))
            return -1;
        if (is_part && strcmp(name, "table") != 0 && is_open_at(t, i, "table"))
            return -1;
    }
    return -1;
}

/* The start of one of these ends an open one of the same kind, as the parser will. */
static void close_implied(struct tame *t, const char *name)
{
    static const struct {
        const char *name, *ends[4];
    } rules[] = {
        {"p", {"p"}},
        {"li", {"li"}},
        {"dt", {"dt", "dd"}},
        {"dd", {"dd", "dt"}},
        {"tr", {"tr", "td", "th"}},
        {"td", {"td", "th"}},
        {"th", {"th", "td"}},
        {"thead", {"tr"}},
        {"tbody", {"thead", "tbody", "tr"}},
        {"tfoot", {"tbody", "tr"}},
        {"a", {"a"}},
    };
    static const char *const through[] = {"a",   "span", "x-b",     "del", "label",
                                          "div", "p",    "address", "ins", NULL};

    for (size_t r = 0; r < sizeof(rules) / sizeof(rules[0]); r++) {
        int lowest = t->depth;

        if (strcmp(rules[r].name, name) != 0)
            continue;
        for (int i = t->depth - 1; i >= 0; i--) {
            if (is_one_of(t->open[i], rules[r].ends))
                lowest = i;
            else if (!is_one_of(t->open[i], through) || name[0] == 'p')
                break;
            if (name[0] == 'p' || name[0] == 'a' || name[0] == 'l' || name[0] == 'd')
                if (lowest == i)
                    break;
        }
        t->depth = lowest;
    }
}

static void put_start(struct tame *t, const char *name, const struct tag *tag)
{
    sb_buf_putc(&t->html, '<');
    sb_buf_puts(&t->html, name);
    sb_markup_put_attributes(&t->html, tag->attributes, tag->attributes_end);
    sb_buf_putc(&t->html, '>');
    t->nodes++;
}

static void start_element(struct tame *t, const char *name, const struct tag *tag)
{
    close_implied(t, name);
    if (t->depth >= t->max_depth) {
        t->out->truncated = true;
        return;
    }
    (void)memcpy(t->open[t->depth++], name, strlen(name) + 1);
    put_start(t, name, tag);
}

static void end_element(struct tame *t, const char *name)
{
    int index = find_open(t, name);

    if (index < 0)
        return;
    t->depth = index;
    sb_buf_puts(&t->html, "</");
    sb_buf_puts(&t->html, name);
    sb_buf_putc(&t->html, '>');
}

/* ---- one tag ---- */

static void take_script(struct tame *t, const struct tag *tag)
{
    const char *start = t->at, *close = find_end_tag(t->at, t->end, "script");
    const char *at = tag->attributes, *name, *value;
    size_t name_len, value_len;
    bool is_data = false;

    while (sb_markup_attribute(&at, tag->attributes_end, &name, &name_len, &value,
                               &value_len))
        if (name_len == 4 && strncasecmp(name, "type", 4) == 0)
            is_data = is_data || sb_markup_contains(value, value_len, "ld+json");
    skip_element(t, "script");
    if (!is_data || t->out->script_count >= MAX_SCRIPTS)
        return;
    t->out->scripts[t->out->script_count].text = start;
    t->out->scripts[t->out->script_count++].len = (size_t)(close - start);
}

static void take_title(struct tame *t)
{
    const char *start = t->at, *close = find_end_tag(t->at, t->end, "title");

    skip_element(t, "title");
    if (t->has_title)
        return;
    t->has_title = true;
    sb_buf_puts(&t->html, "<title>");
    for (const char *c = start; c < close; c++) {
        if (*c == '<')
            sb_buf_puts(&t->html, "&lt;");
        else
            sb_buf_putc(&t->html, *c);
    }
    sb_buf_puts(&t->html, "</title>");
}

static bool is_self_closed(const struct tag *tag)
{
    return tag->attributes_end > tag->attributes && tag->attributes_end[-1] == '/';
}

static void take_start(struct tame *t, const struct tag *tag)
{
    switch (fate_of(tag->name)) {
    case KEEP: start_element(t, tag->name, tag); break;
    case BOLD: start_element(t, "x-b", tag); break;
    case STRUCK: start_element(t, "del", tag); break;
    case VOID:
    case PLACE: put_start(t, tag->name, tag); break;
    case RAW: take_script(t, tag); break;
    case TITLE: take_title(t); break;
    case SHED: break;
    case DROP:
        if (!is_self_closed(tag))
            skip_element(t, tag->name);
        break;
    }
}

static void take_end(struct tame *t, const struct tag *tag)
{
    switch (fate_of(tag->name)) {
    case KEEP: end_element(t, tag->name); break;
    case BOLD: end_element(t, "x-b"); break;
    case STRUCK: end_element(t, "del"); break;
    case VOID:
        if (strcmp(tag->name, "br") == 0)
            sb_buf_puts(&t->html, "<br>");
        break;
    case SHED:
    case DROP:
    case RAW:
    case TITLE:
    case PLACE: break;
    }
}

static const char *read_name(const char *at, const char *end, char out[NAME])
{
    size_t n = 0;

    for (; at < end && !is_space(*at) && *at != '/' && *at != '>'; at++)
        if (n + 1 < NAME && (isalnum((unsigned char)*at) || *at == '-'))
            out[n++] = (char)tolower((unsigned char)*at);
    out[n] = '\0';
    return at;
}

static void take_tag(struct tame *t)
{
    const char *name = t->at + 1;
    struct tag tag = {.closing = false};

    if (name < t->end && *name == '/') {
        tag.closing = true;
        name++;
    }
    if (name >= t->end || !isalpha((unsigned char)*name)) {
        if (name < t->end && (*name == '!' || *name == '?' || tag.closing)) {
            t->at = skip_other(tag.closing ? name : name + 1, t->end);
            return;
        }
        sb_buf_puts(&t->html, "&lt;"); /* a bare "<" */
        t->at++;
        return;
    }
    tag.attributes = read_name(name, t->end, tag.name);
    tag.attributes_end = find_close(tag.attributes, t->end);
    t->at = tag.attributes_end < t->end ? tag.attributes_end + 1 : t->end;
    if (tag.closing)
        take_end(t, &tag);
    else
        take_start(t, &tag);
}

struct sb_markup *sb_markup_tame(TALLOC_CTX *mem, const char *html, size_t len,
                                 int max_depth, size_t max_nodes)
{
    struct sb_markup *out = talloc_zero(mem, struct sb_markup);
    struct tame t = {.out = out,
                     .at = html,
                     .end = html + len,
                     .max_depth = max_depth,
                     .max_nodes = max_nodes};

    sb_buf_init(&t.html, out);
    t.open = talloc_zero_size(out, (size_t)max_depth * NAME);
    out->scripts = sb_array(out, struct sb_markup_script, MAX_SCRIPTS);
    sb_buf_puts(&t.html, "<!DOCTYPE html>");
    while (t.at < t.end) {
        const char *lt = memchr(t.at, '<', (size_t)(t.end - t.at));

        if (!lt)
            lt = t.end;
        if (lt > t.at)
            sb_buf_add(&t.html, t.at, (size_t)(lt - t.at));
        t.at = lt;
        if (lt == t.end)
            break;
        if (t.nodes >= t.max_nodes) {
            out->truncated = true;
            break;
        }
        take_tag(&t);
    }
    out->html = t.html.data;
    out->len = t.html.len;
    return out;
}
