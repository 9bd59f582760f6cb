/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables: told apart from layout, spans filled in, one block a row. A row that spans
 * all columns is a heading for those below it.
 */
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "know/extract_impl.h"

enum { MAX_COLUMNS = 24, MAX_ROWS = 2000, MAX_CELL = 1000, MAX_HEADING = 400 };

struct cell {
    char *text;
    bool is_header, is_span; /* is_span: continues the cell on its left or above */
    int rows;                /* how many more rows it goes on, rowspan */
};

struct row {
    struct cell cells[MAX_COLUMNS];
    int count;   /* columns filled */
    int written; /* cells that stand in this row's markup */
    bool in_head;
};

struct table {
    struct sb_extracting *x;
    TALLOC_CTX *mem;
    struct row *last; /* the row before, for rowspans */
    char *columns[MAX_COLUMNS];
    int column_count;
    char *section, *caption;
    const char *heading;
    int group, width, rows;
};

/* ---- data or layout? ---- */

struct shape {
    int rows, wide_rows, headers, nested, blocks, cells;
    size_t longest;
};

static bool is_heavy(const GumboNode *node)
{
    return sb_node_is(node, "table") || sb_node_is(node, "form") ||
           sb_node_is(node, "h1") || sb_node_is(node, "h2") ||
           sb_node_is(node, "section");
}

static void measure_cell(struct shape *shape, const GumboNode *cell)
{
    const GumboVector *children = sb_node_children(cell);
    size_t links, weight = sb_node_weight(cell, &links);

    shape->cells++;
    shape->headers += sb_node_is(cell, "th");
    if (weight > shape->longest)
        shape->longest = weight;
    for (unsigned i = 0; i < children->length; i++)
        shape->nested += sb_node_find(children->data[i], is_heavy) != NULL;
}

static void measure(struct shape *shape, const GumboNode *node)
{
    const GumboVector *children = sb_node_children(node);
    int cells = 0;

    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];

        if (sb_node_is(child, "td") || sb_node_is(child, "th")) {
            measure_cell(shape, child);
            cells++;
        } else if (sb_node_is(child, "tr") || sb_node_is(child, "thead") ||
                   sb_node_is(child, "tbody") || sb_node_is(child, "tfoot")) {
            measure(shape, child);
        }
    }
    if (sb_node_is(node, "tr")) {
        shape->rows++;
        shape->wide_rows += cells > 1;
    }
}

bool sb_table_is_data(const GumboNode *table)
{
    const char *role = sb_node_attr(table, "role");
    struct shape shape = {0};

    if (role && (strcmp(role, "presentation") == 0 || strcmp(role, "none") == 0))
        return false;
    measure(&shape, table);
    if (shape.nested || !shape.wide_rows)
        return false;
    return shape.headers > 0 || shape.longest <= 300;
}

/* ---- reading rows ---- */

static int span_of(const GumboNode *cell, const char *name)
{
    const char *value = sb_node_attr(cell, name);
    long n = value ? strtol(value, NULL, 10) : 1;

    return n < 1 ? 1 : n > MAX_COLUMNS ? MAX_COLUMNS : (int)n;
}

/* Cells of the row above that reach into this one come first at their places. */
static void carry_over(struct table *t, struct row *row)
{
    while (t->last && row->count < MAX_COLUMNS && row->count < t->last->count &&
           t->last->cells[row->count].rows > 0) {
        row->cells[row->count] = t->last->cells[row->count];
        row->cells[row->count].rows--;
        row->cells[row->count].is_span = false; /* its value holds here too */
        row->count++;
    }
}

/* <th>, or a cell that is all in bold. */
static bool is_header(const GumboNode *cell)
{
    const GumboVector *children = sb_node_children(cell);
    int bold = 0, other = 0;

    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];

        bold += sb_node_is(child, "x-b");
        other += !sb_node_is(child, "x-b") && child->type != GUMBO_NODE_WHITESPACE &&
                 !sb_node_is(child, "br");
    }
    return sb_node_is(cell, "th") || (bold && !other);
}

static void cut(char *text, size_t max)
{
    if (strlen(text) <= max)
        return;
    while (max && (text[max] & 0xc0) == 0x80)
        max--;
    text[max] = '\0';
}

static void read_cell(struct table *t, struct row *row, const GumboNode *node)
{
    int columns = span_of(node, "colspan"), rows = span_of(node, "rowspan");
    char *text = sb_node_text(t->mem, node);

    cut(text, MAX_CELL);
    row->written++;
    for (int i = 0; i < columns; i++) {
        carry_over(t, row);
        if (row->count >= MAX_COLUMNS)
            return;
        row->cells[row->count++] = (struct cell){.text = text,
                                                 .is_header = is_header(node),
                                                 .is_span = i > 0,
                                                 .rows = rows - 1};
    }
}

static bool is_all_headers(const struct row *row)
{
    for (int i = 0; i < row->count; i++)
        if (!row->cells[i].is_header && *row->cells[i].text)
            return false;
    return row->count > 0;
}

/* A first row of words above rows of numbers is a header, marked as such or not. */
static bool looks_like_header(const struct table *t, const struct row *row)
{
    if (row->in_head || is_all_headers(row))
        return true;
    if (t->rows || row->written < 2)
        return false;
    for (int i = 0; i < row->count; i++)
        if (strpbrk(row->cells[i].text, "0123456789$\xc2\xe2") ||
            strlen(row->cells[i].text) > 40)
            return false;
    return !*row->cells[0].text;
}

static void set_columns(struct table *t, const struct row *row)
{
    for (int i = 0; i < row->count; i++) {
        char *text = row->cells[i].text;

        /* A second header row refines the first: "Weekend" over "18 holes". */
        if (i < t->column_count && *t->columns[i] && strcmp(t->columns[i], text) != 0)
            t->columns[i] = *text
                                ? talloc_asprintf(t->mem, "%s %s", t->columns[i], text)
                                : t->columns[i];
        else
            t->columns[i] = text;
    }
    if (row->count > t->column_count)
        t->column_count = row->count;
}

static char *join_columns(struct table *t)
{
    char *joined = talloc_strdup(t->mem, "");

    for (int i = 0; i < t->column_count; i++)
        joined = talloc_asprintf_append(joined, "%s%s", i ? " | " : "",
                                        *t->columns[i] ? t->columns[i] : "-");
    return joined;
}

static char *join_row(struct table *t, const struct row *row)
{
    char *joined = talloc_strdup(t->mem, "");

    for (int i = 0; i < row->count; i++)
        if (!row->cells[i].is_span)
            joined =
                talloc_asprintf_append(joined, "%s%s", *joined ? " | " : "",
                                       *row->cells[i].text ? row->cells[i].text : "-");
    return joined;
}

static char *heading_path(struct table *t)
{
    char *path = talloc_strdup(t->mem, t->heading);
    const char *more[] = {t->caption, t->section};

    for (size_t i = 0; i < 2; i++)
        if (more[i] && *more[i] && strlen(path) < MAX_HEADING)
            path = talloc_asprintf_append(path, "%s%s", *path ? " > " : "", more[i]);
    return path;
}

static bool is_blank(const struct row *row)
{
    for (int i = 0; i < row->count; i++)
        if (*row->cells[i].text)
            return false;
    return true;
}

static void take_row(struct table *t, const struct row *row)
{
    if (is_blank(row))
        return;
    if (row->written == 1 && (row->count > 1 || t->width > 1) && !row->in_head &&
        strlen(row->cells[0].text) < 100) {
        t->section = row->cells[0].text;
        return;
    }
    if (looks_like_header(t, row)) {
        /* Headers again, below rows of data, begin anew. */
        if (t->rows)
            t->column_count = 0;
        t->rows = 0;
        set_columns(t, row);
        return;
    }
    t->rows++;
    (void)sb_extract_add_block(t->x, &(struct sb_block){.kind = SB_BLOCK_ROW,
                                                        .group = t->group,
                                                        .heading = heading_path(t),
                                                        .columns = join_columns(t),
                                                        .text = join_row(t, row)});
}

static void read_row(struct table *t, const GumboNode *node, bool in_head)
{
    const GumboVector *children = sb_node_children(node);
    struct row *row = talloc_zero(t->mem, struct row);

    row->in_head = in_head;
    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];

        if (sb_node_is(child, "td") || sb_node_is(child, "th")) {
            carry_over(t, row);
            read_cell(t, row, child);
        }
    }
    carry_over(t, row);
    take_row(t, row);
    if (row->written > t->width)
        t->width = row->written;
    talloc_free(t->last);
    t->last = row;
}

static void read_part(struct table *t, const GumboNode *node, bool in_head, int *left)
{
    const GumboVector *children = sb_node_children(node);

    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];

        if (sb_node_is(child, "tr") && --*left >= 0)
            read_row(t, child, in_head);
        else if (sb_node_is(child, "thead"))
            read_part(t, child, true, left);
        else if (sb_node_is(child, "tbody") || sb_node_is(child, "tfoot"))
            read_part(t, child, false, left);
        else if (sb_node_is(child, "caption"))
            t->caption = sb_node_text(t->mem, child);
    }
    if (*left < 0)
        t->x->page->truncated = true;
}

void sb_table_add(struct sb_extracting *x, const GumboNode *table, const char *heading)
{
    struct table *t = talloc_zero(x->page, struct table);
    int left = MAX_ROWS;

    t->x = x;
    t->mem = t;
    t->heading = heading;
    t->group = ++x->groups;
    read_part(t, table, false, &left);
    talloc_free(t);
}
