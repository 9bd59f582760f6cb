/* SPDX-License-Identifier: Apache-2.0
 *
 * Events between workers. Two sb_events on one loop are two workers to PostgreSQL.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/task.h"
#include "store/events.h"
#include "store/subscribers.h"
#include "support/intask.h"
#include "support/testdb.h"

struct ear {
    int heard, nulls;
    char last[64];
};

static void hear(void *arg, const char *topic, const char *payload)
{
    struct ear *ear = arg;

    cr_assert_null(sb_task_self(), "subscribers are called from the loop");
    cr_assert_not_null(topic);
    ear->heard++;
    ear->nulls += payload == NULL;
    (void)snprintf(ear->last, sizeof(ear->last), "%s", payload ? payload : "(look)");
}

/* Suspends until it has heard `wanted` things, or fails. */
static void wait_heard(const struct ear *ear, int wanted)
{
    int64_t until = sb_clock_mono_ms() + 10000;

    while (ear->heard < wanted) {
        cr_assert_lt(sb_clock_mono_ms(), until, "heard %d, wanted %d", ear->heard,
                     wanted);
        cr_assert_eq(sb_sleep(2), 0);
    }
}

/* A topic of this process. */
static const char *topic(const char *word)
{
    static char text[2][64];
    static int turn;

    turn = !turn;
    (void)snprintf(text[turn], sizeof(text[turn]), "%s:%d", word, (int)getpid());
    return text[turn];
}

/* Publishes on `from` until `ear` hears: the other side may still be connecting. */
static void warm_up(struct sb_events *from, const struct ear *ear)
{
    int64_t until = sb_clock_mono_ms() + 10000;

    while (ear->heard == 0) {
        cr_assert_lt(sb_clock_mono_ms(), until);
        sb_events_publish(from, topic("warm"), "up");
        cr_assert_eq(sb_sleep(5), 0);
    }
}

struct pair {
    struct sb_events *here, *there;
    struct ear near, far, warm_near, warm_far;
    struct sb_subscription *subs[4];
};

static void open_pair(struct pair *pair)
{
    memset(pair, 0, sizeof(*pair));
    pair->here = sb_events_new(sb_loop_current(), sb_test_db_url());
    pair->there = sb_events_new(sb_loop_current(), sb_test_db_url());
    pair->subs[0] =
        sb_events_subscribe(pair->there, topic("warm"), hear, &pair->warm_far);
    warm_up(pair->here, &pair->warm_far);
    sb_events_unsubscribe(pair->subs[0]);
    pair->subs[0] =
        sb_events_subscribe(pair->here, topic("warm"), hear, &pair->warm_near);
    warm_up(pair->there, &pair->warm_near);
    sb_events_unsubscribe(pair->subs[0]);
    pair->subs[0] = sb_events_subscribe(pair->here, topic("x"), hear, &pair->near);
    pair->subs[1] = sb_events_subscribe(pair->there, topic("x"), hear, &pair->far);
}

static void close_pair(struct pair *pair)
{
    sb_events_unsubscribe(pair->subs[0]);
    sb_events_free(pair->here);
    sb_events_free(pair->there);
    sb_events_unsubscribe(pair->subs[1]); /* after the events: still fine */
}

static void here_and_there(void *arg)
{
    struct pair pair;

    (void)arg;
    open_pair(&pair);
    sb_events_publish(pair.here, topic("x"), "41");
    wait_heard(&pair.far, 1);
    wait_heard(&pair.near, 1);
    cr_expect_str_eq(pair.far.last, "41");
    cr_expect_str_eq(pair.near.last, "41");
    sb_events_publish(pair.there, topic("x"), "it's \"42\" \xe2\x82\xac");
    wait_heard(&pair.near, 2);
    cr_expect_str_eq(pair.near.last, "it's \"42\" \xe2\x82\xac");
    cr_assert_eq(sb_sleep(20), 0);
    cr_expect_eq(pair.near.heard, 2, "one's own do not come back");
    cr_expect_eq(pair.far.heard, 2);
    close_pair(&pair);
}

Test(events, reach_this_worker_and_the_others_once)
{
    sb_test_run(here_and_there, NULL);
}

static void bursts(void *arg)
{
    struct pair pair;
    char payload[16];
    int i;

    (void)arg;
    open_pair(&pair);
    for (i = 0; i < 1000; i++)
        sb_events_publish(pair.here, topic("x"), "same");
    for (i = 0; i < 300; i++) {
        (void)snprintf(payload, sizeof(payload), "%d", i);
        sb_events_publish(pair.here, topic("x"), payload);
    }
    wait_heard(&pair.far, 301);
    cr_expect_str_eq(pair.far.last, "299");
    cr_expect_eq(pair.far.heard, 301, "repetitions are gathered into one");
    cr_expect_eq(pair.near.heard, 301);
    close_pair(&pair);
}

Test(events, gather_and_drop_repetitions)
{
    sb_test_run(bursts, NULL);
}

static void too_long(void *arg)
{
    struct pair pair;
    char *huge = malloc(9000);

    (void)arg;
    open_pair(&pair);
    memset(huge, 'x', 8999);
    huge[8999] = '\0';
    sb_events_publish(pair.here, topic("x"), huge);
    huge[7800] = '\0';
    sb_events_publish(pair.here, topic("x"), huge);
    wait_heard(&pair.far, 1);
    cr_expect_eq(pair.far.heard, 1);
    free(huge);
    close_pair(&pair);
}

Test(events, of_more_than_a_notification_holds_are_dropped_alone)
{
    sb_test_run(too_long, NULL);
}

static void reconnects(void *arg)
{
    struct pair pair;

    (void)arg;
    open_pair(&pair);
    sb_test_db_sql(sb_test_db_url(), "SELECT pg_terminate_backend(pid, 5000) FROM"
                                     " pg_stat_activity WHERE datname ="
                                     " current_database() AND pid <> pg_backend_pid()");
    sb_events_publish(pair.here, topic("x"), "while it was away");
    wait_heard(&pair.near, 1);
    cr_expect_eq(pair.near.nulls, 0, "heard here, database or not");
    while (pair.near.nulls == 0 || pair.far.nulls == 0)
        wait_heard(pair.near.nulls ? &pair.far : &pair.near,
                   pair.near.nulls ? pair.far.heard + 1 : pair.near.heard + 1);
    sb_events_publish(pair.here, topic("x"), "back");
    while (strcmp(pair.far.last, "back") != 0)
        wait_heard(&pair.far, pair.far.heard + 1);
    close_pair(&pair);
}

static void run_in_own_database(void (*body)(void *arg))
{
    char *url = sb_test_db_empty();

    (void)setenv("SB_TEST_DB_URL", url, 1);
    free(url);
    sb_test_run(body, NULL);
}

Test(events, tell_everybody_to_look_after_a_reconnect)
{
    run_in_own_database(reconnects);
}

/* The other worker, as a process of its own: answers "ping" with "pong". */
static void answer(void *arg, const char *topic_, const char *payload)
{
    struct sb_events *events = arg;

    (void)topic_;
    if (payload && strcmp(payload, "ping") == 0)
        sb_events_publish(events, topic("pong"), "pong");
    if (payload && strcmp(payload, "end") == 0)
        sb_loop_stop(sb_loop_current());
}

static _Noreturn void other_process(const char *ping)
{
    struct sb_loop *loop = sb_loop_new();
    struct sb_events *events = sb_events_new(loop, sb_test_db_url());
    struct sb_subscription *sub = sb_events_subscribe(events, ping, answer, events);

    (void)sb_loop_run(loop);
    sb_events_unsubscribe(sub);
    sb_events_free(events);
    sb_loop_free(loop);
    _exit(0);
}

struct ping {
    pid_t pid;
    char pong[64];
};

static void ping_pong(void *arg)
{
    const struct ping *ping = arg;
    struct sb_events *events = sb_events_new(sb_loop_current(), sb_test_db_url());
    struct ear ear = {0};
    struct sb_subscription *sub = sb_events_subscribe(events, ping->pong, hear, &ear);
    int64_t until = sb_clock_mono_ms() + 10000;

    while (ear.heard == 0) {
        cr_assert_lt(sb_clock_mono_ms(), until);
        sb_events_publish(events, "ping", "ping");
        cr_assert_eq(sb_sleep(5), 0);
    }
    sb_events_publish(events, "ping", "end");
    while (waitpid(ping->pid, NULL, WNOHANG) == 0) {
        cr_assert_lt(sb_clock_mono_ms(), until);
        cr_assert_eq(sb_sleep(2), 0);
    }
    sb_events_unsubscribe(sub);
    sb_events_free(events);
}

Test(events, cross_processes)
{
    struct ping ping;

    ping.pid = fork();
    if (ping.pid == 0)
        other_process("ping");
    (void)snprintf(ping.pong, sizeof(ping.pong), "pong:%d", (int)ping.pid);
    sb_test_run(ping_pong, &ping);
}

/* ---- the table of subscribers ---- */

struct chain {
    struct sb_subscribers *table;
    struct sb_subscription *mine, *other, *later;
    int calls;
};

static void remove_both(void *arg, const char *topic_, const char *payload)
{
    struct chain *chain = arg;

    (void)topic_;
    (void)payload;
    chain->calls++;
    sb_subscribers_remove(chain->mine);
    sb_subscribers_remove(chain->other);
    chain->later = sb_subscribers_add(chain->table, "later", remove_both, chain);
}

Test(subscribers, may_leave_and_join_while_being_called)
{
    struct sb_subscribers *table = sb_subscribers_new();
    struct chain chain = {.table = table};
    struct sb_subscription *many[200];
    int i;

    for (i = 0; i < 200; i++) { /* makes the table grow */
        char name[16];

        (void)snprintf(name, sizeof(name), "%d", i);
        sb_subscribers_remove(sb_subscribers_add(table, name, remove_both, &chain));
        many[i] = sb_subscribers_add(table, name, remove_both, NULL);
    }
    chain.mine = sb_subscribers_add(table, "t", remove_both, &chain);
    chain.other = sb_subscribers_add(table, "t", remove_both, &chain);
    sb_subscribers_call(table, "t", "x");
    cr_expect_eq(chain.calls, 1);
    sb_subscribers_call(table, "t", "x");
    cr_expect_eq(chain.calls, 1);
    sb_subscribers_remove(many[7]);
    sb_subscribers_free(table);
    sb_subscribers_remove(chain.later); /* after the table: still fine */
    for (i = 0; i < 200; i++)
        sb_subscribers_remove(i == 7 ? NULL : many[i]);
}
