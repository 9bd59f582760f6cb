/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML trees to JSON, back, and out as text. Plain scalars get their types by the core
 * schema of YAML 1.2 (section 10.3): "yes" is text there, and so is ".inf" here, since
 * JSON has no such number.
 */
#include "base/yaml.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>
#include "base/array.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

static bool is_one_of(const char *text, const char *a, const char *b, const char *c)
{
    return strcmp(text, a) == 0 || strcmp(text, b) == 0 || strcmp(text, c) == 0;
}

static bool is_null(const char *text)
{
    return text[0] == '\0' || strcmp(text, "~") == 0 ||
           is_one_of(text, "null", "Null", "NULL");
}

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

static bool is_integer(const char *text)
{
    if (*text == '-' || *text == '+')
        text++;
    return digits(text) > 0 && text[digits(text)] == '\0';
}

/* [-+]? ( \.[0-9]+ | [0-9]+(\.[0-9]*)? ) ([eE][-+]?[0-9]+)? */
static bool is_real(const char *text)
{
    size_t whole, fraction = 0;

    if (*text == '-' || *text == '+')
        text++;
    whole = digits(text);
    text += whole;
    if (*text == '.') {
        fraction = digits(text + 1);
        text += 1 + fraction;
    }
    if (whole + fraction == 0)
        return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        if (*text == '-' || *text == '+')
            text++;
        if (digits(text) == 0)
            return false;
        text += digits(text);
    }
    return *text == '\0';
}

/* A based integer (0x1f, 0o17) that fits, or -1. */
static int64_t based(const char *text)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    bool is_hex = strncmp(text, "0x", 2) == 0;
    size_t len = strlen(text);

    if (len < 3 || len > 17 || (!is_hex && strncmp(text, "0o", 2) != 0))
        return -1;
    if (strspn(text + 2, is_hex ? hex : "01234567") != len - 2)
        return -1;
    return strtoll(text + 2, NULL, is_hex ? 16 : 8);
}

/* The typed value of a plain scalar; NULL: it is text. */
static json_t *resolve(const char *text)
{
    double real;
    long long whole;

    if (is_null(text))
        return json_null();
    if (is_one_of(text, "true", "True", "TRUE"))
        return json_true();
    if (is_one_of(text, "false", "False", "FALSE"))
        return json_false();
    if (based(text) >= 0)
        return json_integer(based(text));
    if (is_integer(text)) {
        errno = 0;
        whole = strtoll(text, NULL, 10);
        if (errno == 0)
            return json_integer(whole);
    }
    if (!is_real(text))
        return NULL;
    real = strtod(text, NULL);
    return isfinite(real) ? json_real(real) : NULL;
}

const char *sb_yaml_str(const struct sb_yaml *node, const char *fallback)
{
    if (!node || node->kind != SB_YAML_SCALAR || (!node->quoted && is_null(node->text)))
        return fallback;
    return node->text;
}

json_t *sb_yaml_to_json(const struct sb_yaml *node)
{
    json_t *value = NULL;

    switch (node->kind) {
    case SB_YAML_SCALAR:
        if (!node->quoted)
            value = resolve(node->text);
        return value ? value : json_string(node->text);
    case SB_YAML_LIST:
        value = json_array();
        for (size_t i = 0; i < node->count; i++)
            (void)json_array_append_new(value, sb_yaml_to_json(node->items[i]));
        return value;
    case SB_YAML_MAP:
        value = json_object();
        for (size_t i = 0; i < node->count; i++)
            (void)json_object_set_new(value, node->keys[i]->text,
                                      sb_yaml_to_json(node->items[i]));
        return value;
    }
    return json_null();
}

/* ---- from JSON ---- */

static struct sb_yaml *fresh(TALLOC_CTX *mem, const char *file, enum sb_yaml_kind kind,
                             size_t room)
{
    struct sb_yaml *node = talloc_zero(mem, struct sb_yaml);

    node->kind = kind;
    node->file = file;
    node->text = "";
    if (room)
        node->items = sb_array(node, struct sb_yaml *, room);
    if (room && kind == SB_YAML_MAP)
        node->keys = sb_array(node, struct sb_yaml *, room);
    return node;
}

static struct sb_yaml *scalar(TALLOC_CTX *mem, const char *file, const char *text,
                              bool quoted)
{
    struct sb_yaml *node = fresh(mem, file, SB_YAML_SCALAR, 0);

    node->text = talloc_strdup(node, text);
    node->quoted = quoted;
    return node;
}

static struct sb_yaml *convert(TALLOC_CTX *mem, const char *file, const json_t *value);

static struct sb_yaml *convert_object(TALLOC_CTX *mem, const char *file,
                                      const json_t *value)
{
    struct sb_yaml *node = fresh(mem, file, SB_YAML_MAP, json_object_size(value));
    /* jansson iterates over non-const objects only, and does not change them. */
    union {
        const json_t *in;
        json_t *out;
    } cast = {value};
    const char *key;
    json_t *member;

    json_object_foreach(cast.out, key, member)
    {
        node->keys[node->count] = scalar(node, file, key, true);
        node->items[node->count++] = convert(node, file, member);
    }
    return node;
}

static struct sb_yaml *convert(TALLOC_CTX *mem, const char *file, const json_t *value)
{
    struct sb_yaml *node;
    char *text;

    if (json_is_object(value))
        return convert_object(mem, file, value);
    if (json_is_array(value)) {
        node = fresh(mem, file, SB_YAML_LIST, json_array_size(value));
        for (size_t i = 0; i < json_array_size(value); i++)
            node->items[node->count++] = convert(node, file, json_array_get(value, i));
        return node;
    }
    if (json_is_string(value))
        return scalar(mem, file, json_string_value(value), true);
    text = sb_json_text(NULL, value, false);
    node = scalar(mem, file, text, false);
    talloc_free(text);
    return node;
}

struct sb_yaml *sb_yaml_from_json(TALLOC_CTX *mem, const char *file,
                                  const json_t *value)
{
    TALLOC_CTX *tree = talloc_new(mem);

    return convert(tree, talloc_strdup(tree, file), value);
}

/* ---- out as text ---- */

static int append(void *arg, unsigned char *data, size_t len)
{
    sb_buf_add(arg, data, len);
    return 1;
}

/* A text of several lines may stand as a literal block when nothing in it can be lost:
 * it begins with a letter, and no line ends in white space. */
static bool suits_literal(const char *text)
{
    size_t len = strlen(text);

    if (!strchr(text, '\n') || text[0] == ' ' || text[0] == '\n' ||
        strchr(text, '\t') || strchr(text, '\r') || strstr(text, " \n") ||
        text[len - 1] == ' ' ||
        (len > 1 && text[len - 1] == '\n' && text[len - 2] == '\n'))
        return false;
    for (const char *at = text; *at; at++)
        if (((unsigned char)*at < 0x20 && *at != '\n') || (unsigned char)*at >= 0x7f)
            return false;
    return true;
}

static yaml_scalar_style_t style_of(const char *text)
{
    json_t *typed = resolve(text);

    if (typed) {
        json_decref(typed);
        return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    }
    if (suits_literal(text))
        return YAML_LITERAL_SCALAR_STYLE;
    /* What libyaml's emitter folds or escapes in its own ways goes in quotes. */
    if (strpbrk(text, "\n\r\t\\") || strcmp(text, "<<") == 0)
        return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || (unsigned char)*at == 0x7f)
            return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    return YAML_ANY_SCALAR_STYLE;
}

static void emit(yaml_emitter_t *out, yaml_event_t *event)
{
    if (!yaml_emitter_emit(out, event))
        sb_mem_exhausted(); /* the writer cannot fail, and the events are in order */
}

static void emit_text(yaml_emitter_t *out, const char *text, yaml_scalar_style_t style)
{
    yaml_event_t event;
    unsigned char *bytes = (unsigned char *)(uintptr_t)text;

    if (!yaml_scalar_event_initialize(&event, NULL, NULL, bytes, (int)strlen(text), 1,
                                      1, style))
        sb_mem_exhausted();
    emit(out, &event);
}

static void emit_value(yaml_emitter_t *out, const struct sb_yaml *node);

static void emit_list(yaml_emitter_t *out, const struct sb_yaml *node)
{
    yaml_event_t event;

    yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
                                         YAML_BLOCK_SEQUENCE_STYLE);
    emit(out, &event);
    for (size_t i = 0; i < node->count; i++)
        emit_value(out, node->items[i]);
    yaml_sequence_end_event_initialize(&event);
    emit(out, &event);
}

static void emit_map(yaml_emitter_t *out, const struct sb_yaml *node)
{
    yaml_event_t event;

    yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
                                        YAML_BLOCK_MAPPING_STYLE);
    emit(out, &event);
    for (size_t i = 0; i < node->count; i++) {
        yaml_scalar_style_t style = style_of(node->keys[i]->text);

        emit_text(out, node->keys[i]->text,
                  style == YAML_LITERAL_SCALAR_STYLE ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
                                                     : style);
        emit_value(out, node->items[i]);
    }
    yaml_mapping_end_event_initialize(&event);
    emit(out, &event);
}

static void emit_value(yaml_emitter_t *out, const struct sb_yaml *node)
{
    switch (node->kind) {
    case SB_YAML_SCALAR:
        emit_text(out, node->text,
                  node->quoted ? style_of(node->text) : YAML_PLAIN_SCALAR_STYLE);
        return;
    case SB_YAML_LIST: emit_list(out, node); return;
    case SB_YAML_MAP: emit_map(out, node); return;
    }
}

char *sb_yaml_dump(TALLOC_CTX *mem, const json_t *value)
{
    struct sb_yaml *tree = sb_yaml_from_json(mem, "dump", value);
    yaml_emitter_t out;
    yaml_event_t event;
    struct sb_buf text;

    sb_buf_init(&text, mem);
    if (!yaml_emitter_initialize(&out))
        sb_mem_exhausted();
    yaml_emitter_set_output(&out, append, &text);
    yaml_emitter_set_unicode(&out, 1);
    yaml_emitter_set_width(&out, -1);
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    emit(&out, &event);
    yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
    emit(&out, &event);
    emit_value(&out, tree);
    yaml_document_end_event_initialize(&event, 1);
    emit(&out, &event);
    yaml_stream_end_event_initialize(&event);
    emit(&out, &event);
    yaml_emitter_delete(&out);
    talloc_free(talloc_parent(tree));
    sb_buf_puts(&text, "");
    return text.data;
}
