/* SPDX-License-Identifier: Apache-2.0
 *
 * How long a search takes at 1,000, 5,000 and 50,000 passages: the vector scan in the
 * plugin alone, and the whole of sb_know_search() with its two round trips to a real
 * PostgreSQL. Passages are made of words drawn as they are in English (few common ones,
 * many rare), 120 to 330 a passage; questions are six words of one passage.
 *
 *     bench_search [passages ...]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/array.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/task.h"
#include "know/know_impl.h"
#include "store/knowledge.h"
#include "support/knowkit.h"

#define VOCABULARY 12000
#define QUESTIONS 300
#define PER_PAGE 200

static uint64_t seed = 42;

static double draw(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) / 9007199254740992.0;
}

/* Zipf by rejection: rank r comes about as often as 1/r. */
static int draw_word(void)
{
    for (;;) {
        int r = (int)(1.0 / (draw() + 1.0 / VOCABULARY));

        if (r >= 1 && r < VOCABULARY && draw() < 0.9)
            return (r * 7 + (int)(draw() * 6)) % VOCABULARY;
    }
}

/* "babado", "kelumi" ...: each number its own pronounceable word. */
static void spell(int n, char out[16])
{
    static const char consonants[] = "bdfgklmnprstvz", vowels[] = "aeiou";
    int len = 0;

    for (n += 900; n > 0 && len < 12; n /= 70) {
        out[len++] = consonants[n % 14];
        out[len++] = vowels[n % 70 / 14];
    }
    out[len] = '\0';
}

static char *make_text(TALLOC_CTX *mem, int words)
{
    struct sb_buf out;
    char word[16];

    sb_buf_init(&out, mem);
    for (int i = 0; i < words; i++) {
        spell(draw_word(), word);
        sb_buf_printf(&out, "%s%s", i ? i % 12 ? " " : ". " : "", word);
    }
    return out.data;
}

/* Six words in a row from somewhere in the text. */
static char *make_question(TALLOC_CTX *mem, const char *text)
{
    size_t at = (size_t)(draw() * (double)strlen(text) * 0.7);
    const char *from = text + at + strcspn(text + at, " ");
    const char *end = from;

    for (int i = 0; i < 6 && *end; i++)
        end += 1 + strcspn(end + 1, " ");
    return talloc_asprintf(mem, "do you have%.*s", (int)(end - from), from);
}

struct bench {
    struct kit *kit;
    struct sb_agent *agent;
    struct sb_kn_owner owner;
    char **questions;
    int asked;
};

static int add_page(struct bench *b, const char *source, int number, int count,
                    struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_kn_chunk *chunks = sb_array(mem, struct sb_kn_chunk, (size_t)count);
    uint8_t hash[32] = {0};
    bool changed;
    int rc;

    memcpy(hash, &number, sizeof(number));
    for (int i = 0; i < count; i++) {
        chunks[i] = (struct sb_kn_chunk){.kind = SB_PASSAGE_PAGE,
                                         .ordinal = i,
                                         .title = make_text(mem, 3),
                                         .heading = make_text(mem, 3),
                                         .url = "https://bench.example/",
                                         .text = make_text(mem, 120 + i % 210)};
        sb_know_chunk_seal(b->kit->know, mem, &chunks[i]);
    }
    if (b->asked < QUESTIONS)
        for (int i = 0; i < 8 && b->asked < QUESTIONS; i++)
            b->questions[b->asked++] =
                make_question(b->kit->mem, chunks[(i * 23) % count].text);
    const struct sb_kn_page page = {.source_id = source,
                                    .url = talloc_asprintf(mem, "https://b/%d", number),
                                    .title = "Page",
                                    .status = 200,
                                    .state = "read",
                                    .chunk_hash = hash,
                                    .dated = "",
                                    .run = 1};
    rc = sb_kn_page_put(b->kit->db, mem, b->owner, &page, chunks, (size_t)count, NULL,
                        0, &changed, err);
    talloc_free(mem);
    return rc;
}

static int fill(struct bench *b, int passages, struct sb_err *err)
{
    char source[37];
    int rc = sb_kn_source_add(b->kit->db, b->owner, "https://bench.example/", 100,
                              false, source, err);

    for (int done = 0, page = 0; !rc && done < passages; page++) {
        int count = passages - done < PER_PAGE ? passages - done : PER_PAGE;

        rc = add_page(b, source, page, count, err);
        done += count;
    }
    return rc ? rc : sb_know_embed_missing(b->kit->know, b->agent, err);
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Of this process: what a search takes from the loop, however busy the machine is. */
static int64_t cpu_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void report(const char *what, int passages, int64_t *us, int count,
                   int64_t cold_us)
{
    qsort(us, (size_t)count, sizeof(*us), compare);
    printf("%-22s %6d passages  p50 %7.3f ms  p99 %7.3f ms  first (loads) %8.1f ms\n",
           what, passages, (double)us[count / 2] / 1000,
           (double)us[count * 99 / 100] / 1000, (double)cold_us / 1000);
}

static int load_vectors(void *arg,
                        int (*add)(void *sink, int64_t id, const float *vector),
                        void *sink, struct sb_err *err)
{
    struct bench *b = arg;

    return sb_kn_load_vectors(b->kit->db, b->owner,
                              sb_chain_embed_space(b->agent->embed), 512, add, sink,
                              err);
}

static int measure_scan(struct bench *b, int passages, struct sb_err *err)
{
    const struct sb_search_loader loader = {sizeof(loader), b, load_vectors};
    int64_t us[QUESTIONS], cold = 0;

    for (int i = 0; i < b->asked; i++) {
        const char *text = b->questions[i];
        struct sb_search_hit hits[10];
        float *vector;
        int dims;
        int rc = sb_chain_embed(b->agent->embed, b->kit->mem, NULL, &text, 1, &vector,
                                &dims, err);

        if (rc)
            return rc;
        const struct sb_search_query query = {.size = sizeof(query),
                                              .index = "bench",
                                              .generation = passages,
                                              .dimensions = dims,
                                              .vector = vector,
                                              .k = 10,
                                              .loader = &loader};
        int64_t from = sb_clock_mono_us();
        rc = sb_chain_search(b->agent->search, &query, hits, err);
        us[i] = sb_clock_mono_us() - from;
        if (rc < 0)
            return rc;
        cold = i ? cold : us[0];
    }
    report("vector scan, 512 dims", passages, us, b->asked, cold);
    return 0;
}

static int measure_search(struct bench *b, int passages, struct sb_err *err)
{
    int64_t us[QUESTIONS], cpu[QUESTIONS], cold = 0;
    int answered = 0;

    for (int i = 0; i < b->asked; i++) {
        TALLOC_CTX *mem = talloc_new(NULL);
        struct sb_found found = {0};
        int64_t from = sb_clock_mono_us(), cpu_from = cpu_us();
        int rc = sb_know_search(b->kit->know, mem, b->agent, b->questions[i], "", 5,
                                &found, err);

        us[i] = sb_clock_mono_us() - from;
        cpu[i] = cpu_us() - cpu_from;
        answered += found.answerable;
        cold = i ? cold : us[0];
        talloc_free(mem);
        if (rc)
            return rc;
    }
    report("whole search", passages, us, b->asked, cold);
    report("  of it here (CPU)", passages, cpu, b->asked, cpu[0]);
    if (answered < b->asked / 2)
        printf("  only %d of %d questions found their passage\n", answered, b->asked);
    return 0;
}

static int bench(struct kit *kit, void *arg)
{
    static const struct sb_template tpl = {.name = "bench"};
    const int *sizes = arg;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (; *sizes; sizes++) {
        struct bench b = {.kit = kit};
        struct sb_err err = {0};
        char slug[32];

        snprintf(slug, sizeof(slug), "bench-%d", *sizes);
        b.questions = sb_array(kit->mem, char *, QUESTIONS);
        b.agent = kit_agent(kit, slug, &tpl, &err);
        if (b.agent)
            b.owner = sb_know_owner(b.agent);
        if (!b.agent || fill(&b, *sizes, &err) || measure_scan(&b, *sizes, &err) ||
            measure_search(&b, *sizes, &err)) {
            fprintf(stderr, "%s\n", err.msg);
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    int sizes[16] = {1000, 5000, 50000};

    for (int i = 1; i < argc && i < 15; i++) {
        sizes[i - 1] = (int)strtol(argv[i], NULL, 10);
        sizes[i] = 0;
    }
    return kit_main(bench, sizes);
}
