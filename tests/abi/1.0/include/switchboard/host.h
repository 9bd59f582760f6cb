/* SPDX-License-Identifier: Apache-2.0
 *
 * The services that the host offers to a plugin, as one sized table handed to
 * start(). A plugin links to nothing of ours: these pointers are all there is.
 * The table only grows at the end: check `size` before using a member that is
 * newer than the minor version you require.
 *
 * Services marked [suspends] may only be called from a task (see roles.h) and give
 * SB_ECANCELED when the task is cancelled, SB_ETIMEDOUT when its deadline passes.
 * All strings are UTF-8 and NUL-terminated unless a length is given.
 */
#ifndef SWITCHBOARD_HOST_H
#define SWITCHBOARD_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <switchboard/err.h>

enum sb_log_level { SB_LOG_DEBUG, SB_LOG_INFO, SB_LOG_WARN, SB_LOG_ERROR };

struct sb_http;      /* an answer being read */
struct sb_json_doc;  /* a parsed document */
struct sb_json_node; /* a value inside it; lives as long as the document */

struct sb_http_header {
    const char *name, *value;
};

struct sb_http_request {
    uint32_t size;
    const char *method; /* "GET", "POST" ... */
    const char *url;    /* http or https */
    const struct sb_http_header *headers; /* `count` of them */
    size_t header_count;
    const void *body; /* borrowed until the call returns; NULL for none */
    size_t body_len;
    int connect_ms;    /* 0: 10 s */
    int first_byte_ms; /* 0: 30 s, from the end of the request to the status line */
    int idle_ms;       /* 0: 30 s without a byte */
    int total_ms;      /* 0: 120 s */
    int64_t max_body;  /* 0: 8 MiB; more is SB_ELIMIT */
    int redirects;     /* how many to follow, 0 for none */
    bool untrusted;    /* the address came from outside: private, loopback and
                        * link-local targets are refused, also after redirects and
                        * name changes, unless the operator allowed them */
};

/* One server-sent event. The strings live until the next call. */
struct sb_sse_event {
    const char *event; /* "message" when the stream named none */
    const char *data;  /* lines joined by \n */
    size_t data_len;
    const char *id; /* "" when none */
};

struct sb_host {
    uint32_t size;
    uint16_t abi_major, abi_minor;
    void *self; /* first argument of every service */

    /* One JSON line, tagged with the plugin's name. No secrets, no personal data. */
    void (*log)(void *self, int level, const char *sentence);

    /* Milliseconds: wall clock since 1970, and a clock that never jumps. Both are
     * virtual under the conformance check. */
    int64_t (*wall_ms)(void *self);
    int64_t (*mono_ms)(void *self);
    /* [suspends] */
    int (*sleep_ms)(void *self, int64_t ms);

    /* [suspends] Sends the request and waits for the answer's headers. On success
     * `*http_r` must be closed, also after errors while reading. An HTTP error
     * status is a success here. */
    int (*http_open)(void *self, const struct sb_http_request *request,
                     struct sb_http **http_r, struct sb_err *err);
    int (*http_status)(const struct sb_http *http);
    /* A header's value (names are case-insensitive) or NULL. */
    const char *(*http_header)(const struct sb_http *http, const char *name);
    /* Where the answer came from, after redirects. */
    const char *(*http_url)(const struct sb_http *http);
    /* [suspends] Up to `len` decoded bytes; 0 at the end, or a negative SB_E*. */
    ssize_t (*http_read)(struct sb_http *http, void *buf, size_t len, struct sb_err *err);
    /* [suspends] The next event: 1 with `*event` filled, 0 at the end, or SB_E*. */
    int (*http_event)(struct sb_http *http, struct sb_sse_event *event,
                      struct sb_err *err);
    /* [suspends] The whole rest of the body, NUL-terminated; lives until close. */
    int (*http_body)(struct sb_http *http, const char **body_r, size_t *len_r,
                     struct sb_err *err);
    /* Cancels what is still under way. NULL is fine. */
    void (*http_close)(struct sb_http *http);

    /* JSON, at most 64 levels deep. Lookups on NULL or on another type give NULL,
     * "", 0 or false, so a chain of them needs one check at its end. */
    int (*json_parse)(void *self, const char *text, size_t len,
                      struct sb_json_doc **doc_r, struct sb_err *err);
    void (*json_free)(struct sb_json_doc *doc);
    const struct sb_json_node *(*json_root)(const struct sb_json_doc *doc);
    const struct sb_json_node *(*json_get)(const struct sb_json_node *node,
                                           const char *key);
    const struct sb_json_node *(*json_at)(const struct sb_json_node *node, size_t index);
    size_t (*json_count)(const struct sb_json_node *node);
    const char *(*json_key)(const struct sb_json_node *node, size_t index);
    const char *(*json_string)(const struct sb_json_node *node);
    double (*json_number)(const struct sb_json_node *node);
    int64_t (*json_int)(const struct sb_json_node *node);
    bool (*json_bool)(const struct sb_json_node *node);
    /* Writes `text` as a JSON string with its quotes; returns the length that it
     * has or would need, as snprintf does. Invalid UTF-8 becomes U+FFFD. */
    size_t (*json_quote)(const char *text, size_t len, char *out, size_t out_size);

    void (*random)(void *self, void *out, size_t len);
    void (*sha256)(const void *data, size_t len, uint8_t out[32]);
    void (*hmac_sha256)(const void *key, size_t key_len, const void *data, size_t len,
                        uint8_t out[32]);
    bool (*equal)(const void *a, const void *b, size_t len); /* constant time */
    /* Length as snprintf does; `out` is NUL-terminated. */
    size_t (*base64)(const void *data, size_t len, char *out, size_t out_size);
    /* Bytes written, or SB_EINVAL. */
    ssize_t (*base64_decode)(const char *text, size_t len, void *out, size_t out_size);

    /* [suspends] Runs `fn(arg)` on a thread of the pool and waits for it. `fn` calls
     * no service. It is not interrupted by a cancel: the call returns after it. */
    int (*offload)(void *self, void (*fn)(void *arg), void *arg);

    /* Per-worker cache of small values, LRU-bounded. get: length or -1. */
    ssize_t (*cache_get)(void *self, const char *key, void *out, size_t out_size);
    void (*cache_put)(void *self, const char *key, const void *value, size_t len,
                      int ttl_ms);

    /* Adds to a counter named switchboard_plugin_<plugin>_<name>. */
    void (*count)(void *self, const char *name, double by);

    /* [suspends] Runs `fn(arg)` as further tasks side by side, at most `parallel` at
     * once, and waits for all of them; the first non-zero result cancels the rest
     * and is returned. */
    int (*each)(void *self, int (*fn)(void *arg, size_t index), void *arg, size_t count,
                int parallel);
};

#endif
