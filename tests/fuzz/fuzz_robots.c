/* SPDX-License-Identifier: Apache-2.0
 *
 * robots.txt, and a path that is matched against its rules: the two are divided by the
 * first NUL.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "plugins/local/robots.h"
#include "plugins/local/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t len = nul ? (size_t)(nul - data) : size;
    struct robots *robots =
        robots_parse(mem, (const char *)data, len, "SwitchboardBot/1.0");
    char *url =
        url_resolve(mem, "https://e.com/a/b?c",
                    (const char *)data + (nul ? len + 1 : 0), nul ? size - len - 1 : 0);

    if (url) {
        char *again = url_resolve(mem, NULL, url, strlen(url));

        (void)robots_allows(robots, url_path(url));
        (void)url_key(mem, url);
        (void)url_host(mem, url);
        /* The normal form is its own normal form. */
        if (again && strcmp(again, url) != 0)
            abort();
    }
    if (!robots_allows(robots, "/robots.txt") || robots_delay_ms(robots) < 0)
        abort();
    talloc_free(mem);
    return 0;
}
