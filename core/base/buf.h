/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing byte string on talloc. Always NUL-terminated. Running out of memory
 * aborts the process: the supervisor restarts it (Linux overcommits; code that
 * limps on without memory is never tested).
 */
#ifndef SB_BASE_BUF_H
#define SB_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

struct sb_buf {
    char *data; /* child of the context given to init; NULL until the first byte */
    size_t len, room;
    TALLOC_CTX *mem;
};

void sb_buf_init(struct sb_buf *buf, TALLOC_CTX *mem);
void sb_buf_add(struct sb_buf *buf, const void *data, size_t len);
void sb_buf_puts(struct sb_buf *buf, const char *text);
void sb_buf_putc(struct sb_buf *buf, char c);
__attribute__((format(printf, 2, 3))) void sb_buf_printf(struct sb_buf *buf,
                                                         const char *fmt, ...);
/* A JSON string literal, quotes included; invalid UTF-8 becomes U+FFFD. */
void sb_buf_json(struct sb_buf *buf, const char *text, size_t len);
void sb_buf_reset(struct sb_buf *buf); /* keeps the room */
/* The text so far, "" when empty; owned by the buffer's context. */
const char *sb_buf_str(const struct sb_buf *buf);

#endif
