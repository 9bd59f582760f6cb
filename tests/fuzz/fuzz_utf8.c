/* SPDX-License-Identifier: Apache-2.0
 *
 * Whatever bytes come in: clean text is valid, bounded and stays as it is when cleaned
 * again; folding and slugs keep their alphabets; quoted text is JSON.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_clean(TALLOC_CTX *mem, const char *text, size_t size, size_t max)
{
    char *once = sb_utf8_clean(mem, text, size, max);
    char *twice = sb_utf8_clean(mem, once, strlen(once), max);

    assert(strlen(once) <= max);
    assert(sb_utf8_valid(once, strlen(once)));
    assert(strcmp(once, twice) == 0);
}

static void check_fold(TALLOC_CTX *mem, const char *text)
{
    char *folded = sb_text_fold(mem, text), *slug = sb_text_slug(mem, text);

    assert(sb_utf8_valid(folded, strlen(folded)));
    assert(!strstr(folded, "  ") && folded[0] != ' ');
    assert(strspn(folded, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 0 || *folded == '\0');
    assert(strlen(slug) <= 63);
    assert(strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(slug));
    (void)sb_text_has_phrase(folded, slug);
    (void)sb_text_distance(folded, slug);
}

static void check_quote(TALLOC_CTX *mem, const char *text, size_t size)
{
    struct sb_buf buf;
    json_t *value;

    sb_buf_init(&buf, mem);
    sb_buf_json(&buf, text, size);
    value = json_loadb(buf.data, buf.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert(json_is_string(value));
    if (sb_utf8_valid(text, size))
        assert(json_string_length(value) == size &&
               memcmp(json_string_value(value), text, size) == 0);
    json_decref(value);
}

static void check_base64(TALLOC_CTX *mem, const char *text, size_t size)
{
    size_t room = size * 2 + 8;
    char *code = talloc_size(mem, room), *back = talloc_size(mem, room);
    ssize_t len = sb_base64_decode(text, size, back, room);

    /* What decodes has one spelling for each alphabet, with or without padding. */
    if (len >= 0) {
        (void)sb_base64(back, (size_t)len, code, room, true);
        assert(sb_base64_decode(code, strlen(code), back, room) == len);
    }
    (void)sb_base64(text, size, code, room, false);
    assert(sb_base64_decode(code, strlen(code), back, room) == (ssize_t)size);
    assert(memcmp(back, text, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    char *text = talloc_size(mem, size + 1);

    memcpy(text, data, size);
    text[size] = '\0';
    check_clean(mem, (const char *)data, size, size ? data[0] : 0);
    check_clean(mem, (const char *)data, size, 1 << 20);
    check_fold(mem, text);
    check_quote(mem, (const char *)data, size);
    check_base64(mem, text, size);
    talloc_free(mem);
    return 0;
}
