/* SPDX-License-Identifier: Apache-2.0
 *
 * Who wants to hear of which topic, in this process. Subscribers may subscribe and
 * unsubscribe, themselves and others, while they are being called.
 */
#ifndef SB_STORE_SUBSCRIBERS_H
#define SB_STORE_SUBSCRIBERS_H

struct sb_subscribers;
struct sb_subscription;

struct sb_subscribers *sb_subscribers_new(void);
/* Subscriptions that are left stay valid, to be removed later; they hear no more. */
void sb_subscribers_clear(struct sb_subscribers *table);
void sb_subscribers_free(struct sb_subscribers *table);
struct sb_subscription *
sb_subscribers_add(struct sb_subscribers *table, const char *topic,
                   void (*fn)(void *arg, const char *topic, const char *payload),
                   void *arg);
/* NULL is fine. */
void sb_subscribers_remove(struct sb_subscription *subscription);
void sb_subscribers_call(struct sb_subscribers *table, const char *topic,
                         const char *payload);
/* All of them, with payload NULL. */
void sb_subscribers_call_all(struct sb_subscribers *table);

#endif
