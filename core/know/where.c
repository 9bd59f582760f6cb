/* SPDX-License-Identifier: Apache-2.0
 *
 * What a page's place tells of how far to believe it: what it is about, whether it is a
 * passing report, and of which year.
 */
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "know/know_impl.h"

static const char *const passing[] = {"blog",    "news",    "post",     "posts",
                                      "archive", "article", "articles", "press",
                                      "events",  "event"};

/* Address, title and heading as folded words, on `mem`. */
static char *words_of(TALLOC_CTX *mem, const char *url, const char *title,
                      const char *heading)
{
    char *all = talloc_asprintf(mem, "%s %s %s", url, title, heading);

    for (char *p = all; *p; p++)
        if (strchr("/-_.?=&>:,", *p))
            *p = ' ';
    return sb_text_fold(mem, all);
}

static bool has_any(TALLOC_CTX *mem, const char *folded, const char *words)
{
    while (*words) {
        size_t len = strcspn(words, " ");

        if (sb_text_has_phrase(folded, talloc_strndup(mem, words, len)))
            return true;
        words += len + (words[len] == ' ');
    }
    return false;
}

bool sb_know_is_passing(const char *url)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    char *folded = words_of(mem, url, "", "");
    bool found = false;

    for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]) && !found; i++)
        found = sb_text_has_phrase(folded, passing[i]);
    talloc_free(mem);
    return found;
}

int sb_know_specificity(const char *kind, const char *url, const char *title,
                        const char *heading)
{
    static const struct {
        const char *kind, *words;
    } about[] = {
        {"hours", "hours contact visit schedule open"},
        {"special_hours", "hours holiday holidays"},
        {"phone", "contact"},
        {"email", "contact"},
        {"address", "contact directions location visit find"},
        {"price", "rates rate pricing prices fees price membership cost"},
    };
    TALLOC_CTX *mem = talloc_new(NULL);
    char *folded = words_of(mem, url, title, heading);
    int score = sb_know_is_passing(url) ? -3 : 0;

    for (size_t i = 0; i < sizeof(about) / sizeof(about[0]); i++)
        if (strcmp(about[i].kind, kind) == 0 && has_any(mem, folded, about[i].words))
            score += 2;
    talloc_free(mem);
    return score;
}

int sb_know_year_named(const char *url, const char *title, const char *heading)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    char *folded = words_of(mem, url, title, heading);
    int latest = 0;

    for (const char *p = folded; *p;) {
        size_t len = strcspn(p, " ");

        if (len == 4 && strspn(p, "0123456789") >= 4) {
            int year = (int)strtol(p, NULL, 10);

            if (year >= 1990 && year < 2100 && year > latest)
                latest = year;
        }
        p += len + (p[len] == ' ');
    }
    talloc_free(mem);
    return latest;
}
