/* SPDX-License-Identifier: Apache-2.0
 *
 * A template's rules against what a person said, and placeholders in its phrases.
 * Words are compared whole; apostrophes do not count ("cant" is "can't"), a hyphen
 * separates like a space, and '*' at the end of a rule's word makes it a prefix.
 */
#include "host/template.h"

#include <ctype.h>
#include <string.h>
#include "base/buf.h"

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '\'';
}

/* The next word in `*text`: sets start and length, moves on. false at the end. */
static bool next_word(const char **text, const char **word, size_t *len)
{
    const char *p = *text;

    while (*p && !is_word_byte(*p))
        p++;
    *word = p;
    while (is_word_byte(*p))
        p++;
    *len = (size_t)(p - *word);
    *text = p;
    return *len > 0;
}

/* Compares without apostrophes; `prefix`: `pattern` need only begin `word`. */
static bool word_fits(const char *word, size_t len, const char *pattern,
                      size_t pattern_len, bool prefix)
{
    size_t i = 0, j = 0;

    for (;;) {
        while (i < len && word[i] == '\'')
            i++;
        while (j < pattern_len && pattern[j] == '\'')
            j++;
        if (j == pattern_len)
            return prefix || i == len;
        if (i == len || word[i] != pattern[j])
            return false;
        i++;
        j++;
    }
}

/* Does the phrase begin at the word that starts `text`? */
static bool phrase_begins(const char *text, const char *phrase)
{
    const char *word, *pattern;
    size_t len, pattern_len;

    while (next_word(&phrase, &pattern, &pattern_len)) {
        bool prefix = *phrase == '*';

        if (!next_word(&text, &word, &len) ||
            !word_fits(word, len, pattern, pattern_len, prefix))
            return false;
    }
    return true;
}

bool sb_template_phrase_in(const char *message, const char *phrase)
{
    const char *rest = message, *word;
    size_t len;

    if (!strpbrk(phrase, "abcdefghijklmnopqrstuvwxyz0123456789") &&
        !((unsigned char)phrase[0] >= 0x80))
        return false;
    while (next_word(&rest, &word, &len))
        if (phrase_begins(word, phrase))
            return true;
    return false;
}

bool sb_template_any_in(const char *message, const char *const *phrases)
{
    size_t i;

    for (i = 0; phrases && phrases[i]; i++)
        if (sb_template_phrase_in(message, phrases[i]))
            return true;
    return false;
}

static bool rule_fits(const struct sb_template_rule *rule, const char *message)
{
    if (!sb_template_any_in(message, rule->any))
        return false;
    if (rule->with && rule->with[0] && !sb_template_any_in(message, rule->with))
        return false;
    return !sb_template_any_in(message, rule->unless);
}

const struct sb_template_rule *sb_template_match(const struct sb_template_rule *rules,
                                                 size_t count, const char *message)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (rule_fits(&rules[i], message))
            return &rules[i];
    return NULL;
}

/* ---- placeholders ---- */

static const char *value_of(const char *const *pairs, const char *name, size_t len)
{
    size_t i;

    for (i = 0; pairs && pairs[i] && pairs[i + 1]; i += 2)
        if (strlen(pairs[i]) == len && strncmp(pairs[i], name, len) == 0)
            return pairs[i + 1];
    return "";
}

/* The end of a "{name}" that starts at `text`, or NULL when it is not one. */
static const char *placeholder_end(const char *text)
{
    const char *p = text + 1;

    while (islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '_')
        p++;
    return *p == '}' && p > text + 1 ? p : NULL;
}

/* Appends `len` bytes with placeholders filled; how many were empty. */
static int fill_part(struct sb_buf *out, const char *text, size_t len,
                     const char *const *pairs, int *seen)
{
    const char *p = text, *stop = text + len, *close;
    int empty = 0;

    *seen = 0;
    while (p < stop) {
        close = *p == '{' ? placeholder_end(p) : NULL;
        if (close && close < stop) {
            const char *value = value_of(pairs, p + 1, (size_t)(close - p - 1));

            (*seen)++;
            empty += *value == '\0';
            sb_buf_puts(out, value);
            p = close + 1;
        } else {
            sb_buf_putc(out, *p++);
        }
    }
    return empty;
}

char *sb_template_fill(TALLOC_CTX *mem, const char *text, const char *const *pairs)
{
    struct sb_buf out, part;
    const char *p = text, *open, *close;
    int seen, empty;

    sb_buf_init(&out, mem);
    sb_buf_init(&part, mem);
    while (*p) {
        open = strchr(p, '[');
        close = open ? strchr(open, ']') : NULL;
        if (!close) {
            (void)fill_part(&out, p, strlen(p), pairs, &seen);
            break;
        }
        (void)fill_part(&out, p, (size_t)(open - p), pairs, &seen);
        sb_buf_reset(&part);
        empty = fill_part(&part, open + 1, (size_t)(close - open - 1), pairs, &seen);
        if (!seen)
            sb_buf_putc(&out, '[');
        if (!empty)
            sb_buf_puts(&out, sb_buf_str(&part));
        if (!seen)
            sb_buf_putc(&out, ']');
        p = close + 1;
    }
    talloc_free(part.data);
    return out.data ? out.data : talloc_strdup(mem, "");
}
