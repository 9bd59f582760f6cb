/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON for plugins, over jansson. A node is a jansson value under another name; the
 * document is what holds them all.
 */
#include "host/services.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "host/guard.h"
#include "host/instance.h"

struct sb_json_doc {
    json_t *root;
};

/* The conformance check counts what is left open. */
static void count_document(int by)
{
    struct sb_guard *guard = sb_guard_current();
    struct sb_services_watch *watch =
        guard ? sb_instance_services(guard->instance)->watch : NULL;

    if (watch)
        watch->open_documents += by;
}

static int json_parse(void *self, const char *text, size_t len,
                      struct sb_json_doc **doc_r, struct sb_err *err)
{
    struct sb_json_doc *doc;
    json_t *root;
    int rc = sb_json_parse(text, len, &root, err);

    (void)self;
    if (rc != 0)
        return rc;
    doc = sb_malloc(sizeof(*doc));
    doc->root = root;
    *doc_r = doc;
    count_document(1);
    return 0;
}

static void json_free(struct sb_json_doc *doc)
{
    if (!doc)
        return;
    count_document(-1);
    json_decref(doc->root);
    free(doc);
}

static const json_t *value(const struct sb_json_node *node)
{
    return (const json_t *)node;
}

static const struct sb_json_node *node(const json_t *json)
{
    return (const struct sb_json_node *)json;
}

static const struct sb_json_node *json_root(const struct sb_json_doc *doc)
{
    return doc ? node(doc->root) : NULL;
}

static const struct sb_json_node *json_get(const struct sb_json_node *from,
                                           const char *key)
{
    return node(json_object_get(value(from), key));
}

static const struct sb_json_node *json_at(const struct sb_json_node *from, size_t index)
{
    return node(json_array_get(value(from), index));
}

static size_t json_count(const struct sb_json_node *from)
{
    if (json_is_object(value(from)))
        return json_object_size(value(from));
    return json_array_size(value(from));
}

static const char *json_key(const struct sb_json_node *from, size_t index)
{
    /* jansson's iterators take a mutable object, though they change nothing. */
    json_t *object = (json_t *)(uintptr_t)from;
    void *at = json_is_object(object) ? json_object_iter(object) : NULL;

    while (at && index-- > 0)
        at = json_object_iter_next(object, at);
    return at ? json_object_iter_key(at) : NULL;
}

static const char *json_text(const struct sb_json_node *from)
{
    const char *text = json_string_value(value(from));

    return text ? text : "";
}

static double json_num(const struct sb_json_node *from)
{
    return json_number_value(value(from));
}

static int64_t json_int(const struct sb_json_node *from)
{
    double number;

    if (!json_is_real(value(from)))
        return json_integer_value(value(from));
    number = json_real_value(value(from));
    return number > -9e18 && number < 9e18 ? (int64_t)number : 0;
}

static bool json_flag(const struct sb_json_node *from)
{
    return json_is_true(value(from));
}

static size_t json_quote(const char *text, size_t len, char *out, size_t out_size)
{
    struct sb_buf buf;
    size_t size, fits;

    sb_buf_init(&buf, NULL);
    sb_buf_json(&buf, text, len);
    size = buf.len;
    if (out_size > 0) {
        fits = size < out_size ? size : out_size - 1;
        memcpy(out, sb_buf_str(&buf), fits);
        out[fits] = '\0';
    }
    talloc_free(buf.data);
    return size;
}

void sb_services_fill_json(struct sb_host *host)
{
    host->json_parse = json_parse;
    host->json_free = json_free;
    host->json_root = json_root;
    host->json_get = json_get;
    host->json_at = json_at;
    host->json_count = json_count;
    host->json_key = json_key;
    host->json_string = json_text;
    host->json_number = json_num;
    host->json_int = json_int;
    host->json_bool = json_flag;
    host->json_quote = json_quote;
}
