/* SPDX-License-Identifier: Apache-2.0
 *
 * The conversation engine: one turn, for every channel. A person's words are committed
 * before anything is tried with them; the answer is committed with who made it and what
 * went wrong on the way.
 */
#ifndef SB_TALK_ENGINE_H
#define SB_TALK_ENGINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_agent;
struct sb_db;
struct sb_directory;
struct sb_events;
struct sb_engine;
struct sb_know;

struct sb_engine *sb_engine_new(TALLOC_CTX *mem, struct sb_db *db, struct sb_know *know,
                                struct sb_events *events);

/* Who speaks. Only a verified identity (or the same visitor token) opens history;
 * unverified fields fill the lead and nothing else. */
struct sb_speaker {
    const char
        *visitor; /* the visitor's token as the client holds it; "" for a new one */
    const char *name, *email, *phone; /* "" when not given */
    bool verified; /* name, email and phone were signed by the tenant */
};

struct sb_turn_in {
    const struct sb_agent *agent;
    const char *channel;         /* "chat" */
    const char *message;         /* cleaned UTF-8, 1..8000 bytes */
    const char *conversation_id; /* UUID, or "" to begin one */
    const char *client_id;       /* the client's own id of this message, or "": sent
                                  * twice, it is taken once and answered the same.
                                  * Unique in its conversation; that of a first message
                                  * among all of this visitor's */
    struct sb_speaker speaker;
    const json_t *context;  /* page url, title, referrer ... or NULL */
    const json_t *metadata; /* the tenant's own, stored as given, or NULL */
};

struct sb_source {
    const char *title, *url;
    double score;
};

struct sb_turn_out {
    const char *conversation_id, *visitor;
    int64_t seq_in, seq_out; /* numbers of the two messages in the conversation;
                              * seq_out 0: no reply (a human has it) */
    const char *response;
    const struct sb_source *sources;
    size_t source_count;
    struct {
        int progress, total; /* required fields filled, and in all */
        bool complete;
        const char *next; /* field name or "" */
    } intake;
    const char *lead_id; /* "" while there is none */
    int lead_score;
    const char *lead_reason;
    bool escalated; /* a human has been paged in this conversation */
    bool handed_over;
    double confidence;    /* 0..1 */
    const char *provider; /* who answered: "local" */
};

/* What a channel is told while the turn runs. Both optional. A non-zero return from
 * text() stops the answer there; what was handed on is what is committed. */
struct sb_turn_sink {
    void *arg;
    void (*accepted)(void *arg, const char *conversation_id, const char *visitor,
                     int64_t seq_in); /* the words are safe */
    int (*text)(void *arg, const char *text, size_t len);
};

/* [suspends] Runs one turn. Turns of one conversation follow each other. Once
 * accepted() was called an answer follows, whatever the vendors do; cancelling the
 * task leaves the turn to be finished by sb_engine_recover(). Results on `mem`. */
int sb_engine_say(struct sb_engine *engine, TALLOC_CTX *mem,
                  const struct sb_turn_in *in, const struct sb_turn_sink *sink,
                  struct sb_turn_out *out, struct sb_err *err);

/* [suspends] The greeting that a page shows before anything was said: by place and
 * time of day, and by name for a returning person. Stores nothing. */
int sb_engine_greeting(struct sb_engine *engine, TALLOC_CTX *mem,
                       const struct sb_agent *agent, const struct sb_speaker *speaker,
                       const char **text_r, struct sb_err *err);

/* One message as a client sees it. */
struct sb_message {
    int64_t seq;
    const char *role; /* "user" | "assistant" | "human" | "system" */
    const char *text;
    int64_t at_ms;
    const char *client_id;
    const char *sources; /* JSON array text, "[]" */
    const char *extra;   /* JSON object: intake, escalated, confidence ... */
};
/* [suspends] Messages after `after`, oldest first, at most 200, for the visitor who
 * holds the conversation; SB_EAUTH for anybody else, SB_ENOTFOUND. `agent` NULL: of
 * whichever agent it is. */
int sb_engine_history(struct sb_engine *engine, TALLOC_CTX *mem,
                      const struct sb_agent *agent, const char *conversation_id,
                      const char *visitor, int64_t after,
                      struct sb_message **messages_r, size_t *count_r,
                      struct sb_err *err);
/* [suspends] Answers what was committed and never answered (a worker died between
 * steps 2 and 8); called at start and every minute under an advisory lock. */
int sb_engine_recover(struct sb_engine *engine, struct sb_directory *directory,
                      int *recovered_r, struct sb_err *err);

#endif
