/* SPDX-License-Identifier: Apache-2.0
 *
 * See events.h. One task owns the connection: it dials, listens, sends what has been
 * gathered and reads what comes. Subscribers are called from the loop: those of this
 * worker at once, whether the database is there or not; our own notifications that
 * come back are skipped.
 */
#include "store/events.h"

#include <event2/event.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include "base/crypto.h"
#include "base/json.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/task.h"
#include "store/dial.h"
#include "store/subscribers.h"

#define CHANNEL "switchboard"
#define GATHER_MS 3
#define MAX_BYTES 7900
#define MAX_GATHERED 4096 /* beyond it the oldest go: they are hints */
#define ANSWER_MS 10000

struct sb_events {
    struct sb_loop *loop;
    char *url;
    unsigned refs; /* the owner and the task */
    bool closing, lost, sending;
    struct sb_subscribers *subscribers;
    json_t *out;   /* "topic\npayload" to be sent */
    json_t *local; /* to be delivered here */
    json_t *came;  /* from others */
    bool deliver_soon;
    struct sb_task *task;
    struct sb_wait wait;
    struct event *readable, *gather;
    PGconn *conn;
};

static void unref(struct sb_events *events)
{
    if (--events->refs > 0)
        return;
    sb_subscribers_free(events->subscribers);
    json_decref(events->out);
    json_decref(events->local);
    json_decref(events->came);
    talloc_free(events);
}

/* ---- delivering, in the loop ---- */

static void deliver_list(struct sb_events *events, json_t **list)
{
    json_t *taken = *list, *entry;
    size_t i;

    *list = json_array();
    json_array_foreach(taken, i, entry)
    {
        const char *text = json_string_value(entry);
        const char *payload = strchr(text, '\n');
        char *topic;

        if (!payload || events->closing)
            continue;
        topic = strndup(text, (size_t)(payload - text));
        sb_subscribers_call(events->subscribers, topic, payload + 1);
        free(topic);
    }
    json_decref(taken);
}

static void deliver(void *arg)
{
    struct sb_events *events = arg;

    events->deliver_soon = false;
    if (events->lost && !events->closing) {
        events->lost = false;
        sb_subscribers_call_all(events->subscribers);
    }
    deliver_list(events, &events->local);
    deliver_list(events, &events->came);
    unref(events);
}

static void deliver_soon(struct sb_events *events)
{
    if (events->deliver_soon)
        return;
    events->deliver_soon = true;
    events->refs++;
    if (sb_loop_defer(events->loop, deliver, events) != 0)
        deliver(events);
}

/* ---- the connection's task ---- */

static void on_event(evutil_socket_t fd, short what, void *arg)
{
    struct sb_events *events = arg;

    (void)fd;
    (void)what;
    sb_wait_wake(&events->wait);
}

/* True when the connection is fit for use; reads whatever is there. */
static bool read_input(struct sb_events *events)
{
    PGnotify *notify;

    if (!PQconsumeInput(events->conn))
        return false;
    while ((notify = PQnotifies(events->conn))) {
        if (notify->be_pid != PQbackendPID(events->conn)) {
            json_array_append_new(events->came, json_string(notify->extra));
            deliver_soon(events);
        }
        PQfreemem(notify);
    }
    return true;
}

/* [suspends] Until the answer to what was sent is complete. */
static bool await_answer(struct sb_events *events)
{
    PGresult *result;
    bool fine = true;

    while (PQflush(events->conn) == 1) {
        if (sb_wait_fd(PQsocket(events->conn), EV_WRITE, ANSWER_MS) < 0)
            return false;
    }
    for (;;) {
        while (PQisBusy(events->conn)) {
            if (sb_wait_for(&events->wait, ANSWER_MS) != 0 || !read_input(events))
                return false;
        }
        result = PQgetResult(events->conn);
        if (!result)
            return fine && read_input(events);
        fine = fine && PQresultStatus(result) != PGRES_FATAL_ERROR;
        PQclear(result);
    }
}

/* [suspends] Sends all that was gathered as one statement: one commit, one NOTIFY lock.
 */
static bool send_gathered(struct sb_events *events)
{
    json_t *batch = events->out;
    char *text = json_dumps(batch, JSON_COMPACT);
    const char *values[] = {text};
    bool fine;

    events->out = json_array();
    events->sending = true;
    fine = PQsendQueryParams(events->conn,
                             "SELECT pg_notify('" CHANNEL "', event)"
                             " FROM jsonb_array_elements_text($1::jsonb) AS event",
                             1, NULL, values, NULL, NULL, 0) &&
           await_answer(events);
    events->sending = false;
    free(text);
    if (!fine) { /* once more on the next connection, before what came since */
        json_array_extend(batch, events->out);
        json_decref(events->out);
        events->out = batch;
        return false;
    }
    json_decref(batch);
    return true;
}

static bool listen_up(struct sb_events *events, bool again)
{
    struct sb_err err = {0};
    int rc = sb_pg_dial(events->url, NULL, 5000, &events->conn, &err);

    if (rc) {
        if (!again && rc != SB_ECANCELED)
            sb_log(SB_LOG_WARN, "store", "events between workers are off",
                   sb_str("why", err.msg));
        return false;
    }
    events->readable = event_new(sb_loop_base(events->loop), PQsocket(events->conn),
                                 EV_READ | EV_PERSIST, on_event, events);
    return event_add(events->readable, NULL) == 0 &&
           PQsendQuery(events->conn, "LISTEN " CHANNEL) && await_answer(events);
}

/* [suspends] Until the connection breaks. */
static void serve(struct sb_events *events)
{
    while (!events->closing) {
        if (json_array_size(events->out) > 0 &&
            !evtimer_pending(events->gather, NULL)) {
            if (!send_gathered(events))
                return;
            continue;
        }
        if (sb_wait_for(&events->wait, -1) != 0 || !read_input(events))
            return;
    }
}

static void hang_up(struct sb_events *events)
{
    if (events->readable)
        event_free(events->readable);
    events->readable = NULL;
    PQfinish(events->conn);
    events->conn = NULL;
}

static void run(void *arg)
{
    struct sb_events *events = arg;
    int64_t pause = 50;
    bool again = false; /* connected, or complained, before */

    while (!events->closing && !sb_task_is_canceled(sb_task_self())) {
        if (listen_up(events, again)) {
            pause = 50;
            events->lost = again; /* we may have missed something */
            if (again)
                deliver_soon(events);
            serve(events);
        }
        again = true;
        hang_up(events);
        if (!events->closing)
            (void)sb_sleep(pause);
        pause = pause * 2 > 5000 ? 5000 : pause * 2;
    }
    events->task = NULL;
    unref(events);
}

/* ---- the public part ---- */

struct sb_events *sb_events_new(struct sb_loop *loop, const char *url)
{
    struct sb_events *events = talloc_zero(NULL, struct sb_events);

    events->loop = loop;
    events->url = talloc_strdup(events, url);
    events->refs = 2;
    events->subscribers = sb_subscribers_new();
    events->out = json_array();
    events->local = json_array();
    events->came = json_array();
    sb_wait_init(&events->wait);
    events->gather = evtimer_new(sb_loop_base(loop), on_event, events);
    events->task = sb_task_spawn(loop, "events", run, events);
    if (!events->task)
        unref(events);
    return events;
}

void sb_events_free(struct sb_events *events)
{
    if (!events)
        return;
    events->closing = true;
    event_free(events->gather);
    sb_subscribers_clear(events->subscribers);
    if (events->task)
        sb_task_cancel(events->task);
    unref(events);
}

/* Repetitions come in bursts: looking at the last few finds nearly all of them. */
static bool is_queued(const json_t *list, const char *text)
{
    size_t end = json_array_size(list), i;

    for (i = end > 64 ? end - 64 : 0; i < end; i++) {
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
            return true;
    }
    return false;
}

void sb_events_publish(struct sb_events *events, const char *topic, const char *payload)
{
    struct timeval soon = {0, GATHER_MS * 1000};
    char *text;

    if (strlen(topic) + strlen(payload) + 1 > MAX_BYTES || strchr(topic, '\n')) {
        sb_log(SB_LOG_ERROR, "store", "an event is too long and was dropped",
               sb_str("topic", topic));
        return;
    }
    text = talloc_asprintf(NULL, "%s\n%s", topic, payload);
    if (!is_queued(events->local, text)) {
        json_array_append_new(events->local, json_string(text));
        deliver_soon(events);
    }
    if (!is_queued(events->out, text)) {
        if (json_array_size(events->out) >= MAX_GATHERED)
            json_array_remove(events->out, 0);
        json_array_append_new(events->out, json_string(text));
        if (!evtimer_pending(events->gather, NULL))
            (void)evtimer_add(events->gather, &soon);
    }
    talloc_free(text);
}

void sb_events_flush(struct sb_events *events, int64_t timeout_ms)
{
    int64_t until = sb_clock_mono_ms() + timeout_ms;

    while ((events->sending || json_array_size(events->out) > 0) &&
           sb_clock_mono_ms() < until)
        if (sb_sleep(GATHER_MS))
            return;
}

struct sb_subscription *sb_events_subscribe(struct sb_events *events, const char *topic,
                                            void (*fn)(void *arg, const char *topic,
                                                       const char *payload),
                                            void *arg)
{
    return sb_subscribers_add(events->subscribers, topic, fn, arg);
}

void sb_events_unsubscribe(struct sb_subscription *subscription)
{
    sb_subscribers_remove(subscription);
}
