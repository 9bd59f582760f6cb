/* SPDX-License-Identifier: Apache-2.0
 *
 * Sitemaps, and the same bytes as a page full of links.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "plugins/local/frontier.h"
#include "plugins/local/links.h"
#include "plugins/local/sitemap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sitemap *map = sitemap_parse(mem, data, size, 50);
    struct links *links = links_read(mem, "https://e.com/", data, size, 50);
    struct frontier *frontier = frontier_new(mem, "https://e.com/");
    size_t added = 0;

    if (map && map->count > 50)
        abort();
    for (size_t i = 0; map && i < map->count; i++)
        if (!map->entries[i].loc || !map->entries[i].modified)
            abort();
    for (size_t i = 0; i < links->count; i++)
        added += frontier_add(frontier, &(struct target){.url = links->found[i].url,
                                                         .found_on = "",
                                                         .modified = "",
                                                         .depth = 1});
    while (frontier_next(frontier))
        added--;
    if (added)
        abort();
    talloc_free(mem);
    return 0;
}
