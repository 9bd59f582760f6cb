/* SPDX-License-Identifier: Apache-2.0
 *
 * See buf.h. The room doubles; one byte of it is always kept for the NUL.
 */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"

void sb_buf_init(struct sb_buf *buf, TALLOC_CTX *mem)
{
    *buf = (struct sb_buf){.mem = mem};
}

/* Makes room for `more` bytes and the NUL. */
static void grow(struct sb_buf *buf, size_t more)
{
    size_t need = buf->len + more + 1, room = buf->room ? buf->room : 64;

    if (need <= buf->room)
        return;
    if (more >= SIZE_MAX / 4 - buf->len)
        sb_mem_exhausted();
    while (room < need)
        room *= 2;
    buf->data = talloc_realloc_size(buf->mem, buf->data, room);
    buf->room = room;
}

void sb_buf_add(struct sb_buf *buf, const void *data, size_t len)
{
    grow(buf, len);
    if (len)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void sb_buf_puts(struct sb_buf *buf, const char *text)
{
    sb_buf_add(buf, text, strlen(text));
}

void sb_buf_putc(struct sb_buf *buf, char c)
{
    sb_buf_add(buf, &c, 1);
}

void sb_buf_printf(struct sb_buf *buf, const char *fmt, ...)
{
    va_list ap, again;
    int len;

    grow(buf, 120);
    va_start(ap, fmt);
    va_copy(again, ap);
    len = vsnprintf(buf->data + buf->len, buf->room - buf->len, fmt, ap);
    if (len > 0 && (size_t)len >= buf->room - buf->len) {
        grow(buf, (size_t)len);
        len = vsnprintf(buf->data + buf->len, buf->room - buf->len, fmt, again);
    }
    va_end(again);
    va_end(ap);
    if (len > 0)
        buf->len += (size_t)len;
    buf->data[buf->len] = '\0';
}

void sb_buf_json(struct sb_buf *buf, const char *text, size_t len)
{
    size_t need;

    grow(buf, len + 2);
    need = sb_json_quote(text, len, buf->data + buf->len, buf->room - buf->len);
    if (need >= buf->room - buf->len) {
        grow(buf, need);
        sb_json_quote(text, len, buf->data + buf->len, buf->room - buf->len);
    }
    buf->len += need;
}

void sb_buf_reset(struct sb_buf *buf)
{
    buf->len = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

const char *sb_buf_str(const struct sb_buf *buf)
{
    return buf->data ? buf->data : "";
}
