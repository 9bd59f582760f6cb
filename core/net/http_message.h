/* SPDX-License-Identifier: Apache-2.0
 *
 * One request as it comes in: head, then body, fed with whatever the socket gave.
 * No I/O, so the fuzzer and the server drive the very same code.
 */
#ifndef SB_NET_HTTP_MESSAGE_H
#define SB_NET_HTTP_MESSAGE_H

#include "net/http_parse.h"

enum sb_message_event {
    SB_MESSAGE_MORE, /* all bytes are used up */
    SB_MESSAGE_HEAD, /* the head is there: call sb_message_body() next */
    SB_MESSAGE_END,  /* the body is there too */
    SB_MESSAGE_BAD,  /* `fault` says why; there is no going on */
};

struct sb_message {
    TALLOC_CTX *mem; /* everything read so far hangs here */
    enum { SB_STAGE_HEAD, SB_STAGE_WAIT, SB_STAGE_BODY, SB_STAGE_END } stage;
    struct sb_head_scan scan;
    char *text; /* the head's bytes */
    size_t text_len, text_room;
    struct sb_head head;
    struct sb_chunk chunk;
    char *body; /* NUL-terminated; NULL when there is none */
    size_t body_len, body_room, max_body;
    struct sb_http_fault fault;
};

/* `mem` owns what is read and must outlive the message. */
void sb_message_init(struct sb_message *message, TALLOC_CTX *mem);
/* Reads up to `len` bytes, `*used` of them. */
enum sb_message_event sb_message_feed(struct sb_message *message,
                                      const struct sb_http_limits *limits,
                                      const char *data, size_t len, size_t *used);
/* Lets the body in, up to `max` bytes: END when there is none, BAD (413) when it is
 * announced larger, else MORE. */
enum sb_message_event sb_message_body(struct sb_message *message, size_t max);
/* Is there a body that has not been read? */
bool sb_message_has_body(const struct sb_message *message);

#endif
