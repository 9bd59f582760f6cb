/* SPDX-License-Identifier: Apache-2.0
 *
 * The conformance kit behind `switchboard plugin check`: no keys, no network, a clock
 * that only the plugin's own sleeping moves. Every part runs in a child process of its
 * own, so that a plugin that crashes in one of them is still told about the others.
 */
#ifndef SB_CLI_KIT_H
#define SB_CLI_KIT_H

#include <stdbool.h>
#include <talloc.h>
#include "host/instance.h"
#include "host/jail.h"

struct sb_kit_vendor;
struct sb_loop;

struct sb_kit_conf {
    const char *path;   /* the .so */
    const char *name;   /* of the plugin */
    const char *answer; /* file with the vendor's good answer, or NULL */
};

/* Runs everything and prints a line a check. Returns how many failed, or SB_E*. */
int sb_kit_check(const struct sb_kit_conf *conf, struct sb_err *err);

/* ---- between the parts; all of this lives in a child ---- */

struct sb_kit {
    const struct sb_kit_conf *conf;
    struct sb_jail *jail;
    TALLOC_CTX *mem;
    const struct sb_descriptor *descriptor;
    const struct sb_plugin *plugin; /* = &descriptor->plugin */
    struct sb_hub hub;
    struct sb_services_watch watch;
    struct sb_instance *instance; /* NULL until sb_kit_begin() */
    struct sb_kit_vendor *vendor; /* likewise */
    bool talks_to_vendor;         /* it has a base_url, which leads to ours */

    /* One call: */
    struct sb_task *task;
    int waits;     /* suspension points reached */
    int cancel_at; /* cancel at the n-th; 0: never */
};

/* One line of the report. */
__attribute__((format(printf, 2, 3))) void sb_kit_pass(struct sb_kit *kit,
                                                       const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void sb_kit_fail(struct sb_kit *kit,
                                                       const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void sb_kit_skip(struct sb_kit *kit,
                                                       const char *fmt, ...);

/* [suspends] Vendor, client and one instance with sample options. */
int sb_kit_begin(struct sb_kit *kit, struct sb_err *err);
void sb_kit_end(struct sb_kit *kit);
/* A new instance with the same options. The caller owns it. */
int sb_kit_instance(struct sb_kit *kit, struct sb_instance **instance_r,
                    struct sb_err *err);

/* What a call is given. */
enum sb_kit_input {
    SB_KIT_SMALL = 0,
    SB_KIT_EMPTY,
    SB_KIT_LONG,
    SB_KIT_NOT_UTF8,
    SB_KIT_INPUTS,
};
const char *sb_kit_input_name(enum sb_kit_input input);

struct sb_kit_outcome {
    int rc; /* what the function returned; of search: 0 for any hits */
    struct sb_err err;
    char fault[300]; /* what was wrong with what it handed out; "" when nothing */
    int waits;
    bool asked; /* it made an HTTP request */
};
/* [suspends] Calls one function of a role in a task of its own, with a deadline, and
 * looks at what comes out. `cancel_at` as above. */
void sb_kit_call(struct sb_kit *kit, enum sb_role_kind kind, enum sb_kit_input input,
                 int cancel_at, struct sb_kit_outcome *outcome);

/* The parts (kit_options.c, kit_roles.c, kit_http.c). */
void sb_kit_options(struct sb_kit *kit);
void sb_kit_starts(struct sb_kit *kit);
void sb_kit_role(struct sb_kit *kit, enum sb_role_kind kind);
void sb_kit_http(struct sb_kit *kit);
void sb_kit_leaks(struct sb_kit *kit);

#endif
