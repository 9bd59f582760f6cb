/* SPDX-License-Identifier: Apache-2.0
 *
 * See asking.h.
 */
#include "talk/asking.h"

#include <string.h>
#include "base/text.h"

/* The reply's last question, folded, without its question mark; NULL without one. */
static char *last_question(TALLOC_CTX *mem, const char *reply)
{
    char *text = talloc_strdup(mem, reply), *mark = strrchr(text, '?'), *start;

    if (!mark)
        return NULL;
    *mark = '\0';
    for (start = mark; start > text; start--)
        if (strchr(".!?\n", start[-1]))
            break;
    return sb_text_fold(mem, start);
}

/* Does the question hold the template's words for this field? */
static bool in_words_of(TALLOC_CTX *mem, const char *question, const char *words)
{
    char *asked = words && *words ? last_question(mem, words) : NULL;

    return asked && strlen(asked) > 8 && strstr(question, sb_text_trim(asked));
}

static bool speaks_of(const char *question, int kind)
{
    static const char *const words[][6] = {
        [SB_FIELD_NAME] = {"your name", "name shall", "name should",
                           "who am i speaking", "what name", NULL},
        [SB_FIELD_PHONE] = {"phone", "number to reach", "best number",
                            "call you back on", NULL},
        [SB_FIELD_EMAIL] = {"e-mail", "email", NULL},
        [SB_FIELD_ADDRESS] = {"address", "where is the job", NULL},
        [SB_FIELD_DATE] = {"which day", "what day", "what date", "when would",
                           "when should", NULL},
    };

    if (kind < 0 || (size_t)kind >= sizeof(words) / sizeof(words[0]))
        return false;
    for (size_t i = 0; i < 6 && words[kind][i]; i++)
        if (strstr(question, words[kind][i]))
            return true;
    return false;
}

struct sb_intake_field *
sb_intake_asked_in(TALLOC_CTX *mem, const struct sb_intake *intake, const char *reply)
{
    char *question = last_question(mem, reply);
    struct sb_intake_field *f;

    if (!question)
        return NULL;
    for (size_t i = 0; i < intake->count; i++) {
        f = &intake->fields[i];
        if (in_words_of(mem, question, f->tpl->ask) ||
            in_words_of(mem, question, f->tpl->retry))
            return f;
    }
    for (size_t i = 0; i < intake->count; i++) {
        f = &intake->fields[i];
        if (sb_intake_applies(intake, f) != SB_APPLIES_NO &&
            speaks_of(question, (int)f->tpl->kind))
            return f;
    }
    return NULL;
}
