/* SPDX-License-Identifier: Apache-2.0
 *
 * What a vendor of one of the common interfaces answers when all is well.
 */
#ifndef SB_CLI_KIT_ANSWER_H
#define SB_CLI_KIT_ANSWER_H

#include <stddef.h>
#include <talloc.h>

struct sb_kit_answer {
    const char *type; /* of the content */
    const char *body;
    size_t len;
};

/* The text that a good model's answer carries. */
#define SB_KIT_SENTENCE "We are open until seven. Caf\xc3\xa9 included."

/* Chat completions and embeddings as OpenAI has them, messages as Anthropic has them,
 * and the pages of a small site; NULL body when none of these fits the path. */
struct sb_kit_answer sb_kit_answer(TALLOC_CTX *mem, const char *method,
                                   const char *path, const char *body, size_t len);

#endif
