/* SPDX-License-Identifier: Apache-2.0
 *
 * The chunked transfer coding, read as strictly as it is written down: no spaces
 * around the size, no bare LF anywhere, bounded extensions and trailers (both are
 * dropped: nothing that comes after the body may change how the request is seen).
 */
#include "net/http_parse.h"

/* Extensions and trailers of one body, in bytes: more is somebody playing. */
#define EXTRA_MAX 4096

enum chunk_state {
    SIZE, /* the hex digits */
    EXT,  /* ;name=value */
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER, /* the first byte of a line after the last chunk */
    TRAILER_NAME,
    TRAILER_TEXT,
    TRAILER_LF,
    END_LF,
};

static enum sb_parse refuse(struct sb_http_fault *fault, const char *why)
{
    fault->status = 400;
    fault->why = why;
    return SB_PARSE_BAD;
}

static int hex_value(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_field_byte(unsigned char c)
{
    return c == '\t' || (c >= 0x20 && c != 0x7f);
}

static enum sb_parse on_size(struct sb_chunk *chunk, unsigned char c,
                             struct sb_http_fault *fault)
{
    int value = hex_value(c);

    if (value >= 0) {
        /* 15 digits leave room for no overflow and are an exbibyte all the same. */
        if (++chunk->digits > 15)
            return refuse(fault, "a chunk's size is out of range");
        chunk->left = (chunk->left << 4) | (unsigned)value;
        return SB_PARSE_MORE;
    }
    if (chunk->digits == 0 || (c != ';' && c != '\r'))
        return refuse(fault, "a chunk's size is not a plain hexadecimal number");
    chunk->state = c == ';' ? EXT : SIZE_LF;
    return SB_PARSE_MORE;
}

static enum sb_parse on_extra(struct sb_chunk *chunk, unsigned char c,
                              enum chunk_state after, struct sb_http_fault *fault)
{
    if (++chunk->extra > EXTRA_MAX)
        return refuse(fault, "chunk extensions or trailers are too long");
    if (c == '\r')
        chunk->state = (unsigned char)after;
    else if (!is_field_byte(c))
        return refuse(fault, "a chunk extension or trailer holds a bad byte");
    return SB_PARSE_MORE;
}

static enum sb_parse on_trailer_name(struct sb_chunk *chunk, unsigned char c,
                                     struct sb_http_fault *fault)
{
    char byte = (char)c;

    if (c == ':' && chunk->state == TRAILER_NAME) {
        chunk->state = TRAILER_TEXT;
        return SB_PARSE_MORE;
    }
    if (!sb_is_token(&byte, 1))
        return refuse(fault, "a trailer is not a header line");
    chunk->state = TRAILER_NAME;
    return on_extra(chunk, c, TRAILER_LF, fault);
}

static enum sb_parse on_line_feed(struct sb_chunk *chunk, unsigned char c,
                                  enum chunk_state after, struct sb_http_fault *fault)
{
    if (c != '\n')
        return refuse(fault, "a line of the chunked body does not end with CRLF");
    chunk->state = (unsigned char)after;
    if (after == SIZE)
        chunk->digits = 0;
    chunk->sized = after == DATA;
    return SB_PARSE_MORE;
}

/* Every byte that is not body. */
static enum sb_parse step(struct sb_chunk *chunk, unsigned char c,
                          struct sb_http_fault *fault)
{
    switch ((enum chunk_state)chunk->state) {
    case SIZE: return on_size(chunk, c, fault);
    case EXT: return on_extra(chunk, c, SIZE_LF, fault);
    case SIZE_LF: return on_line_feed(chunk, c, chunk->left ? DATA : TRAILER, fault);
    case DATA_CR:
        if (c != '\r')
            return refuse(fault, "a chunk is longer than its size");
        chunk->state = DATA_LF;
        return SB_PARSE_MORE;
    case DATA_LF: return on_line_feed(chunk, c, SIZE, fault);
    case TRAILER:
        if (c != '\r')
            return on_trailer_name(chunk, c, fault);
        chunk->state = END_LF;
        return SB_PARSE_MORE;
    case TRAILER_NAME: return on_trailer_name(chunk, c, fault);
    case TRAILER_TEXT: return on_extra(chunk, c, TRAILER_LF, fault);
    case TRAILER_LF: return on_line_feed(chunk, c, TRAILER, fault);
    case END_LF:
        if (c != '\n')
            return refuse(fault, "the chunked body does not end with CRLF");
        return SB_PARSE_DONE;
    case DATA: break;
    }
    return SB_PARSE_MORE;
}

enum sb_parse sb_chunk_read(struct sb_chunk *chunk, const char *data, size_t len,
                            size_t *used, const char **piece, size_t *piece_len,
                            struct sb_http_fault *fault)
{
    *piece_len = 0;
    for (size_t i = 0; i < len; i++) {
        enum sb_parse result;

        if (chunk->state == DATA) {
            *piece = data + i;
            *piece_len = chunk->left < len - i ? (size_t)chunk->left : len - i;
            chunk->left -= *piece_len;
            if (chunk->left == 0)
                chunk->state = DATA_CR;
            *used = i + *piece_len;
            return SB_PARSE_MORE;
        }
        result = step(chunk, (unsigned char)data[i], fault);
        if (result != SB_PARSE_MORE || chunk->state == DATA) {
            *used = i + 1;
            return result;
        }
    }
    *used = len;
    return SB_PARSE_MORE;
}
