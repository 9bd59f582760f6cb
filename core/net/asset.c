/* SPDX-License-Identifier: Apache-2.0
 *
 * Static files from memory. Each is hashed and compressed once a process, by its
 * first request, on the thread pool; who asks meanwhile gets it uncompressed. Files
 * are known by their address: they stay where they are for the process's life.
 */
#include "net/http_conn.h"

#include <brotli/encode.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "base/crypto.h"
#include "base/mem.h"
#include "net/http_query.h"

enum { LEAST_TO_COMPRESS = 256, TABLE = 64 };

struct variant {
    void *data; /* NULL: compressing does not pay */
    size_t len;
};

struct entry {
    const void *data;
    size_t len;
    char tag[20]; /* hex of the content's hash; variants add a letter */
    struct variant gzip, brotli;
    bool ready; /* the variants are there */
    struct entry *next;
};

static __thread struct entry *table[TABLE];

/* ---- compressing ---- */

static void compress_gzip(const struct entry *entry, struct variant *out)
{
    z_stream z = {0};
    size_t room;

    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    room = deflateBound(&z, entry->len);
    out->data = sb_malloc(room);
    /* zlib reads only; its interface lacks the const. */
    z.next_in = (Bytef *)(uintptr_t)entry->data;
    z.avail_in = (uInt)entry->len;
    z.next_out = out->data;
    z.avail_out = (uInt)room;
    if (deflate(&z, Z_FINISH) == Z_STREAM_END)
        out->len = z.total_out;
    (void)deflateEnd(&z);
}

static void compress_brotli(const struct entry *entry, struct variant *out)
{
    size_t room = BrotliEncoderMaxCompressedSize(entry->len);

    if (room == 0)
        return;
    out->data = sb_malloc(room);
    if (BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_DEFAULT_WINDOW,
                              BROTLI_MODE_TEXT, entry->len, entry->data, &room,
                              out->data))
        out->len = room;
}

/* Less than a tenth saved is not worth the client's work. */
static void keep_if_smaller(const struct entry *entry, struct variant *variant)
{
    void *fit;

    if (variant->len == 0 || variant->len > entry->len - entry->len / 10) {
        free(variant->data);
        variant->data = NULL;
        return;
    }
    fit = realloc(variant->data, variant->len);
    if (fit)
        variant->data = fit;
}

/* On the thread pool. */
static void compress_entry(void *arg)
{
    struct entry *entry = arg;

    compress_gzip(entry, &entry->gzip);
    compress_brotli(entry, &entry->brotli);
    keep_if_smaller(entry, &entry->gzip);
    keep_if_smaller(entry, &entry->brotli);
}

static bool is_compressible(const char *type)
{
    static const char *const kinds[] = {"text/",
                                        "application/javascript",
                                        "application/json",
                                        "application/manifest+json",
                                        "image/svg+xml",
                                        "application/xml",
                                        "font/ttf"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strncmp(type, kinds[i], strlen(kinds[i])) == 0)
            return true;
    return false;
}

/* ---- the table ---- */

static struct entry *new_entry(const struct sb_asset *asset, struct entry **slot)
{
    struct entry *entry = sb_calloc(1, sizeof(*entry));
    uint8_t hash[32];

    entry->data = asset->data;
    entry->len = asset->len;
    sb_sha256(asset->data, asset->len, hash);
    sb_hex(hash, 8, entry->tag);
    entry->next = *slot;
    *slot = entry;
    return entry;
}

/* [suspends] The first time. */
static struct entry *find_entry(const struct sb_asset *asset)
{
    struct entry **slot = &table[((uintptr_t)asset->data >> 4) % TABLE];
    struct entry *entry;

    for (entry = *slot; entry; entry = entry->next)
        if (entry->data == asset->data && entry->len == asset->len)
            return entry;
    entry = new_entry(asset, slot);
    if (asset->len < LEAST_TO_COMPRESS || !is_compressible(asset->type))
        return entry;
    (void)sb_offload(compress_entry, entry); /* done even when we are cancelled */
    entry->ready = true;
    return entry;
}

/* ---- conditions ---- */

/* Which form goes out. */
struct choice {
    const char *coding; /* NULL: as it is */
    const void *data;
    size_t len;
    char tag[24]; /* quoted */
};

static void choose(const struct entry *entry, const char *accept, struct choice *choice)
{
    int brotli = sb_accept_coding(accept, "br"),
        gzip = sb_accept_coding(accept, "gzip");
    char mark = '\0';

    choice->coding = NULL;
    choice->data = entry->data;
    choice->len = entry->len;
    if (entry->ready && entry->brotli.data && brotli > 0 && brotli >= gzip) {
        choice->coding = "br";
        choice->data = entry->brotli.data;
        choice->len = entry->brotli.len;
        mark = 'b';
    } else if (entry->ready && entry->gzip.data && gzip > 0) {
        choice->coding = "gzip";
        choice->data = entry->gzip.data;
        choice->len = entry->gzip.len;
        mark = 'g';
    }
    (void)snprintf(choice->tag, sizeof(choice->tag), mark ? "\"%s%c\"" : "\"%s\"",
                   entry->tag, mark);
}

/* If-None-Match compares weakly (RFC 9110 section 13.1.2); the forms of one content
 * count as one: "0123456789abcdef", "…b" and "…g". */
static bool is_known(const struct entry *entry, const char *list)
{
    const char *at = list;

    if (!list)
        return false;
    if (strcmp(list, "*") == 0)
        return true;
    while ((at = strstr(at, entry->tag)) != NULL) {
        const char *end = at + strlen(entry->tag);

        end += *end == 'b' || *end == 'g';
        if (at > list && at[-1] == '"' && *end == '"')
            return true;
        at++;
    }
    return false;
}

enum range { RANGE_NONE, RANGE_PART, RANGE_BAD };

static bool parse_number(const char **text, uint64_t *out)
{
    size_t digits = strspn(*text, "0123456789");

    if (digits == 0 || digits > 18)
        return false;
    *out = strtoull(*text, NULL, 10);
    *text += digits;
    return true;
}

/* One range only; several, or another unit, get the whole (RFC 9110 section 14.2). */
static enum range parse_range(const char *text, size_t len, uint64_t *first,
                              uint64_t *last)
{
    bool is_suffix;

    if (strncmp(text, "bytes=", 6) != 0)
        return RANGE_NONE;
    text += 6;
    is_suffix = *text == '-';
    if (!is_suffix && !parse_number(&text, first))
        return RANGE_NONE;
    if (*text++ != '-')
        return RANGE_NONE;
    *last = len ? len - 1 : 0;
    if (is_suffix) {
        uint64_t count;

        if (!parse_number(&text, &count) || *text)
            return RANGE_NONE;
        *first = count < len ? len - count : 0;
        return count == 0 || len == 0 ? RANGE_BAD : RANGE_PART;
    }
    if (*text) {
        uint64_t end;

        if (!parse_number(&text, &end) || *text || end < *first)
            return RANGE_NONE;
        *last = end < *last ? end : *last;
    }
    return *first >= len ? RANGE_BAD : RANGE_PART;
}

/* ---- answering ---- */

static void reply_part(struct sb_req *req, const struct sb_asset *asset, uint64_t first,
                       uint64_t last)
{
    sb_reply_header(req, "Content-Range",
                    talloc_asprintf(req->mem, "bytes %llu-%llu/%zu",
                                    (unsigned long long)first, (unsigned long long)last,
                                    asset->len));
    sb_reply_static(req, 206, asset->type, (const char *)asset->data + first,
                    (size_t)(last - first + 1));
}

/* Answers when a range is asked for and can be given; ranges are of the plain form. */
static bool answer_range(struct sb_req *req, const struct sb_asset *asset,
                         const struct choice *plain)
{
    const char *range = sb_req_header(req, "Range");
    const char *condition = sb_req_header(req, "If-Range");
    uint64_t first = 0, last = 0;

    if (!range || strcmp(req->method, "GET") != 0 ||
        (condition && strcmp(condition, plain->tag) != 0))
        return false;
    switch (parse_range(range, asset->len, &first, &last)) {
    case RANGE_NONE: return false;
    case RANGE_PART: reply_part(req, asset, first, last); return true;
    case RANGE_BAD:
        sb_reply_header(req, "Content-Range",
                        talloc_asprintf(req->mem, "bytes */%zu", asset->len));
        sb_reply_error(req, 416, "bad_range", NULL,
                       "the range lies outside of the file");
        return true;
    }
    return false;
}

void sb_reply_asset(struct sb_req *req, const struct sb_asset *asset)
{
    const struct entry *entry = find_entry(asset);
    struct choice choice, plain;

    choose(entry, NULL, &plain);
    choose(entry, sb_req_header(req, "Accept-Encoding"), &choice);
    if (sb_req_header(req, "Range"))
        choice = plain;
    sb_reply_header(req, "ETag", choice.tag);
    sb_reply_header(req, "Accept-Ranges", "bytes");
    if (asset->cache)
        sb_reply_header(req, "Cache-Control", asset->cache);
    if (is_compressible(asset->type))
        sb_reply_header(req, "Vary", "Accept-Encoding");
    if (is_known(entry, sb_req_header(req, "If-None-Match"))) {
        sb_reply(req, 304, NULL, NULL, 0);
        return;
    }
    if (answer_range(req, asset, &plain))
        return;
    if (choice.coding)
        sb_reply_header(req, "Content-Encoding", choice.coding);
    sb_reply_static(req, 200, asset->type, choice.data, choice.len);
}
