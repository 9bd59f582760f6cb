/* SPDX-License-Identifier: Apache-2.0
 *
 * Small helpers on text; see text.h. UTF-8 itself is in utf8.c, folding in fold.c.
 */
#include "base/text.h"

#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80 || (c >= 'A' && c <= 'Z');
}

bool sb_text_has_phrase(const char *text, const char *phrase)
{
    size_t len = strlen(phrase);
    const char *at = text;

    if (len == 0)
        return false;
    while ((at = strstr(at, phrase)) != NULL) {
        bool starts = at == text || !is_word(at[-1]) || !is_word(phrase[0]);
        bool ends = !is_word(at[len]) || !is_word(phrase[len - 1]);

        if (starts && ends)
            return true;
        at++;
    }
    return false;
}

char *sb_text_trim(char *text)
{
    size_t len;

    while (is_blank(*text))
        text++;
    len = strlen(text);
    while (len && is_blank(text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

bool sb_text_is_blank(const char *text)
{
    if (!text)
        return true;
    while (is_blank(*text))
        text++;
    return *text == '\0';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool sb_text_ieq(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

enum { WORD_MAX = 64, FAR_APART = 1000 };

static int least(int a, int b, int c)
{
    int two = a < b ? a : b;

    return two < c ? two : c;
}

/* Optimal string alignment: like Levenshtein, and two neighbours swapped count one. */
int sb_text_distance(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    int rows[3][WORD_MAX + 1], *before = rows[0], *last = rows[1], *now = rows[2];

    if (a_len > WORD_MAX || b_len > WORD_MAX)
        return strcmp(a, b) == 0 ? 0 : FAR_APART;
    memset(before, 0, sizeof(rows[0]));
    for (size_t j = 0; j <= b_len; j++)
        last[j] = (int)j;
    for (size_t i = 1; i <= a_len; i++) {
        int *spare = before;

        now[0] = (int)i;
        for (size_t j = 1; j <= b_len; j++) {
            now[j] = least(last[j] + 1, now[j - 1] + 1,
                           last[j - 1] + (lower(a[i - 1]) != lower(b[j - 1])));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        before = last;
        last = now;
        now = spare;
    }
    return last[b_len];
}

/* How many slips still count as the same word. */
static int tolerance(size_t len)
{
    if (len <= 2)
        return 1;
    return len <= 5 ? 2 : 3;
}

/* "timeout" is near "timeout_ms" although three letters are missing. */
static bool is_prefix(const char *a, const char *b)
{
    size_t len = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

    return len >= 3 && strncasecmp(a, b, len) == 0;
}

const char *sb_text_nearest(const char *word, const char *const *candidates)
{
    const char *best = NULL;
    int best_distance = FAR_APART, limit = tolerance(strlen(word));

    for (; candidates && *candidates; candidates++) {
        int distance = sb_text_distance(word, *candidates);

        if (distance > limit && is_prefix(word, *candidates))
            distance = limit;
        if (distance <= limit && distance < best_distance &&
            (size_t)distance < strlen(*candidates)) {
            best = *candidates;
            best_distance = distance;
        }
    }
    return best;
}

char *sb_text_slug(TALLOC_CTX *mem, const char *text)
{
    char *folded = sb_text_fold(mem, text), *slug = talloc_array(mem, char, 64);
    size_t len = 0;
    bool dash = false;

    for (const char *at = folded; *at && len < 63; at++) {
        bool fits = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9');

        if (*at == '\'')
            continue; /* "joe's" is joes */
        if (fits && dash && len)
            slug[len++] = '-';
        if (fits && len < 63)
            slug[len++] = *at;
        dash = !fits;
    }
    while (len && slug[len - 1] == '-')
        len--;
    slug[len] = '\0';
    talloc_free(folded);
    return slug;
}
