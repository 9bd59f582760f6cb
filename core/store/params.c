/* SPDX-License-Identifier: Apache-2.0
 *
 * Parameters. They are returned by value, so a number's text is in the parameter
 * itself and `data` stays NULL: a pointer to it would point at the copy before.
 */
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "store/pg.h"

struct sb_param sb_p_null(void)
{
    return (struct sb_param){.type = SB_P_NULL};
}

struct sb_param sb_p_str(const char *text)
{
    if (!text)
        return sb_p_null();
    return (struct sb_param){.type = SB_P_TEXT, .data = text, .len = strlen(text)};
}

struct sb_param sb_p_opt(const char *text)
{
    return text && *text ? sb_p_str(text) : sb_p_null();
}

struct sb_param sb_p_int(int64_t value)
{
    struct sb_param param = {.type = SB_P_TEXT};

    param.len =
        (size_t)snprintf(param.digits, sizeof(param.digits), "%lld", (long long)value);
    return param;
}

struct sb_param sb_p_num(double value)
{
    struct sb_param param = {.type = SB_P_TEXT};

    param.len = (size_t)snprintf(param.digits, sizeof(param.digits), "%.17g", value);
    return param;
}

struct sb_param sb_p_bool(bool value)
{
    return sb_p_str(value ? "t" : "f");
}

struct sb_param sb_p_time(int64_t wall_ms)
{
    struct sb_param param = {.type = SB_P_TEXT};

    if (wall_ms == 0)
        return sb_p_null();
    sb_clock_format(wall_ms, param.digits);
    param.len = strlen(param.digits);
    return param;
}

struct sb_param sb_p_bytes(const void *data, size_t len)
{
    if (!data)
        return sb_p_null();
    return (struct sb_param){.type = SB_P_BYTES, .data = data, .len = len};
}
