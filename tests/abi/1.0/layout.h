/* SPDX-License-Identifier: Apache-2.0
 *
 * One line of layout.def, as a compiler sees it.
 */
#ifndef TESTS_ABI_1_0_LAYOUT_H
#define TESTS_ABI_1_0_LAYOUT_H

#include <stddef.h>

struct abi_line {
    const char *what;
    long long value; /* a size, an offset, or an enumerator's value */
    int may_grow;
};

#define ABI_LINES_BEGIN(name) const struct abi_line name[] = {
#define ABI_LINES_END                                                                  \
    {                                                                                  \
        NULL, 0, 0                                                                     \
    }                                                                                  \
    }

#define SIZED(type) {"sizeof " #type, (long long)sizeof(struct type), 1},
#define FIXED(type) {"sizeof " #type, (long long)sizeof(struct type), 0},
#define MEMBER(type, member)                                                           \
    {#type "." #member, (long long)offsetof(struct type, member), 0},                  \
        {"sizeof " #type "." #member, (long long)sizeof(((struct type *)0)->member),   \
         0},
#define VALUE(name) {#name, (long long)(name), 0},

#endif
