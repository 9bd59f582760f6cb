/* SPDX-License-Identifier: Apache-2.0
 *
 * Whatever is said, and whenever: every day that is read is a day, its value reads back
 * as itself, and what was read lies within the message.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include "base/text.h"
#include "talk/dates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_reading(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                          const struct sb_reading *r)
{
    struct sb_when when;

    assert(sb_when_parse(r->value, &when));
    assert(strcmp(sb_when_value(mem, &when), r->value) == 0);
    assert(*r->spoken);
    assert(r->from < r->to && r->to <= tokens->count);
    assert(r->confidence >= 0 && r->confidence <= 1);
}

static void read_at(TALLOC_CTX *mem, const char *message, int64_t wall_ms, int flags)
{
    static const char *const zones[] = {"America/New_York", "Europe/London",
                                        "Australia/Lord_Howe", "Pacific/Apia"};
    const struct sb_zone *zone = sb_zone_find(zones[flags & 3]);
    struct sb_read_hint hint = {.earlier = flags & 4 ? "2026-11-24T14:00" : "",
                                .expected = flags & 8,
                                .month_first = flags & 16,
                                .past_ok = flags & 32,
                                .zone = zone};
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;
    size_t i;

    assert(zone);
    sb_zone_local(zone, wall_ms, &hint.now);
    sb_tokens_read(mem, message, &tokens);
    sb_read_date(mem, &tokens, &hint, &found);
    for (i = 0; i < found.count; i++)
        check_reading(mem, &tokens, &found.items[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_when when;
    uint32_t hours = 0;
    char *message;

    if (size >= 4) {
        hours = (uint32_t)(data[0] << 16 | data[1] << 8 | data[2]);
        message = sb_utf8_clean(mem, (const char *)data + 4, size - 4, 8000);
        /* From 1970 to the year 2060 or so. */
        read_at(mem, message, (int64_t)(hours % 800000) * 3600000, data[3]);
        if (sb_when_parse(message, &when))
            assert(strncmp(sb_when_value(mem, &when), message, 10) == 0);
    }
    talloc_free(mem);
    return 0;
}
