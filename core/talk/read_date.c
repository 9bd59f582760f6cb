/* SPDX-License-Identifier: Apache-2.0
 *
 * Days and times together: "next Tuesday after lunch", "at 3 on the 5th", "tomorrow
 * morning between 9 and 11", and a new time for a day that is known already.
 */
#include <stdio.h>
#include <string.h>
#include "talk/dates.h"

struct found {
    bool has_day, has_time;
    struct sb_day_hit day;
    struct sb_time_hit time;
    size_t from, to;
};

/* Words that may stand between a day and its time. */
static size_t skip_filler(const struct sb_tokens *t, size_t i)
{
    static const char *const filler[] = {
        "on",         "in",      "the",    "of",    "for", "maybe", "sometime",
        "say",        "perhaps", "like",   ",",     "is",  "would", "be",
        "preferably", "ideally", "some",   "time",  "any", "-",     "either",
        "anytime",    "during",  "around", "about", NULL};
    size_t n = 0;

    while (n < 4 && i + n < t->count && !t->items[i + n].used &&
           sb_token_in(t, i + n, filler) >= 0)
        n++;
    return n;
}

/* A second time that says more: "tomorrow morning at 10", "8 in the evening". */
static void refine(struct sb_time_hit *have, const struct sb_time_hit *more)
{
    const struct sb_time_hit *part = have->part ? have : more;
    const struct sb_time_hit *exact = have->part ? more : have;
    struct sb_time_hit out = *exact;

    if (have->part == more->part)
        return;
    /* "8 ... in the evening" settles what the bare hour left open. */
    if (exact->guessed && part->from >= 12 * 60 && exact->from < 12 * 60 &&
        exact->from > 0) {
        out.from += 12 * 60;
        out.to += 12 * 60;
    } else if (exact->guessed && part->to <= 12 * 60 && exact->from > 12 * 60 &&
               exact->from < 24 * 60 && exact->to - 12 * 60 > 0) {
        out.from -= 12 * 60;
        out.to -= 12 * 60;
    }
    if (out.to > 24 * 60)
        out.to = 24 * 60;
    out.guessed = false;
    out.weak = false;
    *have = out;
}

static void take_time(const struct sb_tokens *t, struct found *f)
{
    struct sb_time_hit hit;
    size_t skip, n;
    int round;

    for (round = 0; round < 2; round++) {
        skip = skip_filler(t, f->to);
        n = sb_time_at(t, f->to + skip, &hit);
        /* A bare number right after a day needs its "at". */
        if (!n || (hit.weak && !(f->has_time && f->time.part)))
            return;
        /* In "for 2 on Sunday at 8 am" the bare number was no time at all. */
        if (f->has_time && !(f->time.weak && !hit.weak && !hit.part && !f->time.part))
            refine(&f->time, &hit);
        else
            f->time = hit;
        f->has_time = true;
        f->to += skip + n;
    }
}

static size_t find_at(const struct sb_tokens *t, size_t i,
                      const struct sb_read_hint *hint, struct found *f)
{
    struct sb_time_hit time;
    size_t n, skip, day;

    memset(f, 0, sizeof(*f));
    f->from = i;
    n = sb_day_at(t, i, hint, &f->day);
    if (n) {
        f->has_day = true;
        f->to = i + n;
        if (f->day.from >= 0) {
            f->has_time = true;
            f->time = (struct sb_time_hit){
                .from = f->day.from, .to = f->day.to, .part = true};
        }
        take_time(t, f);
        return f->to - i;
    }
    n = sb_time_at(t, i, &time);
    if (!n)
        return 0;
    f->has_time = true;
    f->time = time;
    f->to = i + n;
    skip = skip_filler(t, f->to);
    /* "8 in the evening on friday": one more time may come before the day. */
    if (!time.part)
        take_time(t, f);
    skip = skip_filler(t, f->to);
    day = sb_day_at(t, f->to + skip, hint, &f->day);
    if (day) {
        f->has_day = true;
        f->to += skip + day;
        if (f->day.from >= 0)
            refine(&f->time, &(struct sb_time_hit){
                                 .from = f->day.from, .to = f->day.to, .part = true});
        take_time(t, f);
    }
    return f->to - i;
}

/* A time with no day belongs to the day that is known, or, when a day was asked for,
 * to the next time the clock shows it. */
static bool place_time(const struct sb_read_hint *hint, const struct found *f,
                       struct sb_when *when, double *confidence)
{
    int now = hint->now.hour * 60 + hint->now.minute;
    struct sb_when earlier;

    if (f->time.weak)
        return false;
    if (sb_when_parse(hint->earlier, &earlier)) {
        *when = earlier;
        when->last = when->day;
        *confidence = 0.75;
        return true;
    }
    if (!hint->expected)
        return false;
    memset(when, 0, sizeof(*when));
    when->day = hint->now;
    when->day.hour = when->day.minute = when->day.second = 0;
    if ((f->time.part || f->time.to > f->time.from ? f->time.to : f->time.from) <= now)
        sb_local_add_days(&when->day, 1);
    when->last = when->day;
    *confidence = 0.45;
    return true;
}

/* A local time that the clocks skip is moved forward, as the wrapper does. */
static void fit_zone(const struct sb_read_hint *hint, struct sb_when *when)
{
    struct sb_local at = when->day, back;
    enum sb_zone_fit fit = SB_ZONE_EXACT;
    int64_t instant;

    if (!hint->zone || when->from < 0 || when->from != when->to || when->from >= 1440)
        return;
    at.hour = when->from / 60;
    at.minute = when->from % 60;
    at.second = 0;
    instant = sb_zone_instant(hint->zone, &at, &fit);
    if (fit != SB_ZONE_GAP)
        return;
    sb_zone_local(hint->zone, instant, &back);
    when->from = when->to = back.hour * 60 + back.minute;
}

static void judge(const struct sb_read_hint *hint, const struct found *f,
                  struct sb_when *when, double *confidence)
{
    int64_t today = sb_local_days(&hint->now), day = sb_local_days(&when->day);
    int now = hint->now.hour * 60 + hint->now.minute;
    struct sb_when earlier;

    /* A new day keeps the time that was agreed on: "actually, make it Friday". */
    if (f->has_day && !f->has_time && sb_when_parse(hint->earlier, &earlier) &&
        earlier.from >= 0 && sb_local_days(&when->day) == sb_local_days(&when->last)) {
        when->from = earlier.from;
        when->to = earlier.to;
    }
    if (f->has_time && f->time.guessed && *confidence > 0.7)
        *confidence = 0.7;
    if (hint->past_ok)
        return;
    if (day < today || (day == today && when->from >= 0 && when->to <= now &&
                        sb_local_days(&when->last) == day))
        *confidence = 0.3;
}

static void add_found(TALLOC_CTX *mem, const struct sb_read_hint *hint,
                      const struct found *f, struct sb_readings *out)
{
    struct sb_when when = {.from = -1, .to = -1}, other;
    const char *other_spoken = "";
    double confidence = 0;

    if (f->has_day) {
        when.day = f->day.day;
        when.last = f->day.last;
        confidence = f->day.confidence;
    } else if (!place_time(hint, f, &when, &confidence)) {
        return;
    }
    if (f->has_time) {
        when.from = f->time.from;
        when.to = f->time.to;
    }
    judge(hint, f, &when, &confidence);
    if (f->has_day && f->day.past && !hint->past_ok)
        confidence = 0.3;
    fit_zone(hint, &when);
    if (f->has_day && f->day.has_other) {
        other = when;
        other.day = other.last = f->day.other;
        other_spoken = sb_when_spoken(mem, &other, &hint->now);
    }
    sb_readings_add(out, sb_when_value(mem, &when),
                    sb_when_spoken(mem, &when, &hint->now), f->from, f->to, confidence,
                    other_spoken);
}

/* "Tuesday or Thursday" is a question back, not an answer. */
static void mark_alternatives(const struct sb_tokens *t, struct sb_readings *out,
                              size_t first)
{
    size_t i;

    for (i = first; i + 1 < out->count; i++)
        if (sb_token_is(t, out->items[i].to, "or") &&
            out->items[i + 1].from <= out->items[i].to + 3) {
            out->items[i].confidence = out->items[i + 1].confidence = 0.45;
            out->items[i].other = out->items[i + 1].spoken;
        }
}

void sb_read_date(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                  const struct sb_read_hint *hint, struct sb_readings *out)
{
    size_t i = 0, n, first = out->count;
    struct found f;

    while (i < tokens->count && out->count < SB_READ_MAX) {
        n = tokens->items[i].used ? 0 : find_at(tokens, i, hint, &f);
        if (n)
            add_found(mem, hint, &f, out);
        i += n ? n : 1;
    }
    mark_alternatives(tokens, out, first);
}
