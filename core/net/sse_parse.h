/* SPDX-License-Identifier: Apache-2.0
 *
 * The reading side of server-sent events (WHATWG HTML section 9.2.6): bytes in,
 * events out. Pure, incremental, bounded; lines may end in LF, CR or CRLF and be cut
 * anywhere between two feeds.
 */
#ifndef SB_NET_SSE_PARSE_H
#define SB_NET_SSE_PARSE_H

#include <stddef.h>
#include <talloc.h>
#include <switchboard/host.h> /* struct sb_sse_event */

struct sb_sse_parser;

/* One event's lines together may take `max_event` bytes. */
struct sb_sse_parser *sb_sse_parser_new(TALLOC_CTX *mem, size_t max_event);
/* Adds what has come. */
void sb_sse_parser_feed(struct sb_sse_parser *parser, const void *data, size_t len);
/* 1 with the next complete event (its strings live until the next call of any of
 * these), 0 when more is needed, SB_ELIMIT when an event outgrew the limit. What is
 * incomplete when the stream ends is dropped, as the standard says. */
int sb_sse_parser_next(struct sb_sse_parser *parser, struct sb_sse_event *event,
                       struct sb_err *err);
/* Milliseconds that a `retry:` line asked for, -1 when none did. */
long sb_sse_parser_retry(const struct sb_sse_parser *parser);

#endif
