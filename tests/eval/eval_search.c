/* SPDX-License-Identifier: Apache-2.0
 *
 * How well questions about a website find their answers: crawls the site with the real
 * crawler, asks every question, and counts. Run by tests/eval/run.mjs, which serves the
 * sites.
 *
 *     eval_search [-v] [-f] [-n NAME] [-s SYNONYMS]... [-d FEATURES] URL QUESTIONS.json
 * [VERTICAL]
 *
 * A question is {"ask", "pages": [paths], "match": regex}; without pages nothing on the
 * site answers it. -v lists what went wrong, -f puts the template's FAQs in, -d appends
 * one line a passage for fit.mjs.
 */
#include <jansson.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/array.h"
#include "know/facts.h"
#include "know/know_impl.h"
#include "know/score.h"
#include "store/knowledge.h"
#include "support/knowkit.h"

#define PASSAGES 18
#define MAX_SYNONYMS 100

struct eval {
    struct kit *kit;
    struct sb_agent *agent;
    const char *url, *questions, *vertical, *dump_path, *name;
    const char *synonyms[MAX_SYNONYMS + 1];
    size_t synonym_count;
    bool verbose, with_faqs;
    FILE *dump;
    int asked, first, fifth, text_first, text_fifth, wrong_refusals, right;
    int unanswerable, passed;
};

/* ---- one question ---- */

struct asked {
    const char *text;
    const json_t *pages;
    regex_t match;
    bool has_match;
};

/* POSIX has no \s and \d. */
static char *posix_regex(TALLOC_CTX *mem, const char *from)
{
    char *out = talloc_strdup(mem, "");

    for (; *from; from++) {
        if (from[0] == '\\' && from[1] == 's') {
            out = talloc_strdup_append(out, "[[:space:]]");
            from++;
        } else if (from[0] == '\\' && from[1] == 'd') {
            out = talloc_strdup_append(out, "[0-9]");
            from++;
        } else {
            out = talloc_asprintf_append(out, "%c", *from);
        }
    }
    return out;
}

static void read_question(TALLOC_CTX *mem, const json_t *from, struct asked *asked)
{
    const char *match = json_string_value(json_object_get(from, "match"));

    memset(asked, 0, sizeof(*asked));
    asked->text = json_string_value(json_object_get(from, "ask"));
    asked->pages = json_object_get(from, "pages");
    if (match && !regcomp(&asked->match, posix_regex(mem, match),
                          REG_EXTENDED | REG_ICASE | REG_NOSUB))
        asked->has_match = true;
    else if (match)
        fprintf(stderr, "cannot read the pattern %s\n", match);
}

static bool is_page(const struct eval *e, const struct asked *asked, const char *url)
{
    size_t len = strlen(e->url), i;
    const json_t *page;

    if (strncmp(url, e->url, len) != 0)
        return false;
    json_array_foreach(asked->pages, i,
                       page) if (strcmp(url + len, json_string_value(page)) ==
                                 0) return true;
    return false;
}

static bool has_answer(const struct asked *asked, const struct sb_passage *passage)
{
    return !asked->has_match || regexec(&asked->match, passage->text, 0, NULL, 0) == 0;
}

/* ---- features, for fitting ---- */

static float cosine(struct eval *e, TALLOC_CTX *mem, const char *a, const char *b)
{
    const char *texts[] = {a, b};
    struct sb_err err = {0};
    float *v, sum = 0;
    int dims;

    if (sb_chain_embed(e->agent->embed, mem, NULL, texts, 2, &v, &dims, &err))
        return 0;
    for (int i = 0; i < dims; i++)
        sum += v[i] * v[dims + i];
    return sum;
}

/* 1: answers it, 0: does not, -1: might, so nothing is learnt from it. */
static int label(const struct eval *e, const struct asked *asked,
                 const struct sb_passage *p)
{
    bool page = is_page(e, asked, p->url);

    if (json_array_size(asked->pages) == 0)
        return 0;
    if (has_answer(asked, p))
        return page ? 1 : -1;
    return 0;
}

static void print_features(const struct eval *e, int number, int answerable,
                           int answers, const struct sb_features *f)
{
    const float values[] = {f->window, f->close,    f->body,    f->head,   f->whole,
                            f->found,  f->heaviest, f->unknown, f->cosine, f->asked,
                            f->fits,   f->near,     f->size};

    fprintf(e->dump, "%s,%d,%d,%d", e->name, number, answerable, answers);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        fprintf(e->dump, ",%.4f", (double)values[i]);
    fputc('\n', e->dump);
}

static void dump_features(struct eval *e, const struct asked *asked,
                          const struct sb_found *found, int number)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_index_hit hits[1];
    struct sb_index_view view;
    struct sb_know_memory *memory;
    struct sb_err err = {0};
    struct sb_question *question;

    if (sb_know_remember(e->kit->know, e->agent, 1, &memory, &err)) {
        talloc_free(mem);
        return;
    }
    question =
        sb_question_read(mem, e->kit->know->words, memory->lexicon, asked->text, "");
    sb_index_search(memory->index, question, 1, hits, &view);
    for (size_t i = 0; i < found->count; i++) {
        const struct sb_passage *p = &found->passages[i];
        const char *text =
            talloc_asprintf(mem, "%s\n%s\n\n%s", p->title, p->heading, p->text);
        const struct sb_candidate candidate = {
            .kind = p->kind,
            .asked = p->kind == SB_PASSAGE_FAQ || strchr(p->heading, '?'),
            .title = p->title,
            .heading = p->heading,
            .text = p->text,
            .also = p->kind == SB_PASSAGE_FACT ? p->title : "",
            .holds = sb_text_holds(p->text),
            .cosine = cosine(e, mem, asked->text, text)};
        struct sb_features f;
        int answers = label(e, asked, p);

        sb_score_features(e->kit->know->words, question, &view, &candidate, &f);
        if (answers >= 0)
            print_features(e, number, json_array_size(asked->pages) > 0, answers, &f);
    }
    sb_know_release(e->kit->know, memory);
    talloc_free(mem);
}

/* ---- counting ---- */

/* What the question was taken for: each concept with its weight, '!' where no passage
 * has it. */
static void print_concepts(const struct eval *e, const char *text)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_index_hit hits[1];
    struct sb_index_view view;
    struct sb_know_memory *memory;
    struct sb_err err = {0};
    struct sb_question *q;

    if (sb_know_remember(e->kit->know, e->agent, 1, &memory, &err)) {
        talloc_free(mem);
        return;
    }
    q = sb_question_read(mem, e->kit->know->words, memory->lexicon, text, "");
    sb_index_search(memory->index, q, 1, hits, &view);
    printf("               ");
    for (size_t i = 0; i < q->count; i++)
        printf(" %s%s %.2f", q->concepts[i].word, view.known[i] ? "" : "!",
               (double)view.weight[i]);
    putchar('\n');
    sb_know_release(e->kit->know, memory);
    talloc_free(mem);
}

static void complain(const struct eval *e, const char *what, const struct asked *asked,
                     const struct sb_found *found)
{
    const struct sb_passage *p = found->passages;

    if (!e->verbose)
        return;
    printf("  %-13s %.2f  %s\n", what, found->best, asked->text);
    print_concepts(e, asked->text);
    for (size_t i = 0; i < found->count && i < 2; i++)
        printf("                %.2f    %s | %s | %.90s\n", p[i].score,
               p[i].url +
                   (strncmp(p[i].url, e->url, strlen(e->url)) ? 0 : strlen(e->url)),
               p[i].heading, p[i].text);
}

static void count_answerable(struct eval *e, const struct asked *asked,
                             const struct sb_found *found)
{
    int page_at = -1, text_at = -1;

    for (int i = 0; i < (int)found->count && i < 5; i++) {
        if (page_at < 0 && is_page(e, asked, found->passages[i].url))
            page_at = i;
        if (text_at < 0 && has_answer(asked, &found->passages[i]))
            text_at = i;
    }
    e->asked++;
    e->first += page_at == 0;
    e->fifth += page_at >= 0;
    e->text_first += text_at == 0;
    e->text_fifth += text_at >= 0;
    e->wrong_refusals += !found->answerable;
    e->right += found->answerable && text_at == 0;
    if (!found->answerable)
        complain(e, "refused", asked, found);
    else if (text_at != 0)
        complain(e, text_at < 0 ? "not found" : "not first", asked, found);
}

static int ask(struct eval *e, const json_t *from, int number, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_found found = {0};
    struct asked asked;
    int rc;

    read_question(mem, from, &asked);
    rc = sb_know_search(e->kit->know, mem, e->agent, asked.text, "", PASSAGES, &found,
                        err);
    if (!rc && json_array_size(asked.pages) > 0) {
        count_answerable(e, &asked, &found);
    } else if (!rc) {
        e->unanswerable++;
        e->passed += found.answerable;
        if (found.answerable)
            complain(e, "PASSED", &asked, &found);
    }
    if (!rc && e->dump)
        dump_features(e, &asked, &found, number);
    if (asked.has_match)
        regfree(&asked.match);
    talloc_free(mem);
    return rc;
}

static double share(int part, int whole)
{
    return whole ? (double)part / whole : 0;
}

static int ask_all(struct eval *e, struct sb_err *err)
{
    json_error_t why;
    json_t *list = json_load_file(e->questions, 0, &why), *one;
    size_t i;
    int rc = 0;

    if (!json_is_array(list))
        return sb_fail(err, SB_EINVAL, "%s: %s", e->questions, why.text);
    json_array_foreach(list, i, one) if (!rc) rc = ask(e, one, (int)i, err);
    json_decref(list);
    printf("{\"questions\": %d, \"page_at_1\": %.3f, \"page_at_5\": %.3f, "
           "\"answer_at_1\": %.3f, \"answer_at_5\": %.3f, \"wrong_refusals\": %.3f, "
           "\"right\": %.3f, \"unanswerable\": %d, \"passed\": %.3f}\n",
           e->asked, share(e->first, e->asked), share(e->fifth, e->asked),
           share(e->text_first, e->asked), share(e->text_fifth, e->asked),
           share(e->wrong_refusals, e->asked), share(e->right, e->asked),
           e->unanswerable, share(e->passed, e->unanswerable));
    return rc;
}

/* ---- the way through ---- */

static const struct sb_template *load_template(struct eval *e, struct sb_err *err)
{
    static const char *const dirs[] = {SB_SRCDIR "/verticals", NULL};
    const struct sb_template *loaded = NULL;
    struct sb_template *tpl = talloc_zero(e->kit->mem, struct sb_template);
    const char **all;
    size_t count = 0;

    if (e->vertical) {
        if (sb_template_load(e->kit->mem, dirs, e->vertical, NULL, &loaded, err))
            return NULL;
        *tpl = *loaded;
    }
    if (!e->with_faqs)
        tpl->faq_count = 0;
    while (tpl->synonyms && tpl->synonyms[count])
        count++;
    all = sb_array(e->kit->mem, const char *, count + e->synonym_count + 1);
    for (size_t i = 0; i < count; i++)
        all[i] = tpl->synonyms[i];
    for (size_t i = 0; i < e->synonym_count; i++)
        all[count + i] = e->synonyms[i];
    tpl->synonyms = all;
    return tpl;
}

static int learn(struct eval *e, struct sb_err *err)
{
    struct sb_crawl_status status;
    char id[37];
    int rc = sb_know_sync_faqs(e->kit->know, e->agent, err);

    if (!rc)
        rc = sb_know_add_site(e->kit->know, e->agent, e->url, 200, id, err);
    if (!rc)
        rc = sb_know_crawl(e->kit->know, e->agent, id, NULL, NULL, err);
    if (!rc)
        rc = sb_know_status(e->kit->know, e->agent, id, &status, err);
    if (!rc)
        fprintf(stderr, "%d pages read, %d failed, %d chunks, %d contradictions\n",
                status.read, status.failed, status.chunks, status.contradictions);
    return rc;
}

static int eval(struct kit *kit, void *arg)
{
    struct eval *e = arg;
    struct sb_err err = {0};
    const struct sb_template *tpl;
    struct sb_business business;

    e->kit = kit;
    tpl = load_template(e, &err);
    if (!tpl)
        goto fail;
    e->agent = kit_agent(kit, "eval", tpl, &err);
    if (!e->agent)
        goto fail;
    business = *e->agent->business; /* knows nothing but what the site says */
    business.phone = "";
    memset(business.week, 0, sizeof(business.week));
    e->agent->business = &business;
    if (learn(e, &err) || ask_all(e, &err))
        goto fail;
    return 0;
fail:
    fprintf(stderr, "%s\n", err.msg);
    return 1;
}

int main(int argc, char **argv)
{
    struct eval e = {.name = "site"};
    int option, status;

    while ((option = getopt(argc, argv, "vfs:d:n:")) != -1) {
        if (option == 'v')
            e.verbose = true;
        else if (option == 'f')
            e.with_faqs = true;
        else if (option == 's' && e.synonym_count < MAX_SYNONYMS)
            e.synonyms[e.synonym_count++] = optarg;
        else if (option == 'd')
            e.dump_path = optarg;
        else if (option == 'n')
            e.name = optarg;
        else
            return 2;
    }
    if (argc - optind < 2) {
        fprintf(stderr, "usage: eval_search [-v] [-f] [-s SYNONYMS] [-d FILE] URL "
                        "QUESTIONS.json [VERTICAL]\n");
        return 2;
    }
    e.url = argv[optind];
    e.questions = argv[optind + 1];
    e.vertical = argc - optind > 2 ? argv[optind + 2] : NULL;
    if (e.dump_path)
        e.dump = fopen(e.dump_path, "a");
    status = kit_main(eval, &e);
    if (e.dump)
        fclose(e.dump);
    return status;
}
