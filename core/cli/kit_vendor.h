/* SPDX-License-Identifier: Apache-2.0
 *
 * The conformance kit's vendor: an HTTP server on loopback that answers well, badly or
 * not at all, as the check tells it. It knows the answers of a few common interfaces
 * and serves a small website; anything else gets the answer from a file.
 */
#ifndef SB_CLI_KIT_VENDOR_H
#define SB_CLI_KIT_VENDOR_H

#include <stdbool.h>
#include <stddef.h>
#include <switchboard/err.h>

enum sb_kit_mood {
    SB_KIT_GOOD = 0,
    SB_KIT_BYTES,   /* the good answer, one byte at a time */
    SB_KIT_CUT,     /* half of the good answer, then the connection is gone */
    SB_KIT_BUSY,    /* 429 with Retry-After: 7 */
    SB_KIT_LOCKED,  /* 401 */
    SB_KIT_BROKEN,  /* 500 */
    SB_KIT_GARBAGE, /* 200 with a body of noise */
    SB_KIT_NOISE,   /* no HTTP at all */
    SB_KIT_SILENT,  /* takes the request and never answers */
};

struct sb_kit_vendor;

/* Serves on the running task's loop. `answer` (may be NULL) is what requests get that
 * no built-in answer fits. */
int sb_kit_vendor_start(const char *answer, size_t answer_len,
                        struct sb_kit_vendor **vendor_r, struct sb_err *err);
void sb_kit_vendor_stop(struct sb_kit_vendor *vendor);
void sb_kit_vendor_set(struct sb_kit_vendor *vendor, enum sb_kit_mood mood);
/* "http://127.0.0.1:PORT" */
const char *sb_kit_vendor_url(const struct sb_kit_vendor *vendor);
/* Requests so far, and those for which there was no fitting answer. */
int sb_kit_vendor_asked(const struct sb_kit_vendor *vendor);
int sb_kit_vendor_puzzled(const struct sb_kit_vendor *vendor);

#endif
