/* SPDX-License-Identifier: Apache-2.0
 *
 * Role llm: one call from beginning to end. It reads the structured turn, never the
 * prompt layers; keeps nothing between calls; and never says the same words twice in a
 * row.
 */
#include "brain.h"

#include <stdlib.h>
#include <string.h>

#define MODEL "local-receptionist-1"
#define MOST_TRIES 4 /* at other words than the last reply's */

/* ---- one reply ---- */

static void compose(struct brain *b)
{
    b->out = (struct text){.arena = &b->arena};
    b->cited_count = 0;
    brain_reply(b);
}

static bool is_repetition(struct brain *b)
{
    const char *last = b->turn->last_reply;

    return last && *last && b->out.len &&
           strcmp(plain(&b->arena, last), plain(&b->arena, text_str(&b->out))) == 0;
}

static void compose_fresh(struct brain *b)
{
    for (b->salt = 0; b->salt < MOST_TRIES; b->salt++) {
        compose(b);
        if (!is_repetition(b))
            return;
    }
    b->out = (struct text){.arena = &b->arena};
    text_puts(&b->out, "To say it once more: ");
    text_puts(&b->out, b->turn->last_reply);
}

/* ---- handing it on ---- */

/* The end of the piece at `p`: a sentence with the white space after it. */
static const char *piece_end(const char *p)
{
    for (; *p; p++) {
        if (*p == '\n' || ((*p == '.' || *p == '?' || *p == '!') && p[1] == ' '))
            return p + (p[1] == ' ' && *p != '\n' ? 2 : 1);
    }
    return p;
}

/* What another provider of this very turn has said already is left out. */
static bool was_said(struct brain *b, const char *piece, size_t len)
{
    const char *said = b->request->said;

    return said && *said &&
           holds(plain(&b->arena, said),
                 plain(&b->arena, arena_copy(&b->arena, piece, len)));
}

static int stream(struct brain *b)
{
    const char *p = text_str(&b->out), *end;
    bool first = true;
    int rc = 0;

    for (; *p && !rc; p = end) {
        end = piece_end(p);
        if (was_said(b, p, (size_t)(end - p)))
            continue;
        if (first && b->request->said && *b->request->said)
            rc = b->sink->text(b->sink->arg, " ", 1);
        first = false;
        if (!rc)
            rc = b->sink->text(b->sink->arg, p, (size_t)(end - p));
    }
    return rc;
}

static int hand_on(struct brain *b)
{
    struct sb_llm_usage usage = {0};
    size_t i;
    int rc;

    for (i = 0; i < b->cited_count && b->sink->cite; i++)
        b->sink->cite(b->sink->arg, b->cited[i]);
    if (b->sink->confidence)
        b->sink->confidence(b->sink->arg, b->confidence);
    rc = stream(b);
    if (!rc && b->sink->usage)
        b->sink->usage(b->sink->arg, &usage);
    return rc;
}

/* ---- background work ---- */

static bool is_substantial(struct brain *b, const char *message)
{
    return count_words(plain(&b->arena, message)) >= 3;
}

/* Without a turn there is a conversation to sum up: what the person wanted, in their
 * own words. */
static int summarise(struct brain *b)
{
    size_t i, n = 0;

    for (i = 0; i < b->request->message_count && b->out.len < 400; i++) {
        const struct sb_llm_message *message = &b->request->messages[i];
        size_t len = strcspn(message->text, "\n");

        if (message->role != SB_LLM_USER || !is_substantial(b, message->text))
            continue;
        text_puts(&b->out, n++ ? "; \"" : "The person said: \"");
        text_put(&b->out, message->text, len);
        text_puts(&b->out, "\"");
    }
    if (n)
        text_puts(&b->out, ".");
    return n ? b->sink->text(b->sink->arg, text_str(&b->out), b->out.len) : 0;
}

/* ---- the role ---- */

static int run(struct brain *b)
{
    int calls;

    if (b->sink->model)
        b->sink->model(b->sink->arg, MODEL);
    if (!b->turn)
        return summarise(b);
    brain_results(b);
    brain_read(b);
    calls = brain_act(b);
    if (calls)
        return calls < 0 ? calls : 0;
    compose_fresh(b);
    return hand_on(b);
}

static int turn(void *state, const struct sb_llm_request *request,
                const struct sb_llm_sink *sink, struct sb_err *err)
{
    struct local *local = state;
    struct brain *b = calloc(1, sizeof(*b));
    int rc;

    if (!local->llm_words)
        local->llm_words = local_words_new();
    if (!b || !local->llm_words) {
        free(b);
        return sb_fail(err, SB_ENOMEM, "out of memory");
    }
    b->local = local;
    b->host = local->host;
    b->words = local->llm_words;
    b->request = request;
    b->turn = request->turn;
    b->sink = sink;
    b->out.arena = &b->arena;
    rc = run(b);
    arena_free(&b->arena);
    free(b);
    return rc;
}

const struct sb_llm_ops local_llm_ops = {
    .size = sizeof(struct sb_llm_ops),
    .abilities = SB_LLM_STREAMS | SB_LLM_TOOLS,
    .turn = turn,
};
