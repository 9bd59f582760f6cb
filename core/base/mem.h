/* SPDX-License-Identifier: Apache-2.0
 *
 * Out of memory. We do not limp on: the process says so and aborts, and the
 * supervisor starts another worker. Programs are linked with --wrap for talloc's
 * allocating functions (see room.mk), so code may use what talloc returns unchecked;
 * sb_mem_init() does the same for jansson and libevent.
 */
#ifndef SB_BASE_MEM_H
#define SB_BASE_MEM_H

#include <stddef.h>

/* Call once at the start of main, before the first use of jansson or libevent. */
void sb_mem_init(void);
/* Writes one log line and aborts. */
__attribute__((noreturn)) void sb_mem_exhausted(void);
/* malloc and friends that never return NULL. */
void *sb_malloc(size_t size);
void *sb_calloc(size_t count, size_t size);

#endif
