/* SPDX-License-Identifier: Apache-2.0
 *
 * Is an element part of the frame around a page (navigation, footer, dialogs, banners)
 * rather than of what it says? Told by structure: elements, roles, names, how much of
 * the text is links.
 */
#ifndef SB_KNOW_CHROME_H
#define SB_KNOW_CHROME_H

#include <gumbo.h>
#include <stdbool.h>
#include <stddef.h>

struct sb_chrome {
    const GumboNode *main; /* <main> or what stands for it, or NULL */
    size_t weight;         /* bytes of text of the whole body */
};

void sb_chrome_init(struct sb_chrome *chrome, const GumboNode *root);
/* `in_main`: below <main> or <article>. */
bool sb_chrome_is(const struct sb_chrome *chrome, const GumboNode *node, bool in_main);
/* Not shown at all, and not meant to be unfolded either. */
bool sb_chrome_is_hidden(const GumboNode *node);

#endif
