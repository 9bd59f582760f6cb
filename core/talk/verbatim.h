/* SPDX-License-Identifier: Apache-2.0
 *
 * Nothing invented: prices, phone numbers and hours in a reply must stand in what the
 * model was given. A pure check over text; the sources are gathered by the caller.
 */
#ifndef SB_TALK_VERBATIM_H
#define SB_TALK_VERBATIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

enum sb_claim_kind { SB_CLAIM_PRICE = 1, SB_CLAIM_PHONE, SB_CLAIM_TIME };

struct sb_claim {
    int kind;      /* enum sb_claim_kind */
    int64_t value; /* cents, the last ten digits, minutes after midnight */
    bool guessed;  /* a time without am or pm */
};

struct sb_claims {
    TALLOC_CTX *mem;
    struct sb_claim *items;
    size_t count;
};

void sb_claims_init(struct sb_claims *claims, TALLOC_CTX *mem);
/* Adds every price, phone number and time of day that `text` states (NULL is fine). */
void sb_claims_add(struct sb_claims *claims, const char *text);

/* Does `sentence` state only what is in `facts`? Times may also come from `agreed`
 * (what the person asked for), unless the sentence speaks of opening hours. */
bool sb_verbatim_ok(TALLOC_CTX *mem, const char *sentence,
                    const struct sb_claims *facts, const struct sb_claims *agreed);

#endif
