/* SPDX-License-Identifier: Apache-2.0
 *
 * Server-sent events: however the bytes are cut, the events are the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/text.h"
#include "net/sse_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run(TALLOC_CTX *mem, const uint8_t *data, size_t size, size_t step,
               struct sb_buf *out)
{
    struct sb_sse_parser *parser = sb_sse_parser_new(mem, 1 << 20);
    struct sb_sse_event event;
    int rc = 0;

    sb_buf_init(out, mem);
    for (size_t at = 0; at < size && !rc; at += step) {
        sb_sse_parser_feed(parser, data + at, size - at < step ? size - at : step);
        while ((rc = sb_sse_parser_next(parser, &event, NULL)) == 1) {
            if (!sb_utf8_valid(event.data, event.data_len))
                abort();
            sb_buf_printf(out, "%s|%s|", event.event, event.id);
            sb_buf_add(out, event.data, event.data_len);
            sb_buf_putc(out, '\n');
        }
    }
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_buf whole, cut;
    size_t step = size ? 1 + data[0] % 7 : 1;

    if (size < 1 << 16 && run(mem, data, size, size + 1, &whole) == 0 &&
        run(mem, data, size, step, &cut) == 0 &&
        (whole.len != cut.len ||
         (whole.len && memcmp(whole.data, cut.data, whole.len))))
        abort();
    talloc_free(mem);
    return 0;
}
