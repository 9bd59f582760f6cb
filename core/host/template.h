/* SPDX-License-Identifier: Apache-2.0
 *
 * A vertical's template, bound from YAML: all that makes a receptionist of one
 * industry except code. `verticals/<name>/<name>.yaml`, then the tenant's overrides on
 * top (maps merge, lists replace, a list of named things merges by name).
 */
#ifndef SB_HOST_TEMPLATE_H
#define SB_HOST_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>
#include <switchboard/err.h>
#include <switchboard/turn.h>

struct sb_yaml;

struct sb_template_faq {
    const char *question, *answer;
    const char *const *also; /* other ways to ask it, NULL-terminated */
};

struct sb_template_field {
    const char *name, *label, *ask, *retry, *help;
    enum sb_field_kind kind;
    bool required;
    const char *const *choices;  /* NULL-terminated, or NULL */
    const char *const *synonyms; /* "choice=word" entries, NULL-terminated, or NULL */
    double min, max;             /* numbers; min == max: no range */
    const char *only_if;         /* "field=value" or "" */
};

/* Matches when any phrase of `any` and (if given) any of `with` is in the message and
 * none of `unless`. Phrases are folded whole words; '*' at a word's end is a prefix. */
struct sb_template_rule {
    const char *name;
    const char *const *any, *const *with, *const *unless;
    int level;       /* urgency 1..3; 0 in other lists */
    const char *say; /* verbatim */
    bool page;       /* wake a human */
};

struct sb_template_score {
    const char *name, *reason;
    int points;
    const char *field, *equals; /* "" equals: any value counts */
    const char *const *any;     /* or phrases anywhere in what the person said */
    int urgency_at_least;       /* or a level, 0: not used */
};

struct sb_template_service {
    const char *name, *summary, *price; /* price verbatim, or "" */
    int minutes;
};

struct sb_template {
    const char *name, *label, *summary;
    const char *agent_name;
    /* Prompt layers for models, by subject. */
    const char *identity, *style, *rules, *examples;
    const struct sb_phrase *phrases; /* every named phrase, placeholders unfilled */
    size_t phrase_count;
    const char *const *quick_prompts; /* NULL-terminated */
    const struct sb_template_field *fields;
    size_t field_count;
    /* Phrases that start the intake ("book", "quote", "come out"). */
    const char *const *intake_when;
    const struct sb_template_faq *faqs;
    size_t faq_count;
    const struct sb_template_rule *urgency; /* highest level first */
    size_t urgency_count;
    const struct sb_template_rule *out_of_scope;
    size_t out_of_scope_count;
    const char *const *compliance;
    const struct sb_template_score *scoring;
    size_t scoring_count;
    const struct sb_template_service *services;
    size_t service_count;
    /* Groups of words that mean the same to this industry: "tee time=booking=slot". */
    const char *const *synonyms;
};

/* Finds `<dir>/<name>/<name>.yaml` in `dirs`, merges `overrides` (or NULL), checks and
 * binds. Errors carry file, line and column. */
int sb_template_load(TALLOC_CTX *mem, const char *const *dirs, const char *name,
                     const json_t *overrides, const struct sb_template **template_r,
                     struct sb_err *err);
/* Names of all templates found in `dirs`, NULL-terminated. */
const char *const *sb_template_list(TALLOC_CTX *mem, const char *const *dirs);
/* The phrase's text or "". */
const char *sb_template_phrase(const struct sb_template *tpl, const char *name);
/* The first (so the most urgent) rule that matches the folded `message`, or NULL. */
const struct sb_template_rule *sb_template_match(const struct sb_template_rule *rules,
                                                 size_t count, const char *message);
/* The same for one phrase, or any of a NULL-terminated list (which may be NULL). */
bool sb_template_phrase_in(const char *message, const char *phrase);
bool sb_template_any_in(const char *message, const char *const *phrases);
/* The placeholders that phrases may use, NULL-terminated: what the pairs below should
 * hold. */
extern const char *const sb_template_placeholders[];
/* Replaces {business}, {phone}, ... from name/value pairs (NULL-terminated). Unknown
 * placeholders become "". A part in [square brackets] is left out when a placeholder
 * in it is empty: "call us[ on {phone}]". */
char *sb_template_fill(TALLOC_CTX *mem, const char *text, const char *const *pairs);

#endif
