/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers a question by picking sentences and rows, never by making any: what is said
 * stands in a source, word for word. A unit answers when it, with the headings above
 * it, covers what the question is about and holds the kind of thing that was asked for.
 */
#include "brain_question.h"

#include <ctype.h>
#include <string.h>

#define LONGEST 420 /* bytes of an answer before it is cut to its sentences */
#define MOST_ROWS 7

void cite(struct brain *b, const char *passage_id)
{
    size_t i;

    if (!passage_id || !*passage_id)
        return;
    for (i = 0; i < b->cited_count; i++)
        if (strcmp(b->cited[i], passage_id) == 0)
            return;
    if (b->cited_count < sizeof(b->cited) / sizeof(b->cited[0]))
        b->cited[b->cited_count++] = passage_id;
}

bool is_injected(const char *t)
{
    return has_any(
        t,
        LIST("ignore your instructions", "ignore all instructions",
             "ignore previous instructions", "ignore all previous",
             "ignore the previous", "ignore any previous", "ignore your previous",
             "ignore the above", "ignore everything above", "ignore prior",
             "disregard your instructions", "disregard previous", "disregard all",
             "disregard the above", "forget your instructions", "forget all previous",
             "forget everything", "forget previous instructions", "system prompt",
             "your instructions", "your prompt", "initial prompt", "you are now",
             "you are no longer", "pretend to be", "pretend you are", "act as if",
             "act as an", "developer mode", "jailbreak", "jailbroken", "dan mode",
             "do anything now", "override your", "bypass your", "reveal your",
             "repeat the words above", "repeat everything above", "new instructions",
             "as an ai language model", "ai assistants must", "assistants must",
             "chatbots must", "note to ai", "instructions for ai", "roleplay as",
             "print your", "show me your prompt", "your guidelines", "your rules",
             "tell visitors that", "tell the user", "tell users", "sudo"));
}

/* ---- wording ---- */

static void put_closed(struct text *out, const char *sentence)
{
    size_t len = strlen(sentence);

    text_sentence(out, sentence);
    if (len && !strchr(".!?:)\"", sentence[len - 1]))
        text_puts(out, ".");
}

/* How much of the question stands in this segment of a row. */
static double segment_worth(struct brain *b, const struct question *q,
                            const char *segment)
{
    struct unit_word words[MAX_UNIT_WORDS];
    size_t n = words_of(b, segment, words, MAX_UNIT_WORDS), w;
    const char *text = plain(&b->arena, segment);
    double worth = 0;

    for (w = 0; w < q->count; w++)
        if (!q->words[w].type && q->words[w].weight >= 0.5f &&
            word_match(&q->words[w], words, n, text) >= 0.9)
            worth += q->words[w].weight;
    return worth;
}

#define MOST_SEGMENTS 12

/* "Weekend: 18 holes $65; 9 holes $40" with only the columns that were asked for. */
static const char *narrowed(struct brain *b, const struct question *q, const char *row)
{
    const char *colon = strstr(row, ": "), *p, *segments[MOST_SEGMENTS];
    double worth[MOST_SEGMENTS], most = 0;
    struct text out = {.arena = &b->arena};
    unsigned typed = q->wants & ~(unsigned)(WANTS_YESNO | WANTS_WHO | WANTS_COUNT);
    size_t n = 0, i;

    if (!colon || !strstr(colon, "; "))
        return row;
    for (p = colon + 2; *p && n < MOST_SEGMENTS; n++) {
        const char *end = strstr(p, "; ");
        size_t len = end ? (size_t)(end - p) : strlen(p);

        segments[n] = arena_copy(&b->arena, p, len);
        worth[n] = segment_worth(b, q, segments[n]);
        if (text_holds(segments[n], plain(&b->arena, segments[n]), typed))
            worth[n] += 3; /* the kind of answer that is wanted comes first */
        most = worth[n] > most ? worth[n] : most;
        p += len + (end ? 2 : 0);
    }
    if (*p || most <= 0)
        return row;
    text_put(&out, row, (size_t)(colon - row) + 1);
    for (i = 0; i < n; i++)
        if (worth[i] >= most - 1e-6) {
            text_puts(&out, out.data[out.len - 1] == ':' ? " " : "; ");
            text_puts(&out, segments[i]);
        }
    return text_str(&out);
}

/* Is the heading needed to understand the row? */
static bool needs_heading(const struct table *t, const struct unit *unit)
{
    const char *heading = unit->heading;

    return *heading && strlen(heading) < 60 && unit->word_count <= 8 &&
           strchr(heading, '?') == NULL && t->q.count > 0;
}

static size_t index_of(const struct table *t, const struct unit *unit)
{
    return (size_t)(unit - t->units);
}

static bool is_sibling(const struct table *t, const struct unit *a,
                       const struct unit *b)
{
    return a->passage == b->passage && a->heading == b->heading && a->row == b->row &&
           (!(t->q.wants & WANTS_STRICT) || (b->holds & t->q.wants & WANTS_STRICT));
}

/* The rows around `best` that answer as well as it does. */
static size_t gather_rows(struct table *t, const struct unit *best,
                          const struct unit **rows)
{
    size_t n = 0, i, from = index_of(t, best);

    while (from > 0 && is_sibling(t, best, &t->units[from - 1]))
        from--;
    for (i = from; i < t->count && is_sibling(t, best, &t->units[i]); i++)
        if (t->units[i].coverage >= best->coverage - 0.06 && n < MOST_ROWS)
            rows[n++] = &t->units[i];
    return n;
}

static void put_rows(struct brain *b, struct table *t, const struct unit *best,
                     struct text *out)
{
    const struct unit *rows[MOST_ROWS];
    size_t n = gather_rows(t, best, rows), i;
    const char *heading = needs_heading(t, best) ? best->heading : "";
    size_t len = strcspn(heading, ":");

    if (n == 1) {
        if (*heading && !find_nocase(best->text, heading))
            put_closed(out, arena_printf(&b->arena, "%.*s: %s", (int)len, heading,
                                         narrowed(b, &t->q, best->text)));
        else
            put_closed(out, narrowed(b, &t->q, best->text));
        return;
    }
    text_sentence(out, *heading ? arena_printf(&b->arena, "%.*s:", (int)len, heading)
                                : "Here is what we have:");
    for (i = 0; i < n; i++)
        text_puts(out,
                  arena_printf(&b->arena, "\n- %s", narrowed(b, &t->q, rows[i]->text)));
    text_puts(out, "\n");
}

/* A sentence that leans on the one before it. */
static bool leans_back(const struct unit *unit)
{
    return begins_any(unit->plain,
                      LIST("this", "these", "those", "they", "it", "its", "that", "he",
                           "she", "such", "both", "however", "otherwise", "also", "but",
                           "and", "all of these"));
}

static bool goes_on(const struct unit *unit)
{
    return begins_any(unit->plain,
                      LIST("this", "these", "they", "it", "however", "otherwise", "but",
                           "please", "members", "if you", "after that", "we also",
                           "there is a", "the fee", "unless", "except", "only"));
}

/* "Luis Ortega: Runs the junior programme": who it is stands above. */
static const char *with_who(struct brain *b, const struct table *t,
                            const struct unit *unit)
{
    const char *heading = unit->heading;

    if (!(t->q.wants & WANTS_WHO) || !*heading || strlen(heading) > 50 ||
        strchr(heading, '?') || find_nocase(unit->text, heading))
        return unit->text;
    return arena_printf(&b->arena, "%s: %s", heading, unit->text);
}

static void put_sentences(struct brain *b, struct table *t, const struct unit *best,
                          struct text *out)
{
    size_t i = index_of(t, best);

    if (i > 0 && leans_back(best) && t->units[i - 1].line == best->line &&
        t->units[i - 1].passage == best->passage && !is_asking(&t->units[i - 1]) &&
        strlen(t->units[i - 1].text) + strlen(best->text) < LONGEST)
        put_closed(out, t->units[i - 1].text);
    put_closed(out, with_who(b, t, best));
    if (i + 1 < t->count && t->units[i + 1].line == best->line &&
        t->units[i + 1].passage == best->passage &&
        strlen(best->text) + strlen(t->units[i + 1].text) < LONGEST &&
        (goes_on(&t->units[i + 1]) || t->units[i + 1].coverage >= best->coverage - 0.1))
        put_closed(out, t->units[i + 1].text);
}

/* A FAQ or a fact is approved as a whole: all of it unless it is long. */
static void put_curated(struct brain *b, struct table *t, const struct unit *best,
                        struct text *out)
{
    const struct sb_passage *p = best->passage;
    const char *subject = p->title ? p->title : "";

    if (p->kind == SB_PASSAGE_FACT && *subject && strlen(p->text) < 60 &&
        !find_nocase(p->text, subject) && !strchr(subject, '?'))
        put_closed(out, arena_printf(&b->arena, "%s: %s", subject, p->text));
    else if (strlen(p->text) <= LONGEST)
        put_closed(out, p->text);
    else
        put_sentences(b, t, best, out);
}

/* Is what the other source says about the question at all? */
static bool is_to_the_point(struct brain *b, const struct table *t,
                            const char *conflict)
{
    unsigned kinds = t->q.wants & (WANTS_STRICT | WANTS_DAY);
    const char *text = plain(&b->arena, conflict);
    struct unit_word words[MAX_UNIT_WORDS];
    size_t n, w;

    if (kinds)
        return text_holds(conflict, text, kinds) != 0;
    n = words_of(b, conflict, words, MAX_UNIT_WORDS);
    for (w = 0; w < t->q.count; w++)
        if (t->q.words[w].weight >= 0.5f &&
            word_match(&t->q.words[w], words, n, text) >= 0.8)
            return true;
    return false;
}

static void put_conflict(struct brain *b, const struct table *t,
                         const struct unit *best, struct text *out)
{
    const char *conflict = best->passage->conflict;

    if (conflict && *conflict && is_to_the_point(b, t, conflict))
        put_closed(out, arena_printf(&b->arena,
                                     "I should mention that another source says "
                                     "otherwise: %s",
                                     conflict));
}

/* A price is better read from the list beside a sentence than from the sentence, when
 * the list is as much about it. */
static const struct unit *or_table(struct table *t, const struct unit *best)
{
    const struct unit *row = NULL;
    size_t i, n = 0;

    if (best->row || best->passage->kind != SB_PASSAGE_PAGE ||
        !(t->q.wants & WANTS_PRICE))
        return best;
    for (i = 0; i < t->count; i++) {
        const struct unit *unit = &t->units[i];

        if (unit->passage != best->passage || !unit->row ||
            !(unit->holds & WANTS_PRICE) || unit->coverage < best->coverage - 0.2 ||
            unit->heading != best->heading)
            continue;
        n++;
        if (!row || unit->score > row->score)
            row = unit;
    }
    return n >= 2 ? row : best;
}

/* ---- the business's own data ---- */

static bool answer_own(struct brain *b, const struct question *q, struct text *out)
{
    const struct sb_turn *t = b->turn;
    size_t before = out->len;

    if (!q->general)
        return false;
    if ((q->wants & WANTS_PLACE) && t->address && *t->address &&
        !(q->wants & WANTS_EMAIL))
        put_closed(out, arena_printf(&b->arena, "We're at %s", t->address));
    else if ((q->wants & WANTS_PHONE) && t->phone && *t->phone)
        put_closed(out, arena_printf(&b->arena, "Our phone number is %s", t->phone));
    else if ((q->wants & WANTS_EMAIL) && t->email && *t->email)
        put_closed(out, arena_printf(&b->arena, "Our e-mail address is %s", t->email));
    else if (has_any(q->plain, LIST("website", "web site", "web page")) && t->website &&
             *t->website)
        put_closed(out, arena_printf(&b->arena, "Our website is %s", t->website));
    return out->len > before;
}

bool answer(struct brain *b, const char *question, struct text *out)
{
    struct table *t = arena_new(&b->arena, sizeof(*t));
    const struct unit *best;

    if (hours_asked(b, question) && hours_answer(b, question, out)) {
        b->confidence = 0.9;
        return true;
    }
    question_read(b, question, &t->q);
    if (answer_own(b, &t->q, out)) {
        b->confidence = 0.9;
        return true;
    }
    if (!b->turn->answerable || (t->q.general && !(t->q.wants & WANTS_STRICT)))
        return false;
    t->count = units_cut(b, t->q.wants, t->units);
    fill_matches(b, t);
    best = best_unit(b, t);
    if (!best)
        return false;
    best = or_table(t, best);
    if (best->passage->kind != SB_PASSAGE_PAGE)
        put_curated(b, t, best, out);
    else if (best->row)
        put_rows(b, t, best, out);
    else
        put_sentences(b, t, best, out);
    put_conflict(b, t, best, out);
    cite(b, best->passage->id);
    b->confidence = best->coverage > 0.95 ? 0.95 : 0.3 + 0.65 * best->coverage;
    return true;
}

/* ---- where we go ---- */

const char *area_asked(struct brain *b, const char *question)
{
    static const char *const verbs[] = {
        "come out to ", "come to ", "travel to ", "go to ",
        "go out to ",   "work in ", "cover ",     "available in ",
        "service the ", "service ", "serve the ", "serve ",
        "deliver to ",  NULL};
    const char *p = NULL, *stop;
    bool weak = false;
    size_t i, len;

    for (i = 0; verbs[i] && !p; i++) {
        p = find_nocase(question, verbs[i]);
        if (p)
            p += strlen(verbs[i]);
        weak = strncmp(verbs[i], "serv", 4) == 0 || strcmp(verbs[i], "cover ") == 0;
    }
    if (!p ||
        !begins_any(plain(&b->arena, question),
                    LIST("do you", "do u", "does", "are you", "will you", "can you",
                         "would you", "could you", "do your", "do the", "you")))
        return NULL;
    stop = strpbrk(p, "?,.!;");
    len = stop ? (size_t)(stop - p) : strlen(p);
    if (len < 2 || len > 60 ||
        begins_any(plain(&b->arena, p), LIST("my", "me", "our", "us", "the house")))
        return NULL;
    if (weak && !isupper((unsigned char)*p) && !isdigit((unsigned char)*p))
        return NULL;
    return arena_copy(&b->arena, p, len);
}
