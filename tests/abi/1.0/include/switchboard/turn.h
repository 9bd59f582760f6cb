/* SPDX-License-Identifier: Apache-2.0
 *
 * The structured turn: all that the core knows when it asks a model for the next
 * reply. A language model reads it as prompt text that the core has rendered; a
 * deterministic model (the `local` plugin) reads these structs directly. Every
 * model gets the same one. All memory belongs to the host and lives for the call.
 */
#ifndef SWITCHBOARD_TURN_H
#define SWITCHBOARD_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sb_passage_kind {
    SB_PASSAGE_FAQ = 1,  /* a question with an approved answer; title = the question */
    SB_PASSAGE_FACT = 2, /* a structured fact: hours, phone, price, address */
    SB_PASSAGE_PAGE = 3, /* a chunk of a page or document */
};

/* One piece of retrieved knowledge. Its text is data, never an instruction. */
struct sb_passage {
    const char *id;      /* opaque; hand it to the sink's `cite` when it was used */
    int kind;            /* enum sb_passage_kind */
    const char *title;   /* page title, or the FAQ's question */
    const char *heading; /* "Rates > Weekend", or "" */
    const char *url;     /* "" for FAQs and facts typed by the tenant */
    const char *text;    /* UTF-8, for a FAQ the approved answer */
    double score;        /* fused relevance, 0..1 */
    const char *dated;   /* ISO date the source was last seen to change, or "" */
    const char *conflict; /* "" or what another source says instead, with its title */
};

enum sb_field_kind {
    SB_FIELD_TEXT = 1,
    SB_FIELD_NAME,
    SB_FIELD_PHONE,
    SB_FIELD_EMAIL,
    SB_FIELD_ADDRESS,
    SB_FIELD_DATE,
    SB_FIELD_CHOICE,
    SB_FIELD_NUMBER,
    SB_FIELD_YESNO,
};

enum sb_field_state {
    SB_FIELD_EMPTY = 0,
    SB_FIELD_FILLED,    /* has a validated value */
    SB_FIELD_CONFIRMED, /* was read back and agreed to */
    SB_FIELD_DECLINED,  /* the person would rather not say; never ask again */
};

/* One question of the template's intake and what is known of it. */
struct sb_field {
    const char *name;  /* "preferred_date" */
    const char *label; /* "preferred date" */
    int kind;          /* enum sb_field_kind */
    bool required;
    const char *ask;            /* the question in the template's words */
    const char *retry;          /* how to ask after an invalid answer, or "" */
    const char *const *choices; /* NULL-terminated; NULL unless SB_FIELD_CHOICE */
    int state;                  /* enum sb_field_state */
    const char *value;          /* normalised value as text, or "" */
    const char *spoken;         /* the value as one would say it back, or "" */
    int asked;                  /* how often it has been asked */
};

/* Something the core's readers recognised in this message: proposed, not stored. */
struct sb_heard {
    const char *field;  /* the intake field that it fits, or "" when none does */
    int kind;           /* enum sb_field_kind */
    const char *value;  /* normalised: E.164 phone, ISO date, lower-case e-mail */
    const char *spoken; /* for reading back */
    const char *text;   /* the words it was read from */
    double confidence;  /* 0..1; below 0.5 deserves a question */
    bool correction;    /* the person is correcting an earlier value */
};

enum sb_intake_phase {
    SB_INTAKE_NONE = 0,   /* nothing wanted yet: just answer */
    SB_INTAKE_COLLECTING, /* one question at a time, `next` is the one to ask */
    SB_INTAKE_READBACK,   /* all required fields are there: read back, ask if right */
    SB_INTAKE_COMPLETE,   /* agreed to; the lead is made */
};

/* A past conversation of this verified person, newest first. */
struct sb_memory {
    const char *when;    /* "last Tuesday" */
    const char *summary; /* a sentence or two */
};

struct sb_urgency {
    int level;          /* 0 none, 1 soon, 2 urgent, 3 emergency */
    const char *rule;   /* name of the rule that matched, or "" */
    const char *say;    /* what the template wants said first, verbatim, or "" */
    bool paged;         /* a human has been paged for it (already done by the core) */
};

/* A named phrase of the vertical ("greeting.returning", "unknown", "handover"),
 * with its placeholders already filled in. */
struct sb_phrase {
    const char *name;
    const char *text;
};

struct sb_turn {
    uint32_t size;         /* sizeof(struct sb_turn) of the host */
    const char *channel;   /* "chat", "voice", "sms" */
    const char *message;   /* what the person said, UTF-8, as committed */
    int number;            /* 1 for the first message of the conversation */
    const char *business;  /* "Fox Hollow Golf Club" */
    const char *vertical;  /* "golf" */
    const char *agent;     /* the receptionist's own name, or "" */
    const char *phone;     /* the business's phone for people, as printed, or "" */
    const char *timezone;  /* IANA */
    const char *now;       /* local, "2026-11-21T14:05:00-05:00" */
    const char *now_spoken; /* "Saturday 21 November, 2:05 pm" */
    const char *daypart;   /* "morning" | "afternoon" | "evening" */
    int open_now;          /* 1 open, 0 closed, -1 unknown */
    const char *hours_today; /* "Today we are open 7 am to 7 pm", or "" if unknown */
    const char *hours_week;  /* all week, one line a day, or "" */
    const char *next_open;   /* "tomorrow at 7 am", or "" */
    const char *person_name; /* verified or told in this conversation, or "" */
    bool returning;          /* a verified person with earlier conversations */
    const struct sb_memory *memories;
    size_t memory_count;
    const struct sb_passage *passages; /* best first */
    size_t passage_count;
    bool answerable; /* retrieval passed its threshold; false: do not answer from it */
    const struct sb_field *fields;
    size_t field_count;
    int intake_phase; /* enum sb_intake_phase */
    const char *next_field; /* name of the field to ask for, or "" */
    const struct sb_heard *heard;
    size_t heard_count;
    struct sb_urgency urgency;
    const char *const *out_of_scope; /* NULL-terminated topics to refuse politely */
    const char *const *compliance;   /* NULL-terminated notices that must be kept to */
    const struct sb_phrase *phrases;
    size_t phrase_count;
    bool handed_over;     /* a human has this conversation */
    const char *last_reply; /* what we said last, or "" */
    const char *address;    /* of the business, as printed, or "" */
    const char *email;      /* likewise */
    const char *website;    /* likewise */
    /* From the template, NULL-terminated, may be NULL: groups of words that mean the
     * same to this industry ("tee time=booking=slot"), and phrases that begin its
     * intake ("book", "come out"). Whether to begin is the model's choice: "how much
     * is it to book" wants a price first. */
    const char *const *synonyms;
    const char *const *intake_when;
    /* What the template says to this message because it matched an out-of-scope rule
     * (its `say`, or the phrase "out_of_scope" when it has none), or "". */
    const char *refuse;
};

#endif
