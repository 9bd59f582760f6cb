/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of HTTP/1.x, without any I/O: where a head ends, what is in it, how the
 * body is framed, and the chunked coding. Everything that two programs could read
 * in two ways is refused here (RFC 9112 section 11.2).
 */
#ifndef SB_NET_HTTP_PARSE_H
#define SB_NET_HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/host.h> /* struct sb_http_header */

struct sb_http_limits;

/* Why a request is refused: the status to answer and a fixed sentence. */
struct sb_http_fault {
    int status;
    const char *why;
};

enum sb_parse { SB_PARSE_MORE, SB_PARSE_DONE, SB_PARSE_BAD };

/* ---- finding the end of a head, as the bytes come; start with zeroes ---- */

struct sb_head_scan {
    unsigned char state;
    size_t start; /* bytes of a blank line before the request line */
    size_t line;  /* bytes of the request line */
    size_t bytes; /* bytes of the header lines */
    size_t count; /* header lines */
};
/* Reads up to `len` bytes; `*used` of them belong to this head. */
enum sb_parse sb_head_scan(struct sb_head_scan *scan,
                           const struct sb_http_limits *limits, const char *data,
                           size_t len, size_t *used, struct sb_http_fault *fault);

/* ---- taking a head apart ---- */

enum sb_framing { SB_FRAMING_NONE, SB_FRAMING_LENGTH, SB_FRAMING_CHUNKED };

struct sb_head {
    const char *method, *target; /* as they came */
    const char *path;            /* the target without scheme and host, or "*" */
    int minor;                   /* HTTP/1.`minor` */
    struct sb_http_header *headers;
    size_t count;
    const char *host; /* NULL when HTTP/1.0 gave none */
    enum sb_framing framing;
    uint64_t length; /* of SB_FRAMING_LENGTH */
    bool close, keep_alive, upgrade, expect_continue;
};
/* `text` is one scanned head of `len` bytes and is written into; `head` points into
 * it and onto `mem`. `count` is the number of header lines. */
enum sb_parse sb_head_parse(TALLOC_CTX *mem, char *text, size_t len, size_t count,
                            struct sb_head *head, struct sb_http_fault *fault);
/* The answer to a client of ours: status and headers, for the WebSocket handshake.
 * Gives the status, or -1. */
int sb_answer_parse(TALLOC_CTX *mem, char *text, size_t len, size_t count,
                    struct sb_head *head);

/* The value of the header `name`, or NULL. */
const char *sb_head_value(const struct sb_http_header *headers, size_t count,
                          const char *name);
/* Is `token` one of the comma-separated words of `list` (may be NULL)? */
bool sb_list_has(const char *list, const char *token);
bool sb_is_token(const char *text, size_t len);
/* "host", "host:port" or "[v6]:port", nothing else. */
bool sb_is_authority(const char *text, size_t len);

/* ---- chunked bodies (RFC 9112 section 7.1); start with zeroes ---- */

struct sb_chunk {
    unsigned char state;
    unsigned char digits; /* of the size being read */
    bool sized;           /* `left` is known in full */
    uint64_t left;        /* bytes of the chunk to come */
    size_t extra;         /* bytes of extensions and trailers so far */
};
/* Reads up to `len` bytes, `*used` of them; stops behind a chunk's size and behind a
 * piece of the body, which is at `*piece`: call again until `*used` covers everything
 * or DONE. */
enum sb_parse sb_chunk_read(struct sb_chunk *chunk, const char *data, size_t len,
                            size_t *used, const char **piece, size_t *piece_len,
                            struct sb_http_fault *fault);

#endif
