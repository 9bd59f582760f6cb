/* SPDX-License-Identifier: Apache-2.0
 *
 * What a visitor sends with a message, the same for POST /api/chat and the socket,
 * and what goes back.
 */
#ifndef SB_API_CHAT_BODY_H
#define SB_API_CHAT_BODY_H

#include <jansson.h>
#include "talk/engine.h"

struct sb_api;
struct sb_buf;
struct sb_req;

/* Checks `body` (an object) and fills `in` on `mem`; strings are cleaned UTF-8. On
 * failure `*field_r` names the member at fault. `agent` decides whose signature
 * counts. `context` and `metadata` are borrowed from `body`. */
int sb_chat_read(struct sb_api *api, TALLOC_CTX *mem, const json_t *body,
                 const struct sb_agent *agent, struct sb_turn_in *in,
                 const char **field_r, struct sb_err *err);
/* The answer as the object that POST /api/chat gives. */
void sb_chat_write(struct sb_buf *out, const struct sb_turn_out *turn);
/* One stored message as JSON. */
void sb_chat_write_message(struct sb_buf *out, const struct sb_message *message);

#endif
