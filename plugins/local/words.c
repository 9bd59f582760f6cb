/* SPDX-License-Identifier: Apache-2.0
 *
 * Folding, stemming (libstemmer, English) and the concept table. The table is small on
 * purpose: it holds what every trade is asked, and leaves the words of one industry to
 * the templates' synonyms.
 */
#include "words.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>

/* One line a concept; '_' joins two words that count only side by side. */
static const char *const concepts[] = {
    "price prices cost costs fee fees charge charges rate rates pricing expensive "
    "cheap "
    "afford how_much run_me",
    "hours open opens opening close closes closing closed shut schedule what_time",
    "address located location directions where find_you get_there",
    "phone telephone number call ring contact reach",
    "email mail e-mail",
    "book booking bookings reserve reservation reservations appointment appointments "
    "schedule slot",
    "cancel cancellation cancelling reschedule postpone no_show",
    "refund refunds refundable money_back",
    "pay payment payments card credit debit cash check cheque invoice",
    "financing finance installment installments payment_plan monthly",
    "discount discounts deal deals promotion coupon special specials offer",
    "warranty guarantee guaranteed warranties",
    "insurance insured insure coverage cover",
    "licensed license licence certified bonded credentials qualified",
    "parking park garage lot",
    "job jobs hiring career careers employment work_here vacancy",
    "child children kid kids junior juniors youth toddler",
    "senior seniors elderly older",
    "dog dogs pet pets animal animals cat cats puppy",
    "food eat meal meals restaurant dining menu lunch dinner breakfast grill",
    "drink drinks bar beer wine alcohol",
    "wheelchair accessible accessibility disabled handicap disability",
    "emergency urgent emergencies urgently after_hours same_day",
    "fix repair repairs mend broken fixing",
    "install installation installing replace replacement fit",
    "estimate estimates quote quotes quotation free_estimate",
    "class classes lesson lessons course instruction instructor teach coach coaching",
    "party wedding weddings event events banquet reception celebration",
    "gift gifts voucher vouchers certificate certificates",
    "member members membership memberships join joining",
    "staff team owner employee employees who_runs",
    "rent rental rentals hire borrow lease",
    "beginner beginners novice first_time new_to",
    "dress attire wear clothes clothing jeans outfit",
    "tip tipping gratuity",
    "wait waiting how_long duration last",
    "area areas serve served service_area travel_to come_out",
    "deposit deposits down_payment upfront",
    "weather rain raining storm lightning rainy",
    "covid mask masks vaccinated",
    "wifi internet wi-fi",
    "bathroom restroom toilet toilets washroom",
    "weekend saturday sunday",
    "holiday holidays christmas thanksgiving easter",
    "clean cleaning cleaner cleaned wash washing",
    "delivery deliver delivered ship shipping",
    "buy purchase shop store sell sold",
    "hair haircut trim cut barber",
};
#define CONCEPT_COUNT (sizeof(concepts) / sizeof(concepts[0]))

static const char *const stop_words[] = {
    "a",     "about", "an",    "and",  "any",    "are",   "as",    "at",   "be",
    "been",  "but",   "by",    "can",  "could",  "did",   "do",    "does", "for",
    "from",  "get",   "got",   "had",  "has",    "have",  "hello", "hey",  "hi",
    "how",   "i",     "if",    "im",   "in",     "is",    "it",    "its",  "just",
    "know",  "like",  "may",   "me",   "much",   "my",    "need",  "no",   "not",
    "of",    "on",    "or",    "our",  "please", "so",    "some",  "tell", "thanks",
    "that",  "the",   "their", "them", "then",   "there", "they",  "this", "to",
    "too",   "up",    "us",    "want", "was",    "we",    "were",  "what", "when",
    "where", "which", "who",   "will", "with",   "would", "yes",   "you",  "your",
};

#define SLOTS 1024 /* a power of two, well above the number of entries */
struct slot {
    uint64_t hash;
    uint16_t concept; /* 0: the slot is free */
};

/* The words of a language are few and come again: stemming is the dear part. */
#define STEMS 1024 /* a power of two */
struct stem_slot {
    char text[LOCAL_WORD_MAX]; /* "": free */
    char stem[LOCAL_WORD_MAX];
    uint64_t hash;
};

struct local_words {
    struct sb_stemmer *stemmer;
    struct stem_slot stems[STEMS];
    struct slot singles[SLOTS], pairs[SLOTS];
    struct slot stops[SLOTS];
};

uint64_t local_hash(uint64_t seed, const void *data, size_t len)
{
    const unsigned char *p = data;
    uint64_t h = 0xcbf29ce484222325u ^ (seed * 0x9e3779b97f4a7c15u);

    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * 0x100000001b3u;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return h ^ (h >> 32);
}

static uint16_t slot_get(const struct slot *slots, uint64_t hash)
{
    for (size_t i = hash % SLOTS; slots[i].concept; i = (i + 1) % SLOTS)
        if (slots[i].hash == hash)
    return slots[i].concept;
    return 0;
}

/* The first concept that claims a word keeps it. */
static void slot_put(struct slot *slots, uint64_t hash, uint16_t concept)
{
    size_t i = hash % SLOTS;

    while (slots[i].concept) {
        if (slots[i].hash == hash)
            return;
        i = (i + 1) % SLOTS;
    }
    slots[i] = (struct slot){hash, concept};
}

static uint64_t stem_anew(struct local_words *words, const char *text, char *stem)
{
    size_t len = strlen(text);
    const char *out = text;

    if (text[0] < '0' || text[0] > '9') {
        const sb_symbol *s =
            sb_stemmer_stem(words->stemmer, (const sb_symbol *)text, (int)len);

        if (s) {
            out = (const char *)s;
            len = (size_t)sb_stemmer_length(words->stemmer);
        }
    }
    if (len >= LOCAL_WORD_MAX)
        len = LOCAL_WORD_MAX - 1;
    memmove(stem, out, len);
    stem[len] = '\0';
    return local_hash(1, stem, len);
}

static uint64_t stem_word(struct local_words *words, const char *text, char *stem)
{
    size_t len = strlen(text);
    struct stem_slot *slot = &words->stems[local_hash(5, text, len) % STEMS];

    if (len >= LOCAL_WORD_MAX)
        return stem_anew(words, text, stem);
    if (!slot->text[0] || strcmp(slot->text, text)) {
        slot->hash = stem_anew(words, text, slot->stem);
        memcpy(slot->text, text, len + 1);
    }
    memcpy(stem, slot->stem, LOCAL_WORD_MAX);
    return slot->hash;
}

static uint64_t pair_hash(uint64_t a, uint64_t b)
{
    uint64_t both[2] = {a, b};

    return local_hash(2, both, sizeof(both));
}

static void add_entry(struct local_words *words, const char *entry, uint16_t concept)
{
    char text[LOCAL_WORD_MAX], stem[LOCAL_WORD_MAX];
    char *second;
    size_t len = strlen(entry);

    memcpy(text, entry, len + 1);
    second = strchr(text, '_');
    if (second)
        *second++ = '\0';
    uint64_t first_hash = stem_word(words, text, stem);
    if (second)
        slot_put(words->pairs, pair_hash(first_hash, stem_word(words, second, stem)),
                 concept);
    else
        slot_put(words->singles, first_hash, concept);
}

static void add_concept(struct local_words *words, const char *line, uint16_t concept)
{
    char entry[LOCAL_WORD_MAX];

    while (*line) {
        size_t len = strcspn(line, " ");

        if (len > 0 && len < sizeof(entry)) {
            memcpy(entry, line, len);
            entry[len] = '\0';
            add_entry(words, entry, concept);
        }
        line += len + (line[len] == ' ');
    }
}

struct local_words *local_words_new(void)
{
    struct local_words *words = calloc(1, sizeof(*words));

    if (!words)
        return NULL;
    words->stemmer = sb_stemmer_new("english", NULL);
    if (!words->stemmer) {
        free(words);
        return NULL;
    }
    for (size_t i = 0; i < CONCEPT_COUNT; i++)
        add_concept(words, concepts[i], (uint16_t)(i + 1));
    for (size_t i = 0; i < sizeof(stop_words) / sizeof(stop_words[0]); i++)
        slot_put(words->stops, local_hash(3, stop_words[i], strlen(stop_words[i])), 1);
    return words;
}

void local_words_free(struct local_words *words)
{
    if (!words)
        return;
    sb_stemmer_delete(words->stemmer);
    free(words);
}

char local_fold_latin(uint32_t cp)
{
    static const char low[] = "aaaaaaaceeeeiiiidnooooo\0ouuuuyysaaaaaaaceeeeiiii"
                              "dnooooo\0ouuuuyyy";
    static const char ext[] =
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
        "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    if (cp >= 0xc0 && cp <= 0xff)
        return low[cp - 0xc0];
    if (cp >= 0x100 && cp <= 0x17f && cp - 0x100 < sizeof(ext) - 1)
        return ext[cp - 0x100];
    return 0;
}

size_t local_next_char(const char *p, const char *end, uint32_t *cp)
{
    unsigned char c = (unsigned char)*p;
    size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

    *cp = c;
    if (need == 1 || (size_t)(end - p) < need)
        return 1;
    *cp = c & (0xffu >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if (((unsigned char)p[i] & 0xc0) != 0x80)
            return 1;
        *cp = (*cp << 6) | ((unsigned char)p[i] & 0x3f);
    }
    return need;
}

static bool is_word_char(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') ||
           (cp >= 'A' && cp <= 'Z') || (cp >= 0xc0 && cp < 0x2000) ||
           (cp >= 0x3040 && cp != 0xfffd);
}

static bool is_apostrophe(uint32_t cp)
{
    return cp == '\'' || cp == 0x2019;
}

static size_t put_folded(char *out, size_t len, const char *p, size_t n, uint32_t cp)
{
    if (n == 1 || cp < 0x80) {
        if (len + 1 < LOCAL_WORD_MAX)
            out[len++] = (char)(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp);
        return len;
    }
    char plain = local_fold_latin(cp);
    if (plain && len + 1 < LOCAL_WORD_MAX) {
        out[len++] = plain;
    } else if (!plain && len + n < LOCAL_WORD_MAX) {
        memcpy(out + len, p, n);
        len += n;
    }
    return len;
}

/* Copies one word; an apostrophe inside ends what counts ("club's" is "club"). */
static const char *read_word(const char *p, const char *end, char *out)
{
    size_t len = 0, n;
    uint32_t cp;
    bool cut = false;

    for (; p < end; p += n) {
        n = local_next_char(p, end, &cp);
        if (is_apostrophe(cp))
            cut = true;
        else if (!is_word_char(cp))
            break;
        else if (!cut)
            len = put_folded(out, len, p, n, cp);
    }
    out[len] = '\0';
    return p;
}

static float weigh(const struct local_words *words, const struct local_word *word)
{
    if (slot_get(words->stops, local_hash(3, word->text, strlen(word->text))))
        return 0.08f;
    if (!word->text[1])
        return 0.3f;
    return 1.0f;
}

bool local_words_next(struct local_words *words, const char **cursor, const char *end,
                      struct local_word *word)
{
    const char *p = *cursor;
    uint32_t cp;

    for (;;) {
        while (p < end) {
            size_t n = local_next_char(p, end, &cp);

            if (is_word_char(cp))
                break;
            p += n;
        }
        if (p >= end) {
            *cursor = end;
            return false;
        }
        p = read_word(p, end, word->text);
        if (word->text[0])
            break;
    }
    *cursor = p;
    word->stem_hash = stem_word(words, word->text, word->stem);
    word->concept = slot_get(words->singles, word->stem_hash);
    word->weight = weigh(words, word);
    return true;
}

uint16_t local_words_pair(const struct local_words *words, const struct local_word *a,
                          const struct local_word *b)
{
    return slot_get(words->pairs, pair_hash(a->stem_hash, b->stem_hash));
}
