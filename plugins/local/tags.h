/* SPDX-License-Identifier: Apache-2.0
 *
 * A tokenizer for HTML that gives one tag after the other with the text between them.
 * The crawler needs links and a fingerprint, not a tree: this is linear in the input
 * and takes no memory, whatever the markup.
 */
#ifndef LOCAL_TAGS_H
#define LOCAL_TAGS_H

#include <stdbool.h>
#include <stddef.h>

struct tags {
    const char *at, *end;
};

struct tag {
    char name[16]; /* lower case; longer names are cut; "!" for a comment or doctype */
    bool closing;
    const char *text; /* what stood before the tag, undecoded */
    size_t text_len;
    const char *attributes, *attributes_end;
    const char *content; /* of script, style and the like: what was skipped */
    size_t content_len;
};

void tags_init(struct tags *tags, const void *html, size_t len);
/* False at the end; `tag->text` is then the rest. The content of script, style,
 * template, textarea and the like is no text; it is skipped with its end tag. */
bool tags_next(struct tags *tags, struct tag *tag);
/* Copies an attribute's value, entities decoded, cut to fit. False: not there. */
bool tag_attribute(const struct tag *tag, const char *name, char *out, size_t size);

#endif
