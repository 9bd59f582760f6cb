/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of a chunk, packed: stored with it, so that an index is built without
 * reading and stemming every text again.
 */
#include <string.h>
#include "base/array.h"
#include "know/index.h"

struct packed {
    char stem[SB_STEM_MAX];
    unsigned head, body;
};

struct packing {
    struct packed *list;
    uint32_t *slots;
    size_t count, room, slot_count;
};

static void packing_grow(struct packing *p)
{
    p->room = p->room ? p->room * 2 : 256;
    p->list = talloc_realloc(NULL, p->list, struct packed, (unsigned)p->room);
    talloc_free(p->slots);
    p->slot_count = p->room * 2;
    p->slots = sb_array(NULL, uint32_t, p->slot_count);
    for (size_t i = 0; i < p->count; i++) {
        size_t s = sb_stem_hash(p->list[i].stem) % p->slot_count;

        while (p->slots[s])
            s = (s + 1) % p->slot_count;
        p->slots[s] = (uint32_t)(i + 1);
    }
}

static struct packed *packing_get(struct packing *p, const struct sb_word *word)
{
    if (p->count == p->room)
        packing_grow(p);
    size_t s = word->hash % p->slot_count;
    while (p->slots[s]) {
        if (strcmp(p->list[p->slots[s] - 1].stem, word->stem) == 0)
            return &p->list[p->slots[s] - 1];
        s = (s + 1) % p->slot_count;
    }
    struct packed *fresh = &p->list[p->count++];
    memset(fresh, 0, sizeof(*fresh));
    memcpy(fresh->stem, word->stem, SB_STEM_MAX);
    p->slots[s] = (uint32_t)p->count;
    return fresh;
}

static void pack_text(struct packing *p, struct sb_words *words, const char *text,
                      bool head)
{
    struct sb_reader reader;
    struct sb_word word;

    sb_reader_init(&reader, words, text, strlen(text));
    while (sb_reader_next(&reader, &word)) {
        if (word.flags & SB_WORD_STOP)
            continue;
        struct packed *one = packing_get(p, &word);
        if (head)
            one->head++;
        else
            one->body++;
    }
}

void sb_terms_pack(struct sb_words *words, const char *head, const char *body,
                   struct sb_buf *out)
{
    struct packing p = {0};

    pack_text(&p, words, head, true);
    pack_text(&p, words, body, false);
    for (size_t i = 0; i < p.count; i++) {
        const struct packed *one = &p.list[i];
        size_t len = strlen(one->stem);

        sb_buf_putc(out, (char)len);
        sb_buf_add(out, one->stem, len);
        sb_buf_putc(out, (char)(one->head < 255 ? one->head : 255));
        sb_buf_putc(out, (char)(one->body < 255 ? one->body : 255));
    }
    talloc_free(p.list);
    talloc_free(p.slots);
}
