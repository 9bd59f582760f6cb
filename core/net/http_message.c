/* SPDX-License-Identifier: Apache-2.0
 *
 * Puts scanner, parser and chunk decoder together. Buffers grow with what has come,
 * never with what was announced: a thousand clients that promise a megabyte each
 * and send nothing cost nothing.
 */
#include "net/http_message.h"

#include <string.h>

void sb_message_init(struct sb_message *message, TALLOC_CTX *mem)
{
    memset(message, 0, sizeof(*message));
    message->mem = mem;
}

static enum sb_message_event refuse(struct sb_message *message, int status,
                                    const char *why)
{
    message->fault.status = status;
    message->fault.why = why;
    message->stage = SB_STAGE_END;
    return SB_MESSAGE_BAD;
}

/* Appends and keeps a NUL behind. */
static void append(TALLOC_CTX *mem, char **text, size_t *len, size_t *room,
                   const char *data, size_t data_len, size_t least)
{
    if (*len + data_len + 1 > *room) {
        size_t want = *room ? *room * 2 : least;

        while (want < *len + data_len + 1)
            want *= 2;
        *text = talloc_realloc_size(mem, *text, want);
        *room = want;
    }
    memcpy(*text + *len, data, data_len);
    *len += data_len;
    (*text)[*len] = '\0';
}

static enum sb_message_event feed_head(struct sb_message *message,
                                       const struct sb_http_limits *limits,
                                       const char *data, size_t len, size_t *used)
{
    enum sb_parse found =
        sb_head_scan(&message->scan, limits, data, len, used, &message->fault);

    if (found != SB_PARSE_BAD)
        append(message->mem, &message->text, &message->text_len, &message->text_room,
               data, *used, 512);
    if (found == SB_PARSE_DONE)
        found = sb_head_parse(message->mem, message->text + message->scan.start,
                              message->text_len - message->scan.start,
                              message->scan.count, &message->head, &message->fault);
    if (found == SB_PARSE_BAD)
        return refuse(message, message->fault.status, message->fault.why);
    if (found == SB_PARSE_MORE)
        return SB_MESSAGE_MORE;
    message->stage = SB_STAGE_WAIT;
    return SB_MESSAGE_HEAD;
}

static void add_body(struct sb_message *message, const char *data, size_t len)
{
    append(message->mem, &message->body, &message->body_len, &message->body_room, data,
           len, 1024);
}

static enum sb_message_event feed_length(struct sb_message *message, const char *data,
                                         size_t len, size_t *used)
{
    size_t left = (size_t)message->head.length - message->body_len;

    *used = len < left ? len : left;
    add_body(message, data, *used);
    if (*used < left)
        return SB_MESSAGE_MORE;
    message->stage = SB_STAGE_END;
    return SB_MESSAGE_END;
}

static enum sb_message_event feed_chunks(struct sb_message *message, const char *data,
                                         size_t len, size_t *used)
{
    *used = 0;
    while (*used < len) {
        const char *piece = NULL;
        size_t piece_len = 0, step = 0;
        enum sb_parse result =
            sb_chunk_read(&message->chunk, data + *used, len - *used, &step, &piece,
                          &piece_len, &message->fault);

        *used += step;
        if (result == SB_PARSE_BAD)
            return refuse(message, message->fault.status, message->fault.why);
        /* The chunk counts as soon as its size is known. */
        if (message->chunk.sized &&
            (message->chunk.left > message->max_body ||
             piece_len + message->chunk.left > message->max_body - message->body_len))
            return refuse(message, 413, "the body is too large");
        if (piece_len > 0)
            add_body(message, piece, piece_len);
        if (result == SB_PARSE_DONE) {
            message->stage = SB_STAGE_END;
            return SB_MESSAGE_END;
        }
    }
    return SB_MESSAGE_MORE;
}

enum sb_message_event sb_message_feed(struct sb_message *message,
                                      const struct sb_http_limits *limits,
                                      const char *data, size_t len, size_t *used)
{
    *used = 0;
    switch (message->stage) {
    case SB_STAGE_HEAD: return feed_head(message, limits, data, len, used);
    case SB_STAGE_BODY:
        if (message->head.framing == SB_FRAMING_CHUNKED)
            return feed_chunks(message, data, len, used);
        return feed_length(message, data, len, used);
    case SB_STAGE_WAIT: return SB_MESSAGE_HEAD;
    case SB_STAGE_END: break;
    }
    return message->fault.status ? SB_MESSAGE_BAD : SB_MESSAGE_END;
}

bool sb_message_has_body(const struct sb_message *message)
{
    return message->stage != SB_STAGE_END &&
           (message->head.framing == SB_FRAMING_CHUNKED ||
            (message->head.framing == SB_FRAMING_LENGTH && message->head.length > 0));
}

enum sb_message_event sb_message_body(struct sb_message *message, size_t max)
{
    message->max_body = max;
    if (!sb_message_has_body(message)) {
        message->stage = SB_STAGE_END;
        return SB_MESSAGE_END;
    }
    if (message->head.framing == SB_FRAMING_LENGTH && message->head.length > max)
        return refuse(message, 413, "the body is too large");
    message->stage = SB_STAGE_BODY;
    return SB_MESSAGE_MORE;
}
