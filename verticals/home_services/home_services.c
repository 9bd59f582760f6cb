/* SPDX-License-Identifier: Apache-2.0
 *
 * What home services need beyond their template: a furnace that stops in January is an
 * emergency and in June is not, so urgency weighs the season, the temperature and who
 * lives in the house; leads go to the desk of their trade; a job needs a street
 * address.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchboard/plugin.h>

#define LONGEST 2000 /* of a message that is looked at */

/* ---- words ---- */

/* " lower case words only ", apostrophes dropped, as rules are written. */
static void make_plain(const char *text, char *out, size_t size)
{
    size_t n = 0;

    out[n++] = ' ';
    for (; *text && n + 2 < size; text++) {
        unsigned char c = (unsigned char)*text;

        if (isalnum(c) || c >= 0x80)
            out[n++] = (char)tolower(c);
        else if (c != '\'' && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    if (out[n - 1] != ' ')
        out[n++] = ' ';
    out[n] = '\0';
}

/* Whole words; '*' at the end of a phrase makes it a prefix. */
static bool has(const char *text, const char *phrase)
{
    size_t len = strlen(phrase);
    bool prefix = phrase[len - 1] == '*';
    const char *p = text;

    len -= prefix;
    while ((p = strchr(p, ' '))) {
        p++;
        if (strncmp(p, phrase, len) == 0 && (prefix || p[len] == ' '))
            return true;
    }
    return false;
}

static bool has_any(const char *text, const char *const *phrases)
{
    for (; *phrases; phrases++)
        if (has(text, *phrases))
            return true;
    return false;
}

static const char *const no_heat[] = {"no heat",
                                      "heat is out",
                                      "heat went out",
                                      "heat isnt working",
                                      "heat not working",
                                      "heat is not working",
                                      "heat stopped",
                                      "furnace is out",
                                      "furnace died",
                                      "furnace stopped",
                                      "furnace quit",
                                      "furnace went out",
                                      "furnace wont*",
                                      "furnace isnt working",
                                      "furnace is not working",
                                      "boiler is out",
                                      "boiler died",
                                      "boiler stopped",
                                      "boiler isnt working",
                                      "heat pump died",
                                      "heat pump stopped",
                                      "heater died",
                                      "heater stopped",
                                      "heater isnt working",
                                      "without heat",
                                      "heat wont*",
                                      "lost heat",
                                      "blowing cold air",
                                      NULL};
static const char *const no_cooling[] = {"no ac",
                                         "ac is out",
                                         "ac died",
                                         "ac stopped",
                                         "ac broke",
                                         "ac isnt working",
                                         "ac is not working",
                                         "ac quit",
                                         "no air conditioning",
                                         "air conditioner died",
                                         "air conditioner stopped",
                                         "air conditioner is out",
                                         "air conditioner isnt working",
                                         "without ac",
                                         "without air conditioning",
                                         "air conditioning is out",
                                         "not cooling",
                                         "blowing hot air",
                                         "ac went out",
                                         NULL};
static const char *const vulnerable[] = {"baby",
                                         "babies",
                                         "infant*",
                                         "newborn*",
                                         "toddler*",
                                         "elderly",
                                         "senior",
                                         "my grandmother",
                                         "grandma",
                                         "my grandfather",
                                         "grandpa",
                                         "oxygen",
                                         "ventilator",
                                         "dialysis",
                                         "pregnant",
                                         "disabled",
                                         "wheelchair",
                                         "90 year old",
                                         "80 year old",
                                         "85 year old",
                                         "medical condition",
                                         "chemo*",
                                         "small children",
                                         "young children",
                                         "little kids",
                                         NULL};
static const char *const cold_words[] = {
    "freezing",     "below zero", "below freezing", "snow*",   "blizzard", "ice storm",
    "polar vortex", "frost",      "bitter cold",    "so cold", "subzero",  NULL};
static const char *const hot_words[] = {"heat wave",  "heatwave",      "scorching",
                                        "sweltering", "triple digits", "record heat",
                                        NULL};
/* Asking about the service, not telling of trouble. */
static const char *const asking[] = {"how much",
                                     "what do you charge",
                                     "do you fix",
                                     "do you repair",
                                     "do you service",
                                     "do you offer",
                                     "do you do",
                                     "do you handle",
                                     "what should i do if",
                                     "what if",
                                     "in case",
                                     "last winter",
                                     "last year",
                                     "maintenance plan",
                                     "quote for a new",
                                     "estimate for a new",
                                     NULL};

/* ---- season and temperature ---- */

/* The month in the business's zone, 1-12, or 0. */
static int month_of(const struct sb_turn *turn)
{
    int month =
        turn->now && strlen(turn->now) > 7 ? (int)strtol(turn->now + 5, NULL, 10) : 0;

    return month >= 1 && month <= 12 ? month : 0;
}

/* A number of degrees in the message ("it's 12 degrees", "52f inside"); false: none. */
static bool degrees_in(const char *text, int *degrees_r)
{
    const char *p;
    char *end;
    long value;

    for (p = text; *p; p++) {
        if (*p != ' ' || !isdigit((unsigned char)p[1]))
            continue;
        value = strtol(p + 1, &end, 10);
        if (value >= 0 && value <= 130 &&
            (strncmp(end, " degree", 7) == 0 || strncmp(end, " f ", 3) == 0 ||
             strncmp(end, "f ", 2) == 0 || strncmp(end, " outside", 8) == 0 ||
             strncmp(end, " inside", 7) == 0 || strncmp(end, " in here", 8) == 0)) {
            *degrees_r = (int)value;
            return true;
        }
    }
    return false;
}

static bool is_cold(const struct sb_turn *turn, const char *text)
{
    int month = month_of(turn), degrees;

    if (degrees_in(text, &degrees))
        return degrees <= 55;
    return has_any(text, cold_words) || month == 12 || month == 1 || month == 2;
}

static bool is_hot(const struct sb_turn *turn, const char *text)
{
    int month = month_of(turn), degrees;

    if (degrees_in(text, &degrees))
        return degrees >= 88;
    return has_any(text, hot_words) || month == 7 || month == 8;
}

/* ---- urgency ---- */

static int urgent(char *rule, size_t rule_size, char *say, size_t say_size, int level,
                  const char *name, const char *words)
{
    (void)snprintf(rule, rule_size, "%s", name);
    (void)snprintf(say, say_size, "%s", words);
    return level;
}

static int urgency(void *state, const struct sb_vertical_case *vcase, char *rule,
                   size_t rule_size, char *say, size_t say_size)
{
    const struct sb_turn *turn = vcase->turn;
    char text[LONGEST];
    bool frail;

    (void)state;
    make_plain(turn->message ? turn->message : "", text, sizeof(text));
    if (has_any(text, asking))
        return 0;
    frail = has_any(text, vulnerable);
    if (has_any(text, no_heat) && (is_cold(turn, text) || frail))
        return urgent(
            rule, rule_size, say, say_size, 3, "no_heat_in_the_cold",
            "Stay warm: close off rooms that you don't need, and don't heat "
            "with an oven or grill. Let taps run a little so that pipes don't "
            "freeze. I'm alerting our on-call team.");
    if (has_any(text, no_cooling) && frail)
        return urgent(
            rule, rule_size, say, say_size, is_hot(turn, text) ? 3 : 2,
            "no_cooling_for_the_frail",
            "Please drink water and keep to the coolest room, and call 911 if "
            "anybody feels faint or confused. I'm alerting our on-call team.");
    if (has_any(text, no_cooling) && is_hot(turn, text))
        return urgent(
            rule, rule_size, say, say_size, 2, "no_cooling_in_the_heat",
            "Please drink water and keep to the coolest room. I'm letting our "
            "team know.");
    return 0;
}

/* ---- trades ---- */

struct trade {
    const char *queue;
    const char *const *words;
};
static const char *const plumbing_words[] = {
    "plumb*",  "leak*",    "pipe*",  "drain*", "clog*",        "toilet*",
    "faucet*", "sink*",    "sewer*", "sewage", "water heater", "hot water",
    "sump*",   "disposal", "septic", "flood*", "shower*",      NULL};
static const char *const electrical_words[] = {
    "electric*", "outlet*",     "breaker*", "panel",      "wiring",
    "sparks",    "sparking",    "lights",   "generator*", "ev charger",
    "power",     "ceiling fan", NULL};
static const char *const hvac_words[] = {
    "furnace*",   "heat",        "heating", "heater",         "boiler*",
    "heat pump",  "thermostat*", "ac",      "air condition*", "cooling",
    "mini split", "hvac",        "duct*",   "radiator*",      NULL};

static const char *queue_of_trade(const char *trade)
{
    if (strcmp(trade, "plumbing") == 0)
        return "plumbing";
    if (strcmp(trade, "electrical") == 0)
        return "electrical";
    if (strcmp(trade, "heating") == 0 || strcmp(trade, "cooling") == 0)
        return "hvac";
    return "";
}

static const char *queue_of_words(const char *text)
{
    static const struct trade trades[] = {{"plumbing", plumbing_words},
                                          {"electrical", electrical_words},
                                          {"hvac", hvac_words}};
    size_t i;

    for (i = 0; i < sizeof(trades) / sizeof(trades[0]); i++)
        if (has_any(text, trades[i].words))
            return trades[i].queue;
    return "office";
}

/* The words of the problem and of this message together. */
static void words_of_case(const struct sb_vertical_case *vcase, char *out, size_t size)
{
    char both[LONGEST];

    (void)snprintf(both, sizeof(both), "%s %s", vcase->field(vcase, "problem"),
                   vcase->turn->message ? vcase->turn->message : "");
    make_plain(both, out, size);
}

static int route(void *state, const struct sb_vertical_case *vcase, char *queue,
                 size_t queue_size)
{
    const char *name = queue_of_trade(vcase->field(vcase, "trade"));
    char text[LONGEST];

    (void)state;
    if (!*name && strcmp(vcase->field(vcase, "trade"), "other") == 0)
        name = "office";
    if (!*name) {
        words_of_case(vcase, text, sizeof(text));
        name = queue_of_words(text);
    }
    (void)snprintf(queue, queue_size, "%s%s", name,
                   vcase->turn->urgency.level >= 3 ? "-on-call" : "");
    return 0;
}

/* ---- leads ---- */

/* "15 years old", "20 year old": the age of what is broken. */
static int age_in(const char *text)
{
    const char *p;
    char *end;
    long years;

    for (p = text; *p; p++) {
        if (*p != ' ' || !isdigit((unsigned char)p[1]))
            continue;
        years = strtol(p + 1, &end, 10);
        if ((strncmp(end, " years old", 10) == 0 || strncmp(end, " year old", 9) == 0 ||
             strncmp(end, " yrs old", 8) == 0) &&
            years > 0 && years < 80)
            return (int)years;
    }
    return 0;
}

static int score(void *state, const struct sb_vertical_case *vcase, char *reason,
                 size_t reason_size)
{
    static const char *const managers[] = {
        "property manager", "landlord",           "my tenant*",
        "rental property",  "apartment building", "my building",
        "restaurant",       "our office",         NULL};
    char text[LONGEST];
    int points = 0, age;

    (void)state;
    words_of_case(vcase, text, sizeof(text));
    age = age_in(text);
    reason[0] = '\0';
    if (age >= 10 && age < 60 && !has_any(text, vulnerable)) {
        points += 10;
        (void)snprintf(reason, reason_size, "Equipment is %d years old", age);
    }
    if (has_any(text, managers)) {
        points += 10;
        (void)snprintf(reason, reason_size, "Manages a property");
    }
    return points;
}

static int qualify(void *state, const struct sb_vertical_case *vcase, char *reason,
                   size_t reason_size)
{
    static const char *const selling[] = {"seo",
                                          "marketing services",
                                          "your google ranking",
                                          "lead generation",
                                          "we offer web*",
                                          "backlinks",
                                          "business loan",
                                          "merchant services",
                                          NULL};
    char text[LONGEST];

    (void)state;
    words_of_case(vcase, text, sizeof(text));
    if (has_any(text, selling)) {
        (void)snprintf(reason, reason_size, "Looks like somebody selling to you");
        return 0;
    }
    if (!*vcase->field(vcase, "phone") && !*vcase->field(vcase, "email")) {
        (void)snprintf(reason, reason_size, "Left no way to be reached");
        return 0;
    }
    (void)snprintf(reason, reason_size, "Can be reached%s",
                   *vcase->field(vcase, "address") ? ", and the job has an address"
                                                   : "");
    return 1;
}

/* ---- fields ---- */

static int validate_address(const char *value, struct sb_err *err)
{
    char text[LONGEST];

    make_plain(value, text, sizeof(text));
    if (has(text, "po box") || has(text, "p o box"))
        return sb_fail(
            err, SB_EINVAL,
            "Our technician can't come to a PO box. What is the street address "
            "of the job?");
    if (!strpbrk(value, "0123456789"))
        return sb_fail(err, SB_EINVAL,
                       "I need the house number too. What is the full street address?");
    return SB_ENOTFOUND;
}

static int validate_field(void *state, const struct sb_vertical_case *vcase,
                          const char *field, const char *value, char *normalised,
                          size_t normalised_size, struct sb_err *err)
{
    (void)state;
    (void)vcase;
    (void)normalised;
    (void)normalised_size;
    if (strcmp(field, "address") == 0)
        return validate_address(value, err);
    return SB_ENOTFOUND;
}

static const struct sb_vertical_ops ops = {
    .size = sizeof(struct sb_vertical_ops),
    .score = score,
    .urgency = urgency,
    .validate_field = validate_field,
    .qualify = qualify,
    .route = route,
};

static int start(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err)
{
    (void)host;
    (void)config;
    (void)err;
    *state_r = NULL;
    return 0;
}

static const struct sb_role roles[] = {
    {SB_ROLE_VERTICAL, &ops},
    {NULL, NULL},
};

SB_PLUGIN(home_services, .version = "1.0",
          .summary = "Plumbing, heating, cooling and electrical service companies",
          .licence = "Apache-2.0", .roles = roles, .start = start)
