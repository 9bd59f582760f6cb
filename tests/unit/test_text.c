/* SPDX-License-Identifier: Apache-2.0
 *
 * Buffers, UTF-8, folding, quoting, digests and encodings.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"

Test(buf, grows_and_stays_terminated)
{
    struct sb_buf buf;

    sb_buf_init(&buf, NULL);
    cr_assert_str_eq(sb_buf_str(&buf), "");
    sb_buf_printf(&buf, "%s-%d", "a", 7);
    for (int i = 0; i < 1000; i++)
        sb_buf_putc(&buf, 'x');
    sb_buf_printf(&buf, "%0300d", 5);
    cr_assert_eq(buf.len, 3 + 1000 + 300);
    cr_assert_eq(strlen(sb_buf_str(&buf)), buf.len);
    sb_buf_reset(&buf);
    cr_assert_str_eq(sb_buf_str(&buf), "");
    talloc_free(buf.data);
}

static void expect_json(const char *text, size_t len, const char *want)
{
    struct sb_buf buf;

    sb_buf_init(&buf, NULL);
    sb_buf_json(&buf, text, len);
    cr_assert_str_eq(sb_buf_str(&buf), want);
    cr_assert_eq(buf.len, strlen(want));
    talloc_free(buf.data);
}

Test(buf, quotes_json)
{
    expect_json("", 0, "\"\"");
    expect_json("a\"b\\c\n\x01", 7, "\"a\\\"b\\\\c\\n\\u0001\"");
    expect_json("\xff\xc3\xa9", 3, "\"\xef\xbf\xbd\xc3\xa9\"");
    expect_json("a\0b", 3, "\"a\\u0000b\"");
    expect_json(
        "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"", 36,
        "\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\""
        "\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\"");
}

Test(json, quote_counts_what_does_not_fit)
{
    char out[4] = "xyz";

    cr_assert_eq(sb_json_quote("hello", 5, out, sizeof(out)), 7);
    cr_assert_eq(out[3], '\0');
    cr_assert_eq(sb_json_quote("hello", 5, NULL, 0), 7);
}

Test(utf8, refuses_what_the_standard_refuses)
{
    cr_assert(sb_utf8_valid("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 14));
    cr_assert(!sb_utf8_valid("\xc0\x80", 2), "overlong");
    cr_assert(!sb_utf8_valid("\xe0\x80\xaf", 3), "overlong");
    cr_assert(!sb_utf8_valid("\xed\xa0\x80", 3), "surrogate");
    cr_assert(!sb_utf8_valid("\xf4\x90\x80\x80", 4), "beyond U+10FFFF");
    cr_assert(!sb_utf8_valid("\xe2\x82", 2), "cut off");
    cr_assert(!sb_utf8_valid("\x80", 1), "stray");
}

Test(utf8, every_code_point_survives_a_round_trip)
{
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        char bytes[4];
        uint32_t back;
        size_t len;

        if (cp >= 0xd800 && cp <= 0xdfff)
            continue;
        len = sb_utf8_put(bytes, cp);
        cr_assert_eq(sb_utf8_next(bytes, len, &back), len);
        cr_assert_eq(back, cp);
    }
}

static void clean_holds(const char *text, size_t len, size_t max)
{
    char *once = sb_utf8_clean(NULL, text, len, max), *twice;
    size_t size = strlen(once);

    cr_assert_leq(size, max);
    cr_assert(sb_utf8_valid(once, size));
    for (size_t i = 0; i < size; i++)
        cr_assert((unsigned char)once[i] >= 0x20 || once[i] == '\t' || once[i] == '\n');
    twice = sb_utf8_clean(NULL, once, size, max);
    cr_assert_str_eq(once, twice);
    talloc_free(once);
    talloc_free(twice);
}

Test(utf8, clean_is_valid_bounded_and_idempotent)
{
    char text[200];

    srandom(42);
    for (int round = 0; round < 20000; round++) {
        size_t len = (size_t)random() % sizeof(text);

        for (size_t i = 0; i < len; i++)
            text[i] = (char)(random() % 3 ? random() % 256 : 0xe0 + random() % 32);
        clean_holds(text, len, (size_t)random() % 250);
    }
}

Test(utf8, clean_drops_controls_and_keeps_text)
{
    char *clean = sb_utf8_clean(NULL, "a\0b\x07\tc\nd\r\xff\x7f\xc2\x85z", 14, 100);

    cr_assert_str_eq(clean, "ab\tc\nd\xef\xbf\xbdz");
    talloc_free(clean);
}

static void folds_to(const char *text, const char *want)
{
    char *folded = sb_text_fold(NULL, text);

    cr_assert_str_eq(folded, want);
    talloc_free(folded);
}

Test(text, folds_for_matching)
{
    folds_to("Caf\xc3\xa9", "cafe");
    folds_to("  Stra\xc3\x9f"
             "e \xc3\x86on\t\nX ",
             "strasse aeon x");
    folds_to("Don\xe2\x80\x99t \xe2\x80\x9cgo\xe2\x80\x9d \xe2\x80\x94 now\xe2\x80\xa6",
             "don't \"go\" - now...");
    folds_to("Nguy\xe1\xbb\x85n \xc5\x81\xc3\xb3"
             "d\xc5\xba",
             "nguyen lodz");
    folds_to("e\xcc\x81 a\xc2\xa0"
             "b zero\xe2\x80\x8bwidth",
             "e a b zerowidth");
    folds_to("\xd0\x9f\xd0\xa0\xd0\x98\xd0\x92\xd0\x95\xd0\xa2",
             "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82");
    folds_to("\xff", "\xef\xbf\xbd");
    folds_to("", "");
}

Test(text, finds_phrases_as_whole_words)
{
    cr_assert(sb_text_has_phrase("there is gas smell", "gas"));
    cr_assert(sb_text_has_phrase("gas!", "gas"));
    cr_assert(sb_text_has_phrase("i smell gas leaking", "smell gas"));
    cr_assert(!sb_text_has_phrase("las vegas", "gas"));
    cr_assert(!sb_text_has_phrase("gasoline", "gas"));
    cr_assert(sb_text_has_phrase("gasoline or gas", "gas"));
    cr_assert(!sb_text_has_phrase("anything", ""));
}

Test(text, measures_and_suggests)
{
    static const char *const keys[] = {"timeout", "base_url", "model", "temperature",
                                       NULL};

    cr_assert_eq(sb_text_distance("kitten", "sitting"), 3);
    cr_assert_eq(sb_text_distance("mdoel", "model"), 1);
    cr_assert_eq(sb_text_distance("", "abc"), 3);
    cr_assert_str_eq(sb_text_nearest("mdel", keys), "model");
    cr_assert_str_eq(sb_text_nearest("temprature", keys), "temperature");
    cr_assert_str_eq(sb_text_nearest("timeout_ms", keys), "timeout");
    cr_assert_null(sb_text_nearest("wholly_other", keys));
    cr_assert_null(sb_text_nearest("x", NULL));
}

Test(text, makes_slugs)
{
    char *slug = sb_text_slug(NULL, "  Joe's Caf\xc3\xa9 & Bar -- N\xc2\xba 1 ");
    char *long_one =
        sb_text_slug(NULL, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                           "aaaaaaaaaa aaaaaaaaaaaa");

    cr_assert_str_eq(slug, "joes-cafe-bar-n-1");
    cr_assert_leq(strlen(long_one), 63);
    cr_assert_neq(long_one[strlen(long_one) - 1], '-');
    talloc_free(slug);
    talloc_free(long_one);
}

Test(text, trims_and_compares)
{
    char text[] = " \t a b \n";

    cr_assert_str_eq(sb_text_trim(text), "a b");
    cr_assert(sb_text_is_blank(" \t"));
    cr_assert(sb_text_is_blank(NULL));
    cr_assert(!sb_text_is_blank(" x"));
    cr_assert(sb_text_ieq("Content-Type", "content-type"));
    cr_assert(!sb_text_ieq("a", NULL));
    cr_assert(!sb_text_ieq("abc", "ab"));
}

static void hashes_to(const uint8_t *digest, size_t len, const char *want)
{
    char hex[65];

    sb_hex(digest, len, hex);
    cr_assert_str_eq(hex, want);
}

/* FIPS 180-4 and RFC 4231 vectors. */
Test(crypto, digests_match_published_vectors)
{
    uint8_t out[32];
    char key[131];

    sb_sha256("abc", 3, out);
    hashes_to(out, 32,
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sb_sha1("abc", 3, out);
    hashes_to(out, 20, "a9993e364706816aba3e25717850c26c9cd0d89d");
    sb_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, out);
    hashes_to(out, 32,
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof(key));
    sb_hmac_sha256(key, sizeof(key),
                   "Test Using Larger Than Block-Size Key - Hash Key First", 54, out);
    hashes_to(out, 32,
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    cr_assert(sb_equal("abc", "abc", 3));
    cr_assert(!sb_equal("abc", "abd", 3));
}

Test(crypto, base64_both_ways)
{
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    char out[64];

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        const char *plain = pairs[i][0], *code = pairs[i][1];

        cr_assert_eq(sb_base64(plain, strlen(plain), out, sizeof(out), false),
                     strlen(code));
        cr_assert_str_eq(out, code);
        cr_assert_eq(sb_base64_decode(code, strlen(code), out, sizeof(out)),
                     (ssize_t)strlen(plain));
        cr_assert_eq(memcmp(out, plain, strlen(plain)), 0);
    }
    cr_assert_eq(sb_base64("\xfb\xff", 2, out, sizeof(out), true), 3);
    cr_assert_str_eq(out, "-_8");
    cr_assert_eq(sb_base64_decode("-_8", 3, out, sizeof(out)), 2);
    cr_assert_eq(sb_base64_decode("Zg=", 3, out, sizeof(out)), SB_EINVAL);
    cr_assert_eq(sb_base64_decode("Z", 1, out, sizeof(out)), SB_EINVAL);
    cr_assert_eq(sb_base64_decode("Zh==", 4, out, sizeof(out)), SB_EINVAL,
                 "stray bits");
    cr_assert_eq(sb_base64_decode("Zm9v\n", 5, out, sizeof(out)), SB_EINVAL);
    cr_assert_eq(sb_base64_decode("Zm9v", 4, out, 2), SB_EINVAL, "too small");
}

Test(crypto, uuids_are_valid_and_ordered)
{
    char first[37], second[37];

    sb_uuid(first);
    cr_assert(sb_uuid_valid(first));
    cr_assert_eq(first[14], '7');
    sb_clock_shift(1000);
    sb_uuid(second);
    sb_clock_shift(0);
    cr_assert_lt(strcmp(first, second), 0);
    cr_assert(!sb_uuid_valid("not-a-uuid"));
    cr_assert(!sb_uuid_valid("018f0000-0000-7000-8000-00000000000g"));
    cr_assert(!sb_uuid_valid("018f0000-0000-7000-8000-0000000000000"));
    cr_assert(!sb_uuid_valid(NULL));
}

Test(clock, formats_instants)
{
    char out[32];

    sb_clock_format(1795287900123, out);
    cr_assert_str_eq(out, "2026-11-21T19:05:00.123Z");
    sb_clock_format(-1, out);
    cr_assert_str_eq(out, "1969-12-31T23:59:59.999Z");
}
