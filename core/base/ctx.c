/* SPDX-License-Identifier: Apache-2.0
 *
 * See ctx.h. The assembly saves what the ABI says a callee must keep: on x86-64 six
 * registers and the floating-point control words, on aarch64 x19-x30 and d8-d15.
 */
#include "base/ctx.h"

#include <stdint.h>
#include <string.h>
#if SB_CTX_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

#if SB_CTX_ASM
void sb_ctx_swap(void **save_sp, void *load_sp);
void sb_ctx_boot(void);
#endif

#if SB_CTX_ASM && defined(__x86_64__)
__asm__(".text\n"
        ".p2align 4\n"
        ".globl sb_ctx_swap\n"
        ".hidden sb_ctx_swap\n"
        ".type sb_ctx_swap,@function\n"
        "sb_ctx_swap:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    subq $8, %rsp\n"
        "    stmxcsr (%rsp)\n"
        "    fnstcw 4(%rsp)\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    ldmxcsr (%rsp)\n"
        "    fldcw 4(%rsp)\n"
        "    addq $8, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size sb_ctx_swap,.-sb_ctx_swap\n"
        /* The first thing on a new stack: r12(r13). Ends every backtrace. */
        ".p2align 4\n"
        ".globl sb_ctx_boot\n"
        ".hidden sb_ctx_boot\n"
        ".type sb_ctx_boot,@function\n"
        "sb_ctx_boot:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined rip\n"
        "    movq %r13, %rdi\n"
        "    callq *%r12\n"
        "    ud2\n"
        "    .cfi_endproc\n"
        ".size sb_ctx_boot,.-sb_ctx_boot\n");

/* Fills the frame that sb_ctx_swap pops: control words, r15, r14, r13, r12, rbx, rbp,
 * return address. */
static void *first_frame(char *top, void (*entry)(void *arg), void *arg)
{
    void **frame = (void **)(void *)(top - 64);
    uint32_t controls[2] = {0x1f80, 0x037f}; /* the ABI's initial MXCSR and x87 word */
    void (*boot)(void) = sb_ctx_boot;

    memset(frame, 0, 64);
    memcpy(&frame[0], controls, sizeof(controls));
    frame[3] = arg;
    memcpy(&frame[4], &entry, sizeof(entry));
    memcpy(&frame[7], &boot, sizeof(boot));
    return frame;
}

#elif SB_CTX_ASM
__asm__(".text\n"
        ".p2align 4\n"
        ".globl sb_ctx_swap\n"
        ".hidden sb_ctx_swap\n"
        ".type sb_ctx_swap,%function\n"
        "sb_ctx_swap:\n"
        "    sub sp, sp, #160\n"
        "    stp x19, x20, [sp, #0]\n"
        "    stp x21, x22, [sp, #16]\n"
        "    stp x23, x24, [sp, #32]\n"
        "    stp x25, x26, [sp, #48]\n"
        "    stp x27, x28, [sp, #64]\n"
        "    stp x29, x30, [sp, #80]\n"
        "    stp d8, d9, [sp, #96]\n"
        "    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n"
        "    stp d14, d15, [sp, #144]\n"
        "    mov x9, sp\n"
        "    str x9, [x0]\n"
        "    mov sp, x1\n"
        "    ldp x19, x20, [sp, #0]\n"
        "    ldp x21, x22, [sp, #16]\n"
        "    ldp x23, x24, [sp, #32]\n"
        "    ldp x25, x26, [sp, #48]\n"
        "    ldp x27, x28, [sp, #64]\n"
        "    ldp x29, x30, [sp, #80]\n"
        "    ldp d8, d9, [sp, #96]\n"
        "    ldp d10, d11, [sp, #112]\n"
        "    ldp d12, d13, [sp, #128]\n"
        "    ldp d14, d15, [sp, #144]\n"
        "    add sp, sp, #160\n"
        "    ret\n"
        ".size sb_ctx_swap,.-sb_ctx_swap\n"
        ".p2align 4\n"
        ".globl sb_ctx_boot\n"
        ".hidden sb_ctx_boot\n"
        ".type sb_ctx_boot,%function\n"
        "sb_ctx_boot:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined x30\n"
        "    mov x0, x20\n"
        "    blr x19\n"
        "    brk #1\n"
        "    .cfi_endproc\n"
        ".size sb_ctx_boot,.-sb_ctx_boot\n");

static void *first_frame(char *top, void (*entry)(void *arg), void *arg)
{
    void **frame = (void **)(void *)(top - 160);
    void (*boot)(void) = sb_ctx_boot;

    memset(frame, 0, 160);
    memcpy(&frame[0], &entry, sizeof(entry));
    frame[1] = arg;
    memcpy(&frame[11], &boot, sizeof(boot));
    return frame;
}
#endif

#if SB_CTX_ASM
static void prepare(struct sb_ctx *ctx, char *stack, size_t size)
{
    uintptr_t top = ((uintptr_t)stack + size) & ~(uintptr_t)15;

    ctx->sp = first_frame((char *)top, ctx->entry, ctx->arg);
}

static void swap(struct sb_ctx *from, struct sb_ctx *to)
{
    sb_ctx_swap(&from->sp, to->sp);
}
#else
/* makecontext passes ints only. */
static void boot(unsigned high, unsigned low)
{
    struct sb_ctx *ctx = (struct sb_ctx *)((uintptr_t)high << 16 << 16 | low);

    ctx->entry(ctx->arg);
}

static void prepare(struct sb_ctx *ctx, char *stack, size_t size)
{
    uintptr_t self = (uintptr_t)ctx;

    (void)getcontext(&ctx->uc);
    ctx->uc.uc_stack.ss_sp = stack;
    ctx->uc.uc_stack.ss_size = size;
    ctx->uc.uc_link = NULL;
    makecontext(&ctx->uc, (void (*)(void))boot, 2, (unsigned)(self >> 16 >> 16),
                (unsigned)self);
}

static void swap(struct sb_ctx *from, struct sb_ctx *to)
{
    (void)swapcontext(&from->uc, &to->uc);
}
#endif

void sb_ctx_make(struct sb_ctx *ctx, void *stack, size_t size, void (*entry)(void *arg),
                 void *arg)
{
    ctx->entry = entry;
    ctx->arg = arg;
#if SB_CTX_ASAN
    ctx->bottom = stack;
    ctx->size = size;
    ctx->fake = NULL;
#endif
    prepare(ctx, stack, size);
}

void sb_ctx_switch(struct sb_ctx *from, struct sb_ctx *to, bool last)
{
#if SB_CTX_ASAN
    __sanitizer_start_switch_fiber(last ? NULL : &from->fake, to->bottom, to->size);
#else
    (void)last;
#endif
    swap(from, to);
#if SB_CTX_ASAN
    __sanitizer_finish_switch_fiber(from->fake, &to->bottom, &to->size);
#endif
}

void sb_ctx_entered(struct sb_ctx *from)
{
#if SB_CTX_ASAN
    __sanitizer_finish_switch_fiber(NULL, &from->bottom, &from->size);
#else
    (void)from;
#endif
}
