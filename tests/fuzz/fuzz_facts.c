/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts out of JSON-LD and of running text.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "know/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct sb_fact *facts, size_t count)
{
    struct sb_fact_week week;

    for (size_t i = 0; i < count; i++) {
        if (!*facts[i].text || !sb_utf8_valid(facts[i].text, strlen(facts[i].text)))
            abort();
        if (facts[i].kind == SB_FACT_HOURS && !sb_fact_week(&facts[i], 1, &week))
            abort();
        (void)sb_fact_contradicts(&facts[i], &facts[0]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_fact *facts = NULL;
    size_t count = 0;
    char *text = sb_utf8_clean(mem, (const char *)data, size, 100000);

    sb_facts_from_jsonld(mem, (const char *)data, size, "https://e.com/", &facts,
                         &count, 50);
    check(facts, count);
    sb_facts_from_text(mem, text, "", "Our hours > Pro shop", "https://e.com/", &facts,
                       &count, 100);
    check(facts, count);
    (void)sb_text_holds(text);
    talloc_free(mem);
    return 0;
}
