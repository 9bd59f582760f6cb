/* SPDX-License-Identifier: Apache-2.0
 *
 * Random bytes, digests and encodings, over OpenSSL.
 */
#ifndef SB_BASE_CRYPTO_H
#define SB_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

void sb_random(void *out, size_t len); /* aborts when the system has none */
/* A UUID, version 7 (time-ordered: friendlier to B-trees), as 36 characters. */
void sb_uuid(char out[37]);
bool sb_uuid_valid(const char *text);
void sb_sha256(const void *data, size_t len, uint8_t out[32]);
void sb_sha1(const void *data, size_t len, uint8_t out[20]); /* WebSocket accept only */
void sb_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                    uint8_t out[32]);
bool sb_equal(const void *a, const void *b, size_t len); /* constant time */
void sb_hex(const void *data, size_t len, char *out);    /* 2*len+1 bytes */
/* Length as snprintf; `url` picks the URL-safe alphabet without padding. */
size_t sb_base64(const void *data, size_t len, char *out, size_t out_size, bool url);
/* Accepts both alphabets, padding optional. Bytes written or SB_EINVAL. */
ssize_t sb_base64_decode(const char *text, size_t len, void *out, size_t out_size);

#endif
