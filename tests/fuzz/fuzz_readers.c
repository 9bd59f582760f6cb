/* SPDX-License-Identifier: Apache-2.0
 *
 * Every reader over anything at all: values keep their alphabets, what was read lies
 * within the message, and the verbatim check accepts what is its own source.
 */
#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "talk/read.h"
#include "talk/verbatim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_places(const struct sb_tokens *tokens,
                         const struct sb_readings *found)
{
    size_t i;

    for (i = 0; i < found->count; i++) {
        const struct sb_reading *r = &found->items[i];

        assert(r->from <= r->to && r->to <= tokens->count);
        assert(r->value && *r->value && r->spoken && r->other);
        assert(r->confidence >= 0 && r->confidence <= 1);
        assert(sb_utf8_valid(r->value, strlen(r->value)));
    }
}

static void check_phones(const struct sb_readings *found)
{
    size_t i;

    for (i = 0; i < found->count; i++) {
        const char *v = found->items[i].value;

        assert(v[0] == '+' && strlen(v) >= 8 && strlen(v) <= 17);
        assert(strspn(v + 1, "0123456789") == strlen(v) - 1);
    }
}

static void check_emails(const struct sb_readings *found)
{
    const char *p;
    size_t i;

    for (i = 0; i < found->count; i++) {
        const char *at = strchr(found->items[i].value, '@');

        assert(at && at > found->items[i].value && strchr(at, '.'));
        for (p = found->items[i].value; *p; p++)
            assert(!isspace((unsigned char)*p) && !isupper((unsigned char)*p));
    }
}

static void run_all(TALLOC_CTX *mem, const char *message,
                    const struct sb_read_hint *hint)
{
    static const char *const choices[] = {"tee time", "lesson", "other", NULL};
    static const char *const synonyms[] = {"lesson=learn", "broken", "other=", NULL};
    struct sb_readings found;
    struct sb_tokens tokens;

    sb_tokens_read(mem, message, &tokens);
    assert(tokens.count <= SB_READ_MAX_TOKENS);
    found.count = 0;
    sb_read_phone(mem, &tokens, hint, &found);
    check_places(&tokens, &found);
    check_phones(&found);
    found.count = 0;
    sb_read_email(mem, &tokens, hint, &found);
    check_places(&tokens, &found);
    check_emails(&found);
    found.count = 0;
    sb_read_name(mem, &tokens, hint, &found);
    sb_read_address(mem, &tokens, hint, &found);
    sb_read_choice(mem, &tokens, hint, choices, synonyms, &found);
    sb_read_number(mem, &tokens, hint, "number of players", &found);
    sb_read_yesno(mem, &tokens, hint, &found);
    check_places(&tokens, &found);
}

static void check_verbatim(TALLOC_CTX *mem, const char *message)
{
    struct sb_claims facts, none;

    sb_claims_init(&facts, mem);
    sb_claims_init(&none, mem);
    sb_claims_add(&facts, message);
    if (strlen(message) < 1800)
        assert(sb_verbatim_ok(mem, message, &facts, &none));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_read_hint hint = {.earlier = "", .area = "203"};
    char *message;

    if (size >= 1) {
        (void)snprintf(hint.country, sizeof(hint.country), "%s",
                       data[0] & 1   ? "1"
                       : data[0] & 2 ? "44"
                                     : "");
        hint.expected = data[0] & 4;
        message = sb_utf8_clean(mem, (const char *)data + 1, size - 1, 8000);
        run_all(mem, message, &hint);
        check_verbatim(mem, message);
    }
    talloc_free(mem);
    return 0;
}
