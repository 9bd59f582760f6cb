/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading results. Everything comes as text (session settings make it one form of
 * text); bytea as hex digits.
 */
#define _GNU_SOURCE /* timegm */
#include "store/rows.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/log.h"
#include "store/pg.h"

struct sb_rows {
    PGresult *result;
};

static int rows_destroy(struct sb_rows *rows)
{
    PQclear(rows->result);
    return 0;
}

struct sb_rows *sb_rows_new(TALLOC_CTX *mem, PGresult *result)
{
    struct sb_rows *rows = talloc_zero(mem, struct sb_rows);

    rows->result = result;
    talloc_set_destructor(rows, rows_destroy);
    return rows;
}

size_t sb_rows_count(const struct sb_rows *rows)
{
    return rows ? (size_t)PQntuples(rows->result) : 0;
}

int64_t sb_rows_affected(const struct sb_rows *rows)
{
    return rows ? strtoll(PQcmdTuples(rows->result), NULL, 10) : 0;
}

static _Noreturn void bug(const char *sentence, const char *column)
{
    sb_log(SB_LOG_ERROR, "store", sentence, sb_str("column", column));
    abort();
}

/* NULL for SQL's NULL. */
static const char *value(const struct sb_rows *rows, size_t row, const char *column)
{
    int count = rows ? PQnfields(rows->result) : 0, i;

    if (row >= sb_rows_count(rows))
        bug("a row was read that is not there", column);
    for (i = 0; i < count; i++) {
        if (strcmp(PQfname(rows->result, i), column) == 0)
            return PQgetisnull(rows->result, (int)row, i)
                       ? NULL
                       : PQgetvalue(rows->result, (int)row, i);
    }
    bug("a column was read that was not selected", column);
}

const char *sb_row_str(const struct sb_rows *rows, size_t row, const char *column)
{
    return value(rows, row, column);
}

const char *sb_row_dup(TALLOC_CTX *mem, const struct sb_rows *rows, size_t row,
                       const char *column)
{
    const char *text = value(rows, row, column);

    return talloc_strdup(mem, text ? text : "");
}

int64_t sb_row_int(const struct sb_rows *rows, size_t row, const char *column)
{
    const char *text = value(rows, row, column);

    return text ? strtoll(text, NULL, 10) : 0;
}

double sb_row_num(const struct sb_rows *rows, size_t row, const char *column)
{
    const char *text = value(rows, row, column);

    return text ? strtod(text, NULL) : 0;
}

bool sb_row_bool(const struct sb_rows *rows, size_t row, const char *column)
{
    const char *text = value(rows, row, column);

    return text && (*text == 't' || *text == '1');
}

bool sb_row_null(const struct sb_rows *rows, size_t row, const char *column)
{
    return value(rows, row, column) == NULL;
}

/* The fraction after the seconds, ".123456", in milliseconds. */
static int64_t fraction_ms(const char *text)
{
    int64_t ms = 0;
    int i;

    if (*text != '.')
        return 0;
    for (i = 1; i <= 3; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';

        ms = ms * 10 + (digit ? text[i] - '0' : 0);
        if (!digit) {
            for (; i < 3; i++)
                ms *= 10;
            break;
        }
    }
    return ms;
}

/* One number of a timestamp, and past the separator that follows it. */
static int number(const char **text, const char *separators)
{
    char *end;
    long got = strtol(*text, &end, 10);

    if (*end && strchr(separators, *end))
        end++;
    *text = end;
    return (int)got;
}

/* "2026-11-21 03:27:57.733+00": the session's zone is UTC. A date is its midnight. */
int64_t sb_row_time(const struct sb_rows *rows, size_t row, const char *column)
{
    const char *text = value(rows, row, column);
    struct tm tm = {0};

    if (!text)
        return 0;
    if (strcmp(text, "infinity") == 0)
        return INT64_MAX;
    if (strcmp(text, "-infinity") == 0)
        return INT64_MIN;
    tm.tm_year = number(&text, "-") - 1900;
    tm.tm_mon = number(&text, "-") - 1;
    tm.tm_mday = number(&text, " ");
    if (*text) {
        tm.tm_hour = number(&text, ":");
        tm.tm_min = number(&text, ":");
        tm.tm_sec = number(&text, "");
    }
    return (int64_t)timegm(&tm) * 1000 + fraction_ms(text);
}

static int nibble(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

const void *sb_row_bytes(TALLOC_CTX *mem, const struct sb_rows *rows, size_t row,
                         const char *column, size_t *len_r)
{
    const char *text = value(rows, row, column);
    size_t len, i;
    uint8_t *out;

    if (!text) {
        *len_r = 0;
        return NULL;
    }
    if (text[0] != '\\' || text[1] != 'x')
        bug("a column was read as bytes that is not bytea", column);
    text += 2;
    len = strlen(text) / 2;
    out = talloc_size(mem, len + 1);
    for (i = 0; i < len; i++)
        out[i] = (uint8_t)(nibble(text[i * 2]) << 4 | nibble(text[i * 2 + 1]));
    out[len] = 0;
    *len_r = len;
    return out;
}
