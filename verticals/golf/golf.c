/* SPDX-License-Identifier: Apache-2.0
 *
 * What golf needs beyond its template: a tee time has to be in daylight, a group is
 * either a few tee times or an outing, handicaps have a range, and leads go to the desk
 * that sells what they ask for.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchboard/plugin.h>

#define LONGEST 2000      /* of a message that is looked at */
#define OUTING_PLAYERS 12 /* from here on a group is looked after as an event */
#define HIGHEST_HANDICAP 54.0

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

/* ---- urgency ---- */

/* Somebody on the course who needs help: a hole, a cart or a tee, and distress. */
static int urgency(void *state, const struct sb_vertical_case *vcase, char *rule,
                   size_t rule_size, char *say, size_t say_size)
{
    static const char *const places[] = {
        "hole",      "green",      "fairway",  "tee box",     "bunker", "cart path",
        "the range", "the course", "restroom", "parking lot", NULL};
    static const char *const distress[] = {
        "dizzy",    "faint",      "fainted",       "overheat*",         "throwing up",
        "vomiting", "needs help", "need help now", "need an ambulance", "not moving",
        "fell",     "snake bite", "stung",         "trapped",           "pinned",
        NULL};
    static const char *const harmless[] = {
        "fell in love", "feel",         "price",         "swing",        "fell short",
        "fell apart",   "my ball fell", "handicap fell", "my game fell", NULL};
    char text[LONGEST];

    (void)state;
    make_plain(vcase->turn->message ? vcase->turn->message : "", text, sizeof(text));
    if (!has_any(text, places) || !has_any(text, distress) || has_any(text, harmless))
        return 0;
    (void)snprintf(rule, rule_size, "help_on_the_course");
    (void)snprintf(
        say, say_size,
        "If anybody is hurt or unwell, please call 911 first. I'm alerting our "
        "staff right now.");
    return 3;
}

/* ---- fields ---- */

/* The hour and month of "2026-11-24T14:00", or false without a time. */
static bool read_time(const char *value, int *month_r, int *minutes_r)
{
    const char *t = strchr(value, 'T');

    if (!t || strlen(value) < 16 || strlen(t) < 6 || t[3] != ':')
        return false;
    *month_r = (int)strtol(value + 5, NULL, 10);
    *minutes_r = (int)strtol(t + 1, NULL, 10) * 60 + (int)strtol(t + 4, NULL, 10);
    return *month_r >= 1 && *month_r <= 12;
}

/* When it is too late to begin even nine holes, by month, north of the tropics. */
static int last_start(int month)
{
    if (month >= 5 && month <= 8)
        return 19 * 60 + 30;
    if (month == 4 || month == 9)
        return 18 * 60;
    return month == 3 || month == 10 ? 17 * 60 : 16 * 60;
}

static int validate_tee_time(const char *value, struct sb_err *err)
{
    int month, minutes;

    if (!read_time(value, &month, &minutes))
        return SB_ENOTFOUND;
    if (minutes < 5 * 60)
        return sb_fail(
            err, SB_EINVAL,
            "That's before sunrise. Which time after daybreak would suit you?");
    if (minutes > last_start(month))
        return sb_fail(
            err, SB_EINVAL,
            "It would be dark before the end of the round at that time of year. "
            "Which earlier time would suit you?");
    return SB_ENOTFOUND;
}

/* "12", "+2.1" (better than scratch), "15.4", or that there is none yet. */
static int validate_handicap(const char *value, char *normalised, size_t size,
                             struct sb_err *err)
{
    static const char *const none[] = {
        "none",  "no",          "new",     "beginner", "dont have one",
        "never", "no handicap", "not yet", NULL};
    const char *digits = value + strcspn(value, "+0123456789");
    char text[LONGEST];
    char *end;
    double number;

    make_plain(value, text, sizeof(text));
    if (!*digits || has_any(text, none)) {
        (void)snprintf(normalised, size, "none");
        return 0;
    }
    number = strtod(digits + (*digits == '+'), &end);
    if (number > HIGHEST_HANDICAP || (*digits == '+' && number > 10))
        return sb_fail(err, SB_EINVAL,
                       "A handicap index goes from +10 to 54. What is yours?");
    (void)snprintf(normalised, size, "%s%.4g", *digits == '+' ? "+" : "", number);
    return 0;
}

static int validate_event_size(const char *value, struct sb_err *err)
{
    long size = strtol(value, NULL, 10);

    if (size == 1)
        return sb_fail(
            err, SB_EINVAL,
            "An outing needs more than one person. About how many will it be?");
    return SB_ENOTFOUND;
}

static int validate_field(void *state, const struct sb_vertical_case *vcase,
                          const char *field, const char *value, char *normalised,
                          size_t normalised_size, struct sb_err *err)
{
    (void)state;
    (void)vcase;
    if (strcmp(field, "preferred_date") == 0)
        return validate_tee_time(value, err);
    if (strcmp(field, "handicap") == 0)
        return validate_handicap(value, normalised, normalised_size, err);
    if (strcmp(field, "event_size") == 0)
        return validate_event_size(value, err);
    return SB_ENOTFOUND;
}

/* ---- leads ---- */

static long number_of(const struct sb_vertical_case *vcase, const char *field)
{
    return strtol(vcase->field(vcase, field), NULL, 10);
}

static int score(void *state, const struct sb_vertical_case *vcase, char *reason,
                 size_t reason_size)
{
    long size = number_of(vcase, "event_size"), players = number_of(vcase, "players");

    (void)state;
    reason[0] = '\0';
    if (size >= 72) {
        (void)snprintf(reason, reason_size, "Outing of %ld: most of the course", size);
        return 25;
    }
    if (size >= 24) {
        (void)snprintf(reason, reason_size, "Outing of %ld", size);
        return 15;
    }
    if (players >= OUTING_PLAYERS) {
        (void)snprintf(reason, reason_size, "Group of %ld players", players);
        return 15;
    }
    return 0;
}

static int qualify(void *state, const struct sb_vertical_case *vcase, char *reason,
                   size_t reason_size)
{
    static const char *const selling[] = {
        "seo",       "marketing services", "sponsorship package", "we sell",
        "wholesale", "merchant services",  "your google ranking", "lead generation",
        NULL};
    char text[LONGEST];

    (void)state;
    make_plain(vcase->turn->message ? vcase->turn->message : "", text, sizeof(text));
    if (has_any(text, selling)) {
        (void)snprintf(reason, reason_size, "Looks like somebody selling to you");
        return 0;
    }
    if (!*vcase->field(vcase, "phone") && !*vcase->field(vcase, "email")) {
        (void)snprintf(reason, reason_size, "Left no way to be reached");
        return 0;
    }
    if (strcmp(vcase->field(vcase, "interest"), "outing") == 0 &&
        number_of(vcase, "event_size") > 0 &&
        number_of(vcase, "event_size") < OUTING_PLAYERS)
        (void)snprintf(reason, reason_size,
                       "A small group: tee times rather than an outing");
    else
        (void)snprintf(reason, reason_size, "Can be reached");
    return 1;
}

static int route(void *state, const struct sb_vertical_case *vcase, char *queue,
                 size_t queue_size)
{
    const char *interest = vcase->field(vcase, "interest");
    const char *name = "pro-shop";

    (void)state;
    if (vcase->turn->urgency.level >= 3)
        name = "course-marshal";
    else if (strcmp(interest, "outing") == 0)
        name = number_of(vcase, "event_size") > 0 &&
                       number_of(vcase, "event_size") < OUTING_PLAYERS
                   ? "pro-shop"
                   : "events";
    else if (strcmp(interest, "membership") == 0)
        name = "membership";
    else if (strcmp(interest, "lesson") == 0)
        name = "lessons";
    else if (number_of(vcase, "players") >= OUTING_PLAYERS)
        name = "events";
    (void)snprintf(queue, queue_size, "%s", name);
    return 0;
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

SB_PLUGIN(golf, .version = "1.0", .summary = "Golf clubs and courses",
          .licence = "Apache-2.0", .roles = roles, .start = start)
