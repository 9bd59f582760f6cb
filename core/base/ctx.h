/* SPDX-License-Identifier: Apache-2.0
 *
 * Contexts: a place in some code with a stack of its own, and the switch between two
 * of them. Internal to the tasks. The switch is a few instructions on x86-64 and
 * aarch64 (no system call: signal masks are not switched) and ucontext elsewhere.
 */
#ifndef SB_BASE_CTX_H
#define SB_BASE_CTX_H

#include <stdbool.h>
#include <stddef.h>

/* Shadow stacks (-fcf-protection=return) are glibc's business: leave it to ucontext. */
#if defined(__x86_64__) && (!defined(__CET__) || !(__CET__ & 2)) &&                    \
    !defined(SB_CTX_PORTABLE)
#define SB_CTX_ASM 1
#elif defined(__aarch64__) && !defined(SB_CTX_PORTABLE)
#define SB_CTX_ASM 1
#else
#define SB_CTX_ASM 0
#include <ucontext.h>
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SB_CTX_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SB_CTX_ASAN 1
#endif
#endif
#ifndef SB_CTX_ASAN
#define SB_CTX_ASAN 0
#endif

struct sb_ctx {
#if SB_CTX_ASM
    void *sp; /* where the registers were pushed */
#else
    ucontext_t uc;
#endif
    void (*entry)(void *arg);
    void *arg;
#if SB_CTX_ASAN
    const void *bottom;
    size_t size;
    void *fake;
#endif
};

/* Prepares `ctx` to run `entry(arg)` on the stack at the first switch. entry never
 * returns; its first act is sb_ctx_entered(). */
void sb_ctx_make(struct sb_ctx *ctx, void *stack, size_t size, void (*entry)(void *arg),
                 void *arg);
/* Leaves `from` and goes on in `to`; returns when somebody switches back. `last`: the
 * context will never be switched to again. */
void sb_ctx_switch(struct sb_ctx *from, struct sb_ctx *to, bool last);
/* Says that a new context runs, and from where it was switched to. */
void sb_ctx_entered(struct sb_ctx *from);

#endif
