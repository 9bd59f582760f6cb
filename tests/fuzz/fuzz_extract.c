/* SPDX-License-Identifier: Apache-2.0
 *
 * A page to blocks and facts. The first byte picks the content type; limits are small,
 * so that hitting them is part of what is tried.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "know/extract.h"
#include "know/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const types[] = {"text/html",
                                    "text/html; charset=utf-8",
                                    "text/html; charset=shift_jis",
                                    "text/plain",
                                    "",
                                    "application/xhtml+xml; charset=windows-1251",
                                    "text/html; charset=utf-16",
                                    "text/html; charset=iso-8859-1"};

/* What the rest of the server relies on. */
static void check(const struct sb_extract *page)
{
    for (size_t i = 0; i < page->block_count; i++) {
        const struct sb_block *block = &page->blocks[i];

        if (!*block->text || !sb_utf8_valid(block->text, strlen(block->text)) ||
            !sb_utf8_valid(block->heading, strlen(block->heading)) ||
            !sb_utf8_valid(block->columns, strlen(block->columns)))
            abort();
    }
    for (size_t i = 0; i < page->fact_count; i++) {
        const struct sb_fact *fact = &page->facts[i];
        struct sb_fact_week week;

        if (!*fact->text || !sb_utf8_valid(fact->text, strlen(fact->text)) ||
            !sb_utf8_valid(fact->subject, strlen(fact->subject)) ||
            !sb_utf8_valid(fact->value, strlen(fact->value)))
            abort();
        if (fact->kind == SB_FACT_HOURS && !sb_fact_week(fact, 1, &week))
            abort(); /* what we write we can read */
    }
    for (size_t i = 0; i < page->link_count; i++)
        if (strncmp(page->links[i].url, "http", 4) != 0)
            abort();
    if (!sb_utf8_valid(page->title, strlen(page->title)) ||
        !sb_utf8_valid(page->description, strlen(page->description)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sb_extract_limits limits = sb_extract_limits_default;
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_extract *page = NULL;
    struct sb_extract *pages[6];

    if (size < 1) {
        talloc_free(mem);
        return 0;
    }
    limits.max_blocks = 500;
    limits.max_facts = 100;
    limits.max_depth = 60;
    if (sb_extract(mem, "https://e.com/a/", types[data[0] % 8], data + 1, size - 1,
                   &limits, &page, NULL) == 0) {
        check(page);
        for (size_t i = 0; i < 6; i++)
            pages[i] = page;
        (void)sb_extract_drop_repeats(pages, 6);
    }
    talloc_free(mem);
    return 0;
}
