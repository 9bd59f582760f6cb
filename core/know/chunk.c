/* SPDX-License-Identifier: Apache-2.0
 *
 * Chunking. Lines (one a block) gather under their heading; a section that grows too
 * large is cut between lines, a line that is too large between sentences. Table rows
 * carry their column names, so that any of them can be read alone.
 */
#include "know/chunk.h"

#include <string.h>
#include "base/array.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "know/extract.h"

const struct sb_chunk_limits sb_chunk_limits_default = {
    .tokens = 500, .overlap = 50, .least = 60, .chunks = 400};

struct line {
    const char *text;
    int tokens;
    bool heading; /* of a subsection that was joined */
};

struct chunker {
    TALLOC_CTX *mem, *scratch;
    const struct sb_chunk_limits *limits;
    const char *heading; /* of what is gathered */
    struct line *lines;
    size_t line_count, line_room;
    size_t carried; /* lines at the start that repeat the last chunk's end */
    int tokens;
    struct sb_chunk *chunks;
    size_t count;
};

/* Four letters make a token, and so does what stands alone. */
int sb_chunk_tokens(const char *text, size_t len)
{
    int tokens = 0;
    size_t run = 0;

    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != ' ' && text[i] != '\n') {
            run++;
            continue;
        }
        tokens += run == 0 ? 0 : 1 + (int)((run - 1) / 5);
        run = 0;
    }
    return tokens;
}

static void emit(struct chunker *c, const char *heading, const char *text, int asked)
{
    struct sb_chunk *chunk;
    struct sb_buf both;

    if (c->count == (size_t)c->limits->chunks)
        return;
    if (c->count % 16 == 0)
        c->chunks =
            talloc_realloc(c->mem, c->chunks, struct sb_chunk, (unsigned)c->count + 16);
    chunk = &c->chunks[c->count++];
    memset(chunk, 0, sizeof(*chunk));
    chunk->heading = talloc_strdup(c->mem, heading);
    chunk->text = talloc_strdup(c->mem, text);
    chunk->asked = asked;
    sb_buf_init(&both, c->scratch);
    sb_buf_printf(&both, "%d\n%s\n%s", asked, heading, text);
    sb_sha256(sb_buf_str(&both), both.len, chunk->hash);
}

static void push_line(struct chunker *c, const char *text, bool heading)
{
    if (c->line_count == c->line_room) {
        c->line_room = c->line_room ? c->line_room * 2 : 32;
        c->lines = talloc_realloc(c->scratch, c->lines, struct line,
                                  sb_array_count(c->line_room));
    }
    c->lines[c->line_count] =
        (struct line){text, sb_chunk_tokens(text, strlen(text)), heading};
    c->tokens += c->lines[c->line_count++].tokens;
}

/* Begins anew with the last lines that fit into the overlap. */
static void carry_over(struct chunker *c)
{
    size_t from = c->line_count;
    int tokens = 0;

    while (from > 0 && tokens + c->lines[from - 1].tokens <= c->limits->overlap)
        tokens += c->lines[--from].tokens;
    if (from == 0)
        from = c->line_count; /* all of it would be repeated: nothing is */
    memmove(c->lines, c->lines + from, (c->line_count - from) * sizeof(*c->lines));
    c->line_count -= from;
    c->carried = c->line_count;
    c->tokens = 0;
    for (size_t i = 0; i < c->line_count; i++)
        c->tokens += c->lines[i].tokens;
}

static void flush(struct chunker *c, bool cut)
{
    struct sb_buf text;
    bool body = false;

    sb_buf_init(&text, c->scratch);
    for (size_t i = 0; i < c->line_count; i++) {
        if (i > 0)
            sb_buf_putc(&text, '\n');
        sb_buf_puts(&text, c->lines[i].text);
        body = body || (i >= c->carried && !c->lines[i].heading);
    }
    if (body)
        emit(c, c->heading, sb_buf_str(&text), 0);
    if (cut && body) {
        carry_over(c);
        return;
    }
    c->line_count = c->carried = 0;
    c->tokens = 0;
}

/* The end of the sentence nearest below `max` bytes, else of the word. */
static size_t cut_at(const char *text, size_t len, size_t max)
{
    size_t at = 0, space = 0;

    if (len <= max)
        return len;
    for (size_t i = 1; i < max; i++) {
        if (text[i] != ' ' && text[i] != '\n')
            continue;
        space = i;
        if (text[i] == '\n' || strchr(".!?;", text[i - 1]))
            at = i;
    }
    if (at > max / 3)
        return at;
    if (space > 0)
        return space;
    while (max > 0 && (text[max] & 0xc0) == 0x80)
        max--;
    return max;
}

static void add_piece(struct chunker *c, const char *text)
{
    int tokens = sb_chunk_tokens(text, strlen(text));

    if (c->tokens > 0 && c->tokens + tokens > c->limits->tokens)
        flush(c, true);
    push_line(c, text, false);
}

/* A line longer than half a chunk goes in by sentences. */
static void add_text(struct chunker *c, const char *text)
{
    size_t len = strlen(text), most = (size_t)c->limits->tokens * 2;

    if (sb_chunk_tokens(text, len) <= c->limits->tokens / 2) {
        add_piece(c, text);
        return;
    }
    while (len > 0) {
        size_t at = cut_at(text, len, most);

        if (at == 0)
            at = len < most ? len : most;
        add_piece(c, talloc_strndup(c->scratch, text, at));
        while (at < len && (text[at] == ' ' || text[at] == '\n'))
            at++;
        text += at;
        len -= at;
    }
}

/* ---- tables ---- */

/* The next cell of "a | b | c", trimmed; NULL at the end. */
static char *next_cell(TALLOC_CTX *mem, const char **row)
{
    const char *p = *row, *end;

    if (!p)
        return NULL;
    end = strstr(p, " | ");
    *row = end ? end + 3 : NULL;
    return end ? talloc_strndup(mem, p, (size_t)(end - p)) : talloc_strdup(mem, p);
}

/* "Weekday | $45 | $28" below "Day | 18 holes | 9 holes" is read as
 * "Weekday: 18 holes $45; 9 holes $28". */
static const char *row_text(struct chunker *c, const struct sb_block *block)
{
    const char *row = block->text, *columns = block->columns;
    struct sb_buf out;
    char *cell, *column;
    int n = 0;

    if (!columns || !*columns || !strstr(row, " | "))
        return row;
    sb_buf_init(&out, c->scratch);
    while ((cell = next_cell(c->scratch, &row))) {
        column = columns ? next_cell(c->scratch, &columns) : NULL;
        if (n > 0 && *cell)
            sb_buf_puts(&out, n == 1 ? ": " : "; ");
        if (n > 0 && column && *column && *cell)
            sb_buf_printf(&out, "%s ", column);
        sb_buf_puts(&out, cell);
        n += n == 0 || *cell;
    }
    return sb_buf_str(&out);
}

/* ---- sections ---- */

static bool is_below(const char *heading, const char *above)
{
    size_t len = strlen(above);

    return len == 0 ||
           (strncmp(heading, above, len) == 0 &&
            (heading[len] == '\0' || strncmp(heading + len, " > ", 3) == 0));
}

/* What two paths of headings begin with alike. */
static char *common_path(TALLOC_CTX *mem, const char *a, const char *b)
{
    const char *end = a;
    const char *p = a;

    while (*p) {
        const char *sep = strstr(p, " > ");
        size_t upto = sep ? (size_t)(sep - a) : strlen(a);

        if (strncmp(a, b, upto) != 0 ||
            (b[upto] != '\0' && strncmp(b + upto, " > ", 3) != 0))
            break;
        end = a + upto;
        if (!sep)
            break;
        p = sep + 3;
    }
    return talloc_strndup(mem, a, (size_t)(end - a));
}

static const char *last_part(const char *heading)
{
    const char *p = heading, *sep;

    while ((sep = strstr(p, " > ")))
        p = sep + 3;
    return p;
}

/* A new section begins: closes what is gathered, or joins it when it is small. */
static void enter(struct chunker *c, const char *heading)
{
    if (strcmp(heading, c->heading) == 0)
        return;
    if (c->line_count == 0 || c->tokens >= c->limits->least) {
        flush(c, false);
        c->heading = heading;
        return;
    }
    if (!is_below(heading, c->heading)) {
        char *path = common_path(c->scratch, c->heading, heading);

        if (!*path && *c->heading) { /* nothing in common: two small chunks */
            flush(c, false);
            c->heading = heading;
            return;
        }
        if (strcmp(path, c->heading) != 0) { /* say what the first lines were under */
            push_line(c, last_part(c->heading), true);
            struct line first = c->lines[c->line_count - 1];
            memmove(c->lines + 1, c->lines, (c->line_count - 1) * sizeof(*c->lines));
            c->lines[0] = first;
        }
        c->heading = path;
    }
    push_line(c, last_part(heading), true);
}

/* Joined sections keep one heading; its current one says whether a block is still
 * below what was last entered. */
static void add_block(struct chunker *c, const struct sb_block *block, const char **at)
{
    const char *heading = block->heading ? block->heading : "";

    if (block->boilerplate || block->kind == SB_BLOCK_HEADING)
        return;
    if (block->kind == SB_BLOCK_ASKED) {
        const char *answer = strchr(block->text, '\n');

        if (answer && answer[1]) {
            emit(
                c,
                talloc_strndup(c->scratch, block->text, (size_t)(answer - block->text)),
                answer + 1, 1);
            return;
        }
    }
    if (strcmp(heading, *at) != 0) {
        enter(c, heading);
        *at = heading;
    }
    add_text(c, block->kind == SB_BLOCK_ROW ? row_text(c, block) : block->text);
}

size_t sb_chunk_page(TALLOC_CTX *mem, const struct sb_extract *page,
                     const struct sb_chunk_limits *limits, struct sb_chunk **chunks_r)
{
    struct chunker c = {.mem = mem,
                        .scratch = talloc_new(mem),
                        .limits = limits ? limits : &sb_chunk_limits_default,
                        .heading = ""};
    const char *at = "";

    for (size_t i = 0; i < page->block_count; i++)
        add_block(&c, &page->blocks[i], &at);
    flush(&c, false);
    talloc_free(c.scratch);
    *chunks_r = c.chunks;
    return c.count;
}
