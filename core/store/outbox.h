/* SPDX-License-Identifier: Apache-2.0
 *
 * The outbox: effects on the world (paging a human, mail, messages, webhooks) are
 * rows, written in the transaction that causes them and delivered later. The key
 * makes each effect happen once, however often its cause is tried.
 */
#ifndef SB_STORE_OUTBOX_H
#define SB_STORE_OUTBOX_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_db;
struct sb_tx;

/* Queues the insert into an open transaction of organisation `org`; returns the
 * statement's index (sb_rows_affected() is 0 when the key was there already). `key`
 * is unique in the organisation, e.g. "page:<conversation>:<rule>". */
int sb_outbox_add(struct sb_tx *tx, const char *org, const char *kind, const char *key,
                  const json_t *payload);

struct sb_outbox_row {
    const char *org;
    int64_t id;
    const char *kind, *key;
    const char *payload; /* JSON */
    int attempts;
    int64_t created_ms, next_ms, done_ms, dead_ms; /* 0: not */
    const char *error;
};
enum sb_outbox_state { SB_OUTBOX_WAITING, SB_OUTBOX_DONE, SB_OUTBOX_DEAD };
/* [suspends] The effects in a state, newest first, at most `limit` (1..500) with an id
 * below `before` (0: the newest). `org` "system" lists all organisations'. */
int sb_outbox_list(struct sb_db *db, TALLOC_CTX *mem, const char *org,
                   enum sb_outbox_state state, int64_t before, int limit,
                   struct sb_outbox_row **rows_r, size_t *count_r, struct sb_err *err);
/* [suspends] Gives a dead effect new tries; SB_ENOTFOUND if it is not dead. */
int sb_outbox_revive(struct sb_db *db, const char *org, int64_t id, struct sb_err *err);

#endif
