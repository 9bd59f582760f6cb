/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON bodies: what is accepted can be written and read again unchanged, and the rules
 * of a body never trip over a type.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include "base/json.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct sb_json_rule rules[] = {
    {"message", SB_WANT_STRING, true, 100}, {"n", SB_WANT_INT, false, 0},
    {"r", SB_WANT_NUMBER, false, 0},        {"b", SB_WANT_BOOL, false, 0},
    {"o", SB_WANT_OBJECT, false, 0},        {"a", SB_WANT_ARRAY, false, 3},
    {NULL, SB_WANT_STRING, false, 0},
};

static void check_again(const json_t *value)
{
    char *text = sb_json_text(NULL, value, true), *again;
    struct sb_err err = {0};
    json_t *back = NULL;
    int rc = sb_json_parse(text, strlen(text), &back, &err);

    /* A real may print as one that overflows; nothing else may fail. */
    if (rc == 0) {
        again = sb_json_text(NULL, back, true);
        assert(strcmp(text, again) == 0);
        talloc_free(again);
        json_decref(back);
    } else {
        assert(strstr(err.msg, "overflow"));
    }
    talloc_free(text);
}

static void read_members(const json_t *value)
{
    (void)sb_json_str(value, "message");
    (void)sb_json_i64(value, "n", 0);
    (void)sb_json_num(value, "r", 0);
    (void)sb_json_flag(value, "b", false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sb_err err = {0};
    const char *field = NULL;
    json_t *value = NULL;
    int rc = sb_json_parse((const char *)data, size, &value, &err);

    if (rc != 0) {
        assert(!value && err.code == rc && err.msg[0]);
        assert(sb_utf8_valid(err.msg, strlen(err.msg)));
        return 0;
    }
    check_again(value);
    rc = sb_json_check(value, rules, &field, &err);
    if (rc != 0)
        assert(sb_utf8_valid(err.msg, strlen(err.msg)));
    read_members(value);
    json_decref(value);
    return 0;
}
