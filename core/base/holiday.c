/* SPDX-License-Identifier: Apache-2.0
 *
 * A table of names and rules. A rule is a day of a month, the nth weekday of a month
 * (the last when n is 5), or so many days from Easter Sunday.
 */
#include "base/holiday.h"

#include <ctype.h>
#include <string.h>

enum { MAJOR = 1, KEPT = 2 };

static const struct {
    const char *key, *name;
    int month, day;        /* day > 0: fixed */
    int nth, weekday, add; /* nth > 0: of weekday (0 = Sunday), and `add` days later;
                            * month 0: `add` days from Easter */
    int flags;
    const char *names[6]; /* lower case, no apostrophes */
} table[] = {
    {"new-years-day",
     "New Year's Day",
     1,
     1,
     0,
     0,
     0,
     MAJOR | KEPT,
     {"new years day", "new year day", "new years"}},
    {"mlk-day",
     "Martin Luther King Day",
     1,
     0,
     3,
     1,
     0,
     0,
     {"martin luther king jr. day", "martin luther king jr day",
      "martin luther king day", "mlk day"}},
    {"valentines-day", "Valentine's Day", 2, 14, 0, 0, 0, 0, {"valentines day"}},
    {"presidents-day", "Presidents' Day", 2, 0, 3, 1, 0, 0, {"presidents day"}},
    {"good-friday", "Good Friday", 0, 0, 0, 0, -2, 0, {"good friday"}},
    {"easter", "Easter Sunday", 0, 0, 0, 0, 0, KEPT, {"easter sunday", "easter"}},
    {"easter-monday", "Easter Monday", 0, 0, 0, 0, 1, 0, {"easter monday"}},
    {"mothers-day", "Mother's Day", 5, 0, 2, 0, 0, 0, {"mothers day"}},
    {"memorial-day", "Memorial Day", 5, 0, 5, 1, 0, MAJOR | KEPT, {"memorial day"}},
    {"fathers-day", "Father's Day", 6, 0, 3, 0, 0, 0, {"fathers day"}},
    {"juneteenth", "Juneteenth", 6, 19, 0, 0, 0, 0, {"juneteenth"}},
    {"independence-day",
     "Independence Day",
     7,
     4,
     0,
     0,
     0,
     MAJOR | KEPT,
     {"independence day", "fourth of july", "4th of july", "july 4th", "july 4",
      "july fourth"}},
    {"labor-day",
     "Labor Day",
     9,
     0,
     1,
     1,
     0,
     MAJOR | KEPT,
     {"labor day", "labour day"}},
    {"columbus-day", "Columbus Day", 10, 0, 2, 1, 0, 0, {"columbus day"}},
    {"halloween", "Halloween", 10, 31, 0, 0, 0, 0, {"halloween"}},
    {"veterans-day", "Veterans Day", 11, 11, 0, 0, 0, 0, {"veterans day"}},
    {"thanksgiving",
     "Thanksgiving",
     11,
     0,
     4,
     4,
     0,
     MAJOR | KEPT,
     {"thanksgiving day", "thanksgiving"}},
    {"day-after-thanksgiving",
     "the day after Thanksgiving",
     11,
     0,
     4,
     4,
     1,
     KEPT,
     {"the day after thanksgiving", "day after thanksgiving", "black friday"}},
    {"christmas-eve",
     "Christmas Eve",
     12,
     24,
     0,
     0,
     0,
     KEPT,
     {"christmas eve", "xmas eve"}},
    {"christmas-day",
     "Christmas Day",
     12,
     25,
     0,
     0,
     0,
     MAJOR | KEPT,
     {"christmas day", "christmas", "xmas day", "xmas"}},
    {"boxing-day", "Boxing Day", 12, 26, 0, 0, 0, 0, {"boxing day"}},
    {"new-years-eve",
     "New Year's Eve",
     12,
     31,
     0,
     0,
     0,
     KEPT,
     {"new years eve", "new year eve"}},
};
enum { COUNT = sizeof(table) / sizeof(table[0]), NAMES = 6 };

/* ---- names ---- */

/* Bytes of an apostrophe, typed or printed. */
static size_t apostrophe(const char *p)
{
    if (*p == '\'' || *p == '`')
        return 1;
    return strncmp(p, "\xe2\x80\x99", 3) == 0 || strncmp(p, "\xe2\x80\x98", 3) == 0 ? 3
                                                                                    : 0;
}

/* Bytes of `text` that the name takes, or 0. */
static size_t match(const char *text, const char *name)
{
    const char *p = text;

    for (; *name; name++) {
        size_t skip;

        while ((skip = apostrophe(p)))
            p += skip;
        if (*name == ' ') {
            if (!isspace((unsigned char)*p))
                return 0;
            p += strspn(p, " \t\n");
        } else if (tolower((unsigned char)*p++) != *name) {
            return 0;
        }
    }
    return isalnum((unsigned char)*p) ? 0 : (size_t)(p - text);
}

int sb_holiday_named(const char *text, size_t *used_r)
{
    size_t most = 0;
    int found = 0;

    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < NAMES && table[i].names[j]; j++) {
            size_t used = match(text, table[i].names[j]);

            if (used > most) {
                most = used;
                found = i + 1;
            }
        }
    if (found && used_r)
        *used_r = most;
    return found;
}

const char *sb_holiday_name(int number)
{
    return table[number - 1].name;
}

const char *sb_holiday_key(int number)
{
    return table[number - 1].key;
}

int sb_holiday_of_key(const char *key)
{
    for (int i = 0; i < COUNT; i++)
        if (strcmp(table[i].key, key) == 0)
            return i + 1;
    return 0;
}

bool sb_holiday_is_kept(int number)
{
    return number > 0 && (table[number - 1].flags & KEPT);
}

bool sb_holiday_is_major(int number)
{
    return number > 0 && (table[number - 1].flags & MAJOR);
}

/* ---- dates ---- */

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : days[month - 1];
}

/* 0 = Sunday; Sakamoto's rule. */
static int weekday(int year, int month, int day)
{
    static const int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};

    if (month < 3)
        year--;
    return (year + year / 4 - year / 100 + year / 400 + shift[month - 1] + day) % 7;
}

/* Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher). */
static void easter(int year, int *month, int *day)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int m = (a + 11 * h + 22 * l) / 451, sum = h + l - 7 * m + 114;

    *month = sum / 31;
    *day = sum % 31 + 1;
}

static int nth_weekday(int year, int month, int nth, int wanted)
{
    int first = 1 + (wanted - weekday(year, month, 1) + 7) % 7;
    int day = first + 7 * (nth - 1);

    return day > days_in(year, month) ? day - 7 : day;
}

void sb_holiday_date(int number, int year, int *month_r, int *day_r)
{
    int i = number - 1, month = table[i].month, day = table[i].day;

    if (month == 0)
        easter(year, &month, &day);
    else if (day == 0)
        day = nth_weekday(year, month, table[i].nth, table[i].weekday);
    day += table[i].add;
    if (day < 1) {
        month--;
        day += days_in(year, month);
    } else if (day > days_in(year, month)) {
        day -= days_in(year, month);
        month++;
    }
    *month_r = month;
    *day_r = day;
}

int sb_holiday_on(int year, int month, int day)
{
    for (int i = 1; i <= COUNT; i++) {
        int m, d;

        sb_holiday_date(i, year, &m, &d);
        if (m == month && d == day)
            return i;
    }
    return 0;
}
