/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of a template's sections and the structs that they fill; template_bind.c and
 * template_fields.c turn these into the public structs.
 */
#ifndef SB_HOST_TEMPLATE_ROWS_H
#define SB_HOST_TEMPLATE_ROWS_H

#include <switchboard/option.h>

struct head_row {
    const char *name, *label, *summary, *agent_name;
    const char *identity, *style, *rules, *examples;
    const char **quick_prompts, **intake_when, **compliance, **synonyms;
};

struct field_row {
    const char *name, *label, *kind, *ask, *retry, *help, *only_if;
    bool required;
    const char **choices;
    double min, max;
};

struct faq_row {
    const char *question, *answer;
    const char **also;
};

struct rule_row {
    const char *name, *say;
    const char **any, **with, **unless;
    int64_t level;
    bool page;
};

struct score_row {
    const char *name, *reason, *field, *equals;
    const char **any;
    int64_t points, urgency_at_least;
};

struct service_row {
    const char *name, *summary, *price;
    int64_t minutes;
};

extern const struct sb_option sb_template_head_rows[];
extern const struct sb_option sb_template_field_rows[];
extern const struct sb_option sb_template_faq_rows[];
extern const struct sb_option sb_template_urgency_rows[];
extern const struct sb_option sb_template_scope_rows[];
extern const struct sb_option sb_template_score_rows[];
extern const struct sb_option sb_template_service_rows[];
/* Keys of the root and of a field that are bound by hand. */
extern const char *const sb_template_head_others[];
extern const char *const sb_template_field_others[];

/* The rows of one section for the reference page: "", "fields", "faqs", "urgency",
 * "out_of_scope", "scoring" or "services". NULL for another name. */
const struct sb_option *sb_template_rows(const char *section);

#endif
