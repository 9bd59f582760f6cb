/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON in: limits, refusals, and rules for request bodies.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"

static void refuses(const char *text, const char *want)
{
    struct sb_err err = {0};
    json_t *value = NULL;

    cr_assert_eq(sb_json_parse(text, strlen(text), &value, &err), SB_EINVAL, "%s",
                 text);
    cr_assert_null(value);
    cr_assert(strstr(err.msg, want), "\"%s\" does not say \"%s\"", err.msg, want);
}

Test(json, parses_one_value)
{
    struct sb_err err = {0};
    json_t *value = NULL;
    char *text;

    cr_assert_eq(sb_json_parse("{\"b\":1,\"a\":[true,null,\"x\"]}", 27, &value, &err),
                 0);
    text = sb_json_text(NULL, value, true);
    cr_assert_str_eq(text, "{\"a\":[true,null,\"x\"],\"b\":1}");
    talloc_free(text);
    text = sb_json_text(NULL, value, false);
    cr_assert_str_eq(text, "{\"b\":1,\"a\":[true,null,\"x\"]}");
    talloc_free(text);
    json_decref(value);
}

Test(json, refuses_with_the_place)
{
    refuses("{\"a\":1,\n \"a\":2}", "line 2");
    refuses("{} {}", "line 1");
    refuses("[1,", "line 1");
    refuses("\"\xff\"", "line 1");
    refuses("", "line 1");
    refuses("{\"a\" \"secret words\"}", "line 1, column");
}

Test(json, does_not_repeat_what_it_refuses)
{
    struct sb_err err = {0};
    json_t *value = NULL;

    cr_assert_eq(sb_json_parse("{\"a\" \"secret\"}", 14, &value, &err), SB_EINVAL);
    cr_assert_null(strstr(err.msg, "secret"));
}

Test(json, refuses_deep_nesting)
{
    struct sb_err err = {0};
    json_t *value = NULL;
    char deep[4000];

    memset(deep, '[', sizeof(deep));
    cr_assert_eq(sb_json_parse(deep, sizeof(deep), &value, &err), SB_EINVAL);
    cr_assert(strstr(err.msg, "64"));
    memset(deep, '[', 64);
    memset(deep + 64, ']', 64);
    cr_assert_eq(sb_json_parse(deep, 128, &value, &err), 0);
    json_decref(value);
    cr_assert_eq(sb_json_parse("\"[[[\\\"[[[\"", 10, &value, &err), 0);
    json_decref(value);
}

Test(json, reads_members_with_fallbacks)
{
    json_t *object =
        json_pack("{s:s,s:i,s:f,s:b,s:n}", "s", "x", "i", 5, "n", 1.5, "b", 1, "z");

    cr_assert_str_eq(sb_json_str(object, "s"), "x");
    cr_assert_str_eq(sb_json_str(object, "i"), "");
    cr_assert_str_eq(sb_json_str(NULL, "i"), "");
    cr_assert_eq(sb_json_i64(object, "i", 9), 5);
    cr_assert_eq(sb_json_i64(object, "n", 9), 9);
    cr_assert_float_eq(sb_json_num(object, "n", 0), 1.5, 1e-9);
    cr_assert_float_eq(sb_json_num(object, "i", 0), 5, 1e-9);
    cr_assert(sb_json_flag(object, "b", false));
    cr_assert(sb_json_flag(object, "none", true));
    json_decref(object);
}

static const struct sb_json_rule rules[] = {
    {"message", SB_WANT_STRING, true, 10}, {"visitor_id", SB_WANT_STRING, false, 0},
    {"count", SB_WANT_INT, false, 0},      {"metadata", SB_WANT_OBJECT, false, 0},
    {"tags", SB_WANT_ARRAY, false, 2},     {"ratio", SB_WANT_NUMBER, false, 0},
    {"loud", SB_WANT_BOOL, false, 0},      {NULL, SB_WANT_STRING, false, 0},
};

static int check(const char *text, const char **field_r, struct sb_err *err)
{
    json_t *value = NULL;
    static char kept[64];
    int rc;

    cr_assert_eq(sb_json_parse(text, strlen(text), &value, err), 0);
    rc = sb_json_check(value, rules, field_r, err);
    if (rc != 0 && *field_r) {
        (void)snprintf(kept, sizeof(kept), "%s", *field_r);
        *field_r = kept;
    }
    json_decref(value);
    return rc;
}

static void rule_refuses(const char *text, const char *field, const char *want)
{
    struct sb_err err = {0};
    const char *at = NULL;

    cr_assert_eq(check(text, &at, &err), SB_EINVAL, "%s", text);
    cr_assert_str_eq(at ? at : "", field);
    cr_assert(strstr(err.msg, want), "\"%s\" does not say \"%s\"", err.msg, want);
}

Test(json, rules_check_a_body)
{
    struct sb_err err = {0};
    const char *at = NULL;

    cr_assert_eq(
        check("{\"message\":\"hi\",\"count\":3,\"visitor_id\":null}", &at, &err), 0);
    rule_refuses("{\"message\":\"hi\",\"vistor_id\":\"x\"}", "vistor_id",
                 "did you mean \"visitor_id\"");
    rule_refuses("{\"message\":\"hi\",\"wholly\":\"x\"}", "wholly", "unknown member");
    rule_refuses("{}", "message", "missing");
    rule_refuses("{\"message\":null}", "message", "missing");
    rule_refuses("{\"message\":5}", "message", "must be text");
    rule_refuses("{\"message\":\"hi\",\"count\":1.5}", "count", "whole number");
    rule_refuses("{\"message\":\"12345678901\"}", "message", "10 bytes");
    rule_refuses("{\"message\":\"hi\",\"tags\":[1,2,3]}", "tags", "2 elements");
    rule_refuses("{\"message\":\"hi\",\"loud\":\"yes\"}", "loud", "true or false");
    rule_refuses("[]", "", "object");
}
