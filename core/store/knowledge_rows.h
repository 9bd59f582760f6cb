/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of store/knowledge.h share.
 */
#ifndef SB_STORE_KNOWLEDGE_ROWS_H
#define SB_STORE_KNOWLEDGE_ROWS_H

#include "store/knowledge.h"
#include "store/pg.h"

/* Queues: the agent's index has changed. */
void sb_kn_raise(struct sb_tx *tx, struct sb_kn_owner owner);
/* Queues: one chunk more; 0 for no page and no FAQ. */
void sb_kn_chunk_add(struct sb_tx *tx, struct sb_kn_owner owner, int64_t page_id,
                     int64_t faq_id, const struct sb_kn_chunk *chunk);
/* The first row not yet taken whose `hash` is this one, else the number of rows. */
size_t sb_kn_find_hash(TALLOC_CTX *mem, const struct sb_rows *rows, const bool *taken,
                       const uint8_t *hash);
/* "{1,2,3}" on `mem`. */
char *sb_kn_id_array(TALLOC_CTX *mem, const int64_t *ids, size_t count);

#endif
