/* SPDX-License-Identifier: Apache-2.0
 *
 * A WebSocket peer's bytes, read by the server's and by the client's end: text is
 * UTF-8, sizes stay within bounds, and after a fault nothing more is handed out.
 */
#include <assert.h>
#include <event2/buffer.h>
#include <stdint.h>
#include "base/text.h"
#include "net/ws_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGE_MAX = 300, OUT_MAX = 2000 };

static void take_all(struct sb_frames *frames)
{
    struct sb_ws_text *text;

    while ((text = sb_frames_take(frames)) != NULL) {
        assert(text->len <= MESSAGE_MAX && text->data[text->len] == '\0');
        assert(text->binary || sb_utf8_valid(text->data, text->len));
        (void)sb_frames_send(frames, text->binary, text->data, text->len);
        talloc_free(text);
    }
}

static void read_all(const uint8_t *data, size_t size, bool is_server, size_t piece)
{
    struct evbuffer *in = evbuffer_new(), *out = evbuffer_new();
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_frames frames;

    sb_frames_init(&frames, mem, is_server, in, out, MESSAGE_MAX, OUT_MAX);
    while (size > 0) {
        size_t len = size < piece ? size : piece;

        (void)evbuffer_add(in, data, len);
        data += len;
        size -= len;
        do {
            sb_frames_pump(&frames);
            take_all(&frames);
            /* One round of pongs and echoes may come on top of the limit. */
            assert(evbuffer_get_length(out) <=
                   OUT_MAX + 256 * (MESSAGE_MAX + 14) + 70000);
            (void)evbuffer_drain(out, evbuffer_get_length(out));
        } while (frames.full && !sb_frames_ended(&frames));
        if (sb_frames_ended(&frames))
            break;
        assert(evbuffer_get_length(in) == 0);
    }
    sb_frames_close(&frames, 1000, "done");
    sb_frames_fini(&frames);
    talloc_free(mem);
    evbuffer_free(in);
    evbuffer_free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_all(data, size, true, SIZE_MAX);
    read_all(data, size, true, 1);
    read_all(data, size, false, 5);
    return 0;
}
