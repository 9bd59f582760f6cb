/* SPDX-License-Identifier: Apache-2.0
 *
 * Laying a tenant's overrides on a template, as trees, so that every value keeps the
 * place in the file that it came from.
 */
#ifndef SB_HOST_TEMPLATE_MERGE_H
#define SB_HOST_TEMPLATE_MERGE_H

#include <talloc.h>
#include "base/yaml.h"

/* Maps merge key by key; lists replace; lists of maps that carry a `name` (or a
 * `question`) merge by it, new ones go to the end, and `remove: true` takes one out.
 * `over` may be NULL. The result shares nodes with both. */
struct sb_yaml *sb_template_merge(TALLOC_CTX *mem, struct sb_yaml *base,
                                  struct sb_yaml *over);

#endif
