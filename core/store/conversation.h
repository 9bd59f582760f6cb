/* SPDX-License-Identifier: Apache-2.0
 *
 * Conversations and their messages. A person's words are committed by sb_conv_say()
 * in one pipelined transaction that also reads all that the turn needs; the answer is
 * committed by sb_conv_answer(). In between, a lease in the conversation's row says
 * who runs the turn, so that no connection is held while a model thinks and turns of
 * one conversation follow each other on any number of workers.
 */
#ifndef SB_STORE_CONVERSATION_H
#define SB_STORE_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_db;
struct sb_stmt;

/* The statements of an ordinary turn, in order, NULL-terminated: say and three reads,
 * then the answer. For measuring them without the engine. */
extern const struct sb_stmt *const sb_conv_turn_statements[];
extern const struct sb_stmt sb_conv_answer_statement;

#define SB_CONV_LEASE_MS 20000
#define SB_CONV_HISTORY 24 /* messages that a turn sees */

/* Somebody's words, as step 2 of a turn writes them. */
struct sb_conv_words {
    const char *org, *agent,
        *id;                   /* id: of the conversation, made by the caller if new */
    bool fresh;                /* make the conversation (and visitor) if missing */
    const char *visitor_id;    /* id for a new visitor row */
    const uint8_t *token_hash; /* 32 bytes */
    const char *channel, *context, *metadata; /* JSON texts; "" for none */
    const char *client_id, *text, *extra;
    const char *holder;    /* UUID of this turn, for the lease */
    const char *person_id; /* id for a new person; used when one of these is set: */
    const char *name, *email, *phone; /* verified ones only, "" otherwise */
};

struct sb_conv_message {
    int64_t seq;
    bool ours; /* the assistant's or a human colleague's */
    const char *text;
};

struct sb_conv_past {
    int64_t at_ms;
    const char *summary;
};

/* A conversation as a turn finds it. */
struct sb_conv {
    bool exists;
    bool allowed; /* this visitor holds it, and no other signed identity does */
    bool mine;    /* the lease is this turn's */
    int64_t seq;  /* of the message with our client_id, 0 when it was not stored */
    const char *id, *agent, *channel, *status, *person_id, *summary;
    const char *intake, *context; /* JSON texts */
    int phase, urgency, turns;
    bool escalated;
    int64_t asked_seq, answered_seq, started_ms;
    const char *lead_id; /* "" while there is none */
    bool lead_complete;
    struct sb_conv_message *history; /* oldest first */
    size_t history_count;
    const char *pending; /* the unanswered words up to `seq`, joined by newlines */
    const char *pending_extra; /* `extra` of the newest of them */
    struct sb_conv_past past[3];
    size_t past_count;
};

/* [suspends] Commits the words and reads the conversation. Tried again by itself when
 * the connection breaks: the client_id keeps it one message. Not allowed or no such
 * conversation: 0, with nothing written and `exists`/`allowed` saying so. */
int sb_conv_say(struct sb_db *db, TALLOC_CTX *mem, const struct sb_conv_words *words,
                struct sb_conv *conv, struct sb_err *err);
/* [suspends] Tries to get the lease for answering message `seq`, and reads the
 * conversation. Earlier unanswered messages go first for half a minute. */
int sb_conv_take(struct sb_db *db, TALLOC_CTX *mem, const char *org, const char *id,
                 int64_t seq, const char *holder, struct sb_conv *conv,
                 struct sb_err *err);
/* [suspends] Extends the lease; SB_ECONFLICT when it is no longer ours. */
int sb_conv_keep(struct sb_db *db, const char *org, const char *id, const char *holder,
                 struct sb_err *err);
/* [suspends] Gives the lease back without an answer. */
int sb_conv_release(struct sb_db *db, const char *org, const char *id,
                    const char *holder, struct sb_err *err);

/* What a finished turn writes. */
struct sb_conv_reply {
    const char *org, *id, *agent, *holder;
    int64_t seq_in;
    bool silent; /* a human has the conversation: no message, the rest is written */
    const char *text, *sources, *extra, *intake, *status, *summary;
    int phase, urgency;
    bool escalated;
    const char *provider, *model, *failures, *tools;
    int64_t input_tokens, output_tokens, cached_tokens;
    double cost, confidence;
    int steps, attempts;
    int64_t search_us, first_text_us, llm_us, total_us;
    bool refused, recovered;
};
/* [suspends] SB_ECONFLICT when the lease was lost: somebody else answers. */
int sb_conv_answer(struct sb_db *db, TALLOC_CTX *mem, const struct sb_conv_reply *reply,
                   int64_t *seq_r, struct sb_err *err);

/* A stored message, whole. */
struct sb_conv_stored {
    int64_t seq, at_ms;
    const char *role, *text, *client_id, *sources, *extra;
};
/* [suspends] The answer to message `seq`; SB_ENOTFOUND while there is none. */
int sb_conv_answered(struct sb_db *db, TALLOC_CTX *mem, const char *org, const char *id,
                     int64_t seq, struct sb_conv_stored *answer, struct sb_err *err);
/* [suspends] Messages after `after`, oldest first, at most 200. SB_ENOTFOUND, or
 * SB_EAUTH unless the hash is the visitor's. `org` and `agent` NULL: wherever it is. */
int sb_conv_history(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                    const char *agent, const char *id, const uint8_t *token_hash,
                    int64_t after, struct sb_conv_stored **messages_r, size_t *count_r,
                    struct sb_err *err);
/* [suspends] Past conversations for a greeting: of the visitor, or of the person with
 * this verified e-mail or phone. */
int sb_conv_past_of(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                    const uint8_t *token_hash, const char *email, const char *phone,
                    size_t *count_r, const char **name_r, struct sb_err *err);

/* A conversation whose last words nobody answers any more. */
struct sb_conv_orphan {
    const char *org, *id, *agent;
    int64_t seq;
};
/* [suspends] Finds up to `limit` of them over all organisations, under an advisory
 * lock: none while another worker looks. Each is then taken with sb_conv_take(). */
int sb_conv_orphans(struct sb_db *db, TALLOC_CTX *mem, int limit,
                    struct sb_conv_orphan **orphans_r, size_t *count_r,
                    struct sb_err *err);

#endif
