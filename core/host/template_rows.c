/* SPDX-License-Identifier: Apache-2.0
 *
 * Every key that a template may have, with its type and a line of help. The reference
 * page in docs/vertical-guide.md says the same; a test compares them.
 */
#include "host/template_rows.h"

#include <string.h>
#include "host/template.h"

const char *const sb_template_placeholders[] = {
    "business", "agent",   "name",        "phone",     "email", "website",
    "address",  "daypart", "hours_today", "next_open", "now",   NULL};

const struct sb_option sb_template_head_rows[] = {
    SB_OPT_STRING(struct head_row, name, NULL, SB_OPTION_REQUIRED,
                  "The vertical's name, the same as its folder's"),
    SB_OPT_STRING(struct head_row, label, NULL, SB_OPTION_REQUIRED,
                  "What people call such a business"),
    SB_OPT_STRING(struct head_row, summary, "", 0, "One line for lists"),
    SB_OPT_STRING(struct head_row, agent_name, "", 0,
                  "The receptionist's name unless the tenant gives one"),
    SB_OPT_STRING(struct head_row, identity, "", 0,
                  "Prompt layer: who the receptionist is"),
    SB_OPT_STRING(struct head_row, style, "", 0, "Prompt layer: how it speaks"),
    SB_OPT_STRING(struct head_row, rules, "", 0,
                  "Prompt layer: what it must and must not do"),
    SB_OPT_STRING(struct head_row, examples, "", 0, "Prompt layer: good exchanges"),
    SB_OPT_LIST(struct head_row, quick_prompts, NULL, 0,
                "Suggestions that the chat page offers"),
    SB_OPT_LIST(struct head_row, intake_when, NULL, 0,
                "Phrases that may begin the intake"),
    SB_OPT_LIST(struct head_row, compliance, NULL, 0, "Notices that are kept to"),
    SB_OPT_LIST(struct head_row, synonyms, NULL, 0,
                "Groups of words that mean the same, \"tee time=booking=slot\""),
    SB_OPT_END,
};
const char *const sb_template_head_others[] = {"phrases",      "fields",  "faqs",
                                               "urgency",      "scoring", "services",
                                               "out_of_scope", NULL};

const struct sb_option sb_template_field_rows[] = {
    SB_OPT_STRING(struct field_row, name, NULL, SB_OPTION_REQUIRED,
                  "Name in leads and tools"),
    SB_OPT_STRING(struct field_row, label, NULL, SB_OPTION_REQUIRED,
                  "How it is called in a sentence"),
    SB_OPT_CHOICE(struct field_row, kind, "text",
                  "text|name|phone|email|address|date|choice|number|yesno", 0,
                  "What kind of answer is read and checked"),
    SB_OPT_STRING(struct field_row, ask, NULL, SB_OPTION_REQUIRED, "The question"),
    SB_OPT_STRING(struct field_row, retry, "", 0,
                  "The question after an invalid answer"),
    SB_OPT_STRING(struct field_row, help, "", 0, "Said when the person asks why"),
    SB_OPT_STRING(struct field_row, only_if, "", 0,
                  "Asked only when another field has a value: \"field=value\""),
    SB_OPT_BOOL(struct field_row, required, "false", 0,
                "The intake is not complete without it"),
    SB_OPT_LIST(struct field_row, choices, NULL, 0, "Valid values of a choice"),
    SB_OPT_NUMBER(struct field_row, min, "0", -1e12, 1e12, NULL, 0, "Least number"),
    SB_OPT_NUMBER(struct field_row, max, "0", -1e12, 1e12, NULL, 0, "Greatest number"),
    SB_OPT_END,
};
const char *const sb_template_field_others[] = {"synonyms", NULL};

const struct sb_option sb_template_faq_rows[] = {
    SB_OPT_STRING(struct faq_row, question, NULL, SB_OPTION_REQUIRED, "The question"),
    SB_OPT_STRING(struct faq_row, answer, NULL, SB_OPTION_REQUIRED,
                  "The approved answer"),
    SB_OPT_LIST(struct faq_row, also, NULL, 0, "Other ways to ask it"),
    SB_OPT_END,
};

const struct sb_option sb_template_urgency_rows[] = {
    SB_OPT_STRING(struct rule_row, name, NULL, SB_OPTION_REQUIRED, "The rule's name"),
    SB_OPT_LIST(struct rule_row, any, NULL, SB_OPTION_REQUIRED,
                "Matches when one of these is in the message"),
    SB_OPT_LIST(struct rule_row, with, NULL, 0, "... and one of these"),
    SB_OPT_LIST(struct rule_row, unless, NULL, 0, "... and none of these"),
    SB_OPT_INT(struct rule_row, level, NULL, 1, 3, NULL, SB_OPTION_REQUIRED,
               "1 soon, 2 urgent, 3 emergency"),
    SB_OPT_STRING(struct rule_row, say, "", 0, "Said first, word for word"),
    SB_OPT_BOOL(struct rule_row, page, "false", 0, "Wake a human"),
    SB_OPT_END,
};
const struct sb_option sb_template_scope_rows[] = {
    SB_OPT_STRING(struct rule_row, name, NULL, SB_OPTION_REQUIRED, "The topic"),
    SB_OPT_LIST(struct rule_row, any, NULL, SB_OPTION_REQUIRED,
                "Matches when one of these is in the message"),
    SB_OPT_LIST(struct rule_row, with, NULL, 0, "... and one of these"),
    SB_OPT_LIST(struct rule_row, unless, NULL, 0, "... and none of these"),
    SB_OPT_STRING(struct rule_row, say, "", 0, "The polite refusal, word for word"),
    SB_OPT_END,
};

const struct sb_option sb_template_score_rows[] = {
    SB_OPT_STRING(struct score_row, name, NULL, SB_OPTION_REQUIRED, "The row's name"),
    SB_OPT_STRING(struct score_row, reason, "", 0, "What the tenant is shown"),
    SB_OPT_INT(struct score_row, points, NULL, -100, 100, NULL, SB_OPTION_REQUIRED,
               "Added to the lead's score"),
    SB_OPT_STRING(struct score_row, field, "", 0, "An intake field that is filled"),
    SB_OPT_STRING(struct score_row, equals, "", 0, "... with this value"),
    SB_OPT_LIST(struct score_row, any, NULL, 0, "Or phrases that the person used"),
    SB_OPT_INT(struct score_row, urgency_at_least, "0", 0, 3, NULL, 0,
               "Or the urgency that was reached"),
    SB_OPT_END,
};

const struct sb_option sb_template_service_rows[] = {
    SB_OPT_STRING(struct service_row, name, NULL, SB_OPTION_REQUIRED, "The service"),
    SB_OPT_STRING(struct service_row, summary, "", 0, "A sentence about it"),
    SB_OPT_STRING(struct service_row, price, "", 0, "Said as it is written here"),
    SB_OPT_INT(struct service_row, minutes, "0", 0, 100000, "minutes", 0,
               "How long it takes; 0 for unknown"),
    SB_OPT_END,
};

const struct sb_option *sb_template_rows(const char *section)
{
    static const struct {
        const char *name;
        const struct sb_option *rows;
    } sections[] = {{"", sb_template_head_rows},
                    {"fields", sb_template_field_rows},
                    {"faqs", sb_template_faq_rows},
                    {"urgency", sb_template_urgency_rows},
                    {"out_of_scope", sb_template_scope_rows},
                    {"scoring", sb_template_score_rows},
                    {"services", sb_template_service_rows}};
    size_t i;

    for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
        if (strcmp(sections[i].name, section) == 0)
            return sections[i].rows;
    return NULL;
}
