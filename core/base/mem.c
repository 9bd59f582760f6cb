/* SPDX-License-Identifier: Apache-2.0
 *
 * See mem.h. The __wrap_ functions are what the linker puts in place of talloc's:
 * they call the real one (__real_) and abort instead of returning NULL.
 */
#include "base/mem.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>
#include "base/log.h"

void sb_mem_exhausted(void)
{
    static const char line[] =
        "{\"level\":\"error\",\"room\":\"base\",\"msg\":\"out of memory, aborting\"}\n";
    ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);

    (void)written;
    abort();
}

static void *must(void *memory)
{
    if (!memory)
        sb_mem_exhausted();
    return memory;
}

void *sb_malloc(size_t size)
{
    return must(malloc(size ? size : 1));
}

void *sb_calloc(size_t count, size_t size)
{
    return must(calloc(count ? count : 1, size ? size : 1));
}

static void *re_alloc(void *old, size_t size)
{
    if (size == 0) {
        free(old);
        return NULL;
    }
    return must(realloc(old, size));
}

/* talloc found a double free or a wild pointer: a bug of ours. */
static void on_talloc_abort(const char *reason)
{
    sb_log(SB_LOG_ERROR, "base", "memory is corrupt, aborting", sb_str("why", reason));
    abort();
}

void sb_mem_init(void)
{
    json_set_alloc_funcs(sb_malloc, free);
    event_set_mem_functions(sb_malloc, re_alloc, free);
    talloc_set_abort_fn(on_talloc_abort);
}

/* ---- talloc ----
 *
 * One pair of declarations a function: the linker resolves __real_x to talloc's x. */

void *__real__talloc_zero(const void *ctx, size_t size, const char *name);
void *__wrap__talloc_zero(const void *ctx, size_t size, const char *name);
void *__wrap__talloc_zero(const void *ctx, size_t size, const char *name)
{
    return must(__real__talloc_zero(ctx, size, name));
}

void *__real_talloc_named_const(const void *ctx, size_t size, const char *name);
void *__wrap_talloc_named_const(const void *ctx, size_t size, const char *name);
void *__wrap_talloc_named_const(const void *ctx, size_t size, const char *name)
{
    return must(__real_talloc_named_const(ctx, size, name));
}

void *__real__talloc_array(const void *ctx, size_t size, unsigned count,
                           const char *name);
void *__wrap__talloc_array(const void *ctx, size_t size, unsigned count,
                           const char *name);
void *__wrap__talloc_array(const void *ctx, size_t size, unsigned count,
                           const char *name)
{
    return must(__real__talloc_array(ctx, size, count, name));
}

void *__real__talloc_zero_array(const void *ctx, size_t size, unsigned count,
                                const char *name);
void *__wrap__talloc_zero_array(const void *ctx, size_t size, unsigned count,
                                const char *name);
void *__wrap__talloc_zero_array(const void *ctx, size_t size, unsigned count,
                                const char *name)
{
    return must(__real__talloc_zero_array(ctx, size, count, name));
}

/* Size 0 frees, and NULL is its right answer. */
void *__real__talloc_realloc(const void *ctx, void *old, size_t size, const char *name);
void *__wrap__talloc_realloc(const void *ctx, void *old, size_t size, const char *name);
void *__wrap__talloc_realloc(const void *ctx, void *old, size_t size, const char *name)
{
    void *grown = __real__talloc_realloc(ctx, old, size, name);

    return size ? must(grown) : grown;
}

void *__real__talloc_realloc_array(const void *ctx, void *old, size_t size,
                                   unsigned count, const char *name);
void *__wrap__talloc_realloc_array(const void *ctx, void *old, size_t size,
                                   unsigned count, const char *name);
void *__wrap__talloc_realloc_array(const void *ctx, void *old, size_t size,
                                   unsigned count, const char *name)
{
    void *grown = __real__talloc_realloc_array(ctx, old, size, count, name);

    return count ? must(grown) : grown;
}

void *__real__talloc_memdup(const void *ctx, const void *from, size_t size,
                            const char *name);
void *__wrap__talloc_memdup(const void *ctx, const void *from, size_t size,
                            const char *name);
void *__wrap__talloc_memdup(const void *ctx, const void *from, size_t size,
                            const char *name)
{
    void *copy = __real__talloc_memdup(ctx, from, size, name);

    return from ? must(copy) : copy;
}

char *__real_talloc_strdup(const void *ctx, const char *text);
char *__wrap_talloc_strdup(const void *ctx, const char *text);
char *__wrap_talloc_strdup(const void *ctx, const char *text)
{
    return text ? must(__real_talloc_strdup(ctx, text)) : NULL;
}

char *__real_talloc_strndup(const void *ctx, const char *text, size_t len);
char *__wrap_talloc_strndup(const void *ctx, const char *text, size_t len);
char *__wrap_talloc_strndup(const void *ctx, const char *text, size_t len)
{
    return text ? must(__real_talloc_strndup(ctx, text, len)) : NULL;
}

char *__wrap_talloc_vasprintf(const void *ctx, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
char *__real_talloc_vasprintf(const void *ctx, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
char *__wrap_talloc_vasprintf(const void *ctx, const char *fmt, va_list ap)
{
    return must(__real_talloc_vasprintf(ctx, fmt, ap));
}

char *__wrap_talloc_asprintf(const void *ctx, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
char *__wrap_talloc_asprintf(const void *ctx, const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    text = must(__real_talloc_vasprintf(ctx, fmt, ap));
    va_end(ap);
    return text;
}

char *__real_talloc_strdup_append(char *text, const char *more);
char *__wrap_talloc_strdup_append(char *text, const char *more);
char *__wrap_talloc_strdup_append(char *text, const char *more)
{
    char *grown = __real_talloc_strdup_append(text, more);

    return text || more ? must(grown) : NULL;
}

char *__wrap_talloc_asprintf_append(char *text, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
char *__wrap_talloc_asprintf_append(char *text, const char *fmt, ...)
{
    va_list ap;
    char *grown;

    va_start(ap, fmt);
    grown = must(talloc_vasprintf_append(text, fmt, ap));
    va_end(ap);
    return grown;
}
