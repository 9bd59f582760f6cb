/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar of times of day: "3pm", "half past two", "noon-ish", "between 2 and 4",
 * "after lunch". Where neither am nor pm was said, the hour that businesses keep is
 * taken: seven to eleven is morning, twelve to six is not.
 */
#include "talk/dates.h"

#include <stdio.h>
#include <string.h>

enum meridiem { SAYS_NOTHING, SAYS_AM, SAYS_PM };

struct clock {
    int minutes; /* as written: 1..12 hours without meridiem */
    enum meridiem says;
    bool bare;  /* a number and nothing else */
    bool whole; /* of the 24-hour clock: "08:00", "15:00" */
};

static size_t meridiem_at(const struct sb_tokens *t, size_t i, enum meridiem *says)
{
    static const char *const am[] = {"am", "a", "ams", NULL};
    static const char *const pm[] = {"pm", "p", "pms", NULL};
    int which = sb_token_in(t, i, am) >= 0 ? 1 : sb_token_in(t, i, pm) >= 0 ? 2 : 0;

    if (!which)
        return 0;
    if (t->items[i].text[1] == '\0') {
        if (sb_token_is(t, i + 1, ".") && sb_token_is(t, i + 2, "m")) {
            *says = which == 1 ? SAYS_AM : SAYS_PM;
            return sb_token_is(t, i + 3, ".") && !t->items[i + 3].space &&
                           !(i + 4 < t->count && t->items[i + 4].upper)
                       ? 4
                       : 3;
        }
        /* "3p" but not "3 a ..." */
        if (t->items[i].space)
            return 0;
    }
    *says = which == 1 ? SAYS_AM : SAYS_PM;
    return 1;
}

/* "3", "3:30", "15:00", "three", "3.30pm" without what follows. */
static size_t digits_at(const struct sb_tokens *t, size_t i, struct clock *clock)
{
    const struct sb_token *items = t->items;
    size_t n;
    int hour;

    memset(clock, 0, sizeof(*clock));
    if (i >= t->count || !(n = sb_token_count_word(t, i, &hour)) || hour > 23)
        return 0;
    if (items[i].kind == SB_TOKEN_NUMBER && items[i].digits > 2)
        return 0;
    if (items[i].kind != SB_TOKEN_NUMBER && (hour < 1 || hour > 12 || n > 1))
        return 0;
    clock->minutes = hour * 60;
    clock->bare = true;
    if (i + 2 < t->count &&
        (sb_token_is(t, i + 1, ":") || sb_token_is(t, i + 1, ".")) &&
        items[i].kind == SB_TOKEN_NUMBER && !items[i + 1].space &&
        !items[i + 2].space && items[i + 2].kind == SB_TOKEN_NUMBER &&
        items[i + 2].digits == 2 && items[i + 2].number < 60) {
        enum meridiem says;

        /* 3.30 is a time only with am or pm; it may be a price. */
        if (sb_token_is(t, i + 1, ".") && !meridiem_at(t, i + 3, &says))
            return n;
        clock->minutes += (int)items[i + 2].number;
        clock->bare = false;
        clock->whole = items[i].text[0] == '0' || hour > 12;
        return 3;
    }
    /* "three thirty" */
    if (items[i].kind == SB_TOKEN_WORD && sb_token_is(t, i + 1, "thirty")) {
        clock->minutes += 30;
        clock->bare = false;
        return 2;
    }
    if (items[i].kind == SB_TOKEN_WORD && sb_token_is(t, i + 1, "fifteen")) {
        clock->minutes += 15;
        clock->bare = false;
        return 2;
    }
    return n;
}

/* "half past two", "quarter to four", "ten past" */
static size_t past_to_at(const struct sb_tokens *t, size_t i, struct clock *clock)
{
    size_t at = i, n;
    int minutes;

    at += sb_token_is(t, at, "a") ? 1 : 0;
    if (sb_token_is(t, at, "half"))
        minutes = 30;
    else if (sb_token_is(t, at, "quarter"))
        minutes = 15;
    else if (!sb_token_count_word(t, at, &minutes) || minutes < 1 || minutes > 29)
        return 0;
    at++;
    if (sb_token_is(t, at, "past") || sb_token_is(t, at, "after")) {
        /* "half past", but "3 after 5 players" is something else */
        if (sb_token_is(t, at, "after") && minutes != 15 && minutes != 30)
            return 0;
    } else if (sb_token_is(t, at, "to") || sb_token_is(t, at, "till")) {
        /* "2 to 4" is a span of hours. */
        if (minutes != 15 && minutes != 20 && minutes != 25)
            return 0;
        minutes = -minutes;
    } else {
        return 0;
    }
    n = digits_at(t, at + 1, clock);
    if (!n || clock->minutes % 60 || clock->minutes > 12 * 60 || clock->minutes == 0)
        return 0;
    clock->minutes += minutes;
    clock->bare = false;
    return at + 1 + n - i;
}

/* "4 players", "9 holes", "2 hours": a number of something is no hour of the day. */
static bool counts_something(const struct sb_tokens *t, size_t i)
{
    static const char *const things[] = {
        "player",  "players", "people", "person",   "persons",   "guests",
        "golfers", "adults",  "kids",   "children", "friends",   "men",
        "women",   "ladies",  "of",     "holes",    "rooms",     "windows",
        "units",   "hours",   "hour",   "minutes",  "days",      "weeks",
        "months",  "years",   "times",  "bedrooms", "bathrooms", "foursomes",
        "groups",  "cars",    "dogs",   "seats",    NULL};

    return sb_token_in(t, i, things) >= 0;
}

/* One moment: digits with what belongs to them, or noon and midnight. */
static size_t moment_at(const struct sb_tokens *t, size_t i, struct clock *clock)
{
    size_t n, more;

    if (sb_token_is(t, i, "noon") || sb_token_is(t, i, "midday") ||
        sb_token_is(t, i, "noonish") || sb_token_is(t, i, "midnight")) {
        bool midnight = sb_token_is(t, i, "midnight");

        *clock =
            (struct clock){.minutes = midnight ? 24 * 60 : 12 * 60, .says = SAYS_PM};
        n = 1;
    } else {
        n = past_to_at(t, i, clock);
        if (!n)
            n = digits_at(t, i, clock);
        if (!n)
            return 0;
        if (clock->bare && counts_something(t, i + n))
            return 0;
        more = meridiem_at(t, i + n, &clock->says);
        n += more;
        if (clock->says != SAYS_NOTHING) {
            if (clock->minutes >= 13 * 60 || clock->minutes == 0)
                clock->says = SAYS_NOTHING;
            clock->bare = false;
        }
        if (sb_token_is(t, i + n, "o'clock") || sb_token_is(t, i + n, "oclock")) {
            clock->bare = false;
            n++;
            n += meridiem_at(t, i + n, &clock->says);
        }
    }
    if (sb_token_is(t, i + n, "-") && sb_token_is(t, i + n + 1, "ish"))
        n += 2;
    else if (sb_token_is(t, i + n, "ish")) {
        clock->bare = false;
        n++;
    }
    return n;
}

/* Minutes after midnight; `*guessed_r` when the meridiem is ours. */
static int settle(const struct clock *clock, bool *guessed_r)
{
    int m = clock->minutes;

    *guessed_r = false;
    if (m == 24 * 60)
        return 0;
    if (m >= 13 * 60 || m < 60 || (clock->whole && clock->says == SAYS_NOTHING))
        return m;
    switch (clock->says) {
    case SAYS_AM: return m % (12 * 60);
    case SAYS_PM: return m % (12 * 60) + 12 * 60;
    case SAYS_NOTHING: break;
    }
    *guessed_r = m >= 60;
    if (m >= 12 * 60)
        return m;
    return m >= 7 * 60 ? m : m + 12 * 60;
}

/* ---- spans ---- */

static bool joins_span(const struct sb_tokens *t, size_t i, bool between)
{
    static const char *const to[] = {"-", "to", "till", "til", "until", "and", NULL};
    int n = sb_token_in(t, i, to);

    return n >= 0 && (n < 5 || between);
}

/* "2-4pm", "between two and four", "from 9 to noon" */
static size_t span_at(const struct sb_tokens *t, size_t i, struct sb_time_hit *hit)
{
    bool between = sb_token_is(t, i, "between"), from = sb_token_is(t, i, "from");
    size_t lead = between || from ? 1 : 0, first, second;
    struct clock a, b;
    bool guess_a, guess_b;

    first = moment_at(t, i + lead, &a);
    if (!first || !joins_span(t, i + lead + first, between))
        return 0;
    second = moment_at(t, i + lead + first + 1, &b);
    if (!second || (a.bare && b.bare && !lead))
        return 0;
    /* "2-4pm": the first takes the second's, unless that would turn them round. */
    if (a.says == SAYS_NOTHING && b.says != SAYS_NOTHING && a.minutes < 13 * 60 &&
        b.minutes < 24 * 60) {
        bool wraps = a.minutes % (12 * 60) >= b.minutes % (12 * 60);

        a.says = wraps ? (b.says == SAYS_PM ? SAYS_AM : SAYS_PM) : b.says;
    }
    a.whole = a.whole || (b.whole && !a.bare);
    b.whole = b.whole || (a.whole && !b.bare);
    hit->from = settle(&a, &guess_a);
    hit->to = settle(&b, &guess_b);
    if (hit->to == 0)
        hit->to = 24 * 60;
    if (hit->to <= hit->from && guess_b && hit->to + 12 * 60 > hit->from &&
        hit->to < 12 * 60)
        hit->to += 12 * 60;
    if (hit->to <= hit->from)
        return 0;
    hit->guessed = guess_a || guess_b;
    return lead + first + 1 + second;
}

/* ---- parts of the day ---- */

static size_t part_at(const struct sb_tokens *t, size_t i, struct sb_time_hit *hit)
{
    static const struct {
        const char *words[4];
        int from, to; /* hours */
    } table[] = {
        {{"first", "thing", "tomorrow", NULL}, 0, 0}, /* leaves "tomorrow" be */
        {{"first", "thing", NULL}, 8, 10},
        {{"after", "lunch", NULL}, 13, 17},
        {{"before", "lunch", NULL}, 9, 12},
        {{"at", "lunch", NULL}, 12, 13},
        {{"lunchtime", NULL}, 12, 13},
        {{"lunch", "time", NULL}, 12, 13},
        {{"after", "work", NULL}, 17, 20},
        {{"before", "work", NULL}, 7, 9},
        {{"after", "school", NULL}, 15, 18},
        {{"end", "of", "day", NULL}, 16, 18},
        {{"early", "morning", NULL}, 6, 9},
        {{"early", "afternoon", NULL}, 12, 14},
        {{"early", "evening", NULL}, 17, 19},
        {{"mid", "morning", NULL}, 9, 11},
        {{"mid", "afternoon", NULL}, 14, 16},
        {{"late", "morning", NULL}, 10, 12},
        {{"late", "afternoon", NULL}, 15, 18},
        {{"late", "evening", NULL}, 19, 22},
        {{"morning", NULL}, 8, 12},
        {{"mornings", NULL}, 8, 12},
        {{"afternoon", NULL}, 12, 17},
        {{"afternoons", NULL}, 12, 17},
        {{"arvo", NULL}, 12, 17},
        {{"evening", NULL}, 17, 21},
        {{"night", NULL}, 18, 22},
    };
    size_t row, n, dash;

    for (row = 0; row < sizeof(table) / sizeof(table[0]); row++) {
        for (n = 0, dash = 0; table[row].words[n]; n++) {
            if (n && sb_token_is(t, i + n + dash, "-"))
                dash++;
            if (!sb_token_is(t, i + n + dash, table[row].words[n]))
                break;
        }
        if (table[row].words[n])
            continue;
        hit->part = true;
        hit->from = (table[row].to ? table[row].from : 8) * 60;
        hit->to = (table[row].to ? table[row].to : 10) * 60;
        return table[row].to ? n + dash : 2;
    }
    return 0;
}

/* "after 3", "before noon", "by 5pm" */
static size_t bound_at(const struct sb_tokens *t, size_t i, struct sb_time_hit *hit)
{
    static const char *const from[] = {"after", "past", "from", NULL};
    static const char *const to[] = {"before", "by", "until", "till", NULL};
    bool after = sb_token_in(t, i, from) >= 0, before = sb_token_in(t, i, to) >= 0;
    struct clock clock;
    bool guessed;
    size_t n;
    int at;

    if (!after && !before)
        return 0;
    n = moment_at(t, i + 1, &clock);
    if (!n)
        return 0;
    at = settle(&clock, &guessed);
    hit->guessed = guessed;
    hit->from = after ? at : 0;
    hit->to = after ? 24 * 60 : at;
    return hit->to > hit->from ? n + 1 : 0;
}

size_t sb_time_at(const struct sb_tokens *tokens, size_t i, struct sb_time_hit *hit)
{
    static const char *const lead[] = {
        "at", "around", "about", "@", "approximately", "roughly", NULL};
    struct clock clock;
    size_t n, skip = 0;

    memset(hit, 0, sizeof(*hit));
    if (i >= tokens->count || tokens->items[i].used)
        return 0;
    if ((n = part_at(tokens, i, hit)) || (n = span_at(tokens, i, hit)) ||
        (n = bound_at(tokens, i, hit)))
        return n;
    memset(hit, 0, sizeof(*hit));
    while (skip < 2 && sb_token_in(tokens, i + skip, lead) >= 0)
        skip++;
    n = moment_at(tokens, i + skip, &clock);
    if (!n)
        return 0;
    hit->weak = clock.bare && !skip;
    if (clock.bare && clock.minutes > 12 * 60)
        return 0;
    if (clock.bare && clock.minutes == 0)
        return 0;
    hit->from = hit->to = settle(&clock, &hit->guessed);
    return skip + n;
}
