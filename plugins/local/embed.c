/* SPDX-License-Identifier: Apache-2.0
 *
 * Role embed: hashed features, no model and no network. Stems, pairs of stems,
 * concepts and letter n-grams each fall on a signed place of the vector, so that the
 * same words, near words and misspelt words come out near. The same text gives the
 * same vector on every machine; a change to what is hashed needs a new space name.
 */
#include "local.h"
#include "words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEATURE_STEM = 11,
    FEATURE_PAIR,
    FEATURE_CONCEPT,
    FEATURE_GRAM,
    FEATURE_NONE,
    FEATURE_PLACE
};

#define WEIGHT_PAIR 0.5f
#define WEIGHT_CONCEPT 0.7f
#define WEIGHT_GRAMS 0.9f /* of all n-grams of one word together */
#define PLACES 4          /* of one feature in the vector */
#define MAX_WORDS 4000    /* of one text; more adds nothing to a hashed vector */
#define YIELD_EVERY 8     /* texts between two breaths of the loop */

struct local_embed {
    struct local_words *words;
    char space[40];
    int dimensions;
};

/* A feature of the text and how often it came, for the sub-linear count. */
struct feature {
    uint64_t hash; /* 0: free */
    float weight;
    int count;
};

struct bag {
    struct feature *slots;
    size_t size, used; /* size is a power of two */
};

static struct local_embed *get_embed(struct local *local)
{
    struct local_embed *embed = local->embed;

    if (embed)
        return embed;
    embed = calloc(1, sizeof(*embed));
    if (!embed)
        return NULL;
    embed->words = local_words_new();
    if (!embed->words) {
        free(embed);
        return NULL;
    }
    embed->dimensions = (int)local->conf->embed_dimensions;
    snprintf(embed->space, sizeof(embed->space), "local-hash-%d-v1", embed->dimensions);
    local->embed = embed;
    return embed;
}

void local_embed_free(struct local_embed *embed)
{
    if (!embed)
        return;
    local_words_free(embed->words);
    free(embed);
}

static struct feature *bag_slot(struct bag *bag, uint64_t hash)
{
    size_t i = hash & (bag->size - 1);

    while (bag->slots[i].hash && bag->slots[i].hash != hash)
        i = (i + 1) & (bag->size - 1);
    return &bag->slots[i];
}

static int bag_grow(struct bag *bag)
{
    struct bag bigger = {.size = bag->size ? bag->size * 2 : 512};

    bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
    if (!bigger.slots)
        return SB_ENOMEM;
    for (size_t i = 0; i < bag->size; i++)
        if (bag->slots[i].hash)
            *bag_slot(&bigger, bag->slots[i].hash) = bag->slots[i];
    bigger.used = bag->used;
    free(bag->slots);
    *bag = bigger;
    return 0;
}

static int bag_add(struct bag *bag, uint64_t hash, float weight)
{
    if (bag->used * 2 >= bag->size && bag_grow(bag))
        return SB_ENOMEM;
    hash |= 1;
    struct feature *feature = bag_slot(bag, hash);
    if (!feature->hash) {
        feature->hash = hash;
        bag->used++;
    }
    feature->count++;
    if (weight > feature->weight)
        feature->weight = weight;
    return 0;
}

/* Letter trigrams of "<word>" survive a slip of the finger. */
static int add_grams(struct bag *bag, const struct local_word *word)
{
    char framed[LOCAL_WORD_MAX + 2];
    size_t len = strlen(word->stem);

    if (word->weight < 0.5f || len < 3 ||
        (word->stem[0] >= '0' && word->stem[0] <= '9'))
        return 0;
    framed[0] = '<';
    memcpy(framed + 1, word->stem, len);
    framed[len + 1] = '>';
    float weight = WEIGHT_GRAMS / sqrtf((float)len);
    for (size_t i = 0; i + 3 <= len + 2; i++)
        if (bag_add(bag, local_hash(FEATURE_GRAM, framed + i, 3), weight))
            return SB_ENOMEM;
    return 0;
}

static int add_concept(struct bag *bag, uint16_t concept)
{
    return concept
               ? bag_add(bag, local_hash(FEATURE_CONCEPT, &concept, sizeof(concept)),
                         WEIGHT_CONCEPT)
               : 0;
}

static int add_pair(struct bag *bag, uint64_t a, uint64_t b)
{
    uint64_t both[2] = {a, b};

    return a ? bag_add(bag, local_hash(FEATURE_PAIR, both, sizeof(both)), WEIGHT_PAIR)
             : 0;
}

static int collect(struct local_embed *embed, const char *text, struct bag *bag)
{
    const char *end = text + strlen(text);
    struct local_word word, before = {.stem_hash = 0};
    uint64_t content = 0; /* the last word that carries something */
    int rc = 0;

    for (int i = 0; i < MAX_WORDS && !rc; i++) {
        if (!local_words_next(embed->words, &text, end, &word))
            break;
        rc = bag_add(bag, local_hash(FEATURE_STEM, word.stem, strlen(word.stem)),
                     word.weight);
        if (!rc)
            rc = add_grams(bag, &word);
        if (!rc)
            rc = add_concept(bag, word.concept);
        if (!rc && i > 0)
            rc = add_concept(bag, local_words_pair(embed->words, &before, &word));
        if (!rc && word.weight >= 0.5f) {
            rc = add_pair(bag, content, word.stem_hash);
            content = word.stem_hash;
        }
        before = word;
    }
    return rc;
}

/* Spreads a feature over several places, so that no single collision makes two texts
 * look alike. */
static void scatter(const struct feature *feature, float *out, int dimensions)
{
    float value = feature->weight * (1 + logf((float)feature->count));
    uint64_t bits = feature->hash;

    for (int i = 0; i < PLACES; i++) {
        bits = local_hash(FEATURE_PLACE, &bits, sizeof(bits));
        size_t place = (size_t)((bits >> 8) % (uint64_t)dimensions);

        out[place] += (bits & 1) ? value : -value;
    }
}

static void project(const struct bag *bag, float *out, int dimensions)
{
    double norm = 0;

    memset(out, 0, (size_t)dimensions * sizeof(*out));
    for (size_t i = 0; i < bag->size; i++)
        if (bag->slots[i].hash)
            scatter(&bag->slots[i], out, dimensions);
    for (int i = 0; i < dimensions; i++)
        norm += (double)out[i] * (double)out[i];
    if (norm < 1e-12) { /* no words at all: a place of its own */
        out[local_hash(FEATURE_NONE, "", 0) % (uint64_t)dimensions] = 1;
        return;
    }
    float scale = (float)(1 / sqrt(norm));
    for (int i = 0; i < dimensions; i++)
        out[i] *= scale;
}

static int embed_one(struct local_embed *embed, const char *text, float *out)
{
    struct bag bag = {0};
    int rc = collect(embed, text, &bag);

    if (!rc)
        project(&bag, out, embed->dimensions);
    free(bag.slots);
    return rc;
}

static int run_embed(void *state, const char *const *texts, size_t count, float *out,
                     struct sb_err *err)
{
    struct local *local = state;
    struct local_embed *embed = get_embed(local);
    int rc;

    if (!embed)
        return sb_fail(err, SB_ENOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && i % YIELD_EVERY == 0) {
            rc = local->host->sleep_ms(local->host->self, 0);
            if (rc)
                return sb_fail(err, rc, "embedding was interrupted");
        }
        if (embed_one(embed, texts[i], out + i * (size_t)embed->dimensions))
            return sb_fail(err, SB_ENOMEM, "out of memory");
    }
    return 0;
}

static const char *get_space(void *state)
{
    struct local_embed *embed = get_embed(state);

    return embed ? embed->space : "";
}

static int get_dimensions(void *state)
{
    const struct local *local = state;

    return (int)local->conf->embed_dimensions;
}

const struct sb_embed_ops local_embed_ops = {
    .size = sizeof(struct sb_embed_ops),
    .space = get_space,
    .dimensions = get_dimensions,
    .batch = 64,
    .embed = run_embed,
};
