/* SPDX-License-Identifier: Apache-2.0
 *
 * Searching: words and vectors each propose chunks, the two lists are fused by rank,
 * and the few best are read and scored for how well they answer the question. Two
 * round trips to the database: the generation, and the passages.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/array.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "know/facts.h"
#include "know/know_impl.h"
#include "know/score.h"

#define LEXICAL 40     /* proposals by words */
#define NEAREST 40     /* proposals by vectors */
#define READ 18        /* passages that are read and scored */
#define RANK_BASE 20.0 /* of reciprocal rank fusion */
/* What passages are ahead or behind of each other, in sb_score()'s scale. */
#define APPROVED 0.5 /* an answer that the tenant or the template gives */
#define SETTLED 0.3  /* a fact */
#define LOST 0.7     /* its page was contradicted by a better one */
#define PAST 1.0     /* its page is about a year that is over */
#define PASSING 0.3  /* news or a post */

struct proposal {
    int64_t id;
    double rank; /* fused */
    float cosine;
};

struct searching {
    struct sb_know *know;
    TALLOC_CTX *mem, *tmp;
    const struct sb_agent *agent;
    struct sb_kn_index index;
    struct sb_question *question;
    struct sb_index_view view;
    struct proposal proposals[LEXICAL + NEAREST];
    size_t count;
    float floor; /* cosine of those that the vectors did not propose */
    int year;    /* now */
};

struct scored {
    const struct sb_kn_passage *passage;
    double score, order;
};

static struct proposal *propose(struct searching *s, int64_t id)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->proposals[i].id == id)
            return &s->proposals[i];
    s->proposals[s->count] = (struct proposal){.id = id, .cosine = -1};
    return &s->proposals[s->count++];
}

static void by_words(struct searching *s, const struct sb_know_memory *memory)
{
    struct sb_index_hit hits[LEXICAL];
    size_t count = sb_index_search(memory->index, s->question, LEXICAL, hits, &s->view);

    for (size_t i = 0; i < count; i++)
        propose(s, hits[i].id)->rank += 1 / (RANK_BASE + (double)i);
}

/* ---- vectors ---- */

struct vectors {
    const struct searching *s;
    int dims;
};

static int load_vectors(void *arg,
                        int (*add)(void *sink, int64_t id, const float *vector),
                        void *sink, struct sb_err *err)
{
    const struct vectors *v = arg;

    return sb_kn_load_vectors(v->s->know->db, sb_know_owner(v->s->agent),
                              v->s->index.space, v->dims, add, sink, err);
}

static int nearest(struct searching *s, const char *text, struct sb_search_hit *hits,
                   struct sb_err *err)
{
    struct vectors vectors = {s, 0};
    float *vector;
    int rc = sb_chain_embed(s->agent->embed, s->tmp, s->index.space, &text, 1, &vector,
                            &vectors.dims, err);

    if (rc)
        return rc;
    struct sb_search_loader loader = {sizeof(loader), &vectors, load_vectors};
    struct sb_search_query query = {
        .size = sizeof(query),
        .index = talloc_asprintf(s->tmp, "%s/%s", s->agent->id, s->index.space),
        .generation = s->index.generation,
        .dimensions = vectors.dims,
        .vector = vector,
        .k = NEAREST,
        .loader = &loader};
    return sb_chain_search(s->agent->search, &query, hits, err);
}

/* Without vectors the words go on alone: a provider that is down costs some quality,
 * never the answer. */
static int by_vectors(struct searching *s, const char *text, struct sb_err *err)
{
    struct sb_search_hit hits[NEAREST];
    struct sb_err why = {0};
    int found;

    if (!s->index.space[0] || !s->agent->embed || !s->agent->search)
        return 0;
    found = nearest(s, text, hits, &why);
    if (found == SB_ECANCELED || found == SB_ETIMEDOUT)
        return sb_fail(err, found, "%s", why.msg);
    if (found < 0) {
        sb_log(SB_LOG_DEBUG, "know", "searching without vectors",
               sb_str("why", why.msg));
        return 0;
    }
    for (int i = 0; i < found; i++) {
        struct proposal *p = propose(s, hits[i].id);

        p->rank += 0.5 / (RANK_BASE + i);
        p->cosine = (float)hits[i].score;
        s->floor = (float)hits[i].score;
    }
    if (found < NEAREST)
        s->floor = 0;
    return 0;
}

static int compare_proposals(const void *a, const void *b)
{
    const struct proposal *x = a, *y = b;

    return x->rank > y->rank ? -1 : x->rank < y->rank ? 1 : x->id < y->id ? -1 : 1;
}

/* ---- contradictions ---- */

static size_t digits_of(const char *text, char *out, size_t size)
{
    size_t len = 0;

    for (; *text && len + 1 < size; text++)
        if (*text >= '0' && *text <= '9')
            out[len++] = *text;
    out[len] = '\0';
    return len;
}

/* Does the passage state this fact? Phones and prices by their digits, the rest by
 * holding that kind at all. */
static bool states(const struct sb_kn_passage *passage, const char *kind,
                   const char *value, const char *said)
{
    char digits[40], *all;
    size_t len;
    bool found;

    if (strcmp(kind, "hours") == 0 || strcmp(kind, "special_hours") == 0)
        return (passage->holds & SB_HOLDS_HOURS) != 0;
    if (strcmp(kind, "phone") != 0 && strcmp(kind, "price") != 0)
        return strstr(passage->text, said) != NULL;
    if (strcmp(kind, "price") == 0) {
        const char *amount = strchr(value, ' ');

        snprintf(digits, sizeof(digits), "%s", amount ? amount + 1 : value);
        digits[strcspn(digits, "-")] = '\0';
        len = strlen(digits);
        if (len > 3 && strcmp(digits + len - 3, ".00") == 0)
            digits[len - 3] = '\0';
        return *digits && strstr(passage->text, digits) != NULL;
    }
    len = digits_of(value, digits, sizeof(digits));
    if (len < 7)
        return false;
    all = talloc_array(NULL, char, sb_array_count(strlen(passage->text) + 1));
    digits_of(passage->text, all, strlen(passage->text) + 1);
    found = strstr(all, digits + len - 7) != NULL;
    talloc_free(all);
    return found;
}

struct conflicts {
    const struct sb_kn_contradiction *list;
    size_t count;
};

/* Says what the other page says, and whether this passage is the one not preferred. */
static const char *conflict_of(TALLOC_CTX *mem, const struct sb_kn_passage *passage,
                               const struct conflicts *conflicts, bool *lost)
{
    for (size_t i = 0; i < conflicts->count && passage->page_id; i++) {
        const struct sb_kn_contradiction *k = &conflicts->list[i];

        if (k->other_page == passage->page_id &&
            states(passage, k->kind, k->other_value, k->other_said)) {
            *lost = true;
            return talloc_asprintf(mem, "\"%s\" says: %s", k->title, k->said);
        }
        if (k->page_id == passage->page_id &&
            states(passage, k->kind, k->value, k->said))
            return talloc_asprintf(mem, "\"%s\" says: %s", k->other_title,
                                   k->other_said);
    }
    return passage->conflict;
}

/* ---- scoring ---- */

static float cosine_of(const struct searching *s, int64_t id)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->proposals[i].id == id && s->proposals[i].cosine >= 0)
            return s->proposals[i].cosine;
    return s->floor;
}

static bool asks_about(const struct searching *s, int year)
{
    for (size_t i = 0; i < s->question->count; i++)
        if (s->question->concepts[i].number &&
            strtol(s->question->concepts[i].word, NULL, 10) == year)
            return true;
    return false;
}

/* What speaks for or against a passage besides its words. */
static double standing(const struct searching *s, const struct sb_kn_passage *passage)
{
    int year = sb_know_year_named(passage->url, passage->title, passage->heading);
    double value = passage->kind == SB_PASSAGE_FAQ    ? APPROVED
                   : passage->kind == SB_PASSAGE_FACT ? SETTLED
                                                      : 0;

    if (year && year < s->year && !asks_about(s, year))
        value -= PAST;
    else if (sb_know_is_passing(passage->url))
        value -= PASSING;
    return value;
}

static void score_one(const struct searching *s, const struct sb_kn_passage *passage,
                      struct scored *scored)
{
    const struct sb_candidate candidate = {.kind = passage->kind,
                                           .asked = passage->asked,
                                           .title = passage->title,
                                           .heading = passage->heading,
                                           .text = passage->text,
                                           .also = passage->also,
                                           .holds = passage->holds,
                                           .cosine = cosine_of(s, passage->id)};
    struct sb_features features;

    sb_score_features(s->know->words, s->question, &s->view, &candidate, &features);
    scored->passage = passage;
    scored->order = sb_score(&features);
    scored->score = sb_score_share(scored->order);
    scored->order += standing(s, passage);
}

static int compare_scored(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;

    if (x->order != y->order)
        return x->order > y->order ? -1 : 1;
    return x->passage->id < y->passage->id ? -1 : 1;
}

/* The same words twice help nobody: pages repeat blocks, and chunks overlap. */
static bool repeats(const struct sb_kn_passage *a, const struct sb_kn_passage *b)
{
    if (a->kind == SB_PASSAGE_FACT && b->kind == SB_PASSAGE_FACT)
        return strcmp(a->title, b->title) == 0 && strcmp(a->heading, b->heading) == 0;
    return strcmp(a->text, b->text) == 0 || strstr(a->text, b->text) ||
           (strstr(b->text, a->text) && a->kind == b->kind);
}

static void add_passage(struct searching *s, const struct scored *scored,
                        const struct conflicts *conflicts, struct sb_found *found)
{
    const struct sb_kn_passage *from = scored->passage;
    struct sb_passage *to = &found->passages[found->count++];
    bool lost = false;

    to->id = talloc_asprintf(s->mem, "%lld", (long long)from->id);
    to->kind = from->kind;
    to->title = from->title;
    to->heading = from->heading;
    to->url = from->url;
    to->text = from->text;
    to->dated = from->dated;
    to->score = scored->score;
    to->conflict = conflict_of(s->mem, from, conflicts, &lost);
}

static void choose(struct searching *s, struct scored *list, size_t count, int k,
                   const struct conflicts *conflicts, struct sb_found *found)
{
    const struct sb_kn_passage **taken =
        sb_array(s->tmp, const struct sb_kn_passage *, count + 1);

    found->passages = sb_array(s->mem, struct sb_passage, (size_t)k + 1);
    for (size_t i = 0; i < count && found->count < (size_t)k; i++) {
        bool again = false;

        for (size_t j = 0; j < found->count && !again; j++)
            again = repeats(taken[j], list[i].passage);
        if (again)
            continue;
        taken[found->count] = list[i].passage;
        add_passage(s, &list[i], conflicts, found);
        if (list[i].score > found->best)
            found->best = list[i].score;
    }
    found->answerable = found->best >= s->agent->threshold && found->count > 0;
}

static int read_and_score(struct searching *s, int k, struct sb_found *found,
                          struct sb_err *err)
{
    struct sb_kn_contradiction *list;
    struct sb_kn_passage *passages;
    struct conflicts conflicts = {0};
    struct scored *scored;
    int64_t ids[READ];
    size_t wanted = s->count < READ ? s->count : READ, count;
    int rc;

    qsort(s->proposals, s->count, sizeof(s->proposals[0]), compare_proposals);
    for (size_t i = 0; i < wanted; i++)
        ids[i] = s->proposals[i].id;
    rc = sb_kn_passages(s->know->db, s->mem, sb_know_owner(s->agent), ids, wanted,
                        &passages, &count, &list, &conflicts.count, err);
    if (rc)
        return rc;
    conflicts.list = list;
    scored = sb_array(s->tmp, struct scored, count + 1);
    for (size_t i = 0; i < count; i++) {
        bool lost = false;

        score_one(s, &passages[i], &scored[i]);
        conflict_of(s->tmp, &passages[i], &conflicts, &lost);
        if (lost)
            scored[i].order -= LOST;
    }
    qsort(scored, count, sizeof(*scored), compare_scored);
    choose(s, scored, count, k, &conflicts, found);
    return 0;
}

static int search(struct searching *s, const char *question, const char *history, int k,
                  struct sb_found *found, struct sb_err *err)
{
    struct sb_know_memory *memory;
    const char *text = question;
    int rc =
        sb_kn_index_get(s->know->db, s->tmp, sb_know_owner(s->agent), &s->index, err);

    if (rc || s->index.generation == 0)
        return rc;
    rc = sb_know_remember(s->know, s->agent, s->index.generation, &memory, err);
    if (rc)
        return rc;
    s->question =
        sb_question_read(s->tmp, s->know->words, memory->lexicon, question, history);
    by_words(s, memory);
    sb_know_release(s->know, memory);
    if (s->question->elliptic && *history)
        text = talloc_asprintf(s->tmp, "%s\n%s", question, history);
    rc = by_vectors(s, text, err);
    if (!rc && s->count > 0)
        rc = read_and_score(s, k, found, err);
    return rc;
}

int sb_know_search(struct sb_know *know, TALLOC_CTX *mem, const struct sb_agent *agent,
                   const char *question, const char *history, int k,
                   struct sb_found *found, struct sb_err *err)
{
    struct searching *s = talloc_zero(mem, struct searching);
    struct sb_found result = {0};
    struct tm date;
    time_t now;
    int rc;

    s->know = know;
    s->mem = mem;
    s->tmp = s;
    s->agent = agent;
    now = (time_t)(sb_clock_wall_ms() / 1000);
    s->year = gmtime_r(&now, &date)->tm_year + 1900;
    k = k < 1 ? 1 : k > READ ? READ : k;
    rc = search(s, question, history ? history : "", k, &result, err);
    if (!rc)
        *found = result;
    talloc_free(s);
    return rc;
}
