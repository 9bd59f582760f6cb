/* SPDX-License-Identifier: Apache-2.0
 *
 * Microdata (WHATWG HTML section 5) to the same items that JSON-LD gives.
 */
#include <string.h>
#include <strings.h>
#include "know/extract_impl.h"

enum { MAX_ITEMS = 500 };

struct reading {
    struct sb_extracting *x;
    TALLOC_CTX *mem;
    json_t *roots; /* items that are no property of another */
    int items;
};

static void read_children(struct reading *in, const GumboNode *node, json_t *item);

/* Where the value of a property stands, by element. */
static const char *value_attribute(const GumboNode *node)
{
    static const struct {
        const char *element, *attribute;
    } rules[] = {{"meta", "content"}, {"a", "href"},        {"link", "href"},
                 {"area", "href"},    {"time", "datetime"}, {"data", "value"},
                 {"meter", "value"}};
    const char *value;

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (sb_node_is(node, rules[i].element)) {
            value = sb_node_attr(node, rules[i].attribute);
            /* A phone in <a href="tel:..."> is better said by its text. */
            if (value && strncasecmp(value, "tel:", 4) == 0)
                return NULL;
            return value;
        }
    return sb_node_attr(node, "content"); /* not by the standard, but everywhere */
}

/* Adds a value to a property: a second one makes it a list. */
static void add_value(json_t *item, const char *name, json_t *value)
{
    json_t *old = json_object_get(item, name);
    json_t *list;

    if (!old) {
        json_object_set_new_nocheck(item, name, value);
        return;
    }
    if (json_is_array(old)) {
        json_array_append_new(old, value);
        return;
    }
    list = json_array();
    json_array_append(list, old);
    json_array_append_new(list, value);
    json_object_set_new_nocheck(item, name, list);
}

static json_t *new_item(struct reading *in, const GumboNode *node)
{
    const char *type = sb_node_attr(node, "itemtype");
    json_t *item = json_object();

    in->items++;
    if (type)
        json_object_set_new_nocheck(item, "@type",
                                    json_stringn_nocheck(type, strcspn(type, " \t\n")));
    return item;
}

/* Several names in one itemprop share the value. */
static void add_property(struct reading *in, json_t *item, const char *names,
                         json_t *value)
{
    while (*names) {
        size_t len = strcspn(names, " \t\n\r");

        if (len)
            add_value(item, talloc_strndup(in->mem, names, len), json_incref(value));
        names += len;
        names += strspn(names, " \t\n\r");
    }
    json_decref(value);
}

static void read_node(struct reading *in, const GumboNode *node, json_t *item)
{
    const char *names, *attribute;
    json_t *inner = NULL;

    if (!sb_node_is_element(node) || in->items > MAX_ITEMS)
        return;
    names = sb_node_attr(node, "itemprop");
    if (sb_node_attr(node, "itemscope")) {
        inner = new_item(in, node);
        read_children(in, node, inner);
        if (names && item)
            add_property(in, item, names, inner);
        else
            json_array_append_new(in->roots, inner);
        return;
    }
    if (names && item) {
        attribute = value_attribute(node);
        add_property(
            in, item, names,
            json_string_nocheck(attribute ? attribute : sb_node_text(in->mem, node)));
    }
    read_children(in, node, item);
}

static void read_children(struct reading *in, const GumboNode *node, json_t *item)
{
    const GumboVector *children = sb_node_children(node);

    for (unsigned i = 0; i < children->length; i++)
        read_node(in, children->data[i], item);
}

void sb_extract_microdata(struct sb_extracting *x, const GumboNode *root)
{
    struct reading in = {.x = x, .mem = talloc_new(x->page), .roots = json_array()};

    read_children(&in, root, NULL);
    sb_facts_from_schema(x->page, in.roots, SB_FACT_FROM_MICRODATA, x->page->url,
                         &x->facts, &x->fact_count, x->limits->max_facts);
    json_decref(in.roots);
    talloc_free(in.mem);
}
