/* SPDX-License-Identifier: Apache-2.0
 *
 * Errors: a function that can fail returns 0 or a negative SB_E* code and,
 * through its last argument, one sentence for the operator. The sentence holds
 * no secrets and no personal data. Out-parameters are untouched on failure.
 */
#ifndef SWITCHBOARD_ERR_H
#define SWITCHBOARD_ERR_H

#include <stdarg.h>
#include <stdio.h>

enum sb_code {
    SB_OK = 0,
    SB_EINVAL = -1,       /* the caller's input is wrong; trying again is no use */
    SB_ENOTFOUND = -2,    /* there is no such thing */
    SB_ECANCELED = -3,    /* the task was cancelled: unwind, report nothing */
    SB_ETIMEDOUT = -4,    /* a deadline passed */
    SB_ELIMIT = -5,       /* over a size, rate, budget or plan limit */
    SB_EAUTH = -6,        /* credentials are missing or were refused */
    SB_ECONFLICT = -7,    /* somebody else changed it first, or it exists already */
    SB_EPROTO = -8,       /* the peer broke its protocol */
    SB_EUNAVAILABLE = -9, /* the peer is down or overloaded; later may work */
    SB_EIO = -10,         /* the operating system failed us */
    SB_ENOMEM = -11,      /* out of memory */
    SB_EINTERNAL = -12,   /* a bug of ours */
    SB_EREFUSED = -13,    /* policy forbids it (private address, robots, quarantine) */
    SB_EDECLINED = -14,   /* a plugin does not want to work as configured */
};

/* Filled by the function that fails; zero-initialise it before the call. */
struct sb_err {
    int code;           /* the SB_E* that was returned */
    int retry_after_ms; /* 0, or when a peer asked to be tried again */
    char msg[500];      /* one UTF-8 sentence, no full stop needed */
};

/* Fills `err` (may be NULL) and returns `code`, so that a failure reads
 * `return sb_fail(err, SB_EINVAL, "port %d is out of range", port);` */
__attribute__((format(printf, 3, 4))) static inline int sb_fail(struct sb_err *err,
                                                                int code,
                                                                const char *fmt, ...)
{
    va_list ap;

    if (err) {
        err->code = code;
        va_start(ap, fmt);
        (void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
        va_end(ap);
    }
    return code;
}

/* The lower-case word for a code ("timed_out"), for logs and JSON. */
static inline const char *sb_code_name(int code)
{
    switch ((enum sb_code)code) {
    case SB_OK: return "ok";
    case SB_EINVAL: return "invalid";
    case SB_ENOTFOUND: return "not_found";
    case SB_ECANCELED: return "canceled";
    case SB_ETIMEDOUT: return "timed_out";
    case SB_ELIMIT: return "limit";
    case SB_EAUTH: return "auth";
    case SB_ECONFLICT: return "conflict";
    case SB_EPROTO: return "protocol";
    case SB_EUNAVAILABLE: return "unavailable";
    case SB_EIO: return "io";
    case SB_ENOMEM: return "no_memory";
    case SB_EINTERNAL: return "internal";
    case SB_EREFUSED: return "refused";
    case SB_EDECLINED: return "declined";
    }
    return "unknown";
}

#endif
