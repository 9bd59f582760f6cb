/* SPDX-License-Identifier: Apache-2.0
 *
 * The REST and socket interface: what a worker hands to the handlers, and the router
 * that is made of them. One file a resource.
 */
#ifndef SB_API_API_H
#define SB_API_API_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

struct chat_socket;
struct sb_agent;
struct sb_db;
struct sb_directory;
struct sb_engine;
struct sb_err;
struct sb_events;
struct sb_know;
struct sb_limit;
struct sb_loop;
struct sb_plugins;
struct sb_req;
struct sb_router;

struct sb_api {
    struct sb_loop *loop;
    struct sb_db *db;
    struct sb_events *events;
    struct sb_directory *directory;
    struct sb_know *know;
    struct sb_engine *engine;
    struct sb_plugins *plugins;
    struct sb_limit *chat_limit;      /* messages a minute and address */
    struct sb_limit *look_limit;      /* what else asks the database, the same way */
    size_t message_bytes;             /* longest message */
    int sockets_per_address;          /* 0: no limit */
    bool draining;                    /* readiness is off, sockets are told to go */
    int turns;                        /* running now, for the drain */
    int sockets;                      /* open chat sockets */
    struct chat_socket *first_socket; /* all of them, to be told of the drain */
    bool public_metrics;              /* /metrics and the plugins tell everybody */
    bool list_agents;                 /* GET /api/agents tells of all agents (demo) */
};

/* All routes, each with `api` as its argument. */
struct sb_router *sb_api_router(TALLOC_CTX *mem, struct sb_api *api);

/* Readiness goes off and every chat socket is told to come back elsewhere. */
void sb_api_drain(struct sb_api *api);

/* [suspends] The agent named by `ref`, or answers 404 or 503 and returns NULL. */
const struct sb_agent *sb_api_agent(struct sb_req *req, const char *ref);

/* What a visitor is told of a failure: its sentence, or a kind one when it is about our
 * insides, which then are in the log. */
const char *sb_api_excuse(const struct sb_err *err);

/* Handlers, by file. All [task]. */
void sb_api_health(struct sb_req *req);
void sb_api_ready(struct sb_req *req);
void sb_api_metrics(struct sb_req *req);
void sb_api_chat(struct sb_req *req);
int sb_api_chat_admit(struct sb_req *req);
int sb_api_look_admit(struct sb_req *req);
void sb_api_chat_ws(struct sb_req *req);
void sb_api_history(struct sb_req *req);
void sb_api_agent_list(struct sb_req *req);
void sb_api_agent_public(struct sb_req *req);
void sb_api_page_chat(struct sb_req *req);
void sb_api_page_index(struct sb_req *req);
void sb_api_asset(struct sb_req *req);
void sb_api_hook(struct sb_req *req);
/* Cross-origin rules, applied to every request before routing. */
int sb_api_filter(struct sb_req *req);

#endif
