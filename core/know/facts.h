/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts: what a page states in a form that can be repeated verbatim. From schema.org
 * data (JSON-LD, microdata) and, where a page has none, recognised in its text. A fact
 * is a row; `text` is what may be said to a person, `value` what code compares.
 */
#ifndef SB_KNOW_FACTS_H
#define SB_KNOW_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

struct sb_extract;

enum sb_fact_kind {
    SB_FACT_NAME = 1, /* of the business */
    SB_FACT_PHONE, /* value: digits with a leading + where known; subject: "Fax" ... */
    SB_FACT_EMAIL,
    SB_FACT_ADDRESS,
    SB_FACT_HOURS,         /* value: "Mo,Tu,We,Th,Fr 07:00-19:00", "Su closed";
                            * subject: whose ("" the business, "Pro Shop") */
    SB_FACT_SPECIAL_HOURS, /* value: "2026-12-25 closed", "2026-12-24/2026-12-26
                            * 08:00-12:00" */
    SB_FACT_PRICE,         /* subject: of what; value: "USD 45.00", "USD 45.00-65.00" */
    SB_FACT_GEO,           /* value: "41.1234,-73.5678" */
    SB_FACT_AREA,          /* one place served */
    SB_FACT_FAQ,           /* subject: the question; text: the answer */
    SB_FACT_LINK,          /* subject: "booking", "facebook", "map"; value: URL */
    SB_FACT_PAYMENT,       /* what is accepted */
    SB_FACT_EVENT,         /* subject: its name; value: ISO start; text: a sentence */
    SB_FACT_PERSON,        /* subject: name; value: role */
};

enum sb_fact_origin {
    SB_FACT_FROM_TEXT = 1, /* recognised in the words of the page */
    SB_FACT_FROM_META,     /* tel: and mailto: links, meta elements */
    SB_FACT_FROM_MICRODATA,
    SB_FACT_FROM_JSONLD,
};

struct sb_fact {
    enum sb_fact_kind kind;
    enum sb_fact_origin origin;
    const char *subject; /* of what or whom, as the page writes it, or "" */
    const char *value;   /* normalised, comparable; "" where it has no such form */
    const char *text;    /* verbatim or spelled out: fit to be said to a person */
    const char *heading; /* where on the page, "" for the whole */
    const char *url;     /* the page */
};

/* "name", "phone", "hours" ... as stored and shown. */
const char *sb_fact_kind_name(enum sb_fact_kind kind);
/* 0 when the word is unknown. */
enum sb_fact_kind sb_fact_kind_parse(const char *word);

/* Two facts of one kind and subject whose values differ contradict each other. Folded
 * compare of subject; false for kinds that may have many values (areas, events). */
bool sb_fact_contradicts(const struct sb_fact *a, const struct sb_fact *b);

/* Opening hours of one week from the value form above, merged over `count` facts of
 * one subject: minutes after midnight, `to` past 1440 when they run into the next day.
 * Returns false when nothing could be read. */
struct sb_fact_week {
    struct {
        bool known;
        int count; /* 0: closed */
        struct {
            int from, to;
        } spans[4];
    } days[7]; /* 0 = Sunday */
};
bool sb_fact_week(const struct sb_fact *facts, size_t count, struct sb_fact_week *week);

/* ---- recognising in text ---- */

/* What a sentence holds, as bits: used to pick sentences that must be kept whole. */
enum sb_text_holds {
    SB_HOLDS_PRICE = 1 << 0,
    SB_HOLDS_PHONE = 1 << 1,
    SB_HOLDS_HOURS = 1 << 2,
    SB_HOLDS_EMAIL = 1 << 3,
    SB_HOLDS_ADDRESS = 1 << 4,
};
unsigned sb_text_holds(const char *text);

/* Adds facts found in running text (phones, e-mails, opening hours, prices) to the
 * talloc array `*facts`; at most `max` in all. `subject` and `heading` may be "". */
void sb_facts_from_text(TALLOC_CTX *mem, const char *text, const char *subject,
                        const char *heading, const char *url, struct sb_fact **facts,
                        size_t *count, size_t max);
/* Likewise from one JSON-LD script's text. Invalid JSON adds nothing. */
void sb_facts_from_jsonld(TALLOC_CTX *mem, const char *json, size_t len,
                          const char *url, struct sb_fact **facts, size_t *count,
                          size_t max);

#endif
