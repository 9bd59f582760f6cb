/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a question: the words that say what it is about, with the template's synonyms,
 * and the kind of answer that it wants.
 */
#include "brain_question.h"

#include <ctype.h>
#include <string.h>

/* ---- what a text holds ---- */

static bool is_price_at(const char *p)
{
    if (*p == '$' && isdigit((unsigned char)p[1 + strspn(p + 1, " ")]))
        return true;
    if (isdigit((unsigned char)*p) && p[1 + strspn(p + 1, " ")] == '%')
        return true;
    return strncmp(p, "€", 3) == 0 || strncmp(p, "£", 2) == 0;
}

bool text_has_amount(const char *text)
{
    for (; *text; text++)
        if (is_price_at(text))
            return true;
    return false;
}

static bool holds_price(const char *text, const char *words)
{
    return text_has_amount(text) ||
           has_any(words, LIST("free", "complimentary", "no charge", "no cost",
                               "no extra", "dollars", "waived", "included", "usd",
                               "percent off", "at no"));
}

/* "7 am", "7:30pm", "19:00", "noon". */
static bool holds_time(const char *text, const char *words)
{
    const char *p;

    for (p = text; *p; p++) {
        const char *q = p;

        if (!isdigit((unsigned char)*p) || (p > text && isalnum((unsigned char)p[-1])))
            continue;
        q += strspn(q, "0123456789");
        if (*q == ':' && isdigit((unsigned char)q[1]))
            return true;
        q += strspn(q, " ");
        if ((tolower((unsigned char)*q) == 'a' || tolower((unsigned char)*q) == 'p') &&
            (tolower((unsigned char)q[1]) == 'm' || q[1] == '.'))
            return true;
    }
    return has_any(words, LIST("noon", "midnight", "dawn", "dusk", "sunrise", "sunset",
                               "24 hours", "24 7", "around the clock", "closed",
                               "o clock", "day and night"));
}

static bool holds_phone(const char *text)
{
    size_t digits = 0;

    for (; *text; text++) {
        if (isdigit((unsigned char)*text))
            digits++;
        else if (!strchr(" -.()+/", *text))
            digits = 0;
        if (digits >= 7)
            return true;
    }
    return false;
}

static bool holds_digit(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

static const char *const number_words[] = {
    "one",    "two",    "three",    "four",      "five",    "six",      "seven",
    "eight",  "nine",   "ten",      "eleven",    "twelve",  "fifteen",  "eighteen",
    "twenty", "thirty", "forty",    "fifty",     "hundred", "thousand", "dozen",
    "single", "both",   "no limit", "unlimited", NULL};
static const char *const day_words[] = {
    "monday*",    "tuesday*", "wednesday*", "thursday*", "friday*",    "saturday*",
    "sunday*",    "mon",      "tue",        "tues",      "wed",        "thu",
    "thur",       "thurs",    "fri",        "sat",       "sun",        "weekday*",
    "weekend*",   "daily",    "every day",  "january",   "february",   "march",
    "april",      "may",      "june",       "july",      "august",     "september",
    "october",    "november", "december",   "spring",    "summer",     "fall",
    "autumn",     "winter",   "today",      "tomorrow",  "year round", "season*",
    "annual*",    "monthly",  "weekly",     "holiday*",  "morning*",   "evening*",
    "afternoon*", "night*",   "any time",   "anytime",   "week*",      "month*",
    "before",     "after",    "within",     "days",      NULL};
static const char *const span_words[] = {
    "minute*", "min",    "mins",  "hour*",    "hr",        "hrs",      "day*",
    "week*",   "month*", "year*", "same day", "overnight", "lifetime", NULL};
static const char *const place_words[] = {
    "street", "st",      "road",     "rd",        "avenue",     "ave",      "drive",
    "dr",     "lane",    "ln",       "boulevard", "blvd",       "highway",  "hwy",
    "route",  "exit",    "located",  "location",  "behind",     "next to",  "across",
    "beside", "between", "lot",      "inside",    "downstairs", "upstairs", "near",
    "corner", "at the",  "in the",   "on the",    "north",      "south",    "east",
    "west",   "door",    "entrance", "building",  "suite",      "from",     NULL};

static bool holds_span(const char *text, const char *words)
{
    static const char *const vague[] = {"same day", "a few", "overnight", "lifetime",
                                        "an hour",  "a day", "a week",    "couple",
                                        "several",  NULL};

    return has_any(words, span_words) &&
           (holds_digit(text) || has_any(words, number_words) || has_any(words, vague));
}

static bool holds_bit(const char *text, const char *words, unsigned bit)
{
    switch (bit) {
    case WANTS_PRICE: return holds_price(text, words);
    case WANTS_TIME: return holds_time(text, words);
    case WANTS_PHONE: return holds_phone(text);
    case WANTS_EMAIL: return strchr(text, '@') != NULL;
    case WANTS_PLACE: return has_any(words, place_words) != NULL;
    case WANTS_DAY: return has_any(words, day_words) || holds_digit(text);
    case WANTS_DURATION: return holds_span(text, words);
    case WANTS_COUNT: return holds_digit(text) || has_any(words, number_words);
    default: return true;
    }
}

unsigned text_holds(const char *text, const char *words, unsigned wants)
{
    unsigned bits = 0, bit;

    for (bit = 1; bit <= wants; bit <<= 1)
        if ((wants & bit) && holds_bit(text, words, bit))
            bits |= bit;
    return bits;
}

/* ---- what a question wants ---- */

static const char *const yesno_starts[] = {
    "do",  "does", "did", "is", "are",  "can",   "could", "will", "would", "should",
    "may", "have", "has", "am", "isnt", "arent", "dont",  "any",  NULL};

/* "How much is it" wants a price; "is there a fee" is content with a yes or no. */
static bool wants_price(const char *t)
{
    if (has_any(t, LIST("how much notice", "how much time", "how much water",
                        "how much experience", "how much space", "how much room",
                        "how much advance", "how much earlier")))
        return false;
    if (has_any(t, LIST("how much", "price*", "pricing", "cost*", "expensive", "run me",
                        "how pricey", "the damage", "what do you charge",
                        "what do they charge", "do you charge for the")))
        return true;
    return has_any(t, LIST("fee", "fees", "rate", "rates", "charge", "charges", "dues",
                           "deposit")) &&
           !begins_any(t, yesno_starts) &&
           !has_any(t, LIST("by the hour", "heart rate"));
}

static unsigned read_how(const char *t)
{
    unsigned wants = wants_price(t) ? WANTS_PRICE : 0;

    if (has_any(t, LIST("how long", "how much notice", "how much time", "how soon",
                        "how quickly", "how fast", "how far in advance", "how early",
                        "how much earlier", "how much advance", "response time",
                        "turnaround")))
        wants |= WANTS_DURATION;
    if (has_any(t,
                LIST("how many", "how far is", "how far away", "how old", "how big",
                     "how large", "how tall", "how deep", "what age", "minimum age",
                     "how long is the course", "capacity", "yardage", "number of")) &&
        !has_any(t, LIST("phone number of", "number of the")))
        wants |= WANTS_COUNT;
    if (has_any(t, LIST("how many minutes", "how many hours", "how many days",
                        "how many weeks")))
        wants |= WANTS_DURATION;
    return wants;
}

static unsigned read_wh(const char *t)
{
    unsigned wants = 0;

    if (has_any(t,
                LIST("what time", "hours", "opening time", "closing time", "how late",
                     "when do you open", "when do you close", "when does it open")))
        wants |= WANTS_TIME;
    if (has_any(t,
                LIST("phone number", "telephone", "number to call", "number can i call",
                     "your number", "phone no", "call you at", "fax", "number for the",
                     "whats the number", "emergency number", "number please",
                     "number to reach", "what number", "contact number")))
        wants |= WANTS_PHONE;
    if (has_any(t, LIST("email address", "your email", "e mail address", "email do i",
                        "your e mail", "the email", "what email")))
        wants |= WANTS_EMAIL;
    if (has_any(t, LIST("where", "wheres", "address", "located", "directions",
                        "location")) &&
        !(wants & WANTS_EMAIL))
        wants |= WANTS_PLACE;
    if (has_any(t, LIST("when", "whens", "what day", "what days", "which day",
                        "which days", "what date", "what dates", "which month",
                        "what month")) &&
        !(wants & WANTS_TIME))
        wants |= WANTS_DAY;
    if (has_any(t, LIST("who", "whos", "whose")))
        wants |= WANTS_WHO;
    return wants;
}

unsigned question_wants(const char *t)
{
    unsigned wants = read_how(t) | read_wh(t);

    if (begins_any(t, yesno_starts) && !(wants & (WANTS_PRICE | WANTS_TIME)))
        wants |= WANTS_YESNO;
    return wants;
}

/* ---- what it is about ---- */

/* Say what kind of answer is wanted. */
static const char *const type_words[] = {
    "price", "prices",    "pricing", "cost",     "costs",   "fee",       "fees",
    "rate",  "rates",     "charge",  "charges",  "charged", "expensive", "much",
    "many",  "long",      "time",    "times",    "hour",    "hours",     "open",
    "opens", "opening",   "close",   "closes",   "closed",  "closing",   "number",
    "phone", "telephone", "email",   "address",  "located", "location",  "directions",
    "day",   "days",      "date",    "dates",    "far",     "late",      "early",
    "soon",  "pay",       "minutes", "schedule", "when",    "where",     "who",
    "what",  "which",     "why",     "contact",  NULL};
/* Carry little. */
static const char *const filler_words[] = {
    "take",      "takes",     "come",      "typically",  "usually",     "normally",
    "actually",  "currently", "possible",  "able",       "offer",       "offers",
    "offered",   "provide",   "provides",  "available",  "help",        "give",
    "go",        "going",     "make",      "makes",      "thing",       "things",
    "something", "anything",  "someone",   "anyone",     "people",      "person",
    "place",     "way",       "kind",      "kinds",      "type",        "types",
    "sort",      "sorts",     "also",      "still",      "ever",        "even",
    "really",    "okay",      "ok",        "guys",       "folks",       "sure",
    "let",       "see",       "say",       "ask",        "asking",      "question",
    "wondering", "wonder",    "curious",   "info",       "information", "detail",
    "details",   "about",     "one",       "ones",       "use",         "using",
    "work",      "works",     "allow",     "allows",     "allowed",     "accept",
    "need",      "needed",    "require",   "required",   "must",        "should",
    "might",     "per",       "each",      "every",      "all",         "now",
    "right",     "today",     "very",      "bring",      "per",         "than",
    "thank",     "looking",   "look",      "find",       "business",    "company",
    "include",   "included",  "includes",  "involved",   "exactly",     "onsite",
    "site",      "myself",    "ourselves", "u",          "ur",          "y'all",
    "yall",      "em",        "them",      "other",      "else",        "more",
    "tell",      "show",      "put",       "keep",       "since",       "before",
    "after",     "during",    "while",     "whether",    "yet",         "because",
    "without",   "within",    "into",      "out",        "off",         "over",
    "under",     "again",     "back",      "dont",       "doesnt",      "cant",
    "wont",      "isnt",      "arent",     "im",         "ive",         "id",
    "well",      "were",      "theyre",    "whats",      "wheres",      "hows",
    "whos",      "lets",      "thats",     "theres",     "our",         "ours",
    "mine",      "am",        "should",    "shall",      "us",          "being",
    "only",      "both",      "same",      "such",       "those",       "these",
    "through",   "until",     "till",      "around",     "near",        "maybe",
    "perhaps",   "mean",      "regarding", "concerning", "name",        "him",
    "her",       "his",       "he",        "she",        "live",        "happens",
    "happen",    "guy",       "lady",      "gets",       "getting",     "got",
    "around",    "last",      "anymore",   "somebody",   "nobody",      "want",
    "wants",     "wanted",    "like",      "minute",     "ahead",       "already",
    "bought",    "buy",       "ok",        "fine",       "come",        "along",
    "able",      "youre",     "ill",       "youll",      NULL};

static bool is_in(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

static bool is_of_business(const struct brain *b, const char *business,
                           const char *word)
{
    return b->turn->business && *word && strlen(word) > 2 && has(business, word) &&
           !is_in(word, LIST("golf", "home", "hair", "plumbing", "heating", "cooling"));
}

static struct asked_word *add_word(struct brain *b, struct question *q,
                                   const char *business, const struct local_word *word)
{
    struct asked_word *asked;

    if (q->count == MAX_ASKED || word->weight < 0.2f ||
        is_of_business(b, business, word->text))
        return NULL;
    asked = &q->words[q->count++];
    asked->word = *word;
    asked->month = month_of(word->text);
    asked->type = is_in(word->text, type_words);
    asked->weight = asked->type ? 0.3f : is_in(word->text, filler_words) ? 0.2f : 1.0f;
    if (isdigit((unsigned char)word->text[0]))
        asked->weight = 1.2f;
    return asked;
}

static void add_words(struct brain *b, struct question *q, const char *text,
                      float scale)
{
    const char *cursor = text, *end = text + strlen(text);
    const char *business = plain(&b->arena, b->turn->business ? b->turn->business : "");
    struct local_word word;
    size_t i;

    while (local_words_next(b->words, &cursor, end, &word)) {
        struct asked_word *asked;
        bool twice = false;

        for (i = 0; i < q->count && !twice; i++)
            twice = q->words[i].word.stem_hash == word.stem_hash;
        asked = twice ? NULL : add_word(b, q, business, &word);
        if (asked)
            asked->weight *= scale;
    }
}

/* ---- the template's synonyms ---- */

/* Splits "tee time=booking=slot" into plain phrases without the outer spaces. */
static size_t split_group(struct brain *b, const char *group, const char **out)
{
    size_t n = 0;

    while (*group && n < MAX_ALTS - 1) {
        size_t len = strcspn(group, "=");
        char *phrase = plain(&b->arena, arena_copy(&b->arena, group, len));
        size_t bare = strlen(phrase);

        if (bare > 2) {
            phrase[bare - 1] = '\0';
            out[n++] = phrase + 1;
        }
        group += len + (group[len] == '=');
    }
    return n;
}

static void give_alts(struct question *q, const char *phrase, const char **members,
                      size_t count)
{
    char inside[LOCAL_WORD_MAX + 2];
    size_t i, j, k;

    for (i = 0; i < q->count; i++) {
        struct asked_word *asked = &q->words[i];
        char spaced[256];

        if (strlen(phrase) + 3 > sizeof(spaced))
            return;
        spaced[0] = ' ';
        memcpy(spaced + 1, phrase, strlen(phrase));
        memcpy(spaced + 1 + strlen(phrase), " ", 2);
        memcpy(inside, asked->word.text, strlen(asked->word.text) + 1);
        if (!has(spaced, inside) || asked->type)
            continue;
        for (k = 0; asked->alts[k];)
            k++;
        for (j = 0; j < count && k < MAX_ALTS - 1; j++)
            if (strcmp(members[j], phrase) != 0)
                asked->alts[k++] = members[j];
    }
}

/* What everybody knows to be the same, whatever the industry. */
static const char *const common[] = {
    "one=1",
    "two=2",
    "three=3",
    "four=4",
    "five=5",
    "six=6",
    "seven=7",
    "eight=8",
    "nine=9",
    "ten=10",
    "eleven=11",
    "twelve=12",
    "eighteen=18",
    "twenty=20",
    "monday=weekday=weekdays=mon",
    "tuesday=weekday=weekdays=tue",
    "wednesday=weekday=weekdays=wed",
    "thursday=weekday=weekdays=thu",
    "saturday=weekend=weekends=sat",
    "sunday=weekend=weekends=sun",
    "during the week=weekday=weekdays",
    "week day=weekday=weekdays",
    "son=junior=juniors=child=children=kids=17 and under=under",
    "daughter=junior=juniors=child=children=kids=17 and under=under",
    "kid=kids=child=children=junior=juniors",
    "amex=american express=cards=credit cards",
    "visa=cards=credit cards",
    "mastercard=cards=credit cards",
    "apple pay=contactless",
    "ladies=women=womens",
    "mens=men=gentlemen",
    "veteran=veterans=military",
    "founded=established=started=began",
    "owner=owned=owns=family",
    "cheapest=from=starting at",
    "jeans=denim",
    "one person=single",
    "show up=no show=no shows",
    "my own=outside",
    "driving range=practice range",
    "unclog=clear=clog=clogged",
    "swap=replace=replacement",

    "earn=pay=wage=salary=an hour",
    NULL};

static void add_group(struct brain *b, struct question *q, const char *group)
{
    const char *members[MAX_ALTS];
    size_t n = split_group(b, group, members), i;

    for (i = 0; i < n; i++)
        if (has(q->plain, members[i])) {
            give_alts(q, members[i], members, n);
            return;
        }
}

static void add_synonyms(struct brain *b, struct question *q)
{
    const char *const *group;

    for (group = b->turn->synonyms; group && *group; group++)
        add_group(b, q, *group);
    for (group = common; *group; group++)
        add_group(b, q, *group);
}

/* "How much is the tune-up?" after "a furnace tune-up": what was said before tells
 * which, without having to be in the answer. */
static bool leans_on_before(const struct question *q)
{
    return has_any(q->plain, LIST("the", "it", "that", "this", "them", "those"));
}

void question_read(struct brain *b, const char *text, struct question *q)
{
    size_t i;

    memset(q, 0, sizeof(*q));
    q->text = text;
    q->plain = plain(&b->arena, text);
    q->wants = question_wants(q->plain);
    add_words(b, q, text, 1.0f);
    q->general = true;
    for (i = 0; i < q->count; i++)
        q->general = q->general && (q->words[i].type || q->words[i].weight < 0.5f);
    if ((b->read.elliptic || q->general) && *b->before &&
        !(q->general &&
          (q->wants & (WANTS_TIME | WANTS_PHONE | WANTS_EMAIL | WANTS_PLACE)))) {
        unsigned earlier = question_wants(plain(&b->arena, b->before));

        add_words(b, q, b->before, b->read.elliptic ? 0.6f : 0.8f);
        if (!(q->wants & WANTS_STRICT))
            q->wants |= earlier & ~(unsigned)WANTS_YESNO;
        for (i = 0; i < q->count; i++)
            q->general = q->general && (q->words[i].type || q->words[i].weight < 0.5f);
    }
    if (leans_on_before(q))
        add_words(b, q, b->before, b->same_breath ? 0.5f : 0.2f);
    add_synonyms(b, q);
}
