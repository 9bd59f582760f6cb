/* SPDX-License-Identifier: Apache-2.0
 *
 * One running turn, shared by the files of this room. See engine.c for the order in
 * which its parts are filled.
 */
#ifndef SB_TALK_RUN_H
#define SB_TALK_RUN_H

#include <jansson.h>
#include "base/buf.h"
#include "host/agent.h"
#include "know/know.h"
#include "store/conversation.h"
#include "talk/engine.h"
#include "talk/heard.h"
#include "talk/intake.h"
#include "talk/verbatim.h"

#define SB_RUN_STEPS 8 /* model calls of one turn */
#define SB_RUN_HEARD 12
/* A day, a public holiday that the business says nothing about. */
#define SB_HOLIDAY_UNSURE "%s is %s, when our hours may differ from the usual ones"
#define SB_RUN_PASSAGES 6
#define SB_RUN_REPLY 8000 /* bytes of a reply */

struct sb_counter_cell;

/* A task that works for an engine and may outlive it by a moment. */
struct sb_side {
    struct sb_engine *engine; /* NULL once that is gone */
    struct sb_task *task;
};

struct sb_engine {
    struct sb_db *db;
    struct sb_know *know;
    struct sb_events *events;
    struct sb_run *runs; /* turns under way, for the keeper of leases */
    struct sb_side *keeper, *counter;
    struct sb_counter_cell *cells;
    size_t cell_count;
};

/* A reply on its way out, held back sentence by sentence. */
struct sb_reply {
    struct sb_run *run;
    struct sb_buf held; /* the sentence that is not complete yet */
    struct sb_buf out;  /* what has been handed on: this is what is committed */
    struct sb_claims facts, agreed;
    bool gathered; /* facts and agreed are filled */
    bool refused;  /* something invented was replaced: nothing more goes out */
    bool stopped;  /* the channel wants no more */
    bool own_last; /* what went out last was ours */
    int64_t first_us;
    char model[80];
    struct sb_llm_usage usage;
    double confidence; /* -1: the model did not say */
    const char *cited[16];
    size_t cited_count;
};

struct sb_run {
    struct sb_run *next_run;
    struct sb_engine *engine;
    TALLOC_CTX *mem;
    const struct sb_agent *agent;
    const char *org, *channel;
    char holder[37];
    const struct sb_turn_sink *sink; /* or NULL */
    struct sb_conv conv;
    const char *message; /* what is to be answered */
    int64_t now_ms, started_us, search_us, llm_us;
    struct sb_read_hint hint;
    struct sb_intake intake;
    char lead_id[37];
    int lead_score;
    const char *lead_reason, *queue;
    struct sb_found found;
    const char *client_name, *client_email, *client_phone; /* sent by the client */
    bool client_signed;
    struct sb_urgency urgency;
    bool holds; /* the lease is ours just now */
    bool escalated, handed_over, ended, recovered, lease_lost;
    bool fatal;      /* what failed is ours, not a model's */
    bool only_facts; /* the message held nothing but answers */
    const char *status;

    struct sb_turn turn;
    struct sb_heard heard[SB_RUN_HEARD];
    size_t heard_count;
    const char *said; /* all that the person has said, for scores */

    /* the tool loop */
    struct sb_llm_message *messages;
    size_t message_count;
    struct sb_buf tool_texts; /* results of tools, as sources of facts */
    char tools[200];          /* names of the tools that were called, for the record */
    int steps, attempts;
    char failures[512];
    const char *provider;
    struct sb_reply reply;
};

/* ---- turn.c: the structured turn ---- */

/* Fills run->turn from all the rest; again after each step of the tool loop. */
void sb_run_fill_turn(struct sb_run *run);
/* What we said last in the conversation, or "". */
const char *sb_run_last_reply(const struct sb_conv *conv);
/* Name/value pairs for the template's placeholders; NULL-terminated, on run->mem. */
const char *const *sb_run_pairs(TALLOC_CTX *mem, const struct sb_agent *agent,
                                int64_t wall_ms, const char *person_name);
/* The phrase, filled, or `preset` when the template has none. */
const char *sb_run_phrase(const struct sb_run *run, const char *name,
                          const char *preset);
/* "morning", "afternoon", "evening" */
const char *sb_daypart(const struct sb_local *now);
const char *sb_run_person_name(const struct sb_run *run);

/* ---- prompt.c ---- */

size_t sb_prompt_layers(TALLOC_CTX *mem, const struct sb_agent *agent,
                        const struct sb_turn *turn, const json_t *context,
                        struct sb_llm_layer *out, size_t max);

/* ---- tools.c ---- */

/* Every tool that this agent's models are offered, core's and vertical's. */
const struct sb_llm_tool *sb_tools_list(TALLOC_CTX *mem, const struct sb_agent *agent,
                                        size_t *count_r);
/* [suspends] Runs one call; the result as JSON on run->mem. `*failed_r` when it was
 * refused. Returns an SB_E* code only when the turn cannot go on. */
int sb_tools_run(struct sb_run *run, const struct sb_llm_call *call,
                 const char **result_r, bool *failed_r, struct sb_err *err);

/* ---- lead.c ---- */

/* [suspends] Stores what the intake has learnt, with the lead when there is cause for
 * one. Nothing to do when nothing changed. */
int sb_run_save(struct sb_run *run, struct sb_err *err);
/* What the client sent along (user_name ...) goes into the fields. */
void sb_run_take_client(struct sb_run *run);
/* One or two sentences about the conversation so far, for a later one. */
char *sb_run_summary(const struct sb_run *run);
/* The case as the vertical's hooks see it. */
void sb_run_case(struct sb_run *run, struct sb_vertical_case *vcase);

/* ---- urgency.c, escalate.c ---- */

/* The template's rules and the vertical's hook over run->message. */
void sb_run_urgency(struct sb_run *run);
/* [suspends] Records that a human is wanted, once a rule and conversation. */
int sb_run_escalate(struct sb_run *run, const char *rule, const char *reason, int level,
                    bool page, struct sb_err *err);

/* ---- memory.c ---- */

const struct sb_memory *sb_run_memories(TALLOC_CTX *mem, const struct sb_conv *conv,
                                        const struct sb_local *now,
                                        const struct sb_zone *zone, size_t *count_r);

/* ---- reply.c ---- */

void sb_reply_init(struct sb_reply *reply, struct sb_run *run);
/* Takes text from a model: 0, or non-zero when no more is wanted. */
int sb_reply_text(struct sb_reply *reply, const char *text, size_t len);
/* Lets out what is held back; the end of a model's text. */
void sb_reply_flush(struct sb_reply *reply);
/* Says something of our own, unchecked. */
void sb_reply_own(struct sb_reply *reply, const char *text);
void sb_reply_cite(struct sb_reply *reply, const char *passage_id);
/* The passages that were used, as JSON; also onto `out`. */
char *sb_reply_sources(const struct sb_reply *reply, struct sb_turn_out *out);

/* ---- loop.c ---- */

/* [suspends] The model calls of a turn, with their tools. */
int sb_run_model(struct sb_run *run, struct sb_err *err);

/* ---- finish.c ---- */

/* [suspends] Commits the answer and fills `out`. */
int sb_run_commit(struct sb_run *run, struct sb_turn_out *out, struct sb_err *err);
/* Fills `out` from an answer that was stored before. */
void sb_run_stored(TALLOC_CTX *mem, const struct sb_conv_stored *stored,
                   struct sb_turn_out *out);
/* [suspends] Gaps, events and counters: what may fail without harm. */
void sb_run_after(struct sb_run *run, const struct sb_turn_out *out);

/* ---- lease.c ---- */

/* The turn's lease is kept alive from a task of the engine's until the turn leaves. */
void sb_run_enter(struct sb_run *run);
void sb_run_leave(struct sb_run *run);

/* ---- counters.c ---- */

void sb_engine_count(struct sb_engine *engine, const struct sb_agent *agent,
                     const struct sb_local *day, const char *name, int64_t by);

/* ---- engine.c, answer.c ---- */

struct sb_side *sb_side_start(struct sb_engine *engine, const char *name,
                              void (*fn)(void *arg));

/* Begins a run for an agent; everything of the turn lives on it. */
struct sb_run *sb_run_new(TALLOC_CTX *mem, struct sb_engine *engine,
                          const struct sb_agent *agent);
/* [suspends] Answers the message run->conv.seq, which is committed: runs the turn when
 * its lease is ours, else waits for it or for whoever answers. */
int sb_run_answer(struct sb_run *run, struct sb_turn_out *out, struct sb_err *err);
/* What of a visitor's token is kept: one that could be guessed is bound to its
 * conversation and opens nothing else. */
void sb_token_hash(const char *token, const char *conversation_id, uint8_t out[32]);

#endif
