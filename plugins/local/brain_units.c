/* SPDX-License-Identifier: Apache-2.0
 *
 * Passages to units: lines first (a block of the page each), long lines by sentences.
 * A short line without a full stop that is followed by others is a heading of theirs.
 */
#include "brain_question.h"

#include <ctype.h>
#include <string.h>

#define MOST_PASSAGES 6
#define MOST_BYTES 6000 /* of one passage */

size_t words_of(struct brain *b, const char *text, struct unit_word *out, size_t max)
{
    const char *cursor = text, *end = text + strlen(text);
    struct local_word word;
    size_t n = 0;

    while (n < max && local_words_next(b->words, &cursor, end, &word))
        if (word.weight >= 0.2f)
            out[n++] = (struct unit_word){word.stem_hash, word.concept};
    return n;
}

static const char *const abbreviations[] = {
    "mr",  "mrs", "ms",  "dr",     "st",  "no",  "ave", "rd",  "blvd",
    "e.g", "i.e", "inc", "approx", "min", "max", "vs",  "a.m", "p.m",
    "etc", "ext", "co",  "jr",     "sr",  "ft",  NULL};

static bool is_abbreviation(const char *start, const char *dot)
{
    char word[12] = "";
    const char *p = dot;
    size_t len, i;

    while (p > start && !isspace((unsigned char)p[-1]))
        p--;
    len = (size_t)(dot - p);
    if (len == 0 || len >= sizeof(word))
        return false;
    for (i = 0; i < len; i++)
        word[i] = (char)tolower((unsigned char)p[i]);
    if (len == 1 && isalpha((unsigned char)word[0]))
        return true;
    for (i = 0; abbreviations[i]; i++)
        if (strcmp(abbreviations[i], word) == 0)
            return !(dot[1] == ' ' && isupper((unsigned char)dot[2]) &&
                     (strcmp(word, "a.m") == 0 || strcmp(word, "p.m") == 0 ||
                      strcmp(word, "etc") == 0));
    return false;
}

/* The end of the sentence that begins at `start`. */
static const char *sentence_end(const char *start, const char *stop)
{
    const char *p;

    for (p = start; p < stop; p++) {
        if (!strchr(".!?", *p) ||
            (p + 1 < stop && !isspace((unsigned char)p[1]) && !strchr("\"')", p[1])))
            continue;
        if (*p == '.' && is_abbreviation(start, p))
            continue;
        while (p + 1 < stop && strchr(".!?\"')", p[1]))
            p++;
        return p + 1;
    }
    return stop;
}

/* "Weekend: 18 holes $65; ..." or "a | b": better kept whole than cut. */
static bool is_row(const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);

    if (memchr(line, '|', len))
        return true;
    return colon && colon - line < 60 && len < 300 && colon[1] == ' ';
}

static bool has_digit(const char *line, size_t len)
{
    size_t at = strcspn(line, "0123456789");

    return at < len;
}

static bool is_heading(const char *line, size_t len, const char *next)
{
    if (len > 70 || len < 2 || !next || !*next)
        return false;
    if (strchr(".!?;,$", line[len - 1]) || memchr(line, '$', len))
        return false;
    return line[len - 1] == ':' || (!is_row(line, len) && !has_digit(line, len));
}

struct cutter {
    struct brain *b;
    struct unit *units;
    size_t count;
    const struct sb_passage *passage;
    const char *heading;
    size_t line;
    unsigned wants;
    bool suspicious; /* somewhere in the passage somebody gives us orders */
};

static void add_unit(struct cutter *c, const char *text, size_t len, bool row)
{
    struct brain *b = c->b;
    struct unit *unit = &c->units[c->count];
    struct unit_word words[MAX_UNIT_WORDS], *kept;

    while (len && isspace((unsigned char)*text)) {
        text++;
        len--;
    }
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    if (len < 2 || c->count == MAX_UNITS)
        return;
    *unit = (struct unit){.passage = c->passage,
                          .text = arena_copy(&b->arena, text, len),
                          .heading = c->heading,
                          .line = c->line,
                          .row = row};
    unit->plain = plain(&b->arena, unit->text);
    if (c->suspicious && is_injected(unit->plain))
        return;
    unit->holds = text_holds(unit->text, unit->plain, c->wants);
    unit->word_count = words_of(b, unit->text, words, MAX_UNIT_WORDS);
    kept = arena_new(&b->arena, (unit->word_count + 1) * sizeof(*kept));
    memcpy(kept, words, unit->word_count * sizeof(*kept));
    unit->words = kept;
    c->count++;
}

static void cut_line(struct cutter *c, const char *line, size_t len)
{
    const char *p = line, *stop = line + len, *end;

    c->line++;
    if (is_row(line, len) && sentence_end(line, stop) == stop) {
        add_unit(c, line, len, true);
        return;
    }
    while (p < stop) {
        end = sentence_end(p, stop);
        add_unit(c, p, (size_t)(end - p), false);
        p = end;
    }
}

static const char *last_heading(const char *path)
{
    const char *p = path ? path : "", *sep;

    while ((sep = strstr(p, " > ")))
        p = sep + 3;
    return p;
}

static void cut_passage(struct cutter *c, const struct sb_passage *passage)
{
    const char *p = passage->text, *stop = p + strnlen(p, MOST_BYTES);

    c->passage = passage;
    c->heading = last_heading(passage->heading);
    c->suspicious = is_injected(plain(&c->b->arena, passage->text));
    while (p < stop) {
        size_t len = strcspn(p, "\n");
        const char *next;

        if (p + len > stop)
            len = (size_t)(stop - p);
        next = p + len + (p[len] == '\n');
        if (passage->kind == SB_PASSAGE_PAGE &&
            is_heading(p, len, next < stop ? next : NULL))
            c->heading = arena_copy(&c->b->arena, p, len);
        else if (len)
            cut_line(c, p, len);
        p = next;
    }
}

/* The most relevant first: a search made in this turn adds its passages at the end. */
static size_t best_passages(const struct sb_turn *turn, const struct sb_passage **best)
{
    size_t n = 0, i, j;

    for (i = 0; i < turn->passage_count; i++) {
        const struct sb_passage *p = &turn->passages[i];

        if (!p->text || !*p->text || p->score < LEAST_RELEVANT ||
            (n == MOST_PASSAGES && best[n - 1]->score >= p->score))
            continue;
        if (n < MOST_PASSAGES)
            n++;
        for (j = n - 1; j > 0 && best[j - 1]->score < p->score; j--)
            best[j] = best[j - 1];
        best[j] = p;
    }
    return n;
}

size_t units_cut(struct brain *b, unsigned wants, struct unit *units)
{
    struct cutter c = {.b = b, .units = units, .wants = wants};
    const struct sb_passage *best[MOST_PASSAGES];
    size_t n = best_passages(b->turn, best), i;

    for (i = 0; i < n; i++)
        cut_passage(&c, best[i]);
    return c.count;
}
