/* SPDX-License-Identifier: Apache-2.0
 *
 * See yaml.h. libyaml's events are read by a small recursive reader; its depth is
 * limited, and so is everything else that a file can make grow.
 */
#include "base/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>
#include "base/array.h"

enum { MAX_BYTES = 4 << 20, MAX_DEPTH = 64, MAX_NODES = 200000 };

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the one that is being looked at */
    bool has_event;
    TALLOC_CTX *mem;
    const char *file, *text;
    int depth, nodes;
    struct sb_err *err;
};

static int fail_at(struct reader *in, yaml_mark_t mark, const char *why)
{
    return sb_fail(in->err, SB_EINVAL, "%s:%zu:%zu: %s", in->file, mark.line + 1,
                   mark.column + 1, why);
}

/* Bytes that are not UTF-8 come with an offset instead of a mark. */
static yaml_mark_t mark_of_offset(const struct reader *in, size_t offset)
{
    yaml_mark_t mark = {offset, 0, 0};

    for (size_t i = 0; i < offset; i++) {
        mark.column++;
        if (in->text[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return mark;
}

static int parser_failed(struct reader *in)
{
    const yaml_parser_t *parser = &in->parser;
    const char *why = parser->problem ? parser->problem : "this is not YAML";

    if (parser->error == YAML_MEMORY_ERROR)
        return sb_fail(in->err, SB_ENOMEM, "%s: out of memory", in->file);
    if (parser->error == YAML_READER_ERROR)
        return fail_at(in, mark_of_offset(in, parser->problem_offset), why);
    return fail_at(in, parser->problem_mark, why);
}

/* Moves on to the next event. */
static int next(struct reader *in)
{
    if (in->has_event)
        yaml_event_delete(&in->event);
    in->has_event = false;
    if (!yaml_parser_parse(&in->parser, &in->event))
        return parser_failed(in);
    in->has_event = true;
    return 0;
}

static struct sb_yaml *node_new(struct reader *in, enum sb_yaml_kind kind)
{
    struct sb_yaml *node = talloc_zero(in->mem, struct sb_yaml);

    node->kind = kind;
    node->file = in->file;
    node->line = (int)in->event.start_mark.line + 1;
    node->column = (int)in->event.start_mark.column + 1;
    node->text = "";
    return node;
}

/* Only "!!str" and the bare "!" are understood: both say "this is text". */
static int check_tag(struct reader *in, const yaml_char_t *anchor,
                     const yaml_char_t *tag)
{
    const char *name = (const char *)tag;

    if (anchor)
        return fail_at(in, in->event.start_mark, "anchors are not supported");
    if (name && strcmp(name, "!") != 0 && strcmp(name, YAML_STR_TAG) != 0)
        return fail_at(in, in->event.start_mark, "tags are not supported");
    return 0;
}

static int read_scalar(struct reader *in, struct sb_yaml **node_r)
{
    const char *value = (const char *)in->event.data.scalar.value;
    size_t len = in->event.data.scalar.length;
    struct sb_yaml *node;
    int rc = check_tag(in, in->event.data.scalar.anchor, in->event.data.scalar.tag);

    if (rc != 0)
        return rc;
    if (memchr(value, '\0', len))
        return fail_at(in, in->event.start_mark, "text holds a NUL character");
    node = node_new(in, SB_YAML_SCALAR);
    node->text = talloc_strndup(node, value, len);
    node->quoted = in->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
                   in->event.data.scalar.tag != NULL;
    *node_r = node;
    return 0;
}

static int read_node(struct reader *in, struct sb_yaml **node_r);

/* Makes room for one more child; the arrays double. */
static void grow(struct sb_yaml *node, bool with_keys)
{
    size_t room = node->count ? node->count * 2 : 8;

    if (node->count != 0 && (node->count < 8 || (node->count & (node->count - 1))))
        return;
    node->items =
        talloc_realloc(node, node->items, struct sb_yaml *, sb_array_count(room));
    if (with_keys)
        node->keys =
            talloc_realloc(node, node->keys, struct sb_yaml *, sb_array_count(room));
}

static int read_list(struct reader *in, struct sb_yaml **node_r)
{
    struct sb_yaml *node, *item;
    int rc = check_tag(in, in->event.data.sequence_start.anchor,
                       in->event.data.sequence_start.tag);

    if (rc != 0)
        return rc;
    node = node_new(in, SB_YAML_LIST);
    while ((rc = next(in)) == 0 && in->event.type != YAML_SEQUENCE_END_EVENT) {
        rc = read_node(in, &item);
        if (rc != 0)
            return rc;
        grow(node, false);
        node->items[node->count++] = item;
    }
    *node_r = node;
    return rc;
}

static int by_text_then_place(const void *a, const void *b)
{
    const struct sb_yaml *one = *(struct sb_yaml *const *)a;
    const struct sb_yaml *two = *(struct sb_yaml *const *)b;
    int order = strcmp(one->text, two->text);

    if (order != 0)
        return order;
    if (one->line != two->line)
        return one->line < two->line ? -1 : 1;
    return one->column < two->column ? -1 : one->column > two->column;
}

/* Sorts a copy: a map may have many thousand keys. Names the first repetition. */
static int check_duplicates(struct reader *in, const struct sb_yaml *map)
{
    struct sb_yaml **sorted, *worst = NULL;

    if (map->count < 2)
        return 0;
    sorted = talloc_memdup(NULL, map->keys, map->count * sizeof(*sorted));
    qsort(sorted, map->count, sizeof(*sorted), by_text_then_place);
    for (size_t i = 1; i < map->count; i++) {
        struct sb_yaml *key = sorted[i];

        if (strcmp(sorted[i - 1]->text, key->text) != 0)
            continue;
        if (!worst || key->line < worst->line)
            worst = key;
    }
    talloc_free(sorted);
    if (!worst)
        return 0;
    return sb_yaml_fail(in->err, SB_EINVAL, worst, "key \"%.100s\" appears twice",
                        worst->text);
}

static int read_key(struct reader *in, struct sb_yaml **key_r)
{
    int rc;

    if (in->event.type == YAML_ALIAS_EVENT)
        return fail_at(in, in->event.start_mark, "aliases are not supported");
    if (in->event.type != YAML_SCALAR_EVENT)
        return fail_at(in, in->event.start_mark, "a key must be plain text");
    rc = read_scalar(in, key_r);
    if (rc != 0)
        return rc;
    if ((*key_r)->text[0] == '\0')
        return fail_at(in, in->event.start_mark, "a key is empty");
    if (!(*key_r)->quoted && strcmp((*key_r)->text, "<<") == 0)
        return fail_at(in, in->event.start_mark, "merge keys are not supported");
    if (++in->nodes > MAX_NODES)
        return fail_at(in, in->event.start_mark, "there are too many values");
    return 0;
}

static int read_map(struct reader *in, struct sb_yaml **node_r)
{
    struct sb_yaml *node, *key, *value;
    int rc = check_tag(in, in->event.data.mapping_start.anchor,
                       in->event.data.mapping_start.tag);

    if (rc != 0)
        return rc;
    node = node_new(in, SB_YAML_MAP);
    while ((rc = next(in)) == 0 && in->event.type != YAML_MAPPING_END_EVENT) {
        if ((rc = read_key(in, &key)) != 0 || (rc = next(in)) != 0 ||
            (rc = read_node(in, &value)) != 0)
            return rc;
        grow(node, true);
        node->keys[node->count] = key;
        node->items[node->count++] = value;
    }
    if (rc == 0)
        rc = check_duplicates(in, node);
    *node_r = node;
    return rc;
}

/* The node that begins with the current event; ends on its last event. */
static int read_node(struct reader *in, struct sb_yaml **node_r)
{
    int rc;

    if (++in->nodes > MAX_NODES)
        return fail_at(in, in->event.start_mark, "there are too many values");
    if (++in->depth > MAX_DEPTH)
        return fail_at(in, in->event.start_mark, "this is nested too deeply");
    switch ((int)in->event.type) {
    case YAML_SCALAR_EVENT: rc = read_scalar(in, node_r); break;
    case YAML_SEQUENCE_START_EVENT: rc = read_list(in, node_r); break;
    case YAML_MAPPING_START_EVENT: rc = read_map(in, node_r); break;
    case YAML_ALIAS_EVENT:
        rc = fail_at(in, in->event.start_mark, "aliases are not supported");
        break;
    default: rc = fail_at(in, in->event.start_mark, "a value is missing"); break;
    }
    in->depth--;
    return rc;
}

static int read_document(struct reader *in, struct sb_yaml **root_r)
{
    int rc;

    if ((rc = next(in)) != 0 || (rc = next(in)) != 0)
        return rc; /* stream start, document start */
    if (in->event.type == YAML_STREAM_END_EVENT) {
        *root_r = node_new(in, SB_YAML_SCALAR); /* an empty file is null */
        return 0;
    }
    if ((rc = next(in)) != 0 || (rc = read_node(in, root_r)) != 0 ||
        (rc = next(in)) != 0 || (rc = next(in)) != 0)
        return rc;
    if (in->event.type != YAML_STREAM_END_EVENT)
        return fail_at(in, in->event.start_mark, "there is a second document");
    return 0;
}

int sb_yaml_parse(TALLOC_CTX *mem, const char *file, const char *text, size_t len,
                  struct sb_yaml **root_r, struct sb_err *err)
{
    TALLOC_CTX *tree = talloc_new(mem);
    struct reader in = {
        .mem = tree, .file = talloc_strdup(tree, file), .text = text, .err = err};
    struct sb_yaml *root = NULL;
    int rc;

    if (len > MAX_BYTES) {
        rc =
            sb_fail(err, SB_ELIMIT, "%s: is larger than %d MiB", file, MAX_BYTES >> 20);
        goto out;
    }
    if (!yaml_parser_initialize(&in.parser)) {
        rc = sb_fail(err, SB_ENOMEM, "%s: out of memory", file);
        goto out;
    }
    yaml_parser_set_encoding(&in.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&in.parser, (const unsigned char *)text, len);
    rc = read_document(&in, &root);
    if (in.has_event)
        yaml_event_delete(&in.event);
    yaml_parser_delete(&in.parser);
out:
    if (rc == 0)
        *root_r = root;
    else
        talloc_free(tree);
    return rc;
}

/* Reads at most MAX_BYTES + 1, so that sb_yaml_parse sees that it is too much. */
static ssize_t read_all(int fd, char *out)
{
    size_t len = 0;

    while (len < MAX_BYTES + 1) {
        ssize_t got = read(fd, out + len, MAX_BYTES + 1 - len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

int sb_yaml_load(TALLOC_CTX *mem, const char *path, struct sb_yaml **root_r,
                 struct sb_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
    struct stat st;
    char *text = NULL;
    ssize_t len;

    if (fd < 0)
        return sb_fail(err, errno == ENOENT ? SB_ENOTFOUND : SB_EIO,
                       "%s: cannot be opened: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        rc = sb_fail(err, SB_EINVAL, "%s: is not a file", path);
        goto out;
    }
    text = talloc_size(NULL, MAX_BYTES + 1);
    len = read_all(fd, text);
    if (len < 0) {
        rc = sb_fail(err, SB_EIO, "%s: cannot be read: %s", path, strerror(errno));
        goto out;
    }
    rc = sb_yaml_parse(mem, path, text, (size_t)len, root_r, err);
out:
    talloc_free(text);
    close(fd);
    return rc;
}

struct sb_yaml *sb_yaml_get(const struct sb_yaml *node, const char *key)
{
    if (!node || node->kind != SB_YAML_MAP)
        return NULL;
    for (size_t i = 0; i < node->count; i++)
        if (strcmp(node->keys[i]->text, key) == 0)
            return node->items[i];
    return NULL;
}

int sb_yaml_fail(struct sb_err *err, int code, const struct sb_yaml *node,
                 const char *fmt, ...)
{
    char why[400];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(why, sizeof(why), fmt, ap);
    va_end(ap);
    if (!node)
        return sb_fail(err, code, "%s", why);
    if (node->line == 0)
        return sb_fail(err, code, "%s: %s", node->file, why);
    return sb_fail(err, code, "%s:%d:%d: %s", node->file, node->line, node->column,
                   why);
}
