/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading scenario files: one step a line, '#' begins a comment, words may be quoted.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "base/buf.h"
#include "base/text.h"
#include "cli/scenario.h"

#define MAX_FILE (1024 * 1024)

struct reader {
    TALLOC_CTX *mem;
    const char *path;
    int line;
    struct scenario_file *file;
    struct scenario *now; /* the scenario that is read, NULL before the first */
    struct sb_err *err;
};

static const char *const verbs[] = {"tenant", "agent", "clock", "as",
                                    "new",    "greet", "say",   "hear",
                                    "expect", "fault", NULL};

__attribute__((format(printf, 2, 3))) static int fail(struct reader *r, const char *fmt,
                                                      ...)
{
    char why[300];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(why, sizeof(why), fmt, ap);
    va_end(ap);
    return sb_fail(r->err, SB_EINVAL, "%.150s:%d: %s", r->path, r->line, why);
}

/* ---- words ---- */

/* The next word of `*p`, quotes taken off; NULL at the end. */
static char *next_word(TALLOC_CTX *mem, const char **p)
{
    const char *start, *end;

    while (isspace((unsigned char)**p))
        (*p)++;
    if (!**p)
        return NULL;
    if (**p == '"' && (end = strchr(*p + 1, '"'))) {
        start = *p + 1;
        *p = end + 1;
        return talloc_strndup(mem, start, (size_t)(end - start));
    }
    start = *p;
    while (**p && !isspace((unsigned char)**p))
        (*p)++;
    return talloc_strndup(mem, start, (size_t)(*p - start));
}

static int split(struct reader *r, struct scenario_step *step)
{
    const char *p = step->text;
    char *word;

    /* What is said is free text: nobody counts its words. */
    if (step->verb == SCENARIO_SAY || step->verb == SCENARIO_HEAR)
        return 0;
    while ((word = next_word(r->mem, &p))) {
        if (step->word_count == SCENARIO_WORDS)
            return fail(r, "too many words");
        step->words[step->word_count++] = word;
    }
    return 0;
}

/* ---- patterns ---- */

static int drop_regex(regex_t **regex)
{
    regfree(*regex);
    return 0;
}

static int compile(struct reader *r, struct scenario_pattern *pattern, const char *text,
                   size_t len)
{
    char *source = talloc_strndup(r->mem, text, len), why[120];
    regex_t **guard;
    int rc = regcomp(&pattern->regex, source, REG_EXTENDED | REG_ICASE | REG_NOSUB);

    if (rc) {
        (void)regerror(rc, &pattern->regex, why, sizeof(why));
        return fail(r, "/%s/ is no regular expression: %s", source, why);
    }
    /* Below the steps, so that it goes before the memory that it points to. */
    guard = talloc(r->now->steps, regex_t *);
    *guard = &pattern->regex;
    talloc_set_destructor(guard, drop_regex);
    pattern->is_regex = true;
    pattern->text = source;
    return 0;
}

/* "text", /regex/ or bare words, after an optional "not". */
static int read_pattern(struct reader *r, const char *text,
                        struct scenario_pattern *pattern)
{
    size_t len;

    if (strncmp(text, "not ", 4) == 0) {
        pattern->negated = true;
        text += 4 + strspn(text + 4, " ");
    }
    len = strlen(text);
    if (len == 0)
        return fail(r, "there is no text to look for");
    if (len > 2 && text[0] == '/' && text[len - 1] == '/')
        return compile(r, pattern, text + 1, len - 2);
    if (len > 1 && text[0] == '"' && text[len - 1] == '"')
        pattern->text = talloc_strndup(r->mem, text + 1, len - 2);
    else
        pattern->text = text;
    return 0;
}

/* Lower case, white space collapsed, typographic quotes plain. */
static char *squeeze(TALLOC_CTX *mem, const char *text)
{
    return sb_text_fold(mem, text);
}

bool scenario_matches(TALLOC_CTX *mem, const struct scenario_pattern *pattern,
                      const char *text)
{
    bool found;

    if (pattern->is_regex)
        found = regexec(&pattern->regex, text, 0, NULL, 0) == 0;
    else
        found = strstr(squeeze(mem, text), squeeze(mem, pattern->text)) != NULL;
    return found != pattern->negated;
}

/* ---- steps ---- */

static const char *const subjects[] = {
    "reply",       "field",      "lead",     "escalation", "source", "intake",
    "handed_over", "confidence", "provider", "tool",       "status", NULL};

static int check_expect(struct reader *r, struct scenario_step *step)
{
    const char *subject, *rest;
    size_t i, at = 0;

    if (step->word_count && strcmp(step->words[0], "no") == 0)
        at = 1;
    if (step->word_count <= at)
        return fail(r, "expect what? one of reply, field, lead, escalation, source, "
                       "intake, handed_over, confidence, provider, tool, status");
    subject = step->words[at];
    for (i = 0; subjects[i]; i++)
        if (strcmp(subjects[i], subject) == 0)
            break;
    if (!subjects[i]) {
        const char *near = sb_text_nearest(subject, subjects);

        return fail(r, "cannot expect \"%s\"%s%s%s", subject,
                    near ? "; did you mean \"" : "", near ? near : "",
                    near ? "\"?" : "");
    }
    if (strcmp(subject, "reply") != 0 && strcmp(subject, "source") != 0)
        return 0;
    rest = strstr(step->text, subject) + strlen(subject);
    rest += strspn(rest, " ");
    if (!*rest && strcmp(subject, "source") == 0)
        return 0;
    return read_pattern(r, rest, &step->pattern);
}

static int check_words(struct reader *r, const struct scenario_step *step, size_t least,
                       const char *form)
{
    return step->word_count < least ? fail(r, "this should read: %s", form) : 0;
}

static int check_step(struct reader *r, struct scenario_step *step)
{
    switch (step->verb) {
    case SCENARIO_TENANT: return check_words(r, step, 1, "tenant FILE");
    case SCENARIO_AGENT: return check_words(r, step, 1, "agent SLUG");
    case SCENARIO_CLOCK:
        return check_words(r, step, 1, "clock 2026-11-21 14:05, or clock +2 days");
    case SCENARIO_AS: return check_words(r, step, 1, "as NAME [signed ...]");
    case SCENARIO_FAULT: return check_words(r, step, 2, "fault ROLE PLUGIN [once]");
    case SCENARIO_SAY: return *step->text ? 0 : fail(r, "say what?");
    case SCENARIO_HEAR: return read_pattern(r, step->text, &step->pattern);
    case SCENARIO_EXPECT: return check_expect(r, step);
    case SCENARIO_NEW:
    case SCENARIO_GREET: break;
    }
    return 0;
}

/* A text in quotes is what is inside. */
static const char *unquoted(TALLOC_CTX *mem, const char *text)
{
    size_t len = strlen(text);

    if (len > 1 && text[0] == '"' && text[len - 1] == '"')
        return talloc_strndup(mem, text + 1, len - 2);
    return text;
}

static int begin_scenario(struct reader *r, const char *name)
{
    struct scenario_file *file = r->file;

    if (!*name)
        return fail(r, "a scenario needs a name");
    file->scenarios = talloc_realloc(r->mem, file->scenarios, struct scenario,
                                     sb_array_count(file->count + 1));
    r->now = &file->scenarios[file->count++];
    *r->now = (struct scenario){
        .file = r->path, .name = unquoted(r->mem, name), .line = r->line};
    return 0;
}

static int add_step(struct reader *r, const char *verb, const char *rest)
{
    struct scenario_step *step;
    int i;

    for (i = 0; verbs[i]; i++)
        if (strcmp(verbs[i], verb) == 0)
            break;
    if (!verbs[i]) {
        const char *near = sb_text_nearest(verb, verbs);

        return fail(r, "there is no verb \"%.40s\"%s%s%s", verb,
                    near ? "; did you mean \"" : "", near ? near : "",
                    near ? "\"?" : "");
    }
    if (!r->now)
        return fail(r, "the first line should be: scenario NAME");
    /* Steps never move: their patterns hold compiled expressions. */
    if (r->now->count % 256 == 0 && r->now->count > 0)
        return fail(r, "a scenario has at most 256 steps");
    if (!r->now->steps)
        r->now->steps = sb_array(r->mem, struct scenario_step, 256);
    step = &r->now->steps[r->now->count++];
    step->verb = (enum scenario_verb)i;
    step->line = r->line;
    step->text = step->verb == SCENARIO_SAY ? unquoted(r->mem, rest) : rest;
    i = split(r, step);
    return i ? i : check_step(r, step);
}

static int read_line(struct reader *r, char *line)
{
    char *text = sb_text_trim(line), *rest;
    size_t len;

    if (!*text || *text == '#')
        return 0;
    len = strcspn(text, " \t");
    rest = text + len;
    if (*rest) {
        *rest++ = '\0';
        rest = sb_text_trim(rest);
    }
    if (strcmp(text, "scenario") == 0)
        return begin_scenario(r, rest);
    return add_step(r, text, rest);
}

static int read_all(TALLOC_CTX *mem, const char *path, char **text_r,
                    struct sb_err *err)
{
    FILE *in = fopen(path, "re");
    char *text;
    size_t len;

    if (!in)
        return sb_fail(err, SB_ENOTFOUND, "%s: %s", path, strerror(errno));
    text = talloc_size(mem, MAX_FILE + 1);
    len = fread(text, 1, MAX_FILE, in);
    (void)fclose(in);
    if (len == MAX_FILE)
        return sb_fail(err, SB_ELIMIT, "%s is larger than a megabyte", path);
    text[len] = '\0';
    if (strlen(text) != len || !sb_utf8_valid(text, len))
        return sb_fail(err, SB_EINVAL, "%s is not plain UTF-8 text", path);
    *text_r = text;
    return 0;
}

int scenario_load(TALLOC_CTX *mem, const char *path, struct scenario_file **file_r,
                  struct sb_err *err)
{
    struct reader r = {.mem = mem, .path = talloc_strdup(mem, path), .err = err};
    char *text, *line;
    int rc = read_all(mem, path, &text, err);

    if (rc)
        return rc;
    r.file = talloc_zero(mem, struct scenario_file);
    r.file->path = r.path;
    while ((line = strsep(&text, "\n"))) {
        r.line++;
        rc = read_line(&r, line);
        if (rc)
            return rc;
    }
    if (r.file->count == 0)
        return fail(&r, "there is no scenario in this file");
    *file_r = r.file;
    return 0;
}
