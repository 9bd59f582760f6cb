/* SPDX-License-Identifier: Apache-2.0
 *
 * sb_each: the same function on many indexes, side by side. The children take the next
 * index when they are through with one, so `parallel` tasks do for any count.
 */
#include "base/task.h"

#include <stdlib.h>
#include "base/mem.h"
#include "base/sched.h"

struct group {
    int (*fn)(void *arg, size_t index);
    void *arg;
    size_t next, count;
    int result; /* the first that is not 0 */
    size_t running;
    struct sb_task **children;
    size_t child_count;
    int64_t deadline_us; /* the parent's, which holds for the children too */
    struct sb_log_scope *scope;
    struct sb_wait done;
};

static void cancel_children(struct group *group)
{
    for (size_t i = 0; i < group->child_count; i++)
        sb_task_cancel(group->children[i]);
}

static void child_main(void *arg)
{
    struct group *group = arg;
    struct sb_task *self = sb_task_self();

    self->deadline_us = group->deadline_us;
    self->scope = group->scope;
    while (group->next < group->count && group->result == 0 &&
           !sb_task_is_canceled(self)) {
        int rc = group->fn(group->arg, group->next++);

        if (rc != 0 && group->result == 0) {
            group->result = rc;
            cancel_children(group);
        }
    }
    self->scope = NULL;
    if (--group->running == 0)
        sb_wait_wake(&group->done);
}

static void spawn_children(struct group *group, const char *name, size_t wanted)
{
    struct sb_task *child;

    for (size_t i = 0; i < wanted; i++) {
        child = sb_task_spawn(sb_loop_current(), name, child_main, group);
        if (!child)
            break;
        group->children[group->child_count++] = sb_task_ref(child);
        group->running++;
    }
}

/* Waits for all children whatever happens: they work on this frame. */
static int wait_for_all(struct group *group)
{
    int rc = sb_wait_for(&group->done, -1);

    if (rc == 0)
        return group->result;
    if (group->result == 0)
        group->result = rc;
    cancel_children(group);
    sb_task_shield_push();
    while (group->running)
        (void)sb_wait_for(&group->done, -1);
    sb_task_shield_pop();
    return rc == SB_ECANCELED ? rc : group->result;
}

int sb_each(const char *name, int (*fn)(void *arg, size_t index), void *arg,
            size_t count, int parallel)
{
    struct sb_task *self = sb_sched_self();
    size_t wanted = parallel < 1 ? 1 : (size_t)parallel;
    struct group group = {.fn = fn,
                          .arg = arg,
                          .count = count,
                          .deadline_us = self->shield ? INT64_MAX : self->deadline_us,
                          .scope = self->scope};
    int rc = sb_sched_verdict(self);

    if (rc != 0 || count == 0)
        return rc;
    if (wanted > count)
        wanted = count;
    group.children = sb_calloc(wanted, sizeof(struct sb_task *));
    sb_wait_init(&group.done);
    spawn_children(&group, name, wanted);
    rc = group.child_count ? wait_for_all(&group) : SB_ELIMIT;
    for (size_t i = 0; i < group.child_count; i++)
        sb_task_unref(group.children[i]);
    free(group.children);
    return rc;
}
