/* SPDX-License-Identifier: Apache-2.0
 *
 * Plain text and the common part of Markdown to blocks: headings, items, rows of
 * tables, paragraphs between blank lines.
 */
#include <ctype.h>
#include <string.h>
#include "base/text.h"
#include "know/extract_impl.h"

enum { LEVELS = 7 };

struct reading {
    struct sb_extracting *x;
    TALLOC_CTX *mem;
    struct sb_buf paragraph;
    char *headings[LEVELS];
    char *columns; /* of the table that we are in */
    int group;     /* of the list or table, 0: none */
};

static char *path(struct reading *in)
{
    char *text = talloc_strdup(in->mem, "");

    for (int i = 0; i < LEVELS; i++)
        if (in->headings[i])
            text = talloc_asprintf_append(text, "%s%s", *text ? " > " : "",
                                          in->headings[i]);
    return text;
}

static void add(struct reading *in, enum sb_block_kind kind, int level,
                const char *text)
{
    (void)sb_extract_add_block(in->x,
                               &(struct sb_block){
                                   .kind = kind,
                                   .level = level,
                                   .group = in->group,
                                   .heading = path(in),
                                   .columns = kind == SB_BLOCK_ROW ? in->columns : "",
                                   .text = text,
                               });
}

static void flush(struct reading *in)
{
    if (in->paragraph.len)
        add(in, SB_BLOCK_PARAGRAPH, 0,
            sb_collapse(in->mem, sb_buf_str(&in->paragraph), in->paragraph.len));
    sb_buf_reset(&in->paragraph);
}

static void take_heading(struct reading *in, int level, const char *text)
{
    flush(in);
    in->group = 0;
    if (!*text)
        return;
    add(in, SB_BLOCK_HEADING, level, text);
    for (int i = level; i < LEVELS; i++)
        in->headings[i] = NULL;
    if (level == 1 && !in->x->h1)
        in->x->h1 = talloc_strdup(in->x->page, text);
    else
        in->headings[level] = talloc_strdup(in->mem, text);
}

/* "- item", "* item", "3. item"; where its text begins, 0 when it is none. */
static size_t item_start(const char *line)
{
    size_t digits = strspn(line, "0123456789");

    if ((*line == '-' || *line == '*' || *line == '+') && line[1] == ' ')
        return 2;
    if (strncmp(line, "\xe2\x80\xa2", 3) == 0)
        return 3;
    if (digits && digits < 4 && (line[digits] == '.' || line[digits] == ')') &&
        line[digits + 1] == ' ')
        return digits + 2;
    return 0;
}

/* "| a | b |" to "a | b"; NULL for the line of dashes below a table's head. */
static char *row_text(struct reading *in, char *line)
{
    size_t len = strlen(line);

    if (strspn(line, "|-: ") == len)
        return NULL;
    if (len && line[len - 1] == '|')
        line[len - 1] = '\0';
    return sb_collapse(in->mem, line + 1, strlen(line + 1));
}

static void take_row(struct reading *in, char *line)
{
    char *text = row_text(in, line);

    flush(in);
    if (!text)
        return;
    if (!in->columns) {
        in->group = ++in->x->groups;
        in->columns = text;
        return;
    }
    add(in, SB_BLOCK_ROW, 0, text);
}

static void take_line(struct reading *in, char *line)
{
    size_t start;

    line = sb_text_trim(line);
    if (*line == '|') {
        take_row(in, line);
        return;
    }
    in->columns = NULL;
    start = strspn(line, "#");
    if (start && start < LEVELS && line[start] == ' ') {
        take_heading(in, (int)start, sb_text_trim(line + start));
        return;
    }
    start = item_start(line);
    if (start) {
        flush(in);
        in->group = in->group ? in->group : ++in->x->groups;
        add(in, SB_BLOCK_ITEM, 0,
            sb_collapse(in->mem, line + start, strlen(line + start)));
        return;
    }
    if (!*line) {
        flush(in);
        in->group = 0;
        return;
    }
    sb_buf_putc(&in->paragraph, ' ');
    sb_buf_puts(&in->paragraph, line);
}

void sb_extract_text(struct sb_extracting *x, char *text)
{
    struct reading in = {.x = x, .mem = talloc_new(x->page)};
    char *line = text;

    sb_buf_init(&in.paragraph, in.mem);
    while (line) {
        char *end = strpbrk(line, "\r\n");
        char *next = end ? end + 1 + (end[0] == '\r' && end[1] == '\n') : NULL;

        if (end)
            *end = '\0';
        take_line(&in, line);
        line = next;
    }
    flush(&in);
    talloc_free(in.mem);
}
