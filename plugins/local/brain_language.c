/* SPDX-License-Identifier: Apache-2.0
 *
 * Is it English, is it language at all? Judged by words that a language cannot do
 * without, and by letters that no word has.
 */
#include "brain.h"

#include <ctype.h>
#include <string.h>

static bool has_vowel(const char *word, size_t len)
{
    return strcspn(word, "aeiouy") < len;
}

static size_t longest_run(const char *word, size_t len)
{
    size_t run = 0, best = 0, i;

    for (i = 0; i < len; i++) {
        run = strchr("aeiouy", word[i]) ? 0 : run + 1;
        best = run > best ? run : best;
    }
    return best;
}

/* A word no English speaker would type: no vowel, a run of consonants, one letter
 * over and over. */
static bool is_odd_word(const char *word, size_t len)
{
    if (len < 4)
        return false;
    if (strspn(word, "abcdefghijklmnopqrstuvwxyz") < len)
        return false;
    if (!has_vowel(word, len) || longest_run(word, len) >= 5)
        return true;
    return strspn(word, (char[]){word[0], '\0'}) >= 4 ||
           (len > 5 &&
            (strncmp(word, "asdf", 4) == 0 || strncmp(word, "qwer", 4) == 0 ||
             strncmp(word, "hjkl", 4) == 0));
}

bool brain_is_gibberish(const char *text)
{
    size_t odd = 0, all = 0;
    const char *p = text;

    while (*p) {
        size_t len;

        p += strspn(p, " ");
        len = strcspn(p, " ");
        if (len) {
            all++;
            odd += is_odd_word(p, len);
        }
        p += len;
    }
    return odd > 0 && odd * 2 >= all;
}

struct language {
    const char *code;
    const char *const *words;
};
static const struct language languages[] = {
    {"es", LIST("hola", "que", "por favor", "usted", "tienen", "cuanto", "cuesta",
                "donde", "puedo", "necesito", "quiero", "gracias", "buenos", "buenas",
                "hay", "para", "una", "los", "las", "del", "con", "esta", "precio",
                "abierto", "habla", "espanol", "cuando", "abren", "estan", "mi", "el")},
    {"fr",
     LIST("bonjour", "bonsoir", "je", "vous", "est ce que", "combien", "merci", "avez",
          "quel", "quelle", "sil vous plait", "pour", "une", "les", "des", "ou",
          "ouvert", "voudrais", "etes", "nous", "avec", "le", "la", "heures")},
    {"de", LIST("hallo", "guten", "ich", "haben", "sie", "wie", "viel", "kostet",
                "bitte", "danke", "und", "der", "das", "ist", "ein", "eine", "kann",
                "wann", "wo", "nicht", "moechte", "mochte", "fur", "geoffnet", "mir")},
    {"pt", LIST("ola", "voce", "voces", "quanto", "custa", "obrigado", "obrigada",
                "preciso", "onde", "estao", "uma", "para", "nao", "tem", "bom dia",
                "boa tarde", "aberto", "gostaria", "que", "por favor", "horas")},
    {"it", LIST("ciao", "buongiorno", "buonasera", "quanto", "costa", "vorrei",
                "grazie", "per favore", "dove", "siete", "avete", "sono", "che", "una",
                "il", "posso", "aperto", "aperti", "quando", "di", "per", "non")},
};

/* Letters of a script that English does not use. */
static bool is_foreign_script(const char *message)
{
    const char *p = message, *end = message + strlen(message);
    size_t foreign = 0, letters = 0, used;
    uint32_t cp;

    for (; p < end; p += used) {
        used = local_next_char(p, end, &cp);
        if (cp < 0x80 && isalpha((int)cp))
            letters++;
        else if ((cp >= 0x370 && cp < 0x1e00) || (cp >= 0x3040 && cp < 0xfb00))
            foreign++;
    }
    return foreign > 2 && foreign > letters;
}

const char *brain_language(const struct brain *b, const char *text)
{
    const char *best = NULL;
    size_t most = 1, i, j;

    if (is_foreign_script(b->turn->message))
        return "other";
    for (i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
        size_t hits = 0;

        for (j = 0; languages[i].words[j]; j++)
            hits += has(text, languages[i].words[j]);
        if (hits > most) {
            most = hits;
            best = languages[i].code;
        }
    }
    if (!best || has_any(text, LIST("the", "you", "is", "are", "what", "how", "my",
                                    "your", "can", "do", "have", "at", "i", "it")))
        return NULL;
    return most * 3 >= count_words(text) ? best : NULL;
}
