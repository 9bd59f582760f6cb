/* SPDX-License-Identifier: Apache-2.0
 *
 * Folding text for matching: lower case, no accents, plain punctuation, single
 * spaces. The tables hold two letters for each code point, blank where the character
 * has no Latin base.
 */
#include "base/text.h"

#include <string.h>

/* U+00C0..U+024F: Latin-1, Extended-A and Extended-B. */
static const char latin[] =
    "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thss"
    "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thy "
    "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g "
    "g g g g h h h h i i i i i i i i i i ijijj j k k k l l l l l l   "
    "  l l n n n n n n n n n o o o o o o oeoer r r r r r s s s s s s "
    "s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s "
    "b                                                               "
    "o o                           u u                               "
    "        dzdzdzljljljnjnjnja a i i o o u u u u u u u u u u   a a "
    "a a         g g k k o o o o     j dzdzdzg g     n n a a         "
    "a a a a e e e e i i i i o o o o r r r r u u u u s s t t     h h "
    "            a a e e o o o o o o o o y y                         "
    "                                ";

/* U+1E00..U+1EFF: Latin Extended Additional (Vietnamese and others). */
static const char latin_additional[] =
    "a a b b b b b b c c d d d d d d d d d d e e e e e e e e e e f f "
    "g g h h h h h h h h h h i i i i k k k k k k l l l l l l l l m m "
    "m m m m n n n n n n n n o o o o o o o o p p p p r r r r r r r r "
    "s s s s s s s s s s t t t t t t t t u u u u u u u u u u v v v v "
    "w w w w w w w w w w x x x x y y z z z z z z h t w y   s     ss  "
    "a a a a a a a a a a a a a a a a a a a a a a a a e e e e e e e e "
    "e e e e e e e e i i i i o o o o o o o o o o o o o o o o o o o o "
    "o o o o u u u u u u u u u u u u u u y y y y y y y y             ";

struct fold {
    char *out;
    size_t len;
    bool space; /* one is due before the next character */
};

static void put(struct fold *fold, const char *bytes, size_t count)
{
    if (fold->space && fold->len)
        fold->out[fold->len++] = ' ';
    fold->space = false;
    memcpy(fold->out + fold->len, bytes, count);
    fold->len += count;
}

/* The two letters of a table, or false when the character has no Latin base. */
static bool put_latin(struct fold *fold, uint32_t cp)
{
    const char *pair;

    if (cp >= 0xc0 && cp <= 0x24f)
        pair = latin + 2 * (cp - 0xc0);
    else if (cp >= 0x1e00 && cp <= 0x1eff)
        pair = latin_additional + 2 * (cp - 0x1e00);
    else
        return false;
    if (pair[0] == ' ')
        return false;
    put(fold, pair, pair[1] == ' ' ? 1 : 2);
    return true;
}

static bool is_space(uint32_t cp)
{
    return cp <= 0x20 || cp == 0x7f || (cp >= 0x80 && cp <= 0xa0) || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
           cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

/* Combining accents, soft hyphen, zero-width characters and direction marks. */
static bool is_invisible(uint32_t cp)
{
    return (cp >= 0x300 && cp <= 0x36f) || cp == 0xad ||
           (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2060 && cp <= 0x2064) || cp == 0xfeff ||
           (cp >= 0xfe00 && cp <= 0xfe0f);
}

static const char *plain_punctuation(uint32_t cp)
{
    switch (cp) {
    case 0x2018:
    case 0x2019:
    case 0x201a:
    case 0x201b:
    case 0x2032:
    case 0xb4:
    case 0x2bc: return "'";
    case 0x201c:
    case 0x201d:
    case 0x201e:
    case 0x201f:
    case 0x2033:
    case 0xab:
    case 0xbb: return "\"";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212: return "-";
    case 0x2026: return "...";
    default: return NULL;
    }
}

/* Capital letters beyond Latin whose small ones lie at a fixed distance. */
static uint32_t lower(uint32_t cp)
{
    if (cp >= 0x391 && cp <= 0x3a9)
        return cp + 32; /* Greek */
    if (cp >= 0x410 && cp <= 0x42f)
        return cp + 32; /* Cyrillic */
    if (cp >= 0x400 && cp <= 0x40f)
        return cp + 80;
    if (cp >= 0x531 && cp <= 0x556)
        return cp + 48; /* Armenian */
    if (cp >= 0xff01 && cp <= 0xff5e)
        return cp - 0xfee0; /* full-width forms */
    return cp;
}

static void put_char(struct fold *fold, uint32_t cp)
{
    const char *plain = plain_punctuation(cp);
    char bytes[4];

    if (plain) {
        put(fold, plain, strlen(plain));
        return;
    }
    if (put_latin(fold, cp))
        return;
    cp = lower(cp);
    if (cp >= 'A' && cp <= 'Z')
        cp += 32;
    put(fold, bytes, sb_utf8_put(bytes, cp));
}

char *sb_text_fold(TALLOC_CTX *mem, const char *text)
{
    size_t len = strlen(text);
    /* An invalid byte becomes three bytes, nothing grows more. */
    struct fold fold = {talloc_size(mem, 3 * len + 1), 0, false};
    uint32_t cp;

    for (size_t at = 0; at < len;) {
        at += sb_utf8_next(text + at, len - at, &cp);
        if (is_space(cp))
            fold.space = true;
        else if (!is_invisible(cp))
            put_char(&fold, cp);
    }
    fold.out[fold.len] = '\0';
    return talloc_realloc_size(mem, fold.out, fold.len + 1);
}
