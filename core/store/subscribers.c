/* SPDX-License-Identifier: Apache-2.0
 *
 * See subscribers.h. A hash table of lists. While somebody is being called, what is
 * removed is only marked, and goes when the outermost call is over.
 */
#include "store/subscribers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <talloc.h>
#include "base/array.h"

struct sb_subscription {
    struct sb_subscribers *table; /* NULL: cleared */
    struct sb_subscription *next;
    uint32_t hash;
    bool dead;
    void (*fn)(void *arg, const char *topic, const char *payload);
    void *arg;
    char topic[];
};

struct sb_subscribers {
    struct sb_subscription **lists;
    size_t room, count; /* room is a power of two */
    int calling;
    bool has_dead;
};

static uint32_t hash_topic(const char *topic)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (; *topic; topic++)
        hash = (hash ^ (unsigned char)*topic) * 16777619u;
    return hash;
}

struct sb_subscribers *sb_subscribers_new(void)
{
    struct sb_subscribers *table = talloc_zero(NULL, struct sb_subscribers);

    table->room = 64;
    table->lists = sb_array(table, struct sb_subscription *, table->room);
    return table;
}

void sb_subscribers_clear(struct sb_subscribers *table)
{
    struct sb_subscription *entry;
    size_t i;

    for (i = 0; i < table->room; i++) {
        for (entry = table->lists[i]; entry; entry = entry->next)
            entry->dead = true;
    }
}

/* Takes out the dead. Those that were cleared, not removed, are their holders' still:
 * a removed one has no function any more. */
static void bury(struct sb_subscribers *table, bool all)
{
    struct sb_subscription **at, *entry;
    size_t i;

    for (i = 0; i < table->room; i++) {
        for (at = &table->lists[i]; (entry = *at);) {
            if (!all && !(entry->dead && !entry->fn)) {
                at = &entry->next;
                continue;
            }
            *at = entry->next;
            table->count--;
            entry->table = NULL;
            if (!entry->fn)
                talloc_free(entry);
        }
    }
    table->has_dead = false;
}

void sb_subscribers_free(struct sb_subscribers *table)
{
    bury(table, true);
    talloc_free(table);
}

static void grow(struct sb_subscribers *table)
{
    size_t room = table->room * 2, i;
    struct sb_subscription **lists = sb_array(table, struct sb_subscription *, room);
    struct sb_subscription *entry, *next;

    for (i = 0; i < table->room; i++) {
        for (entry = table->lists[i]; entry; entry = next) {
            next = entry->next;
            entry->next = lists[entry->hash & (room - 1)];
            lists[entry->hash & (room - 1)] = entry;
        }
    }
    talloc_free(table->lists);
    table->lists = lists;
    table->room = room;
}

struct sb_subscription *
sb_subscribers_add(struct sb_subscribers *table, const char *topic,
                   void (*fn)(void *arg, const char *topic, const char *payload),
                   void *arg)
{
    size_t len = strlen(topic);
    struct sb_subscription *entry =
        talloc_zero_size(NULL, sizeof(struct sb_subscription) + len + 1);

    if (table->count >= table->room && !table->calling)
        grow(table);
    memcpy(entry->topic, topic, len);
    entry->table = table;
    entry->hash = hash_topic(topic);
    entry->fn = fn;
    entry->arg = arg;
    entry->next = table->lists[entry->hash & (table->room - 1)];
    table->lists[entry->hash & (table->room - 1)] = entry;
    table->count++;
    return entry;
}

static void unlink_entry(struct sb_subscribers *table, struct sb_subscription *entry)
{
    struct sb_subscription **at = &table->lists[entry->hash & (table->room - 1)];

    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    table->count--;
}

void sb_subscribers_remove(struct sb_subscription *entry)
{
    struct sb_subscribers *table = entry ? entry->table : NULL;

    if (table && table->calling) {
        entry->dead = true;
        entry->fn = NULL;
        table->has_dead = true;
        return;
    }
    if (table)
        unlink_entry(table, entry);
    talloc_free(entry);
}

static void end_call(struct sb_subscribers *table)
{
    table->calling--;
    if (!table->calling && table->has_dead)
        bury(table, false);
}

void sb_subscribers_call(struct sb_subscribers *table, const char *topic,
                         const char *payload)
{
    uint32_t hash = hash_topic(topic);
    struct sb_subscription *entry;

    table->calling++;
    for (entry = table->lists[hash & (table->room - 1)]; entry; entry = entry->next) {
        if (entry->hash == hash && !entry->dead && strcmp(entry->topic, topic) == 0)
            entry->fn(entry->arg, entry->topic, payload);
    }
    end_call(table);
}

void sb_subscribers_call_all(struct sb_subscribers *table)
{
    struct sb_subscription *entry;
    size_t i;

    table->calling++;
    for (i = 0; i < table->room; i++) {
        for (entry = table->lists[i]; entry; entry = entry->next) {
            if (!entry->dead)
                entry->fn(entry->arg, entry->topic, NULL);
        }
    }
    end_call(table);
}
