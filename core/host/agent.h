/* SPDX-License-Identifier: Apache-2.0
 *
 * A configured receptionist at run time: the business, the vertical's template with
 * the tenant's overrides, and the chains that fill its roles. Bound from the rows that
 * tenant files and the dashboard both write; cached per worker by the directory.
 */
#ifndef SB_HOST_AGENT_H
#define SB_HOST_AGENT_H

#include <stdbool.h>
#include <stdint.h>
#include <talloc.h>
#include "host/chain.h"
#include "host/template.h"

struct sb_db;
struct sb_zone;
struct sb_directory;

/* Open from `from` to `to` minutes after local midnight; `to` may exceed 1440. */
struct sb_hours_span {
    int from, to;
};
struct sb_hours_day {
    struct sb_hours_span spans[4];
    int count; /* 0 is closed */
    bool known;
};
struct sb_holiday {
    int year, month, day; /* year 0: every year */
    int named; /* a holiday whose date moves (base/holiday.h) instead of a date, or 0 */
    const char *name;
    struct sb_hours_day hours; /* count 0: closed */
};

/* Something the tenant states itself: a FAQ (title: the question), a fact (title: its
 * subject) or a page of pasted text. */
struct sb_stated {
    const char *title, *text, *url; /* url "" unless a page has one */
    const char *const *also;        /* other ways to ask, NULL-terminated; FAQs only */
};

struct sb_business {
    const char *org; /* UUID of the organisation */
    const char *slug, *name, *phone, *email, *website, *address, *timezone;
    const char *const *service_area; /* names or postcodes, NULL-terminated */
    const struct sb_zone *zone;
    struct sb_hours_day week[7]; /* 0 = Sunday */
    const struct sb_holiday *holidays;
    size_t holiday_count;
    const struct sb_stated *faqs, *facts, *pages;
    size_t faq_count, fact_count, page_count;
    const char *identity_secret; /* signs user_* fields; "" when the tenant has none */
};

struct sb_agent {
    const char *id;   /* UUID */
    const char *slug; /* unique in the installation */
    const char *name; /* the receptionist's own name */
    const char *vertical;
    const struct sb_business *business;
    const struct sb_template *tpl;
    const struct sb_vertical_ops *hooks; /* or NULL */
    void *hooks_state;
    struct sb_chain *llm, *embed, *search, *crawl;
    const char *const *domains; /* where the widget may be embedded; none: anywhere */
    const char *color;          /* "#0b6e4f" or "" */
    double threshold;           /* retrieval below it is "I don't know" */
    int64_t version;            /* rises with each change of its rows */
};

struct sb_directory *sb_directory_new(TALLOC_CTX *mem, struct sb_db *db,
                                      struct sb_plugins *plugins,
                                      const char *const *vertical_dirs);
/* [suspends] By UUID or slug. The agent stays valid until `mem` goes, even when it is
 * changed meanwhile. SB_ENOTFOUND with a sentence. */
int sb_directory_agent(struct sb_directory *directory, TALLOC_CTX *mem, const char *ref,
                       const struct sb_agent **agent_r, struct sb_err *err);
/* Forgets what is cached (reload, or an event that an agent changed; NULL: all). */
void sb_directory_forget(struct sb_directory *directory, const char *agent_id);

/* ---- opening hours, all in the business's zone ---- */

/* 1 open, 0 closed, -1 unknown. */
int sb_hours_open_at(const struct sb_business *business, int64_t wall_ms);
/* The hours that hold on a date, holidays considered; `holiday_r` (may be NULL) gets
 * the holiday's name or NULL. */
const struct sb_hours_day *sb_hours_on(const struct sb_business *business, int year,
                                       int month, int day, const char **holiday_r);
/* "7 am to 7 pm", "closed", or "" when unknown; on `mem`. */
char *sb_hours_spoken(TALLOC_CTX *mem, const struct sb_hours_day *day);
/* "Monday: 7 am to 7 pm\n..." beginning on Monday, or "" when unknown. */
char *sb_hours_week(TALLOC_CTX *mem, const struct sb_business *business);
/* "tomorrow at 7 am", "Monday at 8:30 am", or "" if not within two weeks. */
char *sb_hours_next_open(TALLOC_CTX *mem, const struct sb_business *business,
                         int64_t wall_ms);

#endif
