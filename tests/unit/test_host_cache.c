/* SPDX-License-Identifier: Apache-2.0
 *
 * The cache of small values, and the file finder.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "host/cache.h"
#include "host/find.h"
#include "host/repeat.h"

Test(cache, keeps_until_the_time_is_up)
{
    struct sb_cache *cache = sb_cache_new(NULL, 10000);
    char out[8] = "";

    sb_cache_put(cache, "k", 100, "value", 5, 50);
    cr_assert_eq(sb_cache_get(cache, "k", 149, out, sizeof(out)), 5);
    cr_assert_eq(memcmp(out, "value", 5), 0);
    cr_assert_eq(sb_cache_get(cache, "k", 150, out, sizeof(out)), -1);
    cr_assert_eq(sb_cache_bytes(cache), 0);
    talloc_free(cache);
}

Test(cache, tells_the_length_when_the_value_does_not_fit)
{
    struct sb_cache *cache = sb_cache_new(NULL, 10000);
    char out[2];

    sb_cache_put(cache, "k", 0, "value", 5, 50);
    cr_assert_eq(sb_cache_get(cache, "k", 1, out, sizeof(out)), 5);
    cr_assert_eq(memcmp(out, "va", 2), 0);
    talloc_free(cache);
}

Test(cache, forgets_the_least_recently_used)
{
    struct sb_cache *cache = sb_cache_new(NULL, 1000);
    char value[100] = "", out[100];

    sb_cache_put(cache, "a", 0, value, sizeof(value), 1000);
    sb_cache_put(cache, "b", 0, value, sizeof(value), 1000);
    sb_cache_put(cache, "c", 0, value, sizeof(value), 1000);
    cr_assert_eq(sb_cache_get(cache, "a", 1, out, sizeof(out)), 100);
    sb_cache_put(cache, "d", 0, value, sizeof(value), 1000);
    sb_cache_put(cache, "e", 0, value, sizeof(value), 1000);
    cr_assert_eq(sb_cache_get(cache, "b", 1, out, sizeof(out)), -1);
    cr_assert_eq(sb_cache_get(cache, "a", 1, out, sizeof(out)), 100);
    cr_assert_leq(sb_cache_bytes(cache), 1000);
    talloc_free(cache);
}

Test(cache, refuses_what_would_fill_it)
{
    struct sb_cache *cache = sb_cache_new(NULL, 1000);
    char value[500] = "";

    sb_cache_put(cache, "big", 0, value, sizeof(value), 1000);
    cr_assert_eq(sb_cache_get(cache, "big", 1, value, sizeof(value)), -1);
    talloc_free(cache);
}

Test(cache, replaces_and_forgets_on_request)
{
    struct sb_cache *cache = sb_cache_new(NULL, 10000);
    char out[8];

    sb_cache_put(cache, "k", 0, "one", 3, 100);
    sb_cache_put(cache, "k", 0, "three", 5, 100);
    cr_assert_eq(sb_cache_get(cache, "k", 1, out, sizeof(out)), 5);
    sb_cache_put(cache, "k", 0, NULL, 0, 0);
    cr_assert_eq(sb_cache_get(cache, "k", 1, out, sizeof(out)), -1);
    talloc_free(cache);
}

Test(cache, holds_many)
{
    struct sb_cache *cache = sb_cache_new(NULL, 4 * 1024 * 1024);
    char key[32];
    int value;

    for (int i = 0; i < 10000; i++) {
        (void)snprintf(key, sizeof(key), "key %d", i);
        sb_cache_put(cache, key, 0, &i, sizeof(i), 1000);
    }
    for (int i = 0; i < 10000; i++) {
        (void)snprintf(key, sizeof(key), "key %d", i);
        cr_assert_eq(sb_cache_get(cache, key, 1, &value, sizeof(value)), sizeof(value));
        cr_assert_eq(value, i);
    }
    talloc_free(cache);
}

Test(find, knows_a_plugins_file_by_its_name)
{
    TALLOC_CTX *mem = talloc_new(NULL);

    cr_assert_str_eq(sb_find_name(mem, "/x/home_services.so"), "home_services");
    cr_assert_str_eq(sb_find_name(mem, "a1.so"), "a1");
    cr_assert_null(sb_find_name(mem, "/x/libparrot.so.1"));
    cr_assert_null(sb_find_name(mem, "/x/.so"));
    cr_assert_null(sb_find_name(mem, "/x/Parrot.so"));
    cr_assert_null(sb_find_name(mem, "/x/1st.so"));
    cr_assert_null(sb_find_name(mem, "/x/a-b.so"));
    cr_assert_null(sb_find_name(mem, "/x/"
                                     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.so"));
    talloc_free(mem);
}

/* Feeds `pieces` (separated by '|') and joins what is let out. */
static void feed(const char *said, const char *pieces, char *out)
{
    struct sb_repeat repeat;
    const char *withheld, *text;
    size_t withheld_len, len;

    out[0] = '\0';
    sb_repeat_init(&repeat, said);
    while (*pieces) {
        text = pieces;
        len = strcspn(pieces, "|");
        pieces += len + (pieces[len] == '|');
        sb_repeat_feed(&repeat, &text, &len, &withheld, &withheld_len);
        strncat(out, withheld, withheld_len);
        strncat(out, text, len);
    }
}

Test(repeat, drops_what_was_said_word_for_word)
{
    char out[100];

    feed("We open at ", "We open at 7 am", out);
    cr_assert_str_eq(out, "7 am");
    feed("We open at ", "We |op|en at |7 am", out);
    cr_assert_str_eq(out, "7 am");
}

Test(repeat, lets_everything_else_through)
{
    char out[100];

    feed("We open at ", "7 am", out);
    cr_assert_str_eq(out, "7 am");
    feed("We open at ", "We |close at 7", out);
    cr_assert_str_eq(out, "We close at 7");
    feed(NULL, "Hello", out);
    cr_assert_str_eq(out, "Hello");
}
