/* SPDX-License-Identifier: Apache-2.0 */
#include "../../plugins/local/local.h"
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIMS 96

struct fixture {
    struct sb_host host;
    struct local_conf conf;
    struct local local;
    int sleeps, offloads;
    /* what the loader hands out */
    float *vectors;
    size_t count;
    int loads, fail_with;
    void (*in_load)(struct fixture *f);
};

static int fake_sleep(void *self, int64_t ms)
{
    struct fixture *f = self;

    (void)ms;
    f->sleeps++;
    return 0;
}

static int fake_offload(void *self, void (*fn)(void *arg), void *arg)
{
    struct fixture *f = self;

    f->offloads++;
    fn(arg);
    return 0;
}

static void setup(struct fixture *f, int64_t memory)
{
    memset(f, 0, sizeof(*f));
    f->host = (struct sb_host){.size = sizeof(f->host), .self = f};
    f->host.sleep_ms = fake_sleep;
    f->host.offload = fake_offload;
    f->conf = (struct local_conf){.embed_dimensions = 512, .search_memory = memory};
    f->local = (struct local){.host = &f->host, .conf = &f->conf};
}

static void teardown(struct fixture *f)
{
    local_search_free(f->local.search);
    local_embed_free(f->local.embed);
    free(f->vectors);
}

static float noise(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (float)((*seed >> 40) & 0xffff) / 32768.0f - 1.0f;
}

static void make_unit(float *v, uint64_t *seed)
{
    double norm = 0;

    for (int i = 0; i < DIMS; i++) {
        v[i] = noise(seed);
        norm += (double)v[i] * (double)v[i];
    }
    for (int i = 0; i < DIMS; i++)
        v[i] = (float)((double)v[i] / sqrt(norm));
}

static void fill(struct fixture *f, size_t count, uint64_t seed)
{
    free(f->vectors);
    f->vectors = malloc(count * DIMS * sizeof(float));
    f->count = count;
    for (size_t i = 0; i < count; i++)
        make_unit(f->vectors + i * DIMS, &seed);
}

static int load(void *arg, int (*add)(void *sink, int64_t id, const float *vector),
                void *sink, struct sb_err *err)
{
    struct fixture *f = arg;

    f->loads++;
    if (f->in_load)
        f->in_load(f);
    if (f->fail_with)
        return sb_fail(err, f->fail_with, "the loader failed");
    for (size_t i = 0; i < f->count; i++) {
        int rc = add(sink, 1000 + (int64_t)i, f->vectors + i * DIMS);

        if (rc)
            return rc;
    }
    return 0;
}

static int search(struct fixture *f, const char *name, int64_t generation,
                  const float *vector, int k, struct sb_search_hit *hits)
{
    struct sb_search_loader loader = {sizeof(loader), f, load};
    struct sb_search_query query = {.size = sizeof(query),
                                    .index = name,
                                    .generation = generation,
                                    .dimensions = DIMS,
                                    .vector = vector,
                                    .k = k,
                                    .loader = &loader};
    struct sb_err err = {0};

    return local_search_ops.search(&f->local, &query, hits, &err);
}

static double dot(const float *a, const float *b)
{
    double sum = 0;

    for (int i = 0; i < DIMS; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* The id of the vector with the `rank`-th greatest product, by looking at all. */
static int64_t brute_force(const struct fixture *f, const float *query, int rank)
{
    double limit = 2;
    size_t best = 0;

    for (int r = 0; r <= rank; r++) {
        double top = -2;

        for (size_t i = 0; i < f->count; i++) {
            double score = dot(f->vectors + i * DIMS, query);

            if (score < limit && score > top) {
                top = score;
                best = i;
            }
        }
        limit = top;
    }
    return 1000 + (int64_t)best;
}

Test(local_search, scan_finds_what_brute_force_finds)
{
    struct fixture f;
    struct sb_search_hit hits[5];
    float query[DIMS];
    uint64_t seed = 7;

    setup(&f, 64 << 20);
    fill(&f, 3000, 42);
    for (int round = 0; round < 25; round++) {
        make_unit(query, &seed);
        cr_assert_eq(search(&f, "a", 1, query, 5, hits), 5);
        for (int i = 0; i < 5; i++)
            cr_assert_eq(hits[i].id, brute_force(&f, query, i), "round %d rank %d",
                         round, i);
        cr_assert(hits[0].score >= hits[4].score);
    }
    cr_assert_eq(f.loads, 1);
    teardown(&f);
}

Test(local_search, a_stored_vector_finds_itself_with_score_one)
{
    struct fixture f;
    struct sb_search_hit hits[1];

    setup(&f, 64 << 20);
    fill(&f, 100, 3);
    cr_assert_eq(search(&f, "a", 1, f.vectors + 17 * DIMS, 1, hits), 1);
    cr_assert_eq(hits[0].id, 1017);
    cr_assert_float_eq(hits[0].score, 1.0, 1e-4);
    teardown(&f);
}

Test(local_search, fewer_vectors_than_asked_for_gives_them_all)
{
    struct fixture f;
    struct sb_search_hit hits[10];
    float query[DIMS];
    uint64_t seed = 1;

    setup(&f, 64 << 20);
    fill(&f, 3, 9);
    make_unit(query, &seed);
    cr_assert_eq(search(&f, "a", 1, query, 10, hits), 3);
    f.count = 0;
    cr_assert_eq(search(&f, "empty", 1, query, 10, hits), 0);
    teardown(&f);
}

Test(local_search, a_risen_generation_loads_again_and_only_then)
{
    struct fixture f;
    struct sb_search_hit hits[1];
    float query[DIMS];
    uint64_t seed = 1;

    setup(&f, 64 << 20);
    fill(&f, 50, 9);
    make_unit(query, &seed);
    search(&f, "a", 4, query, 1, hits);
    search(&f, "a", 4, query, 1, hits);
    cr_assert_eq(f.loads, 1);
    fill(&f, 60, 10);
    search(&f, "a", 5, query, 1, hits);
    cr_assert_eq(f.loads, 2);
    cr_assert_eq(hits[0].id, brute_force(&f, query, 0));
    search(&f, "a", 4, query, 1, hits); /* who still knows the old number */
    cr_assert_eq(f.loads, 2);
    teardown(&f);
}

Test(local_search, memory_is_bounded_and_the_least_recent_goes)
{
    struct fixture f;
    struct sb_search_hit hits[1];
    float query[DIMS];
    uint64_t seed = 1;

    /* 1,000 vectors take about half a megabyte: two of three fit. */
    setup(&f, 1200 << 10);
    fill(&f, 1000, 9);
    make_unit(query, &seed);
    search(&f, "a", 1, query, 1, hits);
    search(&f, "b", 1, query, 1, hits);
    search(&f, "a", 1, query, 1, hits);
    cr_assert_eq(f.loads, 2);
    search(&f, "c", 1, query, 1, hits); /* b goes */
    search(&f, "a", 1, query, 1, hits);
    cr_assert_eq(f.loads, 3);
    search(&f, "b", 1, query, 1, hits);
    cr_assert_eq(f.loads, 4);
    teardown(&f);
}

static void search_another(struct fixture *f)
{
    struct sb_search_hit hits[1];
    float query[DIMS];
    uint64_t seed = 5;

    f->in_load = NULL;
    make_unit(query, &seed);
    cr_assert_eq(search(f, "other", 1, query, 1, hits), 1);
}

Test(local_search, another_index_may_load_while_one_is_loading)
{
    struct fixture f;
    struct sb_search_hit hits[1];
    float query[DIMS];
    uint64_t seed = 1;

    setup(&f, 1); /* so little that everything unused goes at once */
    fill(&f, 200, 9);
    f.in_load = search_another;
    make_unit(query, &seed);
    cr_assert_eq(search(&f, "a", 1, query, 1, hits), 1);
    cr_assert_eq(hits[0].id, brute_force(&f, query, 0));
    teardown(&f);
}

Test(local_search, a_failed_load_is_reported_and_tried_again)
{
    struct fixture f;
    struct sb_search_hit hits[1];
    float query[DIMS];
    uint64_t seed = 1;

    setup(&f, 64 << 20);
    fill(&f, 10, 9);
    make_unit(query, &seed);
    f.fail_with = SB_EUNAVAILABLE;
    cr_assert_eq(search(&f, "a", 1, query, 1, hits), SB_EUNAVAILABLE);
    f.fail_with = 0;
    cr_assert_eq(search(&f, "a", 1, query, 1, hits), 1);
    teardown(&f);
}

Test(local_search, a_big_scan_leaves_the_loop)
{
    struct fixture f;
    struct sb_search_hit hits[1];
    float query[DIMS];
    uint64_t seed = 1;

    setup(&f, 1 << 30);
    fill(&f, 90000, 9);
    make_unit(query, &seed);
    cr_assert_eq(search(&f, "a", 1, query, 1, hits), 1);
    cr_assert_eq(f.offloads, 1);
    teardown(&f);
}

Test(local_search, nonsense_is_refused)
{
    struct fixture f;
    struct sb_search_hit hits[1];
    float query[DIMS] = {0};

    setup(&f, 64 << 20);
    cr_assert_eq(search(&f, "a", 1, query, 0, hits), SB_EINVAL);
    cr_assert_eq(search(&f, "a", 1, query, 101, hits), SB_EINVAL);
    fill(&f, 10, 9);
    query[3] = NAN; /* gives nothing sensible, but harms nobody */
    cr_assert_geq(search(&f, "a", 1, query, 1, hits), 0);
    teardown(&f);
}

/* ---- embeddings ---- */

static void embed(struct fixture *f, const char *text, float *out)
{
    struct sb_err err = {0};

    cr_assert_eq(local_embed_ops.embed(&f->local, &text, 1, out, &err), 0);
}

static double likeness(struct fixture *f, const char *a, const char *b)
{
    float va[512], vb[512];
    double sum = 0;

    embed(f, a, va);
    embed(f, b, vb);
    for (int i = 0; i < 512; i++)
        sum += (double)va[i] * (double)vb[i];
    return sum;
}

Test(local_embed, vectors_have_unit_length_whatever_the_text)
{
    static const char *const texts[] = {"",
                                        "   ",
                                        "the",
                                        "How much is it?",
                                        "\xff\xfe\x80",
                                        "caf\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac"};
    struct fixture f;
    float out[512];

    setup(&f, 1 << 20);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        double norm = 0;

        embed(&f, texts[i], out);
        for (int j = 0; j < 512; j++)
            norm += (double)out[j] * (double)out[j];
        cr_assert_float_eq(norm, 1.0, 1e-4, "text %zu", i);
    }
    teardown(&f);
}

Test(local_embed, the_same_text_gives_the_same_vector_in_another_instance)
{
    struct fixture a, b;
    float va[512], vb[512];

    setup(&a, 1 << 20);
    setup(&b, 1 << 20);
    embed(&a, "Do you sell gift cards?", va);
    embed(&b, "Do you sell gift cards?", vb);
    cr_assert_eq(memcmp(va, vb, sizeof(va)), 0);
    cr_assert_str_eq(local_embed_ops.space(&a.local), "local-hash-512-v1");
    teardown(&a);
    teardown(&b);
}

Test(local_embed, every_typo_is_nearer_than_any_unrelated_text)
{
    static const char *const typos[][2] = {
        {"annual membership", "anual membreship"},
        {"appointment", "appointmant"},
        {"driving range", "drivng range"},
        {"senior discount", "senoir discount"},
    };
    static const char *const unrelated[][2] = {
        {"annual membership", "leaking kitchen tap"},
        {"annual membership", "opening hours on sunday"},
        {"refund policy", "water heater"},
        {"driving range", "gift cards"},
    };
    struct fixture f;

    setup(&f, 1 << 20);
    for (int i = 0; i < 4; i++) {
        cr_assert_gt(likeness(&f, typos[i][0], typos[i][1]), 0.2, "%s", typos[i][1]);
        cr_assert_lt(fabs(likeness(&f, unrelated[i][0], unrelated[i][1])), 0.15, "%s",
                     unrelated[i][1]);
    }
    teardown(&f);
}

Test(local_embed, case_accents_and_endings_do_not_matter)
{
    struct fixture f;

    setup(&f, 1 << 20);
    cr_assert_gt(likeness(&f, "CAF\xc3\x89 OPENINGS", "cafe opening"), 0.99);
    cr_assert_gt(likeness(&f, "the club\xe2\x80\x99s rules", "the club rule"), 0.99);
    teardown(&f);
}

Test(local_embed, words_of_one_concept_are_near)
{
    struct fixture f;

    setup(&f, 1 << 20);
    cr_assert_gt(likeness(&f, "how much is a visit", "price of a visit"),
                 likeness(&f, "who pays a visit", "colour of a visit"));
    cr_assert_gt(likeness(&f, "directions", "where are you located"), 0.2);
    teardown(&f);
}

Test(local_embed, a_long_batch_lets_the_loop_breathe)
{
    struct fixture f;
    const char *texts[40];
    float *out = malloc(40 * 512 * sizeof(float));
    struct sb_err err = {0};

    setup(&f, 1 << 20);
    for (int i = 0; i < 40; i++)
        texts[i] = "one of many texts";
    cr_assert_eq(local_embed_ops.embed(&f.local, texts, 40, out, &err), 0);
    cr_assert_eq(f.sleeps, 4);
    free(out);
    teardown(&f);
}
