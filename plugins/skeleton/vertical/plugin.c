/* SPDX-License-Identifier: Apache-2.0
 *
 * @NAME@: what this industry needs beyond @NAME@.yaml. Each function is optional; a
 * vertical that needs no code is the YAML file alone. They are called often, so they
 * are quick, and they never wait.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchboard/plugin.h>

/* Is the word somewhere in the text, without regard to case? */
static bool mentions(const char *text, const char *word)
{
    size_t len = strlen(word);

    for (; *text; text++) {
        size_t i = 0;

        while (i < len && tolower((unsigned char)text[i]) == word[i])
            i++;
        if (i == len)
            return true;
    }
    return false;
}

/* Adds to the lead's score beyond the table of the template. */
static int score(void *state, const struct sb_vertical_case *vcase, char *reason,
                 size_t reason_size)
{
    (void)state;
    if (!mentions(vcase->turn->message, "today"))
        return 0;
    (void)snprintf(reason, reason_size, "Wants it today");
    return 10;
}

/* Raises the urgency beyond the rules of the template; 0 leaves it as it is. */
static int urgency(void *state, const struct sb_vertical_case *vcase, char *rule,
                   size_t rule_size, char *say, size_t say_size)
{
    (void)state;
    if (!mentions(vcase->turn->message, "right now"))
        return 0;
    (void)snprintf(rule, rule_size, "right_now");
    (void)snprintf(say, say_size, "I understand that this cannot wait.");
    return 1;
}

/* Checks the field `party`; for all others the core's own check decides. */
static int validate_field(void *state, const struct sb_vertical_case *vcase,
                          const char *field, const char *value, char *normalised,
                          size_t normalised_size, struct sb_err *err)
{
    long people;

    (void)state;
    (void)vcase;
    if (strcmp(field, "party") != 0)
        return SB_ENOTFOUND;
    people = strtol(value, NULL, 10);
    if (people < 1 || people > 50)
        return sb_fail(err, SB_EINVAL, "We can look after groups of 1 to 50 people.");
    (void)snprintf(normalised, normalised_size, "%ld", people);
    return 0;
}

/* Which desk gets the lead. */
static int route(void *state, const struct sb_vertical_case *vcase, char *queue,
                 size_t queue_size)
{
    (void)state;
    (void)snprintf(queue, queue_size, "%s",
                   strtol(vcase->field(vcase, "party"), NULL, 10) > 8 ? "groups"
                                                                      : "front-desk");
    return 0;
}

static const struct sb_vertical_ops vertical = {
    .size = sizeof(vertical),
    .score = score,
    .urgency = urgency,
    .validate_field = validate_field,
    .route = route,
};

static const struct sb_role roles[] = {
    {SB_ROLE_VERTICAL, &vertical},
    {NULL, NULL},
};

SB_PLUGIN(@NAME@, .version = "0.1", .summary = "What @NAME@ needs beyond its template",
          .licence = "Apache-2.0", .roles = roles)
