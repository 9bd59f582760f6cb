/* SPDX-License-Identifier: Apache-2.0
 *
 * From the merged tree to struct sb_template, by rows. The helpers below the first
 * function are shared by the files that bind single sections.
 */
#ifndef SB_HOST_TEMPLATE_BIND_H
#define SB_HOST_TEMPLATE_BIND_H

#include "base/yaml.h"
#include "host/template.h"

/* Checks and binds; the template lives on `mem`. */
int sb_template_bind(TALLOC_CTX *mem, const struct sb_yaml *root,
                     const struct sb_template **template_r, struct sb_err *err);

/* A section that must be a list, with a limit on its length; NULL is an empty one. */
int sb_template_check_list(const struct sb_yaml *list, const char *name,
                           struct sb_err *err);
/* Refuses "{bussiness}" in a text that is filled later. */
int sb_template_check_placeholders(const struct sb_yaml *node, const char *text,
                                   struct sb_err *err);
/* A list with every phrase folded for matching; NULL stays NULL. */
const char *const *sb_template_folded(TALLOC_CTX *mem, const char *const *list);

int sb_template_bind_fields(TALLOC_CTX *mem, const struct sb_yaml *list,
                            struct sb_template *tpl, struct sb_err *err);
const struct sb_template_field *sb_template_find_field(const struct sb_template *tpl,
                                                       const char *name, size_t len);

#endif
