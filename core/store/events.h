/* SPDX-License-Identifier: Apache-2.0
 *
 * Events between workers: NOTIFY on a connection of its own, gathered for a few
 * milliseconds, at most 7,900 bytes each. They are hints ("conversation X has
 * something new after 41"): the truth is in the tables, so a lost one costs latency
 * and nothing else; after a reconnect every subscriber is told to look (payload NULL).
 */
#ifndef SB_STORE_EVENTS_H
#define SB_STORE_EVENTS_H

#include <stdint.h>
#include <switchboard/err.h>

struct sb_loop;
struct sb_events;
struct sb_subscription;

struct sb_events *sb_events_new(struct sb_loop *loop, const char *url);
void sb_events_free(struct sb_events *events);
/* `topic` e.g. "conversation:<uuid>". Also delivered to this worker's subscribers. */
void sb_events_publish(struct sb_events *events, const char *topic, const char *payload);
/* [suspends] Until what was published has left for the database, or the time-out: for
 * tools that are about to end. */
void sb_events_flush(struct sb_events *events, int64_t timeout_ms);
/* `fn` is called in the loop, not in a task; payload NULL means "look for yourself". */
struct sb_subscription *sb_events_subscribe(struct sb_events *events, const char *topic,
                                            void (*fn)(void *arg, const char *topic,
                                                       const char *payload),
                                            void *arg);
void sb_events_unsubscribe(struct sb_subscription *subscription);

#endif
