/* SPDX-License-Identifier: Apache-2.0
 *
 * Who a website says its visitor is. The site signs a token (JWT, HS256) with the
 * tenant's identity_secret; name, e-mail and phone in it are then believed. Anything
 * unsigned fills the lead and opens nothing.
 */
#ifndef SB_API_IDENTITY_H
#define SB_API_IDENTITY_H

#include <talloc.h>
#include <switchboard/err.h>

struct sb_speaker;

/* Checks `token` and fills the speaker's name, email, phone (on `mem`) and verified.
 * Refuses another algorithm than HS256, a missing or past `exp`, an `exp` more than a
 * day ahead, and a tenant without a secret (SB_EAUTH). `now_ms` is the wall clock. */
int sb_identity_verify(TALLOC_CTX *mem, const char *token, const char *secret,
                       int64_t now_ms, struct sb_speaker *speaker, struct sb_err *err);

#endif
