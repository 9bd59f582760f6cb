/* SPDX-License-Identifier: Apache-2.0
 *
 * The input waits in one buffer; next() eats lines from it until one is empty and
 * there is data to hand on. Invalid UTF-8 becomes U+FFFD, as the decoder before the
 * standard's parser would make it.
 */
#include "net/sse_parse.h"

#include <stdbool.h>
#include <string.h>
#include "base/buf.h"
#include "base/text.h"

enum { KEEP_ROOM = 64 * 1024 };

struct sb_sse_parser {
    struct sb_buf in; /* bytes from `eaten` on are unread */
    size_t eaten;
    size_t scanned; /* up to here there is no end of line */
    bool after_cr;  /* a LF that comes first belongs to the line before */
    bool begun;     /* the byte order mark has been looked for */
    bool has_data;
    struct sb_buf type, data, id; /* of the event being put together */
    struct sb_buf out_type, out_data;
    size_t max_event, event_bytes;
    long retry;
};

struct sb_sse_parser *sb_sse_parser_new(TALLOC_CTX *mem, size_t max_event)
{
    struct sb_sse_parser *p = talloc_zero(mem, struct sb_sse_parser);

    sb_buf_init(&p->in, p);
    sb_buf_init(&p->type, p);
    sb_buf_init(&p->data, p);
    sb_buf_init(&p->id, p);
    sb_buf_init(&p->out_type, p);
    sb_buf_init(&p->out_data, p);
    p->max_event = max_event;
    p->retry = -1;
    return p;
}

long sb_sse_parser_retry(const struct sb_sse_parser *parser)
{
    return parser->retry;
}

void sb_sse_parser_feed(struct sb_sse_parser *p, const void *data, size_t len)
{
    if (p->eaten == p->in.len) {
        sb_buf_reset(&p->in);
        p->eaten = p->scanned = 0;
    } else if (p->eaten > KEEP_ROOM && p->eaten > p->in.len / 2) {
        memmove(p->in.data, p->in.data + p->eaten, p->in.len - p->eaten);
        p->in.len -= p->eaten;
        p->in.data[p->in.len] = '\0';
        p->scanned = p->scanned > p->eaten ? p->scanned - p->eaten : 0;
        p->eaten = 0;
    }
    if (len)
        sb_buf_add(&p->in, data, len);
}

/* Text that may hold invalid UTF-8, appended valid. */
static void add_clean(struct sb_buf *out, const char *text, size_t len)
{
    if (sb_utf8_valid(text, len)) {
        sb_buf_add(out, text, len);
        return;
    }
    while (len) {
        uint32_t cp;
        char utf8[4];
        size_t n = sb_utf8_next(text, len, &cp);

        if (!n)
            return;
        sb_buf_add(out, utf8, sb_utf8_put(utf8, cp));
        text += n;
        len -= n;
    }
}

static void set_clean(struct sb_buf *out, const char *text, size_t len)
{
    sb_buf_reset(out);
    add_clean(out, text, len);
}

static void take_retry(struct sb_sse_parser *p, const char *value, size_t len)
{
    long ms = 0;

    if (!len || len > 9)
        return;
    for (size_t i = 0; i < len; i++) {
        if (value[i] < '0' || value[i] > '9')
            return;
        ms = ms * 10 + (value[i] - '0');
    }
    p->retry = ms;
}

static bool is_field(const char *name, size_t len, const char *field)
{
    return strlen(field) == len && memcmp(name, field, len) == 0;
}

static void take_line(struct sb_sse_parser *p, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    size_t name = colon ? (size_t)(colon - line) : len;
    const char *value = colon ? colon + 1 : line + len;
    size_t value_len = (size_t)(line + len - value);

    if (value_len && *value == ' ') {
        value++;
        value_len--;
    }
    if (is_field(line, name, "data")) {
        if (p->has_data)
            sb_buf_putc(&p->data, '\n');
        add_clean(&p->data, value, value_len);
        p->has_data = true;
    } else if (is_field(line, name, "event")) {
        set_clean(&p->type, value, value_len);
    } else if (is_field(line, name, "id")) {
        if (!memchr(value, '\0', value_len))
            set_clean(&p->id, value, value_len);
    } else if (is_field(line, name, "retry")) {
        take_retry(p, value, value_len);
    }
}

/* The blank line: hands on what there is, if there is data. */
static bool dispatch(struct sb_sse_parser *p, struct sb_sse_event *event)
{
    bool has_data = p->has_data;
    struct sb_buf swap;

    p->event_bytes = 0;
    p->has_data = false;
    if (has_data) {
        swap = p->out_data;
        p->out_data = p->data;
        p->data = swap;
        swap = p->out_type;
        p->out_type = p->type;
        p->type = swap;
        event->event = p->out_type.len ? sb_buf_str(&p->out_type) : "message";
        event->data = sb_buf_str(&p->out_data);
        event->data_len = p->out_data.len;
        event->id = sb_buf_str(&p->id);
    }
    sb_buf_reset(&p->data);
    sb_buf_reset(&p->type);
    return has_data;
}

/* The next whole line, without its end; false when it has not all come. */
static bool next_line(struct sb_sse_parser *p, const char **line, size_t *len)
{
    const char *in = p->in.data;

    if (p->after_cr && p->eaten < p->in.len) {
        if (in[p->eaten] == '\n')
            p->eaten++;
        p->after_cr = false;
    }
    if (p->scanned < p->eaten)
        p->scanned = p->eaten;
    for (size_t i = p->scanned; i < p->in.len; i++) {
        if (in[i] != '\n' && in[i] != '\r')
            continue;
        *line = in + p->eaten;
        *len = i - p->eaten;
        p->after_cr = in[i] == '\r';
        p->eaten = p->scanned = i + 1;
        return true;
    }
    p->scanned = p->in.len;
    return false;
}

/* True once it is known whether there was a byte order mark. */
static bool skip_mark(struct sb_sse_parser *p)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t have = p->in.len < 3 ? p->in.len : 3;

    if (p->begun)
        return true;
    if (have < 3 && (!have || memcmp(p->in.data, mark, have) == 0))
        return false;
    if (have == 3 && memcmp(p->in.data, mark, 3) == 0)
        p->eaten = p->scanned = 3;
    p->begun = true;
    return true;
}

int sb_sse_parser_next(struct sb_sse_parser *p, struct sb_sse_event *event,
                       struct sb_err *err)
{
    const char *line;
    size_t len;

    if (!skip_mark(p))
        return 0;
    while (next_line(p, &line, &len)) {
        if (!len) {
            if (dispatch(p, event))
                return 1;
            continue;
        }
        if (*line == ':')
            continue; /* a comment; they keep quiet streams open for hours */
        p->event_bytes += len;
        if (p->event_bytes > p->max_event)
            return sb_fail(err, SB_ELIMIT, "an event is larger than %zu bytes",
                           p->max_event);
        take_line(p, line, len);
    }
    if (p->event_bytes + (p->in.len - p->eaten) > p->max_event)
        return sb_fail(err, SB_ELIMIT, "an event is larger than %zu bytes",
                       p->max_event);
    return 0;
}
