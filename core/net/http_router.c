/* SPDX-License-Identifier: Apache-2.0
 *
 * Routes in a tree of path segments. A literal segment is tried before a {name},
 * and a {path*} last; the first that has the method wins.
 */
#include "net/http_router.h"

#include <assert.h>
#include <string.h>

struct entry {
    struct sb_route route;
    struct entry *next;
};

struct node {
    const char *literal; /* one segment; NULL for the root and for {name} */
    size_t literal_len;
    struct node *kids, *next; /* literal children */
    struct node *any;         /* the {name} child */
    struct entry *here, *rest;
};

struct sb_router {
    struct node *root;
    int (*filter)(struct sb_req *req);
};

struct sb_router *sb_router_new(TALLOC_CTX *mem)
{
    struct sb_router *router = talloc_zero(mem, struct sb_router);

    router->root = talloc_zero(router, struct node);
    return router;
}

void sb_router_set_filter(struct sb_router *router, int (*filter)(struct sb_req *req))
{
    router->filter = filter;
}

int (*sb_router_filter(const struct sb_router *router))(struct sb_req *req)
{
    return router->filter;
}

/* ---- building ---- */

static struct node *literal_child(struct node *node, const char *text, size_t len)
{
    struct node *kid;

    for (kid = node->kids; kid; kid = kid->next)
        if (kid->literal_len == len && memcmp(kid->literal, text, len) == 0)
            return kid;
    kid = talloc_zero(node, struct node);
    kid->literal = talloc_strndup(kid, text, len);
    kid->literal_len = len;
    kid->next = node->kids;
    node->kids = kid;
    return kid;
}

static void add_entry(struct node *node, struct entry **list,
                      const struct sb_route *route)
{
    struct entry *entry = talloc_zero(node, struct entry);

    entry->route = *route;
    while (*list)
        list = &(*list)->next;
    *list = entry;
}

static void add_route(struct sb_router *router, const struct sb_route *route)
{
    struct node *node = router->root;
    const char *text = route->pattern;
    int parts = 0;

    assert(text[0] == '/');
    while (*text == '/') {
        size_t len = strcspn(++text, "/");

        if (text[0] == '{') {
            assert(len > 2 && text[len - 1] == '}' && ++parts <= SB_ROUTE_PARTS);
            if (text[len - 2] == '*') {
                assert(text[len] == '\0');
                add_entry(node, &node->rest, route);
                return;
            }
            if (!node->any)
                node->any = talloc_zero(node, struct node);
            node = node->any;
        } else {
            node = literal_child(node, text, len);
        }
        text += len;
    }
    add_entry(node, &node->here, route);
}

void sb_router_add(struct sb_router *router, const struct sb_route *rows)
{
    for (; rows->method; rows++)
        add_route(router, rows);
}

/* ---- looking up ---- */

static void allow(struct sb_match *match, const char *method)
{
    size_t len = strlen(match->allow);
    const char *at = strstr(match->allow, method);

    match->found = true;
    if (at || len + strlen(method) + 3 > sizeof(match->allow))
        return;
    (void)snprintf(match->allow + len, sizeof(match->allow) - len, "%s%s",
                   len ? ", " : "", method);
}

static bool pick(const struct entry *list, const char *method, struct sb_match *match)
{
    for (; list; list = list->next) {
        if (strcmp(list->route.method, method) == 0 ||
            (strcmp(method, "HEAD") == 0 && strcmp(list->route.method, "GET") == 0)) {
            match->route = &list->route;
            match->found = true;
            return true;
        }
        allow(match, list->route.method);
        if (strcmp(list->route.method, "GET") == 0)
            allow(match, "HEAD");
    }
    return false;
}

static bool find(const struct node *node, const char *path, const char *method,
                 int part, struct sb_match *match);

/* `path` stands on the slash before a segment. */
static bool find_below(const struct node *node, const char *path, const char *method,
                       int part, struct sb_match *match)
{
    const char *text = path + 1;
    size_t len = strcspn(text, "/");

    for (const struct node *kid = node->kids; kid; kid = kid->next)
        if (kid->literal_len == len && memcmp(kid->literal, text, len) == 0 &&
            find(kid, text + len, method, part, match))
            return true;
    if (node->any && len > 0) {
        match->parts[part].text = text;
        match->parts[part].len = len;
        if (find(node->any, text + len, method, part + 1, match))
            return true;
    }
    if (node->rest) {
        match->parts[part].text = text;
        match->parts[part].len = strlen(text);
        return pick(node->rest, method, match);
    }
    return false;
}

static bool find(const struct node *node, const char *path, const char *method,
                 int part, struct sb_match *match)
{
    if (*path == '\0')
        return pick(node->here, method, match);
    return find_below(node, path, method, part, match);
}

void sb_router_find(const struct sb_router *router, const char *method,
                    const char *path, struct sb_match *match)
{
    memset(match, 0, sizeof(*match));
    if (path[0] == '/')
        (void)find(router->root, path, method, 0, match);
}
