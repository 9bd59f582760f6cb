/* SPDX-License-Identifier: Apache-2.0
 *
 * Turns built by hand for testing the deterministic receptionist: a turn, its passages,
 * fields and earlier messages, run through the real role with the real JSON services,
 * and what came out of it.
 */
#ifndef TESTS_BRAINKIT_H
#define TESTS_BRAINKIT_H

#include <stdbool.h>
#include <switchboard/plugin.h>

#define KIT_MAX 16

struct kit {
    struct sb_turn turn;
    struct sb_passage passages[KIT_MAX];
    struct sb_field fields[KIT_MAX];
    struct sb_heard heard[KIT_MAX];
    struct sb_phrase phrases[KIT_MAX];
    struct sb_llm_message messages[2 * KIT_MAX];
    struct sb_llm_call made[2 * KIT_MAX];
    size_t message_count;
    const char *said;
    /* what came out */
    char reply[4096];
    struct sb_llm_call calls[KIT_MAX]; /* copies, freed with the kit */
    size_t call_count;
    const char *cited[KIT_MAX];
    size_t cited_count, pieces;
    double confidence;
    struct local *local;
    void *owned[256]; /* everything that kit_free() frees */
    size_t owned_count;
};

/* A turn of a business that is open, with nothing known and nothing asked. */
struct kit *kit_new(void);
void kit_free(struct kit *kit);
/* An earlier exchange. */
void kit_before(struct kit *kit, const char *person, const char *reply);
struct sb_passage *kit_page(struct kit *kit, const char *heading, const char *text);
struct sb_passage *kit_faq(struct kit *kit, const char *question, const char *text);
struct sb_field *kit_field(struct kit *kit, const char *name, int kind,
                           const char *ask);
void kit_heard(struct kit *kit, const char *field, int kind, const char *value,
               const char *text);
void kit_phrase(struct kit *kit, const char *name, const char *text);
/* The person says it; fills reply, calls and the rest. Returns the role's code. */
int kit_say(struct kit *kit, const char *message);
/* After kit_say() made calls: answers call `i` with `result` and asks again. */
void kit_result(struct kit *kit, size_t i, const char *result);
int kit_again(struct kit *kit);
/* Asks for the rest of an answer that another provider began (`said`). */
int kit_go_on(struct kit *kit);
/* Was the tool called, with this in its arguments? ("" for any) */
bool kit_called(const struct kit *kit, const char *tool, const char *argument);
/* Did the reply hold it, whatever the case? */
bool kit_replied(const struct kit *kit, const char *words);

#endif
