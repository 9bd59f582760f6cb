/* SPDX-License-Identifier: Apache-2.0
 *
 * Stacks of tasks: 256 KiB of address space above a guard page. Only touched pages
 * count, and idle stacks beyond the first few give theirs back. A stack takes two of
 * the process's mappings (vm.max_map_count, 65530 by default: 32,000 tasks).
 */
#include "base/sched.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/mem.h"
#if SB_CTX_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif

enum {
    STACK_BYTES = 256 * 1024,
    WARM_STACKS = 256,  /* idle stacks that keep their pages */
    IDLE_STACKS = 1024, /* more are unmapped */
    MAX_PAGES = STACK_BYTES / 4096,
};

static size_t page_size(void)
{
    static size_t size;

    if (size == 0)
        size = (size_t)sysconf(_SC_PAGESIZE);
    return size;
}

size_t sb_stack_size(void)
{
    return STACK_BYTES;
}

void *sb_stack_bottom(struct sb_stack *stack)
{
    return stack->map + page_size();
}

static struct sb_stack *stack_new(void)
{
    size_t all = STACK_BYTES + page_size();
    char *map = mmap(NULL, all, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    struct sb_stack *stack;

    if (map == MAP_FAILED)
        return NULL;
    if (mprotect(map, page_size(), PROT_NONE) != 0) {
        (void)munmap(map, all);
        return NULL;
    }
#if SB_CTX_ASAN
    __lsan_register_root_region(map + page_size(), STACK_BYTES);
#endif
    stack = sb_calloc(1, sizeof(*stack));
    stack->map = map;
    return stack;
}

static void stack_free(struct sb_stack *stack)
{
#if SB_CTX_ASAN
    __lsan_unregister_root_region(sb_stack_bottom(stack), STACK_BYTES);
#endif
    (void)munmap(stack->map, STACK_BYTES + page_size());
    free(stack);
}

struct sb_stack *sb_stack_take(struct sb_loop *loop)
{
    struct sb_stack *stack = loop->stacks;

    if (!stack)
        return stack_new();
    loop->stacks = stack->next;
    loop->stats.pooled_stacks--;
    stack->next = NULL;
    return stack;
}

/* Page by page: from the lowest page in memory to the top. */
size_t sb_stack_used(struct sb_stack *stack)
{
    unsigned char in_core[MAX_PAGES];
    size_t pages = STACK_BYTES / page_size();

    if (pages > MAX_PAGES || mincore(sb_stack_bottom(stack), STACK_BYTES, in_core) != 0)
        return 0;
    for (size_t page = 0; page < pages; page++)
        if (in_core[page] & 1)
            return (pages - page) * page_size();
    return 0;
}

static void note_use(struct sb_loop *loop, struct sb_stack *stack)
{
    size_t used = sb_stack_used(stack);

    if (used > loop->stats.stack_high_water)
        loop->stats.stack_high_water = used;
}

void sb_stack_give(struct sb_loop *loop, struct sb_stack *stack)
{
#if SB_CTX_ASAN
    /* The frames of the task's entry never returned: their red zones still stand. */
    __asan_unpoison_memory_region(sb_stack_bottom(stack), STACK_BYTES);
#endif
    if (loop->stats.pooled_stacks >= WARM_STACKS) {
        note_use(loop, stack);
        if (loop->stats.pooled_stacks >= IDLE_STACKS) {
            stack_free(stack);
            return;
        }
        (void)madvise(sb_stack_bottom(stack), STACK_BYTES, MADV_DONTNEED);
    }
    stack->next = loop->stacks;
    loop->stacks = stack;
    loop->stats.pooled_stacks++;
}

void sb_stack_free_all(struct sb_loop *loop)
{
    struct sb_stack *stack;

    while ((stack = loop->stacks) != NULL) {
        loop->stacks = stack->next;
        stack_free(stack);
    }
    loop->stats.pooled_stacks = 0;
}

void sb_loop_stats(struct sb_loop *loop, struct sb_task_stats *stats)
{
    for (struct sb_stack *stack = loop->stacks; stack; stack = stack->next)
        note_use(loop, stack);
    for (struct sb_task *task = loop->living; task; task = task->older)
        if (task->stack)
            note_use(loop, task->stack);
    *stats = loop->stats;
}
