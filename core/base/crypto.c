/* SPDX-License-Identifier: Apache-2.0
 *
 * See crypto.h. Digests are fetched once: OpenSSL 3 takes longer to find SHA-256 by
 * name than to hash a short string with it.
 */
#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <switchboard/err.h>
#include "base/clock.h"
#include "base/log.h"

static const EVP_MD *md_sha256, *md_sha1;

static void fetch_digests(void)
{
    md_sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    md_sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    if (!md_sha256)
        md_sha256 = EVP_sha256();
    if (!md_sha1)
        md_sha1 = EVP_sha1();
}

static void need_digests(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, fetch_digests);
}

__attribute__((noreturn)) static void die(const char *what)
{
    sb_log(SB_LOG_ERROR, "base", "the cryptography library failed, aborting",
           sb_str("what", what));
    abort();
}

void sb_random(void *out, size_t len)
{
    unsigned char *at = out;

    while (len) {
        int step = len > 65536 ? 65536 : (int)len;

        if (RAND_bytes(at, step) != 1)
            die("random bytes");
        at += step;
        len -= (size_t)step;
    }
}

/* RFC 9562 version 7: 48 bits of milliseconds, 12 bits of their fraction, random. */
void sb_uuid(char out[37])
{
    uint64_t ms = (uint64_t)sb_clock_wall_ms();
    uint64_t fraction = (uint64_t)(sb_clock_mono_us() % 1000) * 4096 / 1000;
    uint8_t raw[16];
    char hex[33];

    sb_random(raw, sizeof(raw));
    for (int i = 0; i < 6; i++)
        raw[i] = (uint8_t)(ms >> (40 - 8 * i));
    raw[6] = (uint8_t)(0x70 | (fraction >> 8));
    raw[7] = (uint8_t)fraction;
    raw[8] = (uint8_t)(0x80 | (raw[8] & 0x3f));
    sb_hex(raw, sizeof(raw), hex);
    for (int from = 0, to = 0; from < 32; from++) {
        if (from == 8 || from == 12 || from == 16 || from == 20)
            out[to++] = '-';
        out[to++] = hex[from];
    }
    out[36] = '\0';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool sb_uuid_valid(const char *text)
{
    if (!text)
        return false;
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text[i] != '-' : hex_digit(text[i]) < 0)
            return false;
    }
    return text[36] == '\0';
}

void sb_sha256(const void *data, size_t len, uint8_t out[32])
{
    need_digests();
    if (EVP_Digest(data, len, out, NULL, md_sha256, NULL) != 1)
        die("sha256");
}

void sb_sha1(const void *data, size_t len, uint8_t out[20])
{
    need_digests();
    if (EVP_Digest(data, len, out, NULL, md_sha1, NULL) != 1)
        die("sha1");
}

void sb_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                    uint8_t out[32])
{
    need_digests();
    /* A NULL key means "the key used before" to OpenSSL. */
    if (!HMAC(md_sha256, key ? key : "", (int)key_len, data, len, out, NULL))
        die("hmac");
}

bool sb_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void sb_hex(const void *data, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = data;

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}
