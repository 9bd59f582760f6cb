/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions that could not be answered. The same stems in any order are the same
 * question; so are two whose vectors are very near.
 */
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/text.h"
#include "know/know_impl.h"

#define LOOK_AT 400 /* latest gaps that a new one is compared with */
#define NEAR 0.80f  /* cosine from which two questions are one */
#define SHARED 0.74 /* or this share of stems */
#define MAX_STEMS 24
#define MAX_QUESTION 500

static int compare_stems(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The stems that matter, sorted, each once: "cost|lesson|putt". */
static char *make_key(struct sb_know *know, TALLOC_CTX *mem, const char *question)
{
    char stems[MAX_STEMS][SB_STEM_MAX];
    struct sb_reader reader;
    struct sb_word word;
    struct sb_buf out;
    size_t count = 0;

    sb_reader_init(&reader, know->words, question, strlen(question));
    while (count < MAX_STEMS && sb_reader_next(&reader, &word))
        if (!(word.flags & SB_WORD_STOP))
            memcpy(stems[count++], word.stem, SB_STEM_MAX);
    qsort(stems, count, SB_STEM_MAX, compare_stems);
    sb_buf_init(&out, mem);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(stems[i], stems[i - 1]) != 0)
            sb_buf_printf(&out, "%s%s", out.len ? "|" : "", stems[i]);
    if (out.len == 0) /* nothing but small words: the question itself */
        sb_buf_puts(&out, sb_text_fold(mem, question));
    return out.data ? out.data : talloc_strdup(mem, "");
}

static size_t count_parts(const char *key)
{
    size_t n = *key ? 1 : 0;

    for (; *key; key++)
        n += *key == '|';
    return n;
}

static size_t count_shared(const char *a, const char *b)
{
    size_t shared = 0;

    while (*a) {
        size_t len = strcspn(a, "|");

        for (const char *p = b; *p;) {
            size_t other = strcspn(p, "|");

            if (other == len && strncmp(a, p, len) == 0) {
                shared++;
                break;
            }
            p += other + (p[other] == '|');
        }
        a += len + (a[len] == '|');
    }
    return shared;
}

static float dot(const float *a, const float *b, size_t n)
{
    float sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static bool are_near(const struct sb_kn_gap *a, const struct sb_kn_gap *b)
{
    size_t most = count_parts(a->key), other = count_parts(b->key);

    if (strcmp(a->key, b->key) == 0)
        return true;
    if (other > most)
        most = other;
    if (most > 1 && (double)count_shared(a->key, b->key) / (double)most >= SHARED)
        return true;
    return a->vector && b->vector && a->dims == b->dims &&
           dot(a->vector, b->vector, a->dims) >= NEAR;
}

/* Best effort: without a vector the stems decide. */
static void add_vector(const struct sb_agent *agent, TALLOC_CTX *mem, const char *space,
                       struct sb_kn_gap *gap)
{
    struct sb_err why = {0};
    float *vector;
    int dims;

    if (*space && !sb_chain_embed(agent->embed, mem, space, &gap->question, 1, &vector,
                                  &dims, &why)) {
        gap->vector = vector;
        gap->dims = (size_t)dims;
    }
}

int sb_know_gap(struct sb_know *know, const struct sb_agent *agent,
                const char *question, const char *conversation_id, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_kn_owner owner = sb_know_owner(agent);
    const char *space = agent->embed ? sb_chain_embed_space(agent->embed) : "";
    struct sb_kn_gap gap = {0}, *known;
    int64_t id = 0;
    size_t count;
    int rc;

    space = talloc_strdup(mem, space);
    gap.question = sb_utf8_clean(mem, question, strlen(question), MAX_QUESTION);
    gap.key = make_key(know, mem, gap.question);
    add_vector(agent, mem, space, &gap);
    rc = sb_kn_gaps(know->db, mem, owner, space, LOOK_AT, &known, &count, err);
    if (rc)
        goto out;
    for (size_t i = 0; i < count && !id; i++)
        if (are_near(&gap, &known[i]))
            id = known[i].id;
    rc = sb_kn_gap_count(know->db, owner, id, &gap, space,
                         conversation_id ? conversation_id : "", err);
out:
    talloc_free(mem);
    return rc;
}
