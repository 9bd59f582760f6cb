/* SPDX-License-Identifier: Apache-2.0
 *
 * Checking a value before it is stored in a field. A model proposes; what it cannot
 * have got from the person, or what the field does not allow, is refused with a
 * sentence that may be said to the person.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "talk/dates.h"
#include "talk/heard.h"

#define MAX_TEXT 2000

struct check {
    TALLOC_CTX *mem;
    struct sb_intake_field *field;
    const char *value, *said;
    const struct sb_read_hint *base;
    const char *out, *spoken;
    struct sb_err *err;
};

static int refuse(struct check *c, const char *why)
{
    return sb_fail(c->err, SB_EINVAL, "%s", why);
}

static struct sb_read_hint asked(const struct check *c)
{
    struct sb_read_hint hint = *c->base;

    hint.expected = true;
    if (*c->field->value)
        hint.earlier = c->field->value;
    return hint;
}

typedef void reader_fn(TALLOC_CTX *mem, const struct sb_tokens *tokens,
                       const struct sb_read_hint *hint, struct sb_readings *out);

/* The first thing that a reader finds in some text. */
static bool read_one(const struct check *c, reader_fn *read, const char *text,
                     const struct sb_read_hint *hint, struct sb_reading *out)
{
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;

    sb_tokens_read(c->mem, text, &tokens);
    read(c->mem, &tokens, hint, &found);
    if (found.count == 0)
        return false;
    *out = found.items[0];
    return true;
}

static int take(struct check *c, const struct sb_reading *r)
{
    c->out = r->value;
    c->spoken = r->spoken;
    return 0;
}

static int check_phone(struct check *c)
{
    struct sb_read_hint hint = asked(c);
    struct sb_reading r;

    if (strncmp(hint.earlier, "+1", 2) == 0 && strlen(hint.earlier) == 12)
        snprintf(hint.area, sizeof(hint.area), "%.3s", hint.earlier + 2);
    if (!read_one(c, sb_read_phone, c->value, &hint, &r))
        return refuse(c, "that does not look like a complete phone number");
    return take(c, &r);
}

static int check_email(struct check *c)
{
    struct sb_read_hint hint = asked(c);
    struct sb_reading r;

    if (!read_one(c, sb_read_email, c->value, &hint, &r))
        return refuse(c, "that does not look like an e-mail address");
    /* A likely slip is asked about once; given again, it is meant. */
    if (*r.other && strcmp(c->field->doubted, r.value) != 0) {
        c->field->doubted = r.value;
        return sb_fail(c->err, SB_EINVAL, "did you mean %s?", r.other);
    }
    return take(c, &r);
}

static bool is_past(const struct check *c, const struct sb_when *when)
{
    const struct sb_local *now = &c->base->now;
    int64_t today = sb_local_days(now);

    if (sb_local_days(&when->last) != today)
        return sb_local_days(&when->last) < today;
    return when->from >= 0 && sb_local_days(&when->day) == today &&
           when->to <= now->hour * 60 + now->minute && when->to > 0;
}

/* What the person said, read by us, beats what a model made of it; but a model that
 * agrees on the day may know the time from before. */
static int check_date(struct check *c)
{
    struct sb_read_hint hint = asked(c);
    struct sb_when when, own;
    struct sb_reading r;
    bool have, clear;

    hint.past_ok = sb_heard_past_ok(c->field->tpl);
    have = sb_when_parse(c->value, &when);
    clear = *c->said && read_one(c, sb_read_date, c->said, &hint, &r) && !*r.other &&
            r.confidence >= 0.7 && sb_when_parse(r.value, &own);
    if (clear && have && sb_local_days(&own.day) == sb_local_days(&when.day) &&
        own.from < 0)
        clear = false;
    if (clear) {
        when = own;
    } else if (!have) {
        if (!read_one(c, sb_read_date, c->value, &hint, &r) ||
            !sb_when_parse(r.value, &when))
            return refuse(c, "I could not make out which day that is");
        if (*r.other)
            return sb_fail(c->err, SB_EINVAL, "is that %s, or %s?", r.spoken, r.other);
    }
    if (!hint.past_ok && is_past(c, &when))
        return refuse(c, "that day or time has already passed");
    if (sb_local_days(&when.day) - sb_local_days(&hint.now) > 3 * 366)
        return refuse(c, "that is more than three years away");
    c->out = sb_when_value(c->mem, &when);
    c->spoken = sb_when_spoken(c->mem, &when, &hint.now);
    return 0;
}

static int check_choice(struct check *c)
{
    const char *const *choices = c->field->tpl->choices;
    struct sb_read_hint hint = asked(c);
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;
    char *list;
    size_t i;

    for (i = 0; choices && choices[i]; i++)
        if (sb_text_ieq(choices[i], c->value)) {
            c->out = c->spoken = choices[i];
            return 0;
        }
    if (choices) {
        sb_tokens_read(c->mem, c->value, &tokens);
        sb_read_choice(c->mem, &tokens, &hint, choices, c->field->tpl->synonyms,
                       &found);
        if (found.count && !*found.items[0].other)
            return take(c, &found.items[0]);
    }
    list = talloc_strdup(c->mem, "");
    for (i = 0; choices && choices[i]; i++)
        list = talloc_asprintf_append(list, "%s%s", i ? ", " : "", choices[i]);
    return sb_fail(c->err, SB_EINVAL, "it has to be one of: %.400s", list);
}

static int check_number(struct check *c)
{
    const struct sb_template_field *tpl = c->field->tpl;
    struct sb_read_hint hint = asked(c);
    struct sb_readings found = {.count = 0};
    struct sb_tokens tokens;
    double value;

    sb_tokens_read(c->mem, c->value, &tokens);
    sb_read_number(c->mem, &tokens, &hint, tpl->label, &found);
    if (!found.count || *c->value == '-')
        return refuse(c, "that is not a number");
    value = strtod(found.items[0].value, NULL);
    if (tpl->min < tpl->max && (value < tpl->min || value > tpl->max))
        return sb_fail(c->err, SB_EINVAL, "it has to be between %g and %g", tpl->min,
                       tpl->max);
    return take(c, &found.items[0]);
}

static int check_yesno(struct check *c)
{
    struct sb_read_hint hint = asked(c);
    struct sb_reading r;

    if (!read_one(c, sb_read_yesno, c->value, &hint, &r))
        return refuse(c, "it has to be yes or no");
    return take(c, &r);
}

static int check_name(struct check *c)
{
    struct sb_read_hint hint = asked(c);
    struct sb_reading r;
    size_t letters = 0, digits = 0, len = strlen(c->value);
    const char *p;

    for (p = c->value; *p; p++) {
        letters += isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80;
        digits += isdigit((unsigned char)*p) || strchr("@/<>{}$", *p) != NULL;
    }
    if (letters < 2 || digits || len > 80)
        return refuse(c, "that does not look like a name");
    if (read_one(c, sb_read_name, c->value, &hint, &r))
        return take(c, &r);
    /* "May", "Will", "Sunday": names that we would not have guessed. */
    c->out = c->spoken = sb_text_trim(talloc_strdup(c->mem, c->value));
    return 0;
}

static int check_address(struct check *c)
{
    struct sb_read_hint hint = asked(c);
    struct sb_reading r;
    size_t letters = 0;
    const char *p;

    for (p = c->value; *p; p++)
        letters += isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80;
    if (letters < 3 || strlen(c->value) < 5 || strlen(c->value) > 200)
        return refuse(c, "that does not look like a complete address");
    if (read_one(c, sb_read_address, c->value, &hint, &r))
        return take(c, &r);
    c->out = c->spoken = sb_text_trim(talloc_strdup(c->mem, c->value));
    return 0;
}

static int check_text(struct check *c)
{
    c->out = c->spoken =
        sb_text_trim(sb_utf8_clean(c->mem, c->value, strlen(c->value), MAX_TEXT));
    if (!*c->out)
        return refuse(c, "there was nothing in it");
    return 0;
}

int sb_heard_check(TALLOC_CTX *mem, struct sb_intake_field *field, const char *value,
                   const char *said, const struct sb_read_hint *base,
                   const char **value_r, const char **spoken_r, struct sb_err *err)
{
    struct check c = {.mem = mem,
                      .field = field,
                      .value = value,
                      .said = said,
                      .base = base,
                      .err = err};
    int rc = SB_EINVAL;

    if (sb_text_is_blank(value))
        return refuse(&c, "there was nothing in it");
    switch (field->tpl->kind) {
    case SB_FIELD_TEXT: rc = check_text(&c); break;
    case SB_FIELD_NAME: rc = check_name(&c); break;
    case SB_FIELD_PHONE: rc = check_phone(&c); break;
    case SB_FIELD_EMAIL: rc = check_email(&c); break;
    case SB_FIELD_ADDRESS: rc = check_address(&c); break;
    case SB_FIELD_DATE: rc = check_date(&c); break;
    case SB_FIELD_CHOICE: rc = check_choice(&c); break;
    case SB_FIELD_NUMBER: rc = check_number(&c); break;
    case SB_FIELD_YESNO: rc = check_yesno(&c); break;
    }
    if (rc == 0) {
        *value_r = c.out;
        *spoken_r = c.spoken;
    }
    return rc;
}
